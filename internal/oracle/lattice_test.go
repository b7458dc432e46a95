package oracle

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// A lattice is an uneven grid of cells, each cut into two triangles along one of
// its diagonals. Ground is a set of triangles: algebra is that of bits, two
// triangles are connected when they share an edge, areas are sums. All corners
// of all shapes are lattice nodes, so nothing is ever rounded.
type lattice struct {
	nx, ny int
	lon    []float64
	lat    []float64
	rising []bool // cell → its diagonal goes from south-west to north-east

	areas      []float64
	neighbours [][3]int32 // across edge k, from corner k to k+1; -1 outside
	keep       uint64     // which collinear nodes an outline keeps
}

type cells []uint64

// newLattice draws a grid whose south-west corner is at 109.3° E, 40.2° N and
// whose columns and rows are from 0.3 m to 45 m wide.
func newLattice(r *rand.Rand, n int) *lattice {
	l := &lattice{nx: n, ny: n, keep: r.Uint64()}
	north, east := metresPerDegree(40.2)
	line := func(start, perDegree float64) []float64 {
		out := []float64{start}
		for range n {
			step := []float64{0.3, 0.8, 1.3, 3, 8, 15, 25, 35, 45}[r.IntN(9)] * (1 + r.Float64()/20)
			out = append(out, out[len(out)-1]+step/perDegree)
		}
		return out
	}
	l.lon, l.lat = line(109.3, east), line(40.2, north)
	for range n * n {
		l.rising = append(l.rising, r.IntN(2) == 0)
	}
	for t := range 2 * n * n {
		c := l.corners(t)
		l.areas = append(l.areas, ringAreaM2(ring{l.at(c[0]), l.at(c[1]), l.at(c[2]), l.at(c[0])}))
	}
	l.join()
	return l
}

// corners are the nodes of a triangle, counter-clockwise.
func (l *lattice) corners(t int) [3]int32 {
	cell := t / 2
	sw := int32(cell/l.nx*(l.nx+1) + cell%l.nx)
	se, nw := sw+1, sw+int32(l.nx)+1
	ne := nw + 1
	switch {
	case l.rising[cell] && t%2 == 0:
		return [3]int32{sw, se, ne}
	case l.rising[cell]:
		return [3]int32{sw, ne, nw}
	case t%2 == 0:
		return [3]int32{sw, se, nw}
	default:
		return [3]int32{se, ne, nw}
	}
}

func (l *lattice) at(node int32) point {
	return point{l.lon[int(node)%(l.nx+1)], l.lat[int(node)/(l.nx+1)]}
}

func (l *lattice) join() {
	l.neighbours = make([][3]int32, len(l.areas))
	across := make(map[[2]int32]int32)
	for t := range l.areas {
		c := l.corners(t)
		for k := range c {
			across[[2]int32{c[k], c[(k+1)%3]}] = int32(t)
		}
	}
	for t := range l.areas {
		c := l.corners(t)
		for k := range c {
			n, ok := across[[2]int32{c[(k+1)%3], c[k]}]
			if !ok {
				n = -1
			}
			l.neighbours[t][k] = n
		}
	}
}

func (l *lattice) Exact() bool  { return true }
func (l *lattice) Err() error   { return nil }
func (l *lattice) Empty() cells { return make(cells, (len(l.areas)+63)/64) }

func (l *lattice) combine(a, b cells, f func(x, y uint64) uint64) cells {
	out := l.Empty()
	for i := range out {
		out[i] = f(a[i], b[i])
	}
	return out
}

func (l *lattice) Union(a, b cells) cells {
	return l.combine(a, b, func(x, y uint64) uint64 { return x | y })
}

func (l *lattice) Meet(a, b cells) cells {
	return l.combine(a, b, func(x, y uint64) uint64 { return x & y })
}

func (l *lattice) Minus(a, b cells) cells {
	return l.combine(a, b, func(x, y uint64) uint64 { return x &^ y })
}

func (c cells) has(t int) bool { return c[t/64]>>(t%64)&1 == 1 }
func (c cells) set(t int)      { c[t/64] |= 1 << (t % 64) }

