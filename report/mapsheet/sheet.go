package mapsheet

import (
	"errors"
	"fmt"
	"image"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/report"
	"github.com/taohe-gis/taohe/report/drawing"
)

// A Paper is a size of paper.
type Paper string

// The papers there are.
const (
	A4 Paper = "A4"
	A3 Paper = "A3"
)

// An Orientation is which way the paper lies.
type Orientation string

// Auto is the way on which the map is larger.
const (
	Auto      Orientation = "auto"
	Portrait  Orientation = "portrait"
	Landscape Orientation = "landscape"
)

// MinDPI and MaxDPI bound the resolution of a picture: under the one letters
// cannot be read, over the other an A3 takes over 250 MB of memory.
const (
	MinDPI = 72
	MaxDPI = 600
)

// Options are the caller's choices; the zero value is A4, whichever way shows
// the mine larger.
type Options struct {
	Paper       Paper
	Orientation Orientation
}

// ErrPaper is of New for a paper or an orientation that is not known.
var ErrPaper = errors.New("unknown paper or orientation")

// A Ground is a polygon around the mine: a row of forest, grassland,
// water_source, protected_area, or of another mine's mining_right.
type Ground struct {
	Layer string
	// Class is the grade of a water source, the category and zone of a protected
	// area, as report.Word knows them.
	Class string
	Name  string
	EWKB  []byte
}

// A Division is a county or a township of the inset.
type Division struct {
	Code string
	Name string
	EWKB []byte
}

// An Orthophoto is a picture of the ground in the plane of the sheet.
type Orthophoto struct {
	Image image.Image
	// Name is what the notes call it, such as its file name.
	Name                         string
	WestM, SouthM, EastM, NorthM float64
}

// A Sheet is a mine's map before it is drawn. New fixes its frame; the caller
// adds what lies in it.
type Sheet struct {
	// Around is drawn beneath the mine; what leaves the frame is cut off.
	Around []Ground
	// Divisions are those of the inset; without any it shows CountyExtent alone.
	Divisions    []Division
	CountyExtent geo.Extent
	Orthophoto   *Orthophoto

	mine  *report.Mine
	crs   geo.CRS
	page  page
	frame Frame

	corners []corner
	// crowdedOut are the blocks of the panel that the page had no room for.
	crowdedOut []string
}

// A corner is one of the licence, as the table prints it.
type corner struct {
	no            int
	northM, eastM float64
	outward       float64 // the direction away from the licence, degrees anticlockwise from east
}

// A Frame is the ground that a map shows, in the plane of the mine's zone, and
// where it is on the page.
type Frame struct {
	CRS                          geo.CRS
	WestM, SouthM, EastM, NorthM float64 // eastings with the number of the zone
	ScaleDenominator             float64
	Map                          drawing.Rect
}

// toPage is the place of plane coordinates.
func (f Frame) toPage(eastM, northM float64) drawing.Point {
	perM := 1000 / f.ScaleDenominator
	return drawing.Point{X: f.Map.X0 + (eastM-f.WestM)*perM, Y: f.Map.Y0 + (f.NorthM-northM)*perM}
}

// Extent is the box in longitude and latitude around the frame.
func (f Frame) Extent() geo.Extent {
	const steps = 16
	e := geo.EmptyExtent()
	for i := range steps + 1 {
		t := float64(i) / steps
		for _, p := range [4][2]float64{
			{f.WestM + t*(f.EastM-f.WestM), f.SouthM},
			{f.WestM + t*(f.EastM-f.WestM), f.NorthM},
			{f.WestM, f.SouthM + t*(f.NorthM-f.SouthM)},
			{f.EastM, f.SouthM + t*(f.NorthM-f.SouthM)},
		} {
			lon, lat := f.CRS.Inverse(p[0], p[1])
			e = e.With(geo.Extent{West: lon, South: lat, East: lon, North: lat})
		}
	}
	return e
}

// scales are the round denominators, from 1:500 on: nothing is surveyed finer
// than that.
func scales(yield func(float64) bool) {
	for power := 100.0; ; power *= 10 {
		for _, n := range []float64{1, 1.5, 2, 2.5, 3, 4, 5, 6, 8} {
			if d := n * power; d >= 500 && !yield(d) {
				return
			}
		}
	}
}

// filled is how much of the frame, at most, the mine takes.
const filled = 0.86

