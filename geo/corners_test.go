package geo

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var (
	zone36 = GaussKruger3Degree(108)
	zone37 = GaussKruger3Degree(111)
)

// split cuts the edges between corners into pieces, straight in a system, and
// gives the closed ring in longitude and latitude.
func split(corners [][2]float64, pieces int, in CRS) [][2]float64 {
	var ring [][2]float64
	for i, p := range corners {
		q := corners[(i+1)%len(corners)]
		for k := range pieces {
			f := float64(k) / float64(pieces)
			x, y := p[0]+f*(q[0]-p[0]), p[1]+f*(q[1]-p[1])
			if in.Projected {
				x, y = in.Inverse(x, y)
			}
			ring = append(ring, [2]float64{x, y})
		}
	}
	return append(ring, ring[0])
}

// lonLats are corners as they should come back.
func lonLats(corners []Corner) [][2]float64 {
	var out [][2]float64
	for _, c := range corners {
		out = append(out, [2]float64{c.LonDeg, c.LatDeg})
	}
	return out
}

// Outlines whose edges run for kilometres, straight in longitude and latitude, in
// the plane, in the next zone: the corners that went in come out to the bit,
// wherever the ring starts and whichever way it goes, and each edge names the
// system it was surveyed in. At 109.5° east and 40° north such an edge bends by
// centimetres to decimetres in the others.
func TestCorners(t *testing.T) {
	t.Parallel()
	geographic, err := FromEPSG(StoreSRID)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		in      CRS
		corners [][2]float64
	}{
		{"longitude and latitude", geographic, [][2]float64{{109.47, 40.02}, {109.51, 40}, {109.57, 40.05}, {109.53, 40.045}, {109.55, 40.09}}},
		{"a box of longitude and latitude", geographic, [][2]float64{{109.47, 40}, {109.57, 40}, {109.57, 40.09}, {109.47, 40.09}}},
		{"its zone", zone36, [][2]float64{{36625000, 4431000}, {36630000, 4428000}, {36635000, 4433000}, {36631000, 4433500}, {36632000, 4438000}}},
		{"a box of its zone", zone36, [][2]float64{{36625000, 4428000}, {36635000, 4428000}, {36635000, 4438000}, {36625000, 4438000}}},
		{"the next zone", zone37, [][2]float64{{37370000, 4431000}, {37375000, 4428000}, {37380000, 4433000}, {37376000, 4437000}, {37377000, 4443000}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := len(tt.corners)
			dense := split(tt.corners, 97, tt.in)
			dense = dense[:len(dense)-1]
			var want [][2]float64
			for i := range tt.corners {
				want = append(want, dense[97*i])
			}
			reversed := append([][2]float64{want[0]}, want[1:]...)
			slices.Reverse(reversed[1:])
			for start := range dense {
				ring := append(append([][2]float64{}, dense[start:]...), dense[:start]...)
				ring = append(ring, ring[0])
				got := Corners(ring, zone36, 0.01)
				if !sameCycle(lonLats(got), want) {
					t.Fatalf("from vertex %d: %v, want %v", start, lonLats(got), want)
				}
				for i, c := range got {
					if c.EdgeIn != tt.in {
						t.Fatalf("from vertex %d: edge %d of %d is straight in %q, want %q", start, i, n, c.EdgeIn.Name, tt.in.Name)
					}
					if i > 0 && c.EastM < got[0].EastM {
						t.Fatalf("from vertex %d: corner %d lies west of the first", start, i)
					}
				}
				slices.Reverse(ring)
				if back := Corners(ring, zone36, 0.01); !sameCycle(lonLats(back), reversed) || back[0] != got[0] {
					t.Fatalf("backwards from vertex %d: %v, want %v", start, lonLats(back), reversed)
				}
			}
		})
	}
}

// sameCycle says whether b comes of a by starting elsewhere.
func sameCycle(a, b [][2]float64) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	at := slices.Index(a, b[0])
	return at >= 0 && slices.Equal(append(slices.Clone(a[at:]), a[:at]...), b)
}

// What an intersection leaves has edges of both sources: each keeps its own.
func TestCornersOfTwoSources(t *testing.T) {
	t.Parallel()
	// A square of 8 km in the plane whose northern edge is a parallel.
	west, _ := zone36.Inverse(36625000, 4428000)
	east, south := zone36.Inverse(36633000, 4428000)
	ring := split([][2]float64{{west, 40.06}, {west, south}, {east, south}, {east, 40.06}}, 1, CRS{})[:2]
	for k := range 100 { // the southern edge, from west to east in the plane
		lon, lat := zone36.Inverse(36625000+80*float64(k+1), 4428000)
		ring = append(ring, [2]float64{lon, lat})
	}
	ring[1][0], ring[1][1] = zone36.Inverse(36625000, 4428000)
	for k := range 101 { // the northern edge, back along the parallel
		ring = append(ring, [2]float64{east + (west-east)*float64(k)/100, 40.06})
	}
	got := Corners(ring, zone36, 0.01)
	if len(got) != 4 {
		t.Fatalf("%d corners, want 4: %v", len(got), lonLats(got))
	}
	straight := map[bool]string{}
	for i, c := range got {
		next := got[(i+1)%4]
		if math.Abs(c.EastM-next.EastM) > 7000 {
			straight[c.LatDeg == 40.06] = c.EdgeIn.Name
		}
	}
	if straight[false] != zone36.Name || straight[true] != "China Geodetic Coordinate System 2000" {
		t.Errorf("the long edges are straight in %v", straight)
	}
}

