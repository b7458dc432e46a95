package overlay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pg"
)

// ErrNotFound is returned for a run, or a mine of a run, that is not there.
var ErrNotFound = errors.New("not found")

// Shape is an EWKB geometry in EPSG:4490. In JSON it is left out: the digest of
// a mine speaks of figures, the shapes are stored beside them.
type Shape []byte

// MarshalJSON keeps shapes out of JSON.
func (Shape) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

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
	WhatIf     []int64
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
	RuleCodes                []string
}

// A Result is everything a run stored about one mine. Areas are square metres
// on the ellipsoid, not rounded.
type Result struct {
	LicenceNo                string
	CountyCode               string
	Enterprise               string
	MineName                 string
	MiningMethod             string
	Mineral                  string
	Township                 string
	ValidFrom                taohe.Date
	ValidTo                  taohe.Date
	RenewalAcceptedOn        taohe.Date
	TopElevationM            *float64 `db:"top_elevation_m"`
	BottomElevationM         *float64 `db:"bottom_elevation_m"`
	Geom                     Shape
	LicenceEllipsoidalAreaM2 float64 `db:"licence_ellipsoidal_area_m2"`
	Status                   string  `json:"-"`
	Error                    string  `json:"-"`
	Digest                   string  `json:"-"`

	// Account is nil where a layer it needs is missing.
	Account      *Account       `db:"-"`
	Components   []Component    `db:"-"`
	Parts        []Part         `db:"-"`
	Approvals    []Approval     `db:"-"`
	Findings     []Finding      `db:"-"`
	Patches      []Patch        `db:"-"`
	NotEvaluated []NotEvaluated `db:"-"`
	Notes        []Note         `db:"-"`

	// Approximate are the approximate sources the mine rests on; they change no
	// figure.
	Approximate []ApproximateSource `db:"-" json:"-"`
}

// An Account is the ground account: each square metre of the mine's disturbed
// ground once.
type Account struct {
	GroundM2                 float64 `db:"ground_m2"`
	ApprovedM2               float64 `db:"approved_m2"`
	ExpiredM2                float64 `db:"expired_m2"`
	OverOccupiedM2           float64 `db:"over_occupied_m2"`
	DisplacedM2              float64 `db:"displaced_m2"`
	UnapprovedM2             float64 `db:"unapproved_m2"`
	UnapprovedConstructionM2 float64 `db:"unapproved_construction_m2"`
	WithinToleranceM2        float64 `db:"within_tolerance_m2"`
	LateApprovalM2           float64 `db:"late_approval_m2"`
	InsideOtherApprovalM2    float64 `db:"inside_other_approval_m2"`
}

// A Component is a connected component of the ground with what it was judged
// by.
type Component struct {
	ComponentNo        int
	EllipsoidalAreaM2  float64 `db:"ellipsoidal_area_m2"`
	NewestImagedOn     taohe.Date
	CoveredM2          float64 `db:"covered_m2"`
	MetApprovalsM2     float64 `db:"met_approvals_m2"`
	Class              string
	DisplacedFrom      string
	DisplacedDistanceM *float64
	DisplacedUnusedM2  *float64 `db:"displaced_unused_m2"`
}

// A Part is a polygon of the ground account.
type Part struct {
	PartNo            int
	ComponentNo       int
	Kind              string
	ImagedOn          taohe.Date
	FirstSeenOn       taohe.Date
	Class             string
	WithinTolerance   bool
	Geom              Shape
	EllipsoidalAreaM2 float64 `db:"ellipsoidal_area_m2"`
	LateApprovalM2    float64 `db:"late_approval_m2"`
}

// An Approval counts for a mine; State is empty unless it is temporary land.
type Approval struct {
	ApprovalNo        string
	Kind              string
	AttributedBy      string
	Purpose           string
	ApprovedOn        taohe.Date
	ValidFrom         taohe.Date
	ValidTo           taohe.Date
	ReclaimBy         taohe.Date
	ReclaimedOn       taohe.Date
	ReturnedOn        taohe.Date
	EllipsoidalAreaM2 float64  `db:"ellipsoidal_area_m2"`
	ApprovedAreaM2    *float64 `db:"approved_area_m2"`
	MaxElevationM     *float64 `db:"max_elevation_m"`
	State             string
	StillDisturbedM2  *float64 `db:"still_disturbed_m2"`
	Geom              Shape
}

// A Finding is what a rule found on the mine.
type Finding struct {
	RuleCode          string
	EllipsoidalAreaM2 float64 `db:"ellipsoidal_area_m2"`
	WithinToleranceM2 float64 `db:"within_tolerance_m2"`
	// MetresAbove and MetresBelow are the most by which an elevation is left;
	// Places is how many abandoned pits there are. Nil where the rule asks for
	// neither.
	MetresAbove *float64
	MetresBelow *float64
	Places      *int
	// Certainty is certain, boundary_dependent or unknown; "" where the finding
	// rests on no image. PositionErrorM is nil while it is unknown.
	Certainty      string
	PositionErrorM *float64 `db:"position_error_m"`
	Geom           Shape
	Breakdown      []Breakdown `db:"-"`
	Citations      []Citation  `db:"-"`
}

