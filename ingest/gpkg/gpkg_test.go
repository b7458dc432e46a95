package gpkg_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/gpkg"
	"github.com/taohe-gis/taohe/ingest/record"
)

// Values come as stored: what a column declares only describes them.
func TestValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, declared, stored string // stored is an SQL literal
		want                   record.Value
		codes                  []string
	}{
		{"largest integer", "INTEGER", "9223372036854775807", record.Value{Kind: record.Integer, Text: "9223372036854775807"}, nil},
		{"smallest integer", "MEDIUMINT", "-9223372036854775808", record.Value{Kind: record.Integer, Text: "-9223372036854775808"}, nil},
		{"licence number in a text", "TEXT(25)", "'C1500002011057130112345'", record.Value{Kind: record.Text, Text: "C1500002011057130112345"}, nil},
		{"digits in a text", "TEXT", "'001234567890123456789012345'", record.Value{Kind: record.Text, Text: "001234567890123456789012345"}, nil},
		{"real", "REAL", "0.1", record.Value{Kind: record.Decimal, Text: "0.1"}, nil},
		{"real of fifteen digits", "DOUBLE", "37415000.1234567", record.Value{Kind: record.Decimal, Text: "37415000.1234567"}, nil},
		{"real without a fraction", "DOUBLE", "5.0", record.Value{Kind: record.Decimal, Text: "5"}, nil},
		{"very small real", "DOUBLE", "1e-12", record.Value{Kind: record.Decimal, Text: "1e-12"}, nil},
		{"very large real", "DOUBLE", "1e300", record.Value{Kind: record.Decimal, Text: "1e+300"}, nil},
		{"infinite real", "DOUBLE", "9e999", record.Value{Kind: record.Text, Text: "+Inf"}, []string{"value.not_a_number"}},
		{"text", "TEXT", "'示例煤矿'", record.Value{Kind: record.Text, Text: "示例煤矿"}, nil},
		{"text of blanks", "TEXT", "'  '", record.Value{}, nil},
		{"NULL", "TEXT", "null", record.Value{}, nil},
		{"text in GBK", "TEXT", "cast(x'd5c5' as text)", record.Value{Kind: record.Text, Text: "\uFFFD"}, []string{"value.undecodable"}},
		{"date", "DATE", "'2022-04-23'", record.Value{Kind: record.Date, Text: "2022-04-23"}, nil},
		{"date the calendar has not", "DATE", "'2022-02-30'", record.Value{Kind: record.Text, Text: "2022-02-30"}, []string{"value.not_a_date"}},
		{"date with slashes", "DATE", "'2022/4/23'", record.Value{Kind: record.Text, Text: "2022/4/23"}, []string{"value.not_a_date"}},
		{"date and time", "DATETIME", "'2022-04-23T10:15:30.123Z'", record.Value{Kind: record.Text, Text: "2022-04-23T10:15:30.123Z"}, nil},
		{"true", "BOOLEAN", "1", record.Value{Kind: record.Logical, Text: "true"}, nil},
		{"false", "BOOLEAN", "0", record.Value{Kind: record.Logical, Text: "false"}, nil},
		{"boolean of two", "BOOLEAN", "2", record.Value{Kind: record.Integer, Text: "2"}, nil},
		{"text in an integer column", "INTEGER", "'三十'", record.Value{Kind: record.Text, Text: "三十"}, nil},
		{"integer in a column without a type", "", "7", record.Value{Kind: record.Integer, Text: "7"}, nil},
		{"binary", "BLOB", "x'00ff'", record.Value{}, []string{"value.binary"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := made(t, tables+features("a", "4525")+`create table a (geom blob, "值" `+c.declared+`); insert into a values (?, `+c.stored+`)`, gpb(polygon(3, square)))
			r := read(t, open(t, path).Layers()[0])
			if got := r.values[0][0]; got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if !slices.Equal(r.codes(), c.codes) {
				t.Errorf("diagnostics %v, want %v", r.codes(), c.codes)
			}
		})
	}
}

