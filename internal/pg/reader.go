package pg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A Reader runs what only reads: on a streaming replica, as long as one has
// everything that the primary had when the read began, else on the primary. So a
// read never shows less than anybody was told before, by whatever program, and
// nobody has to remember what was written.
type Reader struct {
	primary  *pgxpool.Pool
	replicas []*replica
	turn     atomic.Uint64
	wait     time.Duration
	log      *slog.Logger

	stop     context.CancelFunc
	watching sync.WaitGroup
}

// ReaderOptions name the replicas of a database.
type ReaderOptions struct {
	// Replicas are their connection strings; there may be none.
	Replicas []string
	// Wait is how long a read waits for a replica that is behind before it goes to
	// the primary; when 0 it does not wait.
	Wait time.Duration
	// MaxConns is as in Options, for each replica.
	MaxConns int32
	// Limits and Slow are as in Options.
	Limits Limits
	Slow   *SlowLog
	// Log takes that a replica is left, and that it is back; nil discards it.
	Log *slog.Logger
}

// NewReader returns a Reader that has no replicas.
func NewReader(primary *pgxpool.Pool) *Reader {
	return &Reader{primary: primary, log: slog.New(slog.DiscardHandler), stop: func() {}}
}

// OpenReader returns a Reader on the pool of a primary and its replicas. A server
// that answers and is no replica of this database is a *NotReadyError. One that
// does not answer is left for now.
func OpenReader(ctx context.Context, primary *pgxpool.Pool, o ReaderOptions) (*Reader, error) {
	r := NewReader(primary)
	if len(o.Replicas) == 0 {
		return r, nil
	}
	r.wait = o.Wait
	if o.Log != nil {
		r.log = o.Log
	}
	var watching context.Context
	watching, r.stop = context.WithCancel(context.WithoutCancel(ctx))
	ours, err := identityOf(ctx, primary)
	if err != nil {
		r.Close()
		return nil, fmt.Errorf("replicas: %w", err)
	}
	for _, dsn := range o.Replicas {
		n, err := newReplica(ctx, dsn, Options{MaxConns: o.MaxConns, Limits: o.Limits, Slow: o.Slow}, ours)
		if err != nil {
			r.Close()
			return nil, fmt.Errorf("replica: %w", err)
		}
		r.replicas = append(r.replicas, n)
	}
	found := make([]error, len(r.replicas))
	var looking sync.WaitGroup
	for i, n := range r.replicas {
		looking.Go(func() { found[i] = r.look(ctx, n) })
	}
	looking.Wait()
	var refused *NotReadyError
	if err := errors.Join(found...); errors.As(err, &refused) {
		r.Close()
		return nil, refused
	}
	for i, n := range r.replicas {
		n.present.Store(true)
		if found[i] != nil {
			r.leave(n, found[i])
		}
		r.watching.Go(func() { r.watch(watching, n) })
	}
	return r, nil
}

// Close gives up the replicas. The primary is the caller's.
func (r *Reader) Close() {
	r.stop()
	r.watching.Wait()
	for _, n := range r.replicas {
		n.pool.Close()
	}
}

// Read runs fn in a transaction that sees one state of the database and changes
// nothing. fn is run again, on the primary, when a replica fails in the middle:
// it only gathers, and gathers anew when it begins anew.
func (r *Reader) Read(ctx context.Context, fn func(pgx.Tx) error) error {
	n, conn, found := r.fit(ctx)
	if !found {
		return readTx(ctx, r.primary, fn)
	}
	err := func() error {
		defer conn.Release()
		return readTx(ctx, conn, fn)
	}()
	if err == nil || ctx.Err() != nil || !ofDatabase(err) {
		return err
	}
	if Unavailable(err) {
		r.leave(n, err)
	}
	onPrimary := readTx(ctx, r.primary, fn)
	switch {
	case conflictsWithRecovery(err):
		r.log.Debug("read again on the primary", "replica", n.name, "reason", err)
	case onPrimary == nil:
		r.leave(n, err)
	}
	return onPrimary
}

// fit finds a replica that has what the primary has, and a connection to it.
func (r *Reader) fit(ctx context.Context) (n *replica, conn *pgxpool.Conn, found bool) {
	if n, found = r.next(); !found {
		return nil, nil, false
	}
	at, err := positionOf(ctx, r.primary)
	if err != nil {
		return nil, nil, false // the primary is asked next, and says it itself
	}
	if conn, err = n.caughtUp(ctx, at, r.wait); err != nil {
		if ctx.Err() == nil {
			r.leave(n, err)
		}
		return nil, nil, false
	}
	return n, conn, true
}

// next is one of the replicas that are not left, in turn.
func (r *Reader) next() (n *replica, found bool) {
	turn := r.turn.Add(1)
	for i := range r.replicas {
		if n := r.replicas[(turn+uint64(i))%uint64(len(r.replicas))]; n.present.Load() {
			return n, true
		}
	}
	return nil, false
}

// readTx runs fn in a transaction whose statements all see the same.
func readTx(ctx context.Context, db interface {
	BeginTx(ctx context.Context, o pgx.TxOptions) (pgx.Tx, error)
}, fn func(pgx.Tx) error,
) error {
	return pgx.BeginTxFunc(ctx, db, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, fn)
}

// ofDatabase says whether an error is the server's or the connection's, so that
// another server may do better.
func ofDatabase(err error) bool {
	_, refused := errors.AsType[*pgconn.PgError](err)
	return refused || Unavailable(err)
}

// conflictsWithRecovery says whether a replica gave a read up because what it
// reads is no longer on the primary. That happens to sound replicas.
func conflictsWithRecovery(err error) bool {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (refused.Code == serializationFailure || refused.Code == deadlockDetected)
}

const (
	// shortestPause and longestPause are how long a replica that was left is left
	// alone. The pause doubles as long as the replica does not stay for longestPause:
	// one that comes and goes does not fill the log.
	shortestPause = time.Second
	longestPause  = time.Minute
)

// leave has reads pass over a replica until watch finds it fit.
func (r *Reader) leave(n *replica, why error) {
	if n.present.CompareAndSwap(true, false) {
		r.log.Warn("replica left; reads go elsewhere", "replica", n.name, "reason", why)
		n.left <- struct{}{}
	}
}

// watch waits for a replica to be left, and then for it to be fit again.
func (r *Reader) watch(ctx context.Context, n *replica) {
	pause := shortestPause
	steady := time.NewTimer(longestPause)
	defer steady.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-steady.C:
			pause = shortestPause
			continue
		case <-n.left:
		}
		for fit := false; !fit; pause = min(2*pause, longestPause) {
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
			fit = r.look(ctx, n) == nil
		}
		n.present.Store(true)
		steady.Reset(longestPause)
		r.log.Warn("replica is back", "replica", n.name)
	}
}

// look says what keeps a replica from being read from.
func (r *Reader) look(ctx context.Context, n *replica) error {
	at, err := positionOf(ctx, r.primary)
	if err != nil {
		return err
	}
	conn, err := n.caughtUp(ctx, at, r.wait)
	if err != nil {
		return err
	}
	conn.Release()
	return nil
}
