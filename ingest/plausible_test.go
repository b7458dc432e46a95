package ingest_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/shpwrite"
)

const (
	prjCM111   = `PROJCS["CGCS2000_3_Degree_GK_CM_111E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",111.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
	prjDegrees = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
)

// grounds are four licences in zone 37 as flat eastings and northings, two of
// them west of 109°30′E; none is a rectangle, so that no error cancels.
var grounds = [][]float64{
	{37415000, 4450000, 37415100, 4450520, 37415640, 4450480, 37415510, 4450030, 37415000, 4450000},
	{37425000, 4460000, 37425100, 4460420, 37425540, 4460480, 37425000, 4460000},
	{37345000, 4455000, 37345100, 4455420, 37345540, 4455480, 37345300, 4455010, 37345000, 4455000},
	{37352000, 4451000, 37352100, 4451500, 37352640, 4451480, 37352000, 4451000},
}

// inDegrees are the corners of grounds in longitude and latitude, ten decimals.
func inDegrees(t *testing.T) [][]float64 {
	t.Helper()
	zone := crs(t, 4525)
	var out [][]float64
	for _, g := range grounds {
		var flat []float64
		for i := 0; i < len(g); i += 2 {
			lon, lat := zone.Inverse(g[i], g[i+1])
			flat = append(flat, math.Round(lon*1e10)/1e10, math.Round(lat*1e10)/1e10)
		}
		out = append(out, flat)
	}
	return out
}

// changed is every coordinate pair of shapes, changed.
func changed(shapes [][]float64, change func(shape int, x, y float64) (float64, float64)) [][]float64 {
	var out [][]float64
	for k, g := range shapes {
		flat := make([]float64, 0, len(g))
		for i := 0; i < len(g); i += 2 {
			x, y := change(k, g[i], g[i+1])
			flat = append(flat, x, y)
		}
		out = append(out, flat)
	}
	return out
}

func licence(i int) string { return fmt.Sprintf("C15990020150111201200%02d", i+1) }

func shapefile(t *testing.T, prj string, shapes [][]float64) string {
	t.Helper()
	var rows []shpwrite.Row
	for i, flat := range shapes {
		rows = append(rows, right(licence(i), "甲矿业", polygon(flat...)))
	}
	return file(t, zipOf(t, rights(prj, rows...)))
}

// storedAreas are the areas of a dataset's rows by licence number.
func storedAreas(t *testing.T, pool *pgxpool.Pool, id int64) []float64 {
	t.Helper()
	rows, err := pool.Query(t.Context(), "select ellipsoidal_area_m2 from mining_right where dataset_id = $1 order by licence_no, row_no", id)
	if err != nil {
		t.Fatal(err)
	}
	areas, err := pgx.CollectRows(rows, pgx.RowTo[float64])
	if err != nil {
		t.Fatal(err)
	}
	return areas
}

// registered is a database with the county of all tests, and one of which no
// packed degrees look like decimal ones.
func registered(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool := county(t)
	err := ingest.PutCounty(t.Context(), pool, ingest.County{Code: "159901", Name: "另一旗", West: 110.7, South: 40.7, East: 110.95, North: 40.95})
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

var extents = map[string]geo.Extent{
	"159900": {West: 109, South: 40, East: 110.75, North: 40.5},
	"159901": {West: 110.7, South: 40.7, East: 110.95, North: 40.95},
}

// Numbers that make no sense as they stand refuse the file, by import and by
// inspect, with the correction that would make sense of them; confirmed, the
// figures are those of the file written right, and the dataset says so.
func TestImplausibleCoordinates(t *testing.T) {
	t.Parallel()
	pool := registered(t)
	degrees := inDegrees(t)
	zone36, zone37 := crs(t, 4524), crs(t, 4525)
	// A line straight in zone 37 is not straight in zone 36: split, it stays.
	split := slices.Clone(grounds)
	for k := 2; k < len(split); k++ {
		split[k] = geo.Densify(polygon(split[k]...), zone37, geo.MaxEdgeM).FlatCoords()
	}
	// The same ground where minutes are above 42: packed, it lies elsewhere.
	north := changed(degrees, func(k int, x, y float64) (float64, float64) {
		return 110.75 + float64(k)*0.03 + (x - degrees[k][0]), 40.75 + (y - degrees[k][1])
	})
	for _, c := range []struct {
		name, code, fix string
		bad, clean      string
		county          string
	}{
		{"the zone of the neighbour", "coordinate.other_zone", "zone=37", shapefile(t, prj36, grounds), shapefile(t, prj37, grounds), ""},
		{
			"no prefix under a system with one", "coordinate.prefix_missing", "prefix",
			shapefile(t, prj37, changed(grounds, func(_ int, x, y float64) (float64, float64) { return x - 37e6, y })), shapefile(t, prj37, grounds), "",
		},
		{"a prefix under a system without", "coordinate.prefix_unexpected", "prefix", shapefile(t, prjCM111, grounds), shapefile(t, prj37, grounds), ""},
		{
			"the prefix twice", "coordinate.prefix_double", "prefix",
			shapefile(t, prj37, changed(grounds, func(_ int, x, y float64) (float64, float64) { return x + 37e8, y })), shapefile(t, prj37, grounds), "",
		},
		{
			"X and Y swapped", "coordinate.swapped", "swap",
			shapefile(t, prj37, changed(grounds, func(_ int, x, y float64) (float64, float64) { return y, x })), shapefile(t, prj37, grounds), "",
		},
		{
			"X and Y swapped in one row", "coordinate.swapped", "swap",
			shapefile(t, prj37, changed(grounds, func(k int, x, y float64) (float64, float64) {
				if k == 2 {
					return y, x
				}
				return x, y
			})), shapefile(t, prj37, grounds), "",
		},
		{
			"latitude before longitude", "coordinate.swapped", "swap",
			shapefile(t, prjDegrees, changed(degrees, func(_ int, x, y float64) (float64, float64) { return y, x })), shapefile(t, prjDegrees, degrees), "",
		},
		{"degrees for metres", "coordinate.degrees_for_metres", "crs=EPSG:4490", shapefile(t, prj37, degrees), shapefile(t, prjDegrees, degrees), ""},
		{"metres for degrees", "coordinate.metres_for_degrees", "crs=EPSG:4525", shapefile(t, prjDegrees, grounds), shapefile(t, prj37, grounds), ""},
		{
			"half in zone 36, half in zone 37", "coordinate.mixed_zones", "zone=36,37",
			shapefile(t, prj37, changed(split, func(k int, x, y float64) (float64, float64) {
				if k < 2 {
					return x, y
				}
				return zone36.Forward(zone37.Inverse(x, y))
			})), shapefile(t, prj37, grounds), "",
		},
		{
			"another zone, and no prefix", "coordinate.other_system", "crs=EPSG:4546",
			shapefile(t, prj36, changed(grounds, func(_ int, x, y float64) (float64, float64) { return x - 37e6, y })), shapefile(t, prj37, grounds), "",
		},
		{"packed degrees", "coordinate.packed_degrees", "packed", shapefile(t, prjDegrees, changed(north, pack(5))), shapefile(t, prjDegrees, north), "159901"},
		{
			"packed degrees without a point", "coordinate.packed_degrees", "packed",
			shapefile(t, prjDegrees, changed(degrees, func(k int, x, y float64) (float64, float64) {
				x, y = pack(5)(k, x, y)
				return x * 1e4, y * 1e4
			})), shapefile(t, prjDegrees, degrees), "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			at := c.county
			if at == "" {
				at = "159900"
			}
			send := func(path, fix string) (ingest.Dataset, []ingest.StoredDiagnostic) {
				u := upload(path)
				u.County, u.Fix = at, fix
				return stage(t, pool, u)
			}
			clean, diags := send(c.clean, "")
			if clean.Status != "staged" || clean.RowsLoaded != 4 {
				t.Fatalf("the clean file is %s: %v", clean.Status, codes(diags))
			}
			refused, diags := send(c.bad, "")
			i := slices.Index(codes(diags), c.code)
			if refused.Status != "refused" || i < 0 {
				t.Fatalf("%s with %v, want refused with %s", refused.Status, codes(diags), c.code)
			}
			if got := diags[i].Args["fix"]; got != c.fix || !strings.Contains(diags[i].Chinese(), "--fix "+c.fix) {
				t.Errorf("proposes %q: %s; want %q", got, diags[i].Chinese(), c.fix)
			}
			wrong, diags := send(c.bad, "zone=44")
			if wrong.Status != "refused" || !slices.Contains(codes(diags), "fix.not_applicable") {
				t.Errorf("a correction that does not fit: %s with %v", wrong.Status, codes(diags))
			}
			mended, diags := send(c.bad, c.fix)
			if mended.Status != "staged" || mended.RowsLoaded != 4 {
				t.Fatalf("with --fix %s: %s, %d rows: %v", c.fix, mended.Status, mended.RowsLoaded, codes(diags))
			}
			if mended.Reference.Fix != c.fix || clean.Reference.Fix != "" {
				t.Errorf("the dataset records fix %q, want %q", mended.Reference.Fix, c.fix)
			}
			// 0.5 m² where seconds of five decimals were written: half of the last
			// digit is 0.15 mm, and the perimeters are below 2.2 km.
			tolerance := 0.01
			if c.fix == "packed" {
				tolerance = 2200 * 0.000005 * 31
			}
			want, got := storedAreas(t, pool, clean.ID), storedAreas(t, pool, mended.ID)
			for k := range want {
				if !(abs(got[k]-want[k]) <= tolerance) {
					t.Errorf("licence %d: %.4f m², clean file %.4f m²", k+1, got[k], want[k])
				}
			}
			extent := extents[at]
			inspectBoth(t, c.bad, c.code, ingest.InspectOptions{Extent: &extent, Fix: c.fix}, want, 4*tolerance)
		})
	}
}

// inspectBoth inspects a file as it stands, which must be refused with code,
// and with the correction, which must give the sum of the areas.
func inspectBoth(t *testing.T, path, code string, o ingest.InspectOptions, want []float64, tolerance float64) {
	t.Helper()
	sum := 0.0
	for _, v := range want {
		sum += v
	}
	fix := o.Fix
	o.Fix = ""
	in, err := ingest.Inspect(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	if l := in.Layers[0]; !l.Refused || l.Counts[code] == 0 || l.Areas != nil {
		t.Errorf("inspect: refused %v, %v, areas %v; want %s and no area", l.Refused, l.Counts, l.Areas, code)
	}
	o.Fix = fix
	if in, err = ingest.Inspect(t.Context(), path, o); err != nil {
		t.Fatal(err)
	}
	l := in.Layers[0]
	if l.Refused || l.Reference == nil || l.Reference.Fix != fix {
		t.Fatalf("inspect --fix %s: refused %v, %v, reference %+v", fix, l.Refused, l.Counts, l.Reference)
	}
	// Two decimals are printed.
	if abs(l.Areas.EllipsoidalAreaM2-sum) > tolerance+0.005 {
		t.Errorf("inspect: %.2f m², want %.2f", l.Areas.EllipsoidalAreaM2, sum)
	}
}

// pack writes decimal degrees as ddd.mmss with so many decimals of a second.
func pack(decimals int) func(_ int, lon, lat float64) (float64, float64) {
	one := func(v float64) float64 {
		unit := math.Pow(10, float64(decimals))
		ticks := int64(math.Round(v * 3600 * unit)) // whole units of the last digit
		perMinute := int64(60 * unit)
		degrees, rest := ticks/(60*perMinute), ticks%(60*perMinute)
		return float64(degrees) + float64(rest/perMinute)/100 + float64(rest%perMinute)/unit/10000
	}
	return func(_ int, lon, lat float64) (float64, float64) { return one(lon), one(lat) }
}

// Coordinates that stand for "unknown" refuse their row and no other.
func TestCoordinatesAtOrigin(t *testing.T) {
	t.Parallel()
	pool := county(t)
	for _, c := range []struct {
		name, prj string
		shapes    [][]float64
	}{
		{"metres", prj37, grounds},
		{"metres without prefix", prjCM111, changed(grounds, func(_ int, x, y float64) (float64, float64) { return x - 37e6, y })},
		{"degrees", prjDegrees, inDegrees(t)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			shapes := slices.Clone(c.shapes)
			shapes[1] = slices.Clone(shapes[1])
			shapes[1][2], shapes[1][3] = 0, 0
			path := shapefile(t, c.prj, shapes)
			d, diags := stage(t, pool, upload(path))
			i := slices.Index(codes(diags), "coordinate.at_origin")
			if d.Status != "staged" || d.RowsLoaded != 3 || d.RowsRefused != 1 || i < 0 {
				t.Fatalf("%s, %d rows, %v; want the second row refused", d.Status, d.RowsLoaded, codes(diags))
			}
			if x := diags[i]; x.Row != 2 || x.Args["count"] != "1" || x.Severity() != taohe.Refused {
				t.Errorf("row %d, %v", x.Row, x.Args)
			}
			in, err := ingest.Inspect(t.Context(), path, ingest.InspectOptions{Features: true})
			if err != nil {
				t.Fatal(err)
			}
			if l := in.Layers[0]; l.Counts["coordinate.at_origin"] != 1 || len(l.Features) != 3 {
				t.Errorf("inspect: %v, %d features measured", l.Counts, len(l.Features))
			}
		})
	}
}

var licenceWords = map[string]string{
	"licence_no": licenceA, "enterprise": "甲矿业", "valid_from": "2015-01-01", "valid_to": "2030-12-31",
}

// A corner table says nothing of its datum: it is refused until a person does,
// with the systems it could be; then the corrections apply to it as to others.
func TestCornerTables(t *testing.T) {
	t.Parallel()
	pool := county(t)
	table := func(head string, of func(i int, x, y float64) string) string {
		text := head + "\n"
		g := grounds[0]
		for i := 0; i+2 < len(g); i += 2 {
			text += of(i/2+1, g[i], g[i+1]) + "\n"
		}
		return file(t, []byte(text))
	}
	clean := shapefile(t, prj37, grounds[:1])
	cleanDegrees := shapefile(t, prjDegrees, inDegrees(t)[:1])
	dms := func(v float64, decimals int) string {
		ticks := int64(math.Round(v * 3600 * math.Pow10(decimals)))
		perMinute := int64(60 * math.Pow10(decimals))
		return fmt.Sprintf("%d°%02d′%0*.*f″", ticks/(60*perMinute), ticks/perMinute%60, 3+decimals, decimals, float64(ticks%perMinute)/math.Pow10(decimals))
	}
	lonLat := func(x, y float64) (float64, float64) { return crs(t, 4525).Inverse(x, y) }
	for _, c := range []struct {
		name, path, clean, crs, candidate string
		code, fix                         string
		tolerance                         float64
	}{
		{"with prefix", table("点号,X,Y", func(i int, x, y float64) string { return fmt.Sprintf("%d,%.2f,%.2f", i, y, x) }), clean, "EPSG:4525", "EPSG:4525", "", "", 0.01},
		{"without prefix", table("点号,X,Y", func(i int, x, y float64) string { return fmt.Sprintf("%d,%.2f,%.2f", i, y, x-37e6) }), clean, "EPSG:4546", "EPSG:4546", "", "", 0.01},
		{"without prefix, another system claimed", table("点号,X,Y", func(i int, x, y float64) string { return fmt.Sprintf("%d,%.2f,%.2f", i, y, x-37e6) }), clean, "EPSG:4525", "EPSG:4546", "coordinate.prefix_missing", "prefix", 0.01},
		{"X is the easting", table("点号,X,Y", func(i int, x, y float64) string { return fmt.Sprintf("%d,%.2f,%.2f", i, x, y) }), clean, "EPSG:4525", "", "coordinate.swapped", "swap", 0.01},
		// Seconds of five decimals: 0.15 mm, a perimeter of 2 km.
		{"degrees, minutes, seconds", table("点号,经度,纬度", func(i int, x, y float64) string {
			lon, lat := lonLat(x, y)
			return fmt.Sprintf("%d,%s,%s", i, dms(lon, 5), dms(lat, 5))
		}), cleanDegrees, "EPSG:4490", "EPSG:4490", "", "", 2050 * 0.000005 * 31},
		{"seconds of one decimal", table("点号,经度,纬度", func(i int, x, y float64) string {
			lon, lat := lonLat(x, y)
			return fmt.Sprintf("%d,%s,%s", i, dms(lon, 1), dms(lat, 1))
		}), cleanDegrees, "EPSG:4490", "EPSG:4490", "", "", 2050 * 0.05 * 31},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			u := upload(c.path)
			u.Set = licenceWords
			d, diags := stage(t, pool, u)
			i := slices.Index(codes(diags), "crs.missing")
			if d.Status != "refused" || i < 0 || !strings.Contains(diags[i].Chinese(), c.candidate) {
				t.Fatalf("%s with %v, want crs.missing that names %s", d.Status, diags, c.candidate)
			}
			want, _ := stage(t, pool, upload(c.clean))
			u.CRS = c.crs
			if c.code != "" {
				d, diags = stage(t, pool, u)
				if d.Status != "refused" || !slices.Contains(codes(diags), c.code) {
					t.Fatalf("%s with %v, want %s", d.Status, codes(diags), c.code)
				}
				u.Fix = c.fix
			}
			d, diags = stage(t, pool, u)
			if d.Status != "staged" || d.RowsLoaded != 1 {
				t.Fatalf("%s: %v", d.Status, codes(diags))
			}
			if d.Reference.How != "user" || d.Reference.Fix != c.fix {
				t.Errorf("reference %+v", d.Reference)
			}
			a, b := storedAreas(t, pool, d.ID)[0], storedAreas(t, pool, want.ID)[0]
			if !(abs(a-b) <= c.tolerance) {
				t.Errorf("%.4f m², clean file %.4f m², tolerance %.2f", a, b, c.tolerance)
			}
		})
	}
}

// Packed degrees that could be decimal ones are read as decimal, with a remark;
// a person who knows better says so.
func TestPackedPossible(t *testing.T) {
	t.Parallel()
	pool := county(t)
	// Seconds of two decimals, as licences print them; right by construction.
	const packed = "点号,经度,纬度\n1,110.002820,40.110411\n2,110.003219,40.112733\n3,110.004127,40.113052\n4,110.005534,40.112918\n5,110.010141,40.111225\n6,110.005817,40.105843\n7,110.004936,40.105127\n8,110.003628,40.105512\n"
	const clean = "点号,经度,纬度\n1,110°00′28.20″,40°11′04.11″\n2,110°00′32.19″,40°11′27.33″\n3,110°00′41.27″,40°11′30.52″\n4,110°00′55.34″,40°11′29.18″\n5,110°01′01.41″,40°11′12.25″\n6,110°00′58.17″,40°10′58.43″\n7,110°00′49.36″,40°10′51.27″\n8,110°00′36.28″,40°10′55.12″\n"
	load := func(text, fix string) (ingest.Dataset, []string) {
		u := upload(file(t, []byte(text)))
		u.Set, u.CRS, u.Fix = licenceWords, "EPSG:4490", fix
		d, diags := stage(t, pool, u)
		return d, codes(diags)
	}
	want, _ := load(clean, "")
	asDecimal, remarks := load(packed, "")
	if asDecimal.Status != "staged" || !slices.Contains(remarks, "coordinate.packed_possible") {
		t.Errorf("%s with %v, want staged with coordinate.packed_possible", asDecimal.Status, remarks)
	}
	mended, remarks := load(packed, "packed")
	if mended.Status != "staged" || mended.Reference.Fix != "packed" {
		t.Fatalf("%s with %v", mended.Status, remarks)
	}
	// No digit is lost, so that only the last bits of the numbers differ.
	if a, b := storedAreas(t, pool, mended.ID)[0], storedAreas(t, pool, want.ID)[0]; abs(a-b) > 0.01 {
		t.Errorf("%.4f m², in print form %.4f m²", a, b)
	}
}
