package shpwrite

import (
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"

	"github.com/twpayne/go-geom"
)

const (
	shapeNull     = 0
	shapePolygon  = 5
	shapePolygonZ = 15

	fileHeaderSize   = 100
	recordHeaderSize = 8
	fileCode         = 9994
	fileVersion      = 1000
)

// shapes is the geometry side of a layer: what the headers of .shp and .shx
// need before the first record can be written.
type shapes struct {
	kind   int32
	rows   iter.Seq2[Row, error]
	sizes  []int64 // content bytes of each record
	bounds [4]float64
	z      [2]float64
}

func newShapes(rows iter.Seq2[Row, error]) (*shapes, error) {
	s := &shapes{kind: shapePolygon, rows: rows}
	empty := [2]float64{math.Inf(1), math.Inf(-1)}
	x, y, z := empty, empty, empty
	layout := geom.NoLayout
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		if s.sizes = append(s.sizes, 0); row.Geometry == nil {
			s.sizes[len(s.sizes)-1] = shapeSize(nil)
			continue
		}
		i, l := len(s.sizes), row.Geometry.Layout()
		if l != geom.XY && l != geom.XYZ {
			return nil, fmt.Errorf("row %d: layout %v cannot be written", i, l)
		}
		if layout != geom.NoLayout && l != layout {
			return nil, fmt.Errorf("row %d: layout %v among rows of %v", i, l, layout)
		}
		layout = l
		flat, stride := row.Geometry.FlatCoords(), l.Stride()
		for j := 0; j < len(flat); j += stride {
			widen(&x, flat[j])
			widen(&y, flat[j+1])
			if l == geom.XYZ {
				widen(&z, flat[j+2])
			}
		}
		s.sizes[i-1] = shapeSize(row.Geometry)
	}
	if layout == geom.XYZ {
		s.kind = shapePolygonZ
	}
	if x[0] <= x[1] {
		s.bounds = [4]float64{x[0], y[0], x[1], y[1]}
	}
	if z[0] <= z[1] {
		s.z = z
	}
	return s, nil
}

// shapeSize is how many bytes the content of a record takes.
func shapeSize(g *geom.MultiPolygon) int64 {
	if g == nil {
		return int64(len(appendShape(nil, nil, shapeNull)))
	}
	kind := int32(shapePolygon)
	if g.Layout() == geom.XYZ {
		kind = shapePolygonZ
	}
	return int64(len(appendShape(nil, g, kind)))
}

func widen(r *[2]float64, v float64) {
	r[0], r[1] = math.Min(r[0], v), math.Max(r[1], v)
}

// header is the 100-byte head shared by .shp and .shx; size is that of the
// whole file in bytes.
func (s *shapes) header(size int64) ([]byte, error) {
	if size/2 > math.MaxInt32 {
		return nil, fmt.Errorf("%d bytes exceed what a shapefile can hold", size)
	}
	b := make([]byte, 0, fileHeaderSize)
	b = binary.BigEndian.AppendUint32(b, fileCode)
	b = append(b, make([]byte, 20)...)
	b = binary.BigEndian.AppendUint32(b, uint32(size/2))
	b = binary.LittleEndian.AppendUint32(b, fileVersion)
	b = binary.LittleEndian.AppendUint32(b, uint32(s.kind))
	for _, v := range s.bounds {
		b = appendFloat(b, v)
	}
	b = appendFloat(b, s.z[0])
	b = appendFloat(b, s.z[1])
	return append(b, make([]byte, 16)...), nil
}

func (s *shapes) writeSHP(w io.Writer) error {
	size := int64(fileHeaderSize)
	for _, n := range s.sizes {
		size += recordHeaderSize + n
	}
	b, err := s.header(size)
	if err != nil {
		return err
	}
	if _, err := w.Write(b); err != nil {
		return err
	}
	i := 0
	for row, err := range s.rows {
		if err != nil {
			return err
		}
		b = binary.BigEndian.AppendUint32(b[:0], uint32(i+1))
		b = binary.BigEndian.AppendUint32(b, uint32(s.sizes[i]/2))
		b = appendShape(b, row.Geometry, s.kind)
		if _, err := w.Write(b); err != nil {
			return err
		}
		i++
	}
	return nil
}

func (s *shapes) writeSHX(w io.Writer) error {
	b, err := s.header(int64(fileHeaderSize + 8*len(s.sizes)))
	if err != nil {
		return err
	}
	offset := int64(fileHeaderSize)
	for _, n := range s.sizes {
		b = binary.BigEndian.AppendUint32(b, uint32(offset/2))
		b = binary.BigEndian.AppendUint32(b, uint32(n/2))
		offset += recordHeaderSize + n
	}
	_, err = w.Write(b)
	return err
}

// appendShape appends the content of one record. Null shapes keep the row's
// place, as the technical description asks.
func appendShape(b []byte, g *geom.MultiPolygon, kind int32) []byte {
	if g == nil || g.Empty() {
		return binary.LittleEndian.AppendUint32(b, shapeNull)
	}
	rings := esriRings(g)
	b = binary.LittleEndian.AppendUint32(b, uint32(kind))
	bounds := g.Bounds()
	for _, v := range []float64{bounds.Min(0), bounds.Min(1), bounds.Max(0), bounds.Max(1)} {
		b = appendFloat(b, v)
	}
	points, stride := 0, g.Stride()
	for _, r := range rings {
		points += len(r) / stride
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(rings)))
	b = binary.LittleEndian.AppendUint32(b, uint32(points))
	start := 0
	for _, r := range rings {
		b = binary.LittleEndian.AppendUint32(b, uint32(start))
		start += len(r) / stride
	}
	for _, r := range rings {
		for i := 0; i < len(r); i += stride {
			b = appendFloat(b, r[i])
			b = appendFloat(b, r[i+1])
		}
	}
	if kind == shapePolygonZ {
		b = appendFloat(b, bounds.Min(2))
		b = appendFloat(b, bounds.Max(2))
		for _, r := range rings {
			for i := 2; i < len(r); i += stride {
				b = appendFloat(b, r[i])
			}
		}
	}
	return b
}

// esriRings returns the closed rings of g as flat coordinates, each shell
// clockwise and followed by its holes counter-clockwise.
func esriRings(g *geom.MultiPolygon) [][]float64 {
	var rings [][]float64
	flat, stride, start := g.FlatCoords(), g.Stride(), 0
	for _, ends := range g.Endss() {
		for i, end := range ends {
			ring := flat[start:end]
			start = end
			if len(ring) == 0 {
				continue
			}
			if last := ring[len(ring)-stride:]; !slices.Equal(ring[:stride], last) {
				ring = append(slices.Clip(ring), ring[:stride]...)
			}
			if clockwise := doubleArea(ring, stride) < 0; clockwise != (i == 0) {
				ring = reversed(ring, stride)
			}
			rings = append(rings, ring)
		}
	}
	return rings
}

// doubleArea is twice the signed area, positive counter-clockwise, about the
// first corner so that large eastings keep their digits.
func doubleArea(ring []float64, stride int) float64 {
	var sum float64
	x0, y0 := ring[0], ring[1]
	for i := stride; i < len(ring); i += stride {
		ax, ay := ring[i-stride]-x0, ring[i-stride+1]-y0
		bx, by := ring[i]-x0, ring[i+1]-y0
		sum += ax*by - bx*ay
	}
	return sum
}

func reversed(ring []float64, stride int) []float64 {
	out := make([]float64, 0, len(ring))
	for i := len(ring) - stride; i >= 0; i -= stride {
		out = append(out, ring[i:i+stride]...)
	}
	return out
}

func appendFloat(b []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
}
