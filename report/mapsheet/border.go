package mapsheet

import (
	"fmt"
	"math"
	"strings"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/report/drawing"
)

// niceStep is the smallest of 1, 2, 5 times a power of ten that is not below v.
func niceStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, n := range []float64{1, 2, 5} {
		if n*power >= v*(1-1e-9) {
			return n * power
		}
	}
	return 10 * power
}

// gridM is the distance of grid lines: at least 36 mm on paper, a round number.
func (s *Sheet) gridM() float64 { return niceStep(36 * s.frame.ScaleDenominator / 1000) }

// lines are the multiples of step inside a range.
func lines(from, to, step float64) []float64 {
	var out []float64
	for k := math.Ceil(from / step); k*step <= to; k++ {
		out = append(out, k*step)
	}
	return out
}

// drawGrid draws a cross where grid lines meet.
func (s *Sheet) drawGrid(d *drawing.Drawing) {
	f, step := s.frame, s.gridM()
	pen := drawing.Pen{Color: black, WidthMM: 0.13}
	for _, north := range lines(f.SouthM, f.NorthM, step) {
		for _, east := range lines(f.WestM, f.EastM, step) {
			at := f.toPage(east, north)
			for _, cross := range [][]drawing.Point{{{X: at.X - 2.5, Y: at.Y}, {X: at.X + 2.5, Y: at.Y}}, {{X: at.X, Y: at.Y - 2.5}, {X: at.X, Y: at.Y + 2.5}}} {
				d.Stroke(drawing.ClipLines([][]drawing.Point{cross}, f.Map), pen)
			}
		}
	}
}

// drawBorder draws the frame with the coordinates along it: grid numbers in
// metres, the easting with the number of its zone, and longitude and latitude
// of the corners.
func (s *Sheet) drawBorder(d *drawing.Drawing) {
	f, step := s.frame, s.gridM()
	m, outer := f.Map, f.Map.Inset(-bandMM)
	for _, edge := range edges(m) {
		d.Stroke([][]drawing.Point{edge}, drawing.Pen{Color: black, WidthMM: 0.2})
	}
	for _, edge := range edges(outer) {
		d.Stroke([][]drawing.Point{edge}, drawing.Pen{Color: black, WidthMM: 0.6})
	}
	const size = 2.2
	style := drawing.Style{SizeMM: size, Color: black}
	tick := drawing.Pen{Color: black, WidthMM: 0.2}
	corner := func(eastM, northM float64) (lon, lat string) {
		x, y := f.CRS.Inverse(eastM, northM)
		return dms(x) + "E", dms(y) + "N"
	}
	// Longitudes at both ends above and below, latitudes to both sides.
	room := d.Measure("109°59′59.99″E", size) + 3
	for _, c := range []struct {
		east, north float64
		x, y        float64
		anchor, up  drawing.Anchor
		left        float64
	}{
		{f.WestM, f.NorthM, m.X0, outer.Y0 + bandMM/2, drawing.Left, drawing.Right, outer.X0 + bandMM/2},
		{f.EastM, f.NorthM, m.X1, outer.Y0 + bandMM/2, drawing.Right, drawing.Right, outer.X1 - bandMM/2},
		{f.WestM, f.SouthM, m.X0, outer.Y1 - bandMM/2, drawing.Left, drawing.Left, outer.X0 + bandMM/2},
		{f.EastM, f.SouthM, m.X1, outer.Y1 - bandMM/2, drawing.Right, drawing.Left, outer.X1 - bandMM/2},
	} {
		lon, lat := corner(c.east, c.north)
		style := style
		style.Anchor = c.anchor
		d.Text(drawing.Point{X: c.x, Y: c.y}, lon, style)
		style.Anchor, style.Up = c.up, true
		y := m.Y0
		if c.up == drawing.Left {
			y = m.Y1
		}
		d.Text(drawing.Point{X: c.left, Y: y}, lat, style)
	}
	style.Anchor = drawing.Center
	for _, east := range lines(f.WestM, f.EastM, step) {
		x := f.toPage(east, 0).X
		for _, y := range [][2]float64{{m.Y0, m.Y0 - 1}, {m.Y1, m.Y1 + 1}} {
			d.Stroke([][]drawing.Point{{{X: x, Y: y[0]}, {X: x, Y: y[1]}}}, tick)
		}
		text := fmt.Sprintf("%.0f", east)
		if half := d.Measure(text, size) / 2; x-half > m.X0+room && x+half < m.X1-room {
			d.Text(drawing.Point{X: x, Y: m.Y0 - bandMM/2 - 0.3}, text, style)
			d.Text(drawing.Point{X: x, Y: m.Y1 + bandMM/2 + 0.3}, text, style)
		}
	}
	style.Up = true
	for _, north := range lines(f.SouthM, f.NorthM, step) {
		y := f.toPage(0, north).Y
		for _, x := range [][2]float64{{m.X0, m.X0 - 1}, {m.X1, m.X1 + 1}} {
			d.Stroke([][]drawing.Point{{{X: x[0], Y: y}, {X: x[1], Y: y}}}, tick)
		}
		text := fmt.Sprintf("%.0f", north)
		if half := d.Measure(text, size) / 2; y-half > m.Y0+room && y+half < m.Y1-room {
			d.Text(drawing.Point{X: m.X0 - bandMM/2 - 0.3, Y: y}, text, style)
			d.Text(drawing.Point{X: m.X1 + bandMM/2 + 0.3, Y: y}, text, style)
		}
	}
}

