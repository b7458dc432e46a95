package api

import (
	"context"
	"encoding/json"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/report"
)

// CheckRequest is a ground that was drawn or pasted.
type CheckRequest struct {
	GeoJSON json.RawMessage `json:"geojson,omitempty" doc:"GeoJSON 面（可为 Feature 或 FeatureCollection），经纬度；geojson、wkt、corners 写一项"`
	WKT     string          `json:"wkt,omitempty" maxLength:"500000" doc:"POLYGON 或 MULTIPOLYGON，先东坐标（或经度）后北坐标（或纬度）"`
	Corners [][]float64     `json:"corners,omitempty" maxItems:"10000" doc:"一个环的角点，先东坐标（或经度）后北坐标（或纬度）；不必闭合"`
	CRS     string          `json:"crs,omitempty" maxLength:"20" doc:"wkt、corners 的坐标系，例如 EPSG:4525；不写即 EPSG:4490"`
	AsOf    string          `json:"as_of,omitempty" format:"date" doc:"截止日；不写即今天"`
}

func (s *service) checkGround(ctx context.Context, in *struct{ Body CheckRequest }) (*body[report.Check], error) {
	b := in.Body
	var f faults
	asOf := f.day("as_of", b.AsOf)
	for name, text := range map[string]string{"wkt": b.WKT, "crs": b.CRS} {
		if !storable(text) {
			f.add(name, "bad-text", "内容不是有效的 UTF-8 文字。")
		}
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	c, err := s.Pipeline.CheckGround(ctx, ingest.Drawn{GeoJSON: b.GeoJSON, WKT: b.WKT, Corners: b.Corners, CRS: b.CRS}, asOf)
	if err != nil {
		return nil, err
	}
	return &body[report.Check]{*c}, nil
}
