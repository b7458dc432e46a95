package geo

import "math"

// ExtentMarginM is how far outside a county's box, in metres, coordinates are
// still taken to belong to it.
const ExtentMarginM = 20_000.0

// An Extent is a box in longitude and latitude degrees that does not cross the
// antimeridian.
type Extent struct{ West, South, East, North float64 }

// Contains says whether a point lies in the box, its border included.
func (e Extent) Contains(lonDeg, latDeg float64) bool {
	return e.West <= lonDeg && lonDeg <= e.East && e.South <= latDeg && latDeg <= e.North
}

// Grow is the box with at least the given margin in metres on every side,
// measured on CGCS2000 at the box's latitude furthest from the equator.
func (e Extent) Grow(marginM float64) Extent {
	lat := math.Min(89, math.Max(math.Abs(e.South), math.Abs(e.North)))
	eastM, northM := degreesToMetres(ellipsoidCGCS2000, 1, 1, lat)
	// A degree of latitude is shortest at the equator.
	_, shortest := degreesToMetres(ellipsoidCGCS2000, 1, 1, 0)
	dLon, dLat := marginM/eastM, marginM/math.Min(northM, shortest)
	return Extent{e.West - dLon, e.South - dLat, e.East + dLon, e.North + dLat}
}
