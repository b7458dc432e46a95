package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/job"
	"github.com/taohe-gis/taohe/internal/office"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/report/drawing"
)

// ErrJobNotComplete is returned for what a job has not made, or no longer keeps.
var ErrJobNotComplete = errors.New("the job is not complete")

// Enqueue puts a job of so many parts into the queue, in the transaction that
// stores it.
type Enqueue func(ctx context.Context, tx pgx.Tx, id int64, kind string, parts int) error

// beginJob stores a job, as the queue's where it is put there, else as this
// program's. A job that asked the same, and whose program died, is gone on with.
func (p *Pipeline) beginJob(ctx context.Context, kind string, runID int64, question any, enqueue Enqueue, fill func(tx pgx.Tx, id int64) (parts int, err error)) (id int64, err error) {
	asked, err := json.Marshal(question)
	if err != nil {
		return 0, err
	}
	var owner *int64
	if enqueue == nil {
		presence, err := p.owner(ctx)
		if err != nil {
			return 0, err
		}
		owner = &presence
		if id, err := job.Adopt(ctx, p.pool, kind, runID, asked, presence); !errors.Is(err, job.ErrNotFound) {
			return id, err
		}
	}
	err = pg.InTx(ctx, p.pool, func(tx pgx.Tx) error {
		if id, err = job.Create(ctx, tx, kind, runID, asked, owner); err != nil {
			return err
		}
		parts, err := fill(tx, id)
		if err != nil || enqueue == nil {
			return err
		}
		return enqueue(ctx, tx, id, kind, parts)
	})
	return id, err
}

// take begins a job, or goes on with it; nil where there is nothing to go on with.
func (p *Pipeline) take(ctx context.Context, id int64) (*job.Job, error) {
	err := job.Begin(ctx, p.pool, id)
	if errors.Is(err, job.ErrOver) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	j, err := job.Get(ctx, p.pool, id)
	if errors.Is(err, job.ErrNotFound) {
		return nil, nil
	}
	return &j, err
}

// HelpJob does a share of a job of the queue. It returns nil when nothing is left
// to do, also where the job was cancelled; on an error the job is as it was, less
// the parts that were done.
func (p *Pipeline) HelpJob(ctx context.Context, id int64, press *Press) error {
	j, err := p.take(ctx, id)
	if err != nil || j == nil {
		return err
	}
	switch j.Kind {
	case job.Feed:
		return p.feedJob(ctx, *j)
	case job.Measurements:
		return p.measureJob(ctx, *j)
	case job.MineReport:
		return p.reportJob(ctx, *j)
	case job.Annex1, job.Annex2, job.Briefing:
		return p.paperJob(ctx, *j)
	}
	return p.helpDossiers(ctx, *j, press, nil)
}

// Job returns a job, or ErrNotFound. It is read where it is written: whoever asked
// for it looks at once.
func (p *Pipeline) Job(ctx context.Context, id int64) (job.Job, error) {
	j, err := job.Get(ctx, p.pool, id)
	return j, jobError(err)
}

// Jobs lists jobs, newest first, with numbers below before unless it is 0.
func (p *Pipeline) Jobs(ctx context.Context, before int64, most int) ([]job.Job, error) {
	return job.List(ctx, p.pool, before, most)
}

// CancelJob closes a job that is not over and deletes what it made, and reports
// whether it did. Whoever does it is to be told by the caller, or finds out.
func (p *Pipeline) CancelJob(ctx context.Context, id int64) (bool, error) {
	ended, err := job.End(ctx, p.pool, id, job.Cancelled, "")
	if err != nil || !ended {
		return ended, err
	}
	return true, p.endRunOf(ctx, id, job.Cancelled)
}

// DropJob deletes a job that is over with what it made, and reports whether it did.
func (p *Pipeline) DropJob(ctx context.Context, id int64) (bool, error) {
	return write(ctx, p, func(db pgx.Tx) (bool, error) { return job.Drop(ctx, db, id) })
}

// ExpireJobs deletes the jobs whose time is over, and says how many.
func (p *Pipeline) ExpireJobs(ctx context.Context) (int64, error) { return job.Expire(ctx, p.pool) }

// FailJob closes a job that cannot go on, for what err says, though the context may
// be over.
func (p *Pipeline) FailJob(ctx context.Context, id int64, err error) error {
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if ended, err := job.End(end, p.pool, id, job.Failed, jobFailure(err)); err != nil || !ended {
		return err
	}
	return p.endRunOf(end, id, job.Failed)
}

// Why a job failed that lacks something on the machine of its worker, or was to
// put a run into the ledger when another of a later day was in it.
const (
	FailureNoFont   = "font missing"
	FailureNoPDF    = "pdf unavailable"
	FailureNoGDAL   = "gdal missing"
	FailureOlderRun = "older run"
)

func jobFailure(err error) string {
	switch {
	case errors.Is(err, drawing.ErrNoFont):
		return FailureNoFont
	case errors.Is(err, office.ErrMissing):
		return FailureNoPDF
	case errors.Is(err, ErrNoGDAL):
		return FailureNoGDAL
	case errors.Is(err, ledger.ErrOlderRun):
		return FailureOlderRun
	}
	return runFailure(err)
}

func jobError(err error) error {
	if errors.Is(err, job.ErrNotFound) {
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	return err
}
