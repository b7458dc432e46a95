package mapsheet

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"github.com/taohe-gis/taohe/report/drawing"
)

const (
	insetMM        = 42.0
	countyCodeLong = 6
)

// insetShapes are the county and its townships in the plane. Without a layer of
// divisions the box that the county was registered with stands for it.
func (s *Sheet) insetShapes() (county, townships orb.MultiPolygon, err error) {
	for _, v := range s.sortedDivisions() {
		mp, err := polygons(v.EWKB)
		if err != nil {
			return nil, nil, fmt.Errorf("division %s: %w", v.Code, err)
		}
		if len(v.Code) == countyCodeLong {
			county = append(county, mp...)
		} else {
			townships = append(townships, mp...)
		}
	}
	if len(county)+len(townships) == 0 {
		if e := s.CountyExtent; e.West < e.East && e.South < e.North {
			county = orb.MultiPolygon{orb.Bound{Min: orb.Point{e.West, e.South}, Max: orb.Point{e.East, e.North}}.ToPolygon()}
		}
	}
	return county, townships, nil
}

func (s *Sheet) drawInset(d *drawing.Drawing, at drawing.Rect, county, townships orb.MultiPolygon) {
	f := s.frame
	box := drawing.Rect{X0: f.WestM, Y0: f.SouthM, X1: f.EastM, Y1: f.NorthM}
	for _, p := range append(append(orb.MultiPolygon{}, county...), townships...) {
		for _, q := range p[0] {
			east, north := s.crs.Forward(q[0], q[1])
			box = drawing.Rect{X0: min(box.X0, east), Y0: min(box.Y0, north), X1: max(box.X1, east), Y1: max(box.Y1, north)}
		}
	}
	perM := 0.94 * min(at.Width()/box.Width(), at.Height()/box.Height())
	middle := drawing.Point{X: (at.X0 + at.X1) / 2, Y: (at.Y0 + at.Y1) / 2}
	toPage := func(eastM, northM float64) drawing.Point {
		return drawing.Point{X: middle.X + (eastM-(box.X0+box.X1)/2)*perM, Y: middle.Y - (northM-(box.Y0+box.Y1)/2)*perM}
	}
	ground := look{fill: drawing.RGB(0xF7F3E8)}
	ground.draw(d, projected(append(append(orb.MultiPolygon{}, county...), townships...), s.crs, toPage), at)
	look{line: line(0x9E9E9E, 0.18)}.draw(d, projected(townships, s.crs, toPage), at)
	look{line: line(0x424242, 0.35)}.draw(d, projected(county, s.crs, toPage), at)
	d.Stroke([][]drawing.Point{at.Ring()}, drawing.Pen{Color: black, WidthMM: 0.15})

	names := labels{frame: at, drawing: d}
	for _, v := range s.Divisions {
		if len(v.Code) == countyCodeLong {
			continue
		}
		if mp, err := polygons(v.EWKB); err == nil { // it was read before
			names.later(projected(mp, s.crs, toPage), v.Name, grey, named, 1)
		}
	}
	names.place()

	nw, se := toPage(f.WestM, f.NorthM), toPage(f.EastM, f.SouthM)
	shown := drawing.Rect{X0: nw.X, Y0: nw.Y, X1: se.X, Y1: se.Y}
	// A frame too small to be seen is drawn larger.
	if grow := (2 - math.Min(shown.Width(), shown.Height())) / 2; grow > 0 {
		shown = shown.Inset(-grow)
	}
	d.Fill([]drawing.Polygon{shown.Polygon()}, licenced.Opacity(60))
	d.Stroke(drawing.ClipLines([][]drawing.Point{shown.Ring()}, at), drawing.Pen{Color: licenced, WidthMM: 0.4})
}
