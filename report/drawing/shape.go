package drawing

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// turned is a ring with a positive area, or a negative one.
func turned(ring []Point, positive bool) []Point {
	sum := 0.0
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sum += (p.X-ring[0].X)*(q.Y-ring[0].Y) - (q.X-ring[0].X)*(p.Y-ring[0].Y)
	}
	if (sum > 0) == positive {
		return ring
	}
	out := slices.Clone(ring)
	slices.Reverse(out)
	return out
}

// dashed cuts lines into dashes; the pattern begins anew with each line.
func dashed(lines [][]Point, pattern []float64) [][]Point {
	length := 0.0
	for _, l := range pattern {
		length += l
	}
	if !(length > 0) {
		return lines
	}
	var out [][]Point
	for _, line := range lines {
		step, left := 0, pattern[0]
		var dash []Point
		for i := 1; i < len(line); i++ {
			a, b := line[i-1], line[i]
			long := math.Hypot(b.X-a.X, b.Y-a.Y)
			if long == 0 {
				continue
			}
			if step%2 == 0 && dash == nil {
				dash = []Point{a}
			}
			gone := 0.0
			for long-gone > left {
				gone += left
				p := Point{a.X + (b.X-a.X)*gone/long, a.Y + (b.Y-a.Y)*gone/long}
				if step%2 == 0 {
					out, dash = append(out, append(dash, p)), nil
				} else {
					dash = []Point{p}
				}
				step++
				left = pattern[step%len(pattern)]
			}
			left -= long - gone
			if step%2 == 0 {
				dash = append(dash, b)
			}
		}
		if len(dash) > 1 {
			out = append(out, dash)
		}
	}
	return out
}

// ClipLines is the part of lines inside a rectangle.
func ClipLines(lines [][]Point, r Rect) [][]Point {
	var out [][]Point
	for _, line := range lines {
		var run []Point
		for i := 1; i < len(line); i++ {
			a, b, ok := clipSegment(line[i-1], line[i], r)
			switch {
			case !ok:
				if len(run) > 1 {
					out = append(out, run)
				}
				run = nil
			case run != nil && run[len(run)-1] == a:
				run = append(run, b)
			default:
				if len(run) > 1 {
					out = append(out, run)
				}
				run = []Point{a, b}
			}
		}
		if len(run) > 1 {
			out = append(out, run)
		}
	}
	return out
}

// clipSegment is the way of Liang and Barsky.
func clipSegment(a, b Point, r Rect) (Point, Point, bool) {
	dx, dy := b.X-a.X, b.Y-a.Y
	from, to := 0.0, 1.0
	for _, side := range [4][2]float64{{-dx, a.X - r.X0}, {dx, r.X1 - a.X}, {-dy, a.Y - r.Y0}, {dy, r.Y1 - a.Y}} {
		p, q := side[0], side[1]
		switch {
		case p == 0 && q < 0:
			return a, b, false
		case p < 0:
			from = max(from, q/p)
		case p > 0:
			to = min(to, q/p)
		}
	}
	if from > to {
		return a, b, false
	}
	p, q := a, b
	if from > 0 {
		p = Point{a.X + from*dx, a.Y + from*dy}
	}
	if to < 1 {
		q = Point{a.X + to*dx, a.Y + to*dy}
	}
	return p, q, true
}

// ClipPolygons is the part of polygons inside a rectangle, ring by ring as
// Sutherland and Hodgman do it. What was in several pieces hangs together along
// the rectangle by edges of no width, which fill nothing.
func ClipPolygons(polygons []Polygon, r Rect) []Polygon {
	var out []Polygon
	for _, p := range polygons {
		var clipped Polygon
		for i, ring := range p {
			c := clipRing(ring, r)
			if len(c) < 3 {
				if i == 0 {
					break
				}
				continue
			}
			clipped = append(clipped, c)
		}
		if len(clipped) > 0 {
			out = append(out, clipped)
		}
	}
	return out
}

func clipRing(ring []Point, r Rect) []Point {
	n := len(ring)
	if n > 1 && ring[0] == ring[n-1] {
		n--
	}
	in := ring[:n]
	inside := true
	for _, p := range in {
		inside = inside && r.Contains(p)
	}
	if inside {
		return in
	}
	for side := range 4 {
		depth := func(p Point) float64 {
			return [4]float64{p.X - r.X0, r.X1 - p.X, p.Y - r.Y0, r.Y1 - p.Y}[side]
		}
		var out []Point
		for i, q := range in {
			p := in[(i+len(in)-1)%len(in)]
			dp, dq := depth(p), depth(q)
			if (dp < 0) != (dq < 0) {
				t := dp / (dp - dq)
				out = append(out, Point{p.X + t*(q.X-p.X), p.Y + t*(q.Y-p.Y)})
			}
			if dq >= 0 {
				out = append(out, q)
			}
		}
		in = out
	}
	return in
}

// Outlines are the rings of polygons as closed lines.
func Outlines(polygons []Polygon) [][]Point {
	var out [][]Point
	for _, p := range polygons {
		for _, ring := range p {
			if n := len(ring); n > 1 {
				line := ring
				if ring[0] != ring[n-1] {
					line = append(slices.Clone(ring), ring[0])
				}
				out = append(out, line)
			}
		}
	}
	return out
}

