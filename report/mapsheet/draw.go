package mapsheet

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/taohe-gis/taohe/report"
	"github.com/taohe-gis/taohe/report/drawing"
)

// Draw draws the sheet.
func (s *Sheet) Draw(font *drawing.Font) (*drawing.Drawing, error) {
	d := drawing.New(s.page.width, s.page.height, font)
	d.Title = s.title() + " " + s.mine.Mine.LicenceNo
	if err := s.drawMap(d); err != nil {
		return nil, fmt.Errorf("map of %s: %w", s.mine.Mine.LicenceNo, err)
	}
	s.drawBorder(d)
	s.drawTitle(d)
	if err := s.drawPanel(d); err != nil {
		return nil, fmt.Errorf("map of %s: %w", s.mine.Mine.LicenceNo, err)
	}
	s.drawStrip(d)
	return d, nil
}

func (s *Sheet) title() string {
	name := s.mine.Mine.MineName
	if name == "" {
		name = s.mine.Mine.Enterprise
	}
	return name + "影像套合图"
}

// drawMap draws what lies in the frame, from the ground up.
func (s *Sheet) drawMap(d *drawing.Drawing) error {
	frame := s.frame.Map
	if o := s.Orthophoto; o != nil {
		nw, se := s.frame.toPage(o.WestM, o.NorthM), s.frame.toPage(o.EastM, o.SouthM)
		d.Picture(o.Image, drawing.Rect{X0: nw.X, Y0: nw.Y, X1: se.X, Y1: se.Y}, frame)
	}
	l := labels{frame: frame, drawing: d}
	l.taken = append(l.taken, s.northArrowBox())
	if err := s.drawAround(d, &l); err != nil {
		return err
	}
	if err := s.drawGround(d); err != nil {
		return err
	}
	s.drawGrid(d)
	for i, a := range s.mine.Approvals {
		p, err := s.onPage(s.mine.Shapes.Approved[i])
		if err != nil {
			return fmt.Errorf("approval %s: %w", a.ApprovalNo, err)
		}
		look := approvalLook(a, s.mine.Run.AsOf)
		if s.Orthophoto != nil {
			casing(d, p, frame)
		}
		look.draw(d, p, frame)
		l.later(p, "批"+strconv.Itoa(i+1), look.line.Color, plain, 1)
	}
	for i, f := range s.mine.Findings {
		p, err := s.onPage(s.mine.Shapes.Findings[i])
		if err != nil {
			return fmt.Errorf("%s: %w", f.Rule, err)
		}
		h := hatchOf(f.Rule)
		if s.Orthophoto != nil {
			casing(d, p, frame)
		}
		h.draw(d, p, frame)
		l.later(p, strconv.Itoa(i+1), h.color, circled, 5)
	}
	if err := s.drawLicence(d, &l); err != nil {
		return err
	}
	l.place()
	s.drawNorthArrow(d)
	return nil
}

// casing puts white beneath an outline, which would not be seen on a picture.
func casing(d *drawing.Drawing, p []drawing.Polygon, frame drawing.Rect) {
	d.Stroke(drawing.ClipLines(drawing.Outlines(p), frame), drawing.Pen{Color: white, WidthMM: 0.8})
}

// drawAround draws the layers around the mine, each as one so that rows that
// touch show no seam, and names protected areas, water sources and neighbours.
func (s *Sheet) drawAround(d *drawing.Drawing, l *labels) error {
	for _, layer := range around {
		var all []drawing.Polygon
		for _, g := range s.Around {
			if g.Layer != layer.layer {
				continue
			}
			p, err := s.onPage(g.EWKB)
			if err != nil {
				return fmt.Errorf("%s %s: %w", g.Layer, g.Name, err)
			}
			all = append(all, p...)
			if layer.look.line.WidthMM > 0 && g.Name != "" {
				l.later(p, g.label(), layer.look.line.Color, named, 1)
			}
		}
		layer.look.draw(d, all, s.frame.Map)
	}
	return nil
}

// label is the name with the zone or grade.
func (g Ground) label() string {
	zone := g.Class
	if g.Layer == "protected_area" {
		_, zone, _ = strings.Cut(g.Class, "/")
	}
	if zone == "" || g.Layer == "mining_right" {
		return g.Name
	}
	return g.Name + "（" + report.Word(zone) + "）"
}

// drawGround draws the mine's ground as seen, and patches that await a person.
func (s *Sheet) drawGround(d *drawing.Drawing) error {
	var ground []drawing.Polygon
	for _, part := range s.mine.Shapes.Parts {
		p, err := s.onPage(part.EWKB)
		if err != nil {
			return fmt.Errorf("ground: %w", err)
		}
		ground = append(ground, p...)
	}
	lookGround.draw(d, ground, s.frame.Map)
	for i, patch := range s.mine.Shapes.Patches {
		p, err := s.onPage(patch)
		if err != nil {
			return fmt.Errorf("patch %s: %w", s.mine.Unconfirmed[i].PatchNo, err)
		}
		lookUnconfirmed.draw(d, p, s.frame.Map)
	}
	return nil
}

// maxCorners is how many corners of a licence are marked at most: more could
// not be told apart.
const maxCorners = 400

// drawLicence draws the border of the licence with its corners, numbered
// clockwise from the north-west.
func (s *Sheet) drawLicence(d *drawing.Drawing, l *labels) error {
	p, err := s.onPage(s.mine.Shapes.Licence)
	if err != nil {
		return err
	}
	outlines := drawing.ClipLines(drawing.Outlines(p), s.frame.Map)
	d.Stroke(outlines, drawing.Pen{Color: white, WidthMM: 1.2})
	d.Stroke(outlines, lookLicence.line)
	l.keepOff(outlines)
	if len(s.corners) > maxCorners {
		return nil // the notes say so
	}
	for _, c := range s.corners {
		at := s.frame.toPage(c.eastM, c.northM)
		drawCorner(d, at)
		l.near(at, c.outward, strconv.Itoa(c.no), licenced)
	}
	return nil
}

func drawCorner(d *drawing.Drawing, at drawing.Point) {
	disc := func(radius float64) drawing.Polygon {
		var ring []drawing.Point
		for i := range 16 {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / 16)
			ring = append(ring, drawing.Point{X: at.X + radius*cos, Y: at.Y + radius*sin})
		}
		return drawing.Polygon{ring}
	}
	d.Fill([]drawing.Polygon{disc(0.75)}, licenced)
	d.Fill([]drawing.Polygon{disc(0.4)}, white)
}
