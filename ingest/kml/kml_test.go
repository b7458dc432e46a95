package kml_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twpayne/go-geom/encoding/wkt"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/kml"
	"github.com/taohe-gis/taohe/ingest/record"
)

func open(content string, lim record.Limits, opts kml.Options) (*kml.Layer, error) {
	a := archive.Of(lim, archive.File{Name: "a.kml", Content: []byte(content)})
	return kml.Open(a.Entries()[0], lim, opts)
}

// result is a document in words.
type result struct {
	layer  *kml.Layer
	wkt    []string
	values []string // name=value of each row, nulls left out
	codes  []string
}

func read(t *testing.T, content string, lim record.Limits, opts kml.Options) result {
	t.Helper()
	l, err := open(content, lim, opts)
	if err != nil {
		var refused *record.RefusedError
		if !errors.As(err, &refused) {
			t.Fatal(err)
		}
		return result{codes: []string{refused.Diagnostics[0].Code}}
	}
	r := result{layer: l}
	for rec, err := range l.Records(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		if rec.Geometry != nil {
			if text, err = wkt.Marshal(rec.Geometry); err != nil {
				t.Fatal(err)
			}
		}
		r.wkt = append(r.wkt, text)
		var values []string
		for _, a := range rec.Attributes {
			if a.Value.Kind != record.Null {
				values = append(values, a.Name+"="+a.Value.Text)
			}
		}
		r.values = append(r.values, strings.Join(values, "|"))
		for _, d := range rec.Diagnostics {
			r.codes = append(r.codes, d.Code)
		}
	}
	for _, d := range l.Diagnostics() {
		r.codes = append(r.codes, d.Code)
	}
	return r
}

const (
	ring       = "0,0 10,0 10,10 0,10 0,0"
	wktSquare  = "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)))"
	wktSquareZ = "MULTIPOLYGON Z (((0 0 5, 10 0 5, 10 10 5, 0 10 5, 0 0 5)))"
)

// ringOf is a LinearRing, polygon a Polygon of one, placed a Placemark, and
// document a KML file.
func ringOf(coordinates string) string {
	return "<LinearRing><coordinates>" + coordinates + "</coordinates></LinearRing>"
}

func polygon(coordinates string) string {
	return "<Polygon><outerBoundaryIs>" + ringOf(coordinates) + "</outerBoundaryIs></Polygon>"
}

func placed(content ...string) string {
	return "<Placemark>" + strings.Join(content, "") + "</Placemark>"
}

