package pipeline

import (
	"context"

	"github.com/taohe-gis/taohe/internal/replay"
)

// ClaimKey takes a key for a request; see replay.Claim.
func (p *Pipeline) ClaimKey(ctx context.Context, key string, sha256 []byte) (r replay.Reply, done bool, err error) {
	return replay.Claim(ctx, p.pool, key, sha256)
}

// KeepReply keeps the reply to the request that claimed a key.
func (p *Pipeline) KeepReply(ctx context.Context, key string, sha256 []byte, r replay.Reply) error {
	return replay.Keep(ctx, p.pool, key, sha256, r)
}

// ReleaseKey gives back a key whose request created nothing.
func (p *Pipeline) ReleaseKey(ctx context.Context, key string, sha256 []byte) error {
	return replay.Release(ctx, p.pool, key, sha256)
}
