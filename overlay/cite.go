package overlay

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
)

// cite stores the rows that the findings rest on, and by their position errors
// how certain each finding is.
func cite(ctx context.Context, tx Executor, found []Rule, mine pgx.StrictNamedArgs, seen groundFacts) error {
	cited, lines := make(map[string]citedRule), make(map[string]boundaries)
	for _, r := range found {
		cited[r.Code] = citedBy(r)
		if r.OnGround() {
			lines[r.Code] = boundariesOf(r)
		}
	}
	citedJSON, err := json.Marshal(cited)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlCitation.SQL(), with(mine, "rules", citedJSON)); err != nil {
		return fmt.Errorf("citations: %w", err)
	}
	if !seen.PositionErrors || len(lines) == 0 {
		return nil
	}
	linesJSON, err := json.Marshal(lines)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlCertainty.SQL(), with(mine, "boundaries", linesJSON)); err != nil {
		return fmt.Errorf("certainty: %w", err)
	}
	return nil
}

// A citedRule says what the findings of a rule cite, and what is known of the
// ground they are found on.
type citedRule struct {
	Cites []string `json:"cites"`
	// Kinds of ground, nil when any; Class of the account, empty when none.
	Kinds []string `json:"kinds,omitempty"`
	Class string   `json:"class,omitempty"`
	// OnGround: on what the newest image decides, not on what is listed.
	OnGround bool `json:"on_ground"`
	ByHit    bool `json:"by_hit"`
}

func citedBy(r Rule) citedRule {
	c := citedRule{Cites: r.Cites, Kinds: r.Kinds, OnGround: r.OnGround() && r.Relation != "abandoned_pit", ByHit: r.Relation == "inside_layer"}
	if r.Relation == "ground_class" {
		c.Class = r.Class
	}
	return c
}

// boundaries say whose outlines decide a finding: were they elsewhere, so would
// it be.
type boundaries struct {
	Licence   bool        `json:"licence"`
	Approvals []string    `json:"approvals"`
	Layer     taohe.Layer `json:"layer"`
}

func boundariesOf(r Rule) boundaries {
	b := boundaries{Approvals: []string{}, Layer: r.Against}
	switch r.Relation {
	case "ground_class":
		b.Approvals = []string{"temporary_land", "construction_land"}
	case "outside_licence", "outside_term":
		b.Licence = true
	case "beyond_elevation":
		b.Licence = r.PermitKind == ""
	}
	if r.PermitKind != "" {
		b.Approvals = []string{r.PermitKind}
	}
	return b
}
