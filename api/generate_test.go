package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// marker is in every text that the fuzz makes up as a value; no refusal may
// repeat it.
const marker = "Zq7Xw"

// A generator makes requests from the document: mostly what it asks for, now and
// then anything else.
type generator struct {
	*rand.Rand
	c *contract
	// known are values that mean something to the service, by parameter or member.
	known map[string][]any
}

func (g *generator) once(in int) bool { return g.IntN(in) == 0 }

func pick[T any](g *generator, from []T) T { return from[g.IntN(len(from))] }

// text is a text that nobody expects.
func (g *generator) text() string {
	return pick(g, []string{
		"", " ", marker, marker + `'; drop table run;--`, marker + `"><script>`, "\u202e" + marker, strings.Repeat(marker, 1000), marker + "\x00",
		"../../" + marker, "NaN", "1e400", "-1", "９９" + marker, "2022-02-30", "0001-01-01", "9999-12-31", "10000-01-01", marker + "\U0001F4A3", "null", "%s%n" + marker,
		marker + "\r\nX-Injected: 1", "{" + marker, "http://" + marker + ".invalid/", "9223372036854775808",
	})
}

// any is a JSON value that nobody expects.
func (g *generator) any() any {
	return pick(g, []any{
		nil, true, 0, -1, 1.5, json.Number("1e308"), json.Number("9223372036854775807"), json.Number("99999999999999999999"), "", g.text(),
		[]any{},
		[]any{g.text()},
		map[string]any{},
		map[string]any{"unasked": marker},
		[]any{[]any{[]any{nil}}},
		json.Number("-0.0"),
	})
}

// value is a JSON value after a schema, or close to it.
func (g *generator) value(name string, s map[string]any) any {
	if g.once(12) {
		return g.any()
	}
	if known := g.known[name]; len(known) > 0 && !g.once(4) {
		return pick(g, known)
	}
	if ref, ok := s["$ref"].(string); ok {
		schemas := g.c.doc["components"].(map[string]any)["schemas"].(map[string]any)
		return g.value(name, schemas[strings.TrimPrefix(ref, "#/components/schemas/")].(map[string]any))
	}
	if list, ok := s["enum"].([]any); ok {
		return pick(g, list)
	}
	kind := s["type"]
	if kinds, ok := kind.([]any); ok {
		kind = pick(g, kinds)
	}
	switch kind {
	case "integer", "number":
		low, high := bound(s, "minimum", 0), bound(s, "maximum", 1000)
		if g.once(8) {
			return pick(g, []any{low - 1, high + 1, low, high, -1, 1 << 40})
		}
		n := low + g.Float64()*min(high-low, 50)
		if kind == "integer" {
			return int64(n)
		}
		return n
	case "boolean":
		return g.once(2)
	case "array":
		out := []any{}
		items, _ := s["items"].(map[string]any)
		for range int(bound(s, "minItems", 0)) + g.IntN(3) {
			out = append(out, g.value(name, items))
		}
		return out
	case "object":
		return g.object(s)
	case "string":
		if s["format"] == "date" {
			return pick(g, []any{"2022-05-31", "2022-06-15", "2021-01-01", "2023-12-31", g.text()})
		}
		if least := int(bound(s, "minLength", 0)); least > 1 {
			return strings.Repeat("字", least+g.IntN(5))
		}
		return pick(g, []any{"张三", "某矿业 " + marker, g.text()})
	}
	return g.any()
}

func bound(s map[string]any, name string, otherwise float64) float64 {
	if n, ok := s[name].(json.Number); ok {
		if f, err := n.Float64(); err == nil {
			return f
		}
	}
	return otherwise
}

func (g *generator) object(s map[string]any) map[string]any {
	out := map[string]any{}
	properties, _ := s["properties"].(map[string]any)
	required, _ := s["required"].([]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if must := slices.Contains(required, any(name)); must && !g.once(15) || !must && g.once(3) {
			out[name] = g.value(name, properties[name].(map[string]any))
		}
	}
	if g.once(15) {
		out["unasked"] = g.any()
	}
	return out
}

// A request is one that the fuzz sends.
type request struct {
	method, address, kind, body string
	header                      []string
}

// request makes a request of an operation.
func (g *generator) request(op *operation) request {
	path, query := op.path, url.Values{}
	r := request{method: op.method}
	for _, p := range op.parameters {
		value := fmt.Sprint(g.value(p.name, p.schema))
		switch {
		case p.in == "path":
			path = strings.ReplaceAll(path, "{"+p.name+"}", url.PathEscape(value))
		case p.in == "header" && g.once(2):
			r.header = append(r.header, p.name, headerText(value))
		case p.in == "query" && (p.required && !g.once(10) || g.once(3)):
			query.Set(p.name, value)
			if g.once(20) {
				query.Add(p.name, value)
			}
		}
	}
	if g.once(20) {
		query.Set("unasked", g.text())
	}
	if r.address = path; len(query) > 0 {
		r.address += "?" + query.Encode()
	}
	if g.once(3) {
		r.header = append(r.header, "Accept", pick(g, []string{"*/*", "application/*", op.replies[g.IntN(len(op.replies))].mediaType, "text/html;q=0.5", marker, "application/json;q=2, text/csv;q=-1"}))
	}
	g.content(op, &r)
	return r
}

// headerText is what a header can carry.
func headerText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '_'
		}
		return r
	}, s)
}

// content gives a request a body, which now and then is not what it says it is.
func (g *generator) content(op *operation, r *request) {
	switch op.bodyKind {
	case "":
		if r.method != http.MethodGet && g.once(4) {
			r.kind, r.body = anyJSON, marker
		}
		return
	case anyJSON:
		value := g.value("", op.body)
		if g.once(4) {
			value = op.example
		}
		text, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		r.kind, r.body = anyJSON, string(text)
	case anyForm:
		r.kind, r.body = "multipart/form-data; boundary=part", g.form(op.body)
	default:
		r.kind, r.body = op.bodyKind, pick(g, []string{"", marker, "\xff\xd8\xff" + marker, "\x89PNG\r\n\x1a\n"})
	}
	if r.body != "" && g.once(12) {
		r.body = r.body[:g.IntN(len(r.body))]
	}
	if g.once(20) {
		r.body = pick(g, []string{"\ufeff" + r.body, r.body + marker, "\xff\xfe" + marker, strings.Repeat("[", 20000), `{"by":"` + marker + `","by":1}`})
	}
	if g.once(15) {
		r.kind = pick(g, []string{"", "text/plain", "application/xml", "multipart/form-data", marker, "application/json; charset=gbk"})
	}
}

func (g *generator) form(s map[string]any) string {
	var b strings.Builder
	for name, value := range g.object(s) {
		values, ok := value.([]any)
		if !ok {
			values = []any{value}
		}
		for _, v := range values {
			file := ""
			if name == "file" {
				file = `; filename="` + pick(g, []string{"a.zip", "a.geojson", marker + ".tif", "..\\" + marker, ""}) + `"`
				v = pick(g, []string{`{"type":"FeatureCollection","features":[]}`, marker, "PK\x03\x04" + marker, "II*\x00" + marker, ""})
			}
			fmt.Fprintf(&b, "--part\r\nContent-Disposition: form-data; name=%q%s\r\n\r\n%v\r\n", name, file, v)
		}
	}
	return b.String() + "--part--\r\n"
}
