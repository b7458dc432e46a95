package torture

import (
	"strings"

	"golang.org/x/text/encoding/unicode"
)

const (
	ring10    = "0,0 10,0 10,10 0,10 0,0" // 100 of ground
	refKML    = "EPSG:4326 (kml)"
	refOvital = "EPSG:4326 (ovkml)"
)

func ringOf(coordinates string) string {
	return "<LinearRing><coordinates>" + coordinates + "</coordinates></LinearRing>"
}

func kmlPolygon(coordinates string) string {
	return "<Polygon><outerBoundaryIs>" + ringOf(coordinates) + "</outerBoundaryIs></Polygon>"
}

func placed(content ...string) string {
	return "<Placemark>" + strings.Join(content, "") + "</Placemark>"
}

func kmlDocument(content ...string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>` +
		strings.Join(content, "") + `</Document></kml>`
}

// kmlGeometries are geometries of one placemark each.
func kmlGeometries() []Case {
	outer := "<outerBoundaryIs>" + ringOf(ring10) + "</outerBoundaryIs>"
	inner := "<innerBoundaryIs>" + ringOf("2,2 2,5 5,5 5,2 2,2") + "</innerBoundaryIs>" // 9
	high := strings.ReplaceAll(ring10, " ", ",5 ") + ",5"
	mode := func(m string) string {
		return strings.Replace(kmlPolygon(high), "<outer", "<altitudeMode>"+m+"</altitudeMode><outer", 1)
	}
	one := Polygon(1, 1, 100)
	var out []Case
	for _, c := range []struct {
		odd, geometry, want string
		codes               []string
		gdal                string
	}{
		{"polygon", kmlPolygon(ring10), one, nil, ""},
		{"polygon with a hole", "<Polygon>" + outer + inner + "</Polygon>", Polygon(1, 2, 91), nil, ""},
		{"inner boundary before the outer", "<Polygon>" + inner + outer + "</Polygon>", Polygon(1, 2, 91), nil, ""},
		{"two rings in one inner boundary", "<Polygon>" + outer + "<innerBoundaryIs>" + ringOf("2,2 2,5 5,5 5,2 2,2") + ringOf("6,6 6,8 8,8 8,6 6,6") + "</innerBoundaryIs></Polygon>", Polygon(1, 3, 87), nil, "GDAL reads the last of the rings only."},
		{"two outer boundaries", "<Polygon>" + outer + outer + "</Polygon>", None, []string{"kml.boundary"}, "GDAL reads the last of the two, without a word."},
		{"no outer boundary", "<Polygon>" + inner + "</Polygon>", None, []string{"kml.boundary"}, "GDAL takes the inner boundary for the outer."},
		{"multigeometry", "<MultiGeometry>" + kmlPolygon(ring10) + kmlPolygon("20,0 30,0 30,10 20,0") + "</MultiGeometry>", Polygon(2, 2, 150), nil, ""},
		{"multigeometry in a multigeometry", "<MultiGeometry><MultiGeometry>" + kmlPolygon(ring10) + "</MultiGeometry></MultiGeometry>", one, nil, "GDAL hands over a collection of one multipolygon."},
		{"polygon with its label point", "<MultiGeometry><Point><coordinates>5,5</coordinates></Point>" + kmlPolygon(ring10) + "</MultiGeometry>", one, []string{"geometry.collection"}, gdalMembers},
		{"point", "<Point><coordinates>110.5,40.25,0</coordinates></Point>", Other("Point", 1), nil, ""},
		{"line", "<LineString><coordinates>0,0 1,1</coordinates></LineString>", Other("LineString", 2), nil, ""},
		{"two lines", "<MultiGeometry>" + strings.Repeat("<LineString><coordinates>0,0 1,1</coordinates></LineString>", 2) + "</MultiGeometry>", Other("GeometryCollection", 0), nil, "GDAL has them as a multi-line; nothing without polygons is used."},
		{"no geometry", "", None, []string{"geometry.null"}, ""},
		{"multigeometry of nothing", "<MultiGeometry></MultiGeometry>", None, []string{"geometry.null"}, ""},
		{"track of Google", "<gx:Track><when>2022-04-23T00:00:00Z</when><gx:coord>1 2 3</gx:coord></gx:Track>", None, []string{"shape.unsupported_type"}, "GDAL has the track as a line with measures."},
		{"model", "<Model><Location><longitude>1</longitude><latitude>2</latitude></Location></Model>", None, []string{"shape.unsupported_type"}, ""},
		{"ring that is not closed", kmlPolygon("0,0 10,0 10,10 0,10"), one, []string{"ring.unclosed"}, gdalOpen},
		{"ring on a line", kmlPolygon("0,0 1,1 2,2 0,0"), None, []string{"ring.degenerate", "geometry.no_area"}, gdalKeeps},
		{"no coordinates", kmlPolygon(""), None, []string{"ring.degenerate", "geometry.no_area"}, ""},
		{"altitudes on the ground", kmlPolygon(high), one, []string{"kml.altitudes_dropped"}, ""},
		{"altitudes above sea level", mode("absolute"), PolygonZ(1, 1, 100), nil, ""},
		{"altitudes above the ground", mode("relativeToGround"), one, []string{"kml.altitudes_dropped"}, ""},
		{"lines and tabs between the tuples", kmlPolygon("\n\t0,0\n\t10,0\r\n10,10\t0,10\n0,0\n"), one, nil, ""},
		{"blanks behind the commas", kmlPolygon("0, 0 10, 0 10, 10 0, 10 0, 0"), one, nil, ""},
		{"exponents and signs", kmlPolygon("0e0,+0 +1e1,0 1.0E+1,10.00 0,10 0,0"), one, nil, ""},
		{"coordinates in CDATA", kmlPolygon("<![CDATA[0,0 10,0 10,10 0,10 0,0]]>"), one, nil, ""},
		{"comma behind each tuple", kmlPolygon("0,0, 10,0, 10,10, 0,10, 0,0"), None, []string{"kml.coordinates"}, "GDAL takes the next longitude for an altitude, and loses every other position."},
		{"tuple of one number", kmlPolygon("0,0 10 10,10 0,10 0,0"), None, []string{"kml.coordinates"}, gdalSkips},
		{"tuple of four numbers", kmlPolygon("0,0,0,0 10,0 10,10 0,10 0,0"), None, []string{"kml.coordinates"}, gdalSkips},
		{"letters in a tuple", kmlPolygon("0,0 10,x 10,10 0,10 0,0"), None, []string{"kml.coordinates"}, gdalSkips},
		{"commas of full width", kmlPolygon("0，0 10,0 10,10 0,10 0,0"), None, []string{"kml.coordinates"}, gdalSkips},
		{"no commas", kmlPolygon("0 0 10 0 10 10 0 10 0 0"), None, []string{"kml.coordinates"}, ""},
		{"not a number", kmlPolygon("0,0 NaN,0 10,10 0,10 0,0"), None, []string{"kml.coordinates"}, gdalNumber},
	} {
		out = append(out, Case{
			Name: "kml/geometry/" + slug(c.odd), Odd: c.odd, GDAL: c.gdal, Make: made("a.kml", kmlDocument(placed("<name>甲</name>", c.geometry))),
			Want: of(Layer{Name: "a", Fields: []string{"name text"}, Encoding: utf8Fixed, Reference: refKML, Rows: []Row{{Shape: c.want, Values: "name=甲"}}, Codes: codes(c.codes...)}),
		})
	}
	return out
}

// kmlDocuments are whole documents, and what Ovital Map makes of them.
func kmlDocuments() []Case {
	place := placed("<name>甲</name>", kmlPolygon(ring10))
	layer := func(name string, rows int, names ...string) Layer {
		l := Layer{Name: name, Fields: []string{"name text"}, Encoding: utf8Fixed, Reference: refKML, Rows: []Row{}, Codes: codes(names...)}
		for range rows {
			l.Rows = append(l.Rows, Row{Shape: Polygon(1, 1, 100), Values: "name=甲"})
		}
		return l
	}
	with := func(l Layer, encoding, reference string) Layer {
		l.Encoding, l.Reference = encoding, reference
		return l
	}
	values := func(columns string, rows ...string) Layer {
		l := layer("a", 0)
		l.Fields = strings.Split(columns, "|")
		for _, r := range rows {
			l.Rows = append(l.Rows, Row{Shape: Polygon(1, 1, 100), Values: r})
		}
		return l
	}
	ovital := func(systems ...string) string {
		var b strings.Builder
		for _, s := range systems {
			if s != "" {
				s = "<OvCoordType>" + s + "</OvCoordType>"
			}
			b.WriteString(placed("<name>甲</name>", "<OvAttr><OvIcon>4</OvIcon></OvAttr>", s, kmlPolygon(ring10)))
		}
		return kmlDocument(b.String())
	}
	polygon := kmlPolygon(ring10)
	const schema = `<Schema name="s" id="s"><SimpleField type="int" name="n"></SimpleField><SimpleField type="double" name="x"></SimpleField><SimpleField type="string" name="t"></SimpleField></Schema>`
	simple := func(pairs ...string) string {
		out := `<ExtendedData><SchemaData schemaUrl="#s">`
		for i := 0; i < len(pairs); i += 2 {
			out += `<SimpleData name="` + pairs[i] + `">` + pairs[i+1] + `</SimpleData>`
		}
		return out + `</SchemaData></ExtendedData>`
	}
	bare := "<kml><Document>" + place + "</Document></kml>"
	var out []Case
	for _, c := range []struct {
		odd, file, content string
		want               Reading
		gdal               string
	}{
		{"no namespace", "a.kml", bare, of(layer("a", 1)), ""},
		{"namespace of the first versions", "a.kml", `<kml xmlns="http://earth.google.com/kml/2.0"><Document>` + place + "</Document></kml>", of(layer("a", 1)), ""},
		{"prefix before every element", "a.kml", `<k:kml xmlns:k="http://www.opengis.net/kml/2.2"><k:Document>` + strings.NewReplacer("</", "</k:", "<", "<k:").Replace(place) + "</k:Document></k:kml>", of(layer("a", 1)), ""},
		{"placemark as root", "a.kml", place, of(layer("a", 1)), "GDAL wants the element kml as root."},
		{"GBK declared", "a.kml", `<?xml version="1.0" encoding="GBK"?>` + gbk(bare), of(with(layer("a", 1), "GB18030 (format)", refKML)), gdalGBK},
		{"GB2312 declared", "a.kml", `<?xml version="1.0" encoding="gb2312"?>` + gbk(bare), of(with(layer("a", 1), "GB18030 (format)", refKML)), gdalGBK},
		{"GBK declared UTF-8", "a.kml", `<?xml version="1.0" encoding="UTF-8"?>` + gbk(bare), of(with(layer("a", 1, "kml.encoding_by_content"), "GB18030 (content)", refKML)), gdalGBK},
		{"GBK undeclared", "a.kml", gbk(bare), of(with(layer("a", 1, "kml.encoding_by_content"), "GB18030 (content)", refKML)), gdalGBK},
		{"byte order mark", "a.kml", "\xEF\xBB\xBF" + bare, of(layer("a", 1)), ""},
		{"UTF-16", "a.kml", utf16(`<?xml version="1.0" encoding="UTF-16"?>` + bare), of(with(layer("a", 1), "UTF-16 (format)", refKML)), ""},
		{"encoding nobody knows", "a.kml", `<?xml version="1.0" encoding="klingon"?>` + bare, refused("text.encoding_unknown"), ""},
		{"network link", "a.kml", kmlDocument(`<NetworkLink><name>外部</name><Link><href>http://127.0.0.1:1/x.kml</href></Link></NetworkLink>`, place), of(layer("a", 1, "kml.network_link")), ""},
		{"overlay", "a.kml", kmlDocument(`<GroundOverlay><name>影像</name><Icon><href>http://127.0.0.1:1/x.png</href></Icon></GroundOverlay>`, place), of(layer("a", 1, "kml.elements_ignored")), "GDAL has the overlay as a row without a shape."},
		{"no placemark", "a.kml", kmlDocument(), of(Layer{Name: "a", Encoding: utf8Fixed, Reference: refKML, Rows: []Row{}}), ""},
		{"cut in the second placemark", "a.kml", kmlDocument(place, place)[:len(kmlDocument(place, place))-60], of(layer("a", 1, "kml.syntax")), gdalBreaks},
		{"elements crossed", "a.kml", "<kml><Document>" + place + "</kml></Document>", of(layer("a", 1, "kml.syntax")), gdalBreaks},
		{"entity of its own", "a.kml", `<!DOCTYPE kml [<!ENTITY a "b">]><kml>` + placed("<name>&a;</name>", polygon) + "</kml>", refused("kml.syntax"), ""},
		{"entity of a file", "a.kml", `<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/passwd">]><kml><Document>` + place + placed("<name>&a;</name>", polygon) + "</Document></kml>", of(layer("a", 1, "kml.syntax")), gdalBreaks},
		{"entities that double thirty times", "a.kml", laughs(), refused("kml.syntax"), ""},
		{"a hundred folders deep", "a.kml", kmlDocument(strings.Repeat("<Folder>", 100) + place + strings.Repeat("</Folder>", 100)), refused("file.limit"), ""},
		{"XML of version 1.1", "a.kml", `<?xml version="1.1"?>` + bare, refused("kml.syntax"), "GDAL does not look at the version."},
		{"GML", "a.kml", `<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"></gml:FeatureCollection>`, refused("file.unknown_format"), ""},
		{"web page", "a.kml", "<html><body><kml ></body></html>", refused("kml.not_kml"), ""},
		{"schema with types", "a.kml", kmlDocument(schema, placed(simple("n", "7", "x", "0.10", "t", "2022"), polygon)), of(values("n integer|x decimal|t text", "n=7|x=0.10|t=2022")), ""},
		{"value of another type than its schema's", "a.kml", kmlDocument(schema, placed(simple("n", "seven"), polygon)), of(func() Layer { l := values("n integer", "n=seven"); l.Codes = codes("value.not_a_number"); return l }()), "GDAL reads 0 where the schema says a number and the text is none."},
		{"data without a schema", "a.kml", kmlDocument(placed(`<ExtendedData><Data name="许可证号"><value>C1500002011057130112345</value></Data></ExtendedData>`, polygon)), of(values("许可证号 text", "许可证号=C1500002011057130112345")), "GDAL makes underscores of a Chinese name."},
		{"folders", "a.kml", kmlDocument("<Folder><name>一期</name>" + place + "</Folder><Folder><name>二期</name>" + place + "</Folder>"), of(values("name text|folder text", "name=甲|folder=一期", "name=甲|folder=二期")), "GDAL makes a layer of each folder; here the folder is a column."},
		{"entities of XML and CDATA", "a.kml", kmlDocument(placed("<name>&lt;甲&gt; &amp; &#x4E19;</name><description><![CDATA[<b>乙</b>]]></description>", polygon)), of(values("name text|description text", "name=<甲> & 丙|description=<b>乙</b>")), ""},
		{"ovkml that says nothing", "a.ovkml", ovital(""), of(with(layer("a", 1), utf8Fixed, refOvital)), ""},
		{"ovkml called kml", "a.kml", ovital("GCJ02"), of(with(layer("a", 1), utf8Fixed, refOvital)), ""},
		{"kml called ovkml", "a.ovkml", kmlDocument(place), of(with(layer("a", 1), utf8Fixed, refOvital)), ""},
		{"ovkml of CGCS2000", "a.ovkml", ovital("CGCS2000", "CGCS2000"), of(with(layer("a", 2, "kml.system_declared"), utf8Fixed, "EPSG:4490 (kml)")), ""},
		{"ovkml of two systems", "a.ovkml", ovital("CGCS2000", "GCJ02"), refused("kml.systems_mixed"), gdalOffset},
		{"ovkml of Baidu", "a.ovkml", ovital("BD09"), refused("kml.system_unknown"), gdalOffset},
	} {
		out = append(out, Case{Name: "kml/document/" + slug(c.odd), Odd: c.odd, GDAL: c.gdal, Make: made(c.file, c.content), Want: c.want})
	}
	return append(
		out,
		Case{Name: "kml/kmz/plain", Odd: "kmz with pictures", Make: zipped("a.kmz", "doc.kml", kmlDocument(place), "files/icon.png", "\x89PNG\r\n\x1a\n"), Want: of(layer("doc", 1)), GDAL: ""},
		Case{Name: "kml/kmz/document-elsewhere", Odd: "kmz whose document has another name and folder", Make: zipped("a.kmz", "files/icon.png", "\x89PNG\r\n\x1a\n", "数据/图斑.kml", kmlDocument(place)), Want: of(layer("图斑", 1)), GDAL: ""},
		Case{Name: "kml/kmz/two-documents", Odd: "kmz with two documents", Make: zipped("a.kmz", "doc.kml", kmlDocument(place), "other.kml", kmlDocument(place, place)), Want: of(layer("doc", 1), layer("other", 2)), GDAL: "GDAL reads the first document only."},
		Case{Name: "kml/kmz/not-a-zip", Odd: "kmz that is a document", Make: made("a.kmz", kmlDocument(place)), Want: of(layer("a", 1)), GDAL: gdalKMZ},
		Case{Name: "kml/kmz/ovkmz", Odd: "kmz of Ovital Map", Make: zipped("a.ovkmz", "doc.kml", ovital("")), Want: of(with(layer("doc", 1), utf8Fixed, refOvital)), GDAL: gdalKMZ},
	)
}

func utf16(s string) string {
	b, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(s)
	if err != nil {
		panic(err)
	}
	return b
}

// laughs is a document whose name would take a gigabyte.
func laughs() string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "x">`)
	for c := 'b'; c <= 'z'; c++ {
		b.WriteString(`<!ENTITY ` + string(c) + ` "&` + string(c-1) + `;&` + string(c-1) + `;">`)
	}
	b.WriteString(`]><kml><Document>` + placed("<name>&z;</name>", kmlPolygon(ring10)) + "</Document></kml>")
	return b.String()
}
