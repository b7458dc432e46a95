package ogr

import (
	"context"
	"iter"
	"slices"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/gpkg"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/ingest/rings"
)

// A drawing is a layer of a DXF file. A drawing has no polygons: its closed
// lines are the outlines of parcels, and are read as such, with a remark.
type drawing struct{ *gpkg.Layer }

// Records implements record.Source.
func (d *drawing) Records(ctx context.Context) iter.Seq2[record.Record, error] {
	return func(yield func(record.Record, error) bool) {
		for rec, err := range d.Layer.Records(ctx) {
			if line, ok := rec.Geometry.(*geom.LineString); ok && err == nil {
				rec = outline(rec, line)
			}
			if !yield(rec, err) {
				return
			}
		}
	}
}

func outline(rec record.Record, line *geom.LineString) record.Record {
	flat, stride := line.FlatCoords(), line.Stride()
	n := len(flat) / stride
	if n < 4 || flat[0] != flat[len(flat)-stride] || flat[1] != flat[len(flat)-stride+1] {
		return rec
	}
	made := rings.Keep(line.Layout(), flat, []int{n}, []int{1})
	if made.Polygons == nil {
		return rec
	}
	rec.Geometry = made.Polygons
	rec.Diagnostics = append(slices.Clip(rec.Diagnostics), taohe.Diagnostic{Code: "dxf.outline", Row: rec.Row})
	return rec
}
