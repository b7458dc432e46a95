package gpkg_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe/ingest/gpkg"
	"github.com/taohe-gis/taohe/ingest/record"
)

func small() record.Limits {
	return record.Limits{
		MaxBytes: 1 << 20, MaxEntries: 100, MaxRatio: 100, MaxVertices: 10_000, MaxParts: 1_000,
		MaxRows: 1_000, MaxFields: 100, MaxFieldSize: 1 << 16, MaxDepth: 16,
	}
}

// Whatever the bytes of a geometry, it is read or refused with a word, polygons
// have closed rings, and no position is made that the bytes do not hold.
func FuzzGeometry(f *testing.F) {
	for _, seed := range [][]byte{
		gpb(polygon(3, square)), gpb(collection(6, polygon(3, square), polygon(3, ring(0, 0, 1, 0, 1, 1)))),
		gpb(collection(7, collection(12, collection(10, bytesOf(little, byte(1), 2, square))))),
		bytesOf(big, []byte("GP\x00\x00"), int32(4525), byte(0), 1003, 1, 4, []float64{0, 0, 1, 1, 0, 2, 1, 1, 3, 0, 0, 1}),
		bytesOf(little, []byte("GP\x00\x09"), int32(0), make([]float64, 8), polygon(3003)),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		g, notes := gpkg.ParseGeometry(b, small())
		if g == nil {
			if len(notes) == 0 {
				t.Fatal("no geometry and no word why")
			}
			return
		}
		for _, n := range notes {
			if n.English() == n.Code {
				t.Fatalf("%s is not in the catalogue", n.Code)
			}
		}
		mp, ok := g.(*geom.MultiPolygon)
		if !ok {
			return
		}
		flat, stride, start := mp.FlatCoords(), mp.Stride(), 0
		// Closing may add a position to each ring.
		if len(flat) > len(b)/8+stride*len(b)/4 {
			t.Fatalf("%d ordinates of %d bytes", len(flat), len(b))
		}
		for _, ends := range mp.Endss() {
			for _, end := range ends {
				if end-start < 4*stride || flat[start] != flat[end-stride] || flat[start+1] != flat[end-stride+1] {
					t.Fatalf("ring %v is not closed", flat[start:end])
				}
				start = end
			}
		}
	})
}

// Whatever the bytes of the file, it is read or refused; no error of ours, and
// nothing beside it.
func FuzzGeoPackage(f *testing.F) {
	for _, script := range []string{
		tables + features("a", "4525") + `create table a (geom blob, t text, d date); insert into a values (x'47500001ad110000010300000000000000', 'x', '2022-01-01')`,
		tables, `create table a (b text)`,
	} {
		b, err := os.ReadFile(made(f, script))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	path := filepath.Join(f.TempDir(), "a.gpkg")
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := gpkg.Open(context.Background(), path, small(), gpkg.Options{})
		var refused *record.RefusedError
		if err != nil {
			if !errors.As(err, &refused) {
				t.Fatal(err)
			}
			return
		}
		defer file.Close()
		for _, l := range file.Layers() {
			rows := 0
			for r, err := range l.Records(context.Background()) {
				if err != nil {
					t.Fatal(err)
				}
				if rows++; rows > small().MaxRows {
					t.Fatalf("%d rows", rows)
				}
				if len(r.Attributes) != len(l.Fields()) {
					t.Fatalf("%d attributes for %d fields", len(r.Attributes), len(l.Fields()))
				}
			}
		}
	})
}
