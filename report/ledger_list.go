package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/taohe-gis/taohe/report/docx"
)

// A LedgerLine is an item of the ledger in a table of them: the columns of 附件1 with
// what the list itself shows beside them.
type LedgerLine struct {
	ID               int64
	Enterprise       string
	LicenceNo        string
	Township         string
	MethodAndMineral string
	ProblemType      string
	Problem          string
	Mu               *float64 // nil where nothing was measured
	Measures         string
	Deadline         string
	Responsible      string
	AssignedTo       string
	State            string
}

var ledgerColumns = []column{
	{"编号", 14, docx.CellCentred},
	{"矿山企业", 56, docx.CellText},
	{"采矿许可证号", 50, docx.CellText},
	{"行政区域（苏木镇）", 26, docx.CellText},
	{"开采方式、矿种", 30, docx.CellText},
	{"问题类型", 42, docx.CellText},
	{"排查发现问题", 90, docx.CellText},
	{"亩", 22, docx.CellText},
	{"整改措施", 48, docx.CellText},
	{"完成整改时限", 26, docx.CellText},
	{"整改责任人及联系方式", 40, docx.CellText},
	{"承办人", 20, docx.CellText},
	{"状态", 20, docx.CellText},
}

// cells are the line in these columns.
func (l LedgerLine) cells() []any {
	mu := any("")
	if l.Mu != nil {
		mu = fixed(*l.Mu)
	}
	return []any{
		strconv.FormatInt(l.ID, 10), l.Enterprise, l.LicenceNo, l.Township, l.MethodAndMineral, l.ProblemType, l.Problem, mu, l.Measures, l.Deadline,
		l.Responsible, l.AssignedTo, l.State,
	}
}

// WriteLedgerCSV writes items in UTF-8 with a byte order mark, so that spreadsheets
// show the Chinese.
func WriteLedgerCSV(w io.Writer, lines []LedgerLine) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	row := make([]string, len(ledgerColumns))
	for i, c := range ledgerColumns {
		row[i] = c.title
	}
	if err := out.Write(row); err != nil {
		return err
	}
	for _, l := range lines {
		for i, v := range l.cells() {
			row[i] = notAFormula(cellText(v))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// WriteLedgerXLSX writes the same as a workbook of one sheet, set up for print.
func WriteLedgerXLSX(w io.Writer, lines []LedgerLine) error {
	s := sheet{name: "台账", columns: ledgerColumns}
	for _, l := range lines {
		s.rows = append(s.rows, l.cells())
	}
	b := newWorkbook()
	b.do(b.f.SetSheetName("Sheet1", s.name))
	b.sheet(s, sheetStyles(b))
	if err := b.write(w); err != nil {
		return fmt.Errorf("workbook of the ledger: %w", err)
	}
	return nil
}
