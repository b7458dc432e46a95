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

// A geometry is what was read of a geometry object, in whatever order its
// members stood. Members with coordinates of their own are kept apart, so that
// the type may follow them.
type geometry struct {
	kind   string
	coords *coordinates
	base   int64 // offset of the coordinates in the file
	fault  *coordinateFault
	parts  []geometry
	list   bool // "geometries" was met
	null   bool
}

func (f *feature) readGeometry(g *geometry, depth int) error {
	d := f.w.d
	if d.PeekKind() != '{' {
		g.null = d.PeekKind() == 'n'
		return d.SkipValue()
	}
	members := 0
	return f.w.object(func(name string) error {
		bit := map[string]int{"type": hasType, "coordinates": hasCoordinates, "geometries": hasGeometry}[name]
		if members&bit != 0 {
			f.note("geojson.duplicate_key", name, map[string]string{"offset": f.w.in.offset(d.InputOffset())})
		}
		members |= bit
		return f.geometryMember(g, name, depth)
	})
}

func (f *feature) geometryMember(g *geometry, name string, depth int) error {
	d := f.w.d
	switch {
	case name == "type" && d.PeekKind() == '"':
		raw, err := d.ReadValue()
		if err == nil {
			g.kind, _ = unquote(raw)
		}
		return err
	case name == "coordinates":
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		g.base = d.InputOffset() - int64(len(raw))
		g.coords = f.shapes.coordinates(f.layer.limits.MaxVertices)
		g.fault = g.coords.parse(raw)
		return nil
	case name == "geometries" && d.PeekKind() == '[' && depth < f.layer.limits.MaxDepth:
		if _, err := d.ReadToken(); err != nil {
			return err
		}
		g.list = true
		for d.PeekKind() != ']' && d.PeekKind() != jsontext.KindInvalid {
			if len(g.parts) == f.layer.limits.MaxParts {
				return record.Refuse("file.limit", map[string]string{"what": "parts of one geometry", "limit": fmt.Sprint(len(g.parts))})
			}
			var part geometry
			if err := f.readGeometry(&part, depth+1); err != nil {
				return err
			}
			g.parts = append(g.parts, part)
		}
		_, err := d.ReadToken()
		return err
	}
	return d.SkipValue()
}

// build makes the geometry, or nil with a note.
func (f *feature) build(g *geometry) geom.T {
	if g.null || g.kind == "" && g.coords == nil && !g.list {
		f.shapes.note("geometry.null", nil)
		return nil
	}
	if !geometryKind(g.kind) {
		f.shapes.note("geojson.type", map[string]string{"type": g.kind, "offset": f.w.in.offset(f.offset)})
		return nil
	}
	if g.kind == "GeometryCollection" {
		return f.fromCollection(g)
	}
	if g.coords == nil {
		f.shapes.note("geojson.nesting", map[string]string{"type": g.kind, "offset": f.w.in.offset(f.offset)})
		return nil
	}
	if g.fault != nil {
		f.shapes.note(g.fault.code, map[string]string{
			"type": g.kind, "offset": f.w.in.offset(g.base + int64(g.fault.at)),
			"parts": fmt.Sprint(len(g.coords.ends)), "vertices": fmt.Sprint(g.coords.positions),
		})
		return nil
	}
	want := map[string]int{"Point": 1, "MultiPoint": 2, "LineString": 2, "MultiLineString": 3, "Polygon": 3, "MultiPolygon": 4}[g.kind]
	if g.coords.depth == 0 {
		f.shapes.note("geometry.null", nil)
		return nil
	}
	if g.coords.depth != want {
		f.shapes.note("geojson.nesting", map[string]string{"type": g.kind, "offset": f.w.in.offset(g.base)})
		return nil
	}
	if len(g.coords.ends) > f.layer.limits.MaxParts {
		f.shapes.note("geometry.limit", map[string]string{"parts": fmt.Sprint(len(g.coords.ends)), "vertices": fmt.Sprint(g.coords.positions)})
		return nil
	}
	return f.shapes.shape(g.kind, g.coords)
}

// fromCollection takes the polygons out of a collection. One without polygons is
// handed over as it is.
func (f *feature) fromCollection(g *geometry) geom.T {
	polygons, others := f.flatten(g, nil, nil)
	if len(polygons) == 0 {
		if len(others) == 0 {
			f.shapes.note("geometry.null", nil)
			return nil
		}
		c := geom.NewGeometryCollection()
		for _, o := range others {
			if err := c.Push(o); err != nil {
				// Heights in some members only: the first ones stand for all.
				break
			}
		}
		return c
	}
	layout := geom.XYZ
	count := 0
	for _, p := range polygons {
		count += p.NumPolygons()
		if p.Layout() == geom.XY {
			layout = geom.XY
		}
	}
	var flat []float64
	var endss [][]int
	for _, p := range polygons {
		from := len(flat) / layout.Stride()
		if p.Layout() != layout {
			f.shapes.note("geometry.mixed_dimensions", nil)
		}
		coords := p.FlatCoords()
		for i := 0; i < len(coords); i += p.Stride() {
			flat = append(flat, coords[i:i+layout.Stride()]...)
		}
		for _, ends := range p.Endss() {
			moved := make([]int, len(ends))
			for i, end := range ends {
				moved[i] = (end/p.Stride() + from) * layout.Stride()
			}
			endss = append(endss, moved)
		}
	}
	f.shapes.note("geometry.collection", map[string]string{"polygons": fmt.Sprint(count), "dropped": fmt.Sprint(len(others))})
	return geom.NewMultiPolygonFlat(layout, flat, endss)
}

func (f *feature) flatten(g *geometry, polygons []*geom.MultiPolygon, others []geom.T) ([]*geom.MultiPolygon, []geom.T) {
	for i := range g.parts {
		part := &g.parts[i]
		if part.kind == "GeometryCollection" {
			polygons, others = f.flatten(part, polygons, others)
			continue
		}
		switch made := f.build(part).(type) {
		case nil:
		case *geom.MultiPolygon:
			polygons = append(polygons, made)
		default:
			others = append(others, made)
		}
	}
	return polygons, others
}
