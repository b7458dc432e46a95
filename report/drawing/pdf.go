package drawing

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
)

// pdfPoints is the length of a millimetre in the units of a page.
const pdfPoints = 72 / 25.4

// WritePDF writes the page as PDF 1.7 (ISO 32000-1): lines and areas as vectors,
// text as text that can be searched, its letters as the outlines of the font.
// There is no time and no random name in it.
func (d *Drawing) WritePDF(w io.Writer) error {
	p := &pdfFile{fonts: newPDFFonts(d.font)}
	p.out.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	content, err := p.content(d)
	if err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	contents, err := p.stream("", content)
	if err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	fonts, err := p.fonts.write(p)
	if err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	states := ""
	for _, a := range sortedKeys(p.opacities) {
		states += fmt.Sprintf("/A%d << /ca %s /CA %s >> ", a, number(float64(a)/255, 3), number(float64(a)/255, 3))
	}
	pages := p.next() + 1
	page := p.object(fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s %s] /Contents %d 0 R\n"+
		"/Resources << /Font << %s>> /ExtGState << %s>> /XObject << %s>> >> >>",
		pages, number(d.WidthMM*pdfPoints, 3), number(d.HeightMM*pdfPoints, 3), contents, fonts, states, strings.Join(p.pictures, "")))
	p.object(fmt.Sprintf("<< /Type /Pages /Kids [%d 0 R] /Count 1 >>", page))
	catalog := p.object(fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R /Lang (zh-CN) /ViewerPreferences << /DisplayDocTitle true /PrintScaling /None >> >>", pages))
	info := p.object("<< /Title " + pdfText(d.Title) + " >>")
	p.end(catalog, info)
	_, err = p.out.WriteTo(w)
	return err
}

type pdfFile struct {
	out       bytes.Buffer
	offsets   []int // of objects 1, 2, …
	fonts     *pdfFonts
	opacities map[uint8]bool
	packer    *zlib.Writer // one for all: its tables are larger than most streams
	pictures  []string     // names for the resources
}

// next is the number the next object will bear.
func (p *pdfFile) next() int { return len(p.offsets) + 1 }

func (p *pdfFile) object(body string) int {
	p.offsets = append(p.offsets, p.out.Len())
	fmt.Fprintf(&p.out, "%d 0 obj\n%s\nendobj\n", len(p.offsets), body)
	return len(p.offsets)
}

// stream is an object of compressed bytes.
func (p *pdfFile) stream(dictionary string, body []byte) (int, error) {
	var packed bytes.Buffer
	if p.packer == nil {
		p.packer = zlib.NewWriter(&packed)
	} else {
		p.packer.Reset(&packed)
	}
	if _, err := p.packer.Write(body); err != nil {
		return 0, err
	}
	if err := p.packer.Close(); err != nil {
		return 0, err
	}
	return p.object(fmt.Sprintf("<< %s/Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream", dictionary, packed.Len(), packed.Bytes())), nil
}

func (p *pdfFile) end(catalog, info int) {
	start := p.out.Len()
	fmt.Fprintf(&p.out, "xref\n0 %d\n0000000000 65535 f \n", len(p.offsets)+1)
	for _, o := range p.offsets {
		fmt.Fprintf(&p.out, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&p.out, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(p.offsets)+1, catalog, info, start)
}

// content is what is drawn, in millimetres from the upper left as everywhere.
func (p *pdfFile) content(d *Drawing) ([]byte, error) {
	p.opacities = map[uint8]bool{}
	var b []byte
	b = append(b, "1 j\n"...) // round bends, blunt ends
	b = fmt.Appendf(b, "%s 0 0 %s 0 %s cm\n", number(pdfPoints, 6), number(-pdfPoints, 6), number(d.HeightMM*pdfPoints, 3))
	for _, item := range d.items {
		switch item := item.(type) {
		case fill:
			b = p.color(b, item.color, "rg")
			for _, ring := range item.rings {
				b = appendLine(b, ring)
				b = append(b, "h\n"...)
			}
			b = append(b, "f\n"...)
		case stroke:
			b = p.color(b, item.color, "RG")
			b = append(appendNumber(b, item.width, 3), " w\n"...)
			for _, l := range item.lines {
				closed := len(l) > 2 && l[0] == l[len(l)-1]
				if closed {
					l = l[:len(l)-1]
				}
				b = appendLine(b, l)
				if closed {
					b = append(b, "h\n"...)
				}
			}
			b = append(b, "S\n"...)
		case letters:
			b = p.color(b, item.color, "rg")
			b = p.fonts.show(b, item)
		case picture:
			name, err := p.picture(item)
			if err != nil {
				return nil, err
			}
			b = fmt.Appendf(b, "q %s %s %s %s re W n %s 0 0 %s %s %s cm /%s Do Q\n",
				number(item.clip.X0, 3), number(item.clip.Y0, 3), number(item.clip.Width(), 3), number(item.clip.Height(), 3),
				number(item.at.Width(), 4), number(-item.at.Height(), 4), number(item.at.X0, 4), number(item.at.Y1, 4), name)
		}
	}
	return b, nil
}

func (p *pdfFile) color(b []byte, c Color, operator string) []byte {
	p.opacities[c.A] = true
	return fmt.Appendf(b, "/A%d gs %s %s %s %s\n", c.A, number(float64(c.R)/255, 3), number(float64(c.G)/255, 3), number(float64(c.B)/255, 3), operator)
}

func (p *pdfFile) picture(item picture) (string, error) {
	bounds := item.image.Bounds()
	flat := image.NewRGBA(image.Rect(0, 0, bounds.Dx(), bounds.Dy()))
	draw.Draw(flat, flat.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), item.image, bounds.Min, draw.Over)
	var packed bytes.Buffer
	if err := jpeg.Encode(&packed, flat, &jpeg.Options{Quality: 90}); err != nil {
		return "", err
	}
	no := p.object(fmt.Sprintf("<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8\n"+
		"/Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream", bounds.Dx(), bounds.Dy(), packed.Len(), packed.Bytes()))
	name := "P" + strconv.Itoa(no)
	p.pictures = append(p.pictures, fmt.Sprintf("/%s %d 0 R ", name, no))
	return name, nil
}

// appendLine appends a path; a hundredth of a millimetre is 2540 dots to the inch.
func appendLine(b []byte, line []Point) []byte {
	for i, q := range line {
		b = append(appendNumber(b, q.X, 2), ' ')
		b = appendNumber(b, q.Y, 2)
		if i == 0 {
			b = append(b, " m\n"...)
		} else {
			b = append(b, " l\n"...)
		}
	}
	return b
}

func number(v float64, decimals int) string { return string(appendNumber(nil, v, decimals)) }

// appendNumber writes a number without exponent, idle zeros or minus zero.
func appendNumber(b []byte, v float64, decimals int) []byte {
	scale := math.Pow10(decimals)
	v = math.Round(v*scale) / scale
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, '0')
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}

// pdfText is a text string: UTF-16 with its mark, in hexadecimal.
func pdfText(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String() + ">"
}
