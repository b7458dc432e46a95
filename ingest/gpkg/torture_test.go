package gpkg_test

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"
)

const (
	wktSquare = "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)))"
	wktSmall  = "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 1, 0 0)))"
)

func TestGeometries(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	positions := func(order binary.ByteOrder, values ...float64) []byte { return bytesOf(order, values) }
	zRing := func(z ...float64) []byte {
		return bytesOf(little, 5, positions(little, 0, 0, z[0], 1, 0, z[1], 1, 1, z[2], 0, 1, z[3], 0, 0, z[4]))
	}
	bigSquare := bytesOf(big, byte(0), 3, 1, 5, positions(big, 0, 0, 10, 0, 10, 10, 0, 10, 0, 0))
	envelope := func(flags byte, doubles int, wkb []byte) []byte {
		return bytesOf(little, []byte{'G', 'P', 0, flags}, int32(4525), make([]float64, doubles), wkb)
	}
	point := bytesOf(little, byte(1), 1, positions(little, 3, 4))
	line := bytesOf(little, byte(1), 2, 2, positions(little, 0, 0, 1, 1))
	for _, c := range []struct {
		name  string
		blob  any
		want  string
		codes []string
	}{
		{name: "polygon", blob: gpb(polygon(3, square)), want: wktSquare},
		{name: "polygon with a hole", blob: gpb(polygon(3, square, ring(2, 2, 2, 5, 5, 5, 5, 2, 2, 2))), want: "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 2 5, 5 5, 5 2, 2 2)))"},
		{name: "multipolygon", blob: gpb(collection(6, polygon(3, square), polygon(3, ring(20, 0, 30, 0, 30, 9, 20, 0)))), want: "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)), ((20 0, 30 0, 30 9, 20 0)))"},
		{
			// Nested shells are invalid, and which ground they mean is PostGIS's to
			// say: grouping by containment would make a hole of the inner one.
			name: "shell inside a shell stays one", blob: gpb(collection(6, polygon(3, square), polygon(3, ring(2, 2, 5, 2, 5, 5, 2, 2)))),
			want: "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)), ((2 2, 5 2, 5 5, 2 2)))",
		},
		{name: "big-endian geometry in a little-endian header", blob: gpb(bigSquare), want: wktSquare},
		{name: "big-endian header and geometry", blob: bytesOf(big, []byte("GP\x00\x00"), int32(4525), bigSquare), want: wktSquare},
		{name: "members of both byte orders", blob: gpb(collection(6, polygon(3, ring(20, 0, 30, 0, 30, 9, 20, 0)), bigSquare)), want: "MULTIPOLYGON (((20 0, 30 0, 30 9, 20 0)), ((0 0, 10 0, 10 10, 0 10, 0 0)))"},
		{name: "envelope XY", blob: envelope(1|1<<1, 4, polygon(3, square)), want: wktSquare},
		{name: "envelope XYZ", blob: envelope(1|2<<1, 6, polygon(3, square)), want: wktSquare},
		{name: "envelope XYM", blob: envelope(1|3<<1, 6, polygon(3, square)), want: wktSquare},
		{name: "envelope XYZM", blob: envelope(1|4<<1, 8, polygon(3, square)), want: wktSquare},
		{name: "envelope of no kind", blob: envelope(1|5<<1, 8, polygon(3, square)), codes: []string{"shape.damaged"}},
		{name: "envelope longer than the value", blob: envelope(1|4<<1, 2, nil), codes: []string{"shape.damaged"}},
		{name: "XYZ", blob: gpb(polygon(1003, zRing(1, 2, 3, 4, 1))), want: "MULTIPOLYGON Z (((0 0 1, 1 0 2, 1 1 3, 0 1 4, 0 0 1)))"},
		{name: "XYZ as PostGIS writes it", blob: gpb(polygon(0x80000003, zRing(1, 2, 3, 4, 1))), want: "MULTIPOLYGON Z (((0 0 1, 1 0 2, 1 1 3, 0 1 4, 0 0 1)))"},
		{name: "SRID inside as PostGIS writes it", blob: gpb(bytesOf(little, byte(1), 0x20000003, 4525, 1, square)), want: wktSquare},
		{name: "XYM", blob: gpb(polygon(2003, zRing(1, 2, 3, 4, 1))), want: wktSmall, codes: []string{"geometry.measures_dropped"}},
		{
			name: "XYZM", blob: gpb(polygon(3003, bytesOf(little, 4, positions(little, 0, 0, 5, 9, 1, 0, 6, 9, 1, 1, 7, 9, 0, 0, 5, 9)))),
			want: "MULTIPOLYGON Z (((0 0 5, 1 0 6, 1 1 7, 0 0 5)))", codes: []string{"geometry.measures_dropped"},
		},
		{name: "height that is no number", blob: gpb(polygon(1003, zRing(1, nan, 3, 4, 1))), want: wktSmall, codes: []string{"geometry.height_missing"}},
		{
			name: "members with and without heights", blob: gpb(collection(6, polygon(1003, zRing(1, 2, 3, 4, 1)), polygon(3, ring(20, 0, 30, 0, 30, 9, 20, 0)))),
			want: "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 1, 0 0)), ((20 0, 30 0, 30 9, 20 0)))", codes: []string{"geometry.mixed_dimensions"},
		},
		{name: "NULL", blob: nil, codes: []string{"geometry.null"}},
		{name: "empty by its flag", blob: bytesOf(little, []byte("GP\x00\x11"), int32(4525), polygon(3)), codes: []string{"geometry.null"}},
		{name: "empty without the flag", blob: gpb(collection(6)), codes: []string{"geometry.null"}},
		{name: "empty point", blob: gpb(bytesOf(little, byte(1), 1, positions(little, nan, nan))), codes: []string{"geometry.null"}},
		{name: "extended", blob: bytesOf(little, []byte("GP\x00\x21"), int32(4525), []byte("ABCD")), codes: []string{"gpkg.extended_geometry"}},
		{name: "another version", blob: bytesOf(little, []byte("GP\x01\x01"), int32(4525), polygon(3, square)), codes: []string{"shape.damaged"}},
		{name: "well-known binary without the header", blob: polygon(3, square), codes: []string{"shape.damaged"}},
		{name: "text for a geometry", blob: "POLYGON((0 0,1 0,1 1,0 0))", codes: []string{"shape.damaged"}},
		{name: "no bytes", blob: []byte{}, codes: []string{"geometry.null"}},
		{name: "open ring", blob: gpb(polygon(3, ring(0, 0, 10, 0, 10, 10, 0, 10))), want: wktSquare, codes: []string{"ring.unclosed"}},
		{name: "hole on a line", blob: gpb(polygon(3, square, ring(2, 2, 3, 3, 4, 4, 2, 2))), want: wktSquare, codes: []string{"ring.degenerate"}},
		{name: "shell on a line", blob: gpb(polygon(3, ring(2, 2, 3, 3, 4, 4, 2, 2))), codes: []string{"ring.degenerate", "geometry.no_area"}},
		{name: "polygon without rings", blob: gpb(polygon(3)), codes: []string{"geometry.no_area"}},
		{name: "coordinate that is no number", blob: gpb(polygon(3, ring(0, 0, nan, 0, 1, 1, 0, 0))), codes: []string{"shape.not_finite"}},
		{name: "infinite coordinate", blob: gpb(polygon(3, ring(0, 0, math.Inf(1), 0, 1, 1, 0, 0))), codes: []string{"shape.not_finite"}},
		{name: "point", blob: gpb(point), want: "POINT (3 4)"},
		{name: "line", blob: gpb(line), want: "LINESTRING (0 0, 1 1)"},
		{name: "multipoint", blob: gpb(collection(4, point, point)), want: "MULTIPOINT (3 4, 3 4)"},
		{name: "multiline", blob: gpb(collection(5, line, line)), want: "MULTILINESTRING ((0 0, 1 1), (0 0, 1 1))"},
		{name: "collection with polygons", blob: gpb(collection(7, point, polygon(3, square), line)), want: wktSquare, codes: []string{"geometry.collection"}},
		{name: "collection in a collection", blob: gpb(collection(7, line, collection(7, polygon(3, square)))), want: wktSquare, codes: []string{"geometry.collection"}},
		{name: "collection without polygons", blob: gpb(collection(7, point)), want: "GEOMETRYCOLLECTION EMPTY"},
		{name: "curve polygon of straight rings", blob: gpb(collection(10, bytesOf(little, byte(1), 2, square))), want: wktSquare},
		{name: "multisurface of straight polygons", blob: gpb(collection(12, polygon(3, square))), want: wktSquare},
		{name: "curve polygon", blob: gpb(collection(10, bytesOf(little, byte(1), 8, square))), codes: []string{"geometry.curved"}},
		{name: "circular string", blob: gpb(bytesOf(little, byte(1), 8, square)), codes: []string{"geometry.curved"}},
		{name: "compound curve", blob: gpb(collection(9, line)), codes: []string{"geometry.curved"}},
		{name: "polyhedral surface", blob: gpb(collection(15, polygon(3, square))), codes: []string{"shape.unsupported_type"}},
		{name: "unknown type", blob: gpb(collection(99)), codes: []string{"shape.unsupported_type"}},
		{name: "type beyond ISO", blob: gpb(collection(7003)), codes: []string{"shape.unsupported_type"}},
		{name: "line inside a multipolygon", blob: gpb(collection(6, line)), codes: []string{"shape.damaged"}},
		{name: "byte order 7", blob: gpb([]byte{7, 3, 0, 0, 0, 0, 0, 0, 0}), codes: []string{"shape.damaged"}},
		{name: "four thousand million rings", blob: gpb(bytesOf(little, byte(1), 3, uint32(math.MaxUint32))), codes: []string{"shape.damaged"}},
		{name: "four thousand million positions", blob: gpb(bytesOf(little, byte(1), 3, 1, uint32(math.MaxUint32))), codes: []string{"shape.damaged"}},
		{name: "cut inside a position", blob: gpb(polygon(3, square)[:40]), codes: []string{"shape.damaged"}},
		{name: "cut before the count", blob: gpb([]byte{1, 3, 0, 0, 0}), codes: []string{"shape.damaged"}},
		{name: "another system than its column's", blob: bytesOf(little, []byte("GP\x00\x01"), int32(4326), polygon(3, square)), want: wktSquare, codes: []string{"gpkg.srs_differs"}},
		{name: "no system", blob: bytesOf(little, []byte("GP\x00\x01"), int32(-1), polygon(3, square)), want: wktSquare, codes: []string{"gpkg.srs_unnamed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := made(t, tables+features("a", "4525")+`create table a (fid integer primary key, geom blob); insert into a values (1, ?)`, c.blob)
			r := read(t, open(t, path).Layers()[0])
			if !slices.Equal(r.wkt, []string{c.want}) {
				t.Errorf("geometry %q, want %q", r.wkt, c.want)
			}
			if !slices.Equal(r.codes(), c.codes) {
				t.Errorf("diagnostics %v, want %v", r.codes(), c.codes)
			}
		})
	}
}

// Collections inside collections are read no deeper than the limit.
func TestDeepCollection(t *testing.T) {
	t.Parallel()
	deep := polygon(3, square)
	for range 200 {
		deep = collection(7, deep)
	}
	path := made(t, tables+features("a", "4525")+`create table a (fid integer primary key, geom blob); insert into a values (1, ?)`, gpb(deep))
	if codes := read(t, open(t, path).Layers()[0]).codes(); !slices.Equal(codes, []string{"shape.damaged"}) {
		t.Errorf("diagnostics %v, want shape.damaged", codes)
	}
}
