package mapsheet

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/report/drawing"
)

// cornerToleranceM is how near a point may lie to the line between two corners
// and be none itself.
const cornerToleranceM = 0.01

// roughCorners is more than any surveyed licence has.
const roughCorners = 2000

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
			if c := fewestCorners(ring, crs); len(c) > 0 {
				rings = append(rings, listed{clockwiseFromNorthWest(c, k > 0), i})
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

// fewestCorners are the corners of a ring in the plane of the mine. An edge is
// straight in the system it was surveyed in, and bends a little in every other,
// where points of it would pass for corners. The system is one of the zone, its
// neighbours or longitude and latitude: the one that needs the fewest.
func fewestCorners(ring orb.Ring, crs geo.CRS) [][2]float64 {
	if len(ring) < 3 {
		return nil
	}
	// An outline that is rough all over has a corner at each of its points, and
	// looking for the fewest would take minutes.
	own := make([]drawing.Point, len(ring))
	for i, p := range ring {
		own[i].X, own[i].Y = crs.Forward(p[0], p[1])
	}
	if thin := drawing.Thin(own, cornerToleranceM); len(thin) > roughCorners {
		out := make([][2]float64, len(thin)-1)
		for i := range out {
			out[i] = [2]float64{thin[i].X, thin[i].Y}
		}
		return out
	}
	const metresPerDegree = 111e3
	shrink := math.Cos(ring[0][1] * math.Pi / 180)
	degrees := func(lon, lat float64) (float64, float64) {
		return lon * metresPerDegree * shrink, lat * metresPerDegree
	}
	systems := []func(lon, lat float64) (x, y float64){crs.Forward, degrees}
	for _, zones := range []float64{-3, 3} {
		systems = append(systems, geo.GaussKruger3Degree(crs.CentralMeridianDeg+zones).Forward)
	}
	var best [][2]float64
	for _, forward := range systems {
		plane, back := make([][2]float64, len(ring)), make(map[[2]float64]orb.Point, len(ring))
		for i, p := range ring {
			x, y := forward(p[0], p[1])
			plane[i] = [2]float64{x, y}
			back[plane[i]] = p
		}
		found := straightened(geo.Corners(plane, cornerToleranceM))
		if best != nil && len(found) >= len(best) {
			continue
		}
		best = make([][2]float64, len(found))
		for i, q := range found {
			east, north := crs.Forward(back[q][0], back[q][1])
			best[i] = [2]float64{east, north}
		}
	}
	return best
}

// straightened takes out corners that lie on the line between their neighbours:
// the two that corners are looked for from may be such, on an edge that runs due
// north.
func straightened(corners [][2]float64) [][2]float64 {
	for i := 0; i < len(corners) && len(corners) > 3; {
		n := len(corners)
		p, a, b := corners[i], corners[(i+n-1)%n], corners[(i+1)%n]
		long := math.Hypot(b[0]-a[0], b[1]-a[1])
		along := (p[0]-a[0])*(b[0]-a[0]) + (p[1]-a[1])*(b[1]-a[1])
		off := math.Abs((b[0]-a[0])*(p[1]-a[1]) - (b[1]-a[1])*(p[0]-a[0]))
		if off <= cornerToleranceM*long && along > 0 && along < long*long {
			corners = slices.Delete(corners, i, i+1)
		} else {
			i++
		}
	}
	return corners
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
