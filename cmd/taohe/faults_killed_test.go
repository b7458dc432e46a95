//go:build unix

package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pgtest"
)

// seedVariable names the seed of the moments at which programs are killed.
const seedVariable = "TAOHE_FAULTS_SEED"

// A bureau is the programs of one while a clerk works: a service and what
// works beside it.
type bureau struct {
	*testing.T
	dsn     func() string
	spool   string
	args    []string // of the service
	workers int
	listen  string

	service *program
	others  []*program
}

// privateBureau has the service keep a database of its own, which outlives it when it is
// killed, and work itself.
func privateBureau(t *testing.T) *bureau {
	t.Helper()
	b := &bureau{T: t, spool: filepath.Join(t.TempDir(), "spool"), args: []string{"--data-dir", filepath.Join(passable(t), "data")}}
	b.dsn = func() string { return b.service.privateDSN() }
	b.open()
	t.Cleanup(func() { // before the last is killed, which would leave its database
		_ = b.service.cmd.Process.Signal(syscall.SIGTERM)
		b.service.end()
	})
	return b
}

// sharedBureau has a service and workers on a database of others'; with none the service
// works itself.
func sharedBureau(t *testing.T, dsn string, workers int) *bureau {
	t.Helper()
	b := &bureau{T: t, spool: filepath.Join(t.TempDir(), "spool"), args: []string{"--database-url", dsn}, workers: workers}
	b.dsn = func() string { return dsn }
	if workers > 0 {
		b.args = append(b.args, "--no-worker")
	}
	b.open()
	for range workers {
		b.others = append(b.others, b.worker())
	}
	return b
}

// open starts the service, always on the same address.
func (b *bureau) open() {
	b.Helper()
	args := b.args
	if b.listen != "" {
		args = append(slices.Clone(args), "--listen", b.listen)
	}
	b.service = service(b.T, b.spool, args...)
	b.service.dataDir = dataDirOf(b.args)
	b.listen = strings.TrimPrefix(b.service.url, "http://")
}

func dataDirOf(args []string) string {
	if i := slices.Index(args, "--data-dir"); i >= 0 {
		return args[i+1]
	}
	return ""
}

// worker starts a worker, which has its database when it says that it waits.
func (b *bureau) worker() *program {
	b.Helper()
	w := startProgram(b.T, "worker", "-v", "--database-url", b.dsn(), "--spool-dir", b.spool)
	w.until("a worker that waits for work", func() bool { return strings.Contains(w.out.String(), "等待任务") })
	return w
}

// kill kills one of the programs and starts it again; how long it took until the
// service answered.
func (b *bureau) kill(n int, killed func()) time.Duration {
	b.Helper()
	of := &b.service
	if n > 0 {
		of = &b.others[n-1]
	}
	(*of).signal(syscall.SIGKILL)
	(*of).end()
	begun := time.Now()
	killed()
	if n > 0 {
		*of = b.worker()
	} else {
		b.open()
	}
	b.service.until("the service's answer", func() bool {
		reply, err := http.Get(b.service.url + "/healthz") //nolint:noctx // bounded by until
		if err != nil {
			return false
		}
		reply.Body.Close()
		return reply.StatusCode == http.StatusOK
	})
	return time.Since(begun)
}

// underWaySQL says what is being done, and how far all is: both change with what is
// stored.
const underWaySQL = `
select case when exists (select from dataset where status = 'loading') then 'import'
            when exists (select from run where status = 'queued') then 'run, inputs'
            when exists (select from run where status = 'running') then 'run, mines'
            when exists (select from job where finished_at is null) then 'feed'
            when exists (select from dataset where status = 'staged') then 'acceptance'
            else 'between' end,
       concat_ws(' ', (select string_agg(id || status, ' ' order by id) from dataset), (select string_agg(id || status, ' ' order by id) from run),
                 (select count(*) from run_mine where status <> 'pending'), (select no from ledger_head), (select string_agg(id || status, ' ' order by id) from job))`

func underWay(ctx context.Context, conn *pgx.Conn) (what, mark string, err error) {
	err = conn.QueryRow(ctx, underWaySQL).Scan(&what, &mark)
	return what, mark, err
}

// reached waits until that is under way, and a moment longer; false where the clerk is
// done before.
func (b *bureau) reached(conn *pgx.Conn, what string, rng *rand.Rand, done <-chan error) bool {
	b.Helper()
	there := false
	b.service.until(what, func() bool {
		now, _, err := underWay(b.Context(), conn)
		if err != nil {
			b.Fatal(err)
		}
		there = now == what
		return there || len(done) > 0
	})
	if there {
		<-time.After(time.Duration(rng.Int64N(int64(time.Second))))
	}
	return there
}

// A kill is one that was survived.
type kill struct {
	during         string
	answered, went time.Duration
}

