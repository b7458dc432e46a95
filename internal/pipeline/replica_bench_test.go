package pipeline_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/sampletest"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

// BenchmarkReplica reads from a primary and from a replica of it on the same
// machine: how long a reader waits for the replica to have what the primary has,
// while nothing else goes on, while runs are computed, and while tables of 160 MB
// are written; and what a mine's report costs from either.
func BenchmarkReplica(b *testing.B) {
	primary := pgtest.Primary(b)
	replica := primary.Replica()
	pool, err := pg.Open(b.Context(), primary.DSN(), pg.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	reader, err := pg.OpenReader(b.Context(), pool, pg.ReaderOptions{Replicas: []string{replica.DSN()}, Wait: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(reader.Close)
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		b.Fatal(err)
	}
	m := sampletest.Manifest(b)
	if err := demo.Load(b.Context(), p, sampledata.FS, m, nil); err != nil {
		b.Fatal(err)
	}
	compute := func(ctx context.Context) {
		id, err := p.BeginRun(ctx, m.AsOf, nil)
		if err == nil {
			err = p.ExecuteRun(ctx, id, nil)
		}
		if err != nil && ctx.Err() == nil {
			b.Error(err)
		}
	}
	compute(b.Context())
	write := func(ctx context.Context) { writeTable(ctx, b, pool) }
	nothing := func(ctx context.Context) { <-ctx.Done() }

	waits := func(beside func(context.Context)) func(*testing.B) {
		return func(b *testing.B) {
			stop := keepDoing(b, beside)
			defer stop()
			var took []time.Duration
			for b.Loop() {
				for range 50 { // so many that they are alike
					start, there := time.Now(), false
					err := reader.Read(b.Context(), func(tx pgx.Tx) error {
						return tx.QueryRow(b.Context(), `select pg_is_in_recovery()`).Scan(&there)
					})
					took = append(took, time.Since(start))
					if err != nil || !there {
						b.Fatalf("on the replica: %t, %v", there, err)
					}
				}
			}
			slices.Sort(took)
			// As long as the program waits by default.
			within, _ := slices.BinarySearch(took, 100*time.Millisecond)
			b.ReportMetric(100*float64(within)/float64(len(took)), "%-within-100ms")
			for name, share := range map[string]float64{"ms/read-median": 0.5, "ms/read-p99": 0.99, "ms/read-longest": 1} {
				b.ReportMetric(float64(took[int(share*float64(len(took)-1))].Microseconds())/1000, name)
			}
		}
	}
	b.Run("wait beside nothing", waits(nothing))
	b.Run("wait beside runs", waits(compute))
	b.Run("wait beside large tables", waits(write))

	lines, err := p.Mines(b.Context(), 1, "", "", 1000)
	if err != nil || len(lines) == 0 {
		b.Fatal(lines, err)
	}
	reports := func(p *pipeline.Pipeline) func(*testing.B) {
		return func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if _, err := p.Report(b.Context(), 0, lines[i%len(lines)].LicenceNo); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	onReplica, err := pipeline.New(pool, pipeline.Options{Reader: reader})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("report from the primary", reports(p))
	b.Run("report from the replica", reports(onReplica))
}

// keepDoing does something over and over until stop.
func keepDoing(b *testing.B, what func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(b.Context())
	var doing sync.WaitGroup
	doing.Go(func() {
		for ctx.Err() == nil {
			what(ctx)
		}
	})
	return func() {
		cancel()
		doing.Wait()
	}
}

// writeTable writes a table in one transaction, as a load does.
func writeTable(ctx context.Context, b *testing.B, pool *pgxpool.Pool) {
	for _, sql := range []string{
		`create table large as select n, repeat(md5(n::text), 4) as text from generate_series(1, 1000000) n`, `drop table large`,
	} {
		if _, err := pool.Exec(ctx, sql); err != nil && ctx.Err() == nil {
			b.Error(err)
			return
		}
	}
}
