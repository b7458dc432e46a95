package shp_test

import (
	"math"
	"slices"
	"testing"

	"github.com/taohe-gis/taohe/ingest/record"
)

// shapeCase is one set of shapes and what must be read of them.
type shapeCase struct {
	name  string
	shp   []byte
	shx   []byte
	rows  int      // rows of the .dbf; -1: no .dbf
	want  []string // WKT of each row, "" for none
	codes []string // diagnostics, those of rows first
}

func (c shapeCase) run(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{"a.shp": c.shp}
	if c.shx != nil {
		files["a.shx"] = c.shx
	}
	if c.rows >= 0 {
		files["a.dbf"] = dbfFile(0x4D, names(c.rows)...)
	}
	r := read(t, record.DefaultLimits(), "", files)
	if !slices.Equal(r.wkt, c.want) {
		t.Errorf("geometries\n got %q\nwant %q", r.wkt, c.want)
	}
	if codes := r.codes(); !slices.Equal(codes, c.codes) {
		t.Errorf("diagnostics %v, want %v", codes, c.codes)
	}
}

const (
	wktSquare  = "MULTIPOLYGON (((0 0, 0 10, 10 10, 10 0, 0 0)))"
	wktSmall   = "MULTIPOLYGON (((0 0, 0 1, 1 1, 1 0, 0 0)))"
	wktHole    = "MULTIPOLYGON (((0 0, 0 10, 10 10, 10 0, 0 0), (2 2, 5 2, 5 5, 2 5, 2 2)))"
	wktHoleCW  = "MULTIPOLYGON (((0 0, 0 10, 10 10, 10 0, 0 0), (2 2, 2 5, 5 5, 5 2, 2 2)))"
	wktHoleCCW = "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 2 5, 5 5, 5 2, 2 2)))"
)

func TestRings(t *testing.T) {
	t.Parallel()
	one := func(rings ...xy) []byte { return shpFile(5, polygon(5, nil, rings...)) }
	for _, c := range []shapeCase{
		{name: "shell and hole", shp: one(cw(0, 0, 10), ccw(2, 2, 3)), rows: 1, want: []string{wktHole}},
		{name: "hole before shell", shp: one(ccw(2, 2, 3), cw(0, 0, 10)), rows: 1, want: []string{wktHole}},
		{name: "both the wrong way round", shp: one(ccw(0, 0, 10), cw(2, 2, 3)), rows: 1, want: []string{wktHoleCCW}, codes: []string{"ring.orientation"}},
		{name: "hole the way of its shell", shp: one(cw(0, 0, 10), cw(2, 2, 3)), rows: 1, want: []string{wktHoleCW}, codes: []string{"ring.orientation"}},
		{
			name: "two shells then their holes", shp: one(cw(0, 0, 10), cw(20, 0, 10), ccw(22, 2, 3), ccw(2, 2, 3)), rows: 1,
			want: []string{"MULTIPOLYGON (((0 0, 0 10, 10 10, 10 0, 0 0), (2 2, 5 2, 5 5, 2 5, 2 2)), ((20 0, 20 10, 30 10, 30 0, 20 0), (22 2, 25 2, 25 5, 22 5, 22 2)))"},
		},
		{
			name: "island in a lake", shp: one(cw(0, 0, 10), ccw(1, 1, 8), cw(2, 2, 3)), rows: 1,
			want: []string{"MULTIPOLYGON (((0 0, 0 10, 10 10, 10 0, 0 0), (1 1, 9 1, 9 9, 1 9, 1 1)), ((2 2, 2 5, 5 5, 5 2, 2 2)))"},
		},
		{
			name: "hole that touches its shell in a corner on an edge", rows: 1,
			shp:  one(cw(0, 0, 10), xy{0, 5, 3, 4, 3, 6, 0, 5}),
			want: []string{"MULTIPOLYGON (((0 0, 0 10, 10 10, 10 0, 0 0), (0 5, 3 4, 3 6, 0 5)))"},
		},
		{
			name: "hole whose corners all lie on its shell", rows: 1,
			shp:  one(cw(0, 0, 10), xy{5, 0, 10, 5, 5, 10, 0, 5, 5, 0}),
			want: []string{"MULTIPOLYGON (((0 0, 0 10, 10 10, 10 0, 0 0), (5 0, 10 5, 5 10, 0 5, 5 0)))"},
		},
		{
			name: "neighbours that share an edge are both shells", shp: one(cw(0, 0, 1), cw(1, 0, 1)), rows: 1,
			want: []string{"MULTIPOLYGON (((0 0, 0 1, 1 1, 1 0, 0 0)), ((1 0, 1 1, 2 1, 2 0, 1 0)))"},
		},
		{name: "same ring twice", shp: one(cw(0, 0, 10), cw(0, 0, 10)), rows: 1, want: []string{wktSquare}, codes: []string{"ring.duplicate"}},
		{name: "open ring", shp: one(xy{0, 0, 0, 10, 10, 10, 10, 0}), rows: 1, want: []string{wktSquare}, codes: []string{"ring.unclosed"}},
		{name: "ring of three positions", shp: one(cw(0, 0, 10), xy{0, 0, 1, 1, 0, 0}), rows: 1, want: []string{wktSquare}, codes: []string{"ring.degenerate"}},
		{name: "ring without area", shp: one(cw(0, 0, 10), xy{0, 0, 1, 1, 2, 2, 0, 0}), rows: 1, want: []string{wktSquare}, codes: []string{"ring.degenerate"}},
		{
			name: "ring without area at eight-digit eastings", rows: 1, want: []string{""},
			shp:   one(xy{37400000.1, 4450000.1, 37400000.3, 4450000.3, 37400000.7, 4450000.7, 37400000.1, 4450000.1}),
			codes: []string{"ring.degenerate", "geometry.no_area"},
		},
		{name: "no ring at all", shp: one(), rows: 1, want: []string{""}, codes: []string{"geometry.no_area"}},
		{name: "null shape", shp: shpFile(5, le32(0), polygon(5, nil, cw(0, 0, 1))), rows: 2, want: []string{"", wktSmall}, codes: []string{"geometry.null"}},
	} {
		t.Run(c.name, c.run)
	}
}

