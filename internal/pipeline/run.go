package pipeline

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/overlay"
)

// Progress of a run; mines carried over are done.
type Progress struct{ Done, Failed, Total int }

// A RunRequest is what a caller asks of a run.
type RunRequest struct {
	AsOf taohe.Date
	// Counties may be empty for all that are registered.
	Counties []string
	// ChangedOnly carries over from the newest complete run of the same question
	// the mines that no change can touch. The findings are those of a whole run.
	ChangedOnly bool
	// WhatIf are staged datasets to be read as if they were accepted. Mines they
	// cannot touch are carried over.
	WhatIf []int64
}

// BeginRun stores a whole run of some counties as queued; see Begin.
func (p *Pipeline) BeginRun(ctx context.Context, asOf taohe.Date, counties []string) (int64, error) {
	return p.Begin(ctx, RunRequest{AsOf: asOf, Counties: counties})
}

// Begin checks a request for a run and stores it as queued. Faults are
// *ingest.RequestError.
func (p *Pipeline) Begin(ctx context.Context, q RunRequest) (int64, error) {
	asOf, counties := q.AsOf, q.Counties
	known, err := ingest.Counties(ctx, p.pool)
	if err != nil {
		return 0, err
	}
	var codes []string
	for _, c := range known {
		codes = append(codes, c.Code)
	}
	var faults []ingest.Fault
	if asOf.IsZero() {
		faults = append(faults, ingest.Fault{Location: "as_of", Code: "missing-as-of", Message: "请填写截止日（as_of，格式 YYYY-MM-DD）。"})
	}
	if len(counties) == 0 {
		counties = codes
	}
	for i, c := range counties {
		if !slices.Contains(codes, c) {
			faults = append(faults, ingest.Fault{Location: fmt.Sprintf("counties[%d]", i), Code: "unknown-county", Message: fmt.Sprintf("旗区代码“%s”尚未登记。", c)})
		}
	}
	if len(codes) == 0 {
		faults = append(faults, ingest.Fault{Location: "counties", Code: "no-county", Message: "尚未登记任何旗区。请先登记旗区并导入数据。"})
	}
	whatIf, err := p.whatIfFaults(ctx, q)
	if err != nil {
		return 0, err
	}
	if faults = append(faults, whatIf...); len(faults) > 0 {
		return 0, &ingest.RequestError{Faults: faults}
	}
	counties = slices.Compact(slices.Sorted(slices.Values(counties)))
	owner, err := p.owner(ctx)
	if err != nil {
		return 0, err
	}
	return overlay.Create(ctx, p.pool, overlay.Question{
		AsOf: asOf, Counties: counties, Rules: p.rules, Partial: q.ChangedOnly || len(q.WhatIf) > 0, WhatIf: q.WhatIf,
	}, owner)
}

// ExecuteRun computes a queued run: fixes its inputs, then every mine in a
// transaction of its own, several at a time. A mine that fails is stored as
// failed and the others go on. A cancelled context leaves a cancelled run, any
// other error a failed one; both come back as errors. progress may be nil.
func (p *Pipeline) ExecuteRun(ctx context.Context, runID int64, progress func(Progress)) error {
	err := p.executeRun(ctx, runID, progress)
	if err == nil {
		return nil
	}
	if _, gone := overlay.GetRun(context.WithoutCancel(ctx), p.pool, runID); errors.Is(gone, overlay.ErrNotFound) {
		return fmt.Errorf("run %d was dropped while it was computed: %w", runID, notFound(gone))
	}
	status, text := "failed", ingest.FailureInternal
	switch {
	case ctx.Err() != nil:
		status, text = "cancelled", ""
	case pg.StorageFull(err):
		text = ingest.FailureStorageFull
	case pg.Unavailable(err):
		text = ingest.FailureUnavailable
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return errors.Join(fmt.Errorf("run %d: %w", runID, err), overlay.End(end, p.pool, runID, status, text))
}

func (p *Pipeline) executeRun(ctx context.Context, runID int64, progress func(Progress)) error {
	run, err := overlay.GetRun(ctx, p.pool, runID)
	if err != nil {
		return err
	}
	if run.Status != "queued" {
		return fmt.Errorf("status is %s, not queued", run.Status)
	}
	rules, err := overlay.ParseRules([]byte(run.RuleSet))
	if err != nil {
		return err
	}
	var plan *overlay.Plan
	err = pg.InTx(ctx, p.pool, func(tx pgx.Tx) error {
		plan, err = overlay.Fix(ctx, tx, runID, run.AsOf, run.Counties, rules)
		if err != nil || !run.Partial {
			return err
		}
		return plan.Carry(ctx, tx)
	})
	if err != nil {
		return err
	}
	if err := p.evaluateMines(ctx, plan, progress); err != nil {
		return err
	}
	return overlay.Finish(ctx, p.pool, runID)
}

func (p *Pipeline) evaluateMines(ctx context.Context, plan *overlay.Plan, progress func(Progress)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan overlay.Mine)
	var mu sync.Mutex
	state := Progress{Done: plan.Carried, Total: plan.Carried + len(plan.Mines)}
	if progress != nil && plan.Carried > 0 {
		progress(state)
	}
	var wg sync.WaitGroup
	for range min(p.workers, max(len(plan.Mines), 1)) {
		wg.Go(func() {
			for m := range work {
				failed, err := p.evaluateMine(ctx, plan, m)
				if err != nil {
					cancel(err)
					return
				}
				mu.Lock()
				if failed {
					state.Failed++
				} else {
					state.Done++
				}
				if progress != nil {
					progress(state)
				}
				mu.Unlock()
			}
		})
	}
feed:
	for _, m := range plan.Mines {
		select {
		case work <- m:
		case <-ctx.Done():
			break feed
		}
	}
	close(work)
	wg.Wait()
	return context.Cause(ctx)
}

