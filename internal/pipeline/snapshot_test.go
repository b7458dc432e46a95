package pipeline_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report"
)

// A run reads the versions it fixed when it began, whatever is accepted while it
// computes: its figures are those of that moment, and the next run's are not.
func TestAcceptedMidRun(t *testing.T) {
	t.Parallel()
	p, pool, m := sampleRun(t, pipeline.Options{Workers: 1})
	before := firstRun(t, p)

	id, err := p.BeginRun(t.Context(), m.AsOf, nil)
	if err != nil {
		t.Fatal(err)
	}
	computed, atAcceptance := 0, 0
	err = p.ExecuteRun(t.Context(), id, func(x pipeline.Progress) {
		if computed = x.Done; computed > 1 {
			return
		}
		atAcceptance = x.Done
		newVersion(t, pool, "mining_right", `update mining_right set valid_to = valid_from, enterprise = enterprise || '（更名）' where dataset_id = $1`)
		newVersion(t, pool, "land_approval", `delete from land_approval where dataset_id = $1`)
		newVersion(t, pool, "disturbance", `update disturbance set kind = 'construction', licence_no = null where dataset_id = $1`)
		newVersion(t, pool, "protected_area", `delete from protected_area where dataset_id = $1`)
		newVersion(t, pool, "division", `update division set name = name || '镇' where dataset_id = $1`)
	})
	if err != nil {
		t.Fatal(err)
	}
	if atAcceptance != 1 || computed != before.MinesTotal {
		t.Fatalf("accepted after %d mines of %d: this shows nothing", atAcceptance, computed)
	}
	during, err := p.Run(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	sameRun(t, pool, "accepted while it computed", before, during)

	after := execute(t, p, m.AsOf)
	if same := before.MinesTotal - len(different(t, p, before.ID, after.ID)); same > 0 {
		t.Errorf("what was accepted leaves %d mines as they were: of those nothing is shown", same)
	}
}

// A report is of one moment: a run that is deleted while it is read is in the
// report whole.
func TestReportIsOfOneMoment(t *testing.T) {
	t.Parallel()
	p, pool, m := sampleRun(t, pipeline.Options{})
	run := begin(t, p, pipeline.RunRequest{AsOf: m.AsOf, WhatIf: []int64{staged(t, pool, "disturbance", "")}})
	lines, err := p.Mines(t.Context(), run.ID, "", "", 1)
	if err != nil || len(lines) != 1 {
		t.Fatal(lines, err)
	}
	type answer struct {
		text []byte
		err  error
	}
	read := func() (a answer) {
		var mine *report.Mine
		if mine, a.err = p.Report(t.Context(), run.ID, lines[0].LicenceNo); a.err == nil {
			var out bytes.Buffer
			a.err = report.WriteJSON(&out, mine)
			a.text = out.Bytes()
		}
		return a
	}
	want := read()
	if want.err != nil {
		t.Fatal(want.err)
	}

	// The reader is stopped half-way, and finds the run gone when it goes on.
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context()) //nolint:errcheck // committed, or the test failed
	if _, err := tx.Exec(t.Context(), `lock table run_diagnostic in access exclusive mode`); err != nil {
		t.Fatal(err)
	}
	answers := make(chan answer, 1)
	go func() { answers <- read() }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for waits := false; !waits; <-tick.C {
		err := pool.QueryRow(t.Context(), `
			select exists (select from pg_locks where not granted and relation = 'run_diagnostic'::regclass
			               and database = (select oid from pg_database where datname = current_database()))`).Scan(&waits)
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tx.Exec(t.Context(), `delete from run where id = $1`, run.ID); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := <-answers; got.err != nil || !bytes.Equal(got.text, want.text) {
		t.Errorf("read while the run was deleted (%v):\n%.2000s\nwant\n%.2000s", got.err, got.text, want.text)
	}
	if gone := read(); gone.err == nil {
		t.Error("the run is still there: this shows nothing")
	}
}
