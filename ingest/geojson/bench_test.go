package geojson_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/ingest/record"
)

// made is a collection of n polygons of 41 positions, the shape of parcel data
// as GDAL writes it.
func made(n int) string {
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","name":"made","features":[`)
	for i := range n {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, `{"type":"Feature","properties":{"BSM":%d,"DLBM":"0301","DLMC":"乔木林地","TBMJ":%d.25},"geometry":{"type":"Polygon","coordinates":[[`, 9007199254740993+i, i)
		for k := range 41 {
			if k > 0 {
				b.WriteByte(',')
			}
			a := 2 * math.Pi * float64(k%40) / 40
			fmt.Fprintf(&b, "[%.15g,%.15g]", 109.5+float64(i%500)/1000+math.Cos(a)/2500, 40.1+float64(i/500)/1000+math.Sin(a)/2500)
		}
		b.WriteString("]]}}")
	}
	b.WriteString("]}")
	return b.String()
}

// BenchmarkRead reads a file whole: both passes, every value.
func BenchmarkRead(b *testing.B) {
	content := made(20_000)
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		l, err := open(record.DefaultLimits(), content, "")
		if err != nil {
			b.Fatal(err)
		}
		rows := 0
		for r, err := range l.Records(context.Background()) {
			if err != nil || r.Geometry == nil {
				b.Fatal(err, r.Diagnostics)
			}
			rows++
		}
		if rows != 20_000 {
			b.Fatal(rows)
		}
	}
}
