package ingest

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/taohe-gis/taohe"
)

var diagnosticColumns = []string{"序号", "代码", "处理", "行", "字段", "经度", "纬度", "说明", "English", "参数"}

var severityWords = map[taohe.Severity]string{
	taohe.Refused: "未采用", taohe.Held: "暂不计入", taohe.Repaired: "已修复", taohe.Noted: "提示",
}

// WriteDiagnosticsCSV writes diagnostics for a spreadsheet: with a byte order
// mark, so that Chinese is shown, with no cell that could be taken for a formula.
func WriteDiagnosticsCSV(w io.Writer, all iter.Seq2[StoredDiagnostic, error]) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(diagnosticColumns); err != nil {
		return err
	}
	for d, err := range all {
		if err != nil {
			return err
		}
		row, lon, lat := "", "", ""
		if d.Row > 0 {
			row = strconv.Itoa(d.Row)
		}
		if d.At != nil {
			lon, lat = strconv.FormatFloat(d.At[0], 'f', 9, 64), strconv.FormatFloat(d.At[1], 'f', 9, 64)
		}
		args, err := json.Marshal(nonNil(d.Args))
		if err != nil {
			return err
		}
		err = out.Write([]string{
			strconv.Itoa(d.No), d.Code, severityWords[d.Severity()], row, notAFormula(d.Field), lon, lat,
			notAFormula(d.Chinese()), notAFormula(d.English()), string(args),
		})
		if err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// notAFormula puts an apostrophe before what a spreadsheet would compute; those
// of East Asia take the full-width signs too.
func notAFormula(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + s
	}
	return s
}

// A DiagnosticLine is a diagnostic with its words, as JSON shows it.
type DiagnosticLine struct {
	No       int               `json:"no"`
	Code     string            `json:"code"`
	Severity string            `json:"severity" doc:"refused 未采用、held 暂不计入、repaired 已修复、noted 提示"`
	Row      *int              `json:"row" doc:"源文件中的行号，从 1 起；null：说的是整个文件"`
	Field    string            `json:"field"`
	At       []float64         `json:"at" doc:"经度、纬度；位置不明时为空"`
	Chinese  string            `json:"chinese"`
	English  string            `json:"english"`
	Args     map[string]string `json:"args"`
}

// Line is the diagnostic with its words.
func (d StoredDiagnostic) Line() DiagnosticLine {
	out := DiagnosticLine{
		No: d.No, Code: d.Code, Severity: string(d.Severity()), Field: d.Field, At: []float64{},
		Chinese: d.Chinese(), English: d.English(), Args: nonNil(d.Args),
	}
	if d.Row > 0 {
		out.Row = &d.Row
	}
	if d.At != nil {
		out.At = d.At[:]
	}
	return out
}

// WriteDiagnosticsGeoJSON writes a point for each diagnostic; those without a
// place too, with a null geometry, as RFC 7946 §3.2 has it.
func WriteDiagnosticsGeoJSON(w io.Writer, all iter.Seq2[StoredDiagnostic, error]) error {
	type point struct {
		Type        string    `json:"type"`
		Coordinates []float64 `json:"coordinates"`
	}
	type feature struct {
		Type       string         `json:"type"`
		ID         int            `json:"id"`
		Geometry   *point         `json:"geometry"`
		Properties DiagnosticLine `json:"properties"`
	}
	return writeJSONList(w, `{"type":"FeatureCollection","features":[`, all, func(d StoredDiagnostic) any {
		f := feature{Type: "Feature", ID: d.No, Properties: d.Line()}
		if d.At != nil {
			f.Geometry = &point{"Point", d.At[:]}
		}
		return f
	})
}

// WriteDiagnosticsJSON writes an object whose items are the diagnostics.
func WriteDiagnosticsJSON(w io.Writer, all iter.Seq2[StoredDiagnostic, error]) error {
	return writeJSONList(w, `{"items":[`, all, func(d StoredDiagnostic) any { return d.Line() })
}

func writeJSONList(w io.Writer, head string, all iter.Seq2[StoredDiagnostic, error], item func(StoredDiagnostic) any) error {
	if _, err := io.WriteString(w, head); err != nil {
		return err
	}
	separator := ""
	for d, err := range all {
		if err != nil {
			return err
		}
		b, err := json.Marshal(item(d))
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, separator+string(b)); err != nil {
			return err
		}
		separator = ",\n"
	}
	_, err := io.WriteString(w, "]}\n")
	return err
}
