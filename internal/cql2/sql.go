package cql2

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// A Type is what the values of a property are.
type Type int

// The types of properties. Nothing here is known closer than to the day: a
// timestamp stands for the day that it is in China.
const (
	Text Type = iota
	Number
	Bool
	Day
	Shape
)

// A Queryable is a property that a filter may name: an expression of SQL, which
// is trusted.
type Queryable struct {
	SQL  string
	Type Type
}

// A CRS is the reference system of the geometries in a filter.
type CRS struct {
	SRID int
	// NorthFirst says that the first of two coordinates is latitude or northing.
	NorthFirst bool
	// Projected says that they are metres, East of the middle of the zone by
	// FalseEastingM less.
	Projected     bool
	FalseEastingM float64
}

// A Target is what a filter is made SQL for.
type Target struct {
	Queryables map[string]Queryable
	CRS        CRS
	// SRID is that of the properties that are shapes.
	SRID int
	// FirstArg is the number of the first argument; 1 when 0.
	FirstArg int
}

// A Condition is a filter as SQL.
type Condition struct {
	// SQL is a boolean expression of the Target's own fragments, words of this
	// package and $1, $2 …
	SQL  string
	Args []any
	// Shapes are the geometries of the filter, to be looked at before it is asked.
	Shapes []Literal
}

// A Literal is a geometry of a filter.
type Literal struct {
	Pos int
	WKT string
}

// Compile makes SQL of a filter. What does not fit is an *Error.
func Compile(e *Expr, t Target) (Condition, error) {
	c := &compiler{target: t, first: max(t.FirstArg, 1)}
	sql, err := c.condition(e)
	if err != nil {
		return Condition{}, err
	}
	return Condition{sql, c.args, c.shapes}, nil
}

type compiler struct {
	target Target
	first  int
	args   []any
	shapes []Literal
}

// bind is the place of an argument.
func (c *compiler) bind(v any, as string) string {
	c.args = append(c.args, v)
	return fmt.Sprintf("$%d::%s", c.first+len(c.args)-1, as)
}

// condition is the SQL of something that is true or not.
func (c *compiler) condition(e *Expr) (string, error) {
	sql, is, err := c.expression(e)
	if err == nil && is != Bool {
		err = &Error{e.Pos, codeType, "这里应当是一个条件，例如 a = 1。"}
	}
	return sql, err
}

func (c *compiler) expression(e *Expr) (sql string, is Type, err error) {
	switch e.Op {
	case OpOr, OpAnd:
		all := make([]string, len(e.Args))
		for i, a := range e.Args {
			if all[i], err = c.condition(a); err != nil {
				return "", Bool, err
			}
		}
		return "(" + strings.Join(all, " "+string(e.Op)+" ") + ")", Bool, nil
	case OpNot:
		sql, err = c.condition(e.Args[0])
		return "(not " + sql + ")", Bool, err
	case OpEq, OpNe, OpLt, OpGt, OpLe, OpGe, OpLike, OpBetween, OpIn:
		sql, err = c.comparison(e)
		return sql, Bool, err
	case OpIsNull:
		sql, _, err = c.expression(e.Args[0])
		return "(" + sql + " is null)", Bool, err
	case OpCaseI:
		if sql, is, err = c.expression(e.Args[0]); err == nil && is != Text {
			err = &Error{e.Args[0].Pos, codeType, "CASEI 只用于文字。"}
		}
		// Upwards first: only so are ß and ss one.
		return `lower(upper(` + sql + ` collate "und-x-icu"))`, Text, err
	case OpProperty:
		q, known := c.target.Queryables[e.Text]
		if !known {
			return "", 0, &Error{e.Pos, codeUnknown, "没有这个属性。可用的属性见该图层的 queryables；文字要写在单引号中。"}
		}
		return q.SQL, q.Type, nil
	case OpText:
		return c.bind(e.Text, "text"), Text, nil
	case OpNumber:
		return c.bind(e.Number, "double precision"), Number, nil
	case OpBool:
		return c.bind(e.Bool, "boolean"), Bool, nil
	case OpDate, OpTimestamp:
		return c.bind(day(e), "date"), Day, nil
	case OpGeometry:
		sql, err = c.shape(e)
		return sql, Shape, err
	case OpInterval, OpOpen:
		return "", 0, &Error{e.Pos, codeType, "时间段只能用在 T_ 开头的时间函数中。"}
	}
	if name, ok := spatial[e.Op]; ok {
		sql, err = c.spatial(name, e)
	} else {
		sql, err = c.temporal(e)
	}
	return sql, Bool, err
}

