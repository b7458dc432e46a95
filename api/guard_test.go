package api_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/api"
)

var update = flag.Bool("update", false, "rewrite docs/problems.md, and the replies of api/examples.json")

func TestCheckLoopback(t *testing.T) {
	t.Parallel()
	for addr, loopback := range map[string]bool{
		"127.0.0.1:8080": true, "127.3.2.1:0": true, "[::1]:8080": true, "localhost:8080": true, "LOCALHOST:1": true, "[::ffff:127.0.0.1]:1": true,
		":8080": false, "0.0.0.0:8080": false, "[::]:8080": false, "192.168.1.2:80": false, "example.org:80": false, "localhost.example.org:80": false,
	} {
		err := api.CheckLoopback(addr)
		var elsewhere *api.NotLoopbackError
		if loopback && err != nil || !loopback && !errors.As(err, &elsewhere) {
			t.Errorf("%s: %v", addr, err)
		}
		if !loopback && (!strings.Contains(err.Error(), "taohe account add") || !strings.Contains(err.Error(), "127.0.0.1")) {
			t.Errorf("%s: %q tells no reason or next step", addr, err)
		}
	}
	if err := api.CheckLoopback("8080"); err == nil || strings.Contains(err.Error(), "taohe account add") {
		t.Errorf("no port: %v", err)
	}
}

func TestParseBaseURL(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://gis.example.cn": "https://gis.example.cn", "http://10.0.0.1:8080/": "http://10.0.0.1:8080", "https://gis.example.cn/taohe//": "https://gis.example.cn/taohe",
		"gis.example.cn": "", "ftp://gis.example.cn": "", "https://": "", "https://:80": "", "https://u:p@gis.example.cn": "", "https://gis.example.cn/?a=b": "",
		"https://gis.example.cn?": "", "https://gis.example.cn#a": "", "https:gis.example.cn": "", "https://gis example.cn": "", "": "",
	} {
		u, err := api.ParseBaseURL(text)
		if (err == nil) != (want != "") || err == nil && u.String() != want {
			t.Errorf("%q: %v, %v, want %q", text, u, err, want)
		}
	}
}

// What a browser could be made to send is refused before anything is done.
func TestGuard(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, tt := range []struct {
		name, method, path string
		header             []string
		status             int
		code               string
	}{
		{"a name that points here", "GET", "/healthz", []string{"Host", "evil.example"}, 403, "host-not-allowed"},
		{"a name like ours", "GET", "/healthz", []string{"Host", "localhost.evil.example"}, 403, "host-not-allowed"},
		{"an address of the net", "GET", "/openapi.json", []string{"Host", "192.168.0.7:8080"}, 403, "host-not-allowed"},
		{"a page posts", "POST", "/v1/runs", []string{"Origin", "https://evil.example"}, 403, "cross-origin"},
		{"a browser says so", "POST", "/v1/datasets", []string{"Sec-Fetch-Site", "cross-site"}, 403, "cross-origin"},
		{"a page puts", "PUT", "/v1/counties/159900", []string{"Origin", "null"}, 403, "cross-origin"},
		{"zero byte in the path", "GET", "/v1/mines/%00/report", nil, 400, "bad-text"},
		{"zero byte in the query", "GET", "/v1/mines?after=%00", nil, 400, "bad-text"},
		{"not UTF-8", "GET", "/v1/mines?county=%ff", nil, 400, "bad-text"},
		{"no such path", "GET", "/v1/nothing", nil, 404, "no-such-path"},
		{"trailing slash", "GET", "/v1/runs/", nil, 404, "no-such-path"},
		{"method", "DELETE", "/v1/runs", nil, 405, "method-not-allowed"},
		{"media type", "GET", "/v1/runs", []string{"Accept", "text/html"}, 406, "not-acceptable"},
	} {
		a := s.do(tt.method, tt.path, nil, tt.header...)
		if a.status != tt.status {
			t.Errorf("%s: %d %s", tt.name, a.status, a.body)
			continue
		}
		wantProblem(t, a, tt.status, tt.code)
		if tt.status == http.StatusMethodNotAllowed {
			if got := a.header.Values("Allow"); strings.Join(got, " ") != "GET HEAD POST" {
				t.Errorf("%s: Allow %q", tt.name, got)
			}
		}
	}
	for _, host := range []string{"localhost", "LocalHost:1234", "127.0.0.1", "[::1]:80"} {
		if a := s.get("/healthz", "Host", host); a.status != http.StatusOK {
			t.Errorf("%s: %d", host, a.status)
		}
	}
	if a := s.do(http.MethodHead, "/healthz", nil); a.status != http.StatusOK || len(a.body) != 0 {
		t.Errorf("HEAD: %d %q", a.status, a.body)
	}
	// The service's own pages may.
	own := s.do(http.MethodPost, "/v1/runs", strings.NewReader(`{}`), "Origin", s.url)
	wantProblem(t, own, http.StatusUnprocessableEntity, "invalid-request")
}

