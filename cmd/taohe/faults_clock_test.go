//go:build unix

package main

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

// clockSQL makes the functions that say what time it is functions of this database,
// which a test can step. Whoever looks names up in this order meets them before those
// of PostgreSQL; migrated so, the tables' defaults are bound to them too.
var clockSQL = []string{
	`create schema clock`,
	`create table clock.step (by interval not null)`,
	`insert into clock.step values ('0')`,
	`create function clock.now() returns timestamptz language sql stable as 'select pg_catalog.now() + by from clock.step'`,
	`create function clock.transaction_timestamp() returns timestamptz language sql stable as 'select pg_catalog.now() + by from clock.step'`,
	`create function clock.clock_timestamp() returns timestamptz language sql volatile as 'select pg_catalog.clock_timestamp() + by from clock.step'`,
	`grant usage on schema clock to public`,
	`grant select on clock.step to public`,
}

const clockPath = "public,clock,pg_catalog"

// steppable is a migrated database whose clock can be stepped.
func steppable(t *testing.T) (dsn string, step func(by string)) {
	t.Helper()
	empty := pgtest.EmptyDSN(t)
	conn := connect(t, empty)
	for _, statement := range clockSQL {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	u, err := url.Parse(empty)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", clockPath)
	u.RawQuery = q.Encode()
	if err := pg.Migrate(t.Context(), u.String()); err != nil {
		t.Fatal(err)
	}
	return u.String(), func(by string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), `update clock.step set by = by + $1::text::interval`, by); err != nil {
			t.Fatal(err)
		}
	}
}

// The clock steps back an hour between the stages of a clerk's work, under a service
// that is killed, so that what it wrote lies ahead: leads, jobs that are queued, and
// all that was accepted and computed. Nothing waits for the hour, the order of events
// is that of their numbers, and what came later is told as later.
func TestFaultClockBack(t *testing.T) {
	t.Parallel()
	dsn, step := steppable(t)
	b := sharedBureau(t, dsn, 0)
	c := newClerk(t, b.service.url)
	stages := c.stages
	c.stages = stages[:1]
	if err := c.work(); err != nil {
		t.Fatal(err)
	}
	// A run is queued, and a job that failed once waits to be tried again.
	g := holdTable(t, dsn, "run_approval")
	run, err := c.insist(http.MethodPost, "/v1/runs", fmt.Sprintf(`{"as_of":%q}`, c.stages[0].asOf), "")
	if err != nil || run.status != http.StatusAccepted {
		t.Fatalf("%v, %v", run, err)
	}
	g.reached(b.service, 1)
	conn := connect(t, dsn)
	b.service.until("a leader", func() bool {
		var led bool
		if err := conn.QueryRow(t.Context(), `select exists (select from river_leader)`).Scan(&led); err != nil {
			t.Fatal(err)
		}
		return led
	})
	b.service.signal(syscall.SIGKILL)
	b.service.end()
	g.open()
	if _, err := conn.Exec(t.Context(), `
		insert into river_job (args, kind, queue, max_attempts, state, attempt, scheduled_at, errors)
		select args, kind, queue, max_attempts, 'retryable', 1, now() + interval '1 second', array['{"at":"2022-06-01T00:00:00Z","attempt":1,"error":"x","trace":""}'::jsonb]
		from river_job where kind = 'run' order by id desc limit 1`); err != nil {
		t.Fatal(err)
	}
	before := wantLatest(t, conn)
	step("-1 hour")
	b.open()
	if r, err := c.settled(fmt.Sprintf("/v1/runs/%d", run.number("id")), "complete", "failed"); err != nil || r.text("status") != "complete" {
		t.Fatalf("a run that was queued before the clock went back: %v, %v", r.body, err)
	}
	b.wantTidy()
	b.service.until("another leader", func() bool {
		var led bool
		if err := conn.QueryRow(t.Context(), `select exists (select from river_leader where expires_at < now() + interval '1 minute')`).Scan(&led); err != nil {
			t.Fatal(err)
		}
		return led
	})

	// Later images are accepted, and the report of a run from before the step says so.
	c.stages = stages[1:]
	licence := c.mine()
	if err := c.file(c.stages[0].files[0]); err != nil {
		t.Fatal(err)
	}
	mine, err := c.insist(http.MethodGet, fmt.Sprintf("/v1/mines/%s/report?run=%d", licence, c.runs[0]), "", "")
	if newer, _ := mine.body["newer_inputs"].([]any); err != nil || len(newer) != 1 {
		t.Errorf("newer inputs of a report from before the clock went back: %v, %v", mine.body["newer_inputs"], err)
	}
	if err := c.work(); err != nil {
		t.Fatal(err)
	}
	if after := wantLatest(t, conn); after.dataset <= before.dataset || after.run <= before.run {
		t.Errorf("the collections are of dataset %d and run %d, before of %d and %d", after.dataset, after.run, before.dataset, before.run)
	}
	var back int
	err = conn.QueryRow(t.Context(), `select count(*) from (select at < lag(at) over (order by no) as back from ledger_event) e where back`).Scan(&back)
	if err != nil || back != 1 {
		t.Errorf("the log goes back in time %d times, want once: %v", back, err)
	}
	changes, err := c.insist(http.MethodGet, "/v1/ledger/changes?limit=1000", "", "")
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range changes.items() {
		if e.number("no") != int64(i+1) {
			t.Fatalf("change %d has number %d", i+1, e.number("no"))
		}
	}
	wantNothingHalf(t, conn, "after the clock went back")
	got, want := outcomeOf(t, conn), undisturbed(t)
	if len(got.events) != len(want.events) {
		t.Errorf("%d events, want %d", len(got.events), len(want.events))
	}
	for i := range min(len(got.events), len(want.events)) {
		if got.events[i] != want.events[i] {
			t.Fatalf("event %d: %s\nwant %s", i+1, got.events[i], want.events[i])
		}
	}
	b.wantVerified(conn)
	stop(b.service)
}

