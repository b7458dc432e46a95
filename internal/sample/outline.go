package sample

import "fmt"

// A point is a corner in millionths of a degree, longitude first.
type point struct{ lon, lat int64 }

// latticeLon and latticeLat are the spacing of the lattice on whose lines the
// written edges get their vertices: 42.6 m and 44.4 m at 40° N, so that no
// edge is longer than 50 m and an edge that several polygons share has the
// same vertices in each.
const (
	latticeLon = 500
	latticeLat = 400
)

// polygons are the outlines of the region: per connected part the shell,
// counter-clockwise, then its holes, clockwise; rings closed, corners only.
// Parts that meet in one point are two polygons.
func (r Region) polygons() ([][][]point, error) {
	g := newGrid(r)
	t := tracer{grid: g, inside: g.cover(r)}
	t.label()
	t.collectEdges()
	out := make([][][]point, t.parts)
	for len(t.order) > 0 {
		start := t.order[0]
		t.order = t.order[1:]
		if t.used[start] {
			continue
		}
		ring, part, err := t.follow(start)
		if err != nil {
			return nil, err
		}
		if doubleArea(ring) > 0 {
			out[part] = append([][]point{ring}, out[part]...)
		} else {
			out[part] = append(out[part], ring)
		}
	}
	return out, nil
}

// An edge is one side of one cell, with the inside of the region to its left.
type edge struct{ from, to point }

// A tracer walks around the marked cells of a grid.
type tracer struct {
	grid
	inside []bool
	part   []int // of each cell, 0-based; -1 outside
	parts  int
	next   map[point][]edge
	of     map[edge]int
	order  []edge
	used   map[edge]bool
}

// label numbers the parts; cells are neighbours by a side, not by a corner.
func (t *tracer) label() {
	t.part = make([]int, len(t.inside))
	for i := range t.part {
		t.part[i] = -1
	}
	for i := range t.inside {
		if !t.inside[i] || t.part[i] >= 0 {
			continue
		}
		todo := []int{i}
		t.part[i] = t.parts
		for len(todo) > 0 {
			c := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			x, y := c%t.columns(), c/t.columns()
			for _, d := range [4][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
				if n, ok := t.cell(x+d[0], y+d[1]); ok && t.part[n] < 0 {
					t.part[n] = t.parts
					todo = append(todo, n)
				}
			}
		}
		t.parts++
	}
}

// cell is the index of the cell, and whether there is one inside the region.
func (t *tracer) cell(x, y int) (int, bool) {
	if x < 0 || y < 0 || x >= t.columns() || y >= t.rows() {
		return 0, false
	}
	i := y*t.columns() + x
	return i, t.inside[i]
}

func (t *tracer) collectEdges() {
	t.next, t.of, t.used = map[point][]edge{}, map[edge]int{}, map[edge]bool{}
	for i, in := range t.inside {
		if !in {
			continue
		}
		x, y := i%t.columns(), i/t.columns()
		sw, se := point{t.xs[x], t.ys[y]}, point{t.xs[x+1], t.ys[y]}
		nw, ne := point{t.xs[x], t.ys[y+1]}, point{t.xs[x+1], t.ys[y+1]}
		for _, side := range []struct {
			dx, dy int
			e      edge
		}{{0, -1, edge{sw, se}}, {1, 0, edge{se, ne}}, {0, 1, edge{ne, nw}}, {-1, 0, edge{nw, sw}}} {
			if _, neighbour := t.cell(x+side.dx, y+side.dy); neighbour {
				continue
			}
			t.next[side.e.from] = append(t.next[side.e.from], side.e)
			t.of[side.e] = t.part[i]
			t.order = append(t.order, side.e)
		}
	}
}

// follow walks from an edge until it is back. Where two ways lead on, the
// region meets itself in a point, and the way to the left stays on the same
// cell. A ring that passes a point twice is an error: no writer and no reader
// agree on it.
func (t *tracer) follow(start edge) (ring []point, part int, err error) {
	seen := map[point]bool{}
	e := start
	for {
		t.used[e] = true
		if seen[e.from] {
			return nil, 0, fmt.Errorf("a ring passes %v twice", e.from)
		}
		seen[e.from] = true
		ring = append(ring, e.from)
		onward := t.next[e.to]
		e0 := e
		e = onward[0]
		for _, o := range onward[1:] {
			if turn(e0, o) > turn(e0, e) {
				e = o
			}
		}
		if e == start {
			return corners(ring), t.of[start], nil
		}
	}
}

// turn is positive where o bends to the left of e, negative to the right.
func turn(e, o edge) int {
	dx1, dy1 := sign(e.to.lon-e.from.lon), sign(e.to.lat-e.from.lat)
	dx2, dy2 := sign(o.to.lon-o.from.lon), sign(o.to.lat-o.from.lat)
	return dx1*dy2 - dy1*dx2
}

func sign(v int64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// corners drops the points in the middle of a straight run and closes the ring.
func corners(ring []point) []point {
	var out []point
	n := len(ring)
	for i, p := range ring {
		before, after := ring[(i+n-1)%n], ring[(i+1)%n]
		if turn(edge{before, p}, edge{p, after}) != 0 {
			out = append(out, p)
		}
	}
	return append(out, out[0])
}

// doubleArea is twice the signed area in square millionths of a degree,
// positive counter-clockwise, about the first corner so that it cannot
// overflow.
func doubleArea(ring []point) int64 {
	var sum int64
	o := ring[0]
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		sum += (a.lon-o.lon)*(b.lat-o.lat) - (b.lon-o.lon)*(a.lat-o.lat)
	}
	return sum
}

// withLattice puts a vertex wherever the ring crosses a line of the lattice.
func withLattice(ring []point) []point {
	out := []point{ring[0]}
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		for _, v := range between(a.lon, b.lon, latticeLon) {
			out = append(out, point{v, a.lat})
		}
		for _, v := range between(a.lat, b.lat, latticeLat) {
			out = append(out, point{a.lon, v})
		}
		out = append(out, b)
	}
	return out
}

// between lists the multiples of step strictly between a and b, on the way
// from a to b. Both are positive.
func between(a, b, step int64) []int64 {
	var out []int64
	switch {
	case a < b:
		for v := (a/step + 1) * step; v < b; v += step {
			out = append(out, v)
		}
	case a > b:
		for v := (a - 1) / step * step; v > b; v -= step {
			out = append(out, v)
		}
	}
	return out
}
