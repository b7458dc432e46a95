//go:build unix

package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// lockDataDir takes the lock of the data directory and writes our pid into it.
// The kernel gives it up when the process ends, however it ends, so that a
// lock file left behind means nothing. A lock that is held is an *InUseError.
func lockDataDir(dataDir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dataDir, lockName), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder := &InUseError{DataDir: dataDir, PID: readLockHolder(f)}
		return nil, errors.Join(holder, f.Close())
	}
	if err == nil {
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", f.Name(), err), f.Close())
	}
	return f, nil
}

// readLockHolder reads the pid in the lock file, waiting a moment for a holder
// who has not written it yet; 0 when it stays unknown.
func readLockHolder(f *os.File) int {
	for range 10 {
		b := make([]byte, 32)
		n, _ := f.ReadAt(b, 0)
		if pid, err := strconv.Atoi(strings.TrimSpace(string(b[:n]))); err == nil && alive(pid) {
			return pid
		}
		time.Sleep(poll)
	}
	return 0
}

// alive reports whether the process exists and is not a zombie, which is a
// process that has ended and that nobody has waited for.
func alive(pid int) bool {
	if err := syscall.Kill(pid, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	// The state follows the name, which is in brackets and may hold any byte.
	after := stat[bytes.LastIndexByte(stat, ')')+1:]
	state := bytes.TrimSpace(after)
	return len(state) == 0 || state[0] != 'Z' && state[0] != 'X'
}

// isServerOf reports whether the process is the server of pgdata. A server
// works in its data directory, which /proc tells; elsewhere the arguments must
// name it.
func isServerOf(ctx context.Context, pid int, pgdata string) bool {
	want, err := os.Stat(pgdata)
	if err != nil {
		return false
	}
	if _, err := os.Stat("/proc/self/cwd"); err == nil {
		got, err := os.Stat(fmt.Sprintf("/proc/%d/cwd", pid))
		return err == nil && os.SameFile(want, got)
	}
	out, err := exec.CommandContext(ctx, "ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.Contains(string(out), "postgres") && strings.Contains(string(out), pgdata)
}

// awaitGroup waits for what a finished command had started: a program that is
// killed with its group is gone a moment before its children are, and they work
// in a directory that its caller is about to remove.
func awaitGroup(cmd *exec.Cmd) {
	if cmd.Process == nil {
		return
	}
	for deadline := time.Now().Add(cmd.WaitDelay); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if errors.Is(syscall.Kill(-cmd.Process.Pid, 0), syscall.ESRCH) {
			return
		}
	}
}

// stopProcess ends a server that is not our child.
func stopProcess(ctx context.Context, pid int) error {
	for _, s := range []struct {
		signal  syscall.Signal
		patient time.Duration
	}{
		{syscall.SIGINT, 60 * time.Second},
		{syscall.SIGQUIT, 10 * time.Second},
		{syscall.SIGKILL, 10 * time.Second},
	} {
		if err := syscall.Kill(pid, s.signal); errors.Is(err, syscall.ESRCH) {
			return nil
		} else if err != nil {
			return fmt.Errorf("stop left-over server %d: %w", pid, err)
		}
		deadline := time.Now().Add(s.patient)
		for time.Now().Before(deadline) {
			if !alive(pid) {
				return nil
			}
			if err := wait(ctx, poll); err != nil {
				return fmt.Errorf("stop left-over server %d: %w", pid, err)
			}
		}
	}
	return fmt.Errorf("left-over server %d does not stop", pid)
}
