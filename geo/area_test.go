package geo

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/twpayne/go-geom"
)

func mustEPSG(t testing.TB, code int) CRS {
	t.Helper()
	c, err := FromEPSG(code)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ringOf closes a list of x, y pairs into a one-ring MultiPolygon.
func ringOf(xy ...float64) *geom.MultiPolygon {
	xy = append(xy, xy[0], xy[1])
	return geom.NewMultiPolygonFlat(geom.XY, xy, [][]int{{len(xy)}})
}

// The five polygons were computed outside this package: the plane areas by the
// shoelace formula, the ellipsoidal ones by the 32号 formula in Python on edges
// densified to 70 m with PROJ 9.1 (etmerc), confirmed by PostGIS
// ST_Area(geography) on the same corners.
var surveyPolygons = []struct {
	name             string
	epsg             int
	ring             []float64
	planar           float64
	cornersOnly      float64
	ellipsoidal      float64
	postgisGeography float64
}{
	{"A 1 km square", 4525, []float64{37415000, 4450000, 37416000, 4450000, 37416000, 4451000, 37415000, 4451000}, 1000000, 999824.303, 999824.300, 999824.300},
	{"B 5 km edges", 4525, []float64{37400000, 4445000, 37405000, 4446000, 37406000, 4450500, 37402000, 4452000, 37399500, 4449000}, 32000000, 31993104.760, 31992530.232, 31992530.256},
	{"C ten mu", 4525, []float64{37415000, 4450000, 37415100, 4450000, 37415100, 4450066.667, 37415000, 4450066.667}, 6666.7, 6665.516, 6665.516, 6665.516},
	{"D 20 km square", 4525, []float64{37375000, 4440000, 37395000, 4440000, 37395000, 4460000, 37375000, 4460000}, 4e8, 399869978.979, 399869515.536, 399869515.534},
	{"E straight in zone 37", 4525, []float64{37372000, 4452000, 37374000, 4452100, 37373800, 4453900, 37372100, 4453700}, 3245000, math.NaN(), 3243711.987, math.NaN()},
	{"E straight in zone 36", 4524, []float64{36627465.2531, 4451990.9631, 36629460.7413, 4452158.4857, 36629200.0209, 4453950.7166, 36627507.7455, 4453693.3691}, 3245028.328, math.NaN(), 3243711.610, math.NaN()},
}

func TestSurveyPolygons(t *testing.T) {
	t.Parallel()
	for _, tt := range surveyPolygons {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := mustEPSG(t, tt.epsg)
			stored, err := ToStore(ringOf(tt.ring...), c)
			if err != nil {
				t.Fatal(err)
			}
			if got := EllipsoidalAreaM2(stored); math.Abs(got-tt.ellipsoidal) > 0.05 {
				t.Errorf("ellipsoidal area %.3f, want %.3f", got, tt.ellipsoidal)
			}
			if got := EllipsoidalAreaM2(stored); math.Abs(got-tt.postgisGeography) > 0.05 {
				t.Errorf("ellipsoidal area %.3f, PostGIS %.3f", got, tt.postgisGeography)
			}
			if got := PlanarAreaM2(stored, c); math.Abs(got-tt.planar) > 0.02 {
				t.Errorf("plane area %.3f, want %.3f", got, tt.planar)
			}
			corners := cornerByCorner(ringOf(tt.ring...), c)
			if got := EllipsoidalAreaM2(corners); math.Abs(got-tt.cornersOnly) > 0.05 {
				t.Errorf("corner by corner %.3f, want %.3f", got, tt.cornersOnly)
			}
		})
	}
}

// Theoretical map-sheet areas (图幅理论面积) on CGCS2000, computed in Python
// from the 32号 formula and from the closed form; widths and heights in
// seconds of arc.
var mapSheets = []struct {
	name                string
	lat                 float64
	widthSec, heightSec float64
	want                float64
}{
	{"1:5千", 40, 112.5, 75, 6172038.84},
	{"1:1万", 40, 225, 150, 24684446.24},
	{"1:2.5万", 40, 450, 300, 98708098.78},
	{"1:5万", 40, 900, 600, 394594693.26},
	{"1:10万", 40, 1800, 1200, 1576473763.82},
	{"1:1万 40°02′30″", 40 + 2.5/60, 225, 150, 24669603.15},
	{"1:1万 40°05′", 40 + 5.0/60, 225, 150, 24654746.78},
	{"1:1万 40°07′30″", 40 + 7.5/60, 225, 150, 24639877.15},
	{"1:1万 40°10′", 40 + 10.0/60, 225, 150, 24624994.25},
	{"1:1万 40°12′30″", 40 + 12.5/60, 225, 150, 24610098.11},
	{"1:1万 40°15′", 40 + 15.0/60, 225, 150, 24595188.72},
	{"1:1万 40°17′30″", 40 + 17.5/60, 225, 150, 24580266.09},
	{"1:1万 40°20′", 40 + 20.0/60, 225, 150, 24565330.23},
	{"1:1万 40°22′30″", 40 + 22.5/60, 225, 150, 24550381.14},
	{"1:1万 40°25′", 40 + 25.0/60, 225, 150, 24535418.84},
	{"1:1万 40°27′30″", 40 + 27.5/60, 225, 150, 24520443.33},
}

