package drawing

import (
	"math"
	"testing"
)

func length(lines [][]Point) float64 {
	sum := 0.0
	for _, l := range lines {
		for i := 1; i < len(l); i++ {
			sum += math.Hypot(l[i].X-l[i-1].X, l[i].Y-l[i-1].Y)
		}
	}
	return sum
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// Lines a distance apart come to area ÷ distance, whatever the angle; a hole and
// a second polygon count as they should.
func TestHatch(t *testing.T) {
	t.Parallel()
	square := Rect{10, 10, 50, 40}.Polygon()
	holed := append(Polygon{}, square[0], Rect{20, 20, 30, 30}.Ring())
	for _, tt := range []struct {
		name     string
		polygons []Polygon
		area     float64
	}{
		{"a rectangle", []Polygon{square}, 1200},
		{"with a hole", []Polygon{holed}, 1100},
		{"two", []Polygon{square, Rect{60, 10, 70, 20}.Polygon()}, 1300},
	} {
		for _, angle := range []float64{0, 20, 45, 90, 135, 170} {
			lines := Hatch(tt.polygons, angle, 0.5)
			near(t, tt.name, length(lines)*0.5, tt.area, tt.area*0.03)
			for _, l := range lines {
				if got := math.Mod(math.Atan2(l[0].Y-l[1].Y, l[1].X-l[0].X)*180/math.Pi+360, 180); math.Abs(math.Mod(got-angle+270, 180)-90) > 1e-6 {
					t.Fatalf("%s: a line at %v°, want %v°", tt.name, got, angle)
				}
			}
		}
	}
	if got := Hatch(nil, 45, 1); len(got) != 0 {
		t.Errorf("nothing is hatched with %d lines", len(got))
	}
}

// A hatch starts from the page, so that it goes on across polygons that touch.
func TestHatchJoins(t *testing.T) {
	t.Parallel()
	whole := Hatch([]Polygon{Rect{0, 0, 20, 10}.Polygon()}, 45, 2)
	halves := append(Hatch([]Polygon{Rect{0, 0, 10, 10}.Polygon()}, 45, 2), Hatch([]Polygon{Rect{10, 0, 20, 10}.Polygon()}, 45, 2)...)
	near(t, "length", length(halves), length(whole), 0.3)
}

func TestDashed(t *testing.T) {
	t.Parallel()
	line := [][]Point{{{0, 0}, {6, 0}, {6, 4}}}
	got := dashed(line, []float64{2, 1})
	near(t, "length", length(got), 7, 1e-9) // 0–2, 3–5, 6–8 around nothing, 9–10
	if len(got) != 4 || len(got[2]) != 2 {
		t.Errorf("dashes: %v", got)
	}
	if got := dashed(line, []float64{0, 0}); len(got) != 1 {
		t.Errorf("no pattern: %v", got)
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	r := Rect{0, 0, 10, 10}
	for _, tt := range []struct {
		name    string
		polygon Polygon
		area    float64
	}{
		{"inside", Rect{2, 2, 4, 4}.Polygon(), 4},
		{"outside", Rect{20, 2, 24, 4}.Polygon(), 0},
		{"across a side", Rect{-5, 2, 5, 4}.Polygon(), 10},
		{"around", Rect{-5, -5, 15, 15}.Polygon(), 100},
		{"a corner cut off", Polygon{{{8, -4}, {14, 2}, {14, -4}}}, 0},
		{"a triangle over a corner", Polygon{{{5, -5}, {15, 5}, {5, 5}}}, 25 - 12.5 + 12.5 - 0},
		{"a hole half outside", Polygon{Rect{-5, 0, 5, 10}.Ring(), Rect{-2, 2, 2, 4}.Ring()}, 46},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			area := 0.0
			for _, p := range ClipPolygons([]Polygon{tt.polygon}, r) {
				area += AreaMM2(p)
			}
			near(t, "area", area, tt.area, 1e-9)
		})
	}
	zigzag := [][]Point{{{-5, 5}, {5, 5}, {5, 15}, {8, 15}, {8, 5}, {20, 5}}}
	if got := ClipLines(zigzag, r); len(got) != 2 || math.Abs(length(got)-(5+5+5+2)) > 1e-9 {
		t.Errorf("lines: %v", got)
	}
	if got := ClipLines([][]Point{{{-1, -1}, {-1, 20}}}, r); len(got) != 0 {
		t.Errorf("outside: %v", got)
	}
}

// A label's place lies inside, and not in the hole.
func TestWidest(t *testing.T) {
	t.Parallel()
	ring := Polygon{Rect{0, 0, 30, 10}.Ring(), Rect{4, 1, 26, 9}.Ring()}
	for _, p := range Widest(ring, 9) {
		inHole := p.X > 4 && p.X < 26 && p.Y > 1 && p.Y < 9
		if inHole || !(Rect{0, 0, 30, 10}).Contains(p) {
			t.Errorf("%v is not in the ring", p)
		}
	}
	if got := Widest(Rect{0, 0, 30, 10}.Polygon(), 9)[0]; got != (Point{15, 5}) {
		t.Errorf("middle of a rectangle: %v", got)
	}
}

// What is left out lies near what stays; a straight line keeps its ends, and a
// rough one of many points takes one pass.
func TestThin(t *testing.T) {
	t.Parallel()
	var straight, circle, rough []Point
	for i := range 1001 {
		f := float64(i) / 1000
		straight = append(straight, Point{10 * f, 5 * f})
		sin, cos := math.Sincos(2 * math.Pi * f)
		circle = append(circle, Point{10 * cos, 10 * sin})
		rough = append(rough, Point{f * 10, float64(i%2) * 3})
	}
	back := append(append([]Point{}, straight...), Point{2, 1})
	for _, tt := range []struct {
		name   string
		line   []Point
		lo, hi int
	}{{"straight", straight, 2, 2}, {"there and back", back, 3, 3}, {"a circle", circle, 40, 200}, {"rough", rough, 1001, 1001}, {"one place", make([]Point, 9), 2, 2}} {
		const tolerance = 0.02
		got := Thin(tt.line, tolerance)
		if len(got) < tt.lo || len(got) > tt.hi {
			t.Errorf("%s: %d points stay", tt.name, len(got))
		}
		for _, p := range tt.line {
			nearest := math.Inf(1)
			for i := 1; i < len(got); i++ {
				nearest = min(nearest, toSegment(p, got[i-1], got[i]))
			}
			if nearest > 1.01*tolerance {
				t.Fatalf("%s: %v is %v away", tt.name, p, nearest)
			}
		}
	}
}

func toSegment(p, a, b Point) float64 {
	dx, dy := b.X-a.X, b.Y-a.Y
	f := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		f = min(max(((p.X-a.X)*dx+(p.Y-a.Y)*dy)/l, 0), 1)
	}
	return math.Hypot(p.X-a.X-f*dx, p.Y-a.Y-f*dy)
}
