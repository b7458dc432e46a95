package ledger

import (
	"testing"

	"github.com/taohe-gis/taohe"
)

// Items before and after each deadline and phase, counted by hand.
func TestProgress(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	enter := func(code string) int64 {
		t.Helper()
		x := smoke
		x.ProblemCode = code
		i, err := b.enter(x)
		if err != nil {
			t.Fatal(err)
		}
		return i.ID
	}
	// Due 2022-06-30: a lead, one put right, one closed. Due 2022-12-31: a lead and
	// one confirmed, one dismissed.
	enter("soil_cover")
	rectifying, closed := enter("soil_cover"), enter("soil_cover")
	answer := Assign{Responsible: "张三", Rank: "正科级"}
	for _, id := range []int64{rectifying, closed} {
		b.do("甲", id, Confirm{})
		b.do("甲", id, answer)
		b.do("甲", id, Start{})
	}
	b.do("甲", closed, Propose{As: Withdrawn, Evidence: Evidence{Reason: "重复"}})
	b.do("乙", closed, Approve{})
	enter("mine_environment")
	b.do("甲", enter("mine_environment"), Confirm{})
	b.do("甲", enter("mine_environment"), Dismiss{Reason: "不实"})

	for _, tt := range []struct {
		on                                    string
		overdue, dueSoon, onSchedule, elapsed int
	}{
		{"2022-04-23", 0, 0, 5, 0},   // nothing is asked for yet
		{"2022-05-31", 0, 2, 5, 15},  // the phase ends on this day
		{"2022-06-15", 0, 2, 3, 21},  // the leads should be confirmed
		{"2022-07-01", 2, 0, 2, 27},  // two are late: closed, and the confirmed one
		{"2022-12-31", 2, 2, 2, 100}, // all that is left is due today
		{"2023-01-01", 4, 0, 1, 100}, // only what is closed is on schedule
	} {
		on, err := taohe.ParseDate(tt.on)
		if err != nil {
			t.Fatal(err)
		}
		all, err := ProgressOn(t.Context(), b.pool, b.campaign, on)
		if err != nil {
			t.Fatal(err)
		}
		p := Sum(all)
		if len(all) != 1 || p.Items != 6 || p.Closed != 1 || p.Dismissed != 1 || p.ClosedPercent() != 20 {
			t.Errorf("%s: %+v", tt.on, p)
		}
		if p.Overdue != tt.overdue || p.DueSoon != tt.dueSoon || p.OnSchedule != tt.onSchedule || int(b.campaign.Elapsed(on)) != tt.elapsed {
			t.Errorf("%s: %d overdue, %d due soon, %d on schedule, %.1f %% elapsed; want %+v",
				tt.on, p.Overdue, p.DueSoon, p.OnSchedule, b.campaign.Elapsed(on), tt)
		}
		late, err := List(t.Context(), b.pool, "2022", Filter{DueBy: on.AddDate(0, 0, -1), Limit: 100})
		if err != nil || len(late) != tt.overdue {
			t.Errorf("%s: %d items listed as overdue: %v", tt.on, len(late), err)
		}
	}
}

// Papers name every kind of measure there is, once.
func TestMeasureOrder(t *testing.T) {
	t.Parallel()
	if len(MeasureOrder) != len(MeasureKinds) {
		t.Fatalf("%d of %d kinds have a place", len(MeasureOrder), len(MeasureKinds))
	}
	seen := map[string]bool{}
	for _, k := range MeasureOrder {
		if MeasureKinds[k] == "" || seen[k] {
			t.Errorf("%q is no kind, or has two places", k)
		}
		seen[k] = true
	}
}
