package pipeline_test

import (
	"testing"

	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/ledger"
)

// The first feed makes an item of each line of the form; the same run again, and
// a second run of the same ground, change nothing.
func TestFeed(t *testing.T) {
	t.Parallel()
	p, pool, m := sampleRun(t, pipeline.Options{})
	run := firstRun(t, p)
	rows, err := p.LedgerRows(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := p.PlanFeed(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := plan.Count(ledger.New); got != len(rows) || len(plan.Lines) != len(rows) {
		t.Fatalf("%d new items of %d lines, want one for each of %d rows", got, len(plan.Lines), len(rows))
	}
	events := func() (n int64) {
		t.Helper()
		if err := pool.QueryRow(t.Context(), `select count(*) from ledger_event`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := events(); n != 0 {
		t.Fatalf("planning wrote %d events", n)
	}
	if _, err = p.Feed(t.Context(), run.ID, "甲", nil); err != nil {
		t.Fatal(err)
	}
	written := events()
	if want := int64(len(rows) + 1); written != want {
		t.Errorf("%d events, want %d", written, want)
	}
	if plan, err = p.Feed(t.Context(), run.ID, "甲", nil); err != nil || !plan.Applied || events() != written {
		t.Errorf("the same run again: applied before %v, %d events more: %v", plan != nil && plan.Applied, events()-written, err)
	}
	again := execute(t, p, m.AsOf)
	if plan, err = p.Feed(t.Context(), again.ID, "甲", nil); err != nil {
		t.Fatal(err)
	}
	if got := plan.Count(ledger.Unchanged); got != len(rows) || len(plan.Lines) != len(rows) {
		for _, l := range plan.Lines {
			if l.Outcome != ledger.Unchanged {
				t.Logf("%s %s %s: %.4f was %.4f, gained %g lost %g", l.Outcome, l.Item.LicenceNo, l.Item.RuleCode, *l.Item.MeasuredM2, l.WasM2, l.GainedM2, l.LostM2)
			}
		}
		t.Errorf("%d of %d lines unchanged, want %d", got, len(plan.Lines), len(rows))
	}
	if events() != written+1 {
		t.Errorf("a run that found nothing new wrote %d events, want the one that says so", events()-written)
	}
}
