package report

import (
	"math"

	"github.com/taohe-gis/taohe/geo"
)

// An Area is a printed area on the ellipsoid: square metres and mu, two places
// each. It is rounded once, here.
type Area struct {
	EllipsoidalAreaM2 float64 `json:"ellipsoidal_area_m2" doc:"椭球面积，平方米，两位小数"`
	Mu                float64 `json:"mu" doc:"亩，两位小数；1 亩 = 2000/3 平方米"`
}

// NewArea rounds square metres for print.
func NewArea(ellipsoidalAreaM2 float64) Area {
	return Area{round2(ellipsoidalAreaM2), round2(geo.Mu(ellipsoidalAreaM2))}
}

// BothAreas are an area on the ellipsoid and, beside it, the area in a plane:
// older licences and approvals state plane areas. The first is the area.
type BothAreas struct {
	Area
	PlanarAreaM2 float64 `json:"planar_area_m2" doc:"平面面积，平方米，两位小数；仅供与旧批准面积对照"`
	PlanarCRS    string  `json:"planar_crs" doc:"平面面积所在的坐标系：矿业权中心所在的 3 度带"`
}

// NewBothAreas rounds square metres for print.
func NewBothAreas(ellipsoidalAreaM2, planarAreaM2 float64, planarCRS string) BothAreas {
	return BothAreas{NewArea(ellipsoidalAreaM2), round2(planarAreaM2), planarCRS}
}

// Apportion prints parts beside their total: the printed parts add up to the
// printed total, in square metres and in mu, by largest remainder.
func Apportion(parts []float64, totalM2 float64) ([]Area, Area) {
	m2s, mus := geo.Apportion(parts, totalM2, 2), geo.Apportion(inMu(parts), geo.Mu(totalM2), 2)
	return pairs(m2s, mus), NewArea(totalM2)
}

// apportionTo prints parts so that they add up to a total that is printed
// already.
func apportionTo(parts []float64, total Area) []Area {
	return pairs(geo.Apportion(parts, total.EllipsoidalAreaM2, 2), geo.Apportion(inMu(parts), total.Mu, 2))
}

func inMu(m2s []float64) []float64 {
	mus := make([]float64, len(m2s))
	for i, v := range m2s {
		mus[i] = geo.Mu(v)
	}
	return mus
}

func pairs(m2s, mus []float64) []Area {
	areas := make([]Area, len(m2s))
	for i := range m2s {
		areas[i] = Area{m2s[i], mus[i]}
	}
	return areas
}

// sumOf adds printed areas up as printed.
func sumOf(a, b Area) Area {
	return Area{round2(a.EllipsoidalAreaM2 + b.EllipsoidalAreaM2), round2(a.Mu + b.Mu)}
}

func round2(v float64) float64 { return math.Round(v*100) / 100 }
