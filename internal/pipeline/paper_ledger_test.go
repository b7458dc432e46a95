package pipeline_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/report"
)

// A paper says of a finding what the ledger says of its item: suspected until a
// person has confirmed it, with what was done and who answers for it; of a run that
// is not in the ledger nothing loses its suspicion.
func TestPapersFollowLedger(t *testing.T) {
	t.Parallel()
	p, _, m := sample(t, pipeline.Options{})
	run := execute(t, p, m.AsOf)
	if a, err := p.Annex2(t.Context(), pipeline.PaperScope{RunID: run.ID}); err != nil || a.Progress != nil {
		t.Fatalf("progress without a ledger: %+v, %v", a.Progress, err)
	}
	if _, err := p.Feed(t.Context(), run.ID, "甲", nil); err != nil {
		t.Fatal(err)
	}
	items := allItems(t, p)
	i := slices.IndexFunc(items, func(i ledger.Item) bool { return i.LicenceNo != "" && i.GroupNo == 1 })
	if i < 0 {
		t.Fatal("no item of a mine in group 1")
	}
	item := items[i]
	page := func(runID int64) report.DossierItem {
		t.Helper()
		d, err := p.Dossier(t.Context(), runID, item.LicenceNo)
		if err != nil {
			t.Fatal(err)
		}
		n := slices.IndexFunc(d.Mine.Findings, func(f report.Finding) bool { return f.Rule == item.RuleCode })
		return d.Items[n]
	}
	if got := page(run.ID); got.Confirmed || got.StateTitle != "线索" || len(got.Taken) > 0 {
		t.Fatalf("nobody has looked yet: %+v", got)
	}
	fine := 20000.0
	deadline := taohe.NewDate(2022, 9, 30)
	for _, deed := range []ledger.Deed{
		ledger.Confirm{},
		ledger.Measure{Kind: "penalty", Number: "示自然资罚〔2022〕1号", TakenOn: taohe.NewDate(2022, 7, 1), AmountYuan: &fine, Authority: "示例旗自然资源局"},
		ledger.Assign{Responsible: "王某", Rank: "正科级", Contact: "0477-0000000", Measures: "退出占用", Deadline: deadline},
		ledger.Start{},
	} {
		if _, err := p.Do(t.Context(), ledger.Act{ItemID: item.ID, By: "乙"}, deed); err != nil {
			t.Fatalf("%T: %v", deed, err)
		}
	}
	got := page(run.ID)
	if !got.Confirmed || got.StateTitle != "整改中" || got.Measures != "退出占用" || got.Deadline != deadline {
		t.Errorf("on paper %+v", got)
	}
	if !strings.Contains(got.Responsible, "王某") || !strings.Contains(got.Responsible, "正科级") {
		t.Errorf("answerable is %q", got.Responsible)
	}
	if len(got.Taken) != 1 || !strings.Contains(got.Taken[0], "示自然资罚〔2022〕1号") || !strings.Contains(got.Taken[0], "20000.00 元") {
		t.Errorf("taken: %q", got.Taken)
	}
	if later := page(execute(t, p, m.AsOf).ID); later.Confirmed || later.StateTitle != "整改中" {
		t.Errorf("of a run that nobody put into the ledger: %+v", later)
	}
	a, err := p.Annex2(t.Context(), pipeline.PaperScope{RunID: run.ID})
	if err != nil {
		t.Fatal(err)
	}
	if a.Progress == nil || a.Progress.Rectifying != 1 || a.Progress.Rectified != 0 || len(a.Progress.Counties) != 1 {
		t.Errorf("progress %+v, want one item being rectified", a.Progress)
	}
	form, err := p.Annex1(t.Context(), pipeline.PaperScope{RunID: run.ID, Group: 1})
	if err != nil {
		t.Fatal(err)
	}
	if n := slices.IndexFunc(form.Groups[0].Rows, func(r report.Annex1Row) bool { return r.Measures == "退出占用" }); n < 0 {
		t.Error("no line of the form has the measures of the item")
	} else if r := form.Groups[0].Rows[n]; r.Deadline != deadline || !strings.Contains(r.Responsible, "王某") || strings.Contains(r.Problem, "疑似") {
		t.Errorf("line of the form: %+v", r)
	}
}
