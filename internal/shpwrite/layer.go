// Package shpwrite writes layers of polygons as zipped Esri shapefiles. The
// same input gives the same bytes on every machine: entries come in a fixed
// order with a fixed time. It writes what a careful desktop program writes; it
// refuses what does not fit (a text wider than its field) and cuts nothing.
//
// Source: Esri, ESRI Shapefile Technical Description, July 1998; dBASE III
// table structure; archive/zip for the container.
package shpwrite

import (
	"iter"

	"github.com/twpayne/go-geom"
)

// An Encoding is that of the attribute table's texts and field names.
type Encoding uint8

// The encodings met in Chinese shapefiles.
const (
	// GBK marks the table with language driver 0x4D (code page 936).
	GBK Encoding = iota
	// UTF8 leaves the language driver 0; only a .cpg says what it is.
	UTF8
)

// A Field is one column. Type is the dBASE type: 'C' text, 'N' number, 'F'
// number with exponent, 'D' date (width 8), 'L' logical (width 1). Width and
// Decimals are in bytes; Width may be left 0 for D and L.
type Field struct {
	Name     string
	Type     byte
	Width    int
	Decimals int
}

// A Row is one feature. A nil Geometry is written as a null shape. Values
// stand in the order of Layer.Fields, each nil (NULL), string, int64, float64,
// bool or taohe.Date.
type Row struct {
	Geometry *geom.MultiPolygon
	Values   []any
}

// A Layer is one shapefile. Geometries are all XY (written as Polygon) or all
// XYZ (written as PolygonZ without measures), easting or longitude first.
// Shells are turned clockwise and holes counter-clockwise, and open rings are
// closed.
type Layer struct {
	// Name is the base name of the entries; it may hold folders ("数据/采矿权").
	Name string
	// PRJ is the text of the .prj; no .prj is written where it is empty.
	PRJ      string
	Encoding Encoding
	// WriteCPG adds a .cpg that names Encoding.
	WriteCPG bool
	// GBKEntryName writes the entry names in GBK without the UTF-8 flag, as
	// archivers on Chinese Windows do.
	GBKEntryName bool
	Fields       []Field
	Rows         []Row
	// EachRow gives the rows in place of Rows where these need not all be held at a
	// time. It is gone through once for each of the files, and gives the same each time.
	EachRow iter.Seq2[Row, error]
}

// rows goes through the rows, wherever they are.
func (l Layer) rows() iter.Seq2[Row, error] {
	if l.EachRow != nil {
		return l.EachRow
	}
	return func(yield func(Row, error) bool) {
		for _, r := range l.Rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}
