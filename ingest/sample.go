package ingest

import (
	"context"

	"github.com/taohe-gis/taohe/ingest/record"
)

const (
	sampledRows   = 2000
	sampledPoints = 1000
)

// sampleCoordinates returns a corner of each of the first shapes of a source,
// as the file has it.
func sampleCoordinates(source record.Source) [][2]float64 {
	var sample [][2]float64
	for rec, err := range source.Records(context.Background()) {
		if err != nil || len(sample) >= sampledPoints || rec.Row > sampledRows {
			break
		}
		if rec.Geometry == nil || rec.Geometry.Stride() == 0 || len(rec.Geometry.FlatCoords()) < rec.Geometry.Stride() {
			continue
		}
		flat := rec.Geometry.FlatCoords()
		sample = append(sample, [2]float64{flat[0], flat[1]})
	}
	return sample
}
