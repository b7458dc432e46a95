package main

import "golang.org/x/sys/unix"

// hideInput has a terminal show nothing of what is typed until show is called; it is
// an error where there is none.
func hideInput(fd int) (show func(), err error) {
	state, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return nil, err
	}
	quiet := *state
	quiet.Lflag &^= unix.ECHO
	return func() { _ = unix.IoctlSetTermios(fd, unix.TCSETS, state) }, unix.IoctlSetTermios(fd, unix.TCSETS, &quiet)
}
