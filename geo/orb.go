package geo

import (
	"github.com/paulmach/orb"
	"github.com/twpayne/go-geom"
)

// MultiPolygonFromOrb copies an orb geometry into go-geom, layout XY, without
// SRID. A nil or empty input gives an empty MultiPolygon.
func MultiPolygonFromOrb(in orb.MultiPolygon) *geom.MultiPolygon {
	var flat []float64
	endss := make([][]int, 0, len(in))
	for _, polygon := range in {
		ends := make([]int, 0, len(polygon))
		for _, ring := range polygon {
			for _, p := range ring {
				flat = append(flat, p[0], p[1])
			}
			ends = append(ends, len(flat))
		}
		endss = append(endss, ends)
	}
	return geom.NewMultiPolygonFlat(geom.XY, flat, endss)
}

// MultiPolygonToOrb copies a go-geom geometry into orb; Z, M and the SRID are
// dropped.
func MultiPolygonToOrb(in *geom.MultiPolygon) orb.MultiPolygon {
	out := make(orb.MultiPolygon, 0, in.NumPolygons())
	stride, flat, start := in.Stride(), in.FlatCoords(), 0
	for _, ends := range in.Endss() {
		polygon := make(orb.Polygon, 0, len(ends))
		for _, end := range ends {
			ring := make(orb.Ring, 0, (end-start)/stride)
			for i := start; i < end; i += stride {
				ring = append(ring, orb.Point{flat[i], flat[i+1]})
			}
			polygon = append(polygon, ring)
			start = end
		}
		out = append(out, polygon)
	}
	return out
}
