package made

import "math"

// metresPerDegree at a latitude: near enough for drawing, nothing is measured
// by it.
func metresPerDegree(lat float64) (east, north float64) {
	return 111_320 * math.Cos(lat*math.Pi/180), 111_040
}

// A place is a point to draw around, in metres east and north of it.
type place struct{ lon, lat float64 }

func (p place) at(eastM, northM float64) place {
	perLon, perLat := metresPerDegree(p.lat)
	return place{p.lon + eastM/perLon, p.lat + northM/perLat}
}

// towards is a place in a direction.
func (p place) towards(radians, metres float64) place {
	return p.at(metres*math.Cos(radians), metres*math.Sin(radians))
}

// ring turns points in metres around the place into a closed ring.
func (p place) ring(points [][2]float64) []float64 {
	perLon, perLat := metresPerDegree(p.lat)
	flat := make([]float64, 0, 2*len(points)+2)
	for _, m := range points {
		flat = append(flat, p.lon+m[0]/perLon, p.lat+m[1]/perLat)
	}
	return append(flat, flat[0], flat[1])
}

// A blob is a ground of winding outline around a place, each point of which can
// be seen from the place: so its ring never crosses itself.
type blob struct {
	place
	radiusM float64
	seed    int
	// vertices of the outline.
	vertices int
}

// roughness is what the outline leaves the circle by in the widest of its
// swings; each narrower one has half of the one before, and together they stay
// under twice this.
const roughness = 0.22

// radius is how far the outline is from the place in a direction, from a half
// to one and a half of the blob's own.
func (b blob) radius(radians float64) float64 {
	out, swing := 1.0, roughness
	for octave, waves := 0, 3; waves*4 <= b.vertices; octave, waves = octave+1, waves*2 {
		x := radians / (2 * math.Pi) * float64(waves)
		x -= math.Floor(x/float64(waves)) * float64(waves)
		i := math.Floor(x)
		at := func(k int) float64 {
			r := randomOf(b.seed, forOutline, octave, k%waves)
			return r.between(-1, 1)
		}
		t := smooth(x - i)
		out += swing * (at(int(i))*(1-t) + at(int(i)+1)*t)
		swing /= 2
	}
	return out * b.radiusM
}

// points of the outline from one vertex to another, both included, counter-
// clockwise, in metres around the place.
func (b blob) points(from, to int) [][2]float64 {
	out := make([][2]float64, 0, to-from+1)
	for i := from; i <= to; i++ {
		a := b.direction(i)
		sin, cos := math.Sincos(a)
		r := b.radius(a)
		out = append(out, [2]float64{r * cos, r * sin})
	}
	return out
}

func (b blob) direction(vertex int) float64 {
	vertex %= b.vertices
	r := randomOf(b.seed, forOutline, -1, vertex)
	return 2 * math.Pi * (float64(vertex) + r.between(-0.3, 0.3)) / float64(b.vertices)
}

func (b blob) outline() []float64 { return b.ring(b.points(0, b.vertices-1)) }

// holes are some islands inside the blob, clear of each other, of its outline
// and of the line along which halves cuts it.
func (b blob) holes(n, vertices int) [][]float64 {
	var out [][]float64
	for i := range n {
		a := b.direction(0) + math.Pi*(float64(i)+0.5)/float64((n+1)/2)
		r := math.Min(0.12, 0.3*math.Sin(math.Pi/float64(2*n+2))) * b.radiusM
		h := blob{b.towards(a, 0.33*b.radiusM), r, b.seed + 7919*(i+1), vertices}
		out = append(out, h.outline())
	}
	return out
}

// halves cuts the blob along a winding line through its place; the two have
// every vertex of it in common.
func (b blob) halves() (one, other []float64) {
	middle := b.vertices / 2
	steps := max(4, b.vertices/8)
	branch := func(vertex int, sway float64) [][2]float64 { // from the outline to the place
		a := b.direction(vertex)
		edge := b.radius(a)
		var out [][2]float64
		for k := 1; k < steps; k++ {
			t := float64(k) / float64(steps)
			// Straight at first: it sways only where no swing of the outline
			// comes as near to the place.
			bend := 0.0
			if t > 0.3 {
				bend = sway * math.Sin(4*math.Pi*(t-0.3)) * (1 - t)
			}
			sin, cos := math.Sincos(a + bend)
			out = append(out, [2]float64{edge * (1 - t) * cos, edge * (1 - t) * sin})
		}
		return out
	}
	line := append([][2]float64{}, branch(middle, 0.15)...)
	line = append(line, [2]float64{0, 0})
	back := branch(0, -0.15)
	for i := len(back) - 1; i >= 0; i-- {
		line = append(line, back[i])
	}
	first := append(b.points(0, middle), line...)
	second := b.points(middle, b.vertices)
	for i := len(line) - 1; i >= 0; i-- {
		second = append(second, line[i])
	}
	return b.ring(first), b.ring(second)
}

// track is a strip of some width from a place in a direction, winding.
func (p place) track(radians, lengthM, widthM, swayM float64, stations int) []float64 {
	var left, right [][2]float64
	sin, cos := math.Sincos(radians)
	for i := range stations + 1 {
		along := lengthM * float64(i) / float64(stations)
		across := swayM * math.Sin(2*math.Pi*float64(i)/float64(stations))
		for _, side := range []struct {
			to  *[][2]float64
			off float64
		}{{&left, across + widthM/2}, {&right, across - widthM/2}} {
			*side.to = append(*side.to, [2]float64{along*cos - side.off*sin, along*sin + side.off*cos})
		}
	}
	for i := len(left) - 1; i >= 0; i-- {
		right = append(right, left[i])
	}
	return p.ring(right)
}

// corners is a ground of few corners around a place, as licences and approvals
// have them.
func (b blob) corners(r *random, n int) []float64 {
	var out [][2]float64
	for i := range n {
		a := 2 * math.Pi * (float64(i) + r.between(-0.25, 0.25)) / float64(n)
		m := b.radiusM * r.between(0.75, 1.25)
		out = append(out, [2]float64{m * math.Cos(a), m * math.Sin(a)})
	}
	return b.ring(out)
}
