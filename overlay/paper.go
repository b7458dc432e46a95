package overlay

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// FindingParts lists the polygons of a finding.
func FindingParts(ctx context.Context, db Querier, runID int64, licenceNo, ruleCode string) ([]FindingPart, error) {
	return collect[FindingPart](ctx, db, sqlExplainParts, pgx.StrictNamedArgs{"run_id": runID, "licence_no": licenceNo, "rule_code": ruleCode})
}
