package pipeline_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/taohe-gis/taohe/internal/pipeline"
)

// Each mine computed by itself is as in a run of the whole county, byte for byte of
// what was read and found; such a run is nobody's newest, and is computed once as
// long as nothing that it read is replaced.
func TestFreshReport(t *testing.T) {
	t.Parallel()
	p, pool, m := sampleRun(t, pipeline.Options{})
	run := firstRun(t, p)
	mines, err := p.Mines(t.Context(), run.ID, "", "", 1000)
	if err != nil || len(mines) < 10 {
		t.Fatalf("%d mines: %v", len(mines), err)
	}
	for i, mine := range mines {
		if i%4 > 0 {
			continue
		}
		want, err := p.Report(t.Context(), run.ID, mine.LicenceNo)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.FreshReport(t.Context(), pipeline.FreshRequest{LicenceNo: mine.LicenceNo, AsOf: m.AsOf})
		if err != nil {
			t.Fatal(err)
		}
		if got.Run.ID <= run.ID || got.Run.MineDigest != want.Run.MineDigest || len(got.Findings) != len(want.Findings) {
			t.Errorf("%s: digest %s of run %d, in the whole county %s", mine.LicenceNo, got.Run.MineDigest, got.Run.ID, want.Run.MineDigest)
		}
	}
	licence := mines[0].LicenceNo
	first, err := p.FreshReport(t.Context(), pipeline.FreshRequest{LicenceNo: licence, AsOf: m.AsOf})
	if err != nil {
		t.Fatal(err)
	}
	alone, err := p.Run(t.Context(), first.Run.ID)
	if err != nil || !slices.Equal(alone.LicenceNos, []string{licence}) || alone.MinesTotal != 1 || alone.Status != "complete" {
		t.Errorf("run %+v: %v", alone, err)
	}
	newest, err := p.Report(t.Context(), 0, licence)
	if err != nil || newest.Run.ID != run.ID {
		t.Errorf("the newest report is of run %d: %v", newest.Run.ID, err)
	}
	if id, err := p.NewestCompleteRun(t.Context(), ""); err != nil || id != run.ID {
		t.Errorf("newest complete run %d: %v", id, err)
	}
	for name, refused := range map[string]error{
		"ledger rows": second(p.LedgerRows(t.Context(), alone.ID)), "feed": second(p.PlanFeed(t.Context(), alone.ID)),
		"diff": second(p.Diff(t.Context(), alone.ID, run.ID)), "measurements": second(p.MeasureItems(t.Context(), alone.ID, nil)),
	} {
		if !errors.Is(refused, pipeline.ErrOneMine) {
			t.Errorf("%s of a run of one mine: %v", name, refused)
		}
	}
	if next := begin(t, p, pipeline.RunRequest{AsOf: m.AsOf, ChangedOnly: true}); *next.BaseRunID != run.ID || next.Digest != run.Digest {
		t.Errorf("base of the next run is %d, want %d", *next.BaseRunID, run.ID)
	}

	// Where nothing was accepted, the run that is there answers; else another.
	again, err := p.FreshReport(t.Context(), pipeline.FreshRequest{LicenceNo: licence, AsOf: m.AsOf})
	if err != nil || again.Run.ID != first.Run.ID {
		t.Errorf("asked again: run %d, want %d: %v", again.Run.ID, first.Run.ID, err)
	}
	newVersion(t, pool, "disturbance", "")
	again, err = p.FreshReport(t.Context(), pipeline.FreshRequest{LicenceNo: licence, AsOf: m.AsOf})
	if err != nil || again.Run.ID == first.Run.ID || again.Run.MineDigest != first.Run.MineDigest {
		t.Errorf("after an acceptance: run %d: %v", again.Run.ID, err)
	}
	if _, err := p.FreshReport(t.Context(), pipeline.FreshRequest{LicenceNo: "C0", AsOf: m.AsOf}); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("no such mine: %v", err)
	}
	if _, err := p.FreshReport(t.Context(), pipeline.FreshRequest{LicenceNo: licence, AsOf: m.AsOf.AddDate(-10, 0, 0)}); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("before there was a version: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// Who hangs up leaves no run behind.
func TestFreshReportGivenUp(t *testing.T) {
	t.Parallel()
	p, pool, m := sample(t, pipeline.Options{})
	hold, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = hold.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := hold.Exec(t.Context(), "lock table finding in access exclusive mode"); err != nil {
		t.Fatal(err)
	}
	ctx, hangUp := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := p.FreshReport(ctx, pipeline.FreshRequest{LicenceNo: "C1599002017081120121295", AsOf: m.AsOf})
		done <- err
	}()
	waiting := func() (n int) {
		err := pool.QueryRow(t.Context(), "select count(*) from pg_locks where not granted and relation = 'finding'::regclass").Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for waiting() == 0 {
		select {
		case err := <-done:
			t.Fatalf("not held up: %v", err)
		default:
		}
	}
	hangUp()
	if err := <-done; err == nil {
		t.Error("a report after the caller was gone")
	}
	var runs int
	if err := pool.QueryRow(t.Context(), "select count(*) from run").Scan(&runs); err != nil || runs != 0 {
		t.Errorf("%d runs left: %v", runs, err)
	}
}

// A job that computes a mine keeps its report; one that is cancelled closes its run.
func TestFreshReportJob(t *testing.T) {
	t.Parallel()
	p, _, m := sample(t, pipeline.Options{})
	const licence = "C1599002017081120121295"
	want, err := p.FreshReport(t.Context(), pipeline.FreshRequest{LicenceNo: licence, AsOf: m.AsOf})
	if err != nil {
		t.Fatal(err)
	}
	do := func() (id int64) {
		id, err := p.BeginFreshReport(t.Context(), pipeline.FreshRequest{LicenceNo: licence, AsOf: m.AsOf}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	id := do()
	if err := p.HelpJob(t.Context(), id, nil); err != nil {
		t.Fatal(err)
	}
	text, err := p.Reported(t.Context(), id)
	var got struct{ Run struct{ ID int64 } }
	if err := errors.Join(err, json.Unmarshal(text, &got)); err != nil || got.Run.ID != want.Run.ID {
		t.Errorf("run %d, want %d: %v", got.Run.ID, want.Run.ID, err)
	}
	other, err := p.BeginFreshReport(t.Context(), pipeline.FreshRequest{LicenceNo: licence, AsOf: m.AsOf.AddDate(0, 0, 1)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	j, err := p.Job(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	if ended, err := p.CancelJob(t.Context(), other); err != nil || !ended {
		t.Errorf("cancelled %v: %v", ended, err)
	}
	if run, err := p.Run(t.Context(), j.RunID); err != nil || run.Status != "cancelled" {
		t.Errorf("its run %+v: %v", run.Status, err)
	}
}
