// Package ogc is the service as OGC API – Features, Tiles and Processes: the layers
// as they stand and the newest findings as collections, which are read, and what
// can be done as processes. Each of those is an operation of the service, asked for
// in the name of whoever asks: the package itself changes nothing.
//
// Words in code and addresses are the standard's own. What is implemented, and
// with which choices, is in docs/ogc.md.
package ogc

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/taohe-gis/taohe/internal/pipeline"
)

// ErrNotAcceptable is given to Fail when no media type that is asked for is to
// be had.
var ErrNotAcceptable = errors.New("not acceptable")

// Deps are what the package works with.
type Deps struct {
	Pipeline *pipeline.Pipeline
	// Service is the whole service, whose operations processes are.
	Service http.Handler
	// Fail answers with a problem: for a *BadRequestError, an *ExecutionError, the
	// errors of this package, pipeline.ErrNotFound, and what is broken.
	Fail func(http.ResponseWriter, *http.Request, error)
	// Negotiate chooses among the media types offered by Accept headers, "" for
	// none.
	Negotiate func(accept, offered []string) string
	// Tiles counts tiles that were drawn, and those that whoever asked has kept.
	Tiles interface {
		TileDrawn(bytes int)
		TileKept()
	}
	// Version of the program.
	Version string
	// BaseURL is what links begin with, with no slash at its end; what the request was
	// sent to when nil. What a proxy says of itself is not believed: anybody can send
	// that.
	BaseURL *url.URL
}

type service struct {
	Deps
	pages *template.Template
}

// The media types that are spoken here.
const (
	jsonType       = "application/json"
	geoJSONType    = "application/geo+json"
	schemaType     = "application/schema+json"
	openAPIType    = "application/vnd.oai.openapi+json"
	openAPI30      = openAPIType + ";version=3.0"
	htmlType       = "text/html"
	charset        = "; charset=utf-8"
	schemaRelation = "http://www.opengis.net/def/rel/ogc/1.0/schema"
	queryRelation  = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
)

// Path is where the routes are to be mounted.
const Path = "/ogc"

// New returns the routes below Path.
func New(d Deps) chi.Router {
	s := &service{Deps: d, pages: parsePages()}
	r := chi.NewRouter()
	r.Get("/", s.handle(s.landing, jsonType, htmlType))
	r.Get("/conformance", s.handle(s.conformance, jsonType, htmlType))
	r.Get("/api", s.handle(s.api, openAPIType, htmlType, jsonType))
	r.Get("/collections", s.handle(s.collections, jsonType, htmlType))
	s.tileRoutes(r)
	s.processRoutes(r)
	r.Route("/collections/{collectionId}", func(r chi.Router) {
		r.Get("/", s.handle(s.collection, jsonType, htmlType))
		r.Get("/queryables", s.handle(s.queryables, schemaType, htmlType, jsonType))
		r.Get("/schema", s.handle(s.schema, schemaType, htmlType, jsonType))
		r.Get("/items", s.handle(s.getItems, geoJSONType, htmlType, jsonType))
		r.Get("/items/{featureId}", s.handle(s.getItem, geoJSONType, htmlType, jsonType))
	})
	return r
}

// A request is one being answered.
type request struct {
	*http.Request
	w http.ResponseWriter
	// base is the address of the landing page, self of this resource.
	base string
	self url.URL
	// as is the media type of the answer, offered all there are of it.
	as      string
	offered []string
}

func (s *service) newRequest(w http.ResponseWriter, r *http.Request, offered ...string) request {
	q := request{Request: r, w: w, offered: offered, self: *r.URL}
	q.self.Host, q.self.Scheme = r.Host, "http"
	if r.TLS != nil {
		q.self.Scheme = "https"
	}
	q.base = q.self.Scheme + "://" + q.self.Host + Path
	if s.BaseURL != nil {
		q.base = s.BaseURL.String() + Path
		q.self.Scheme, q.self.Host = s.BaseURL.Scheme, s.BaseURL.Host
		q.self.Path, q.self.RawPath = s.BaseURL.Path+r.URL.Path, s.BaseURL.EscapedPath()+r.URL.EscapedPath()
	}
	w.Header().Add("Vary", "Accept")
	return q
}

