package kml

import (
	"math"
	"strconv"
)

// A tupleFault says where in a coordinates element a tuple cannot be read.
type tupleFault struct{ text string }

// appendTuples appends the tuples of a coordinates element to points, three
// ordinates each, the third NaN where a tuple has no altitude.
//
// OGC 07-147r2 §11.3 has "lon,lat[,alt]" apart by white space. Writers put
// white space around the commas too: a comma joins, whatever is around it, and
// only white space without a comma separates. A tuple of fewer than two or more
// than three numbers is refused, because there a comma is wrong, and which one
// cannot be told.
func appendTuples(points []float64, b []byte, maxTuples int) ([]float64, int, *tupleFault) {
	at, tuples := skipBlank(b, 0), 0
	for at < len(b) {
		start := at
		tuple := [3]float64{0, 0, math.NaN()}
		n := 0
		for {
			end := at
			for end < len(b) && b[end] != ',' && !blank(b[end]) {
				end++
			}
			v, ok := number(b[at:end])
			if !ok || n == len(tuple) {
				return points, tuples, &tupleFault{excerpt(b[start:])}
			}
			tuple[n] = v
			n++
			if at = skipBlank(b, end); at == len(b) || b[at] != ',' {
				break
			}
			at = skipBlank(b, at+1)
		}
		if n < 2 {
			return points, tuples, &tupleFault{excerpt(b[start:])}
		}
		if tuples++; tuples > maxTuples {
			return points, tuples, nil
		}
		points = append(points, tuple[:]...)
	}
	return points, tuples, nil
}

// number reads a finite decimal number; the words and hexadecimal forms that
// strconv takes beside are none here.
func number(b []byte) (float64, bool) {
	if len(b) == 0 || len(b) > 64 {
		return 0, false
	}
	for _, c := range b {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(string(b), 64)
	return v, err == nil && !math.IsInf(v, 0)
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func skipBlank(b []byte, at int) int {
	for at < len(b) && blank(b[at]) {
		at++
	}
	return at
}

func excerpt(b []byte) string {
	const most = 60
	if len(b) > most {
		return string([]rune(string(b[:most]))) + "…"
	}
	return string(b)
}
