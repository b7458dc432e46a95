package ledger

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// Columns are the columns of the campaign's form (附件1), in its order and
// words.
var Columns = []string{
	"序号", "矿山企业", "行政区域(苏木镇)", "开采方式、矿种", "问题类型", "排查发现问题", "整改措施", "完成整改时限", "整改责任人及联系方式",
}

// A Row is one line of the form. What only people can say, the measures and
// the person answerable, stays empty until they say it.
type Row struct {
	// CountyCode and Group say whose form the line stands in; RuleCode is empty
	// for what no rule found. None of them is a column.
	CountyCode string
	Group      int
	RuleCode   string

	Enterprise       string
	Township         string
	MethodAndMineral string
	ProblemType      string
	Problem          string
	Measures         string
	Deadline         string
	Responsible      string
}

// WriteCSV writes rows in the form's columns, in UTF-8 with a byte order mark
// so that spreadsheets show the Chinese.
func WriteCSV(w io.Writer, rows []Row) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(Columns); err != nil {
		return err
	}
	for i, r := range rows {
		line := []string{
			strconv.Itoa(i + 1), r.Enterprise, r.Township, r.MethodAndMineral, r.ProblemType, r.Problem, r.Measures, r.Deadline, r.Responsible,
		}
		for j := range line {
			line[j] = NotAFormula(line[j])
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// NotAFormula keeps a spreadsheet from running text that came from an upload.
func NotAFormula(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
