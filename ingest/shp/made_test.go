package shp_test

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"regexp"
	"testing"

	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/ingest/shp"
)

// The files of these tests are made byte by byte from the technical
// description, apart from the writer in internal/shpwrite.

func be32(v int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(v)) }
func le32(v int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(v)) }
func le16(v int) []byte { return binary.LittleEndian.AppendUint16(nil, uint16(v)) }
func dbl(v ...float64) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

func join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

func shpHead(kind, length int) []byte {
	return join(be32(9994), make([]byte, 20), be32(length/2), le32(1000), le32(kind), make([]byte, 64))
}

// shpFile puts record contents behind a right header, numbered from 1.
func shpFile(kind int, contents ...[]byte) []byte {
	var body []byte
	for i, c := range contents {
		body = join(body, be32(i+1), be32(len(c)/2), c)
	}
	return join(shpHead(kind, 100+len(body)), body)
}

// shxFile is the index of record contents that follow each other.
func shxFile(kind int, contents ...[]byte) []byte {
	var body []byte
	at := 100
	for _, c := range contents {
		body = join(body, be32(at/2), be32(len(c)/2))
		at += 8 + len(c)
	}
	return join(shpHead(kind, 100+len(body)), body)
}

type xy = []float64 // x, y, x, y, …

// polygon is the content of a Polygon record; tail is put behind the points.
func polygon(kind int, tail []byte, rings ...xy) []byte {
	b := join(le32(kind), dbl(0, 0, 0, 0), le32(len(rings)))
	points, parts, coords := 0, []byte{}, []byte{}
	for _, r := range rings {
		parts = append(parts, le32(points)...)
		points += len(r) / 2
		coords = append(coords, dbl(r...)...)
	}
	return join(b, le32(points), parts, coords, tail)
}

// cw is a closed square, clockwise as Esri wants shells; ccw the other way.
func cw(x, y, side float64) xy {
	return xy{x, y, x, y + side, x + side, y + side, x + side, y, x, y}
}

func ccw(x, y, side float64) xy {
	return xy{x, y, x + side, y, x + side, y + side, x, y + side, x, y}
}

type fieldDef struct {
	name     string
	kind     byte
	width    int
	decimals int
}

// dbfHead is a head for the fields, padded behind the terminator.
func dbfHead(version, language byte, rows, pad int, fields ...fieldDef) []byte {
	size := 1
	for _, f := range fields {
		size += f.width
	}
	b := join([]byte{version, 122, 5, 31}, le32(rows), le16(32+32*len(fields)+1+pad), le16(size), make([]byte, 20))
	b[29] = language
	for _, f := range fields {
		d := make([]byte, 32)
		copy(d[:11], f.name)
		d[11], d[16], d[17] = f.kind, byte(f.width), byte(f.decimals)
		b = append(b, d...)
	}
	return join(b, []byte{0x0D}, make([]byte, pad))
}

// dbfFile has one text field T of ten bytes.
func dbfFile(language byte, cells ...string) []byte {
	b := dbfHead(3, language, len(cells), 0, fieldDef{"T", 'C', 10, 0})
	for _, c := range cells {
		b = append(b, ' ')
		b = append(b, (c + "          ")[:10]...)
	}
	return append(b, 0x1A)
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
