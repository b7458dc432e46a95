package overlay

import (
	"context"
	"maps"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
)

// A Place chooses mines by who and where they are; what is empty chooses all.
// NotStated as a township or a mineral chooses those that state none.
type Place struct {
	CountyCode     string
	Township       string
	Enterprise     string // a part of the name
	EnterpriseName string // the whole name
	Mineral        string
}

// NotStated stands for a township or a mineral that is not written.
const NotStated = "-"

func (p Place) args() pgx.StrictNamedArgs {
	stated := func(s string) *string {
		if s == NotStated {
			s = ""
			return &s
		}
		return text(s)
	}
	return pgx.StrictNamedArgs{
		"county_code": text(p.CountyCode), "township": stated(p.Township), "enterprise": text(p.Enterprise), "enterprise_name": text(p.EnterpriseName),
		"mineral": stated(p.Mineral),
	}
}

// text is a filter of text, nil where it is empty.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// A FindingFilter chooses among the findings of a run; what is empty, or 0,
// chooses all.
type FindingFilter struct {
	Place
	LicenceNo string
	// RuleCodes are the rules; nil is any of them.
	RuleCodes []string
	Certainty string
	MinM2     float64
	MaxM2     float64
	// AfterLicenceNo and AfterRuleCode name the last finding that is known already.
	AfterLicenceNo string
	AfterRuleCode  string
	// WithGeom reads the geometry too.
	WithGeom bool
	Limit    int
}

// args are those that choose, without the place in the list.
func (f FindingFilter) args() pgx.StrictNamedArgs {
	number := func(n float64) *float64 {
		if n == 0 {
			return nil
		}
		return &n
	}
	return merged(f.Place.args(), pgx.StrictNamedArgs{
		"licence_no": text(f.LicenceNo), "rule_codes": f.RuleCodes, "certainty": text(f.Certainty), "min_m2": number(f.MinM2), "max_m2": number(f.MaxM2),
	})
}

func merged(a, b pgx.StrictNamedArgs) pgx.StrictNamedArgs {
	maps.Copy(a, b)
	return a
}

// A FindingLine is a finding in a list, with its mine. Geom is EWKB.
type FindingLine struct {
	LicenceNo         string
	CountyCode        string
	Enterprise        string
	MineName          string
	Township          string
	RuleCode          string
	EllipsoidalAreaM2 float64  `db:"ellipsoidal_area_m2"`
	WithinToleranceM2 float64  `db:"within_tolerance_m2"`
	MetresAbove       *float64 // of elevations
	MetresBelow       *float64
	Places            *int // of abandoned pits
	Certainty         string
	PositionErrorM    *float64 `db:"position_error_m"`
	Geom              []byte
}

// ListFindings lists the findings of a run by licence number and rule.
func ListFindings(ctx context.Context, db Querier, runID int64, f FindingFilter) ([]FindingLine, error) {
	return collect[FindingLine](ctx, db, sqlListFindings, merged(f.args(), pgx.StrictNamedArgs{
		"run_id": runID, "after_licence_no": f.AfterLicenceNo, "after_rule_code": f.AfterRuleCode, "with_geom": f.WithGeom, "max_rows": f.Limit,
	}))
}

// A NewerDataset is a version that was accepted after a run had fixed its own.
type NewerDataset struct {
	ID         int64
	CountyCode string
	Layer      taohe.Layer
	Source     string
	Vintage    taohe.Date
	AcceptedAt time.Time
}

// NewerDatasets lists those that may touch a mine of a run, the earliest
// accepted first.
func NewerDatasets(ctx context.Context, db Querier, runID int64, licenceNo string) ([]NewerDataset, error) {
	return collect[NewerDataset](ctx, db, sqlNewerDatasets, pgx.StrictNamedArgs{"run_id": runID, "licence_no": licenceNo})
}
