// Package vector writes findings as the files that GIS people open: a zipped
// shapefile, in the encoding their program expects, and a GeoPackage. It gets
// values, as report does, and keeps the bytes free of times and ids, so that the
// same findings give the same file.
package vector

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"
	"github.com/twpayne/go-geom/encoding/wkb"
	_ "modernc.org/sqlite" // the driver

	"github.com/taohe-gis/taohe/internal/shpwrite"
	"github.com/taohe-gis/taohe/report"
)

// layerName is what the layer of findings is called in a file.
const layerName = "疑似问题"

// cgcs2000 is EPSG:4490 as Esri writes it.
const cgcs2000 = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],` +
	`PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`

// WriteShapefile writes findings as a zipped shapefile in EPSG:4490 with a .cpg.
// A table holds at most 254 bytes of a text: longer ones are cut by the character,
// and end in an ellipsis. The headers say how long the files are, and each file is of
// all rows: these wait in a file in dir meanwhile.
func WriteShapefile(w io.Writer, dir string, all iter.Seq2[report.FindingLine, error], encoding shpwrite.Encoding) (err error) {
	layer := shpwrite.Layer{Name: layerName, PRJ: cgcs2000, Encoding: encoding, WriteCPG: true}
	widths := map[string]int{"ID": 100, "XKZH": 40, "XZQDM": 12, "GZDM": 40, "KKX": 40}
	for _, c := range report.FindingColumns {
		f := shpwrite.Field{Name: c.Name, Type: 'C', Width: 200}
		if n, known := widths[c.Name]; known {
			f.Width = n
		}
		switch c.Value(report.FindingLine{}).(type) {
		case int64:
			f.Type, f.Width = 'N', 4
		case float64:
			f.Type, f.Width, f.Decimals = 'N', 18, 2
		}
		layer.Fields = append(layer.Fields, f)
	}
	spool, err := newSpool(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, spool.close()) }()
	for f, err := range all {
		if err != nil {
			return err
		}
		row := spooled{EWKB: f.EWKB}
		for i, c := range report.FindingColumns {
			v := c.Value(f)
			if text, ok := v.(string); ok {
				v = cut(text, layer.Fields[i].Width)
			}
			row.Values = append(row.Values, v)
		}
		if err := spool.put(row); err != nil {
			return err
		}
	}
	layer.EachRow = spool.each()
	return shpwrite.WriteZip(w, layer)
}

// cut is a text in at most so many bytes of UTF-8, which is never less than GBK
// takes.
func cut(s string, bytes int) string {
	const mark = "…"
	if len(s) <= bytes {
		return s
	}
	for len(s) > bytes-len(mark) {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s + mark
}

func multiPolygon(shape []byte) (*geom.MultiPolygon, error) {
	g, err := ewkb.Unmarshal(shape)
	if err != nil {
		return nil, fmt.Errorf("finding: %w", err)
	}
	m, ok := g.(*geom.MultiPolygon)
	if !ok {
		return nil, fmt.Errorf("finding: unexpected %T", g)
	}
	return m, nil
}

// The tables of a GeoPackage with one layer (OGC 12-128r18, annex C). The last
// change is that of the format, so that the same findings give the same bytes.
const tables = `
pragma application_id = 0x47504b47;
pragma user_version = 10300;
create table gpkg_spatial_ref_sys (srs_name text not null, srs_id integer primary key, organization text not null,
  organization_coordsys_id integer not null, definition text not null, description text);
insert into gpkg_spatial_ref_sys values
  ('Undefined Cartesian', -1, 'NONE', -1, 'undefined', null), ('Undefined geographic', 0, 'NONE', 0, 'undefined', null),
  ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]', null),
  ('CGCS2000', 4490, 'EPSG', 4490, 'GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4490"]]', null);
create table gpkg_contents (table_name text not null primary key, data_type text not null, identifier text unique, description text default '',
  last_change datetime not null, min_x double, min_y double, max_x double, max_y double, srs_id integer references gpkg_spatial_ref_sys (srs_id));
create table gpkg_geometry_columns (table_name text not null primary key references gpkg_contents (table_name), column_name text not null,
  geometry_type_name text not null, srs_id integer not null references gpkg_spatial_ref_sys (srs_id), z tinyint not null, m tinyint not null);
