package kml

import (
	"fmt"
	"math"
	"strings"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/ingest/rings"
)

// A datum is one named text of a placemark.
type datum struct{ name, text string }

// A placemark is what one Placemark holds. Its buffers are reused.
type placemark struct {
	own      map[string]string // name, description, folder
	data     []datum
	system   string // Ovital's word on the coordinates, upper case
	points   []float64
	ends     []int // of rings and lines, in points
	polygons []int // in rings
	others   int   // points and lines
	first    string
	several  bool // more than one geometry
	dropped  bool // altitudes that mean nothing were left out
	notes    []taohe.Diagnostic
}

func (p *placemark) reset() {
	*p = placemark{
		own: p.own, data: p.data[:0], points: p.points[:0], ends: p.ends[:0], polygons: p.polygons[:0],
	}
	clear(p.own)
}

func (p *placemark) note(code, field string, args map[string]string) {
	p.notes = append(p.notes, taohe.Diagnostic{Code: code, Field: field, Args: args})
}

// met remembers a geometry element.
func (p *placemark) met(kind string) {
	p.several = p.several || p.first != ""
	if p.first == "" {
		p.first = kind
	}
}

// settleAltitudes keeps the altitudes of the points from start on only where
// they are heights above sea level: the format says that an altitude under
// clampToGround, the default, is to be ignored (§9.20), and above ground it is
// no height of the survey.
func (p *placemark) settleAltitudes(start int, mode string) {
	if mode == "absolute" {
		return
	}
	for i := start + 2; i < len(p.points); i += 3 {
		p.dropped = p.dropped || p.points[i] != 0 && !math.IsNaN(p.points[i])
		p.points[i] = math.NaN()
	}
}

// geometry makes the placemark's geometry, nil where notes say why.
func (p *placemark) geometry(lim record.Limits) geom.T {
	for _, n := range p.notes {
		if n.Severity() == taohe.Refused && n.Field == "" {
			return nil
		}
	}
	if p.first == "" {
		p.note("geometry.null", "", nil)
		return nil
	}
	if len(p.ends) > lim.MaxParts {
		p.note("geometry.limit", "", map[string]string{"parts": fmt.Sprint(len(p.ends)), "vertices": fmt.Sprint(len(p.points) / 3)})
		return nil
	}
	layout, points, mixed := rings.Settle(p.points)
	if mixed {
		p.note("geometry.mixed_dimensions", "", nil)
	}
	if len(p.polygons) == 0 {
		return p.plain(layout, points)
	}
	kept := rings.Keep(layout, points, p.ends, p.polygons)
	if kept.Open > 0 {
		p.note("ring.unclosed", "", map[string]string{"count": fmt.Sprint(kept.Open)})
	}
	if kept.Dropped > 0 {
		p.note("ring.degenerate", "", map[string]string{
			"count": fmt.Sprint(kept.Dropped), "x": fmt.Sprint(kept.DroppedAt[0]), "y": fmt.Sprint(kept.DroppedAt[1]),
		})
	}
	if p.others > 0 {
		p.note("geometry.collection", "", map[string]string{"polygons": fmt.Sprint(len(p.polygons)), "dropped": fmt.Sprint(p.others)})
	}
	if kept.Polygons == nil {
		p.note("geometry.no_area", "", nil)
		return nil
	}
	return kept.Polygons
}

// plain is a geometry without polygons as it is, for the caller to name.
func (p *placemark) plain(layout geom.Layout, points []float64) geom.T {
	switch {
	case len(points) == 0:
		if p.others > 0 && p.several {
			return geom.NewGeometryCollection()
		}
		p.note("geometry.null", "", nil)
		return nil
	case p.several:
		return geom.NewGeometryCollection()
	case p.first == "Point":
		return geom.NewPointFlat(layout, points[:layout.Stride()])
	}
	return geom.NewLineStringFlat(layout, points)
}

// value turns a text into the kind its schema declares.
func (p *placemark) value(f record.Field, text string, lim record.Limits) record.Value {
	if len(text) > lim.MaxFieldSize {
		p.note("value.limit", f.Name, map[string]string{"limit": fmt.Sprint(lim.MaxFieldSize)})
		return record.Value{}
	}
	if text = strings.TrimSpace(text); text == "" {
		return record.Value{}
	}
	switch f.Kind {
	case record.Integer:
		if integer(text) {
			return record.Value{Kind: record.Integer, Text: text}
		}
		p.note("value.not_a_number", f.Name, map[string]string{"value": text})
	case record.Decimal:
		if _, ok := number([]byte(text)); ok {
			return record.Value{Kind: record.Decimal, Text: text}
		}
		p.note("value.not_a_number", f.Name, map[string]string{"value": text})
	case record.Logical:
		switch strings.ToLower(text) {
		case "1", "true":
			return record.Value{Kind: record.Logical, Text: "true"}
		case "0", "false":
			return record.Value{Kind: record.Logical, Text: "false"}
		}
		p.note("value.not_a_logical", f.Name, map[string]string{"value": text})
	}
	return record.Value{Kind: record.Text, Text: text}
}

func integer(s string) bool {
	digits := strings.TrimLeft(s, "+-")
	return digits != "" && len(s)-len(digits) <= 1 && strings.Trim(digits, "0123456789") == ""
}
