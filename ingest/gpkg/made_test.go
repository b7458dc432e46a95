package gpkg_test

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/gpkg"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/internal/gpkgbytes"
)

const tables = gpkgbytes.Tables

var features = gpkgbytes.Features

// made writes a database and returns its path.
func made(t testing.TB, script string, args ...any) string {
	t.Helper()
	content, err := gpkgbytes.Database(script, args...)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "数据 ?#%.gpkg")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, path string) *gpkg.File {
	t.Helper()
	f, err := gpkg.Open(context.Background(), path, record.DefaultLimits(), gpkg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// result is a layer read to its end.
type result struct {
	wkt         []string
	values      [][]record.Value
	diagnostics []taohe.Diagnostic
}

func (r result) codes() []string {
	var codes []string
	for _, d := range r.diagnostics {
		codes = append(codes, d.Code)
	}
	return codes
}

func read(t testing.TB, l *gpkg.Layer) result {
	t.Helper()
	var r result
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
		var values []record.Value
		for _, a := range rec.Attributes {
			values = append(values, a.Value)
		}
		r.values = append(r.values, values)
		r.diagnostics = append(r.diagnostics, rec.Diagnostics...)
	}
	r.diagnostics = append(r.diagnostics, l.Diagnostics()...)
	return r
}

var (
	bytesOf    = gpkgbytes.Bytes
	gpb        = gpkgbytes.Geometry
	ring       = gpkgbytes.Ring
	polygon    = gpkgbytes.Polygon
	collection = gpkgbytes.Collection
)

var little, big = binary.LittleEndian, binary.BigEndian

var square = ring(0, 0, 10, 0, 10, 10, 0, 10, 0, 0)
