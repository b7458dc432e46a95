package format_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/taohe-gis/taohe/ingest/format"
	"github.com/taohe-gis/taohe/ingest/ogr"
	"github.com/taohe-gis/taohe/ingest/record"
)

const (
	kmlText = `<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><Point><coordinates>110,40</coordinates></Point></Placemark></kml>`
	jzdText = "[属性描述]\r\n坐标系=2000国家大地坐标系\r\n几度分带=3\r\n带号=37\r\n[地块坐标]\r\n3,1,1,甲,面,,,,@\r\n1,1,4450000,37415000\r\n2,1,4450000,37415100\r\n3,1,4450100,37415100\r\n"
	dxfText = "0\nSECTION\n2\nHEADER\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n0\nLINE\n8\na\n10\n37415000.0\n20\n4450000.0\n11\n37415100.0\n21\n4450000.0\n0\nENDSEC\n0\nEOF\n"
)

// geopackage is one with an empty feature table of each name.
func geopackage(t *testing.T, names ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.gpkg")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	script := `create table gpkg_spatial_ref_sys (srs_id integer primary key, organization text, organization_coordsys_id integer, definition text);
		create table gpkg_contents (table_name text primary key, data_type text);
		create table gpkg_geometry_columns (table_name text, column_name text, srs_id integer);`
	for _, n := range names {
		script += `insert into gpkg_contents values ('` + n + `', 'features'); insert into gpkg_geometry_columns values ('` + n + `', 'geom', 0);
			create table "` + n + `" (geom blob);`
	}
	_, err = db.Exec(script)
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Each format is known by its content, loose and in a zip.
func TestEveryFormat(t *testing.T) {
	t.Parallel()
	pkg := geopackage(t, "采矿权", "图斑")
	for _, c := range []struct {
		name    string
		file    string
		content []byte
		gdal    bool
		want    []string
	}{
		{"GeoPackage", "x.gpkg", []byte(pkg), false, []string{"采矿权 0", "图斑 0"}},
		{"GeoPackage by another name", "x.tmp", []byte(pkg), false, []string{"采矿权 0", "图斑 0"}},
		{"GeoPackage in a zip", "x.zip", with(t, nil, "数据/a.gpkg", pkg), false, []string{"采矿权 0", "图斑 0"}},
		{"KML", "x.kml", []byte(kmlText), false, []string{"x 1"}},
		{"KMZ", "x.kmz", with(t, nil, "doc.kml", kmlText, "files/icon.png", "\x89PNG"), false, []string{"doc 1"}},
		{"boundary-point text", "x.txt", []byte(jzdText), false, []string{"x 1"}},
		{"boundary-point texts in a zip", "x.zip", with(t, nil, "a.txt", jzdText, "b.txt", jzdText), false, []string{"a 1", "b 1"}},
		{"all in one zip", "x.zip", with(t, shapefiles(t, "s"), "a.gpkg", pkg, "b.kml", kmlText, "c.txt", jzdText, "d.json", document), false, []string{"s 2", "采矿权 0", "图斑 0", "b 1", "c 1", "d 1"}},
		{"a broken GeoPackage beside a layer", "x.zip", with(t, shapefiles(t, "s"), "a.gpkg", pkg[:200]), false, []string{"s 2", "a 0 gpkg.damaged"}},
		{"drawing", "x.dxf", []byte(dxfText), true, []string{"x 1"}},
		{"drawing by another name", "upload-17", []byte(dxfText), true, []string{"upload-17 1"}},
		{"drawing in a zip", "x.zip", with(t, nil, "图/a.dxf", dxfText), true, []string{"a 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.gdal {
				needGDAL(t)
			}
			sources, closer, err := format.Open(save(t, c.file, c.content), format.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range sources {
				got = append(got, count(t, s))
			}
			if err := closer.Close(); err != nil {
				t.Error(err)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func needGDAL(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath(ogr.Program); err != nil {
		t.Skipf("%s is not installed (Debian: %s)", ogr.Program, ogr.Package)
	}
}

func TestRefusedFormats(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file string
		content    []byte
		code       string
	}{
		{"text called KMZ", "x.kmz", []byte("hello"), "file.not_a_zip"},
		{"DWG", "x.dwg", []byte("AC1027\x00\x00"), "file.dwg"},
		{"another XML", "x.kml", []byte("<gml/>"), "file.unknown_format"},
		{"another database", "x.gpkg", []byte("SQLite format 3\x00"), "gpkg.not_geopackage"},
		{"layer package of ArcGIS", "x.lpk", []byte("7z\xbc\xaf\x27\x1c"), "file.archive_kind"},
		{"VRT", "x.vrt", []byte(`<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>`), "file.unknown_format"},
		{"VRT called a drawing", "x.dxf", []byte(`<OGRVRTDataSource/>`), "file.unknown_format"},
		{"VRT in a zip", "x.zip", with(t, nil, "a.dxf", `<OGRVRTDataSource/>`, "b.vrt", `<OGRVRTDataSource/>`), "file.no_layer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := format.Open(save(t, c.file, c.content), format.Options{})
			var refused *record.RefusedError
			if !errors.As(err, &refused) || refused.Diagnostics[0].Code != c.code {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
}

// Ovital's files are known by the name people gave, whatever they are kept as.
func TestOvital(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, fileName, want string
		content              []byte
	}{
		{"KML", "a.kml", "kml", []byte(kmlText)},
		{"OVKML", "a.OVKML", "ovkml", []byte(kmlText)},
		{"OVKMZ", "a.ovkmz", "ovkml", with(t, nil, "doc.kml", kmlText)},
		{"OVKML in a zip", "a.zip", "ovkml", with(t, nil, "a.ovkml", kmlText)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sources, closer, err := format.Open(save(t, "upload-17", c.content), format.Options{FileName: c.fileName})
			if err != nil {
				t.Fatal(err)
			}
			defer closer.Close()
			if got := sources[0].Reference().How; got != c.want {
				t.Errorf("how %s, want %s", got, c.want)
			}
		})
	}
}

// A geodatabase is read as a folder and in a zip.
func TestGeodatabase(t *testing.T) {
	t.Parallel()
	needGDAL(t)
	folder := filepath.Join(t.TempDir(), "一张图.gdb")
	in := save(t, "in.geojson", []byte(document))
	if out, err := exec.Command(ogr.Program, "-f", "OpenFileGDB", folder, in, "-nln", "点").CombinedOutput(); err != nil {
		t.Skipf("this GDAL writes no geodatabases: %v %s", err, out)
	}
	var entries []string
	listed, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range listed {
		b, err := os.ReadFile(filepath.Join(folder, d.Name()))
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, "一张图.gdb/"+d.Name(), string(b))
	}
	for _, path := range []string{folder, save(t, "x.zip", with(t, nil, entries...))} {
		sources, closer, err := format.Open(path, format.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := count(t, sources[0]); len(sources) != 1 || got != "点 1" {
			t.Errorf("%s: %q, want 点 1", path, got)
		}
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := format.OpenContext(ctx, folder, format.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if _, _, err := format.Open(t.TempDir(), format.Options{}); err == nil || !strings.Contains(err.Error(), "unrecognised") {
		t.Errorf("an empty folder: %v", err)
	}
}
