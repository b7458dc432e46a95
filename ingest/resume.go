package ingest

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ErrNotLoading is returned by Resume for a dataset that was ended.
var ErrNotLoading = errors.New("dataset is not loading")

// Resume takes up a dataset that was begun, to load it from its start: a load
// that was cut off has left nothing. u is the upload it was begun with.
// ErrNotLoading when the dataset was ended.
func Resume(ctx context.Context, pool *pgxpool.Pool, u Upload, datasetID int64) (*Staging, error) {
	s := &Staging{DatasetID: datasetID, pool: pool}
	var base *int64
	err := pool.QueryRow(ctx, sqlLoadingBase.SQL(), pgx.StrictNamedArgs{"dataset_id": datasetID}).Scan(&base)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("dataset %d: %w", datasetID, ErrNotLoading)
	}
	if err != nil {
		return nil, fmt.Errorf("resume dataset %d: %w", datasetID, err)
	}
	if base != nil {
		s.baseID = *base
	}
	if s.req, err = u.check(ctx, pool); err != nil {
		return nil, fmt.Errorf("resume dataset %d: %w", datasetID, err)
	}
	return s, nil
}

// HandOver makes a dataset the queue's: its load no longer ends with the program
// that began it.
func HandOver(ctx context.Context, tx pgx.Tx, datasetID int64) error {
	if _, err := tx.Exec(ctx, sqlHandOver.SQL(), pgx.StrictNamedArgs{"dataset_id": datasetID}); err != nil {
		return fmt.Errorf("hand over: %w", err)
	}
	return nil
}

// Fail closes a dataset that nobody loads any more, and reports whether it was
// not closed before.
func Fail(ctx context.Context, pool *pgxpool.Pool, datasetID int64, failure string) (bool, error) {
	tag, err := pool.Exec(ctx, sqlEndDataset.SQL(), pgx.StrictNamedArgs{
		"dataset_id": datasetID, "status": "failed", "error": failure, "rows_read": 0, "rows_refused": 0,
	})
	if err != nil {
		return false, fmt.Errorf("fail dataset %d: %w", datasetID, err)
	}
	return tag.RowsAffected() == 1, nil
}

// NoteProgress stores how many rows of a dataset are read so far.
func NoteProgress(ctx context.Context, pool *pgxpool.Pool, datasetID, rows int64) error {
	if _, err := pool.Exec(ctx, sqlProgress.SQL(), pgx.StrictNamedArgs{"dataset_id": datasetID, "rows_read": rows}); err != nil {
		return fmt.Errorf("progress of dataset %d: %w", datasetID, err)
	}
	return nil
}
