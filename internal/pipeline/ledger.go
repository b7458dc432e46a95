package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// LedgerRows are the lines a run puts into the campaign's form.
func (p *Pipeline) LedgerRows(ctx context.Context, runID int64) ([]ledger.Row, error) {
	var run overlay.Run
	var approximate []overlay.ApproximateSource
	var listed []overlay.ListedGround
	findings, err := read(ctx, p, func(db pgx.Tx) (findings []overlay.ItemFinding, err error) {
		if run, err = overlay.GetRun(ctx, db, runID); err != nil {
			return nil, err
		}
		if approximate, err = overlay.ApproximateSources(ctx, db, runID, ""); err != nil {
			return nil, err
		}
		if listed, err = overlay.ListedGrounds(ctx, db, runID); err != nil {
			return nil, err
		}
		return overlay.ItemFindings(ctx, db, runID)
	})
	if err != nil {
		return nil, err
	}
	if err := whole(run); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	rules, err := overlay.ParseRules([]byte(run.RuleSet))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(findings, func(a, b overlay.ItemFinding) int {
		return cmp.Or(cmp.Compare(a.Enterprise, b.Enterprise), cmp.Compare(a.LicenceNo, b.LicenceNo),
			rules.Position(a.RuleCode)-rules.Position(b.RuleCode))
	})
	rows := make([]ledger.Row, 0, len(findings))
	for _, f := range findings {
		rule, _ := rules.Rule(f.RuleCode)
		rows = append(rows, ledger.Row{
			CountyCode: f.CountyCode, Group: rule.Group, RuleCode: f.RuleCode,
			Enterprise: f.Enterprise, Township: f.Township, MethodAndMineral: report.MethodAndMineral(f.MiningMethod, f.Mineral),
			ProblemType: rule.ProblemType, Problem: problemOf(f, rule, approximate),
			Deadline: p.campaign.DeadlineOf(f.RuleCode, false),
		})
	}
	for _, g := range listed {
		if !ofNoMine(g) || g.RuleCode == "" || g.Restored {
			continue
		}
		line := ListedLine(g, rules)
		rule, _ := rules.Rule(g.RuleCode)
		rows = append(rows, ledger.Row{
			CountyCode: g.CountyCode, Group: rule.Group, RuleCode: g.RuleCode,
			Enterprise: holder(g), Township: g.Township, ProblemType: line.ProblemType, Problem: line.Statement,
			Deadline: p.campaign.DeadlineOf(g.RuleCode, g.Ownership == "ownerless"),
		})
	}
	return rows, nil
}

// problemOf is what 排查发现问题 says of a finding.
func problemOf(f overlay.ItemFinding, rule overlay.Rule, approximate []overlay.ApproximateSource) string {
	say := report.Saying{
		Title: rule.Title, M2: f.EllipsoidalAreaM2, Places: f.Places, MetresAbove: f.MetresAbove, MetresBelow: f.MetresBelow,
		Lead: rule.Lead(f.EllipsoidalAreaM2).Lead,
	}
	if rule.Relation == "outside_licence" {
		say.LicenceM2 = f.LicenceEllipsoidalAreaM2
	}
	problem := say.String()
	if rule.Approximate(f.LicenceNo, approximate) {
		problem = report.Approximately(problem)
	}
	return f.MineName + "（" + f.LicenceNo + "）" + problem
}