// evaluateMine computes and stores one mine. It returns an error only when the
// whole run cannot go on.
func (p *Pipeline) evaluateMine(ctx context.Context, plan *overlay.Plan, m overlay.Mine) (failed bool, err error) {
	err = p.compute(ctx, plan, m, plan.Evaluate)
	if overlay.OverlayThrew(err) {
		p.log.Warn("mine computed on a grid", "run", plan.RunID, "mine", m.LicenceNo, "err", err)
		err = p.compute(ctx, plan, m, plan.EvaluateOnGrid)
	}
	if err == nil {
		return false, nil
	}
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	// What the geometry library says names no row; the rows say it themselves.
	var invalid *overlay.InvalidRowsError
	if near := overlay.InvalidNear(ctx, p.pool, plan.RunID, m.LicenceNo); !errors.As(err, &invalid) && errors.As(near, &invalid) {
		err = errors.Join(near, err)
	}
	p.log.Error("mine failed", "run", plan.RunID, "mine", m.LicenceNo, "err", err)
	// When even this cannot be written, the database is gone and so is the run.
	return true, overlay.MineFailed(ctx, p.pool, plan.RunID, m.LicenceNo, err.Error())
}

// compute evaluates a mine and stores its digest, all of it or nothing.
func (p *Pipeline) compute(ctx context.Context, plan *overlay.Plan, m overlay.Mine, evaluate func(context.Context, overlay.Executor, overlay.Mine) error) error {
	return pg.InTx(ctx, p.pool, func(tx pgx.Tx) (err error) {
		// One mine must not end the program, and with it all other mines.
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		if err := evaluate(ctx, tx, m); err != nil {
			return err
		}
		result, err := overlay.LoadResult(ctx, tx, plan.RunID, m.LicenceNo)
		if err != nil {
			return err
		}
		canonical, err := result.Canonical(plan.Rules, plan.AsOf)
		if err != nil {
			return err
		}
		digest := sha256.Sum256(canonical)
		return overlay.MineDone(ctx, tx, plan.RunID, m.LicenceNo, digest[:])
	})
}

// Run returns a run, or ErrNotFound.
func (p *Pipeline) Run(ctx context.Context, id int64) (overlay.Run, error) {
	r, err := overlay.GetRun(ctx, p.pool, id)
	return r, notFound(err)
}

// Runs lists runs, newest first.
func (p *Pipeline) Runs(ctx context.Context, before int64, limit int) ([]overlay.Run, error) {
	return overlay.ListRuns(ctx, p.pool, before, limit)
}

// NewestCompleteRun is the newest complete run of a county, of any when county
// is empty, or ErrNotFound.
func (p *Pipeline) NewestCompleteRun(ctx context.Context, county string) (int64, error) {
	id, err := overlay.NewestCompleteRun(ctx, p.pool, county)
	return id, notFound(err)
}

// Mines lists the mines of a run after a licence number.
func (p *Pipeline) Mines(ctx context.Context, runID int64, county, after string, limit int) ([]overlay.MineLine, error) {
	return overlay.Mines(ctx, p.pool, runID, county, after, limit)
}

// UnattributedPatches lists the patches of a run that belong to no mine.
func (p *Pipeline) UnattributedPatches(ctx context.Context, runID int64) ([]overlay.Patch, error) {
	return overlay.UnattributedPatches(ctx, p.pool, runID)
}

// NotEvaluated lists the rules a run could not ask.
func (p *Pipeline) NotEvaluated(ctx context.Context, runID int64) ([]overlay.NotEvaluated, error) {
	return overlay.NotEvaluatedRules(ctx, p.pool, runID)
}

// UsedDatasets lists the versions a run read.
func (p *Pipeline) UsedDatasets(ctx context.Context, runID int64) ([]overlay.UsedDataset, error) {
	return overlay.UsedDatasets(ctx, p.pool, runID)
}

// Notes lists the diagnostics of a run.
func (p *Pipeline) Notes(ctx context.Context, runID int64) ([]overlay.Note, error) {
	return overlay.Notes(ctx, p.pool, runID, "")
}

// Result returns what a run stored about a mine, unrounded, or ErrNotFound.
func (p *Pipeline) Result(ctx context.Context, runID int64, licenceNo string) (*overlay.Result, error) {
	r, err := overlay.LoadResult(ctx, p.pool, runID, licenceNo)
	return r, notFound(err)
}

// UnattributedOverlaps says how much of the patches of no mine lies in
// restricting ground, by layer and name.
func (p *Pipeline) UnattributedOverlaps(ctx context.Context, runID int64) ([]overlay.UnattributedOverlap, error) {
	return overlay.UnattributedOverlaps(ctx, p.pool, runID)
}
