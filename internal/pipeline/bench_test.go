package pipeline_test

import (
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/overlay"
)

// BenchmarkMine computes every mine of the sample county on its own, again and
// again: the time while somebody waits for one.
func BenchmarkMine(b *testing.B) { benchmarkMine(b, 1) }

// BenchmarkMineOf40Versions is the same where each layer has been filed 40 times:
// a table each, of which a mine needs one.
func BenchmarkMineOf40Versions(b *testing.B) { benchmarkMine(b, 40) }

func benchmarkMine(b *testing.B, versions int) {
	_, pool, m := sample(b, pipeline.Options{})
	for range versions - 1 {
		for _, layer := range taohe.Layers() {
			newVersion(b, pool, string(layer), "")
		}
	}
	if _, err := pool.Exec(b.Context(), `analyze`); err != nil {
		b.Fatal(err)
	}
	rules, err := overlay.ShippedRules()
	if err != nil {
		b.Fatal(err)
	}
	counties := []string{m.County.Code}
	var plan *overlay.Plan
	fix := func(tx pgx.Tx) error {
		id, err := overlay.Create(b.Context(), tx, overlay.Question{AsOf: m.AsOf, Counties: counties, Rules: rules}, 0)
		if err != nil {
			return err
		}
		plan, err = overlay.Fix(b.Context(), tx, id, m.AsOf, counties, rules)
		return err
	}
	// As a worker's, the session has computed a mine before and kept it: what a
	// session makes for itself once is there.
	err = pgx.BeginFunc(b.Context(), pool, func(tx pgx.Tx) error {
		if err := fix(tx); err != nil {
			return err
		}
		return plan.Evaluate(b.Context(), tx, plan.Mines[0])
	})
	if err != nil {
		b.Fatal(err)
	}
	others := plan.Mines[1:]
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		tx, err := pool.Begin(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if err := plan.Evaluate(b.Context(), tx, others[i%len(others)]); err != nil {
			b.Fatal(err)
		}
		if _, err := overlay.LoadResult(b.Context(), tx, plan.RunID, others[i%len(others)].LicenceNo); err != nil {
			b.Fatal(err)
		}
		if err := tx.Rollback(b.Context()); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/mine-median")
}

// BenchmarkPartialRun runs the sample county whole, and after one changed patch
// only where that can touch.
func BenchmarkPartialRun(b *testing.B) {
	p, pool, m := sample(b, pipeline.Options{})
	run := func(q pipeline.RunRequest) (overlay.Run, time.Duration) {
		start := time.Now()
		id, err := p.Begin(b.Context(), q)
		if err != nil {
			b.Fatal(err)
		}
		if err := p.ExecuteRun(b.Context(), id, nil); err != nil {
			b.Fatal(err)
		}
		r, err := p.Run(b.Context(), id)
		if err != nil {
			b.Fatal(err)
		}
		return r, time.Since(start)
	}
	var whole, partial []time.Duration
	computed := 0
	run(pipeline.RunRequest{AsOf: m.AsOf})
	for b.Loop() {
		newVersion(b, pool, string(taohe.LayerDisturbance), shrunk("disturbance", "kind = 'pit' and licence_no is not null"))
		r, took := run(pipeline.RunRequest{AsOf: m.AsOf, ChangedOnly: true})
		partial, computed = append(partial, took), r.MinesTotal-r.MinesCarried
		_, took = run(pipeline.RunRequest{AsOf: m.AsOf})
		whole = append(whole, took)
	}
	slices.Sort(whole)
	slices.Sort(partial)
	b.ReportMetric(float64(whole[len(whole)/2].Milliseconds()), "ms/whole")
	b.ReportMetric(float64(partial[len(partial)/2].Milliseconds()), "ms/partial")
	b.ReportMetric(float64(whole[len(whole)/2])/float64(partial[len(partial)/2]), "whole/partial")
	b.ReportMetric(float64(computed), "mines-computed")
}