func TestShapeTypes(t *testing.T) {
	t.Parallel()
	z := join(dbl(1, 5), dbl(1, 2, 3, 4, 1))
	noM, m := dbl(-1e39, -1e39, -1e39, -1e39, -1e39, -1e39, -1e39), join(dbl(0, 9), dbl(9, 9, 9, 9, 9))
	wktZ := "MULTIPOLYGON Z (((0 0 1, 0 1 2, 1 1 3, 1 0 4, 0 0 1)))"
	square := cw(0, 0, 1)
	nan := slices.Clone(square)
	nan[2] = math.NaN()
	for _, c := range []shapeCase{
		{name: "PolygonZ without measures", shp: shpFile(15, polygon(15, z, square)), rows: 1, want: []string{wktZ}},
		{name: "PolygonZ with absent measures", shp: shpFile(15, polygon(15, join(z, noM), square)), rows: 1, want: []string{wktZ}},
		{name: "PolygonZ with measures", shp: shpFile(15, polygon(15, join(z, m), square)), rows: 1, want: []string{wktZ}, codes: []string{"geometry.measures_dropped"}},
		{name: "PolygonM", shp: shpFile(25, polygon(25, m, square)), rows: 1, want: []string{wktSmall}, codes: []string{"geometry.measures_dropped"}},
		{name: "PolygonM without its block", shp: shpFile(25, polygon(25, nil, square)), rows: 1, want: []string{wktSmall}},
		{name: "PolygonZ without heights", shp: shpFile(15, polygon(15, nil, square)), rows: 1, want: []string{wktSmall}, codes: []string{"geometry.height_missing"}},
		{
			name: "joint that differs in height only", shp: shpFile(15, polygon(15, join(dbl(1, 5), dbl(1, 2, 3, 4, 5)), square)),
			rows: 1, want: []string{wktZ},
		},
		{name: "point", shp: shpFile(1, join(le32(1), dbl(3, 4))), rows: 1, want: []string{"POINT (3 4)"}},
		{name: "PointZ", shp: shpFile(11, join(le32(11), dbl(3, 4, 5, -1e39))), rows: 1, want: []string{"POINT Z (3 4 5)"}},
		{name: "line", shp: shpFile(3, polygon(3, nil, xy{0, 0, 1, 1}, xy{5, 5, 6, 6})), rows: 1, want: []string{"MULTILINESTRING ((0 0, 1 1), (5 5, 6 6))"}},
		{name: "multipoint", shp: shpFile(8, join(le32(8), dbl(0, 0, 0, 0), le32(2), dbl(1, 2, 3, 4))), rows: 1, want: []string{"MULTIPOINT (1 2, 3 4)"}},
		{name: "MultiPatch", shp: shpFile(31, join(le32(31), make([]byte, 60))), rows: 1, want: []string{""}, codes: []string{"shape.unsupported_type"}},
		{name: "unknown type", shp: shpFile(5, le32(77)), rows: 1, want: []string{""}, codes: []string{"shape.unsupported_type"}},
		{name: "coordinate that is no number", shp: shpFile(5, polygon(5, nil, nan)), rows: 1, want: []string{""}, codes: []string{"shape.not_finite"}},
		{name: "another type than the header's", shp: shpFile(1, polygon(5, nil, square)), rows: 1, want: []string{wktSmall}},
	} {
		t.Run(c.name, c.run)
	}
}

