package shp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/ingest/rings"
)

// The shape types of the technical description: null, point, line, polygon and
// multipoint, plus ten with heights, plus twenty with measures.
const (
	typeNull       = 0
	typePoint      = 1
	typeLine       = 3
	typePolygon    = 5
	typeMultiPoint = 8
	typeMultiPatch = 31

	// noData is the bound below which a measure means "none"; no ordinate of
	// the ground comes near its magnitude.
	noData = 1e38
)

// A shapeDecoder turns the content of one .shp record into a geometry. The
// geometry lives in the decoder's buffers and is valid until the next call.
type shapeDecoder struct {
	limits   record.Limits
	points   []float64
	flat     []float64
	ends     []int // of the parts, in points
	rings    rings.Assembler
	notes    []taohe.Diagnostic
	reversed bool // the last polygon had a ring the wrong way round for Esri
	measured bool // the last shape had measures, which are not handed over
}

func (d *shapeDecoder) note(code string, args map[string]string) {
	d.notes = append(d.notes, taohe.Diagnostic{Code: code, Args: args})
}

// decode returns the geometry of a record, nil for a null shape and for one
// that cannot be read; d.notes then says why. Bounding boxes are not read:
// nothing depends on them, and writers leave them stale.
func (d *shapeDecoder) decode(b []byte) geom.T {
	d.notes, d.reversed, d.measured = nil, false, false
	if len(b) < 4 {
		d.note("shape.damaged", map[string]string{"reason": "shorter than its type"})
		return nil
	}
	kind := binary.LittleEndian.Uint32(b)
	hasZ, hasM := kind > 10 && kind < 20, kind > 10 && kind < 30
	base := kind
	if hasM {
		base = kind % 10
	}
	switch base {
	case typeNull:
		if kind == typeNull {
			d.note("geometry.null", nil)
			return nil
		}
	case typePoint:
		return d.point(b[4:], hasZ, hasM)
	case typeMultiPoint:
		return d.multi(b, base, hasZ)
	case typeLine, typePolygon:
		return d.multi(b, base, hasZ)
	}
	name := fmt.Sprint(kind)
	if kind == typeMultiPatch {
		name = "MultiPatch"
	}
	d.note("shape.unsupported_type", map[string]string{"type": name})
	return nil
}

func (d *shapeDecoder) point(b []byte, hasZ, hasM bool) geom.T {
	if len(b) < 16 {
		d.note("shape.damaged", map[string]string{"reason": "a point needs 16 bytes"})
		return nil
	}
	layout := geom.XY
	d.flat = append(d.flat[:0], float(b), float(b[8:]))
	if hasZ && len(b) >= 24 && finite(float(b[16:])) {
		d.flat, layout = append(d.flat, float(b[16:])), geom.XYZ
	}
	if hasM && len(b) >= 24 && (len(b) >= 32 || !hasZ) {
		d.measures(b[len(b)-8:])
	}
	if !finite(d.flat[0]) || !finite(d.flat[1]) {
		d.note("shape.not_finite", map[string]string{"vertex": "1"})
		return nil
	}
	return geom.NewPointFlat(layout, d.flat)
}

// multi reads every shape that is made of several points: box, number of parts
// (not for a multipoint), number of points, starts of parts, points, and then
// heights and measures, each block behind its range. The measure block is
// optional, and where a record ends before it, so may be the height block.
func (d *shapeDecoder) multi(b []byte, base uint32, hasZ bool) geom.T {
	head := 44
	if base == typeMultiPoint {
		head = 40
	}
	if len(b) < head {
		d.note("shape.damaged", map[string]string{"reason": fmt.Sprintf("%d bytes, the head needs %d", len(b), head)})
		return nil
	}
	parts, n := int64(0), int64(binary.LittleEndian.Uint32(b[head-4:]))
	if base != typeMultiPoint {
		parts = int64(binary.LittleEndian.Uint32(b[36:]))
	}
	if parts > int64(d.limits.MaxParts) || n > int64(d.limits.MaxVertices) {
		d.note("geometry.limit", map[string]string{"parts": fmt.Sprint(parts), "vertices": fmt.Sprint(n)})
		return nil
	}
	need := int64(head) + 4*parts + 16*n
	if need > int64(len(b)) {
		d.note("shape.damaged", map[string]string{
			"reason": fmt.Sprintf("%d parts and %d vertices need %d bytes, the record has %d", parts, n, need, len(b)),
		})
		return nil
	}
	stride := 2
	if hasZ {
		stride = d.heights(b[need:], n)
	}
	rest := int64(len(b)) - need
	if blocks := rest / (16 + 8*n); n > 0 && (blocks >= 2 || !hasZ && blocks >= 1) {
		d.measures(b[int64(len(b))-8*n:])
	}
	if !d.readPoints(b[int64(head)+4*parts:need], b[need:], stride) {
		return nil
	}
	layout := map[int]geom.Layout{2: geom.XY, 3: geom.XYZ}[stride]
	if base == typeMultiPoint {
		return geom.NewMultiPointFlat(layout, d.points)
	}
	starts := b[head : int64(head)+4*parts]
	if !d.readParts(starts, int(n)) {
		return nil
	}
	if base == typeLine {
		ends := make([]int, len(d.ends))
		for i, end := range d.ends {
			ends[i] = end * stride
		}
		return geom.NewMultiLineStringFlat(layout, d.points, ends)
	}
	return d.polygon(layout)
}

