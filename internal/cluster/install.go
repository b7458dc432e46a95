package cluster

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const minMajor = 15

// An installation is the programs of one PostgreSQL on this machine.
type installation struct {
	bin     string // the directory of postgres and initdb
	major   int
	version string
	postgis bool // PostGIS ≥ 3.3 is installed beside it
}

func (i installation) program(name string) string { return filepath.Join(i.bin, name) }

// binGlobs are where distributions and installers put the server's programs.
var binGlobs = []string{
	"/usr/lib/postgresql/*/bin", // Debian, Ubuntu, SUSE
	"/usr/pgsql-*/bin",          // PGDG for RHEL
	"/usr/bin",                  // RHEL, Arch, Alpine
	"/usr/libexec/postgresql*",  // Alpine
	"/usr/local/bin",            // built from source, FreeBSD
	"/usr/local/pgsql*/bin",     // built from source
	"/usr/local/opt/postgresql*/bin",
	"/opt/homebrew/bin",
	"/opt/homebrew/opt/postgresql*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// findInstallations lists every PostgreSQL server ≥ 15 of the machine, those
// with PostGIS first and the newest before the older.
func findInstallations(ctx context.Context, as account) []installation {
	dirs := filepath.SplitList(os.Getenv("PATH"))
	for _, glob := range binGlobs {
		found, err := filepath.Glob(glob)
		if err == nil {
			dirs = append(dirs, found...)
		}
	}
	return installationsIn(ctx, as, dirs)
}

func installationsIn(ctx context.Context, as account, dirs []string) []installation {
	var all []installation
	seen := map[string]bool{}
	for _, dir := range dirs {
		// /usr/local/bin/postgres is often a link into the directory meant.
		postgres, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
		if err != nil {
			continue
		}
		bin := filepath.Dir(postgres)
		if seen[bin] || !isExecutable(filepath.Join(bin, "initdb")) {
			continue
		}
		seen[bin] = true
		if found, err := inspect(ctx, as, bin); err == nil && found.major >= minMajor {
			all = append(all, found)
		}
	}
	slices.SortStableFunc(all, func(a, b installation) int {
		if a.postgis != b.postgis {
			if a.postgis {
				return -1
			}
			return 1
		}
		return b.major - a.major
	})
	return all
}

func isExecutable(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) ((\d+)\S*)`)

// inspect asks the programs themselves which version they are and where their
// extensions live.
func inspect(ctx context.Context, as account, bin string) (installation, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	out, err := as.command(ctx, filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return installation{}, err
	}
	m := versionPattern.FindStringSubmatch(string(out))
	if m == nil {
		return installation{}, fmt.Errorf("version %q of %s: not understood", out, bin)
	}
	major, err := strconv.Atoi(m[2])
	if err != nil {
		return installation{}, err
	}
	found := installation{bin: bin, major: major, version: m[1]}
	for _, share := range shareDirs(ctx, as, bin) {
		if postgisIn(filepath.Join(share, "extension")) {
			found.postgis = true
			break
		}
	}
	// Programs that did not answer in time said nothing of what is not there.
	if err := ctx.Err(); err != nil && !found.postgis {
		return installation{}, fmt.Errorf("%s: %w", bin, err)
	}
	return found, nil
}

// shareDirs is where the installation may keep its extensions. initdb --show
// is asked because pg_config is often in a development package.
func shareDirs(ctx context.Context, as account, bin string) []string {
	var dirs []string
	if out, err := as.command(ctx, filepath.Join(bin, "initdb"), "--show", "-D", "/nonexistent").CombinedOutput(); err == nil {
		for line := range strings.Lines(string(out)) {
			if dir, ok := strings.CutPrefix(strings.TrimSpace(line), "share_path="); ok {
				dirs = append(dirs, dir)
			}
		}
	}
	if out, err := as.command(ctx, filepath.Join(bin, "pg_config"), "--sharedir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	return dirs
}

var defaultVersion = regexp.MustCompile(`(?m)^\s*default_version\s*=\s*'(\d+)\.(\d+)`)

// postgisIn reports whether the extension directory offers PostGIS ≥ 3.3.
func postgisIn(dir string) bool {
	control, err := os.ReadFile(filepath.Join(dir, "postgis.control"))
	if err != nil {
		return false
	}
	m := defaultVersion.FindSubmatch(control)
	if m == nil {
		return false
	}
	major, errMajor := strconv.Atoi(string(m[1]))
	minor, errMinor := strconv.Atoi(string(m[2]))
	return errMajor == nil && errMinor == nil && (major > 3 || major == 3 && minor >= 3)
}

// choose picks the installation to run: the one that made the data directory
// when there is one (major != 0), else the newest with PostGIS.
func choose(all []installation, dataDir string, major int) (installation, error) {
	if len(all) == 0 {
		return installation{}, ErrNoPostgres
	}
	if major == 0 {
		if !all[0].postgis {
			return installation{}, fmt.Errorf("%w (found PostgreSQL %s in %s)", ErrNoPostGIS, all[0].version, all[0].bin)
		}
		return all[0], nil
	}
	have := make([]int, 0, len(all))
	for _, i := range all {
		if i.major != major {
			have = append(have, i.major)
			continue
		}
		if !i.postgis {
			return installation{}, fmt.Errorf("%w (data directory %s needs it for PostgreSQL %d)", ErrNoPostGIS, dataDir, major)
		}
		return i, nil
	}
	return installation{}, &VersionError{DataDir: dataDir, Want: major, Have: have}
}
