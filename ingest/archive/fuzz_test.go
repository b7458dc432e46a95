package archive_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/ingest/shp"
	"github.com/taohe-gis/taohe/internal/shpwrite"
)

func FuzzZip(f *testing.F) {
	square := geom.NewMultiPolygon(geom.XY).MustSetCoords([][][]geom.Coord{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}})
	for _, gbk := range []bool{false, true} {
		var b bytes.Buffer
		err := shpwrite.WriteZip(&b, shpwrite.Layer{
			Name: "数据/a", GBKEntryName: gbk, PRJ: "LOCAL", WriteCPG: true,
			Fields: []shpwrite.Field{{Name: "名称", Type: 'C', Width: 10}},
			Rows:   []shpwrite.Row{{Geometry: square, Values: []any{"张三"}}, {Values: []any{nil}}},
		})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"__MACOSX/._a.shp", "../../etc/passwd", "a\\b.shp", "d/"} {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			f.Fatal(err)
		}
		if _, err := io.WriteString(entry, "x"); err != nil && name != "d/" {
			f.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("PK\x05\x06" + string(make([]byte, 18))))
	lim := record.Limits{
		MaxBytes: 1 << 20, MaxEntries: 20, MaxRatio: 100, MaxVertices: 10_000, MaxParts: 1_000,
		MaxRows: 1_000, MaxFields: 100, MaxFieldSize: 1 << 16, MaxDepth: 16,
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		a, err := archive.Read(bytes.NewReader(content), int64(len(content)), lim)
		if err != nil {
			refusedOnly(t, err)
			return
		}
		for _, e := range a.Entries() {
			b, err := e.ReadAll(1 << 20)
			if len(b) > 1<<20 {
				t.Fatalf("%d bytes of %s", len(b), e.Name)
			}
			if err != nil {
				refusedOnly(t, err)
			}
		}
		for _, base := range shp.Bases(a) {
			l, err := shp.Open(a, base, shp.Options{})
			if err != nil {
				refusedOnly(t, err)
				continue
			}
			for _, err := range l.Records(context.Background()) {
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func refusedOnly(t *testing.T, err error) {
	t.Helper()
	var refused *record.RefusedError
	if !errors.As(err, &refused) {
		t.Fatal(err)
	}
}
