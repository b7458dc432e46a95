package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"
	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/taohe-gis/taohe/geo"
)

// A Drawn is a ground as a person draws or pastes it: exactly one of GeoJSON, in
// longitude and latitude, WKT or Corners, in the coordinates of CRS, easting or
// longitude first; EPSG:4490 when CRS is empty.
type Drawn struct {
	GeoJSON json.RawMessage
	WKT     string
	Corners [][]float64 // of one ring, which need not be closed
	CRS     string
}

// MaxDrawnKm2 is the largest ground that is taken as drawn.
const MaxDrawnKm2 = 500

// maxDrawn bounds coordinates before their system is looked at: eastings with a
// zone before them have eight digits.
const maxDrawn = 1e8

// Ground is the ground as the store would hold it, with its EWKB. Faults are a
// *RequestError.
func (d Drawn) Ground(ctx context.Context, db Querier) (*geom.MultiPolygon, []byte, error) {
	fault := func(location, code, message string) (*geom.MultiPolygon, []byte, error) {
		return nil, nil, &RequestError{Faults: []Fault{{location, code, message}}}
	}
	crs, err := geo.FromEPSG(geo.StoreSRID)
	if err != nil {
		return nil, nil, err
	}
	if d.CRS != "" {
		if crs, err = parseCRS(d.CRS); err != nil {
			return fault("crs", "unknown-crs", "无法识别这个坐标系。请写 EPSG 代码，例如 EPSG:4525。")
		}
	}
	given := 0
	for _, has := range []bool{len(d.GeoJSON) > 0, d.WKT != "", len(d.Corners) > 0} {
		if has {
			given++
		}
	}
	if given != 1 {
		return fault("body", "one-ground", "geojson、wkt、corners 须写一项，且只写一项。")
	}
	location, drawn := "geojson", (*geom.MultiPolygon)(nil)
	switch {
	case d.WKT != "":
		location = "wkt"
		drawn, err = groundOfWKT(d.WKT)
	case len(d.Corners) > 0:
		location = "corners"
		ring := d.Corners
		if first, last := ring[0], ring[len(ring)-1]; len(first) < 2 || len(last) < 2 || first[0] != last[0] || first[1] != last[1] {
			ring = append(ring[:len(ring):len(ring)], first)
		}
		drawn, err = groundWithin([][][][]float64{{ring}}, maxDrawn, maxDrawn)
	case crs.Projected:
		return fault("crs", "geojson-is-lon-lat", "GeoJSON 总是经纬度；投影坐标请用 wkt 或 corners。")
	default:
		drawn, err = ParseGround(d.GeoJSON)
	}
	if err != nil {
		return fault(location, "bad-ground", "不是有效的面：应为一个或多个闭合的环，每环至少三个不同的点。")
	}
	stored, err := geo.ToStore(drawn, crs)
	var datum *geo.DatumError
	var coordinate *geo.CoordinateError
	switch {
	case errors.As(err, &datum):
		return fault("crs", "datum-refused", "只接受 CGCS2000 或 WGS 84 坐标；1980 西安、1954 北京坐标请先转换。")
	case errors.As(err, &coordinate):
		return fault(location, "bad-coordinate", "有坐标不在该坐标系的范围内，请检查坐标系、带号及坐标顺序（先东坐标或经度，后北坐标或纬度）。")
	case err != nil:
		return nil, nil, err
	}
	shape, err := ewkb.Marshal(stored, ewkb.NDR)
	if err != nil {
		return nil, nil, err
	}
	if why, err := invalidReason(ctx, db, shape); err != nil {
		return nil, nil, err
	} else if why != "" {
		return fault(location, "invalid-ground", "不是有效的面："+why+"。")
	}
	if km2 := geo.Km2(geo.EllipsoidalAreaM2(stored)); km2 > MaxDrawnKm2 {
		return fault(location, "ground-too-large", fmt.Sprintf("面积超过 %d 平方公里，请分块审查。", MaxDrawnKm2))
	}
	return stored, shape, nil
}

func groundOfWKT(text string) (*geom.MultiPolygon, error) {
	g, err := wkt.Unmarshal(text)
	if err != nil {
		return nil, err
	}
	var polygons [][][]geom.Coord
	switch g := g.(type) {
	case *geom.Polygon:
		polygons = [][][]geom.Coord{g.Coords()}
	case *geom.MultiPolygon:
		polygons = g.Coords()
	default:
		return nil, fmt.Errorf("ground: %T", g)
	}
	plain := make([][][][]float64, len(polygons))
	for i, p := range polygons {
		for _, r := range p {
			var ring [][]float64
			for _, c := range r {
				ring = append(ring, c)
			}
			plain[i] = append(plain[i], ring)
		}
	}
	return groundWithin(plain, maxDrawn, maxDrawn)
}
