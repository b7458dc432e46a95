package torture

import (
	"encoding/binary"
	"math"
	"strings"

	gb "github.com/taohe-gis/taohe/internal/gpkgbytes"
)

const refGPKG = "EPSG:4525 (gpkg)"

// database is a GeoPackage a.gpkg of the script.
func database(script string, args ...any) func() ([]File, error) {
	return databaseThen(nil, script, args...)
}

// databaseThen is database after an edit of its bytes.
func databaseThen(edit func([]byte) []byte, script string, args ...any) func() ([]File, error) {
	return func() ([]File, error) {
		b, err := gb.Database(script, args...)
		if err == nil && edit != nil {
			b = edit(b)
		}
		return []File{{"a.gpkg", b}}, err
	}
}

const featureTable = `create table a (fid integer primary key, geom blob, t text);`

// geopackageGeometries are geometries in one row each.
func geopackageGeometries() []Case {
	little, big := binary.LittleEndian, binary.BigEndian
	nan := math.NaN()
	square := gb.Ring(0, 0, 10, 0, 10, 10, 0, 10, 0, 0)
	far := gb.Ring(20, 0, 30, 0, 30, 10, 20, 0) // 50
	polygon := gb.Polygon(3, square)
	bigSquare := gb.Bytes(big, byte(0), 3, 1, 5, []float64{0, 0, 10, 0, 10, 10, 0, 10, 0, 0})
	high := func(z ...float64) []byte {
		return gb.Bytes(little, 5, []float64{0, 0, z[0], 10, 0, z[1], 10, 10, z[2], 0, 10, z[3], 0, 0, z[4]})
	}
	point, line := gb.Bytes(little, byte(1), 1, []float64{3, 4}), gb.Bytes(little, byte(1), 2, gb.Ring(0, 0, 1, 1))
	envelope := func(code byte, doubles int) []byte { return gb.Headed(4525, code, make([]float64, doubles), polygon) }
	one := Polygon(1, 1, 100)
	var out []Case
	for _, c := range []struct {
		odd   string
		blob  any
		want  string
		codes []string
		gdal  string
	}{
		{"no envelope", gb.Geometry(polygon), one, nil, ""},
		{"envelope XY", envelope(1, 4), one, nil, ""},
		{"envelope XYZ", envelope(2, 6), one, nil, ""},
		{"envelope XYM", envelope(3, 6), one, nil, ""},
		{"envelope XYZM", envelope(4, 8), one, nil, ""},
		{"envelope of no kind", envelope(5, 8), None, []string{"shape.damaged"}, ""},
		{"envelope longer than the value", gb.Headed(4525, 4, make([]float64, 2), nil), None, []string{"shape.damaged"}, ""},
		{"polygon with a hole", gb.Geometry(gb.Polygon(3, square, gb.Ring(2, 2, 2, 5, 5, 5, 5, 2, 2, 2))), Polygon(1, 2, 91), nil, ""},
		{"multipolygon", gb.Geometry(gb.Collection(6, polygon, gb.Polygon(3, far))), Polygon(2, 2, 150), nil, ""},
		{"big-endian geometry in a little-endian head", gb.Geometry(bigSquare), one, nil, ""},
		{"members of both byte orders", gb.Geometry(gb.Collection(6, gb.Polygon(3, far), bigSquare)), Polygon(2, 2, 150), nil, ""},
		{"heights", gb.Geometry(gb.Polygon(1003, high(1, 2, 3, 4, 1))), PolygonZ(1, 1, 100), nil, ""},
		{"heights as PostGIS marks them", gb.Geometry(gb.Polygon(0x80000003, high(1, 2, 3, 4, 1))), PolygonZ(1, 1, 100), nil, ""},
		{"measures", gb.Geometry(gb.Polygon(2003, high(1, 2, 3, 4, 1))), one, []string{"geometry.measures_dropped"}, ""},
		{"heights and measures", gb.Geometry(gb.Polygon(3003, gb.Bytes(little, 4, []float64{0, 0, 5, 9, 10, 0, 6, 9, 10, 10, 7, 9, 0, 0, 5, 9}))), PolygonZ(1, 1, 50), []string{"geometry.measures_dropped"}, ""},
		{"height that is no number", gb.Geometry(gb.Polygon(1003, high(1, nan, 3, 4, 1))), one, []string{"geometry.height_missing"}, "GDAL hands over a height that is no number."},
		{"NULL", nil, None, []string{"geometry.null"}, ""},
		{"empty by its flag", gb.Headed(4525, 8, nil, gb.Polygon(3)), None, []string{"geometry.null"}, ""},
		{"empty without the flag", gb.Geometry(gb.Collection(6)), None, []string{"geometry.null"}, ""},
		{"empty point", gb.Geometry(gb.Bytes(little, byte(1), 1, []float64{nan, nan})), None, []string{"geometry.null"}, ""},
		{"extended", gb.Headed(4525, 16, nil, []byte("ABCD")), None, []string{"gpkg.extended_geometry"}, ""},
		{"well-known binary without the head", polygon, None, []string{"shape.damaged"}, ""},
		{"text for a geometry", "POLYGON((0 0,1 0,1 1,0 0))", None, []string{"shape.damaged"}, ""},
		{"ring that is not closed", gb.Geometry(gb.Polygon(3, gb.Ring(0, 0, 10, 0, 10, 10, 0, 10))), one, []string{"ring.unclosed"}, gdalOpen},
		{"hole on a line", gb.Geometry(gb.Polygon(3, square, gb.Ring(2, 2, 3, 3, 4, 4, 2, 2))), one, []string{"ring.degenerate"}, gdalKeeps},
		{"shell on a line", gb.Geometry(gb.Polygon(3, gb.Ring(2, 2, 3, 3, 4, 4, 2, 2))), None, []string{"ring.degenerate", "geometry.no_area"}, gdalKeeps},
		{"coordinate that is no number", gb.Geometry(gb.Polygon(3, gb.Ring(0, 0, nan, 0, 10, 10, 0, 0))), None, []string{"shape.not_finite"}, gdalNumber},
		{"point", gb.Geometry(point), Other("Point", 1), nil, ""},
		{"multiline", gb.Geometry(gb.Collection(5, line, line)), Other("MultiLineString", 4), nil, ""},
		{"collection with polygons", gb.Geometry(gb.Collection(7, point, polygon, line)), one, []string{"geometry.collection"}, gdalMembers},
		{"collection without polygons", gb.Geometry(gb.Collection(7, point)), Other("GeometryCollection", 0), nil, "GDAL counts the members; nothing of a collection without polygons is used."},
		{"curve polygon of straight rings", gb.Geometry(gb.Collection(10, gb.Bytes(little, byte(1), 2, square))), one, nil, "GDAL hands over the curved type; its rings are straight, and are read."},
		{"multisurface of straight polygons", gb.Geometry(gb.Collection(12, polygon)), one, nil, "GDAL hands over the surface; its polygons are straight, and are read."},
		{"curve polygon", gb.Geometry(gb.Collection(10, gb.Bytes(little, byte(1), 8, square))), None, []string{"geometry.curved"}, gdalCurve},
		{"circular string", gb.Geometry(gb.Bytes(little, byte(1), 8, gb.Ring(0, 0, 1, 1, 2, 0))), None, []string{"geometry.curved"}, gdalCurve},
		{"compound curve", gb.Geometry(gb.Collection(9, line)), None, []string{"geometry.curved"}, gdalCurve},
		{"polyhedral surface", gb.Geometry(gb.Collection(15, polygon)), None, []string{"shape.unsupported_type"}, "GDAL hands over the surface as it is."},
		{"type of no meaning", gb.Geometry(gb.Collection(99)), None, []string{"shape.unsupported_type"}, ""},
		{"four thousand million rings", gb.Geometry(gb.Bytes(little, byte(1), 3, uint32(math.MaxUint32))), None, []string{"shape.damaged"}, ""},
		{"four thousand million positions", gb.Geometry(gb.Bytes(little, byte(1), 3, 1, uint32(math.MaxUint32))), None, []string{"shape.damaged"}, ""},
		{"cut inside a position", gb.Geometry(polygon[:40]), None, []string{"shape.damaged"}, ""},
		{"another system than its column's", gb.Headed(4326, 0, nil, polygon), one, []string{"gpkg.srs_differs"}, ""},
		{"no system of its own", gb.Headed(-1, 0, nil, polygon), one, []string{"gpkg.srs_unnamed"}, ""},
	} {
		out = append(out, Case{
			Name: "gpkg/geometry/" + slug(c.odd), Odd: c.odd, GDAL: c.gdal, Make: database(gb.Tables+gb.Features("a", "4525")+featureTable+`insert into a values (1, ?, 'x')`, c.blob),
			Want: of(Layer{Name: "a", Fields: []string{"fid integer", "t text"}, Encoding: utf8Fixed, Reference: refGPKG, Rows: []Row{{Shape: c.want, Values: "fid=1|t=x"}}, Codes: codes(c.codes...)}),
		})
	}
	return out
}

