package cql2

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of a filter: what is longer or deeper is refused before any work is
// done on it.
const (
	MaxLength = 32 << 10 // characters
	maxDepth  = 50       // brackets and NOTs inside each other
)

// Parse reads a filter. What is wrong with it is an *Error.
func Parse(filter string) (*Expr, error) { return parse(filter, MaxLength, maxDepth) }

func parse(filter string, length, depth int) (*Expr, error) {
	if utf8.RuneCountInString(filter) > length {
		return nil, &Error{length + 1, codeTooLong, "条件过长，请缩短后再试。"}
	}
	tokens, err := lex(filter)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens, deeper: depth}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.next().kind != end {
		return nil, p.wrong("条件到这里应当结束，或者用 AND、OR 连接下一项。")
	}
	return e, nil
}

// A parser goes down by precedence: OR, AND, NOT, comparison, operand. An
// operand in brackets may be any of them; what fits together by type is found
// out when SQL is made.
type parser struct {
	tokens []token
	at     int
	deeper int
}

func (p *parser) next() token { return p.tokens[p.at] }

// following is the token behind the next.
func (p *parser) following() token { return p.tokens[min(p.at+1, len(p.tokens)-1)] }

// take goes over the next token if it is the keyword or symbol.
func (p *parser) take(s string) bool {
	if !p.next().is(s) {
		return false
	}
	p.at++
	return true
}

func (p *parser) wrong(message string) error {
	return &Error{p.next().pos, codeSyntax, message}
}

// want goes over a symbol that must be there.
func (p *parser) want(s string) error {
	if !p.take(s) {
		return p.wrong("这里应当是 " + s + " 。")
	}
	return nil
}

// inside runs fn one level deeper.
func (p *parser) inside(fn func() (*Expr, error)) (*Expr, error) {
	if p.deeper == 0 {
		return nil, &Error{p.next().pos, codeTooLong, "括号或 NOT 的层数过多。"}
	}
	p.deeper--
	defer func() { p.deeper++ }()
	return fn()
}

func (p *parser) or() (*Expr, error) { return p.joined(OpOr, p.and) }

func (p *parser) and() (*Expr, error) { return p.joined(OpAnd, p.not) }

