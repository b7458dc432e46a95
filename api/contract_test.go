package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/taohe-gis/taohe/api"
)

const (
	anyJSON     = "application/json"
	anyProblem  = "application/problem+json"
	anyForm     = "multipart/form-data"
	contractURL = "https://taohe.invalid/openapi.json"
)

// A contract is the OpenAPI document as a client reads it, with nothing of the
// code that made it.
type contract struct {
	doc        map[string]any
	operations map[string]*operation // by operationId
	paths      *chi.Mux              // finds the path of an address, and nothing else
	mu         sync.Mutex
	compiler   *jsonschema.Compiler
	compiled   map[string]*jsonschema.Schema
}

type operation struct {
	id, method, path string
	parameters       []parameter
	bodyKind         string // media type of the body, if it takes one
	body             map[string]any
	example          any
	replies          []outcome
}

type parameter struct {
	name, in string
	required bool
	schema   map[string]any
	example  any
}

// An outcome is a way in which an operation may answer: of a problem with its
// code.
type outcome struct {
	operation string
	status    int
	mediaType string
	code      string
}

func (o outcome) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %d %s %s", o.operation, o.status, o.mediaType, o.code))
}

// theContract is what every service of these tests promises.
var theContract = sync.OnceValue(func() *contract {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/openapi.json", nil)
	r.Host = "localhost"
	api.New(api.Deps{}).ServeHTTP(w, r)
	return readContract(w.Body.Bytes())
})

func readContract(text []byte) *contract {
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		panic(err)
	}
	c := &contract{
		doc: tree.(map[string]any), operations: map[string]*operation{}, paths: chi.NewRouter(),
		compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{},
	}
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource(contractURL, tree); err != nil {
		panic(err)
	}
	for path, item := range c.doc["paths"].(map[string]any) {
		for method, o := range item.(map[string]any) {
			op := readOperation(strings.ToUpper(method), path, o.(map[string]any))
			c.operations[op.id] = op
			c.paths.Method(op.method, path, http.NotFoundHandler())
		}
	}
	return c
}

func readOperation(method, path string, o map[string]any) *operation {
	op := &operation{id: o["operationId"].(string), method: method, path: path}
	parameters, _ := o["parameters"].([]any)
	for _, p := range parameters {
		p := p.(map[string]any)
		required, _ := p["required"].(bool)
		op.parameters = append(op.parameters, parameter{p["name"].(string), p["in"].(string), required, p["schema"].(map[string]any), p["example"]})
	}
	if body, ok := o["requestBody"].(map[string]any); ok {
		for kind, media := range body["content"].(map[string]any) {
			media := media.(map[string]any)
			op.bodyKind, op.example = kind, media["example"]
			op.body, _ = media["schema"].(map[string]any)
		}
	}
	for status, r := range o["responses"].(map[string]any) {
		out := outcome{operation: op.id}
		_, _ = fmt.Sscan(status, &out.status)
		for kind, media := range r.(map[string]any)["content"].(map[string]any) {
			out.mediaType = kind
			if kind != anyProblem {
				op.replies = append(op.replies, out)
				continue
			}
			for code := range media.(map[string]any)["examples"].(map[string]any) {
				out := out
				out.code = code
				op.replies = append(op.replies, out)
			}
		}
	}
	return op
}

// sorted are the operations in an order that does not change.
func (c *contract) sorted() []*operation {
	var out []*operation
	for _, id := range slices.Sorted(maps.Keys(c.operations)) {
		out = append(out, c.operations[id])
	}
	return out
}

// find is the operation at an address, nil when there is none.
func (c *contract) find(method string, u *url.URL) *operation {
	ctx := chi.NewRouteContext()
	path := u.RawPath
	if path == "" {
		path = u.Path
	}
	if !c.paths.Match(ctx, method, path) {
		return nil
	}
	for _, op := range c.operations {
		if op.method == method && op.path == ctx.RoutePattern() {
			return op
		}
	}
	return nil
}

// may reports whether an operation may answer so.
func (op *operation) may(o outcome) bool { return slices.Contains(op.replies, o) }

// valid holds a value against the schema at a place of the document.
func (c *contract) valid(value any, place ...string) error {
	for i, step := range place {
		place[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(step)
	}
	at := contractURL + "#/" + (&url.URL{Path: strings.Join(place, "/")}).EscapedPath()
	c.mu.Lock()
	defer c.mu.Unlock()
	schema := c.compiled[at]
	if schema == nil {
		var err error
		if schema, err = c.compiler.Compile(at); err != nil {
			return err
		}
		c.compiled[at] = schema
	}
	return schema.Validate(value)
}

// validReply holds a JSON reply against its schema.
func (c *contract) validReply(op *operation, status int, mediaType string, body []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return c.valid(value, "paths", op.path, strings.ToLower(op.method), "responses", fmt.Sprint(status), "content", mediaType, "schema")
}

// seen is how a reply looks from outside.
func seen(op *operation, status int, header http.Header, body []byte) outcome {
	o := outcome{status: status}
	if op != nil {
		o.operation = op.id
	}
	o.mediaType, _, _ = mime.ParseMediaType(header.Get("Content-Type"))
	if o.mediaType == anyProblem {
		var p problem
		_ = json.Unmarshal(body, &p)
		o.code = p.Code
	}
	return o
}

// Every example is what its schema says, and every operation has one of its
// body; every parameter says what it is for.
func TestExamples(t *testing.T) {
	t.Parallel()
	c := theContract()
	for _, op := range c.sorted() {
		where := []string{"paths", op.path, strings.ToLower(op.method)}
		o := c.doc["paths"].(map[string]any)[op.path].(map[string]any)[where[2]].(map[string]any)
		if tags, _ := o["tags"].([]any); len(tags) != 1 {
			t.Errorf("%s: tags %v", op.id, tags)
		}
		for i, p := range op.parameters {
			if text, _ := o["parameters"].([]any)[i].(map[string]any)["description"].(string); text == "" {
				t.Errorf("%s: nothing is said of %s", op.id, p.name)
			}
			if p.in == "path" && p.example == nil {
				t.Errorf("%s: no example of %s", op.id, p.name)
			}
			if p.example != nil {
				if err := c.valid(p.example, append(where, "parameters", fmt.Sprint(i), "schema")...); err != nil {
					t.Errorf("%s: example of %s: %v", op.id, p.name, err)
				}
			}
		}
		switch op.bodyKind {
		case anyJSON, anyForm:
			if err := c.valid(op.example, append(where, "requestBody", "content", op.bodyKind, "schema")...); err != nil {
				t.Errorf("%s: example of the body: %v", op.id, err)
			}
		}
		for _, r := range op.replies {
			media := o["responses"].(map[string]any)[fmt.Sprint(r.status)].(map[string]any)["content"].(map[string]any)[r.mediaType].(map[string]any)
			place := append(slices.Clone(where), "responses", fmt.Sprint(r.status), "content", r.mediaType, "schema")
			if r.mediaType == anyProblem {
				shown := c.doc["components"].(map[string]any)["examples"].(map[string]any)[r.code].(map[string]any)["value"].(map[string]any)
				if err := c.valid(shown, place...); err != nil || shown["code"] != r.code || fmt.Sprint(shown["status"]) != fmt.Sprint(r.status) {
					t.Errorf("%v: example %v: %v", r, shown, err)
				}
			} else if shown, ok := media["example"]; ok {
				if err := c.valid(shown, place...); err != nil {
					t.Errorf("%v: example: %v", r, err)
				}
			}
		}
	}
}
