// Package docx writes Word documents (Office Open XML, ISO/IEC 29500) of the
// kind a Chinese office hands upwards: the type GB/T 9704-2012 prescribes, with
// East Asian fonts named as such, fixed lines, tables whose heads repeat, page
// numbers between dashes. The same content gives the same bytes: no times, no
// random numbers, sorted entries.
//
// It writes what these papers need and no more; it reads nothing.
package docx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"strings"

	"github.com/taohe-gis/taohe/report/opc"
)

// A Page is a size of paper with its margins, in millimetres.
type Page struct {
	WidthMM, HeightMM                float64
	TopMM, BottomMM, LeftMM, RightMM float64
	FooterMM                         float64 // from the edge of the paper
}

// The pages of these papers. A4 has the type area of GB/T 9704: 156 by 225 mm.
var (
	A4          = Page{210, 297, 37, 35, 28, 26, 26}
	A4Landscape = Page{297, 210, 28, 26, 22, 22, 17}
	A3Landscape = Page{420, 297, 28, 26, 25, 25, 17}
)

// TextWidthMM is the width between the margins.
func (p Page) TextWidthMM() float64 { return p.WidthMM - p.LeftMM - p.RightMM }

// A Run is a stretch of text in one look.
type Run struct {
	Text string
	Bold bool
	// Blank marks what a person has to fill in.
	Blank bool
}

// T is plain text as a run.
func T(text string) Run { return Run{Text: text} }

// Blank is a place to be filled in by a person, marked so that it is not missed. It
// is one character wide: in Chinese text LibreOffice ends a line between two of
// any, be they no-break spaces or letters without a script.
func Blank() Run { return Run{Text: "＿", Blank: true} }

// A Table has as many columns as widths. The rows of Head stand again on top of
// each page that the table runs over.
type Table struct {
	WidthsMM   []float64
	Head, Rows []Row
	// Together keeps it on one page: for short ones.
	Together bool
}

// A Row is the cells of a row from the left; columns that a cell above reaches
// down into are passed over. Missing cells are empty.
type Row []Cell

// A Cell is set in a paragraph style; a newline begins a paragraph.
type Cell struct {
	Runs  []Run
	Style Style
	// Columns and Rows are how many it spans; one when 0.
	Columns, Rows int
}

// C is a cell of plain text in a style.
func C(style Style, text string) Cell { return Cell{Runs: []Run{T(text)}, Style: style} }

// A Document is written from its beginning to its end.
type Document struct {
	title    string
	page     Page
	body     bytes.Buffer
	pictures [][]byte
	faults   []error
	// sections counts those closed; the first names the footers, later ones have
	// them from it.
	sections int
	// afterTable says that the last thing was a table, behind which Word wants a
	// paragraph.
	afterTable bool
	// breaks says that what comes next begins a page.
	breaks bool
}

// New begins a document on pages of one kind; the title is for catalogues of
// files and is not printed.
func New(title string, p Page) *Document { return &Document{title: title, page: p} }

// Text adds a paragraph of plain text.
func (d *Document) Text(style Style, text string) { d.Add(style, T(text)) }

// Add adds a paragraph.
func (d *Document) Add(style Style, runs ...Run) {
	d.afterTable = false
	d.paragraph(style, runs)
}

func (d *Document) paragraph(style Style, runs []Run) {
	own := ""
	if d.breaks {
		own = `<w:pageBreakBefore/>`
	}
	paragraph(&d.body, style, own, runs)
	d.breaks = false
}

// Break lets what comes next begin a page. A break of its own would leave a page
// empty when the one before is just full.
func (d *Document) Break() { d.breaks = true }

// Section ends the pages of the present kind; what follows stands on new pages
// of another.
func (d *Document) Section(p Page) {
	d.afterTable, d.breaks = false, false
	d.body.WriteString(`<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>`)
	d.closeSection()
	d.body.WriteString(`</w:pPr></w:p>`)
	d.page = p
}

func (d *Document) closeSection() {
	d.body.WriteString(`<w:sectPr>`)
	if d.sections == 0 {
		d.body.WriteString(`<w:footerReference w:type="default" r:id="rIdFooterOdd"/><w:footerReference w:type="even" r:id="rIdFooterEven"/>`)
	}
	d.sections++
	orientation := ""
	if d.page.WidthMM > d.page.HeightMM {
		orientation = ` w:orient="landscape"`
	}
	p := d.page
	fmt.Fprintf(&d.body, `<w:pgSz w:w="%d" w:h="%d"%s/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="%d" w:footer="%d" w:gutter="0"/></w:sectPr>`,
		twips(p.WidthMM), twips(p.HeightMM), orientation, twips(p.TopMM), twips(p.RightMM), twips(p.BottomMM), twips(p.LeftMM), twips(p.FooterMM), twips(p.FooterMM))
}

