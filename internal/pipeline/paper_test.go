package pipeline_test

import (
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/taohe-gis/taohe/internal/papertest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/report"
)

// Every mine of the sample county has a dossier whose printed parts add up: the
// account, the connected pieces, the polygons of each finding.
func TestDossiersAddUp(t *testing.T) {
	t.Parallel()
	p, _, m := sample(t, pipeline.Options{})
	run := execute(t, p, m.AsOf)
	mines, err := p.Mines(t.Context(), run.ID, "", "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	tables := 0
	for _, l := range mines {
		d, err := p.Dossier(t.Context(), 0, l.LicenceNo)
		if err != nil {
			t.Fatal(err)
		}
		paper := papertest.Read(t, papertest.Write(t, func(w io.Writer) error { return report.WriteDossierDOCX(w, *d) }))
		account := paper.Headed("类别")[0]
		for _, table := range append(paper.Headed("地块", "面积（平方米）"), account) {
			papertest.AddsUp(t, table, 1)
			papertest.AddsUp(t, table, 2)
			tables++
		}
		for _, components := range paper.Headed("连片", "认定", "影像日期", "面积（亩）") {
			papertest.AddsUp(t, append(slices.Clone(components), []string{"", "", "", account[len(account)-1][2]}), 3)
		}
	}
	if tables <= len(mines) {
		t.Errorf("%d tables of %d mines, which cannot be all", tables, len(mines))
	}
	if _, err := p.Dossier(t.Context(), run.ID, "C0000000000000000000000"); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("a mine that is not there: %v", err)
	}
}

// The form has every line of the ledger, each under its working group, in the
// ledger's columns.
func TestAnnex1IsTheLedger(t *testing.T) {
	t.Parallel()
	p, _, m := sample(t, pipeline.Options{})
	run := execute(t, p, m.AsOf)
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
