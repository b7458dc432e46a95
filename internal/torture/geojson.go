package torture

import (
	"fmt"
	"strings"
)

const (
	ring4     = `[[0,0],[4,0],[4,4],[0,4],[0,0]]` // 16 of ground
	refRFC    = "EPSG:4326 (rfc7946)"
	utf8Fixed = "UTF-8 (format)"
)

func coords(kind, coordinates string) string {
	return `{"type":"` + kind + `","coordinates":` + coordinates + `}`
}

func feature(properties, geometry string) string {
	return `{"type":"Feature","properties":` + properties + `,"geometry":` + geometry + `}`
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",\n") + `]}`
}

// geojsonGeometries are geometries as programs write them, in one feature each.
func geojsonGeometries() []Case {
	square := Polygon(1, 1, 16)
	var out []Case
	for _, c := range []struct {
		odd, geometry, want string
		codes               []string
		gdal                string
	}{
		{"polygon", coords("Polygon", "["+ring4+"]"), square, nil, ""},
		{"coordinates before their type", `{"coordinates":[` + ring4 + `],"type":"Polygon"}`, square, nil, ""},
		{"hole", coords("Polygon", "["+ring4+",[[1,1],[1,2],[2,2],[2,1],[1,1]]]"), Polygon(1, 2, 15), nil, ""},
		{"multipolygon", coords("MultiPolygon", "[["+ring4+"],[[[9,9],[11,9],[11,11],[9,9]]]]"), Polygon(2, 2, 18), nil, ""},
		{"shell inside a shell", coords("MultiPolygon", "[["+ring4+"],[[[1,1],[2,1],[2,2],[1,2],[1,1]]]]"), Polygon(2, 2, 17), nil, ""},
		{"heights", coords("Polygon", "[[[0,0,1],[4,0,2],[4,4,-3.5],[0,0,1]]]"), PolygonZ(1, 1, 8), nil, ""},
		{"heights in some positions", coords("Polygon", "[[[0,0,1],[4,0],[4,4,3],[0,0,1]]]"), Polygon(1, 1, 8), []string{"geometry.mixed_dimensions"}, ""},
		{"four ordinates", coords("Polygon", "[[[0,0,1,9],[4,0,2,9],[4,4,3,9],[0,0,1,9]]]"), PolygonZ(1, 1, 8), []string{"geojson.position_long"}, ""},
		{"clockwise shell", coords("Polygon", "[[[0,0],[0,4],[4,4],[4,0],[0,0]]]"), square, []string{"ring.orientation"}, ""},
		{"ring that is not closed", coords("Polygon", "[[[0,0],[4,0],[4,4],[0,4]]]"), square, []string{"ring.unclosed"}, gdalOpen},
		{"hole of three positions", coords("Polygon", "["+ring4+",[[1,1],[1,2],[1,1]]]"), square, []string{"ring.degenerate"}, gdalKeeps},
		{"shell of three positions with a hole", coords("MultiPolygon", "[[[[9,9],[9,8],[9,9]],"+ring4+"],["+ring4+"]]"), square, []string{"ring.degenerate"}, gdalKeeps},
		{"only ring on a line", coords("Polygon", "[[[9,9],[9,8],[9,7],[9,9]]]"), None, []string{"ring.degenerate", "geometry.no_area"}, gdalKeeps},
		{"empty ring", coords("Polygon", "["+ring4+",[]]"), square, []string{"ring.degenerate"}, ""},
		{"no coordinates", coords("Polygon", "[]"), None, []string{"geometry.null"}, ""},
		{"coordinates left out", `{"type":"Polygon"}`, None, []string{"geojson.nesting"}, ""},
		{"coordinates null", coords("Polygon", "null"), None, []string{"geojson.nesting"}, ""},
		{"coordinates a text", coords("Polygon", `"0,0 4,0 4,4"`), None, []string{"geojson.nesting"}, ""},
		{"geometry null", "null", None, []string{"geometry.null"}, ""},
		{"geometry a text", `"POLYGON((0 0,4 0,4 4,0 0))"`, None, []string{"geometry.null"}, ""},
		{"position of one ordinate", coords("Polygon", "[[[0,0],[4],[4,4],[0,0]]]"), None, []string{"geojson.position_short"}, ""},
		{"position null", coords("Polygon", "[[[0,0],null,[4,4],[0,0]]]"), None, []string{"geojson.nesting"}, ""},
		{"ordinate null", coords("Polygon", "[[[0,0],[4,null],[4,4],[0,0]]]"), None, []string{"geojson.ordinate"}, ""},
		{"ordinate in quotes", coords("Polygon", `[[[0,0],["4",0],[4,4],[0,0]]]`), None, []string{"geojson.ordinate"}, ""},
		{"ordinate beyond a float", coords("Polygon", "[[[0,0],[1e999,0],[4,4],[0,0]]]"), None, []string{"geojson.ordinate"}, "GDAL hands over an infinite ordinate."},
		{"nesting of another type", coords("Polygon", ring4), None, []string{"geojson.nesting"}, ""},
		{"nesting too deep", coords("Polygon", "[["+ring4+"]]"), None, []string{"geojson.nesting"}, ""},
		{"unknown type", coords("Circle", "[0,0]"), None, []string{"geojson.type"}, ""},
		{"type in capitals", coords("POLYGON", "["+ring4+"]"), None, []string{"geojson.type"}, "GDAL does not tell capitals apart; RFC 7946 does."},
		{"point", coords("Point", "[110.0010085,40.5]"), Other("Point", 1), nil, ""},
		{"line", coords("LineString", "[[0,0],[1,1]]"), Other("LineString", 2), nil, ""},
		{"collection of a polygon and a line", `{"type":"GeometryCollection","geometries":[` + coords("LineString", "[[0,0],[1,1]]") + "," + coords("Polygon", "["+ring4+"]") + `]}`, square, []string{"geometry.collection"}, gdalMembers},
		{"collection with a null", `{"type":"GeometryCollection","geometries":[null,` + coords("Polygon", "["+ring4+"]") + `]}`, square, []string{"geometry.null", "geometry.collection"}, gdalMembers},
		{"collection in a collection", `{"type":"GeometryCollection","geometries":[{"type":"GeometryCollection","geometries":[` + coords("Polygon", "["+ring4+"]") + `]}]}`, square, []string{"geometry.collection"}, gdalMembers},
		{"collection without polygons", `{"type":"GeometryCollection","geometries":[` + coords("Point", "[1,2]") + `]}`, Other("GeometryCollection", 1), nil, ""},
		{"collection of nothing", `{"type":"GeometryCollection","geometries":[]}`, None, []string{"geometry.null"}, ""},
	} {
		out = append(out, Case{
			Name: "geojson/geometry/" + slug(c.odd), Odd: c.odd, GDAL: c.gdal, Make: made("a.geojson", collection(feature(`{"n":1}`, c.geometry))),
			Want: of(Layer{Name: "a", Fields: []string{"n integer"}, Encoding: utf8Fixed, Reference: refRFC, Rows: []Row{{Shape: c.want, Values: "n=1"}}, Codes: codes(c.codes...)}),
		})
	}
	return out
}

