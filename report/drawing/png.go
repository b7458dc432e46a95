package drawing

import (
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/vector"
)

// Raster is the page as pixels.
func (d *Drawing) Raster(dpi int) *image.RGBA {
	c := &canvas{perMM: float64(dpi) / 25.4, font: d.font}
	c.page = image.NewRGBA(image.Rect(0, 0, int(math.Round(d.WidthMM*c.perMM)), int(math.Round(d.HeightMM*c.perMM))))
	draw.Draw(c.page, c.page.Bounds(), image.White, image.Point{}, draw.Src)
	for _, item := range d.items {
		switch item := item.(type) {
		case fill:
			c.fill(item)
		case stroke:
			c.stroke(item)
		case letters:
			c.letters(item)
		case picture:
			c.picture(item)
		}
	}
	return c.page
}

type canvas struct {
	page  *image.RGBA
	perMM float64
	font  *Font
	z     vector.Rasterizer
	path  []segment // in pixels
	mask  []byte    // how much of each pixel of a box is painted
}

func (c *canvas) pixel(p Point) Point { return Point{p.X * c.perMM, p.Y * c.perMM} }

func (c *canvas) move(p Point) {
	c.path = append(c.path, segment{op: sfnt.SegmentOpMoveTo, points: [3]Point{p}})
}

func (c *canvas) line(p Point) {
	c.path = append(c.path, segment{op: sfnt.SegmentOpLineTo, points: [3]Point{p}})
}