func TestDamagedShapes(t *testing.T) {
	t.Parallel()
	square := polygon(5, nil, cw(0, 0, 1))
	two := shpFile(5, square, square)
	edit := func(b []byte, at int, with []byte) []byte {
		b = slices.Clone(b)
		copy(b[at:], with)
		return b
	}
	huge := []byte{0xff, 0xff, 0xff, 0x0f}
	// Record 1 begins at 100: 8 bytes of head, type, box, parts at 36, points at 40.
	for _, c := range []shapeCase{
		{name: "cut inside a record", shp: two[:len(two)-9], rows: 2, want: []string{wktSmall}, codes: []string{"file.truncated"}},
		{name: "cut between records", shp: two[:100+(len(two)-100)/2], rows: 2, want: []string{wktSmall}, codes: []string{"file.truncated"}},
		{name: "cut inside a record's head", shp: two[:100+(len(two)-100)/2+3], rows: 2, want: []string{wktSmall}, codes: []string{"file.truncated"}},
		{name: "part count beyond the record", shp: edit(two, 108+36, []byte{0xff, 0xff, 0, 0}), rows: 2, want: []string{"", wktSmall}, codes: []string{"shape.damaged"}},
		{name: "huge part count", shp: edit(two, 108+36, huge), rows: 2, want: []string{"", wktSmall}, codes: []string{"geometry.limit"}},
		{name: "huge point count", shp: edit(two, 108+40, huge), rows: 2, want: []string{"", wktSmall}, codes: []string{"geometry.limit"}},
		{name: "part that begins beyond the points", shp: edit(two, 108+44, le32(9)), rows: 2, want: []string{"", wktSmall}, codes: []string{"shape.damaged"}},
		{name: "record of negative length", shp: edit(two, 104, []byte{0xff, 0xff, 0xff, 0}), rows: 2, codes: []string{"shp.damaged"}},
		{name: "record of one gigabyte", shp: edit(two, 104, []byte{0x3f, 0xff, 0xff, 0xff}), rows: 2, codes: []string{"file.limit"}},
		{name: "record longer than the file", shp: edit(two, 104, []byte{0x00, 0x0f, 0xff, 0xff}), rows: 2, codes: []string{"file.truncated"}},
		{name: "header that says zero length", shp: edit(two, 24, be32(0)), rows: 2, want: []string{wktSmall, wktSmall}, codes: []string{"shp.length_header"}},
		{name: "header that says more, records complete", shp: edit(two, 24, be32(5000)), rows: 2, want: []string{wktSmall, wktSmall}, codes: []string{"shp.length_header"}},
		{name: "junk behind the last record", shp: join(two, []byte("junk")), rows: 2, want: []string{wktSmall, wktSmall}, codes: []string{"shp.trailing_bytes"}},
		{name: "record numbers all zero", shp: edit(edit(two, 100, be32(0)), 100+8+len(square), be32(0)), rows: 2, want: []string{wktSmall, wktSmall}},
		{name: "record numbers out of order, no index", shp: edit(two, 100, be32(7)), rows: 2, want: []string{wktSmall, wktSmall}, codes: []string{"shp.record_numbers"}},
		{name: "more shapes than rows", shp: two, rows: 1, want: []string{wktSmall}, codes: []string{"shp.counts_differ"}},
		{name: "more rows than shapes", shp: two, rows: 4, want: []string{wktSmall, wktSmall}, codes: []string{"shp.counts_differ"}},
		{name: "no table", shp: two, rows: -1, want: []string{wktSmall, wktSmall}, codes: []string{"shp.part_missing"}},
		{name: "no records", shp: shpHead(5, 100), rows: 0},
	} {
		t.Run(c.name, c.run)
	}
}

