package mapsheet

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/taohe-gis/taohe/geo"
)

// cornerToleranceM is how near a point may lie to the line between two corners
// and be none itself.
const cornerToleranceM = 0.01

// licenceCorners numbers the corners of a licence as surveys do, clockwise from
// the north-west, polygon after polygon.
func licenceCorners(licence orb.MultiPolygon, crs geo.CRS) []corner {
	type listed struct {
		corners [][2]float64
		polygon int
	}
	var rings []listed
	for i, polygon := range licence {
		for k, ring := range polygon {
			points := make([][2]float64, len(ring))
			for i, p := range ring {
				points[i] = p
			}
			var corners [][2]float64
			for _, c := range geo.Corners(points, crs, cornerToleranceM) {
				corners = append(corners, [2]float64{c.EastM, c.NorthM})
			}
			if len(corners) > 0 {
				rings = append(rings, listed{clockwiseFromNorthWest(corners, k > 0), i})
			}
		}
	}
	first := map[int]float64{}
	for _, r := range rings {
		if _, known := first[r.polygon]; !known {
			first[r.polygon] = northWest(r.corners[0])
		}
	}
	slices.SortStableFunc(rings, func(a, b listed) int { return cmp.Compare(first[b.polygon], first[a.polygon]) })
	var out []corner
	for _, r := range rings {
		n := len(r.corners)
		for i, q := range r.corners {
			before, after := r.corners[(i+n-1)%n], r.corners[(i+1)%n]
			out = append(out, corner{no: len(out) + 1, northM: q[1], eastM: q[0], outward: leftOf(before, q, after)})
		}
	}
	return out
}

// northWest is larger the more a place lies to the north-west.
func northWest(p [2]float64) float64 { return p[1] - p[0] }

// clockwiseFromNorthWest lists corners as surveys do; those of a hole go the
// other way round, so that the licence is to the right of every edge.
func clockwiseFromNorthWest(corners [][2]float64, hole bool) [][2]float64 {
	sum := 0.0
	for i, p := range corners {
		q := corners[(i+1)%len(corners)]
		sum += (p[0]-corners[0][0])*(q[1]-corners[0][1]) - (q[0]-corners[0][0])*(p[1]-corners[0][1])
	}
	if (sum > 0) != hole {
		slices.Reverse(corners)
	}
	first := 0
	for i, p := range corners {
		if northWest(p) > northWest(corners[first]) {
			first = i
		}
	}
	return append(slices.Clone(corners[first:]), corners[:first]...)
}

// leftOf is the direction to the left of a way at its middle point, in degrees
// anticlockwise from east.
func leftOf(before, at, after [2]float64) float64 {
	x, y := 0.0, 0.0
	for _, edge := range [][2][2]float64{{before, at}, {at, after}} {
		dx, dy := edge[1][0]-edge[0][0], edge[1][1]-edge[0][1]
		if long := math.Hypot(dx, dy); long > 0 {
			x, y = x-dy/long, y+dx/long
		}
	}
	return math.Atan2(y, x) * 180 / math.Pi
}
