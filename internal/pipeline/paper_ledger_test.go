package pipeline_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/papertest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/report"
)

// A paper says of a finding what the ledger says of its item: suspected until a
// person has confirmed it, with what was done and who answers for it; of a run that
// is not in the ledger nothing loses its suspicion.
func TestPapersFollowLedger(t *testing.T) {
	t.Parallel()
	p, _, m := sampleRun(t, pipeline.Options{})
	run := firstRun(t, p)
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
	if g := a.Progress; g == nil || g.Rectifying != 1 || g.Rectified != 0 || g.Items != len(items) || len(g.Counties) != 1 {
		t.Errorf("progress %+v, want one of %d items being rectified", g, len(items))
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

// papersAt are the papers that follow the ledger, as an event left it.
func papersAt(t *testing.T, p *pipeline.Pipeline, runID int64, licenceNo string, event int64) map[string][]byte {
	t.Helper()
	scope := pipeline.PaperScope{RunID: runID, LedgerEvent: event}
	form, err := p.Annex1(t.Context(), scope)
	if err != nil {
		t.Fatal(err)
	}
	outline, err := p.Annex2(t.Context(), scope)
	if err != nil {
		t.Fatal(err)
	}
	d, err := p.DossierAt(t.Context(), runID, licenceNo, event)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"annex1.docx":  papertest.Write(t, func(w io.Writer) error { return report.WriteAnnex1DOCX(w, form) }),
		"annex1.xlsx":  papertest.Write(t, func(w io.Writer) error { return report.WriteAnnex1XLSX(w, form) }),
		"annex2.docx":  papertest.Write(t, func(w io.Writer) error { return report.WriteAnnex2DOCX(w, outline) }),
		"dossier.docx": papertest.Write(t, func(w io.Writer) error { return report.WriteDossierDOCX(w, *d) }),
		"dossier.xlsx": papertest.Write(t, func(w io.Writer) error { return report.WriteDossierXLSX(w, *d) }),
	}
}

// A paper names the event of the ledger that it was made from, and as of that
// event it comes out the same to the byte, whatever was written since: deeds, other
// feeds, a run of a later day.
func TestPapersOfAnEvent(t *testing.T) {
	t.Parallel()
	p, pool, m := sampleRun(t, pipeline.Options{})
	run := firstRun(t, p)
	if _, err := p.Feed(t.Context(), run.ID, "甲", nil); err != nil {
		t.Fatal(err)
	}
	items := allItems(t, p)
	item := items[slices.IndexFunc(items, func(i ledger.Item) bool { return i.LicenceNo != "" && i.GroupNo == 1 })]
	newest := func() (no int64, sum string) {
		t.Helper()
		if err := pool.QueryRow(t.Context(), `select no, encode(sha256, 'hex') from ledger_event order by no desc limit 1`).Scan(&no, &sum); err != nil {
			t.Fatal(err)
		}
		return no, sum
	}
	do := func(deed ledger.Deed) {
		t.Helper()
		if _, err := p.Do(t.Context(), ledger.Act{ItemID: item.ID, By: "乙"}, deed); err != nil {
			t.Fatalf("%T: %v", deed, err)
		}
	}
	later := execute(t, p, m.AsOf.AddDate(0, 1, 0))
	type made struct {
		no     int64
		sum    string
		papers map[string][]byte
	}
	var all []made
	note := func() {
		t.Helper()
		no, sum := newest()
		all = append(all, made{no, sum, papersAt(t, p, run.ID, item.LicenceNo, 0)})
	}
	note()
	do(ledger.Confirm{})
	note()
	do(ledger.Measure{Kind: "stop_order", TakenOn: taohe.NewDate(2022, 7, 1), Authority: "示例旗自然资源局"})
	note()
	if _, err := p.Feed(t.Context(), later.ID, "甲", nil); err != nil {
		t.Fatal(err)
	}
	note()
	for i, a := range all {
		again := papersAt(t, p, run.ID, item.LicenceNo, a.no)
		for name, before := range a.papers {
			if !bytes.Equal(again[name], before) {
				t.Errorf("%s of event %d comes out otherwise now", name, a.no)
			}
			if i > 0 && bytes.Equal(before, all[i-1].papers[name]) {
				t.Errorf("%s of event %d is that of event %d", name, a.no, all[i-1].no)
			}
		}
		for _, name := range []string{"annex1.docx", "annex2.docx", "dossier.docx"} {
			text := papertest.Read(t, a.papers[name]).Text
			if !strings.Contains(text, fmt.Sprintf("第 %d 号事件", a.no)) || !strings.Contains(text, a.sum[:12]) {
				t.Errorf("%s does not name event %d, %s", name, a.no, a.sum[:12])
			}
		}
	}
	no, _ := newest()
	if _, err := p.Annex1(t.Context(), pipeline.PaperScope{RunID: run.ID, LedgerEvent: no + 1}); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("of an event to come: %v", err)
	}
	if _, err := p.DossierAt(t.Context(), run.ID, item.LicenceNo, no+1); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("dossier of an event to come: %v", err)
	}
}

