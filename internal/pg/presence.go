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
	p := &Presence{ID: int64(binary.LittleEndian.Uint64(random[:])), conn: pooled.Hijack()}
	if _, err := p.conn.Exec(ctx, "select pg_advisory_lock($1)", p.ID); err != nil {
		p.Close()
		return nil, fmt.Errorf("announce: %w", err)
	}
	return p, nil
}

// Close ends the presence: what still carries its ID counts as left behind.
func (p *Presence) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = p.conn.Close(ctx)
}
