package pipeline_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/overlay"
)

// Several do their share of a run side by side: the inputs are fixed once, every
// mine is computed once, and the run is closed once.
func TestShares(t *testing.T) {
	t.Parallel()
	p, pool, m := sample(t, pipeline.Options{Workers: 1})
	want := execute(t, p, m.AsOf)
	id, err := p.BeginRun(t.Context(), m.AsOf, nil)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	called := 0
	help := func(_ context.Context, _ pgx.Tx, mines int) error {
		mu.Lock()
		defer mu.Unlock()
		called++
		if mines != want.MinesTotal {
			t.Errorf("help called for %d mines, want %d", mines, want.MinesTotal)
		}
		return nil
	}
	var helping sync.WaitGroup
	for range 3 {
		helping.Go(func() {
			if err := p.HelpRun(t.Context(), id, help); err != nil {
				t.Error(err)
			}
		})
	}
	helping.Wait()
	got, err := p.Run(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != "complete" || got.Digest != want.Digest || got.MinesDone != want.MinesDone || called != 1 {
		t.Errorf("help called %d times; %+v\nwant as %+v", called, got, want)
	}
	var tries int
	if err := pool.QueryRow(t.Context(), `select count(*) from run_mine_try`).Scan(&tries); err != nil || tries != 0 {
		t.Errorf("%d mines count as begun (%v)", tries, err)
	}
	// Over is over, and what is not there needs no help.
	for _, over := range []int64{id, 999} {
		if err := p.HelpRun(t.Context(), over, help); err != nil {
			t.Errorf("run %d: %v", over, err)
		}
	}
	if called != 1 {
		t.Errorf("help called %d times", called)
	}
}

// A mine that took its program with it three times fails, and the others are
// computed; one that is given up in good order does not count.
func TestMineThatEndsPrograms(t *testing.T) {
	t.Parallel()
	p, pool, m := sample(t, pipeline.Options{Workers: 1})
	id, err := p.BeginRun(t.Context(), m.AsOf, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	// Cancelled as soon as the first mine is stored, so that a second is begun.
	err = p.ExecuteRun(ctx, id, func(pipeline.Progress) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	var tries int
	if err := pool.QueryRow(t.Context(), `select count(*) from run_mine_try`).Scan(&tries); err != nil || tries != 0 {
		t.Errorf("%d mines count as begun (%v)", tries, err)
	}
	var broken string
	err = pool.QueryRow(t.Context(), `select max(licence_no) from run_mine where run_id = $1 and status = 'pending'`, id).Scan(&broken)
	if err != nil {
		t.Fatal(err)
	}
	if reopened, err := overlay.Reopen(t.Context(), pool, id); err != nil || !reopened {
		t.Fatalf("reopened %t: %v", reopened, err)
	}
	for range 3 {
		if tries, err = overlay.Try(t.Context(), pool, id, broken); err != nil {
			t.Fatal(err)
		}
	}
	if tries != 3 {
		t.Errorf("begun %d times, want 3", tries)
	}
	if err := p.HelpRun(t.Context(), id, nil); err != nil {
		t.Fatal(err)
	}
	got, err := p.Run(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != "complete" || got.MinesFailed != 1 || got.MinesDone != got.MinesTotal-1 {
		t.Errorf("%+v", got)
	}
	r, err := p.Result(t.Context(), id, broken)
	if err != nil || r.Status != "failed" || !strings.Contains(r.Error, "3 times") {
		t.Errorf("the mine is %s: %q (%v)", r.Status, r.Error, err)
	}
}
