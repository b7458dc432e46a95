//go:build unix

package main

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/job"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/sampletest"
	"github.com/taohe-gis/taohe/internal/work"
	"github.com/taohe-gis/taohe/ledger"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

// A worker is killed when it has written half of a feed, and another while it
// measures: the next does each from its beginning, once, and the log is whole.
func TestLedgerJobsKilled(t *testing.T) {
	t.Parallel()
	ctx, dsn := t.Context(), sampletest.Run(t)
	pool, p, m := opened(t, dsn)
	queue, err := work.NewQueue(pool, p, filepath.Join(t.TempDir(), "spool"), nil)
	if err != nil {
		t.Fatal(err)
	}
	run := int64(1)
	plan, err := p.PlanFeed(ctx, run)
	if err != nil {
		t.Fatal(err)
	}
	lines := plan.Count(ledger.New)
	if lines < 20 || lines != len(plan.Lines) {
		t.Fatalf("%d lines, %d new", len(plan.Lines), lines)
	}

	id, err := queue.StartFeed(ctx, run, "甲")
	if err != nil {
		t.Fatal(err)
	}
	next := killed(t, p, dsn, id, fmt.Sprintf(
		`insert into ledger_event (no, at, campaign, kind, actor, body, sha256) values (%d, now(), '', 'applied', '另一人', '', '')`, lines/2))
	wantJob(t, p, id, lines)
	fed, err := p.Fed(ctx, id)
	if err != nil || fed.Applied || len(fed.Lines) != lines {
		t.Fatalf("fed %d lines, %v, applied before: %v", len(fed.Lines), err, fed.Applied)
	}
	items, err := p.Items(ctx, ledger.Filter{Limit: 10 * lines})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := problems(items), problems(itemsOf(plan)); !slices.Equal(got, want) {
		t.Errorf("the ledger has %q\nwant %q", got, want)
	}
	wantLog(t, p, lines+1) // and that of the run
	stop(next)

	later, err := demo.ReadLater(sampledata.FS)
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.LoadStage(ctx, p, sampledata.FS, m, later.Stages[0]); err != nil {
		t.Fatal(err)
	}
	m.AsOf = later.Stages[0].AsOf
	run = runAlone(t, p, m)
	want, err := p.MeasureItems(ctx, run, nil)
	if err != nil || len(want) < 10 {
		t.Fatalf("%d items measured, %v", len(want), err)
	}
	if id, err = queue.StartMeasurements(ctx, run); err != nil {
		t.Fatal(err)
	}
	next = killed(t, p, dsn, id, `lock table finding_citation in access exclusive mode`)
	wantJob(t, p, id, len(want))
	if got, err := p.Measured(ctx, id); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("measured %+v\nwant %+v, %v", got, want, err)
	}
	wantLog(t, p, lines+1)
	stop(next)
}

// killed starts a worker that comes to a halt before what another holds, kills it
// there, and has the next do the job, which it returns.
func killed(t *testing.T, p *pipeline.Pipeline, dsn string, id int64, hold string) *program {
	t.Helper()
	holder, look := connect(t, dsn), connect(t, dsn)
	if _, err := holder.Exec(t.Context(), "begin; "+hold); err != nil {
		t.Fatal(err)
	}
	first := startWorkerProgram(t, dsn)
	first.until("a worker that waits", func() bool { return waiting(t, look) == 1 })
	if j, err := p.Job(t.Context(), id); err != nil || j.Status != job.Running {
		t.Fatalf("%+v, %v", j, err)
	}
	first.signal(syscall.SIGKILL)
	first.end()
	next := startWorkerProgram(t, dsn)
	// What the dead one began is there until its connection finds it dead.
	next.until("the next that waits", func() bool { return waiting(t, look) == 2 })
	var held time.Time
	if err := look.QueryRow(t.Context(), `select clock_timestamp()`).Scan(&held); err != nil {
		t.Fatal(err)
	}
	if _, err := holder.Exec(t.Context(), `rollback`); err != nil {
		t.Fatal(err)
	}
	next.until("the end of the job", func() bool {
		j, err := p.Job(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if j.Over() && j.FinishedAt.Before(held) {
			t.Errorf("the job says that it was finished at %s, and was held until %s", j.FinishedAt, held)
		}
		return j.Over()
	})
	return next
}

// waiting counts the connections to a database that wait for a lock.
func waiting(t *testing.T, look *pgx.Conn) (n int) {
	t.Helper()
	err := look.QueryRow(t.Context(), `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func wantJob(t *testing.T, p *pipeline.Pipeline, id int64, done int) {
	t.Helper()
	j, err := p.Job(t.Context(), id)
	if err != nil || j.Status != job.Complete || j.Done != done || j.Total != done || j.Failed != 0 {
		t.Fatalf("%+v, %v; want %d done", j, err, done)
	}
}

// wantLog holds the log, and every table against it: so many events, none broken.
func wantLog(t *testing.T, p *pipeline.Pipeline, events int) {
	t.Helper()
	v, err := p.Verify(t.Context())
	if err != nil || v.Events != int64(events) || len(v.Breaks) > 0 {
		t.Errorf("%d events, want %d; broken: %+v, %v", v.Events, events, v.Breaks, err)
	}
}

func stop(p *program) {
	p.Helper()
	p.signal(syscall.SIGTERM)
	if status := p.end(); status != 0 {
		p.Errorf("exit status %d", status)
	}
}

func itemsOf(plan *ledger.Plan) (items []ledger.Item) {
	for _, l := range plan.Lines {
		items = append(items, l.Item)
	}
	return items
}

// problems are what items say, in one order.
func problems(items []ledger.Item) (all []string) {
	for _, i := range items {
		all = append(all, fmt.Sprintf("%s %s %s %.6f", i.LicenceNo, i.RuleCode, i.Problem, *i.MeasuredM2))
	}
	slices.Sort(all)
	return all
}
