package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"github.com/taohe-gis/taohe/report"
)

// schemaName tells the types of report from ours of the same name, and calls a
// problem what RFC 9457 calls it.
func schemaName(t reflect.Type, hint string) string {
	name := strings.TrimSuffix(huma.DefaultSchemaNamer(t, hint), "Error")
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if strings.HasSuffix(t.PkgPath(), "/report") {
		return "Report" + name
	}
	return strings.ReplaceAll(name, "PagePatch", "PageReportPatch")
}

// problemResponses documents what an operation may answer beside success, by
// status with the codes.
func problemResponses(doc *huma.OpenAPI, kinds []kindError) map[string]*huma.Response {
	schema := doc.Components.Schemas.Schema(reflect.TypeFor[ProblemError](), true, "Problem")
	codes := map[int][]string{}
	for _, k := range kinds {
		if !slices.Contains(codes[k.status], k.code) {
			codes[k.status] = append(codes[k.status], k.code)
		}
	}
	out := map[string]*huma.Response{}
	for status, c := range codes {
		slices.Sort(c)
		examples := map[string]*huma.Example{}
		for _, code := range c {
			examples[code] = &huma.Example{Ref: "#/components/examples/" + code}
		}
		out[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status) + ": " + strings.Join(c, ", "),
			Content:     map[string]*huma.MediaType{problemType: {Schema: schema, Examples: examples}},
		}
	}
	return out
}

// mediaSchema is the schema of a reply that is streamed.
func mediaSchema(doc *huma.OpenAPI, operation, mediaType string) *huma.Schema {
	schemas := doc.Components.Schemas
	switch {
	case mediaType == csvType:
		return &huma.Schema{Type: huma.TypeString, Description: "UTF-8 with a byte order mark"}
	case mediaType == geoJSONType:
		return &huma.Schema{Type: huma.TypeObject, Description: "GeoJSON feature collection (RFC 7946)", AdditionalProperties: true}
	case endings[mediaType] != "", mediaType == jpegType, mediaType == zipType, mediaType == gpkgType, mediaType == tiffType, mediaType == pngType, operation == "get-mine-map":
		return &huma.Schema{Type: huma.TypeString, Format: "binary"}
	case operation == "get-job-file":
		return &huma.Schema{Type: huma.TypeObject, Description: "What the request answers when it is waited for", AdditionalProperties: true}
	case operation == "get-mine-report":
		return schemas.Schema(reflect.TypeFor[report.Mine](), true, "Report")
	case mediaType == eventType:
		return &huma.Schema{Type: huma.TypeString, Description: "每个事件的 data 是一行 JSON：与 GET 该套合或任务相同；最后一个事件名为 end"}
	case operation == "get-statistics":
		return schemas.Schema(reflect.TypeFor[Statistics](), true, "Statistics")
	case operation == "list-findings":
		return schemas.Schema(reflect.TypeFor[FindingPage](), true, "FindingPage")
	case operation == "list-ledger-items":
		return schemas.Schema(reflect.TypeFor[Page[LedgerItem]](), true, "PageLedgerItem")
	case operation == "list-dataset-diagnostics":
		return schemas.Schema(reflect.TypeFor[DiagnosticPage](), true, "DiagnosticPage")
	}
	return nil
}

// requestSchemas are those a request is held against; only these are closed to
// members they do not name.
var requestSchemas = []string{
	"CheckRequest", "CountyRequest", "AcceptRequest", "RunRequest", "DossiersRequest", "LedgerFeedRequest", "LedgerItemRequest", "LedgerBy", "LedgerReasonRequest", "LedgerAssignRequest",
	"LedgerMeasureRequest", "LedgerFieldCheckRequest", "LedgerProposeRequest", "LedgerWebhookRequest",
	"SessionRequest", "PasswordRequest", "AccountRequest", "AccountChange", "TokenRequest",
}

// finish makes the document say what huma cannot know from types.
func finish(doc *huma.OpenAPI) {
	schemas := doc.Components.Schemas.Map()
	// huma's own error types, which never leave this program.
	delete(schemas, "ErrorModel")
	delete(schemas, "ErrorDetail")
	for name, s := range schemas {
		open(s, slices.Contains(requestSchemas, name))
	}
	for name := range schemas {
		if !slices.Contains(requestSchemas, name) {
			mayBeNull(doc.Components.Schemas, name)
		}
	}
	var codes []any
	for _, k := range problemKinds {
		codes = append(codes, k.code)
	}
	schemas["Problem"].Properties["code"].Enum = codes
	doc.Paths["/v1/datasets"].Post.RequestBody = uploadBody(formFields, "ZIP 打包的 Shapefile，或 GeoJSON")
	doc.Paths["/v1/inspections"].Post.RequestBody = uploadBody(inspectFields, "与上传时相同的文件")
	doc.Paths["/v1/orthophotos"].Post.RequestBody = uploadBody(orthophotoFields, "GeoTIFF，8 位灰度或红绿蓝，2000 国家大地坐标系或 WGS 84")
	describeDocuments(doc)
	exemplify(doc)
}

