package pipeline

import (
	"context"

	"github.com/taohe-gis/taohe/report"
)

// Briefing is what changed from one run to another, by working group and county;
// against 0 is the newest complete run of the same counties before it. Its errors
// are those of Annex1 and Diff.
func (p *Pipeline) Briefing(ctx context.Context, scope PaperScope, against int64) (report.Briefing, error) {
	return p.briefing(ctx, scope, against, steps{})
}

func (p *Pipeline) briefing(ctx context.Context, scope PaperScope, against int64, s steps) (report.Briefing, error) {
	run, err := p.paperRun(ctx, scope)
	if err != nil {
		return report.Briefing{}, err
	}
	s.done(1)
	d, err := p.Diff(ctx, run.ID, against)
	if err != nil {
		return report.Briefing{}, err
	}
	s.done(2)
	rows, err := p.LedgerRows(ctx, run.ID)
	if err != nil {
		return report.Briefing{}, err
	}
	s.done(3)
	var counties []report.BriefingCounty
	for _, c := range run.codes() {
		counties = append(counties, report.BriefingCounty{Code: c, Name: run.counties[c]})
	}
	var groups []report.BriefingGroup
	var unasked []string
	for _, no := range p.groups(scope) {
		g := report.BriefingGroup{Group: no, Name: p.campaign.Groups[no]}
		for _, r := range rows {
			if _, of := run.counties[r.CountyCode]; of && r.Group == no {
				g.Present++
			}
		}
		groups = append(groups, g)
		unasked = append(unasked, run.notEvaluated(no)...)
	}
	b := report.NewBriefing(run.titled("矿山以案促改专项行动简报"), d, counties, groups)
	b.NotEvaluated, b.MinesFailed = unasked, run.MinesFailed
	return b, nil
}
