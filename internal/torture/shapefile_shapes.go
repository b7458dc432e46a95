package torture

import (
	"math"

	sb "github.com/taohe-gis/taohe/internal/shpbytes"
)

// A shapeCase is a .shp, perhaps with a .shx, beside a table of blank rows.
type shapeCase struct {
	odd   string
	shp   []byte
	shx   []byte
	rows  int // of the table
	want  []string
	codes []string
	gdal  string
}

func shapeCases(group string, cases []shapeCase) []Case {
	var out []Case
	for _, c := range cases {
		pairs := []any{"a.shp", c.shp, "a.dbf", sb.Table(gbkDriver, make([]string, c.rows)...)}
		if c.shx != nil {
			pairs = append(pairs, "a.shx", c.shx)
		}
		rows := []Row{}
		for _, shape := range c.want {
			rows = append(rows, Row{Shape: shape})
		}
		out = append(out, Case{
			Name: "shp/" + group + "/" + slug(c.odd), Odd: c.odd, GDAL: c.gdal, Make: zipped("a.zip", pairs...),
			Want: of(Layer{Name: "a", Fields: []string{"T text"}, Encoding: "GB18030 (ldid)", Reference: "none", Rows: rows, Codes: codes(c.codes...)}),
		})
	}
	return out
}

// indexed is a shapefile of one row with its index.
func indexed(c shapeCase, records ...[]byte) shapeCase {
	kind := int(records[0][0])
	c.shp, c.shx, c.rows = sb.Shapes(kind, records...), sb.Index(kind, records...), len(records)
	return c
}

// shapefileRings are rings in every order and direction. A shell of 10 by 10 has
// 100, a hole of 3 by 3 takes 9, one of 8 by 8 takes 64.
func shapefileRings() []Case {
	ring := func(odd string, want string, gdal string, codes []string, rings ...[]float64) shapeCase {
		return indexed(shapeCase{odd: odd, want: []string{want}, codes: codes, gdal: gdal}, sb.Multi(polygonType, nil, rings...))
	}
	cw, ccw := sb.CW, sb.CCW
	backwards := []string{"ring.orientation"}
	return shapeCases("ring", []shapeCase{
		ring("shell and hole", Polygon(1, 2, 91), "", nil, cw(0, 0, 10), ccw(2, 2, 3)),
		ring("hole before its shell", Polygon(1, 2, 91), "", nil, ccw(2, 2, 3), cw(0, 0, 10)),
		ring("shell and hole both the wrong way round", Polygon(1, 2, 91), gdalDirection, backwards, ccw(0, 0, 10), cw(2, 2, 3)),
		ring("hole the way of its shell", Polygon(1, 2, 91), gdalDirection, backwards, cw(0, 0, 10), cw(2, 2, 3)),
		ring("both counter-clockwise", Polygon(1, 2, 91), gdalDirection, backwards, ccw(0, 0, 10), ccw(2, 2, 3)),
		ring("shell counter-clockwise", Polygon(1, 1, 100), "", backwards, ccw(0, 0, 10)),
		ring("two shells then their holes", Polygon(2, 4, 182), "", nil, cw(0, 0, 10), cw(20, 0, 10), ccw(22, 2, 3), ccw(2, 2, 3)),
		ring("island in a lake", Polygon(2, 3, 45), "", nil, cw(0, 0, 10), ccw(1, 1, 8), cw(2, 2, 3)),
		ring("island in a lake, inside out", Polygon(2, 3, 45), "", nil, cw(2, 2, 3), ccw(1, 1, 8), cw(0, 0, 10)),
		ring("lake on an island in a lake", Polygon(2, 4, 44), "", nil, cw(0, 0, 10), ccw(1, 1, 8), cw(2, 2, 3), ccw(3, 3, 1)),
		// A triangle of base 2 and height 3 takes 3.
		ring("hole that touches its shell in a corner on an edge", Polygon(1, 2, 97), "", nil, cw(0, 0, 10), []float64{0, 5, 3, 4, 3, 6, 0, 5}),
		ring("hole whose corners all lie on its shell", Polygon(1, 2, 50), "", nil, cw(0, 0, 10), []float64{5, 0, 10, 5, 5, 10, 0, 5, 5, 0}),
		ring("neighbours that share an edge", Polygon(2, 2, 200), "", nil, cw(0, 0, 10), cw(10, 0, 10)),
		ring("the same ring twice", Polygon(1, 1, 100), "GDAL keeps both: 200.", []string{"ring.duplicate"}, cw(0, 0, 10), cw(0, 0, 10)),
		ring("ring that is not closed", Polygon(1, 1, 100), gdalOpen, []string{"ring.unclosed"}, []float64{0, 0, 0, 10, 10, 10, 10, 0}),
		ring("second ring of three positions", Polygon(1, 1, 100), gdalKeeps, []string{"ring.degenerate"}, cw(0, 0, 10), []float64{0, 0, 1, 1, 0, 0}),
		ring("second ring on a line", Polygon(1, 1, 100), gdalKeeps, []string{"ring.degenerate"}, cw(0, 0, 10), []float64{0, 0, 1, 1, 2, 2, 0, 0}),
		ring("second ring of no position", Polygon(1, 1, 100), "GDAL drops the whole shape for its empty ring.", []string{"ring.degenerate"}, cw(0, 0, 10), nil),
		ring("only ring on a line at eastings of eight digits", None, gdalKeeps, []string{"ring.degenerate", "geometry.no_area"},
			[]float64{37400000.1, 4450000.1, 37400000.3, 4450000.3, 37400000.7, 4450000.7, 37400000.1, 4450000.1}),
		ring("no ring at all", None, "", []string{"geometry.no_area"}),
		// A bow-tie's halves cancel in the signed area; PostGIS judges and mends it.
		ring("bow-tie", Polygon(1, 1, 0), "", nil, []float64{0, 0, 10, 10, 10, 0, 0, 10, 0, 0}),
		ring("corners twice in a row", Polygon(1, 1, 100), "", nil, []float64{0, 0, 0, 0, 0, 10, 10, 10, 10, 10, 10, 0, 0, 0, 0, 0}),
		ring("spike out and back", Polygon(1, 1, 100), "", nil, []float64{0, 0, 0, 10, 5, 10, 5, 30, 5, 10, 10, 10, 10, 0, 0, 0}),
	})
}

