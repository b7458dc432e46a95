// Package drawing is a page of filled polygons, lines, letters and pictures in
// millimetres, written as a PNG or as a vector PDF. Both writers draw the one
// list of items, so both show the same; the same list gives the same bytes.
//
// Dashes, hatches and clipping are worked out before anything is drawn, once
// for both. The package knows nothing of maps, reads no clock, and reads no
// file but the font it is told to open.
package drawing

import "image"

// A Point is a place on the page in millimetres from its upper left corner, y
// downwards.
type Point struct{ X, Y float64 }

// A Rect is an upright rectangle of the page in millimetres.
type Rect struct{ X0, Y0, X1, Y1 float64 }

// Width is that of the rectangle in millimetres.
func (r Rect) Width() float64 { return r.X1 - r.X0 }

// Height is that of the rectangle in millimetres.
func (r Rect) Height() float64 { return r.Y1 - r.Y0 }

// Inset is the rectangle made smaller by mm on each side.
func (r Rect) Inset(mm float64) Rect { return Rect{r.X0 + mm, r.Y0 + mm, r.X1 - mm, r.Y1 - mm} }

// Contains says whether p lies in the rectangle or on its border.
func (r Rect) Contains(p Point) bool {
	return r.X0 <= p.X && p.X <= r.X1 && r.Y0 <= p.Y && p.Y <= r.Y1
}

// Overlaps says whether the rectangles have ground in common.
func (r Rect) Overlaps(o Rect) bool {
	return r.X0 < o.X1 && o.X0 < r.X1 && r.Y0 < o.Y1 && o.Y0 < r.Y1
}

// Ring is the border of the rectangle, closed.
func (r Rect) Ring() []Point {
	return []Point{{r.X0, r.Y0}, {r.X1, r.Y0}, {r.X1, r.Y1}, {r.X0, r.Y1}, {r.X0, r.Y0}}
}

// Polygon is the rectangle as one.
func (r Rect) Polygon() Polygon { return Polygon{r.Ring()} }

// A Polygon is an outer ring and its holes; whichever way they turn, and closed
// or not.
type Polygon [][]Point

// A Color is red, green, blue and opacity, 0 to 255, not premultiplied.
type Color struct{ R, G, B, A uint8 }

// RGB is an opaque colour written as in 0xRRGGBB.
func RGB(hex uint32) Color { return Color{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 255} }

// Opacity is the colour at another opacity.
func (c Color) Opacity(a uint8) Color { c.A = a; return c }

// A Pen is what lines are drawn with.
type Pen struct {
	Color   Color
	WidthMM float64
	DashMM  []float64 // lengths on and off by turns; none for a whole line
}

// A Drawing is a page in the making: its items in the order in which they
// cover each other.
type Drawing struct {
	WidthMM, HeightMM float64
	// Title is what a PDF reader shows for the file.
	Title string

	font    *Font
	items   []any
	missing map[rune]bool
}

type fill struct {
	rings [][]Point // outer rings turn one way and holes the other
	color Color
}

type stroke struct {
	lines [][]Point
	color Color
	width float64
}

type letters struct {
	text  string
	at    Point // where the base line begins
	size  float64
	up    bool // written upwards
	color Color
}

type picture struct {
	image    image.Image
	at, clip Rect
}

// New is an empty page of a size.
func New(widthMM, heightMM float64, font *Font) *Drawing {
	return &Drawing{WidthMM: widthMM, HeightMM: heightMM, font: font, missing: map[rune]bool{}}
}

// Fill fills polygons; ground that several cover is covered once.
func (d *Drawing) Fill(polygons []Polygon, c Color) {
	f := fill{color: c}
	for _, p := range polygons {
		for i, ring := range p {
			if len(ring) > 2 {
				f.rings = append(f.rings, turned(ring, i == 0))
			}
		}
	}
	if len(f.rings) > 0 {
		d.items = append(d.items, f)
	}
}

// Stroke draws lines.
func (d *Drawing) Stroke(lines [][]Point, p Pen) {
	if len(p.DashMM) > 0 {
		lines = dashed(lines, p.DashMM)
	}
	s := stroke{color: p.Color, width: p.WidthMM}
	for _, l := range lines {
		if len(l) > 1 {
			s.lines = append(s.lines, l)
		}
	}
	if len(s.lines) > 0 {
		d.items = append(d.items, s)
	}
}

// An Anchor is the part of a text that stands at its place.
type Anchor int

// Where a text begins, has its middle, or ends.
const (
	Left Anchor = iota
	Center
	Right
)

// A Style is how a text is written; the zero Anchor is Left.
type Style struct {
	SizeMM float64 // of the em
	Color  Color
	Anchor Anchor
	Up     bool // upwards, as along the left edge of a map
}

// Text writes a line whose middle height is at p. A character that the font has
// not is written as an empty box, and told by Missing.
func (d *Drawing) Text(p Point, text string, s Style) {
	for _, r := range text {
		if d.font.glyph(r).missing {
			d.missing[r] = true
		}
	}
	along := -float64(s.Anchor) / 2 * d.Measure(text, s.SizeMM)
	// Capitals, figures and Chinese characters alike have their middle about
	// 0.37 em above the base line.
	down := 0.37 * s.SizeMM
	at := Point{p.X + along, p.Y + down}
	if s.Up {
		at = Point{p.X + down, p.Y - along}
	}
	d.items = append(d.items, letters{text, at, s.SizeMM, s.Up, s.Color})
}

// Measure is the length of a line of text in millimetres.
func (d *Drawing) Measure(text string, sizeMM float64) float64 {
	em := 0.0
	for _, r := range text {
		em += d.font.glyph(r).advance
	}
	return em * sizeMM
}

// Missing are the characters written so far that the font has not.
func (d *Drawing) Missing() []rune { return sortedKeys(d.missing) }

// Picture puts an image over the rectangle at, as far as clip goes. What it
// leaves transparent becomes white: paper has nothing beneath.
func (d *Drawing) Picture(m image.Image, at, clip Rect) {
	d.items = append(d.items, picture{m, at, clip})
}
