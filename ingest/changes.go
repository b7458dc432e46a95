package ingest

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Changes say what the acceptance of a dataset would do to its layer, counted
// by key: licence number, approval number, patch and date.
type Changes struct {
	// BaseID is the accepted version it would follow, 0 for none.
	BaseID  int64 `db:"-"`
	Added   int
	Changed int
	Removed int
	Same    int
	// Some of the keys of each, in order.
	AddedKeys   []string
	ChangedKeys []string
	RemovedKeys []string
}

const changeExamples = 20

// GetChanges compares a dataset with the accepted version of its county, layer
// and source that it would follow. It returns ErrNotFound for no dataset.
func GetChanges(ctx context.Context, db Querier, id int64) (Changes, error) {
	d, err := GetDataset(ctx, db, id)
	if err != nil {
		return Changes{}, err
	}
	base, err := baseOf(ctx, db, d)
	if err != nil {
		return Changes{}, fmt.Errorf("changes of dataset %d: %w", id, err)
	}
	rows, err := db.Query(ctx, forLayer(sqlChanges, d.Layer), pgx.StrictNamedArgs{
		"dataset_id": id, "base_id": base, "examples": changeExamples,
	})
	if err != nil {
		return Changes{}, fmt.Errorf("changes of dataset %d: %w", id, err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Changes])
	if err != nil {
		return Changes{}, fmt.Errorf("changes of dataset %d: %w", id, err)
	}
	c.BaseID = base
	return c, nil
}

// baseOf is the accepted version a dataset follows, 0 for none.
func baseOf(ctx context.Context, db Querier, d Dataset) (int64, error) {
	var id int64
	err := db.QueryRow(ctx, sqlBaseDataset.SQL(), pgx.StrictNamedArgs{
		"county_code": d.CountyCode, "layer": string(d.Layer), "source": d.Source, "vintage": d.Vintage, "dataset_id": d.ID,
	}).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return id, err
}