// A point is a corner when it lies farther from the line than the tolerance, and
// a corner of hardly any turn is kept rather than a point that splits the edge
// behind it.
func TestCornersTolerance(t *testing.T) {
	t.Parallel()
	at := func(corners ...[2]float64) [][2]float64 {
		for i := range corners {
			corners[i][0] += 36500000
			corners[i][1] += 4430000
		}
		return corners
	}
	for _, tt := range []struct {
		off  float64
		want int
	}{{0.009, 4}, {0.011, 5}} {
		ring := split(at([2]float64{0, 0}, [2]float64{50, -tt.off}, [2]float64{100, 0}, [2]float64{100, 80}, [2]float64{0, 80}), 1, zone36)
		if got := Corners(ring, zone36, 0.01); len(got) != tt.want {
			t.Errorf("%g m off the line: %d corners, want %d", tt.off, len(got), tt.want)
		}
	}
	slight := at([2]float64{0, 0}, [2]float64{700, -0.05}, [2]float64{1400, 0}, [2]float64{1400, 80}, [2]float64{0, 80})
	got := Corners(split(slight, 10, zone36), zone36, 0.01)
	if len(got) != 5 || math.Abs(got[1].EastM-36500700) > 1e-6 && math.Abs(got[4].EastM-36500700) > 1e-6 {
		t.Errorf("a turn of 0.05 m in 700: %v", got)
	}
	for _, ring := range [][][2]float64{nil, {{1, 1}}, {{1, 1}, {2, 2}, {1, 1}}, {{1, 1}, {1, 1}, {1, 1}, {1, 1}}} {
		if got := Corners(ring, zone36, 0.01); got != nil {
			t.Errorf("%v: corners %v", ring, got)
		}
	}
	// Narrower than the tolerance, an outline is still one.
	sliver := split(at([2]float64{0, 0}, [2]float64{100, 0}, [2]float64{100, 0.004}, [2]float64{0, 0.004}), 5, zone36)
	if got := Corners(sliver, zone36, 0.01); len(got) != 4 {
		t.Errorf("a sliver of 4 mm has %d corners, want 4", len(got))
	}
}

// rough is an outline with n corners that zigzags by metres.
func rough(n int) [][2]float64 {
	corners := make([][2]float64, n)
	for i := range corners {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		r := 2000 - 20*float64(i%2)
		corners[i] = [2]float64{36560000 + r*cos, 4430000 + r*sin}
	}
	return split(corners, 1, zone36)
}

// Ten times the corners take about ten times as long, not a hundred.
func TestCornersOfRoughOutlines(t *testing.T) {
	t.Parallel()
	took := func(n int) time.Duration {
		ring := rough(n)
		fastest := time.Hour
		for range 5 {
			start := time.Now()
			if got := len(Corners(ring, zone36, 0.01)); got != n {
				t.Fatalf("%d corners of %d", got, n)
			}
			fastest = min(fastest, time.Since(start))
		}
		return fastest
	}
	small, large := took(5_000), took(50_000)
	if large > 40*small {
		t.Errorf("50,000 corners take %v, 5,000 take %v", large, small)
	}
}

// farthestOff is how far any vertex of a ring lies from the edges between its
// corners, each straight in its own system, in metres of that system.
func farthestOff(ring [][2]float64, corners []Corner) float64 {
	open := ring[:len(ring)-1]
	start := slices.Index(open, [2]float64{corners[0].LonDeg, corners[0].LatDeg})
	worst, at := 0.0, start
	for i, c := range corners {
		next := corners[(i+1)%len(corners)]
		forward := c.EdgeIn.Forward
		if !c.EdgeIn.Projected {
			eastM, northM := degreesToMetres(c.EdgeIn.Ellipsoid, 1, 1, c.LatDeg)
			forward = func(lon, lat float64) (x, y float64) { return lon * eastM, lat * northM }
		}
		plane := func(lon, lat float64) [2]float64 { x, y := forward(lon, lat); return [2]float64{x, y} }
		a, b := plane(c.LonDeg, c.LatDeg), plane(next.LonDeg, next.LatDeg)
		for walked := 0; ; walked++ {
			p := open[at%len(open)]
			if p == ([2]float64{next.LonDeg, next.LatDeg}) && walked > 0 {
				break
			}
			if walked > len(open) {
				return math.Inf(1) // the next corner is no vertex
			}
			worst = max(worst, distanceToSegment(plane(p[0], p[1]), a, b))
			at++
		}
	}
	if at != start+len(open) {
		return math.Inf(1) // not once around
	}
	return worst
}

