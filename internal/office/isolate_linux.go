package office

import (
	"os/exec"
	"syscall"
)

// isolate puts the program into a process group of its own, so that its end
// takes all it started with it, and lets it die with us.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
