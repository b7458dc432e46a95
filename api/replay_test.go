package api_test

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/taohe-gis/taohe/internal/access"
)

// A request that is sent again with its key is answered again and makes nothing.
func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	s.county()
	post := func(path, key, body string) answer {
		return s.do("POST", path, strings.NewReader(body), "Content-Type", "application/json", "Idempotency-Key", key)
	}
	first := post("/v1/runs", "run-1", `{"as_of":"2022-05-31"}`)
	want[run](t, first, http.StatusAccepted)
	again := post("/v1/runs", "run-1", `{"as_of":"2022-05-31"}`)
	if again.status != first.status || !bytes.Equal(again.body, first.body) || again.header.Get("Location") != first.header.Get("Location") ||
		again.header.Get("Content-Type") != "application/json" || again.header.Get("Idempotency-Replayed") != "true" || first.header.Get("Idempotency-Replayed") != "" {
		t.Errorf("again %d %v %s\nfirst %d %v %s", again.status, again.header, again.body, first.status, first.header, first.body)
	}
	if runs := want[struct{ Items []run }](t, s.get("/v1/runs"), http.StatusOK); len(runs.Items) != 1 {
		t.Errorf("%d runs", len(runs.Items))
	}
	wantProblem(t, post("/v1/runs", "run-1", `{"as_of":"2022-06-30"}`), http.StatusConflict, "idempotency-key-reused")
	wantProblem(t, post("/v1/ledger/items", "run-1", soilCover), http.StatusConflict, "idempotency-key-reused")
	// What was refused made nothing, and its key is free.
	wantProblem(t, post("/v1/ledger/items", "item", `{}`), http.StatusUnprocessableEntity, "invalid-request")
	want[ledgerItem](t, post("/v1/ledger/items", "item", soilCover), http.StatusCreated)
	p := wantProblem(t, post("/v1/runs", "with a space", `{"as_of":"2022-05-31"}`), http.StatusUnprocessableEntity, "invalid-request")
	if got := p.faults(); len(got) != 1 || got[0] != "header.Idempotency-Key bad-format" {
		t.Errorf("faults %v", got)
	}
	wantProblem(t, post("/v1/runs", strings.Repeat("k", 201), `{"as_of":"2022-05-31"}`), http.StatusUnprocessableEntity, "invalid-request")
	// After a day a key is nobody's.
	if _, err := s.pool.Exec(t.Context(), `update kept_reply set claimed_at = now() - interval '25 hours'`); err != nil {
		t.Fatal(err)
	}
	want[run](t, post("/v1/runs", "run-1", `{"as_of":"2022-06-30"}`), http.StatusAccepted)
	var kept int
	if err := s.pool.QueryRow(t.Context(), `select count(*) from kept_reply`).Scan(&kept); err != nil || kept != 1 {
		t.Errorf("%d replies are kept, %v", kept, err)
	}
	s.keysOfTheDead()
	s.sameKeys()
}

// keysOfTheDead are left by a program that was killed: what it had not done is done
// now, what it had done is not done again.
func (s *service) keysOfTheDead() {
	s.Helper()
	enter := func(key string) answer {
		return s.do("POST", "/v1/ledger/items", strings.NewReader(soilCover), "Content-Type", "application/json", "Idempotency-Key", key)
	}
	items := func() int {
		return len(want[struct{ Items []ledgerItem }](s.T, s.get("/v1/ledger/items"), http.StatusOK).Items)
	}
	before := items()
	want[ledgerItem](s.T, enter("killed"), http.StatusCreated)
	var done bool
	if err := s.pool.QueryRow(s.Context(), `select carried_out from kept_reply where key = 'killed'`).Scan(&done); err != nil || !done {
		s.Errorf("carried out: %v, %v", done, err)
	}
	for _, tt := range []struct {
		done bool
		want int
	}{{true, http.StatusConflict}, {false, http.StatusCreated}} {
		_, err := s.pool.Exec(s.Context(), `update kept_reply set owner = 0, carried_out = $1, status = null, header = null, body = null where key = 'killed'`, tt.done)
		if err != nil {
			s.Fatal(err)
		}
		if a := enter("killed"); a.status != tt.want {
			s.Errorf("left by a dead program, carried out %v: %d %s", tt.done, a.status, a.body)
		}
	}
	if n := items(); n != before+2 {
		s.Errorf("%d items, want two more than %d", n, before)
	}
}

// sameKeys sends requests with one key at a time from many sides, for each
// operation that takes one: none makes a thing twice.
func (s *service) sameKeys() {
	s.Helper()
	var senders sync.WaitGroup
	for range 8 {
		senders.Go(func() {
			a := s.do("POST", "/v1/ledger/items", strings.NewReader(soilCover), "Content-Type", "application/json", "Idempotency-Key", "at-once")
			if a.status != http.StatusCreated && a.status != http.StatusConflict {
				s.Errorf("%d %s", a.status, a.body)
			}
		})
	}
	senders.Wait()
	if items := want[struct{ Items []ledgerItem }](s.T, s.get("/v1/ledger/items"), http.StatusOK); len(items.Items) != 4 {
		s.Errorf("%d items, want 4", len(items.Items))
	}
	for _, op := range theContract().sorted() {
		if !op.expects("request-under-way") {
			continue
		}
		body, kind := op.content(s.T)
		key := "of " + op.id
		key = strings.ReplaceAll(key, " ", "-")
		if _, err := s.pool.Exec(s.Context(), `insert into kept_reply (key, request_sha256) values ($1, sha256($2))`, key, []byte(access.LocalName+"\nPOST "+op.address()+"\n\n"+body)); err != nil {
			s.Fatal(err)
		}
		wantCode(s.T, op, s.do("POST", op.address(), strings.NewReader(body), "Content-Type", kind, "Idempotency-Key", key), "request-under-way")
		wantCode(s.T, op, s.do("POST", op.address(), strings.NewReader("{}"), "Content-Type", kind, "Idempotency-Key", key), "idempotency-key-reused")
		// 0 is nobody's presence.
		if _, err := s.pool.Exec(s.Context(), `update kept_reply set owner = 0, carried_out = true where key = $1`, key); err != nil {
			s.Fatal(err)
		}
		wantCode(s.T, op, s.do("POST", op.address(), strings.NewReader(body), "Content-Type", kind, "Idempotency-Key", key), "reply-lost")
	}
}
