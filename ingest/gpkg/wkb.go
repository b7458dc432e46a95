package gpkg

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/ingest/rings"
)

// The geometry types of ISO 19125-1 and, from CircularString on, of SQL/MM.
const (
	wkbPoint = iota + 1
	wkbLineString
	wkbPolygon
	wkbMultiPoint
	wkbMultiLineString
	wkbMultiPolygon
	wkbCollection
	wkbCircularString
	wkbCompoundCurve
	wkbCurvePolygon
	wkbMultiCurve
	wkbMultiSurface
)

var wkbNames = map[uint32]string{
	wkbPoint: "Point", wkbLineString: "LineString", wkbPolygon: "Polygon", wkbMultiPoint: "MultiPoint",
	wkbMultiLineString: "MultiLineString", wkbMultiPolygon: "MultiPolygon", wkbCollection: "GeometryCollection",
	wkbCircularString: "CircularString", wkbCompoundCurve: "CompoundCurve", wkbCurvePolygon: "CurvePolygon",
	wkbMultiCurve: "MultiCurve", wkbMultiSurface: "MultiSurface", 13: "Curve", 14: "Surface",
	15: "PolyhedralSurface", 16: "TIN", 17: "Triangle",
}

// A fault says why a geometry cannot be read.
type fault struct {
	code string
	args map[string]string
}

func damaged(format string, args ...any) *fault {
	return &fault{"shape.damaged", map[string]string{"reason": fmt.Sprintf(format, args...)}}
}

// A wkbReader reads well-known binary (ISO 13249-3, and PostGIS's extended
// form, which some programs store). Points take three ordinates each, the third
// NaN where there is no height. Nothing is allocated for a count before the
// bytes it needs are seen to be there.
type wkbReader struct {
	b      []byte
	at     int
	order  binary.ByteOrder
	limits record.Limits

	points   []float64
	ends     []int // of lines and rings, in points
	polygons []int // in rings
	others   int   // points and lines beside polygons
	vertices int
	parts    int
	measured bool
	noHeight bool // heights were announced and are no numbers
}

func (r *wkbReader) reset(b []byte) {
	*r = wkbReader{b: b, limits: r.limits, points: r.points[:0], ends: r.ends[:0], polygons: r.polygons[:0]}
}

// A head is the beginning of each geometry.
type head struct {
	kind       uint32
	hasZ, hasM bool
}

func (h head) ordinates() int {
	n := 2
	if h.hasZ {
		n++
	}
	if h.hasM {
		n++
	}
	return n
}

func (h head) String() string {
	if name, ok := wkbNames[h.kind]; ok {
		return name
	}
	return fmt.Sprint(h.kind)
}

func (r *wkbReader) head() (head, *fault) {
	if len(r.b)-r.at < 5 {
		return head{}, damaged("well-known binary ends at byte %d", r.at)
	}
	switch r.b[r.at] {
	case 0:
		r.order = binary.BigEndian
	case 1:
		r.order = binary.LittleEndian
	default:
		return head{}, damaged("byte order %d at byte %d", r.b[r.at], r.at)
	}
	kind := r.order.Uint32(r.b[r.at+1:])
	r.at += 5
	const withZ, withM, withSRID = 1 << 31, 1 << 30, 1 << 29
	h := head{hasZ: kind&withZ != 0, hasM: kind&withM != 0}
	if kind&withSRID != 0 {
		if len(r.b)-r.at < 4 {
			return head{}, damaged("well-known binary ends at byte %d", r.at)
		}
		r.at += 4
	}
	kind &^= withZ | withM | withSRID
	switch kind / 1000 {
	case 0:
	case 1:
		h.hasZ = true
	case 2:
		h.hasM = true
	case 3:
		h.hasZ, h.hasM = true, true
	default:
		return head{}, &fault{"shape.unsupported_type", map[string]string{"type": fmt.Sprint(kind)}}
	}
	h.kind = kind % 1000
	return h, nil
}

