package watch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

func scrape(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("a scrape is answered %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func wantLines(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
}

// Requests are counted by pattern, and no word of a client's is a label.
func TestRequestsAreCounted(t *testing.T) {
	t.Parallel()
	m := New("7.1")
	end := m.Begin()
	wantLines(t, scrape(t, m), "taohe_http_requests_in_flight 1", `taohe_build_info{version="7.1"} 1`)
	end(Request{Method: "GET", Route: "/v1/runs/{id}", Status: 200, Received: 3, Sent: 40, Took: 30 * time.Millisecond})
	m.Begin()(Request{Method: "XYZZY", Status: 404})
	m.TileKept()
	m.TileDrawn(700)
	m.TileDrawn(300)
	text := scrape(t, m)
	wantLines(t, text, "taohe_http_requests_in_flight 0", `taohe_tiles_total{answer="drawn"} 2`, `taohe_tiles_total{answer="kept"} 1`, "taohe_tile_bytes_total 1000",
		`taohe_http_requests_total{method="GET",route="/v1/runs/{id}",status="200"} 1`,
		`taohe_http_requests_total{method="other",route="none",status="404"} 1`,
		`taohe_http_request_seconds_bucket{method="GET",route="/v1/runs/{id}",le="0.02"} 0`,
		`taohe_http_request_seconds_bucket{method="GET",route="/v1/runs/{id}",le="0.1"} 1`,
		`taohe_http_received_bytes_total{route="/v1/runs/{id}"} 3`, `taohe_http_sent_bytes_total{route="/v1/runs/{id}"} 40`)
	if strings.Contains(text, "XYZZY") {
		t.Error("a client's word is a label")
	}
}

// What a scrape says of the database is what was put into it; without a database
// it says that, and all else.
func TestDatabaseIsAsked(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	_, err := pool.Exec(t.Context(), `
		insert into river_job (kind, queue, state, max_attempts, scheduled_at, args)
		values ('run', 'run', 'available', 25, clock_timestamp() - interval '100 s', '{}'),
		       ('run', 'run', 'available', 25, clock_timestamp() - interval '10 s', '{}'),
		       ('run', 'run', 'scheduled', 25, clock_timestamp() + interval '1 h', '{}')`)
	if err != nil {
		t.Fatal(err)
	}
	m := New("test")
	m.WatchDatabase(pool)
	forget := m.WatchPool("requests", pool)
	text := scrape(t, m)
	wantLines(t, text, "taohe_database_up 1", `taohe_queue_jobs{kind="run",state="available"} 2`, `taohe_queue_jobs{kind="run",state="scheduled"} 1`,
		"taohe_replicas 0", `taohe_pool_max_connections{pool="requests"} 4`)
	if !regexp.MustCompile(`\ntaohe_queue_oldest_waiting_seconds\{kind="run"\} 1[0-9][0-9]\.`).MatchString(text) {
		t.Errorf("the oldest waits not 100 s and some: %s", text)
	}
	if !regexp.MustCompile(`\ntaohe_database_size_bytes [1-9]`).MatchString(text) {
		t.Error("the database has no size")
	}
	forget()
	if strings.Contains(scrape(t, m), "taohe_pool_") {
		t.Error("a pool that was forgotten is shown")
	}

	gone, err := pg.Open(t.Context(), pool.Config().ConnString(), pg.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	m = New("test")
	m.WatchDatabase(gone)
	text = scrape(t, m)
	wantLines(t, text, "taohe_database_up 0")
	if strings.Contains(text, "taohe_database_size_bytes ") || !strings.Contains(text, "go_goroutines") {
		t.Errorf("without a database:\n%s", text)
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, tt := range []struct {
		name   string
		checks []Check
		status int
		says   string
	}{
		{"nothing to check", nil, 200, `{"checks":{},"ready":true}`},
		{"all well", []Check{{"spool", Writable(dir)}}, 200, `{"checks":{"spool":"ok"},"ready":true}`},
		{"one is not", []Check{{"spool", Writable(dir)}, {"worker", func(context.Context) error { return errors.New("idle") }}}, 503, `{"checks":{"spool":"ok","worker":"idle"},"ready":false}`},
		{"no folder", []Check{{"spool", Writable(filepath.Join(dir, "none"))}}, 503, `{"checks":{"spool":"no file can be made: no such file or directory"},"ready":false}`},
		{"does not answer", []Check{{"database", func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}}}, 503, `{"checks":{"database":"context deadline exceeded"},"ready":false}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			Ready(tt.checks...).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
			if got := strings.TrimSpace(w.Body.String()); w.Code != tt.status || got != tt.says {
				t.Errorf("got %d %s, want %d %s", w.Code, got, tt.status, tt.says)
			}
		})
	}
	t.Cleanup(func() {
		left, err := os.ReadDir(dir)
		if err != nil || len(left) > 0 {
			t.Errorf("left in the folder: %v %v", left, err)
		}
	})
}

func TestLogSaysWhatTheContextDoes(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	log := Log(&b, true, slog.LevelInfo)
	ctx := With(t.Context(), slog.String("request_id", "r1"))
	inner := With(ctx, slog.Int64("run", 7))
	other := With(ctx, slog.Int64("run", 8))
	Contextual(log).With("of", "test").InfoContext(inner, "a", "request_id", "own")
	log.InfoContext(other, "b")
	log.Info("c")
	log.DebugContext(other, "not logged")
	var lines []map[string]any
	for line := range strings.Lines(b.String()) {
		var l map[string]any
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		delete(l, "time")
		delete(l, "level")
		lines = append(lines, l)
	}
	got, err := json.Marshal(lines)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"msg":"a","of":"test","request_id":"own","run":7},{"msg":"b","request_id":"r1","run":8},{"msg":"c"}]`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
