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
			faults = append(faults, ingest.Fault{Location: fmt.Sprintf("counties[%d]", i), Code: "unknown-county", Message: "这个旗区代码尚未登记。"})
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
	return p.create(ctx, overlay.Question{
		AsOf: asOf, Counties: counties, Rules: p.rules, Partial: q.ChangedOnly || len(q.WhatIf) > 0, WhatIf: q.WhatIf,
	}, owner)
}

func (p *Pipeline) create(ctx context.Context, q overlay.Question, owner int64) (int64, error) {
	return write(ctx, p, func(db pgx.Tx) (int64, error) { return overlay.Create(ctx, db, q, owner) })
}

// ErrCancelled is returned by ExecuteRun when somebody else cancelled the run.
var ErrCancelled = errors.New("the run was cancelled")

// ExecuteRun computes a queued run in this program: fixes its inputs, then every
// mine in a transaction of its own, several at a time. A mine that fails is
// stored as failed and the others go on. A cancelled context leaves a cancelled
// run, any other error a failed one; both come back as errors. progress may be
// nil.
func (p *Pipeline) ExecuteRun(ctx context.Context, runID int64, progress func(Progress)) error {
	err := p.executeRun(ctx, runID, progress)
	if err == nil {
		return nil
	}
	if _, gone := overlay.GetRun(context.WithoutCancel(ctx), p.pool, runID); errors.Is(gone, overlay.ErrNotFound) {
		return fmt.Errorf("run %d was dropped while it was computed: %w", runID, notFound(gone))
	}
	status, text := "failed", runFailure(err)
	if ctx.Err() != nil {
		status, text = "cancelled", ""
	}
	return errors.Join(fmt.Errorf("run %d: %w", runID, err), p.endRun(ctx, runID, status, text))
}

// runFailure names the trouble that ended a run.
func runFailure(err error) string {
	switch {
	case pg.StorageFull(err):
		return ingest.FailureStorageFull
	case pg.Unavailable(err):
		return ingest.FailureUnavailable
	case errors.Is(err, overlay.ErrOtherProgram):
		return FailureOtherProgram
	}
	return ingest.FailureInternal
}

// FailureOtherProgram is why a run failed that one program began and another was
// to go on with: figures of both must not stand in one run.
const FailureOtherProgram = "program changed"

// endRun closes a run, though the context may be over.
func (p *Pipeline) endRun(ctx context.Context, runID int64, status, why string) error {
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_, err := overlay.End(end, p.pool, runID, status, why)
	return err
}

func (p *Pipeline) executeRun(ctx context.Context, runID int64, progress func(Progress)) error {
	run, err := overlay.GetRun(ctx, p.pool, runID)
	if err != nil {
		return err
	}
	if run.Status != "queued" {
		return fmt.Errorf("status is %s, not queued", run.Status)
	}
	plan, err := p.plan(ctx, run, nil)
	if err != nil {
		return err
	}
	if plan == nil {
		return ErrCancelled
	}
	if err := p.evaluateMines(ctx, plan, progress); err != nil {
		return err
	}
	finished, err := overlay.Finish(ctx, p.pool, runID)
	if err != nil || finished {
		return err
	}
	if run, err = overlay.GetRun(ctx, p.pool, runID); err == nil && run.Status == "cancelled" {
		err = ErrCancelled
	} else if err == nil {
		err = fmt.Errorf("cannot be finished: status is %s", run.Status)
	}
	return err
}

// HelpRun does its share of a run of the queue, beside any number of others:
// fixes the inputs when nobody has, computes mines as long as there are any that
// nobody else does, and closes the run when it did the last. spread is called by
// the one who fixes the inputs, in that transaction, with how many mines there
// are to be computed: to call for help.
//
// It returns nil when there is nothing left to do; a run that was cancelled is
// such. On an error the run is as it was, less the mines that were done.
func (p *Pipeline) HelpRun(ctx context.Context, runID int64, spread func(ctx context.Context, tx pgx.Tx, mines int) error) error {
	run, err := overlay.GetRun(ctx, p.pool, runID)
	if errors.Is(err, overlay.ErrNotFound) {
		return nil // a what-if run that was dropped
	}
	if err != nil {
		return err
	}
	plan, err := p.plan(ctx, run, spread)
	if err != nil || plan == nil {
		return err
	}
	for {
		_, err := p.evaluateNext(ctx, plan)
		if errors.Is(err, overlay.ErrNoMine) {
			break
		}
		if err != nil {
			return err
		}
	}
	_, err = overlay.Finish(ctx, p.pool, runID)
	return err
}

