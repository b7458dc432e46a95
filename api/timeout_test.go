package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/taohe-gis/taohe/api"
)

// holdCounties lets nobody read a table until the test ends.
func (s *service) holdCounties() {
	s.Helper()
	conn, err := s.pool.Acquire(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(conn.Release)
	s.Cleanup(func() { _, _ = conn.Exec(context.Background(), `rollback`) })
	if _, err := conn.Exec(s.Context(), `begin; lock table county in access exclusive mode`); err != nil {
		s.Fatal(err)
	}
}

// waiting is how many statements of the database wait for a lock.
func (s *service) waiting() (many int) {
	s.Helper()
	err := s.pool.QueryRow(s.Context(), `
		select count(*) from pg_stat_activity where datname = current_database() and state = 'active' and wait_event_type = 'Lock'`).Scan(&many)
	if err != nil {
		s.Fatal(err)
	}
	return many
}

func (s *service) untilWaiting(want int) {
	s.Helper()
	s.until("so many that wait for a lock", func() bool { return s.waiting() == want })
}

// A request that takes too long is answered, and the database works for it no
// longer.
func TestRequestTimeout(t *testing.T) {
	t.Parallel()
	s := startIdle(t, func(d *api.Deps) { d.RequestTimeout = 300 * time.Millisecond })
	s.holdCounties()
	for _, path := range []string{"/v1/counties", "/ogc/collections"} {
		wantProblem(t, s.get(path), http.StatusServiceUnavailable, "request-took-too-long")
		s.untilWaiting(0)
	}
	if log := s.log.String(); !strings.Contains(log, "level=ERROR msg=request-took-too-long") {
		t.Errorf("the log does not tell: %s", log)
	}
}

// Nor does it for a client that hung up.
func TestClientGoneEndsStatement(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	s.holdCounties()
	ctx, hangUp := context.WithCancel(t.Context())
	defer hangUp()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/v1/counties", nil)
	if err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 1)
	go func() {
		reply, err := http.DefaultClient.Do(r)
		if err == nil {
			err = reply.Body.Close()
		}
		answered <- err
	}()
	s.untilWaiting(1)
	hangUp()
	if err := <-answered; err == nil {
		t.Error("answered, though the client hung up")
	}
	s.untilWaiting(0)
}

// The name of a request is its sender's, if it is one; the log has it with the run
// that the request was about.
func TestRequestIsNamed(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	for _, tt := range []struct {
		sent string
		kept bool
	}{
		{"edge-7f.3_A", true}, {strings.Repeat("a", 64), true}, {strings.Repeat("a", 65), false}, {"", false}, {"a b", false}, {"a\"} x=1", false}, {"-a", false},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/v1/runs/17", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Request-Id", tt.sent)
		reply, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := reply.Body.Close(); err != nil {
			t.Fatal(err)
		}
		got := reply.Header.Get("X-Request-Id")
		if (got == tt.sent) != tt.kept || got == "" {
			t.Errorf("sent %q, named %q", tt.sent, got)
		}
		if log := s.log.String(); !strings.Contains(log, "msg=request request_id="+got+" method=GET path=/v1/runs/17 route=/v1/runs/{id} account=本机 status=404") || !strings.Contains(log, " run=17\n") {
			t.Errorf("no line of request %s in %s", got, log)
		}
	}
}
