package geo_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

// What AppendTWKB writes PostGIS reads back to the bit; what it cannot write so
// it refuses.
func TestTWKBAgainstPostGIS(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for _, layout := range []geom.Layout{geom.XY, geom.XYZ} {
		for range 200 {
			mp := geom.NewMultiPolygon(layout)
			for range 1 + rng.IntN(3) {
				var flat []float64
				var ends []int
				for range 1 + rng.IntN(3) {
					from := len(flat)
					for range 3 + rng.IntN(20) {
						flat = append(flat, math.Round(1e4*(37e6+1e6*rng.Float64()))/1e4, math.Round(1e4*4.5e6*(rng.Float64()-0.5))/1e4)
						if layout == geom.XYZ {
							flat = append(flat, math.Round(1e4*3000*rng.Float64())/1e4)
						}
					}
					flat = append(flat, flat[from:from+layout.Stride()]...)
					ends = append(ends, len(flat))
				}
				if err := mp.Push(geom.NewPolygonFlat(layout, flat, ends)); err != nil {
					t.Fatal(err)
				}
			}
			twkb, exact := geo.AppendTWKB(nil, mp)
			if !exact {
				t.Fatalf("not exact: %v", mp.FlatCoords())
			}
			var got []byte
			if err := pool.QueryRow(t.Context(), `select st_asewkb(source_corners($1, 4525), 'NDR')`, twkb).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if want := geo.AppendEWKB(nil, mp, 4525); !bytes.Equal(got, want) {
				t.Fatalf("got %x\nwant %x", got, want)
			}
		}
	}
}

func TestTWKBIsExact(t *testing.T) {
	t.Parallel()
	square := func(x float64) *geom.MultiPolygon {
		return geom.NewMultiPolygonFlat(geom.XY, []float64{x, 0, 1, 0, 1, 1, x, 0}, [][]int{{8}})
	}
	for _, tt := range []struct {
		name  string
		x     float64
		exact bool
	}{
		{"four decimals", 37415000.1234, true},
		{"negative", -0.0001, true},
		{"five decimals", 37415000.12345, false},
		{"the double beside", math.Nextafter(37415000.1234, 0), false},
		{"negative zero", math.Copysign(0, -1), false},
		{"not a number", math.NaN(), false},
		{"infinite", math.Inf(1), false},
		{"beyond exact integers", 1e15, false},
	} {
		got, exact := geo.AppendTWKB([]byte("x"), square(tt.x))
		if exact != tt.exact {
			t.Errorf("%s: exact %v, want %v", tt.name, exact, tt.exact)
		}
		if !exact && string(got) != "x" {
			t.Errorf("%s: left %x", tt.name, got)
		}
	}
	if _, exact := geo.AppendTWKB(nil, geom.NewMultiPolygonFlat(geom.XYM, make([]float64, 12), [][]int{{12}})); exact {
		t.Error("measures were taken")
	}
}
