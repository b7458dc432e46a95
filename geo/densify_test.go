package geo

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/twpayne/go-geom"
)

func TestDensify(t *testing.T) {
	t.Parallel()
	plane, lonLat := mustEPSG(t, 4525), mustEPSG(t, 4490)
	for _, tt := range []struct {
		name string
		crs  CRS
		edge float64
		in   []float64
		want []float64
	}{
		{"shorter stays", plane, 70, []float64{0, 0, 69, 0, 60, 50}, []float64{0, 0, 69, 0, 60, 50}},
		{"exactly the limit stays", plane, 70, []float64{0, 0, 70, 0}, []float64{0, 0, 70, 0}},
		{"just over is halved", plane, 70, []float64{0, 0, 72, 0}, []float64{0, 0, 36, 0, 72, 0}},
		{"quarters", plane, 70, []float64{0, 0, 0, 210.5}, []float64{0, 0, 0, 52.625, 0, 105.25, 0, 157.875, 0, 210.5}},
		// A degree of longitude at 40°N is 85,394 m on CGCS2000: two pieces of 42.7 km.
		{"degrees are measured on the ground", lonLat, 45000, []float64{110, 40, 111, 40}, []float64{110, 40, 110.5, 40, 111, 40}},
		{"no limit", plane, 0, []float64{0, 0, 1000, 0}, []float64{0, 0, 1000, 0}},
		{"not a number", plane, 70, []float64{0, 0, math.Inf(1), 0}, []float64{0, 0, math.Inf(1), 0}},
	} {
		in := geom.NewMultiPolygonFlat(geom.XY, tt.in, [][]int{{len(tt.in)}})
		if got := Densify(in, tt.crs, tt.edge).FlatCoords(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Neighbours walk their common edge in opposite directions and must get the
// same points bit for bit, or slivers open between them.
func TestDensifySharedEdge(t *testing.T) {
	t.Parallel()
	for _, c := range []CRS{mustEPSG(t, 4525), mustEPSG(t, 4490)} {
		p, q := []float64{37400123.4567, 4445678.9123}, []float64{37412345.6789, 4439876.5432}
		if !c.Projected {
			p, q = []float64{110.0123456789, 40.1234567891}, []float64{110.1987654321, 40.0717171717}
		}
		there := Densify(geom.NewMultiPolygonFlat(geom.XY, slices.Concat(p, q), [][]int{{4}}), c, MaxEdgeM).FlatCoords()
		back := Densify(geom.NewMultiPolygonFlat(geom.XY, slices.Concat(q, p), [][]int{{4}}), c, MaxEdgeM).FlatCoords()
		reverseRing(back, 2)
		if len(there) < 200 || !slices.Equal(there, back) {
			t.Errorf("%s: %d and %d numbers, equal: %v", c.Name, len(there), len(back), slices.Equal(there, back))
		}
	}
}

func TestDensifyKeepsZ(t *testing.T) {
	t.Parallel()
	in := geom.NewMultiPolygonFlat(geom.XYZ, []float64{0, 0, 1200, 100, 0, 1210}, [][]int{{6}}).SetSRID(4525)
	got := Densify(in, mustEPSG(t, 4525), MaxEdgeM)
	if want := []float64{0, 0, 1200, 50, 0, 1205, 100, 0, 1210}; !slices.Equal(got.FlatCoords(), want) || got.Layout() != geom.XYZ || got.SRID() != 4525 {
		t.Errorf("got %v %v SRID %d", got.FlatCoords(), got.Layout(), got.SRID())
	}
}

func TestToStoreShape(t *testing.T) {
	t.Parallel()
	c := mustEPSG(t, 4490)
	// Shell clockwise, hole counter-clockwise, Z present: everything the wrong
	// way round for RFC 7946.
	in := geom.NewMultiPolygonFlat(geom.XYZ, []float64{
		110, 40, 1, 110, 40.0004, 1, 110.0004, 40.0004, 1, 110.0004, 40, 1, 110, 40, 1,
		110.0001, 40.0001, 1, 110.0003, 40.0001, 1, 110.0003, 40.0003, 1, 110.0001, 40.0003, 1, 110.0001, 40.0001, 1,
	}, [][]int{{15, 30}})
	got, err := ToStore(in, c)
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{
		110, 40, 110.0004, 40, 110.0004, 40.0004, 110, 40.0004, 110, 40,
		110.0001, 40.0001, 110.0001, 40.0003, 110.0003, 40.0003, 110.0003, 40.0001, 110.0001, 40.0001,
	}
	if !slices.Equal(got.FlatCoords(), want) || got.SRID() != StoreSRID || got.Layout() != geom.XY {
		t.Errorf("got %v, SRID %d, layout %v", got.FlatCoords(), got.SRID(), got.Layout())
	}
	if !slices.Equal(got.Endss()[0], []int{10, 20}) {
		t.Errorf("ring ends %v", got.Endss())
	}
	if in.FlatCoords()[4] != 40.0004 {
		t.Error("the argument was changed")
	}
}

func TestToStoreRefuses(t *testing.T) {
	t.Parallel()
	var datum *DatumError
	for _, code := range []int{4610, 2361, 4214, 21419, 4555, 4773} {
		c := mustEPSG(t, code)
		if _, err := ToStore(ringOf(110, 40, 110.1, 40, 110, 40.1), c); !errors.As(err, &datum) || datum.CRS != c {
			t.Errorf("EPSG:%d: %v, want a DatumError", code, err)
		}
	}
	var coordinate *CoordinateError
	for _, tt := range []struct {
		name string
		epsg int
		xy   []float64
	}{
		{"metres for degrees", 4490, []float64{37415000, 4450000, 37416000, 4450000, 37416000, 4451000}},
		{"not a number", 4525, []float64{math.NaN(), 4450000, 37416000, 4450000, 37416000, 4451000}},
		{"infinite", 4525, []float64{math.Inf(-1), 4450000, 37416000, 4450000, 37416000, 4451000}},
		{"no prefix", 4525, []float64{415000, 4450000, 416000, 4450000, 416000, 4451000}},
		{"one corner at the end of the world", 4525, []float64{37415000, 4450000, 37416000, 4450000, 1e300, 4451000}},
		{"corner at the origin", 4545, []float64{415000, 4450000, 416000, 1e9, 416000, 4451000}},
	} {
		if got, err := ToStore(ringOf(tt.xy...), mustEPSG(t, tt.epsg)); !errors.As(err, &coordinate) || got != nil {
			t.Errorf("%s: %v, want a CoordinateError", tt.name, err)
		}
	}
	zigzag := make([]float64, 0, 4000)
	for i := range 1000 {
		zigzag = append(zigzag, 415000, 4450000+float64(i%2)*3e6)
	}
	if _, err := ToStore(ringOf(zigzag...), mustEPSG(t, 4546)); !errors.As(err, &coordinate) {
		t.Errorf("forty million points: %v, want a CoordinateError", err)
	}
}

func TestZoneOfALongitude(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lon  float64
		zone int
		epsg int
		cm   float64
	}{
		{109.4999, 36, 4524, 108},
		{109.5, 37, 4525, 111},
		{75, 25, 4513, 75},
		{73.5, 25, 4513, 75},
		{73.4, 24, 0, 72},
		{136.4, 45, 4533, 135},
		{136.5, 46, 0, 138},
		{0, 120, 0, 0},
		{-51.2, 103, 0, -51},
		{470, 37, 4525, 111},
		{180, 60, 0, -180},
	} {
		c := GaussKruger3Degree(tt.lon)
		if c.Zone != tt.zone || c.EPSG != tt.epsg || c.CentralMeridianDeg != tt.cm || c.ZoneWidthDeg != 3 || c.Datum != DatumCGCS2000 {
			t.Errorf("%v°: %+v", tt.lon, c)
		}
		if tt.epsg == 0 && c.FalseEastingM != 500000 {
			t.Errorf("%v°: false easting %v", tt.lon, c.FalseEastingM)
		}
	}
}

// A mine across 109°30′E, surveyed in zone 37: densified there and then written
// in zone 36, its figures stay; written corner by corner, the shape itself
// changes, because a line straight in one plane is bent in the other.
func TestMineAcrossZones(t *testing.T) {
	t.Parallel()
	z37, z36 := mustEPSG(t, 4525), mustEPSG(t, 4524)
	for name, mine := range map[string]*geom.MultiPolygon{
		"four edges":  ringOf(37367000, 4446000, 37377000, 4446500, 37376500, 4456000, 37367500, 4455500),
		"three edges": ringOf(37367000, 4446000, 37377000, 4446000, 37367000, 4456000),
	} {
		stored, err := ToStore(mine, z37)
		if err != nil {
			t.Fatal(err)
		}
		inZone36 := func(lonLat *geom.MultiPolygon) float64 {
			flat := slices.Clone(lonLat.FlatCoords())
			for i := 0; i < len(flat); i += 2 {
				flat[i], flat[i+1] = z36.Forward(flat[i], flat[i+1])
			}
			again, err := ToStore(geom.NewMultiPolygonFlat(geom.XY, flat, lonLat.Endss()), z36)
			if err != nil {
				t.Fatal(err)
			}
			return EllipsoidalAreaM2(again)
		}
		want := EllipsoidalAreaM2(stored)
		if got := inZone36(stored); math.Abs(got-want) > 0.01 {
			t.Errorf("%s: densified, then zone 36: %.3f, zone 37 %.3f", name, got, want)
		}
		corners := cornerByCorner(mine, z37)
		got := inZone36(corners)
		t.Logf("%s: zone 37 %.3f m², corner by corner in zone 36 %.3f m², %.3f mu apart", name, want, got, Mu(got-want))
		if math.Abs(got-want) < 1 {
			t.Errorf("%s: corner by corner changes only %.3f m²: the edges of this test are too short", name, got-want)
		}
	}
}

// A licence of three 10 km edges, as docs/areas.md prints it. Expected: the
// 32号 formula in Python on corners inverted by gdaltransform (PROJ 9.1.1), with
// and without splitting the edges.
func TestLicenceOfLongEdges(t *testing.T) {
	t.Parallel()
	const wantDense, wantCorners = 43290379.023, 43273904.994
	c := mustEPSG(t, 4525)
	licence := ringOf(37400000, 4440000, 37410000, 4440000, 37405000, 4448660)
	stored, err := ToStore(licence, c)
	if err != nil {
		t.Fatal(err)
	}
	if got := EllipsoidalAreaM2(stored); math.Abs(got-wantDense) > 0.05 {
		t.Errorf("densified %.3f, want %.3f", got, wantDense)
	}
	corners := cornerByCorner(licence, c)
	if got := EllipsoidalAreaM2(corners); math.Abs(got-wantCorners) > 0.05 {
		t.Errorf("corner by corner %.3f, want %.3f", got, wantCorners)
	}
	if planar := PlanarAreaM2(stored, c); math.Abs(planar-43_300_000) > 0.1 {
		t.Errorf("plane area %.3f, want 43300000", planar)
	}
}

// cornerByCorner is a geometry carried to longitude and latitude without the
// points that keep its edges straight: what is not to be done.
func cornerByCorner(mp *geom.MultiPolygon, c CRS) *geom.MultiPolygon {
	out := mp.Clone()
	for i, flat := 0, out.FlatCoords(); i < len(flat); i += out.Stride() {
		flat[i], flat[i+1] = c.Inverse(flat[i], flat[i+1])
	}
	return out
}
