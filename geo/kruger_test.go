package geo

import (
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

// testdata/projected.txt holds EPSG code, longitude, latitude, easting and
// northing, computed with gdaltransform (GDAL 3.6.2, PROJ 9.1.1, the extended
// transverse Mercator), each between the projected system and the geographic
// one of its own datum.
func TestForwardAndInverseAgainstPROJ(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/projected.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		fields := strings.Fields(line)
		var v [5]float64
		for i, f := range fields {
			if v[i], err = strconv.ParseFloat(f, 64); err != nil {
				t.Fatal(err)
			}
		}
		c, lon, lat, east, north := mustEPSG(t, int(v[0])), v[1], v[2], v[3], v[4]
		if e, n := c.Forward(lon, lat); math.Abs(e-east) > 1e-6 || math.Abs(n-north) > 1e-6 {
			t.Errorf("%s: (%v, %v) is (%.7f, %.7f), PROJ says (%.7f, %.7f)", c.Name, lon, lat, e, n, east, north)
		}
		if l, p := c.Inverse(east, north); math.Abs(l-lon) > 1e-10/math.Cos(lat*radian) || math.Abs(p-lat) > 1e-10 {
			t.Errorf("%s: inverse of (%v, %v) is (%.12f, %.12f), want (%v, %v)", c.Name, east, north, l, p, lon, lat)
		}
	}
}

// The meridian arc to 40°N by the constants of the 32号 regulation for CGCS2000,
// inverted: B = E + cosE(K1 sinE − K2 sin³E + K3 sin⁵E − K4 sin⁷E), E = K0·x.
func TestMeridianAgainstOfficialSeries(t *testing.T) {
	t.Parallel()
	const k0, k1, k2, k3, k4 = 1.57048761144159e-07, 5.05250178820567e-03, 2.98472900956587e-05, 2.41626669230084e-07, 2.22241238938534e-09
	c := mustEPSG(t, 4546)
	for x := 0.0; x < 6_000_000; x += 123_456.7 {
		e := k0 * x
		s := math.Sin(e)
		want := (e + math.Cos(e)*(k1*s-k2*math.Pow(s, 3)+k3*math.Pow(s, 5)-k4*math.Pow(s, 7))) / radian
		if _, got := c.Inverse(500000, x); math.Abs(got-want) > 2e-9 { // 0.2 mm, the series' own error
			t.Errorf("northing %v: latitude %.12f, official series %.12f", x, got, want)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	systems := []CRS{mustEPSG(t, 4525), mustEPSG(t, 4497), mustEPSG(t, 2382), mustEPSG(t, 21459), mustEPSG(t, 32649)}
	for range 20_000 {
		c := systems[rng.IntN(len(systems))]
		lon, lat := c.CentralMeridianDeg+8*rng.Float64()-4, 120*rng.Float64()-60
		e, n := c.Forward(lon, lat)
		if l, p := c.Inverse(e, n); math.Abs(l-lon) > 1e-9 || math.Abs(p-lat) > 1e-9 {
			t.Fatalf("%s: (%v, %v) came back as (%v, %v)", c.Name, lon, lat, l, p)
		}
	}
}

func TestLatitudeOfOrigin(t *testing.T) {
	t.Parallel()
	c := mustEPSG(t, 4546)
	c.LatitudeOfOriginDeg, c.FalseNorthingM = 40, 1000
	if e, n := c.Forward(111, 40); math.Abs(e-500000) > 1e-9 || math.Abs(n-1000) > 1e-8 {
		t.Errorf("the origin is at (%v, %v), want its false coordinates (500000, 1000)", e, n)
	}
	if l, p := c.Inverse(500000, 1000); math.Abs(l-111) > 1e-12 || math.Abs(p-40) > 1e-12 {
		t.Errorf("inverse of the false origin is (%v, %v)", l, p)
	}
}

func TestGeographicIsIdentity(t *testing.T) {
	t.Parallel()
	c := mustEPSG(t, 4490)
	if x, y := c.Forward(110, 40); x != 110 || y != 40 {
		t.Errorf("forward gave (%v, %v)", x, y)
	}
	if x, y := c.Inverse(110, 40); x != 110 || y != 40 {
		t.Errorf("inverse gave (%v, %v)", x, y)
	}
}

func BenchmarkForward(b *testing.B) {
	c := mustEPSG(b, 4525)
	for b.Loop() {
		c.Forward(109.7, 40.2)
	}
}

func BenchmarkInverse(b *testing.B) {
	c := mustEPSG(b, 4525)
	for b.Loop() {
		c.Inverse(37415000, 4450000)
	}
}