func TestIndex(t *testing.T) {
	t.Parallel()
	a, b := polygon(5, nil, cw(0, 0, 1)), polygon(5, nil, cw(0, 0, 10))
	size := 8 + len(a)
	two := shpFile(5, a, b)
	// A program shortened record 1 in place and left the old bytes behind it.
	stale := join(shpHead(5, 100+size+40+8+len(b)), be32(1), be32(len(a)/2), a, make([]byte, 40), be32(2), be32(len(b)/2), b)
	index := func(offsets ...int) []byte {
		body := []byte{}
		for _, o := range offsets {
			body = join(body, be32(o/2), be32(len(a)/2))
		}
		return join(shpHead(5, 100+len(body)), body)
	}
	// The shape of row 1 was rewritten at the end of the file.
	moved := join(shpHead(5, 100+3*size), be32(1), be32(len(a)/2), b, be32(2), be32(len(a)/2), a, be32(1), be32(len(a)/2), a)
	for _, c := range []shapeCase{
		{name: "agrees", shp: two, shx: shxFile(5, a, b), rows: 2, want: []string{wktSmall, wktSquare}},
		{name: "leaves gaps", shp: stale, shx: index(100, 100+size+40), rows: 2, want: []string{wktSmall, wktSquare}},
		{name: "runs backward where record numbers repeat", shp: moved, shx: index(100+2*size, 100+size), rows: 2, want: []string{wktSquare, wktSmall}, codes: []string{"shp.counts_differ", "shp.index_order"}},
		{name: "backward but the records are in order", shp: two, shx: index(100+size, 100), rows: 2, want: []string{wktSmall, wktSquare}, codes: []string{"shp.index_ignored"}},
		{name: "too short", shp: two, shx: shxFile(5, a), rows: 2, want: []string{wktSmall, wktSquare}, codes: []string{"shp.index_ignored"}},
		{name: "rubbish", shp: two, shx: []byte("rubbish"), rows: 2, want: []string{wktSmall, wktSquare}, codes: []string{"shp.index_ignored"}},
	} {
		t.Run(c.name, c.run)
	}
}

func TestManyHoles(t *testing.T) {
	t.Parallel()
	// 60 × 60 holes in a shell of 4,000 corners: grouped by the strip index.
	var shell xy
	for i := range 1000 {
		shell = append(shell, 0, float64(i))
	}
	for i := range 1000 {
		shell = append(shell, float64(i), 1000)
	}
	for i := range 1000 {
		shell = append(shell, 1000, 1000-float64(i))
	}
	for i := range 1000 {
		shell = append(shell, 1000-float64(i), 0)
	}
	rings := []xy{}
	for i := range 60 {
		for j := range 60 {
			rings = append(rings, ccw(float64(16*i)+1, float64(16*j)+1, 8))
		}
	}
	rings = append(rings, append(shell, 0, 0))
	r := read(t, record.DefaultLimits(), "", map[string][]byte{
		"a.shp": shpFile(5, polygon(5, nil, rings...)), "a.dbf": dbfFile(0x4D, "x"),
	})
	endss := r.endss
	if len(endss) != 1 || len(endss[0]) != 3601 {
		t.Fatalf("%d polygons, first of %d rings; want 1 of 3601", len(endss), len(endss[0]))
	}
	if codes := r.codes(); len(codes) != 0 {
		t.Errorf("diagnostics %v", codes)
	}
}