func distanceToSegment(p, a, b [2]float64) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	length2 := dx*dx + dy*dy
	if length2 == 0 {
		return distance(p, a)
	}
	t := min(max(((p[0]-a[0])*dx+(p[1]-a[1])*dy)/length2, 0), 1)
	return distance(p, [2]float64{a[0] + t*dx, a[1] + t*dy})
}

// Whatever the outline, corners are vertices in their order, once around, and no
// vertex lies farther from its edge than the tolerance; starting elsewhere, or
// going the other way, gives the same.
func FuzzCorners(f *testing.F) {
	f.Add(uint64(1), 5, 40, 1000.0, 0.0)
	f.Add(uint64(2), 9, 7, 10.0, 0.02)
	f.Add(uint64(3), 300, 1, 0.5, 0.005)
	f.Add(uint64(4), 4, 200, 20000.0, 0.0)
	f.Add(uint64(5), 60, 3, 0.02, 0.01)
	f.Fuzz(func(t *testing.T, seed uint64, corners, pieces int, sizeM, jitterM float64) {
		corners, pieces = 3+int(uint(corners)%400), 1+int(uint(pieces)%200)
		if !(sizeM > 1e-3 && sizeM < 3e4) || !(jitterM >= 0 && jitterM < sizeM) || corners*pieces > 20_000 {
			return
		}
		random := rand.New(rand.NewPCG(seed, 0))
		in := []CRS{zone36, zone37, {}}[seed%3]
		outline := make([][2]float64, corners)
		for i := range outline {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(corners))
			r := sizeM * (0.5 + random.Float64()/2)
			lon, lat := zone36.Inverse(36620000+r*cos, 4430000+r*sin)
			outline[i] = [2]float64{lon, lat}
			if in.Projected {
				outline[i][0], outline[i][1] = in.Forward(lon, lat)
			}
		}
		ring := split(outline, pieces, in)
		ring = ring[:len(ring)-1]
		for i := range ring {
			ring[i][0] += jitterM * (random.Float64() - 0.5) / 85_000
			ring[i][1] += jitterM * (random.Float64() - 0.5) / 111_000
		}
		ring = slices.Compact(ring)
		closed := append(slices.Clone(ring), ring[0])
		const toleranceM = 0.01
		got := Corners(closed, zone36, toleranceM)
		if len(got) < 3 {
			t.Fatalf("%d corners of %d vertices", len(got), len(ring))
		}
		// A degree of longitude is a little longer at the southern end.
		if off := farthestOff(closed, got); off > 1.01*toleranceM {
			t.Fatalf("a vertex lies %.4f m from its edge", off)
		}
		turn := random.IntN(len(ring))
		turned := append(append([][2]float64{}, ring[turn:]...), ring[:turn]...)
		turned = append(turned, turned[0])
		if again := Corners(turned, zone36, toleranceM); !slices.Equal(again, got) {
			t.Fatalf("from vertex %d: %d corners, before %d", turn, len(again), len(got))
		}
		slices.Reverse(turned)
		back := lonLats(Corners(turned, zone36, toleranceM))
		slices.Reverse(back[1:])
		if !slices.Equal(back, lonLats(got)) {
			t.Fatalf("backwards: %d corners, before %d", len(back), len(got))
		}
	})
}

func BenchmarkCorners(b *testing.B) {
	for _, bench := range []struct {
		name string
		ring [][2]float64
	}{{"rough-50000", rough(50_000)}, {"straight-50000", split([][2]float64{{36500000, 4430000}, {36600000, 4430000}, {36600000, 4530000}, {36500000, 4530000}}, 12_500, zone36)}} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				Corners(bench.ring, zone36, 0.01)
			}
		})
	}
}

func TestFormatDMS(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		deg  float64
		want string
	}{
		{109.5, "109°30′00.0000″"},
		{40.20583333333333, "40°12′21.0000″"},
		{109 + 59.0/60 + 59.99996/3600, "110°00′00.0000″"},
		{109 + 1.0/60 + 2.0034/3600, "109°01′02.0034″"},
		{-0.25, "-0°15′00.0000″"},
	} {
		if got := FormatDMS(tt.deg); got != tt.want {
			t.Errorf("%.10f: %s, want %s", tt.deg, got, tt.want)
		}
	}
}
