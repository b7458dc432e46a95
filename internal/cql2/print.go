package cql2

import (
	"strconv"
	"strings"
)

// String writes the filter anew, with brackets wherever there can be a doubt:
// Parse reads the same from it.
func (e *Expr) String() string {
	arg := func(i int) string { return e.Args[i].String() }
	switch e.Op {
	case OpOr, OpAnd:
		return "(" + e.list(" "+strings.ToUpper(string(e.Op))+" ") + ")"
	case OpNot:
		return "(NOT " + arg(0) + ")"
	case OpEq, OpNe, OpLt, OpGt, OpLe, OpGe, OpLike:
		return "(" + e.list(" "+strings.ToUpper(string(e.Op))+" ") + ")"
	case OpBetween:
		return "(" + arg(0) + " BETWEEN " + arg(1) + " AND " + arg(2) + ")"
	case OpIn:
		return "(" + arg(0) + " IN (" + (&Expr{Args: e.Args[1:]}).list(",") + "))"
	case OpIsNull:
		return "(" + arg(0) + " IS NULL)"
	case OpProperty:
		return `"` + e.Text + `"`
	case OpText:
		return quote(e.Text)
	case OpNumber:
		return strconv.FormatFloat(e.Number, 'g', -1, 64)
	case OpBool:
		return strings.ToUpper(strconv.FormatBool(e.Bool))
	case OpDate, OpTimestamp:
		return strings.ToUpper(string(e.Op)) + "(" + quote(e.Text) + ")"
	case OpInterval:
		return "INTERVAL(" + e.Args[0].end() + "," + e.Args[1].end() + ")"
	case OpGeometry:
		return e.Geometry.WKT()
	}
	return strings.ToUpper(string(e.Op)) + "(" + e.list(",") + ")"
}

// end writes an end of an interval.
func (e *Expr) end() string {
	switch e.Op {
	case OpOpen:
		return "'..'"
	case OpProperty:
		return e.String()
	}
	return quote(e.Text)
}

func (e *Expr) list(between string) string {
	all := make([]string, len(e.Args))
	for i, a := range e.Args {
		all[i] = a.String()
	}
	return strings.Join(all, between)
}

// quote writes quotes behind backslashes. A text that was read never ends with
// a backslash, and one before a quote stays itself.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `\'`) + "'" }
