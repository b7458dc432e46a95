package gpkg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

// A Layer is one feature table. It implements record.Source.
type Layer struct {
	file      *File
	name      string
	table     string // the layer's name unless it was renamed
	geometry  string // column, "" for none
	columns   []column
	fields    []record.Field
	srsID     int64
	rows      int
	reference record.Reference
	opened    []taohe.Diagnostic
	met       []taohe.Diagnostic
}

var _ record.Source = (*Layer)(nil)

// errStopped says that the caller wants no more rows.
var errStopped = errors.New("stopped by the caller")

// Name implements record.Source.
func (l *Layer) Name() string { return l.name }

// Rename gives the layer another name.
func (l *Layer) Rename(name string) { l.name = name }

// Fields implements record.Source.
func (l *Layer) Fields() []record.Field { return slices.Clone(l.fields) }

// Encoding implements record.Source: a GeoPackage is UTF-8.
func (l *Layer) Encoding() record.Encoding { return record.Encoding{Name: "UTF-8", How: "format"} }

// Reference implements record.Source.
func (l *Layer) Reference() record.Reference { return l.reference }

// Rows implements record.Source: counted, -1 where the table is damaged.
func (l *Layer) Rows() int { return l.rows }

// Diagnostics implements record.Source.
func (l *Layer) Diagnostics() []taohe.Diagnostic { return slices.Concat(l.opened, l.met) }

// Records implements record.Source, in the order of the table's row numbers.
func (l *Layer) Records(ctx context.Context) iter.Seq2[record.Record, error] {
	return func(yield func(record.Record, error) bool) {
		l.met = nil
		err := l.read(ctx, yield)
		if ctx.Err() != nil {
			// SQLite calls it an interruption.
			err = ctx.Err()
		}
		var refused *record.RefusedError
		switch err = l.file.judge(err); {
		case err == nil, errors.Is(err, errStopped):
		case errors.As(err, &refused):
			l.met = append(l.met, refused.Diagnostics...)
		default:
			yield(record.Record{}, fmt.Errorf("layer %s: %w", l.name, err))
		}
	}
}

// statement reads the columns as expressions, so that the driver does not make
// dates of texts, and the table itself rather than an index over it, so that
// the order is that of the rows.
func (l *Layer) statement() string {
	var columns []string
	geometry := "null"
	if l.geometry != "" {
		geometry = "+" + quote(l.geometry)
	}
	columns = append(columns, geometry)
	for _, c := range l.columns {
		columns = append(columns, "+"+quote(c.name))
	}
	return `select ` + strings.Join(columns, ", ") + ` from ` + quote(l.table) + ` not indexed`
}

func (l *Layer) read(ctx context.Context, yield func(record.Record, error) bool) error {
	conn, err := l.file.conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	rows, err := conn.QueryContext(ctx, l.statement())
	if err != nil {
		return err
	}
	defer rows.Close()
	r := &reading{layer: l, shapes: wkbReader{limits: l.file.limits}, blobs: make([]bool, len(l.columns))}
	defer r.report()
	r.attributes = make([]record.Attribute, len(l.columns))
	values := make([]any, 1+len(l.columns))
	targets := make([]any, len(values))
	var geometry sql.RawBytes
	targets[0] = &geometry
	for i := range l.columns {
		r.attributes[i].Name = l.fields[i].Name
		targets[i+1] = &values[i+1]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		if r.row++; r.row > l.file.limits.MaxRows {
			return record.Refuse("file.limit", map[string]string{"what": "rows", "limit": strconv.Itoa(l.file.limits.MaxRows)})
		}
		if !yield(r.record(geometry, values[1:]), nil) {
			return errStopped
		}
	}
	return rows.Err()
}
