package geo

import (
	"fmt"
	"math"
	"slices"
)

// A Corner is a vertex of an outline that a surveyor would list.
type Corner struct {
	LonDeg, LatDeg float64
	EastM, NorthM  float64 // in the plane that corners were asked for in
	// EdgeIn is the system in which the edge to the next corner is straight: the
	// plane itself wherever it may be.
	EdgeIn CRS
}

// Corners are what is left of a closed ring in longitude and latitude when the
// points on straight edges between others are taken out. An edge is straight in
// the system it was surveyed in, which may be the plane, its two neighbours or
// longitude and latitude, and bends in every other: each edge names its own.
// Joined so, the corners give the ring back to within toleranceM: no point left
// out is farther from its edge.
//
// What is left does not hang on where the ring starts, nor on which way it goes,
// but for the order of the corners: the ring's own, from the westernmost, the
// southernmost of several. The result is not closed. It takes time that grows as
// the ring does, however rough. A ring of fewer than three distinct vertices has
// none; one that is narrower than the tolerance keeps more than it must.
func Corners(ring [][2]float64, plane CRS, toleranceM float64) []Corner {
	open := slices.Compact(slices.Clone(ring))
	if n := len(open); n > 1 && open[0] == open[n-1] {
		open = open[:n-1]
	}
	if len(open) < 3 {
		return nil
	}
	first, backwards, distinct := startOf(open, plane)
	if !distinct {
		return nil
	}
	open = slices.Concat(open[first:], open[:first])
	if backwards {
		slices.Reverse(open[1:])
	}
	straight := straightIn(plane, open[0][0], open[0][1])
	paths := make([][][2]float64, len(straight))
	for s, system := range straight {
		for _, p := range open {
			x, y := system.forward(p[0], p[1])
			paths[s] = append(paths[s], [2]float64{x, y})
		}
		paths[s] = append(paths[s], paths[s][0])
	}
	// What lies exactly on an edge goes first. Else an edge could run on over a
	// corner of very little turn to a point that only splits the next edge.
	edges := make([]edge, len(open))
	for i := range edges {
		edges[i].from = i
	}
	for _, tolerance := range []float64{toleranceM / 10, toleranceM} {
		if fewer := longest(edges, paths, tolerance); len(fewer) >= 3 {
			edges = fewer
		}
	}
	out := make([]Corner, len(edges))
	for i, e := range edges {
		out[i] = Corner{
			LonDeg: open[e.from][0], LatDeg: open[e.from][1], EastM: paths[0][e.from][0], NorthM: paths[0][e.from][1],
			EdgeIn: straight[e.system].crs,
		}
	}
	if backwards {
		slices.Reverse(out)
		own := out[0].EdgeIn
		for i := range out[1:] {
			out[i].EdgeIn = out[i+1].EdgeIn
		}
		out[len(out)-1].EdgeIn = own
	}
	west := 0
	for i, c := range out {
		if w := out[west]; c.EastM < w.EastM || c.EastM == w.EastM && c.NorthM < w.NorthM {
			west = i
		}
	}
	return slices.Concat(out[west:], out[:west])
}

// startOf finds a vertex that is a corner for certain, the one farthest from the
// westernmost, and the way to walk from it, both whatever the ring starts with.
// The westernmost itself may lie within an edge that runs due north.
func startOf(open [][2]float64, plane CRS) (first int, backwards, distinct bool) {
	t := newTransverseMercator(plane)
	points := make([][2]float64, len(open))
	west := 0
	less := func(p, q [2]float64) bool { return p[0] < q[0] || p[0] == q[0] && p[1] < q[1] }
	for i, p := range open {
		x, y := t.forward(p[0], p[1])
		points[i] = [2]float64{x, y}
		if less(points[i], points[west]) {
			west = i
		}
	}
	farthest := 0.0
	for i, p := range points {
		if d := distance(p, points[west]); d > farthest || d == farthest && less(p, points[first]) {
			first, farthest = i, d
		}
	}
	n := len(points)
	return first, less(points[(first+n-1)%n], points[(first+1)%n]), farthest > 0
}

// A straightness is a system in which edges may be straight, in metres.
type straightness struct {
	crs     CRS
	forward func(lonDeg, latDeg float64) (x, y float64)
}

// straightIn are the systems that the edges of ground in a plane come in, the
// likelier first. A zone of 6° has its meridian in common with one of these.
func straightIn(plane CRS, lonDeg, latDeg float64) []straightness {
	geographic, _ := familyCGCS2000.find(StoreSRID)
	eastM, northM := degreesToMetres(geographic.Ellipsoid, 1, 1, latDeg)
	out := []straightness{{plane, nil}, {geographic, func(lonDeg, latDeg float64) (x, y float64) { return lonDeg * eastM, latDeg * northM }}}
	nearer := math.Copysign(3, lonDeg-plane.CentralMeridianDeg)
	for _, away := range []float64{nearer, -nearer} {
		out = append(out, straightness{GaussKruger3Degree(plane.CentralMeridianDeg + away), nil})
	}
	for i := range out {
		if out[i].crs.Projected {
			t := newTransverseMercator(out[i].crs)
			out[i].forward = t.forward
		}
	}
	return out
}

// An edge begins at a vertex, ends where the next begins, and is straight in a
// system.
type edge struct{ from, system int }

// longest joins edges that follow each other to the longest that every vertex
// beneath lies near enough to, one after the other.
func longest(edges []edge, paths [][][2]float64, toleranceM float64) []edge {
	ends := make([]int, 0, len(edges)) // where an edge may end
	for _, e := range edges[1:] {
		ends = append(ends, e.from)
	}
	ends = append(ends, len(paths[0])-1)
	var out []edge
	for from, at := 0, 0; at < len(ends); {
		// An edge that nothing joins stays as it is.
		joined, next := edge{from, edges[at].system}, at+1
		for s, path := range paths {
			if n := at + reach(path, from, ends[at:], toleranceM); n > next || n == next && s == 0 {
				joined.system, next = s, n
			}
		}
		out = append(out, joined)
		from, at = ends[next-1], next
	}
	return out
}

// reach is how many of the ends, from the next, an edge can run to so that it
// passes every vertex on the way within the tolerance. The directions in which
// it may leave narrow from vertex to vertex, so that each is looked at once.
func reach(path [][2]float64, from int, ends []int, toleranceM float64) int {
	a := path[from]
	var ahead [2]float64 // direction that angles are counted from
	low, high, farthest := -math.Pi, math.Pi, 0.0
	reached := 0
	for i := from + 1; reached < len(ends); i++ {
		dx, dy := path[i][0]-a[0], path[i][1]-a[1]
		d := math.Hypot(dx, dy)
		if ahead == [2]float64{} && d > toleranceM {
			ahead = [2]float64{dx / d, dy / d}
		}
		angle := math.Atan2(ahead[0]*dy-ahead[1]*dx, ahead[0]*dx+ahead[1]*dy)
		if i == ends[reached] {
			// Written so that NaN fails. What lies farther than the end is off the edge.
			if !(d >= farthest && low <= angle && angle <= high) {
				break
			}
			reached++
		}
		farthest = max(farthest, d)
		if d > toleranceM {
			half := math.Asin(toleranceM / d)
			low, high = max(low, angle-half), min(high, angle+half)
		}
		if !(low <= high) {
			break
		}
	}
	return reached
}

func distance(p, q [2]float64) float64 { return math.Hypot(p[0]-q[0], p[1]-q[1]) }

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
