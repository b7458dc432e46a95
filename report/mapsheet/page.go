package mapsheet

import "github.com/taohe-gis/taohe/report/drawing"

// A page is where the parts of a map stand, in millimetres.
type page struct {
	width, height float64
	title         drawing.Rect
	frame         drawing.Rect   // the map
	strip         drawing.Rect   // scale and notes, beneath it
	columns       []drawing.Rect // legend and tables: beside it, or beneath on an upright page
}

const (
	marginMM = 9.0
	bandMM   = 5.5 // between the map and the outer line, for coordinates
	titleMM  = 15.0
	stripMM  = 19.0
	gapMM    = 3.0
	columnMM = 66.0
)

func newPage(paper Paper, landscape bool) page {
	p := page{width: 297, height: 210}
	if paper == A3 {
		p.width, p.height = 420, 297
	}
	if !landscape {
		p.width, p.height = p.height, p.width
	}
	all := drawing.Rect{X0: marginMM, Y0: marginMM - 2, X1: p.width - marginMM, Y1: p.height - marginMM + 2}
	p.title = drawing.Rect{X0: all.X0, Y0: all.Y0, X1: all.X1, Y1: all.Y0 + titleMM}
	outer := drawing.Rect{X0: all.X0, Y0: p.title.Y1, X1: all.X1, Y1: all.Y1}
	if landscape {
		outer.X1 -= columnMM + gapMM
		outer.Y1 -= stripMM
		p.columns = []drawing.Rect{{X0: all.X1 - columnMM, Y0: p.title.Y1, X1: all.X1, Y1: all.Y1}}
		p.strip = drawing.Rect{X0: outer.X0, Y0: outer.Y1 + 1.5, X1: outer.X1, Y1: all.Y1}
	} else {
		// As high as three columns of an A4 need for a mine with everything.
		beneath := 80.0
		outer.Y1 -= stripMM + beneath
		p.strip = drawing.Rect{X0: outer.X0, Y0: outer.Y1 + 1.5, X1: outer.X1, Y1: outer.Y1 + stripMM}
		n := int((all.Width() + gapMM) / (60 + gapMM))
		each := (all.Width() - float64(n-1)*gapMM) / float64(n)
		for i := range n {
			x := all.X0 + float64(i)*(each+gapMM)
			p.columns = append(p.columns, drawing.Rect{X0: x, Y0: p.strip.Y1 + gapMM, X1: x + each, Y1: all.Y1})
		}
	}
	p.frame = outer.Inset(bandMM)
	return p
}