// shapefileTypes are the shape types, with and without their optional blocks.
func shapefileTypes() []Case {
	z := sb.Join(sb.Doubles(1, 5), sb.Doubles(1, 2, 3, 4, 1))
	noM := sb.Doubles(-1e39, -1e39, -1e39, -1e39, -1e39, -1e39, -1e39)
	m := sb.Join(sb.Doubles(0, 9), sb.Doubles(9, 9, 9, 9, 9))
	square := sb.CW(0, 0, 10)
	nan := append([]float64(nil), square...)
	nan[2] = math.NaN()
	one := func(odd, want, gdal string, codes []string, record []byte) shapeCase {
		return indexed(shapeCase{odd: odd, want: []string{want}, codes: codes, gdal: gdal}, record)
	}
	high, flat := PolygonZ(1, 1, 100), Polygon(1, 1, 100)
	dropped := []string{"geometry.measures_dropped"}
	return shapeCases("type", []shapeCase{
		one("PolygonZ without measures", high, "", nil, sb.Multi(15, z, square)),
		one("PolygonZ with measures of no data", high, "", nil, sb.Multi(15, sb.Join(z, noM), square)),
		one("PolygonZ with measures", high, "", dropped, sb.Multi(15, sb.Join(z, m), square)),
		one("PolygonZ without heights", flat, "GDAL drops the whole shape.", []string{"geometry.height_missing"}, sb.Multi(15, nil, square)),
		one("PolygonZ whose joint differs in height only", high, "GDAL leaves the ring open in its heights.", nil, sb.Multi(15, sb.Join(sb.Doubles(1, 5), sb.Doubles(1, 2, 3, 4, 5)), square)),
		one("PolygonZ with a height that is no number", flat, "GDAL hands over a height that is no number.", []string{"geometry.height_missing"}, sb.Multi(15, sb.Join(sb.Doubles(1, 5), sb.Doubles(1, math.NaN(), 3, 4, 1)), square)),
		one("PolygonM", flat, "", dropped, sb.Multi(25, m, square)),
		one("PolygonM without its measures", flat, "", nil, sb.Multi(25, nil, square)),
		one("points", Other("Point", 1), "", nil, sb.Join(sb.LE32(1), sb.Doubles(3, 4))),
		one("points with heights and measures", Other("Point", 1), "", nil, sb.Join(sb.LE32(11), sb.Doubles(3, 4, 5, -1e39))),
		one("points with measures", Other("Point", 1), "", dropped, sb.Join(sb.LE32(21), sb.Doubles(3, 4, 5))),
		one("lines", Other("MultiLineString", 4), "", nil, sb.Multi(3, nil, []float64{0, 0, 1, 1}, []float64{5, 5, 6, 6})),
		one("multipoints", Other("MultiPoint", 2), "", nil, sb.Join(sb.LE32(8), sb.Doubles(0, 0, 0, 0), sb.LE32(2), sb.Doubles(1, 2, 3, 4))),
		one("MultiPatch", None, "", []string{"shape.unsupported_type"}, sb.Join(sb.LE32(31), make([]byte, 60))),
		one("coordinate that is no number", None, gdalNumber, []string{"shape.not_finite"}, sb.Multi(polygonType, nil, nan)),
		{odd: "unknown type", shp: sb.Shapes(polygonType, sb.LE32(77)), shx: sb.Index(polygonType, sb.LE32(77)), rows: 1, want: []string{None}, codes: []string{"shape.unsupported_type"}},
		{odd: "another type than the head says", shp: sb.Shapes(1, sb.Multi(polygonType, nil, square)), shx: sb.Index(1, sb.Multi(polygonType, nil, square)), rows: 1, want: []string{flat}},
		{odd: "null shape among others", shp: sb.Shapes(polygonType, sb.LE32(0), sb.Multi(polygonType, nil, square)), shx: sb.Index(polygonType, sb.LE32(0), sb.Multi(polygonType, nil, square)), rows: 2, want: []string{None, flat}, codes: []string{"geometry.null"}},
	})
}