// Hatch is the lines at an angle, anticlockwise from the right, and a distance
// from each other inside polygons. They stand at the same places of the page
// whatever the polygon, so that pieces of one kind join.
func Hatch(polygons []Polygon, angleDeg, spacingMM float64) [][]Point {
	sin, cos := math.Sincos(angleDeg * math.Pi / 180)
	// u runs along the lines and v across; y of the page runs downwards.
	across := func(p Point) float64 { return p.X*sin + p.Y*cos }
	along := func(p Point) float64 { return p.X*cos - p.Y*sin }
	crossings := map[int][]float64{}
	for _, ring := range Outlines(polygons) {
		for i := 1; i < len(ring); i++ {
			v0, v1 := across(ring[i-1])/spacingMM, across(ring[i])/spacingMM
			u0, u1 := along(ring[i-1]), along(ring[i])
			if v0 > v1 {
				v0, v1, u0, u1 = v1, v0, u1, u0
			}
			// Half open, so that a corner on a line counts once.
			for k := math.Ceil(v0); k < v1; k++ {
				crossings[int(k)] = append(crossings[int(k)], u0+(u1-u0)*(k-v0)/(v1-v0))
			}
		}
	}
	var out [][]Point
	for _, k := range sortedKeys(crossings) {
		us := crossings[k]
		slices.Sort(us)
		v := float64(k) * spacingMM
		for i := 1; i < len(us); i += 2 {
			if us[i]-us[i-1] > 0.05 {
				out = append(out, []Point{
					{us[i-1]*cos + v*sin, v*cos - us[i-1]*sin}, {us[i]*cos + v*sin, v*cos - us[i]*sin},
				})
			}
		}
	}
	return out
}

// Widest are places inside polygons with most room to the left and right, the
// widest first: where a label may stand.
func Widest(polygon Polygon, rows int) []Point {
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range polygon[0] {
		low, high = min(low, p.Y), max(high, p.Y)
	}
	type span struct {
		at    Point
		width float64
	}
	var spans []span
	for row := range rows {
		y := low + (high-low)*(float64(row)+0.5)/float64(rows)
		var xs []float64
		for _, ring := range Outlines([]Polygon{polygon}) {
			for i := 1; i < len(ring); i++ {
				a, b := ring[i-1], ring[i]
				if (a.Y <= y) != (b.Y <= y) {
					xs = append(xs, a.X+(b.X-a.X)*(y-a.Y)/(b.Y-a.Y))
				}
			}
		}
		slices.Sort(xs)
		for i := 1; i < len(xs); i += 2 {
			// Of equal ones the middle of the height is best.
			off := math.Abs(y-(low+high)/2) / (high - low)
			spans = append(spans, span{Point{(xs[i-1] + xs[i]) / 2, y}, (xs[i] - xs[i-1]) * (1 - 0.5*off)})
		}
	}
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(b.width, a.width) })
	out := make([]Point, len(spans))
	for i, s := range spans {
		out[i] = s.at
	}
	return out
}

// AreaMM2 is that of a polygon on the page.
func AreaMM2(p Polygon) float64 {
	area := 0.0
	for i, ring := range p {
		sum := 0.0
		for j, a := range ring {
			b := ring[(j+1)%len(ring)]
			sum += (a.X-ring[0].X)*(b.Y-ring[0].Y) - (b.X-ring[0].X)*(a.Y-ring[0].Y)
		}
		if i == 0 {
			area = math.Abs(sum) / 2
		} else {
			area -= math.Abs(sum) / 2
		}
	}
	return area
}

// Thin leaves out points of a line that lie within a tolerance of a straight
// stretch between points that stay, in one pass: from each point that stays, the
// directions that pass all points since are kept, and the last point before one
// that none of them reaches stays in its turn. The first and the last point stay.
func Thin(line []Point, tolerance float64) []Point {
	if len(line) < 3 {
		return line
	}
	out := []Point{line[0]}
	from, last := line[0], line[0]
	base, low, high, far := 0.0, math.Inf(-1), math.Inf(1), 0.0
	open := false
	for _, p := range line[1:] {
		long := math.Hypot(p.X-from.X, p.Y-from.Y)
		if long <= tolerance && !open {
			last = p
			continue // still at the place it starts from
		}
		direction := math.Atan2(p.Y-from.Y, p.X-from.X)
		if !open {
			base = direction
		}
		turn := math.Remainder(direction-base, 2*math.Pi)
		if open && (turn < low || turn > high || long < far) {
			out = append(out, last)
			from, far = last, 0
			low, high = math.Inf(-1), math.Inf(1)
			long = math.Hypot(p.X-from.X, p.Y-from.Y)
			base, turn = math.Atan2(p.Y-from.Y, p.X-from.X), 0
			if long <= tolerance {
				open, last = false, p
				continue
			}
		}
		open = true
		if long > tolerance {
			play := math.Asin(min(tolerance/long, 1))
			low, high = max(low, turn-play), min(high, turn+play)
		}
		far, last = max(far, long), p
	}
	return append(out, line[len(line)-1])
}
