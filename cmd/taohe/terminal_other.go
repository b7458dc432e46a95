//go:build !linux

package main

import "errors"

// hideInput cannot hide it here: a password comes on standard input.
func hideInput(int) (show func(), err error) { return nil, errors.ErrUnsupported }
