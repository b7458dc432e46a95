package pg

import (
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
)

// SQLSTATE codes that say that the server, and not the statement, is in
// trouble (PostgreSQL documentation, appendix A).
const (
	classConnection    = "08"
	tooManyConnections = "53300"
	adminShutdown      = "57P01"
	crashShutdown      = "57P02"
	cannotConnectNow   = "57P03"
	diskFull           = "53100"

	// With these a replica gives up a read that stands in the way of what it replays.
	serializationFailure = "40001"
	deadlockDetected     = "40P01"

	// Somebody holds a lock longer than one waits.
	lockNotAvailable = "55P03"

	classServerInternal = "58" // of the system PostgreSQL runs on
)

// Unavailable reports whether err says that the database cannot be reached, or
// went away in the middle: the same work can succeed once it is back.
func Unavailable(err error) bool {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch refused.Code {
		case tooManyConnections, adminShutdown, crashShutdown, cannotConnectNow:
			return true
		}
		return strings.HasPrefix(refused.Code, classConnection)
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if broken, ok := errors.AsType[*net.OpError](err); ok && !broken.Timeout() {
		return true
	}
	for _, cause := range []error{io.ErrUnexpectedEOF, net.ErrClosed, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, cause) {
			return true
		}
	}
	// What pgconn says of a connection that it closed after such an error has
	// a type of its own, which is not exported.
	return err != nil && strings.Contains(err.Error(), "conn closed")
}

// Locked reports whether err says that others held what was asked for longer than
// lock_timeout.
func Locked(err error) bool {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	return ok && refused.Code == lockNotAvailable
}

// StorageFull reports whether err says that a disk is full: that of the
// database, or one of this program's.
func StorageFull(err error) bool {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		// Where a file cannot be made, PostgreSQL has no code for the reason.
		full := strings.Contains(refused.Message, syscall.ENOSPC.Error()) || strings.Contains(refused.Message, "No space left on device")
		return refused.Code == diskFull || strings.HasPrefix(refused.Code, classServerInternal) && full
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
