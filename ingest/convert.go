package ingest

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/taohe-gis/taohe"
)

// LicenceNoForm is the form of a licence number: an optional C (mining) or T
// (exploration) and 22 digits.
var LicenceNoForm = regexp.MustCompile(`^[CT]?[0-9]{22}$`)

var datePattern = regexp.MustCompile(`^(\d{4})\s*(?:[-/.年])\s*(\d{1,2})\s*(?:[-/.月])\s*(\d{1,2})\s*日?(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?$`)

var compactDate = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)

// parseDate reads a day in the ways files write one: 20220423, 2022-04-23,
// 2022/4/23, 2022.4.23, 2022年4月23日, each with or without a time of day. A day
// the calendar does not have is not a date.
func parseDate(s string) (taohe.Date, bool) {
	s = toHalfWidth(s)
	m := datePattern.FindStringSubmatch(s)
	if m == nil {
		m = compactDate.FindStringSubmatch(s)
	}
	if m == nil {
		return taohe.Date{}, false
	}
	var part [3]int
	for i := range part {
		part[i], _ = strconv.Atoi(m[i+1]) // the pattern has digits only
	}
	d := taohe.NewDate(part[0], time.Month(part[1]), part[2])
	if y, mo, day := d.Time().Date(); y != part[0] || int(mo) != part[1] || day != part[2] || y < 1900 || y > 2200 {
		return taohe.Date{}, false
	}
	return d, true
}

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

// areaUnit is a unit a declared area may be in.
type areaUnit struct {
	title    string
	squareM  float64
	suffixes []string
}

var areaUnits = []areaUnit{
	{"公顷", 10_000, []string{"公顷", "HA", "HM2"}},
	{"亩", 2000.0 / 3, []string{"亩", "MU"}},
	{"平方公里", 1e6, []string{"平方公里", "KM2"}},
	{"平方米", 1, []string{"平方米", "㎡", "M2"}},
}

// declaredArea reads a declared area. The unit is the one the value or the
// column names; else the one that brings the value nearest to the measured
// area, when one comes within a fifth of it.
func declaredArea(text, column string, measuredM2 float64) (squareM float64, unit string, told, ok bool) {
	text = toHalfWidth(text)
	upper := strings.ToUpper(text)
	for _, u := range areaUnits {
		for _, s := range u.suffixes {
			if number, has := strings.CutSuffix(upper, s); has {
				v, isNumber := parseNumber(strings.TrimSpace(number))
				return v * u.squareM, u.title, true, isNumber
			}
		}
	}
	v, isNumber := parseNumber(text)
	if !isNumber {
		return 0, "", false, false
	}
	name := normaliseName(column)
	for _, u := range areaUnits {
		for _, s := range u.suffixes {
			if strings.HasSuffix(name, s) {
				return v * u.squareM, u.title, true, true
			}
		}
	}
	best := math.Inf(1)
	for _, u := range areaUnits {
		if d := math.Abs(math.Log(v * u.squareM / measuredM2)); d < best {
			best, squareM, unit = d, v*u.squareM, u.title
		}
	}
	return squareM, unit, false, best <= math.Log(1.2)
}
