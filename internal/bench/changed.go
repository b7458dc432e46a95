package bench

import (
	"context"
	"embed"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/bench/made"
	"github.com/taohe-gis/taohe/internal/pg"
)

//go:embed sql/*.sql
var sqlFS embed.FS

var (
	sqlMedianPatch      = pg.MustLoad(sqlFS, "sql/median_patch.sql")
	sqlNewVersion       = pg.MustLoad(sqlFS, "sql/new_version.sql")
	sqlChangePatch      = pg.MustLoad(sqlFS, "sql/change_patch.sql")
	sqlAcceptVersion    = pg.MustLoad(sqlFS, "sql/accept_version.sql")
	sqlLeftoverVersions = pg.MustLoad(sqlFS, "sql/leftover_versions.sql")
	sqlTouchedPairs     = pg.MustLoad(sqlFS, "sql/touched_pairs.sql")
)

// changedBy marks the datasets that changePatch makes.
const changedBy = "changed for a measurement"

// changePatch makes a new version of a county's disturbance in which one pit of
// a median mine of a run is a little smaller. dropChanged takes it away.
func changePatch(ctx context.Context, db Database, runID int64) error {
	return pg.InTx(ctx, db.Pool, func(tx pgx.Tx) error {
		var dataset, changed int64
		var row int
		if err := tx.QueryRow(ctx, sqlMedianPatch.SQL(), pgx.StrictNamedArgs{"run_id": runID}).Scan(&dataset, &row); err != nil {
			return fmt.Errorf("median patch: %w", err)
		}
		err := tx.QueryRow(ctx, sqlNewVersion.SQL(), pgx.StrictNamedArgs{"dataset_id": dataset, "vintage": made.AsOf, "by": changedBy}).Scan(&changed)
		if err != nil {
			return fmt.Errorf("new version: %w", err)
		}
		if _, err := tx.Exec(ctx, `select add_dataset_table($1)`, changed); err != nil {
			return fmt.Errorf("new version: %w", err)
		}
		_, err = tx.Exec(ctx, sqlChangePatch.SQL(), pgx.StrictNamedArgs{"dataset_id": dataset, "row_no": row, "new_id": changed})
		if err != nil {
			return fmt.Errorf("new version: %w", err)
		}
		_, err = tx.Exec(ctx, sqlAcceptVersion.SQL(), pgx.StrictNamedArgs{"dataset_id": changed})
		return err
	})
}

// dropChanged takes away all runs, and what changePatch made.
func dropChanged(ctx context.Context, db Database) error {
	if err := forget(ctx, db); err != nil {
		return err
	}
	rows, err := db.Pool.Query(ctx, sqlLeftoverVersions.SQL(), pgx.StrictNamedArgs{"by": changedBy})
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := db.Pool.Exec(ctx, fmt.Sprintf(`drop table disturbance_d%d`, id)); err != nil {
			return err
		}
		if _, err := db.Pool.Exec(ctx, `delete from dataset where id = $1`, id); err != nil {
			return err
		}
	}
	return nil
}
