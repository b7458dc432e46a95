// Package replay keeps what was answered to requests that bear a key of their
// sender's, so that one that is sent again is answered again and not carried out
// twice. It knows nothing of what is asked.
package replay

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pg"
)

// The sentinels of keys that cannot be taken.
var (
	// ErrOther is returned by Claim for a key that another request bore.
	ErrOther = errors.New("the key belongs to another request")
	// ErrUnderWay is returned by Claim for a request that is being carried out.
	ErrUnderWay = errors.New("the request is under way")
	// ErrLost is returned by Claim for a request that was carried out by a program
	// which died before it had answered.
	ErrLost = errors.New("the request was carried out and its reply is lost")
)

// A Reply is what was answered.
type Reply struct {
	Status int
	Header map[string]string
	Body   []byte
}

//go:embed sql
var sqlFS embed.FS

var (
	sqlClaim      = pg.MustLoad(sqlFS, "sql/claim.sql")
	sqlForget     = pg.MustLoad(sqlFS, "sql/forget.sql")
	sqlFind       = pg.MustLoad(sqlFS, "sql/find.sql")
	sqlCarriedOut = pg.MustLoad(sqlFS, "sql/carried_out.sql")
	sqlKeep       = pg.MustLoad(sqlFS, "sql/keep.sql")
	sqlRelease    = pg.MustLoad(sqlFS, "sql/release.sql")
)

// Claim takes a key for a request of that digest, which is then to be carried out
// and its reply to be kept, or the key released; when it was before, done is
// true and r what was answered. ErrOther, ErrUnderWay, ErrLost. A key is free again
// after a day, and when its owner, which is a program's presence, is gone and has
// done nothing.
func Claim(ctx context.Context, pool *pgxpool.Pool, key string, sha256 []byte, owner int64) (r Reply, done bool, err error) {
	if _, err := pool.Exec(ctx, sqlForget.SQL()); err != nil {
		return r, false, fmt.Errorf("claim: %w", err)
	}
	var claimed bool
	err = pool.QueryRow(ctx, sqlClaim.SQL(), pgx.StrictNamedArgs{"key": key, "sha256": sha256, "owner": owner}).Scan(&claimed)
	if err == nil {
		return r, false, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return r, false, fmt.Errorf("claim: %w", err)
	}
	var of []byte
	var lost bool
	err = pool.QueryRow(ctx, sqlFind.SQL(), pgx.StrictNamedArgs{"key": key}).Scan(&of, &r.Status, &r.Header, &r.Body, &lost)
	switch {
	case errors.Is(err, pgx.ErrNoRows): // released meanwhile
		return r, false, ErrUnderWay
	case err != nil:
		return r, false, fmt.Errorf("claim: %w", err)
	case !bytes.Equal(of, sha256):
		return r, false, ErrOther
	case lost:
		return r, false, ErrLost
	case r.Status == 0:
		return r, false, ErrUnderWay
	}
	return r, true, nil
}

// CarriedOut notes in the transaction of what a request does that it is done: from
// then on its key is never free for it to be done again.
func CarriedOut(ctx context.Context, tx pgx.Tx, key string, sha256 []byte) error {
	if _, err := tx.Exec(ctx, sqlCarriedOut.SQL(), pgx.StrictNamedArgs{"key": key, "sha256": sha256}); err != nil {
		return fmt.Errorf("carried out: %w", err)
	}
	return nil
}

// Keep keeps the reply to the request that claimed a key.
func Keep(ctx context.Context, pool *pgxpool.Pool, key string, sha256 []byte, r Reply) error {
	_, err := pool.Exec(ctx, sqlKeep.SQL(), pgx.StrictNamedArgs{"key": key, "sha256": sha256, "status": r.Status, "header": r.Header, "body": r.Body})
	if err != nil {
		return fmt.Errorf("keep reply: %w", err)
	}
	return nil
}

// Release gives back a key whose request created nothing, so that it can be sent
// again.
func Release(ctx context.Context, pool *pgxpool.Pool, key string, sha256 []byte) error {
	if _, err := pool.Exec(ctx, sqlRelease.SQL(), pgx.StrictNamedArgs{"key": key, "sha256": sha256}); err != nil {
		return fmt.Errorf("release key: %w", err)
	}
	return nil
}
