package geo_test

import (
	"bytes"
	"testing"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"github.com/taohe-gis/taohe/geo"
)

// AppendEWKB writes what go-geom's encoder writes, in every layout.
func TestAppendEWKB(t *testing.T) {
	t.Parallel()
	two := [][]int{{4, 8}, {12}}
	for _, layout := range []geom.Layout{geom.XY, geom.XYZ, geom.XYM, geom.XYZM} {
		stride := layout.Stride()
		flat := make([]float64, 12*stride)
		for i := range flat {
			flat[i] = float64(i) / 7
		}
		var endss [][]int
		for _, ends := range two {
			var scaled []int
			for _, e := range ends {
				scaled = append(scaled, e*stride)
			}
			endss = append(endss, scaled)
		}
		for _, mp := range []*geom.MultiPolygon{
			geom.NewMultiPolygonFlat(layout, flat, endss).SetSRID(4490),
			geom.NewMultiPolygonFlat(layout, flat, endss),
			geom.NewMultiPolygon(layout).SetSRID(4525),
		} {
			want, err := ewkb.Marshal(mp, ewkb.NDR)
			if err != nil {
				t.Fatal(err)
			}
			if got := geo.AppendEWKB([]byte("before"), mp, mp.SRID()); !bytes.Equal(got, append([]byte("before"), want...)) {
				t.Errorf("%v, SRID %d: got %x, want %x", layout, mp.SRID(), got, want)
			}
		}
	}
}