// What 附件2 says was done agrees with deeds done by hand and with statements
// written the naive way over the tables: items are counted once a measure, ground
// once, what was dismissed not at all.
func TestWhatWasDone(t *testing.T) {
	t.Parallel()
	p, pool, m := sampleRun(t, pipeline.Options{})
	run := firstRun(t, p)
	if _, err := p.Feed(t.Context(), run.ID, "甲", nil); err != nil {
		t.Fatal(err)
	}
	// Two items of one mine whose ground overlaps, one of another mine, one that is
	// dismissed, and one by hand.
	var ids []int64
	rows, err := pool.Query(t.Context(), `select unnest(array[a.id, b.id])
		from (select a.id as a, b.id as b from ledger_item a join ledger_item b on a.licence_no = b.licence_no and a.licence_no <> '' and a.id < b.id
		      and a.group_no = 1 and b.group_no = 1 and st_area(st_intersection(a.geom, b.geom)) > 1e-9 order by 1, 2 limit 1) x
		join ledger_item a on a.id = x.a join ledger_item b on b.id = x.b`)
	if err != nil {
		t.Fatal(err)
	}
	if ids, err = pgx.CollectRows(rows, pgx.RowTo[int64]); err != nil || len(ids) != 2 {
		t.Fatalf("no two items overlap: %v, %v", ids, err)
	}
	var dismissed int64
	if err := pool.QueryRow(t.Context(), `select min(id) from ledger_item where group_no = 3 and id <> all($1)`, ids).Scan(&dismissed); err != nil {
		t.Fatal(err)
	}
	hand, err := p.Enter(t.Context(), ledger.Entered{
		By: "甲", CountyCode: m.County.Code, Enterprise: "手工录入公司", ProblemCode: "mine_environment", Problem: "扬尘未治理",
	})
	if err != nil {
		t.Fatal(err)
	}
	do := func(id int64, by string, deeds ...ledger.Deed) {
		t.Helper()
		for _, deed := range deeds {
			if _, err := p.Do(t.Context(), ledger.Act{ItemID: id, By: by}, deed); err != nil {
				t.Fatalf("item %d, %T: %v", id, deed, err)
			}
		}
	}
	day := taohe.NewDate(2022, 7, 1)
	fine := func(yuan float64) ledger.Measure {
		return ledger.Measure{Kind: "penalty", Number: "罚〔2022〕1号", TakenOn: day, AmountYuan: &yuan, Authority: "示例旗自然资源局"}
	}
	stop := ledger.Measure{Kind: "stop_order", TakenOn: day, Authority: "示例旗自然资源局"}
	do(ids[0], "乙", ledger.Confirm{}, fine(10000.5), fine(20000))
	do(ids[1], "乙", ledger.Confirm{}, fine(5), stop)
	do(hand.ID, "乙", stop)
	do(dismissed, "乙", stop, ledger.Dismiss{Reason: "误判"})
	do(ids[1], "乙", ledger.Assign{Responsible: "王某", Rank: "正科级", Contact: "1", Measures: "退出", Deadline: day}, ledger.Start{},
		ledger.Propose{As: ledger.Withdrawn, Evidence: ledger.Evidence{Reason: "另案处理"}})
	do(ids[1], "丙", ledger.Approve{})

	a, err := p.Annex2(t.Context(), pipeline.PaperScope{RunID: run.ID})
	if err != nil {
		t.Fatal(err)
	}
	var unionM2, oneM2 float64
	if err := pool.QueryRow(t.Context(), `select ellipsoidal_area_m2(st_union(geom)), min(ellipsoidal_area_m2(geom)) filter (where item_id = $2)
		from ledger_sighting where item_id = any($1)`, ids, ids[1]).Scan(&unionM2, &oneM2); err != nil {
		t.Fatal(err)
	}
	type want struct {
		items int
		m2    float64
		yuan  float64
	}
	wants := map[string]want{"处罚": {2, unionM2, 30005.5}, "责令停止": {2, oneM2, 0}, "撤回": {1, oneM2, 0}}
	for _, d := range append(a.Progress.Measures, a.Progress.Closed...) {
		w := wants[d.Title]
		if d.Count != w.items || math.Abs(d.EllipsoidalAreaM2-w.m2) > 0.006 || d.FinedYuan != w.yuan {
			t.Errorf("%s: %d items, %.2f m², %.2f yuan; want %+v", d.Title, d.Count, d.EllipsoidalAreaM2, d.FinedYuan, w)
		}
		if len(d.Counties) != 1 || d.Counties[0].Area != d.Area || d.Counties[0].Count != d.Count {
			t.Errorf("%s: by county %+v", d.Title, d.Counties)
		}
		delete(wants, d.Title)
	}
	if len(wants) > 0 {
		t.Errorf("not on the paper: %v", wants)
	}
	if g := a.Progress; g.Items != len(allItems(t, p))-1 || g.Rectified != 1 {
		t.Errorf("%d items, %d closed", g.Items, g.Rectified)
	}
	text := papertest.Read(t, papertest.Write(t, func(w io.Writer) error { return report.WriteAnnex2DOCX(w, a) })).Text
	for _, want := range []string{"查处情况：立案0个、面积0.00亩；处罚2个、面积", "、金额30005.50元；责令停止2个", "撤回1个、面积", "信用公示"} {
		if strings.Contains(text, want) == (want == "信用公示") {
			t.Errorf("%q: %v", want, !strings.Contains(text, want))
		}
	}
}
