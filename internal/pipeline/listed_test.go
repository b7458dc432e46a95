package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// strip is a rectangle 0.001° high at a latitude, from one longitude to another
// in thousandths of a degree east of 109.6°.
func strip(south, from, to float64) string {
	west, east, north := 109.6+from/1000, 109.6+to/1000, south+0.001
	return fmt.Sprintf("POLYGON((%.9f %.9f,%.9f %.9f,%.9f %.9f,%.9f %.9f,%.9f %.9f))", west, south, east, south, east, north, west, north, west, south)
}

// A pit of no mine, an ownerless pit in a mine's plane and a pit 100 m from it
// reach the ledger and the list; what a newer image no longer shows reaches
// neither, and where no approval of a dump site is filed that is said.
func TestGroundOfNoMine(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	f := newFiler(t, pool)
	const licence = "C1599002012051120120001"
	rights, patches, approvals := f.dataset("mining_right", "default"), f.dataset("disturbance", "default"), f.dataset("land_approval", "default")
	reserves, townships := f.dataset("protected_area", "default"), f.dataset("division", "default")
	f.image(patches, "2021-06-30")
	f.image(patches, "2022-05-10")
	f.row("mining_right", rights, strip(40.1, 0, 10), "licence_no, enterprise, valid_from, valid_to", "'"+licence+"', '甲', '2012-01-01', '2032-01-01'")
	f.row("land_approval", approvals, strip(40.1, 0, 5), "kind, approval_no, licence_no, approved_on, valid_to", "'temporary_land', 'PZ', '"+licence+"', '2021-01-01', '2023-01-01'")
	f.row("protected_area", reserves, strip(40.3, 0, 5), "name, category, zone", "'白音自然保护区', 'nature_reserve', 'core'")
	f.row("division", townships, "POLYGON((109 40,110 40,110 40.4,109 40.4,109 40))", "code, name", "'159900100', '西滩镇'")
	for _, p := range []struct{ no, day, kind, shape, licence, ownership string }{
		{"无证", "2022-05-10", "pit", strip(40.3, 2, 12), "null", "null"},
		{"旧坑", "2021-06-30", "pit", strip(40.35, 2, 12), "null", "null"},
		{"扩大", "2021-06-30", "pit", strip(40.3, 8, 20), "null", "null"},
		{"无主", "2022-05-10", "abandoned_pit", strip(40.1, 7, 8), "null", "'ownerless'"},
		{"邻近", "2022-05-10", "abandoned_pit", strip(40.1, 11, 12), "null", "'owned'"},
		{"自有", "2022-05-10", "abandoned_pit", strip(40.1, 3, 4), "'" + licence + "'", "'owned'"},
		{"排土", "2022-05-10", "waste_dump", strip(40.1, 1, 2), "'" + licence + "'", "null"},
	} {
		f.row("disturbance", patches, p.shape, "patch_no, imaged_on, kind, licence_no, ownership",
			"'"+p.no+"', '"+p.day+"', '"+p.kind+"', "+p.licence+"::text, "+p.ownership+"::text")
	}
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	run := execute(t, p, taohe.NewDate(2022, 5, 31))

	listed, err := p.ListedGrounds(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := overlay.ShippedRules()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]report.ListedGround{}
	for _, g := range listed {
		got[g.PatchNo] = pipeline.ListedLine(g, rules)
	}
	for no, want := range map[string]string{
		"无证": "mining_without_licence", "无主": "abandoned_pit_unrestored", "邻近": "abandoned_pit_unrestored", "自有": "abandoned_pit_unrestored",
	} {
		if g, ok := got[no]; !ok || g.Rule != want || g.Township != "西滩镇" {
			t.Errorf("patch %s is listed %t: rule %q, township %q, want %q", no, ok, g.Rule, g.Township, want)
		}
	}
	if len(got) != 4 {
		t.Errorf("%d patches listed, want 4: the second image looked everywhere and shows the two old pits no more", len(got))
	}
	overlaps := got["无证"].Overlaps
	if len(overlaps) != 1 || overlaps[0].Name != "白音自然保护区" || overlaps[0].ClassTitle != "自然保护区核心区" ||
		overlaps[0].Mu < 0.29*got["无证"].Seen.Mu || overlaps[0].Mu > 0.31*got["无证"].Seen.Mu {
		t.Errorf("restricting ground %+v, want three tenths of %+v in the reserve's core", overlaps, got["无证"].Seen)
	}

	rows, err := p.LedgerRows(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range rows {
		lines = append(lines, strings.Join([]string{r.Enterprise, r.Township, r.ProblemType, r.Deadline, r.Problem}, " "))
	}
	for _, want := range []string{
		"（未归属矿山） 西滩镇 无证开采（含许可证过期） 2022-12-31 图斑 无证（影像日期 2022-05-10）疑似无证开采",
		"（无主） 西滩镇 尾矿坑未治理 2023-12-31 图斑 无主",
		"（未归属矿山） 西滩镇 尾矿坑未治理 2022-12-31 图斑 邻近",
		"甲 西滩镇 尾矿坑未治理 2022-12-31 （" + licence + "）疑似尾矿坑未治理 1 处，",
		"甲 西滩镇 排土场/排矸场未批先排 2022-06-30",
	} {
		n := 0
		for _, l := range lines {
			if strings.HasPrefix(l, want) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d ledger lines begin %q, want 1, in:\n%s", n, want, strings.Join(lines, "\n"))
		}
	}

	notes, err := p.Notes(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"approval.kind_not_filed", "patch.elevation_not_stated"} {
		if !slices.ContainsFunc(notes, func(n overlay.Note) bool { return n.Code == code }) {
			t.Errorf("no note %s", code)
		}
	}
	r, err := p.Report(t.Context(), run.ID, licence)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.NotEvaluated, func(n report.NotEvaluated) bool { return n.Rule == "dump_beyond_elevation" && n.Reason != "" }) {
		t.Errorf("the report does not say that the dump's height was not compared: %+v", r.NotEvaluated)
	}
}
