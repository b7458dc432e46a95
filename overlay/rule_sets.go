package overlay

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// A UsedRuleSet is a rule set with the runs that were computed by it.
type UsedRuleSet struct {
	RuleSetSHA256 string
	Runs          int
	FirstRunID    int64
	LastRunID     int64
	FirstUsedAt   time.Time
	LastUsedAt    time.Time
}

// UsedRuleSets lists the rule sets of runs, the last used first.
func UsedRuleSets(ctx context.Context, db Querier) ([]UsedRuleSet, error) {
	return collect[UsedRuleSet](ctx, db, sqlReadRuleSets, nil)
}

// StoredRuleSet is the rule set of that SHA-256, in hex, by which a run was computed,
// or ErrNotFound.
func StoredRuleSet(ctx context.Context, db Querier, sha256 string) (RuleSet, error) {
	var text string
	err := db.QueryRow(ctx, sqlReadRuleSet.SQL(), pgx.StrictNamedArgs{"rule_set_sha256": sha256}).Scan(&text)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return RuleSet{}, ErrNotFound
	case err != nil:
		return RuleSet{}, sqlReadRuleSet.Named(err)
	}
	return ParseRules([]byte(text))
}
