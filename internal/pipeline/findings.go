package pipeline

import (
	"context"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// Findings lists the findings of a run that a filter chooses. ErrNotFound,
// ErrNotComplete; a rule that the run does not know is an *ingest.RequestError.
func (p *Pipeline) Findings(ctx context.Context, runID int64, f overlay.FindingFilter) ([]report.FindingLine, error) {
	return read(ctx, p, func(db pgx.Tx) ([]report.FindingLine, error) {
		run, err := overlay.GetRun(ctx, db, runID)
		if err != nil {
			return nil, err
		}
		if run.Status != "complete" {
			return nil, fmt.Errorf("findings of run %d: %w", runID, ErrNotComplete)
		}
		rules, err := overlay.ParseRules([]byte(run.RuleSet))
		if err != nil {
			return nil, err
		}
		if _, known := rules.Rule(f.RuleCode); f.RuleCode != "" && !known {
			return nil, &ingest.RequestError{Faults: []ingest.Fault{{Location: "query.rule", Code: "unknown-rule", Message: "这次套合没有这条规则，规则见 docs/rules.md。"}}}
		}
		lines, err := overlay.ListFindings(ctx, db, runID, f)
		if err != nil {
			return nil, err
		}
		out := make([]report.FindingLine, len(lines))
		for i, l := range lines {
			rule, _ := rules.Rule(l.RuleCode) // a stored finding is of a rule of its run
			out[i] = report.FindingLine{
				ID: report.FindingID(runID, l.LicenceNo, l.RuleCode), LicenceNo: l.LicenceNo, CountyCode: l.CountyCode, Township: l.Township,
				Enterprise: l.Enterprise, MineName: l.MineName, Rule: l.RuleCode, Title: rule.Title, ProblemType: rule.ProblemType, Group: rule.Group,
				Severity: rule.Severity, Area: report.NewArea(l.EllipsoidalAreaM2), WithinTolerance: report.NewArea(l.WithinToleranceM2),
				Places: l.Places, MetresAbove: l.MetresAbove, MetresBelow: l.MetresBelow, Certainty: l.Certainty, CertaintyTitle: report.Word(l.Certainty),
				PositionErrorM: l.PositionErrorM, EWKB: l.Geom,
			}
		}
		return out, nil
	})
}

// NewerInputs are the versions that were accepted after a run had fixed its own and
// that may touch a mine of it.
func (p *Pipeline) NewerInputs(ctx context.Context, runID int64, licenceNo string) ([]report.NewerInput, error) {
	return read(ctx, p, func(db pgx.Tx) ([]report.NewerInput, error) {
		newer, err := overlay.NewerDatasets(ctx, db, runID, licenceNo)
		if err != nil {
			return nil, err
		}
		var out []report.NewerInput
		for _, d := range newer {
			out = append(out, report.NewerInput{
				DatasetID: d.ID, CountyCode: d.CountyCode, Layer: string(d.Layer), LayerTitle: d.Layer.Title(), Source: d.Source, Vintage: d.Vintage,
				AcceptedAt: d.AcceptedAt,
			})
		}
		return out, nil
	})
}

// EachFinding goes through all that a filter chooses, a batch at a time.
func (p *Pipeline) EachFinding(ctx context.Context, runID int64, f overlay.FindingFilter) iter.Seq2[report.FindingLine, error] {
	f.Limit = 500
	return func(yield func(report.FindingLine, error) bool) {
		for {
			lines, err := p.Findings(ctx, runID, f)
			if err != nil {
				yield(report.FindingLine{}, err)
				return
			}
			for _, l := range lines {
				if f.AfterLicenceNo, f.AfterRuleCode = l.LicenceNo, l.Rule; !yield(l, nil) {
					return
				}
			}
			if len(lines) < f.Limit {
				return
			}
		}
	}
}
