package ingest

import (
	"context"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe/ingest/record"
)

const (
	sampledRows   = 2000
	sampledPoints = 1000
	// sampledCorners bounds the corners of one shape, so that one shape of many
	// does not outweigh the others.
	sampledCorners = 50
)

// sampleCoordinates returns corners of the first shapes of a source, as the
// file has them: one each of many shapes, several each of few.
func sampleCoordinates(source record.Source) [][2]float64 {
	each := 1
	if rows := source.Rows(); rows > 0 {
		each = max(1, min(sampledCorners, sampledPoints/rows))
	}
	var sample [][2]float64
	taken := 0
	for rec, err := range source.Records(context.Background()) {
		if taken++; err != nil || len(sample) >= sampledPoints || taken > sampledRows {
			break
		}
		if rec.Geometry == nil || rec.Geometry.Stride() == 0 {
			continue
		}
		if _, several := rec.Geometry.(*geom.GeometryCollection); several {
			continue // it has no coordinates of its own
		}
		flat, stride := rec.Geometry.FlatCoords(), rec.Geometry.Stride()
		step := max(1, len(flat)/stride/each)
		for i, n := 0, 0; i+1 < len(flat) && n < each; i, n = i+step*stride, n+1 {
			sample = append(sample, [2]float64{flat[i], flat[i+1]})
		}
	}
	return sample
}
