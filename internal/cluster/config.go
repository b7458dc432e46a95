// Package cluster runs the private PostgreSQL of the program: one cluster in a
// data directory, reached over a Unix socket only, made when it is not there,
// started and stopped with the program. It needs PostgreSQL ≥ 15 with PostGIS
// on the machine and downloads nothing. It knows no schema.
//
// A data directory holds:
//
//	taohe.lock   held by the program that runs the cluster; contains its pid
//	pgdata/      the cluster
//	run/         the socket
//	server.log   what the server says
package cluster

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
)

// The names inside a data directory.
const (
	lockName   = "taohe.lock"
	pgdataName = "pgdata"
	runName    = "run"
	logName    = "server.log"
)

// superuser is the database role that the cluster is made with. It needs no
// password: only who can enter the socket's directory (mode 0700) can connect.
const superuser = "taohe"

// Config of a cluster.
type Config struct {
	// DataDir is where everything lives. It is made when it is not there.
	DataDir string
	// Durable keeps what is committed through a crash of the machine. False
	// turns fsync off, which is for throw-away clusters of tests only.
	Durable bool
	// Settings of the server, by name, that win over those of this package: for
	// tests of what a private cluster is not, a primary and its replica.
	Settings map[string]string
	// Log receives what happens to the cluster; nil discards it.
	Log *slog.Logger
}

func (c Config) log() *slog.Logger {
	if c.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return c.Log
}

// DefaultDataDir is /var/lib/taohe for root; for others $XDG_DATA_HOME/taohe,
// else ~/.local/share/taohe. It is an error when the user has no home.
func DefaultDataDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/lib/taohe", nil
	}
	// The XDG base directory specification has relative values ignored.
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "taohe"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("default data directory: %w", err)
	}
	return filepath.Join(home, ".local", "share", "taohe"), nil
}

// Errors that Start returns, wrapped; each text ends with the next step.
var (
	// ErrNoPostgres: no PostgreSQL ≥ 15 server on this machine.
	ErrNoPostgres = errors.New("no PostgreSQL 15 or newer found on this machine: run `make setup`, or install it (" + installHint + "), or set DATABASE_URL to a server that has PostGIS")
	// ErrNoPostGIS: there is a PostgreSQL, but PostGIS ≥ 3.3 is not beside it.
	ErrNoPostGIS = errors.New("PostgreSQL is here, but PostGIS 3.3 or newer is not: run `make setup`, or install it (" + installHint + ")")
	// ErrNotRunning: no server runs in the data directory. Attach returns it.
	ErrNotRunning = errors.New("no server is running in this data directory")
	// ErrUnsupported: this operating system cannot run a private cluster.
	ErrUnsupported = errors.New("a private cluster needs Linux, macOS or another Unix: set DATABASE_URL to a server that has PostGIS, or use WSL")
)

const installHint = "Debian, Ubuntu: apt-get install postgresql postgresql-NN-postgis-3; macOS: brew install postgresql@17 postgis; RHEL: dnf install postgresql-server postgis"

// An InUseError says that another program runs the cluster of this data
// directory.
type InUseError struct {
	DataDir string
	// PID of that program; 0 when it is not known.
	PID int
}

func (e *InUseError) Error() string {
	who := "another taohe"
	if e.PID != 0 {
		who = fmt.Sprintf("another taohe (process %d)", e.PID)
	}
	return fmt.Sprintf("data directory %s is in use by %s: stop it, or choose another data directory", e.DataDir, who)
}

// An UnreachableError says that the unprivileged user, as whom the server runs
// when the program runs as root, cannot enter the data directory.
type UnreachableError struct {
	DataDir string
	// Blocker is the directory that cannot be entered: DataDir or one above.
	Blocker string
	// User is the name of the unprivileged user.
	User string
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("data directory %s: PostgreSQL runs as user %s, who cannot enter %s: choose a data directory elsewhere (/var/lib/taohe), or `chmod o+x %s`",
		e.DataDir, e.User, e.Blocker, e.Blocker)
}

// A VersionError says that the data directory was made by a major version of
// PostgreSQL that is not on this machine.
type VersionError struct {
	DataDir string
	// Want is the major version that made it, Have those found.
	Want int
	Have []int
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("data directory %s was made by PostgreSQL %d, but this machine has %v: install postgresql-%d with PostGIS, or choose another data directory",
		e.DataDir, e.Want, e.Have, e.Want)
}

// A StartError carries the last lines the server, or initdb, said.
type StartError struct {
	// Step is "initdb" or "start".
	Step string
	// Tail is the last lines of output.
	Tail string
	Err  error
}

func (e *StartError) Error() string {
	if e.Tail == "" {
		return fmt.Sprintf("postgres %s: %v", e.Step, e.Err)
	}
	return fmt.Sprintf("postgres %s: %v; it said:\n%s", e.Step, e.Err, e.Tail)
}

func (e *StartError) Unwrap() error { return e.Err }
