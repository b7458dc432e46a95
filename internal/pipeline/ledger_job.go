package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/job"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/ledger"
)

// feedAsked is what a job that feeds the ledger is asked for.
type feedAsked struct {
	By string `json:"by"`
}

// BeginFeed stores a job that puts a run into the ledger; see Feed.
func (p *Pipeline) BeginFeed(ctx context.Context, runID int64, by string, enqueue Enqueue) (int64, error) {
	if by == "" {
		return 0, errNobody
	}
	run, err := p.completeRun(ctx, runID)
	if err != nil {
		return 0, err
	}
	if _, err := ledger.Takes(ctx, p.pool, p.campaign, run); err != nil {
		return 0, ledgerError(err)
	}
	return p.beginJob(ctx, job.Feed, runID, feedAsked{by}, enqueue, oneShare)
}

// BeginMeasurements stores a job that measures the ledger's open items by a run;
// see MeasureItems.
func (p *Pipeline) BeginMeasurements(ctx context.Context, runID int64, enqueue Enqueue) (int64, error) {
	if _, err := p.completeRun(ctx, runID); err != nil {
		return 0, err
	}
	return p.beginJob(ctx, job.Measurements, runID, struct{}{}, enqueue, oneShare)
}

// oneShare is of a job that is done as a whole.
func oneShare(pgx.Tx, int64) (int, error) { return 1, nil }

func (p *Pipeline) feedJob(ctx context.Context, j job.Job) error {
	var asked feedAsked
	if err := json.Unmarshal(j.Asked, &asked); err != nil {
		return fmt.Errorf("job %d: %w", j.ID, err)
	}
	return p.complete(ctx, j.ID, func(ctx context.Context, tx pgx.Tx, note func(done, total int)) (paper, int, error) {
		plan, err := p.feed(ctx, tx, j.RunID, asked.By, note)
		if err != nil {
			return paper{}, 0, err
		}
		f, err := resultFile(plan)
		return f, len(plan.Lines), err
	})
}

func (p *Pipeline) measureJob(ctx context.Context, j job.Job) error {
	return p.complete(ctx, j.ID, func(ctx context.Context, _ pgx.Tx, note func(done, total int)) (paper, int, error) {
		all, err := p.MeasureItems(ctx, j.RunID, note)
		if err != nil {
			return paper{}, 0, err
		}
		f, err := resultFile(all)
		return f, len(all), err
	})
}

// resultFile is what a job found, for programs.
func resultFile(result any) (paper, error) {
	content, err := json.Marshal(result)
	return paper{"result.json", content}, err
}

// complete does a job as a whole, in one transaction with its end: what do returns
// is kept as its file, with how many parts were done. When the program dies, or somebody cancels the job, all of
// it is as if it had not been begun.
func (p *Pipeline) complete(ctx context.Context, id int64, do func(ctx context.Context, tx pgx.Tx, note func(done, total int)) (f paper, parts int, err error)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	note, stop := p.noting(ctx, id, cancel)
	defer stop()
	err := pg.InTx(ctx, p.pool, func(tx pgx.Tx) error {
		f, parts, err := do(ctx, tx, note)
		if err != nil {
			return err
		}
		stop() // it would wait for the job's row
		if err := job.Note(ctx, tx, id, parts, parts); err != nil {
			return err
		}
		if err := job.Put(ctx, tx, id, "", 1, f.name, f.content); err != nil {
			return err
		}
		_, err = job.Finish(ctx, tx, id)
		return err
	})
	if errors.Is(err, job.ErrOver) || errors.Is(context.Cause(ctx), job.ErrOver) {
		return nil
	}
	return err
}

// noting stores now and then how far a job is, and gives it up when somebody
// cancelled it, until stop is called.
func (p *Pipeline) noting(ctx context.Context, id int64, giveUp context.CancelCauseFunc) (note func(done, total int), stop func()) {
	type progress struct{ done, total int }
	var last atomic.Value
	last.Store(progress{})
	stopped := make(chan struct{})
	var noting sync.WaitGroup
	noting.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-stopped:
				return
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			now := last.Load().(progress)
			if err := job.Note(ctx, p.pool, id, now.done, now.total); errors.Is(err, job.ErrOver) {
				giveUp(err)
				return
			}
		}
	})
	return func(done, total int) { last.Store(progress{done, total}) }, sync.OnceFunc(func() {
		close(stopped)
		noting.Wait()
	})
}

// Fed is what a job that fed the ledger did; Measured what one that measured found.
// ErrNotFound, ErrJobNotComplete.
func (p *Pipeline) Fed(ctx context.Context, id int64) (plan *ledger.Plan, err error) {
	err = p.result(ctx, id, job.Feed, &plan)
	return plan, err
}

// Measured is what a job found that measured the ledger's items; see Fed.
func (p *Pipeline) Measured(ctx context.Context, id int64) (all []ledger.Measurement, err error) {
	err = p.result(ctx, id, job.Measurements, &all)
	return all, err
}
