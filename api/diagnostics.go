package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/taohe-gis/taohe/ingest"
)

// Diagnostic is one fault or remark about the data of a dataset.
type Diagnostic = ingest.DiagnosticLine

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
	if kind := representation(ctx); kind != jsonType {
		if _, err := s.Pipeline.Dataset(ctx, in.ID); err != nil {
			return nil, err
		}
		return s.diagnosticsFile(ctx, in.ID, kind), nil
	}
	stored, counts, err := s.Pipeline.Diagnostics(ctx, in.ID, in.After, in.Limit+1)
	if err != nil {
		return nil, err
	}
	page := DiagnosticPage{DatasetID: in.ID, Counts: each(counts, func(c ingest.DiagnosticCount) DiagnosticCount {
		return DiagnosticCount{Code: c.Code, Severity: string(c.Severity), Count: c.Count}
	})}
	stored, more := cut(stored, in.Limit)
	page.Items = each(stored, ingest.StoredDiagnostic.Line)
	if more {
		page.Next = next(fmt.Sprintf("/v1/datasets/%d/diagnostics", in.ID),
			"after", strconv.Itoa(stored[len(stored)-1].No), "limit", strconv.Itoa(in.Limit))
	}
	return stream(jsonType, "", func(w io.Writer) error { return writeJSON(w, page) }), nil
}

// diagnosticsFile streams all diagnostics of a dataset.
func (s *service) diagnosticsFile(ctx context.Context, id int64, kind string) *huma.StreamResponse {
	all := s.Pipeline.EachDiagnostic(ctx, id)
	name := fmt.Sprintf("dataset-%d-diagnostics", id)
	if kind == csvType {
		return stream(csvType+"; charset=utf-8", name+".csv", func(w io.Writer) error { return ingest.WriteDiagnosticsCSV(w, all) })
	}
	return stream(geoJSONType, name+".geojson", func(w io.Writer) error { return ingest.WriteDiagnosticsGeoJSON(w, all) })
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
	disposition := ""
	if name != "" {
		disposition = `attachment; filename="` + name + `"`
	}
	return streamAs(mediaType, disposition, write)
}

// streamAs is stream with the disposition as it is sent.
func streamAs(mediaType, disposition string, write func(io.Writer) error) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", mediaType)
		if disposition != "" {
			ctx.SetHeader("Content-Disposition", disposition)
		}
		ctx.SetStatus(http.StatusOK)
		if err := write(ctx.BodyWriter()); err != nil {
			panic(fmt.Errorf("write reply: %w", err))
		}
	}}
}
