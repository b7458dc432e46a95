package overlay

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// MineDone stores that a mine is computed, with the digest of its inputs and
// results, and counts it.
func MineDone(ctx context.Context, tx Executor, runID int64, licenceNo string, digest []byte) error {
	_, err := tx.Exec(ctx, sqlMineDone.SQL(), pgx.StrictNamedArgs{"run_id": runID, "licence_no": licenceNo, "digest": digest})
	if err != nil {
		return fmt.Errorf("mine done: %w", err)
	}
	return progress(ctx, tx, runID, 1, 0)
}

// MineFailed stores that a mine could not be computed, and counts it.
func MineFailed(ctx context.Context, db Executor, runID int64, licenceNo, why string) error {
	_, err := db.Exec(ctx, sqlMineFailed.SQL(), pgx.StrictNamedArgs{"run_id": runID, "licence_no": licenceNo, "error": why})
	if err != nil {
		return fmt.Errorf("mine failed: %w", err)
	}
	return progress(ctx, db, runID, 0, 1)
}

func progress(ctx context.Context, db Executor, runID int64, done, failed int) error {
	_, err := db.Exec(ctx, sqlProgress.SQL(), pgx.StrictNamedArgs{"run_id": runID, "done": done, "failed": failed})
	if err != nil {
		return fmt.Errorf("progress: %w", err)
	}
	return nil
}

// Finish closes a run whose mines are all done or failed, and reports whether
// it did: not when mines are pending yet, nor when it was closed before.
func Finish(ctx context.Context, db Executor, runID int64) (bool, error) {
	tag, err := db.Exec(ctx, sqlFinishRun.SQL(), pgx.StrictNamedArgs{"run_id": runID})
	if err != nil {
		return false, fmt.Errorf("finish: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// End closes a run that was cancelled or broke, and reports whether it was not
// closed before.
func End(ctx context.Context, db Executor, runID int64, status, why string) (bool, error) {
	var reason any
	if why != "" {
		reason = why
	}
	tag, err := db.Exec(ctx, sqlEndRun.SQL(), pgx.StrictNamedArgs{"run_id": runID, "status": status, "error": reason})
	if err != nil {
		return false, fmt.Errorf("end: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// FailInterrupted closes the runs whose program died. It is called when a
// program starts.
func FailInterrupted(ctx context.Context, db Executor) (int64, error) {
	tag, err := db.Exec(ctx, sqlFailInterrupted.SQL())
	if err != nil {
		return 0, fmt.Errorf("close interrupted runs: %w", err)
	}
	return tag.RowsAffected(), nil
}