// geojsonDocuments are whole documents: what stands around the features.
func geojsonDocuments() []Case {
	square, shape := coords("Polygon", "["+ring4+"]"), Polygon(1, 1, 16)
	plain := feature(`{"n":1}`, square)
	rows := func(n int) []Row {
		out := []Row{}
		for range n {
			out = append(out, Row{Shape: shape, Values: "n=1"})
		}
		return out
	}
	named := func(name string) string { return `{"type":"name","properties":{"name":"` + name + `"}}` }
	layer := func(rows []Row, names ...string) Layer {
		return Layer{Name: "a", Fields: []string{"n integer"}, Encoding: utf8Fixed, Reference: refRFC, Rows: rows, Codes: codes(names...)}
	}
	with := func(l Layer, reference string) Layer { l.Reference = reference; return l }
	fields := func(rows []Row, columns string, names ...string) Layer {
		l := layer(rows, names...)
		l.Fields = strings.Split(columns, "|")
		return l
	}
	row := func(values string) []Row { return []Row{{Shape: shape, Values: values}} }
	var out []Case
	for _, c := range []struct {
		odd, content string
		want         Reading
		gdal         string
	}{
		{"single feature", plain, of(layer(rows(1))), ""},
		{"bare geometry", square, of(fields([]Row{{Shape: shape}}, "")), ""},
		{"empty collection", collection(), of(fields([]Row{}, "")), ""},
		{"a feature a line", plain + "\n" + plain + "\r\n\n" + plain + "\n", of(layer(rows(3))), ""},
		{"a collection a line", collection(plain) + "\n" + collection(plain), of(layer(rows(2))), "GDAL reads one collection, or a feature a line."},
		{"text sequence with record separators", "\x1e" + plain + "\n\x1e" + plain + "\n", of(layer(rows(2))), ""},
		{"byte order mark", "\xEF\xBB\xBF" + collection(plain), of(layer(rows(1), "geojson.bom")), ""},
		{"type behind the features", `{"features":[` + plain + `],"type":"FeatureCollection"}`, of(layer(rows(1))), ""},
		{"members nobody knows", `{"type":"FeatureCollection","x":{"features":[1,2]},"name":"甲","features":[` + plain + `]}`, of(layer(rows(1))), ""},
		{"crs before the features", `{"type":"FeatureCollection","crs":` + named("urn:ogc:def:crs:EPSG::4525") + `,"features":[` + plain + `]}`, of(with(layer(rows(1)), "EPSG:4525 (geojson-crs)")), ""},
		{"crs behind the features", `{"type":"FeatureCollection","features":[` + plain + `],"crs":` + named("EPSG:4525") + `}`, of(with(layer(rows(1)), "EPSG:4525 (geojson-crs)")), ""},
		{"crs null", `{"type":"FeatureCollection","crs":null,"features":[` + plain + `]}`, of(with(layer(rows(1)), "none")), ""},
		{"crs of no known name", `{"type":"FeatureCollection","crs":` + named("国家2000") + `,"features":[` + plain + `]}`, of(with(layer(rows(1), "geojson.crs_unread"), "none")), ""},
		{"crs by an address", `{"type":"FeatureCollection","crs":{"type":"link","properties":{"href":"http://127.0.0.1:1/crs"}},"features":[` + plain + `]}`, of(with(layer(rows(1), "geojson.crs_unread"), "none")), ""},
		{"null among the features", collection("null", plain), of(layer(append([]Row{{Shape: None}}, rows(1)...), "geojson.type")), "GDAL passes over the null without a word."},
		{"feature without a type", collection(`{"properties":{"n":1},"geometry":` + square + `}`), of(layer(rows(1), "geojson.type")), "GDAL drops the properties of a feature without a type."},
		{"properties null", collection(feature("null", square)), of(fields([]Row{{Shape: shape}}, "")), ""},
		{"geometry twice", collection(`{"type":"Feature","properties":{"n":1},"geometry":null,"geometry":` + square + `}`), of(layer(rows(1), "geojson.duplicate_key")), ""},
		{"property twice", collection(feature(`{"n":7,"n":1}`, square)), of(layer(rows(1), "geojson.duplicate_key")), ""},
		{"mixed types", collection(feature(`{"n":1}`, coords("Point", "[1,2]")), plain), of(layer(append([]Row{{Shape: Other("Point", 1), Values: "n=1"}}, rows(1)...))), ""},
		{"integers beyond a float", collection(feature(`{"n":9007199254740993,"m":9223372036854775807}`, square)), of(fields(row("n=9007199254740993|m=9223372036854775807"), "n integer|m integer")), ""},
		{"integer of twenty-four digits", collection(feature(`{"n":150621198001011234567890}`, square)), of(layer(row("n=150621198001011234567890"))), "GDAL takes it for 64 bits and stops at the largest such number, without a word in the data."},
		{"identifier as feature id", collection(`{"type":"Feature","id":"150621-007","properties":{"n":1},"geometry":` + square + `}`), of(fields(row("n=1|id=150621-007"), "n integer|id text")), ""},
		{"number and text in one column", collection(feature(`{"n":7}`, square), feature(`{"n":"七"}`, square)), of(fields(append(row("n=7"), row("n=七")...), "n text")), ""},
		{"nested property", collection(feature(`{"n":{"a":[1,2]}}`, square)), of(fields(row(`n={"a":[1,2]}`), "n text", "value.nested")), "GDAL writes the nested value anew, with blanks."},
		{"name of a property escaped", collection(feature(`{"\u9762\u79ef":1.50}`, square)), of(fields(row("面积=1.50"), "面积 decimal")), ""},
		{"half a surrogate", collection(feature(`{"s":"甲\ud800"}`, square)), of(fields(row("s=甲\uFFFD"), "s text", "value.undecodable")), ""},
		{"GBK for UTF-8", collection(feature(`{"s":"`+gbk("张三")+`"}`, square)), of(fields(row("s=\uFFFD\uFFFD\uFFFD\uFFFD"), "s text", "value.undecodable")), "GDAL hands over the bytes as they are, which are no UTF-8."},
		{"cut in the second feature", collection(plain, plain)[:len(collection(plain, plain))-20], of(Layer{Name: "a", Fields: []string{"n integer"}, Encoding: utf8Fixed, Reference: refRFC, Rows: rows(1), Codes: codes("geojson.truncated")}), gdalBreaks},
		{"error in the second feature", collection(plain, `{"type":"Feature","geometry":]}`), of(layer(rows(1), "geojson.syntax")), gdalBreaks},
		{"two documents run together", collection(plain) + collection(plain), of(layer(rows(2))), "GDAL reads one document, or one a line; here documents may follow each other in any way."},
		{"text behind the document", collection(plain) + "谢谢", of(layer(rows(1), "geojson.syntax")), gdalBreaks},
		{"comments", "// made by hand\n" + collection(plain), refused("file.unknown_format"), ""},
		{"comma behind the last feature", collection(plain, ""), of(layer(rows(1), "geojson.syntax")), gdalBreaks},
		{"array", `[` + plain + `]`, refused("geojson.not_geojson"), ""},
		{"another JSON", `{"version":8,"sources":{}}`, refused("geojson.not_geojson"), ""},
		{"TopoJSON", `{"type":"Topology","objects":{"a":{"type":"GeometryCollection","geometries":[]}},"arcs":[]}`, refused("geojson.not_geojson"), ""},
		{"ten thousand brackets", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}}]}`, refused("geojson.syntax"), ""},
		{"collections sixty-five deep", collection(feature(`{"n":1}`, strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 65)+square+strings.Repeat(`]}`, 65))), of(layer([]Row{}, "file.limit")), "GDAL reads what is nested that deep; here nesting has a limit."},
	} {
		if c.want.Layers != nil && c.want.Layers[0].Fields != nil && c.want.Layers[0].Fields[0] == "" {
			c.want.Layers[0].Fields = nil
		}
		out = append(out, Case{Name: "geojson/document/" + slug(c.odd), Odd: c.odd, GDAL: c.gdal, Make: made("a.geojson", c.content), Want: c.want})
	}
	members := make([]string, 1_001)
	for i := range members {
		members[i] = fmt.Sprintf(`"f%d":1`, i)
	}
	return append(
		out,
		Case{Name: "geojson/document/in-a-zip", Odd: "two documents and a style in a zip", Make: zipped("a.zip", "数据/甲.json", collection(plain), "乙.geojson", plain, "style.json", `{"version":8}`), Want: of(called(layer(rows(1)), "甲"), called(layer(rows(1)), "乙")), GDAL: gdalRoot},
		Case{Name: "geojson/document/called-zip", Odd: "a document called .zip", Make: made("a.zip", collection(plain)), Want: of(layer(rows(1))), GDAL: "GDAL is asked for a zip here, as the name says."},
		Case{Name: "geojson/document/thousand-and-one-properties", Odd: "more properties than the limit", Make: made("a.geojson", collection(feature("{"+strings.Join(members, ",")+"}", square))), Want: refused("file.limit"), GDAL: "GDAL has no such limit."},
		Case{Name: "geojson/document/text-of-two-megabytes", Odd: "a text beyond the limit of a value", Make: made("a.geojson", collection(feature(`{"s":"`+strings.Repeat("甲", 400_000)+`","n":1}`, square))), Want: of(fields(row("n=1"), "s text|n integer", "value.limit")), GDAL: "GDAL has no such limit."},
	)
}

func called(l Layer, name string) Layer {
	l.Name = name
	return l
}
