package cql2

import (
	"slices"
	"strconv"
	"strings"
)

// A Geometry is a literal in well-known text, or a box. Heights are read and
// left out: nothing here has any. The order of axes is that of the filter's
// reference system.
type Geometry struct {
	// Type is in capitals; "" is a ring of a polygon, "BBOX" a box of two corners.
	Type   string
	Points [][2]float64
	Parts  []Geometry
}

func (g *Geometry) equal(o *Geometry) bool {
	if g == nil || o == nil {
		return g == o
	}
	return g.Type == o.Type && slices.Equal(g.Points, o.Points) &&
		slices.EqualFunc(g.Parts, o.Parts, func(a, b Geometry) bool { return a.equal(&b) })
}

// part is what a type is made of: "" for points.
var partOf = map[string]string{
	"POINT": "", "LINESTRING": "", "POLYGON": "ring", "MULTIPOINT": "POINT", "MULTILINESTRING": "LINESTRING",
	"MULTIPOLYGON": "POLYGON", "GEOMETRYCOLLECTION": "any", "BBOX": "",
}

func isGeometryWord(s string) bool {
	_, known := partOf[strings.ToUpper(s)]
	return known
}

func (p *parser) spatialLiteral() (*Expr, error) {
	pos := p.next().pos
	g, err := p.geometry()
	if err != nil {
		return nil, err
	}
	return &Expr{Op: OpGeometry, Pos: pos, Geometry: &g}, nil
}

// geometry reads a geometry with its word.
func (p *parser) geometry() (Geometry, error) {
	g := Geometry{Type: strings.ToUpper(p.next().value)}
	if !isGeometryWord(g.Type) || p.next().kind != word {
		return g, p.wrong("这里应当是图形，例如 POINT(109.5 40.2)。")
	}
	p.at++
	if g.Type == "BBOX" {
		return g, p.box(&g)
	}
	return g, p.body(&g, p.take("z"))
}

// body reads what stands in the brackets of a geometry.
func (p *parser) body(g *Geometry, heights bool) error {
	pos := p.next().pos
	if err := p.want("("); err != nil {
		return err
	}
	for more := true; more; more = p.take(",") {
		if err := p.member(g, heights); err != nil {
			return err
		}
	}
	if err := p.want(")"); err != nil {
		return err
	}
	n := len(g.Points)
	switch {
	case g.Type == "POINT" && n != 1:
		return &Error{pos, codeGeometry, "一个点只能有一对坐标。"}
	case g.Type == "LINESTRING" && n < 2:
		return &Error{pos, codeGeometry, "一条线至少要有两个点。"}
	case g.Type == "" && (n < 4 || g.Points[0] != g.Points[n-1]):
		return &Error{pos, codeGeometry, "多边形的每一圈至少要有四个点，最后一点与第一点相同。"}
	}
	return nil
}

// member reads one point or part of a geometry.
func (p *parser) member(g *Geometry, heights bool) error {
	kind := partOf[g.Type]
	switch {
	case kind == "any":
		part, err := p.inCollection()
		if err != nil {
			return err
		}
		g.Parts = append(g.Parts, part)
		return nil
	case kind == "" || kind == "POINT" && p.next().kind == number: // MULTIPOINT(1 2, 3 4) is usual
		at, err := p.coordinates(heights)
		if err != nil {
			return err
		}
		if kind == "" {
			g.Points = append(g.Points, at)
		} else {
			g.Parts = append(g.Parts, Geometry{Type: kind, Points: [][2]float64{at}})
		}
		return nil
	}
	part := Geometry{Type: strings.TrimPrefix(kind, "ring")}
	if err := p.body(&part, heights); err != nil {
		return err
	}
	g.Parts = append(g.Parts, part)
	return nil
}

func (p *parser) inCollection() (g Geometry, err error) {
	pos := p.next().pos
	_, err = p.inside(func() (*Expr, error) {
		g, err = p.geometry()
		return nil, err
	})
	if err == nil && g.Type == "BBOX" {
		err = &Error{pos, codeGeometry, "BBOX 不能写在图形之中。"}
	}
	return g, err
}

// coordinates reads two numbers, and a height that is left out.
func (p *parser) coordinates(heights bool) (at [2]float64, err error) {
	n := 2
	if heights {
		n = 3
	}
	for i := range n {
		e, err := p.number()
		if err != nil {
			return at, err
		}
		if i < 2 {
			at[i] = e.Number
		}
	}
	return at, nil
}

// box reads the four or six numbers of a box.
func (p *parser) box(g *Geometry) error {
	pos := p.next().pos
	if err := p.want("("); err != nil {
		return err
	}
	var v []float64
	for more := true; more; more = p.take(",") {
		e, err := p.number()
		if err != nil {
			return err
		}
		v = append(v, e.Number)
	}
	switch len(v) {
	case 4:
		g.Points = [][2]float64{{v[0], v[1]}, {v[2], v[3]}}
	case 6:
		g.Points = [][2]float64{{v[0], v[1]}, {v[3], v[4]}}
	default:
		return &Error{pos, codeGeometry, "BBOX 应当有四个数（有高程时六个）。"}
	}
	return p.want(")")
}

// WKT is the geometry as PostGIS reads it.
func (g *Geometry) WKT() string {
	var b strings.Builder
	g.write(&b, true)
	return b.String()
}

func (g *Geometry) write(b *strings.Builder, named bool) {
	if named {
		b.WriteString(g.Type)
	}
	between := byte(' ')
	if g.Type == "BBOX" {
		between = ','
	}
	b.WriteByte('(')
	for i, p := range g.Points {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(decimal(p[0]))
		b.WriteByte(between)
		b.WriteString(decimal(p[1]))
	}
	for i := range g.Parts {
		if i > 0 {
			b.WriteByte(',')
		}
		g.Parts[i].write(b, partOf[g.Type] == "any")
	}
	b.WriteByte(')')
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
