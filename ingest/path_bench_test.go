package ingest_test

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest/format"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

const (
	// benchRowsVariable is how many polygons the path is measured with.
	benchRowsVariable = "TAOHE_BENCH_ROWS"
	benchCorners      = 40
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
	rows := 20_000
	if s := os.Getenv(benchRowsVariable); s != "" {
		var err error
		if rows, err = strconv.Atoi(s); err != nil || rows < 1 {
			b.Fatalf("%s: %q", benchRowsVariable, s)
		}
	}
	path := filepath.Join(b.TempDir(), "polygons.zip")
	if err := writeBenchZip(path, rows); err != nil {
		b.Fatal(err)
	}
	tableRows := min(rows, benchTableRows)
	var rate, aloneRate, firstM2 float64
	b.Run("taohe", func(b *testing.B) {
		debug.FreeOSMemory()
		resetPeakRSS()
		var alone time.Duration // without the reading
		for b.Loop() {
			seen := 0
			firstM2 = 0
			eachBenchPolygon(b, path, func(mp *geom.MultiPolygon, c geo.CRS) bool {
				start := time.Now()
				stored, err := geo.ToStore(mp, c)
				if err != nil {
					b.Fatal(err)
				}
				m2 := geo.EllipsoidalAreaM2(stored)
				alone += time.Since(start)
				if seen < tableRows {
					firstM2 += m2
				}
				seen++
				return true
			})
			if seen != rows {
				b.Fatalf("%d of %d polygons", seen, rows)
			}
		}
		rate = float64(rows) * float64(b.N) / b.Elapsed().Seconds()
		aloneRate = float64(rows) * float64(b.N) / alone.Seconds()
		b.ReportMetric(rate, "polygons/s")
		b.ReportMetric(aloneRate, "unread-polygons/s")
		b.ReportMetric(peakRSSMB(), "peak-RSS-MB")
	})
	b.Run("postgis", func(b *testing.B) {
		pool := pgtest.New(b)
		conn, err := pool.Acquire(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Release()
		fillBenchTable(b, conn.Conn(), path, tableRows)
		for b.Loop() {
			var m2 float64
			err := conn.QueryRow(b.Context(), `
				select sum(ellipsoidal_area_m2(st_transform(st_segmentize(g, $1::float8), 4490))) from bench_polygon`, geo.MaxEdgeM).Scan(&m2)
			if err != nil {
				b.Fatal(err)
			}
			if rate > 0 && math.Abs(m2-firstM2) > 1e-9*m2 {
				b.Fatalf("PostGIS has %.4f m², taohe %.4f m²", m2, firstM2)
			}
		}
		theirs := float64(tableRows) * float64(b.N) / b.Elapsed().Seconds()
		b.ReportMetric(theirs, "polygons/s")
		b.ReportMetric(rate/theirs, "taohe/postgis")
		b.ReportMetric(aloneRate/theirs, "taohe-unread/postgis")
	})
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
	if err != nil || c.EPSG != benchEPSG {
		b.Fatalf("EPSG:%d, %v", c.EPSG, err)
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
		text, err := ewkb.Marshal(mp.Clone().SetSRID(benchEPSG), ewkb.NDR)
		if err != nil {
			b.Fatal(err)
		}
		polygons = append(polygons, []any{text})
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

// writeBenchZip writes the shapefile record by record (Esri, ESRI Shapefile
// Technical Description, 1998), so that any count fits into memory: random
// polygons some 600 m across, 40 corners and the closing one each, with a
// number as their only attribute.
func writeBenchZip(path string, rows int) error {
	const points = benchCorners + 1
	const content = 4 + 32 + 4 + 4 + 4 + 16*points
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	zw := zip.NewWriter(f)
	zw.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	header := func(bytes int) []byte {
		h := make([]byte, 100)
		binary.BigEndian.PutUint32(h, 9994)
		binary.BigEndian.PutUint32(h[24:], uint32(bytes/2))
		binary.LittleEndian.PutUint32(h[28:], 1000)
		binary.LittleEndian.PutUint32(h[32:], 5)
		for i, v := range []float64{37_300_000, 4_400_000, 37_500_000, 4_600_000} {
			binary.LittleEndian.PutUint64(h[36+8*i:], math.Float64bits(v))
		}
		return h
	}
	rng := rand.New(rand.NewPCG(40, 41))
	shp := func(i int, b []byte) []byte {
		b = binary.BigEndian.AppendUint32(b, uint32(i+1))
		b = binary.BigEndian.AppendUint32(b, content/2)
		return appendBenchPolygon(b, rng)
	}
	shx := func(i int, b []byte) []byte {
		b = binary.BigEndian.AppendUint32(b, uint32((100+i*(8+content))/2))
		return binary.BigEndian.AppendUint32(b, content/2)
	}
	dbf := func(i int, b []byte) []byte { return fmt.Appendf(b, " %10d", i+1) }
	table := []byte{3, 80, 1, 1}
	table = binary.LittleEndian.AppendUint32(table, uint32(rows))
	table = binary.LittleEndian.AppendUint16(table, 32+32+1)
	table = binary.LittleEndian.AppendUint16(table, 11)
	table = append(table, make([]byte, 20)...)
	field := [32]byte{'T', 'B', 'B', 'H', 11: 'N', 16: 10}
	table = append(append(table, field[:]...), 0x0D)
	prj := `PROJCS["CGCS2000_3_Degree_GK_Zone_37",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",37500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",111.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
	none := func(_ int, b []byte) []byte { return b }
	for _, part := range []struct {
		name string
		head []byte
		row  func(i int, b []byte) []byte
	}{
		{"polygons.shp", header(100 + rows*(8+content)), shp},
		{"polygons.shx", header(100 + rows*8), shx},
		{"polygons.dbf", table, dbf},
		{"polygons.prj", []byte(prj), none},
	} {
		w, err := zw.Create(part.name)
		if err != nil {
			return err
		}
		buffered := bufio.NewWriter(w)
		_, _ = buffered.Write(part.head) // a bufio.Writer keeps its first error for Flush
		var b []byte
		for i := range rows {
			b = part.row(i, b[:0])
			_, _ = buffered.Write(b)
		}
		if err := buffered.Flush(); err != nil {
			return err
		}
	}
	return zw.Close()
}

// appendBenchPolygon appends the content of one record: a star of 40 corners,
// clockwise.
func appendBenchPolygon(b []byte, rng *rand.Rand) []byte {
	x, y := 37_310_000+180_000*rng.Float64(), 4_410_000+180_000*rng.Float64()
	var xy [2*benchCorners + 2]float64
	for i := range benchCorners {
		sin, cos := math.Sincos(-2 * math.Pi * float64(i) / benchCorners)
		r := 200 + 200*rng.Float64()
		// Surveys are kept to the tenth of a millimetre at best.
		xy[2*i], xy[2*i+1] = math.Round(1e4*(x+r*cos))/1e4, math.Round(1e4*(y+r*sin))/1e4
	}
	xy[2*benchCorners], xy[2*benchCorners+1] = xy[0], xy[1]
	b = binary.LittleEndian.AppendUint32(b, 5)
	for _, v := range []float64{x - 400, y - 400, x + 400, y + 400} {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	for _, v := range []uint32{1, benchCorners + 1, 0} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	for _, v := range xy {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}
