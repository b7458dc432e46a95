package pipeline

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/overlay"
)

// read gathers something for a person to see: all of it of one moment, from a
// replica where there is one. gather may be called twice.
func read[T any](ctx context.Context, p *Pipeline, gather func(db pgx.Tx) (T, error)) (out T, err error) {
	err = p.reader.Read(ctx, func(tx pgx.Tx) error {
		out, err = gather(tx)
		return err
	})
	return out, notFound(err)
}

// write does one thing to the database in a transaction, with which the note of its
// context stands or falls.
func write[T any](ctx context.Context, p *Pipeline, do func(db pgx.Tx) (T, error)) (out T, err error) {
	err = pg.InTx(ctx, p.pool, func(tx pgx.Tx) error {
		out, err = do(tx)
		return err
	})
	return out, err
}

// Run returns a run, or ErrNotFound.
func (p *Pipeline) Run(ctx context.Context, id int64) (overlay.Run, error) {
	return read(ctx, p, func(db pgx.Tx) (overlay.Run, error) { return overlay.GetRun(ctx, db, id) })
}

// Runs lists runs, newest first.
func (p *Pipeline) Runs(ctx context.Context, before int64, limit int) ([]overlay.Run, error) {
	return read(ctx, p, func(db pgx.Tx) ([]overlay.Run, error) { return overlay.ListRuns(ctx, db, before, limit) })
}

// NewestCompleteRun is the newest complete run of a county, of any when county
// is empty, or ErrNotFound.
func (p *Pipeline) NewestCompleteRun(ctx context.Context, county string) (int64, error) {
	return read(ctx, p, func(db pgx.Tx) (int64, error) { return overlay.NewestCompleteRun(ctx, db, county) })
}

// A RunView is a run with what it read, what it could not ask, and what belongs
// to no mine.
type RunView struct {
	overlay.Run
	Rules         overlay.RuleSet
	Datasets      []overlay.UsedDataset
	NotEvaluated  []overlay.NotEvaluated
	Unattributed  []overlay.Patch
	CountyFigures []overlay.CountyFigure
	Notes         []overlay.Note
}

// RunView returns it, or ErrNotFound.
func (p *Pipeline) RunView(ctx context.Context, id int64) (RunView, error) {
	return read(ctx, p, func(db pgx.Tx) (v RunView, err error) {
		if v.Run, err = overlay.GetRun(ctx, db, id); err != nil {
			return v, err
		}
		if v.Rules, err = overlay.ParseRules([]byte(v.RuleSet)); err != nil {
			return v, err
		}
		if v.Datasets, err = overlay.UsedDatasets(ctx, db, id); err != nil {
			return v, err
		}
		if v.NotEvaluated, err = overlay.NotEvaluatedRules(ctx, db, id); err != nil {
			return v, err
		}
		if v.Unattributed, err = overlay.UnattributedPatches(ctx, db, id); err != nil {
			return v, err
		}
		if v.CountyFigures, err = overlay.CountyFigures(ctx, db, id); err != nil {
			return v, err
		}
		v.Notes, err = overlay.Notes(ctx, db, id, "")
		return v, err
	})
}

// Mines lists the mines of a run after a licence number.
func (p *Pipeline) Mines(ctx context.Context, runID int64, county, after string, limit int) ([]overlay.MineLine, error) {
	return read(ctx, p, func(db pgx.Tx) ([]overlay.MineLine, error) {
		return overlay.Mines(ctx, db, runID, county, after, limit)
	})
}

// ChosenMines lists the mines of a run that a filter and a choice of rules choose; a
// rule that the run does not know is an *ingest.RequestError.
func (p *Pipeline) ChosenMines(ctx context.Context, run overlay.Run, f overlay.MineFilter, of RuleChoice) ([]overlay.MineLine, error) {
	rules, err := overlay.ParseRules([]byte(run.RuleSet))
	if err != nil {
		return nil, err
	}
	if f.RuleCodes, err = of.codes(rules); err != nil {
		return nil, err
	}
	return read(ctx, p, func(db pgx.Tx) ([]overlay.MineLine, error) { return overlay.ChosenMines(ctx, db, run.ID, f) })
}

// UnattributedPatches lists the patches of a run that belong to no mine.
func (p *Pipeline) UnattributedPatches(ctx context.Context, runID int64) ([]overlay.Patch, error) {
	return read(ctx, p, func(db pgx.Tx) ([]overlay.Patch, error) { return overlay.UnattributedPatches(ctx, db, runID) })
}

// NotEvaluated lists the rules a run could not ask.
func (p *Pipeline) NotEvaluated(ctx context.Context, runID int64) ([]overlay.NotEvaluated, error) {
	return read(ctx, p, func(db pgx.Tx) ([]overlay.NotEvaluated, error) { return overlay.NotEvaluatedRules(ctx, db, runID) })
}

// Notes lists the diagnostics of a run.
func (p *Pipeline) Notes(ctx context.Context, runID int64) ([]overlay.Note, error) {
	return read(ctx, p, func(db pgx.Tx) ([]overlay.Note, error) { return overlay.Notes(ctx, db, runID, "") })
}

// Result returns what a run stored about a mine, unrounded, or ErrNotFound.
func (p *Pipeline) Result(ctx context.Context, runID int64, licenceNo string) (*overlay.Result, error) {
	return read(ctx, p, func(db pgx.Tx) (*overlay.Result, error) { return overlay.LoadResult(ctx, db, runID, licenceNo) })
}

// UnattributedOverlaps says how much of the patches of no mine lies in
// restricting ground, by layer and name.
func (p *Pipeline) UnattributedOverlaps(ctx context.Context, runID int64) ([]overlay.UnattributedOverlap, error) {
	return read(ctx, p, func(db pgx.Tx) ([]overlay.UnattributedOverlap, error) {
		return overlay.UnattributedOverlaps(ctx, db, runID)
	})
}

// ListedGrounds lists the ground of a run that enters no mine's account: patches
// of no mine, abandoned pits of whoever, ownerless ground.
func (p *Pipeline) ListedGrounds(ctx context.Context, runID int64) ([]overlay.ListedGround, error) {
	return read(ctx, p, func(db pgx.Tx) ([]overlay.ListedGround, error) { return overlay.ListedGrounds(ctx, db, runID) })
}

// CountyFigures are what that ground adds up to, county by county.
func (p *Pipeline) CountyFigures(ctx context.Context, runID int64) ([]overlay.CountyFigure, error) {
	return read(ctx, p, func(db pgx.Tx) ([]overlay.CountyFigure, error) { return overlay.CountyFigures(ctx, db, runID) })
}

// Read runs fn as every read of something for a person to see is run: all of it
// sees one moment, on a replica where there is one. fn may be run twice.
func (p *Pipeline) Read(ctx context.Context, fn func(pgx.Tx) error) error {
	return notFound(p.reader.Read(ctx, fn))
}
