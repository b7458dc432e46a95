package work

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestQueriesPrepare(t *testing.T) {
	t.Parallel()
	pgtest.PrepareAll(t, sqlFS)
}

// bench is a queue on a database of its own, with a county and no worker.
type bench struct {
	*testing.T
	pool  *pgxpool.Pool
	p     *pipeline.Pipeline
	queue *Queue
	spool string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, pool: pgtest.New(t), spool: filepath.Join(t.TempDir(), "spool")}
	var err error
	if b.p, err = pipeline.New(b.pool, pipeline.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.p.Close)
	if b.queue, err = NewQueue(b.pool, b.p, b.spool, nil); err != nil {
		t.Fatal(err)
	}
	if err := b.p.PutCounty(t.Context(), ingest.County{Code: "159900", Name: "示例旗", West: 109, South: 40, East: 110.75, North: 40.5}); err != nil {
		t.Fatal(err)
	}
	return b
}

// work has a worker at work until the test ends.
func (b *bench) work(log *slog.Logger) {
	b.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var working sync.WaitGroup
	working.Go(func() {
		w := Worker{Pool: b.pool, Pipeline: b.p, Log: log, Spool: b.spool}
		if err := w.Run(ctx); err != nil {
			b.Error(err)
		}
	})
	b.Cleanup(func() {
		stop()
		working.Wait()
	})
}

func (b *bench) exec(sql string, args ...any) {
	b.Helper()
	if tag, err := b.pool.Exec(b.Context(), sql, args...); err != nil || tag.RowsAffected() == 0 {
		b.Fatalf("%s: %d rows: %v", sql, tag.RowsAffected(), err)
	}
}

// upload queues the divisions of the sample county.
func (b *bench) upload() int64 {
	b.Helper()
	file, err := sampledata.FS.ReadFile("division.geojson")
	if err != nil {
		b.Fatal(err)
	}
	folder, err := os.MkdirTemp(b.spool, "upload-")
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(folder, "division.geojson")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		b.Fatal(err)
	}
	id, err := b.queue.StartImport(b.Context(), ingest.Upload{
		Layer: "division", County: "159900", Vintage: taohe.NewDate(2021, 12, 31), Path: path, FileName: "division.geojson",
	})
	if err != nil {
		b.Fatal(err)
	}
	return id
}

// until looks again and again: the queue announces nothing to a test.
func (b *bench) until(what string, done func() bool) {
	b.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			b.Fatalf("not in time: %s", what)
		}
	}
}

func (b *bench) loaded(id int64) ingest.Dataset {
	b.Helper()
	var d ingest.Dataset
	b.until("the end of a load", func() bool {
		var err error
		if d, err = b.p.Dataset(b.Context(), id); err != nil {
			b.Fatal(err)
		}
		return d.Status != "loading"
	})
	return d
}

// gone is a presence that no session holds.
const gone = "taohe/-4242"

// Files whose worker is gone: one is loaded again, one was cancelled meanwhile,
// one took its workers with it too often, one is no longer there. In the end no
// file lies in the spool.
func TestImportsLeftBehind(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	left := []struct {
		name, change, status, failure string
	}{
		{"in the middle", `attempt = 1`, "staged", ""},
		{"cancelled", `attempt = 1, metadata = metadata || '{"cancel_attempted_at": "2022-05-31T00:00:00Z"}'`, "failed", ingest.FailureCancelled},
		{"for the fifth time", `attempt = 5`, "failed", ingest.FailureInterrupted},
		{"without its file", `attempt = 1, args = jsonb_set(args, '{upload,Path}', '"upload-0/none.geojson"')`, "failed", ingest.FailureInternal},
	}
	var ids []int64
	for _, l := range left {
		id := b.upload()
		ids = append(ids, id)
		b.exec(`update river_job set state = 'running', attempted_at = now(), attempted_by = array['taohe/1', $2], `+l.change+`
			where kind = 'import' and args ->> 'dataset_id' = $1::bigint::text`, id, gone)
	}
	b.work(nil)
	for i, l := range left {
		d := b.loaded(ids[i])
		failure := ""
		if d.Error != nil {
			failure = *d.Error
		}
		if d.Status != l.status || failure != l.failure {
			t.Errorf("%s: %s %q, want %s %q", l.name, d.Status, failure, l.status, l.failure)
		}
	}
	b.until("an empty spool", func() bool {
		folders, err := filepath.Glob(filepath.Join(b.spool, "upload-*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(folders) == 0
	})
}

// What a living worker has is left to it.
func TestNothingIsTakenFromTheLiving(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.upload()
	conn, err := b.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), `select pg_advisory_lock(77)`); err != nil {
		t.Fatal(err)
	}
	b.exec(`update river_job set state = 'running', attempt = 1, attempted_at = now(), attempted_by = array[$1, 'taohe/77']`, gone)
	w := Worker{Pool: b.pool, Pipeline: b.p, Log: slog.New(slog.DiscardHandler)}
	state := func() (s string) {
		t.Helper()
		if err := w.rescue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := b.pool.QueryRow(t.Context(), `select state from river_job where args ->> 'dataset_id' = $1::bigint::text`, id).Scan(&s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := state(); s != "running" {
		t.Errorf("the job of a living worker is %s", s)
	}
	if _, err := conn.Exec(t.Context(), `select pg_advisory_unlock(77)`); err != nil {
		t.Fatal(err)
	}
	if s := state(); s != "available" {
		t.Errorf("the job of a dead worker is %s", s)
	}
}

// A run whose inputs another program fixed is not gone on with.
func TestRunOfAnotherProgram(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id, err := b.queue.StartRun(t.Context(), pipeline.RunRequest{AsOf: taohe.NewDate(2022, 5, 31)})
	if err != nil {
		t.Fatal(err)
	}
	b.exec(`update run set status = 'running', started_at = now(), engine = 'another' where id = $1`, id)
	var log bytes.Buffer
	b.work(slog.New(slog.NewTextHandler(&log, nil)))
	b.until("the end of the run", func() bool {
		run, err := b.p.Run(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if run.Status == "failed" && run.Error != pipeline.FailureOtherProgram {
			t.Fatalf("failed for %q", run.Error)
		}
		return run.Status == "failed"
	})
}

// A spool's queue is of one name, whoever asks first, and of another than any
// other spool's.
func TestSpoolQueue(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	names := make([]string, 8)
	var asking sync.WaitGroup
	for i := range names {
		asking.Go(func() {
			var err error
			if names[i], err = spoolQueue(dir); err != nil {
				t.Error(err)
			}
		})
	}
	asking.Wait()
	for _, n := range names {
		if n != names[0] || n == "" {
			t.Errorf("names %v", names)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, spoolFile+"-*")); err != nil || len(left) > 0 {
		t.Errorf("drafts left: %v (%v)", left, err)
	}
	other, err := spoolQueue(t.TempDir())
	if err != nil || other == names[0] {
		t.Errorf("another spool's queue is %q (%v)", other, err)
	}
}
