package ogr_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/ogr"
	"github.com/taohe-gis/taohe/ingest/record"
)

// installed skips a test on a machine without GDAL.
func installed(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath(ogr.Program); err != nil {
		t.Skipf("%s is not installed (Debian: %s): reading through GDAL was not tested", ogr.Program, ogr.Package)
	}
}

// source is what the files of the tests are made of, by GDAL itself.
const source = `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4525"}},"features":[
{"type":"Feature","properties":{"许可证号":"C1500002011057130112345","面积":0.1,"行号":3},"geometry":{"type":"MultiPolygon","coordinates":[[[[37415000,4450000],[37415100,4450000],[37415100,4450100.25],[37415000,4450000]]]]}},
{"type":"Feature","properties":{"许可证号":null,"面积":null,"行号":null},"geometry":null}]}`

// made converts the source by GDAL's command line into the folder returned.
func made(t *testing.T, driver, name string, options ...string) string {
	t.Helper()
	folder := t.TempDir()
	in := filepath.Join(t.TempDir(), "in.geojson")
	if err := os.WriteFile(in, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-f", driver, filepath.Join(folder, name), in}, options...)
	if out, err := exec.Command(ogr.Program, args...).CombinedOutput(); err != nil {
		t.Skipf("this GDAL does not write %s: %v %s", driver, err, out)
	}
	return folder
}

// files are those of a folder, under their names in it.
func files(t *testing.T, folder string) *archive.Archive {
	t.Helper()
	var out []archive.File
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		name, relErr := filepath.Rel(folder, path)
		out = append(out, archive.File{Name: filepath.ToSlash(name), Content: b})
		return errors.Join(err, relErr)
	})
	if err != nil {
		t.Fatal(err)
	}
	return archive.Of(record.DefaultLimits(), out...)
}

