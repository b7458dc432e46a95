package geo_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// sqlAreasM2 asks PostGIS for one number of each geometry: an expression of g.
func sqlAreasM2(t testing.TB, pool *pgxpool.Pool, expression string, all []*geom.MultiPolygon) []float64 {
	t.Helper()
	// One statement must not hold a gigabyte.
	const batch = 250
	var areas []float64
	for start := 0; start < len(all); start += batch {
		part := all[start:min(start+batch, len(all))]
		texts := make([][]byte, len(part))
		for i, g := range part {
			var err error
			if texts[i], err = ewkb.Marshal(g, ewkb.NDR); err != nil {
				t.Fatal(err)
			}
		}
		rows, err := pool.Query(t.Context(), `
			select `+expression+` from (
				select st_geomfromewkb(b) as g, n from unnest($1::bytea[]) with ordinality u(b, n)) made
			order by n`, texts)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var m2 float64
			if err := rows.Scan(&m2); err != nil {
				t.Fatal(err)
			}
			areas = append(areas, m2)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	if len(areas) != len(all) {
		t.Fatalf("%d areas of %d geometries", len(areas), len(all))
	}
	return areas
}

// The projection against PROJ, each point between a projected system and the
// geographic one of its own datum.
func TestGaussKrugerAgainstPROJ(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	var worstM, worstDeg float64
	for _, tt := range []struct{ projected, geographic int }{
		{4513, 4490},
		{4524, 4490},
		{4525, 4490},
		{4533, 4490},
		{4546, 4490},
		{4491, 4490},
		{4497, 4490},
		{4508, 4490},
		{2361, 4610},
		{2344, 4610},
		{2413, 4214},
		{21459, 4214},
		{4773, 4555},
		{32649, 4326},
		{31983, 4674},
	} {
		c, err := geo.FromEPSG(tt.projected)
		if err != nil {
			t.Fatal(err)
		}
		var points [][2]float64
		for lat := 0.0; lat <= 60; lat += 2.5 {
			for off := -4.0; off <= 4; off += 0.25 {
				points = append(points, [2]float64{c.CentralMeridianDeg + off, lat})
			}
		}
		there := transformPoints(t, pool, points, tt.geographic, tt.projected)
		back := transformPoints(t, pool, there, tt.projected, tt.geographic)
		for i, p := range points {
			e, n := c.Forward(p[0], p[1])
			worstM = math.Max(worstM, math.Max(math.Abs(e-there[i][0]), math.Abs(n-there[i][1])))
			lon, lat := c.Inverse(there[i][0], there[i][1])
			worstDeg = math.Max(worstDeg, math.Max(math.Abs(lon-back[i][0]), math.Abs(lat-back[i][1])))
			worstDeg = math.Max(worstDeg, math.Max(math.Abs(lon-p[0]), math.Abs(lat-p[1])))
		}
	}
	t.Logf("worst: forward %.1e m, inverse %.1e°", worstM, worstDeg)
	// 1e-4 m and 1e-9° are promised; these bounds hold every term of the series
	// that is larger than rounding.
	if !(worstM <= 1e-7) || !(worstDeg <= 1e-12) {
		t.Errorf("forward %.3g m from PROJ, inverse %.3g°", worstM, worstDeg)
	}
}

func transformPoints(t testing.TB, pool *pgxpool.Pool, points [][2]float64, from, to int) [][2]float64 {
	t.Helper()
	xs, ys := make([]float64, len(points)), make([]float64, len(points))
	for i, p := range points {
		xs[i], ys[i] = p[0], p[1]
	}
	rows, err := pool.Query(t.Context(), `
		select st_x(p), st_y(p) from (
			select st_transform(st_setsrid(st_point(x, y), $3::int), $4::int) as p, n
			from unnest($1::float8[], $2::float8[]) with ordinality u(x, y, n)) made
		order by n`, xs, ys, from, to)
	if err != nil {
		t.Fatal(err)
	}
	var out [][2]float64
	for rows.Next() {
		var p [2]float64
		if err := rows.Scan(&p[0], &p[1]); err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	if err := rows.Err(); err != nil || len(out) != len(points) {
		t.Fatalf("%d of %d points: %v", len(out), len(points), err)
	}
	return out
}

// systemRow is a row of spatial_ref_sys, with the name of its datum.
type systemRow struct {
	SRID   int
	WKT    string
	Datum  string
	Shifts bool // carries parameters towards WGS 84 that are not all zero
}

// Every system PostGIS holds, some seven thousand of all the world. One on a
// Chinese datum is identified; any other is refused, or remarked upon, or of a
// frame that is taken as CGCS2000. What is identified without a doubt about its
// datum gives a place the coordinates PROJ gives it.
func TestIdentifyAllOfSpatialRefSys(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	rows, err := pool.Query(t.Context(), `
		select srid, srtext, replace(coalesce(substring(srtext from 'DATUM\["([^"]*)"'), ''), ' ', '_'),
			srtext ~ '^BOUNDCRS|TOWGS84\[[0.,-]*[1-9]'
		from spatial_ref_sys where auth_name = 'EPSG' and srtext !~ '^(GEOCCS|VERT_CS)' order by srid`)
	if err != nil {
		t.Fatal(err)
	}
	systems, err := pgx.CollectRows(rows, pgx.RowToStructByPos[systemRow])
	if err != nil {
		t.Fatal(err)
	}
	seen := map[geo.Datum]int{}
	for _, s := range systems {
		c, notes, err := geo.IdentifyWKT(s.WKT)
		if want, chinese := chineseDatums[s.Datum]; chinese && (err != nil || c.Datum != want || c.EPSG == 0 || doubtful(notes)) {
			t.Errorf("EPSG:%d: %+v, %v, %v", s.SRID, c, notes, err)
		}
		if err != nil || doubtful(notes) {
			continue
		}
		seen[c.Datum]++
		checkDatum(t, s, c, notes)
		place := [][2]float64{{c.CentralMeridianDeg + 0.7, 41}}
		want := transformPoints(t, pool, place, geographicOf[c.Datum], s.SRID)[0]
		if e, n := c.Forward(place[0][0], place[0][1]); math.Abs(e-want[0]) > 1e-4 || math.Abs(n-want[1]) > 1e-4 {
			t.Errorf("EPSG:%d identified as %+v: (%v, %v), PROJ says %v", s.SRID, c, e, n, want)
		}
	}
	t.Logf("%d systems; identified: %v", len(systems), seen)
	if n := seen[geo.DatumCGCS2000]; n < 65 {
		t.Errorf("only %d of CGCS2000", n)
	}
}

var (
	chineseDatums = map[string]geo.Datum{
		"China_2000": geo.DatumCGCS2000, "Xian_1980": geo.DatumXian1980,
		"Beijing_1954": geo.DatumBeijing1954, "New_Beijing": geo.DatumNewBeijing,
	}
	geographicOf = map[geo.Datum]int{
		geo.DatumCGCS2000: 4490, geo.DatumWGS84: 4326, geo.DatumXian1980: 4610,
		geo.DatumBeijing1954: 4214, geo.DatumNewBeijing: 4555, geo.DatumITRF: 4674,
	}
)

// doubtful says that a note questions the datum.
func doubtful(notes []geo.Note) bool {
	return slices.ContainsFunc(notes, func(n geo.Note) bool {
		return n.Code == geo.NoteDatumByEllipsoid || n.Code == geo.NoteNameDisagrees
	})
}

// takenAsCGCS2000 begin the names of the datums that are.
var takenAsCGCS2000 = []string{
	"China_2000", "WGS_1984", "World_Geodetic_System_1984", "International_Terrestrial_Reference_Frame_", "IGS",
	"Sistema_de_Referencia_Geocentrico_para_las_AmericaS_2000",
}

func checkDatum(t *testing.T, s systemRow, c geo.CRS, notes []geo.Note) {
	t.Helper()
	_, chinese := chineseDatums[s.Datum]
	accepted := slices.ContainsFunc(takenAsCGCS2000, func(name string) bool { return strings.HasPrefix(s.Datum, name) })
	if accepted != c.AcceptedAsCGCS2000() || !accepted && !chinese {
		t.Errorf("EPSG:%d on datum %s identified as %s on %s", s.SRID, s.Datum, c.Name, c.Datum)
	}
	if ignored := slices.ContainsFunc(notes, func(n geo.Note) bool { return n.Code == geo.NoteShiftIgnored }); ignored != s.Shifts {
		t.Errorf("EPSG:%d: shift parameters in the text %v, remarked upon %v", s.SRID, s.Shifts, ignored)
	}
}
