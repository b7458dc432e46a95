// Package shp reads shapefiles as streams: .shp and .dbf in step, from a zip or
// from loose files, with memory bounded by the largest record. It reports what
// it meets and goes on; a fault that ends the reading is a Refused diagnostic
// of the layer behind the rows that were sound. It builds no index, trusts no
// size in a header, and knows no reference system.
//
// Sources: Esri, ESRI Shapefile Technical Description, July 1998; the dBASE
// III+ and Visual FoxPro table structures.
package shp

import (
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/record"
)

const (
	maxSidecar = 1 << 16 // bytes of a .prj or .cpg
	headerSize = 100
)

// Options are the caller's choices.
type Options struct {
	// Encoding is the user's word on the table's encoding; it beats all others.
	Encoding string
	// Name is the layer's name; the base name of the .shp where it is empty.
	Name string
}

// A Layer is an opened shapefile. It implements record.Source.
type Layer struct {
	name      string
	limits    record.Limits
	parts     map[string]*archive.Entry // by lower-case extension
	header    fileHeader
	table     *table // nil without a .dbf
	codec     *codec
	encoding  record.Encoding
	reference record.Reference
	index     indexState
	opened    []taohe.Diagnostic // met while opening
	met       []taohe.Diagnostic // met by the last Records
}

var _ record.Source = (*Layer)(nil)

// Bases lists the shapefiles of an archive, in its order: the entries' names
// without extension, one for each .shp in whatever case.
func Bases(a *archive.Archive) []string {
	var bases []string
	for _, e := range a.Entries() {
		if base := archive.Base(e.Name); strings.EqualFold(path.Ext(e.Name), ".shp") && !slices.Contains(bases, base) {
			bases = append(bases, base)
		}
	}
	return bases
}

// Open reads what stands before the first row: the heads of .shp and .dbf, the
// reference system, the encoding. Base is one of Bases(a). A layer that cannot
// be read at all gives a *record.RefusedError. A missing .dbf does not: the
// shapes can be looked at, with a Refused diagnostic of the layer.
func Open(a *archive.Archive, base string, opts Options) (*Layer, error) {
	l := &Layer{name: opts.Name, limits: a.Limits(), parts: map[string]*archive.Entry{}}
	if l.name == "" {
		l.name = path.Base(base)
	}
	l.find(a, base)
	if l.parts[".shp"] == nil {
		return nil, record.Refuse("shp.part_missing", map[string]string{"layer": l.name, "part": ".shp"})
	}
	for _, step := range []func() error{l.openShapes, l.openIndex, func() error { return l.openTable(opts.Encoding) }, l.openReference} {
		if err := step(); err != nil {
			return nil, refusal(err)
		}
	}
	return l, nil
}

// find picks the entries of the layer. Names differ in case, and a zip may
// hold two entries of one name; the one spelt as the base wins, then the first.
func (l *Layer) find(a *archive.Archive, base string) {
	for _, e := range a.Entries() {
		ext := strings.ToLower(path.Ext(e.Name))
		if !strings.EqualFold(archive.Base(e.Name), base) {
			continue
		}
		old, twice := l.parts[ext]
		if twice {
			l.opened = append(l.opened, taohe.Diagnostic{Code: "file.entry_twice", Args: map[string]string{"entry": e.Name}})
		}
		if !twice || archive.Base(old.Name) != base && archive.Base(e.Name) == base {
			l.parts[ext] = e
		}
	}
}

// refusal turns a fault into the error that carries its diagnostic.
func refusal(err error) error {
	var f *fault
	if errors.As(err, &f) {
		return record.Refuse(f.code, f.args)
	}
	return err
}

func (l *Layer) openShapes() error {
	r, err := l.parts[".shp"].Open(archive.NewBudget(l.limits))
	if err != nil {
		return err
	}
	l.header, err = readFileHeader(r)
	return errors.Join(err, r.Close())
}

func (l *Layer) openIndex() error {
	e := l.parts[".shx"]
	if e == nil {
		return nil
	}
	r, err := e.Open(archive.NewBudget(l.limits))
	if err == nil {
		l.index, err = surveyIndex(r)
		err = errors.Join(err, r.Close())
	}
	var refused *record.RefusedError
	if errors.As(err, &refused) {
		// The index can be done without.
		l.index, err = indexState{order: indexUseless}, nil
	}
	return err
}

func (l *Layer) openTable(user string) error {
	e := l.parts[".dbf"]
	if e == nil {
		l.opened = append(l.opened, taohe.Diagnostic{Code: "shp.part_missing", Args: map[string]string{"layer": l.name, "part": ".dbf"}})
		l.codec = &codec{name: nameUTF8}
		return nil
	}
	r, err := e.Open(archive.NewBudget(l.limits))
	if err != nil {
		return err
	}
	t, err := readTable(r, l.limits)
	if err := errors.Join(err, r.Close()); err != nil {
		return err
	}
	l.table = t
	if err := l.chooseEncoding(user); err != nil {
		return err
	}
	l.opened = append(l.opened, t.decodeNames(l.codec)...)
	for _, c := range t.columns {
		if !c.hidden && !strings.ContainsRune("CNFDLIBOYT", rune(c.kind)) {
			l.opened = append(l.opened, taohe.Diagnostic{
				Code: "field.type_unread", Field: c.field.Name, Args: map[string]string{"type": string(rune(c.kind))},
			})
		}
	}
	return nil
}