func candidates(t *testing.T, a *archive.Archive) []ogr.Candidate {
	t.Helper()
	found, err := ogr.Candidates(a, func(e *archive.Entry) (ogr.Kind, error) {
		b, err := e.ReadAll(1 << 30)
		return ogr.Recognise(b), err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// convert opens the only candidate.
func convert(t *testing.T, a *archive.Archive, opts ogr.Options) (*ogr.File, error) {
	t.Helper()
	found := candidates(t, a)
	if len(found) != 1 {
		t.Fatalf("%d candidates, want 1", len(found))
	}
	f, err := ogr.Open(context.Background(), found[0], record.DefaultLimits(), opts)
	if err == nil {
		t.Cleanup(func() {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	return f, err
}

// rows are the geometry and values of each row, and the codes.
func rows(t *testing.T, s record.Source) (out, codes []string) {
	t.Helper()
	for rec, err := range s.Records(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		text := "none"
		if rec.Geometry != nil {
			// A table of MapInfo keeps positions on a grid.
			if text, err = wkt.Marshal(rec.Geometry, wkt.EncodeOptionWithMaxDecimalDigits(3)); err != nil {
				t.Fatal(err)
			}
		}
		for _, a := range rec.Attributes {
			if a.Value.Kind != record.Null && a.Name != "ogr_fid" {
				text += "|" + a.Name + "=" + a.Value.Text
			}
		}
		out = append(out, text)
		for _, d := range rec.Diagnostics {
			codes = append(codes, d.Code)
		}
	}
	for _, d := range s.Diagnostics() {
		codes = append(codes, d.Code)
	}
	return out, codes
}

func refusal(err error) string {
	var refused *record.RefusedError
	if errors.As(err, &refused) {
		return refused.Diagnostics[0].Code
	}
	return fmt.Sprint(err)
}

const triangle = "MULTIPOLYGON (((37415000 4450000, 37415100 4450000, 37415100 4450100.25, 37415000 4450000)))"

func TestFormats(t *testing.T) {
	t.Parallel()
	installed(t)
	for _, c := range []struct {
		driver, name string
		options      []string
		layer        string
		want         []string
		codes        []string
	}{
		{
			"OpenFileGDB", "一张图.gdb",
			[]string{"-nln", "采矿权"},
			"采矿权",
			// A geodatabase has its shells clockwise.
			[]string{"MULTIPOLYGON (((37415000 4450000, 37415100 4450100.25, 37415100 4450000, 37415000 4450000)))|许可证号=C1500002011057130112345|面积=0.1|行号=3", "none"},
			[]string{"geometry.null", "ogr.converted"},
		},
		{
			"MapInfo File", "a.tab",
			[]string{"-lco", "BOUNDS=37410000,4440000,37420000,4460000", "-sql", `SELECT "许可证号" AS xkz, "面积" AS mj FROM "in"`},
			"甲",
			// MapInfo has no NULL: its own files hold nought.
			[]string{triangle + "|xkz=C1500002011057130112345|mj=0.1", "none|mj=0"},
			[]string{"geometry.null", "ogr.converted"},
		},
		{
			"MapInfo File", "a.mif",
			[]string{"-dsco", "FORMAT=MIF", "-sql", `SELECT "许可证号" AS xkz, "面积" AS mj FROM "in"`},
			"甲",
			[]string{triangle + "|xkz=C1500002011057130112345|mj=0.1", "none|mj=0"},
			[]string{"geometry.null", "ogr.converted"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f, err := convert(t, files(t, made(t, c.driver, c.name, c.options...)), ogr.Options{Name: "甲"})
			if err != nil {
				t.Fatal(err)
			}
			if len(f.Layers()) != 1 || f.Layers()[0].Name() != c.layer {
				t.Fatalf("layers %v, want %s", f.Layers(), c.layer)
			}
			got, codes := rows(t, f.Layers()[0])
			if !slices.Equal(got, c.want) {
				t.Errorf("rows\n got %q\nwant %q", got, c.want)
			}
			if !slices.Equal(codes, c.codes) {
				t.Errorf("diagnostics %v, want %v", codes, c.codes)
			}
			if r := f.Layers()[0].Reference(); !strings.Contains(r.WKT+fmt.Sprint(r.EPSG), "37500000") || r.How != ogr.How {
				t.Errorf("reference %v, want one with the false easting of zone 37", r)
			}
		})
	}
}

// The tables of Chinese MapInfo are in GBK and say so.
func TestChineseMIF(t *testing.T) {
	t.Parallel()
	installed(t)
	text := "Version 300\nCharset \"WindowsSimpChinese\"\nDelimiter \",\"\nCoordSys NonEarth Units \"m\" Bounds (37400000, 4400000) (37500000, 4500000)\n" +
		"Columns 1\n  \xc3\xfb\xb3\xc6 Char(20)\nData\n\nRegion 1\n  3\n37415000 4450000\n37415100 4450000\n37415100 4450100.25\n"
	f, err := convert(t, archive.Of(record.DefaultLimits(),
		archive.File{Name: "a.mif", Content: []byte(text)}, archive.File{Name: "A.MID", Content: []byte("\"\xd5\xc5\xc8\xfd\"\n")}), ogr.Options{Name: "a"})
	if err != nil {
		t.Fatal(err)
	}
	if got, codes := rows(t, f.Layers()[0]); !slices.Equal(got, []string{triangle + "|名称=张三"}) || !slices.Equal(codes, []string{"ogr.converted"}) {
		t.Errorf("got %q %v", got, codes)
	}
}

// A drawing has closed lines for polygons, and says its encoding or not.
func TestDrawing(t *testing.T) {
	t.Parallel()
	installed(t)
	pair := func(code int, value any) string { return fmt.Sprintf("%d\n%v\n", code, value) }
	polyline := func(layer string, closed int) string {
		return pair(0, "LWPOLYLINE") + pair(8, layer) + pair(90, 3) + pair(70, closed) +
			pair(10, "37415000.0") + pair(20, "4450000.0") + pair(10, "37415100.0") + pair(20, "4450000.0") + pair(10, "37415100.0") + pair(20, "4450100.25")
	}
	for name, layer := range map[string]string{"UTF-8": "采矿权", "GBK": "\xb2\xc9\xbf\xf3\xc8\xa8"} {
		text := pair(999, "made") + pair(0, "SECTION") + pair(2, "ENTITIES") + polyline(layer, 1) + polyline("线", 0) + pair(0, "ENDSEC") + pair(0, "EOF")
		if name == "GBK" {
			text = strings.ReplaceAll(text, "线", "\xcf\xdf")
		}
		f, err := convert(t, archive.Of(record.DefaultLimits(), archive.File{Name: "图/a.dxf", Content: []byte(text)}), ogr.Options{Name: "a"})
		if err != nil {
			t.Fatal(err)
		}
		got, codes := rows(t, f.Layers()[0])
		// GDAL hands both over as lines.
		if len(got) != 2 || !strings.HasPrefix(got[0], triangle+"|Layer=采矿权") || !strings.HasPrefix(got[1], "LINESTRING") {
			t.Errorf("%s: rows %q", name, got)
		}
		if !slices.Equal(codes, []string{"dxf.outline", "ogr.converted"}) {
			t.Errorf("%s: diagnostics %v", name, codes)
		}
		if r := f.Layers()[0].Reference(); r.EPSG != 0 || r.WKT != "" {
			t.Errorf("%s: reference %v, want none", name, r)
		}
	}
}

// A file that is another format than it looks is not followed to what it
// refers to, on this machine or on the network.
func TestHostile(t *testing.T) {
	t.Parallel()
	installed(t)
	var asked atomic.Int32
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skipf("no local port: %v", err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) })}}
	server.Start()
	defer server.Close()
	secret := made(t, "MapInfo File", "secret.tab")
	vrt := func(target string) string {
		return `<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>` + target + `</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>`
	}
	for _, c := range []struct {
		name, file string
		content    string
		code       string
	}{
		{"VRT of a local file under the head of a MIF", "a.mif", "Version 300\nCharset \"Neutral\"\n" + vrt("/etc/passwd"), "ogr.failed"},
		{"VRT of an address under the head of a drawing", "a.dxf", "0\nSECTION\n" + vrt("/vsicurl/"+server.URL+"/a.gpkg"), "ogr.failed"},
		{"table made of other tables", "a.tab", "!table\n!version 300\nDefinition Table\n  Type NATIVE Charset \"Neutral\"\n  Fields 1\n    Table Char (100) ;\nbegin_metadata\n\"\\IsSeamless\" = \"TRUE\"\nend_metadata\n", "ogr.refers_elsewhere"},
		{"table of a file elsewhere", "a.tab", "!table\n!version 300\n\nDefinition Table\n  File \"" + secret + "/secret.dat\"\n  Type NATIVE Charset \"Neutral\"\n  Fields 1\n    a Char (10) ;\n", "ogr.refers_elsewhere"},
		{"linked table", "a.tab", "!table\n!version 300\nDefinition Table\n  Type LINKED\n", "ogr.refers_elsewhere"},
		{"nothing behind the head", "a.mif", "Version 300\nCharset \"Neutral\"\n", "ogr.failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := convert(t, archive.Of(record.DefaultLimits(), archive.File{Name: c.file, Content: []byte(c.content)}), ogr.Options{})
			if code := refusal(err); code != c.code {
				t.Errorf("got %s, want %s", code, c.code)
			}
			if err != nil && strings.Contains(err.Error(), os.TempDir()) {
				t.Errorf("the message names our folders: %v", err)
			}
		})
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the network was asked %d times", n)
	}
}

// program writes a stand-in for ogr2ogr.
func program(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ogr2ogr")
	if err := os.WriteFile(path, []byte("#!/bin/sh\nPATH=/usr/bin:/bin\n[ \"$1\" = --version ] && { echo GDAL 9.8.7; exit; }\n[ \"$1\" = --formats ] && { echo '  DXF -vector- (rw+v): AutoCAD DXF'; exit; }\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func drawing() *archive.Archive {
	return archive.Of(record.DefaultLimits(), archive.File{Name: "a.dxf", Content: []byte("0\nSECTION\n")})
}

// The bounds hold whatever the program does.
func TestBounds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, script string
		code         string
	}{
		{"sleeps", "sleep 600", "ogr.limit"},
		{"has a child that sleeps", "sleep 600 & sleep 600", "ogr.limit"},
		{"fails", "echo 'ERROR 4: bad file' >&2; exit 1", "ogr.failed"},
		{"writes nothing", "exit 0", "ogr.failed"},
		{"writes something else", "echo hello > out.gpkg", "gpkg.not_geopackage"},
		{"talks without end", "exec yes", "ogr.limit"},
		{"sees our environment", `[ -n "$TAOHE_SECRET" ] && exit 0; echo clean >&2; exit 1`, "ogr.failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := convert(t, drawing(), ogr.Options{Program: program(t, c.script), Timeout: time.Second})
			if code := refusal(err); code != c.code {
				t.Errorf("got %s, want %s", code, c.code)
			}
		})
	}
}

func TestMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := convert(t, drawing(), ogr.Options{})
	var refused *record.RefusedError
	if !errors.As(err, &refused) || !strings.Contains(refused.Diagnostics[0].Chinese(), "gdal-bin") {
		t.Errorf("got %v, want a refusal that names the package", err)
	}
}

// Nothing is left in the folder for temporary files, however it ends.
func TestNothingLeft(t *testing.T) {
	temporary := t.TempDir()
	sound, failing, sleeping := program(t, "exit 0"), program(t, "exit 1"), program(t, "sleep 600")
	t.Setenv("TMPDIR", temporary)
	t.Setenv("TAOHE_SECRET", "x")
	for _, p := range []string{sound, failing, sleeping} {
		ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
		_, err := ogr.Open(ctx, candidates(t, drawing())[0], record.DefaultLimits(), ogr.Options{Program: p})
		if err == nil || p == sleeping && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", p, err)
		}
		cancel()
	}
	left, err := os.ReadDir(temporary)
	if err != nil || len(left) > 0 {
		t.Errorf("%v %v are left", err, left)
	}
}

func TestCandidates(t *testing.T) {
	t.Parallel()
	a := archive.Of(record.DefaultLimits(),
		archive.File{Name: "x/图.GDB/a00000001.gdbtable"}, archive.File{Name: "x/图.GDB/a00000001.gdbtablx"}, archive.File{Name: "x/图.GDB/gdb"},
		archive.File{Name: "x/图.GDB/../../etc/a00000002.freelist"}, archive.File{Name: "y/a00000001.gdbtable"},
		archive.File{Name: "m/T.TAB", Content: []byte("!table\n")}, archive.File{Name: "m/t.DAT"}, archive.File{Name: "n/t.dat"},
		archive.File{Name: "d.dxf", Content: []byte("<OGRVRTDataSource/>")},
	)
	var got []string
	for _, c := range candidates(t, a) {
		got = append(got, string(c.Kind)+" "+c.Base)
	}
	if want := []string{"FileGDB x/图", "FileGDB y", "MapInfo TAB m/T"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzRecognise(f *testing.F) {
	for _, s := range []string{"0\nSECTION\n", "999\nx\n  0\r\nSECTION\r\n", "!table\n", "Version 300\nCharset \"x\"", "AutoCAD Binary DXF\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		switch kind := ogr.Recognise(b); kind {
		case "", ogr.DXF, ogr.TAB, ogr.MIF:
		default:
			t.Fatalf("%q is %s", b, kind)
		}
	})
}
