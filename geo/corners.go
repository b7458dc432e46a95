package geo

import (
	"fmt"
	"math"
)

// Corners are the vertices of a closed ring of plane coordinates that a
// surveyor would list: those that are left when the points on straight lines
// between others are taken out. Joined by straight lines in the plane, they give
// the ring back to within toleranceM.
//
// The method is that of Douglas and Peucker from two vertices that are corners
// for certain: the westernmost, the southernmost of several, and the one farthest
// from it. So the result does not hang on where the ring starts, nor on which way
// it goes, but for the order of the corners, which is the ring's own from the
// first of the two. The result is not closed. A ring of fewer than three distinct
// vertices has none.
func Corners(ring [][2]float64, toleranceM float64) [][2]float64 {
	n := len(ring)
	if n > 1 && ring[0] == ring[n-1] {
		n--
	}
	if n < 3 {
		return nil
	}
	west := 0
	for i := range n {
		if p, w := ring[i], ring[west]; p[0] < w[0] || p[0] == w[0] && p[1] < w[1] {
			west = i
		}
	}
	open := append(append([][2]float64{}, ring[west:n]...), ring[:west]...)
	far := 0
	for i, p := range open {
		if d, f := distance(p, open[0]), distance(open[far], open[0]); d > f || d == f && (p[0] < open[far][0] || p[0] == open[far][0] && p[1] < open[far][1]) {
			far = i
		}
	}
	if far == 0 {
		return nil
	}
	keep := make([]bool, n+1)
	keep[0], keep[far] = true, true
	closed := append(open, open[0])
	straighten(closed, 0, far, toleranceM, keep)
	straighten(closed, far, n, toleranceM, keep)
	var out [][2]float64
	for i := range n {
		if keep[i] {
			out = append(out, closed[i])
		}
	}
	return out
}

// straighten marks the vertices between two that are kept which the line between
// them does not come near.
func straighten(line [][2]float64, from, to int, toleranceM float64, keep []bool) {
	type stretch struct{ from, to int }
	for todo := []stretch{{from, to}}; len(todo) > 0; {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		worst, off := 0, toleranceM
		for i := s.from + 1; i < s.to; i++ {
			if d := distanceToSegment(line[i], line[s.from], line[s.to]); d > off {
				worst, off = i, d
			}
		}
		if worst > 0 {
			keep[worst] = true
			todo = append(todo, stretch{s.from, worst}, stretch{worst, s.to})
		}
	}
}

func distance(p, q [2]float64) float64 { return math.Hypot(p[0]-q[0], p[1]-q[1]) }

func distanceToSegment(p, a, b [2]float64) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	length2 := dx*dx + dy*dy
	if length2 == 0 {
		return distance(p, a)
	}
	t := min(max(((p[0]-a[0])*dx+(p[1]-a[1])*dy)/length2, 0), 1)
	return distance(p, [2]float64{a[0] + t*dx, a[1] + t*dy})
}

// FormatDMS writes degrees as degrees, minutes and seconds with four decimals,
// 3 mm on the ground: 109°30′12.3456″.
func FormatDMS(deg float64) string {
	sign := ""
	if deg < 0 {
		sign, deg = "-", -deg
	}
	units := int64(math.Round(deg * 3600 * 1e4))
	seconds, minutes := units%(60*1e4), units/(60*1e4)
	return fmt.Sprintf("%s%d°%02d′%02d.%04d″", sign, minutes/60, minutes%60, seconds/1e4, seconds%1e4)
}