func TestMapSheets(t *testing.T) {
	t.Parallel()
	for _, tt := range mapSheets {
		lon2, lat2 := 110+tt.widthSec/3600, tt.lat+tt.heightSec/3600
		if got := GraticuleCellAreaM2(110, tt.lat, lon2, lat2); math.Abs(got-tt.want) > 0.01 {
			t.Errorf("%s: closed form %.3f, want %.2f", tt.name, got, tt.want)
		}
		sheet := ringOf(110, tt.lat, lon2, tt.lat, lon2, lat2, 110, lat2)
		for name, area := range areasOf(sheet) {
			if math.Abs(area-tt.want) > 0.01 {
				t.Errorf("%s: %s %.3f, want %.2f", tt.name, name, area, tt.want)
			}
		}
	}
}

func areasOf(mp *geom.MultiPolygon) map[string]float64 {
	return map[string]float64{
		"trapezoid sum": EllipsoidalAreaM2(mp), "closed form": EllipsoidalAreaExactM2(mp),
	}
}

// The whole ellipsoid, 2πa² + πb²/e·ln((1+e)/(1−e)), in 50-digit decimals.
func TestWholeEllipsoid(t *testing.T) {
	t.Parallel()
	const want = 510065621718491.188
	if got := GraticuleCellAreaM2(-180, -90, 180, 90); math.Abs(got-want) > want*1e-14 {
		t.Errorf("closed form %.1f, want %.1f", got, want)
	}
	globe := ringOf(-180, -90, 180, -90, 180, 90, -180, 90)
	// The published figure of the official formula's truncated coefficients.
	if got := EllipsoidalAreaM2(globe); math.Abs(got-510065621714742.6) > 10 {
		t.Errorf("trapezoid formula %.1f, want 510065621714742.6", got)
	}
}

func TestAreaByRole(t *testing.T) {
	t.Parallel()
	const cell = 24684446.24 // 1:1万, see mapSheets
	lon, lat := 110.0625, 40+1.0/24
	outer := []float64{110, 40, lon, 40, lon, lat, 110, lat, 110, 40}
	// A hole of exactly the middle third in longitude takes a third away.
	w := 0.0625 / 3
	hole := []float64{110 + w, 40, 110 + 2*w, 40, 110 + 2*w, lat, 110 + w, lat, 110 + w, 40}
	flat := func(rings ...[]float64) *geom.MultiPolygon {
		var all []float64
		var ends []int
		for _, r := range rings {
			all = append(all, r...)
			ends = append(ends, len(all))
		}
		return geom.NewMultiPolygonFlat(geom.XY, all, [][]int{ends})
	}
	reversed := func(r []float64) []float64 {
		r = append([]float64(nil), r...)
		reverseRing(r, 2)
		return r
	}
	for _, tt := range []struct {
		name string
		mp   *geom.MultiPolygon
		want float64
	}{
		{"no polygons", geom.NewMultiPolygon(geom.XY), 0},
		{"a polygon without rings", geom.NewMultiPolygonFlat(geom.XY, nil, [][]int{{}}), 0},
		{"two corners", flat([]float64{110, 40, 111, 41}), 0},
		{"shell", flat(outer), cell},
		{"shell clockwise", flat(reversed(outer)), cell},
		{"hole against the shell", flat(outer, reversed(hole)), cell * 2 / 3},
		{"hole along with the shell", flat(outer, hole), cell * 2 / 3},
		{"hole larger than the shell", flat(hole, outer), 0},
		{"ring left open", flat(outer[:8]), cell},
		{"with Z", geom.NewMultiPolygonFlat(geom.XYZ, []float64{110, 40, 9, lon, 40, 9, lon, lat, 9, 110, lat, 9, 110, 40, 9}, [][]int{{15}}), cell},
	} {
		for name, got := range areasOf(tt.mp) {
			if math.Abs(got-tt.want) > 0.01 {
				t.Errorf("%s: %s %.3f, want %.3f", tt.name, name, got, tt.want)
			}
		}
	}
}

// randomStar is a star-shaped polygon in the plane of c around a centre, with
// the given mean radius in metres.
func randomStar(rng *rand.Rand, e, n, radius float64, corners int) *geom.MultiPolygon {
	xy := make([]float64, 0, 2*corners+2)
	for i := range corners {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(corners))
		r := radius * (0.6 + 0.8*rng.Float64())
		xy = append(xy, e+r*cos, n+r*sin)
	}
	return ringOf(xy...)
}

