//go:build unix

package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/work"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

// Two workers compute a run on a primary and one of them is killed; what a
// service reads of it from the replica is what a single program computed
// undisturbed. Without the replica the same is read from the primary, and a
// replica that stands still hides nothing that was written since.
func TestReplica(t *testing.T) {
	t.Parallel()
	primary := pgtest.Primary(t)
	replica := primary.Replica()
	dsn := primary.DSN()
	pool, p, m := opened(t, dsn)
	if err := demo.Load(t.Context(), p, sampledata.FS, m, nil); err != nil {
		t.Fatal(err)
	}
	alone := runAlone(t, p, m)
	service := serve(t, dsn, filepath.Join(t.TempDir(), "spool"), "--no-worker", "--replica", replica.DSN(), "--replica-wait", "1s")

	queue, err := work.NewQueue(pool, p, filepath.Join(t.TempDir(), "spool"), nil)
	if err != nil {
		t.Fatal(err)
	}
	id, err := queue.StartRun(t.Context(), pipeline.RunRequest{AsOf: m.AsOf})
	if err != nil {
		t.Fatal(err)
	}
	mines := holdTable(t, dsn, "ground_image")
	workers := []*program{startWorkerProgram(t, dsn), startWorkerProgram(t, dsn)}
	mines.reached(workers[0], 4) // two of each
	workers[0].signal(syscall.SIGKILL)
	workers[0].end()
	mines.open()
	workers[1].runOver(p, id)

	lines, err := p.Mines(t.Context(), alone, "", "", 1000)
	if err != nil || len(lines) < 10 {
		t.Fatalf("%d mines, %v", len(lines), err)
	}
	digests := func() (digests []string) {
		for _, l := range lines {
			digests = append(digests, service.mineDigest(l.LicenceNo, id))
		}
		return digests
	}
	var want []string
	for _, l := range lines {
		r, err := p.Result(t.Context(), alone, l.LicenceNo)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, r.Digest)
	}
	service.until("reports read from the replica", func() bool {
		if got := digests(); !slices.Equal(got, want) {
			t.Fatalf("digests of the mines' reports %q\nwant %q", got, want)
		}
		// A server counts for itself what is read on it.
		var times int
		err := connect(t, replica.DSN()).QueryRow(t.Context(), `select seq_scan + idx_scan from pg_stat_user_tables where relname = 'ground_account'`).Scan(&times)
		if err != nil {
			t.Fatal(err)
		}
		return times >= len(lines)
	})
	wantRun, err := p.Run(t.Context(), alone)
	if err != nil {
		t.Fatal(err)
	}
	if status, run := service.get(fmt.Sprintf("/v1/runs/%d", id)); status != http.StatusOK || run["digest"] != wantRun.Digest {
		t.Errorf("run %d %v, want digest %s", status, run, wantRun.Digest)
	}
	onReplica, err := pg.Open(t.Context(), replica.DSN(), pg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	replica.CatchUp(primary)
	if got, want := rowsOfRun(t, onReplica, id), rowsOfRun(t, pool, alone); !slices.Equal(got, want) || len(want) < 10 {
		t.Errorf("stored %v\nwant   %v", got, want)
	}
	onReplica.Close()

	// Each way is said once, however much is read meanwhile.
	replica.Stop()
	if got := digests(); !slices.Equal(got, want) {
		t.Errorf("without the replica: digests %q\nwant %q", got, want)
	}
	left, back := service.saidOfReplica()
	if left != back+1 {
		t.Errorf("the replica is stopped; it was said to be left %d times and back %d times", left, back)
	}
	for range 20 {
		if status, _ := service.get("/v1/counties"); status != http.StatusOK {
			t.Errorf("status %d", status)
		}
	}
	if again, _ := service.saidOfReplica(); again != left {
		t.Errorf("that the replica was left was said %d times more", again-left)
	}
	replica.Start()
	service.until("the replica's return", func() bool {
		_, n := service.saidOfReplica()
		return n > back
	})

	replica.Pause()
	newest, err := p.Begin(t.Context(), pipeline.RunRequest{AsOf: m.AsOf, ChangedOnly: true})
	if err == nil {
		err = p.ExecuteRun(t.Context(), newest, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	status, answer := service.get("/v1/mines/" + lines[0].LicenceNo + "/report")
	if of, _ := answer["run"].(map[string]any); status != http.StatusOK || of["id"] != float64(newest) {
		t.Errorf("report %d of run %v, want the newest, %d", status, of, newest)
	}
	if left, back := service.saidOfReplica(); left != back+1 {
		t.Errorf("the replica stands still; it was said to be left %d times and back %d times", left, back)
	}
	replica.Resume()

	for _, tt := range []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"a replica of another cluster", []string{"--database-url", dsn, "--replica", pgtest.DSN(t)}, 1, "is of another cluster than the primary"},
		{"a replica of a private database", []string{"--database-url", "", "--replica", replica.DSN()}, 2, "--replica needs --database-url"},
	} {
		c := startProgram(t, append([]string{"county", "list"}, tt.args...)...)
		if status := c.end(); status != tt.status || !strings.Contains(c.errOut.String(), tt.says) {
			t.Errorf("%s: status %d, want %d and %q in\n%s", tt.name, status, tt.status, tt.says, c.errOut.String())
		}
	}
}

// saidOfReplica counts how often a program said that a replica was left, and
// that it was back.
func (p *program) saidOfReplica() (left, back int) {
	said := p.errOut.String()
	return strings.Count(said, "replica left"), strings.Count(said, "replica is back")
}

// mineDigest is the digest in the report that the service gives of a mine.
func (p *program) mineDigest(licenceNo string, run int64) string {
	p.Helper()
	status, answer := p.get(fmt.Sprintf("/v1/mines/%s/report?run=%d", licenceNo, run))
	of, _ := answer["run"].(map[string]any)
	digest, _ := of["mine_digest"].(string)
	if status != http.StatusOK || digest == "" {
		p.Fatalf("report of %s: %d %v", licenceNo, status, answer)
	}
	return digest
}