// paint fills the path and forgets it. The rasteriser is as large as the path:
// its cost grows with its size.
func (c *canvas) paint(col Color) {
	path := c.path
	c.path = c.path[:0]
	box := Rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, s := range path {
		for _, p := range s.points[:arity(s.op)] {
			box = Rect{min(box.X0, p.X), min(box.Y0, p.Y), max(box.X1, p.X), max(box.Y1, p.Y)}
		}
	}
	// Where all lies off the page there is nothing; NaN neither.
	page := c.page.Bounds()
	if !(box.X1 > 0 && box.Y1 > 0 && box.X0 < float64(page.Max.X) && box.Y0 < float64(page.Max.Y)) {
		return
	}
	x0, y0 := math.Floor(box.X0), math.Floor(box.Y0)
	r := image.Rect(int(x0), int(y0), int(math.Ceil(box.X1))+1, int(math.Ceil(box.Y1))+1)
	c.z.Reset(r.Dx(), r.Dy())
	at := func(p Point) (x, y float32) { return float32(p.X - x0), float32(p.Y - y0) }
	for i, s := range path {
		ax, ay := at(s.points[0])
		bx, by := at(s.points[1])
		cx, cy := at(s.points[2])
		switch s.op {
		case sfnt.SegmentOpMoveTo:
			if i > 0 {
				c.z.ClosePath()
			}
			c.z.MoveTo(ax, ay)
		case sfnt.SegmentOpLineTo:
			c.z.LineTo(ax, ay)
		case sfnt.SegmentOpQuadTo:
			c.z.QuadTo(ax, ay, bx, by)
		case sfnt.SegmentOpCubeTo:
			c.z.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	c.z.ClosePath()
	c.mask = slices.Grow(c.mask[:0], r.Dx()*r.Dy())[:r.Dx()*r.Dy()]
	mask := image.Alpha{Pix: c.mask, Stride: r.Dx(), Rect: image.Rectangle{Max: r.Size()}}
	c.z.DrawOp = draw.Src // over what the last path left there
	c.z.Draw(&mask, mask.Rect, image.Opaque, image.Point{})
	c.blend(mask, r, color.NRGBA(col))
}

// blend lays a colour over a part of the page as a mask says. Of most boxes the
// most is empty, and what is not is covered whole: the rasteriser reckons each
// pixel of the box.
func (c *canvas) blend(mask image.Alpha, at image.Rectangle, col color.NRGBA) {
	const most = 0xffff
	sr, sg, sb, sa := col.RGBA()
	seen := at.Intersect(c.page.Rect)
	for y := seen.Min.Y; y < seen.Max.Y; y++ {
		row := mask.Pix[(y-at.Min.Y)*mask.Stride:][seen.Min.X-at.Min.X : seen.Max.X-at.Min.X]
		pixels := c.page.Pix[c.page.PixOffset(seen.Min.X, y):][:4*len(row)]
		for x := 0; x < len(row); x++ {
			if row[x] == 0 {
				for x+8 < len(row) && binary.NativeEndian.Uint64(row[x+1:]) == 0 {
					x += 8
				}
				continue
			}
			p := pixels[4*x : 4*x+4 : 4*x+4]
			if row[x] == 255 && col.A == 255 {
				p[0], p[1], p[2], p[3] = col.R, col.G, col.B, 255
				continue
			}
			ma := uint32(row[x]) * 0x101
			left := (most - sa*ma/most) * 0x101
			p[0] = uint8((uint32(p[0])*left + sr*ma) / most >> 8)
			p[1] = uint8((uint32(p[1])*left + sg*ma) / most >> 8)
			p[2] = uint8((uint32(p[2])*left + sb*ma) / most >> 8)
			p[3] = uint8((uint32(p[3])*left + sa*ma) / most >> 8)
		}
	}
}

func arity(op sfnt.SegmentOp) int {
	switch op {
	case sfnt.SegmentOpQuadTo:
		return 2
	case sfnt.SegmentOpCubeTo:
		return 3
	}
	return 1
}

func (c *canvas) fill(f fill) {
	for _, ring := range f.rings {
		for i, p := range ring {
			if i == 0 {
				c.move(c.pixel(p))
			} else {
				c.line(c.pixel(p))
			}
		}
	}
	c.paint(f.color)
}

// stroke draws each stretch of a line as a rectangle and each bend as a disc,
// all turning one way, so that together they cover once. An opaque line is
// painted in small lots, whose boxes are small.
func (c *canvas) stroke(s stroke) {
	const lotPixels = 1 << 16
	half := s.width / 2 * c.perMM
	var box Rect
	for _, line := range s.lines {
		for i := 1; i < len(line); i++ {
			a, b := c.pixel(line[i-1]), c.pixel(line[i])
			long := math.Hypot(b.X-a.X, b.Y-a.Y)
			if !(long > 0) {
				continue
			}
			grown := Rect{min(a.X, b.X), min(a.Y, b.Y), max(a.X, b.X), max(a.Y, b.Y)}
			if len(c.path) > 0 {
				grown = Rect{min(grown.X0, box.X0), min(grown.Y0, box.Y0), max(grown.X1, box.X1), max(grown.Y1, box.Y1)}
				if s.color.A == 255 && grown.Width()*grown.Height() > lotPixels {
					c.paint(s.color)
					grown = Rect{min(a.X, b.X), min(a.Y, b.Y), max(a.X, b.X), max(a.Y, b.Y)}
				}
			}
			box = grown
			nx, ny := -(b.Y-a.Y)/long*half, (b.X-a.X)/long*half
			c.move(Point{a.X + nx, a.Y + ny})
			c.line(Point{b.X + nx, b.Y + ny})
			c.line(Point{b.X - nx, b.Y - ny})
			c.line(Point{a.X - nx, a.Y - ny})
			var next Point
			switch {
			case i+1 < len(line):
				next = c.pixel(line[i+1])
			case len(line) > 2 && line[0] == line[i]:
				next = c.pixel(line[1])
			default:
				continue // blunt ends
			}
			if bends(a, b, next) {
				c.disc(b, half)
			}
		}
	}
	c.paint(s.color)
}

// bends says whether a line turns at b by more than some 10°: less leaves no gap,
// and a disc on a straight line would show at its edges.
func bends(a, b, next Point) bool {
	ux, uy, vx, vy := b.X-a.X, b.Y-a.Y, next.X-b.X, next.Y-b.Y
	return ux*vx+uy*vy < 0.985*math.Hypot(ux, uy)*math.Hypot(vx, vy)
}

func (c *canvas) disc(at Point, radius float64) {
	if radius < 0.6 {
		return // a bend of so thin a line shows no gap
	}
	const corners = 12
	for i := range corners {
		sin, cos := math.Sincos(-2 * math.Pi * float64(i) / corners)
		p := Point{at.X + radius*cos, at.Y + radius*sin}
		if i == 0 {
			c.move(p)
		} else {
			c.line(p)
		}
	}
}

func (c *canvas) letters(l letters) {
	pen := l.at
	for _, r := range l.text {
		g := c.font.glyph(r)
		for _, s := range g.outline {
			for i, p := range s.points {
				p = Point{p.X * l.size, p.Y * l.size}
				if l.up {
					p = Point{p.Y, -p.X}
				}
				s.points[i] = c.pixel(Point{pen.X + p.X, pen.Y + p.Y})
			}
			c.path = append(c.path, s)
		}
		c.paint(l.color)
		if l.up {
			pen.Y -= g.advance * l.size
		} else {
			pen.X += g.advance * l.size
		}
	}
}

func (c *canvas) picture(p picture) {
	pixels := func(r Rect) image.Rectangle {
		return image.Rect(int(math.Round(r.X0*c.perMM)), int(math.Round(r.Y0*c.perMM)), int(math.Round(r.X1*c.perMM)), int(math.Round(r.Y1*c.perMM)))
	}
	window, ok := c.page.SubImage(pixels(p.clip)).(*image.RGBA)
	if !ok || window.Bounds().Empty() || p.image.Bounds().Empty() {
		return
	}
	xdraw.BiLinear.Scale(window, pixels(p.at), p.image, p.image.Bounds(), xdraw.Over, nil)
}
