// Package corner reads corner tables (拐点坐标): CSV or pasted text with a point
// number, X and Y, as mining licences and approvals print them, and the strings
// that registration systems export. A table never says its datum, so that the
// reference stays open; what it says of axes, rings and angles is read, and
// every choice that could have gone otherwise is a diagnostic. It guesses no
// zone, swaps nothing and drops no corner: a corner that cannot be read refuses
// its polygon.
package corner

import (
	"context"
	"fmt"
	"iter"
	"path"
	"slices"
	"strconv"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/record"
)

// MaxTableBytes bounds a table; it is read into memory. A licence has some tens
// of corners, a county's licences some tens of thousands.
const MaxTableBytes = record.MaxTableBytes

// HowKnown is the Reference.How of every corner table: the file has no word on
// its reference system.
const HowKnown = "corner-table"

// The columns of a corner table that are attributes of its polygons.
const (
	FieldParcel = "地块"
	FieldTop    = "上标高"
	FieldBottom = "下标高"
)

// Options are the caller's choices.
type Options struct {
	// Encoding is the user's word on the encoding of texts.
	Encoding string
	// Name is the layer's name; the file's base name where it is empty.
	Name string
}

// A Layer is a corner table that was read. It implements record.Source.
type Layer struct {
	name        string
	encoding    record.Encoding
	fields      []record.Field
	records     []record.Record
	diagnostics []taohe.Diagnostic
}

var _ record.Source = (*Layer)(nil)

// Open reads the table whole. A text without rows of coordinates, or with rows
// whose axes cannot be told, gives a *record.RefusedError.
func Open(e *archive.Entry, lim record.Limits, opts Options) (*Layer, error) {
	content, err := e.ReadAll(min(lim.MaxBytes, MaxTableBytes))
	if err != nil {
		return nil, err
	}
	l := &Layer{name: opts.Name}
	if l.name == "" {
		l.name = path.Base(archive.Base(e.Name))
	}
	text, enc, notes, err := decode(content, opts.Encoding)
	if err != nil {
		return nil, err
	}
	l.encoding, l.diagnostics = enc, notes
	t := &table{limits: lim}
	if err := t.read(text); err != nil {
		return nil, err
	}
	if err := t.settleAxes(); err != nil {
		return nil, err
	}
	l.diagnostics = append(l.diagnostics, t.diagnostics...)
	return l, l.build(t)
}

// build makes a record of each polygon of the table.
func (l *Layer) build(t *table) error {
	if len(t.features) > t.limits.MaxRows {
		return record.Refuse("file.limit", map[string]string{"what": "rows", "limit": strconv.Itoa(t.limits.MaxRows)})
	}
	columns := []struct {
		name string
		kind record.Kind
		of   func(*feature) string
	}{
		{FieldParcel, record.Text, func(f *feature) string { return f.parcel }},
		{FieldTop, record.Decimal, func(f *feature) string { return f.top }},
		{FieldBottom, record.Decimal, func(f *feature) string { return f.bottom }},
	}
	used := columns[:0:0]
	for _, c := range columns {
		if slices.ContainsFunc(t.features, func(f *feature) bool { return c.of(f) != "" }) {
			used = append(used, c)
			l.fields = append(l.fields, record.Field{Name: c.name, Kind: c.kind})
		}
	}
	for _, f := range t.features {
		rec := f.assemble(t.limits)
		for _, c := range used {
			v := record.Value{Kind: c.kind, Text: c.of(f)}
			if v.Text == "" {
				v.Kind = record.Null
			}
			rec.Attributes = append(rec.Attributes, record.Attribute{Name: c.name, Value: v})
		}
		l.records = append(l.records, rec)
	}
	return nil
}

// Name implements record.Source.
func (l *Layer) Name() string { return l.name }

// Fields implements record.Source: those of the attributes the table has.
func (l *Layer) Fields() []record.Field { return slices.Clone(l.fields) }

// Encoding implements record.Source.
func (l *Layer) Encoding() record.Encoding { return l.encoding }

// Reference implements record.Source: nothing is known, How is HowKnown.
func (l *Layer) Reference() record.Reference { return record.Reference{How: HowKnown} }

// Rows implements record.Source: the polygons of the table.
func (l *Layer) Rows() int { return len(l.records) }

// Diagnostics implements record.Source. Row is the line of the file.
func (l *Layer) Diagnostics() []taohe.Diagnostic { return slices.Clone(l.diagnostics) }

// Records implements record.Source. Row is the line of the polygon's first
// corner; coordinates are easting or longitude first.
func (l *Layer) Records(ctx context.Context) iter.Seq2[record.Record, error] {
	return func(yield func(record.Record, error) bool) {
		for _, r := range l.records {
			if err := ctx.Err(); err != nil {
				yield(record.Record{}, fmt.Errorf("layer %s: %w", l.name, err))
				return
			}
			// Callers append to the diagnostics and may read the table twice.
			r.Diagnostics = slices.Clone(r.Diagnostics)
			if !yield(r, nil) {
				return
			}
		}
	}
}
