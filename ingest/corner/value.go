package corner

import (
	"strconv"
	"strings"
)

// A form is how a coordinate is written.
type form uint8

const (
	formNone    form = iota
	formNumber       // decimal digits: metres, degrees or packed degrees
	formAngle        // degrees, minutes and seconds, told apart by signs
	formBad          // like a coordinate, but not one
	formInexact      // with an exponent: a spreadsheet has rounded it
)

// A letter is the half of the world an angle names.
type letter byte

const (
	letterNone  letter = 0
	letterEast  letter = 'E'
	letterNorth letter = 'N'
)

// A value is one coordinate as it is written.
type value struct {
	form   form
	number float64 // degrees for formAngle
	letter letter
	text   string
}

// parseValue reads a plain cell.
func parseValue(cell string) value {
	v := value{text: cell}
	s := strings.ReplaceAll(cell, " ", "")
	s, v.letter = cutLetter(s)
	s = strings.TrimSuffix(strings.TrimSuffix(s, "米"), "m")
	switch {
	case s == "" || !strings.ContainsAny(s, "0123456789"):
		return v
	case isNumber(s):
		v.form = formNumber
		v.number, _ = strconv.ParseFloat(s, 64)
	case isExponent(s):
		v.form = formInexact
	default:
		v.form, v.number = parseAngle(s)
	}
	return v
}

// cutLetter takes the hemisphere off an angle: 110°E, E110°, 东经110°.
func cutLetter(s string) (string, letter) {
	for _, w := range []struct {
		word string
		is   letter
	}{{"东经", letterEast}, {"北纬", letterNorth}, {"E", letterEast}, {"N", letterNorth}, {"e", letterEast}, {"n", letterNorth}} {
		if rest, ok := strings.CutPrefix(s, w.word); ok {
			return strings.TrimPrefix(rest, ":"), w.is
		}
		if rest, ok := strings.CutSuffix(s, w.word); ok {
			return rest, w.is
		}
	}
	return s, letterNone
}

// isNumber is an optional sign, digits, and an optional fraction.
func isNumber(s string) bool {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "-"), "+")
	whole, fraction, _ := strings.Cut(s, ".")
	return whole != "" && len(s) <= 40 && digits(whole) && digits(fraction)
}

func isExponent(s string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(s), "E")
	return ok && isNumber(mantissa) && isNumber(exponent)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// parseAngle reads 110°00′28.20″, 110°00.47′, 110-00-28.2 and 110:00:28.2. Only
// the last part may have a fraction; minutes and seconds are below 60.
func parseAngle(s string) (form, float64) {
	var parts []string
	switch {
	case strings.ContainsRune(s, '°'):
		degrees, rest, _ := strings.Cut(s, "°")
		parts = append(parts, degrees)
		if minutes, more, ok := strings.Cut(rest, "′"); ok {
			parts = append(parts, minutes)
			rest = more
		}
		seconds := strings.TrimRight(rest, "″\"")
		if seconds != rest && len(parts) == 1 {
			return formBad, 0 // seconds without minutes
		}
		rest = seconds
		if rest != "" {
			parts = append(parts, rest)
		}
	case strings.Count(s, "-") == 2:
		parts = strings.Split(s, "-")
	case strings.Count(s, ":") == 2:
		parts = strings.Split(s, ":")
	default:
		return formNone, 0
	}
	if len(parts) > 3 {
		return formBad, 0
	}
	var deg float64
	unit := 1.0
	for i, p := range parts {
		if !isNumber(p) || strings.ContainsAny(p, "+-") || i < len(parts)-1 && strings.ContainsRune(p, '.') {
			return formBad, 0
		}
		n, _ := strconv.ParseFloat(p, 64)
		if i > 0 && n >= 60 || i == 0 && n > 180 {
			return formBad, 0
		}
		deg += n / unit
		unit *= 60
	}
	return formAngle, deg
}
