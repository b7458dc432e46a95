package overlay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pg"
)

// ErrNotFound is returned for a run, or a mine of a run, that is not there.
var ErrNotFound = errors.New("not found")

// A Run is one execution as stored.
type Run struct {
	ID            int64
	AsOf          taohe.Date
	Counties      []string
	RuleSet       string
	RuleSetSHA256 string `db:"rule_set_sha256"`
	// Status is queued, running, complete, cancelled or failed.
	Status      string
	MinesTotal  int
	MinesDone   int
	MinesFailed int
	// MinesCarried of those done were carried over from run BaseRunID.
	MinesCarried int
	Partial      bool
	BaseRunID    *int64
	// WhatIf are staged datasets the run read as if they were accepted; such a
	// run is never the newest, and feeds no ledger.
	WhatIf []int64
	// LicenceNos are the mines that the run is of, none for all of its counties. A
	// run of some is never the newest, and feeds no ledger.
	LicenceNos []string
	Digest     string // hex, "" until complete
	Error      string
	CreatedAt  time.Time
	StartedAt  *time.Time
	FinishedAt *time.Time
	// RemainingS estimates the seconds a running run will take yet, from what its
	// mines took so far; nil when there is nothing to go by.
	RemainingS *float64 `db:"remaining_s"`
}

// A UsedDataset is a version that a run read.
type UsedDataset struct {
	ID            int64
	CountyCode    string
	Layer         taohe.Layer
	Source        string
	Vintage       taohe.Date
	ReferenceName string
	ReferenceHow  string
	// ReferenceFix is the correction a person confirmed, "" for none.
	ReferenceFix string
	// DatumShift is what brought it onto CGCS2000, as its sender stated it; nil
	// where it was on it.
	DatumShift *DatumShift
	// Approximate marks a dataset whose way to CGCS2000 has no published
	// definition.
	Approximate bool
	FileName    string
	FileSHA256  string `db:"file_sha256"`
	RowsLoaded  int64
	RowsHeld    int64
}

// A MineLine is a mine in the list of a run's mines.
type MineLine struct {
	LicenceNo                string
	CountyCode               string
	Enterprise               string
	MineName                 string
	MiningMethod             string
	Mineral                  string
	Township                 string
	LicenceEllipsoidalAreaM2 float64 `db:"licence_ellipsoidal_area_m2"`
	Status                   string
	Error                    string
	GroundM2                 *float64 `db:"ground_m2"` // nil where not evaluated
	ApprovedM2               *float64 `db:"approved_m2"`
	ExpiredM2                *float64 `db:"expired_m2"`
	OverOccupiedM2           *float64 `db:"over_occupied_m2"`
	DisplacedM2              *float64 `db:"displaced_m2"`
	UnapprovedM2             *float64 `db:"unapproved_m2"`
	UnapprovedConstructionM2 *float64 `db:"unapproved_construction_m2"`
	WithinToleranceM2        *float64 `db:"within_tolerance_m2"`
	RuleCodes                []string
}

// A MineFilter chooses among the mines of a run; what is empty chooses all.
type MineFilter struct {
	Place
	// RuleCodes chooses mines with a finding of one of these.
	RuleCodes []string
	// State is failed, with_findings, without_findings or pending.
	State string
	// Class chooses mines with ground of a class of the ground account.
	Class string
	// After is the last licence number that is known already.
	After string
	Limit int
}

// NotEvaluated is a rule that could not be asked for want of layers.
type NotEvaluated struct {
	CountyCode    string
	RuleCode      string
	MissingLayers []string
}

// A Note is a diagnostic of a run.
type Note struct {
	Code string
	Args map[string]string
}

// Diagnostic is the note as a diagnostic, for its texts.
func (n Note) Diagnostic() taohe.Diagnostic { return taohe.Diagnostic{Code: n.Code, Args: n.Args} }

// Querier is what reading needs of a pool or transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func collect[T any](ctx context.Context, db Querier, s pg.Statement, args pgx.StrictNamedArgs) ([]T, error) {
	rows, err := db.Query(ctx, s.SQL(), args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name(), err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name(), err)
	}
	return out, nil
}

// GetRun returns a run, or ErrNotFound.
func GetRun(ctx context.Context, db Querier, id int64) (Run, error) {
	runs, err := collect[Run](ctx, db, sqlReadRun, pgx.StrictNamedArgs{"run_id": id})
	if err != nil {
		return Run{}, err
	}
	if len(runs) == 0 {
		return Run{}, fmt.Errorf("run %d: %w", id, ErrNotFound)
	}
	return runs[0], nil
}

// ListRuns lists runs, newest first; before is the last ID of the page before,
// 0 for the first page.
func ListRuns(ctx context.Context, db Querier, before int64, limit int) ([]Run, error) {
	var beforeID any
	if before > 0 {
		beforeID = before
	}
	return collect[Run](ctx, db, sqlReadRuns, pgx.StrictNamedArgs{"before_id": beforeID, "max_rows": limit})
}

