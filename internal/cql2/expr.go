// Package cql2 reads filters in the text encoding of OGC's Common Query
// Language (CQL2, OGC 21-065r2) and turns them into SQL.
//
// What is read: the classes basic-cql2, advanced-comparison-operators,
// case-insensitive-comparison, property-property, the spatial functions and the
// temporal functions. Arithmetic, arrays, ACCENTI and functions of a server's
// own are not. A filter names properties that its Target lists, or it is
// refused; everything else it says reaches SQL as a bound argument.
package cql2

import (
	"fmt"
	"slices"
)

// An Op says what an Expr is. Operators are named as in CQL2's JSON encoding.
type Op string

// The operators, and the literals and names they are applied to. Spatial and
// temporal functions are Ops by their own names in small letters.
const (
	OpOr      Op = "or"
	OpAnd     Op = "and"
	OpNot     Op = "not"
	OpEq      Op = "="
	OpNe      Op = "<>"
	OpLt      Op = "<"
	OpGt      Op = ">"
	OpLe      Op = "<="
	OpGe      Op = ">="
	OpLike    Op = "like"
	OpBetween Op = "between"
	OpIn      Op = "in"
	OpIsNull  Op = "isNull"
	OpCaseI   Op = "casei"

	OpProperty  Op = "property"
	OpText      Op = "text"
	OpNumber    Op = "number"
	OpBool      Op = "bool"
	OpDate      Op = "date"
	OpTimestamp Op = "timestamp"
	OpInterval  Op = "interval"
	// OpOpen is the open end of an interval, '..'.
	OpOpen     Op = ".."
	OpGeometry Op = "geometry"
)

// An Expr is a node of a filter.
type Expr struct {
	Op Op
	// Pos is where the node begins in the filter, in characters from 1.
	Pos  int
	Args []*Expr
	// Text is the name of a property, the value of a text, a date or a timestamp
	// as it was written.
	Text     string
	Number   float64
	Bool     bool
	Geometry *Geometry
}

// Equal says whether two expressions are the same wherever they were written.
func (e *Expr) Equal(o *Expr) bool {
	return e.Op == o.Op && e.Text == o.Text && e.Number == o.Number && e.Bool == o.Bool &&
		e.Geometry.equal(o.Geometry) && slices.EqualFunc(e.Args, o.Args, (*Expr).Equal)
}

// An Error is what is wrong with a filter.
type Error struct {
	// Pos is where, in characters from 1.
	Pos int
	// Code is stable.
	Code string
	// Message is for the user, in Chinese; it repeats nothing of the filter.
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("filter: position %d: %s", e.Pos, e.Code) }

// The codes of an Error.
const (
	codeSyntax     = "filter-syntax"
	codeTooLong    = "filter-too-long"
	codeUnknown    = "filter-unknown-property"
	codeType       = "filter-type"
	codeGeometry   = "filter-geometry"
	codeUnreadable = "filter-unsupported"
)

// spatial are the spatial functions and PostGIS's names of them.
var spatial = map[Op]string{
	"s_intersects": "st_intersects", "s_equals": "st_equals", "s_disjoint": "st_disjoint", "s_touches": "st_touches",
	"s_within": "st_within", "s_overlaps": "st_overlaps", "s_crosses": "st_crosses", "s_contains": "st_contains",
}

// temporal are the temporal functions, on the first day (a, c) and the last (b,
// d) of their two arguments. An instant is its own first and last.
var temporal = map[Op]string{
	"t_after":        "a > d",
	"t_before":       "b < c",
	"t_contains":     "a < c and b > d",
	"t_disjoint":     "b < c or a > d",
	"t_during":       "a > c and b < d",
	"t_equals":       "a = c and b = d",
	"t_finishedby":   "a < c and b = d",
	"t_finishes":     "a > c and b = d",
	"t_intersects":   "a <= d and b >= c",
	"t_meets":        "b = c",
	"t_metby":        "a = d",
	"t_overlappedby": "a > c and a < d and b > d",
	"t_overlaps":     "a < c and b > c and b < d",
	"t_startedby":    "a = c and b > d",
	"t_starts":       "a = c and b < d",
}
