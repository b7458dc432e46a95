package geo

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of a well-known text. Real ones have a few kilobytes and nest less
// than ten deep.
const (
	maxWKTBytes = 64 << 10
	maxWKTDepth = 32
)

// A WKTError says that a text is not the well-known text of a reference
// system, or not one that can be taken.
type WKTError struct{ Reason string }

func (e *WKTError) Error() string { return "reference system text: " + e.Reason }

func wktErrorf(format string, args ...any) *WKTError {
	return &WKTError{Reason: fmt.Sprintf(format, args...)}
}

// A wktNode is KEYWORD["text", 1.0, word, KEYWORD[…], …], its arguments sorted
// by kind and otherwise in order.
type wktNode struct {
	keyword string // upper case
	texts   []string
	numbers []float64
	words   []string // upper case
	nodes   []*wktNode
}

// name is the first quoted text, which is the name of nearly every node.
func (n *wktNode) name() string {
	if n == nil || len(n.texts) == 0 {
		return ""
	}
	return n.texts[0]
}

// child is the first direct child with one of the keywords, or nil.
func (n *wktNode) child(keywords ...string) *wktNode {
	if n == nil {
		return nil
	}
	for _, c := range n.nodes {
		for _, k := range keywords {
			if c.keyword == k {
				return c
			}
		}
	}
	return nil
}

// children are all direct children with the keyword.
func (n *wktNode) children(keyword string) []*wktNode {
	var out []*wktNode
	for _, c := range n.nodes {
		if c.keyword == keyword {
			out = append(out, c)
		}
	}
	return out
}

// number is the i-th number, or false.
func (n *wktNode) number(i int) (float64, bool) {
	if n == nil || i >= len(n.numbers) {
		return 0, false
	}
	return n.numbers[i], true
}

type wktParser struct {
	s   string
	pos int
}

// parseWKT reads one node and asks that nothing but white space and NULs
// follow it. A byte order mark before it is passed over.
func parseWKT(s string) (*wktNode, error) {
	if len(s) > maxWKTBytes {
		return nil, wktErrorf("longer than %d bytes", maxWKTBytes)
	}
	p := wktParser{s: strings.TrimPrefix(s, "\ufeff")}
	n, err := p.node(0)
	if err != nil {
		return nil, err
	}
	if rest := strings.Trim(p.s[p.pos:], " \t\r\n\x00"); rest != "" {
		return nil, wktErrorf("more text follows the closing bracket at byte %d", p.pos)
	}
	return n, nil
}

func (p *wktParser) space() {
	for p.pos < len(p.s) && strings.IndexByte(" \t\r\n", p.s[p.pos]) >= 0 {
		p.pos++
	}
}

func (p *wktParser) peek() byte {
	if p.pos >= len(p.s) {
		return 0
	}
	return p.s[p.pos]
}

func isWordByte(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z'
}

func (p *wktParser) word() string {
	start := p.pos
	for p.pos < len(p.s) && isWordByte(p.s[p.pos]) {
		p.pos++
	}
	return strings.ToUpper(p.s[start:p.pos])
}

func (p *wktParser) node(depth int) (*wktNode, error) {
	p.space()
	keyword := p.word()
	p.space()
	if keyword == "" || (p.peek() != '[' && p.peek() != '(') {
		return nil, wktErrorf("no KEYWORD[ at byte %d", p.pos)
	}
	n := &wktNode{keyword: keyword}
	return n, p.arguments(n, depth)
}

// arguments reads from the opening bracket to the closing one.
func (p *wktParser) arguments(n *wktNode, depth int) error {
	if depth >= maxWKTDepth {
		return wktErrorf("nested more than %d deep", maxWKTDepth)
	}
	closing := byte(']')
	if p.peek() == '(' {
		closing = ')'
	}
	for {
		p.pos++ // the bracket or the comma
		p.space()
		if err := p.argument(n, depth); err != nil {
			return err
		}
		p.space()
		switch p.peek() {
		case closing:
			p.pos++
			return nil
		case ',':
		default:
			return wktErrorf("no comma or closing bracket of %s at byte %d", n.keyword, p.pos)
		}
	}
}

func (p *wktParser) argument(n *wktNode, depth int) error {
	switch b := p.peek(); {
	case b == '"':
		text, err := p.text()
		n.texts = append(n.texts, text)
		return err
	case b == '-' || b == '+' || b == '.' || '0' <= b && b <= '9':
		p.numeral(n)
		return nil
	case isWordByte(b):
		word := p.word()
		p.space()
		if p.peek() != '[' && p.peek() != '(' {
			n.words = append(n.words, word)
			return nil
		}
		c := &wktNode{keyword: word}
		n.nodes = append(n.nodes, c)
		return p.arguments(c, depth+1)
	}
	return wktErrorf("nothing readable at byte %d inside %s", p.pos, n.keyword)
}

// text reads a quoted text; a doubled quote stands for one.
func (p *wktParser) text() (string, error) {
	var b strings.Builder
	for {
		p.pos++
		end := strings.IndexByte(p.s[p.pos:], '"')
		if end < 0 {
			return "", wktErrorf("a quoted text is not closed")
		}
		b.WriteString(p.s[p.pos : p.pos+end])
		p.pos += end + 1
		if p.peek() != '"' {
			break
		}
		b.WriteByte('"')
	}
	if !utf8.ValidString(b.String()) { // a .prj written in GBK; its numbers are still good
		return strings.ToValidUTF8(b.String(), "?"), nil
	}
	return b.String(), nil
}

// numeral reads a number. What only begins like one, as a date does, is kept
// as a word.
func (p *wktParser) numeral(n *wktNode) {
	start := p.pos
	for p.pos < len(p.s) && strings.IndexByte("+-.:0123456789eETZ", p.s[p.pos]) >= 0 {
		p.pos++
	}
	v, err := strconv.ParseFloat(p.s[start:p.pos], 64)
	if err != nil {
		n.words = append(n.words, p.s[start:p.pos])
		return
	}
	n.numbers = append(n.numbers, v)
}
