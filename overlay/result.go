package overlay

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
)

// Shape is an EWKB geometry in EPSG:4490. In JSON it is left out: the digest of
// a mine speaks of figures, the shapes are stored beside them.
type Shape []byte

// MarshalJSON keeps shapes out of JSON.
func (Shape) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

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
