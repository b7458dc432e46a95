package geo

import (
	"fmt"
	"math"

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
	s := storing{crs: c, toLonLat: toLonLat, out: make([]float64, 0, 2*vertices)}
	stride, flat, start := mp.Stride(), mp.FlatCoords(), 0
	endss := make([][]int, 0, mp.NumPolygons())
	for _, ends := range mp.Endss() {
		stored := make([]int, 0, len(ends))
		for _, end := range ends {
			if err := s.ring(flat[start:end], stride); err != nil {
				return nil, err
			}
			stored = append(stored, len(s.out))
			start = end
		}
		endss = append(endss, stored)
	}
	out := geom.NewMultiPolygonFlat(geom.XY, s.out, endss)
	orient(out)
	return out.SetSRID(StoreSRID), nil
}

// storing is one geometry on its way to the store.
type storing struct {
	crs      CRS
	toLonLat func(x, y float64) (lonDeg, latDeg float64)
	out      []float64
	between  []float64
}

// ring carries the corners of a ring and the points its edges are split by.
func (s *storing) ring(flat []float64, stride int) error {
	for i := 0; i < len(flat); i += stride {
		if err := s.point(flat[i], flat[i+1]); err != nil {
			return err
		}
		next := i + stride
		if next >= len(flat) {
			continue
		}
		// Of the corners only the plane counts: Z and M are not stored.
		p, q := flat[i:i+2:i+2], flat[next:next+2:next+2]
		pieces := edgePieces(p, q, s.crs, MaxEdgeM)
		if pieces == 1 {
			continue
		}
		s.between = appendBetween(s.between[:0], p, q, pieces)
		for j := 0; j < len(s.between); j += 2 {
			if err := s.point(s.between[j], s.between[j+1]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *storing) point(x, y float64) error {
	// Further out the series no longer holds, and the inverse of nonsense can
	// land on the globe.
	if s.crs.Projected && math.Abs(x-s.crs.FalseEastingM) > maxFromMeridianM {
		return &CoordinateError{x, y, "more than 2000 km from the central meridian of " + s.crs.Name}
	}
	lon, lat := s.toLonLat(x, y)
	// Written so that NaN fails too.
	if !(math.Abs(lon) <= 180 && math.Abs(lat) <= 90) {
		return &CoordinateError{x, y, "not on the globe in " + s.crs.Name}
	}
	s.out = append(s.out, lon, lat)
	return nil
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
