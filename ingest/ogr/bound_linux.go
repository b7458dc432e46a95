package ogr

import (
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// isolate puts the program into a process group of its own, so that its end
// takes all it started with it, and lets it die with us.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// bound limits memory, processor time and the size of a file of a process that
// has begun.
func bound(pid int, timeout time.Duration, fileBytes int64) error {
	seconds := uint64(timeout/time.Second) + 1
	for _, l := range []struct {
		resource int
		most     uint64
	}{
		{unix.RLIMIT_AS, addressSpace},
		{unix.RLIMIT_CPU, seconds},
		{unix.RLIMIT_FSIZE, uint64(fileBytes)},
		{unix.RLIMIT_CORE, 0},
	} {
		err := unix.Prlimit(pid, l.resource, &unix.Rlimit{Cur: l.most, Max: l.most}, nil)
		if err == unix.ESRCH {
			return nil // it has ended
		}
		if err != nil {
			return err
		}
	}
	return nil
}
