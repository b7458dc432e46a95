//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/migrations"
)

// Readers ask a service again and again, and count how they are answered.
type readers struct {
	*testing.T
	mu      sync.Mutex
	answers map[string]int
	reading sync.WaitGroup
	stop    chan struct{}
}

// readersOf has so many read lists and reports until they are told to stop.
func readersOf(t *testing.T, url string, many int) *readers {
	r := &readers{T: t, answers: map[string]int{}, stop: make(chan struct{})}
	client := &http.Client{Timeout: time.Minute}
	paths := []string{"/v1/datasets", "/v1/runs", "/v1/ledger/changes", "/v1/mines", "/v1/counties", "/ogc/collections/mining_right/items?limit=5"}
	for n := range many {
		r.reading.Go(func() {
			for i := n; ; i++ {
				select {
				case <-r.stop:
					return
				case <-time.After(5 * time.Millisecond):
				}
				r.note(r.read(client, url+paths[i%len(paths)]))
			}
		})
	}
	return r
}

// read says how a request was answered: its status, and the code of a problem.
func (r *readers) read(client *http.Client, address string) string {
	request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, address, nil)
	if err != nil {
		return err.Error()
	}
	reply, err := client.Do(request)
	if err != nil {
		return "no answer: " + err.Error()
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		return "cut off: " + err.Error()
	}
	if reply.StatusCode < http.StatusBadRequest {
		if !json.Valid(body) {
			return "half an answer"
		}
		return http.StatusText(reply.StatusCode)
	}
	var problem struct{ Code string }
	if err := json.Unmarshal(body, &problem); err != nil || reply.Header.Get("Content-Type") != "application/problem+json" {
		return fmt.Sprintf("%d %s", reply.StatusCode, body)
	}
	return fmt.Sprintf("%d %s", reply.StatusCode, problem.Code)
}

func (r *readers) note(answer string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers[answer]++
}

// wantNoInternal wants no request to have come to what nobody had thought of.
func (b *bureau) wantNoInternal() {
	b.Helper()
	for line := range strings.Lines(b.service.errOut.String()) {
		if strings.Contains(line, "msg=internal-error") {
			b.Error(line)
		}
	}
}

// end stops the readers, and wants them to have been answered, or refused as while a
// database is away, or cut off where a reply had begun; before there is a run or a
// layer there is nothing to be found.
func (r *readers) end() {
	r.Helper()
	close(r.stop)
	r.reading.Wait()
	known := []string{http.StatusText(http.StatusOK), "503 database-unavailable", "404 not-found"}
	for _, answer := range slices.Sorted(maps.Keys(r.answers)) {
		r.Logf("readers: %6d times %s", r.answers[answer], answer)
		if !slices.Contains(known, answer) && !strings.HasSuffix(answer, "EOF") {
			r.Errorf("%d times: %s", r.answers[answer], answer)
		}
	}
	if r.answers[known[0]] == 0 || r.answers[known[1]] == 0 {
		r.Error("readers were never answered, or never refused")
	}
}

