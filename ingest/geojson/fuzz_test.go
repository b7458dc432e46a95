package geojson_test

import (
	"context"
	"errors"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/geojson"
	"github.com/taohe-gis/taohe/ingest/record"
)

func small() record.Limits {
	return record.Limits{
		MaxBytes: 1 << 20, MaxEntries: 100, MaxRatio: 100, MaxVertices: 10_000, MaxParts: 1_000,
		MaxRows: 1_000, MaxFields: 100, MaxFieldSize: 1 << 16, MaxDepth: 16,
	}
}

func open(lim record.Limits, content, user string) (*geojson.Layer, error) {
	a := archive.Of(lim, archive.File{Name: "a.geojson", Content: []byte(content)})
	return geojson.Open(a.Entries()[0], lim, geojson.Options{Encoding: user})
}

func FuzzGeoJSON(f *testing.F) {
	for _, s := range []string{
		`{"type":"FeatureCollection","features":[{"type":"Feature","id":7,"properties":{"a":1,"b":"张三","c":null,"d":[1]},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}],"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4525"}}}`,
		`{"type":"Feature","properties":{"a":1e3},"geometry":{"coordinates":[[[[0,0,1],[1,0,2],[1,1,3]]]],"type":"MultiPolygon"}}` + "\n" + `{"type":"Point","coordinates":[1,2]}`,
		"\x1e" + `{"type":"GeometryCollection","geometries":[null,{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]},{"type":"LineString","coordinates":[[0,0],[1,1]]}]}`,
		`{"type":"FeatureCollection","features":[null,{},{"geometry":null},{"type":"Feature","geometry":{"type":"MultiLineString","coordinates":[[],[[1,2]]]}}]}`,
		"\xEF\xBB\xBF" + `{"type":"Feature","type":"x","properties":{"\u0061":1,"a":2,"s":"\ud800\xff"},"geometry":{"type":"MultiPoint","coordinates":[[1],[1,null],["x"]]}}`,
		`{"type":"FeatureCollection","features":[{"type":"Feature"`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, content string) {
		l, err := open(small(), content, "")
		if err != nil {
			var refused *record.RefusedError
			if !errors.As(err, &refused) {
				t.Fatal(err)
			}
			return
		}
		rows := 0
		for r, err := range l.Records(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			if rows++; r.Row != rows {
				t.Fatalf("row %d is called %d", rows, r.Row)
			}
			if r.Geometry == nil && len(r.Diagnostics) == 0 {
				t.Fatal("no geometry and no word why")
			}
			if len(r.Attributes) != len(l.Fields()) {
				t.Fatalf("%d attributes for %d fields", len(r.Attributes), len(l.Fields()))
			}
			if mp, ok := r.Geometry.(*geom.MultiPolygon); ok {
				checkRings(t, mp)
			}
		}
		if l.Rows() >= 0 && rows != l.Rows() {
			t.Fatalf("%d rows, %d counted", rows, l.Rows())
		}
		for _, d := range l.Diagnostics() {
			if d.English() == d.Code {
				t.Fatalf("%s is not in the catalogue", d.Code)
			}
		}
	})
}

func checkRings(t *testing.T, mp *geom.MultiPolygon) {
	flat, stride, start := mp.FlatCoords(), mp.Stride(), 0
	for _, ends := range mp.Endss() {
		if len(ends) == 0 {
			t.Fatal("polygon without rings")
		}
		for _, end := range ends {
			if end-start < 4*stride || end > len(flat) {
				t.Fatalf("ring from %d to %d of %d", start, end, len(flat))
			}
			for k := range stride {
				if flat[start+k] != flat[end-stride+k] {
					t.Fatal("open ring")
				}
			}
			start = end
		}
	}
	if start != len(flat) {
		t.Fatalf("%d ordinates, rings end at %d", len(flat), start)
	}
}
