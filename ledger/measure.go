package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/overlay"
)

// A Verdict is what later images say of an item's ground.
type Verdict string

// The verdicts. All but the first two say that something is left to do.
const (
	VerdictRectified   Verdict = "rectified"       // all seen, and at rest
	VerdictNotObserved Verdict = "not_observed"    // no later image looked
	VerdictPartly      Verdict = "partly_observed" // what was seen is at rest
	VerdictMoved       Verdict = "moved"           // at rest, and new ground apart from it
	VerdictShrunk      Verdict = "shrunk"          // some of it is at rest
	VerdictGrown       Verdict = "grown"           // more than before
	VerdictRemaining   Verdict = "remaining"       // as before
)

// A Measurement lays the later images of a run over the ground of an item.
// Rectified, remaining and not observed sum to the ground; grown and moved lie
// outside it. Square metres on the ellipsoid, not rounded.
type Measurement struct {
	ItemID int64
	RunID  int64
	AsOf   taohe.Date
	// BaseImagedOn is the newest image on which the item was seen; later ones
	// decide, of which NewestImagedOn is the newest that looked at the ground.
	BaseImagedOn   taohe.Date
	NewestImagedOn taohe.Date
	GroundM2       float64
	RectifiedM2    float64
	RemainingM2    float64
	NotObservedM2  float64
	GrownM2        float64
	MovedM2        float64
	Verdict        Verdict
}

// Errors of a measurement.
var (
	// ErrNotByImage is returned for an item that rests on no image.
	ErrNotByImage = errors.New("the item rests on no image")
	// ErrNoEarlierDay is returned when no run of an earlier day found the item.
	ErrNoEarlierDay = errors.New("no run of an earlier day found the item")
)

// MeasureGround measures an item by a run: ErrNotFound, ErrNotComplete, ErrNotByImage,
// ErrNoEarlierDay.
func MeasureGround(ctx context.Context, db overlay.Querier, c Campaign, itemID, runID int64) (Measurement, error) {
	item, err := GetItem(ctx, db, itemID)
	if err != nil {
		return Measurement{}, err
	}
	run, err := overlay.GetRun(ctx, db, runID)
	if err != nil {
		return Measurement{}, err
	}
	switch {
	case run.Status != "complete" || len(run.WhatIf) > 0 || len(run.LicenceNos) > 0:
		return Measurement{}, fmt.Errorf("run %d: %w", runID, ErrNotComplete)
	case item.ImagedOn == nil:
		return Measurement{}, fmt.Errorf("item %d: %w", itemID, ErrNotByImage)
	}
	args := pgx.StrictNamedArgs{"item_id": itemID, "run_id": runID}
	var observedM2 float64
	m := Measurement{ItemID: itemID, RunID: runID, AsOf: run.AsOf}
	err = db.QueryRow(ctx, sqlGround.SQL(), args).Scan(&m.BaseImagedOn, &m.GroundM2, &m.NewestImagedOn, &observedM2, &m.RemainingM2)
	if errors.Is(err, pgx.ErrNoRows) {
		return Measurement{}, fmt.Errorf("item %d, run %d of %s: %w", itemID, runID, run.AsOf, ErrNoEarlierDay)
	}
	if err != nil {
		return Measurement{}, fmt.Errorf("%s: %w", sqlGround.Name(), err)
	}
	// The pieces were cut; what rounding left between them is nobody's.
	observedM2 = min(observedM2, m.GroundM2)
	m.RemainingM2 = min(m.RemainingM2, observedM2)
	m.RectifiedM2, m.NotObservedM2 = observedM2-m.RemainingM2, m.GroundM2-observedM2
	args["same_ground_m2"], args["moved_within_m"] = c.Thresholds.SameGroundM2, c.Thresholds.MovedWithinM
	if err := db.QueryRow(ctx, sqlBeyond.SQL(), args).Scan(&m.GrownM2, &m.MovedM2); err != nil {
		return Measurement{}, fmt.Errorf("%s: %w", sqlBeyond.Name(), err)
	}
	m.Verdict = m.verdict(c.Thresholds.CloseToleranceM2)
	return m, nil
}

func (m Measurement) verdict(tolerance float64) Verdict {
	switch {
	case m.GroundM2-m.NotObservedM2 <= tolerance:
		return VerdictNotObserved
	case m.GrownM2 > tolerance:
		return VerdictGrown
	case m.RemainingM2 > tolerance && m.RectifiedM2 > tolerance:
		return VerdictShrunk
	case m.RemainingM2 > tolerance:
		return VerdictRemaining
	case m.MovedM2 > tolerance:
		return VerdictMoved
	case m.NotObservedM2 > tolerance:
		return VerdictPartly
	}
	return VerdictRectified
}

// Measurable lists the items of a campaign that a run can measure: open, resting
// on images, found by a run of an earlier day, in its counties.
func Measurable(ctx context.Context, db overlay.Querier, campaign string, runID int64) ([]int64, error) {
	rows, err := db.Query(ctx, sqlMeasurable.SQL(), pgx.StrictNamedArgs{"campaign": campaign, "run_id": runID})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", sqlMeasurable.Name(), err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", sqlMeasurable.Name(), err)
	}
	return ids, nil
}
