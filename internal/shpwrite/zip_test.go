package shpwrite_test

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"io"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/shpwrite"
)

func square(x, y, side float64) []geom.Coord {
	return []geom.Coord{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}
}

// withHole is a counter-clockwise shell with a clockwise hole: both wrong for
// a shapefile, so that the writer must turn them.
func withHole() *geom.MultiPolygon {
	hole := []geom.Coord{{1, 1}, {1, 2}, {2, 2}, {2, 1}, {1, 1}}
	return geom.NewMultiPolygon(geom.XY).MustSetCoords([][][]geom.Coord{{square(0, 0, 4), hole}})
}

func entries(t *testing.T, layers ...shpwrite.Layer) map[string][]byte {
	t.Helper()
	var buf bytes.Buffer
	if err := shpwrite.WriteZip(&buf, layers...); err != nil {
		t.Fatal(err)
	}
	zr, err := zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, f := range zr.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if parts[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return parts
}

func TestRecordBytes(t *testing.T) {
	t.Parallel()
	parts := entries(t, shpwrite.Layer{Name: "a", Rows: []shpwrite.Row{{Geometry: withHole()}, {}}})
	// By hand from the technical description, table 7 and figure 2.
	want := strings.Join([]string{
		"00000001", "0000006a", // record 1: 44 + 8 + 160 bytes = 106 words
		"05000000",
		"0000000000000000", "0000000000000000", "0000000000001040", "0000000000001040", // box 0 0 4 4
		"02000000", "0a000000", "00000000", "05000000", // two rings of five points
		"0000000000000000", "0000000000000000", // shell: (0,0) (0,4) (4,4) (4,0) (0,0)
		"0000000000000000", "0000000000001040",
		"0000000000001040", "0000000000001040",
		"0000000000001040", "0000000000000000",
		"0000000000000000", "0000000000000000",
		"000000000000f03f", "000000000000f03f", // hole: (1,1) (2,1) (2,2) (1,2) (1,1)
		"0000000000000040", "000000000000f03f",
		"0000000000000040", "0000000000000040",
		"000000000000f03f", "0000000000000040",
		"000000000000f03f", "000000000000f03f",
		"00000002", "00000002", "00000000", // record 2, null shape
	}, "")
	if got := hex.EncodeToString(parts["a.shp"][100:]); got != want {
		t.Errorf("records\n got %s\nwant %s", got, want)
	}
	// .shx: offsets 50 and 50+4+106 words.
	if got := hex.EncodeToString(parts["a.shx"][100:]); got != "00000032"+"0000006a"+"000000a0"+"00000002" {
		t.Errorf("shx records %s", got)
	}
}

func TestTableBytes(t *testing.T) {
	t.Parallel()
	parts := entries(t, shpwrite.Layer{
		Name: "a", WriteCPG: true,
		Fields: []shpwrite.Field{
			{Name: "名称", Type: 'C', Width: 8},
			{Name: "ID", Type: 'N', Width: 18},
			{Name: "MJ", Type: 'N', Width: 8, Decimals: 2},
			{Name: "F", Type: 'F', Width: 8, Decimals: 1},
			{Name: "RQ", Type: 'D'},
			{Name: "L", Type: 'L'},
		},
		Rows: []shpwrite.Row{
			{Values: []any{"张三", int64(123456789012345678), 1.5, 120.0, taohe.NewDate(2022, 4, 23), true}},
			{Values: []any{nil, nil, nil, nil, nil, nil}},
		},
	})
	dbf := parts["a.dbf"]
	if dbf[29] != 0x4D {
		t.Errorf("language driver %#x, want 0x4D", dbf[29])
	}
	// GBK: 名 C3FB 称 B3C6 (GB 2312 code chart).
	if got := hex.EncodeToString(dbf[32:43]); got != "c3fbb3c600000000000000" {
		t.Errorf("field name bytes %s", got)
	}
	want := " \xd5\xc5\xc8\xfd    123456789012345678    1.50 1.2e+0220220423T" +
		" " + strings.Repeat(" ", 8) + strings.Repeat("*", 18+8+8) + "00000000?" + "\x1a"
	if got := string(dbf[32+6*32+1:]); got != want {
		t.Errorf("records\n got %q\nwant %q", got, want)
	}
	if got := string(parts["a.cpg"]); got != "GBK" {
		t.Errorf("cpg %q", got)
	}
}

func TestSameInputSameBytes(t *testing.T) {
	t.Parallel()
	layer := shpwrite.Layer{
		Name: "数据/采矿权", PRJ: "LOCAL", GBKEntryName: true, Encoding: shpwrite.UTF8, WriteCPG: true,
		Fields: []shpwrite.Field{{Name: "KSMC", Type: 'C', Width: 30}},
		Rows:   []shpwrite.Row{{Geometry: withHole(), Values: []any{"某某煤矿"}}},
	}
	var a, b bytes.Buffer
	if err := shpwrite.WriteZip(&a, layer, layer); err != nil {
		t.Fatal(err)
	}
	if err := shpwrite.WriteZip(&b, layer, layer); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two writings differ")
	}
	if !bytes.Contains(a.Bytes(), []byte("\xb2\xc9\xbf\xf3\xc8\xa8.shp")) {
		t.Error("entry name is not GBK 采矿权.shp")
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	xyz := geom.NewMultiPolygon(geom.XYZ).MustSetCoords([][][]geom.Coord{{{{0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 0, 1}}}})
	text := []shpwrite.Field{{Name: "KSMC", Type: 'C', Width: 4}}
	for name, layer := range map[string]shpwrite.Layer{
		"text wider than field":   {Fields: text, Rows: []shpwrite.Row{{Values: []any{"张三丰"}}}},
		"character not in GBK":    {Fields: text, Rows: []shpwrite.Row{{Values: []any{"𠮷"}}}},
		"number of wrong type":    {Fields: text, Rows: []shpwrite.Row{{Values: []any{struct{}{}}}}},
		"too few values":          {Fields: text, Rows: []shpwrite.Row{{}}},
		"name wider than 10":      {Fields: []shpwrite.Field{{Name: "采矿许可证号", Type: 'C', Width: 4}}},
		"unknown type":            {Fields: []shpwrite.Field{{Name: "A", Type: 'Q', Width: 4}}},
		"plane and height in one": {Rows: []shpwrite.Row{{Geometry: withHole()}, {Geometry: xyz}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			layer.Name = "a"
			if err := shpwrite.WriteZip(io.Discard, layer); err == nil {
				t.Error("written without an error")
			}
		})
	}
}
