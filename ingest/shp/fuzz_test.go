package shp_test

import (
	"context"
	"errors"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe/ingest/record"
)

// small are limits that keep a fuzzed file from working long.
func small() record.Limits {
	return record.Limits{
		MaxBytes: 1 << 20, MaxEntries: 100, MaxRatio: 100, MaxVertices: 10_000, MaxParts: 1_000,
		MaxRows: 1_000, MaxFields: 100, MaxFieldSize: 1 << 16, MaxDepth: 16,
	}
}

// check reads the files and holds what must be true of any bytes: no error but
// a refusal, no more rows than allowed, each polygon of closed rings.
func check(t *testing.T, files map[string][]byte) {
	l, err := open(small(), "", files)
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
		if rows++; rows > small().MaxRows {
			t.Fatalf("%d rows", rows)
		}
		if r.Geometry == nil && len(r.Diagnostics) == 0 {
			t.Fatal("no geometry and no word why")
		}
		if mp, ok := r.Geometry.(*geom.MultiPolygon); ok {
			checkRings(t, mp)
		}
	}
	for _, d := range l.Diagnostics() {
		if d.English() == d.Code {
			t.Fatalf("%s is not in the catalogue", d.Code)
		}
	}
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

func FuzzSHP(f *testing.F) {
	null := le32(0)
	hole := polygon(5, nil, cw(0, 0, 10), ccw(2, 2, 3), cw(20, 0, 1), xy{0, 0, 1, 1, 0, 0})
	heights := join(dbl(1, 2), dbl(1, 1, 1, 1, 1))
	z := polygon(15, heights, cw(0, 0, 1))
	zm := polygon(15, join(heights, dbl(0, 1), dbl(1, 1, 1, 1, 1)), cw(0, 0, 1))
	point := join(le32(1), dbl(3, 4))
	f.Add(shpFile(5, null, hole), shxFile(5, null, hole), 2)
	f.Add(shpFile(15, z, zm), []byte(nil), 2)
	f.Add(shpFile(1, point, polygon(3, nil, cw(0, 0, 1))), []byte(nil), 2)
	f.Add(shpFile(5, hole)[:150], shxFile(5, hole), 1)
	f.Add(shpHead(5, 100), []byte(nil), 0)
	f.Fuzz(func(t *testing.T, shapes, index []byte, rows int) {
		files := map[string][]byte{"a.shp": shapes, "a.dbf": dbfFile(0, names(min(max(rows, 0), 100))...)}
		if len(index) > 0 {
			files["a.shx"] = index
		}
		check(t, files)
	})
}

func FuzzDBF(f *testing.F) {
	f.Add(dbfFile(0x4D, "\xd5\xc5\xc8\xfd", "*"), "")
	f.Add(dbfFile(0, "张三", "x"), "UTF-8")
	f.Add(join(dbfHead(0x30, 0, 1, 263, fieldDef{"I", 'I', 4, 0}, fieldDef{"Y", 'Y', 8, 0}, fieldDef{"T", 'T', 8, 0}, fieldDef{"B", 'B', 8, 0}),
		[]byte(" "), make([]byte, 28)), "936")
	f.Add(join(dbfHead(3, 0, 2, 0, fieldDef{"N", 'N', 10, 2}, fieldDef{"D", 'D', 8, 0}, fieldDef{"L", 'L', 1, 0}),
		[]byte("      1.5020220423T"), []byte("***********00000000?\x1a")), "")
	f.Add([]byte("\x03zzz\xff\xff\xff\xff\x21\x00\x01\x00"), "")
	shapes := shpFile(5, le32(0), le32(0), le32(0))
	f.Fuzz(func(t *testing.T, table []byte, cpg string) {
		files := map[string][]byte{"a.shp": shapes, "a.dbf": table}
		if cpg != "" {
			files["a.cpg"] = []byte(cpg)
		}
		check(t, files)
	})
}
