package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// A StatisticsFilter says what statistics are of; what is empty chooses all.
type StatisticsFilter struct {
	// RunID is the run; the newest complete one of the county when 0.
	RunID int64
	overlay.Place
	RuleChoice
	// By counts findings by county, township, enterprise or mineral too.
	By string
	// Day is that of which overdue speaks; today when zero.
	Day taohe.Date
}

// Statistics are what a run found and what the ledger holds, counted. Areas of
// different rules may be of one ground and are not added up.
type Statistics struct {
	Run      overlay.Run
	Rules    overlay.RuleSet
	Filter   StatisticsFilter // with the day
	Counties []ingest.County
	Campaign ledger.Campaign
	Mines    []overlay.MineCount    // of the run, by state and by class
	Findings []overlay.FindingCount // of the run, by rule and By
	Items    []ledger.Count
	Dates    []StatisticsDate
}

// A StatisticsDate is what the run found that had an image date as its newest.
type StatisticsDate struct {
	overlay.ImageDate
	Mines    []overlay.MineCount
	Findings []overlay.FindingCount
}

// statisticsDates is how many image dates are looked back on.
const statisticsDates = 24

// Statistics counts: ErrNotFound, ErrNotComplete, *ingest.RequestError.
func (p *Pipeline) Statistics(ctx context.Context, f StatisticsFilter) (*Statistics, error) {
	if f.Day.IsZero() {
		today, err := p.Today(ctx)
		if err != nil {
			return nil, err
		}
		f.Day = today
	}
	return read(ctx, p, func(db pgx.Tx) (*Statistics, error) {
		if f.RunID == 0 {
			newest, err := overlay.NewestCompleteRun(ctx, db, f.CountyCode)
			if err != nil {
				return nil, err
			}
			f.RunID = newest
		}
		run, err := overlay.GetRun(ctx, db, f.RunID)
		if err != nil {
			return nil, err
		}
		if run.Status != "complete" {
			return nil, fmt.Errorf("statistics of run %d: %w", f.RunID, ErrNotComplete)
		}
		s := &Statistics{Run: run, Filter: f, Campaign: p.campaign}
		return s, s.count(ctx, db)
	})
}

func (s *Statistics) count(ctx context.Context, db pgx.Tx) (err error) {
	f := s.Filter
	if s.Rules, err = overlay.ParseRules([]byte(s.Run.RuleSet)); err != nil {
		return err
	}
	codes, err := f.codes(s.Rules)
	if err != nil {
		return err
	}
	if s.Counties, err = ingest.Counties(ctx, db); err != nil {
		return err
	}
	dates, err := overlay.ImageDates(ctx, db, s.Run.ID, f.CountyCode, statisticsDates)
	if err != nil {
		return err
	}
	runs := []int64{s.Run.ID}
	for _, d := range dates {
		runs = append(runs, d.ID)
	}
	mines, err := overlay.CountMines(ctx, db, runs, overlay.MineFilter{Place: f.Place, RuleCodes: codes})
	if err != nil {
		return err
	}
	filter := overlay.FindingFilter{Place: f.Place, RuleCodes: codes}
	findings, err := overlay.CountFindings(ctx, db, runs, "", filter)
	if err != nil {
		return err
	}
	for _, d := range dates {
		s.Dates = append(s.Dates, StatisticsDate{
			d, kept(mines, func(m overlay.MineCount) bool { return m.RunID == d.ID }),
			kept(findings, func(m overlay.FindingCount) bool { return m.RunID == d.ID }),
		})
	}
	s.Mines = kept(mines, func(m overlay.MineCount) bool { return m.RunID == s.Run.ID })
	s.Findings = kept(findings, func(m overlay.FindingCount) bool { return m.RunID == s.Run.ID })
	if f.By != "" {
		if s.Findings, err = overlay.CountFindings(ctx, db, runs[:1], f.By, filter); err != nil {
			return err
		}
	}
	slices.SortStableFunc(s.Findings, func(a, b overlay.FindingCount) int {
		return cmp.Or(s.Rules.Position(a.RuleCode)-s.Rules.Position(b.RuleCode), cmp.Compare(a.Key, b.Key))
	})
	s.Items, err = ledger.CountItems(ctx, db, s.Campaign, f.Day, f.ledger())
	return err
}

func kept[T any](all []T, keep func(T) bool) (out []T) {
	for _, v := range all {
		if keep(v) {
			out = append(out, v)
		}
	}
	return out
}

// ledger chooses the items of the same place and rules, as the ledger words it.
func (f StatisticsFilter) ledger() ledger.Filter {
	return LedgerPlace(ledger.Filter{ProblemCode: f.Rule, ProblemType: f.ProblemType}, f.Place)
}

// LedgerPlace has a filter of the ledger choose the items of a place: the ledger
// calls a mineral as its form does.
func LedgerPlace(f ledger.Filter, place overlay.Place) ledger.Filter {
	f.County, f.Township, f.Enterprise, f.EnterpriseName, f.Mineral = place.CountyCode, place.Township, place.Enterprise, place.EnterpriseName, place.Mineral
	if f.Mineral != overlay.NotStated {
		f.Mineral = report.MethodAndMineral("", f.Mineral)
	}
	return f
}
