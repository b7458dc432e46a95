package report

import (
	"fmt"
	"io"
	"slices"

	"github.com/xuri/excelize/v2"

	"github.com/taohe-gis/taohe/report/docx"
)

// WriteDossierXLSX writes the tables of a mine's dossier as a workbook, all of
// them whole: a sheet each, figures as numbers, for those who reckon on.
func WriteDossierXLSX(w io.Writer, d Dossier) error {
	identity := sheet{name: "基本情况", columns: []column{{"项目", 34, docx.CellCentred}, {"内容", 140, docx.CellText}}}
	for _, x := range d.identity() {
		identity.rows = append(identity.rows, []any{x[0], x[1]})
	}
	for _, x := range [][2]string{
		{"套合编号", fmt.Sprint(d.Run.ID)},
		{"截止日", d.Run.AsOf.String()},
		{"本矿 SHA-256", d.Run.MineDigest},
		{"台账", d.Ledger.Text(false)},
		{"面积口径", d.Surface},
		{"说明", "机器套合结果，除注明已核实的以外均为疑似线索，须实地核实。"},
	} {
		identity.rows = append(identity.rows, []any{x[0], x[1]})
	}
	first := []column{{"问题", 40, docx.CellText}, {"地块", 16, docx.CellCentred}}
	parts := sheet{name: "地块", columns: append(slices.Clone(first), columnM2, columnMu)}
	points := sheet{name: "界址点", columns: slices.Concat(first, corners(ExplainedPart{}).columns)}
	for i, f := range d.Findings {
		for _, p := range d.Items[i].Parts {
			parts.rows = append(parts.rows, []any{f.Title, p.No, fixed(p.EllipsoidalAreaM2), fixed(p.Mu)})
			for _, r := range corners(p).rows {
				points.rows = append(points.rows, append([]any{f.Title, p.No}, r...))
			}
		}
	}
	b := newWorkbook()
	st := sheetStyles(b)
	for i, s := range []sheet{identity, d.findings(), d.account(), d.components(), d.approvals(), parts, points, d.sources(), d.citations()} {
		if i == 0 {
			b.do(b.f.SetSheetName("Sheet1", s.name))
		} else {
			_, err := b.f.NewSheet(s.name)
			b.do(err)
		}
		b.sheet(s, st)
	}
	if err := b.write(w); err != nil {
		return fmt.Errorf("workbook of %s: %w", d.Mine.Mine.LicenceNo, err)
	}
	return nil
}

// A sheetStyle is the look of a plain table; numbers are by decimals.
type sheetStyle struct {
	head, text int
	number     map[int]int
}

func sheetStyles(b *workbook) sheetStyle {
	border := []excelize.Border{}
	for _, side := range []string{"left", "top", "right", "bottom"} {
		border = append(border, excelize.Border{Type: side, Color: "000000", Style: 1})
	}
	middle := &excelize.Alignment{Vertical: "center", WrapText: true}
	st := sheetStyle{
		head:   b.style(excelize.Style{Font: &excelize.Font{Family: "黑体", Size: 11}, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}, Border: border, NumFmt: 49}),
		text:   b.style(excelize.Style{Font: &excelize.Font{Family: "仿宋_GB2312", Size: 11}, Alignment: middle, Border: border, NumFmt: 49}),
		number: map[int]int{},
	}
	for decimals, format := range []string{"0", "0.0", "0.00", "0.000"} {
		st.number[decimals] = b.style(excelize.Style{Font: &excelize.Font{Family: "仿宋_GB2312", Size: 11}, Alignment: middle, Border: border, CustomNumFmt: &format})
	}
	return st
}

// sheet writes a table with its head on top.
func (b *workbook) sheet(s sheet, st sheetStyle) {
	for i, c := range s.columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		b.do(err)
		b.do(b.f.SetColWidth(s.name, name, name, c.share/mmPerCharacter))
		b.text(s.name, i+1, 1, st.head, c.title)
	}
	for r, row := range s.rows {
		high := 1
		for i, v := range row {
			switch v := v.(type) {
			case figure:
				b.value(s.name, i+1, r+2, st.number[v.decimals], v.v)
			case int:
				b.value(s.name, i+1, r+2, st.number[0], v)
			default:
				b.text(s.name, i+1, r+2, st.text, cellText(v))
				high = max(high, lines(cellText(v), s.columns[i].share/mmPerWide-1))
			}
		}
		b.high(s.name, r+2, 16*float64(high))
	}
	b.landscapeA3(s.name, 1)
	b.do(b.f.SetPanes(s.name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
}
