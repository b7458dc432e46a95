package geo

import (
	"fmt"
	"math"
)

// A Reading says how the numbers of a file are to be understood before their
// reference system applies. It is what a person agrees to when the numbers as
// written make no sense.
type Reading string

// The readings. ReadAsWritten changes nothing.
const (
	ReadAsWritten Reading = ""
	// ReadSwapped: the first number is the northing or latitude.
	ReadSwapped Reading = "swap"
	// ReadPacked: angles are packed degrees, ddd.mmss or dddmmss.
	ReadPacked Reading = "packed"
	// ReadDoublePrefix: the zone number was put before the easting twice, by
	// adding zone·10⁶ again or by writing its digits again.
	ReadDoublePrefix Reading = "double_prefix"
)

// Apply turns the numbers of a file into coordinates of c: easting and
// northing, or longitude and latitude. A reading that the numbers contradict
// (minutes of 60 and more, no double prefix to remove) or one that is unknown
// returns a *CoordinateError.
func (r Reading) Apply(x, y float64, c CRS) (float64, float64, error) {
	switch r {
	case ReadAsWritten:
		return x, y, nil
	case ReadSwapped:
		return y, x, nil
	case ReadPacked:
		lon, okLon := UnpackDegrees(x)
		lat, okLat := UnpackDegrees(y)
		if !okLon || !okLat {
			return 0, 0, &CoordinateError{x, y, "not packed degrees: minutes and seconds must be below 60"}
		}
		return lon, lat, nil
	case ReadDoublePrefix:
		if zone := float64(c.Zone); c.ZonePrefixed && zone > 0 {
			for _, extra := range []float64{zone * 1e6, zone * 1e8} {
				if e := x - extra; math.Abs(e-c.FalseEastingM) < 500_000 {
					return e, y, nil
				}
			}
		}
		return 0, 0, &CoordinateError{x, y, "no second zone prefix to remove"}
	}
	return 0, 0, &CoordinateError{x, y, fmt.Sprintf("unknown reading %q", string(r))}
}

// UnpackDegrees turns packed degrees into decimal ones: ddd.mmss (110.15305 is
// 110°15′30.5″), and dddmmss.s where the number is above 360 (1101530.5 is the
// same). Minutes or seconds of 60 and more, or degrees above 180, are false.
func UnpackDegrees(packed float64) (deg float64, ok bool) {
	v := math.Abs(packed)
	if !finite(v) {
		return 0, false
	}
	if v <= 360 {
		v *= 10000
	}
	// 110.1530 arrives as 1101529.9999999999: settle the last bits first.
	v = math.Round(v*1e8) / 1e8
	degrees := math.Floor(v / 10000)
	minutes := math.Floor((v - degrees*10000) / 100)
	seconds := v - degrees*10000 - minutes*100
	if degrees > 180 || minutes >= 60 || seconds >= 60 {
		return 0, false
	}
	return math.Copysign(degrees+minutes/60+seconds/3600, packed), true
}
