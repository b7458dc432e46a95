package ingest

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// LicenceNoForm is the form of a licence number: an optional C (mining) or T
// (exploration) and 22 digits.
var LicenceNoForm = regexp.MustCompile(`^[CT]?[0-9]{22}$`)

// parseNumber reads a finite decimal number; thousands separators and a
// trailing unit are not guessed away.
func parseNumber(s string) (float64, bool) {
	v, err := strconv.ParseFloat(toHalfWidth(s), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, false
	}
	return v, true
}

// normaliseLicenceNo folds width, spaces and case of a licence number.
func normaliseLicenceNo(s string) string {
	return strings.ToUpper(strings.Join(strings.Fields(toHalfWidth(s)), ""))
}

func toHalfWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - ('！' - '!')
		}
		if r == '\u3000' || r == '\u00a0' {
			return ' '
		}
		return r
	}, s)
}
