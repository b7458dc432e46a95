//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/taohe-gis/taohe/internal/pgtest"
)

// eitherOf names both servers, and of them the one that takes writes as attrs says.
func eitherOf(t *testing.T, first, second *pgtest.Node, attrs string) string {
	t.Helper()
	a, err := url.Parse(first.DSN())
	if err != nil {
		t.Fatal(err)
	}
	b, err := url.Parse(second.DSN())
	if err != nil {
		t.Fatal(err)
	}
	q := a.Query()
	q.Set("host", q.Get("host")+","+b.Query().Get("host"))
	q.Set("port", q.Get("port")+","+b.Query().Get("port"))
	if attrs != "" {
		q.Set("target_session_attrs", attrs)
	}
	a.RawQuery = q.Encode()
	return a.String()
}

// An inspector enters items by hand, one after the other, and remembers which were
// acknowledged.
type inspector struct {
	clerk        *clerk
	acknowledged []string
	sending      sync.WaitGroup
	stop         chan struct{}
	err          error
}

func newInspector(t *testing.T, address string) *inspector {
	i := &inspector{clerk: newClerk(t, address), stop: make(chan struct{})}
	i.sending.Go(func() {
		for n := 0; i.err == nil; n++ {
			select {
			case <-i.stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
			problem := fmt.Sprintf("覆土不足，第 %d 处", n)
			body, err := json.Marshal(map[string]string{"by": "甲", "county_code": faultCounty, "enterprise": "甲矿业", "problem_code": "soil_cover", "problem": problem})
			if err != nil {
				i.err = err
				return
			}
			a, err := i.clerk.insist(http.MethodPost, "/v1/ledger/items", string(body), "item-"+strconv.Itoa(n))
			switch {
			case err != nil:
				i.err = err
			case a.status == http.StatusCreated, a.text("code") == "reply-lost":
				i.acknowledged = append(i.acknowledged, problem)
			case a.status == http.StatusUnprocessableEntity: // the county is not there yet
			default:
				i.err = fmt.Errorf("%d %v", a.status, a.body)
			}
		}
	})
	return i
}

// The primary is lost under a clerk, an inspector and readers, and its replica is
// promoted: the service goes on with it by itself, nothing that was acknowledged is
// lost or there twice, and in the end all is as if nothing had happened.
func TestFaultPrimaryLost(t *testing.T) {
	t.Parallel()
	want := undisturbed(t)
	rng := moments(t)
	for n, round := range []struct{ attrs, during string }{
		{"any", "run, mines"}, {"read-write", "import"}, {"", "feed"}, {"any", "import"}, {"read-write", "run, mines"}, {"", "run, mines"},
	} {
		t.Run(fmt.Sprintf("%s during %s", round.attrs, round.during), func(t *testing.T) {
			if n > 0 {
				long(t)
			}
			primaryLost(t, rng, round.attrs, round.during, want)
		})
	}
}

func primaryLost(t *testing.T, rng *rand.Rand, attrs, phase string, want outcome) {
	primary := pgtest.Primary(t)
	replica := primary.Replica()
	primary.WaitFor(replica)
	// The replica first: a program that took whatever answers would take that.
	b := sharedBureau(t, eitherOf(t, replica, primary, attrs), 1)
	clerk := newClerk(t, b.service.url)
	done := make(chan error, 1)
	go func() { done <- clerk.work() }()
	defer close(clerk.stop)
	inspector := newInspector(t, b.service.url)
	r := readersOf(t, b.service.url, 4)
	before := connect(t, primary.DSN())
	if !b.reached(before, phase, rng, done) {
		t.Fatal("the clerk was done before the primary was lost")
	}
	during, mark, err := underWay(t.Context(), before)
	if err != nil {
		t.Fatal(err)
	}
	primary.Crash()
	lost := time.Now()
	b.service.until("a refusal", func() bool { status, _ := b.service.get("/healthz"); return status == http.StatusServiceUnavailable })
	replica.Promote()
	promoted := time.Now()
	b.service.until("the service's answer", func() bool { status, _ := b.service.get("/healthz"); return status == http.StatusOK })
	answered := time.Since(promoted)
	conn := connect(t, replica.DSN())
	b.service.until("what goes on", func() bool {
		_, now, err := underWay(t.Context(), conn)
		if err != nil {
			t.Fatal(err)
		}
		return now != mark || len(done) > 0
	})
	t.Logf("lost during %s; promoted after %s; answered %s, went on %s after that", during, promoted.Sub(lost).Round(time.Millisecond),
		answered.Round(time.Millisecond), time.Since(promoted).Round(time.Millisecond))
	wantNothingHalf(t, conn, "lost during "+during)
	select {
	case err := <-done:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(2 * time.Minute):
		t.Fatal("the clerk does not come to an end")
	}
	close(inspector.stop)
	inspector.sending.Wait()
	if inspector.err != nil {
		t.Error(inspector.err)
	}
	r.end()
	b.wantNoInternal()
	wantNothingHalf(t, conn, "at the end")
	wantOutcome(t, outcomeOf(t, conn), want)
	b.wantVerified(conn)
	var entered, different int
	var missing []string
	err = conn.QueryRow(t.Context(), `
		select (select count(*) from ledger_item where rule_code = ''), (select count(distinct problem) from ledger_item where rule_code = ''),
		       (select coalesce(array_agg(p), '{}') from unnest($1::text[]) as p where not exists (select from ledger_item where problem = p))`,
		inspector.acknowledged).Scan(&entered, &different, &missing)
	if err != nil || len(missing) > 0 || entered != different || len(inspector.acknowledged) < 5 {
		t.Errorf("%d items are there, %d different ones; of %d acknowledged these are not: %v, %v", entered, different, len(inspector.acknowledged), missing, err)
	}
	t.Logf("%d items acknowledged, %d there; sent again %d requests, refused %v", len(inspector.acknowledged), entered, clerk.retries+inspector.clerk.retries, clerk.refusals)
	stop(b.service)
	stop(b.others[0])
}
