// Package jzd reads boundary-point texts (界址点 TXT, 电子报盘): the exchange form
// in which land approvals are reported. A section describes the reference
// system, another holds parcels: a head that ends with @, then rows of point
// number, ring number, X to the north and Y to the east. Files hold them in
// many variants; what could have gone otherwise is a diagnostic, and where head
// and coordinates contradict each other the reference stays open.
package jzd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/ingest/rings"
)

// How is the Reference.How of every boundary-point text.
const How = "jzd"

// columns are the cells of a parcel's head. Eight and the mark are the form of
// reporting; longer forms go on with the others.
var columns = []string{
	"界址点数", "地块面积", "地块编号", "地块名称", "图形属性", "图幅号", "地块用途", "地类编码",
	"图斑类型", "地类", "改造前等别", "改造后等别", "备注",
}

const columnShape = 4

// Options are the caller's choices.
type Options struct {
	// Encoding is the user's word; it beats what the content shows.
	Encoding string
	// Name is the layer's name; the file's base name where it is empty.
	Name string
}

// A Layer is an opened text. It implements record.Source.
type Layer struct {
	name      string
	entry     *archive.Entry
	limits    record.Limits
	decoder   encoding.Encoding
	encoding  record.Encoding
	fields    []record.Field
	columns   int // of the fields, those of the heads
	constants []string
	rows      int
	reference record.Reference
	opened    []taohe.Diagnostic
	met       []taohe.Diagnostic
}

var _ record.Source = (*Layer)(nil)

// errStopped says that the caller wants no more rows.
var errStopped = errors.New("stopped by the caller")

// Recognise reports whether a file that begins with head is such a text: it
// has a section head, or a parcel's head.
func Recognise(head []byte) bool {
	texts := decodings(head)
	if bytes.HasPrefix(head, []byte("\xFF\xFE")) || bytes.HasPrefix(head, []byte("\xFE\xFF")) {
		// What editors of Windows save as "Unicode"; a character may be cut at the end.
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(head)
		if err != nil {
			return false
		}
		texts = []string{string(text)}
	} else if bytes.IndexByte(head, 0) >= 0 {
		return false
	}
	for _, text := range texts {
		for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
			folded := plain(strings.TrimPrefix(line, "\uFEFF"))
			if name, is := heading(folded); is && slices.Contains([]string{"属性描述", "地块坐标"}, name) {
				return true
			}
			if cells, is := parcelCells(strings.TrimSpace(line)); is && len(cells) >= 8 {
				return true
			}
		}
	}
	return false
}

// decodings are the beginning of a text in the encodings it can have.
func decodings(head []byte) []string {
	out := []string{strings.ToValidUTF8(string(head), "\uFFFD")}
	if gbk, err := simplifiedchinese.GB18030.NewDecoder().Bytes(head); err == nil {
		out = append(out, string(gbk))
	}
	return out
}

// Open reads the text once for its description. One without any parcel gives
// a *record.RefusedError.
func Open(e *archive.Entry, lim record.Limits, opts Options) (*Layer, error) {
	l := &Layer{name: opts.Name, entry: e, limits: lim}
	if l.name == "" {
		l.name = path.Base(archive.Base(e.Name))
	}
	var err error
	if l.decoder, l.encoding, err = findEncoding(e, opts.Encoding, lim); err != nil {
		return nil, err
	}
	return l, l.survey()
}

