package report

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/taohe-gis/taohe"
)

// The rows of a sheet of 附件1: title, working group, head; lines from there on.
const (
	annex1TitleRow = 1 + iota
	annex1GroupRow
	annex1HeadRow
	annex1FirstRow
)

// The columns of 附件1 that a person fills in, checked as they do.
const (
	annex1DeadlineColumn    = 8
	annex1ResponsibleColumn = 9
)

// ranksSheet lists the ranks that the person answerable may have.
const ranksSheet = "职级"

// WriteAnnex1XLSX writes 附件1 as a workbook: a sheet for each working group, set
// up for print on A3, in which the deadline must be a day no later than the
// campaign's for that line, and the person answerable is asked for with rank.
func WriteAnnex1XLSX(w io.Writer, a Annex1) error {
	b := newWorkbook()
	s := annex1Styles(b)
	for i, g := range a.Groups {
		sheet := fmt.Sprintf("第%d工作组", g.Group)
		if i == 0 {
			b.do(b.f.SetSheetName("Sheet1", sheet))
		} else {
			_, err := b.f.NewSheet(sheet)
			b.do(err)
		}
		b.annex1(sheet, a, g, s)
	}
	_, err := b.f.NewSheet(ranksSheet)
	b.do(err)
	for i, r := range Ranks {
		b.text(ranksSheet, 1, i+1, s.text, r)
	}
	b.do(b.f.SetSheetVisible(ranksSheet, false))
	if err := b.write(w); err != nil {
		return fmt.Errorf("annex 1: %w", err)
	}
	return nil
}

type annex1Style struct{ title, group, head, text, centred, date, note int }

func annex1Styles(b *workbook) annex1Style {
	font := func(family string, points float64) *excelize.Font {
		return &excelize.Font{Family: family, Size: points}
	}
	align := func(horizontal, vertical string) *excelize.Alignment {
		return &excelize.Alignment{Horizontal: horizontal, Vertical: vertical, WrapText: true}
	}
	border := []excelize.Border{}
	for _, side := range []string{"left", "top", "right", "bottom"} {
		border = append(border, excelize.Border{Type: side, Color: "000000", Style: 1})
	}
	const text = 49 // the number format @
	return annex1Style{
		title:   b.style(excelize.Style{Font: font("方正小标宋简体", 22), Alignment: align("center", "center"), NumFmt: text}),
		group:   b.style(excelize.Style{Font: font("楷体_GB2312", 16), Alignment: align("left", "center"), NumFmt: text}),
		head:    b.style(excelize.Style{Font: font("黑体", 12), Alignment: align("center", "center"), Border: border, NumFmt: text}),
		text:    b.style(excelize.Style{Font: font("仿宋_GB2312", 12), Alignment: align("left", "center"), Border: border, NumFmt: text}),
		centred: b.style(excelize.Style{Font: font("仿宋_GB2312", 12), Alignment: align("center", "center"), Border: border, NumFmt: text}),
		date:    b.style(excelize.Style{Font: font("仿宋_GB2312", 12), Alignment: align("center", "center"), Border: border, CustomNumFmt: new(`yyyy"年"m"月"d"日"`)}),
		note:    b.style(excelize.Style{Font: font("仿宋_GB2312", 12), Alignment: align("left", "top"), NumFmt: text}),
	}
}

