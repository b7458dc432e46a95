//go:build !linux

package pgtest

// scratch is the directory that throw-away servers are made in; "" is that of
// temporary files.
func scratch() string { return "" }
