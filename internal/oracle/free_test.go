package oracle

import (
	"math"

	"github.com/peterstace/simplefeatures/geom"
)

// A free plane has polygons with any coordinates, overlaid by simplefeatures, a
// port of JTS.
type free struct{ err error }

func (f *free) Exact() bool          { return false }
func (f *free) Err() error           { return f.err }
func (f *free) Empty() geom.Geometry { return geom.MultiPolygon{}.AsGeometry() }

func (f *free) op(g geom.Geometry, err error) geom.Geometry {
	if err != nil {
		if f.err == nil {
			f.err = err
		}
		return f.Empty()
	}
	polygons := polygonsOf(g)
	return geom.NewMultiPolygon(polygons).AsGeometry()
}

// polygonsOf leaves out the points and lines of an overlay.
func polygonsOf(g geom.Geometry) []geom.Polygon {
	var out []geom.Polygon
	for _, part := range g.Dump() {
		if p, ok := part.AsPolygon(); ok && !p.IsEmpty() {
			out = append(out, p)
		}
	}
	return out
}

func (f *free) Union(a, b geom.Geometry) geom.Geometry {
	switch {
	case a.IsEmpty():
		return f.op(geom.UnaryUnion(b))
	case b.IsEmpty():
		return f.op(geom.UnaryUnion(a))
	}
	return f.op(geom.Union(a, b))
}

func (f *free) Meet(a, b geom.Geometry) geom.Geometry {
	if a.IsEmpty() || b.IsEmpty() || !a.Envelope().Intersects(b.Envelope()) {
		return f.Empty()
	}
	return f.op(geom.Intersection(a, b))
}

func (f *free) Minus(a, b geom.Geometry) geom.Geometry {
	if a.IsEmpty() || b.IsEmpty() || !a.Envelope().Intersects(b.Envelope()) {
		return a
	}
	return f.op(geom.Difference(a, b))
}

// Parts joins polygons that run along each other for over 0.1 m within 1e-10
// degrees: a line that cuts two shapes cuts them in points that differ in the
// last digits, and the union is left with a gap.
func (f *free) Parts(g geom.Geometry) []geom.Geometry {
	polygons := polygonsOf(g)
	group := make([]int, len(polygons))
	for i := range group {
		group[i] = i
	}
	for i, p := range polygons {
		for j, q := range polygons[:i] {
			if group[i] == group[j] || !p.Envelope().Intersects(wider(q.Envelope())) || f.seamM(p, q) <= 0.1 {
				continue
			}
			from, to := group[i], group[j]
			for k := range group {
				if group[k] == from {
					group[k] = to
				}
			}
		}
	}
	var out []geom.Geometry
	for i := range polygons {
		var members []geom.Polygon
		for k := range polygons {
			if group[k] == i {
				members = append(members, polygons[k])
			}
		}
		if len(members) > 0 {
			out = append(out, geom.NewMultiPolygon(members).AsGeometry())
		}
	}
	return out
}

func wider(e geom.Envelope) geom.Envelope {
	low, _ := e.Min().XY()
	high, _ := e.Max().XY()
	return geom.NewEnvelope(geom.XY{X: low.X - 1e-9, Y: low.Y - 1e-9}, geom.XY{X: high.X + 1e-9, Y: high.Y + 1e-9})
}

// seamM is how far the outlines of two polygons run along each other.
func (f *free) seamM(p, q geom.Polygon) float64 {
	var sum float64
	others := segments(f.Rings(q.AsGeometry()))
	for _, s := range segments(f.Rings(p.AsGeometry())) {
		for _, u := range others {
			sum += s.alongM(u)
		}
	}
	return sum
}

// alongM is how much of a segment another runs along, within 1e-10 degrees.
func (s segment) alongM(u segment) float64 {
	if s.boxDistanceDeg2(u) > 1e-18 {
		return 0
	}
	x, y := s.b.lon-s.a.lon, s.b.lat-s.a.lat
	length := math.Hypot(x, y)
	at := func(p point) (along, off float64) {
		dx, dy := p.lon-s.a.lon, p.lat-s.a.lat
		return (dx*x + dy*y) / length, (x*dy - y*dx) / length
	}
	along0, off0 := at(u.a)
	along1, off1 := at(u.b)
	if along0 > along1 {
		along0, along1, off0, off1 = along1, along0, off1, off0
	}
	from, to := max(along0, 0), min(along1, length)
	if to <= from {
		return 0
	}
	offAt := func(t float64) float64 { return off0 + (off1-off0)*(t-along0)/(along1-along0) }
	if math.Abs(offAt(from)) > 1e-10 || math.Abs(offAt(to)) > 1e-10 {
		return 0
	}
	return (to - from) / length * lengthM(s.a, s.b)
}

func (f *free) AreaM2(g geom.Geometry) float64 { return polygonsAreaM2(f.Rings(g)) }

// PerimeterM leaves out the gap between polygons that Parts joined, and needles:
// what the overlay leaves where an outline goes out and comes back beside itself.
func (f *free) PerimeterM(g geom.Geometry) float64 {
	sum := ringsLengthM(f.Rings(g))
	for _, p := range f.Rings(g) {
		sides := segments([]polygon{p})
		for i, s := range sides {
			for _, u := range sides[:i] {
				if (s.b.lon-s.a.lon)*(u.b.lon-u.a.lon)+(s.b.lat-s.a.lat)*(u.b.lat-u.a.lat) < 0 {
					sum -= 2 * s.alongM(u)
				}
			}
		}
	}
	polygons := polygonsOf(g)
	for i, p := range polygons {
		for _, q := range polygons[:i] {
			if p.Envelope().Intersects(wider(q.Envelope())) {
				sum -= 2 * f.seamM(p, q)
			}
		}
	}
	return sum
}

func (f *free) Rings(g geom.Geometry) []polygon {
	var out []polygon
	for _, p := range polygonsOf(g) {
		var rings polygon
		for _, line := range p.DumpRings() {
			seq := line.Coordinates()
			r := make(ring, 0, seq.Length())
			for i := range seq.Length() {
				xy := seq.GetXY(i)
				r = append(r, point{xy.X, xy.Y})
			}
			rings = append(rings, r)
		}
		out = append(out, rings)
	}
	return out
}

func geometryOf(polygons []polygon) geom.Geometry {
	var out []geom.Polygon
	for _, p := range polygons {
		var rings []geom.LineString
		for _, r := range p {
			var xy []float64
			for _, q := range r {
				xy = append(xy, q.lon, q.lat)
			}
			rings = append(rings, geom.NewLineStringXY(xy...))
		}
		out = append(out, geom.NewPolygon(rings))
	}
	return geom.NewMultiPolygon(out).AsGeometry()
}
