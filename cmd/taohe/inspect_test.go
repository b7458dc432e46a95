package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/ingest"
)

var updateInspect = flag.Bool("update-inspect", false, "write the expected output of inspect instead of comparing with it")

// The JSON of inspect is a contract: a change of it shows here.
func TestInspectJSON(t *testing.T) {
	t.Parallel()
	folder := filepath.Join("testdata", "inspect")
	for _, c := range []struct {
		want string
		args []string
	}{
		{"mining_right.json", []string{"--features", "--extent", "109,40,110.75,40.5", filepath.Join("..", "..", "sample-data", "mining_right.zip")}},
		{"corner.json", []string{"--features", "--layer", "mining_right", "--crs", "EPSG:4525", filepath.Join(folder, "拐点.csv")}},
		{"corner_without_crs.json", []string{filepath.Join(folder, "拐点.csv")}},
	} {
		t.Run(c.want, func(t *testing.T) {
			t.Parallel()
			var out, errOut bytes.Buffer
			run(append([]string{"inspect", "--json"}, c.args...), &out, &errOut)
			if errOut.Len() > 0 {
				t.Fatal(errOut.String())
			}
			path := filepath.Join(folder, c.want)
			if *updateInspect {
				if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(out.Bytes(), want) {
				t.Errorf("differs from %s; if meant, go test ./cmd/taohe -run TestInspectJSON -args -update-inspect\n%s", path, out.String())
			}
		})
	}
}

// The figures of the corner table: polygon A of the comparison with the
// official formula (999,824.300 m² on the ellipsoid, 1 km square in zone 37),
// with a hole of 200 m cut out, and a triangle of half a 500 m square.
func TestInspectCornerFigures(t *testing.T) {
	t.Parallel()
	var out, errOut bytes.Buffer
	status := run([]string{"inspect", "--json", "--features", "--crs", "EPSG:4525", filepath.Join("testdata", "inspect", "拐点.csv")}, &out, &errOut)
	var in ingest.Inspection
	if err := json.Unmarshal(out.Bytes(), &in); err != nil || status != 0 {
		t.Fatalf("status %d: %v %s", status, err, errOut.String())
	}
	l := in.Layers[0]
	if len(l.Features) != 2 || l.Features[0].PlanarAreaM2 != 960000 || l.Features[1].PlanarAreaM2 != 125000 || l.Areas.PlanarAreaM2 != 1085000 {
		t.Fatalf("features %+v, total %+v", l.Features, l.Areas)
	}
	// The scale of the plane is the same for the square and its hole to 1e-6.
	want := 960000 * 0.9998243
	if got := l.Features[0].EllipsoidalAreaM2; got < want-1 || got > want+1 {
		t.Errorf("%.2f m² on the ellipsoid, want %.2f", got, want)
	}
}

// 0: every layer can be read. 2: refused, with a message that says what to do.
func TestInspectStatus(t *testing.T) {
	t.Parallel()
	sample := filepath.Join("..", "..", "sample-data", "mining_right.zip")
	table := filepath.Join("testdata", "inspect", "拐点.csv")
	dir := t.TempDir()
	written := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	prose, empty := written("说明.txt", "没有坐标"), written("empty.zip", "")
	typo := written("typo.json", `{"method":"position_vector","tx":1}`)
	nameless := written("nameless.json", `{"method":"position_vector","tx_m":1}`)
	for _, c := range []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"readable", []string{sample}, 0, "CGCS2000"},
		{"readable, held against its county", []string{"--extent", "109,40,110.75,40.5", sample}, 0, "采矿权"},
		{"readable, in JSON", []string{"--json", sample}, 0, `"version": 1`},
		{"a table without reference system", []string{table}, 2, "EPSG:4525"},
		{"a table with one", []string{"--crs", "EPSG:4525", table}, 0, "依据：user"},
		{"of two files one is refused", []string{sample, prose}, 2, "说明.txt：无法识别的文件格式"},
		{"no file", []string{filepath.Join(dir, "none.zip")}, 2, "文件不存在"},
		{"an empty file", []string{empty}, 2, "0 字节"},
		{"another county", []string{"--extent", "100,30,101,31", sample}, 2, "范围"},
		{"an extent of three numbers", []string{"--extent", "1,2,3", sample}, 2, "四个数"},
		{"a reference system that is none", []string{"--crs", "Beijing", sample}, 2, "EPSG:4525"},
		{"a layer nobody knows", []string{"--layer", "mines", sample}, 2, "mining_right（采矿权）"},
		{"a layer the file does not have", []string{"--layer-name", "x", sample}, 2, "没有名为 x"},
		{"an encoding nobody knows", []string{"--encoding", "klingon", sample}, 2, "klingon"},
		{"a correction without a county", []string{"--fix", "swap", sample}, 2, "范围"},
		{"a correction that does not apply", []string{"--fix", "swap", "--extent", "109,40,110.75,40.5", sample}, 2, "不适用"},
		{"two ways to CGCS2000", []string{"--gcj02", "--shift", typo, sample}, 2, "只能用其中一个"},
		{"a shift with a misspelt parameter", []string{"--shift", typo, sample}, 2, "tx"},
		{"a shift of nobody", []string{"--shift", nameless, sample}, 2, "来源"},
		{"map coordinates in metres", []string{"--gcj02", sample}, 2, "GCJ-02"},
		{"no argument", nil, 2, "file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out, errOut bytes.Buffer
			status := run(append([]string{"inspect"}, c.args...), &out, &errOut)
			if status != c.status || !strings.Contains(out.String()+errOut.String(), c.says) {
				t.Errorf("status %d, want %d and %q in\n%s%s", status, c.status, c.says, out.String(), errOut.String())
			}
		})
	}
}
