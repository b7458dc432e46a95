package work

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/taohe-gis/taohe/internal/job"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/watch"
)

// jobArgs is a share of a job.
type jobArgs struct {
	JobID int64 `json:"job_id"`
}

// Kind implements river.JobArgs.
func (jobArgs) Kind() string { return "job" }

const (
	// paperQueue is the queue of papers, ledgerQueue of what is done to the ledger
	// or measured for it, and of that one thing at a time.
	paperQueue  = "paper"
	ledgerQueue = "ledger"
	// expireEvery is how often is looked for jobs whose time is over.
	expireEvery = time.Minute
)

// StartDossiers stores a job and queues it; see pipeline.BeginDossiers.
func (q *Queue) StartDossiers(ctx context.Context, request pipeline.DossiersRequest) (int64, error) {
	return q.pipeline.BeginDossiers(ctx, request, q.enqueue)
}

// StartPaper stores a job that makes a paper of a whole run and queues it; see
// pipeline.BeginPaper.
func (q *Queue) StartPaper(ctx context.Context, request pipeline.PaperRequest) (int64, error) {
	return q.pipeline.BeginPaper(ctx, request, q.enqueue)
}

// StartFeed stores a job that puts a run into the ledger and queues it.
func (q *Queue) StartFeed(ctx context.Context, runID int64, by string) (int64, error) {
	return q.pipeline.BeginFeed(ctx, runID, by, q.enqueue)
}

// StartMeasurements stores a job that measures the ledger's open items by a run and
// queues it.
func (q *Queue) StartMeasurements(ctx context.Context, runID int64) (int64, error) {
	return q.pipeline.BeginMeasurements(ctx, runID, q.enqueue)
}

// StartFreshReport stores a job that computes one mine anew and queues it; see
// pipeline.BeginFreshReport.
func (q *Queue) StartFreshReport(ctx context.Context, request pipeline.FreshRequest) (int64, error) {
	return q.pipeline.BeginFreshReport(ctx, request, q.enqueue)
}

// enqueue queues a share of a job for each of its parts, up to a bound.
func (q *Queue) enqueue(ctx context.Context, tx pgx.Tx, id int64, kind string, parts int) error {
	queue := paperQueue
	if kind == job.Feed || kind == job.Measurements {
		queue = ledgerQueue
	}
	many := make([]river.InsertManyParams, shares(parts))
	for i := range many {
		many[i] = river.InsertManyParams{Args: jobArgs{id}, InsertOpts: &river.InsertOpts{Queue: queue}}
	}
	if _, err := q.client.InsertManyFastTx(ctx, tx, many); err != nil {
		return fmt.Errorf("queue job %d: %w", id, err)
	}
	return nil
}

// CancelJob closes a job that is not over, deletes what it made, tells whoever does
// it to stop, and reports whether it was not over; pipeline.ErrNotFound.
func (q *Queue) CancelJob(ctx context.Context, id int64) (bool, error) {
	if _, err := q.pipeline.Job(ctx, id); err != nil {
		return false, err
	}
	cancelled, err := q.pipeline.CancelJob(ctx, id)
	if err != nil || !cancelled {
		return false, err
	}
	_, err = q.cancelJobs(ctx, jobArgs{}.Kind(), "job_id", id)
	return true, err
}

type jobWorker struct {
	river.WorkerDefaults[jobArgs]
	pipeline *pipeline.Pipeline
	press    *pipeline.Press
	log      *slog.Logger
}

// Work does a share of a job.
func (w *jobWorker) Work(ctx context.Context, j *river.Job[jobArgs]) error {
	id := j.Args.JobID
	ctx = watch.With(ctx, slog.Int64("job", id))
	err := call(func() error { return w.pipeline.HelpJob(ctx, id, w.press) })
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return err // cancelled, which its job is, or put back
	case pg.Unavailable(err) && j.Attempt < j.MaxAttempts:
		w.log.Warn("job put back", "job", id, "err", err)
		return err
	}
	w.log.Error("job failed", "job", id, "err", err)
	if endErr := w.pipeline.FailJob(ctx, id, err); endErr != nil {
		return endErr // again: somebody waits for the end
	}
	return river.JobCancel(err)
}

// expireJobs deletes now and then the jobs whose time is over, until the context is.
func (w *Worker) expireJobs(ctx context.Context) {
	tick := time.NewTicker(expireEvery)
	defer tick.Stop()
	for {
		if n, err := w.Pipeline.ExpireJobs(ctx); err != nil && ctx.Err() == nil {
			w.Log.Warn("looking for jobs whose time is over", "err", err)
		} else if n > 0 {
			w.Log.Info("deleted jobs whose time is over", "jobs", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
