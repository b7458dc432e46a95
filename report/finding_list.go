package report

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A FindingLine is a finding in a list of those of many mines.
type FindingLine struct {
	ID          string `json:"id" doc:"问题编号：套合编号-许可证号-规则代码；依据见 /v1/findings/{id}"`
	LicenceNo   string `json:"licence_no"`
	CountyCode  string `json:"county_code"`
	Township    string `json:"township"`
	Enterprise  string `json:"enterprise"`
	MineName    string `json:"mine_name"`
	Rule        string `json:"rule"`
	Title       string `json:"title"`
	ProblemType string `json:"problem_type"`
	Group       int    `json:"group" doc:"排查工作组"`
	Severity    string `json:"severity"`
	Area
	WithinTolerance Area     `json:"within_tolerance"`
	Places          *int     `json:"places" doc:"处数；不按处计的为 null"`
	MetresAbove     *float64 `json:"metres_above" doc:"向上超出标高的最大米数"`
	MetresBelow     *float64 `json:"metres_below" doc:"向下超出标高的最大米数"`
	Certainty       string   `json:"certainty" doc:"certain、boundary_dependent 或 unknown；不依据影像的为空"`
	CertaintyTitle  string   `json:"certainty_title"`
	PositionErrorM  *float64 `json:"position_error_m" doc:"所依据图斑的最大位置误差，米"`
	EWKB            []byte   `json:"-"`
}

// A FindingColumn is a column of a table of findings: a name that a shapefile can
// hold, the title for a spreadsheet, and the value: string, int64 or float64.
type FindingColumn struct {
	Name, Title string
	Value       func(FindingLine) any
}

// FindingColumns are the columns of such a table, in order.
var FindingColumns = []FindingColumn{
	{"ID", "编号", func(f FindingLine) any { return f.ID }},
	{"XKZH", "采矿许可证号", func(f FindingLine) any { return f.LicenceNo }},
	{"KSMC", "矿山名称", func(f FindingLine) any { return f.MineName }},
	{"QYMC", "矿山企业", func(f FindingLine) any { return f.Enterprise }},
	{"XZQDM", "旗区代码", func(f FindingLine) any { return f.CountyCode }},
	{"XZMC", "苏木镇", func(f FindingLine) any { return f.Township }},
	{"GZDM", "规则", func(f FindingLine) any { return f.Rule }},
	{"YSWT", "疑似问题", func(f FindingLine) any { return "疑似" + f.Title }},
	{"GZZ", "工作组", func(f FindingLine) any { return int64(f.Group) }},
	{"TQMJ_M2", "椭球面积（平方米）", func(f FindingLine) any { return f.EllipsoidalAreaM2 }},
	{"MJ_MU", "面积（亩）", func(f FindingLine) any { return f.Mu }},
	{"RC_MU", "容差内面积（亩）", func(f FindingLine) any { return f.WithinTolerance.Mu }},
	{"KKX", "可靠性", func(f FindingLine) any { return f.CertaintyTitle }},
}

// WriteFindingsCSV writes findings as a table: UTF-8 with a byte order mark,
// which spreadsheets need to see.
func WriteFindingsCSV(w io.Writer, all iter.Seq2[FindingLine, error]) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	var row []string
	for _, c := range FindingColumns {
		row = append(row, c.Title)
	}
	if err := out.Write(row); err != nil {
		return err
	}
	for f, err := range all {
		if err != nil {
			return err
		}
		for i, c := range FindingColumns {
			switch v := c.Value(f).(type) {
			case string:
				row[i] = notAFormula(v)
			case float64:
				row[i] = strconv.FormatFloat(v, 'f', 2, 64)
			case int64:
				row[i] = strconv.FormatInt(v, 10)
			}
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// notAFormula keeps a spreadsheet from running text that came from an upload.
func notAFormula(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + s
	}
	return s
}

// WriteFindingsGeoJSON writes findings as a feature collection (RFC 7946), one
// after the other.
func WriteFindingsGeoJSON(w io.Writer, all iter.Seq2[FindingLine, error]) error {
	separator := `{"type":"FeatureCollection","features":[`
	for f, err := range all {
		if err != nil {
			return err
		}
		geometry, err := geometryJSON(f.EWKB)
		if err != nil {
			return err
		}
		text, err := json.Marshal(feature{"Feature", geometry, f})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, separator+string(text)); err != nil {
			return err
		}
		separator = ",\n"
	}
	if separator[0] == '{' {
		if _, err := io.WriteString(w, separator); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "]}\n")
	return err
}
