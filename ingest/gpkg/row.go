package gpkg

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

// reading is the state of one pass over a layer.
type reading struct {
	layer      *Layer
	shapes     wkbReader
	attributes []record.Attribute
	blobs      []bool // columns whose binary values were remarked on
	row        int
	measured   int
	unnamed    int // geometries of no reference system
	notes      []taohe.Diagnostic
}

func (r *reading) note(code, field string, args map[string]string) {
	r.notes = append(r.notes, taohe.Diagnostic{Code: code, Row: r.row, Field: field, Args: args})
}

// report adds what was counted to the layer's diagnostics.
func (r *reading) report() {
	for _, c := range []struct {
		code string
		rows int
	}{{"geometry.measures_dropped", r.measured}, {"gpkg.srs_unnamed", r.unnamed}} {
		if c.rows > 0 {
			r.layer.met = append(r.layer.met, taohe.Diagnostic{Code: c.code, Args: map[string]string{"rows": strconv.Itoa(c.rows)}})
		}
	}
}

func (r *reading) record(geometry []byte, values []any) record.Record {
	r.notes = nil
	out := record.Record{Row: r.row, Attributes: r.attributes}
	if geometry == nil {
		r.note("geometry.null", "", nil)
	} else {
		s := r.shapes.parse(geometry)
		out.Geometry = s.geometry
		for _, n := range s.notes {
			n.Row = r.row
			r.notes = append(r.notes, n)
		}
		if s.measured {
			r.measured++
		}
		if s.geometry != nil {
			r.reference(int64(s.srsID))
		}
	}
	for i, v := range values {
		r.attributes[i].Value = r.value(i, v)
	}
	out.Diagnostics = r.notes
	return out
}

// reference holds the system a geometry names against that of its column,
// which it must repeat (§2.1.3): in another one its numbers mean other ground.
func (r *reading) reference(named int64) {
	switch {
	case named == r.layer.srsID:
	case named <= 0: // "undefined": the column's word stands
		r.unnamed++
	default:
		r.note("gpkg.srs_differs", "", map[string]string{"geometry": strconv.FormatInt(named, 10), "column": strconv.FormatInt(r.layer.srsID, 10)})
	}
}

// field describes a column by its declared type (§1.1.1.1.3).
func field(c column) record.Field {
	f := record.Field{Name: c.name, Kind: record.Text}
	base, size, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(c.declared)), "(")
	switch strings.TrimSpace(base) {
	case "BOOLEAN":
		f.Kind = record.Logical
	case "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "BIGINT":
		f.Kind = record.Integer
	case "FLOAT", "DOUBLE", "REAL", "NUMERIC", "DECIMAL":
		f.Kind = record.Decimal
	case "DATE":
		f.Kind = record.Date
	case "TEXT", "VARCHAR":
		f.Width, _ = strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(size), ")"))
	}
	return f
}

// value is one value as SQLite stores it, which need not be as its column
// declares.
func (r *reading) value(i int, v any) record.Value {
	f := &r.layer.fields[i]
	switch v := v.(type) {
	case int64:
		if f.Kind == record.Logical && (v == 0 || v == 1) {
			return record.Value{Kind: record.Logical, Text: strconv.FormatBool(v == 1)}
		}
		return record.Value{Kind: record.Integer, Text: strconv.FormatInt(v, 10)}
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			r.note("value.not_a_number", f.Name, map[string]string{"value": strconv.FormatFloat(v, 'g', -1, 64)})
			return record.Value{Kind: record.Text, Text: strconv.FormatFloat(v, 'g', -1, 64)}
		}
		return record.Value{Kind: record.Decimal, Text: shortest(v)}
	case bool:
		return record.Value{Kind: record.Logical, Text: strconv.FormatBool(v)}
	case string:
		return r.text(f, v)
	case []byte:
		if !r.blobs[i] {
			r.blobs[i] = true
			r.note("value.binary", f.Name, nil)
		}
	case time.Time: // the driver's, for columns it takes for dates
		return record.Value{Kind: record.Text, Text: v.Format(time.RFC3339Nano)}
	}
	return record.Value{}
}

// shortest writes the fewest digits that mean the same number.
func shortest(v float64) string {
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.FormatFloat(v, 'e', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

func (r *reading) text(f *record.Field, text string) record.Value {
	if len(text) > r.layer.file.limits.MaxFieldSize {
		r.note("value.limit", f.Name, map[string]string{"limit": strconv.Itoa(r.layer.file.limits.MaxFieldSize)})
		return record.Value{}
	}
	if !utf8.ValidString(text) {
		r.note("value.undecodable", f.Name, map[string]string{"encoding": "UTF-8"})
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	switch {
	case strings.TrimSpace(text) == "":
		return record.Value{}
	case f.Kind == record.Date:
		if _, err := time.Parse(time.DateOnly, text); err == nil {
			return record.Value{Kind: record.Date, Text: text}
		}
		r.note("value.not_a_date", f.Name, map[string]string{"value": text})
	}
	return record.Value{Kind: record.Text, Text: text}
}