func (b *workbook) annex1(sheet string, a Annex1, g Annex1Group, s annex1Style) {
	columns := len(annex1Columns)
	for i, c := range annex1Columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		b.do(err)
		b.do(b.f.SetColWidth(sheet, name, name, c.widthMM/mmPerCharacter))
		b.text(sheet, i+1, annex1HeadRow, s.head, c.title)
	}
	b.text(sheet, 1, annex1TitleRow, s.title, a.Title)
	b.merge(sheet, annex1TitleRow, columns, s.title)
	b.text(sheet, 1, annex1GroupRow, s.group, g.name())
	b.merge(sheet, annex1GroupRow, columns, s.group)
	for row, points := range map[int]float64{annex1TitleRow: 42, annex1GroupRow: 28, annex1HeadRow: 36} {
		b.do(b.f.SetRowHeight(sheet, row, points))
	}
	row := annex1FirstRow
	for i, r := range g.Rows {
		b.value(sheet, 1, row, s.centred, i+1)
		high := 2
		for c, text := range r.cells(i + 1) {
			switch column := c + 1; {
			case column == 1:
			case column == annex1DeadlineColumn && !r.Deadline.IsZero():
				b.value(sheet, column, row, s.date, serial(r.Deadline))
			case column == annex1DeadlineColumn:
				b.text(sheet, column, row, s.date, "")
			case column == 3 || column == 4:
				b.text(sheet, column, row, s.centred, text)
			default:
				b.text(sheet, column, row, s.text, text)
			}
			high = max(high, lines(text, annex1Columns[c].widthMM/mmPerWide-1))
		}
		b.high(sheet, row, 17*float64(high))
		row++
	}
	if len(g.Rows) == 0 {
		b.text(sheet, 1, row, s.centred, nothing)
		b.merge(sheet, row, columns, s.centred)
		row++
	}
	b.annex1Checks(sheet, a, g)
	for _, n := range a.notes(g) {
		b.text(sheet, 1, row, s.note, n)
		b.merge(sheet, row, columns, s.note)
		// A row of joined cells does not find its height by itself.
		b.do(b.f.SetRowHeight(sheet, row, 17*float64(lines(n, noteCharacters))))
		row++
	}
	b.landscapeA3(sheet, annex1HeadRow)
	b.do(b.f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: annex1HeadRow, TopLeftCell: b.cell(1, annex1FirstRow), ActivePane: "bottomLeft"}))
}

// annex1Checks asks for deadlines and persons as the form wants them.
func (b *workbook) annex1Checks(sheet string, a Annex1, g Annex1Group) {
	if len(g.Rows) == 0 {
		return
	}
	last := annex1HeadRow + len(g.Rows)
	// Lines of one deadline share a check.
	cells := map[taohe.Date]string{}
	var latest []taohe.Date
	for i, r := range g.Rows {
		by := r.Deadline
		if by.IsZero() {
			by = a.Deadline
		}
		if cells[by] == "" {
			latest = append(latest, by)
		} else {
			cells[by] += " "
		}
		cells[by] += b.cell(annex1DeadlineColumn, annex1FirstRow+i)
	}
	slices.SortFunc(latest, func(x, y taohe.Date) int { return x.Time().Compare(y.Time()) })
	for _, by := range latest {
		v := excelize.NewDataValidation(true)
		v.Sqref = cells[by]
		b.do(v.SetRange(1, serial(by), excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween))
		v.SetError(excelize.DataValidationErrorStyleStop, "完成整改时限", "请填写日期，不得晚于"+dayInWords(by)+"。")
		v.SetInput("完成整改时限", "不得晚于"+dayInWords(by)+"。")
		b.do(b.f.AddDataValidation(sheet, v))
	}
	first := b.cell(annex1ResponsibleColumn, annex1FirstRow)
	v := excelize.NewDataValidation(true)
	v.Sqref = first + ":" + b.cell(annex1ResponsibleColumn, last)
	ranks := fmt.Sprintf("%s!$A$1:$A$%d", ranksSheet, len(Ranks))
	b.do(v.SetRange(fmt.Sprintf("SUMPRODUCT(--ISNUMBER(SEARCH(%s,%s)))>0", ranks, first), "", excelize.DataValidationTypeCustom, excelize.DataValidationOperatorBetween))
	v.Operator = ""
	// A warning, not a stop: titles say a rank in more ways than a list holds.
	v.SetError(excelize.DataValidationErrorStyleWarning, "整改责任人", "没有写明职级。整改责任人至少为旗区副科级以上实职分管领导，请写明姓名、职务、职级和电话。仍要这样填写吗？")
	v.SetInput("整改责任人及联系方式", "姓名、职务、职级（副科级以上）、电话")
	b.do(b.f.AddDataValidation(sheet, v))
}

// A column of so many characters is so wide, in the type a new workbook has.
const mmPerCharacter = 1.95

// mmPerWide is how wide a Chinese character of 12 points is.
const mmPerWide = 12 * 25.4 / 72

// noteCharacters is how many characters of a note fill its line.
const noteCharacters = 85

// serial is a day as spreadsheets count: 1900-01-01 is 1, and a 29 February of
// that year is counted that never was.
func serial(d taohe.Date) int {
	return int(d.Time().Sub(time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24)
}
