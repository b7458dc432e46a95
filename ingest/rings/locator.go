package rings

import "math"

// side is where a point or a ring lies relative to a ring.
type side int

const (
	outside  side = -1
	boundary side = 0
	inside   side = 1
)

// A locator answers on which side of a ring another lies. Rings asked about
// often get an index of their edges by northing.
type locator struct {
	points []float64
	stride int
	rings  []ring
	// near is the distance below which a point counts as on an edge: corners
	// that touch an edge were rounded when they were written.
	near  float64
	edges int // edges looked at so far
	asked []int
	slabs map[int]*slabs
}

// slabs lists the edges of a ring by horizontal strips.
type slabs struct {
	minY, height float64
	first        []int32 // offsets into edges, one more than strips
	edges        []int32
}

func newLocator(points []float64, stride int, rings []ring) *locator {
	l := &locator{points: points, stride: stride, rings: rings, asked: make([]int, len(rings)), slabs: map[int]*slabs{}}
	var largest float64
	for i := range rings {
		r := &rings[i]
		largest = max(largest, math.Abs(r.minX), math.Abs(r.maxX), math.Abs(r.minY), math.Abs(r.maxY))
	}
	l.near = 4e-12 * largest
	return l
}

// side tells where ring i lies relative to ring j, by the vote of its corners,
// then of the middles of its edges; corners on ring j do not vote. It is
// boundary where the two are the same line.
func (l *locator) side(i, j int) side {
	r := &l.rings[i]
	n := r.end - r.start
	step := max(1, n/64)
	vote := 0
	for k := 0; k < n; k += step {
		x, y := l.corner(r, k)
		if vote += int(l.locate(j, x, y)); vote >= 3 || vote <= -3 {
			break
		}
	}
	for k := 0; vote == 0 && k < n; k += step {
		ax, ay := l.corner(r, k)
		bx, by := l.corner(r, (k+1)%n)
		vote += int(l.locate(j, ax+(bx-ax)/2, ay+(by-ay)/2))
	}
	return side(min(1, max(-1, vote)))
}

func (l *locator) corner(r *ring, k int) (x, y float64) {
	at := (r.start + k) * l.stride
	return l.points[at], l.points[at+1]
}

// locate tells where a point lies relative to ring j, by even-odd crossings.
func (l *locator) locate(j int, x, y float64) side {
	r := &l.rings[j]
	n := r.end - r.start
	in := false
	if s := l.index(j); s != nil {
		strip := int((y - s.minY) / s.height)
		if strip < 0 || strip >= len(s.first)-1 {
			return outside
		}
		for _, k := range s.edges[s.first[strip]:s.first[strip+1]] {
			on, crosses := l.edge(r, int(k), x, y)
			if on {
				return boundary
			}
			in = in != crosses
		}
	} else {
		for k := range n {
			on, crosses := l.edge(r, k, x, y)
			if on {
				return boundary
			}
			in = in != crosses
		}
	}
	if in {
		return inside
	}
	return outside
}

// edge looks at the edge from corner k to the next: whether the point is on
// it, and whether a ray eastward from the point crosses it.
func (l *locator) edge(r *ring, k int, x, y float64) (on, crosses bool) {
	l.edges++
	ax, ay := l.corner(r, k)
	bx, by := l.corner(r, (k+1)%(r.end-r.start))
	if y < min(ay, by)-l.near || y > max(ay, by)+l.near {
		return false, false
	}
	ax, ay, bx, by = ax-x, ay-y, bx-x, by-y
	dx, dy := bx-ax, by-ay
	t := 0.0
	if d := dx*dx + dy*dy; d > 0 {
		t = min(1, max(0, -(ax*dx+ay*dy)/d))
	}
	if math.Hypot(ax+t*dx, ay+t*dy) <= l.near {
		return true, false
	}
	if (ay > 0) == (by > 0) {
		return false, false
	}
	return false, ax-ay*dx/dy > 0
}

// index returns the strips of ring j once it is large and asked about often.
func (l *locator) index(j int) *slabs {
	if l.asked[j]++; l.asked[j] < 8 {
		return nil
	}
	s, ok := l.slabs[j]
	if !ok {
		if r := &l.rings[j]; r.end-r.start > 128 {
			s = l.build(r)
		}
		l.slabs[j] = s
	}
	return s
}

// build chooses as many strips as keep the listed edges within four times the
// ring's, so that long edges cannot blow the index up.
func (l *locator) build(r *ring) *slabs {
	n := r.end - r.start
	minY, height := r.minY-2*l.near, r.maxY-r.minY+4*l.near
	for strips := n / 8; strips > 1; strips /= 2 {
		s := &slabs{minY: minY, height: height / float64(strips), first: make([]int32, strips+1)}
		span := func(k int) (lo, hi int) {
			_, ay := l.corner(r, k)
			_, by := l.corner(r, (k+1)%n)
			lo = int((min(ay, by) - l.near - s.minY) / s.height)
			hi = int((max(ay, by) + l.near - s.minY) / s.height)
			return max(0, lo), min(strips-1, hi)
		}
		total := 0
		for k := range n {
			lo, hi := span(k)
			total += hi - lo + 1
		}
		l.edges += n
		if total > 4*n {
			continue
		}
		for k := range n {
			for lo, hi := span(k); lo <= hi; lo++ {
				s.first[lo+1]++
			}
		}
		for i := range strips {
			s.first[i+1] += s.first[i]
		}
		s.edges = make([]int32, total)
		next := append([]int32(nil), s.first[:strips]...)
		for k := range n {
			for lo, hi := span(k); lo <= hi; lo++ {
				s.edges[next[lo]] = int32(k)
				next[lo]++
			}
		}
		return s
	}
	return nil
}