// Trapezoid sum and closed form share no code but the walk over the ring, and
// agree on any polygon from 10 m² to 5,000 km², its edges split or not.
func TestAreasAgree(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range 10_000 {
		c := GaussKruger3Degree(75 + 60*rng.Float64())
		lat := 18 + 35*rng.Float64()
		e, n := c.Forward(c.CentralMeridianDeg+2*rng.Float64()-1, lat)
		radius := math.Exp(math.Log(1.8) + (math.Log(4e4)-math.Log(1.8))*rng.Float64())
		plane := randomStar(rng, e, n, radius, 3+rng.IntN(40))
		corners := cornerByCorner(plane, c)
		exact := EllipsoidalAreaExactM2(corners)
		if got := EllipsoidalAreaM2(corners); math.Abs(got-exact) > 0.005+1e-8*exact {
			t.Errorf("%s at %.2f°N, radius %.0f m: trapezoid sum %.4f, closed form %.4f", c.Name, lat, radius, got, exact)
		}
		if i%10 == 0 {
			checkSplit(t, plane, c, radius)
		}
	}
}

// checkSplit looks at the same polygon with edges split as in production.
func checkSplit(t *testing.T, plane *geom.MultiPolygon, c CRS, radius float64) {
	t.Helper()
	stored, err := ToStore(plane, c)
	if err != nil {
		t.Fatal(err)
	}
	straight := LonLatEdgesAreaM2(stored)
	for name, got := range areasOf(stored) {
		if math.Abs(got-straight) > 0.005+1e-7*straight {
			t.Errorf("%s, radius %.0f m: %s %.4f, edges straight in lon/lat %.4f", c.Name, radius, name, got, straight)
		}
	}
	// The scale of Gauss–Krüger is nowhere below one: an ellipsoidal area above
	// the plane one is a wrong algorithm. Edges are split until their bow is
	// below what is asked.
	fine := cornerByCorner(Densify(plane, c, math.Min(MaxEdgeM, radius/100)), c)
	planar := math.Abs(ringArea(plane.FlatCoords(), 2))
	if got := EllipsoidalAreaM2(fine); got > planar*(1+1e-8)+1e-5 {
		t.Errorf("%s, radius %.0f m: ellipsoidal %.4f above plane %.4f", c.Name, radius, got, planar)
	}
}

// Cutting its edges changes nothing, however long they are.
func TestLonLatEdgesNeedNoDensifying(t *testing.T) {
	t.Parallel()
	long := ringOf(109, 40, 111.5, 40.3, 110.9, 41.7, 109.4, 41.2)
	whole := LonLatEdgesAreaM2(long)
	dense := Densify(long, mustEPSG(t, 4490), MaxEdgeM)
	for name, cut := range map[string]float64{
		"itself": LonLatEdgesAreaM2(dense), "trapezoid sum": EllipsoidalAreaM2(dense), "closed form": EllipsoidalAreaExactM2(dense),
	} {
		if math.Abs(whole-cut) > 1e-9*whole {
			t.Errorf("%s: %.3f whole, %.3f cut", name, whole, cut)
		}
	}
	// The trapezoids of the same long edges are off by much more: that is why
	// they are cut.
	if off := math.Abs(EllipsoidalAreaM2(long) - whole); off < 1000 {
		t.Errorf("the formula corner by corner is off by only %.1f m²", off)
	}
}

func TestPlanarAreaOfGeographicSystem(t *testing.T) {
	t.Parallel()
	if got := PlanarAreaM2(ringOf(110, 40, 111, 40, 111, 41), mustEPSG(t, 4490)); !math.IsNaN(got) {
		t.Errorf("plane area in degrees is %v, want NaN", got)
	}
}

func BenchmarkEllipsoidalArea40Corners(b *testing.B) {
	mp := benchPolygon(b)
	for b.Loop() {
		EllipsoidalAreaM2(mp)
	}
}

func BenchmarkPlanarArea40Corners(b *testing.B) {
	mp, c := benchPolygon(b), mustEPSG(b, 4525)
	for b.Loop() {
		PlanarAreaM2(mp, c)
	}
}

func BenchmarkToStore40Corners(b *testing.B) {
	c := mustEPSG(b, 4525)
	mp := randomStar(rand.New(rand.NewPCG(5, 6)), 37415000, 4450000, 300, 40)
	for b.Loop() {
		if _, err := ToStore(mp, c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDensifyLicence(b *testing.B) {
	c := mustEPSG(b, 4525)
	mp := ringOf(37400000, 4445000, 37410000, 4446000, 37411000, 4456500, 37402000, 4457000, 37399500, 4449000)
	for b.Loop() {
		Densify(mp, c, MaxEdgeM)
	}
}

func benchPolygon(b *testing.B) *geom.MultiPolygon {
	b.Helper()
	c := mustEPSG(b, 4525)
	mp := cornerByCorner(randomStar(rand.New(rand.NewPCG(5, 6)), 37415000, 4450000, 300, 40), c)
	return mp
}
