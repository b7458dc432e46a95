// Package kml reads KML (OGC 07-147r2 and the versions before it) as a stream.
// Each file is read twice: first for its fields, then for its rows; memory is
// bounded by the largest placemark. Nothing a document refers to is fetched.
// Files of Ovital Map (.ovkml) may hold coordinates with the offset of internet
// maps; Reference says so, and the caller must not take them for what they seem.
package kml

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/record"
)

// HowOvital is the Reference.How of a file whose coordinates are offset
// (GCJ-02), or may be: one of Ovital Map that does not say otherwise.
const HowOvital = "ovkml"

const (
	wgs84    = 4326
	cgcs2000 = 4490
)

// Options are the caller's choices.
type Options struct {
	// Encoding is the user's word; it beats the XML declaration.
	Encoding string
	// Name is the layer's name; the file's base name where it is empty.
	Name string
	// Ovital says that the file's name is one of Ovital Map's.
	Ovital bool
}

// A Layer is an opened document: all its placemarks, whatever folder they are
// in. It implements record.Source.
type Layer struct {
	name      string
	entry     *archive.Entry
	limits    record.Limits
	whole     encoding.Encoding
	encoding  record.Encoding
	fields    []record.Field
	byName    map[string]int // of data
	own       map[string]int // of the placemark itself
	rows      int
	reference record.Reference
	opened    []taohe.Diagnostic
	met       []taohe.Diagnostic
}

var _ record.Source = (*Layer)(nil)

// errStopped says that the caller wants no more rows.
var errStopped = errors.New("stopped by the caller")

// Recognise reports whether a file that begins with head is KML.
func Recognise(head []byte) bool {
	if bytes.HasPrefix(head, []byte("\xFF\xFE")) || bytes.HasPrefix(head, []byte("\xFE\xFF")) {
		head = bytes.ReplaceAll(head, []byte{0}, nil)[2:]
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	if !bytes.HasPrefix(head, []byte("<")) {
		return false
	}
	for _, root := range []string{"<kml>", "<kml ", "<kml\n", "<kml\r", "<kml\t", ":kml ", "/kml/", "<Document>", "<Folder>", "<Placemark>"} {
		if bytes.Contains(head, []byte(root)) {
			return true
		}
	}
	return false
}

// Open reads the document once for its fields and rows. One that is no KML
// gives a *record.RefusedError; one that breaks off does not: the placemarks
// before can be read, and Diagnostics then hold where.
func Open(e *archive.Entry, lim record.Limits, opts Options) (*Layer, error) {
	l := &Layer{name: opts.Name, entry: e, limits: lim}
	if l.name == "" {
		l.name = path.Base(archive.Base(e.Name))
	}
	if opts.Encoding != "" {
		var err error
		if l.whole, err = named(opts.Encoding); err != nil {
			return nil, err
		}
	}
	s, err := l.survey()
	if invalidUTF8(err) && l.whole == nil {
		// Programs on Chinese Windows write GBK and declare UTF-8, or nothing.
		l.whole = simplifiedchinese.GB18030
		if s, err = l.survey(); err == nil {
			s.encoding = record.Encoding{Name: nameGB18030, How: "content"}
			s.notes = append(s.notes, taohe.Diagnostic{Code: "kml.encoding_by_content"})
		}
	}
	if err != nil {
		bad := s.w.in.dataError(err)
		if bad == nil {
			return nil, fmt.Errorf("layer %s: %w", l.name, err)
		}
		if s.rows == 0 {
			return nil, bad
		}
		// The second pass stops at the same place and says so.
		s.rows = -1
	}
	if opts.Encoding != "" {
		s.encoding = record.Encoding{Name: opts.Encoding, How: "user"}
	}
	l.rows, l.encoding = s.rows, s.encoding
	l.describe(s)
	return l, l.refer(s, opts)
}

// describe settles the fields: those of the data, and those a placemark has of
// itself unless the data take their names.
func (l *Layer) describe(s *survey) {
	l.fields, l.byName, l.own = s.fields, s.byName, map[string]int{}
	for _, name := range []string{fieldName, fieldDescription, fieldFolder} {
		if !s.own[name] {
			continue
		}
		field := record.Field{Name: name, Kind: record.Text}
		if _, taken := l.byName[name]; taken {
			field.Name = "placemark_" + name
		}
		l.own[name] = len(l.fields)
		l.fields = append(l.fields, field)
	}
	l.opened = s.notes
	if s.w.linked > 0 {
		l.opened = append(l.opened, taohe.Diagnostic{Code: "kml.network_link", Args: map[string]string{"count": strconv.Itoa(s.w.linked)}})
	}
	if len(s.w.ignored) > 0 {
		l.opened = append(l.opened, taohe.Diagnostic{Code: "kml.elements_ignored", Args: map[string]string{
			"elements": strings.Join(slices.Sorted(maps.Keys(s.w.ignored)), "、"),
		}})
	}
}

// refer settles what the coordinates are. KML is WGS 84 (§11.1), save what
// Ovital Map writes: there each placemark may name its system, and one without
// a name is offset or not as the program was set.
func (l *Layer) refer(s *survey, opts Options) error {
	l.reference = record.Reference{EPSG: wgs84, How: "kml"}
	if !s.w.ovi && !opts.Ovital {
		return nil
	}
	plain, offset := 0, 0
	for system, n := range s.systems {
		switch system {
		case "CGCS2000", "WGS84":
			plain += n
		case "", "GCJ02":
			offset += n
		default:
			return record.Refuse("kml.system_unknown", map[string]string{"system": system})
		}
	}
	switch {
	case plain > 0 && offset > 0:
		return record.Refuse("kml.systems_mixed", map[string]string{"plain": strconv.Itoa(plain), "offset": strconv.Itoa(offset)})
	case plain > 0:
		system := "WGS84"
		if s.systems["CGCS2000"] > 0 {
			system, l.reference.EPSG = "CGCS2000", cgcs2000
		}
		l.opened = append(l.opened, taohe.Diagnostic{Code: "kml.system_declared", Args: map[string]string{"system": system}})
	default:
		l.reference.How = HowOvital
	}
	return nil
}

// Records implements record.Source.
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
	in, err := openInput(l.entry, l.whole, l.limits)
	if err != nil {
		return err
	}
	// Nothing was written; what mattered was said by Read.
	defer func() { _ = in.close() }()
	attributes := make([]record.Attribute, len(l.fields))
	for i, f := range l.fields {
		attributes[i].Name = f.Name
	}
	row, altitudes := 0, 0
	w := newWalker(in, l.limits, true, func(p *placemark) error {
		if row++; row > l.limits.MaxRows {
			return record.Refuse("file.limit", map[string]string{"what": "rows", "limit": strconv.Itoa(l.limits.MaxRows)})
		}
		if p.dropped {
			altitudes++
		}
		if !yield(l.record(p, row, attributes), nil) {
			return errStopped
		}
		return ctx.Err()
	})
	err = w.run()
	if altitudes > 0 {
		l.met = append(l.met, taohe.Diagnostic{Code: "kml.altitudes_dropped", Args: map[string]string{"rows": strconv.Itoa(altitudes)}})
	}
	if err == nil || errors.Is(err, errStopped) || ctx.Err() != nil {
		return err
	}
	if bad := in.dataError(err); bad != nil {
		return bad
	}
	return err
}

