package ingest_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest/format"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

const (
	// benchRowsVariable is how many polygons the path is measured with.
	benchRowsVariable = "TAOHE_BENCH_ROWS"
	benchEPSG         = 4525
	// The database gets no more than this: its rate does not hang on the count.
	benchTableRows = 50_000
)

// BenchmarkReadToArea measures reading → splitting → transformation → area of a
// zipped shapefile of polygons of 40 corners in zone 37, and beside it the
// rate of PROJ through PostGIS for the last three steps, on the same polygons
// already in a table, over one connection. "unread" is the same without the
// reading. The areas must agree.
func BenchmarkReadToArea(b *testing.B) {
	p := &benchPath{file: filepath.Join(b.TempDir(), "polygons.zip"), rows: benchRows(b)}
	if err := writeBenchZip(p.file, planeStars, p.rows); err != nil {
		b.Fatal(err)
	}
	p.tableRows = min(p.rows, benchTableRows)
	b.Run("taohe", p.taohe)
	b.Run("postgis", p.postgis)
}

// benchPath is one file measured both ways, and what the first way found.
type benchPath struct {
	file            string
	rows, tableRows int
	// Polygons a second, from file to area and without the reading.
	rate, unreadRate float64
	tableM2          float64 // area of the first tableRows polygons
}

func (p *benchPath) taohe(b *testing.B) {
	debug.FreeOSMemory()
	resetPeakRSS()
	var unread time.Duration
	for b.Loop() {
		seen := 0
		p.tableM2 = 0
		eachBenchPolygon(b, p.file, func(mp *geom.MultiPolygon, c geo.CRS) bool {
			start := time.Now()
			stored, err := geo.ToStore(mp, c)
			if err != nil {
				b.Fatal(err)
			}
			m2 := geo.EllipsoidalAreaM2(stored)
			unread += time.Since(start)
			if seen < p.tableRows {
				p.tableM2 += m2
			}
			seen++
			return true
		})
		if seen != p.rows {
			b.Fatalf("%d of %d polygons", seen, p.rows)
		}
	}
	measured := float64(p.rows) * float64(b.N)
	p.rate, p.unreadRate = measured/b.Elapsed().Seconds(), measured/unread.Seconds()
	b.ReportMetric(p.rate, "polygons/s")
	b.ReportMetric(p.unreadRate, "unread-polygons/s")
	b.ReportMetric(peakRSSMB(), "peak-RSS-MB")
}

func (p *benchPath) postgis(b *testing.B) {
	conn, err := pgtest.New(b).Acquire(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Release()
	fillBenchTable(b, conn.Conn(), p.file, p.tableRows)
	for b.Loop() {
		var m2 float64
		err := conn.QueryRow(b.Context(), `
			select sum(ellipsoidal_area_m2(st_transform(st_segmentize(g, $1::float8), 4490))) from bench_polygon`, geo.MaxEdgeM).Scan(&m2)
		if err != nil {
			b.Fatal(err)
		}
		// Nothing to compare with where only this half is run.
		if p.rate > 0 && math.Abs(m2-p.tableM2) > 1e-9*m2 {
			b.Fatalf("PostGIS has %.4f m², taohe %.4f m²", m2, p.tableM2)
		}
	}
	rate := float64(p.tableRows) * float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(rate, "polygons/s")
	b.ReportMetric(p.rate/rate, "taohe/postgis")
	b.ReportMetric(p.unreadRate/rate, "taohe-unread/postgis")
}

// eachBenchPolygon reads the file as an upload is read, until do says no.
func eachBenchPolygon(b *testing.B, path string, do func(*geom.MultiPolygon, geo.CRS) bool) {
	b.Helper()
	sources, closer, err := format.Open(path, format.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer closer.Close()
	c, _, err := geo.IdentifyWKT(sources[0].Reference().WKT)
	if err != nil {
		b.Fatal(err)
	}
	for rec, err := range sources[0].Records(b.Context()) {
		if err != nil || len(rec.Diagnostics) > 0 {
			b.Fatal(err, rec.Diagnostics)
		}
		if !do(rec.Geometry.(*geom.MultiPolygon), c) {
			return
		}
	}
}

func fillBenchTable(b *testing.B, conn *pgx.Conn, path string, rows int) {
	b.Helper()
	for _, statement := range []string{
		`set max_parallel_workers_per_gather = 0`,
		`create temporary table bench_polygon (g geometry(MultiPolygon, 4525))`,
	} {
		if _, err := conn.Exec(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
	var polygons [][]any
	eachBenchPolygon(b, path, func(mp *geom.MultiPolygon, _ geo.CRS) bool {
		polygons = append(polygons, []any{geo.AppendEWKB(nil, mp, benchEPSG)})
		return len(polygons) < rows
	})
	n, err := conn.CopyFrom(b.Context(), pgx.Identifier{"bench_polygon"}, []string{"g"}, pgx.CopyFromRows(polygons))
	if err != nil || n != int64(rows) {
		b.Fatalf("%d of %d polygons: %v", n, rows, err)
	}
	if _, err := conn.Exec(b.Context(), `analyze bench_polygon`); err != nil {
		b.Fatal(err)
	}
}

// resetPeakRSS has the kernel forget the peak so far (proc(5), clear_refs);
// where there is no such file the peak is that of the whole process.
func resetPeakRSS() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

// peakRSSMB is the largest resident set since resetPeakRSS, 0 where unknown.
func peakRSSMB() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kB float64
	if _, err := fmt.Sscan(rest, &kB); err != nil {
		return 0
	}
	return kB / 1024
}
