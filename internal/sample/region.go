package sample

import (
	"maps"
	"slices"
)

// A rect is a rectangle of the graticule. Its sides are integers of a
// millionth of a degree, so that every union, intersection and difference of
// rectangles is exact.
type rect struct{ west, south, east, north int64 }

// A Region is a set of ground made of rectangles of the graticule. The
// rectangles do not overlap, and stand in a canonical order: two regions of
// the same ground that were cut by the same lines are equal. The zero Region
// is empty.
type Region struct{ rects []rect }

func box(west, south, east, north int64) Region {
	return Region{[]rect{{west, south, east, north}}}
}

// Empty reports whether the region holds no ground.
func (r Region) Empty() bool { return len(r.rects) == 0 }

// Minus is the ground of r that is not in any of the others.
func (r Region) Minus(others ...Region) Region {
	o := union(others...)
	return combine(r, o, func(inR, inO bool) bool { return inR && !inO })
}

// In is the ground of r that is also in o.
func (r Region) In(o Region) Region {
	return combine(r, o, func(inR, inO bool) bool { return inR && inO })
}

// And is the ground of r and of all the others, counted once.
func (r Region) And(others ...Region) Region {
	return union(append([]Region{r}, others...)...)
}

// union is the ground of all regions, counted once.
func union(regions ...Region) Region {
	var all Region
	for _, r := range regions {
		all = combine(all, r, func(inA, inB bool) bool { return inA || inB })
	}
	return all
}

// combine keeps the ground for which keep holds.
func combine(a, b Region, keep func(inA, inB bool) bool) Region {
	g := newGrid(a, b)
	inA, inB := g.cover(a), g.cover(b)
	kept := make([]bool, len(inA))
	for i := range kept {
		kept[i] = keep(inA[i], inB[i])
	}
	return g.region(kept)
}

// bounds is the smallest rectangle around the region.
func (r Region) bounds() rect {
	b := r.rects[0]
	for _, c := range r.rects[1:] {
		b.west, b.south = min(b.west, c.west), min(b.south, c.south)
		b.east, b.north = max(b.east, c.east), max(b.north, c.north)
	}
	return b
}

// A grid is the plane cut by all lines on which a side of some rectangle lies:
// between two neighbouring lines nothing changes, so a cell is either wholly
// inside a region or wholly outside.
type grid struct{ xs, ys []int64 }

func newGrid(regions ...Region) grid {
	xs, ys := map[int64]bool{}, map[int64]bool{}
	for _, r := range regions {
		for _, c := range r.rects {
			xs[c.west], xs[c.east] = true, true
			ys[c.south], ys[c.north] = true, true
		}
	}
	return grid{slices.Sorted(maps.Keys(xs)), slices.Sorted(maps.Keys(ys))}
}

func (g grid) columns() int { return max(len(g.xs)-1, 0) }
func (g grid) rows() int    { return max(len(g.ys)-1, 0) }

// cover marks the cells inside r, row by row from the south-west.
func (g grid) cover(r Region) []bool {
	cells := make([]bool, g.columns()*g.rows())
	for _, c := range r.rects {
		w, _ := slices.BinarySearch(g.xs, c.west)
		e, _ := slices.BinarySearch(g.xs, c.east)
		s, _ := slices.BinarySearch(g.ys, c.south)
		n, _ := slices.BinarySearch(g.ys, c.north)
		for y := s; y < n; y++ {
			for x := w; x < e; x++ {
				cells[y*g.columns()+x] = true
			}
		}
	}
	return cells
}

// region joins the marked cells to the longest runs of a row, and equal runs
// of neighbouring rows to one rectangle.
func (g grid) region(cells []bool) Region {
	var done, open []rect
	for y := range g.rows() {
		var runs []rect
		for x := 0; x < g.columns(); x++ {
			if !cells[y*g.columns()+x] {
				continue
			}
			start := x
			for x < g.columns() && cells[y*g.columns()+x] {
				x++
			}
			runs = append(runs, rect{g.xs[start], g.ys[y], g.xs[x], g.ys[y+1]})
		}
		for _, o := range open {
			i := slices.IndexFunc(runs, func(c rect) bool { return c.west == o.west && c.east == o.east })
			if i < 0 {
				done = append(done, o)
				continue
			}
			runs[i].south = o.south
		}
		open = runs
	}
	return Region{append(done, open...)}
}