func document(content ...string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>` +
		strings.Join(content, "") + `</Document></kml>`
}

func TestGeometries(t *testing.T) {
	t.Parallel()
	hole := "<innerBoundaryIs>" + ringOf("2,2 2,5 5,5 2,2") + "</innerBoundaryIs>"
	outer := "<outerBoundaryIs>" + ringOf(ring) + "</outerBoundaryIs>"
	high := "0,0,5 10,0,5 10,10,5 0,10,5 0,0,5"
	wktHole := "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 2 5, 5 5, 2 2)))"
	for _, c := range []struct {
		name, placemark string
		want            string
		codes           []string
	}{
		{name: "polygon", placemark: polygon(ring), want: wktSquare},
		{name: "polygon with a hole", placemark: "<Polygon>" + outer + hole + "</Polygon>", want: wktHole},
		{name: "hole before its shell", placemark: "<Polygon>" + hole + outer + "</Polygon>", want: wktHole},
		{
			// GDAL 3.6 reads the last of the rings only; the format allows but one.
			name: "two holes in one boundary", placemark: "<Polygon>" + outer + "<innerBoundaryIs>" + ringOf("2,2 2,5 5,5 2,2") + ringOf("6,6 6,8 8,8 6,6") + "</innerBoundaryIs></Polygon>",
			want: "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 2 5, 5 5, 2 2), (6 6, 6 8, 8 8, 6 6)))",
		},
		{name: "two outer boundaries", placemark: "<Polygon>" + outer + outer + "</Polygon>", codes: []string{"kml.boundary"}},
		{name: "no outer boundary", placemark: "<Polygon>" + hole + "</Polygon>", codes: []string{"kml.boundary"}},
		{
			name: "multigeometry", placemark: "<MultiGeometry>" + polygon(ring) + polygon("20,0 30,0 30,9 20,0") + "</MultiGeometry>",
			want: "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)), ((20 0, 30 0, 30 9, 20 0)))",
		},
		{name: "multigeometry in a multigeometry", placemark: "<MultiGeometry><MultiGeometry>" + polygon(ring) + "</MultiGeometry></MultiGeometry>", want: wktSquare},
		{name: "polygon with its label point", placemark: "<MultiGeometry><Point><coordinates>5,5</coordinates></Point>" + polygon(ring) + "</MultiGeometry>", want: wktSquare, codes: []string{"geometry.collection"}},
		{name: "polygon before a line", placemark: "<MultiGeometry>" + polygon(ring) + "<LineString><coordinates>5,5 6,6</coordinates></LineString></MultiGeometry>", want: wktSquare, codes: []string{"geometry.collection"}},
		{name: "point", placemark: "<Point><coordinates>110.5,40.25,0</coordinates></Point>", want: "POINT (110.5 40.25)"},
		{name: "line", placemark: "<LineString><coordinates>0,0 1,1</coordinates></LineString>", want: "LINESTRING (0 0, 1 1)"},
		{name: "ring by itself", placemark: ringOf("0,0 1,1 1,0 0,0"), want: "LINESTRING (0 0, 1 1, 1 0, 0 0)"},
		{name: "two lines", placemark: "<MultiGeometry>" + ringOf("0,0 1,1") + ringOf("0,0 1,1") + "</MultiGeometry>", want: "GEOMETRYCOLLECTION EMPTY"},
		{name: "no geometry", placemark: "<name>a</name>", codes: []string{"geometry.null"}},
		{name: "multigeometry of nothing", placemark: "<MultiGeometry/>", codes: []string{"geometry.null"}},
		{name: "track", placemark: "<gx:Track><gx:coord>1 2 3</gx:coord></gx:Track>", codes: []string{"shape.unsupported_type"}},
		{name: "model", placemark: "<Model><Location/></Model>", codes: []string{"shape.unsupported_type"}},
		{name: "open ring", placemark: polygon("0,0 10,0 10,10 0,10"), want: wktSquare, codes: []string{"ring.unclosed"}},
		{name: "ring on a line", placemark: polygon("0,0 1,1 2,2 0,0"), codes: []string{"ring.degenerate", "geometry.no_area"}},
		{name: "no coordinates", placemark: polygon(""), codes: []string{"ring.degenerate", "geometry.no_area"}},
		// GDAL 3.6 keeps the altitudes whatever the mode.
		{name: "altitudes on the ground", placemark: polygon(high), want: wktSquare, codes: []string{"kml.altitudes_dropped"}},
		{name: "altitudes of nought on the ground", placemark: polygon("0,0,0 10,0,0 10,10,0 0,10,0 0,0,0"), want: wktSquare},
		{name: "altitudes above sea level", placemark: strings.Replace(polygon(high), "<outer", "<altitudeMode>absolute</altitudeMode><outer", 1), want: wktSquareZ},
		{name: "mode behind the boundary", placemark: strings.Replace(polygon(high), "</Polygon>", "<altitudeMode> absolute </altitudeMode></Polygon>", 1), want: wktSquareZ},
		{name: "altitudes above the ground", placemark: strings.Replace(polygon(high), "<outer", "<altitudeMode>relativeToGround</altitudeMode><outer", 1), want: wktSquare, codes: []string{"kml.altitudes_dropped"}},
		{
			name: "altitudes of some positions", placemark: strings.Replace(polygon("0,0,5 10,0 10,10,5 0,10,5 0,0,5"), "<outer", "<altitudeMode>absolute</altitudeMode><outer", 1),
			want: wktSquare, codes: []string{"geometry.mixed_dimensions"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := read(t, document(placed(c.placemark)), record.DefaultLimits(), kml.Options{})
			if !slices.Equal(r.wkt, []string{c.want}) {
				t.Errorf("geometry %q, want %q", r.wkt, c.want)
			}
			if !slices.Equal(r.codes, c.codes) {
				t.Errorf("diagnostics %v, want %v", r.codes, c.codes)
			}
		})
	}
}

// White space comes in every form; what cannot be told is refused.
func TestCoordinates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		bad        bool
	}{
		{"blanks", "0,0 10,0 10,10 0,10 0,0", false},
		{"lines and tabs", "\n\t0,0\n\t10,0\r\n10,10\t0,10\n0,0\n", false},
		{"blanks behind the commas", "0, 0 10, 0 10, 10 0, 10 0, 0", false},
		{"blanks around the commas", "0 , 0 10 , 0 10 , 10 0\n,\n10 0,0", false},
		{"exponents and signs", "0e0,+0 +1e1,0 1.0E+1,10.00 0,10 0,0", false},
		{"CDATA", "<![CDATA[0,0 10,0 10,10 0,10 0,0]]>", false},
		{"a comment inside a number", "0,0 1<!-- x -->0,0 10,10 0,10 0,0", false},
		{"references to characters", "0,0&#32;10,0&#x0A;10,10 0,10 0,0", false},
		{"comma at the end", "0,0 10,0 10,10 0,10 0,0,", true},
		// GDAL 3.6 takes the next longitude for an altitude, and loses every other
		// position.
		{"comma behind each tuple", "0,0, 10,0, 10,10, 0,0", true},
		{"two commas", "0,,0 10,0 10,10 0,0", true},
		{"one number", "0,0 10 10,10 0,0", true},
		{"four numbers", "0,0,0,0 10,0 10,10 0,0", true},
		{"no commas", "0 0 10 0 10 10 0 0", true},
		{"letters", "0,0 10,x 10,10 0,0", true},
		{"degrees", "110°30′,40 10,0 10,10 0,0", true},
		{"not a number", "NaN,0 10,0 10,10 0,0", true},
		{"infinite", "1e999,0 10,0 10,10 0,0", true},
		{"hexadecimal", "0x1,0 10,0 10,10 0,0", true},
		{"full-width comma", "0，0 10,0 10,10 0,0", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := read(t, document(placed(polygon(c.text))), record.DefaultLimits(), kml.Options{})
			want, codes := wktSquare, []string(nil)
			if c.bad {
				want, codes = "", []string{"kml.coordinates"}
			}
			if !slices.Equal(r.wkt, []string{want}) || !slices.Equal(r.codes, codes) {
				t.Errorf("got %q %v, want %q %v", r.wkt, r.codes, want, codes)
			}
		})
	}
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	const schema = `<Schema name="s" id="s"><SimpleField type="int" name="n"/><SimpleField type="double" name="x"/><SimpleField type="bool" name="b"/><SimpleField type="string" name="t"/></Schema>`
	data := func(pairs ...string) string {
		out := `<ExtendedData><SchemaData schemaUrl="#s">`
		for i := 0; i < len(pairs); i += 2 {
			out += `<SimpleData name="` + pairs[i] + `">` + pairs[i+1] + `</SimpleData>`
		}
		return out + `</SchemaData></ExtendedData>`
	}
	for _, c := range []struct {
		name, content string
		values        []string
		kinds         string // of the fields, by number
		codes         []string
	}{
		{"name and description", placed("<name> 甲 </name><description><![CDATA[<b>乙</b>]]></description>"), []string{"name=甲|description=<b>乙</b>"}, "name:1 description:1", []string{"geometry.null"}},
		{"data", placed(`<ExtendedData><Data name="许可证号"><displayName>x</displayName><value>C15000020110571301123</value></Data></ExtendedData>`), []string{"许可证号=C15000020110571301123"}, "许可证号:1", []string{"geometry.null"}},
		{"schema types", schema + placed(data("n", "007", "x", "0.10", "b", "1", "t", "2022")), []string{"n=007|x=0.10|b=true|t=2022"}, "n:2 x:3 b:5 t:1", []string{"geometry.null"}},
		{"schema behind its placemarks", placed(data("n", "7")) + schema, []string{"n=7"}, "n:2", []string{"geometry.null"}},
		{"value of another type than its schema's", schema + placed(data("n", "seven")), []string{"n=seven"}, "n:2", []string{"value.not_a_number", "geometry.null"}},
		{"fields of some rows only", placed(data("t", "1")) + placed(data("u", "2")), []string{"t=1", "u=2"}, "t:1 u:1", []string{"geometry.null", "geometry.null"}},
		{"empty value", placed(data("t", " ")), []string{""}, "t:1", []string{"geometry.null"}},
		{"one name twice", placed(data("t", "1", "t", "2")), []string{"t=1"}, "t:1", []string{"field.name_twice", "geometry.null"}},
		{"data called name", placed("<name>甲</name>" + data("name", "乙")), []string{"name=乙|placemark_name=甲"}, "name:1 placemark_name:1", []string{"geometry.null"}},
		{"free elements", placed(`<ExtendedData xmlns:m="urn:m"><m:矿山>甲</m:矿山></ExtendedData>`), []string{"矿山=甲"}, "矿山:1", []string{"geometry.null"}},
		{"folders", `<name>项目</name><Folder><name>甲/乙</name>` + placed("") + `<Folder>` + placed("") + `</Folder></Folder>` + placed(""), []string{"folder=项目/甲/乙", "folder=项目/甲/乙", "folder=项目"}, "folder:1", []string{"geometry.null", "geometry.null", "geometry.null"}},
		{"elements of the first versions", `<Schema name="地块" parent="Placemark"><SimpleField type="wstring" name="面积"/></Schema><地块><name>甲</name><面积>3</面积></地块>`, []string{"面积=3|name=甲"}, "面积:1 name:1", []string{"geometry.null"}},
		{"entities of XML", placed("<name>&lt;甲&gt; &amp; 乙 &#x4E19;</name>"), []string{"name=<甲> & 乙 丙"}, "name:1", []string{"geometry.null"}},
		{"data without a name", placed(`<ExtendedData><Data><value>1</value></Data></ExtendedData>`), []string{"field_1=1"}, "field_1:1", []string{"geometry.null", "field.name_empty"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := read(t, document(c.content), record.DefaultLimits(), kml.Options{})
			if !slices.Equal(r.values, c.values) {
				t.Errorf("values %q, want %q", r.values, c.values)
			}
			var kinds []string
			for _, f := range r.layer.Fields() {
				kinds = append(kinds, fmt.Sprintf("%s:%d", f.Name, f.Kind))
			}
			if got := strings.Join(kinds, " "); got != c.kinds {
				t.Errorf("fields %s, want %s", got, c.kinds)
			}
			if !slices.Equal(r.codes, c.codes) {
				t.Errorf("diagnostics %v, want %v", r.codes, c.codes)
			}
		})
	}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	place := placed("<name>甲</name>", polygon(ring))
	for _, c := range []struct {
		name, content string
		rows          int
		codes         []string
	}{
		{"no namespace", "<kml><Document>" + place + "</Document></kml>", 1, nil},
		{"old namespace", `<kml xmlns="http://earth.google.com/kml/2.0">` + place + "</kml>", 1, nil},
		{"prefix", `<k:kml xmlns:k="http://www.opengis.net/kml/2.2">` + strings.NewReplacer("</", "</k:", "<", "<k:").Replace(place) + "</k:kml>", 1, nil},
		{"placemark as root", place, 1, nil},
		{"folder as root", "<Folder>" + place + place + "</Folder>", 2, nil},
		{"document type", "<!DOCTYPE kml>" + document(place), 1, nil},
		{"two features in one document", document(place, place), 2, nil},
		{"network link", document("<NetworkLink><Link><href>http://127.0.0.1:1/x.kml</href></Link></NetworkLink>", place), 1, []string{"kml.network_link"}},
		{"overlay", document("<GroundOverlay><Icon><href>http://127.0.0.1:1/x.png</href></Icon></GroundOverlay>", place), 1, []string{"kml.elements_ignored"}},
		{"no placemark", document(), 0, nil},
		{"cut off", document(place, place)[:420], 1, []string{"kml.syntax"}},
		{"cut off in the first", document(place)[:200], 0, []string{"kml.syntax"}},
		{"elements crossed", "<kml><Document>" + place + "</kml></Document>", 1, []string{"kml.syntax"}},
		{"entity of its own", `<!DOCTYPE kml [<!ENTITY a "b">]><kml>` + placed("<name>&a;</name>") + "</kml>", 0, []string{"kml.syntax"}},
		{"entity of a file", `<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/passwd">]><kml>` + place + placed("<name>&a;</name>") + "</kml>", 1, []string{"kml.syntax"}},
		{"GML", `<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"/>`, 0, []string{"kml.not_kml"}},
		{"nothing", "", 0, []string{"kml.not_kml"}},
		{"text", "hello", 0, []string{"kml.not_kml"}},
		{"XML 1.1", `<?xml version="1.1"?>` + place, 0, []string{"kml.syntax"}},
		{"unknown encoding", `<?xml version="1.0" encoding="klingon"?>` + place, 0, []string{"text.encoding_unknown"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := read(t, c.content, record.DefaultLimits(), kml.Options{})
			if len(r.wkt) != c.rows || !slices.Equal(r.codes, c.codes) {
				t.Errorf("%d rows %v, want %d %v", len(r.wkt), r.codes, c.rows, c.codes)
			}
		})
	}
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	body := "<kml>" + placed("<name>鄂尔多斯</name>", polygon(ring)) + "</kml>"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(body)
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(`<?xml version="1.0" encoding="UTF-16"?>` + body)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, content, user string
		encoding            record.Encoding
		codes               []string
	}{
		{"UTF-8", body, "", record.Encoding{Name: "UTF-8", How: "format"}, nil},
		{"UTF-8 with a byte order mark", "\xEF\xBB\xBF" + body, "", record.Encoding{Name: "UTF-8", How: "format"}, nil},
		{"GBK declared", `<?xml version="1.0" encoding="GBK"?>` + gbk, "", record.Encoding{Name: "GB18030", How: "format"}, nil},
		{"GB 2312 declared", `<?xml version="1.0" encoding="gb2312"?>` + gbk, "", record.Encoding{Name: "GB18030", How: "format"}, nil},
		{"GBK undeclared", gbk, "", record.Encoding{Name: "GB18030", How: "content"}, []string{"kml.encoding_by_content"}},
		{"GBK declared UTF-8", `<?xml version="1.0" encoding="UTF-8"?>` + gbk, "", record.Encoding{Name: "GB18030", How: "content"}, []string{"kml.encoding_by_content"}},
		{"GBK declared UTF-8, the user knows", `<?xml version="1.0" encoding="UTF-8"?>` + gbk, "GBK", record.Encoding{Name: "GBK", How: "user"}, nil},
		{"UTF-16", utf16, "", record.Encoding{Name: "UTF-16", How: "format"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if !kml.Recognise([]byte(c.content)) {
				t.Error("not recognised")
			}
			r := read(t, c.content, record.DefaultLimits(), kml.Options{Encoding: c.user})
			if !slices.Equal(r.values, []string{"name=鄂尔多斯"}) || !slices.Equal(r.wkt, []string{wktSquare}) || !slices.Equal(r.codes, c.codes) {
				t.Errorf("%q %q %v", r.values, r.wkt, r.codes)
			}
			if r.layer != nil && r.layer.Encoding() != c.encoding {
				t.Errorf("encoding %v, want %v", r.layer.Encoding(), c.encoding)
			}
		})
	}
}

