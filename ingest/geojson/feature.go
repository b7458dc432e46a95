package geojson

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

// errStopped says that the caller wants no more rows.
var errStopped = errors.New("stopped by the caller")

// The members of a feature or geometry that may stand once.
const (
	hasType = 1 << iota
	hasGeometry
	hasProperties
	hasID
	hasCoordinates
)

// A feature is the second pass: it reads one object after the other and hands
// each over as a record.
type feature struct {
	w     *walker
	layer *Layer
	yield func(record.Record, error) bool
	alive func() error // the context's error

	row        int
	offset     int64
	kind       string
	members    int
	geometry   geom.T
	own        geometry // members of a geometry that stands alone
	attributes []record.Attribute
	object     int   // objects begun
	stamps     []int // object in which each field was last met
	notes      []taohe.Diagnostic
	shapes     shaper
	reversed   int
	long       int
	nested     []bool
}

func (f *feature) begin(offset int64) {
	f.offset, f.kind, f.members = offset, "", 0
	f.geometry, f.own = nil, geometry{}
	f.notes = nil
	f.row++
	f.object++
	f.shapes.begin()
	for i := range f.attributes {
		f.attributes[i].Value = record.Value{}
	}
}

func (f *feature) collection() { f.row-- }

func (f *feature) crs(jsontext.Value) {}

func (f *feature) note(code, field string, args map[string]string) {
	f.notes = append(f.notes, taohe.Diagnostic{Code: code, Field: field, Args: args})
}

// once notes a member that stands twice.
func (f *feature) once(bit int, name string) {
	if f.members&bit != 0 {
		f.note("geojson.duplicate_key", name, map[string]string{"offset": f.w.in.offset(f.w.d.InputOffset())})
	}
	f.members |= bit
}

func (f *feature) member(name string) error {
	d := f.w.d
	switch name {
	case "type":
		f.once(hasType, name)
		if d.PeekKind() != '"' {
			return d.SkipValue()
		}
		raw, err := d.ReadValue()
		if err == nil {
			f.kind, _ = unquote(raw)
			f.own.kind = f.kind
		}
		return err
	case "geometry":
		f.once(hasGeometry, name)
		f.shapes.begin()
		var g geometry
		if err := f.readGeometry(&g, 0); err != nil {
			return err
		}
		f.geometry = f.build(&g)
		return nil
	case "properties":
		f.once(hasProperties, name)
		if d.PeekKind() != '{' || f.kind == "FeatureCollection" {
			return d.SkipValue()
		}
		return f.properties()
	case "id":
		f.once(hasID, name)
		if f.layer.idField < 0 {
			return d.SkipValue()
		}
		return f.value(f.layer.idField)
	case "coordinates", "geometries":
		f.once(hasCoordinates, name)
		return f.geometryMember(&f.own, name, 0)
	}
	return d.SkipValue()
}

func (f *feature) end(root, collection bool) error {
	switch {
	case root && collection:
		return nil
	case root && f.kind == "FeatureCollection":
		f.row--
		return nil
	case root && geometryKind(f.kind):
		f.geometry = f.build(&f.own)
	case root && f.kind != "Feature" && f.members&^hasType&^hasID == 0:
		f.row--
		return nil
	case f.kind != "Feature":
		f.note("geojson.type", "", map[string]string{"type": f.kind, "offset": f.w.in.offset(f.offset)})
	}
	if err := tooManyRows(f.row, f.layer.limits); err != nil {
		return err
	}
	if f.geometry == nil && len(f.shapes.notes) == 0 && len(f.notes) == 0 {
		f.note("geometry.null", "", nil)
	}
	r := record.Record{Row: f.row, Geometry: f.geometry, Attributes: f.attributes}
	r.Diagnostics = append(f.notes, f.shapes.notes...)
	for i := range r.Diagnostics {
		r.Diagnostics[i].Row = f.row
	}
	if f.shapes.reversed {
		f.reversed++
	}
	if f.shapes.long {
		f.long++
	}
	if !f.yield(r, nil) {
		return errStopped
	}
	return f.alive()
}

func (f *feature) properties() error {
	d := f.w.d
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() == '"' {
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		i, ok := f.layer.byRaw[string(raw)]
		if !ok {
			// The file changed between the passes, or a limit stopped the first.
			return record.Refuse("file.limit", map[string]string{"what": "fields", "limit": fmt.Sprint(f.layer.limits.MaxFields)})
		}
		if f.stamps[i] == f.object {
			f.note("geojson.duplicate_key", f.layer.fields[i].Name, map[string]string{"offset": f.w.in.offset(d.InputOffset())})
		}
		f.stamps[i] = f.object
		if err := f.value(i); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// value reads a property. Numbers keep their digits as written.
func (f *feature) value(i int) error {
	raw, err := f.w.d.ReadValue()
	if err != nil {
		return err
	}
	name := f.layer.fields[i].Name
	if len(raw) > f.layer.limits.MaxFieldSize {
		f.note("value.limit", name, map[string]string{"limit": fmt.Sprint(f.layer.limits.MaxFieldSize)})
		f.attributes[i].Value = record.Value{}
		return nil
	}
	v := record.Value{Kind: kindOf(raw.Kind(), raw)}
	switch raw.Kind() {
	case 'n':
	case '"':
		text, ok := unquote(raw)
		if !ok {
			f.note("value.undecodable", name, map[string]string{"encoding": "UTF-8"})
		}
		if v.Text = text; strings.TrimSpace(text) == "" {
			v = record.Value{}
		}
	case '{', '[':
		if !f.nested[i] {
			f.nested[i] = true
			f.note("value.nested", name, nil)
		}
		v.Text = strings.ToValidUTF8(string(raw), "\uFFFD")
	default:
		v.Text = string(raw)
	}
	f.attributes[i].Value = v
	return nil
}
