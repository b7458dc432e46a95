package geo

import (
	"math"
	"slices"
	"testing"
)

// A pentagon with a notch, cut into pieces of at most 7 m: its corners come back,
// wherever the ring starts and whichever way it goes.
func TestCorners(t *testing.T) {
	t.Parallel()
	corners := [][2]float64{{0, 10}, {40, 0}, {100, 30}, {60, 35}, {70, 90}}
	var dense [][2]float64
	for i, p := range corners {
		q := corners[(i+1)%len(corners)]
		pieces := math.Ceil(math.Hypot(q[0]-p[0], q[1]-p[1]) / 7)
		for k := range int(pieces) {
			s := float64(k) / pieces
			dense = append(dense, [2]float64{p[0] + s*(q[0]-p[0]), p[1] + s*(q[1]-p[1])})
		}
	}
	for start := range dense {
		ring := append(append([][2]float64{}, dense[start:]...), dense[:start]...)
		ring = append(ring, ring[0])
		if got := Corners(ring, 0.001); !slices.Equal(got, corners) {
			t.Fatalf("from vertex %d: %v, want %v", start, got, corners)
		}
		slices.Reverse(ring)
		want := [][2]float64{corners[0], corners[4], corners[3], corners[2], corners[1]}
		if got := Corners(ring, 0.001); !slices.Equal(got, want) {
			t.Fatalf("backwards from vertex %d: %v, want %v", start, got, want)
		}
	}
}

// A point is a corner when it lies farther from the line than the tolerance.
func TestCornersTolerance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		off  float64
		want int
	}{{0.009, 4}, {0.011, 5}} {
		ring := [][2]float64{{0, 0}, {50, -tt.off}, {100, 0}, {100, 80}, {0, 80}, {0, 0}}
		if got := Corners(ring, 0.01); len(got) != tt.want {
			t.Errorf("%g m off the line: %d corners, want %d", tt.off, len(got), tt.want)
		}
	}
	for _, ring := range [][][2]float64{nil, {{1, 1}}, {{1, 1}, {2, 2}, {1, 1}}, {{1, 1}, {1, 1}, {1, 1}, {1, 1}}} {
		if got := Corners(ring, 0.01); got != nil {
			t.Errorf("%v: corners %v", ring, got)
		}
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