// count reads a number of items of at least size bytes each.
func (r *wkbReader) count(size int) (int, *fault) {
	if len(r.b)-r.at < 4 {
		return 0, damaged("well-known binary ends at byte %d", r.at)
	}
	n := int64(r.order.Uint32(r.b[r.at:]))
	r.at += 4
	if n*int64(size) > int64(len(r.b)-r.at) {
		return 0, damaged("%d items announced at byte %d, %d bytes are left", n, r.at-4, len(r.b)-r.at)
	}
	return int(n), nil
}

// read reads one geometry and all in it.
func (r *wkbReader) read(depth int) (head, *fault) {
	h, bad := r.head()
	if bad != nil {
		return h, bad
	}
	return h, r.body(h, depth)
}

func (r *wkbReader) body(h head, depth int) *fault {
	if depth > r.limits.MaxDepth {
		return damaged("collections nested deeper than %d", r.limits.MaxDepth)
	}
	switch h.kind {
	case wkbPoint:
		r.others++
		return r.positions(h, 1)
	case wkbLineString:
		r.others++
		return r.line(h)
	case wkbPolygon:
		return r.polygon(h)
	case wkbMultiPoint, wkbMultiLineString, wkbMultiPolygon, wkbCollection, wkbMultiSurface:
		return r.members(h, depth)
	case wkbCurvePolygon:
		return r.curvePolygon()
	case wkbCircularString, wkbCompoundCurve, wkbMultiCurve:
		return &fault{"geometry.curved", map[string]string{"type": h.String()}}
	}
	return &fault{"shape.unsupported_type", map[string]string{"type": h.String()}}
}

func (r *wkbReader) members(h head, depth int) *fault {
	const smallest = 9 // head and count
	n, bad := r.count(smallest)
	if bad != nil {
		return bad
	}
	for range n {
		member, bad := r.head()
		if bad != nil {
			return bad
		}
		fits := true
		switch h.kind {
		case wkbMultiPoint, wkbMultiLineString, wkbMultiPolygon:
			fits = member.kind == h.kind-wkbMultiPoint+wkbPoint
		case wkbMultiSurface:
			fits = member.kind == wkbPolygon || member.kind == wkbCurvePolygon
		}
		if !fits {
			return damaged("%s inside a %s", member, h)
		}
		points, ends := len(r.points), len(r.ends)
		if bad := r.body(member, depth+1); bad != nil {
			return bad
		}
		// Points and lines of a collection are counted, its polygons taken.
		switch member.kind {
		case wkbPoint, wkbLineString, wkbMultiPoint, wkbMultiLineString:
			if h.kind == wkbCollection {
				r.points, r.ends = r.points[:points], r.ends[:ends]
			}
		}
	}
	return nil
}

func (r *wkbReader) line(h head) *fault {
	n, bad := r.count(8 * h.ordinates())
	if bad != nil {
		return bad
	}
	if bad := r.positions(h, n); bad != nil {
		return bad
	}
	return r.end()
}

func (r *wkbReader) end() *fault {
	r.ends = append(r.ends, len(r.points)/3)
	if r.parts++; r.parts > r.limits.MaxParts {
		return r.tooLarge()
	}
	return nil
}

func (r *wkbReader) tooLarge() *fault {
	return &fault{"geometry.limit", map[string]string{"parts": fmt.Sprint(r.parts), "vertices": fmt.Sprint(r.vertices)}}
}

func (r *wkbReader) polygon(h head) *fault {
	n, bad := r.count(4)
	if bad != nil {
		return bad
	}
	for range n {
		if bad := r.line(h); bad != nil {
			return bad
		}
	}
	r.polygons = append(r.polygons, len(r.ends))
	return nil
}

