package pipeline

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// A RuleChoice chooses rules of a run; what is empty chooses all.
type RuleChoice struct{ Rule, ProblemType string }

// codes are those of the chosen rules, nil for all. Faults are *ingest.RequestError.
func (c RuleChoice) codes(rules overlay.RuleSet) ([]string, error) {
	if c == (RuleChoice{}) {
		return nil, nil
	}
	var faults []ingest.Fault
	if _, known := rules.Rule(c.Rule); c.Rule != "" && !known {
		faults = append(faults, ingest.Fault{Location: "query.rule", Code: "unknown-rule", Message: "这次套合没有这条规则，规则见 docs/rules.md。"})
	}
	ofType := func(r overlay.Rule) bool { return r.ProblemType == c.ProblemType }
	if c.ProblemType != "" && !slices.ContainsFunc(rules.Rules, ofType) {
		faults = append(faults, ingest.Fault{Location: "query.problem_type", Code: "unknown-problem-type", Message: "这次套合没有这种问题类型，问题类型见 docs/rules.md。"})
	}
	if len(faults) > 0 {
		return nil, &ingest.RequestError{Faults: faults}
	}
	codes := []string{}
	for _, r := range rules.Rules {
		if (c.Rule == "" || r.Code == c.Rule) && (c.ProblemType == "" || ofType(r)) {
			codes = append(codes, r.Code)
		}
	}
	return codes, nil
}

// A FindingFilter chooses among the findings of a run.
type FindingFilter struct {
	overlay.FindingFilter
	RuleChoice
}

// A findingList is a complete run whose findings are listed.
type findingList struct {
	run    int64
	rules  overlay.RuleSet
	filter overlay.FindingFilter
}

// openFindings reads what all pages of a list have in common: ErrNotFound,
// ErrNotComplete; a rule that the run does not know is an *ingest.RequestError.
func openFindings(ctx context.Context, db pgx.Tx, runID int64, f FindingFilter) (findingList, error) {
	l := findingList{run: runID, filter: f.FindingFilter}
	run, err := overlay.GetRun(ctx, db, runID)
	if err != nil {
		return l, err
	}
	if run.Status != "complete" {
		return l, fmt.Errorf("findings of run %d: %w", runID, ErrNotComplete)
	}
	if l.rules, err = overlay.ParseRules([]byte(run.RuleSet)); err != nil {
		return l, err
	}
	l.filter.RuleCodes, err = f.codes(l.rules)
	return l, err
}

// page reads the next findings of the list.
func (l findingList) page(ctx context.Context, db pgx.Tx) ([]report.FindingLine, error) {
	lines, err := overlay.ListFindings(ctx, db, l.run, l.filter)
	if err != nil {
		return nil, err
	}
	out := make([]report.FindingLine, len(lines))
	for i, f := range lines {
		rule, _ := l.rules.Rule(f.RuleCode) // a stored finding is of a rule of its run
		out[i] = report.FindingLine{
			ID: report.FindingID(l.run, f.LicenceNo, f.RuleCode), LicenceNo: f.LicenceNo, CountyCode: f.CountyCode, Township: f.Township,
			Enterprise: f.Enterprise, MineName: f.MineName, Rule: f.RuleCode, Title: rule.Title, ProblemType: rule.ProblemType, Group: rule.Group,
			Severity: rule.Severity, Area: report.NewArea(f.EllipsoidalAreaM2), WithinTolerance: report.NewArea(f.WithinToleranceM2),
			Places: f.Places, MetresAbove: f.MetresAbove, MetresBelow: f.MetresBelow, Certainty: f.Certainty, CertaintyTitle: report.Word(f.Certainty),
			PositionErrorM: f.PositionErrorM, EWKB: f.Geom,
		}
	}
	return out, nil
}

// Findings lists the findings of a run that a filter chooses; see openFindings.
func (p *Pipeline) Findings(ctx context.Context, runID int64, f FindingFilter) ([]report.FindingLine, error) {
	return read(ctx, p, func(db pgx.Tx) ([]report.FindingLine, error) {
		list, err := openFindings(ctx, db, runID, f)
		if err != nil {
			return nil, err
		}
		return list.page(ctx, db)
	})
}

// EachFinding goes through all that a filter chooses, a batch at a time. The run is
// complete, so that the batches are of one state.
func (p *Pipeline) EachFinding(ctx context.Context, runID int64, f FindingFilter) iter.Seq2[report.FindingLine, error] {
	return func(yield func(report.FindingLine, error) bool) {
		list, err := read(ctx, p, func(db pgx.Tx) (findingList, error) { return openFindings(ctx, db, runID, f) })
		for list.filter.Limit = 500; err == nil; {
			var lines []report.FindingLine
			if lines, err = read(ctx, p, func(db pgx.Tx) ([]report.FindingLine, error) { return list.page(ctx, db) }); err != nil {
				break
			}
			for _, l := range lines {
				if list.filter.AfterLicenceNo, list.filter.AfterRuleCode = l.LicenceNo, l.Rule; !yield(l, nil) {
					return
				}
			}
			if len(lines) < list.filter.Limit {
				return
			}
		}
		yield(report.FindingLine{}, err)
	}
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
