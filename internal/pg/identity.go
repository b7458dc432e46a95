package pg

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"
)

// An Identity is in whose name the statements of a context are run. The zero value
// is the pool's own role, which owns the tables and sees all.
type Identity struct {
	// Role is the role of the database whose rights are taken on.
	Role string
	// Counties are the codes, with commas between, of those whose rows are seen; *
	// for all.
	Counties string
	// Cites has the layers of other counties seen too, as what a run says of a
	// mine names them.
	Cites bool
}

type identityKey struct{}

// As has everything that a pool of this package runs in the context run in the
// name of id.
func As(ctx context.Context, id Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, id)
}

// AsOwner takes an identity off again, for what the program itself keeps.
func AsOwner(ctx context.Context) context.Context { return As(ctx, Identity{}) }

// heldIdentity is under which key a connection remembers whose it was last.
const heldIdentity = "taohe identity"

// assumeSQL is sent by itself, outside of any transaction, so that it outlives
// those that are rolled back.
const assumeSQL = `select set_config('role', $1, false), set_config('taohe.counties', $2, false), set_config('taohe.cites', $3, false)`

// assume makes a connection that is about to be used that of the context's
// identity. One that cannot be is not used.
func assume(ctx context.Context, conn *pgx.Conn) (bool, error) {
	want, _ := ctx.Value(identityKey{}).(Identity)
	held, _ := conn.PgConn().CustomData()[heldIdentity].(Identity)
	if held == want {
		return true, nil
	}
	role, cites := "none", "off"
	if want.Role != "" {
		role = want.Role
	}
	if want.Cites {
		cites = "on"
	}
	if _, err := conn.Exec(ctx, assumeSQL, role, want.Counties, cites); err != nil {
		return false, err
	}
	conn.PgConn().CustomData()[heldIdentity] = want
	return true, nil
}

// A Note is written in the transaction that InTx commits first in a context, so
// that it stands if, and only if, what was done does.
type Note struct {
	write func(ctx context.Context, tx pgx.Tx) error
	outer *Note

	mu    sync.Mutex
	state int
}

const (
	unwritten = iota
	beingWritten
	written
)

type noteKey struct{}

// WithNote gives a context a note, beside those that it has.
func WithNote(ctx context.Context, write func(ctx context.Context, tx pgx.Tx) error) (context.Context, *Note) {
	outer, _ := ctx.Value(noteKey{}).(*Note)
	n := &Note{write: write, outer: outer}
	return context.WithValue(ctx, noteKey{}, n), n
}

// Written says whether a transaction was committed with the note.
func (n *Note) Written() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.state == written
}

// turn changes the state of a note from one to another, if it is the one.
func (n *Note) turn(from, to int) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.state != from {
		return false
	}
	n.state = to
	return true
}

// noted writes the notes of a context, the last given first, as the last thing in the
// transaction; ended is to be told whether that was committed.
func noted(ctx context.Context, tx pgx.Tx) (ended func(committed bool), err error) {
	var writing []*Note
	ended = func(committed bool) {
		to := unwritten
		if committed {
			to = written
		}
		for _, n := range writing {
			n.turn(beingWritten, to)
		}
	}
	n, _ := ctx.Value(noteKey{}).(*Note)
	for ; n != nil; n = n.outer {
		if !n.turn(unwritten, beingWritten) {
			continue
		}
		writing = append(writing, n)
		if err := n.write(ctx, tx); err != nil {
			return ended, err
		}
	}
	return ended, nil
}
