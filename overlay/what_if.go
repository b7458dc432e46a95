package overlay

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
)

// A WhatIfDataset is a dataset that a run would read as if it were accepted.
type WhatIfDataset struct {
	ID         int64
	Status     string
	Vintage    taohe.Date
	CountyCode string
	Layer      taohe.Layer
	Source     string
	RowsHeld   int64
	// SupersededBy is an accepted version that would be read in its place, 0
	// for none.
	SupersededBy int64
}

// WhatIfDatasets returns those of the datasets that are there.
func WhatIfDatasets(ctx context.Context, db Querier, ids []int64, asOf taohe.Date) ([]WhatIfDataset, error) {
	return collect[WhatIfDataset](ctx, db, sqlWhatIfDatasets, pgx.StrictNamedArgs{"dataset_ids": ids, "as_of": asOf})
}

// DropWhatIf deletes a what-if run that is over, and reports whether there was
// one. Other runs are never deleted.
func DropWhatIf(ctx context.Context, db Executor, runID int64) (bool, error) {
	tag, err := db.Exec(ctx, sqlDropWhatIf.SQL(), pgx.StrictNamedArgs{"run_id": runID, "dataset_id": nil})
	if err != nil {
		return false, fmt.Errorf("drop what-if run %d: %w", runID, err)
	}
	return tag.RowsAffected() > 0, nil
}

// DropWhatIfOf deletes the what-if runs that read a dataset, which is staged no
// longer; one that is being computed ends with an error. It returns how many.
func DropWhatIfOf(ctx context.Context, db Executor, datasetID int64) (int64, error) {
	tag, err := db.Exec(ctx, sqlDropWhatIf.SQL(), pgx.StrictNamedArgs{"run_id": nil, "dataset_id": datasetID})
	if err != nil {
		return 0, fmt.Errorf("drop what-if runs of dataset %d: %w", datasetID, err)
	}
	return tag.RowsAffected(), nil
}
