package sample

import "math"

// The CGCS2000 ellipsoid (GB 22021-2008).
const (
	semiMajorM        = 6378137.0
	inverseFlattening = 298.257222101
)

// AreaM2 is the area of the region on the CGCS2000 ellipsoid in square metres:
// the sum of the closed form of its rectangles. No overlay and no polygon
// formula takes part, which is why figures from it can judge both.
func (r Region) AreaM2() float64 {
	var sum float64
	for _, c := range r.rects {
		sum += c.areaM2()
	}
	return sum
}

// areaM2 is b²/2·ΔL·[q(B2) − q(B1)], the area between two meridians and two
// parallels of an ellipsoid of revolution. Source: the integral of the
// meridian and parallel radii, M·N·cosB; Snyder, Map Projections: A Working
// Manual, USGS 1395 (1987), eq. 3-12.
func (c rect) areaM2() float64 {
	const f = 1 / inverseFlattening
	b := semiMajorM * (1 - f)
	width := radians(c.east - c.west)
	return b * b / 2 * width * (authalicQ(radians(c.north)) - authalicQ(radians(c.south)))
}

// authalicQ is sinB/(1−e²sin²B) + ln((1+e·sinB)/(1−e·sinB))/(2e), B in radians.
func authalicQ(lat float64) float64 {
	const f = 1 / inverseFlattening
	const e2 = f * (2 - f)
	e, s := math.Sqrt(e2), math.Sin(lat)
	return s/(1-e2*s*s) + math.Log((1+e*s)/(1-e*s))/(2*e)
}

func radians(microDegrees int64) float64 {
	return float64(microDegrees) / 1e6 * math.Pi / 180
}
