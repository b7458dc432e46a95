package work

import (
	"log/slog"
	"slices"
	"testing"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// copyOf is how far the copies of the one layer are.
func (b *bench) copyOf(datasetID int64) pipeline.GeneralisedCopy {
	b.Helper()
	all, err := b.p.GeneralisedCopies(b.Context())
	if err != nil || len(all) != 1 || all[0].DatasetID != datasetID {
		b.Fatalf("%+v %v", all, err)
	}
	return all[0]
}

// A worker makes the copies of what was accepted, whoever accepted it and when;
// goes on with those whose worker is gone; and leaves alone what a person gave up.
func TestCopiesAreMade(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.upload()
	b.work(nil)
	if d := b.loaded(id); d.Status != "staged" {
		t.Fatalf("%+v", d)
	}
	if err := b.p.Accept(t.Context(), id, ingest.Acceptance{By: "甲"}); err != nil {
		t.Fatal(err)
	}
	complete := func() bool { return b.copyOf(id).Status == "complete" }
	b.until("copies", complete)
	if c := b.copyOf(id); c.LastRowNo == 0 || c.DoneRowNo != c.LastRowNo || c.ShapesFrom == nil {
		t.Errorf("%+v", c)
	}
	// As a worker left it that was killed before the first rows were done.
	b.exec(`delete from generalised where dataset_id = $1`, id)
	b.exec(`insert into river_job (kind, queue, state, attempt, max_attempts, attempted_at, attempted_by, args)
		values ('generalise', 'generalise', 'running', 1, 25, now(), array[$2], jsonb_build_object('dataset_id', $1::bigint))`, id, gone)
	b.until("copies that were left behind", complete)
	if err := b.p.ForgetCopies(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	b.until("copies anew", complete)
}

// Copies that took their worker with them each time fail, and are not queued again;
// nor are those that a person gave up.
func TestCopiesGivenUp(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var id int64
	err := b.pool.QueryRow(t.Context(), `
		insert into dataset (county_code, layer, vintage, status, loaded_at, accepted_at, accepted_by)
		values ('159900', 'division', '2021-12-31', 'accepted', now(), now(), '甲') returning id`).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	b.exec(`select add_dataset_table($1)`, id)
	due := func(want ...int64) {
		t.Helper()
		if ids, err := b.p.DueCopies(t.Context()); err != nil || !slices.Equal(ids, want) {
			t.Errorf("due are %v, want %v: %v", ids, want, err)
		}
	}
	w := &copiesWorker{pipeline: b.p, log: slog.New(slog.DiscardHandler)}
	job := &river.Job[copiesArgs]{JobRow: &rivertype.JobRow{Attempt: copiesTries + 1}, Args: copiesArgs{id}}
	due(id)
	if err := w.Work(t.Context(), job); err == nil || b.copyOf(id).Status != "failed" {
		t.Errorf("%v, %+v", err, b.copyOf(id))
	}
	due()
	if err := b.p.ForgetCopies(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	due(id)
	if cancelled, err := b.p.CancelCopies(t.Context(), id); err != nil || !cancelled {
		t.Errorf("%v %v", cancelled, err)
	}
	due()
	job.Attempt = 1
	if err := w.Work(t.Context(), job); err != nil || b.copyOf(id).Status != "cancelled" {
		t.Errorf("%v, %+v", err, b.copyOf(id))
	}
}
