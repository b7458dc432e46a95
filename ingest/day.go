package ingest

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/taohe-gis/taohe"
)

var datePattern = regexp.MustCompile(`^(\d{4})\s*(?:[-/.年])\s*(\d{1,2})\s*(?:[-/.月])\s*(\d{1,2})\s*日?(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$`)

var compactDate = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)

// instantPattern is a day with a time and the zone it is told in, as databases
// and web services write one.
var instantPattern = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$`)

// A dayReading is how the text of a day was understood.
type dayReading uint8

const (
	dayUnread  dayReading = iota
	dayWritten            // as it stands
	daySerial             // the count of days that spreadsheets keep
	dayShifted            // told in another time zone, and another day in China
)

// chinaTime is the one civil time of the country, without summer time.
var chinaTime = time.FixedZone("UTC+8", 8*3600)

// readDay reads a day in the ways files write one: 20220423, 2022-04-23,
// 2022/4/23, 2022.4.23, 2022年4月23日, each with or without a time of day, and the
// serial numbers of spreadsheets. A day the calendar does not have is not read.
func readDay(s string) (taohe.Date, dayReading) {
	s = toHalfWidth(s)
	if d, ok := writtenDay(s); ok {
		return d, dayWritten
	}
	if instantPattern.MatchString(s) {
		return instantDay(s)
	}
	whole, fraction, ok := decimalParts(s)
	switch {
	case !ok:
		return taohe.Date{}, dayUnread
	case fraction == 0 && whole >= 1e7:
		// A numeric column has given 20220423 decimals or an exponent.
		if d, ok := writtenDay(strconv.Itoa(whole)); ok {
			return d, dayWritten
		}
		return taohe.Date{}, dayUnread
	}
	return serialDay(whole)
}

func writtenDay(s string) (taohe.Date, bool) {
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

// instantDay is the day that an instant falls on in China: a web service tells
// midnight of 23 April as 16:00 of the 22nd, UTC.
func instantDay(s string) (taohe.Date, dayReading) {
	written, ok := writtenDay(s[:10])
	if !ok {
		return taohe.Date{}, dayUnread
	}
	s = strings.Replace(s, " ", "T", 1)
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z0700"} {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if here := taohe.DateOf(t.In(chinaTime)); here != written {
			return here, dayShifted
		}
		return written, dayWritten
	}
	return taohe.Date{}, dayUnread
}

// Serial numbers are taken from 1950-01-01 to 2100-12-31, all of five digits, so
// that neither a year nor a day written as 20220423 is ever taken for one.
const firstSerial, lastSerial = 18264, 73415

// serialDay is the day of a serial number. Spreadsheets count 1900-01-01 as 1
// and believe in a 29 February 1900, so that from March 1900 on the count runs
// from 1899-12-30. (The other system of old Macintosh files, from 1904, cannot
// be told from the number; the note lets a person see the four years.)
func serialDay(serial int) (taohe.Date, dayReading) {
	if serial < firstSerial || serial > lastSerial {
		return taohe.Date{}, dayUnread
	}
	return taohe.NewDate(1899, time.December, 30+serial), daySerial
}

// decimalParts splits a plain number, as spreadsheets and numeric columns write
// one, into its whole part and the rest.
func decimalParts(s string) (whole int, fraction float64, ok bool) {
	v, ok := parseNumber(s)
	if !ok || v < 0 || v >= 1e8 {
		return 0, 0, false
	}
	w := math.Floor(v)
	return int(w), v - w, true
}