// NewestRun returns the newest complete run that has the mine, or ErrNotFound.
func NewestRun(ctx context.Context, db Querier, licenceNo string) (int64, error) {
	return oneID(ctx, db, sqlReadNewestRun, pgx.StrictNamedArgs{"licence_no": licenceNo})
}

// NewestCompleteRun returns the newest complete run of a county, of any county
// when it is empty, or ErrNotFound.
func NewestCompleteRun(ctx context.Context, db Querier, county string) (int64, error) {
	var code any
	if county != "" {
		code = county
	}
	return oneID(ctx, db, sqlReadNewestComplete, pgx.StrictNamedArgs{"county_code": code})
}

func oneID(ctx context.Context, db Querier, s pg.Statement, args pgx.StrictNamedArgs) (int64, error) {
	var id int64
	err := db.QueryRow(ctx, s.SQL(), args).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, ErrNotFound
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", s.Name(), err)
	}
	return id, nil
}

// UsedDatasets lists the versions a run read.
func UsedDatasets(ctx context.Context, db Querier, runID int64) ([]UsedDataset, error) {
	return collect[UsedDataset](ctx, db, sqlReadDatasets, pgx.StrictNamedArgs{"run_id": runID})
}

// Mines lists a run's mines after a licence number; county may be empty.
func Mines(ctx context.Context, db Querier, runID int64, county, after string, limit int) ([]MineLine, error) {
	return ChosenMines(ctx, db, runID, MineFilter{Place: Place{CountyCode: county}, After: after, Limit: limit})
}

// ChosenMines lists the mines of a run that a filter chooses, by licence number.
func ChosenMines(ctx context.Context, db Querier, runID int64, f MineFilter) ([]MineLine, error) {
	return collect[MineLine](ctx, db, sqlReadMines, merged(f.Place.args(), pgx.StrictNamedArgs{
		"run_id": runID, "rule_codes": f.RuleCodes, "state": text(f.State), "class": text(f.Class), "after": f.After, "max_rows": f.Limit,
	}))
}

// UnknownMines returns those of some licence numbers that a run has no mine of.
func UnknownMines(ctx context.Context, db Querier, runID int64, licenceNos []string) ([]string, error) {
	rows, err := db.Query(ctx, sqlUnknownMines.SQL(), pgx.StrictNamedArgs{"run_id": runID, "licence_nos": licenceNos})
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// UnattributedPatches lists the patches of a run that belong to no mine.
func UnattributedPatches(ctx context.Context, db Querier, runID int64) ([]Patch, error) {
	return collect[Patch](ctx, db, sqlReadPatches, pgx.StrictNamedArgs{"run_id": runID, "licence_no": nil})
}

// An UnattributedOverlap is how much of the patches of no mine lies in the
// restricting ground of one name.
type UnattributedOverlap struct {
	Layer             taohe.Layer
	DatasetID         int64
	Name              string
	Patches           int
	EllipsoidalAreaM2 float64 `db:"ellipsoidal_area_m2"`
}

// UnattributedOverlaps lists them by layer and name.
func UnattributedOverlaps(ctx context.Context, db Querier, runID int64) ([]UnattributedOverlap, error) {
	return collect[UnattributedOverlap](ctx, db, sqlReadUnattributed, pgx.StrictNamedArgs{"run_id": runID})
}

// NotEvaluatedRules lists the rules a run could not ask.
func NotEvaluatedRules(ctx context.Context, db Querier, runID int64) ([]NotEvaluated, error) {
	return collect[NotEvaluated](ctx, db, sqlReadNotEvaluated, pgx.StrictNamedArgs{"run_id": runID})
}

// Notes lists the diagnostics of a run; of one mine when licenceNo is not empty.
func Notes(ctx context.Context, db Querier, runID int64, licenceNo string) ([]Note, error) {
	var mine any
	if licenceNo != "" {
		mine = licenceNo
	}
	return collect[Note](ctx, db, sqlReadDiagnostics, pgx.StrictNamedArgs{"run_id": runID, "licence_no": mine})
}

// An ItemFinding is a finding with what a ledger item says of its mine.
type ItemFinding struct {
	LicenceNo                string
	RuleCode                 string
	EllipsoidalAreaM2        float64 `db:"ellipsoidal_area_m2"`
	MetresAbove              *float64
	MetresBelow              *float64
	Places                   *int
	CountyCode               string
	Enterprise               string
	MineName                 string
	Township                 string
	MiningMethod             string
	Mineral                  string
	LicenceEllipsoidalAreaM2 float64 `db:"licence_ellipsoidal_area_m2"`
}

// ItemFindings lists every finding of a run, by enterprise, mine and rule.
func ItemFindings(ctx context.Context, db Querier, runID int64) ([]ItemFinding, error) {
	return collect[ItemFinding](ctx, db, sqlReadItemFindings, pgx.StrictNamedArgs{"run_id": runID})
}
