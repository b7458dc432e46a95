package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/sampletest"
	"github.com/taohe-gis/taohe/internal/work"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

// service is a running service on a database of its own.
type service struct {
	*testing.T
	url   string
	pool  *pgxpool.Pool
	spool string
	// work starts the service's worker, once.
	work func()
	log  *logged
	// as are headers that say who asks; by is their name, where something is signed.
	as []string
	by string
}

// logged is a log to look into.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// start starts the service with a worker.
func start(t *testing.T, change ...func(*api.Deps)) *service {
	t.Helper()
	s := startIdle(t, change...)
	s.work()
	return s
}

// startWith starts the service with the sample county and the layers of it named,
// all when none is, accepted.
func startWith(t *testing.T, layers ...string) (*service, manifest) {
	t.Helper()
	s := startOn(t, pgtest.Open(t, sampletest.Loaded(t, layers...)))
	s.work()
	return s, sample(t)
}

// startWithRun is startWith and one complete run as of the manifest's day, with
// its address.
func startWithRun(t *testing.T, layers ...string) (*service, manifest, run, string) {
	t.Helper()
	s := startOn(t, pgtest.Open(t, sampletest.Run(t, layers...)))
	s.work()
	return s, sample(t), want[run](t, s.get(address(1)), http.StatusOK), address(1)
}

// startIdle starts the service without: what it takes waits.
func startIdle(t *testing.T, change ...func(*api.Deps)) *service {
	t.Helper()
	return startOn(t, pgtest.New(t), change...)
}

// startOn starts the service on a database.
func startOn(t *testing.T, pool *pgxpool.Pool, change ...func(*api.Deps)) *service {
	t.Helper()
	s := &service{T: t, spool: filepath.Join(t.TempDir(), "spool"), log: &logged{}, pool: pool, by: "示例 验收"}
	log := slog.New(slog.NewTextHandler(s.log, nil))
	p, err := pipeline.New(s.pool, pipeline.Options{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	queue, err := work.NewQueue(s.pool, p, s.spool, log)
	if err != nil {
		t.Fatal(err)
	}
	d := api.Deps{Pipeline: p, Access: access.New(s.pool), Work: queue, Log: log, SpoolDir: s.spool, Version: "test"}
	for _, c := range change {
		c(&d)
	}
	server := httptest.NewUnstartedServer(nil)
	server.Config = api.Server("", recorded(t, api.New(d)))
	server.Start()
	s.url = server.URL
	worker := work.Worker{Pool: s.pool, Pipeline: p, Log: log, Spool: s.spool}
	ctx, stop := context.WithCancel(context.Background())
	var working sync.WaitGroup
	s.work = sync.OnceFunc(func() {
		working.Go(func() {
			if err := worker.Run(ctx); err != nil {
				t.Error(err)
			}
		})
	})
	t.Cleanup(func() {
		server.Close()
		stop()
		working.Wait()
		p.Close()
		if left := s.spooled(); len(left) > 0 {
			t.Errorf("left in the spool: %v", left)
		}
	})
	return s
}

// spooled lists what lies in the spool.
func (s *service) spooled() []string {
	entries, err := os.ReadDir(s.spool)
	if err != nil && !os.IsNotExist(err) {
		s.Error(err)
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "upload-") || strings.HasPrefix(e.Name(), "findings-") {
			names = append(names, e.Name())
		}
	}
	return names
}

// answer is a reply read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do sends a request; header is name, value, name, value.
func (s *service) do(method, path string, body io.Reader, header ...string) answer {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, s.url+path, body)
	if err != nil {
		s.Fatal(err)
	}
	header = append(header, s.as...)
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
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

func (s *service) get(path string, header ...string) answer {
	s.Helper()
	return s.do(http.MethodGet, path, nil, header...)
}

// send sends JSON.
func (s *service) send(method, path, body string) answer {
	s.Helper()
	return s.do(method, path, strings.NewReader(body), "Content-Type", "application/json")
}

// want decodes a reply of the status into a T.
func want[T any](t *testing.T, a answer, status int) T {
	t.Helper()
	var v T
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return v
}

// problem is a reply as RFC 9457 writes a refusal.
type problem struct {
	Type, Title, Detail, Code string
	Status                    int
	RequestID                 string `json:"request_id"`
	Errors                    []struct{ Location, Code, Message string }
}

// faults are the locations and codes of a problem.
func (p problem) faults() []string {
	out := []string{}
	for _, e := range p.Errors {
		out = append(out, e.Location+" "+e.Code)
	}
	slices.Sort(out)
	return out
}

func wantProblem(t *testing.T, a answer, status int, code string) problem {
	t.Helper()
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("content type %q of %s", got, a.body)
	}
	p := want[problem](t, a, status)
	if p.Code != code || p.Status != status || p.Title == "" || p.Detail == "" || p.RequestID == "" || !strings.HasSuffix(p.Type, "#"+code) {
		t.Errorf("problem %s, want %d %s", a.body, status, code)
	}
	if !strings.Contains(string(a.body), `"errors":[`) {
		t.Errorf("no list of errors in %s", a.body)
	}
	return p
}

