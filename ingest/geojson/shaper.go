package geojson

import (
	"fmt"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/rings"
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
	kept := rings.Keep(layout, c.flat, c.ends, c.polygons)
	// RFC 7946 §3.1.6 has shells the other way round than Esri.
	s.reversed = s.reversed || kept.Clockwise
	if kept.Open > 0 {
		s.note("ring.unclosed", map[string]string{"count": fmt.Sprint(kept.Open)})
	}
	if kept.Dropped > 0 {
		s.note("ring.degenerate", map[string]string{
			"count": fmt.Sprint(kept.Dropped), "x": fmt.Sprint(kept.DroppedAt[0]), "y": fmt.Sprint(kept.DroppedAt[1]),
		})
	}
	if kept.Polygons == nil {
		s.note("geometry.no_area", nil)
		return nil
	}
	return kept.Polygons
}