// operators are those that a type has beside = and <>.
func (t Type) ordered() bool { return t != Bool && t != Shape }

func (c *compiler) comparison(e *Expr) (string, error) {
	all := make([]string, len(e.Args))
	var is Type
	for i, a := range e.Args {
		sql, t, err := c.expression(a)
		switch {
		case err != nil:
			return "", err
		case i == 0:
			is = t
		case t != is && (is == Day || t == Day):
			return "", &Error{a.Pos, codeType, "日期只能与日期比较，例如 DATE('2022-05-31')。"}
		case t != is:
			return "", &Error{a.Pos, codeType, "两边的类型不同：文字写在单引号中，数字不写引号。"}
		}
		all[i] = sql
	}
	switch {
	case is == Shape:
		return "", &Error{e.Pos, codeType, "图形不能这样比较，请用 S_INTERSECTS 等空间函数。"}
	case !is.ordered() && e.Op != OpEq && e.Op != OpNe && e.Op != OpIn:
		return "", &Error{e.Pos, codeType, "真假值只能比较是否相等。"}
	}
	switch e.Op {
	case OpLike:
		if is != Text {
			return "", &Error{e.Pos, codeType, "LIKE 只用于文字。"}
		}
		return c.like(e, all)
	case OpBetween:
		return "(" + all[0] + " between " + all[1] + " and " + all[2] + ")", nil
	case OpIn:
		return "(" + all[0] + " in (" + strings.Join(all[1:], ", ") + "))", nil
	}
	return "(" + all[0] + " " + string(e.Op) + " " + all[1] + ")", nil
}

