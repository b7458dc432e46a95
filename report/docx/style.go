package docx

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// A Style is a paragraph style of these papers.
type Style string

// The styles, with the type the forms prescribe.
const (
	Title       Style = "TaoheTitle"       // 方正小标宋简体, 二号, in the middle
	Subtitle    Style = "TaoheSubtitle"    // 楷体_GB2312, 三号, in the middle
	Heading1    Style = "TaoheHeading1"    // 黑体, 三号
	Heading2    Style = "TaoheHeading2"    // 楷体_GB2312, 三号
	Heading3    Style = "TaoheHeading3"    // 仿宋_GB2312, 三号, bold
	Body        Style = "TaoheBody"        // 仿宋_GB2312, 三号, indented by two characters
	Lead        Style = "TaoheLead"        // the same, on the page of what follows
	Plain       Style = "TaohePlain"       // the same without the indent
	Right       Style = "TaoheRight"       // the same to the right
	Caption     Style = "TaoheCaption"     // 黑体, 小四, in the middle: above tables, below pictures
	Note        Style = "TaoheNote"        // 仿宋_GB2312, 小四: what stands below tables
	Picture     Style = "TaohePicture"     // lines as high as the picture
	TableHead   Style = "TaoheTableHead"   // 黑体, 五号, in the middle
	CellText    Style = "TaoheCell"        // 仿宋_GB2312, 五号
	CellCentred Style = "TaoheCellCentred" // the same in the middle
	CellRight   Style = "TaoheCellRight"   // the same to the right: figures
	CellSmall   Style = "TaoheCellSmall"   // 仿宋_GB2312, 小五: hashes, coordinates
	CellDate    Style = "TaoheCellDate"    // the same in the middle
	tableEnd    Style = "TaoheTableEnd"
)

// The fonts, by the names the forms give them.
const (
	fontTitle = "方正小标宋简体"
	fontHei   = "黑体"
	fontKai   = "楷体_GB2312"
	fontFang  = "仿宋_GB2312"
	fontSong  = "宋体"
)

// Fonts are the fonts that a document names: those the forms prescribe, and 宋体
// for page numbers (GB/T 9704-2012, 7.5).
var Fonts = []string{fontTitle, fontHei, fontKai, fontFang, fontSong}

// alternatives are the fonts a reader may take where one is not installed, and
// what kind each is.
var alternatives = map[string]struct{ name, family string }{
	fontTitle: {"宋体", "roman"},
	fontHei:   {"SimHei", "swiss"},
	fontKai:   {"楷体", "script"},
	fontFang:  {"仿宋", "modern"},
	fontSong:  {"SimSun", "roman"},
}

// Sizes in half points.
const (
	size2      = 44 // 二号
	size3      = 32 // 三号
	size4      = 28 // 四号
	sizeSmall4 = 24 // 小四
	size5      = 21 // 五号
	sizeSmall5 = 18 // 小五
)

// A look is what a style says. Lines are in twentieths of a point and fixed,
// unless 0.
type look struct {
	style      Style
	name, font string
	halfPoints int
	line       int
	align      string
	indent     bool // by two characters
	bold       bool
	outline    int // level in the table of contents from 1; 0 for none
	keep       bool
}

// bodyLine is 28 points, the fixed line of official papers.
const bodyLine = 560

var looks = []look{
	{style: Title, name: "公文标题", font: fontTitle, halfPoints: size2, line: 700, align: "center"},
	{style: Subtitle, name: "公文副题", font: fontKai, halfPoints: size3, line: bodyLine, align: "center"},
	{style: Heading1, name: "公文一级标题", font: fontHei, halfPoints: size3, line: bodyLine, indent: true, outline: 1, keep: true},
	{style: Heading2, name: "公文二级标题", font: fontKai, halfPoints: size3, line: bodyLine, indent: true, outline: 2, keep: true},
	{style: Heading3, name: "公文三级标题", font: fontFang, halfPoints: size3, line: bodyLine, indent: true, bold: true, outline: 3, keep: true},
	{style: Body, name: "公文正文", font: fontFang, halfPoints: size3, line: bodyLine, align: "both", indent: true},
	{style: Lead, name: "公文正文（与下段同页）", font: fontFang, halfPoints: size3, line: bodyLine, align: "both", indent: true, keep: true},
	{style: Plain, name: "公文正文（不缩进）", font: fontFang, halfPoints: size3, line: bodyLine},
	{style: Right, name: "公文落款", font: fontFang, halfPoints: size3, line: bodyLine, align: "right"},
	{style: Caption, name: "表题图题", font: fontHei, halfPoints: sizeSmall4, line: 440, align: "center", keep: true},
	{style: Note, name: "表注", font: fontFang, halfPoints: sizeSmall4, line: 360},
	{style: Picture, name: "图片", font: fontFang, halfPoints: size5, align: "center", keep: true},
	{style: TableHead, name: "表头", font: fontHei, halfPoints: size5, line: 300, align: "center"},
	{style: CellText, name: "表文", font: fontFang, halfPoints: size5, line: 300},
	{style: CellCentred, name: "表文居中", font: fontFang, halfPoints: size5, line: 300, align: "center"},
	{style: CellRight, name: "表文居右", font: fontFang, halfPoints: size5, line: 300, align: "right"},
	{style: CellSmall, name: "表文小字", font: fontFang, halfPoints: sizeSmall5, line: 240},
	{style: CellDate, name: "表文小字居中", font: fontFang, halfPoints: sizeSmall5, line: 240, align: "center"},
	{style: tableEnd, name: "表后", font: fontFang, halfPoints: sizeSmall5, line: 120},
}

