package pipeline

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/report"
)

// followed is what the ledger knows of one mine's findings.
type followed struct {
	moment ledger.Moment
	// applied says that the run is in the ledger: then no finding of it is without
	// an item.
	applied bool
	items   map[string][]ledger.Item
	taken   map[int64][]ledger.TakenMeasure
}

// ledgerState names a moment of the ledger on paper.
func ledgerState(m ledger.Moment) report.LedgerState {
	return report.LedgerState{EventNo: m.No, On: m.Day(), SHA256: hex.EncodeToString(m.SHA256)}
}

// followed reads the items of a mine by rule, as an event left them.
func (p *Pipeline) followed(ctx context.Context, db pgx.Tx, runID int64, licenceNo string, event int64) (f followed, err error) {
	if f.moment, err = ledger.MomentOf(ctx, db, p.campaign.Name, event); err != nil {
		return f, err
	}
	if f.applied, err = ledger.Applied(ctx, db, p.campaign.Name, f.moment, runID); err != nil {
		return f, err
	}
	items, err := ledger.ItemsAt(ctx, db, p.campaign.Name, licenceNo, f.moment)
	if err != nil {
		return f, err
	}
	f.items, f.taken = make(map[string][]ledger.Item), make(map[int64][]ledger.TakenMeasure)
	for _, i := range items {
		if i.ByHand() {
			continue
		}
		f.items[i.RuleCode] = append(f.items[i.RuleCode], i)
		if f.taken[i.ID], err = ledger.MeasuresAt(ctx, db, i.ID, f.moment); err != nil {
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
// at the moment it follows; nil where there are none of them.
func (p *Pipeline) annex2Progress(ctx context.Context, run paperRun, groups []int) (*report.Annex2Progress, error) {
	var all []ledger.Progress
	out := &report.Annex2Progress{On: run.ledger.Day()}
	done, err := read(ctx, p, func(db pgx.Tx) (done []ledger.Tally, err error) {
		if all, err = ledger.ProgressAt(ctx, db, p.campaign, run.ledger); err != nil {
			return nil, err
		}
		done, out.Gridded, err = ledger.TallyAt(ctx, db, p.campaign.Name, run.ledger, run.codes(), groups)
		return done, err
	})
	if err != nil {
		return nil, err
	}
	for _, code := range run.codes() {
		of := slices.DeleteFunc(slices.Clone(all), func(g ledger.Progress) bool {
			return g.CountyCode != code || !slices.Contains(groups, g.GroupNo)
		})
		if len(of) == 0 {
			continue
		}
		s := ledger.Sum(of)
		county := report.Annex2CountyProgress{
			County: run.counties[code], Items: s.Items - s.Dismissed, Rectified: s.Closed, Rectifying: s.Rectifying + s.AwaitingAcceptance, OnSchedule: s.OnSchedule,
		}
		out.Items, out.Rectified = out.Items+county.Items, out.Rectified+county.Rectified
		out.Rectifying, out.OnSchedule = out.Rectifying+county.Rectifying, out.OnSchedule+county.OnSchedule
		out.Counties = append(out.Counties, county)
	}
	if len(out.Counties) == 0 {
		return nil, nil
	}
	for _, k := range ledger.MeasureOrder {
		out.Measures = append(out.Measures, run.done(done, k, ledger.MeasureKinds[k]))
	}
	for _, w := range ledger.Ways {
		out.Closed = append(out.Closed, run.done(done, string(w), ledger.WayTitles[w]))
	}
	return out, nil
}

// done is what was done in one way, by county.
func (r paperRun) done(tallies []ledger.Tally, what, title string) report.Annex2Done {
	parts := make([]report.RawPart, len(r.counties))
	items, fined, totalM2 := 0, 0.0, 0.0
	for i, code := range r.codes() {
		parts[i].County = r.counties[code]
		for _, t := range tallies {
			switch {
			case t.What != what:
			case t.CountyCode == code:
				parts[i].Count, parts[i].EllipsoidalAreaM2 = t.Items, t.EllipsoidalAreaM2
			case t.CountyCode == "":
				items, fined, totalM2 = t.Items, t.AmountYuan, t.EllipsoidalAreaM2
			}
		}
	}
	return report.Annex2Done{PaperFigure: report.NewPaperFigure(title, items, totalM2, parts), FinedYuan: fined}
}
