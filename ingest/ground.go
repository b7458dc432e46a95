package ingest

import (
	"encoding/json"
	"fmt"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/geojson"

	"github.com/taohe-gis/taohe/geo"
)

// ParseGround reads the polygons of a GeoJSON geometry, feature or collection
// (RFC 7946: longitude and latitude in degrees) that a person gives with an
// upload: a footprint or a coverage. Edges are made dense as those of data are.
func ParseGround(text []byte) (*geom.MultiPolygon, error) {
	ground := geom.NewMultiPolygon(geom.XY)
	if err := gatherGround(text, ground, 0); err != nil {
		return nil, err
	}
	if ground.NumPolygons() == 0 {
		return nil, fmt.Errorf("没有面（Polygon 或 MultiPolygon）")
	}
	crs, err := geo.FromEPSG(geo.StoreSRID)
	if err != nil {
		return nil, err
	}
	return geo.ToStore(ground, crs)
}

const maxGroundDepth = 4

func gatherGround(text []byte, ground *geom.MultiPolygon, depth int) error {
	if depth > maxGroundDepth {
		return fmt.Errorf("GeoJSON 嵌套过深")
	}
	var head struct {
		Type     string            `json:"type"`
		Geometry json.RawMessage   `json:"geometry"`
		Features []json.RawMessage `json:"features"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return fmt.Errorf("不是有效的 GeoJSON：%w", err)
	}
	switch head.Type {
	case "FeatureCollection":
		for _, f := range head.Features {
			if err := gatherGround(f, ground, depth+1); err != nil {
				return err
			}
		}
		return nil
	case "Feature":
		return gatherGround(head.Geometry, ground, depth+1)
	case "Polygon", "MultiPolygon":
	default:
		return fmt.Errorf("“%s”不是面（Polygon 或 MultiPolygon）", head.Type)
	}
	var g geom.T
	if err := geojson.Unmarshal(text, &g); err != nil {
		return fmt.Errorf("不是有效的 GeoJSON：%w", err)
	}
	switch g := g.(type) {
	case *geom.Polygon:
		return pushPolygon(ground, g)
	case *geom.MultiPolygon:
		for i := range g.NumPolygons() {
			if err := pushPolygon(ground, g.Polygon(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

func pushPolygon(ground *geom.MultiPolygon, p *geom.Polygon) error {
	flat := geom.NewPolygon(geom.XY)
	for i := range p.NumLinearRings() {
		ring := p.LinearRing(i)
		n := ring.NumCoords()
		if n < 4 || !ring.Coord(0).Equal(ring.Layout(), ring.Coord(n-1)) {
			return fmt.Errorf("第 %d 个环没有闭合或少于四个点", i+1)
		}
		coords := make([]float64, 0, 2*n)
		for j := range n {
			coords = append(coords, ring.Coord(j)[0], ring.Coord(j)[1])
		}
		if err := flat.Push(geom.NewLinearRingFlat(geom.XY, coords)); err != nil {
			return err
		}
	}
	if flat.NumLinearRings() == 0 {
		return fmt.Errorf("面没有环")
	}
	return ground.Push(flat)
}