// chooseEncoding follows the user, else the .cpg, else the language driver of
// the table, else the table's whole content.
func (l *Layer) chooseEncoding(user string) error {
	if user != "" {
		if l.codec = namedCodec(user); l.codec == nil {
			return record.Refuse("text.encoding_unknown", map[string]string{"encoding": user})
		}
		l.encoding = record.Encoding{Name: l.codec.name, How: "user"}
		return nil
	}
	if cpg := l.parts[".cpg"]; cpg != nil {
		b, err := l.sidecar(cpg)
		if err != nil {
			return err
		}
		if l.codec = namedCodec(string(b)); l.codec != nil {
			l.encoding = record.Encoding{Name: l.codec.name, How: "cpg"}
			return nil
		}
		l.opened = append(l.opened, taohe.Diagnostic{Code: "text.cpg_unknown", Args: map[string]string{"content": strings.ToValidUTF8(string(b[:min(40, len(b))]), "\uFFFD")}})
	}
	if page, ok := languageDrivers[l.table.language]; ok {
		l.codec = pageCodec(page)
		l.encoding = record.Encoding{Name: l.codec.name, How: "ldid"}
		return nil
	}
	return l.detectEncoding()
}

func (l *Layer) detectEncoding() error {
	r, err := l.parts[".dbf"].Open(archive.NewBudget(l.limits))
	if err != nil {
		return err
	}
	defer r.Close()
	rows, err := newTableReader(r, l.limits)
	if err != nil {
		return err
	}
	var w witness
	for _, c := range rows.t.columns {
		w.see([]byte(c.field.Name))
	}
	for {
		row, err := rows.next()
		if err != nil {
			// How the table ends is told when its rows are read.
			var (
				f       *fault
				refused *record.RefusedError
			)
			if errors.Is(err, io.EOF) || errors.As(err, &f) || errors.As(err, &refused) {
				break
			}
			return err
		}
		rows.t.witness(&w, row)
	}
	l.codec = pageCodec("936")
	if w.utf8() {
		l.codec = &codec{name: nameUTF8}
	}
	l.encoding = record.Encoding{Name: l.codec.name, How: "content"}
	return nil
}

// witness shows w the texts of a row that is not deleted.
func (t *table) witness(w *witness, row []byte) {
	if row[0] == deletedMark {
		return
	}
	for i := range t.columns {
		if c := &t.columns[i]; c.kind == 'C' {
			w.see(row[c.from:c.to])
		}
	}
}

func (l *Layer) openReference() error {
	e := l.parts[".prj"]
	if e == nil {
		return nil
	}
	b, err := l.sidecar(e)
	if text := strings.TrimSpace(strings.TrimPrefix(string(b), "\uFEFF")); err == nil && text != "" {
		l.reference = record.Reference{WKT: strings.ToValidUTF8(text, "\uFFFD"), How: "prj"}
	}
	return err
}

// sidecar reads a small part. One that is too large or damaged is left out
// with a diagnostic.
func (l *Layer) sidecar(e *archive.Entry) ([]byte, error) {
	b, err := e.ReadAll(maxSidecar)
	var refused *record.RefusedError
	if errors.As(err, &refused) {
		l.opened = append(l.opened, taohe.Diagnostic{Code: "shp.sidecar_unread", Args: map[string]string{"part": e.Name}})
		return nil, nil
	}
	return b, err
}

// Name implements record.Source.
func (l *Layer) Name() string { return l.name }

// Fields implements record.Source.
func (l *Layer) Fields() []record.Field {
	if l.table == nil {
		return nil
	}
	var fields []record.Field
	for _, c := range l.table.columns {
		if !c.hidden {
			fields = append(fields, c.field)
		}
	}
	return fields
}

// Encoding implements record.Source.
func (l *Layer) Encoding() record.Encoding { return l.encoding }

// Reference implements record.Source.
func (l *Layer) Reference() record.Reference { return l.reference }

// Rows implements record.Source: the number the .dbf declares, deleted rows
// counted, or -1 where there is no .dbf or it is too short for that many.
func (l *Layer) Rows() int {
	if l.table == nil || int64(l.table.rows)*int64(l.table.recordSize) > l.parts[".dbf"].Size {
		return -1
	}
	return int(l.table.rows)
}

// Diagnostics implements record.Source.
func (l *Layer) Diagnostics() []taohe.Diagnostic { return slices.Concat(l.opened, l.met) }
