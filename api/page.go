package api

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// pagePolicy lets the page load its style from here and do nothing else: it has
// no script, and what the document says is text.
const pagePolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var (
	//go:embed page.css
	pageStyle []byte
	//go:embed page.html
	pageText     string
	pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
		"type": typeOf, "name": schemaOf, "indent": indented, "properties": propertiesOf, "bound": boundOf, "codes": codesOf,
	}).Parse(pageText))
)

// page is the document for people: one page, made on the server, that needs
// neither the network nor a script.
func page(doc *huma.OpenAPI) ([]byte, error) {
	type operation struct {
		*huma.Operation
		Method, Path string
	}
	type group struct {
		*huma.Tag
		Operations []operation
	}
	var groups []group
	for _, t := range doc.Tags {
		g := group{Tag: t}
		for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
			item := doc.Paths[path]
			for _, o := range []operation{{item.Get, "GET", path}, {item.Post, "POST", path}, {item.Put, "PUT", path}, {item.Delete, "DELETE", path}} {
				if o.Operation != nil && slices.Contains(o.Tags, t.Name) {
					g.Operations = append(g.Operations, o)
				}
			}
		}
		groups = append(groups, g)
	}
	var out bytes.Buffer
	err := pageTemplate.Execute(&out, map[string]any{
		"Info": doc.Info, "Groups": groups, "Schemas": doc.Components.Schemas.Map(), "Problems": each(problemKinds, kindError.shown),
	})
	return out.Bytes(), err
}

// schemaOf is the name of the schema that s, or each of its items, refers to.
func schemaOf(s *huma.Schema) string {
	if s == nil {
		return ""
	}
	for _, of := range append([]*huma.Schema{s, s.Items}, s.AnyOf...) {
		if of != nil && of.Ref != "" {
			return strings.TrimPrefix(of.Ref, "#/components/schemas/")
		}
	}
	if more, ok := s.AdditionalProperties.(*huma.Schema); ok {
		return schemaOf(more)
	}
	return ""
}

// typeOf says what a value is, in a few words.
func typeOf(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return "object"
	case len(s.AnyOf) > 0:
		return "object | null"
	}
	t := s.Type
	if s.Type == huma.TypeArray {
		t = "array of " + cmp.Or(typeOf(s.Items), "any")
	}
	if _, ok := s.AdditionalProperties.(*huma.Schema); ok {
		t = "map"
	}
	if s.Format != "" {
		t += " (" + s.Format + ")"
	}
	if s.Nullable {
		t += " | null"
	}
	return t
}

// boundOf says what a value may be.
func boundOf(s *huma.Schema) string {
	var out []string
	add := func(format string, v ...any) { out = append(out, fmt.Sprintf(format, v...)) }
	if s.Minimum != nil {
		add("≥ %v", *s.Minimum)
	}
	if s.Maximum != nil {
		add("≤ %v", *s.Maximum)
	}
	if s.MinLength != nil {
		add("长度 ≥ %d", *s.MinLength)
	}
	if s.MaxLength != nil {
		add("长度 ≤ %d", *s.MaxLength)
	}
	if s.MinItems != nil {
		add("≥ %d 项", *s.MinItems)
	}
	if s.MaxItems != nil {
		add("≤ %d 项", *s.MaxItems)
	}
	if s.Pattern != "" {
		add("%s", s.Pattern)
	}
	if s.Default != nil {
		add("默认 %v", s.Default)
	}
	for _, v := range s.Enum {
		add("%v", v)
	}
	return strings.Join(out, "，")
}

// A property is a member of an object as the page shows it.
type property struct {
	Name     string
	Required bool
	*huma.Schema
}

func propertiesOf(s *huma.Schema) []property {
	var out []property
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		out = append(out, property{name, slices.Contains(s.Required, name), s.Properties[name]})
	}
	return out
}

// codesOf are the problem codes that a response may bear.
func codesOf(r *huma.Response) []string {
	if media := r.Content[problemType]; media != nil {
		return slices.Sorted(maps.Keys(media.Examples))
	}
	return nil
}

func indented(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.String(), err
}
