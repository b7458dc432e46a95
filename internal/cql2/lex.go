package cql2

import (
	"strings"
	"unicode"
)

type kind int

const (
	end    kind = iota
	word        // a keyword, the name of a function, or a property
	quoted      // a property in double quotes
	text
	number
	symbol // ( ) , and the comparison operators
)

// A token is a piece of a filter; value is without quotes.
type token struct {
	kind  kind
	pos   int
	value string
}

// is says whether the token is a keyword or symbol.
func (t token) is(s string) bool {
	return t.kind == symbol && t.value == s || t.kind == word && strings.EqualFold(t.value, s)
}

// lex cuts a filter into tokens; the last is the end.
func lex(filter string) ([]token, error) {
	var tokens []token
	in := []rune(filter)
	for at := 0; at < len(in); {
		c, begin := in[at], at
		t := token{pos: begin + 1}
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			at++
			continue
		case nameBegins(c):
			for at < len(in) && nameGoesOn(in[at]) {
				at++
			}
			t.kind, t.value = word, string(in[begin:at])
		case c == '"':
			closing := begin + 1
			for closing < len(in) && in[closing] != '"' {
				closing++
			}
			if closing == len(in) {
				return nil, &Error{t.pos, codeSyntax, "属性名的双引号没有结束。"}
			}
			t.kind, t.value, at = quoted, string(in[begin+1:closing]), closing+1
		case c == '\'':
			value, next := unquote(in, begin)
			if next < 0 {
				return nil, &Error{t.pos, codeSyntax, "文字的单引号没有结束。"}
			}
			t.kind, t.value, at = text, value, next
		case isDigit(c) || (c == '-' || c == '+' || c == '.') && begin+1 < len(in) && (isDigit(in[begin+1]) || in[begin+1] == '.'):
			at = numberEnd(in, begin)
			t.kind, t.value = number, string(in[begin:at])
		case strings.ContainsRune("(),=<>", c):
			at++
			if c == '<' && at < len(in) && (in[at] == '>' || in[at] == '=') || c == '>' && at < len(in) && in[at] == '=' {
				at++
			}
			t.kind, t.value = symbol, string(in[begin:at])
		default:
			return nil, &Error{t.pos, codeSyntax, "这里的字符不能出现在条件中；文字要写在单引号中。"}
		}
		tokens = append(tokens, t)
	}
	return append(tokens, token{kind: end, pos: len(in) + 1}), nil
}

// unquote reads the text that opens at in[begin], in which a quote is written
// twice or behind a backslash, and says where it is over; -1 if nowhere.
func unquote(in []rune, begin int) (value string, next int) {
	var b strings.Builder
	for at := begin + 1; at < len(in); at++ {
		c := in[at]
		following := rune(0)
		if at+1 < len(in) {
			following = in[at+1]
		}
		switch {
		case c == '\'' && following != '\'':
			return b.String(), at + 1
		case (c == '\'' || c == '\\') && following == '\'':
			b.WriteRune('\'')
			at++
		default:
			b.WriteRune(c)
		}
	}
	return "", -1
}

// numberEnd is behind the longest run that may be a number; whether it is one
// the parser finds out.
func numberEnd(in []rune, at int) int {
	for at++; at < len(in); at++ {
		c, before := in[at], in[at-1]
		exponent := (c == '-' || c == '+') && (before == 'e' || before == 'E')
		if !isDigit(c) && c != '.' && c != 'e' && c != 'E' && !exponent {
			break
		}
	}
	return at
}

func isDigit(c rune) bool { return '0' <= c && c <= '9' }

func nameBegins(c rune) bool { return c == '_' || c == ':' || unicode.IsLetter(c) }

func nameGoesOn(c rune) bool {
	return nameBegins(c) || c == '.' || unicode.IsDigit(c) || unicode.Is(unicode.Mn, c)
}
