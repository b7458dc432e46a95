package mapsheet

import (
	"math"
	"slices"
	"unicode/utf8"

	"github.com/taohe-gis/taohe/report/drawing"
)

// How a label looks.
type labelKind int

const (
	plain   labelKind = iota // on a white ground
	circled                  // in a circle: the number of a finding
	named                    // the name of ground around: left out where there is no room
)

const (
	labelMM = 2.5 // size of letters
	nameMM  = 2.3
)

// labels are placed when all is drawn, so that nothing covers them and none
// covers another. Numbers of findings come first, then approvals and corners;
// names of what lies around take the room that is left.
type labels struct {
	frame   drawing.Rect
	drawing *drawing.Drawing
	taken   []drawing.Rect
	border  []drawing.Rect // of the licence, which names do not cover
	waiting []label
}

type label struct {
	text   string
	color  drawing.Color
	kind   labelKind
	places []drawing.Point // the best first
	anchor drawing.Point   // what it speaks of, for a line where it had to move away
	corner bool
}

// smallMM2 is the size on paper under which a further piece bears no number.
const smallMM2 = 12

// later asks for a label in each of the largest pieces.
func (l *labels) later(polygons []drawing.Polygon, text string, color drawing.Color, kind labelKind, most int) {
	polygons = drawing.ClipPolygons(polygons, l.frame)
	slices.SortStableFunc(polygons, func(a, b drawing.Polygon) int {
		switch x, y := drawing.AreaMM2(a), drawing.AreaMM2(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	for i, p := range polygons {
		if i > 0 && (i >= most || drawing.AreaMM2(p) < smallMM2) {
			break
		}
		if places := drawing.Widest(p, 9); len(places) > 0 {
			l.waiting = append(l.waiting, label{text: text, color: color, kind: kind, places: places, anchor: places[0]})
		}
	}
}

// near asks for a label beside a corner, best in a direction.
func (l *labels) near(at drawing.Point, towardsDeg float64, text string, color drawing.Color) {
	if !l.frame.Contains(at) {
		return
	}
	lab := label{text: text, color: color, anchor: at, corner: true}
	for _, radius := range []float64{2.3, 3.6} {
		for _, turn := range []float64{0, 30, -30, 60, -60, 90, -90, 135, -135, 180} {
			sin, cos := math.Sincos((towardsDeg + turn) * math.Pi / 180)
			lab.places = append(lab.places, drawing.Point{X: at.X + radius*cos, Y: at.Y - radius*sin})
		}
	}
	l.waiting = append(l.waiting, lab)
}

// keepOff keeps names off lines.
func (l *labels) keepOff(lines [][]drawing.Point) {
	const step = 1.5
	for _, line := range lines {
		for i := 1; i < len(line); i++ {
			a, b := line[i-1], line[i]
			pieces := math.Ceil(math.Hypot(b.X-a.X, b.Y-a.Y) / step)
			for k := range int(pieces) {
				t := (float64(k) + 0.5) / pieces
				x, y := a.X+t*(b.X-a.X), a.Y+t*(b.Y-a.Y)
				l.border = append(l.border, drawing.Rect{X0: x - 0.8, Y0: y - 0.8, X1: x + 0.8, Y1: y + 0.8})
			}
		}
	}
}

// place draws the labels.
func (l *labels) place() {
	rank := func(a label) int {
		switch {
		case a.kind == circled:
			return 0
		case a.kind == named:
			return 3
		case a.corner:
			return 2
		}
		return 1
	}
	slices.SortStableFunc(l.waiting, func(a, b label) int { return rank(a) - rank(b) })
	for _, w := range l.waiting {
		if w.kind == circled {
			// Where its own ground is taken, a number stands beside it.
			for _, radius := range []float64{5, 8, 12, 17} {
				for i := range 12 {
					sin, cos := math.Sincos(2 * math.Pi * float64(i) / 12)
					w.places = append(w.places, drawing.Point{X: w.anchor.X + radius*cos, Y: w.anchor.Y + radius*sin})
				}
			}
		}
		for i, at := range w.places {
			box := l.box(w, at)
			if l.free(box) && (w.kind != named || !slices.ContainsFunc(l.border, box.Overlaps)) {
				l.taken = append(l.taken, box)
				if w.kind == circled && i > 0 && math.Hypot(at.X-w.anchor.X, at.Y-w.anchor.Y) > 4.9 {
					l.drawing.Stroke([][]drawing.Point{{w.anchor, at}}, drawing.Pen{Color: w.color, WidthMM: 0.2})
				}
				l.draw(w, at, box)
				break
			}
			if w.kind == circled && i == len(w.places)-1 {
				l.draw(w, w.anchor, l.box(w, w.anchor)) // a number is never left out
			}
		}
	}
}

func (l *labels) box(w label, at drawing.Point) drawing.Rect {
	half := drawing.Point{X: l.drawing.Measure(w.text, w.size())/2 + 0.4, Y: w.size()/2 + 0.2}
	if w.kind == circled {
		r := circleRadius(w.text)
		half = drawing.Point{X: r, Y: r}
	}
	return drawing.Rect{X0: at.X - half.X, Y0: at.Y - half.Y, X1: at.X + half.X, Y1: at.Y + half.Y}
}

func (w label) size() float64 {
	if w.kind == named {
		return nameMM
	}
	return labelMM
}

func (l *labels) free(box drawing.Rect) bool {
	inner := l.frame.Inset(0.5)
	if !inner.Contains(drawing.Point{X: box.X0, Y: box.Y0}) || !inner.Contains(drawing.Point{X: box.X1, Y: box.Y1}) {
		return false
	}
	return !slices.ContainsFunc(l.taken, box.Overlaps)
}

func (l *labels) draw(w label, at drawing.Point, box drawing.Rect) {
	if w.kind == circled {
		drawNumber(l.drawing, at, w.text, w.color)
		return
	}
	l.drawing.Fill([]drawing.Polygon{box.Polygon()}, white.Opacity(190))
	l.drawing.Text(at, w.text, drawing.Style{SizeMM: w.size(), Color: w.color, Anchor: drawing.Center})
}

func circleRadius(text string) float64 { return 1.7 + 0.4*float64(utf8.RuneCountInString(text)-1) }

// drawNumber writes a number of the table of findings in its circle.
func drawNumber(d *drawing.Drawing, at drawing.Point, text string, color drawing.Color) {
	r := circleRadius(text)
	var ring []drawing.Point
	for i := range 33 {
		sin, cos := math.Sincos(2 * math.Pi * float64(i%32) / 32)
		ring = append(ring, drawing.Point{X: at.X + r*cos, Y: at.Y + r*sin})
	}
	d.Fill([]drawing.Polygon{{ring}}, white)
	d.Stroke([][]drawing.Point{ring}, drawing.Pen{Color: color, WidthMM: 0.3})
	d.Text(at, text, drawing.Style{SizeMM: labelMM, Color: color, Anchor: drawing.Center})
}
