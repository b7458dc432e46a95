package docx

import (
	"fmt"
	"strings"
)

// Table adds a table. Cells beyond its columns, or reaching below its last row,
// are faults that Write returns.
func (d *Document) Table(t Table) {
	if d.afterTable || d.breaks { // two tables in a row would become one
		d.paragraph(tableEnd, nil)
	}
	d.afterTable = true
	total := 0
	for _, w := range t.WidthsMM {
		total += twips(w)
	}
	fmt.Fprintf(&d.body, `<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:jc w:val="center"/>`, total)
	d.body.WriteString(`<w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		d.body.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="000000"/>`)
	}
	d.body.WriteString(`</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`)
	for _, w := range t.WidthsMM {
		fmt.Fprintf(&d.body, `<w:gridCol w:w="%d"/>`, twips(w))
	}
	d.body.WriteString(`</w:tblGrid>`)
	g := grid{widths: t.WidthsMM, open: make([]opened, len(t.WidthsMM))}
	g.together = t.Together
	d.rows(&g, t.Head, true)
	if g.anyOpen() {
		d.faults = append(d.faults, fmt.Errorf("table: a cell of the head reaches below it"))
	}
	d.rows(&g, t.Rows, false)
	if g.anyOpen() {
		d.faults = append(d.faults, fmt.Errorf("table: a cell reaches below the last row"))
	}
	d.body.WriteString(`</w:tbl>`)
}

// A grid keeps which columns a cell of a row above reaches down into.
type grid struct {
	widths []float64
	open   []opened
	// together keeps each row with the next, the last one apart.
	together bool
}

// opened is how many more rows a cell takes, and how many columns.
type opened struct{ rows, columns int }

func (g *grid) anyOpen() bool {
	for _, o := range g.open {
		if o.rows > 0 {
			return true
		}
	}
	return false
}

func (g *grid) widthMM(column, columns int) float64 {
	sum := 0.0
	for _, w := range g.widths[column : column+columns] {
		sum += w
	}
	return sum
}

func (d *Document) rows(g *grid, rows []Row, head bool) {
	for i, r := range rows {
		own := ""
		if g.together && (head || i < len(rows)-1) {
			own = `<w:keepNext/>`
		}
		d.body.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
		if head {
			d.body.WriteString(`<w:tblHeader/>`)
		}
		d.body.WriteString(`</w:trPr>`)
		next := 0
		for column := 0; column < len(g.widths); {
			if o := &g.open[column]; o.rows > 0 {
				o.rows--
				d.cell(g.widthMM(column, o.columns), o.columns, `<w:vMerge/>`, own, Cell{Style: CellText})
				column += o.columns
				continue
			}
			c := Cell{Style: CellText}
			if next < len(r) {
				c = r[next]
				next++
			}
			columns, down := max(c.Columns, 1), ""
			if column+columns > len(g.widths) {
				d.faults = append(d.faults, fmt.Errorf("table: row %d: a cell spans %d columns from column %d of %d", i+1, columns, column+1, len(g.widths)))
				columns = len(g.widths) - column
			}
			if c.Rows > 1 {
				g.open[column], down = opened{c.Rows - 1, columns}, `<w:vMerge w:val="restart"/>`
			}
			d.cell(g.widthMM(column, columns), columns, down, own, c)
			column += columns
		}
		if next < len(r) {
			d.faults = append(d.faults, fmt.Errorf("table: row %d has %d cells too many", i+1, len(r)-next))
		}
		d.body.WriteString(`</w:tr>`)
	}
}

func (d *Document) cell(widthMM float64, columns int, merge, own string, c Cell) {
	fmt.Fprintf(&d.body, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>`, twips(widthMM))
	if columns > 1 {
		fmt.Fprintf(&d.body, `<w:gridSpan w:val="%d"/>`, columns)
	}
	d.body.WriteString(merge + `<w:vAlign w:val="center"/></w:tcPr>`)
	style := c.Style
	if style == "" {
		style = CellText
	}
	line := []Run{}
	for _, r := range c.Runs {
		for i, text := range strings.Split(r.Text, "\n") {
			if i > 0 {
				paragraph(&d.body, style, own, line)
				line = nil
			}
			part := r
			part.Text = text
			line = append(line, part)
		}
	}
	paragraph(&d.body, style, own, line)
	d.body.WriteString(`</w:tc>`)
}
