package oracle

import (
	"math"
	"math/rand/v2"

	"github.com/peterstace/simplefeatures/geom"
)

// A freeShaper draws polygons around 109.3° E, 40.2° N, with edges of at most
// edgeM metres.
type freeShaper struct {
	free
	edgeM float64
}

// place turns metres east and north of the middle into degrees.
func place(x, y float64) point {
	north, east := metresPerDegree(40.2)
	return point{109.3 + x/east, 40.2 + y/north}
}

func metres(p point) (x, y float64) {
	north, east := metresPerDegree(40.2)
	return (p.lon - 109.3) * east, (p.lat - 40.2) * north
}

// dense splits the edges of a ring, the same way whichever end comes first.
func dense(r ring, edgeM float64) ring {
	out := ring{r[0]}
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		n := int(math.Ceil(lengthM(a, b) / edgeM))
		flip := a.lon > b.lon || a.lon == b.lon && a.lat > b.lat
		if flip {
			a, b = b, a
		}
		for k := 1; k < n; k++ {
			t := float64(k) / float64(n)
			if flip {
				t = float64(n-k) / float64(n)
			}
			out = append(out, point{a.lon + t*(b.lon-a.lon), a.lat + t*(b.lat-a.lat)})
		}
		out = append(out, r[i])
	}
	return out
}

func (f *freeShaper) finish(g geom.Geometry) geom.Geometry {
	polygons := f.Rings(g)
	for _, p := range polygons {
		for i := range p {
			p[i] = dense(p[i], f.edgeM)
		}
	}
	return geometryOf(polygons)
}

func (f *freeShaper) closed(points ...point) geom.Geometry {
	return geometryOf([]polygon{{append(ring(points), points[0])}})
}

func (f *freeShaper) box(x, y, w, h, angle float64) geom.Geometry {
	c, s := math.Cos(angle), math.Sin(angle)
	at := func(u, v float64) point { return place(x+u*c-v*s, y+u*s+v*c) }
	return f.closed(at(0, 0), at(w, 0), at(w, h), at(0, h))
}

// star is a ring around a middle, star-shaped, of n corners.
func (f *freeShaper) star(r *rand.Rand, x, y, radius float64, n int) geom.Geometry {
	var points []point
	for i := range n {
		d := radius * (0.3 + 0.7*r.Float64())
		a := 2 * math.Pi * (float64(i) + 0.8*r.Float64()) / float64(n)
		points = append(points, place(x+d*math.Cos(a), y+d*math.Sin(a)))
	}
	return f.closed(points...)
}

func (f *freeShaper) fresh(r *rand.Rand) geom.Geometry {
	x, y := 700*r.Float64()-350, 500*r.Float64()-250
	size := 20 + 130*r.Float64()
	switch r.IntN(7) {
	case 0:
		return f.box(x, y, size, 20+130*r.Float64(), 0)
	case 1:
		return f.box(x, y, size, 20+130*r.Float64(), 2*math.Pi*r.Float64())
	case 2: // on a lattice of a twelfth of a second, axis-parallel
		const step = 1.0 / 43200
		snap := func(v float64) float64 { return math.Round(v/step) * step }
		a, b := place(x, y), place(x+size, y+size)
		a, b = point{snap(a.lon), snap(a.lat)}, point{snap(b.lon), snap(b.lat)}
		return f.closed(a, point{b.lon, a.lat}, b, point{a.lon, b.lat})
	case 3:
		return f.box(x, y, 3*size, 0.2+2*r.Float64(), 2*math.Pi*r.Float64())
	case 4: // a hole with an island in it
		outer := f.star(r, x, y, 60+size, 5+r.IntN(8))
		return f.Union(f.Minus(outer, f.box(x-15, y-15, 30, 30, r.Float64())), f.box(x-4, y-4, 8, 8, r.Float64()))
	default:
		return f.star(r, x, y, size, 3+r.IntN(12))
	}
}

func (f *freeShaper) moved(g geom.Geometry, x, y float64) geom.Geometry {
	a, b := place(0, 0), place(x, y)
	return g.TransformXY(func(p geom.XY) geom.XY { return geom.XY{X: p.X + b.lon - a.lon, Y: p.Y + b.lat - a.lat} })
}

// Draw tries until the shape is valid and not next to nothing: what is stored
// is.
func (f *freeShaper) Draw(r *rand.Rand, pool []geom.Geometry) geom.Geometry {
	for {
		g := f.finish(f.draw(r, pool))
		if g.Validate() == nil && f.AreaM2(g) > 0.05 {
			return g
		}
	}
}

func (f *freeShaper) draw(r *rand.Rand, pool []geom.Geometry) geom.Geometry {
	old := func() geom.Geometry { return f.fresh(r) }
	if len(pool) > 0 {
		old = func() geom.Geometry { return pool[r.IntN(len(pool))] }
	}
	switch r.IntN(14) {
	case 0:
		return old()
	case 1: // the rest of a shape: shares its edges
		return f.Minus(f.fresh(r), old())
	case 2:
		return f.Minus(old(), f.fresh(r))
	case 3:
		return f.Meet(old(), f.Half(r))
	case 4:
		return f.moved(old(), 4*r.Float64()-2, 4*r.Float64()-2)
	case 5: // touches in a corner
		a, b := f.Rings(f.fresh(r))[0][0][0], f.Rings(old())[0][0]
		ax, ay := metres(a)
		bx, by := metres(b[r.IntN(len(b))])
		g := f.closed(a, place(ax+60, ay+10*r.Float64()), place(ax+40*r.Float64(), ay+50))
		return f.moved(g, bx-ax, by-ay)
	case 6: // stands on an edge that it does not fill, with a corner on it
		b := f.Rings(old())[0][0]
		i := 1 + r.IntN(len(b)-1)
		p, q := b[i-1], b[i]
		at := func(t float64) point { return point{p.lon + t*(q.lon-p.lon), p.lat + t*(q.lat-p.lat)} }
		u, v := at(0.3*r.Float64()), at(1-0.3*r.Float64())
		ux, uy := metres(u)
		return f.closed(u, v, place(ux+80*r.Float64()-40, uy+80*r.Float64()-40))
	case 7:
		return f.Union(old(), f.fresh(r))
	default:
		return f.fresh(r)
	}
}

func (f *freeShaper) Large(r *rand.Rand) geom.Geometry {
	for {
		g := f.finish(f.Meet(f.box(-600, -500, 1200, 1000, 0), f.Union(f.Half(r), f.star(r, 0, 0, 400, 9))))
		if g.Validate() == nil && !g.IsEmpty() {
			return g
		}
	}
}

// Half is the ground on one side of a line near the middle.
func (f *freeShaper) Half(r *rand.Rand) geom.Geometry {
	angle := 2 * math.Pi * r.Float64()
	return f.box(200*r.Float64()-100, 200*r.Float64()-100, 3000, 3000, angle)
}
