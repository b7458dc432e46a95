package sample

import (
	"math"
	"testing"
)

// The theoretical areas of map sheets on CGCS2000 (south edge 40°00′ N) are
// those of the closed form in an independent computation.
func TestAreaOfMapSheets(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name          string
		width, height int64
		want          float64
	}{
		{"1:10 000", 62_500, 41_666, 24684446.24 * 41_666 / 41_666.666_667},
		{"1:50 000", 250_000, 166_666, 394594693.26 * 166_666 / 166_666.666_667},
		{"1:250 000 strip of whole degrees", 500_000, 333_333, 1576473763.82 * 333_333 / 333_333.333_333},
	} {
		got := box(110_000000, 40_000000, 110_000000+tc.width, 40_000000+tc.height).AreaM2()
		// The sheet's height is not a whole number of millionths of a degree, so
		// the wanted figure is scaled, which is good to a ten-millionth.
		if math.Abs(got/tc.want-1) > 1e-7 {
			t.Errorf("%s: %.2f m², want %.2f", tc.name, got, tc.want)
		}
	}
}

func TestAreaOfAWholeBelt(t *testing.T) {
	t.Parallel()
	// The ellipsoid as a whole, by the surface of an oblate spheroid:
	// 2πa²·(1 + (1−e²)/e·artanh e) = 510 065 621 718 491 m².
	got := box(-180_000000, -90_000000, 180_000000, 90_000000).AreaM2()
	if math.Abs(got/510065621718491-1) > 1e-14 {
		t.Errorf("whole ellipsoid: %.3f m²", got)
	}
}

func TestAlgebra(t *testing.T) {
	t.Parallel()
	a, b := box(0, 0, 10, 10), box(5, 5, 15, 15)
	count := func(r Region) (n int64) {
		for _, c := range r.rects {
			n += (c.east - c.west) * (c.north - c.south)
		}
		return n
	}
	for _, tc := range []struct {
		name string
		r    Region
		want int64
	}{
		{"union", a.And(b), 175},
		{"common", a.In(b), 25},
		{"difference", a.Minus(b), 75},
		{"with itself", a.And(a), 100},
		{"without itself", a.Minus(a), 0},
		{"side by side", a.And(box(10, 0, 20, 10)), 200},
		{"a side in common", a.In(box(10, 0, 20, 10)), 0},
		{"with nothing", a.And(Region{}), 100},
		{"from nothing", Region{}.Minus(a), 0},
	} {
		if got := count(tc.r); got != tc.want {
			t.Errorf("%s: %d units, want %d", tc.name, got, tc.want)
		}
	}
	if n := len(a.And(box(10, 0, 20, 10)).rects); n != 1 {
		t.Errorf("two boxes side by side became %d rectangles, want 1", n)
	}
}

func TestOutlines(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		r     Region
		rings []int // of each polygon
	}{
		{"box", box(0, 0, 4, 4), []int{1}},
		{"corners touch", box(0, 0, 4, 4).And(box(4, 4, 8, 8)), []int{1, 1}},
		{"sides touch", box(0, 0, 4, 4).And(box(4, 3, 8, 8)), []int{1}},
		{"ring", box(0, 0, 9, 9).Minus(box(3, 3, 6, 6)), []int{2}},
		{"island in the ring", box(0, 0, 9, 9).Minus(box(2, 2, 7, 7)).And(box(4, 4, 5, 5)), []int{2, 1}},
		{"nothing", Region{}, nil},
	} {
		polygons, err := tc.r.polygons()
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		var area, want int64
		for _, c := range tc.r.rects {
			want += 2 * (c.east - c.west) * (c.north - c.south)
		}
		if len(polygons) != len(tc.rings) {
			t.Errorf("%s: %d polygons, want %d", tc.name, len(polygons), len(tc.rings))
			continue
		}
		for i, rings := range polygons {
			if len(rings) != tc.rings[i] {
				t.Errorf("%s: polygon %d has %d rings, want %d", tc.name, i, len(rings), tc.rings[i])
			}
			for j, ring := range rings {
				a := doubleArea(ring)
				if a > 0 != (j == 0) {
					t.Errorf("%s: ring %d of polygon %d turns the wrong way", tc.name, j, i)
				}
				area += a
			}
		}
		if area != want {
			t.Errorf("%s: outlines hold %d, the region %d", tc.name, area, want)
		}
	}
	if _, err := box(0, 0, 9, 9).Minus(box(2, 2, 4, 4), box(4, 4, 6, 6)).polygons(); err == nil {
		t.Error("two holes that touch in a corner: want an error, for the ring would pass it twice")
	}
}

func TestLatticeVertices(t *testing.T) {
	t.Parallel()
	ring := []point{{1000, 400}, {2250, 400}, {2250, 1200}, {1000, 1200}, {1000, 400}}
	got := withLattice(ring)
	want := []point{
		{1000, 400},
		{1500, 400},
		{2000, 400},
		{2250, 400},
		{2250, 800},
		{2250, 1200},
		{2000, 1200},
		{1500, 1200},
		{1000, 1200},
		{1000, 800},
		{1000, 400},
	}
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("vertex %d is %v, want %v", i, got[i], want[i])
		}
	}
}