// A JSON body that is not one, is too long, or says what nobody asked.
func TestJSONBodies(t *testing.T) {
	t.Parallel()
	s := start(t)
	const secret = "do not say this again"
	long := `{"as_of":"` + strings.Repeat("x", 2<<20) + `"}`
	for _, tt := range []struct {
		name, path, kind, body string
		status                 int
		code                   string
		faults                 string
	}{
		{"empty", "/v1/runs", "application/json", ``, 400, "malformed-json", ""},
		{"not JSON", "/v1/runs", "application/json", secret, 400, "malformed-json", ""},
		{"cut", "/v1/runs", "application/json", `{"as_of":"` + secret, 400, "malformed-json", ""},
		{"too long", "/v1/runs", "application/json", long, 413, "too-large", ""},
		{"a form", "/v1/runs", "text/plain", secret, 415, "unsupported-media-type", ""},
		{"nothing said", "/v1/runs", "application/json", `{}`, 422, "invalid-request", "as_of missing"},
		{
			"all at once", "/v1/runs", "application/json", `{"as_of":"` + secret + `","asof":"` + secret + `","counties":"` + secret + `"}`, 422, "invalid-request",
			"as_of bad-date; asof unknown-field; counties wrong-type",
		},
		{"no such day", "/v1/runs", "application/json", `{"as_of":"2022-02-30"}`, 422, "invalid-request", "as_of bad-date"},
		{"no county", "/v1/runs", "application/json", `{"as_of":"2022-05-31"}`, 422, "invalid-request", "counties no-county"},
		{"zero byte", "/v1/runs", "application/json", `{"as_of":"2022-05-31","counties":["\u0000"]}`, 422, "invalid-request", "counties[0] bad-text"},
		{
			"county", "/v1/counties/1", "application/json", `{"name":" ","extent":[110,40,109,41]}`, 422, "invalid-request",
			"code bad-county-code; extent bad-extent; name missing-name",
		},
		{
			"extent", "/v1/counties/159900", "application/json", `{"name":"a\u0000b","extent":[110,40,109]}`, 422, "invalid-request",
			"extent out-of-range; name bad-format",
		},
		{
			"decision", "/v1/datasets/1/accept", "application/json", `{"by":"","held_rows":"` + secret + `"}`, 422, "invalid-request",
			"by bad-format; by out-of-range; held_rows not-in-list",
		},
		{"no such dataset", "/v1/datasets/1/accept", "application/json", `{"by":"某人"}`, 404, "not-found", ""},
		{"a number too long", "/v1/datasets/99999999999999999999/accept", "application/json", `{"by":"某人"}`, 422, "invalid-request", "path.id wrong-type"},
		{"no such run", "/v1/runs/7/cancel", "application/json", ``, 404, "not-found", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			method := http.MethodPost
			if strings.HasPrefix(tt.path, "/v1/counties") {
				method = http.MethodPut
			}
			a := s.do(method, tt.path, strings.NewReader(tt.body), "Content-Type", tt.kind)
			p := wantProblem(t, a, tt.status, tt.code)
			if got := strings.Join(p.faults(), "; "); got != tt.faults {
				t.Errorf("faults %q, want %q", got, tt.faults)
			}
			if bytes.Contains(a.body, []byte(secret)) || len(a.body) > 4096 {
				t.Errorf("the answer repeats what was sent: %.200s", a.body)
			}
		})
	}
}