// shapefileDamage are files cut short, overwritten, and at odds with their index.
func shapefileDamage() []Case {
	a, b := sb.Multi(polygonType, nil, sb.CW(0, 0, 10)), sb.Multi(polygonType, nil, sb.CW(0, 0, 1))
	two, index := sb.Shapes(polygonType, a, b), sb.Index(polygonType, a, b)
	size := 8 + len(a)
	big, small := Polygon(1, 1, 100), Polygon(1, 1, 1)
	both := []string{big, small}
	// A program shortened record 1 in place and left the old bytes behind it.
	stale := sb.Join(sb.Head(polygonType, 100+size+40+size), sb.BE32(1), sb.BE32(len(a)/2), a, make([]byte, 40), sb.BE32(2), sb.BE32(len(b)/2), b)
	// The shape of row 1 was rewritten at the end of the file.
	moved := sb.Join(sb.Head(polygonType, 100+3*size), sb.BE32(1), sb.BE32(len(a)/2), b, sb.BE32(2), sb.BE32(len(a)/2), b, sb.BE32(1), sb.BE32(len(a)/2), a)
	offsets := func(at ...int) []byte {
		body := []byte{}
		for _, o := range at {
			body = sb.Join(body, sb.BE32(o/2), sb.BE32(len(a)/2))
		}
		return sb.Join(sb.Head(polygonType, 100+len(body)), body)
	}
	return shapeCases("damage", []shapeCase{
		{odd: "cut inside a record", shp: two[:len(two)-9], shx: index, rows: 2, want: []string{big}, codes: []string{"file.truncated"}, gdal: gdalCut},
		{odd: "cut between records", shp: two[:100+size], shx: index, rows: 2, want: []string{big}, codes: []string{"file.truncated"}, gdal: gdalCut},
		{odd: "cut inside the head of a record", shp: two[:100+size+3], shx: index, rows: 2, want: []string{big}, codes: []string{"file.truncated"}, gdal: gdalCut},
		{odd: "part that begins beyond the points", shp: sb.Edit(two, 108+44, sb.LE32(9)), shx: index, rows: 2, want: []string{None, small}, codes: []string{"shape.damaged"}, gdal: ""},
		{odd: "record of negative length", shp: sb.Edit(two, 104, []byte{0xff, 0xff, 0xff, 0}), shx: index, rows: 2, codes: []string{"shp.damaged"}, gdal: gdalCut},
		{odd: "head that says no length", shp: sb.Edit(two, 24, sb.BE32(0)), shx: index, rows: 2, want: both, codes: []string{"shp.length_header"}},
		{odd: "head that says more than there is", shp: sb.Edit(two, 24, sb.BE32(5000)), shx: index, rows: 2, want: both, codes: []string{"shp.length_header"}},
		{odd: "junk behind the last record", shp: sb.Join(two, []byte("junk")), shx: index, rows: 2, want: both, codes: []string{"shp.trailing_bytes"}},
		{odd: "record numbers all nought", shp: sb.Edit(sb.Edit(two, 100, sb.BE32(0)), 100+size, sb.BE32(0)), shx: index, rows: 2, want: both},
		{odd: "record numbers out of order, no index", shp: sb.Edit(two, 100, sb.BE32(7)), rows: 2, want: both, codes: []string{"shp.record_numbers"}, gdal: gdalNoIndex},
		{odd: "no index", shp: two, rows: 2, want: both, gdal: gdalNoIndex},
		{odd: "more shapes than rows", shp: two, shx: index, rows: 1, want: []string{big}, codes: []string{"shp.counts_differ"}, gdal: ""},
		{odd: "more rows than shapes", shp: two, shx: index, rows: 4, want: both, codes: []string{"shp.counts_differ"}, gdal: ""},
		{odd: "no records", shp: sb.Head(polygonType, 100), shx: sb.Head(polygonType, 100), rows: 0},
		{odd: "index that leaves gaps", shp: stale, shx: offsets(100, 100+size+40), rows: 2, want: both},
		{odd: "index that runs backward to a rewritten record", shp: moved, shx: offsets(100+2*size, 100+size), rows: 2, want: []string{small, small}, codes: []string{"shp.counts_differ", "shp.index_order"}, gdal: "GDAL follows the index; here the layer is refused, because the index and the record numbers tell different stories and a wrong pair is worse than none."},
		{odd: "index backward over records in order", shp: two, shx: offsets(100+size, 100), rows: 2, want: both, codes: []string{"shp.index_ignored"}, gdal: "GDAL follows the index, so that shapes and attributes change places; the record numbers say that they belong together as they stand."},
		{odd: "index too short", shp: two, shx: sb.Index(polygonType, a), rows: 2, want: both, codes: []string{"shp.index_ignored"}, gdal: "GDAL reads as many rows as the index has, without a word."},
		{odd: "index of rubbish", shp: two, shx: []byte("rubbish"), rows: 2, want: both, codes: []string{"shp.index_ignored"}, gdal: gdalNoIndex},
	})
}

