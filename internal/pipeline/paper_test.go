package pipeline_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/internal/papertest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/report"
)

// The form has every line of the ledger, each under its working group, in the
// ledger's columns.
func TestAnnex1IsTheLedger(t *testing.T) {
	t.Parallel()
	p, _, m := sampleRun(t, pipeline.Options{})
	run := firstRun(t, p)
	rows, err := p.LedgerRows(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	form, err := p.Annex1(t.Context(), pipeline.PaperScope{})
	if err != nil {
		t.Fatal(err)
	}
	var problems, want []string
	for _, g := range form.Groups {
		for _, r := range g.Rows {
			problems = append(problems, r.Problem)
		}
	}
	for _, r := range rows {
		want = append(want, r.Problem)
	}
	slices.Sort(problems)
	slices.Sort(want)
	if len(want) == 0 || !slices.Equal(problems, want) {
		t.Errorf("the form has %d lines, the ledger %d", len(problems), len(want))
	}
	paper := papertest.Read(t, papertest.Write(t, func(w io.Writer) error { return report.WriteAnnex1DOCX(w, form) }))
	head := slices.Clone(paper.Tables[0][0])
	for i, h := range head {
		head[i] = ""
		for _, r := range h {
			if r != '\n' {
				head[i] += string(r)
			}
		}
	}
	if !slices.Equal(head, ledger.Columns) {
		t.Errorf("columns %q, want %q", head, ledger.Columns)
	}
	group, err := p.Annex1(t.Context(), pipeline.PaperScope{Group: 3, County: m.County.Code})
	if err != nil || len(group.Groups) != 1 || group.Groups[0].Group != 3 || len(group.Groups[0].Rows) == 0 {
		t.Errorf("group 3 alone: %+v, %v", group, err)
	}
	for _, scope := range []pipeline.PaperScope{{RunID: 99}, {Group: 9}, {County: "150621"}, {RunID: run.ID, County: "150621"}} {
		if _, err := p.Annex1(t.Context(), scope); !errors.Is(err, pipeline.ErrNotFound) {
			t.Errorf("%+v: %v", scope, err)
		}
	}
}

// The briefing tells what changed since the run before: a pit dug on, another
// filled, by group and county, as printed adding up; and nothing where nothing
// changed.
func TestBriefing(t *testing.T) {
	t.Parallel()
	p, pool, m := sampleRun(t, pipeline.Options{})
	first := firstRun(t, p)
	if _, err := p.Briefing(t.Context(), pipeline.PaperScope{}, 0); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("nothing to compare with: %v", err)
	}
	// The mines of internal/sample/cases_bounds.go and cases_cover.go: 天岭石料
	// is filled, and of the forest of 西和煤矿 less is taken.
	newVersion(t, pool, "disturbance", `delete from disturbance where dataset_id = $1 and licence_no = 'C1599002011111120121406'`)
	newVersion(t, pool, "disturbance", `
		update disturbance d set geom = g.geom, ellipsoidal_area_m2 = ellipsoidal_area_m2(g.geom)
		from (select row_no as n, st_multi(st_segmentize(st_scale(geom, st_makepoint(0.5, 0.5), st_centroid(geom)), 0.0005)) as geom
		      from disturbance where dataset_id = $1 and licence_no = 'C1599002011081120121739') g
		where dataset_id = $1 and row_no = n`)
	second := execute(t, p, m.AsOf)
	b, err := p.Briefing(t.Context(), pipeline.PaperScope{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if b.Old.ID != first.ID || b.New.ID != second.ID || len(b.Groups) != 4 {
		t.Fatalf("runs %d and %d, %d groups", b.Old.ID, b.New.ID, len(b.Groups))
	}
	got := map[string]int{}
	for _, g := range b.Groups {
		for _, r := range g.Rows {
			if r.County != m.County.Name {
				t.Errorf("county %s", r.County)
			}
			got[r.ChangeTitle] += r.Findings
		}
	}
	// 天岭石料 had ground without approval and beyond its licence.
	if got["消失"] != 2 || got["缩小"] != 1 || len(got) != 2 {
		t.Errorf("changes %v", got)
	}
	write := func(w io.Writer) error { return report.WriteBriefingDOCX(w, b) }
	text := papertest.Write(t, write)
	if !bytes.Equal(text, papertest.Write(t, write)) {
		t.Error("the same briefing gives other bytes")
	}
	paper := papertest.Read(t, text)
	holdBriefing(t, paper, 2)
	for _, want := range []string{"示例旗矿山以案促改专项行动简报", "消失2个", "缩小1个", "减少影像图斑", "天岭石料", "与上次相比没有变化"} {
		if !strings.Contains(paper.Text, want) {
			t.Errorf("the briefing does not say %q", want)
		}
	}
	same, err := p.Briefing(t.Context(), pipeline.PaperScope{RunID: second.ID, Group: 3}, second.ID)
	if err != nil || len(same.Groups) != 1 || len(same.Groups[0].Rows) != 0 {
		t.Errorf("a run against itself: %+v, %v", same.Groups, err)
	}
}