// curvePolygon reads one whose rings are straight all the same, as programs
// write that call every polygon so.
func (r *wkbReader) curvePolygon() *fault {
	n, bad := r.count(9)
	if bad != nil {
		return bad
	}
	for range n {
		ring, bad := r.head()
		if bad != nil {
			return bad
		}
		if ring.kind != wkbLineString {
			return &fault{"geometry.curved", map[string]string{"type": "CurvePolygon"}}
		}
		if bad := r.line(ring); bad != nil {
			return bad
		}
	}
	r.polygons = append(r.polygons, len(r.ends))
	return nil
}

// positions reads n points.
func (r *wkbReader) positions(h head, n int) *fault {
	size := 8 * h.ordinates()
	if len(r.b)-r.at < n*size {
		return damaged("%d positions need %d bytes, %d are left", n, n*size, len(r.b)-r.at)
	}
	if r.vertices += n; r.vertices > r.limits.MaxVertices {
		return r.tooLarge()
	}
	r.measured = r.measured || h.hasM && n > 0
	for range n {
		x, y, z := r.float(0), r.float(8), math.NaN()
		if h.hasZ {
			if z = r.float(16); !finite(z) {
				z, r.noHeight = math.NaN(), true
			}
		}
		r.at += size
		if !finite(x) || !finite(y) {
			if h.kind == wkbPoint && math.IsNaN(x) && math.IsNaN(y) {
				// The empty point of well-known binary.
				r.others--
				r.vertices--
				continue
			}
			return &fault{"shape.not_finite", map[string]string{"vertex": fmt.Sprint(len(r.points)/3 + 1)}}
		}
		r.points = append(r.points, x, y, z)
	}
	return nil
}

func (r *wkbReader) float(offset int) float64 {
	return math.Float64frombits(r.order.Uint64(r.b[r.at+offset:]))
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// geometry makes what was read into a geometry, with remarks. Polygons of a
// collection are taken out of it.
func (r *wkbReader) geometry(h head) (geom.T, []taohe.Diagnostic) {
	var notes []taohe.Diagnostic
	note := func(code string, args map[string]string) {
		notes = append(notes, taohe.Diagnostic{Code: code, Args: args})
	}
	if len(r.points) == 0 && len(r.polygons) == 0 && r.others == 0 {
		note("geometry.null", nil)
		return nil, notes
	}
	layout, points, mixed := rings.Settle(r.points)
	switch {
	case r.noHeight:
		note("geometry.height_missing", nil)
	case mixed:
		note("geometry.mixed_dimensions", nil)
	}
	if len(r.polygons) == 0 {
		return r.plain(h, layout, points), notes
	}
	kept := rings.Keep(layout, points, r.ends, r.polygons)
	if kept.Open > 0 {
		note("ring.unclosed", map[string]string{"count": fmt.Sprint(kept.Open)})
	}
	if kept.Dropped > 0 {
		note("ring.degenerate", map[string]string{
			"count": fmt.Sprint(kept.Dropped), "x": fmt.Sprint(kept.DroppedAt[0]), "y": fmt.Sprint(kept.DroppedAt[1]),
		})
	}
	if h.kind == wkbCollection {
		note("geometry.collection", map[string]string{"polygons": fmt.Sprint(len(r.polygons)), "dropped": fmt.Sprint(r.others)})
	}
	if kept.Polygons == nil {
		note("geometry.no_area", nil)
		return nil, notes
	}
	return kept.Polygons, notes
}

// plain is what has no polygon, as it is, for the caller to name.
func (r *wkbReader) plain(h head, layout geom.Layout, points []float64) geom.T {
	switch h.kind {
	case wkbPoint:
		return geom.NewPointFlat(layout, points)
	case wkbLineString:
		return geom.NewLineStringFlat(layout, points)
	case wkbMultiPoint:
		return geom.NewMultiPointFlat(layout, points)
	case wkbMultiLineString:
		ends := make([]int, len(r.ends))
		for i, end := range r.ends {
			ends[i] = end * layout.Stride()
		}
		return geom.NewMultiLineStringFlat(layout, points, ends)
	}
	return geom.NewGeometryCollection()
}