func TestLayers(t *testing.T) {
	t.Parallel()
	path := made(t, tables+features("采矿权", "4525")+features(`b "quoted"`, "4326")+features("c", "-1")+features("看", "4525")+`
		create table "采矿权" (fid integer primary key, geom blob, "许可证号" text(25), "面积" double, "有效" boolean, "日期" date, made text generated always as (upper("许可证号")) stored);
		create table "b ""quoted""" (geom blob); create table c (geom blob);
		create view "看" as select * from "采矿权";
		create table 属性 (a text); insert into gpkg_contents (table_name, data_type) values ('属性', 'attributes'), ('瓦片', 'tiles');
		insert into "采矿权" (fid, geom) values (7, null), (3, null);
		create index covering on "采矿权" ("许可证号", fid);`)
	f := open(t, path)
	var names []string
	for _, l := range f.Layers() {
		names = append(names, fmt.Sprintf("%s %d %v", l.Name(), l.Rows(), l.Reference()))
		if codes := read(t, l).codes(); !slices.Contains(codes, "gpkg.views_ignored") || !slices.Contains(codes, "gpkg.tables_ignored") {
			t.Errorf("%s: %v, want the view and the tables named", l.Name(), codes)
		}
	}
	want := []string{
		"采矿权 2 { 4525 gpkg}",
		`b "quoted" 0 {GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]] 0 gpkg}`,
		"c 0 { 0 gpkg}",
	}
	if !slices.Equal(names, want) {
		t.Errorf("layers\n got %q\nwant %q", names, want)
	}
	fields := []record.Field{
		{Name: "fid", Kind: record.Integer},
		{Name: "许可证号", Kind: record.Text, Width: 25},
		{Name: "面积", Kind: record.Decimal},
		{Name: "有效", Kind: record.Logical},
		{Name: "日期", Kind: record.Date},
	}
	if got := f.Layers()[0].Fields(); !slices.Equal(got, fields) {
		t.Errorf("fields %v, want %v", got, fields)
	}
	// The order is that of the row numbers, whatever index there is.
	if r := read(t, f.Layers()[0]); r.values[0][0].Text != "3" || r.values[1][0].Text != "7" {
		t.Errorf("rows %v, want fid 3 then 7", r.values)
	}
}

func refusal(err error) string {
	var refused *record.RefusedError
	if errors.As(err, &refused) {
		return refused.Diagnostics[0].Code
	}
	return fmt.Sprint(err)
}

func TestRefused(t *testing.T) {
	t.Parallel()
	sound := tables + features("a", "4525") + `create table a (geom blob);`
	content := func(path string) []byte {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	good := content(made(t, sound))
	for _, c := range []struct {
		name    string
		content []byte
		code    string
	}{
		{"text", []byte("hello"), "gpkg.not_geopackage"},
		{"nothing", nil, "gpkg.not_geopackage"},
		{"header alone", good[:100], "gpkg.damaged"},
		{"cut in the middle of the schema", good[:4096], "gpkg.damaged"},
		{"SQLite that is no GeoPackage", content(made(t, `create table a (b text)`)), "gpkg.not_geopackage"},
		{"no feature table", content(made(t, tables)), "gpkg.no_features"},
		{"contents that are a view", content(made(t, `create table x (table_name text, data_type text); create view gpkg_contents as select * from x;
			create table gpkg_geometry_columns (a text); create table gpkg_spatial_ref_sys (a text)`)), "gpkg.not_geopackage"},
		{"tables of other columns", content(made(t, `create table gpkg_contents (a text); create table gpkg_geometry_columns (a text); create table gpkg_spatial_ref_sys (a text)`)), "gpkg.damaged"},
		{"page size of no kind", slices.Concat(good[:16], []byte{0x33, 0x33}, good[18:]), "gpkg.damaged"},
		{"schema overwritten", slices.Concat(good[:100], bytes.Repeat([]byte{0xff}, 400), good[500:]), "gpkg.damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "a.gpkg")
			if err := os.WriteFile(path, c.content, 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := gpkg.Open(context.Background(), path, record.DefaultLimits(), gpkg.Options{})
			if err == nil {
				_ = f.Close()
			}
			if code := refusal(err); code != c.code {
				t.Errorf("got %s, want %s", code, c.code)
			}
		})
	}
}

// Damage behind the first pages is met while reading: the sound rows come, and
// the layer is refused. A file shorter than its header says is refused at once.
func TestDamagedRows(t *testing.T) {
	t.Parallel()
	path := made(t, tables+features("a", "4525")+`create table a (geom blob, t text);
		with recursive n(i) as (select 1 union all select i + 1 from n where i < 400) insert into a select ?, hex(randomblob(200)) from n`, gpb(polygon(3, square)))
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	save := func(b []byte) string {
		path := filepath.Join(t.TempDir(), "a.gpkg")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	from := len(b) * 2 / 3
	r := read(t, open(t, save(slices.Concat(b[:from], bytes.Repeat([]byte{0xAA}, len(b)-from)))).Layers()[0])
	if len(r.wkt) == 0 || len(r.wkt) >= 400 || !slices.Contains(r.codes(), "gpkg.damaged") {
		t.Errorf("overwritten: %d rows and %v, want some rows and gpkg.damaged", len(r.wkt), r.codes())
	}
	if _, err := gpkg.Open(context.Background(), save(b[:from]), record.DefaultLimits(), gpkg.Options{}); refusal(err) != "gpkg.damaged" {
		t.Errorf("cut: %v, want gpkg.damaged", err)
	}
}

// Nothing the file defines runs, and nothing is written beside it.
func TestHostile(t *testing.T) {
	t.Parallel()
	path := made(t, tables+features("a", "4525")+features("t", "4525")+features("v", "4525")+`
		create table a (fid integer primary key, geom blob, g text generated always as (hex(zeroblob(400000000))) virtual);
		insert into a (geom) values (x'00');
		create virtual table v using fts5(geom, body);
		create view t as with recursive n(i) as (select 1 union all select i + 1 from n) select i as fid, null as geom from n;`)
	f := open(t, path)
	if len(f.Layers()) != 1 {
		t.Fatalf("%d layers, want the one table", len(f.Layers()))
	}
	if r := read(t, f.Layers()[0]); len(r.wkt) != 1 {
		t.Errorf("%d rows, want 1", len(r.wkt))
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != filepath.Base(path) && !strings.HasPrefix(e.Name(), "made.tmp") {
			t.Errorf("%s was written beside the file", e.Name())
		}
	}
}

func TestWriteAhead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.gpkg")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"pragma journal_mode = wal", tables + features("a", "4525") + `create table a (geom blob); insert into a values (null)`, "pragma wal_checkpoint(truncate)"} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	// As a clerk copies it: the main file alone, its log left behind.
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "b.gpkg"), b, 0o400); err != nil {
		t.Fatal(err)
	}
	r := read(t, open(t, filepath.Join(folder, "b.gpkg")).Layers()[0])
	if len(r.wkt) != 1 || !slices.Equal(r.codes(), []string{"geometry.null", "gpkg.write_ahead"}) {
		t.Errorf("%d rows, %v", len(r.wkt), r.codes())
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 1 {
		t.Errorf("%d files beside the upload, want none", len(entries)-1)
	}
}

