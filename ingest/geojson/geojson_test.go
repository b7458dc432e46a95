package geojson_test

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/geojson"
	"github.com/taohe-gis/taohe/ingest/record"
)

type result struct {
	layer *geojson.Layer
	wkt   []string
	codes []string
	args  []map[string]string
	cells []string // values of each row, | between, kind's number before
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// checkText holds that a diagnostic is in the catalogue with all it names.
func checkText(t *testing.T, d taohe.Diagnostic) {
	t.Helper()
	for _, text := range []string{d.Chinese(), d.English()} {
		if text == d.Code || placeholder.MatchString(text) {
			t.Errorf("%s says %q", d.Code, text)
		}
	}
}

func read(t *testing.T, lim record.Limits, content, user string) result {
	t.Helper()
	l, err := open(lim, content, user)
	if err != nil {
		t.Fatal(err)
	}
	r := result{layer: l}
	for row, err := range l.Records(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		if row.Geometry != nil {
			if text, err = wkt.Marshal(row.Geometry); err != nil {
				t.Fatal(err)
			}
		}
		r.wkt = append(r.wkt, text)
		var cells []string
		for _, a := range row.Attributes {
			cells = append(cells, string(rune('0'+a.Value.Kind))+a.Value.Text)
		}
		r.cells = append(r.cells, strings.Join(cells, "|"))
		for _, d := range row.Diagnostics {
			checkText(t, d)
			r.codes, r.args = append(r.codes, d.Code), append(r.args, d.Args)
		}
	}
	for _, d := range l.Diagnostics() {
		checkText(t, d)
		r.codes, r.args = append(r.codes, d.Code), append(r.args, d.Args)
	}
	return r
}

const (
	ring      = `[[0,0],[4,0],[4,4],[0,4],[0,0]]`
	wktSquare = "MULTIPOLYGON (((0 0, 4 0, 4 4, 0 4, 0 0)))"
)

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func feature(geometry string) string {
	return `{"type":"Feature","properties":{},"geometry":` + geometry + `}`
}

func coords(kind, coordinates string) string {
	return `{"type":"` + kind + `","coordinates":` + coordinates + `}`
}

func TestGeometries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, geometry, want string
		codes                []string
	}{
		{"polygon", coords("Polygon", "["+ring+"]"), wktSquare, nil},
		{"coordinates before type", `{"coordinates":[` + ring + `],"type":"Polygon"}`, wktSquare, nil},
		{"blanks everywhere", coords("Polygon", " [ [ [ 0 , 0 ] , [ 4 , 0 ] ,\n[4,4],[0,4],\t[0,0] ] ] "), wktSquare, nil},
		{"hole", coords("Polygon", "["+ring+",[[1,1],[1,2],[2,2],[2,1],[1,1]]]"), "MULTIPOLYGON (((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1)))", nil},
		{"multipolygon", coords("MultiPolygon", "[["+ring+"],[[[9,9],[10,9],[10,10],[9,9]]]]"), "MULTIPOLYGON (((0 0, 4 0, 4 4, 0 4, 0 0)), ((9 9, 10 9, 10 10, 9 9)))", nil},
		{"heights", coords("Polygon", "[[[0,0,1],[1,0,2],[1,1,-3.5],[0,0,1]]]"), "MULTIPOLYGON Z (((0 0 1, 1 0 2, 1 1 -3.5, 0 0 1)))", nil},
		{"heights in some positions", coords("Polygon", "[[[0,0,1],[1,0],[1,1,3],[0,0,1]]]"), "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))", []string{"geometry.mixed_dimensions"}},
		{"four ordinates", coords("Polygon", "[[[0,0,1,9],[1,0,2,9],[1,1,3,9],[0,0,1,9]]]"), "MULTIPOLYGON Z (((0 0 1, 1 0 2, 1 1 3, 0 0 1)))", []string{"geojson.position_long"}},
		{"clockwise", coords("Polygon", "[[[0,0],[0,4],[4,4],[4,0],[0,0]]]"), "MULTIPOLYGON (((0 0, 0 4, 4 4, 4 0, 0 0)))", []string{"ring.orientation"}},
		{"open ring", coords("Polygon", "[[[0,0],[4,0],[4,4],[0,4]]]"), wktSquare, []string{"ring.unclosed"}},
		{"hole of three positions", coords("Polygon", "["+ring+",[[1,1],[1,2],[1,1]]]"), wktSquare, []string{"ring.degenerate"}},
		{"shell of three positions takes its hole along", coords("MultiPolygon", "[[[[9,9],[9,8],[9,9]],"+ring+"],["+ring+"]]"), wktSquare, []string{"ring.degenerate"}},
		{"nothing sound", coords("Polygon", "[[[9,9],[9,8],[9,9]]]"), "", []string{"ring.degenerate", "geometry.no_area"}},
		{"empty ring", coords("Polygon", "["+ring+",[]]"), wktSquare, []string{"ring.degenerate"}},
		{"no coordinates", coords("Polygon", "[]"), "", []string{"geometry.null"}},
		{"null geometry", "null", "", []string{"geometry.null"}},
		{"position of one", coords("Point", "[1]"), "", []string{"geojson.position_short"}},
		{"position of none", coords("Point", "[]"), "", []string{"geometry.null"}},
		{"null position", coords("LineString", "[[1,2],null]"), "", []string{"geojson.nesting"}},
		{"null ordinate", coords("Point", "[1,null]"), "", []string{"geojson.ordinate"}},
		{"ordinate in quotes", coords("Point", `["1",2]`), "", []string{"geojson.ordinate"}},
		{"ordinate beyond float64", coords("Point", "[1e999,2]"), "", []string{"geojson.ordinate"}},
		{"nesting of another type", coords("Polygon", ring), "", []string{"geojson.nesting"}},
		{"nesting that changes", coords("Polygon", "[[[0,0],[[1,1]]]]"), "", []string{"geojson.nesting"}},
		{"nesting without end", coords("Polygon", "[[[[[[1,1]]]]]]"), "", []string{"geojson.nesting"}},
		{"unknown type", coords("Circle", "[0,0]"), "", []string{"geojson.type"}},
		{"type in capitals", coords("POLYGON", "["+ring+"]"), "", []string{"geojson.type"}},
		{"point", coords("Point", "[110.0010085,40.5]"), "POINT (110.0010085 40.5)", nil},
		{"line", coords("LineString", "[[0,0],[1,1]]"), "LINESTRING (0 0, 1 1)", nil},
		{"lines", coords("MultiLineString", "[[[0,0],[1,1]],[[2,2],[3,3]]]"), "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))", nil},
		{"collection of polygon, line and null", `{"type":"GeometryCollection","geometries":[null,` + coords("LineString", "[[0,0],[1,1]]") + "," + coords("Polygon", "["+ring+"]") + `]}`, wktSquare, []string{"geometry.null", "geometry.collection"}},
		{"collection in a collection", `{"type":"GeometryCollection","geometries":[{"type":"GeometryCollection","geometries":[` + coords("Polygon", "["+ring+"]") + `]}]}`, wktSquare, []string{"geometry.collection"}},
		{"collection without polygons", `{"type":"GeometryCollection","geometries":[` + coords("Point", "[1,2]") + `]}`, "GEOMETRYCOLLECTION (POINT (1 2))", nil},
		{"empty collection", `{"type":"GeometryCollection","geometries":[]}`, "", []string{"geometry.null"}},
		{"geometry twice", `null,"geometry":` + coords("Point", "[1,2]"), "POINT (1 2)", []string{"geojson.duplicate_key"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := read(t, record.DefaultLimits(), collection(feature(c.geometry)), "")
			if !slices.Equal(r.wkt, []string{c.want}) {
				t.Errorf("got %q, want %q", r.wkt, c.want)
			}
			if !slices.Equal(r.codes, c.codes) {
				t.Errorf("diagnostics %v, want %v", r.codes, c.codes)
			}
		})
	}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	point := coords("Point", "[1,2]")
	for _, c := range []struct {
		name, content string
		rows          int
		codes         []string
	}{
		{"collection", collection(feature(point), feature(point)), 2, nil},
		{"empty collection", collection(), 0, nil},
		{"single feature", feature(point), 1, nil},
		{"bare geometry", point, 1, nil},
		{"a feature a line", feature(point) + "\n" + feature(point) + "\r\n\n" + point + "\n", 3, nil},
		{"text sequence", "\x1e" + feature(point) + "\n\x1e" + feature(point) + "\n", 2, nil},
		{"byte order mark", "\xEF\xBB\xBF" + collection(feature(point)), 1, []string{"geojson.bom"}},
		{"type behind features", `{"features":[` + feature(point) + `],"type":"FeatureCollection"}`, 1, nil},
		{"members nobody knows", `{"type":"FeatureCollection","x":{"features":[1,2]},"properties":{"p":1},"features":[` + feature(point) + `]}`, 1, nil},
		{"null among features", collection("null", feature(point)), 2, []string{"geojson.type"}},
		{"feature of no type", collection(`{"properties":{},"geometry":` + point + `}`), 1, []string{"geojson.type"}},
		{"cut in the second feature", collection(feature(point), feature(point))[:140], 1, []string{"geojson.truncated"}},
		{"error in the second feature", collection(feature(point), `{"type":"Feature","geometry":]}`), 1, []string{"geojson.syntax"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := read(t, record.DefaultLimits(), c.content, "")
			if len(r.wkt) != c.rows {
				t.Errorf("%d rows, want %d", len(r.wkt), c.rows)
			}
			if !slices.Equal(r.codes, c.codes) {
				t.Errorf("diagnostics %v, want %v", r.codes, c.codes)
			}
		})
	}
}

