package geo

import (
	"fmt"
	"math"

	"github.com/twpayne/go-geom"
)

// A Shift brings coordinates that are not on CGCS2000 onto it, by parameters
// somebody supplied: Helmert, PlaneSimilarity or GCJ02.
type Shift interface {
	// toCGCS2000 is the way from coordinates of c to longitude and latitude on
	// CGCS2000; a *ShiftError where the shift does not apply to c.
	toCGCS2000(c CRS) (func(x, y float64) (lonDeg, latDeg float64), error)
}

// A ShiftError says that a shift cannot be used: senseless parameters, or a
// reference system it is not for.
type ShiftError struct{ Reason string }

func (e *ShiftError) Error() string { return "shift to CGCS2000: " + e.Reason }

// ToStoreVia is ToStore for coordinates that need a shift first. Edges are
// densified where they are straight, in the source; then every point goes
// through the shift. A shift that does not apply returns a *ShiftError.
func ToStoreVia(mp *geom.MultiPolygon, c CRS, s Shift) (*geom.MultiPolygon, error) {
	toLonLat, err := s.toCGCS2000(c)
	if err != nil {
		return nil, err
	}
	return toStore(mp, c, toLonLat)
}

// Rotation says which way the angles of a seven-parameter transformation turn.
// The two conventions differ in the sign of all three; mixing them up moves a
// place by tens of metres.
type Rotation string

const (
	// PositionVector turns the point in a fixed frame (EPSG method 9606; TOWGS84
	// of WKT 1).
	PositionVector Rotation = "position_vector"
	// CoordinateFrame turns the frame under the point (EPSG method 9607; the
	// Bursa–Wolf model 布尔沙模型 as Chinese surveying texts write it).
	CoordinateFrame Rotation = "coordinate_frame"
)

// Helmert is a seven-parameter similarity between geocentric systems, from the
// datum of the data to CGCS2000: metres, seconds of arc, parts per million.
// Longitudes and latitudes are carried at height zero: a height left out moves
// the place by less than a centimetre per hundred metres.
type Helmert struct {
	TxM, TyM, TzM       float64
	RxSec, RySec, RzSec float64
	ScalePPM            float64
	Rotation            Rotation
}

// Geocentric carries geocentric coordinates in metres, by the linearised
// rotation of IOGP Publication 373-7-2, methods 1032 and 1033. A Rotation that
// is neither constant counts as PositionVector; ToStoreVia refuses it.
func (h Helmert) Geocentric(x, y, z float64) (x2, y2, z2 float64) {
	const second = radian / 3600
	rx, ry, rz := h.RxSec*second, h.RySec*second, h.RzSec*second
	if h.Rotation == CoordinateFrame {
		rx, ry, rz = -rx, -ry, -rz
	}
	m := 1 + h.ScalePPM*1e-6
	return h.TxM + m*(x-rz*y+ry*z), h.TyM + m*(rz*x+y-rx*z), h.TzM + m*(-ry*x+rx*y+z)
}

func (h Helmert) toCGCS2000(c CRS) (func(x, y float64) (lonDeg, latDeg float64), error) {
	switch {
	case c.AcceptedAsCGCS2000():
		return nil, &ShiftError{c.Name + " is taken as CGCS2000 as it is"}
	case h.Rotation != PositionVector && h.Rotation != CoordinateFrame:
		return nil, &ShiftError{fmt.Sprintf("rotation %q is neither %s nor %s", h.Rotation, PositionVector, CoordinateFrame)}
	}
	for _, p := range []struct {
		name      string
		v, bounds float64
	}{
		{"x translation", h.TxM, 2000},
		{"y translation", h.TyM, 2000},
		{"z translation", h.TzM, 2000},
		{"x rotation", h.RxSec, 60},
		{"y rotation", h.RySec, 60},
		{"z rotation", h.RzSec, 60},
		{"scale", h.ScalePPM, 200},
	} {
		// Written so that NaN fails too.
		if !(math.Abs(p.v) <= p.bounds) {
			return nil, &ShiftError{fmt.Sprintf("%s of %v is beyond ±%v", p.name, p.v, p.bounds)}
		}
	}
	h0 := h
	h0.Rotation = ""
	if h0 == (Helmert{}) {
		return nil, &ShiftError{"all seven parameters are zero"}
	}
	inverse := inverseOf(c)
	return func(x, y float64) (float64, float64) {
		lon, lat := inverse(x, y)
		return geodetic(ellipsoidCGCS2000, h)(c.Ellipsoid.geocentric(lon, lat))
	}, nil
}

