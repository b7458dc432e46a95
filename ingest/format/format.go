// Package format opens an upload by its content, not its name: any of the
// formats below ingest by itself or in a zip, and through GDAL what has no reader
// of its own. Every layer found is handed over; the caller chooses.
package format

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/record"
)

// sniffed is how much of a file is looked at: titles may stand before the first
// rows of a corner table.
const sniffed = 4096

// Options are the caller's choices. The zero value reads every layer within
// the default limits.
type Options struct {
	// FileName is the file's name to people, where it is kept under another.
	// Only what no content tells hangs on it.
	FileName string
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
	return OpenContext(context.Background(), path, opts)
}

// OpenContext is Open for a file whose opening may take long: one that is
// copied, or converted by another program. The end of ctx stops that.
func OpenContext(ctx context.Context, path string, opts Options) ([]record.Source, io.Closer, error) {
	if opts.Limits == (record.Limits{}) {
		opts.Limits = record.DefaultLimits()
	}
	if opts.FileName == "" {
		opts.FileName = filepath.Base(path)
	}
	o := &opener{ctx: ctx, opts: opts}
	err := o.open(path)
	if err == nil {
		err = o.choose()
	}
	if err != nil {
		return nil, nil, errors.Join(err, o.Close())
	}
	return o.sources, o, nil
}

// open takes the file by its first bytes, or a folder that is a geodatabase.
func (o *opener) open(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return o.folder(path)
	}
	head, err := sniff(path)
	if err != nil {
		return err
	}
	extension := strings.ToLower(filepath.Ext(o.opts.FileName))
	switch kind := recognise(head); kind {
	case kindZip:
		return o.zip(path)
	case kindShape:
		return o.loose(path)
	case kindGeoPackage:
		return o.geopackage(path)
	case kindRAR, kind7z, kindGzip:
		return record.Refuse("file.archive_kind", map[string]string{"kind": string(kind)})
	case kindDWG:
		return record.Refuse("file.dwg", nil)
	case kindDXF, kindTAB, kindMIF:
		return o.beside(path, kind)
	case kindUnknown:
	default:
		return o.single(path, kind)
	}
	switch {
	case len(head) == 0:
		return record.Refuse("file.empty", nil)
	case extension == ".zip" || extension == ".kmz":
		return record.Refuse("file.not_a_zip", map[string]string{"reason": "no zip signature at the beginning"})
	case slices.Contains([]string{".dbf", ".prj", ".cpg"}, extension):
		return o.loose(path)
	}
	return record.Refuse("file.unknown_format", nil)
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

// An opener gathers the layers of one file, and all that must be closed.
type opener struct {
	ctx     context.Context
	opts    Options
	archive *archive.Archive
	closers []io.Closer
	sources []record.Source
	refused []taohe.Diagnostic // of layers that could not be opened
}

// Close closes the file and removes what was made to read it.
func (o *opener) Close() error {
	var err error
	for _, c := range slices.Backward(o.closers) {
		err = errors.Join(err, c.Close())
	}
	o.closers = nil
	if o.archive != nil {
		err = errors.Join(err, o.archive.Close())
	}
	return err
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
