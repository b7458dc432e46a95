// Package gpkgbytes makes GeoPackages for tests, right ones and wrong ones: the
// tables by SQL, the geometries byte by byte. Nothing is checked.
//
// Source: OGC 12-128r18; ISO 13249-3 for well-known binary.
package gpkgbytes

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	_ "modernc.org/sqlite" // the driver
)

// Tables are the three that every GeoPackage with features has (annex C), and
// some systems: EPSG 4525 by its code alone, 4326 by its text, and undefined.
const Tables = `
create table gpkg_spatial_ref_sys (srs_name text not null, srs_id integer primary key, organization text not null,
  organization_coordsys_id integer not null, definition text not null, description text);
create table gpkg_contents (table_name text primary key, data_type text not null, identifier text, description text,
  last_change datetime, min_x double, min_y double, max_x double, max_y double, srs_id integer);
create table gpkg_geometry_columns (table_name text not null, column_name text not null, geometry_type_name text not null,
  srs_id integer not null, z tinyint not null, m tinyint not null);
insert into gpkg_spatial_ref_sys values ('CGCS2000 / 3-degree Gauss-Kruger zone 37', 4525, 'EPSG', 4525, 'undefined', null),
  ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]', null),
  ('Undefined', -1, 'NONE', -1, 'undefined', null);`

// Features declares a feature table whose geometry column is geom.
func Features(name, srs string) string {
	return `insert into gpkg_contents (table_name, data_type) values ('` + name + `', 'features');
	insert into gpkg_geometry_columns values ('` + name + `', 'geom', 'GEOMETRY', ` + srs + `, 2, 2);`
}

// Database runs a script, whose parameters are args, in an empty database and
// returns that as the bytes of a file.
func Database(script string, args ...any) (content []byte, err error) {
	ctx := context.Background()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	// Each connection to :memory: is a database of its own.
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	// The mark of a GeoPackage and its version, 1.3.
	if _, err = conn.ExecContext(ctx, `pragma application_id = 0x47504b47; pragma user_version = 10300;`); err != nil {
		return nil, err
	}
	if _, err = conn.ExecContext(ctx, script, args...); err != nil {
		return nil, err
	}
	err = conn.Raw(func(driver any) error {
		s, ok := driver.(interface{ Serialize() ([]byte, error) })
		if !ok {
			return fmt.Errorf("the driver %T writes no database to memory", driver)
		}
		content, err = s.Serialize()
		return err
	})
	return content, err
}

// Bytes writes items one after the other: byte, int32, uint32, float64, slices of
// them, and int as 32 bits.
func Bytes(order binary.ByteOrder, items ...any) []byte {
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

// Geometry is a geometry of EPSG:4525 without envelope, little endian.
func Geometry(wkb []byte) []byte { return Headed(4525, 0, nil, wkb) }

// Headed is a geometry of any system with an envelope, whose code is that of the
// flags, little endian.
func Headed(srs int32, code byte, envelope []float64, wkb []byte) []byte {
	return Bytes(binary.LittleEndian, []byte{'G', 'P', 0, 1 | code<<1}, srs, envelope, wkb)
}

// Ring is the body, without head, of a ring or line of positions XY.
func Ring(xy ...float64) []byte { return Bytes(binary.LittleEndian, len(xy)/2, xy) }

// Polygon is a polygon of type kind, little endian.
func Polygon(kind int, rings ...[]byte) []byte {
	return Bytes(binary.LittleEndian, byte(1), kind, len(rings), bytes.Join(rings, nil))
}

// Collection is a geometry of type kind that holds others, little endian.
func Collection(kind int, members ...[]byte) []byte {
	return Bytes(binary.LittleEndian, byte(1), kind, len(members), bytes.Join(members, nil))
}
