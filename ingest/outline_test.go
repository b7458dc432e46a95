package ingest

import (
	"math"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
)

// metres makes a polygon in EPSG:4490 of corners in metres from 110°E 40°N. One
// degree there is 85 393.9 m of the parallel and 111 034.6 m of the meridian
// (from the tables of the ellipsoid GRS 80).
func metres(rings ...[]float64) *geom.MultiPolygon {
	var flat []float64
	var ends []int
	for _, r := range rings {
		for i := 0; i < len(r); i += 2 {
			flat = append(flat, 110+r[i]/85393.9, 40+r[i+1]/111034.6)
		}
		ends = append(ends, len(flat))
	}
	return geom.NewMultiPolygonFlat(geom.XY, flat, [][]int{ends})
}

func TestOutlineRemarks(t *testing.T) {
	t.Parallel()
	hole := []float64{0.4, 0.4, 0.4, 99.6, 99.6, 99.6, 99.6, 0.4, 0.4, 0.4}
	for _, c := range []struct {
		name  string
		shape *geom.MultiPolygon
		code  string // "" for nothing to say
		x, y  float64
	}{
		{"a square", metres([]float64{0, 0, 100, 0, 100, 100, 0, 100, 0, 0}), "", 0, 0},
		{"corners written twice", metres([]float64{0, 0, 0, 0, 100, 0, 100, 0, 100, 100, 0, 100, 0, 100, 0, 0, 0, 0}), "", 0, 0},
		{"a straight line goes on", metres([]float64{0, 0, 50, 0, 100, 0, 100, 100, 0, 100, 0, 0}), "", 0, 0},
		// 90 cm wide: 2 x 90 / 201.8 is 0.892 m. 110 cm: 2 x 110 / 202.2 is 1.088.
		{"a strip 90 cm wide", metres([]float64{0, 0, 100, 0, 100, 0.9, 0, 0.9, 0, 0}), "geometry.sliver", 0, 0},
		{"a strip 110 cm wide", metres([]float64{0, 0, 100, 0, 100, 1.1, 0, 1.1, 0, 0}), "", 0, 0},
		{"0.81 m²", metres([]float64{0, 0, 0.9, 0, 0.9, 0.9, 0, 0.9, 0, 0}), "geometry.sliver", 0, 0},
		// A ring 40 cm wide around a hole, which is no small polygon.
		{"a thin ring around a hole", metres([]float64{0, 0, 100, 0, 100, 100, 0, 100, 0, 0}, hole), "geometry.sliver", 0, 0},
		// The arms of 50 m end 80 cm apart: 0.92 degrees; 1 m apart: 1.15.
		{"a spike", metres([]float64{0, 0, 100, 0, 100, 49.6, 150, 50, 100, 50.4, 100, 100, 0, 100, 0, 0}), "geometry.spike", 150, 50},
		{"a sharp corner", metres([]float64{0, 0, 100, 0, 100, 49.5, 150, 50, 100, 50.5, 100, 100, 0, 100, 0, 0}), "", 0, 0},
		{"a spike at the first corner", metres([]float64{150, 50, 100, 50.4, 100, 100, 0, 100, 0, 0, 100, 0, 100, 49.6, 150, 50}), "geometry.spike", 150, 50},
		{"back along the same line", metres([]float64{0, 0, 100, 0, 100, 100, 100, 130, 100, 100, 0, 100, 0, 0}), "geometry.spike", 100, 130},
		// Half a metre out and back is within the accuracy of a survey.
		{"a short spike", metres([]float64{0, 0, 100, 0, 100, 100, 100, 100.5, 100, 100, 0, 100, 0, 0}), "", 0, 0},
		{"a spike between repeated corners", metres([]float64{0, 0, 100, 0, 100, 49.6, 150, 50, 150, 50, 100, 50.4, 100, 100, 0, 100, 0, 0}), "geometry.spike", 150, 50},
	} {
		got := outlineRemarks(c.shape)
		switch {
		case c.code == "" && len(got) > 0:
			t.Errorf("%s: %s", c.name, got[0].English())
		case c.code == "":
		case len(got) != 1 || got[0].Code != c.code:
			t.Errorf("%s: %v, want %s", c.name, got, c.code)
		default:
			want := metres([]float64{c.x, c.y}).FlatCoords()
			if at := *got[0].At; math.Abs(at[0]-want[0]) > 1e-9 || math.Abs(at[1]-want[1]) > 1e-9 {
				t.Errorf("%s: at %v, want %v", c.name, at, want)
			}
		}
	}
}

// The figures of a sliver are those of its rectangle.
func TestSliverFigures(t *testing.T) {
	t.Parallel()
	got := outlineRemarks(metres([]float64{0, 0, 100, 0, 100, 0.9, 0, 0.9, 0, 0}))
	if len(got) != 1 || got[0].Args["m2"] != "90.00" || got[0].Args["width_m"] != "0.892" || got[0].Severity() != taohe.Noted {
		t.Errorf("%+v", got)
	}
}

// BenchmarkOutline is what looking for spikes and slivers costs for a polygon of
// 40 corners.
func BenchmarkOutline(b *testing.B) {
	var ring []float64
	for i := range 41 {
		sin, cos := math.Sincos(2 * math.Pi * float64(i%40) / 40)
		ring = append(ring, 200*cos, 200*sin)
	}
	mp := metres(ring)
	for b.Loop() {
		if len(outlineRemarks(mp)) > 0 {
			b.Fatal("a circle is no spike")
		}
	}
}