func (c cells) each(f func(t int)) {
	for i, w := range c {
		for ; w != 0; w &= w - 1 {
			f(i*64 + bits.TrailingZeros64(w))
		}
	}
}

func (l *lattice) AreaM2(c cells) float64 {
	var sum float64
	c.each(func(t int) { sum += l.areas[t] })
	return sum
}

func (l *lattice) PerimeterM(c cells) float64 {
	var sum float64
	c.each(func(t int) {
		corners := l.corners(t)
		for k, n := range l.neighbours[t] {
			if n < 0 || !c.has(int(n)) {
				sum += lengthM(l.at(corners[k]), l.at(corners[(k+1)%3]))
			}
		}
	})
	return sum
}

func (l *lattice) Parts(c cells) []cells {
	var out []cells
	seen := l.Empty()
	c.each(func(start int) {
		if seen.has(start) {
			return
		}
		part, queue := l.Empty(), []int{start}
		seen.set(start)
		for len(queue) > 0 {
			t := queue[len(queue)-1]
			queue = queue[:len(queue)-1]
			part.set(t)
			for _, n := range l.neighbours[t] {
				if n >= 0 && c.has(int(n)) && !seen.has(int(n)) {
					seen.set(int(n))
					queue = append(queue, int(n))
				}
			}
		}
		out = append(out, part)
	})
	return out
}

// Rings walks the outline of each part, ground on the left. Where the outline
// meets itself in a node it turns right as far as it can, along the ground it
// leaves out: so rings touch one another and never themselves.
func (l *lattice) Rings(c cells) []polygon {
	var out []polygon
	for _, part := range l.Parts(c) {
		next := make(map[int32][]int32)
		part.each(func(t int) {
			corners := l.corners(t)
			for k, n := range l.neighbours[t] {
				if n < 0 || !part.has(int(n)) {
					next[corners[k]] = append(next[corners[k]], corners[(k+1)%3])
				}
			}
		})
		var rings polygon
		nodes := make([]int32, 0, len(next))
		for n := range next {
			nodes = append(nodes, n)
		}
		slices.Sort(nodes)
		for _, n := range nodes {
			for len(next[n]) > 0 {
				rings = append(rings, l.thin(l.walk(next, n)))
			}
		}
		shell := slices.IndexFunc(rings, func(r ring) bool { return ringAreaM2(r) > 0 })
		rings[0], rings[shell] = rings[shell], rings[0]
		out = append(out, rings)
	}
	return out
}

func (l *lattice) walk(next map[int32][]int32, start int32) ring {
	from, at := int32(-1), start
	r := ring{l.at(start)}
	for {
		choice := 0
		if from >= 0 {
			back, best := l.direction(at, from), math.Inf(1)
			for i, to := range next[at] {
				angle := math.Mod(l.direction(at, to)-back+4*math.Pi, 2*math.Pi)
				if angle < best {
					best, choice = angle, i
				}
			}
		}
		to := next[at][choice]
		next[at] = slices.Delete(next[at], choice, choice+1)
		from, at = at, to
		r = append(r, l.at(to))
		if at == start {
			return r
		}
	}
}

func (l *lattice) direction(from, to int32) float64 {
	a, b := l.at(from), l.at(to)
	return math.Atan2(b.lat-a.lat, b.lon-a.lon)
}

// thin leaves out some of the nodes on which a row or column runs straight on,
// as long as no edge grows over 60 m: neighbours then do not share all their
// corners.
func (l *lattice) thin(r ring) ring {
	out := ring{r[0]}
	for i := 1; i+1 < len(r); i++ {
		last, p, after := out[len(out)-1], r[i], r[i+1]
		straight := last.lon == p.lon && p.lon == after.lon || last.lat == p.lat && p.lat == after.lat
		bit := l.keep >> ((i*7 + len(r)*13) % 64) & 1
		if straight && bit == 0 && lengthM(last, after) < 60 {
			continue
		}
		out = append(out, p)
	}
	return append(out, r[len(r)-1])
}
