// Package format opens an upload by its content, not its name: a zip of
// shapefiles and GeoJSON files, a loose shapefile, a GeoJSON file in any of its
// forms, or a corner table. Every layer found is handed over; the caller chooses.
package format

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/corner"
	"github.com/taohe-gis/taohe/ingest/geojson"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/ingest/shp"
)

// sniffed is how much of a file is looked at: titles may stand before the first
// rows of a corner table.
const sniffed = 4096

// Options are the caller's choices. The zero value reads every layer within
// the default limits.
type Options struct {
	// Encoding is the user's word on the encoding of texts.
	Encoding string
	// Layer picks one layer by its name.
	Layer string
	// Limits bound what is read; the zero value means DefaultLimits.
	Limits record.Limits
}

// Open returns the layers of the file at path, in the file's order, and what
// to close once they are read. A file that cannot be taken at all, or has no
// layer of the name asked for, gives a *record.RefusedError. Of several layers
// one that cannot be taken stands among the others, without rows and with a
// Refused diagnostic.
func Open(path string, opts Options) ([]record.Source, io.Closer, error) {
	if opts.Limits == (record.Limits{}) {
		opts.Limits = record.DefaultLimits()
	}
	head, err := sniff(path)
	if err != nil {
		return nil, nil, err
	}
	o := &opener{opts: opts}
	switch kind := recognise(head); {
	case len(head) == 0:
		return nil, nil, record.Refuse("file.empty", nil)
	case kind == kindZip:
		err = o.zip(path)
	case kind == kindShape:
		err = o.loose(path)
	case kind == kindJSON:
		err = o.json(path)
	case kind == kindRAR, kind == kind7z, kind == kindGzip:
		err = record.Refuse("file.archive_kind", map[string]string{"kind": string(kind)})
	case corner.Recognise(head):
		err = o.table(path)
	case strings.EqualFold(filepath.Ext(path), ".zip"):
		err = record.Refuse("file.not_a_zip", map[string]string{"reason": "no zip signature at the beginning"})
	case slices.Contains([]string{".dbf", ".prj", ".cpg"}, strings.ToLower(filepath.Ext(path))):
		err = o.loose(path)
	default:
		err = record.Refuse("file.unknown_format", nil)
	}
	if err == nil {
		err = o.choose()
	}
	if err != nil {
		if o.archive != nil {
			err = errors.Join(err, o.archive.Close())
		}
		return nil, nil, err
	}
	return o.sources, o.archive, nil
}

func sniff(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open upload: %w", err)
	}
	head := make([]byte, sniffed)
	n, err := io.ReadFull(f, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("open upload: %w", err)
	}
	return head[:n], nil
}

// A kind is what the first bytes of a file say it is.
type kind string

const (
	kindUnknown kind = ""
	kindZip     kind = "ZIP"
	kindShape   kind = "shapefile"
	kindJSON    kind = "JSON"
	kindRAR     kind = "RAR"
	kind7z      kind = "7z"
	kindGzip    kind = "gzip"
)

