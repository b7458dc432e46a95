//go:build unix

package cluster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

var clientVersion = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// ClientProgram finds a program of PostgreSQL's, such as pg_dump, of at least a
// major version: what an older one writes of a newer server would not be whole. The
// first of those that will do is taken, those of the PATH before others.
func ClientProgram(ctx context.Context, name string, atLeast int) (string, error) {
	dirs := filepath.SplitList(os.Getenv("PATH"))
	for _, glob := range binGlobs {
		found, err := filepath.Glob(glob)
		if err == nil {
			dirs = append(dirs, found...)
		}
	}
	asking, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for _, dir := range dirs {
		program := filepath.Join(dir, name)
		if !isExecutable(program) {
			continue
		}
		out, err := exec.CommandContext(asking, program, "--version").Output()
		if err != nil {
			continue
		}
		m := clientVersion.FindSubmatch(out)
		if m == nil {
			continue
		}
		if major, err := strconv.Atoi(string(m[1])); err == nil && major >= atLeast {
			return program, nil
		}
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	return "", fmt.Errorf("no %s of PostgreSQL %d or newer on this machine: install postgresql-client-%d", name, atLeast, atLeast)
}