// The database is stopped, in good order and at once in turn, and started under
// readers and a clerk: who is refused is told that it is away, the service is back by
// itself, and in the end all is as if nothing had happened.
func TestFaultDatabaseStoppedUnderLoad(t *testing.T) {
	t.Parallel()
	long(t)
	want := undisturbed(t)
	c := startCluster(t)
	if err := c.EnsureDatabase(t.Context(), "taohe"); err != nil {
		t.Fatal(err)
	}
	b := sharedBureau(t, c.DSN("taohe"), 0)
	clerk := newClerk(t, b.service.url)
	done := make(chan error, 1)
	go func() { done <- clerk.work() }()
	defer close(clerk.stop)
	r := readersOf(t, b.service.url, 8)
	phases := []string{"import", "import", "run, mines", "run, mines", "feed", "import", "run, mines", "feed"}
	rng := moments(t)
	var back, went []time.Duration
	for n, phase := range phases {
		conn := connect(t, b.dsn())
		if !b.reached(conn, phase, rng, done) {
			t.Errorf("%s was not met", phase)
			break
		}
		during, mark, err := underWay(t.Context(), conn)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.Close(t.Context())
		how := "at once"
		if n%2 == 0 {
			how = "in good order"
			if err := c.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
		} else {
			c.stopNow(c.Cluster)
		}
		b.service.until("a refusal", func() bool { status, _ := b.service.get("/healthz"); return status == http.StatusServiceUnavailable })
		c.start()
		started := time.Now()
		b.service.until("the service's answer", func() bool { status, _ := b.service.get("/healthz"); return status == http.StatusOK })
		back = append(back, time.Since(started))
		conn = connect(t, b.dsn())
		b.service.until("what goes on", func() bool {
			_, now, err := underWay(t.Context(), conn)
			if err != nil {
				t.Fatal(err)
			}
			return now != mark || len(done) > 0
		})
		went = append(went, time.Since(started))
		wantNothingHalf(t, conn, fmt.Sprintf("stopped %s during %s", how, during))
		_ = conn.Close(t.Context())
		t.Logf("stopped %s during %s: answered %s, went on %s after the start", how, during, back[n].Round(time.Millisecond), went[n].Round(time.Millisecond))
	}
	select {
	case err := <-done:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(2 * time.Minute):
		t.Fatal("the clerk does not come to an end")
	}
	r.end()
	b.wantNoInternal()
	conn := connect(t, b.dsn())
	wantNothingHalf(t, conn, "at the end")
	wantOutcome(t, outcomeOf(t, conn), want)
	b.wantVerified(conn)
	b.wantTidy()
	t.Logf("the clerk sent again %d requests, refused %v", clerk.retries, clerk.refusals)
	stop(b.service)
}

// Two services start at once on a database in which there is nothing, or an older
// schema: one migrates, the other waits, and both serve.
func TestFaultTwoStart(t *testing.T) {
	t.Parallel()
	rounds := 2
	if os.Getenv("TAOHE_FAULTS") != "" {
		rounds = 20
	}
	for n := range rounds {
		older := int64(0)
		if n%2 == 1 {
			older = []int64{2, 6, 9, 11, 14}[n/2%5]
		}
		name := "on nothing"
		if older > 0 {
			name = fmt.Sprintf("on schema %d", older)
		}
		t.Run(name, func(t *testing.T) {
			dsn := pgtest.EmptyDSN(t)
			if older > 0 {
				migrateTo(t, dsn, older)
			}
			var both [2]*program
			for i := range both {
				spool := filepath.Join(t.TempDir(), fmt.Sprint("spool-", i))
				both[i] = startProgram(t, "serve", "-v", "--listen", "127.0.0.1:0", "--database-url", dsn, "--spool-dir", spool)
				both[i].spool = spool
			}
			for _, p := range both {
				p.listening()
				if status, answer := p.get("/healthz"); status != http.StatusOK {
					t.Errorf("%d %v", status, answer)
				}
			}
			var applied, versions int
			err := connect(t, dsn).QueryRow(t.Context(), `select count(*), count(distinct version_id) from goose_db_version where is_applied`).Scan(&applied, &versions)
			if err != nil || applied != versions {
				t.Errorf("%d migrations were applied, %d different ones: %v", applied, versions, err)
			}
			both[0].putCounty()
			both[1].wantStaged(dsn, forest(20), 20)
			for _, p := range both {
				stop(p)
			}
		})
	}
}

// migrateTo brings an empty database to an older schema.
func migrateTo(t *testing.T, dsn string, schema int64) {
	t.Helper()
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	db := stdlib.OpenDB(*cfg)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS, goose.WithDisableGlobalRegistry(true))
	if err == nil {
		_, err = provider.UpTo(t.Context(), schema)
	}
	if err != nil {
		t.Fatal(err)
	}
}