// plan fixes the inputs of a queued run, takes up those of a running one, and
// is nil for one that is over.
func (p *Pipeline) plan(ctx context.Context, run overlay.Run, spread func(ctx context.Context, tx pgx.Tx, mines int) error) (plan *overlay.Plan, err error) {
	rules, err := overlay.ParseRules([]byte(run.RuleSet))
	if err != nil {
		return nil, err
	}
	err = pg.InTx(ctx, p.pool, func(tx pgx.Tx) error {
		status := run.Status
		if status == "queued" { // others may be at it
			if status, err = overlay.Lock(ctx, tx, run.ID); err != nil {
				return err
			}
		}
		switch status {
		case "running":
			plan, err = overlay.Resume(ctx, tx, run.ID, run.AsOf, run.Counties, rules)
			return err
		case "queued":
		default:
			return nil
		}
		if plan, err = overlay.Fix(ctx, tx, run.ID, run.AsOf, run.Counties, rules); err != nil {
			return err
		}
		if run.Partial {
			if err := plan.Carry(ctx, tx); err != nil {
				return err
			}
		}
		if spread == nil {
			return nil
		}
		return spread(ctx, tx, len(plan.Mines))
	})
	if plan != nil {
		plan.OneByOne = p.oneByOne
	}
	return plan, err
}

// FailRun closes a run of the queue that cannot go on, for what err says.
func (p *Pipeline) FailRun(ctx context.Context, runID int64, err error) error {
	return p.endRun(ctx, runID, "failed", runFailure(err))
}

// CancelRun closes a run as cancelled and reports whether it was not over.
// Whoever computes it is to be told by the caller, or finds no mine any more.
func (p *Pipeline) CancelRun(ctx context.Context, runID int64) (bool, error) {
	return write(ctx, p, func(db pgx.Tx) (bool, error) { return overlay.End(ctx, db, runID, "cancelled", "") })
}

func (p *Pipeline) evaluateMines(ctx context.Context, plan *overlay.Plan, progress func(Progress)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	state := Progress{Done: plan.Carried, Total: plan.Carried + len(plan.Mines)}
	if progress != nil && plan.Carried > 0 {
		progress(state)
	}
	var wg sync.WaitGroup
	for range min(p.workers, max(len(plan.Mines), 1)) {
		wg.Go(func() {
			for {
				failed, err := p.evaluateNext(ctx, plan)
				if errors.Is(err, overlay.ErrNoMine) {
					return
				}
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
	wg.Wait()
	return context.Cause(ctx)
}

// mineTries is how often a mine is begun: when its program or database went away
// each time, it is more likely the mine than chance.
const mineTries = 3

// evaluateNext claims a mine, computes and stores it, all in one transaction:
// while it lasts nobody else computes the mine, and when this program dies the
// mine is pending again. It returns overlay.ErrNoMine when there is none, and
// another error only when this program cannot go on with the run.
func (p *Pipeline) evaluateNext(ctx context.Context, plan *overlay.Plan) (failed bool, err error) {
	begun := ""
	err = pg.InTx(ctx, p.pool, func(tx pgx.Tx) error {
		m, err := plan.Claim(ctx, tx)
		if err != nil {
			return err
		}
		tries, err := overlay.Try(ctx, p.pool, plan.RunID, m.LicenceNo)
		if err != nil {
			return err
		}
		begun = m.LicenceNo
		if tries > mineTries {
			failed = true
			why := fmt.Sprintf("the program or its database went away each of the %d times that this mine was begun", mineTries)
			p.log.ErrorContext(ctx, "mine failed", "run", plan.RunID, "mine", m.LicenceNo, "err", why)
			return overlay.MineFailed(ctx, tx, plan.RunID, m.LicenceNo, why)
		}
		failed, err = p.evaluateMine(ctx, tx, plan, m)
		return err
	})
	if err != nil && begun != "" {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		// Where the database is gone, the count stands, as after a crash.
		_ = overlay.Untry(end, p.pool, plan.RunID, begun)
	}
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return failed, err
}

// evaluateMine computes and stores a mine that tx has claimed, or that it failed.
// It returns an error only when neither can be stored.
func (p *Pipeline) evaluateMine(ctx context.Context, tx pgx.Tx, plan *overlay.Plan, m overlay.Mine) (failed bool, err error) {
	err = compute(ctx, tx, plan, m, plan.Evaluate)
	if overlay.OverlayThrew(err) {
		p.log.WarnContext(ctx, "mine computed on a grid", "run", plan.RunID, "mine", m.LicenceNo, "err", err)
		err = compute(ctx, tx, plan, m, plan.EvaluateOnGrid)
	}
	// A full disk is no fault of the mine: its run ends for it, and can go on.
	if err == nil || ctx.Err() != nil || pg.Unavailable(err) || pg.StorageFull(err) {
		return false, err
	}
	// What the geometry library says names no row; the rows say it themselves.
	var invalid *overlay.InvalidRowsError
	if near := overlay.InvalidNear(ctx, tx, plan.RunID, m.LicenceNo); !errors.As(err, &invalid) && errors.As(near, &invalid) {
		err = errors.Join(near, err)
	}
	p.log.ErrorContext(ctx, "mine failed", "run", plan.RunID, "mine", m.LicenceNo, "err", err)
	return true, overlay.MineFailed(ctx, tx, plan.RunID, m.LicenceNo, err.Error())
}

// compute evaluates a mine and stores its digest, all of it or nothing: behind a
// savepoint, so that the claim outlives it.
func compute(ctx context.Context, claimed pgx.Tx, plan *overlay.Plan, m overlay.Mine, evaluate func(context.Context, overlay.Executor, overlay.Mine) error) error {
	return pg.InTx(ctx, claimed, func(tx pgx.Tx) (err error) {
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
