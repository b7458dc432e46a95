package geo

import (
	"math"

	"github.com/twpayne/go-geom"
)

// ExtentMarginM is how far outside a county's box, in metres, coordinates are
// still taken to belong to it.
const ExtentMarginM = 20_000.0

// An Extent is a box in longitude and latitude degrees that does not cross the
// antimeridian.
type Extent struct{ West, South, East, North float64 }

// ExtentOf is the box of a geometry in longitude and latitude degrees; that of
// an empty one contains nothing.
func ExtentOf(mp *geom.MultiPolygon) Extent {
	e := EmptyExtent()
	stride, flat := mp.Stride(), mp.FlatCoords()
	for i := 0; i+1 < len(flat); i += stride {
		e.West, e.East = min(e.West, flat[i]), max(e.East, flat[i])
		e.South, e.North = min(e.South, flat[i+1]), max(e.North, flat[i+1])
	}
	return e
}

// EmptyExtent contains nothing.
func EmptyExtent() Extent {
	return Extent{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
}

// With is the box around both.
func (e Extent) With(o Extent) Extent {
	return Extent{min(e.West, o.West), min(e.South, o.South), max(e.East, o.East), max(e.North, o.North)}
}

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