// heights returns the stride the points will have: 3 where the record holds a
// height for each, else 2 with a note.
func (d *shapeDecoder) heights(b []byte, n int64) int {
	if int64(len(b)) < 16+8*n {
		d.note("geometry.height_missing", nil)
		return 2
	}
	for i := int64(0); i < n; i++ {
		if !finite(float(b[16+8*i:])) {
			d.note("geometry.height_missing", nil)
			return 2
		}
	}
	return 3
}

func (d *shapeDecoder) measures(b []byte) {
	for i := 0; i+8 <= len(b) && !d.measured; i += 8 {
		d.measured = float(b[i:]) > -noData
	}
}

func (d *shapeDecoder) readPoints(xy, z []byte, stride int) bool {
	n := len(xy) / 16
	d.points = grow(d.points, n*stride)
	for i := range n {
		x, y := float(xy[16*i:]), float(xy[16*i+8:])
		if !finite(x) || !finite(y) {
			d.note("shape.not_finite", map[string]string{"vertex": fmt.Sprint(i + 1)})
			return false
		}
		d.points[i*stride], d.points[i*stride+1] = x, y
		if stride == 3 {
			d.points[i*3+2] = float(z[16+8*i:])
		}
	}
	return true
}

// readParts reads where the parts begin; each ends where the next begins.
func (d *shapeDecoder) readParts(b []byte, n int) bool {
	d.ends = d.ends[:0]
	for i := 0; i < len(b); i += 4 {
		start, end := int64(binary.LittleEndian.Uint32(b[i:])), int64(n)
		if i+4 < len(b) {
			end = int64(binary.LittleEndian.Uint32(b[i+4:]))
		}
		if i == 0 && start != 0 || start > end || end > int64(n) {
			d.note("shape.damaged", map[string]string{"reason": fmt.Sprintf("part %d spans vertices %d to %d of %d", i/4+1, start, end, n)})
			return false
		}
		d.ends = append(d.ends, int(end))
	}
	return true
}

func (d *shapeDecoder) polygon(layout geom.Layout) geom.T {
	r, err := d.rings.Assemble(layout, d.points, d.ends)
	if r.Open > 0 {
		d.note("ring.unclosed", map[string]string{"count": fmt.Sprint(r.Open)})
	}
	if r.Dropped > 0 {
		d.note("ring.degenerate", map[string]string{"count": fmt.Sprint(r.Dropped), "x": fmt.Sprint(r.DroppedAt[0]), "y": fmt.Sprint(r.DroppedAt[1])})
	}
	if errors.Is(err, rings.ErrWork) {
		d.note("geometry.limit", map[string]string{"parts": fmt.Sprint(len(d.ends)), "vertices": fmt.Sprint(len(d.points) / layout.Stride())})
		return nil
	}
	if r.Polygons == nil {
		d.note("geometry.no_area", nil)
		return nil
	}
	if r.Duplicates > 0 {
		d.note("ring.duplicate", map[string]string{"count": fmt.Sprint(r.Duplicates)})
	}
	d.reversed = r.Reversed
	return r.Polygons
}

func grow(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}

func float(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }

func finite(v float64) bool { return math.Abs(v) < noData }
