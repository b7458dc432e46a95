package ledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/overlay"
)

// A Progress is how far the items of a county and a group are on a day.
type Progress struct {
	CountyCode         string
	GroupNo            int
	Items              int
	Leads              int
	Confirmed          int
	Dismissed          int
	Rectifying         int
	AwaitingAcceptance int
	Closed             int
	Overdue            int
	DueSoon            int
	OnSchedule         int
}

// ClosedPercent is the share of what is to be closed that is (销号率): what was
// dismissed is not to be closed. It is 0 where there is nothing.
func (p Progress) ClosedPercent() float64 { return percent(p.Closed, p.Items-p.Dismissed) }

// OnSchedulePercent is the share of it that is on schedule.
func (p Progress) OnSchedulePercent() float64 { return percent(p.OnSchedule, p.Items-p.Dismissed) }

func percent(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * float64(part) / float64(whole)
}

// Sum adds up progresses of counties and groups.
func Sum(all []Progress) Progress {
	var s Progress
	for _, p := range all {
		s.Items += p.Items
		s.Leads += p.Leads
		s.Confirmed += p.Confirmed
		s.Dismissed += p.Dismissed
		s.Rectifying += p.Rectifying
		s.AwaitingAcceptance += p.AwaitingAcceptance
		s.Closed += p.Closed
		s.Overdue += p.Overdue
		s.DueSoon += p.DueSoon
		s.OnSchedule += p.OnSchedule
	}
	return s
}

// Elapsed is how much of the campaign's time is over on a day, in percent:
// against it the share of what is closed is read.
func (c Campaign) Elapsed(on taohe.Date) float64 {
	end, err := taohe.ParseDate(c.Deadline)
	if err != nil {
		return 0
	}
	whole, part := end.Time().Sub(c.Starts.Time()), on.Time().Sub(c.Starts.Time())
	return 100 * min(max(float64(part)/float64(whole), 0), 1)
}

// Expects is the state that items are in when they are as far as the phases that
// are over on a day ask for; "" for none.
func (c Campaign) Expects(on taohe.Date) State {
	var expected State
	for _, p := range c.Phases {
		if p.Until.Before(on) && p.Expects != "" {
			expected = p.Expects
		}
	}
	return expected
}

// DueSoon is the last day that is due soon on a day.
func (c Campaign) DueSoon(on taohe.Date) taohe.Date {
	return on.AddDate(0, 0, c.Thresholds.DueSoonDays)
}

// Today is the day where the ledger is kept, by the database's clock.
func Today(ctx context.Context, db overlay.Querier) (taohe.Date, error) {
	var day taohe.Date
	if err := db.QueryRow(ctx, sqlToday.SQL()).Scan(&day); err != nil {
		return day, fmt.Errorf("%s: %w", sqlToday.Name(), err)
	}
	return day, nil
}

// ProgressOn says how far the items of a campaign are now, judged as of a day, by
// county and group.
func ProgressOn(ctx context.Context, db overlay.Querier, c Campaign, on taohe.Date) ([]Progress, error) {
	return progress(ctx, db, c, on, nil)
}

// ProgressAt says how far the items of a campaign were at a moment, judged on its
// day, by county and group.
func ProgressAt(ctx context.Context, db overlay.Querier, c Campaign, m Moment) ([]Progress, error) {
	return progress(ctx, db, c, m.Day(), &m.No)
}

func progress(ctx context.Context, db overlay.Querier, c Campaign, on taohe.Date, until *int64) ([]Progress, error) {
	states := make([]string, len(path))
	for i, s := range path {
		states[i] = string(s)
	}
	return collect[Progress](ctx, db, sqlProgress, pgx.StrictNamedArgs{
		"campaign": c.Name, "on": on, "soon": c.DueSoon(on), "path": states, "expected": slices.Index(path, c.Expects(on)) + 1,
		"until": until,
	})
}
