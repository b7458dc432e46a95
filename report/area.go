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
	mu := make([]float64, len(parts))
	for i, p := range parts {
		mu[i] = geo.Mu(p)
	}
	m2s := geo.Apportion(parts, totalM2, 2)
	mus := geo.Apportion(mu, geo.Mu(totalM2), 2)
	areas := make([]Area, len(parts))
	for i := range parts {
		areas[i] = Area{m2s[i], mus[i]}
	}
	return areas, NewArea(totalM2)
}

func round2(v float64) float64 { return math.Round(v*100) / 100 }
