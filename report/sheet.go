package report

import (
	"strconv"

	"github.com/taohe-gis/taohe/report/docx"
)

// A sheet is a table of a paper before it is one of a document or a workbook.
type sheet struct {
	name    string
	columns []column
	rows    [][]any // string, int or figure
}

// A column has a title, a share of the width, and the style of its cells.
type column struct {
	title string
	share float64
	style docx.Style
}

// A figure is a number with the decimals it is printed with.
type figure struct {
	v        float64
	decimals int
}

func (f figure) String() string { return strconv.FormatFloat(f.v, 'f', f.decimals, 64) }

// fixed are figures of two decimals: square metres and mu.
func fixed(v float64) figure { return figure{v, 2} }

// orDash is an area's mu, or a dash where there is none.
func orDash(a *Area) any {
	if a == nil {
		return "—"
	}
	return fixed(a.Mu)
}

func cellText(v any) string {
	switch v := v.(type) {
	case int:
		return strconv.Itoa(v)
	case figure:
		return v.String()
	case string:
		return v
	}
	return ""
}

// table is the sheet as a table of a document, so wide.
func (s sheet) table(widthMM float64) docx.Table {
	total := 0.0
	for _, c := range s.columns {
		total += c.share
	}
	t := docx.Table{}
	head := docx.Row{}
	for _, c := range s.columns {
		t.WidthsMM = append(t.WidthsMM, c.share*widthMM/total)
		head = append(head, docx.C(docx.TableHead, c.title))
	}
	t.Head = []docx.Row{head}
	for _, r := range s.rows {
		row := docx.Row{}
		for i, v := range r {
			row = append(row, docx.C(s.columns[i].style, cellText(v)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