// like is LIKE, whose pattern must be written out.
func (c *compiler) like(e *Expr, sql []string) (string, error) {
	pattern := e.Args[1]
	for pattern.Op == OpCaseI {
		pattern = pattern.Args[0]
	}
	if pattern.Op != OpText {
		return "", &Error{pattern.Pos, codeType, "LIKE 之后应当是单引号中的文字。"}
	}
	if ends := len(pattern.Text) - len(strings.TrimRight(pattern.Text, `\`)); ends%2 == 1 {
		return "", &Error{pattern.Pos, codeSyntax, `LIKE 的文字不能以单个 \ 结尾。`}
	}
	return "(" + sql[0] + " like " + sql[1] + ")", nil
}

// china is where a day begins.
var china = time.FixedZone("CST", 8*60*60)

// day is the day of a date or timestamp, as PostgreSQL reads it.
func day(e *Expr) time.Time {
	at, _ := time.Parse(time.DateOnly, e.Text) // read before, by the parser
	if e.Op == OpTimestamp {
		at, _ = time.Parse(time.RFC3339, e.Text)
		at = at.In(china)
	}
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
}

func (c *compiler) temporal(e *Expr) (string, error) {
	// Not every function looks at every end, and one it does not look at must be
	// right and must not be bound.
	unbound := &compiler{target: c.target}
	for i := range 4 {
		if _, err := unbound.end(e, i); err != nil {
			return "", err
		}
	}
	// The letters of the table are words of their own.
	words := strings.Fields(temporal[e.Op])
	for i, w := range words {
		if len(w) == 1 && 'a' <= w[0] && w[0] <= 'd' {
			words[i], _ = c.end(e, int(w[0]-'a'))
		}
	}
	return "(" + strings.Join(words, " ") + ")", nil
}

// end is one of the four ends of the two arguments: the first and the last day
// of each. An instant is both.
func (c *compiler) end(e *Expr, n int) (string, error) {
	a := e.Args[n/2]
	if a.Op == OpInterval {
		a = a.Args[n%2]
	}
	if a.Op == OpOpen {
		return [2]string{"'-infinity'::date", "'infinity'::date"}[n%2], nil
	}
	sql, is, err := c.expression(a)
	if err == nil && is != Day {
		err = &Error{a.Pos, codeType, "这里应当是日期、时间段，或日期类的属性。"}
	}
	return sql, err
}

func (c *compiler) spatial(name string, e *Expr) (string, error) {
	var sides [2]string
	for i, a := range e.Args {
		sql, is, err := c.expression(a)
		switch {
		case err != nil:
			return "", err
		case is != Shape:
			return "", &Error{a.Pos, codeType, "这里应当是图形，或图形类的属性。"}
		case a.Op == OpGeometry && a.Geometry.Type == "GEOMETRYCOLLECTION" && name != "st_intersects":
			return "", &Error{a.Pos, codeGeometry, "GEOMETRYCOLLECTION 只能用于 S_INTERSECTS。"}
		}
		sides[i] = sql
	}
	return name + "(" + sides[0] + ", " + sides[1] + ")", nil
}

// maxEastM and maxNorthM bound what is taken as being of a zone: within, its
// formulas hold; maxSegments bounds what one edge is cut into.
const (
	maxEastM, maxNorthM = 4e6, 1e7
	maxSegments         = 20000
)

// shape is a geometry in the store's system. A sub-select is computed once,
// not for every row.
func (c *compiler) shape(e *Expr) (string, error) {
	crs := c.target.CRS
	g := turned(e.Geometry, crs.NorthFirst)
	length, inside := crs.extent(g)
	if !inside {
		return "", &Error{e.Pos, codeGeometry, "坐标超出所写坐标系的范围，请检查坐标的先后次序和坐标系。"}
	}
	if g.Type == "BBOX" {
		var ok bool
		if g, ok = boxed(g, crs.Projected); !ok {
			return "", &Error{e.Pos, codeGeometry, "范围的最小值大于最大值。"}
		}
	}
	wkt := g.WKT()
	c.shapes = append(c.shapes, Literal{e.Pos, wkt})
	if !crs.Projected {
		return fmt.Sprintf("(select st_geomfromtext(%s, %s))", c.bind(wkt, "text"), c.bind(c.target.SRID, "integer")), nil
	}
	// What is straight in a plane is not in longitude and latitude.
	segment := max(70, length/maxSegments)
	return fmt.Sprintf("(select st_transform(st_segmentize(st_geomfromtext(%s, %s), %s), %s))",
		c.bind(wkt, "text"), c.bind(crs.SRID, "integer"), c.bind(segment, "double precision"), c.bind(c.target.SRID, "integer")), nil
}

// turned has easting or longitude first.
func turned(g *Geometry, turn bool) *Geometry {
	if !turn {
		return g
	}
	t := &Geometry{Type: g.Type}
	for _, p := range g.Points {
		t.Points = append(t.Points, [2]float64{p[1], p[0]})
	}
	for i := range g.Parts {
		t.Parts = append(t.Parts, *turned(&g.Parts[i], true))
	}
	return t
}

// extent is the length of the edges of a geometry, and whether it lies where
// coordinates of the system can.
func (c CRS) extent(g *Geometry) (length float64, inside bool) {
	for i, p := range g.Points {
		if c.Projected {
			inside = math.Abs(p[0]-c.FalseEastingM) <= maxEastM && math.Abs(p[1]) <= maxNorthM
		} else {
			inside = math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90
		}
		if !inside {
			return 0, false
		}
		if i > 0 {
			length += math.Hypot(p[0]-g.Points[i-1][0], p[1]-g.Points[i-1][1])
		}
	}
	for i := range g.Parts {
		l, inside := c.extent(&g.Parts[i])
		if !inside {
			return 0, false
		}
		length += l
	}
	if g.Type == "BBOX" {
		length *= 2 * math.Sqrt2 // at most, of the diagonal
	}
	return length, true
}

// boxed is a box as polygons: two of one over the antimeridian, a line or a
// point of one without breadth.
func boxed(g *Geometry, projected bool) (*Geometry, bool) {
	west, south, east, north := g.Points[0][0], g.Points[0][1], g.Points[1][0], g.Points[1][1]
	switch {
	case south > north, west > east && projected:
		return nil, false
	case west > east:
		return &Geometry{Type: "MULTIPOLYGON", Parts: []Geometry{rectangle(west, south, 180, north), rectangle(-180, south, east, north)}}, true
	case west == east && south == north:
		return &Geometry{Type: "POINT", Points: g.Points[:1]}, true
	case west == east || south == north:
		return &Geometry{Type: "LINESTRING", Points: g.Points}, true
	}
	whole := rectangle(west, south, east, north)
	return &whole, true
}

func rectangle(west, south, east, north float64) Geometry {
	return Geometry{Type: "POLYGON", Parts: []Geometry{{Points: [][2]float64{
		{west, south}, {east, south}, {east, north}, {west, north}, {west, south},
	}}}}
}
