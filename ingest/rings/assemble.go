// Package rings makes polygons of loose rings: the parts of a shapefile record,
// the blocks of a corner table. Containment alone tells shells from holes. It
// repairs nothing but joints: what is wrong with a ring it counts, and the
// caller tells.
package rings

import "github.com/twpayne/go-geom"

// An Assembler makes polygons. Its buffers are reused: what Assemble returns is
// valid until the next call.
type Assembler struct {
	rings []ring
	flat  []float64
}

// A Result is what became of the rings of one geometry.
type Result struct {
	// Polygons is nil where no ring encloses ground. Rings are closed, in the
	// order and direction they came in, shells before their holes.
	Polygons *geom.MultiPolygon
	// Open counts the rings whose first corner was not repeated at the end.
	Open int
	// Dropped counts the rings of fewer than four corners once closed, or on a
	// line; DroppedAt is the first corner of the first of them.
	Dropped   int
	DroppedAt [2]float64
	// Duplicates counts the rings left out because an earlier one is the same.
	Duplicates int
	// Reversed says that a shell ran counter-clockwise or a hole clockwise.
	Reversed bool
	// Clockwise says that a shell ran clockwise or a hole counter-clockwise.
	// Only Keep tells.
	Clockwise bool
}

// Assemble makes polygons of the rings that end at the given points; ends
// counts points, not ordinates. Heights are carried along; a joint at which
// only they differ is mended in place. Rings too many and too deep to group
// within bounds return ErrWork.
func (a *Assembler) Assemble(layout geom.Layout, points []float64, ends []int) (Result, error) {
	stride := layout.Stride()
	var out Result
	a.sound(&out, points, stride, ends)
	if len(a.rings) == 0 {
		return out, nil
	}
	g, err := group(points, stride, a.rings)
	if err != nil {
		return out, err
	}
	out.Duplicates = g.duplicates
	holes := make([][]int, len(a.rings))
	for i, p := range g.parent {
		if p >= 0 && !g.duplicate[i] {
			holes[p] = append(holes[p], i)
		}
	}
	a.flat = a.flat[:0]
	var endss [][]int
	for i := range a.rings {
		if g.parent[i] >= 0 || g.duplicate[i] {
			continue
		}
		polygon := make([]int, 0, 1+len(holes[i]))
		polygon = append(polygon, a.emit(&out, points, i, true, stride))
		for _, h := range holes[i] {
			polygon = append(polygon, a.emit(&out, points, h, false, stride))
		}
		endss = append(endss, polygon)
	}
	out.Polygons = geom.NewMultiPolygonFlat(layout, a.flat, endss)
	return out, nil
}

// sound measures the rings, marks the open ones and drops those that enclose
// nothing.
func (a *Assembler) sound(out *Result, points []float64, stride int, ends []int) {
	a.rings = a.rings[:0]
	start := 0
	for _, end := range ends {
		r := ring{start: start, end: end}
		start = end
		n := r.end - r.start
		if n > 0 {
			first, last := points[r.start*stride:], points[(r.end-1)*stride:]
			for k := range stride {
				r.open = r.open || first[k] != last[k]
			}
			// Only the height differs at the joint: the corner is there.
			if r.open && n > 1 && first[0] == last[0] && first[1] == last[1] {
				last[2], r.open = first[2], false
			}
			if r.open {
				n++
			}
			r.measure(points, stride)
		}
		if n < 4 || r.flat() {
			if out.Dropped++; out.Dropped == 1 && n > 0 {
				out.DroppedAt = [2]float64{points[r.start*stride], points[r.start*stride+1]}
			}
			continue
		}
		if r.open {
			out.Open++
		}
		a.rings = append(a.rings, r)
	}
}

// emit appends a ring, closed, and returns where it ends.
func (a *Assembler) emit(out *Result, points []float64, i int, shell bool, stride int) int {
	r := &a.rings[i]
	a.flat = append(a.flat, points[r.start*stride:r.end*stride]...)
	if r.open {
		a.flat = append(a.flat, points[r.start*stride:(r.start+1)*stride]...)
	}
	// The halves of a bow-tie can cancel: it runs neither way.
	if clockwise := r.doubleArea < 0; r.doubleArea != 0 && clockwise != shell {
		out.Reversed = true
	}
	return len(a.flat)
}
