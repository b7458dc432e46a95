package api

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/ingest/record"
)

// Layer is a layer with its fields.
type Layer struct {
	Name   string       `json:"name"`
	Title  string       `json:"title"`
	Key    []string     `json:"key" doc:"区分各行的字段，第一个是名称；没有时为空"`
	Fields []LayerField `json:"fields"`
}

// LayerField is a field of a layer.
type LayerField struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Type     string   `json:"type" doc:"text、date、number、area、area_km2、licence_no、licence_ref、code（代码表之一）或 word（词表之一，表外的词按原样保留）"`
	Required bool     `json:"required"`
	Codes    string   `json:"codes" doc:"代码表或词表的名称；不是代码或词时为空"`
	Synonyms []string `json:"synonyms" doc:"认识的列名"`
}

// LayerCode is a code of a list with the ways it is written.
type LayerCode struct {
	Code      string   `json:"code"`
	Spellings []string `json:"spellings"`
}

// LayerCatalogue is what an upload may hold.
type LayerCatalogue struct {
	Layers []Layer                `json:"layers"`
	Codes  map[string][]LayerCode `json:"codes"`
}

func (s *service) layers(context.Context, *struct{}) (*body[LayerCatalogue], error) {
	catalogue := ingest.TheCatalogue()
	out := LayerCatalogue{Codes: map[string][]LayerCode{}}
	out.Layers = each(taohe.Layers(), func(l taohe.Layer) Layer {
		spec := catalogue.Layers[l]
		return Layer{Name: string(l), Title: l.Title(), Key: append([]string{}, spec.Key...), Fields: each(spec.Fields, func(f ingest.Field) LayerField {
			return LayerField{Name: f.Name, Title: f.Title, Type: string(f.Type), Required: f.Required, Codes: f.Codes, Synonyms: append([]string{}, f.Synonyms...)}
		})}
	})
	for list, codes := range catalogue.Lists() {
		out.Codes[list] = each(slices.Sorted(maps.Keys(codes)), func(code string) LayerCode {
			return LayerCode{Code: code, Spellings: append([]string{}, codes[code]...)}
		})
	}
	return &body[LayerCatalogue]{out}, nil
}

// DiagnosticKind is one entry of the catalogue of diagnostics.
type DiagnosticKind struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Chinese  string `json:"chinese" doc:"{name} 处填入 args 中的值"`
	English  string `json:"english"`
}

func (s *service) diagnosticKinds(context.Context, *struct{}) (*body[Page[DiagnosticKind]], error) {
	return &body[Page[DiagnosticKind]]{Page[DiagnosticKind]{
		Items: each(taohe.DiagnosticCatalogue(), func(k taohe.DiagnosticKind) DiagnosticKind {
			return DiagnosticKind{Code: k.Code, Severity: string(k.Severity), Chinese: k.Chinese, English: k.English}
		}),
	}}, nil
}

// Limits are what an upload, a file and a request may hold.
type Limits struct {
	Items []record.Limit `json:"items"`
}

func (s *service) limits(context.Context, *struct{}) (*body[Limits], error) {
	return &body[Limits]{Limits{Items: record.Shown(record.DefaultLimits(), s.MaxUploadBytes)}}, nil
}

// Health says that the service answers.
type Health struct {
	Status  string `json:"status"`
	Version string `json:"version"`
	Issuer  bool   `json:"issuer" doc:"可由统一认证登录（浏览器打开 /signin）"`
}

// health asks the database too: without it nothing else would be answered.
func (s *service) health(ctx context.Context, _ *struct{}) (*body[Health], error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := s.Health(ctx); err != nil {
		return nil, errors.Join(errUnavailable, err)
	}
	return &body[Health]{Health{Status: "ok", Version: s.Version, Issuer: s.Issuer != nil}}, nil
}
