package overlay

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
)

// An Explanation is everything one finding rests on.
type Explanation struct {
	Run     Run
	Rules   RuleSet
	Rule    Rule
	Mine    *Result
	Finding Finding
	Parts   []FindingPart
	Licence []LicenceRow
	// Approvals are those of the mine, then those of others over the finding.
	Approvals []ApprovalRow
	Ground    []KindGround
}

// A FindingPart is a polygon of a finding.
type FindingPart struct {
	PartNo            int
	WithinTolerance   bool
	Geom              Shape
	EllipsoidalAreaM2 float64 `db:"ellipsoidal_area_m2"`
}

// A LicenceRow is a row that a mine's licence is made of.
type LicenceRow struct {
	DatasetID         int64
	Vintage           taohe.Date
	FileName          string
	FileSHA256        string `db:"file_sha256"`
	SourceRow         int
	EllipsoidalAreaM2 float64 `db:"ellipsoidal_area_m2"`
}

// An ApprovalRow is an approval that was looked at for a finding. AttributedBy
// is empty where it is not the mine's.
type ApprovalRow struct {
	DatasetID         int64
	Vintage           taohe.Date
	FileName          string
	FileSHA256        string `db:"file_sha256"`
	SourceRow         int
	ApprovalNo        string
	Kind              string
	NamedLicenceNo    string
	NamedEnterprise   string
	AttributedBy      string
	ApprovedOn        taohe.Date
	ValidFrom         taohe.Date
	ValidTo           taohe.Date
	ReturnedOn        taohe.Date
	EllipsoidalAreaM2 float64 `db:"ellipsoidal_area_m2"`
	// OfGroundM2 of the mine's ground and OfFindingM2 of the finding lie in it.
	OfGroundM2  float64 `db:"of_ground_m2"`
	OfFindingM2 float64 `db:"of_finding_m2"`
}

// Standing is how an approval stands on a date: not_begun, in_force, run_out or
// returned. Its ends are included; handed back, it is over on that day.
func (a ApprovalRow) Standing(on taohe.Date) string {
	switch {
	case !a.ReturnedOn.IsZero() && !a.ReturnedOn.After(on):
		return "returned"
	case a.ApprovedOn.After(on) || a.ValidFrom.After(on):
		// One that ran out before it was approved covers nothing as in force.
		if !a.ValidTo.IsZero() && a.ValidTo.Before(on) {
			return "run_out"
		}
		return "not_begun"
	case !a.ValidTo.IsZero() && a.ValidTo.Before(on):
		return "run_out"
	}
	return "in_force"
}

// KindGround is a mine's ground of one kind that one image decides.
type KindGround struct {
	Kind              string
	ImagedOn          taohe.Date
	FirstSeenOn       taohe.Date
	EllipsoidalAreaM2 float64 `db:"ellipsoidal_area_m2"`
}

// Explain gathers what a finding rests on, or ErrNotFound.
func Explain(ctx context.Context, db Querier, runID int64, licenceNo, ruleCode string) (*Explanation, error) {
	e := &Explanation{}
	var err error
	if e.Run, err = GetRun(ctx, db, runID); err != nil {
		return nil, err
	}
	if e.Rules, err = ParseRules([]byte(e.Run.RuleSet)); err != nil {
		return nil, err
	}
	if e.Mine, err = LoadResult(ctx, db, runID, licenceNo); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(e.Mine.Findings, func(f Finding) bool { return f.RuleCode == ruleCode })
	if i < 0 {
		return nil, fmt.Errorf("run %d, mine %s, rule %s: %w", runID, licenceNo, ruleCode, ErrNotFound)
	}
	e.Finding = e.Mine.Findings[i]
	e.Rule, _ = e.Rules.Rule(ruleCode)
	mine := pgx.StrictNamedArgs{"run_id": runID, "licence_no": licenceNo}
	finding := with(mine, "rule_code", ruleCode)
	if e.Parts, err = collect[FindingPart](ctx, db, sqlExplainParts, finding); err != nil {
		return nil, err
	}
	if e.Licence, err = collect[LicenceRow](ctx, db, sqlExplainLicence, mine); err != nil {
		return nil, err
	}
	if e.Approvals, err = collect[ApprovalRow](ctx, db, sqlExplainApprovals, finding); err != nil {
		return nil, err
	}
	e.Ground, err = collect[KindGround](ctx, db, sqlExplainGround, mine)
	return e, err
}
