package pipeline_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// fuse is a context that is over when it has been looked at so many times: the
// same work is cut off at any of its steps, with no clock.
type fuse struct {
	context.Context
	cancel context.CancelFunc
	looks  atomic.Int64
	length int64 // 0 never burns down
}

func newFuse(parent context.Context, length int64) *fuse {
	f := &fuse{length: length}
	f.Context, f.cancel = context.WithCancel(parent)
	return f
}

func (f *fuse) look() {
	if f.looks.Add(1) == f.length {
		f.cancel()
	}
}

func (f *fuse) Done() <-chan struct{} { f.look(); return f.Context.Done() }
func (f *fuse) Err() error            { f.look(); return f.Context.Err() }

// A load that is cancelled, wherever it is, leaves nothing: no row, no file, no
// goroutine, no connection that is busy. Not parallel: it counts goroutines and
// has the temporary folder to itself.
func TestFaultCancelled(t *testing.T) {
	pool := pgtest.New(t)
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch)
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	if err := p.PutCounty(t.Context(), ingest.County{Code: "159900", Name: "示例旗", West: 109, South: 40, East: 110.75, North: 40.5}); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(7, 11))
	for _, tt := range []struct {
		name, file, crs string
		times           int
	}{
		{"read as it is", squaresGeoJSON(t, 2000), "", 22},
		{"converted first", squaresMIF(t, 200), "EPSG:4490", 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := exec.LookPath("ogr2ogr"); err != nil && strings.HasSuffix(tt.file, ".zip") {
				t.Skip("there is no ogr2ogr to convert with")
			}
			u := ingest.Upload{
				Layer: "forest", Source: "forestry", County: "159900", Vintage: taohe.NewDate(2021, 12, 31), CRS: tt.crs, Path: tt.file,
			}
			load := func(length int64) (ingest.Dataset, *fuse, error) {
				s, err := p.BeginImport(t.Context(), u)
				if err != nil {
					t.Fatal(err)
				}
				f := newFuse(t.Context(), length)
				defer f.cancel()
				err = s.Load(f, func(int) { f.look() })
				d, getErr := p.Dataset(t.Context(), s.DatasetID)
				if getErr != nil {
					t.Fatal(getErr)
				}
				return d, f, err
			}
			whole, f, err := load(0)
			if err != nil || whole.Status != "staged" {
				t.Fatalf("%s: %v", whole.Status, err)
			}
			steps := f.looks.Load()
			if steps < 20 {
				t.Fatalf("the context is looked at %d times only", steps)
			}
			goroutines := runtime.NumGoroutine()
			cancelled := 0
			for range tt.times {
				length := 1 + rng.Int64N(steps)
				before := relations(t, pool)
				d, _, err := load(length)
				rows, rest := stored(t, pool, d.ID)
				switch {
				case err == nil: // it burnt down when all was done
					if d.Status != "staged" || rows != whole.RowsLoaded {
						t.Errorf("after %d of %d looks: no error, %s with %d rows", length, steps, d.Status, rows)
					}
				case !errors.Is(err, context.Canceled):
					t.Errorf("after %d of %d looks: %v", length, steps, err)
				default:
					cancelled++
					if now := relations(t, pool); now != before {
						t.Errorf("after %d of %d looks: %d tables and indexes, %d before", length, steps, now, before)
					}
					if d.Status != "failed" || d.Error == nil || *d.Error != ingest.FailureCancelled || rows+rest != 0 {
						t.Errorf("after %d of %d looks: %s (%v), %d rows, %d others", length, steps, d.Status, d.Error, rows, rest)
					}
				}
				if left, _ := os.ReadDir(scratch); len(left) > 0 {
					t.Errorf("after %d of %d looks: left %v", length, steps, left)
				}
			}
			if cancelled < tt.times*2/3 {
				t.Errorf("%d of %d were cancelled", cancelled, tt.times)
			}
			wantQuiet(t, pool, goroutines)
		})
	}
}

// relations counts the tables and indexes of the database.
func relations(t *testing.T, pool *pgxpool.Pool) (n int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), `select count(*) from pg_class`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// stored counts what is kept of a dataset: rows, and files, footprints and
// diagnostics.
func stored(t *testing.T, pool *pgxpool.Pool, id int64) (rows, rest int64) {
	t.Helper()
	err := pool.QueryRow(t.Context(), `
		select (select count(*) from forest where dataset_id = $1),
		       (select count(*) from dataset_file where dataset_id = $1) + (select count(*) from footprint where dataset_id = $1)
		       + (select count(*) from dataset_diagnostic where dataset_id = $1) + (select count(*) from dataset_diagnostic_count where dataset_id = $1)`, id).
		Scan(&rows, &rest)
	if err != nil {
		t.Fatal(err)
	}
	return rows, rest
}

// wantQuiet waits until nothing is at work any more: no connection of the pool
// taken, no session in a transaction, no goroutine more than before.
func wantQuiet(t *testing.T, pool *pgxpool.Pool, goroutines int) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for {
		taken := pool.Stat().AcquiredConns()
		var busy int
		err := pool.QueryRow(t.Context(), `
			select count(*) from pg_stat_activity
			where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`).Scan(&busy)
		if err != nil {
			t.Fatal(err)
		}
		// The pool ends and makes connections as it likes, a goroutine each.
		more := runtime.NumGoroutine() - goroutines - int(pool.Stat().MaxConns())
		if taken == 0 && busy == 0 && more <= 0 {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d connections taken, %d sessions busy, %d goroutines too many\n%s", taken, busy, more, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

// eachSquare calls do with squares 80 m apart from each other, in the county.
func eachSquare(rows int, do func(i int, corners [5][2]float64)) {
	for i := range rows {
		x, y := 109.1+0.002*float64(i%500), 40.05+0.002*float64(i/500)
		do(i, [5][2]float64{{x, y}, {x + 0.001, y}, {x + 0.001, y + 0.001}, {x, y + 0.001}, {x, y}})
	}
}

func squaresGeoJSON(t *testing.T, rows int) string {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	eachSquare(rows, func(i int, c [5][2]float64) {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"type":"Feature","properties":{"XBH":"%d"},"geometry":{"type":"Polygon","coordinates":[[`, i+1)
		for k, at := range c {
			if k > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "[%.4f,%.4f]", at[0], at[1])
		}
		b.WriteString("]]}}")
	})
	b.WriteString("]}")
	return written(t, "forest.geojson", b.Bytes())
}

// squaresMIF is a zipped MapInfo interchange file (MapInfo Professional User
// Guide, appendix "MapInfo Data Interchange Format").
func squaresMIF(t *testing.T, rows int) string {
	t.Helper()
	var shapes, table strings.Builder
	shapes.WriteString("Version 300\nCharset \"Neutral\"\nDelimiter \",\"\nCoordSys Earth Projection 1, 104\nColumns 1\n  XBH Char(10)\nData\n\n")
	eachSquare(rows, func(i int, c [5][2]float64) {
		shapes.WriteString("Region 1\n  5\n")
		for _, at := range c {
			fmt.Fprintf(&shapes, "%.4f %.4f\n", at[0], at[1])
		}
		fmt.Fprintf(&table, "\"%d\"\n", i+1)
	})
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range map[string]string{"forest.mif": shapes.String(), "forest.mid": table.String()} {
		part, err := w.Create(name)
		if err == nil {
			_, err = part.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return written(t, "forest.zip", b.Bytes())
}

func written(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