// New plans the map of a mine: all of its licence, its approvals, its ground
// and its findings, at the largest round scale at which they fit.
func New(m *report.Mine, o Options) (*Sheet, error) {
	if o.Paper == "" {
		o.Paper = A4
	}
	if o.Orientation == "" {
		o.Orientation = Auto
	}
	if !slices.Contains([]Paper{A4, A3}, o.Paper) || !slices.Contains([]Orientation{Auto, Portrait, Landscape}, o.Orientation) {
		return nil, fmt.Errorf("%w: %q, %q", ErrPaper, o.Paper, o.Orientation)
	}
	licence, err := polygons(m.Shapes.Licence)
	if err != nil {
		return nil, fmt.Errorf("mine %s: licence: %w", m.Mine.LicenceNo, err)
	}
	bound := licence.Bound()
	s := &Sheet{mine: m, crs: geo.GaussKruger3Degree((bound.Min[0] + bound.Max[0]) / 2)}
	s.corners = licenceCorners(licence, s.crs)
	content, err := s.content()
	if err != nil {
		return nil, fmt.Errorf("mine %s: %w", m.Mine.LicenceNo, err)
	}
	for _, landscape := range []bool{true, false} {
		if landscape && o.Orientation == Portrait || !landscape && o.Orientation == Landscape {
			continue
		}
		p := newPage(o.Paper, landscape)
		if f := fit(s.crs, content, p.frame); s.page.width == 0 || f.ScaleDenominator < s.frame.ScaleDenominator {
			s.page, s.frame = p, f
		}
	}
	return s, nil
}

// fit lays a frame around ground in the plane.
func fit(crs geo.CRS, content drawing.Rect, at drawing.Rect) Frame {
	f := Frame{CRS: crs, Map: at}
	for d := range scales {
		if content.Width()*1000/d <= filled*at.Width() && content.Height()*1000/d <= filled*at.Height() {
			f.ScaleDenominator = d
			break
		}
	}
	// The south-western corner is on a whole metre.
	width, height := at.Width()/1000*f.ScaleDenominator, at.Height()/1000*f.ScaleDenominator
	f.WestM = math.Round((content.X0+content.X1)/2 - width/2)
	f.SouthM = math.Round((content.Y0+content.Y1)/2 - height/2)
	f.EastM, f.NorthM = f.WestM+width, f.SouthM+height
	return f
}

// content is the box in the plane around all that is of the mine.
func (s *Sheet) content() (drawing.Rect, error) {
	box := drawing.Rect{X0: math.Inf(1), Y0: math.Inf(1), X1: math.Inf(-1), Y1: math.Inf(-1)}
	shapes := append([][]byte{s.mine.Shapes.Licence}, s.mine.Shapes.Findings...)
	shapes = append(shapes, s.mine.Shapes.Approved...)
	shapes = append(shapes, s.mine.Shapes.Patches...)
	for _, p := range s.mine.Shapes.Parts {
		shapes = append(shapes, p.EWKB)
	}
	for _, shape := range shapes {
		mp, err := polygons(shape)
		if err != nil {
			return box, err
		}
		for _, polygon := range mp {
			for _, ring := range polygon {
				for _, p := range ring {
					east, north := s.crs.Forward(p[0], p[1])
					box = drawing.Rect{X0: min(box.X0, east), Y0: min(box.Y0, north), X1: max(box.X1, east), Y1: max(box.Y1, north)}
				}
			}
		}
	}
	if math.IsInf(box.X0, 0) || math.IsNaN(box.Width()+box.Height()) || box.Width() > maxExtentM || box.Height() > maxExtentM {
		return box, fmt.Errorf("shapes of %.0f by %.0f m are no mine", box.Width(), box.Height())
	}
	return box, nil
}

// maxExtentM is more than any county is wide.
const maxExtentM = 2e6

// polygons reads a stored shape, an empty one too.
func polygons(shape []byte) (orb.MultiPolygon, error) {
	if len(shape) == 0 {
		return nil, nil
	}
	g, _, err := ewkb.Unmarshal(shape)
	if err != nil {
		return nil, fmt.Errorf("stored shape: %w", err)
	}
	switch g := g.(type) {
	case orb.MultiPolygon:
		return g, nil
	case orb.Polygon:
		return orb.MultiPolygon{g}, nil
	}
	return nil, fmt.Errorf("stored shape is %s, not polygons", g.GeoJSONType())
}

// onPage projects a stored shape and cuts it to the frame.
func (s *Sheet) onPage(shape []byte) ([]drawing.Polygon, error) {
	mp, err := polygons(shape)
	if err != nil {
		return nil, err
	}
	// Cut a little outside, so that the cut edges are not seen.
	return drawing.ClipPolygons(projected(mp, s.crs, s.frame.toPage), s.frame.Map.Inset(-2)), nil
}

// detailMM is how near a point may lie to the line between two others and be
// left out: a twelfth of the finest line. Most are there because edges in the
// store are dense.
const detailMM = 0.01

func projected(mp orb.MultiPolygon, crs geo.CRS, toPage func(eastM, northM float64) drawing.Point) []drawing.Polygon {
	var out []drawing.Polygon
	for _, polygon := range mp {
		var rings drawing.Polygon
		for _, ring := range polygon {
			line := make([]drawing.Point, len(ring))
			for i, p := range ring {
				line[i] = toPage(crs.Forward(p[0], p[1]))
			}
			if line = drawing.Thin(line, detailMM); len(line) < 4 {
				if len(rings) == 0 {
					break // nothing is left of the polygon
				}
				continue
			}
			rings = append(rings, line)
		}
		if len(rings) > 0 {
			out = append(out, rings)
		}
	}
	return out
}

// Frame is what the map shows.
func (s *Sheet) Frame() Frame { return s.frame }
