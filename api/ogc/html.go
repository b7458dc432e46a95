package ogc

import (
	"bufio"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"iter"
	"strconv"

	"github.com/go-chi/chi/v5"

	"github.com/taohe-gis/taohe/internal/cql2"
)

//go:embed page/*.html
var pageFS embed.FS

// parsePages reads the templates; each page is one, put into the frame.
func parsePages() *template.Template {
	return template.Must(template.ParseFS(pageFS, "page/*.html"))
}

// A shown is what a template is given.
type shown struct {
	Base, Title string
	// JSON is the address of the same content as JSON.
	JSON string
	Data any
}

// titles are those of the pages; a collection's is its own.
var pageTitles = map[string]string{
	"landing": title, "conformance": "符合的标准", "collections": "图层", "api": "接口说明", "processes": "过程", "jobs": "任务", "job": "任务", "results": "结果",
	"tilematrixsets": "瓦片划分", "tilematrixset": "瓦片划分",
}

// writePage answers with a page.
func (s *service) writePage(q request, name string, data any) error {
	v := shown{Base: q.base, Title: pageTitles[name], Data: data}
	for _, l := range q.selves() {
		if l.Rel == "alternate" {
			v.JSON = l.Href
		}
	}
	if c, err := known(q.Request); err == nil {
		v.Title = c.title
	}
	if p, err := knownProcess(chi.URLParam(q.Request, "processId")); err == nil {
		v.Title = p.title
	}
	q.stream(func(w *bufio.Writer) error { return s.pages.ExecuteTemplate(w, name+".html", v) })
	return nil
}

// Kind is the type of a property in words.
func (p property) Kind() string {
	switch {
	case p.integer:
		return "整数"
	case p.is == cql2.Number:
		return "数字"
	case p.is == cql2.Day:
		return "日期"
	}
	return "文字"
}

// Name, Heading and Codes are for templates.
func (p property) Name() string    { return p.name }
func (p property) Heading() string { return p.title }
func (p property) Codes() []code   { return p.codes }
func (c code) Value() string       { return c.value }
func (c code) Title() string       { return c.title }

// URI and Title are for templates.
func (c crs) URI() string   { return c.uri }
func (c crs) Title() string { return c.title }

// ID, Title and Properties are for templates.
func (c *collection) ID() string             { return c.id }
func (c *collection) Title() string          { return c.title }
func (c *collection) Properties() []property { return c.properties }

// Name, Title, Description and the rest are for templates.
func (i processInput) Name() string        { return i.name }
func (i processInput) Title() string       { return i.title }
func (i processInput) Description() string { return i.description }
func (i processInput) Required() bool      { return i.required }
func (i processInput) Most() int           { return max(i.most, 1) }
func (o processOutput) Name() string       { return o.name }
func (o processOutput) Title() string      { return o.title }
func (o processOutput) Description() string {
	return o.description
}

// MediaTypes are those that the output is had in.
func (o processOutput) MediaTypes() (all []string) {
	for _, f := range o.forms {
		all = append(all, f.mediaType)
	}
	return all
}

// A line is a feature in a table.
type line struct {
	ID     string
	Values []string
}

// values are what a feature says, in the order of properties, codes in words.
func (f feature) values(properties []property) ([]string, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal([]byte(f.Properties), &all); err != nil {
		return nil, fmt.Errorf("feature %s: %w", f.ID, err)
	}
	out := make([]string, len(properties))
	for i, p := range properties {
		v := string(all[p.name])
		if text := ""; json.Unmarshal(all[p.name], &text) == nil {
			v = text
		}
		for _, c := range p.codes {
			if c.value == v {
				v = c.title
			}
		}
		if n, err := strconv.ParseFloat(v, 64); err == nil && p.printed {
			v = strconv.FormatFloat(n, 'f', 2, 64)
		}
		out[i] = v
	}
	return out, nil
}

// itemsPage shows features as a table, without their shapes.
func (s *service) itemsPage(q request, p *page, next string) error {
	var lines iter.Seq[line] = func(yield func(line) bool) {
		for f, err := range s.features(q.Context(), p, false) {
			l := line{ID: f.ID}
			if err == nil {
				l.Values, err = f.values(p.asked.properties)
			}
			if err != nil {
				panic(fmt.Errorf("write reply: %w", err)) // a sequence cannot fail
			}
			if !yield(l) {
				return
			}
		}
	}
	return s.writePage(q, "items", struct {
		Collection    *collection
		Next, Matched string
		Returned      int
		Properties    []property
		Sources       []string
		Lines         iter.Seq[line]
	}{p.of, next, matchedText(p.matched), len(p.ids), p.asked.properties, p.snapshot.sources, lines})
}

func matchedText(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// itemPage shows one feature.
func (s *service) itemPage(q request, p *page, f feature) error {
	values, err := f.values(p.asked.properties)
	if err != nil {
		return err
	}
	return s.writePage(q, "item", struct {
		Collection *collection
		Finding    bool
		ID         string
		Properties []property
		Values     []string
		Geometry   string
		CRS        crs
	}{p.of, p.of.layer == "", f.ID, p.asked.properties, values, *f.Geometry, p.asked.crs})
}