func (l *Layer) survey() error {
	in, err := openLines(l.entry, l.decoder, l.limits)
	if err != nil {
		return err
	}
	t := &tally{prefixes: map[int]*reach{}}
	w := &walker{in: in, limits: l.limits, seen: t.see, each: func(p *parcel) error {
		l.columns = max(l.columns, len(p.cells))
		if l.columns > l.limits.MaxFields/2 {
			return record.Refuse("file.limit", map[string]string{"what": "fields", "limit": fmt.Sprint(l.limits.MaxFields / 2)})
		}
		return nil
	}}
	if err := errors.Join(w.run(), in.close()); err != nil {
		var refused *record.RefusedError
		if errors.As(err, &refused) {
			return refused
		}
		return fmt.Errorf("layer %s: %w", l.name, err)
	}
	if w.parcels == 0 {
		return record.Refuse("jzd.no_parcel", nil)
	}
	l.rows = w.parcels
	s := &settler{w: w, t: t}
	l.reference = s.settle()
	l.opened = append(s.notes, w.notes...)
	l.describe(w)
	return nil
}

// describe settles the fields: the cells of the heads, then the properties of
// the file, which are the same in every row.
func (l *Layer) describe(w *walker) {
	for i := range l.columns {
		name := fmt.Sprintf("第%d项", i+1)
		if i < len(columns) {
			name = columns[i]
		}
		l.fields = append(l.fields, record.Field{Name: name, Kind: record.Text})
	}
	for _, p := range w.properties {
		if strings.TrimSpace(p.value) == "" || slices.Contains([]string{
			keySystem, keyWidth, keyZone, keyMeridian, keyProjection, keyUnit, keyShift, "格式版本号", "精度",
		}, p.key) || slices.ContainsFunc(l.fields, func(f record.Field) bool { return f.Name == p.key }) {
			continue
		}
		l.fields = append(l.fields, record.Field{Name: p.key, Kind: record.Text})
		l.constants = append(l.constants, p.value)
	}
}

// Records implements record.Source. Row is the line of the parcel's head.
func (l *Layer) Records(ctx context.Context) iter.Seq2[record.Record, error] {
	return func(yield func(record.Record, error) bool) {
		l.met = nil
		err := l.read(ctx, yield)
		var refused *record.RefusedError
		switch {
		case err == nil, errors.Is(err, errStopped):
		case errors.As(err, &refused):
			l.met = append(l.met, refused.Diagnostics...)
		default:
			yield(record.Record{}, fmt.Errorf("layer %s: %w", l.name, err))
		}
	}
}

func (l *Layer) read(ctx context.Context, yield func(record.Record, error) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	in, err := openLines(l.entry, l.decoder, l.limits)
	if err != nil {
		return err
	}
	// Nothing was written; what mattered was said by Read.
	defer func() { _ = in.close() }()
	attributes := make([]record.Attribute, len(l.fields))
	for i, f := range l.fields {
		attributes[i].Name = f.Name
		if i >= l.columns {
			attributes[i].Value = text(l.constants[i-l.columns])
		}
	}
	var assembler rings.Assembler
	w := &walker{in: in, limits: l.limits, each: func(p *parcel) error {
		for i := range l.columns {
			attributes[i].Value = record.Value{}
			if i < len(p.cells) {
				attributes[i].Value = text(p.cells[i])
			}
		}
		out := record.Record{Row: p.line, Geometry: p.geometry(&assembler, l.limits), Attributes: attributes}
		out.Diagnostics = p.notes
		if !yield(out, nil) {
			return errStopped
		}
		return ctx.Err()
	}}
	return w.run()
}

func text(s string) record.Value {
	if s == "" {
		return record.Value{}
	}
	return record.Value{Kind: record.Text, Text: s}
}

// Name implements record.Source.
func (l *Layer) Name() string { return l.name }

// Fields implements record.Source.
func (l *Layer) Fields() []record.Field { return slices.Clone(l.fields) }

// Encoding implements record.Source.
func (l *Layer) Encoding() record.Encoding { return l.encoding }

// Reference implements record.Source: an EPSG code where head and coordinates
// determine one, else open.
func (l *Layer) Reference() record.Reference { return l.reference }

// Rows implements record.Source: the parcels of the text.
func (l *Layer) Rows() int { return l.rows }

// Diagnostics implements record.Source.
func (l *Layer) Diagnostics() []taohe.Diagnostic { return slices.Concat(l.opened, l.met) }
