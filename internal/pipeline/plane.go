package pipeline

import (
	"fmt"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// A plane is the one all plane areas of a mine's report are in: the 3° zone on
// CGCS2000 of the middle of its licence.
type plane struct{ crs geo.CRS }

func planeOf(licence overlay.Shape) (plane, error) {
	mp, err := polygons(licence)
	if err != nil {
		return plane{}, err
	}
	b := mp.Bounds()
	return plane{geo.GaussKruger3Degree((b.Min(0) + b.Max(0)) / 2)}, nil
}

// both prints the area of a stored shape with its plane area beside it.
func (p plane) both(ellipsoidalAreaM2 float64, shape overlay.Shape) (report.BothAreas, error) {
	mp, err := polygons(shape)
	if err != nil {
		return report.BothAreas{}, err
	}
	return report.NewBothAreas(ellipsoidalAreaM2, geo.PlanarAreaM2(mp, p.crs), p.crs.Name), nil
}

func polygons(shape overlay.Shape) (*geom.MultiPolygon, error) {
	g, err := ewkb.Unmarshal(shape)
	if err != nil {
		return nil, fmt.Errorf("stored shape: %w", err)
	}
	mp, ok := g.(*geom.MultiPolygon)
	if !ok || mp.NumPolygons() == 0 {
		return nil, fmt.Errorf("stored shape is %T, not polygons", g)
	}
	return mp, nil
}
