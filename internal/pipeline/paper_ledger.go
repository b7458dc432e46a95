package pipeline

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/report"
)

// followed is what the ledger knows of one mine's findings.
type followed struct {
	// applied says that the run is in the ledger: then no finding of it is without
	// an item.
	applied bool
	items   map[string][]ledger.Item
	taken   map[int64][]ledger.TakenMeasure
}

// followed reads the items of a mine by rule.
func (p *Pipeline) followed(ctx context.Context, db pgx.Tx, runID int64, licenceNo string) (f followed, err error) {
	if f.applied, err = ledger.Applied(ctx, db, p.campaign.Name, runID); err != nil {
		return f, err
	}
	items, err := ledger.List(ctx, db, p.campaign.Name, ledger.Filter{LicenceNo: licenceNo, Limit: math.MaxInt32})
	if err != nil {
		return f, err
	}
	f.items, f.taken = make(map[string][]ledger.Item), make(map[int64][]ledger.TakenMeasure)
	for _, i := range items {
		if i.ByHand() {
			continue
		}
		f.items[i.RuleCode] = append(f.items[i.RuleCode], i)
		if f.taken[i.ID], err = ledger.Measures(ctx, db, i.ID); err != nil {
			return f, err
		}
	}
	return f, nil
}

// tell puts what became of a finding on its page. A finding of a run that is not
// in the ledger may have ground that nobody has looked at, and stays suspected.
func (f followed) tell(item *report.DossierItem, ruleCode string) {
	items := f.items[ruleCode]
	if len(items) == 0 {
		return
	}
	var states, measures, answerable []string
	put := func(list *[]string, s string) {
		if s != "" && !slices.Contains(*list, s) {
			*list = append(*list, s)
		}
	}
	item.Confirmed, item.Deadline = f.applied, items[0].Deadline
	for _, i := range items {
		state := ledger.StateTitles[i.State]
		if i.State == ledger.Dismissed {
			state += "（" + i.Reason + "）"
		}
		put(&states, state)
		put(&measures, i.Measures)
		put(&answerable, strings.TrimSpace(strings.Join([]string{i.Responsible, i.ResponsibleRank, i.Contact}, " ")))
		if i.State == ledger.Lead || i.State == ledger.Dismissed {
			item.Confirmed = false
		}
		if i.Deadline.Before(item.Deadline) {
			item.Deadline = i.Deadline
		}
		for _, t := range f.taken[i.ID] {
			put(&item.Taken, takenLine(t))
		}
	}
	item.StateTitle, item.Measures, item.Responsible = strings.Join(states, "、"), strings.Join(measures, "；"), strings.Join(answerable, "、")
}

func takenLine(t ledger.TakenMeasure) string {
	line := strings.Join(slices.DeleteFunc([]string{ledger.MeasureKinds[t.Kind], t.Number, t.Authority, t.TakenOn.String()}, func(s string) bool { return s == "" }), " ")
	if t.AmountYuan != nil {
		line += fmt.Sprintf(" %.2f 元", *t.AmountYuan)
	}
	return line
}

// annex2Progress counts the ledger's items of the counties and groups of a paper
// on its day; nil where the ledger has none of them.
func (p *Pipeline) annex2Progress(ctx context.Context, run paperRun, groups []int) (*report.Annex2Progress, error) {
	all, err := p.Progress(ctx, run.AsOf)
	if err != nil {
		return nil, err
	}
	out := &report.Annex2Progress{}
	for _, code := range run.codes() {
		of := slices.DeleteFunc(slices.Clone(all), func(g ledger.Progress) bool {
			return g.CountyCode != code || !slices.Contains(groups, g.GroupNo)
		})
		if len(of) == 0 {
			continue
		}
		s := ledger.Sum(of)
		county := report.Annex2CountyProgress{
			County: run.counties[code], Rectified: s.Closed, Rectifying: s.Rectifying + s.AwaitingAcceptance, OnSchedule: s.OnSchedule,
		}
		out.Rectified, out.Rectifying, out.OnSchedule = out.Rectified+county.Rectified, out.Rectifying+county.Rectifying, out.OnSchedule+county.OnSchedule
		out.Counties = append(out.Counties, county)
	}
	if len(out.Counties) == 0 {
		return nil, nil
	}
	return out, nil
}
