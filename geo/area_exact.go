package geo

import (
	"math"

	"github.com/twpayne/go-geom"
)

// EllipsoidalAreaExactM2 is the area on the CGCS2000 ellipsoid, in square
// metres, by the same trapezoids as EllipsoidalAreaM2, each in closed form: the
// edge's mean longitude times the belt between its parallels. No series and
// none of the official constants enter, so the two check each other on any
// polygon. It is also the plane area after the cylindrical equal-area
// projection, which SQL gives as ST_Area(ST_Transform(g, 904490)): an edge
// straight in that plane spans just this trapezoid. Roles of rings and the
// empty geometry as in EllipsoidalAreaM2.
func EllipsoidalAreaExactM2(mp *geom.MultiPolygon) float64 {
	return areaByRole(mp, func(ring []float64, stride int) float64 {
		return sumEdges(ring, stride, closedTrapezoid)
	})
}

// LonLatEdgesAreaM2 is the area on the CGCS2000 ellipsoid, in square metres, of
// the shape whose edges are straight lines in longitude and latitude, however
// long they are. EllipsoidalAreaM2 and EllipsoidalAreaExactM2 tend to it as
// edges are split; at MaxEdgeM they are within 1e-7 of the area, so it tells
// whether edges were split finely enough. To the trapezoid it adds the integral
// of the area element M·N·cos B over the edge's slant (Gauss–Legendre, exact
// to the last digits for edges up to tens of degrees).
func LonLatEdgesAreaM2(mp *geom.MultiPolygon) float64 {
	return areaByRole(mp, func(ring []float64, stride int) float64 {
		return sumEdges(ring, stride, slantedTrapezoid)
	})
}

func closedTrapezoid(l1, b1, l2, b2 float64) float64 {
	return (l1 + l2) / 2 * beltPerRadian(b1, b2)
}

// GraticuleCellAreaM2 is the closed-form area on the CGCS2000 ellipsoid, in
// square metres, between two meridians and two parallels given in degrees:
// the theoretical area of a map sheet (图幅理论面积). Never negative.
func GraticuleCellAreaM2(lon1, lat1, lon2, lat2 float64) float64 {
	return math.Abs((lon2 - lon1) * radian * beltPerRadian(lat1*radian, lat2*radian))
}

// beltPerRadian is b²/2·[q(B2)−q(B1)], q(B) = sin B/(1−e²sin²B) +
// ln((1+e sin B)/(1−e sin B))/(2e): the area between two parallels, radians,
// per radian of longitude, in square metres. Both differences are written as
// products, so that nearby parallels do not cancel.
func beltPerRadian(b1, b2 float64) float64 {
	e2 := ellipsoidCGCS2000.e2()
	e := math.Sqrt(e2)
	s1, s2 := math.Sin(b1), math.Sin(b2)
	ds := 2 * math.Sin((b2-b1)/2) * math.Cos((b1+b2)/2)
	rational := ds * (1 + e2*s1*s2) / ((1 - e2*s1*s1) * (1 - e2*s2*s2))
	logarithm := math.Atanh(e*ds/(1-e2*s1*s2)) / e
	a := ellipsoidCGCS2000.SemiMajorM
	return a * a * (1 - e2) / 2 * (rational + logarithm)
}

// legendre8 holds the positive abscissas and the weights of the eight-point
// Gauss–Legendre rule (Abramowitz & Stegun, table 25.4).
var legendre8 = [4][2]float64{
	{0.183434642495649805, 0.362683783378361983},
	{0.525532409916328986, 0.313706645877887287},
	{0.796666477413626740, 0.222381034453374471},
	{0.960289856497536232, 0.101228536290376259},
}

func slantedTrapezoid(l1, b1, l2, b2 float64) float64 {
	mean := closedTrapezoid(l1, b1, l2, b2)
	if b1 == b2 || l1 == l2 {
		return mean
	}
	mid, half := (b1+b2)/2, (b2-b1)/2
	var slant float64
	for _, node := range legendre8 {
		u := node[0]
		slant += node[1] * u * (areaElement(mid+half*u) - areaElement(mid-half*u))
	}
	return mean + (l2-l1)/2*half*slant
}

// areaElement is M·N·cos B at latitude B in radians: square metres per square
// radian.
func areaElement(b float64) float64 {
	e2 := ellipsoidCGCS2000.e2()
	a := ellipsoidCGCS2000.SemiMajorM
	sin, cos := math.Sincos(b)
	w2 := 1 - e2*sin*sin
	return a * a * (1 - e2) * cos / (w2 * w2)
}
