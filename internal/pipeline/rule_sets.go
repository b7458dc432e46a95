package pipeline

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/overlay"
)

// Rules is the rule set by which new runs are computed.
func (p *Pipeline) Rules() overlay.RuleSet { return p.rules }

// UsedRuleSets are those of the runs that the caller sees, the last used first.
func (p *Pipeline) UsedRuleSets(ctx context.Context) ([]overlay.UsedRuleSet, error) {
	return read(ctx, p, func(db pgx.Tx) ([]overlay.UsedRuleSet, error) { return overlay.UsedRuleSets(ctx, db) })
}

// StoredRuleSet is that of a run which the caller sees, by its SHA-256 in hex, or
// ErrNotFound.
func (p *Pipeline) StoredRuleSet(ctx context.Context, sha256 string) (overlay.RuleSet, error) {
	return read(ctx, p, func(db pgx.Tx) (overlay.RuleSet, error) { return overlay.StoredRuleSet(ctx, db, sha256) })
}
