package overlay

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
)

// A FindingCount is how many findings a rule made in a run, of one county, township,
// enterprise or mineral where that was asked, and what they measure: each finding by
// itself, those of several mines on one ground each with its own.
type FindingCount struct {
	RunID             int64
	RuleCode          string
	Key               string
	Count             int
	EllipsoidalAreaM2 float64 `db:"ellipsoidal_area_m2"`
}

// CountFindings counts the findings of some runs that a filter chooses, by rule and
// by county, township, enterprise or mineral where by says so.
func CountFindings(ctx context.Context, db Querier, runIDs []int64, by string, f FindingFilter) ([]FindingCount, error) {
	return collect[FindingCount](ctx, db, sqlCountFindings, merged(f.args(), pgx.StrictNamedArgs{"run_ids": runIDs, "by": by}))
}

// A MineCount is how many mines of a run are in a state, or have ground of a class
// and how much.
type MineCount struct {
	RunID             int64
	Class             string
	State             string // where Class is empty
	Count             int
	EllipsoidalAreaM2 float64 `db:"ellipsoidal_area_m2"`
}

// CountMines counts the mines of some runs that a filter chooses.
func CountMines(ctx context.Context, db Querier, runIDs []int64, f MineFilter) ([]MineCount, error) {
	return collect[MineCount](ctx, db, sqlCountChosenMines, merged(f.Place.args(), pgx.StrictNamedArgs{"run_ids": runIDs, "rule_codes": f.RuleCodes}))
}

// An ImageDate is the newest image date that a run had, and the run.
type ImageDate struct {
	ID       int64
	AsOf     taohe.Date
	ImagedOn taohe.Date
}

// ImageDates are the last image dates up to a run, with the newest run of the same
// counties and rules that had each as its newest; the earliest first.
func ImageDates(ctx context.Context, db Querier, runID int64, county string, limit int) ([]ImageDate, error) {
	return collect[ImageDate](ctx, db, sqlImageDates, pgx.StrictNamedArgs{"run_id": runID, "county_code": text(county), "max_rows": limit})
}