func recognise(head []byte) kind {
	for _, s := range []struct {
		magic string
		kind  kind
	}{
		{"PK\x03\x04", kindZip},
		{"PK\x05\x06", kindZip},
		{"PK\x07\x08", kindZip},
		{"\x00\x00\x27\x0a", kindShape},
		{"Rar!\x1a\x07", kindRAR},
		{"7z\xbc\xaf\x27\x1c", kind7z},
		{"\x1f\x8b", kindGzip},
	} {
		if bytes.HasPrefix(head, []byte(s.magic)) {
			return s.kind
		}
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n\x1e")
	if bytes.HasPrefix(text, []byte("{")) || bytes.HasPrefix(text, []byte("[")) {
		return kindJSON
	}
	return kindUnknown
}

type opener struct {
	opts    Options
	archive *archive.Archive
	sources []record.Source
	refused []taohe.Diagnostic // of layers that could not be opened
}

// zip opens each shapefile and each GeoJSON file of an archive.
func (o *opener) zip(path string) error {
	a, err := archive.Open(path, o.opts.Limits)
	if err != nil {
		return err
	}
	o.archive = a
	bases := shp.Bases(a)
	documents, tables, err := o.documents(a)
	if err != nil {
		return err
	}
	names := layerNames(append(slices.Clone(bases), documents.bases()...))
	for i, base := range bases {
		l, err := shp.Open(a, base, shp.Options{Encoding: o.opts.Encoding, Name: names[i]})
		if err = o.add(l, names[i], err); err != nil {
			return err
		}
	}
	for i, e := range documents {
		name := names[len(bases)+i]
		l, err := geojson.Open(e, o.opts.Limits, geojson.Options{Encoding: o.opts.Encoding, Name: name})
		if refusedAs(err, "geojson.not_geojson") {
			continue
		}
		if err = o.add(l, name, err); err != nil {
			return err
		}
	}
	// A table beside layers is a list or a readme more often than a layer.
	if len(o.sources) == 0 {
		if err := o.tables(tables); err != nil {
			return err
		}
	}
	if len(o.sources) == 0 {
		return record.Refuse("file.no_layer", map[string]string{"entries": strconv.Itoa(len(a.Entries()))})
	}
	return nil
}

type entries []*archive.Entry

func (es entries) bases() []string {
	var names []string
	for _, e := range es {
		names = append(names, archive.Base(e.Name))
	}
	return names
}

// documents picks the entries that begin as JSON does, and those that begin as
// corner tables do. Parts of shapefiles are not looked into.
func (o *opener) documents(a *archive.Archive) (found, tables entries, err error) {
	for _, e := range a.Entries() {
		switch strings.ToLower(path.Ext(e.Name)) {
		case ".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qpj", ".qix", ".xml", ".qmd":
			continue
		}
		head, err := o.head(e)
		if err != nil {
			return nil, nil, err
		}
		switch kind := recognise(head); {
		case kind == kindJSON:
			found = append(found, e)
		case kind == kindUnknown && corner.Recognise(head):
			tables = append(tables, e)
		}
	}
	return found, tables, nil
}

// head returns the first bytes of an entry, none where it cannot be read: an
// entry that is no layer may be damaged or encrypted as it likes.
func (o *opener) head(e *archive.Entry) ([]byte, error) {
	var refused *record.RefusedError
	r, err := e.Open(archive.NewBudget(o.opts.Limits))
	if err != nil {
		if errors.As(err, &refused) {
			return nil, nil
		}
		return nil, err
	}
	head := make([]byte, sniffed)
	n, err := io.ReadFull(r, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &refused) {
		err = nil
	}
	return head[:n], errors.Join(err, r.Close())
}

func (o *opener) loose(path string) error {
	a, err := archive.Beside(path, o.opts.Limits)
	if err != nil {
		return err
	}
	o.archive = a
	name := archive.Base(filepath.Base(path))
	bases := shp.Bases(a)
	if len(bases) == 0 {
		return record.Refuse("shp.part_missing", map[string]string{"layer": name, "part": ".shp"})
	}
	base := bases[0]
	if slices.Contains(bases, name) {
		base = name
	}
	l, err := shp.Open(a, base, shp.Options{Encoding: o.opts.Encoding})
	return o.add(l, base, err)
}

func (o *opener) json(path string) error {
	a, err := archive.Loose(path, o.opts.Limits)
	if err != nil {
		return err
	}
	o.archive = a
	l, err := geojson.Open(a.Entries()[0], o.opts.Limits, geojson.Options{Encoding: o.opts.Encoding})
	return o.add(l, filepath.Base(path), err)
}

func (o *opener) table(path string) error {
	a, err := archive.Loose(path, o.opts.Limits)
	if err != nil {
		return err
	}
	o.archive = a
	return o.tables(a.Entries())
}

func (o *opener) tables(es entries) error {
	names := layerNames(es.bases())
	for i, e := range es {
		l, err := corner.Open(e, o.opts.Limits, corner.Options{Encoding: o.opts.Encoding, Name: names[i]})
		if err = o.add(l, names[i], err); err != nil {
			return err
		}
	}
	return nil
}

// add takes a layer that was opened, or what refused it.
func (o *opener) add(l record.Source, name string, err error) error {
	var refused *record.RefusedError
	switch {
	case errors.As(err, &refused):
		o.refused = append(o.refused, refused.Diagnostics...)
		o.sources = append(o.sources, &refusedLayer{name: name, diagnostics: refused.Diagnostics})
	case err != nil:
		return err
	default:
		o.sources = append(o.sources, l)
	}
	return nil
}

func refusedAs(err error, code string) bool {
	var refused *record.RefusedError
	return errors.As(err, &refused) && len(refused.Diagnostics) == 1 && refused.Diagnostics[0].Code == code
}

// choose keeps the layer asked for. A file of refused layers only is refused.
func (o *opener) choose() error {
	if o.opts.Layer != "" {
		var names []string
		for _, s := range o.sources {
			names = append(names, s.Name())
		}
		i := slices.Index(names, o.opts.Layer)
		if i < 0 {
			return record.Refuse("file.layer_not_found", map[string]string{"layer": o.opts.Layer, "layers": strings.Join(names, "、")})
		}
		o.sources = o.sources[i : i+1]
	}
	for _, s := range o.sources {
		if _, lost := s.(*refusedLayer); !lost {
			return nil
		}
	}
	return &record.RefusedError{Diagnostics: o.refused}
}

// layerNames are the base names without folders, but with them where two
// layers would have one name.
func layerNames(bases []string) []string {
	count := map[string]int{}
	for _, b := range bases {
		count[path.Base(b)]++
	}
	names := make([]string, len(bases))
	for i, b := range bases {
		if names[i] = path.Base(b); count[names[i]] > 1 {
			names[i] = b
		}
	}
	return names
}