// form is a multipart body: name, value, …; a value that begins with @ is a file
// of that name with the given bytes.
func form(t *testing.T, file []byte, pairs ...string) (io.Reader, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		if name, ok := strings.CutPrefix(pairs[i+1], "@"); ok {
			part, err := w.CreateFormFile(pairs[i], name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := part.Write(file); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b, w.FormDataContentType()
}

func (s *service) upload(file []byte, pairs ...string) answer {
	s.Helper()
	body, kind := form(s.T, file, pairs...)
	return s.do(http.MethodPost, "/v1/datasets", body, "Content-Type", kind)
}

type dataset struct {
	ID          int64
	Status      string
	RowsLoaded  int64  `json:"rows_loaded"`
	RowsRefused int64  `json:"rows_refused"`
	RowsHeld    int64  `json:"rows_held"`
	AcceptedBy  string `json:"accepted_by"`
	Files       []struct{ Name, SHA256 string }
}

// loaded waits until a dataset is no longer loading.
func (s *service) loaded(location string) dataset {
	s.Helper()
	var d dataset
	s.until("loaded "+location, func() bool {
		d = want[dataset](s.T, s.get(location), http.StatusOK)
		return d.Status != "loading"
	})
	return d
}

// until asks again and again; a test has no other way to see the end of work
// that another process would poll for.
func (s *service) until(what string, done func() bool) {
	s.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(2 * time.Minute)
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			s.Fatalf("not in time: %s\n%s", what, s.log)
		}
	}
}

// manifest says how each file of the sample county is uploaded.
type manifest struct {
	County struct {
		Code, Name string
		Extent     [4]float64
	}
	AsOf     string `json:"as_of"`
	Datasets []struct {
		File, Layer, Vintage, Source string
		Set                          map[string]string
		Footprint                    []struct {
			ImagedOn    string `json:"imaged_on"`
			WholeCounty bool   `json:"whole_county"`
			Polygon     json.RawMessage
		}
	}
}

func sampleFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := sampledata.FS.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sample(t *testing.T) manifest {
	t.Helper()
	var m manifest
	if err := json.Unmarshal(sampleFile(t, "manifest.json"), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// county registers the sample county.
func (s *service) county() manifest {
	s.Helper()
	m := sample(s.T)
	b, err := json.Marshal(map[string]any{"name": m.County.Name, "extent": m.County.Extent})
	if err != nil {
		s.Fatal(err)
	}
	want[map[string]any](s.T, s.send(http.MethodPut, "/v1/counties/"+m.County.Code, string(b)), http.StatusOK)
	return m
}

// uploads brings the sample county's files in, of the layers named, all when
// none is, and accepts them.
func (s *service) uploads(m manifest, layers ...string) {
	s.Helper()
	for _, d := range m.Datasets {
		if len(layers) > 0 && !slices.Contains(layers, d.Layer) {
			continue
		}
		pairs := []string{"layer", d.Layer, "county", m.County.Code, "vintage", d.Vintage}
		if d.Source != "" {
			pairs = append(pairs, "source", d.Source)
		}
		for k, v := range d.Set {
			pairs = append(pairs, "set", k+"="+v)
		}
		for _, f := range d.Footprint {
			ground := "whole-county"
			if !f.WholeCounty {
				ground = string(f.Polygon)
			}
			pairs = append(pairs, "footprint", f.ImagedOn+"="+ground)
		}
		a := s.upload(sampleFile(s.T, d.File), append(pairs, "file", "@"+d.File)...)
		got := want[dataset](s.T, a, http.StatusAccepted)
		location := a.header.Get("Location")
		if got.Status != "loading" || location == "" {
			s.Errorf("%s: status %q, location %q", d.File, got.Status, location)
		}
		if got = s.loaded(location); got.Status != "staged" || len(got.Files) != 1 || got.Files[0].Name != d.File {
			s.Fatalf("%s: %+v: %s", d.File, got, s.get(location+"/diagnostics").body)
		}
		got = want[dataset](s.T, s.send(http.MethodPost, location+"/accept", `{"by":"`+s.by+`","held_rows":"accept"}`), http.StatusOK)
		if got.Status != "accepted" || got.AcceptedBy != s.by {
			s.Errorf("%s: %+v", d.File, got)
		}
	}
}

type run struct {
	ID     int64
	Status string
	Digest *string
	Mines  struct{ Total, Done, Failed int }
	Error  *string
}

// run starts a run and waits for its end.
func (s *service) run(asOf string) (run, string) {
	s.Helper()
	a := s.send(http.MethodPost, "/v1/runs", `{"as_of":"`+asOf+`"}`)
	want[run](s.T, a, http.StatusAccepted)
	location := a.header.Get("Location")
	return s.over(location), location
}

// over waits for the end of a run.
func (s *service) over(location string) (r run) {
	s.Helper()
	s.until("the end of "+location, func() bool {
		r = want[run](s.T, s.get(location), http.StatusOK)
		return r.Status != "queued" && r.Status != "running"
	})
	return r
}
