package overlay

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
)

// The reasons why there is nothing to do for a run.
var (
	// ErrNoMine is returned by Claim when no mine is pending that nobody holds,
	// or the run is over.
	ErrNoMine = errors.New("no mine to compute")
	// ErrOtherProgram is returned by Resume for a run whose inputs another
	// program or database fixed.
	ErrOtherProgram = errors.New("the inputs were fixed by another program or database")
)

// Lock keeps others from fixing the inputs of a run until the transaction ends,
// and returns its status then.
func Lock(ctx context.Context, tx Executor, runID int64) (status string, err error) {
	err = tx.QueryRow(ctx, sqlLockRun.SQL(), pgx.StrictNamedArgs{"run_id": runID}).Scan(&status)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("run %d: %w", runID, ErrNotFound)
	}
	return status, err
}

// Resume returns the plan of a run whose inputs are fixed; its Mines are those
// pending. Mines of one run must all be computed alike: ErrOtherProgram.
func Resume(ctx context.Context, db Executor, runID int64, asOf taohe.Date, counties []string, rules RuleSet) (*Plan, error) {
	run := pgx.StrictNamedArgs{"run_id": runID}
	var same bool
	if err := db.QueryRow(ctx, sqlSameEngine.SQL(), with(run, "program", program())).Scan(&same); err != nil {
		return nil, fmt.Errorf("run %d: %s: %w", runID, sqlSameEngine.Name(), err)
	}
	if !same {
		return nil, fmt.Errorf("run %d: %w", runID, ErrOtherProgram)
	}
	plan := &Plan{RunID: runID, AsOf: asOf, Rules: rules}
	var err error
	if plan.Missing, err = missingLayers(ctx, db, with(run, "as_of", asOf, "counties", counties)); err != nil {
		return nil, fmt.Errorf("run %d: missing layers: %w", runID, err)
	}
	if plan.Mines, err = collect[Mine](ctx, db, sqlPendingMines, run); err != nil {
		return nil, fmt.Errorf("run %d: pending mines: %w", runID, err)
	}
	return plan, nil
}

// Claim takes the next mine for the transaction: nobody else computes it until
// that ends, and when it ends without MineDone or MineFailed, however it does,
// the mine is pending again. A mine that another holds is not given; but when
// no other is left, one of those who ask waits, lest the holder die and nobody
// be there. ErrNoMine when there is nothing left to do.
func (p *Plan) Claim(ctx context.Context, tx Executor) (Mine, error) {
	run := pgx.StrictNamedArgs{"run_id": p.RunID}
	free, err := collect[Mine](ctx, tx, sqlClaimMine, run)
	if err != nil {
		return Mine{}, fmt.Errorf("claim: %w", err)
	}
	if len(free) == 0 {
		var alone bool
		if err := tx.QueryRow(ctx, sqlWaitAlone.SQL(), run).Scan(&alone); err != nil {
			return Mine{}, fmt.Errorf("claim: %w", err)
		}
		if !alone {
			return Mine{}, ErrNoMine
		}
		if free, err = collect[Mine](ctx, tx, sqlAwaitMine, run); err != nil {
			return Mine{}, fmt.Errorf("claim: %w", err)
		}
	}
	if len(free) == 0 {
		return Mine{}, ErrNoMine
	}
	return free[0], nil
}

// Try counts that a mine is begun and returns how often it was, this time
// included. db is not the transaction that computes it: the count stands when
// that comes to nothing. MineDone, MineFailed and Untry take it back.
func Try(ctx context.Context, db Executor, runID int64, licenceNo string) (tries int, err error) {
	err = db.QueryRow(ctx, sqlTryMine.SQL(), pgx.StrictNamedArgs{"run_id": runID, "licence_no": licenceNo}).Scan(&tries)
	if err != nil {
		return 0, fmt.Errorf("try mine: %w", err)
	}
	return tries, nil
}

// Untry takes one Try back: the mine was given up in good order.
func Untry(ctx context.Context, db Executor, runID int64, licenceNo string) error {
	if _, err := db.Exec(ctx, sqlUntryMine.SQL(), pgx.StrictNamedArgs{"run_id": runID, "licence_no": licenceNo}); err != nil {
		return fmt.Errorf("untry mine: %w", err)
	}
	return nil
}

// HandOver makes a run the queue's: it no longer ends with the program that
// began it.
func HandOver(ctx context.Context, tx Executor, runID int64) error {
	if _, err := tx.Exec(ctx, sqlHandOver.SQL(), pgx.StrictNamedArgs{"run_id": runID}); err != nil {
		return fmt.Errorf("hand over: %w", err)
	}
	return nil
}

// Reopen lets a run that was cancelled or failed go on, as the queue's, and
// reports whether it was one.
func Reopen(ctx context.Context, tx Executor, runID int64) (bool, error) {
	tag, err := tx.Exec(ctx, sqlReopenRun.SQL(), pgx.StrictNamedArgs{"run_id": runID})
	if err != nil {
		return false, fmt.Errorf("reopen: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}
