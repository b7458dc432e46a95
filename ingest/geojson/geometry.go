package geojson

import (
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe/ingest/record"
)

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
	case name == "geometries" && d.PeekKind() == '[':
		if depth == f.layer.limits.MaxDepth {
			return record.Refuse("file.limit", map[string]string{"what": "nesting of collections", "limit": fmt.Sprint(depth)})
		}
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
