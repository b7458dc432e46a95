package mapsheet

import (
	"errors"
	"image"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/taohe-gis/taohe/geo"
)

// star is a polygon of n corners.
func star(lon, lat, radius float64, n int) orb.Polygon {
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		r := radius * (1 - 0.3*float64(i%2))
		ring = append(ring, orb.Point{lon + r*cos, lat + 0.75*r*sin})
	}
	return orb.Polygon{append(ring, ring[0])}
}

func TestShapes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		licence  []orb.Polygon
		meridian float64
		most     float64 // denominator
	}{
		{"tiny", []orb.Polygon{box(109.1, 40, 109.1001, 40.0001)}, 108, 500},
		{"a metre wide and 20 km long", []orb.Polygon{box(109.1, 40, 109.10001, 40.18)}, 108, 250000},
		{"20 km wide and a metre high", []orb.Polygon{box(109.1, 40, 109.33, 40.00001)}, 108, 250000},
		{"on both sides of the border of two zones, more to the west", []orb.Polygon{box(109.47, 40, 109.51, 40.02)}, 108, 50000},
		{"on both sides of the border of two zones, more to the east", []orb.Polygon{box(109.49, 40, 109.53, 40.02)}, 111, 50000},
		{"two far apart", []orb.Polygon{box(109.1, 40, 109.11, 40.01), box(109.3, 40.1, 109.31, 40.11)}, 108, 250000},
		{"50 000 corners", []orb.Polygon{star(109.2, 40, 0.02, 50000)}, 108, 50000},
		{"in no zone of the country", []orb.Polygon{box(10.1, 50, 10.11, 50.01)}, 9, 25000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, o := range []Options{{}, {Orientation: Portrait, Paper: A3}} {
				m := mine(t, tt.licence...)
				addFinding(t, m, "mining_out_of_bounds", "越界开采", 1, tt.licence[0])
				s, d := drawn(t, m, o)
				f := s.Frame()
				if f.CRS.CentralMeridianDeg != tt.meridian || f.ScaleDenominator > tt.most {
					t.Errorf("%+v: meridian %v, 1:%.0f", o, f.CRS.CentralMeridianDeg, f.ScaleDenominator)
				}
				for _, polygon := range tt.licence {
					for _, p := range polygon[0] {
						if at := f.toPage(f.CRS.Forward(p[0], p[1])); !f.Map.Contains(at) {
							t.Fatalf("%+v: %v lies outside of the frame", o, p)
						}
					}
				}
				if e := f.Extent(); !e.Contains(tt.licence[0][0][0][0], tt.licence[0][0][0][1]) {
					t.Errorf("the extent %+v leaves the licence out", e)
				}
				bytesOf(t, d)
			}
		})
	}
}

