package pipeline_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/ledger"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

// itemOf is the item that a made item of a later image is about; a patch of no
// mine is named in its problem.
func itemOf(t *testing.T, items []ledger.Item, e demo.ExpectedItem) ledger.Item {
	t.Helper()
	i := slices.IndexFunc(items, func(i ledger.Item) bool {
		return i.RuleCode == e.Rule && i.LicenceNo == e.LicenceNo && (e.PatchNo == "" || strings.Contains(i.Problem, "图斑 "+e.PatchNo+"（"))
	})
	if i < 0 {
		t.Fatalf("no item of %s %s %s", e.LicenceNo, e.PatchNo, e.Rule)
	}
	return items[i]
}

func holdMeasurement(t *testing.T, m ledger.Measurement, e demo.ExpectedItem, toleranceMu float64) {
	t.Helper()
	if string(m.Verdict) != e.Verdict {
		t.Errorf("%s %s (%s): verdict %s, want %s", e.LicenceNo+e.PatchNo, e.Rule, e.Derivation, m.Verdict, e.Verdict)
	}
	for _, f := range []struct {
		what      string
		got, want float64
	}{
		{"ground", m.GroundM2, e.GroundM2},
		{"rectified", m.RectifiedM2, e.RectifiedM2},
		{"remaining", m.RemainingM2, e.RemainingM2},
		{"not observed", m.NotObservedM2, e.NotObservedM2},
		{"grown", m.GrownM2, e.GrownM2},
		{"moved", m.MovedM2, e.MovedM2},
	} {
		if d := math.Abs(geo.Mu(f.got - f.want)); !(d <= toleranceMu) {
			t.Errorf("%s %s (%s): %s is %.4f m², want %.4f", e.LicenceNo+e.PatchNo, e.Rule, e.Derivation, f.what, f.got, f.want)
		}
	}
}

// stage loads what came in until a later day and runs.
func loadStage(t *testing.T, p *pipeline.Pipeline, m demo.Manifest, s demo.Stage) int64 {
	t.Helper()
	if err := demo.LoadStage(t.Context(), p, sampledata.FS, m, s); err != nil {
		t.Fatal(err)
	}
	return execute(t, p, s.AsOf).ID
}

// answered has somebody answer for an item and begin.
func answered(t *testing.T, p *pipeline.Pipeline, id int64) {
	t.Helper()
	for _, deed := range []ledger.Deed{
		ledger.Confirm{}, ledger.Assign{Responsible: "张三", Rank: "副科级", Contact: "0477-1", Measures: "限期恢复"}, ledger.Start{},
	} {
		if _, err := p.Do(t.Context(), ledger.Act{ItemID: id, By: "甲"}, deed); err != nil {
			t.Fatal(err)
		}
	}
}

