package pg

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A replica is a streaming replica that reads may go to.
type replica struct {
	name    string // host, port and database, without any secret
	pool    *pgxpool.Pool
	present atomic.Bool
	left    chan struct{} // tells the watch; holds one
}

// answerWithin bounds the wait for a replica to take a connection and to say how
// far it is: a machine that is gone may not answer at all.
const answerWithin = 2 * time.Second

func newReplica(ctx context.Context, dsn string, o Options, of identity) (*replica, error) {
	cfg, err := poolConfig(dsn, o)
	if err != nil {
		return nil, err
	}
	to := cfg.ConnConfig
	n := &replica{
		name: net.JoinHostPort(to.Host, strconv.Itoa(int(to.Port))) + "/" + to.Database,
		left: make(chan struct{}, 1),
	}
	to.ConnectTimeout = answerWithin
	// Every connection is asked: the name may come to mean another server.
	cfg.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		if err := n.isReplicaOf(ctx, conn, of); err != nil {
			return err
		}
		return registerGeometry(ctx, conn)
	}
	n.pool, err = pgxpool.NewWithConfig(ctx, cfg)
	return n, err
}

// An identity is what a database and its replicas have in common, and no other.
type identity struct {
	System   string
	Database uint32
}

type rower interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func identityOf(ctx context.Context, db rower) (id identity, err error) {
	err = db.QueryRow(ctx, `
		select (select system_identifier::text from pg_control_system()),
		       (select oid from pg_database where datname = current_database())`).Scan(&id.System, &id.Database)
	return id, err
}

func (n *replica) isReplicaOf(ctx context.Context, conn *pgx.Conn, of identity) error {
	is, err := identityOf(ctx, conn)
	if err != nil {
		return err
	}
	if is.System != of.System {
		return n.foreign(fmt.Sprintf("is of another cluster than the primary (system identifier %s, not %s)", is.System, of.System))
	}
	if is.Database != of.Database {
		return n.foreign("is another database than the primary's")
	}
	var standby bool
	if err := conn.QueryRow(ctx, `select pg_is_in_recovery()`).Scan(&standby); err != nil {
		return err
	}
	if !standby {
		return n.foreign("is no replica: it takes writes")
	}
	return nil
}

func (n *replica) foreign(what string) error {
	return &NotReadyError{
		Problem: "replica " + n.name + " " + what,
		Next:    "name streaming replicas of the database itself, or take it out of --replica",
	}
}

// A position is how far a primary is, and on which of the timelines that part
// when a replica is made a primary: positions of two cannot be compared.
type position struct {
	LSN      string
	Timeline int32
}

// positionOf is a position that has all that was committed when it was asked for.
// A commit is on disk before anybody sees it, except where synchronous_commit
// is off.
func positionOf(ctx context.Context, primary rower) (at position, err error) {
	err = primary.QueryRow(ctx, `
		select (case current_setting('synchronous_commit') when 'off' then pg_current_wal_insert_lsn() else pg_current_wal_flush_lsn() end)::text,
		       ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::int`).Scan(&at.LSN, &at.Timeline)
	return at, err
}

// The reasons why a replica cannot be read from for now.
var (
	errBehind        = errors.New("it is behind the primary")
	errOtherTimeline = errors.New("it is on another timeline than the primary")
)

// caughtUp returns a connection of the replica on which everything up to the
// position is to be seen, having waited for that. A transaction must begin after
// it was asked: one's view is as old as its first statement.
func (n *replica) caughtUp(ctx context.Context, at position, wait time.Duration) (*pgxpool.Conn, error) {
	answer, cancel := context.WithTimeout(ctx, wait+answerWithin)
	defer cancel()
	conn, err := n.pool.Acquire(answer)
	if err != nil {
		return nil, err
	}
	if err := n.await(answer, conn, at, wait); err != nil {
		conn.Release()
		return nil, err
	}
	return conn, nil
}

func (n *replica) await(ctx context.Context, conn *pgxpool.Conn, at position, wait time.Duration) error {
	for pause := time.Millisecond; ; pause *= 2 {
		var standby, same, has bool
		err := conn.QueryRow(ctx, `
			select pg_is_in_recovery(), (select timeline_id from pg_control_checkpoint()) = $2,
			       coalesce(pg_last_wal_replay_lsn() >= $1::text::pg_lsn, false)`, at.LSN, at.Timeline).Scan(&standby, &same, &has)
		switch {
		case err != nil:
			return err
		case !standby:
			return n.foreign("is no replica any more: it takes writes")
		case !same:
			return errOtherTimeline
		case has:
			return nil
		case wait <= 0:
			return errBehind
		}
		pause = min(pause, wait)
		wait -= pause
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