func TestSpool(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	b, err := os.ReadFile(made(t, tables+features("a", "4525")+`create table a (geom blob); insert into a values (null)`))
	if err != nil {
		t.Fatal(err)
	}
	left := func() int {
		entries, err := os.ReadDir(temporary)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), "taohe-") {
				n++
			}
		}
		return n
	}
	entry := func(b []byte, lim record.Limits) *archive.Entry {
		return archive.Of(lim, archive.File{Name: "../../a.gpkg", Content: b}).Entries()[0]
	}
	lim := record.DefaultLimits()
	f, err := gpkg.Spool(context.Background(), entry(b, lim), lim, gpkg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r := read(t, f.Layers()[0]); len(r.wkt) != 1 {
		t.Errorf("%d rows, want 1", len(r.wkt))
	}
	if err := f.Close(); err != nil || left() != 0 {
		t.Errorf("%v, %d temporary files left", err, left())
	}
	lim.MaxBytes = 1000
	if _, err := gpkg.Spool(context.Background(), entry(b, lim), lim, gpkg.Options{}); refusal(err) != "file.limit" || left() != 0 {
		t.Errorf("%v, %d temporary files left; want file.limit", err, left())
	}
	lim = record.DefaultLimits()
	if _, err := gpkg.Spool(context.Background(), entry(b[:2000], lim), lim, gpkg.Options{}); refusal(err) != "gpkg.damaged" || left() != 0 {
		t.Errorf("%v, %d temporary files left; want gpkg.damaged", err, left())
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := gpkg.Spool(ctx, entry(b, lim), lim, gpkg.Options{}); !errors.Is(err, context.Canceled) || left() != 0 {
		t.Errorf("%v, %d temporary files left; want context.Canceled", err, left())
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	path := made(t, tables+features("a", "4525")+`create table a (geom blob, t text, u text);
		insert into a values (?1, 'x', 'y'), (?1, printf('%.*c', 2000, 'x'), 'y')`, gpb(polygon(3, square)))
	for _, c := range []struct {
		name  string
		set   func(*record.Limits)
		codes []string // of the reading; the refusal of Open stands alone
	}{
		{"bytes", func(l *record.Limits) { l.MaxBytes = 1000 }, []string{"file.limit"}},
		{"rows", func(l *record.Limits) { l.MaxRows = 1 }, []string{"file.limit"}},
		{"fields", func(l *record.Limits) { l.MaxFields = 1 }, []string{"file.limit"}},
		{"vertices", func(l *record.Limits) { l.MaxVertices = 4 }, []string{"geometry.limit", "geometry.limit"}},
		{"rings", func(l *record.Limits) { l.MaxParts = 0 }, []string{"geometry.limit", "geometry.limit"}},
		{"field size", func(l *record.Limits) { l.MaxFieldSize = 1999 }, []string{"value.limit"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lim := record.DefaultLimits()
			c.set(&lim)
			f, err := gpkg.Open(context.Background(), path, lim, gpkg.Options{})
			if err != nil {
				if code := refusal(err); !slices.Equal([]string{code}, c.codes) {
					t.Errorf("got %s, want %v", code, c.codes)
				}
				return
			}
			defer f.Close()
			if codes := read(t, f.Layers()[0]).codes(); !slices.Equal(codes, c.codes) {
				t.Errorf("got %v, want %v", codes, c.codes)
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	l := open(t, made(t, tables+features("a", "4525")+`create table a (geom blob); insert into a values (null), (null), (null)`)).Layers()[0]
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var last error
	for _, err := range l.Records(ctx) {
		cancel()
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", last)
	}
	// The layer can be read again from the start, and left in the middle.
	for _, err := range l.Records(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if r := read(t, l); len(r.wkt) != 3 {
		t.Errorf("%d rows, want 3", len(r.wkt))
	}
}