// moments draws when something breaks, from a seed that is told.
func moments(t *testing.T) *rand.Rand {
	t.Helper()
	seed, err := strconv.ParseUint(os.Getenv(seedVariable), 10, 64)
	if err != nil {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("%s=%d", seedVariable, seed)
	return rand.New(rand.NewPCG(seed, 9))
}

// A server, or a worker, is killed at random moments while a clerk works: started
// again, it goes on by itself, and in the end all is as if nothing had happened.
func TestFaultKilled(t *testing.T) {
	t.Parallel()
	rng := moments(t)
	want := undisturbed(t)
	var kills []kill
	most := 3
	if os.Getenv("TAOHE_FAULTS") != "" {
		most = 50
	}
	for round := 0; len(kills) < most; round++ {
		var b *bureau
		switch {
		case most < 50:
			b = sharedBureau(t, pgtest.DSN(t), 0)
		case round%2 == 0:
			b = privateBureau(t)
		default:
			b = sharedBureau(t, pgtest.DSN(t), 2)
		}
		kills = append(kills, b.killedAtWork(rng, want, most-len(kills))...)
		if t.Failed() {
			return
		}
		stop(b.service)
		for _, w := range b.others {
			stop(w)
		}
	}
	tell(t, kills)
}

// killedAtWork kills programs until the clerk is done, or the kills are.
func (b *bureau) killedAtWork(rng *rand.Rand, want outcome, most int) (kills []kill) {
	b.Helper()
	c := newClerk(b.T, b.service.url)
	done := make(chan error, 1)
	go func() { done <- c.work() }()
	defer close(c.stop)
	working := true
	for working && len(kills) < most {
		select {
		case err := <-done:
			if err != nil {
				b.Fatal(err)
			}
			working = false
			continue
		case <-time.After(time.Duration(rng.Int64N(int64(5 * time.Second)))):
		}
		k := kill{}
		var mark string
		died := time.Now()
		k.answered = b.kill(rng.IntN(1+b.workers), func() {
			conn := connect(b.T, b.dsn())
			var err error
			if k.during, mark, err = underWay(b.Context(), conn); err != nil {
				b.Fatal(err)
			}
			_ = conn.Close(b.Context()) // its database is stopped next
			died = time.Now()
		})
		conn := connect(b.T, b.dsn())
		b.service.until("what goes on", func() bool {
			_, now, err := underWay(b.Context(), conn)
			if err != nil {
				b.Fatal(err)
			}
			return now != mark || len(done) > 0
		})
		k.went = time.Since(died)
		wantNothingHalf(b.T, conn, fmt.Sprintf("kill %d, during %s", len(kills)+1, k.during))
		b.wantVerified(conn)
		_ = conn.Close(b.Context())
		kills = append(kills, k)
		b.Logf("killed during %s: answered %s, went on %s later", k.during, k.answered.Round(time.Millisecond), k.went.Round(time.Millisecond))
		if b.Failed() {
			return kills
		}
	}
	if working {
		select {
		case err := <-done:
			if err != nil {
				b.Fatal(err)
			}
		case <-time.After(2 * time.Minute):
			b.Fatal("the clerk does not come to an end")
		}
	}
	conn := connect(b.T, b.dsn())
	defer conn.Close(b.Context())
	wantNothingHalf(b.T, conn, "at the end")
	wantOutcome(b.T, outcomeOf(b.T, conn), want)
	b.wantVerified(conn)
	b.wantTidy()
	b.Logf("%d kills; sent again %d requests, refused %v", len(kills), c.retries, c.refusals)
	return kills
}

// wantVerified has the program take the chain, seals and digests anew.
func (b *bureau) wantVerified(conn *pgx.Conn) {
	b.Helper()
	v := startProgram(b.T, "verify", "--database-url", b.dsn())
	if status := v.end(); status != 0 {
		b.Errorf("verify: status %d: %s%s", status, v.out.String(), v.errOut.String())
	}
	var doubled int
	err := conn.QueryRow(b.Context(), `select count(*) - count(distinct sha256) from ledger_event`).Scan(&doubled)
	if err != nil || doubled != 0 {
		b.Errorf("%d events are there twice: %v", doubled, err)
	}
}

// wantTidy waits until nothing is left of what is over: no file in the spool, no job
// that somebody who is gone would be at, nothing that waits.
func (b *bureau) wantTidy() {
	b.Helper()
	b.service.wantEmptySpool()
	conn := connect(b.T, b.dsn())
	defer conn.Close(b.Context())
	b.service.until("a queue without work", func() bool {
		var left int
		if err := conn.QueryRow(b.Context(), `select count(*) from river_job where finalized_at is null and kind <> 'generalise'`).Scan(&left); err != nil {
			b.Fatal(err)
		}
		return left == 0
	})
	var orphans string
	err := conn.QueryRow(b.Context(), `
		select concat_ws(' ', (select count(*) from dataset where status = 'loading'), (select count(*) from run where status in ('queued', 'running')),
		                 (select count(*) from job where finished_at is null), (select count(*) from run_mine_try), (select count(*) from kept_reply where status is null and carried_out))`).Scan(&orphans)
	if err != nil || !strings.HasPrefix(orphans, "0 0 0 0 ") {
		b.Errorf("loading, running, jobs, mines begun, replies lost: %s, %v", orphans, err)
	}
}

// tell says how often, during what, and how long it took.
func tell(t *testing.T, kills []kill) {
	t.Helper()
	during := map[string]int{}
	var answered, went []time.Duration
	for _, k := range kills {
		during[k.during]++
		answered, went = append(answered, k.answered), append(went, k.went)
	}
	for _, what := range slices.Sorted(maps.Keys(during)) {
		t.Logf("%2d kills during %s", during[what], what)
	}
	slices.Sort(answered)
	slices.Sort(went)
	at := func(d []time.Duration, share float64) time.Duration {
		return d[int(share*float64(len(d)-1))].Round(time.Millisecond)
	}
	t.Logf("%d kills; the service answered after %s at the median, %s at most; work went on after %s, %s",
		len(kills), at(answered, 0.5), at(answered, 1), at(went, 0.5), at(went, 1))
}