func fontsXML(font string) string {
	return fmt.Sprintf(`<w:rFonts w:ascii="%[1]s" w:hAnsi="%[1]s" w:eastAsia="%[1]s" w:cs="%[1]s" w:hint="eastAsia"/>`, font)
}

func stylesXML() string {
	var b strings.Builder
	b.WriteString(xml.Header + `<w:styles` + namespaces + `><w:docDefaults><w:rPrDefault><w:rPr>` + fontsXML(fontFang) +
		`<w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>`)
	for _, l := range looks {
		fmt.Fprintf(&b, `<w:style w:type="paragraph" w:customStyle="1" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>`, l.style, l.name)
		if l.keep {
			b.WriteString(`<w:keepNext/>`)
		}
		// A heading or title at the foot of a page would stand alone; a line of
		// a paragraph may.
		b.WriteString(`<w:widowControl w:val="0"/>`)
		if l.line > 0 {
			fmt.Fprintf(&b, `<w:spacing w:before="0" w:after="0" w:line="%d" w:lineRule="exact"/>`, l.line)
		}
		if l.indent {
			fmt.Fprintf(&b, `<w:ind w:firstLine="%d" w:firstLineChars="200"/>`, l.halfPoints*20)
		}
		if l.align != "" {
			b.WriteString(`<w:jc w:val="` + l.align + `"/>`)
		}
		if l.outline > 0 {
			fmt.Fprintf(&b, `<w:outlineLvl w:val="%d"/>`, l.outline-1)
		}
		b.WriteString(`</w:pPr><w:rPr>` + fontsXML(l.font))
		if l.bold {
			b.WriteString(`<w:b/>`)
		}
		fmt.Fprintf(&b, `<w:sz w:val="%[1]d"/><w:szCs w:val="%[1]d"/></w:rPr></w:style>`, l.halfPoints)
	}
	b.WriteString(`</w:styles>`)
	return b.String()
}

// fontTable names, for each font, what a reader may take in its place.
func fontTable() string {
	var b strings.Builder
	b.WriteString(xml.Header + `<w:fonts` + namespaces + `>`)
	for _, f := range Fonts {
		a := alternatives[f]
		fmt.Fprintf(&b, `<w:font w:name="%s"><w:altName w:val="%s"/><w:charset w:val="86"/><w:family w:val="%s"/><w:pitch w:val="variable"/></w:font>`, f, a.name, a.family)
	}
	b.WriteString(`</w:fonts>`)
	return b.String()
}

// footer is a page number between dashes, in 四号 宋体: on odd pages at the right,
// on even ones at the left, a character from the edge (GB/T 9704-2012, 7.5).
func footer(align string) string {
	look := fmt.Sprintf(`<w:rPr>%s<w:sz w:val="%[2]d"/><w:szCs w:val="%[2]d"/></w:rPr>`, fontsXML(fontSong), size4)
	run := func(inner string) string { return `<w:r>` + look + inner + `</w:r>` }
	return xml.Header + `<w:ftr` + namespaces + `><w:p><w:pPr><w:ind w:left="280" w:right="280" w:leftChars="100" w:rightChars="100"/><w:jc w:val="` + align + `"/></w:pPr>` +
		run(`<w:t xml:space="preserve">— </w:t>`) + run(`<w:fldChar w:fldCharType="begin"/>`) + run(`<w:instrText xml:space="preserve"> PAGE </w:instrText>`) +
		run(`<w:fldChar w:fldCharType="separate"/>`) + run(`<w:t>1</w:t>`) + run(`<w:fldChar w:fldCharType="end"/>`) + run(`<w:t xml:space="preserve"> —</w:t>`) + `</w:p></w:ftr>`
}

const (
	namespaces = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"` +
		` xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"` +
		` xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"`

	contentTypes = xml.Header + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>` +
		`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
		`<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>` +
		`<Override PartName="/word/fontTable.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.fontTable+xml"/>` +
		`<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>` +
		`<Override PartName="/word/footer2.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>` +
		`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`

	packageRelations = xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`

	// Without a compatibility mode of today Word opens the paper as one of 2007.
	settings = xml.Header + `<w:settings` + namespaces + `><w:evenAndOddHeaders/><w:characterSpacingControl w:val="compressPunctuation"/>` +
		`<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>`
)