// A Breakdown is a figure beside a finding's total.
type Breakdown struct {
	RuleCode          string `json:"-"`
	Key               string
	EllipsoidalAreaM2 float64 `db:"ellipsoidal_area_m2"`
}

// A Citation is a row of data that a finding rests on. The file it came from
// is no part of the digest: the same row out of a newer file is the same input.
type Citation struct {
	RuleCode          string `json:"-"`
	Role              string
	Layer             taohe.Layer
	CountyCode        string
	Source            string
	Vintage           taohe.Date `json:"-"`
	FileName          string     `json:"-"`
	FileSHA256        string     `db:"file_sha256" json:"-"`
	SourceRow         int        `json:"-"`
	Label             string
	EllipsoidalAreaM2 float64 `db:"ellipsoidal_area_m2"`
	DatasetID         int64   `json:"-"`
}

// A Patch is a disturbance patch and why it was given to the mine, or to none.
type Patch struct {
	PatchNo           string
	Kind              string
	ImagedOn          taohe.Date
	CountyCode        string
	AttributedBy      string
	Confirmed         bool
	Ownership         string
	NamedLicenceNo    string
	DistanceM         *float64
	OverlapM2         *float64 `db:"overlap_m2"`
	EllipsoidalAreaM2 float64  `db:"ellipsoidal_area_m2"`
	TopElevationM     *float64 `db:"top_elevation_m"`
	BottomElevationM  *float64 `db:"bottom_elevation_m"`
	PositionErrorM    *float64 `db:"position_error_m"`
	FileName          string   `json:"-"`
	FileSHA256        string   `db:"file_sha256" json:"-"`
	SourceRow         int      `json:"-"`
	Geom              Shape
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
	var code any
	if county != "" {
		code = county
	}
	return collect[MineLine](ctx, db, sqlReadMines, pgx.StrictNamedArgs{
		"run_id": runID, "county_code": code, "after": after, "max_rows": limit,
	})
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

// LoadResult returns what a run stored about a mine, or ErrNotFound.
func LoadResult(ctx context.Context, db Querier, runID int64, licenceNo string) (*Result, error) {
	args := pgx.StrictNamedArgs{"run_id": runID, "licence_no": licenceNo}
	mines, err := collect[Result](ctx, db, sqlReadMine, args)
	if err != nil {
		return nil, err
	}
	if len(mines) == 0 {
		return nil, fmt.Errorf("run %d, mine %s: %w", runID, licenceNo, ErrNotFound)
	}
	r := &mines[0]
	accounts, err := collect[Account](ctx, db, sqlReadAccount, args)
	if err != nil {
		return nil, err
	}
	if len(accounts) == 1 {
		r.Account = &accounts[0]
	}
	if r.Components, err = collect[Component](ctx, db, sqlReadComponents, args); err != nil {
		return nil, err
	}
	if r.Parts, err = collect[Part](ctx, db, sqlReadParts, args); err != nil {
		return nil, err
	}
	if r.Approvals, err = collect[Approval](ctx, db, sqlReadApprovals, args); err != nil {
		return nil, err
	}
	if r.Patches, err = collect[Patch](ctx, db, sqlReadPatches, args); err != nil {
		return nil, err
	}
	if err := r.loadFindings(ctx, db, args); err != nil {
		return nil, err
	}
	all, err := NotEvaluatedRules(ctx, db, runID)
	if err != nil {
		return nil, err
	}
	for _, n := range all {
		if n.CountyCode == r.CountyCode {
			r.NotEvaluated = append(r.NotEvaluated, n)
		}
	}
	if r.Notes, err = Notes(ctx, db, runID, licenceNo); err != nil {
		return nil, err
	}
	r.Approximate, err = ApproximateSources(ctx, db, runID, licenceNo)
	return r, err
}

func (r *Result) loadFindings(ctx context.Context, db Querier, args pgx.StrictNamedArgs) error {
	var err error
	if r.Findings, err = collect[Finding](ctx, db, sqlReadFindings, args); err != nil {
		return err
	}
	breakdowns, err := collect[Breakdown](ctx, db, sqlReadBreakdowns, args)
	if err != nil {
		return err
	}
	citations, err := collect[Citation](ctx, db, sqlReadCitations, args)
	if err != nil {
		return err
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		for _, b := range breakdowns {
			if b.RuleCode == f.RuleCode {
				f.Breakdown = append(f.Breakdown, b)
			}
		}
		for _, c := range citations {
			if c.RuleCode == f.RuleCode {
				f.Citations = append(f.Citations, c)
			}
		}
	}
	return nil
}

// Canonical is the result as bytes that do not depend on the day, the machine
// or the order of computation: what the digest of a mine is taken over.
func (r *Result) Canonical(rules RuleSet, asOf taohe.Date) ([]byte, error) {
	return json.Marshal(struct {
		RuleSetSHA256 string
		AsOf          taohe.Date
		Mine          *Result
	}{fmt.Sprintf("%x", rules.SHA256), asOf, r})
}