func TestQueries(t *testing.T) {
	t.Parallel()
	s := start(t)
	for path, faults := range map[string]string{
		"/v1/datasets?limit=0":                        "query.limit out-of-range",
		"/v1/datasets?limit=many":                     "query.limit wrong-type",
		"/v1/datasets?layr=forest":                    "query.layr unknown-field",
		"/v1/datasets?layer=forests":                  "query.layer unknown-layer",
		"/v1/datasets?before=-1&limit=1001":           "query.before out-of-range; query.limit out-of-range",
		"/v1/runs/one":                                "path.id wrong-type",
		"/v1/ledger/items?group=9223372036854775807":  "query.group out-of-range",
		"/v1/datasets/1/diagnostics?after=1e9":        "query.after wrong-type",
		"/v1/datasets/1/diagnostics?after=9999999999": "query.after out-of-range",
		"/v1/datasets/1/diagnostics?format=pdf":       "query.format not-in-list",
	} {
		p := wantProblem(t, s.get(path), http.StatusUnprocessableEntity, "invalid-request")
		if got := strings.Join(p.faults(), "; "); got != faults {
			t.Errorf("%s: %q, want %q", path, got, faults)
		}
	}
	for _, path := range []string{"/v1/datasets/1", "/v1/datasets/-1", "/v1/datasets/1/diagnostics", "/v1/runs/1", "/v1/runs/1/ledger.csv", "/v1/runs/1/unattributed_patches", "/v1/mines", "/v1/mines?run=1"} {
		wantProblem(t, s.get(path), http.StatusNotFound, "not-found")
	}
	// Empty lists are lists.
	for _, path := range []string{"/v1/counties", "/v1/datasets", "/v1/runs"} {
		if a := s.get(path); a.status != http.StatusOK || string(a.body) != "{\"items\":[],\"next\":null}\n" {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}

// Nothing of an unexpected error reaches the client; the log has it once, under
// the request's name.
func TestInternalErrorsStayInside(t *testing.T) {
	t.Parallel()
	s := start(t, func(d *api.Deps) { d.Pipeline = nil }) // every call panics
	a := s.get("/v1/runs")
	p := wantProblem(t, a, http.StatusInternalServerError, "internal-error")
	if a.header.Get("X-Request-Id") != p.RequestID || bytes.Contains(a.body, []byte("nil")) || bytes.Contains(a.body, []byte(".go")) {
		t.Errorf("%v %s", a.header, a.body)
	}
	if log := s.log.String(); strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, p.RequestID) || !strings.Contains(log, "nil pointer") {
		t.Errorf("log %s", log)
	}
}

// A header that never ends is cut off.
func TestServerBoundsHeaders(t *testing.T) {
	t.Parallel()
	srv := api.Server("127.0.0.1:0", http.NotFoundHandler())
	if srv.ReadHeaderTimeout <= 0 || srv.IdleTimeout <= 0 || srv.MaxHeaderBytes <= 0 {
		t.Errorf("unbounded: %+v", srv)
	}
	if srv.ReadTimeout != 0 || srv.WriteTimeout != 0 {
		t.Errorf("read %v, write %v: would end a slow upload", srv.ReadTimeout, srv.WriteTimeout)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = srv.Serve(listener) }()
	t.Cleanup(func() { _ = srv.Shutdown(context.Background()) })
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String()+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Long", strings.Repeat("x", 1<<20))
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d", reply.StatusCode)
	}
}

func TestNegotiate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ accept, want string }{
		{"", "a/x"},
		{"*/*", "a/x"},
		{"a/*", "a/x"},
		{"b/*", "b/y"},
		{"b/y;q=0.9, a/x;q=0.8", "b/y"},
		{"*/*;q=0.1, b/y", "b/y"},
		{"a/*;q=0.9, a/x;q=0.1, b/y;q=0.2", "b/y"}, // the most specific range counts
		{"a/x;q=0, b/*", "b/y"},
		{"c/z", ""},
		{"a/x;q=high", ""},
		{"text/html, application/xhtml+xml, */*;q=0.8", "a/x"},
	} {
		if got := api.Negotiate(tt.accept, "a/x", "b/y"); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.accept, got, tt.want)
		}
	}
}