// geocentric is the place at height zero in metres.
func (e Ellipsoid) geocentric(lonDeg, latDeg float64) (x, y, z float64) {
	sinLat, cosLat := math.Sincos(latDeg * radian)
	sinLon, cosLon := math.Sincos(lonDeg * radian)
	n := e.SemiMajorM / math.Sqrt(1-e.e2()*sinLat*sinLat)
	return n * cosLat * cosLon, n * cosLat * sinLon, n * (1 - e.e2()) * sinLat
}

// geodetic applies h and takes the result back to degrees on e, dropping the
// height, by Bowring's iteration on the parametric latitude.
func geodetic(e Ellipsoid, h Helmert) func(x, y, z float64) (lonDeg, latDeg float64) {
	return func(x, y, z float64) (float64, float64) {
		x, y, z = h.Geocentric(x, y, z)
		e2 := e.e2()
		b := e.SemiMajorM * math.Sqrt(1-e2)
		p := math.Hypot(x, y)
		beta := math.Atan2(z*e.SemiMajorM, p*b)
		var lat float64
		for range 3 { // one step is good to nanometres near the surface
			sin, cos := math.Sincos(beta)
			lat = math.Atan2(z+e2/(1-e2)*b*sin*sin*sin, p-e2*e.SemiMajorM*cos*cos*cos)
			beta = math.Atan2(b*math.Sin(lat), e.SemiMajorM*math.Cos(lat))
		}
		return math.Atan2(y, x) / radian, lat / radian
	}
}

// PlaneSimilarity is a four-parameter transformation between two planes, as
// surveying offices hand it out with X to the north and Y to the east:
//
//	X' = DX + k(X cos α − Y sin α)
//	Y' = DY + k(X sin α + Y cos α),  k = 1 + ScalePPM·10⁻⁶
//
// It leads from the plane of the data, numbers as the file writes them, to the
// plane Target, which must be a projected system accepted as CGCS2000.
type PlaneSimilarity struct {
	DXM, DYM    float64
	RotationSec float64
	ScalePPM    float64
	Target      CRS
}

// Apply carries easting and northing.
func (s PlaneSimilarity) Apply(eastingM, northingM float64) (float64, float64) {
	sin, cos := math.Sincos(s.RotationSec / 3600 * radian)
	k := 1 + s.ScalePPM*1e-6
	return s.DYM + k*(northingM*sin+eastingM*cos), s.DXM + k*(northingM*cos-eastingM*sin)
}

func (s PlaneSimilarity) toCGCS2000(c CRS) (func(x, y float64) (lonDeg, latDeg float64), error) {
	switch {
	case !c.Projected:
		return nil, &ShiftError{"four plane parameters do not apply to longitude and latitude"}
	case !s.Target.Projected || !s.Target.AcceptedAsCGCS2000():
		return nil, &ShiftError{fmt.Sprintf("target %q is not a plane on CGCS2000", s.Target.Name)}
	case !finite(s.DXM) || !finite(s.DYM) || !(math.Abs(s.RotationSec) <= 3600*180) || !(math.Abs(s.ScalePPM) <= 10_000):
		return nil, &ShiftError{"four plane parameters out of bounds"}
	}
	inverse := inverseOf(s.Target)
	return func(x, y float64) (float64, float64) { return inverse(s.Apply(x, y)) }, nil
}
