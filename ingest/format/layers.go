package format

import (
	"errors"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/corner"
	"github.com/taohe-gis/taohe/ingest/geojson"
	"github.com/taohe-gis/taohe/ingest/gpkg"
	"github.com/taohe-gis/taohe/ingest/jzd"
	"github.com/taohe-gis/taohe/ingest/kml"
	"github.com/taohe-gis/taohe/ingest/ogr"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/ingest/shp"
)

// A found is one entry of an archive that is a layer or more by itself.
type found struct {
	entry *archive.Entry
	kind  kind
}

// zip opens all that can be read in an archive.
func (o *opener) zip(name string) error {
	a, err := archive.Open(name, o.opts.Limits)
	if err != nil {
		return err
	}
	o.archive = a
	bases := shp.Bases(a)
	documents, tables, err := o.documents(a)
	if err != nil {
		return err
	}
	converted, err := ogr.Candidates(a, o.convertible)
	if err != nil {
		return err
	}
	all := slices.Clone(bases)
	for _, d := range documents {
		all = append(all, archive.Base(d.entry.Name))
	}
	for _, c := range converted {
		all = append(all, c.Base)
	}
	names := layerNames(all)
	for i, base := range bases {
		l, err := shp.Open(a, base, shp.Options{Encoding: o.opts.Encoding, Name: names[i]})
		if err = o.add(l, names[i], err); err != nil {
			return err
		}
	}
	for i, d := range documents {
		if err := o.entry(d, names[len(bases)+i]); err != nil {
			return err
		}
	}
	for i, c := range converted {
		if err := o.convert(c, names[len(bases)+len(documents)+i]); err != nil {
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

// documents picks the entries that are layers by themselves, and apart those
// that begin as corner tables do. Parts of other formats are not looked into.
func (o *opener) documents(a *archive.Archive) (documents []found, tables []*archive.Entry, err error) {
	for _, e := range a.Entries() {
		switch strings.ToLower(path.Ext(e.Name)) {
		case ".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qpj", ".qix", ".xml", ".qmd",
			".gdbtable", ".gdbtablx", ".gdbindexes", ".freelist", ".horizon", ".spx", ".atx", ".mid", ".dat", ".map", ".id", ".ind":
			continue
		}
		head, err := o.head(e)
		if err != nil {
			return nil, nil, err
		}
		switch k := recognise(head); k {
		case kindJSON, kindGeoPackage, kindKML, kindJZD:
			documents = append(documents, found{e, k})
		case kindCorner:
			tables = append(tables, e)
		}
	}
	return documents, tables, nil
}

func (o *opener) convertible(e *archive.Entry) (ogr.Kind, error) {
	head, err := o.head(e)
	return ogr.Recognise(head), err
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

// entry opens one entry as what it was found to be.
func (o *opener) entry(f found, name string) error {
	var (
		l   record.Source
		err error
	)
	switch f.kind {
	case kindGeoPackage:
		file, err := gpkg.Spool(o.ctx, f.entry, o.opts.Limits, gpkg.Options{})
		return o.addPackage(file, name, err)
	case kindKML:
		l, err = kml.Open(f.entry, o.opts.Limits, kml.Options{Encoding: o.opts.Encoding, Name: name, Ovital: o.ovital(f.entry)})
	case kindJZD:
		l, err = jzd.Open(f.entry, o.opts.Limits, jzd.Options{Encoding: o.opts.Encoding, Name: name})
	case kindCorner:
		l, err = corner.Open(f.entry, o.opts.Limits, corner.Options{Encoding: o.opts.Encoding, Name: name})
	default:
		l, err = geojson.Open(f.entry, o.opts.Limits, geojson.Options{Encoding: o.opts.Encoding, Name: name})
		// A style or a setting beside layers is JSON too.
		if len(o.archive.Entries()) > 1 && refusedAs(err, "geojson.not_geojson") {
			return nil
		}
	}
	return o.add(l, name, err)
}

// ovital reports whether the name of the file, or of the entry, is one of
// Ovital Map's: .ovkml, and .ovkmz for its zip.
func (o *opener) ovital(e *archive.Entry) bool {
	for _, name := range []string{e.Name, o.opts.FileName} {
		if extension := strings.ToLower(path.Ext(name)); extension == ".ovkml" || extension == ".ovkmz" {
			return true
		}
	}
	return false
}

// addPackage takes the layers of a GeoPackage, or what refused it.
func (o *opener) addPackage(file *gpkg.File, name string, err error) error {
	if err != nil {
		return o.add(nil, name, err)
	}
	o.closers = append(o.closers, file)
	for _, l := range file.Layers() {
		o.sources = append(o.sources, l)
	}
	return nil
}

// convert reads a candidate through GDAL.
func (o *opener) convert(c ogr.Candidate, name string) error {
	file, err := ogr.Open(o.ctx, c, o.opts.Limits, ogr.Options{Name: name})
	if err != nil {
		return o.add(nil, name, err)
	}
	o.closers = append(o.closers, file)
	o.sources = append(o.sources, file.Layers()...)
	return nil
}

func (o *opener) loose(name string) error {
	a, err := archive.Beside(name, o.opts.Limits)
	if err != nil {
		return err
	}
	o.archive = a
	base := archive.Base(filepath.Base(name))
	bases := shp.Bases(a)
	if len(bases) == 0 {
		return record.Refuse("shp.part_missing", map[string]string{"layer": base, "part": ".shp"})
	}
	if !slices.Contains(bases, base) {
		base = bases[0]
	}
	l, err := shp.Open(a, base, shp.Options{Encoding: o.opts.Encoding})
	return o.add(l, base, err)
}

// single opens a loose file that is a layer by itself.
func (o *opener) single(name string, k kind) error {
	a, err := archive.Loose(name, o.opts.Limits)
	if err != nil {
		return err
	}
	o.archive = a
	return o.entry(found{a.Entries()[0], k}, archive.Base(filepath.Base(o.opts.FileName)))
}

func (o *opener) geopackage(name string) error {
	file, err := gpkg.Open(o.ctx, name, o.opts.Limits, gpkg.Options{})
	return o.addPackage(file, archive.Base(filepath.Base(o.opts.FileName)), err)
}

// beside opens a loose file that GDAL reads, with those that belong to it.
func (o *opener) beside(name string, k kind) error {
	a, err := archive.Beside(name, o.opts.Limits)
	if err != nil {
		return err
	}
	o.archive = a
	for _, e := range a.Entries() {
		if e.Name == filepath.Base(name) {
			return o.convert(ogr.Single(a, e, ogr.Kind(k)), archive.Base(filepath.Base(o.opts.FileName)))
		}
	}
	return record.Refuse("file.unknown_format", nil)
}

// folder opens a geodatabase that is not in a zip.
func (o *opener) folder(name string) error {
	a, err := archive.Folder(name, o.opts.Limits)
	if err != nil {
		return err
	}
	o.archive = a
	candidates, err := ogr.Candidates(a, o.convertible)
	if err != nil {
		return err
	}
	if len(candidates) == 0 {
		return record.Refuse("file.unknown_format", nil)
	}
	return o.convert(candidates[0], archive.Base(filepath.Base(name)))
}

func (o *opener) tables(es []*archive.Entry) error {
	var bases []string
	for _, e := range es {
		bases = append(bases, archive.Base(e.Name))
	}
	names := layerNames(bases)
	for i, e := range es {
		if err := o.entry(found{e, kindCorner}, names[i]); err != nil {
			return err
		}
	}
	return nil
}
