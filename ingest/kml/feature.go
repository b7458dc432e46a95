package kml

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"github.com/taohe-gis/taohe/ingest/record"
)

// The fields that a placemark has of itself.
const (
	fieldName        = "name"
	fieldDescription = "description"
	fieldFolder      = "folder"
)

// placemark reads one and hands it over.
func (w *walker) placemark() error {
	p := &w.mark
	p.reset()
	if n := len(w.systems); n > 0 {
		p.system = w.systems[n-1]
	}
	var folders []string
	for _, name := range w.path {
		if name != "" {
			folders = append(folders, name)
		}
	}
	if len(folders) > 0 {
		p.own[fieldFolder] = strings.Join(folders, "/")
	}
	err := w.children(func(start xml.StartElement) error {
		switch name := start.Name.Local; {
		case name == fieldName || name == fieldDescription:
			text, err := w.text(w.limits.MaxFieldSize)
			p.own[name] = string(text)
			return err
		case name == "ExtendedData":
			return w.extendedData()
		case w.ovital(start):
			word, err := w.ovitalWord(start)
			if word != "" {
				p.system = word
			}
			return err
		default:
			if _, simple := w.kinds[name]; simple {
				return w.datum(name)
			}
			return w.shape(start, 0)
		}
	})
	if err != nil {
		return err
	}
	return w.each(p)
}

// extendedData reads Data, SchemaData and the free elements of other
// namespaces (§9.3).
func (w *walker) extendedData() error {
	return w.children(func(start xml.StartElement) error {
		switch start.Name.Local {
		case "Data":
			name := attribute(start, "name")
			return w.children(func(child xml.StartElement) error {
				if child.Name.Local == "value" {
					return w.datum(name)
				}
				return w.skip()
			})
		case "SchemaData":
			return w.children(func(child xml.StartElement) error {
				if child.Name.Local == "SimpleData" {
					return w.datum(attribute(child, "name"))
				}
				return w.skip()
			})
		}
		if w.ovital(start) {
			return w.skip()
		}
		return w.datum(start.Name.Local)
	})
}

func (w *walker) datum(name string) error {
	text, err := w.text(w.limits.MaxFieldSize)
	if err != nil {
		return err
	}
	p := &w.mark
	if len(p.data) == w.limits.MaxFields {
		return record.Refuse("file.limit", map[string]string{"what": "fields", "limit": strconv.Itoa(w.limits.MaxFields)})
	}
	p.data = append(p.data, datum{name, string(text)})
	return nil
}

// shape reads a geometry element; any other is passed over.
func (w *walker) shape(start xml.StartElement, depth int) error {
	p := &w.mark
	switch kind := start.Name.Local; kind {
	case "MultiGeometry":
		return w.children(func(child xml.StartElement) error { return w.shape(child, depth+1) })
	case "Polygon":
		p.met(kind)
		return w.polygon()
	case "Point", "LineString", "LinearRing":
		p.met(kind)
		p.others++
		return w.line()
	case "Model", "Track", "MultiTrack":
		p.met(kind)
		p.note("shape.unsupported_type", "", map[string]string{"type": kind})
	}
	return w.skip()
}

// line reads a point or line. In a placemark that has polygons too it only
// counts, so that its positions are taken back.
func (w *walker) line() error {
	p := &w.mark
	start, mode := len(p.points), ""
	err := w.children(func(child xml.StartElement) error {
		switch child.Name.Local {
		case "coordinates":
			return w.coordinates()
		case "altitudeMode":
			text, err := w.text(w.limits.MaxFieldSize)
			mode = strings.TrimSpace(string(text))
			return err
		}
		return w.skip()
	})
	p.settleAltitudes(start, mode)
	if p.several {
		p.points = p.points[:start]
	}
	return err
}

// polygon reads one: its outer boundary stands first, wherever it was written.
func (w *walker) polygon() error {
	p := &w.mark
	// A point before the polygon only counts.
	if len(p.polygons) == 0 && len(p.ends) == 0 {
		p.points = p.points[:0]
	}
	start, mode, outer := len(p.points), "", 0
	var holes []float64
	var holeEnds []int
	err := w.children(func(boundary xml.StartElement) error {
		switch boundary.Name.Local {
		case "outerBoundaryIs":
			outer++
			if err := w.boundary(); err != nil {
				return err
			}
			p.ends = append(p.ends, len(p.points)/3)
			return nil
		case "innerBoundaryIs":
			at := len(p.points)
			lengths, err := w.boundaries()
			holes = append(holes, p.points[at:]...)
			p.points = p.points[:at]
			holeEnds = append(holeEnds, lengths...)
			return err
		case "altitudeMode":
			text, err := w.text(w.limits.MaxFieldSize)
			mode = strings.TrimSpace(string(text))
			return err
		}
		return w.skip()
	})
	if err != nil {
		return err
	}
	if outer != 1 {
		p.note("kml.boundary", "", map[string]string{"count": strconv.Itoa(outer)})
	}
	end := len(p.points) / 3
	p.points = append(p.points, holes...)
	for _, n := range holeEnds {
		end += n
		p.ends = append(p.ends, end)
	}
	p.polygons = append(p.polygons, len(p.ends))
	p.settleAltitudes(start, mode)
	return nil
}

// boundary reads the ring of an outer boundary.
func (w *walker) boundary() error {
	_, err := w.boundaries()
	return err
}

// boundaries reads the rings of a boundary and returns how many positions each
// has. The format allows one ring; some writers put all holes into one
// innerBoundaryIs.
func (w *walker) boundaries() (lengths []int, err error) {
	err = w.children(func(ring xml.StartElement) error {
		if ring.Name.Local != "LinearRing" {
			return w.skip()
		}
		before := len(w.mark.points)
		err := w.children(func(child xml.StartElement) error {
			if child.Name.Local == "coordinates" {
				return w.coordinates()
			}
			return w.skip()
		})
		lengths = append(lengths, (len(w.mark.points)-before)/3)
		return err
	})
	return lengths, err
}

func (w *walker) coordinates() error {
	if !w.shapes {
		return w.skip()
	}
	p := &w.mark
	line, _ := w.d.InputPos()
	// The bound of the input holds for the text.
	text, err := w.text(int(w.in.largest))
	if err != nil {
		return err
	}
	room := w.limits.MaxVertices - len(p.points)/3
	points, tuples, bad := appendTuples(p.points, text, room)
	p.points = points
	switch {
	case bad != nil:
		p.note("kml.coordinates", "", map[string]string{"line": strconv.Itoa(line), "text": bad.text})
	case tuples > room:
		p.note("geometry.limit", "", map[string]string{"parts": fmt.Sprint(len(p.ends)), "vertices": fmt.Sprint(len(p.points) / 3)})
	}
	const keep = 1 << 20
	if cap(w.buffer) > keep {
		w.buffer = nil
	}
	return nil
}
