package ogc_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/sampletest"
	"github.com/taohe-gis/taohe/internal/work"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// server is the whole service on a database of its own.
type server struct {
	*testing.T
	// base is the address of /ogc.
	base string
	pool *pgxpool.Pool
	p    *pipeline.Pipeline
}

func startEmpty(t *testing.T) *server {
	t.Helper()
	return startOn(t, pgtest.DSN(t))
}

// start is the service with the sample county, its layers accepted and one run
// complete.
func start(t *testing.T) *server {
	t.Helper()
	return startOn(t, sampletest.Run(t))
}

func startOn(t *testing.T, dsn string) *server {
	t.Helper()
	pool := pgtest.Open(t, dsn)
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return startWith(t, &server{t, "", pool, p})
}

// startWith is another service on the database of one, with what is changed.
func startWith(t *testing.T, s *server, change ...func(*api.Deps)) *server {
	t.Helper()
	spool := t.TempDir()
	queue, err := work.NewQueue(s.pool, s.p, spool, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	d := api.Deps{Pipeline: s.p, Access: access.New(s.pool), Work: queue, SpoolDir: spool, Version: "test"}
	for _, c := range change {
		c(&d)
	}
	h := httptest.NewServer(api.New(d))
	t.Cleanup(h.Close)
	return &server{t, h.URL + "/ogc", s.pool, s.p}
}

// work does what waits in the queue until the test is over.
func (s *server) work() {
	worker := work.Worker{Pool: s.pool, Pipeline: s.p, Log: slog.New(slog.DiscardHandler)}
	ctx, stop := context.WithCancel(context.Background())
	var working sync.WaitGroup
	working.Go(func() {
		if err := worker.Run(ctx); err != nil {
			s.Error(err)
		}
	})
	s.Cleanup(func() {
		stop()
		working.Wait()
	})
}

// in is the server in another test.
func (s *server) in(t *testing.T) *server {
	return &server{t, s.base, s.pool, s.p}
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// get asks for a path below /ogc, or a whole address.
func (s *server) get(path string, header ...string) answer {
	s.Helper()
	return s.do(http.MethodGet, path, "", header...)
}

// do sends a request; header is name, value, name, value.
func (s *server) do(method, path, body string, header ...string) answer {
	s.Helper()
	if !strings.HasPrefix(path, "http:") {
		path = s.base + path
	}
	r, err := http.NewRequestWithContext(s.Context(), method, path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer reply.Body.Close()
	b, err := io.ReadAll(reply.Body)
	if err != nil {
		s.Fatal(err)
	}
	return answer{reply.StatusCode, reply.Header, b}
}

// query is name=value&… of pairs.
func query(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return "?" + v.Encode()
}

// want decodes a reply of success into a T.
func want[T any](s *server, a answer) (v T) {
	s.Helper()
	if a.status != http.StatusOK {
		s.Fatalf("status %d: %s", a.status, a.body)
	}
	if err := json.Unmarshal(a.body, &v); err != nil {
		s.Fatalf("%v: %.2000s", err, a.body)
	}
	return v
}

type link struct{ Href, Rel, Type, Title string }

// rel is the address of the first link of a relation and type, any type when "".
func rel(links []link, relation, mediaType string) string {
	for _, l := range links {
		if l.Rel == relation && (mediaType == "" || l.Type == mediaType) {
			return l.Href
		}
	}
	return ""
}

type featureCollection struct {
	Type           string
	Features       []feature
	Links          []link
	TimeStamp      string
	NumberMatched  *int
	NumberReturned *int
}

type feature struct {
	Type     string
	ID       string
	Geometry *struct {
		Type        string
		Coordinates [][][][2]float64
	}
	Properties map[string]any
	Links      []link
}

func (s *server) items(collection string, pairs ...string) featureCollection {
	s.Helper()
	return want[featureCollection](s, s.get("/collections/"+collection+"/items"+query(pairs...)))
}

// faults asks for features wrongly, and returns the location and code of each
// fault.
func (s *server) faults(path string) []string {
	s.Helper()
	a := s.get(path)
	var p struct {
		Code   string
		Errors []struct{ Location, Code, Message string }
	}
	if err := json.Unmarshal(a.body, &p); err != nil || a.status != http.StatusBadRequest || p.Code != "bad-parameters" ||
		a.header.Get("Content-Type") != "application/problem+json" {
		s.Errorf("%s: %d %s", path, a.status, a.body)
	}
	all := []string{}
	for _, e := range p.Errors {
		all = append(all, e.Location+" "+e.Code)
		if e.Message == "" {
			s.Errorf("%s: no message for %s", path, e.Location)
		}
	}
	return all
}