// geopackageFiles are whole databases.
func geopackageFiles() []Case {
	square := gb.Geometry(gb.Polygon(3, gb.Ring(0, 0, 10, 0, 10, 10, 0, 10, 0, 0)))
	one := func(name, values string) Layer {
		return Layer{Name: name, Fields: []string{"t text"}, Encoding: utf8Fixed, Reference: refGPKG, Rows: []Row{{Shape: Polygon(1, 1, 100), Values: values}}}
	}
	table := func(name string) string {
		return gb.Features(name, "4525") + `create table "` + name + `" (geom blob, t text); insert into "` + name + `" values (?1, 'x');`
	}
	sound := gb.Tables + table("a")
	with := func(l Layer, names ...string) Layer { l.Codes = codes(names...); return l }
	fields := func(l Layer, columns ...string) Layer { l.Fields = columns; return l }
	cut := func(n int) func([]byte) []byte { return func(b []byte) []byte { return b[:min(n, len(b))] } }
	refuse := func(odd, code string, files func() ([]File, error)) Case {
		return Case{Name: "gpkg/file/" + slug(odd), Odd: odd, Make: files, Want: refused(code)}
	}
	take := func(odd, gdal string, files func() ([]File, error), layers ...Layer) Case {
		return Case{Name: "gpkg/file/" + slug(odd), Odd: odd, Make: files, Want: of(layers...), GDAL: gdal}
	}
	// Behind the first row a hundred of 2,000 bytes: no page of 4,096 holds two.
	many := sound + `with recursive n(i) as (select 1 union all select i + 1 from n where i < 100) insert into a select ?1, printf('%.*c', 2000, 'x') from n;`
	return []Case{
		take("several tables with Chinese names", "", database(gb.Tables+table("采矿权")+table("临时用地"), square), one("采矿权", "t=x"), one("临时用地", "t=x")),
		take("names with quotation marks and blanks", "", database(gb.Tables+gb.Features(`a "b" c`, "4525")+`create table "a ""b"" c" (geom blob, "列 ""甲""" text); insert into "a ""b"" c" values (?1, 'x')`, square), fields(one(`a "b" c`, `列 "甲"=x`), `列 "甲" text`)),
		take("table in other letters than its declaration", "", database(gb.Tables+gb.Features("A", "4525")+`create table a (geom blob, t text); insert into a values (?1, 'x')`, square), one("A", "t=x")),
		take("view declared as a layer", gdalView, database(sound+gb.Features("v", "4525")+`create view v as select * from a`, square), with(one("a", "t=x"), "gpkg.views_ignored")),
		take("view that counts declared as a layer", gdalView, database(sound+gb.Features("v", "4525")+`create view v as with recursive n(i) as (select 1 union all select i + 1 from n where i < 3) select i as fid, null as geom from n`, square), with(one("a", "t=x"), "gpkg.views_ignored")),
		take("table of attributes and tiles beside", "GDAL has the table of attributes as a layer without shapes.", database(sound+`create table 属性 (a text); insert into 属性 values ('x'); insert into gpkg_contents (table_name, data_type) values ('属性', 'attributes'), ('瓦片', 'tiles');`, square), with(one("a", "t=x"), "gpkg.tables_ignored")),
		take("reference system that is not in the table", "", database(gb.Tables+strings.Replace(table("a"), "4525", "4499", 1), gb.Headed(4499, 0, nil, square[8:])), Layer{Name: "a", Fields: []string{"t text"}, Encoding: utf8Fixed, Reference: "none (gpkg)", Rows: []Row{{Shape: Polygon(1, 1, 100), Values: "t=x"}}}),
		take("reference system undefined", "", database(gb.Tables+strings.Replace(table("a"), "4525", "-1", 1), gb.Headed(-1, 0, nil, square[8:])), Layer{Name: "a", Fields: []string{"t text"}, Encoding: utf8Fixed, Reference: "none (gpkg)", Rows: []Row{{Shape: Polygon(1, 1, 100), Values: "t=x"}}}),
		take("reference system by its text", "", database(gb.Tables+strings.Replace(table("a"), "4525", "4326", 1), gb.Headed(4326, 0, nil, square[8:])), Layer{Name: "a", Fields: []string{"t text"}, Encoding: utf8Fixed, Reference: "WKT WGS 84 (gpkg)", Rows: []Row{{Shape: Polygon(1, 1, 100), Values: "t=x"}}}),
		take("geometry column that is not there", "GDAL drops the whole layer.", database(gb.Tables+gb.Features("a", "4525")+`create table a (shape blob, t text); insert into a values (?1, 'x')`, square), Layer{Name: "a", Fields: []string{"shape text", "t text"}, Encoding: utf8Fixed, Reference: refGPKG, Rows: []Row{{Shape: None, Values: "t=x"}}, Codes: codes("geometry.null", "value.binary", "gpkg.no_geometry_column")}),
		take("declared table that is not there", "", database(sound+gb.Features("b", "4525"), square), with(one("a", "t=x"), "gpkg.views_ignored")),
		take("values that are not as declared", "GDAL makes numbers, dates and booleans of what is stored, by what is declared: 三十 becomes 0.", database(gb.Tables+gb.Features("a", "4525")+`create table a (geom blob, n integer, d date, b boolean, r double, k blob, g text); insert into a values (?1, '三十', '2022/4/23', 2, 9e999, x'00ff', cast(x'd5c5' as text))`, square),
			Layer{Name: "a", Fields: []string{"n integer", "d date", "b logical", "r decimal", "k text", "g text"}, Encoding: utf8Fixed, Reference: refGPKG, Rows: []Row{{Shape: Polygon(1, 1, 100), Values: "n=三十|d=2022/4/23|b=2|r=+Inf|g=\uFFFD"}}, Codes: codes("value.not_a_date", "value.not_a_number", "value.binary", "value.undecodable")}),
		take("integers of 64 bits, exact doubles", "", database(gb.Tables+gb.Features("a", "4525")+`create table a (geom blob, n integer, r double, t text(25)); insert into a values (?1, 9223372036854775807, 37415000.1234567, 'C1500002011057130112345')`, square),
			fields(one("a", "n=9223372036854775807|r=37415000.1234567|t=C1500002011057130112345"), "n integer", "r decimal", "t text")),
		take("column that is computed", "", database(gb.Tables+gb.Features("a", "4525")+`create table a (geom blob, t text, big text generated always as (hex(zeroblob(1000))) virtual); insert into a (geom, t) values (?1, 'x')`, square), one("a", "t=x")),
		take("write-ahead mode, its log left behind", "", databaseThen(func(b []byte) []byte { b[18], b[19] = 2, 2; return b }, sound, square), with(one("a", "t=x"), "gpkg.write_ahead")),
		take("application mark of none", "", databaseThen(func(b []byte) []byte { copy(b[68:72], "\x00\x00\x00\x00"); return b }, sound, square), one("a", "t=x")),
		take("in a zip", "", func() ([]File, error) {
			f, err := database(sound, square)()
			if err != nil {
				return nil, err
			}
			return zipped("a.zip", "数据/a.gpkg", f[0].Content)()
		}, one("a", "t=x")),
		take("last page overwritten", "", databaseThen(func(b []byte) []byte {
			for i := len(b) - 4096; i < len(b); i++ {
				b[i] = 0xAA
			}
			return b
		}, many, square), Layer{Name: "a", Fields: []string{"t text"}, Encoding: utf8Fixed, Reference: refGPKG, Count: 100, Codes: codes("gpkg.damaged")}),
		refuse("cut in the middle", "gpkg.damaged", databaseThen(func(b []byte) []byte { return b[:len(b)/8192*4096] }, many, square)),
		refuse("head alone", "gpkg.damaged", databaseThen(cut(100), sound, square)),
		refuse("cut in the schema", "gpkg.damaged", databaseThen(cut(4096), sound, square)),
		refuse("wrong magic", "file.unknown_format", databaseThen(func(b []byte) []byte { b[0] = 's'; return b }, sound, square)),
		refuse("SQLite that is no GeoPackage", "gpkg.not_geopackage", database(`create table a (b text); insert into a values ('x')`)),
		refuse("no feature table", "gpkg.no_features", database(gb.Tables)),
		refuse("tables of other columns", "gpkg.damaged", database(`create table gpkg_contents (a text); create table gpkg_geometry_columns (a text); create table gpkg_spatial_ref_sys (a text)`)),
		refuse("page size of no kind", "gpkg.damaged", databaseThen(func(b []byte) []byte { b[16], b[17] = 0x33, 0x33; return b }, sound, square)),
	}
}
