package rings

import (
	"cmp"
	"errors"
	"math"
	"slices"
)

// Bounds on the work of grouping the rings of one geometry. A real one stays
// far below; a made one is refused in about a second.
const (
	maxRingPairs    = 200_000_000
	maxRingEdges    = 1_000_000_000
	maxContainments = 4_000_000
)

// ErrWork says that the rings of one geometry cannot be grouped within the
// bounds. Assemble returns it.
var ErrWork = errors.New("too many nested rings")

// A ring is one ring of a geometry: points [start, end) of it.
type ring struct {
	start, end             int
	open                   bool // the first corner is not repeated at the end
	minX, minY, maxX, maxY float64
	doubleArea             float64 // signed, counter-clockwise positive
	spread                 float64 // the same without signs: 0 only on a line
}

// measure finds box and area. Differences are taken from the first corner, so
// that eastings of eight digits keep their millimetres.
func (r *ring) measure(points []float64, stride int) {
	x0, y0 := points[r.start*stride], points[r.start*stride+1]
	r.minX, r.maxX, r.minY, r.maxY = x0, x0, y0, y0
	var px, py, sum, spread float64
	for i := (r.start + 1) * stride; i < r.end*stride; i += stride {
		x, y := points[i], points[i+1]
		r.minX, r.maxX = min(r.minX, x), max(r.maxX, x)
		r.minY, r.maxY = min(r.minY, y), max(r.maxY, y)
		dx, dy := x-x0, y-y0
		sum += px*dy - dx*py
		spread += math.Abs(px*dy - dx*py)
		px, py = dx, dy
	}
	r.doubleArea, r.spread = sum, spread
}

// flat reports whether the ring lies on a line, up to the rounding of its
// coordinates, 7 nm at an easting of eight digits. The signed area would not do:
// a bow-tie encloses ground, and its two halves cancel.
func (r *ring) flat() bool {
	const epsilon = 1.0 / (1 << 52)
	largest := max(math.Abs(r.minX), math.Abs(r.maxX), math.Abs(r.minY), math.Abs(r.maxY))
	return r.spread <= 4*epsilon*largest*(r.maxX-r.minX+r.maxY-r.minY)
}

func (r *ring) boxIn(o *ring) bool {
	return r.minX >= o.minX && r.maxX <= o.maxX && r.minY >= o.minY && r.maxY <= o.maxY
}

// A grouping says which rings are shells and whose the holes are.
type grouping struct {
	parent     []int  // index of the shell a hole belongs to, -1 for a shell
	duplicate  []bool // the same ring, the same way round, as an earlier one
	duplicates int
}

// group tells shells from holes by containment alone: a ring inside an even
// number of others is a shell, inside an odd number a hole of the smallest
// shell around it. Orientation would be the word of the writer, and writers
// disagree; order means nothing.
func group(points []float64, stride int, rings []ring) (grouping, error) {
	g := grouping{parent: make([]int, len(rings)), duplicate: make([]bool, len(rings))}
	if len(rings) == 1 {
		g.parent[0] = -1
		return g, nil
	}
	around, err := g.containers(points, stride, rings)
	if err != nil {
		return g, err
	}
	for i := range rings {
		g.parent[i] = -1
		if len(around[i])%2 == 0 {
			continue
		}
		for _, j := range around[i] {
			if len(around[j])%2 == 0 && (g.parent[i] < 0 || smaller(&rings[j], &rings[g.parent[i]])) {
				g.parent[i] = j
			}
		}
	}
	return g, nil
}

func smaller(a, b *ring) bool { return math.Abs(a.doubleArea) < math.Abs(b.doubleArea) }

// containers lists for each ring those around it. It sweeps from west to east
// and looks only at rings whose boxes enclose the ring's.
func (g *grouping) containers(points []float64, stride int, rings []ring) ([][]int, error) {
	order := make([]int, len(rings))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(rings[a].minX, rings[b].minX),
			cmp.Compare(math.Abs(rings[b].doubleArea), math.Abs(rings[a].doubleArea)), cmp.Compare(a, b))
	})
	p := newLocator(points, stride, rings)
	around := make([][]int, len(rings))
	var active []int
	pairs, found := 0, 0
	for _, i := range order {
		if pairs += len(active); pairs > maxRingPairs || p.edges > maxRingEdges || found > maxContainments {
			return nil, ErrWork
		}
		r := &rings[i]
		active = slices.DeleteFunc(active, func(j int) bool { return rings[j].maxX < r.minX })
		for _, j := range active {
			o := &rings[j]
			if !r.boxIn(o) || smaller(o, r) {
				continue
			}
			switch p.side(i, j) {
			case inside:
				around[i] = append(around[i], j)
				found++
			case boundary:
				if (r.doubleArea > 0) == (o.doubleArea > 0) {
					g.duplicate[i] = true
				} else {
					around[i] = append(around[i], j)
				}
			}
			if g.duplicate[i] {
				g.duplicates++
				break
			}
		}
		if !g.duplicate[i] {
			active = append(active, i)
		}
	}
	return around, nil
}
