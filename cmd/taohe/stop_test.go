//go:build unix

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/sampletest"
)

// A reply is what somebody was answered, by the time it came.
type reply struct {
	status int
	text   string
	err    error
}

// asks sends a request and says later what came.
func (p *program) asks(path string) <-chan reply {
	p.Helper()
	r, err := http.NewRequestWithContext(p.Context(), http.MethodGet, p.url+path, nil)
	if err != nil {
		p.Fatal(err)
	}
	came := make(chan reply, 1)
	go func() {
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			came <- reply{err: err}
			return
		}
		text, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		came <- reply{answer.StatusCode, string(text), err}
	}()
	return came
}

// A service that is told to stop in the middle of a load, a run and a job lets the
// requests end that do so in time, tells the others, breaks no connection, and leaves
// the work to the next service, which ends all of it as if nothing had been.
func TestStoppedInTheMiddle(t *testing.T) {
	t.Parallel()
	dsn, spool := sampletest.Run(t), filepath.Join(t.TempDir(), "spool")
	const grace = 3 * time.Second
	p := serve(t, dsn, spool, "--grace", grace.String())
	p.putCounty()
	loads, mines, papers := shutGate(t, dsn), holdTable(t, dsn, "ground_image"), holdTable(t, dsn, "job_file")
	shut, slow := holdAll(t, dsn, "account_token"), holdAll(t, dsn, "orthophoto")
	file := forest(faultRows)
	dataset := p.begin(file)
	status, run := p.ask(http.MethodPost, "/v1/runs", "application/json", strings.NewReader(`{"as_of":"2022-05-31"}`))
	if status != http.StatusAccepted {
		t.Fatalf("run: %d %v", status, run)
	}
	status, job := p.ask(http.MethodPost, "/v1/runs/1/dossiers", "application/json", strings.NewReader(`{"licence_nos":["`+restoredMine+`"],"orthophoto":"none"}`))
	if status != http.StatusAccepted {
		t.Fatalf("job: %d %v", status, job)
	}
	look := connect(t, dsn)
	waited := func(table string) bool {
		var waits bool
		err := look.QueryRow(t.Context(), `select exists (select from pg_locks where not granted and relation = $1::text::regclass)`, table).Scan(&waits)
		if err != nil {
			t.Fatal(err)
		}
		return waits
	}
	runPath, jobPath := fmt.Sprintf("/v1/runs/%.0f", run["id"]), fmt.Sprintf("/v1/jobs/%.0f", job["id"])
	follows, late, intime := p.asks(runPath+"/events"), p.asks("/v1/tokens"), p.asks("/v1/orthophotos")
	half := p.halfUpload()
	for _, table := range []string{"dataset_diagnostic_count", "ground_image", "job_file", "account_token", "orthophoto"} {
		p.until("somebody who waits for "+table, func() bool { return waited(table) })
	}
	p.until("both uploads in the spool", func() bool { return len(p.spooled()) == 2 })

	begun := time.Now()
	p.signal(syscall.SIGTERM)
	p.until("the stop", func() bool { return strings.Contains(p.out.String(), "正在停止") })
	if r := <-follows; r.err != nil || r.status != http.StatusOK || !strings.Contains(r.text, "event: progress") {
		t.Errorf("who follows a run: %+v", r)
	}
	if time.Since(begun) > grace-time.Second {
		t.Error("who follows a run holds up the stop")
	}
	slow()
	if r := <-intime; r.err != nil || r.status != http.StatusOK {
		t.Errorf("a request that ends in time: %+v", r)
	}
	if r := <-late; r.err != nil || r.status != http.StatusServiceUnavailable || !strings.Contains(r.text, `"code":"service-stopping"`) {
		t.Errorf("a request that does not: %+v", r)
	}
	if line, err := bufio.NewReader(half).ReadString('\n'); err != nil || !strings.Contains(line, "503") {
		t.Errorf("an upload that is still coming: %q, %v", line, err)
	}
	if status := p.end(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if took := time.Since(begun); took > grace+lastWords+10*time.Second {
		t.Errorf("the stop took %v", took)
	}
	if left := p.spooled(); len(left) != 1 {
		t.Errorf("in the spool: %v, want the file that waits", left)
	}
	shut()
	loads.open()
	mines.open()
	papers.open()

	p = serve(t, dsn, spool)
	p.wantLoaded(dsn, dataset, faultRows)
	pool, on, _ := opened(t, dsn)
	p.runOver(on, 2)
	was, err := on.Run(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	is, err := on.Run(t.Context(), 2)
	if err != nil || is.Status != "complete" || is.Digest != was.Digest {
		t.Errorf("the run is %s, %s, want the digest %s (%v)", is.Status, is.Digest, was.Digest, err)
	}
	var j map[string]any
	p.until("the end of the job", func() bool {
		_, j = p.get(jobPath)
		return j["finished_at"] != nil
	})
	if j["status"] != "complete" || j["done"] != 1.0 || j["failed"] != 0.0 {
		t.Errorf("the job: %v", j)
	}
	if err := pg.Check(t.Context(), pool); err != nil {
		t.Error(err)
	}
}

// holdAll lets nobody read a table either.
func holdAll(t *testing.T, dsn, table string) (release func()) {
	t.Helper()
	conn := connect(t, dsn)
	if _, err := conn.Exec(t.Context(), `begin; lock table `+table+` in access exclusive mode`); err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := conn.Exec(context.Background(), `rollback`); err != nil {
			t.Error(err)
		}
	}
}