func TestNotGeoJSON(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ content, code string }{
		"array":          {`[1,2]`, "geojson.not_geojson"},
		"other object":   {`{"a":1}`, "geojson.not_geojson"},
		"other type":     {`{"type":"Topology","objects":{}}`, "geojson.not_geojson"},
		"nothing":        {``, "geojson.not_geojson"},
		"broken at once": {`{"type":"FeatureCollection",,}`, "geojson.syntax"},
		"cut at once":    {`{"type":"Feat`, "geojson.truncated"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := open(record.DefaultLimits(), c.content, "")
			var refused *record.RefusedError
			if !errors.As(err, &refused) || refused.Diagnostics[0].Code != c.code {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
}

func TestProperties(t *testing.T) {
	t.Parallel()
	content := collection(
		`{"type":"Feature","id":7,"properties":{"n":9007199254740993,"d":1.50,"s":"张三","b":true,"x":null,"j":{"a":[1]}},"geometry":`+coords("Point", "[1,2]")+`}`,
		`{"type":"Feature","id":"k","properties":{"\u0073":"\u5f20","n":150621198001011234567890,"late":" "},"geometry":`+coords("Point", "[1,2]")+`}`,
		`{"type":"Feature","properties":{"s":"a","s":"b\ud800"},"geometry":`+coords("Point", "[1,2]")+`}`,
	)
	r := read(t, record.DefaultLimits(), content, "")
	var fields []string
	for _, f := range r.layer.Fields() {
		fields = append(fields, f.Name+string(rune('0'+f.Kind)))
	}
	// Kinds by number: 0 null, 1 text, 2 integer, 3 decimal, 5 logical.
	if want := []string{"n2", "d3", "s1", "b5", "x0", "j1", "late1", "id1"}; !slices.Equal(fields, want) {
		t.Errorf("fields %v, want %v", fields, want)
	}
	want := []string{
		`29007199254740993|31.50|1张三|5true|0|1{"a":[1]}|0|27`,
		`2150621198001011234567890|0|1张|0|0|0|0|1k`,
		"0|0|1b\uFFFD|0|0|0|0|0",
	}
	if !slices.Equal(r.cells, want) {
		t.Errorf("values\n got %q\nwant %q", r.cells, want)
	}
	if want := []string{"value.nested", "geojson.duplicate_key", "value.undecodable"}; !slices.Equal(r.codes, want) {
		t.Errorf("diagnostics %v, want %v", r.codes, want)
	}
}

func TestReference(t *testing.T) {
	t.Parallel()
	named := func(name string) string { return `{"type":"name","properties":{"name":"` + name + `"}}` }
	for _, c := range []struct {
		name, crs string
		want      record.Reference
		codes     []string
	}{
		{"URN", named("urn:ogc:def:crs:EPSG::4525"), record.Reference{EPSG: 4525, How: "geojson-crs"}, nil},
		{"URN with a version", named("urn:ogc:def:crs:EPSG:9.6:4490"), record.Reference{EPSG: 4490, How: "geojson-crs"}, nil},
		{"plain", named("EPSG:4525"), record.Reference{EPSG: 4525, How: "geojson-crs"}, nil},
		{"address", named("http://www.opengis.net/def/crs/EPSG/0/4525"), record.Reference{EPSG: 4525, How: "geojson-crs"}, nil},
		{"CRS84", named("urn:ogc:def:crs:OGC:1.3:CRS84"), record.Reference{EPSG: 4326, How: "geojson-crs"}, nil},
		{"by code", `{"type":"EPSG","properties":{"code":4525}}`, record.Reference{EPSG: 4525, How: "geojson-crs"}, nil},
		{"null", `null`, record.Reference{}, nil},
		{"link", `{"type":"link","properties":{"href":"http://example.com/crs/42"}}`, record.Reference{}, []string{"geojson.crs_unread"}},
		{"name of no code", named("CGCS2000"), record.Reference{}, []string{"geojson.crs_unread"}},
		{"not an object", `4525`, record.Reference{}, []string{"geojson.crs_unread"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, content := range []string{
				`{"type":"FeatureCollection","crs":` + c.crs + `,"features":[]}`,
				`{"type":"FeatureCollection","features":[` + feature(coords("Point", "[1,2]")) + `],"crs":` + c.crs + `}`,
			} {
				r := read(t, record.DefaultLimits(), content, "")
				if got := r.layer.Reference(); got != c.want {
					t.Errorf("got %v, want %v", got, c.want)
				}
				if !slices.Equal(r.codes, c.codes) {
					t.Errorf("diagnostics %v, want %v", r.codes, c.codes)
				}
			}
		})
	}
	if got := read(t, record.DefaultLimits(), collection(), "").layer.Reference(); got != (record.Reference{EPSG: 4326, How: "rfc7946"}) {
		t.Errorf("no crs: %v, want WGS 84 by RFC 7946", got)
	}
}

func TestOffsets(t *testing.T) {
	t.Parallel()
	content := "\xEF\xBB\xBF" + collection(feature(coords("Point", "[1,true]")), `{"type":?}`)
	r := read(t, record.DefaultLimits(), content, "")
	want := map[string]string{"geojson.ordinate": itoa(strings.Index(content, "true")), "geojson.syntax": itoa(strings.Index(content, "?"))}
	for i, code := range r.codes {
		if at, ok := want[code]; ok && r.args[i]["offset"] != at {
			t.Errorf("%s at %s, want %s", code, r.args[i]["offset"], at)
		}
		delete(want, code)
	}
	if len(want) > 0 {
		t.Errorf("not reported: %v", want)
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

func TestEncodingOfTheUser(t *testing.T) {
	t.Parallel()
	content := collection(`{"type":"Feature","properties":{"s":"` + "\xd5\xc5\xc8\xfd" + `"},"geometry":null}`)
	if r := read(t, record.DefaultLimits(), content, "GBK"); r.cells[0] != "1张三" {
		t.Errorf("as GBK: %q, want 张三", r.cells[0])
	}
	if r := read(t, record.DefaultLimits(), content, ""); !slices.Contains(r.codes, "value.undecodable") {
		t.Errorf("as UTF-8: %v, want value.undecodable", r.codes)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	point := feature(coords("Point", "[1,2]"))
	line := feature(coords("LineString", "["+strings.Repeat("[1,2],", 200)+"[1,2]]"))
	for _, c := range []struct {
		name, content string
		set           func(*record.Limits)
		code          string
	}{
		{"rows", collection(point, point, point), func(l *record.Limits) { l.MaxRows = 2 }, "file.limit"},
		{"vertices", collection(line), func(l *record.Limits) { l.MaxVertices = 100 }, "geometry.limit"},
		{"bytes", collection(point, point, line), func(l *record.Limits) { l.MaxBytes = 300 }, "file.limit"},
		{"value", collection(`{"type":"Feature","properties":{"s":"` + strings.Repeat("x", 100) + `"},"geometry":null}`), func(l *record.Limits) { l.MaxFieldSize = 50 }, "value.limit"},
		{"fields", collection(point, `{"type":"Feature","properties":{"a":1,"b":2,"c":3},"geometry":null}`), func(l *record.Limits) { l.MaxFields = 2 }, "file.limit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lim := record.DefaultLimits()
			c.set(&lim)
			if r := read(t, lim, c.content, ""); !slices.Contains(r.codes, c.code) {
				t.Errorf("diagnostics %v, want %s", r.codes, c.code)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	l, err := open(record.DefaultLimits(), collection(feature("null"), feature("null"), feature("null")), "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	rows := 0
	var last error
	for _, err := range l.Records(ctx) {
		if last = err; err == nil {
			rows++
			cancel()
		}
	}
	if rows != 1 || !errors.Is(last, context.Canceled) {
		t.Errorf("%d rows and %v, want 1 and the context's error", rows, last)
	}
}
