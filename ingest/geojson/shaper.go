package geojson

import (
	"fmt"
	"math"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
)

// A shaper turns coordinates into geometries. What it makes lives in its
// buffers until begin is called again.
type shaper struct {
	notes    []taohe.Diagnostic
	reversed bool // a polygon's ring runs against RFC 7946 §3.1.6
	long     bool
	pool     []*coordinates
	used     int
}

func (s *shaper) begin() {
	s.notes, s.reversed, s.long, s.used = nil, false, false, 0
	// A collection of many parts must not keep its buffers for ever.
	if len(s.pool) > 4 {
		s.pool = s.pool[:4:4]
	}
}

func (s *shaper) coordinates(limit int) *coordinates {
	if s.used == len(s.pool) {
		s.pool = append(s.pool, &coordinates{})
	}
	c := s.pool[s.used]
	s.used++
	c.reset(limit)
	return c
}

func (s *shaper) note(code string, args map[string]string) {
	s.notes = append(s.notes, taohe.Diagnostic{Code: code, Args: args})
}

// shape makes the geometry of a kind whose nesting was compared.
func (s *shaper) shape(kind string, c *coordinates) geom.T {
	s.long = s.long || c.long
	layout := s.settle(c)
	stride := layout.Stride()
	switch kind {
	case "Point":
		return geom.NewPointFlat(layout, c.flat)
	case "MultiPoint":
		return geom.NewMultiPointFlat(layout, c.flat)
	case "LineString":
		return geom.NewLineStringFlat(layout, c.flat)
	case "MultiLineString":
		ends := make([]int, len(c.ends))
		for i, end := range c.ends {
			ends[i] = end * stride
		}
		return geom.NewMultiLineStringFlat(layout, c.flat, ends)
	case "Polygon":
		c.polygons = append(c.polygons, len(c.ends))
	}
	return s.polygons(layout, c)
}

// settle brings the positions to one layout: with heights only where each
// position has one.
func (s *shaper) settle(c *coordinates) geom.Layout {
	if c.heights == c.positions {
		return geom.XYZ
	}
	if c.heights > 0 {
		s.note("geometry.mixed_dimensions", nil)
	}
	for i := range c.positions {
		c.flat[2*i], c.flat[2*i+1] = c.flat[3*i], c.flat[3*i+1]
	}
	c.flat = c.flat[:2*c.positions]
	return geom.XY
}

// polygons makes a multipolygon of sound rings: closed, of four positions or
// more, not on a line. A polygon whose shell is dropped goes with its holes.
func (s *shaper) polygons(layout geom.Layout, c *coordinates) geom.T {
	stride := layout.Stride()
	var (
		out             []float64 // only once a ring must be changed
		endss           [][]int
		unclosed, empty int
		place           [2]float64
	)
	at, kept := 0, 0 // start of the ring in c.flat, end of what is kept
	ring := 0
	for _, last := range c.polygons {
		var ends []int
		for shell, lost := true, false; ring < last; ring, shell = ring+1, false {
			r := c.flat[at : c.ends[ring]*stride]
			at = c.ends[ring] * stride
			open, sound, clockwise := judge(r, stride)
			if !sound || lost {
				lost = lost || shell
				if empty++; empty == 1 && len(r) > 0 {
					place = [2]float64{r[0], r[1]}
				}
			}
			if out == nil && (!sound || lost || open) {
				out = append(make([]float64, 0, len(c.flat)+stride), c.flat[:kept]...)
			}
			if !sound || lost {
				continue
			}
			s.reversed = s.reversed || clockwise == shell
			kept += len(r)
			if out != nil {
				out = append(out, r...)
				if open {
					unclosed++
					out = append(out, r[:stride]...)
				}
				kept = len(out)
			}
			ends = append(ends, kept)
		}
		if len(ends) > 0 {
			endss = append(endss, ends)
		}
	}
	if unclosed > 0 {
		s.note("ring.unclosed", map[string]string{"count": fmt.Sprint(unclosed)})
	}
	if empty > 0 {
		s.note("ring.degenerate", map[string]string{"count": fmt.Sprint(empty), "x": fmt.Sprint(place[0]), "y": fmt.Sprint(place[1])})
	}
	if len(endss) == 0 {
		s.note("geometry.no_area", nil)
		return nil
	}
	if out == nil {
		out = c.flat[:kept]
	}
	return geom.NewMultiPolygonFlat(layout, out, endss)
}

// judge tells whether a ring is open, has four positions once closed and does
// not lie on a line, and which way it runs. A joint that differs in height only is mended.
func judge(r []float64, stride int) (open, sound, clockwise bool) {
	n := len(r) / stride
	if n < 3 {
		return false, false, false
	}
	last := r[len(r)-stride:]
	open = r[0] != last[0] || r[1] != last[1]
	if stride == 3 && !open {
		last[2] = r[2]
	}
	if open {
		n++
	}
	var sum, spread, px, py, w, h float64
	for i := stride; i < len(r); i += stride {
		x, y := r[i]-r[0], r[i+1]-r[1]
		sum += px*y - x*py
		spread += math.Abs(px*y - x*py)
		px, py = x, y
		w, h = max(w, math.Abs(x)), max(h, math.Abs(y))
	}
	// A ring on a line, within the rounding of the coordinates, encloses nothing.
	// The signed area would not do: the halves of a bow-tie cancel.
	const epsilon = 1.0 / (1 << 52)
	largest := max(math.Abs(r[0])+w, math.Abs(r[1])+h)
	return open, n >= 4 && spread > 4*epsilon*largest*(w+h), sum < 0
}