// joined reads operands of AND or OR.
func (p *parser) joined(op Op, operand func() (*Expr, error)) (*Expr, error) {
	first, err := operand()
	if err != nil {
		return nil, err
	}
	all := []*Expr{first}
	for p.take(string(op)) {
		e, err := operand()
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	if len(all) == 1 {
		return first, nil
	}
	return &Expr{Op: op, Pos: first.Pos, Args: all}, nil
}

func (p *parser) not() (*Expr, error) {
	pos := p.next().pos
	if !p.take("not") {
		return p.comparison()
	}
	e, err := p.inside(p.not)
	if err != nil {
		return nil, err
	}
	return &Expr{Op: OpNot, Pos: pos, Args: []*Expr{e}}, nil
}

// comparison reads an operand and what is said of it.
func (p *parser) comparison() (*Expr, error) {
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	e := &Expr{Pos: left.Pos, Args: []*Expr{left}}
	if t := p.next(); t.kind == symbol && strings.ContainsAny(t.value, "=<>") {
		p.at++
		e.Op = Op(t.value)
		return e, p.operands(e, 1)
	}
	if p.take("is") {
		negated := p.take("not")
		if !p.take("null") {
			return nil, p.wrong("IS 之后应当是 NULL 或 NOT NULL。")
		}
		e.Op = OpIsNull
		return e.negated(negated), nil
	}
	negated := p.take("not")
	switch {
	case p.take("like"):
		e.Op = OpLike
		err = p.operands(e, 1)
	case p.take("between"):
		e.Op = OpBetween
		if err = p.operands(e, 1); err == nil {
			if !p.take("and") {
				return nil, p.wrong("BETWEEN 的两个值之间应当写 AND。")
			}
			err = p.operands(e, 1)
		}
	case p.take("in"):
		e.Op = OpIn
		if err = p.want("("); err == nil {
			if err = p.operands(e, -1); err == nil {
				err = p.want(")")
			}
		}
	case negated:
		return nil, p.wrong("NOT 之后应当是 LIKE、BETWEEN 或 IN。")
	default:
		return left, nil
	}
	if err != nil {
		return nil, err
	}
	return e.negated(negated), nil
}

func (e *Expr) negated(negated bool) *Expr {
	if !negated {
		return e
	}
	return &Expr{Op: OpNot, Pos: e.Pos, Args: []*Expr{e}}
}

// operands adds to the arguments of e: so many, or when n is -1 as many as
// stand between commas.
func (p *parser) operands(e *Expr, n int) error {
	for {
		a, err := p.operand()
		if err != nil {
			return err
		}
		e.Args = append(e.Args, a)
		if n--; n == 0 || n < 0 && !p.next().is(",") {
			return nil
		}
		if err := p.want(","); err != nil {
			return err
		}
	}
}

// operand reads a literal, a property, a function, or anything in brackets.
func (p *parser) operand() (*Expr, error) {
	t := p.next()
	e := &Expr{Pos: t.pos, Text: t.value}
	switch {
	case p.take("("):
		inner, err := p.inside(p.or)
		if err != nil {
			return nil, err
		}
		return inner, p.want(")")
	case t.kind == text:
		p.at++
		e.Op = OpText
		return e, nil
	case t.kind == number:
		return p.number()
	case t.kind == quoted:
		p.at++
		e.Op = OpProperty
		return e, nil
	case t.kind != word:
		return nil, p.wrong("这里应当是属性名、文字、数字、日期或图形。")
	case isGeometryWord(t.value) && (p.following().is("(") || p.following().is("z")):
		return p.spatialLiteral()
	case p.following().is("("):
		return p.call()
	case t.is("true") || t.is("false"):
		p.at++
		return &Expr{Op: OpBool, Pos: t.pos, Bool: t.is("true")}, nil
	case reserved(t):
		return nil, p.wrong("这里应当是属性名、文字、数字、日期或图形。与关键词同名的属性要写在双引号中。")
	}
	p.at++
	e.Op = OpProperty
	return e, nil
}

func reserved(t token) bool {
	for _, k := range []string{"and", "or", "not", "like", "between", "in", "is", "null"} {
		if t.is(k) {
			return true
		}
	}
	return false
}

func (p *parser) number() (*Expr, error) {
	t := p.next()
	v, err := strconv.ParseFloat(t.value, 64)
	if t.kind != number || err != nil || math.IsInf(v, 0) {
		return nil, p.wrong("这里应当是数字。")
	}
	p.at++
	return &Expr{Op: OpNumber, Pos: t.pos, Number: v + 0}, nil // +0: there is no negative zero
}

// call reads a function with its arguments.
func (p *parser) call() (*Expr, error) {
	t := p.next()
	e := &Expr{Op: Op(strings.ToLower(t.value)), Pos: t.pos}
	p.at += 2
	_, isSpatial := spatial[e.Op]
	_, isTemporal := temporal[e.Op]
	var err error
	switch {
	case e.Op == OpDate || e.Op == OpTimestamp:
		if err = p.instant(e); err == nil {
			err = p.want(")")
		}
		return e, err
	case e.Op == OpInterval:
		err = p.interval(e)
	case e.Op == OpCaseI:
		_, err = p.inside(func() (*Expr, error) { return e, p.operands(e, 1) })
	case isSpatial || isTemporal:
		_, err = p.inside(func() (*Expr, error) { return e, p.operands(e, 2) })
	default:
		return nil, &Error{t.pos, codeUnreadable, "没有这个函数。可用的有 CASEI、DATE、TIMESTAMP、INTERVAL，以及 S_INTERSECTS 等空间函数和 T_AFTER 等时间函数。"}
	}
	if err != nil {
		return nil, err
	}
	return e, p.want(")")
}

// instant reads the text of a date or timestamp into e.
func (p *parser) instant(e *Expr) error {
	t := p.next()
	if t.kind != text {
		return p.wrong("日期、时刻要写在单引号中，例如 DATE('2022-05-31')。")
	}
	layout, message := time.DateOnly, "日期应写作 YYYY-MM-DD，例如 DATE('2022-05-31')。"
	if e.Op == OpTimestamp {
		layout, message = time.RFC3339, "时刻应写作 YYYY-MM-DDThh:mm:ssZ，例如 TIMESTAMP('2022-05-31T00:00:00Z')。"
	}
	if _, err := time.Parse(layout, t.value); err != nil {
		return p.wrong(message)
	}
	p.at++
	e.Text = t.value
	return nil
}

// interval reads the two ends: '..', a date or timestamp in quotes, or a
// property.
func (p *parser) interval(e *Expr) error {
	for i := range 2 {
		if i == 1 {
			if err := p.want(","); err != nil {
				return err
			}
		}
		t := p.next()
		a := &Expr{Pos: t.pos}
		switch {
		case t.kind == text && t.value == "..":
			a.Op = OpOpen
			p.at++
		case t.kind == text:
			if a.Op = OpDate; strings.ContainsAny(t.value, "Tt") {
				a.Op = OpTimestamp
			}
			if err := p.instant(a); err != nil {
				return err
			}
		default:
			operand, err := p.operand()
			if err != nil {
				return err
			}
			if a = operand; a.Op != OpProperty {
				return &Error{a.Pos, codeSyntax, "时间段的两端应当是 '..'、单引号中的日期，或属性名。"}
			}
		}
		e.Args = append(e.Args, a)
	}
	return nil
}