// handle settles the media type of the answer, and answers with a problem when
// answer returns an error, before which it has written nothing.
func (s *service) handle(answer func(request) error, offered ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := s.newRequest(w, r, offered...)
		err := q.settle(s.Negotiate)
		if err == nil {
			err = answer(q)
		}
		if err != nil {
			s.Fail(w, r, err)
		}
	}
}

func (q *request) settle(negotiate func(accept, offered []string) string) error {
	f := q.self.Query()["f"]
	switch {
	case len(f) == 0:
		if q.as = negotiate(q.Header.Values("Accept"), q.offered); q.as == "" {
			return ErrNotAcceptable
		}
	case len(f) == 1 && f[0] == "json":
		q.as = q.offered[0]
	case len(f) == 1 && f[0] == "html" && slices.Contains(q.offered, htmlType):
		q.as = htmlType
	default:
		r := reading{}
		r.fault("f", "not-in-list", "只能是以下之一：json、html。")
		return r.err()
	}
	return nil
}

// noParameters refuses all parameters but f.
func (q *request) noParameters() error {
	r := &reading{values: q.self.Query()}
	r.only(func(name string) bool { return name == "f" })
	return r.err()
}

func (q *request) wantsHTML() bool { return q.as == htmlType }

// contentType is the media type with what is said beside it.
func (q *request) contentType() string {
	switch q.as {
	case htmlType:
		return htmlType + charset
	case openAPIType:
		return openAPI30
	}
	return q.as
}

// write answers with JSON, or with the page of that name.
func (s *service) write(q request, v any, pageName string, shown any) error {
	if q.wantsHTML() {
		return s.writePage(q, pageName, shown)
	}
	body, err := encode(v)
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", q.contentType())
	_, _ = q.w.Write(body) // the client may be gone
	return nil
}

func encode(v any) ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return []byte(b.String()), err
}

// stream answers with what is written by and by. When writing fails half-way
// the connection is broken off, so that nobody takes half for the whole.
func (q *request) stream(write func(*bufio.Writer) error) {
	b := bufio.NewWriterSize(q.w, 32<<10)
	q.w.Header().Set("Content-Type", q.contentType())
	err := write(b)
	if err == nil {
		err = b.Flush()
	}
	if err != nil {
		panic(fmt.Errorf("write reply: %w", err))
	}
}

// A link as the standard writes one.
type link struct {
	Href  string `json:"href"`
	Rel   string `json:"rel"`
	Type  string `json:"type"`
	Title string `json:"title"`
}

// address is that of a resource in a form, in whichever is asked for when "".
func (q *request) address(path, form string) string {
	a := q.base + path
	if form != "" {
		a += "?f=" + form
	}
	return a
}

// selves are the links of a resource to itself and to its other form.
func (q *request) selves() []link {
	here := func(rel, mediaType, form string) link {
		u := q.self
		values := u.Query()
		values.Set("f", form)
		u.RawQuery = values.Encode()
		if rel == "self" {
			u = q.self
		}
		title := "本页"
		if form == "json" {
			title = "本内容（JSON）"
		}
		return link{u.String(), rel, strings.TrimSuffix(mediaType, charset), title}
	}
	data := q.offered[0]
	if data == openAPIType {
		data = openAPI30
	}
	if q.wantsHTML() {
		return []link{here("self", htmlType, "html"), here("alternate", data, "json")}
	}
	return []link{here("self", q.contentType(), "json"), here("alternate", htmlType, "html")}
}

// setLinks says the links in the header too.
func (q *request) setLinks(links []link) {
	for _, l := range links {
		q.w.Header().Add("Link", fmt.Sprintf("<%s>; rel=%q; type=%q", l.Href, l.Rel, l.Type))
	}
}