// edges are the four sides, each by itself: what is drawn has a small box then.
func edges(r drawing.Rect) [][]drawing.Point {
	// Lengthened by a hair, so that thick lines meet at the corners.
	const hair = 0.1
	return [][]drawing.Point{
		{{X: r.X0 - hair, Y: r.Y0}, {X: r.X1 + hair, Y: r.Y0}},
		{{X: r.X0 - hair, Y: r.Y1}, {X: r.X1 + hair, Y: r.Y1}},
		{{X: r.X0, Y: r.Y0 - hair}, {X: r.X0, Y: r.Y1 + hair}},
		{{X: r.X1, Y: r.Y0 - hair}, {X: r.X1, Y: r.Y1 + hair}},
	}
}

// dms writes degrees to a hundredth of a second, 0.3 m.
func dms(deg float64) string {
	const unit = 3600 * 100
	text := geo.FormatDMS(math.Round(deg*unit) / unit)
	return strings.TrimSuffix(text, "00″") + "″"
}

// convergenceDeg is the angle from true north to grid north in the middle of
// the map, east positive.
func (s *Sheet) convergenceDeg() float64 {
	f := s.frame
	lon, lat := f.CRS.Inverse((f.WestM+f.EastM)/2, (f.SouthM+f.NorthM)/2)
	const step = 1e-3
	e0, n0 := f.CRS.Forward(lon, lat-step)
	e1, n1 := f.CRS.Forward(lon, lat+step)
	return -math.Atan2(e1-e0, n1-n0) * 180 / math.Pi
}

const arrowMM = 15.0

func (s *Sheet) northArrowBox() drawing.Rect {
	m := s.frame.Map
	return drawing.Rect{X0: m.X1 - 13, Y0: m.Y0 + 1.5, X1: m.X1 - 1.5, Y1: m.Y0 + 1.5 + arrowMM + 6}
}

// drawNorthArrow draws grid north, which is up, in the upper right of the map.
func (s *Sheet) drawNorthArrow(d *drawing.Drawing) {
	box := s.northArrowBox()
	d.Fill([]drawing.Polygon{box.Polygon()}, white.Opacity(215))
	x, top := (box.X0+box.X1)/2, box.Y0+4.5
	foot, notch := top+12, top+9.5
	d.Text(drawing.Point{X: x, Y: box.Y0 + 2.2}, "N", drawing.Style{SizeMM: 3.6, Color: black, Anchor: drawing.Center})
	right := []drawing.Point{{X: x, Y: top}, {X: x + 3.2, Y: foot}, {X: x, Y: notch}}
	left := []drawing.Point{{X: x, Y: top}, {X: x - 3.2, Y: foot}, {X: x, Y: notch}, {X: x, Y: top}}
	d.Fill([]drawing.Polygon{{right}}, black)
	d.Stroke([][]drawing.Point{left}, drawing.Pen{Color: black, WidthMM: 0.2})
	d.Text(drawing.Point{X: x, Y: foot + 2}, "坐标北", drawing.Style{SizeMM: 2.2, Color: black, Anchor: drawing.Center})
}
