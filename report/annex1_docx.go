package report

import (
	"fmt"
	"io"

	"github.com/taohe-gis/taohe/report/docx"
)

// WriteAnnex1DOCX writes 附件1 as a Word document on A3 landscape, each working
// group beginning a page.
func WriteAnnex1DOCX(w io.Writer, a Annex1) error {
	page := docx.A3Landscape
	d := docx.New(a.Title, page)
	widths, head := annex1Head(page.TextWidthMM())
	for i, g := range a.Groups {
		if i > 0 {
			d.Break()
		}
		d.Text(docx.Plain, "附件1")
		d.Text(docx.Title, a.Title)
		d.Text(docx.Plain, g.name())
		t := docx.Table{WidthsMM: widths, Head: []docx.Row{head}}
		for n, r := range g.Rows {
			row := docx.Row{}
			for c, text := range r.cells(n + 1) {
				style := docx.CellText
				if c == 0 || c == 2 || c == 3 || c == 7 {
					style = docx.CellCentred
				}
				row = append(row, docx.C(style, text))
			}
			t.Rows = append(t.Rows, row)
		}
		if len(g.Rows) == 0 {
			t.Rows = append(t.Rows, docx.Row{{Runs: []docx.Run{docx.T(nothing)}, Style: docx.CellCentred, Columns: len(widths)}})
		}
		d.Table(t)
		for _, n := range a.notes(g) {
			d.Text(docx.Note, n)
		}
	}
	if err := d.Write(w); err != nil {
		return fmt.Errorf("annex 1: %w", err)
	}
	return nil
}

// annex1Head is the head of the form, its columns stretched to a width.
func annex1Head(widthMM float64) (widths []float64, head docx.Row) {
	total := 0.0
	for _, c := range annex1Columns {
		total += c.widthMM
	}
	for _, c := range annex1Columns {
		widths = append(widths, c.widthMM*widthMM/total)
		head = append(head, docx.C(docx.TableHead, c.title))
	}
	return widths, head
}