// mayBeNull says of each member that is a pointer to a struct that it may be
// null, which huma says of pointers to plain values alone.
func mayBeNull(registry huma.Registry, name string) {
	s, t := registry.Map()[name], registry.TypeFromRef("#/components/schemas/"+name)
	if t == nil || t.Kind() != reflect.Struct {
		return
	}
	for _, f := range reflect.VisibleFields(t) {
		member, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		p := s.Properties[member]
		if f.Type.Kind() == reflect.Pointer && p != nil && p.Ref != "" && !strings.Contains(options, "omit") {
			s.Properties[member] = &huma.Schema{Description: p.Description, AnyOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}}
		}
	}
}

// open takes null from lists, which are never null here, and lets replies grow.
func open(s *huma.Schema, request bool) {
	if s == nil {
		return
	}
	if s.Type == huma.TypeArray {
		s.Nullable = false
	}
	if s.Type == huma.TypeObject && !request && s.AdditionalProperties == false {
		s.AdditionalProperties = nil
	}
	open(s.Items, request)
	if more, ok := s.AdditionalProperties.(*huma.Schema); ok {
		open(more, request)
	}
	for _, p := range s.Properties {
		open(p, request)
	}
}

// uploadBody documents an upload form. It is added when huma no longer looks:
// an operation that declares a body has it read into memory.
func uploadBody(fields []formField, file string) *huma.RequestBody {
	form := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{
		"file": {Type: huma.TypeString, Format: "binary", Description: file},
	}, Required: []string{"file"}}
	for _, f := range fields {
		s := &huma.Schema{Type: huma.TypeString, Description: f.description}
		if f.repeated {
			s = &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString}, Description: f.description}
		}
		form.Properties[f.name] = s
		if f.required {
			form.Required = append(form.Required, f.name)
		}
	}
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{formType: {Schema: form}}}
}

// The addresses of what describes the service, with what they serve.
var documents = []struct{ path, id, summary, mediaType string }{
	{"/openapi.json", "get-openapi", "接口说明（OpenAPI 3.1）", openAPIType},
	{"/openapi-3.0.json", "get-openapi-3.0", "接口说明（OpenAPI 3.0，供较旧的代码生成器）", openAPIType},
	{"/docs", "get-docs", "接口说明，供人阅读；不需要网络", htmlType},
	{"/docs/style.css", "get-docs-style", "说明页的样式", cssType},
}

const (
	openAPIType = "application/openapi+json"
	htmlType    = "text/html"
	cssType     = "text/css"
)

// describeDocuments puts the description itself among what it describes.
func describeDocuments(doc *huma.OpenAPI) {
	for _, d := range documents {
		schema := &huma.Schema{Type: huma.TypeString}
		if d.mediaType == openAPIType {
			schema = &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
		}
		responses := problemResponses(doc, []kindError{errHost, errBadText})
		responses["200"] = &huma.Response{Description: http.StatusText(http.StatusOK), Content: map[string]*huma.MediaType{d.mediaType: {Schema: schema}}}
		doc.Paths[d.path] = &huma.PathItem{Get: &huma.Operation{OperationID: d.id, Summary: d.summary, Tags: []string{tagOf(d.path)}, Responses: responses}}
	}
}

// serveDocument serves the OpenAPI document, 3.1 and, for older generators, 3.0,
// and the page made of it.
func (s *service) serveDocument(r chi.Router, doc *huma.OpenAPI) {
	finish(doc)
	for i, write := range []func() ([]byte, error){
		func() ([]byte, error) { return json.Marshal(doc) },
		func() ([]byte, error) { return downgraded(doc) },
		func() ([]byte, error) { return page(doc) },
		func() ([]byte, error) { return pageStyle, nil },
	} {
		write, mediaType := sync.OnceValues(write), documents[i].mediaType
		if mediaType != openAPIType {
			mediaType += "; charset=utf-8"
		}
		r.Get(documents[i].path, func(w http.ResponseWriter, r *http.Request) {
			text, err := write()
			if err != nil {
				s.fail(w, r, fmt.Errorf("%s: %w", r.URL.Path, err))
				return
			}
			w.Header().Set("Content-Type", mediaType)
			w.Header().Set("Content-Security-Policy", pagePolicy)
			_, _ = w.Write(text) // the client may be gone
		})
	}
}

// downgraded is the document as 3.0, which has no null type: what may be null
// beside a reference says so with nullable.
func downgraded(doc *huma.OpenAPI) ([]byte, error) {
	text, err := doc.Downgrade()
	if err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, err
	}
	nullable(tree)
	return json.Marshal(tree)
}

func nullable(tree any) {
	switch v := tree.(type) {
	case []any:
		for _, item := range v {
			nullable(item)
		}
	case map[string]any:
		if alternatives, ok := v["anyOf"].([]any); ok && len(alternatives) == 2 {
			if last, ok := alternatives[1].(map[string]any); ok && last["type"] == "null" {
				delete(v, "anyOf")
				// nullable says nothing without a type; only objects are written so.
				v["allOf"], v["nullable"], v["type"] = alternatives[:1], true, huma.TypeObject
			}
		}
		// Nothing may stand beside a reference.
		if ref, ok := v["$ref"].(string); ok && len(v) > 1 {
			delete(v, "$ref")
			v["allOf"] = []any{map[string]any{"$ref": ref}}
		}
		if v["format"] == "binary" {
			delete(v, "contentMediaType")
		}
		// SPDX identifiers came with 3.1.
		if license, ok := v["license"].(map[string]any); ok {
			delete(license, "identifier")
			license["url"] = "https://www.apache.org/licenses/LICENSE-2.0"
		}
		for _, item := range v {
			nullable(item)
		}
	}
}