// Picture adds a PNG in the middle of a paragraph of its own, so wide and as
// high as its shape asks. alt says what it shows to those who do not see it.
func (d *Document) Picture(png []byte, widthMM float64, alt string) {
	d.afterTable = false
	drawing := d.drawing(png, widthMM, alt)
	d.body.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + string(Picture) + `"/>`)
	if d.breaks {
		d.body.WriteString(`<w:pageBreakBefore/>`)
		d.breaks = false
	}
	d.body.WriteString(`</w:pPr><w:r>` + drawing + `</w:r></w:p>`)
}

func (d *Document) drawing(picture []byte, widthMM float64, alt string) string {
	size, err := png.DecodeConfig(bytes.NewReader(picture))
	if err == nil && (size.Width == 0 || size.Height == 0) {
		err = errors.New("it is empty")
	}
	if err != nil {
		d.faults = append(d.faults, fmt.Errorf("picture %q: %w", alt, err))
		return ""
	}
	d.pictures = append(d.pictures, picture)
	no := len(d.pictures)
	cx := int64(widthMM * emuPerMM)
	cy := cx * int64(size.Height) / int64(size.Width)
	return fmt.Sprintf(`<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%[1]d" cy="%[2]d"/><wp:docPr id="%[3]d" name="picture%[3]d" descr="%[4]s"/>`+
		`<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%[3]d" name="picture%[3]d.png"/><pic:cNvPicPr/></pic:nvPicPr>`+
		`<pic:blipFill><a:blip r:embed="rIdPicture%[3]d"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>`+
		`<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%[1]d" cy="%[2]d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>`,
		cx, cy, no, escaped(alt))
}

// Write writes the document. What was wrong with a picture or a table on the way
// comes back here.
func (d *Document) Write(w io.Writer) error {
	if err := errors.Join(d.faults...); err != nil {
		return fmt.Errorf("document %q: %w", d.title, err)
	}
	// A body ends in its last section, which comes once: a copy is closed.
	end := *d
	end.body = bytes.Buffer{}
	end.closeSection()
	var document bytes.Buffer
	document.WriteString(xml.Header + `<w:document` + namespaces + `><w:body>`)
	document.Write(d.body.Bytes())
	if d.afterTable {
		paragraph(&document, tableEnd, "", nil)
	}
	document.Write(end.body.Bytes())
	document.WriteString(`</w:body></w:document>`)

	parts := map[string][]byte{
		"[Content_Types].xml":          []byte(contentTypes),
		"_rels/.rels":                  []byte(packageRelations),
		"docProps/core.xml":            []byte(xml.Header + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` + escaped(d.title) + `</dc:title><dc:creator>taohe 套合</dc:creator><dc:language>zh-CN</dc:language></cp:coreProperties>`),
		"word/document.xml":            document.Bytes(),
		"word/styles.xml":              []byte(stylesXML()),
		"word/settings.xml":            []byte(settings),
		"word/fontTable.xml":           []byte(fontTable()),
		"word/footer1.xml":             []byte(footer("right")),
		"word/footer2.xml":             []byte(footer("left")),
		"word/_rels/document.xml.rels": []byte(d.relations()),
	}
	for i, p := range d.pictures {
		parts[fmt.Sprintf("word/media/picture%d.png", i+1)] = p
	}
	return opc.Write(w, parts)
}

func (d *Document) relations() string {
	const kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	var b strings.Builder
	b.WriteString(xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	add := func(id, what, target string) {
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="%s%s" Target="%s"/>`, id, kind, what, target)
	}
	add("rIdStyles", "styles", "styles.xml")
	add("rIdSettings", "settings", "settings.xml")
	add("rIdFonts", "fontTable", "fontTable.xml")
	add("rIdFooterOdd", "footer", "footer1.xml")
	add("rIdFooterEven", "footer", "footer2.xml")
	for i := range d.pictures {
		add(fmt.Sprintf("rIdPicture%d", i+1), "image", fmt.Sprintf("media/picture%d.png", i+1))
	}
	b.WriteString(`</Relationships>`)
	return b.String()
}

// paragraph writes runs as a paragraph with properties of its own beside its
// style's; a newline is a line break.
func paragraph(b *bytes.Buffer, style Style, own string, runs []Run) {
	b.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + string(style) + `"/>` + own + `</w:pPr>`)
	for _, r := range runs {
		b.WriteString(`<w:r>`)
		if r.Bold || r.Blank {
			b.WriteString(`<w:rPr>`)
			if r.Bold {
				b.WriteString(`<w:b/>`)
			}
			if r.Blank {
				b.WriteString(`<w:highlight w:val="yellow"/>`)
			}
			b.WriteString(`</w:rPr>`)
		}
		for i, line := range strings.Split(r.Text, "\n") {
			if i > 0 {
				b.WriteString(`<w:br/>`)
			}
			b.WriteString(`<w:t xml:space="preserve">` + escaped(line) + `</w:t>`)
		}
		b.WriteString(`</w:r>`)
	}
	b.WriteString(`</w:p>`)
}

// escaped is text fit for XML; what XML cannot hold becomes U+FFFD.
func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

const emuPerMM = 36000

// twips are twentieths of a point.
func twips(mm float64) int { return int(mm/25.4*1440 + 0.5) }