// Items shrink, vanish, move, grow, come back and are not looked at, as they were
// constructed: every figure of every item, and what closes.
func TestLaterImages(t *testing.T) {
	t.Parallel()
	p, pool, m := sample(t, pipeline.Options{Workers: 4})
	later, err := demo.ReadLater(sampledata.FS)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	first := execute(t, p, m.AsOf)
	if _, err := p.Feed(ctx, first.ID, "甲", nil); err != nil {
		t.Fatal(err)
	}
	before := allItems(t, p)
	looked := map[int64]demo.ExpectedItem{}
	for _, e := range later.Stages[0].Items {
		looked[itemOf(t, before, e).ID] = e
	}
	if len(looked) != 10 {
		t.Fatalf("%d items looked at again, want 10", len(looked))
	}
	shown := map[string]bool{}
	for _, s := range later.Stages {
		for _, e := range s.Items {
			shown[e.Verdict], shown[e.Outcome] = true, true
		}
	}
	for _, way := range []string{"rectified", "shrunk", "grown", "moved", "remaining", "partly_observed", "gone", "changed", "reopened"} {
		if !shown[way] {
			t.Errorf("no item was made to be %s", way)
		}
	}
	second := loadStage(t, p, m, later.Stages[0])

	// What the new run would do, and what its images say, before and after it is
	// put into the ledger.
	plan, err := p.PlanFeed(ctx, second)
	if err != nil {
		t.Fatal(err)
	}
	planned, elsewhere := map[int64]bool{}, []string{}
	for _, l := range plan.Lines {
		e, ok := looked[l.Item.ID]
		switch {
		case ok && string(l.Outcome) != e.Outcome:
			t.Errorf("%s %s: outcome %s, want %s", e.LicenceNo, e.Rule, l.Outcome, e.Outcome)
		case !ok && l.Outcome != ledger.Unchanged:
			elsewhere = append(elsewhere, string(l.Outcome)+" "+l.Item.LicenceNo+" "+l.Item.RuleCode)
		}
		planned[l.Item.ID] = true
	}
	// Where no image looked, things change with the day alone: an approval's year to
	// reclaim is over, a pit and a dump were filed as restored on 2022-06-01; and what
	// moved is new where it is now.
	slices.Sort(elsewhere)
	if want := []string{
		"changed C1599002011021120122405 abandoned_pit_unrestored", "changed C1599002015101120121221 unapproved",
		"new C1599002010091120121036 reclamation_overdue", "new C1599002011081120120407 displaced",
	}; !slices.Equal(elsewhere, want) {
		t.Errorf("elsewhere %q, want %q", elsewhere, want)
	}
	if len(planned) < len(before) {
		t.Errorf("the plan has %d of %d items", len(planned), len(before))
	}
	measure := func(when string) map[int64]ledger.Measurement {
		t.Helper()
		all, err := p.MeasureItems(ctx, second, nil)
		if err != nil {
			t.Fatal(err)
		}
		of := map[int64]ledger.Measurement{}
		for _, got := range all {
			of[got.ItemID] = got
			e, ok := looked[got.ItemID]
			if ok {
				holdMeasurement(t, got, e, later.ToleranceMu)
				continue
			}
			if got.Verdict != ledger.VerdictNotObserved || got.RectifiedM2 != 0 || got.RemainingM2 != 0 {
				t.Errorf("%s: item %d, at which no image looked, is %s", when, got.ItemID, got.Verdict)
			}
		}
		for id, e := range looked {
			if _, ok := of[id]; !ok {
				t.Errorf("%s: %s %s was not measured", when, e.LicenceNo, e.Rule)
			}
		}
		return of
	}
	unfed := measure("before the feed")
	if _, err := p.Feed(ctx, second, "甲", nil); err != nil {
		t.Fatal(err)
	}
	fed := measure("after the feed")
	for id := range looked {
		if unfed[id] != fed[id] {
			t.Errorf("item %d: measured %+v before the feed, %+v after", id, unfed[id], fed[id])
		}
	}
	holdEvents(t, pool, func() {
		if plan, err = p.Feed(ctx, second, "甲", nil); err != nil || !plan.Applied {
			t.Errorf("the same run again: %v", err)
		}
	})

	// Exactly what is rectified can be closed as such.
	for id, e := range looked {
		answered(t, p, id)
		_, err := p.Do(ctx, ledger.Act{ItemID: id, By: "甲"}, ledger.Propose{As: ledger.Rectified, RunID: second})
		if (err == nil) != (e.Verdict == "rectified") {
			t.Errorf("%s %s (%s): proposed: %v", e.LicenceNo, e.Rule, e.Verdict, err)
		}
		if err != nil {
			continue
		}
		if _, err := p.Do(ctx, ledger.Act{ItemID: id, By: "甲"}, ledger.Approve{}); !errors.Is(err, ledger.ErrSamePerson) {
			t.Errorf("approved by who proposed: %v", err)
		}
		item, err := p.Do(ctx, ledger.Act{ItemID: id, By: "乙"}, ledger.Approve{})
		if err != nil {
			t.Fatal(err)
		}
		if item.State != ledger.Closed || *item.ClosedAs != ledger.Rectified || item.ClosedOn.String() != "2022-08-20" {
			t.Errorf("closed as %+v", item)
		}
	}

	// What is as disturbed as before and approved meanwhile can be legalised, once
	// it was fined; by no approval that lies elsewhere.
	for id, e := range looked {
		if e.Verdict != "remaining" || e.Outcome != "gone" {
			continue
		}
		propose := func(no string) error {
			_, err := p.Do(ctx, ledger.Act{ItemID: id, By: "甲"}, ledger.Propose{As: ledger.Legalised, RunID: second, Evidence: ledger.Evidence{ApprovalNo: no}})
			return err
		}
		var own, other string
		if err := pool.QueryRow(ctx, `select max(approval_no) filter (where licence_no = $1), min(approval_no) filter (where licence_no <> $1)
			from land_approval where kind = 'temporary_land' and valid_to > '2022-09-01'`, e.LicenceNo).Scan(&own, &other); err != nil {
			t.Fatal(err)
		}
		wantFaults(t, propose(own), "as no-penalty")
		amount := 1e5
		if _, err := p.Do(ctx, ledger.Act{ItemID: id, By: "甲"}, ledger.Measure{
			Kind: "penalty", Number: "1", TakenOn: taohe.NewDate(2022, 7, 1), AmountYuan: &amount,
		}); err != nil {
			t.Fatal(err)
		}
		wantFaults(t, propose("none"), "approval_no no-such-approval")
		wantFaults(t, propose(other), "approval_no not-covered")
		if err := propose(own); err != nil {
			t.Errorf("legalised by its own approval: %v", err)
		}
	}

	// What comes back is the item that was closed; what was looked at no more
	// stays.
	third := loadStage(t, p, m, later.Stages[1])
	for _, e := range later.Stages[1].Items {
		got, err := p.MeasureItem(ctx, itemOf(t, before, e).ID, third)
		if err != nil {
			t.Fatal(err)
		}
		holdMeasurement(t, got, e, later.ToleranceMu)
	}
	all, err := p.MeasureItems(ctx, third, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range all {
		if got.Verdict == ledger.VerdictRectified && looked[got.ItemID].Verdict != "rectified" {
			t.Errorf("item %d is rectified on the third day, which nobody made", got.ItemID)
		}
	}
	if plan, err = p.Feed(ctx, third, "甲", nil); err != nil {
		t.Fatal(err)
	}
	holdEvents(t, pool, func() {
		if _, err := p.Feed(ctx, third, "甲", nil); err != nil {
			t.Errorf("the third run again: %v", err)
		}
	})
	var reopened []ledger.Line
	for _, l := range plan.Lines {
		if l.Outcome == ledger.Reopened {
			reopened = append(reopened, l)
		}
	}
	e := later.Stages[1].Items[0]
	if len(reopened) != 1 || reopened[0].Item.ID != itemOf(t, before, e).ID {
		t.Fatalf("reopened %+v", reopened)
	}
	item, err := p.Item(ctx, reopened[0].Item.ID)
	if err != nil {
		t.Fatal(err)
	}
	if item.State != ledger.Lead || item.Cycle != 1 || item.ClosedAs != nil || math.Abs(*item.MeasuredM2-e.RemainingM2) > 1 {
		t.Errorf("reopened as %+v", item)
	}
	if _, err := p.Feed(ctx, first.ID, "甲", nil); err != nil {
		t.Errorf("a run that was applied before, again: %v", err)
	}
	if _, err := p.PlanFeed(ctx, execute(t, p, m.AsOf).ID); !errors.Is(err, ledger.ErrOlderRun) {
		t.Errorf("a run of an earlier day: %v", err)
	}
}

func wantFaults(t *testing.T, err error, want ...string) {
	t.Helper()
	var request *ingest.RequestError
	if !errors.As(err, &request) {
		t.Errorf("%v, want %v", err, want)
		return
	}
	var got []string
	for _, f := range request.Faults {
		got = append(got, f.Location+" "+f.Code)
	}
	if !slices.Equal(got, want) {
		t.Errorf("faults %v, want %v", got, want)
	}
}

func allItems(t *testing.T, p *pipeline.Pipeline) []ledger.Item {
	t.Helper()
	items, err := p.Items(t.Context(), ledger.Filter{Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// holdEvents fails when fn writes to the log.
func holdEvents(t *testing.T, pool *pgxpool.Pool, fn func()) {
	t.Helper()
	count := func() (n int64) {
		t.Helper()
		if err := pool.QueryRow(t.Context(), `select no from ledger_head`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count()
	fn()
	if after := count(); after != before {
		t.Errorf("%d events were written", after-before)
	}
}
