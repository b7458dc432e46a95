//go:build unix

package pgtest

import (
	"context"
	"errors"
	"io"
	"os/exec"
	"syscall"
)

// A watchdog is a shell that outlives the test binary. It waits on a pipe that
// only the test binary holds open: when that process ends, by whatever signal,
// the pipe ends, and the shell stops the server and removes its directory.
type watchdog struct {
	cmd  *exec.Cmd
	pipe io.Closer
}

// The directory is emptied in a loop because a server being started may still
// be writing into it.
const watchScript = `
cat >/dev/null
tries=0
while [ -e "$1" ] && [ "$tries" -lt 100 ]; do
	pid=$(head -n 1 "$1/pgdata/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" 2>/dev/null
	rm -rf "$1" 2>/dev/null
	tries=$((tries + 1))
	sleep 0.1
done
`

func watchOver(dir string) (*watchdog, error) {
	cmd := exec.CommandContext(context.Background(), "/bin/sh", "-c", watchScript, "taohe-test-watchdog", dir)
	// A session of its own: what is sent to the group of the test binary, a
	// Ctrl-C for one, must not reach it. No output either: `go test` waits
	// until nobody holds the output of the test binary.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Dir = "/"
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, pipe.Close())
	}
	return &watchdog{cmd: cmd, pipe: pipe}, nil
}

// dismiss ends the watchdog after the directory has been removed.
func (w *watchdog) dismiss() error {
	return errors.Join(w.pipe.Close(), w.cmd.Wait())
}
