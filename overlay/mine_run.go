package overlay

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
)

// CountiesAround are the counties that a run of one mine has to be of: its own, and
// those whose mines may dispute its patches. ErrNotFound where no licence of that
// number is in force as a version on that day.
func CountiesAround(ctx context.Context, db Querier, licenceNo string, asOf taohe.Date) ([]string, error) {
	rows, err := db.Query(ctx, sqlCountiesAround.SQL(), pgx.StrictNamedArgs{"licence_no": licenceNo, "as_of": asOf})
	if err != nil {
		return nil, fmt.Errorf("counties around: %w", err)
	}
	counties, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err == nil && len(counties) == 0 {
		err = fmt.Errorf("mine %s on %s: %w", licenceNo, asOf, ErrNotFound)
	}
	return counties, err
}

// SameMineRun is a complete run of the question's one mine that would read and
// compute the same if it were run now, or ErrNotFound.
func SameMineRun(ctx context.Context, db Querier, q Question) (int64, error) {
	return oneID(ctx, db, sqlSameMineRun, pgx.StrictNamedArgs{
		"licence_no": q.LicenceNos[0], "as_of": q.AsOf, "counties": q.Counties, "rule_set_sha256": q.Rules.SHA256[:], "program": program(),
	})
}

// DropMineRun deletes a run of some mines that came to nothing.
func DropMineRun(ctx context.Context, db Executor, runID int64) error {
	if _, err := db.Exec(ctx, sqlDropMineRun.SQL(), pgx.StrictNamedArgs{"run_id": runID}); err != nil {
		return fmt.Errorf("drop run %d: %w", runID, err)
	}
	return nil
}