func (l *Layer) record(p *placemark, row int, attributes []record.Attribute) record.Record {
	for i := range attributes {
		attributes[i].Value = record.Value{}
	}
	for name, i := range l.own {
		attributes[i].Value = p.value(l.fields[i], p.own[name], l.limits)
	}
	for _, d := range p.data {
		i, ok := l.byName[d.name]
		if !ok {
			continue
		}
		if attributes[i].Value.Kind != record.Null {
			p.note("field.name_twice", d.name, nil)
			continue
		}
		attributes[i].Value = p.value(l.fields[i], d.text, l.limits)
	}
	out := record.Record{Row: row, Geometry: p.geometry(l.limits), Attributes: attributes, Diagnostics: p.notes}
	for i := range out.Diagnostics {
		out.Diagnostics[i].Row = row
	}
	return out
}

// Name implements record.Source.
func (l *Layer) Name() string { return l.name }

// Fields implements record.Source.
func (l *Layer) Fields() []record.Field { return slices.Clone(l.fields) }

// Encoding implements record.Source.
func (l *Layer) Encoding() record.Encoding { return l.encoding }

// Reference implements record.Source: WGS 84, with HowOvital where the
// coordinates are offset or may be.
func (l *Layer) Reference() record.Reference { return l.reference }

// Rows implements record.Source: the placemarks counted in the first pass, -1
// where it could not be finished.
func (l *Layer) Rows() int { return l.rows }

// Diagnostics implements record.Source.
func (l *Layer) Diagnostics() []taohe.Diagnostic { return slices.Concat(l.opened, l.met) }
