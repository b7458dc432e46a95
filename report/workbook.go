package report

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/taohe-gis/taohe/report/opc"
)

// A workbook is a spreadsheet being written. The first fault stays and is
// returned at the end, so that a sheet reads as what it shows.
type workbook struct {
	f   *excelize.File
	err error
	// grows are the rows, by the part of their sheet, that find a new height when
	// someone writes into them.
	grows map[string]map[int]bool
}

func newWorkbook() *workbook {
	return &workbook{f: excelize.NewFile(), grows: map[string]map[int]bool{}}
}

// high gives a row a height for its text to begin with. A row without one is
// shown one line high by some programs, whatever is in it.
func (b *workbook) high(sheet string, row int, points float64) {
	b.do(b.f.SetRowHeight(sheet, row, points))
	no, err := b.f.GetSheetIndex(sheet)
	b.do(err)
	part := fmt.Sprintf("xl/worksheets/sheet%d.xml", no+1)
	if b.grows[part] == nil {
		b.grows[part] = map[int]bool{}
	}
	b.grows[part][row] = true
}

// lines is how many lines a text takes in a column, in characters as wide as
// high; others count half.
func lines(text string, characters float64) int {
	total := 0
	for line := range strings.SplitSeq(text, "\n") {
		wide := 0.0
		for _, r := range line {
			wide += 0.5
			if r > 0x2000 {
				wide += 0.5
			}
		}
		total += max(1, int(math.Ceil(wide/characters)))
	}
	return total
}

// fixedRow is how a row says that its height is meant.
var fixedRow = regexp.MustCompile(`<row r="(\d+)"([^>]*) customHeight="true"`)

func (b *workbook) do(err error) {
	if b.err == nil {
		b.err = err
	}
}

// text puts text into a cell. It stays text: a cell that reads =1+1 is not
// reckoned with, and not either when someone has edited it.
func (b *workbook) text(sheet string, column, row int, style int, s string) {
	if n := utf8.RuneCountInString(s); n > excelize.TotalCellChars {
		b.do(fmt.Errorf("row %d, column %d: %d characters are more than a cell holds", row, column, n))
		return
	}
	at := b.cell(column, row)
	b.do(b.f.SetCellStr(sheet, at, s))
	b.do(b.f.SetCellStyle(sheet, at, at, style))
}

// value puts a number into a cell.
func (b *workbook) value(sheet string, column, row int, style int, v any) {
	at := b.cell(column, row)
	b.do(b.f.SetCellValue(sheet, at, v))
	b.do(b.f.SetCellStyle(sheet, at, at, style))
}

func (b *workbook) cell(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	b.do(err)
	return name
}

// merge joins the cells of a row.
func (b *workbook) merge(sheet string, row, columns, style int) {
	b.do(b.f.MergeCell(sheet, b.cell(1, row), b.cell(columns, row)))
	b.do(b.f.SetCellStyle(sheet, b.cell(1, row), b.cell(columns, row), style))
}

func (b *workbook) style(s excelize.Style) int {
	no, err := b.f.NewStyle(&s)
	b.do(err)
	return no
}

// landscapeA3 lays a sheet out for print: one page wide, its first rows again on
// each page, page numbers between dashes.
func (b *workbook) landscapeA3(sheet string, titleRows int) {
	b.do(b.f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: new(paperA3), Orientation: new("landscape"), FitToWidth: new(1), FitToHeight: new(0)}))
	b.do(b.f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: new(true)}))
	b.do(b.f.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{Left: new(0.6), Right: new(0.6), Top: new(0.8), Bottom: new(0.8), Header: new(0.4), Footer: new(0.4), Horizontally: new(true)}))
	b.do(b.f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&C— &P —"}))
	b.do(b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$1:$%d", sheet, titleRows), Scope: sheet}))
}

const paperA3 = 8 // ST_PaperSize of ECMA-376, 18.3.1.63

// write writes the workbook, packed anew so that the same content gives the same
// bytes.
func (b *workbook) write(w io.Writer) error {
	var packed bytes.Buffer
	if b.err == nil {
		b.err = b.f.Write(&packed)
	}
	if b.err == nil {
		b.err = b.f.Close()
	}
	if b.err != nil {
		return fmt.Errorf("workbook: %w", b.err)
	}
	parts, err := opc.Read(packed.Bytes())
	if err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	for part, rows := range b.grows {
		parts[part] = fixedRow.ReplaceAllFunc(parts[part], func(row []byte) []byte {
			m := fixedRow.FindSubmatch(row)
			if no, err := strconv.Atoi(string(m[1])); err != nil || !rows[no] {
				return row
			}
			return fmt.Appendf(nil, `<row r="%s"%s`, m[1], m[2])
		})
	}
	return opc.Write(w, parts)
}
