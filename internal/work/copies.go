package work

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// copiesArgs is a dataset whose generalised copies are to be made.
type copiesArgs struct {
	DatasetID int64 `json:"dataset_id"`
}

// Kind implements river.JobArgs.
func (copiesArgs) Kind() string { return "generalise" }

const (
	// copiesQueue is the queue of generalised copies, of one dataset at a time: maps
	// are shown without them, and what people wait for goes first.
	copiesQueue = "generalise"
	// copiesTries is how often copies are begun or gone on with when the program or
	// the database went away each time.
	copiesTries = 20
)

// queueCopies queues a job for each dataset whose copies are still to be made,
// unless there is one: those that were accepted when there were no copies yet, or
// by a command, are found like all others.
func (w *Worker) queueCopies(ctx context.Context, client *river.Client[pgx.Tx]) error {
	ids, err := w.Pipeline.DueCopies(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		_, err := client.Insert(ctx, copiesArgs{id}, &river.InsertOpts{Queue: copiesQueue, UniqueOpts: onceAtATime})
		if err != nil {
			return fmt.Errorf("queue copies of dataset %d: %w", id, err)
		}
	}
	return nil
}

type copiesWorker struct {
	river.WorkerDefaults[copiesArgs]
	pipeline *pipeline.Pipeline
	log      *slog.Logger
}

// Work makes the copies of a dataset, or goes on where another left off.
func (w *copiesWorker) Work(ctx context.Context, job *river.Job[copiesArgs]) error {
	id := job.Args.DatasetID
	err := errors.New("the program or the database went away each time")
	if job.Attempt <= copiesTries {
		err = call(func() error { return w.pipeline.MakeCopies(ctx, id, nil) })
	}
	switch {
	case err == nil, errors.Is(err, pipeline.ErrCopiesGivenUp), errors.Is(err, pipeline.ErrNotFound):
		return nil
	case ctx.Err() != nil:
		return err // put back
	case pg.Unavailable(err) && job.Attempt < copiesTries:
		w.log.Warn("generalised copies put back", "dataset", id, "err", err)
		return err
	}
	w.log.Error("generalised copies failed", "dataset", id, "err", err)
	if endErr := w.pipeline.FailCopies(ctx, id, err); endErr != nil {
		return endErr
	}
	return river.JobCancel(err)
}