insert into gpkg_contents (table_name, data_type, identifier, last_change, srs_id) values ('` + layerName + `', 'features', '` + layerName + `', '2020-01-01T00:00:00.000Z', 4490);
insert into gpkg_geometry_columns values ('` + layerName + `', 'geom', 'MULTIPOLYGON', 4490, 0, 0);`

// WriteGeoPackage writes findings as a GeoPackage in EPSG:4490, whose columns
// have the titles of a spreadsheet. SQLite makes it in a file in dir.
func WriteGeoPackage(ctx context.Context, w io.Writer, dir string, all iter.Seq2[report.FindingLine, error]) (err error) {
	made, err := temporary(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, discard(made)) }()
	if err := makeGeoPackage(ctx, made.Name(), all); err != nil {
		return err
	}
	// As in newSpool: a reader may take long, and this program die meanwhile.
	_ = os.Remove(made.Name())
	_, err = io.Copy(w, made)
	return err
}

func makeGeoPackage(ctx context.Context, path string, all iter.Seq2[report.FindingLine, error]) (err error) {
	// What is half made is thrown away: a journal would have nothing to restore.
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: "_pragma=journal_mode(off)&_pragma=synchronous(off)"}
	db, err := sql.Open("sqlite", address.String())
	if err != nil {
		return fmt.Errorf("geopackage: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("geopackage: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	var columns, names, places []string
	for _, c := range report.FindingColumns {
		kind := map[bool]string{true: "text", false: "double"}[isText(c)]
		columns = append(columns, `"`+c.Title+`" `+kind)
		names, places = append(names, `"`+c.Title+`"`), append(places, "?")
	}
	script := tables + `create table "` + layerName + `" (fid integer primary key autoincrement not null, geom multipolygon, ` + strings.Join(columns, ", ") + `); begin;`
	if _, err := conn.ExecContext(ctx, script); err != nil {
		return fmt.Errorf("geopackage: %w", err)
	}
	insert, err := conn.PrepareContext(ctx, `insert into "`+layerName+`" (geom, `+strings.Join(names, ", ")+`) values (?, `+strings.Join(places, ", ")+`)`)
	if err != nil {
		return fmt.Errorf("geopackage: %w", err)
	}
	defer func() { err = errors.Join(err, insert.Close()) }()
	extent := geom.NewBounds(geom.XY)
	for f, err := range all {
		if err != nil {
			return err
		}
		shape, err := multiPolygon(f.EWKB)
		if err != nil {
			return err
		}
		extent.Extend(shape)
		blob, err := geometryBlob(shape)
		if err != nil {
			return err
		}
		row := []any{blob}
		for _, c := range report.FindingColumns {
			row = append(row, c.Value(f))
		}
		if _, err := insert.ExecContext(ctx, row...); err != nil {
			return fmt.Errorf("geopackage: %w", err)
		}
	}
	if !extent.IsEmpty() {
		if _, err := conn.ExecContext(ctx, `update gpkg_contents set min_x = ?, min_y = ?, max_x = ?, max_y = ?`,
			extent.Min(0), extent.Min(1), extent.Max(0), extent.Max(1)); err != nil {
			return fmt.Errorf("geopackage: %w", err)
		}
	}
	if _, err := conn.ExecContext(ctx, "commit"); err != nil {
		return fmt.Errorf("geopackage: %w", err)
	}
	return nil
}

func isText(c report.FindingColumn) bool {
	_, text := c.Value(report.FindingLine{}).(string)
	return text
}

// geometryBlob is a geometry as a GeoPackage holds it: a head with the system and
// the envelope, then well-known binary.
func geometryBlob(shape *geom.MultiPolygon) ([]byte, error) {
	b := binary.LittleEndian.AppendUint32([]byte{'G', 'P', 0, 0x03}, 4490)
	bounds := shape.Bounds()
	for _, v := range []float64{bounds.Min(0), bounds.Max(0), bounds.Min(1), bounds.Max(1)} {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	text, err := wkb.Marshal(shape, binary.LittleEndian)
	return append(b, text...), err
}
