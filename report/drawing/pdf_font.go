package drawing

import (
	"fmt"
	"strings"

	"golang.org/x/image/font/sfnt"
)

// pdfFonts are the letters used, as fonts of type 3: each letter is its outline,
// drawn once and referred to wherever it stands. Such a font takes the curves of
// TrueType and of CFF alike, holds only what is used, and with its table of
// characters lets text be searched and copied. A font has room for 256 letters.
type pdfFonts struct {
	font  *Font
	index map[rune]int
	runes []rune
}

const (
	pdfFontLetters = 256
	// emUnits is the size of the em in the numbers of the outlines.
	emUnits = 1000
)

func newPDFFonts(f *Font) *pdfFonts { return &pdfFonts{font: f, index: map[rune]int{}} }

// show appends a line of text. The page runs downwards, so letters are turned
// over once more.
func (f *pdfFonts) show(b []byte, l letters) []byte {
	b = append(b, "BT\n"...)
	pen, open := l.at, -1
	for _, r := range l.text {
		i, known := f.index[r]
		if !known {
			i = len(f.runes)
			f.index[r] = i
			f.runes = append(f.runes, r)
		}
		if no := i / pdfFontLetters; no != open {
			if open >= 0 {
				b = append(b, "> Tj\n"...)
			}
			open = no
			matrix := "1 0 0 -1"
			if l.up {
				matrix = "0 -1 -1 0"
			}
			b = fmt.Appendf(b, "/F%d %s Tf %s %s %s Tm <", no, number(l.size, 3), matrix, number(pen.X, 3), number(pen.Y, 3))
		}
		b = fmt.Appendf(b, "%02X", i%pdfFontLetters)
		if a := f.font.glyph(r).advance * l.size; l.up {
			pen.Y -= a
		} else {
			pen.X += a
		}
	}
	if open >= 0 {
		b = append(b, "> Tj\n"...)
	}
	return append(b, "ET\n"...)
}

// write adds the fonts to the file and returns their names for the resources.
func (f *pdfFonts) write(p *pdfFile) (string, error) {
	names := ""
	for no := 0; no*pdfFontLetters < len(f.runes); no++ {
		runes := f.runes[no*pdfFontLetters : min((no+1)*pdfFontLetters, len(f.runes))]
		var procedures, differences, widths strings.Builder
		for i, r := range runes {
			g := f.font.glyph(r)
			object, err := p.stream("", outline(g))
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&procedures, "/g%d %d 0 R ", i, object)
			fmt.Fprintf(&differences, "/g%d ", i)
			fmt.Fprintf(&widths, "%s ", number(g.advance*emUnits, 2))
		}
		characters, err := p.stream("", characterMap(runes))
		if err != nil {
			return "", err
		}
		font := p.object(fmt.Sprintf("<< /Type /Font /Subtype /Type3 /Name /F%d /FontBBox [0 0 0 0] /FontMatrix [0.001 0 0 0.001 0 0]\n"+
			"/CharProcs << %s>>\n/Encoding << /Type /Encoding /Differences [0 %s] >>\n"+
			"/FirstChar 0 /LastChar %d /Widths [%s] /ToUnicode %d 0 R /Resources << >> >>",
			no, procedures.String(), differences.String(), len(runes)-1, widths.String(), characters))
		names += fmt.Sprintf("/F%d %d 0 R ", no, font)
	}
	return names, nil
}

// outline is the procedure of a letter: its width and box, then its curves, y
// upwards. PDF has no quadratic curves; a cubic one is the same curve.
func outline(g *glyph) []byte {
	box := Rect{0, 0, 0, 0}
	for _, s := range g.outline {
		for _, q := range s.points[:arity(s.op)] {
			box = Rect{min(box.X0, q.X), min(box.Y0, -q.Y), max(box.X1, q.X), max(box.Y1, -q.Y)}
		}
	}
	var b []byte
	put := func(operator string, numbers ...float64) {
		for _, v := range numbers {
			b = append(appendNumber(b, v*emUnits, 1), ' ')
		}
		b = append(append(b, operator...), '\n')
	}
	put("d1", g.advance, 0, box.X0, box.Y0, box.X1, box.Y1)
	var at Point
	for _, s := range g.outline {
		q := s.points
		switch s.op {
		case sfnt.SegmentOpMoveTo:
			put("m", q[0].X, -q[0].Y)
		case sfnt.SegmentOpLineTo:
			put("l", q[0].X, -q[0].Y)
		case sfnt.SegmentOpQuadTo:
			put("c", (at.X+2*q[0].X)/3, -(at.Y+2*q[0].Y)/3, (q[1].X+2*q[0].X)/3, -(q[1].Y+2*q[0].Y)/3, q[1].X, -q[1].Y)
		case sfnt.SegmentOpCubeTo:
			put("c", q[0].X, -q[0].Y, q[1].X, -q[1].Y, q[2].X, -q[2].Y)
		}
		at = q[arity(s.op)-1]
	}
	return append(b, "f\n"...)
}

// characterMap says which character each letter is (ISO 32000-1 §9.10.3).
func characterMap(runes []rune) []byte {
	b := []byte("/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n/CMapName /taohe def /CMapType 2 def\n" +
		"1 begincodespacerange <00> <FF> endcodespacerange\n")
	// A block may have a hundred entries.
	for from := 0; from < len(runes); from += 100 {
		block := runes[from:min(from+100, len(runes))]
		b = fmt.Appendf(b, "%d beginbfchar\n", len(block))
		for i, r := range block {
			text := strings.TrimPrefix(strings.TrimSuffix(pdfText(string(r)), ">"), "<FEFF")
			b = fmt.Appendf(b, "<%02X> <%s>\n", from+i, text)
		}
		b = append(b, "endbfchar\n"...)
	}
	return append(b, "endcmap CMapName currentdict /CMap defineresource pop end end\n"...)
}
