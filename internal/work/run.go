package work

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/watch"
)

type runWorker struct {
	river.WorkerDefaults[runArgs]
	pipeline *pipeline.Pipeline
	log      *slog.Logger
}

// Work does a share of a run; see pipeline.HelpRun.
func (w *runWorker) Work(ctx context.Context, job *river.Job[runArgs]) error {
	ctx = watch.With(ctx, slog.Int64("run", job.Args.RunID))
	err := call(func() error { return w.pipeline.HelpRun(ctx, job.Args.RunID, w.callForHelp(job.Args.RunID)) })
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return err // cancelled, which its run is, or put back
	case pg.Unavailable(err) && job.Attempt < job.MaxAttempts:
		w.log.Warn("run put back", "run", job.Args.RunID, "err", err)
		return err
	}
	w.log.Error("run failed", "run", job.Args.RunID, "err", err)
	if endErr := w.pipeline.FailRun(ctx, job.Args.RunID, err); endErr != nil {
		return endErr // again: somebody waits for the end
	}
	return river.JobCancel(err)
}

// callForHelp queues a share of the run for each of its mines, up to a bound,
// less the caller's own: as many workers as come get one.
func (w *runWorker) callForHelp(runID int64) func(ctx context.Context, tx pgx.Tx, mines int) error {
	return func(ctx context.Context, tx pgx.Tx, mines int) error {
		client, err := river.ClientFromContextSafely[pgx.Tx](ctx)
		if err != nil {
			return err
		}
		return queueShares(ctx, client, tx, runID, shares(mines)-1)
	}
}

// shares is how many may compute so many mines side by side.
func shares(mines int) int { return min(max(mines, 1), maxShares) }

func queueShares(ctx context.Context, client *river.Client[pgx.Tx], tx pgx.Tx, runID int64, shares int) error {
	if shares <= 0 {
		return nil
	}
	many := make([]river.InsertManyParams, shares)
	for i := range many {
		many[i] = river.InsertManyParams{Args: runArgs{RunID: runID}, InsertOpts: &river.InsertOpts{Queue: runQueue}}
	}
	if _, err := client.InsertManyFastTx(ctx, tx, many); err != nil {
		return fmt.Errorf("queue run %d: %w", runID, err)
	}
	return nil
}
