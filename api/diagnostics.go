package api

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
)

// Diagnostic is one fault or remark about the data of a dataset.
type Diagnostic struct {
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

func diagnosticBody(d ingest.StoredDiagnostic) Diagnostic {
	out := Diagnostic{
		No: d.No, Code: d.Code, Severity: string(d.Severity()), Field: d.Field, At: []float64{},
		Chinese: d.Chinese(), English: d.English(), Args: filled(d.Args),
	}
	if d.Row > 0 {
		out.Row = &d.Row
	}
	if d.At != nil {
		out.At = d.At[:]
	}
	return out
}

// DiagnosticCount says how often a code was met; more may have been met than
// are listed.
type DiagnosticCount struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Count    int64  `json:"count"`
}

// DiagnosticPage is a page of the diagnostics of a dataset.
type DiagnosticPage struct {
	DatasetID int64             `json:"dataset_id"`
	Counts    []DiagnosticCount `json:"counts" doc:"各代码出现的次数（全部）"`
	Items     []Diagnostic      `json:"items" doc:"每个代码至多保存 1000 条"`
	Next      *string           `json:"next"`
}

type diagnosticsRequest struct {
	DatasetPath
	After  int    `query:"after" minimum:"0" maximum:"2147483647" doc:"只列序号更大的；csv、geojson 总是给出全部"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Format string `query:"format" enum:"json,geojson,csv" doc:"代替 Accept"`
}

func (s *service) listDiagnostics(ctx context.Context, in *diagnosticsRequest) (*huma.StreamResponse, error) {
	limit, after := in.Limit+1, in.After
	kind := representation(ctx)
	if kind != jsonType {
		limit, after = diagnosticsBatch, 0
	}
	stored, counts, err := s.Pipeline.Diagnostics(ctx, in.ID, after, limit)
	if err != nil {
		return nil, err
	}
	if kind != jsonType {
		return s.diagnosticsFile(ctx, in.ID, kind, stored), nil
	}
	page := DiagnosticPage{DatasetID: in.ID, Counts: each(counts, func(c ingest.DiagnosticCount) DiagnosticCount {
		return DiagnosticCount{Code: c.Code, Severity: string(c.Severity), Count: c.Count}
	})}
	stored, more := cut(stored, in.Limit)
	page.Items = each(stored, diagnosticBody)
	if more {
		page.Next = next(fmt.Sprintf("/v1/datasets/%d/diagnostics", in.ID),
			"after", strconv.Itoa(stored[len(stored)-1].No), "limit", strconv.Itoa(in.Limit))
	}
	return stream(jsonType, "", func(w io.Writer) error { return writeJSON(w, page) }), nil
}

// diagnosticsBatch is how many diagnostics a file is written at a time.
const diagnosticsBatch = 1000

// diagnosticsFile streams all diagnostics of a dataset, the first batch of
// which is given.
func (s *service) diagnosticsFile(ctx context.Context, id int64, kind string, batch []ingest.StoredDiagnostic) *huma.StreamResponse {
	all := func(yield func(Diagnostic) error) error {
		for {
			for _, d := range batch {
				if err := yield(diagnosticBody(d)); err != nil {
					return err
				}
			}
			if len(batch) < diagnosticsBatch {
				return nil
			}
			var err error
			if batch, _, err = s.Pipeline.Diagnostics(ctx, id, batch[len(batch)-1].No, diagnosticsBatch); err != nil {
				return err
			}
		}
	}
	name := fmt.Sprintf("dataset-%d-diagnostics", id)
	if kind == csvType {
		return stream(csvType+"; charset=utf-8", name+".csv", func(w io.Writer) error { return diagnosticsCSV(w, all) })
	}
	return stream(geoJSONType, name+".geojson", func(w io.Writer) error { return diagnosticsGeoJSON(w, all) })
}

var diagnosticColumns = []string{"序号", "代码", "处理", "行", "字段", "经度", "纬度", "说明", "English"}

var severityWords = map[string]string{
	string(taohe.Refused): "未采用", string(taohe.Held): "暂不计入", string(taohe.Repaired): "已修复", string(taohe.Noted): "提示",
}

// diagnosticsCSV begins with a byte order mark, so that spreadsheets show the
// Chinese, and keeps them from taking a value for a formula.
func diagnosticsCSV(w io.Writer, all func(func(Diagnostic) error) error) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(diagnosticColumns); err != nil {
		return err
	}
	err := all(func(d Diagnostic) error {
		row, lon, lat := "", "", ""
		if d.Row != nil {
			row = strconv.Itoa(*d.Row)
		}
		if len(d.At) == 2 {
			lon, lat = strconv.FormatFloat(d.At[0], 'f', 9, 64), strconv.FormatFloat(d.At[1], 'f', 9, 64)
		}
		return out.Write([]string{
			strconv.Itoa(d.No), d.Code, severityWords[d.Severity], row, notAFormula(d.Field), lon, lat, notAFormula(d.Chinese), notAFormula(d.English),
		})
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

func notAFormula(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// diagnosticsGeoJSON writes those without a place too, with a null geometry, as
// RFC 7946 §3.2 has it.
func diagnosticsGeoJSON(w io.Writer, all func(func(Diagnostic) error) error) error {
	if _, err := io.WriteString(w, `{"type":"FeatureCollection","features":[`); err != nil {
		return err
	}
	separator := ""
	err := all(func(d Diagnostic) error {
		type point struct {
			Type        string    `json:"type"`
			Coordinates []float64 `json:"coordinates"`
		}
		f := struct {
			Type       string     `json:"type"`
			ID         int        `json:"id"`
			Geometry   *point     `json:"geometry"`
			Properties Diagnostic `json:"properties"`
		}{Type: "Feature", ID: d.No, Properties: d}
		if len(d.At) == 2 {
			f.Geometry = &point{"Point", d.At}
		}
		b, err := json.Marshal(f)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, separator+string(b))
		separator = ",\n"
		return err
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "]}\n")
	return err
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// stream is a reply of a media type, offered as a file when it has a name. When
// writing fails half-way the connection is broken off, so that nobody takes
// half for the whole.
func stream(mediaType, name string, write func(io.Writer) error) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", mediaType)
		if name != "" {
			ctx.SetHeader("Content-Disposition", `attachment; filename="`+name+`"`)
		}
		ctx.SetStatus(http.StatusOK)
		if err := write(ctx.BodyWriter()); err != nil {
			panic(fmt.Errorf("write reply: %w", err))
		}
	}}
}
