// Package geojson reads GeoJSON (RFC 7946, and the 2008 format's crs member),
// newline-delimited GeoJSON and GeoJSON text sequences (RFC 8142) as streams.
// Each file is read twice: first for its fields and reference system, which
// may stand behind the features, then for its rows. Memory is bounded by the
// largest feature. It reports what it meets with the byte where it stands.
package geojson

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path"
	"slices"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/record"
)

// Options are the caller's choices.
type Options struct {
	// Encoding is the user's word where a file is not UTF-8, against the RFC.
	Encoding string
	// Name is the layer's name; the file's base name where it is empty.
	Name string
}

// A Layer is an opened GeoJSON file. It implements record.Source.
type Layer struct {
	name      string
	entry     *archive.Entry
	limits    record.Limits
	decoder   encoding.Encoding // nil for UTF-8
	encoding  record.Encoding
	fields    []record.Field
	byRaw     map[string]int
	idField   int // where a feature's own id goes, -1 if properties have an id
	rows      int
	reference record.Reference
	opened    []taohe.Diagnostic
	met       []taohe.Diagnostic
}

var _ record.Source = (*Layer)(nil)

// Open reads the file once for its fields, rows and reference system. A JSON
// document that is not GeoJSON gives a *record.RefusedError; one that breaks
// off does not: the rows before can be read, and Diagnostics then hold where.
func Open(e *archive.Entry, lim record.Limits, opts Options) (*Layer, error) {
	l := &Layer{name: opts.Name, entry: e, limits: lim, encoding: record.Encoding{Name: "UTF-8", How: "format"}}
	if l.name == "" {
		l.name = path.Base(archive.Base(e.Name))
	}
	if opts.Encoding != "" {
		enc, err := htmlindex.Get(opts.Encoding)
		if err != nil {
			return nil, record.Refuse("text.encoding_unknown", map[string]string{"encoding": opts.Encoding})
		}
		if name, _ := htmlindex.Name(enc); name != "utf-8" {
			l.decoder = enc
			l.encoding = record.Encoding{Name: opts.Encoding, How: "user"}
		}
	}
	return l, l.survey()
}

func (l *Layer) survey() error {
	in, err := openInput(l.entry, l.decoder, l.limits)
	if err != nil {
		return err
	}
	s := &survey{
		w: newWalker(in), limits: l.limits, byRaw: map[string]int{}, byName: map[string]int{},
		reference: record.Reference{EPSG: wgs84, How: "rfc7946"},
	}
	err = s.w.run(s)
	closing := in.close()
	if in.bom {
		l.opened = append(l.opened, taohe.Diagnostic{Code: "geojson.bom"})
	}
	if err != nil {
		bad := in.dataError(err)
		if bad == nil {
			return fmt.Errorf("layer %s: %w", l.name, err)
		}
		if !s.recognise {
			return bad
		}
		// The second pass stops at the same byte and says so.
	}
	if !s.recognise {
		return record.Refuse("geojson.not_geojson", map[string]string{"reason": fmt.Sprintf("type %q", s.rootKind)})
	}
	l.fields, l.byRaw, l.rows, l.reference = s.fields, s.byRaw, s.rows, s.reference
	if err != nil {
		l.rows = -1
	}
	l.opened = append(l.opened, s.notes...)
	l.idField = -1
	if _, taken := s.byName["id"]; s.hasID && !taken {
		l.idField = len(l.fields)
		l.fields = append(l.fields, record.Field{Name: "id", Kind: record.Text})
	}
	return closing
}

// Records implements record.Source.
func (l *Layer) Records(ctx context.Context) iter.Seq2[record.Record, error] {
	return func(yield func(record.Record, error) bool) {
		l.met = nil
		if err := l.read(ctx, yield); err != nil && !errors.Is(err, errStopped) {
			yield(record.Record{}, fmt.Errorf("layer %s: %w", l.name, err))
		}
	}
}

func (l *Layer) read(ctx context.Context, yield func(record.Record, error) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	in, err := openInput(l.entry, l.decoder, l.limits)
	if err != nil {
		return l.refused(err)
	}
	// Nothing was written; what mattered was said by Read.
	defer func() { _ = in.close() }()
	f := &feature{
		w: newWalker(in), layer: l, yield: yield, alive: ctx.Err,
		attributes: make([]record.Attribute, len(l.fields)), stamps: make([]int, len(l.fields)), nested: make([]bool, len(l.fields)),
	}
	for i, field := range l.fields {
		f.attributes[i].Name = field.Name
	}
	err = f.w.run(f)
	if f.reversed > 0 {
		l.report("ring.orientation", map[string]string{"rows": fmt.Sprint(f.reversed)})
	}
	if f.long > 0 {
		l.report("geojson.position_long", map[string]string{"rows": fmt.Sprint(f.long)})
	}
	if err == nil || errors.Is(err, errStopped) || ctx.Err() != nil {
		return err
	}
	if bad := in.dataError(err); bad != nil {
		err = bad
	}
	return l.refused(err)
}

// refused takes the diagnostics out of an error that speaks of the file.
func (l *Layer) refused(err error) error {
	var refused *record.RefusedError
	if errors.As(err, &refused) {
		l.met = append(l.met, refused.Diagnostics...)
		return nil
	}
	return err
}

func (l *Layer) report(code string, args map[string]string) {
	l.met = append(l.met, taohe.Diagnostic{Code: code, Args: args})
}

// Name implements record.Source.
func (l *Layer) Name() string { return l.name }

// Fields implements record.Source.
func (l *Layer) Fields() []record.Field { return slices.Clone(l.fields) }

// Encoding implements record.Source.
func (l *Layer) Encoding() record.Encoding { return l.encoding }

// Reference implements record.Source. Without a crs member it is WGS 84, as
// RFC 7946 §4 says.
func (l *Layer) Reference() record.Reference { return l.reference }

// Rows implements record.Source: the features counted in the first pass, -1
// where it could not be finished.
func (l *Layer) Rows() int { return l.rows }

// Diagnostics implements record.Source.
func (l *Layer) Diagnostics() []taohe.Diagnostic { return slices.Concat(l.opened, l.met) }
