package shp_test

import (
	"context"
	"errors"
	"regexp"
	"testing"

	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/ingest/shp"
	"github.com/taohe-gis/taohe/internal/shpbytes"
)

// The files of these tests are made byte by byte by internal/shpbytes, apart from
// the writer in internal/shpwrite.

var (
	be32, le32, le16 = shpbytes.BE32, shpbytes.LE32, shpbytes.LE16
	dbl, join        = shpbytes.Doubles, shpbytes.Join
	shpHead          = shpbytes.Head
	shpFile, shxFile = shpbytes.Shapes, shpbytes.Index
	polygon          = shpbytes.Multi
	cw, ccw          = shpbytes.CW, shpbytes.CCW
	dbfFile          = shpbytes.Table
)

type xy = []float64 // x, y, x, y, …

type fieldDef struct {
	name     string
	kind     byte
	width    int
	decimals int
}

func dbfHead(version, language byte, rows, pad int, fields ...fieldDef) []byte {
	out := make([]shpbytes.Field, len(fields))
	for i, f := range fields {
		out[i] = shpbytes.Field{Name: f.name, Kind: f.kind, Width: f.width, Decimals: f.decimals}
	}
	return shpbytes.TableHead(version, language, rows, pad, out...)
}

func names(n int) []string { return make([]string, n) }

type result struct {
	layer *shp.Layer
	rows  []record.Record
	wkt   []string // of each row; a record's geometry lives until the next
	endss [][]int  // of the last row
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// checkText holds that a diagnostic is in the catalogue with all it names.
func checkText(t *testing.T, d taohe.Diagnostic) {
	t.Helper()
	for _, text := range []string{d.Chinese(), d.English()} {
		if text == d.Code || placeholder.MatchString(text) {
			t.Errorf("%s says %q", d.Code, text)
		}
	}
}

func (r result) codes() []string {
	var codes []string
	for _, row := range r.rows {
		for _, d := range row.Diagnostics {
			codes = append(codes, d.Code)
		}
	}
	for _, d := range r.layer.Diagnostics() {
		codes = append(codes, d.Code)
	}
	return codes
}

// read reads the files as layer "a"; every error of the reading fails the test.
func read(t *testing.T, lim record.Limits, user string, files map[string][]byte) result {
	t.Helper()
	l, err := open(lim, user, files)
	if err != nil {
		t.Fatal(err)
	}
	r := result{layer: l}
	for row, err := range l.Records(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		row.Attributes = append([]record.Attribute(nil), row.Attributes...)
		text := ""
		if row.Geometry != nil {
			if text, err = wkt.Marshal(row.Geometry); err != nil {
				t.Fatal(err)
			}
			r.endss = row.Geometry.Endss()
		}
		for _, d := range row.Diagnostics {
			checkText(t, d)
		}
		r.wkt = append(r.wkt, text)
		r.rows = append(r.rows, row)
	}
	for _, d := range l.Diagnostics() {
		checkText(t, d)
	}
	return r
}

func open(lim record.Limits, user string, files map[string][]byte) (*shp.Layer, error) {
	var parts []archive.File
	for _, name := range []string{"a.shp", "a.shx", "a.dbf", "a.prj", "a.cpg"} {
		if content, ok := files[name]; ok {
			parts = append(parts, archive.File{Name: name, Content: content})
		}
	}
	return shp.Open(archive.Of(lim, parts...), "a", shp.Options{Encoding: user})
}

func refusedCodes(err error) []string {
	var refused *record.RefusedError
	if !errors.As(err, &refused) {
		return nil
	}
	var codes []string
	for _, d := range refused.Diagnostics {
		codes = append(codes, d.Code)
	}
	return codes
}
