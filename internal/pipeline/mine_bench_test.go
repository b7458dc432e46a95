package pipeline_test

import (
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/overlay"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

// BenchmarkMine computes one mine of the sample county again, a different one
// each time, and reports the median.
func BenchmarkMine(b *testing.B) {
	pool := pgtest.New(b)
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		b.Fatal(err)
	}
	m, err := demo.ReadManifest(sampledata.FS)
	if err != nil {
		b.Fatal(err)
	}
	if err := demo.Load(b.Context(), p, sampledata.FS, m, nil); err != nil {
		b.Fatal(err)
	}
	rules, err := overlay.ShippedRules()
	if err != nil {
		b.Fatal(err)
	}
	id, err := overlay.Create(b.Context(), pool, m.AsOf, []string{m.County.Code}, rules, 0)
	if err != nil {
		b.Fatal(err)
	}
	var plan *overlay.Plan
	err = pgx.BeginFunc(b.Context(), pool, func(tx pgx.Tx) error {
		plan, err = overlay.Fix(b.Context(), tx, id, m.AsOf, []string{m.County.Code}, rules)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	conn, err := pool.Acquire(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Release()
	var took []time.Duration
	for b.Loop() {
		tx, err := conn.Begin(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		err = plan.Evaluate(b.Context(), tx, plan.Mines[len(took)%len(plan.Mines)])
		took = append(took, time.Since(start))
		if err != nil {
			b.Fatal(err)
		}
		if err := tx.Rollback(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
}
