package pipeline

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/replay"
)

// ClaimKey takes a key for a request, as this program's; see replay.Claim.
func (p *Pipeline) ClaimKey(ctx context.Context, key string, sha256 []byte) (r replay.Reply, done bool, err error) {
	owner, err := p.owner(ctx)
	if err != nil {
		return r, false, err
	}
	return replay.Claim(ctx, p.pool, key, sha256, owner)
}

// WithKey has what is done in a context first noted as that of the request that
// claimed a key: should this program die before it has answered, it is not done again.
func (p *Pipeline) WithKey(ctx context.Context, key string, sha256 []byte) context.Context {
	ctx, _ = pg.WithNote(ctx, func(ctx context.Context, tx pgx.Tx) error { return replay.CarriedOut(ctx, tx, key, sha256) })
	return ctx
}

// KeepReply keeps the reply to the request that claimed a key.
func (p *Pipeline) KeepReply(ctx context.Context, key string, sha256 []byte, r replay.Reply) error {
	return replay.Keep(ctx, p.pool, key, sha256, r)
}

// ReleaseKey gives back a key whose request created nothing.
func (p *Pipeline) ReleaseKey(ctx context.Context, key string, sha256 []byte) error {
	return replay.Release(ctx, p.pool, key, sha256)
}
