package geo

import (
	"math"

	"github.com/twpayne/go-geom"
)

// The official constants of the trapezoid formula on CGCS2000
// (国土调查办发〔2008〕32号 附件《图幅理论面积与图斑椭球面积计算公式及要求》,
// constants of CGCS2000 as in TD/T 1055-2019): the semi-minor axis in metres,
// and A to E, sums over the powers of
// e² = 0.00669438002290.
const (
	officialSemiMinorM = 6356752.31414036
	officialE2         = 0.00669438002290
	officialA          = 1 + officialE2*(3.0/6+officialE2*(30.0/80+officialE2*(35.0/112+officialE2*630.0/2304)))
	officialB          = officialE2 * (1.0/6 + officialE2*(15.0/80+officialE2*(21.0/112+officialE2*420.0/2304)))
	officialC          = officialE2 * officialE2 * (3.0/80 + officialE2*(7.0/112+officialE2*180.0/2304))
	officialD          = officialE2 * officialE2 * officialE2 * (1.0/112 + officialE2*45.0/2304)
	officialE          = officialE2 * officialE2 * officialE2 * officialE2 * (5.0 / 2304)
)

// EllipsoidalAreaM2 is the area on the CGCS2000 ellipsoid, in square metres,
// of a geometry in longitude and latitude degrees, by the trapezoid sum of
// 国土调查办发〔2008〕32号 with its coefficients: each edge spans a trapezoid
// to a fixed meridian, taken here through the first corner of its ring (the
// choice changes nothing but the rounding). Nothing is rounded.
//
// The formula takes an edge by the mean of its longitudes, so edges must be
// short: densify first. The first ring of a polygon counts, the others are
// subtracted, whichever way they run; overlapping polygons count twice. The
// result is never negative; an empty geometry has none.
func EllipsoidalAreaM2(mp *geom.MultiPolygon) float64 {
	return areaByRole(mp, func(ring []float64, stride int) float64 {
		return sumEdges(ring, stride, officialTrapezoid)
	})
}

// areaByRole adds the shells and subtracts the holes of a geometry.
func areaByRole(mp *geom.MultiPolygon, ringArea func(ring []float64, stride int) float64) float64 {
	var total float64
	stride, flat, start := mp.Stride(), mp.FlatCoords(), 0
	for _, ends := range mp.Endss() {
		var polygon float64
		for r, end := range ends {
			a := math.Abs(ringArea(flat[start:end], stride))
			if r > 0 {
				a = -a
			}
			polygon += a
			start = end
		}
		// Holes larger than their shell are a fault of the data; a negative
		// area would hide it inside the sum of the others.
		total += math.Max(0, polygon)
	}
	return total
}

// sumEdges adds a signed quantity over the edges of a ring. The edge function
// is given longitudes less that of the ring's first corner, all in radians.
func sumEdges(ring []float64, stride int, edge func(l1, b1, l2, b2 float64) float64) float64 {
	if len(ring) < 3*stride {
		return 0
	}
	lon0 := ring[0]
	last := len(ring) - stride
	l1, b1 := (ring[last]-lon0)*radian, ring[last+1]*radian
	var sum float64
	for i := 0; i < len(ring); i += stride {
		l2, b2 := (ring[i]-lon0)*radian, ring[i+1]*radian
		sum += edge(l1, b1, l2, b2)
		l1, b1 = l2, b2
	}
	return sum
}

// officialTrapezoid is formula (2) of 32号 for one edge, radians in, square
// metres out: 2b²ΔL[A sin(½ΔB)cos Bm − B sin(3/2ΔB)cos 3Bm + C sin(5/2ΔB)cos
// 5Bm − D sin(7/2ΔB)cos 7Bm + E sin(9/2ΔB)cos 9Bm].
func officialTrapezoid(l1, b1, l2, b2 float64) float64 {
	if b1 == b2 {
		return 0
	}
	s1, _ := smallSincos((b2 - b1) / 2)
	c1 := math.Cos((b1 + b2) / 2)
	// sin and cos of the odd multiples by sin(k+2)x = 2cos2x·sin kx − sin(k−2)x.
	p, q := 2-4*s1*s1, 4*c1*c1-2
	s3, c3 := s1*(p+1), c1*(q-1)
	s5, c5 := p*s3-s1, q*c3-c1
	s7, c7 := p*s5-s3, q*c5-c3
	s9, c9 := p*s7-s5, q*c7-c5
	sum := officialA*s1*c1 - officialB*s3*c3 + officialC*s5*c5 - officialD*s7*c7 + officialE*s9*c9
	return 2 * officialSemiMinorM * officialSemiMinorM * (l1 + l2) / 2 * sum
}

// PlanarAreaM2 is the area in square metres in the plane of c of a geometry in
// longitude and latitude degrees on the datum of c. Corners are projected and
// joined by straight lines of that plane. Holes are subtracted by role, the
// result is never negative. A geographic c has no plane area: NaN.
func PlanarAreaM2(mp *geom.MultiPolygon, c CRS) float64 {
	if !c.Projected {
		return math.NaN()
	}
	t := newTransverseMercator(c)
	var plane []float64
	return areaByRole(mp, func(ring []float64, stride int) float64 {
		plane = plane[:0]
		for i := 0; i+1 < len(ring); i += stride {
			x, y := t.forward(ring[i], ring[i+1])
			plane = append(plane, x, y)
		}
		return ringArea(plane, 2)
	})
}
