//go:build unix

package main

import (
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/sampletest"
	"github.com/taohe-gis/taohe/internal/work"
)

// A worker is killed while it fixes the inputs of a run, and of the four that
// come after it another while it computes mines: the run is completed all the
// same, and nothing of it differs from one that a single program computed
// undisturbed.
func TestWorkersKilled(t *testing.T) {
	t.Parallel()
	dsn := sampletest.Run(t)
	pool, p, m := opened(t, dsn)
	alone := int64(1) // the run that nobody disturbed

	fixing := holdTable(t, dsn, "run_approval")
	queue, err := work.NewQueue(pool, p, filepath.Join(t.TempDir(), "spool"), nil)
	if err != nil {
		t.Fatal(err)
	}
	id, err := queue.StartRun(t.Context(), pipeline.RunRequest{AsOf: m.AsOf})
	if err != nil {
		t.Fatal(err)
	}
	first := startWorkerProgram(t, dsn)
	fixing.reached(first, 1)
	first.signal(syscall.SIGKILL)
	first.end()

	mines := holdTable(t, dsn, "ground_image")
	var workers []*program
	for range 4 {
		workers = append(workers, startWorkerProgram(t, dsn))
	}
	fixing.open()
	mines.reached(workers[0], 8) // two of each
	workers[0].signal(syscall.SIGKILL)
	workers[0].end()
	mines.open()

	workers[1].runOver(p, id)
	want, err := p.Run(t.Context(), alone)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Run(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != "complete" || got.Digest != want.Digest || got.MinesDone != want.MinesDone || got.MinesFailed != 0 {
		t.Errorf("run of the workers %+v\nwant as %+v", got, want)
	}
	wantTables, gotTables := rowsOfRun(t, pool, alone), rowsOfRun(t, pool, id)
	if !slices.Equal(gotTables, wantTables) || len(wantTables) < 10 {
		t.Errorf("stored %v\nwant   %v", gotTables, wantTables)
	}
	said := ""
	for _, w := range workers[1:] {
		said += w.errOut.String()
	}
	if n := strings.Count(said, "put back the work of a worker that is gone"); n == 0 {
		t.Error("nothing was put back")
	}
	// And who is told to stop, stops.
	for _, w := range workers[1:] {
		w.signal(syscall.SIGTERM)
		if status := w.end(); status != 0 {
			t.Errorf("exit status %d", status)
		}
	}
}

// opened is a database of a made county and a pipeline on it.
func opened(t *testing.T, dsn string) (*pgxpool.Pool, *pipeline.Pipeline, demo.Manifest) {
	t.Helper()
	pool := pgtest.Open(t, dsn)
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return pool, p, sampletest.Manifest(t)
}

// runAlone computes a run undisturbed.
func runAlone(t *testing.T, p *pipeline.Pipeline, m demo.Manifest) int64 {
	t.Helper()
	id, err := p.BeginRun(t.Context(), m.AsOf, nil)
	if err == nil {
		err = p.ExecuteRun(t.Context(), id, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// runOver waits for a run to end, however it does.
func (p *program) runOver(on *pipeline.Pipeline, id int64) {
	p.Helper()
	p.until("the end of the run", func() bool {
		run, err := on.Run(p.Context(), id)
		if err != nil {
			p.Fatal(err)
		}
		return run.Status != "queued" && run.Status != "running"
	})
}

func startWorkerProgram(t *testing.T, dsn string) *program {
	t.Helper()
	return startProgram(t, "worker", "-v", "--database-url", dsn)
}

// rowsOfRun counts the rows that each table holds of a run, with a checksum of
// their content, numbers given in the order of writing aside: what was stored twice, or not at all, shows.
func rowsOfRun(t *testing.T, pool *pgxpool.Pool, id int64) []string {
	t.Helper()
	rows, err := pool.Query(t.Context(), `
		select c.relname || ' ' || (xpath('/row/n/text()', query_to_xml(format(
		           'select count(*) || '' '' || coalesce(md5(string_agg(h, '''' order by h)), '''') as n
		            from (select md5((to_jsonb(t) - ''run_id'' - ''computed_in_run_id'' - ''diagnostic_no'')::text) as h from %I t where run_id = %s) r', c.relname, $1::bigint), false, true, '')))[1]::text
		from pg_class c
		join pg_attribute a on a.attrelid = c.oid and a.attname = 'run_id' and not a.attisdropped
		where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
		  and c.relname <> 'run_seal' -- hashes of what is compared here, and of times
		order by c.relname`, id)
	if err != nil {
		t.Fatal(err)
	}
	var counts []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		counts = append(counts, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return counts
}
