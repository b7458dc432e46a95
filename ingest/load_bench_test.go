package ingest_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

// BenchmarkLoad measures a whole load, from the zipped shapefile to the staged
// dataset, against others on the same server. In each round all take their turn,
// and what is reported are medians over the rounds, so that a machine whose
// speed drifts does not favour anybody:
//
//   - ogr2ogr, which reads, splits edges, transforms and copies the same file,
//     and builds its index; it measures nothing and judges no validity. It runs
//     a second time without splitting edges, which is less than is needed;
//   - a bare COPY of the same geometries, ready-made as EWKB in memory, over as
//     many connections as the load uses (one), and ST_IsValid of every row.
//
// Of a file in degrees neither edges are split nor corners kept beside.
func BenchmarkLoad(b *testing.B) {
	b.Run("plane", func(b *testing.B) { benchmarkLoad(b, planeStars) })
	b.Run("degrees", func(b *testing.B) { benchmarkLoad(b, degreeStars) })
}

func benchmarkLoad(b *testing.B, shape benchShape) {
	rows := benchRows(b)
	file := filepath.Join(b.TempDir(), "polygons.zip")
	if err := writeBenchZip(file, shape, rows); err != nil {
		b.Fatal(err)
	}
	l := &benchLoad{file: file, rows: rows, dsn: pgtest.DSN(b)}
	l.open(b)
	var load, ogr, unsplit, bare []float64 // seconds
	for b.Loop() {
		runtime.GC()
		load = append(load, l.taohe(b))
		ogr = append(ogr, l.ogr(b, "-segmentize", fmt.Sprint(geo.MaxEdgeM)))
		unsplit = append(unsplit, l.ogr(b))
		bare = append(bare, l.bareCopy(b))
	}
	b.ReportMetric(0, "ns/op") // of four different things
	b.ReportMetric(float64(rows)/median(load), "polygons/s")
	b.ReportMetric(float64(rows)/median(bare), "copy+isvalid-polygons/s")
	b.ReportMetric(medianRatio(bare, load), "of-copy+isvalid")
	if median(ogr) > 0 {
		b.ReportMetric(float64(rows)/median(ogr), "ogr2ogr-polygons/s")
		b.ReportMetric(medianRatio(ogr, load), "times-ogr2ogr")
		b.ReportMetric(medianRatio(unsplit, load), "times-ogr2ogr-unsplit")
	}
}

// benchRows is how many polygons are asked for.
func benchRows(b *testing.B) int {
	b.Helper()
	s := os.Getenv(benchRowsVariable)
	if s == "" {
		return 20_000
	}
	rows, err := strconv.Atoi(s)
	if err != nil || rows < 1 {
		b.Fatalf("%s: %q", benchRowsVariable, s)
	}
	return rows
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// medianRatio is the median over the rounds of one by the other.
func medianRatio(a, b []float64) float64 {
	ratios := make([]float64, len(a))
	for i := range a {
		ratios[i] = a[i] / b[i]
	}
	return median(ratios)
}

// benchLoad is one file loaded in several ways into one database.
type benchLoad struct {
	file, dsn string
	rows      int
	pool      *pgxpool.Pool
	shapes    [][]byte // as the load stores them
}

func (l *benchLoad) open(b *testing.B) {
	var err error
	if l.pool, err = pg.Open(b.Context(), l.dsn, pg.Options{}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(l.pool.Close)
	county := ingest.County{Code: "159900", Name: "示例旗", West: 108, South: 38, East: 112, North: 42}
	if err := ingest.PutCounty(b.Context(), l.pool, county); err != nil {
		b.Fatal(err)
	}
	const most = 300_000 // of them is enough for a rate
	n := min(l.rows, most)
	eachBenchPolygon(b, l.file, func(mp *geom.MultiPolygon, c geo.CRS) bool {
		stored, err := geo.ToStore(mp, c)
		if err != nil {
			b.Fatal(err)
		}
		l.shapes = append(l.shapes, geo.AppendEWKB(nil, stored, geo.StoreSRID))
		return len(l.shapes) < n
	})
}

func (l *benchLoad) exec(b *testing.B, sql string) {
	b.Helper()
	if _, err := l.pool.Exec(b.Context(), sql); err != nil {
		b.Fatal(err)
	}
}

// taohe loads the file and takes the dataset away again; it returns seconds.
func (l *benchLoad) taohe(b *testing.B) float64 {
	start := time.Now()
	s, err := ingest.Begin(b.Context(), l.pool, ingest.Upload{
		Layer: "forest", County: "159900", Source: "forestry", Vintage: taohe.NewDate(2022, 4, 30), Path: l.file,
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Load(b.Context(), nil); err != nil {
		b.Fatal(err)
	}
	took := time.Since(start)
	d, err := ingest.GetDataset(b.Context(), l.pool, s.DatasetID)
	if err != nil || d.Status != "staged" || d.RowsLoaded != int64(l.rows) {
		b.Fatalf("%s, %d rows: %v", d.Status, d.RowsLoaded, err)
	}
	l.exec(b, fmt.Sprintf("drop table forest_d%d", s.DatasetID))
	return took.Seconds()
}

// ogr loads the file with ogr2ogr; 0 seconds where it is not installed.
func (l *benchLoad) ogr(b *testing.B, more ...string) float64 {
	program, err := exec.LookPath("ogr2ogr")
	if err != nil {
		return 0
	}
	cfg := l.pool.Config().ConnConfig
	args := append([]string{
		"-f", "PostgreSQL", fmt.Sprintf("PG:host=%s port=%d user=%s dbname=%s", cfg.Host, cfg.Port, cfg.User, cfg.Database),
		"/vsizip/" + l.file, "-nln", "ogr_polygon", "-t_srs", "EPSG:4490",
		"-nlt", "PROMOTE_TO_MULTI", "-lco", "GEOMETRY_NAME=geom", "--config", "PG_USE_COPY", "YES",
	}, more...)
	start := time.Now()
	if out, err := exec.CommandContext(b.Context(), program, args...).CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	took := time.Since(start)
	var n int
	if err := l.pool.QueryRow(b.Context(), `select count(*) from ogr_polygon`).Scan(&n); err != nil || n != l.rows {
		b.Fatalf("%d of %d rows: %v", n, l.rows, err)
	}
	l.exec(b, `drop table ogr_polygon`)
	return took.Seconds()
}

// bareCopy copies geometries that wait in memory and asks ST_IsValid of each,
// on one connection; it returns seconds for all rows.
func (l *benchLoad) bareCopy(b *testing.B) float64 {
	start := time.Now()
	err := pg.InTx(b.Context(), l.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(b.Context(), `set local max_parallel_workers_per_gather = 0`)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(b.Context(), `create table bare (row_no int, geom geometry(MultiPolygon, 4490))`); err != nil {
			return err
		}
		at := 0
		_, err = tx.CopyFrom(b.Context(), pgx.Identifier{"bare"}, []string{"row_no", "geom"}, pgx.CopyFromFunc(func() ([]any, error) {
			if at == len(l.shapes) {
				return nil, nil
			}
			at++
			return []any{at, l.shapes[at-1]}, nil
		}))
		if err != nil {
			return err
		}
		var valid int
		if err := tx.QueryRow(b.Context(), `select count(*) from bare where st_isvalid(geom)`).Scan(&valid); err != nil {
			return err
		}
		if valid != len(l.shapes) {
			return fmt.Errorf("%d of %d valid", valid, len(l.shapes))
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	took := time.Since(start)
	l.exec(b, `drop table bare`)
	return took.Seconds() * float64(l.rows) / float64(len(l.shapes))
}