// Without anything around, findings or a county there is a map all the same.
func TestNothingAround(t *testing.T) {
	t.Parallel()
	s, err := New(mine(t, box(109.1, 40, 109.12, 40.02)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, extent := range []geo.Extent{{}, {West: 109, South: 39.9, East: 110, North: 40.5}} {
		s.CountyExtent = extent
		d, err := s.Draw(testFont(t))
		if err != nil {
			t.Fatal(err)
		}
		bytesOf(t, d)
	}
}

// A mine with more of everything than the paper has room for says so.
func TestTooMuch(t *testing.T) {
	t.Parallel()
	m := mine(t, star(109.2, 40, 0.02, 300))
	for i := range 60 {
		addFinding(t, m, "unapproved", "临时用地未批先占并且名称特别长以至于一行写不下的问题类型", 1000, star(109.19+0.0003*float64(i), 40, 0.001, 5))
	}
	s, d := drawn(t, m, Options{})
	_, pdf := bytesOf(t, d)
	if len(s.corners) != 300 || len(pdf) == 0 {
		t.Errorf("%d corners", len(s.corners))
	}
}

// What the page has no room for is named on it: a panel full of findings crowds
// out the blocks after them.
func TestCrowdedOutIsSaid(t *testing.T) {
	t.Parallel()
	licence := box(109.1, 40, 109.12, 40.02)
	m := mine(t, licence)
	addFinding(t, m, "mining_out_of_bounds", "越界开采", 1, licence)
	s, d := drawn(t, m, Options{})
	if slices.ContainsFunc(s.notes(d), func(n string) bool { return strings.Contains(n, "图幅排不下") }) {
		t.Errorf("one finding crowds out %q", s.crowdedOut)
	}
	for range 100 {
		addFinding(t, m, "mining_out_of_bounds", "越界开采", 1, licence)
	}
	s, d = drawn(t, m, Options{})
	i := slices.IndexFunc(s.notes(d), func(n string) bool { return strings.Contains(n, "图幅排不下") })
	if i < 0 || !strings.Contains(s.notes(d)[i], "图例") {
		t.Errorf("a hundred findings leave room for all: %q", s.notes(d))
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	m := mine(t, box(109.1, 40, 109.12, 40.02))
	if _, err := New(m, Options{Paper: "B5"}); !errors.Is(err, ErrPaper) {
		t.Errorf("paper: %v", err)
	}
	if _, err := New(m, Options{Orientation: "upside down"}); !errors.Is(err, ErrPaper) {
		t.Errorf("orientation: %v", err)
	}
	for _, licence := range [][]byte{nil, {1, 2, 3}, stored(t)} {
		m.Shapes.Licence = licence
		if _, err := New(m, Options{}); err == nil {
			t.Errorf("a licence of %d bytes is drawn", len(licence))
		}
	}
}

// An orthophoto lies where its rectangle says, beneath all else.
func TestOrthophoto(t *testing.T) {
	t.Parallel()
	s, err := New(mine(t, box(111, 40, 111.02, 40.015)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := s.Frame()
	m := image.NewRGBA(image.Rect(0, 0, 100, 50))
	for x := range 50 { // the western half is dark
		for y := range 50 {
			m.Pix[m.PixOffset(x, y)] = 90
			m.Pix[m.PixOffset(x, y)+3] = 255
		}
	}
	middle := (f.WestM + f.EastM) / 2
	s.Orthophoto = &Orthophoto{Image: m, WestM: f.WestM - 500, SouthM: f.SouthM - 100, EastM: 2*middle - f.WestM + 500, NorthM: f.NorthM + 100}
	d, err := s.Draw(testFont(t))
	if err != nil {
		t.Fatal(err)
	}
	picture := d.Raster(254)
	y := int((f.Map.Y0 + 3) * 10)
	for _, tt := range []struct {
		x    float64
		dark bool
	}{{f.Map.X0 + 2, true}, {(f.Map.X0+f.Map.X1)/2 - 2, true}, {(f.Map.X0+f.Map.X1)/2 + 2, false}, {f.Map.X0 - 1.9, false}} {
		if got := picture.RGBAAt(int(tt.x*10), y); (got.G < 50) != tt.dark {
			t.Errorf("at %.1f mm the page is %v", tt.x, got)
		}
	}
	bytesOf(t, d)
}

// Whatever the numbers, there is a map or an error.
func FuzzSheet(f *testing.F) {
	f.Add(109.1, 40.0, 0.02, 0.01, 4, 109.1, 40.0, 0.001)
	f.Add(109.5, 40.0, 1e-9, 3.0, 3, 0.0, 0.0, 0.0)
	f.Add(math.NaN(), 40.0, 1.0, 1.0, 5, 109.0, 91.0, 1e9)
	f.Add(180.0, 89.9, 0.5, 0.5, 9, -180.0, -89.0, 1.0)
	font := testFont(f)
	f.Fuzz(func(t *testing.T, lon, lat, width, height float64, corners int, otherLon, otherLat, otherSize float64) {
		corners = 3 + abs(corners)%40
		m := mine(t, star(lon, lat, width, corners), box(lon, lat, lon+width, lat+height))
		addFinding(t, m, "displaced", "临时用地批东占西", 1, star(otherLon, otherLat, otherSize, corners))
		s, err := New(m, Options{})
		if err != nil {
			return
		}
		s.Around = []Ground{{Layer: "forest", Name: "林", EWKB: stored(t, star(otherLon, otherLat, otherSize*10, 7))}}
		d, err := s.Draw(font)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(d.WritePNG(io.Discard, MinDPI), d.WritePDF(io.Discard)); err != nil {
			t.Fatal(err)
		}
	})
}

func abs(n int) int { return max(n, -(n + 1)) }

// BenchmarkSheet draws maps one after the other; heap-MB is what the last one
// leaves in use.
func BenchmarkSheet(b *testing.B) {
	font := testFont(b)
	for _, bench := range []struct {
		name  string
		paper Paper
		dpi   int // 0 for the PDF
	}{{"A4-150dpi", A4, 150}, {"A4-300dpi", A4, 300}, {"A3-300dpi", A3, 300}, {"A4-pdf", A4, 0}} {
		b.Run(bench.name, func(b *testing.B) {
			m := busy(b)
			for b.Loop() {
				s, err := New(m, Options{Paper: bench.paper})
				if err != nil {
					b.Fatal(err)
				}
				surround(b, s)
				d, err := s.Draw(font)
				if err != nil {
					b.Fatal(err)
				}
				if bench.dpi > 0 {
					err = d.WritePNG(io.Discard, bench.dpi)
				} else {
					err = d.WritePDF(io.Discard)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			runtime.GC()
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			b.ReportMetric(float64(stats.HeapAlloc)/1e6, "heap-MB")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "maps/s")
		})
	}
}