// shapefileLies are heads that announce what is not there: a reader that
// believes them asks for gigabytes.
func shapefileLies() []Case {
	a := sb.Multi(polygonType, nil, sb.CW(0, 0, 10))
	two, index := sb.Shapes(polygonType, a, a), sb.Index(polygonType, a, a)
	square := Polygon(1, 1, 100)
	huge := []byte{0xff, 0xff, 0xff, 0x0f}
	out := shapeCases("lie", []shapeCase{
		{odd: "65535 rings", shp: sb.Edit(two, 108+36, []byte{0xff, 0xff, 0, 0}), shx: index, rows: 2, want: []string{None, square}, codes: []string{"shape.damaged"}},
		{odd: "268 million rings", shp: sb.Edit(two, 108+36, huge), shx: index, rows: 2, want: []string{None, square}, codes: []string{"geometry.limit"}},
		{odd: "268 million corners", shp: sb.Edit(two, 108+40, huge), shx: index, rows: 2, want: []string{None, square}, codes: []string{"geometry.limit"}},
		{odd: "9 million corners", shp: sb.Edit(two, 108+40, sb.LE32(9_000_000)), shx: index, rows: 2, want: []string{None, square}, codes: []string{"shape.damaged"}},
		{odd: "record of two gigabytes", shp: sb.Edit(two, 104, []byte{0x3f, 0xff, 0xff, 0xff}), shx: index, rows: 2, codes: []string{"file.limit"}, gdal: gdalCut},
		{odd: "record longer than the file", shp: sb.Edit(two, 104, []byte{0x00, 0x0f, 0xff, 0xff}), shx: index, rows: 2, codes: []string{"file.truncated"}, gdal: gdalCut},
	})
	return append(out, Case{
		Name: "shp/lie/four-thousand-million-rows", Odd: "table that declares four thousand million rows", GDAL: "",
		Make: shapefile(2, sb.Edit(sb.Table(gbkDriver, "a", "b"), 4, []byte{0xff, 0xff, 0xff, 0xff})),
		Want: of(Layer{Name: "a", Fields: []string{"T text"}, Encoding: "GB18030 (ldid)", Reference: "none", Rows: rowsOf("T=a", "T=b"), Codes: codes("file.truncated")}),
	})
}
