package pg

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A Presence tells other programs on the database that this one is alive: as
// long as it is, a session holds the advisory lock of its ID. Work carries the
// ID of the program that does it, queued or running, so that what a dead
// program left behind can be told from what a living one has not come to yet.
type Presence struct {
	ID   int64
	conn *pgx.Conn

	stop context.CancelFunc
	lost chan struct{}
}

// Announce makes this program's presence known, on a session of its own.
func Announce(ctx context.Context, pool *pgxpool.Pool) (*Presence, error) {
	var random [8]byte
	if _, err := rand.Read(random[:]); err != nil {
		return nil, fmt.Errorf("announce: %w", err)
	}
	pooled, err := pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("announce: %w", err)
	}
	p := &Presence{ID: int64(binary.LittleEndian.Uint64(random[:])), conn: pooled.Hijack(), lost: make(chan struct{})}
	if _, err := p.conn.Exec(ctx, "select pg_advisory_lock($1)", p.ID); err != nil {
		p.disconnect()
		return nil, fmt.Errorf("announce: %w", err)
	}
	var waiting context.Context
	waiting, p.stop = context.WithCancel(context.WithoutCancel(ctx))
	go p.wait(waiting)
	return p, nil
}

// wait listens on the session, on which nothing is ever said, until it ends.
func (p *Presence) wait(ctx context.Context) {
	defer close(p.lost)
	for {
		if _, err := p.conn.WaitForNotification(ctx); err != nil {
			return
		}
	}
}

// Lost is closed when the session has ended: the server went away, or Close was
// called. From then on the presence holds for nobody, and work is to be begun
// under a new one.
func (p *Presence) Lost() <-chan struct{} { return p.lost }

// Close ends the presence: what still carries its ID counts as left behind.
func (p *Presence) Close() {
	p.stop()
	<-p.lost
	p.disconnect()
}

func (p *Presence) disconnect() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = p.conn.Close(ctx)
}
