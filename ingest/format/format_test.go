package format_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/format"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/internal/shpwrite"
)

const document = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[1,2]}}]}`

const table = "点号,X,Y\n1,4450000,37415000\n2,4451000,37415000\n3,4451000,37416000\n"

func layer(name string) shpwrite.Layer {
	square := geom.NewMultiPolygon(geom.XY).MustSetCoords([][][]geom.Coord{{{{0, 0}, {0, 1}, {1, 1}, {1, 0}, {0, 0}}}})
	return shpwrite.Layer{
		Name: name, GBKEntryName: true, PRJ: `LOCAL_CS["x"]`,
		Fields: []shpwrite.Field{{Name: "名称", Type: 'C', Width: 10}},
		Rows:   []shpwrite.Row{{Geometry: square, Values: []any{"张三"}}, {Geometry: square, Values: []any{nil}}},
	}
}

func shapefiles(t *testing.T, names ...string) []byte {
	t.Helper()
	var layers []shpwrite.Layer
	for _, n := range names {
		layers = append(layers, layer(n))
	}
	var b bytes.Buffer
	if err := shpwrite.WriteZip(&b, layers...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// with returns the zip with further entries.
func with(t *testing.T, old []byte, entries ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	if old != nil {
		r, err := zip.NewReader(bytes.NewReader(old), int64(len(old)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.File {
			if err := w.Copy(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := 0; i < len(entries); i += 2 {
		e, err := w.Create(entries[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Write([]byte(entries[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func save(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		file    string
		content []byte
		layer   string
		want    []string
	}{
		{"one shapefile", "x.zip", shapefiles(t, "数据/采矿权"), "", []string{"采矿权 2"}},
		{"zip by another name", "upload.tmp", shapefiles(t, "采矿权"), "", []string{"采矿权 2"}},
		{"three layers", "x.zip", shapefiles(t, "a", "b", "c/d"), "", []string{"a 2", "b 2", "d 2"}},
		{"two layers of one name", "x.zip", shapefiles(t, "2021/图斑", "2022/图斑"), "", []string{"2021/图斑 2", "2022/图斑 2"}},
		{"the layer asked for", "x.zip", shapefiles(t, "a", "b"), "b", []string{"b 2"}},
		{"shapefile and GeoJSON", "x.zip", with(t, shapefiles(t, "a"), "b.json", document, "readme.txt", "hello", "style.json", `{"version":8}`), "", []string{"a 2", "b 1"}},
		{"shadows of macOS", "x.zip", with(t, shapefiles(t, "a"), "__MACOSX/._a.shp", "x", "._b.shp", "x"), "", []string{"a 2"}},
		{"GeoJSON", "x.geojson", []byte(document), "", []string{"x 1"}},
		{"GeoJSON by another name", "x.zip", []byte(" \n" + document), "", []string{"x 1"}},
		{"GeoJSON of three lines", "x.json", []byte("\xEF\xBB\xBF" + document + "\n" + document + "\n" + document), "", []string{"x 3"}},
		{"corner table", "拐点.txt", []byte(table), "", []string{"拐点 1"}},
		{"corner table by another name", "upload.zip", []byte(table), "", []string{"upload 1"}},
		{"zip of a corner table", "x.zip", with(t, nil, "表/拐点.csv", table, "readme.txt", "hello"), "", []string{"拐点 1"}},
		{"corner table beside a layer is no layer", "x.zip", with(t, shapefiles(t, "a"), "拐点.csv", table), "", []string{"a 2"}},
		{"a broken layer beside a sound one", "x.zip", with(t, shapefiles(t, "a"), "b.shp", "rubbish"), "", []string{"a 2", "b 0 file.truncated"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sources, closer, err := format.Open(save(t, c.file, c.content), format.Options{Layer: c.layer})
			if err != nil {
				t.Fatal(err)
			}
			defer closer.Close()
			var got []string
			for _, s := range sources {
				got = append(got, count(t, s))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// count is the layer's name, its rows and what refuses it.
func count(t *testing.T, s record.Source) string {
	t.Helper()
	rows := 0
	for _, err := range s.Records(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		rows++
	}
	text := s.Name() + " " + string(rune('0'+rows))
	for _, d := range s.Diagnostics() {
		if d.Severity() == taohe.Refused {
			text += " " + d.Code
		}
	}
	return text
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file string
		content    []byte
		layer      string
		code       string
	}{
		{"empty file", "x.zip", nil, "", "file.empty"},
		{"text called zip", "x.zip", []byte("hello"), "", "file.not_a_zip"},
		{"zip cut off", "x.zip", shapefiles(t, "a")[:300], "", "file.not_a_zip"},
		{"empty zip", "x.zip", with(t, nil), "", "file.no_layer"},
		{"zip of other things", "x.zip", with(t, nil, "a.dbf", "x", "b.txt", "y", "c.json", `{"a":1}`), "", "file.no_layer"},
		{"text", "x.txt", []byte("hello"), "", "file.unknown_format"},
		{"JSON of another kind", "x.json", []byte(`[1]`), "", "geojson.not_geojson"},
		{"RAR", "x.zip", []byte("Rar!\x1a\x07\x00rest"), "", "file.archive_kind"},
		{"no layer of the name", "x.zip", shapefiles(t, "a"), "b", "file.layer_not_found"},
		{"only layer broken", "x.zip", with(t, nil, "b.shp", "rubbish"), "", "file.truncated"},
		{"loose table without shapes", "x.dbf", []byte("\x03hello"), "", "shp.part_missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := format.Open(save(t, c.file, c.content), format.Options{Layer: c.layer})
			var refused *record.RefusedError
			if !errors.As(err, &refused) || len(refused.Diagnostics) != 1 || refused.Diagnostics[0].Code != c.code {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
	if _, _, err := format.Open(filepath.Join(t.TempDir(), "none"), format.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v, want os.ErrNotExist", err)
	}
}

func TestLooseShapefile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	b := shapefiles(t, "A")
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		var content bytes.Buffer
		e, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := content.ReadFrom(e); err != nil {
			t.Fatal(err)
		}
		name := map[string]string{"A.shp": "A.SHP", "A.dbf": "a.Dbf"}[f.Name]
		if name == "" {
			name = f.Name
		}
		if err := os.WriteFile(filepath.Join(folder, name), content.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"A.SHP", "A.shx", "a.Dbf"} {
		sources, closer, err := format.Open(filepath.Join(folder, name), format.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := count(t, sources[0]); got != "A 2" {
			t.Errorf("%s: %q, want A 2", name, got)
		}
		if sources[0].Reference().WKT != `LOCAL_CS["x"]` || sources[0].Encoding().Name != "GB18030" {
			t.Errorf("%s: %v, %v", name, sources[0].Reference(), sources[0].Encoding())
		}
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	}
}