// Files of Ovital Map: what the program says of each placemark decides.
func TestOvital(t *testing.T) {
	t.Parallel()
	place := func(system string) string {
		if system != "" {
			system = "<OvCoordType>" + system + "</OvCoordType>"
		}
		return placed("<OvAttr><OvIcon>4</OvIcon></OvAttr>", system, polygon(ring))
	}
	for _, c := range []struct {
		name, content string
		ovital        bool
		want          record.Reference
		codes         []string
	}{
		{"ordinary", placed(polygon(ring)), false, record.Reference{EPSG: 4326, How: "kml"}, nil},
		{"by its name alone", placed(polygon(ring)), true, record.Reference{EPSG: 4326, How: kml.HowOvital}, nil},
		{"by its elements alone", place(""), false, record.Reference{EPSG: 4326, How: kml.HowOvital}, nil},
		{"offset", place("GCJ02") + place("GCJ-02"), false, record.Reference{EPSG: 4326, How: kml.HowOvital}, nil},
		{"offset or unsaid", place("GCJ02") + place(""), true, record.Reference{EPSG: 4326, How: kml.HowOvital}, nil},
		{"CGCS2000", place("CGCS2000"), true, record.Reference{EPSG: 4490, How: "kml"}, []string{"kml.system_declared"}},
		{"WGS 84", place("WGS84"), true, record.Reference{EPSG: 4326, How: "kml"}, []string{"kml.system_declared"}},
		{"said by the folder", "<OvCoordType>CGCS2000</OvCoordType><Folder>" + place("") + "</Folder>", true, record.Reference{EPSG: 4490, How: "kml"}, []string{"kml.system_declared"}},
		{"mixed", place("CGCS2000") + place("GCJ02"), true, record.Reference{}, []string{"kml.systems_mixed"}},
		{"CGCS2000 and unsaid", place("CGCS2000") + place(""), true, record.Reference{}, []string{"kml.systems_mixed"}},
		{"Baidu", place("BD09"), true, record.Reference{}, []string{"kml.system_unknown"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := read(t, document(c.content), record.DefaultLimits(), kml.Options{Ovital: c.ovital})
			if !slices.Equal(r.codes, c.codes) {
				t.Errorf("diagnostics %v, want %v", r.codes, c.codes)
			}
			if r.layer != nil && r.layer.Reference() != c.want {
				t.Errorf("reference %v, want %v", r.layer.Reference(), c.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	place := placed("<name>甲乙丙</name>", polygon(ring))
	for _, c := range []struct {
		name    string
		content string
		set     func(*record.Limits)
		codes   []string
	}{
		{"bytes", document(place), func(l *record.Limits) { l.MaxBytes = 100 }, []string{"file.limit"}},
		{"rows", document(place, place), func(l *record.Limits) { l.MaxRows = 1 }, []string{"file.limit"}},
		{"vertices", document(place), func(l *record.Limits) { l.MaxVertices = 4 }, []string{"geometry.limit"}},
		{"vertices just enough", document(place), func(l *record.Limits) { l.MaxVertices = 5 }, nil},
		{"rings", document(place), func(l *record.Limits) { l.MaxParts = 0 }, []string{"geometry.limit"}},
		{"field size", document(place), func(l *record.Limits) { l.MaxFieldSize = 8 }, []string{"value.limit"}},
		{"fields", document(placed(`<ExtendedData><a>1</a><b>2</b></ExtendedData>`)), func(l *record.Limits) { l.MaxFields = 1 }, []string{"file.limit"}},
		{"nesting", document(strings.Repeat("<Folder>", 100) + strings.Repeat("</Folder>", 100)), func(*record.Limits) {}, []string{"file.limit"}},
		{"nesting of what is passed over", document(strings.Repeat("<x>", 100) + strings.Repeat("</x>", 100)), func(*record.Limits) {}, []string{"file.limit"}},
		{"one long text", document(placed("<name>" + strings.Repeat("x", 1<<20) + "</name>")), func(l *record.Limits) { l.MaxVertices, l.MaxFieldSize = 100, 100 }, []string{"file.limit"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lim := record.DefaultLimits()
			c.set(&lim)
			r := read(t, c.content, lim, kml.Options{})
			if !slices.Equal(r.codes, c.codes) {
				t.Errorf("got %v, want %v", r.codes, c.codes)
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	place := placed(polygon(ring))
	l, err := open(document(place, place, place), record.DefaultLimits(), kml.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var last error
	for _, err := range l.Records(ctx) {
		cancel()
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", last)
	}
}

func TestRecognise(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		document(): true, "<kml>": true, " \n<?xml version='1.0'?>\n<!-- <x> -->\n<kml xmlns='http://earth.google.com/kml/2.2'>": true, "<Folder>": true,
		"": false, "hello <kml>": false, "<gml:x/>": false, `<svg xmlns="http://www.w3.org/2000/svg">`: false, "{}": false,
	} {
		if got := kml.Recognise([]byte(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// Whatever the bytes, a document is read or refused with a word.
func FuzzKML(f *testing.F) {
	for _, seed := range []string{
		document(placed("<name>甲</name>", polygon(ring))),
		document(`<Schema><SimpleField type="int" name="n"/></Schema>` + placed(`<ExtendedData><SchemaData><SimpleData name="n">7</SimpleData></SchemaData><Data name="x"><value>1</value></Data></ExtendedData>`, "<MultiGeometry>"+polygon("0,0,5 1,0 1,1")+"<Point><coordinates>1,2</coordinates></Point></MultiGeometry>")),
		document("<Folder><name>a</name>" + placed("<OvCoordType>GCJ02</OvCoordType>", "<Polygon><innerBoundaryIs>"+ringOf("1 , 2 3,\n4,5")+"</innerBoundaryIs><altitudeMode>absolute</altitudeMode></Polygon>") + "</Folder><NetworkLink/>"),
		`<?xml version="1.0" encoding="GBK"?><kml><Placemark><name>` + "\xd5\xc5" + `</name></Placemark></kml>`,
		"<kml><Placemark><name>\xd5\xc5</name></Placemark></kml>", "<!DOCTYPE kml [<!ENTITY a 'b'>]><kml>&a;</kml>",
	} {
		f.Add(seed)
	}
	lim := record.Limits{
		MaxBytes: 1 << 20, MaxEntries: 100, MaxRatio: 100, MaxVertices: 10_000, MaxParts: 1_000,
		MaxRows: 1_000, MaxFields: 100, MaxFieldSize: 1 << 16, MaxDepth: 16,
	}
	f.Fuzz(func(t *testing.T, content string) {
		l, err := open(content, lim, kml.Options{})
		var refused *record.RefusedError
		if err != nil {
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
			if rows++; rows > lim.MaxRows || r.Row != rows {
				t.Fatalf("row %d is called %d", rows, r.Row)
			}
			if r.Geometry == nil && len(r.Diagnostics) == 0 {
				t.Fatal("no geometry and no word why")
			}
			if len(r.Attributes) != len(l.Fields()) {
				t.Fatalf("%d attributes for %d fields", len(r.Attributes), len(l.Fields()))
			}
		}
		if l.Rows() >= 0 && l.Rows() != rows {
			t.Fatalf("%d rows, the first pass counted %d", rows, l.Rows())
		}
		for _, d := range l.Diagnostics() {
			if d.English() == d.Code {
				t.Fatalf("%s is not in the catalogue", d.Code)
			}
		}
	})
}
