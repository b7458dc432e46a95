package gpkg_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"path/filepath"
	"testing"

	"github.com/twpayne/go-geom/encoding/wkt"
	_ "modernc.org/sqlite"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/gpkg"
	"github.com/taohe-gis/taohe/ingest/record"
)

// tables are the three that every GeoPackage with features has (OGC 12-128r18,
// annex C), and the system of the sample layers.
const tables = `
create table gpkg_spatial_ref_sys (srs_name text not null, srs_id integer primary key, organization text not null,
  organization_coordsys_id integer not null, definition text not null, description text);
create table gpkg_contents (table_name text primary key, data_type text not null, identifier text, description text,
  last_change datetime, min_x double, min_y double, max_x double, max_y double, srs_id integer);
create table gpkg_geometry_columns (table_name text not null, column_name text not null, geometry_type_name text not null,
  srs_id integer not null, z tinyint not null, m tinyint not null);
insert into gpkg_spatial_ref_sys values ('CGCS2000 / 3-degree Gauss-Kruger zone 37', 4525, 'EPSG', 4525, 'undefined', null),
  ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]', null),
  ('Undefined', -1, 'NONE', -1, 'undefined', null);`

// features declares a feature table.
func features(name string, srs string) string {
	return `insert into gpkg_contents (table_name, data_type) values ('` + name + `', 'features');
	insert into gpkg_geometry_columns values ('` + name + `', 'geom', 'GEOMETRY', ` + srs + `, 2, 2);`
}

// made writes a database and returns its path.
func made(t testing.TB, script string, args ...any) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "数据 ?#%.gpkg")
	execute(t, path, script, args...)
	return path
}

func execute(t testing.TB, path, script string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(filepath.Dir(path), "made.tmp"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(script, args...); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`vacuum into ?`, path); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
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

// bytesOf writes numbers one after the other: bytes, int32, uint32, float64.
func bytesOf(order binary.ByteOrder, items ...any) []byte {
	var b bytes.Buffer
	for _, item := range items {
		if raw, ok := item.([]byte); ok {
			b.Write(raw)
			continue
		}
		if n, ok := item.(int); ok {
			item = uint32(n)
		}
		if err := binary.Write(&b, order, item); err != nil {
			panic(err)
		}
	}
	return b.Bytes()
}

var little, big = binary.LittleEndian, binary.BigEndian

// gpb is a geometry of EPSG:4525 without envelope, little endian.
func gpb(wkb []byte) []byte { return bytesOf(little, []byte("GP\x00\x01"), int32(4525), wkb) }

// ring is the head-less body of a ring of XY positions.
func ring(xy ...float64) []byte { return bytesOf(little, len(xy)/2, xy) }

// polygon is a little-endian polygon of type kind.
func polygon(kind int, rings ...[]byte) []byte {
	return bytesOf(little, byte(1), kind, len(rings), bytes.Join(rings, nil))
}

func collection(kind int, members ...[]byte) []byte {
	return bytesOf(little, byte(1), kind, len(members), bytes.Join(members, nil))
}

var square = ring(0, 0, 10, 0, 10, 10, 0, 10, 0, 0)
