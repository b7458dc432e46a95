package geo

import (
	"fmt"
	"math"
	"slices"

	"github.com/twpayne/go-geom"
)

// MaxStoredVertices bounds what ToStore makes of one geometry. A county's
// outline has some tens of thousands; twenty million is 1.4 million km of
// boundary.
const MaxStoredVertices = 20_000_000

// maxFromMeridianM is how far from its central meridian a projected coordinate
// is taken at all.
const maxFromMeridianM = 2e6

// A CoordinateError says that a geometry cannot be stored because of a
// coordinate: not finite, off the globe, or so far from the others that its
// edges would have to be cut into absurdly many pieces.
type CoordinateError struct {
	// X and Y are the coordinate as the source gives it; zero where Reason
	// speaks of the whole geometry.
	X, Y   float64
	Reason string
}

func (e *CoordinateError) Error() string {
	return fmt.Sprintf("coordinate (%v, %v): %s", e.X, e.Y, e.Reason)
}

// ToStore carries a geometry in the coordinates of c to the store: edges
// densified to MaxEdgeM where they are straight in the source, then longitude
// and latitude in degrees on CGCS2000, layout XY, SRID StoreSRID. Shells run
// counter-clockwise and holes clockwise, as RFC 7946 has it; the first ring of
// a polygon is its shell. Z and M are dropped: the source keeps them.
//
// A datum that is not accepted as CGCS2000 returns a *DatumError, a coordinate
// that cannot be on the globe a *CoordinateError. Whether the place is
// plausible is not asked here; see Judge.
func ToStore(mp *geom.MultiPolygon, c CRS) (*geom.MultiPolygon, error) {
	if !c.AcceptedAsCGCS2000() {
		return nil, &DatumError{CRS: c}
	}
	return toStore(mp, c, inverseOf(c))
}

// inverseOf is the way from coordinates of c to longitude and latitude on its
// datum, the series worked out once.
func inverseOf(c CRS) func(x, y float64) (lonDeg, latDeg float64) {
	if !c.Projected {
		return c.Inverse
	}
	t := newTransverseMercator(c)
	return t.inverse
}

func toStore(mp *geom.MultiPolygon, c CRS, toLonLat func(x, y float64) (lonDeg, latDeg float64)) (*geom.MultiPolygon, error) {
	vertices, err := checkStorable(mp, c)
	if err != nil {
		return nil, err
	}
	out, err := lonLatXY(densify(mp, c, MaxEdgeM, vertices*mp.Stride()), c, toLonLat)
	if err != nil {
		return nil, err
	}
	orient(out)
	return out.SetSRID(StoreSRID), nil
}

// checkStorable finds coordinates that are not finite and geometries that
// densifying would blow up, before anything is allocated for them, and counts
// the points there will be.
func checkStorable(mp *geom.MultiPolygon, c CRS) (vertices int, err error) {
	stride, flat := mp.Stride(), mp.FlatCoords()
	for i := 0; i+1 < len(flat); i += stride {
		if !finite(flat[i]) || !finite(flat[i+1]) {
			return 0, &CoordinateError{flat[i], flat[i+1], "not a finite number"}
		}
	}
	start := 0
	for _, ends := range mp.Endss() {
		for _, end := range ends {
			for i := start; i < end; i += stride {
				vertices++
				if next := i + stride; next < end {
					pieces := edgePieces(flat[i:next], flat[next:next+stride], c, MaxEdgeM)
					if pieces == maxPieces {
						return 0, &CoordinateError{flat[next], flat[next+1], "thousands of kilometres from the corner before it"}
					}
					vertices += pieces - 1
				}
			}
			start = end
		}
	}
	if vertices > MaxStoredVertices {
		return 0, &CoordinateError{Reason: fmt.Sprintf("the edges are so long that splitting them would make %d points", vertices)}
	}
	return vertices, nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// lonLatXY carries every corner of mp, in coordinates of c, by toLonLat.
func lonLatXY(mp *geom.MultiPolygon, c CRS, toLonLat func(x, y float64) (lonDeg, latDeg float64)) (*geom.MultiPolygon, error) {
	stride, in := mp.Stride(), mp.FlatCoords()
	out := make([]float64, 0, len(in)/stride*2)
	for i := 0; i+1 < len(in); i += stride {
		// Further out the series no longer holds, and the inverse of nonsense can
		// land on the globe.
		if c.Projected && math.Abs(in[i]-c.FalseEastingM) > maxFromMeridianM {
			return nil, &CoordinateError{in[i], in[i+1], "more than 2000 km from the central meridian of " + c.Name}
		}
		lon, lat := toLonLat(in[i], in[i+1])
		// Written so that NaN fails too.
		if !(math.Abs(lon) <= 180 && math.Abs(lat) <= 90) {
			return nil, &CoordinateError{in[i], in[i+1], "not on the globe in " + c.Name}
		}
		out = append(out, lon, lat)
	}
	endss := make([][]int, 0, mp.NumPolygons())
	for _, ends := range mp.Endss() {
		e := slices.Clone(ends)
		for i := range e {
			e[i] = e[i] / stride * 2
		}
		endss = append(endss, e)
	}
	return geom.NewMultiPolygonFlat(geom.XY, out, endss), nil
}

// orient turns shells counter-clockwise and holes clockwise, in place.
func orient(mp *geom.MultiPolygon) {
	stride, flat, start := mp.Stride(), mp.FlatCoords(), 0
	for _, ends := range mp.Endss() {
		for r, end := range ends {
			ring := flat[start:end]
			if area := ringArea(ring, stride); (r == 0 && area < 0) || (r > 0 && area > 0) {
				reverseRing(ring, stride)
			}
			start = end
		}
	}
}

func reverseRing(ring []float64, stride int) {
	for i, j := 0, len(ring)-stride; i < j; i, j = i+stride, j-stride {
		for d := range stride {
			ring[i+d], ring[j+d] = ring[j+d], ring[i+d]
		}
	}
}

// ringArea is the signed shoelace area of a ring in its own units, positive
// counter-clockwise, on vectors from its first corner so that large
// coordinates do not cost digits.
func ringArea(ring []float64, stride int) float64 {
	var sum float64
	for i := stride; i+stride+1 < len(ring); i += stride {
		x1, y1 := ring[i]-ring[0], ring[i+1]-ring[1]
		x2, y2 := ring[i+stride]-ring[0], ring[i+stride+1]-ring[1]
		sum += x1*y2 - x2*y1
	}
	return sum / 2
}
