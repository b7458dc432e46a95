package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// maxSocketPath is what a socket's path may measure in bytes. The kernel's
// limit is 107 on Linux and 103 on macOS and BSD (sun_path less its NUL).
const maxSocketPath = 100

// clusterMajor is the major version that made pgdata, 0 when it is not there.
func clusterMajor(pgdata string) (int, error) {
	b, err := os.ReadFile(filepath.Join(pgdata, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		if _, err := os.Lstat(pgdata); err == nil {
			return 0, fmt.Errorf("%s is there but is no PostgreSQL cluster: move it away, or choose another data directory", pgdata)
		}
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0, fmt.Errorf("%s: PG_VERSION: %w", pgdata, err)
	}
	return major, nil
}

// makeDirs makes dir and what is missing above it, so that the server's user
// can pass through. What is there already keeps its mode.
func makeDirs(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if parent := filepath.Dir(dir); parent != dir {
		if err := makeDirs(parent); err != nil {
			return err
		}
	}
	err := os.Mkdir(dir, 0o755)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	// The process may have a umask that shuts others out.
	return os.Chmod(dir, 0o755)
}

// initialise makes the cluster under another name and renames it when it is
// whole, so that a program killed half-way leaves nothing that looks like one.
func (c *Cluster) initialise(ctx context.Context, install installation) error {
	if err := c.removeHalfMade(); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(c.cfg.DataDir, pgdataName+".new-")
	if err != nil {
		return err
	}
	began := time.Now()
	if err := c.initdb(ctx, install, fresh); err != nil {
		return errors.Join(err, os.RemoveAll(fresh))
	}
	if err := os.Rename(fresh, c.path(pgdataName)); err != nil {
		return errors.Join(err, os.RemoveAll(fresh))
	}
	if c.cfg.Durable {
		if err := syncDir(c.cfg.DataDir); err != nil {
			return err
		}
	}
	c.cfg.log().Info("database cluster made", "data_dir", c.cfg.DataDir, "postgres", install.version,
		"user", c.as.name, "took", time.Since(began).Round(time.Millisecond))
	return nil
}

func (c *Cluster) removeHalfMade() error {
	old, err := filepath.Glob(c.path(pgdataName + ".new-*"))
	if err != nil {
		return err
	}
	for _, dir := range old {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cluster) initdb(ctx context.Context, install installation, dir string) error {
	if err := c.as.own(dir); err != nil {
		return err
	}
	args := []string{
		"-D", dir, "--username", superuser, "--encoding=UTF8",
		"--auth-local=trust", "--auth-host=reject", "--data-checksums",
		// Bytewise order: the same on every machine and after every upgrade of
		// the C library. C.UTF-8 only says what a letter is.
		"--locale=C",
	}
	if !c.cfg.Durable {
		args = append(args, "--no-sync")
	}
	run := func(args []string) ([]byte, error) {
		cmd := c.as.command(ctx, install.program("initdb"), args...)
		defer awaitGroup(cmd)
		return cmd.CombinedOutput()
	}
	out, err := run(append(args, "--lc-ctype=C.UTF-8"))
	if err != nil && strings.Contains(string(out), "invalid locale name") {
		out, err = run(args)
	}
	if err != nil {
		return &StartError{Step: "initdb", Tail: lastLines(string(out)), Err: errors.Join(ctx.Err(), err)}
	}
	return nil
}

// makeSocketDir makes the directory of the socket: in the data directory, or
// where its path would be too long for a socket, under the temporary folder.
func (c *Cluster) makeSocketDir() error {
	dir := c.path(runName)
	if socketPathLen(dir) < maxSocketPath {
		// Whatever lies there is of a server that is gone: we hold the lock.
		// A stale socket lock would stop the new one.
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
	} else {
		var err error
		if dir, err = makeTempSocketDir(); err != nil {
			return err
		}
		c.tempSocket = true
	}
	c.socketDir = dir
	return c.as.own(dir)
}

const tempSocketPrefix = "taohe-run-"

func makeTempSocketDir() (string, error) {
	for _, parent := range []string{os.TempDir(), "/tmp"} {
		dir, err := os.MkdirTemp(parent, tempSocketPrefix)
		if err != nil {
			return "", err
		}
		if socketPathLen(dir) < maxSocketPath {
			return dir, nil
		}
		if err := os.Remove(dir); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("no folder short enough for a socket: set TMPDIR to a path under %d bytes", maxSocketPath-50)
}

func socketPathLen(dir string) int {
	return len(filepath.Join(dir, ".s.PGSQL."+strconv.Itoa(port)))
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// lastLines is the end of a program's output, short enough for an error.
func lastLines(out string) string {
	const most = 12
	lines := strings.Split(strings.TrimRight(out, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-most):], "\n")
}