// mine is a mine of the newest run.
func (c *clerk) mine() string {
	c.Helper()
	a, err := c.insist(http.MethodGet, "/v1/mines?limit=1", "", "")
	if err != nil || len(a.items()) != 1 {
		c.Fatalf("%v, %v", a, err)
	}
	return a.items()[0].text("licence_no")
}

type latest struct{ dataset, run int64 }

// wantLatest is what collections are made of now: the newest of all, whatever times
// they bear.
func wantLatest(t *testing.T, conn *pgx.Conn) (l latest) {
	t.Helper()
	var newest latest
	err := conn.QueryRow(t.Context(), `
		with looked as (
			select greatest(transaction_timestamp(), (select max(accepted_at) from dataset), (select max(finished_at) from run where status = 'complete')) as at)
		select (select max(id) from dataset where status = 'accepted' and layer = 'disturbance' and accepted_at <= at),
		       (select max(id) from run where status = 'complete' and finished_at <= at),
		       (select max(id) from dataset where status = 'accepted' and layer = 'disturbance'), (select max(id) from run where status = 'complete')
		from looked`).Scan(&l.dataset, &l.run, &newest.dataset, &newest.run)
	if err != nil || l != newest {
		t.Errorf("shown are dataset %d and run %d, the newest are %d and %d: %v", l.dataset, l.run, newest.dataset, newest.run, err)
	}
	return l
}

// Sessions, tokens and tries of sign-ins whose times lie ahead are bounded as others
// are, to both sides.
func TestFaultClockBackForAccess(t *testing.T) {
	t.Parallel()
	dsn, step := steppable(t)
	a := access.New(pgtest.Open(t, dsn))
	const password, home = "草原上的三头骆驼与一条河", "192.0.2.1"
	owner, err := a.Create(t.Context(), access.Caller{Name: "root", Role: access.Admin, Via: access.ViaCommand}, access.NewAccount{Name: "张三", Role: access.Viewer, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	session, _, err := a.SignIn(t.Context(), "张三", password, home, "")
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := a.CreateToken(t.Context(), owner, access.NewToken{Name: "报表", Role: access.Viewer, Days: 366})
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if _, _, err := a.SignIn(t.Context(), "李四", "x", home, ""); err == nil {
			t.Fatal("signed in")
		}
	}
	type state struct{ session, token, locked bool }
	look := func() (s state) {
		_, err := a.BySession(t.Context(), session, home)
		s.session = err == nil
		_, err = a.ByToken(t.Context(), token, home)
		s.token = err == nil
		_, _, err = a.SignIn(t.Context(), "李四", "x", home, "")
		s.locked = err != nil && strings.Contains(err.Error(), access.ErrTooMany.Error())
		return s
	}
	want := func(when string, want state) {
		t.Helper()
		if got := look(); got != want {
			t.Errorf("%s: %+v, want %+v", when, got, want)
		}
	}
	want("at first", state{true, true, true})
	step("-10 minutes")
	want("ten minutes back", state{true, true, true})
	step("-1 hour")
	want("an hour back", state{true, true, false})
	step("4 hours")
	want("four hours on", state{false, true, false})
	// A clock that was years ahead.
	step("18 years")
	if session, _, err = a.SignIn(t.Context(), "张三", password, home, ""); err != nil {
		t.Fatal(err)
	}
	if token, _, err = a.CreateToken(t.Context(), owner, access.NewToken{Name: "报表", Role: access.Viewer, Days: 1}); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if _, _, err := a.SignIn(t.Context(), "李四", "x", home, ""); err == nil {
			t.Fatal("signed in")
		}
	}
	step("-18 years")
	want("years back", state{false, false, false})
}

// A reply that is kept, or a key that is claimed, by a clock that was ahead: the key
// is free again within a day of the clock's return.
func TestFaultClockBackForKeys(t *testing.T) {
	t.Parallel()
	dsn, step := steppable(t)
	p := serve(t, dsn, filepath.Join(t.TempDir(), "spool"))
	p.putCounty()
	c := newClerk(t, p.url)
	step("2 days")
	first, err := c.insist(http.MethodPost, "/v1/runs", `{"as_of":"2022-05-31"}`, "run")
	if err != nil || first.status != http.StatusAccepted {
		t.Fatalf("%v, %v", first, err)
	}
	step("-1 hour")
	if a, err := c.insist(http.MethodPost, "/v1/runs", `{"as_of":"2022-05-31"}`, "run"); err != nil || a.number("id") != first.number("id") {
		t.Errorf("an hour back: %v, %v", a, err)
	}
	step("-47 hours")
	if a, err := c.insist(http.MethodPost, "/v1/runs", `{"as_of":"2022-06-30"}`, "run"); err != nil || a.status != http.StatusAccepted {
		t.Errorf("two days back: %v, %v", a, err)
	}
	stop(p)
}
