// Package record is what every format reader hands to ingest: a stream of
// records with their diagnostics, in the source's own coordinates. It knows no
// format, no reference system and no database.
package record

import (
	"context"
	"iter"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
)

// Kind is the type a source gives a value.
type Kind uint8

// The kinds of value.
const (
	Null    Kind = iota // absent, blank or the format's null mark
	Text                // character data, trimmed of the format's padding
	Integer             // decimal digits with an optional sign, any length
	Decimal             // a number with a fraction or exponent, as written
	Date                // YYYY-MM-DD
	Logical             // "true" or "false"
)

// A Value is one attribute as the source has it. Text is exact: an identifier
// of 25 digits stays 25 digits, no number passes through a float.
type Value struct {
	Kind Kind
	Text string
}

// An Attribute is a named value. Name is the source's own, decoded to UTF-8.
type Attribute struct {
	Name  string
	Value Value
}

// A Record is one row of a source.
type Record struct {
	// Row is 1-based in the source; deleted rows keep their number.
	Row int
	// Geometry is in the source's coordinates, easting or longitude first, nil
	// where the source has none. Polygons come as *geom.MultiPolygon (XY or
	// XYZ), rings closed, shells and holes told apart; whatever else a source
	// holds comes as it is, so that the caller can name it in a diagnostic.
	Geometry geom.T
	// Attributes are one for each of Source.Fields, in that order; a layer
	// without a table has none.
	Attributes []Attribute
	// Diagnostics are about this row. A record with a Refused diagnostic is
	// still handed over, with what could be read of it.
	Diagnostics []taohe.Diagnostic
}

// A Field describes one column of a source.
type Field struct {
	Name string
	Kind Kind
	// Width is the declared width in bytes or digits, 0 where none is declared.
	Width int
}

// An Encoding is a character encoding and how it was found.
type Encoding struct {
	Name string `json:"name"` // "GB18030", "UTF-8", …
	How  string `json:"how"`  // "user", "cpg", "ldid", "content", "format"
}

// A Reference is what a source says of its reference system, unread: exactly
// one of WKT and EPSG is set, or none where the source says nothing.
type Reference struct {
	WKT  string // content of a .prj
	EPSG int    // code named in the file (GeoJSON crs member)
	How  string // "prj", "geojson-crs", "rfc7946", "corner-table"
}

// A Source is one layer of an opened file.
type Source interface {
	// Name is the layer's name in the file, without folder and extension.
	Name() string
	// Fields are the columns in order; for GeoJSON, those met in a first pass.
	Fields() []Field
	Encoding() Encoding
	Reference() Reference
	// Rows is the number of rows the file declares or holds; -1 if unknown.
	Rows() int
	// Diagnostics speak of the layer as a whole. Some are known only once its
	// rows were read: ask again after Records has ended. A Refused one among
	// them (a file cut short, say) means that the layer must not be taken, even
	// though the sound rows before the fault were handed over.
	Diagnostics() []taohe.Diagnostic
	// Records streams the rows in the file's order with flat memory. It may be
	// called again from the start. The error is not about the data: it is the
	// context's, or that of the disk. The record is only valid until the next.
	Records(ctx context.Context) iter.Seq2[Record, error]
}

// A RefusedError says that a file cannot be taken at all, and why: bad data,
// not a broken system. It carries one or more Refused diagnostics with Row 0.
type RefusedError struct{ Diagnostics []taohe.Diagnostic }

func (e *RefusedError) Error() string {
	if len(e.Diagnostics) == 0 {
		return "file refused"
	}
	return "file refused: " + e.Diagnostics[0].English()
}

// Refuse is a RefusedError of one diagnostic.
func Refuse(code string, args map[string]string) error {
	return &RefusedError{Diagnostics: []taohe.Diagnostic{{Code: code, Args: args}}}
}
