package geo

import (
	"fmt"
	"math"
	"strings"
)

// datumNames recognise a datum in the squashed name of a datum or geographic
// system. Longer, more particular entries come first: "beijing" is in "new
// beijing".
var datumNames = []struct {
	fragment string
	datum    Datum
}{
	{"newbeijing", DatumNewBeijing},
	{"新北京", DatumNewBeijing},
	{"新54", DatumNewBeijing},
	{"beijing", DatumBeijing1954},
	{"北京", DatumBeijing1954},
	{"bj54", DatumBeijing1954},
	{"bj1954", DatumBeijing1954},
	{"xian", DatumXian1980},
	{"西安", DatumXian1980},
	{"xa80", DatumXian1980},
	{"cgcs", DatumCGCS2000},
	{"china2000", DatumCGCS2000},
	{"chinageodetic", DatumCGCS2000},
	{"chinesegeodetic", DatumCGCS2000},
	{"国家2000", DatumCGCS2000},
	{"2000国家", DatumCGCS2000},
	{"大地2000", DatumCGCS2000},
	{"国家大地", DatumCGCS2000},
	{"wgs84", DatumWGS84},
	{"wgs1984", DatumWGS84},
	{"worldgeodeticsystem1984", DatumWGS84},
	{"sirgas2000", DatumITRF},
	{"referenciageocentricoparalasamericas2000", DatumITRF},
	{"itrf", DatumITRF},
	{"internationalterrestrialreferenceframe", DatumITRF},
	{"igs", DatumITRF},
}

// foreignDatums share an ellipsoid with one of ours and are not it: another
// country's frame, metres to hundreds of metres away.
var foreignDatums = []string{
	"northamerican", "nad83", "nad1983", "etrs", "europeanterrestrial", "australia", "gda", "jgd", "japanese", "tokyo",
	"korea", "newzealand", "nzgd", "rgf", "reseaugeodesique", "hartebeesthoek", "vn2000", "vietnam", "mexico", "indonesia",
	"pulkovo", "s42", "hanoi", "afgooye", "stas", "bermuda", "gdm", "malaysia", "pz90", "gsk", "ucs2000", "magna", "rgaf", "rgsp",
	"lithuania", "estonia", "latvia", "slovenia", "croatia", "macedonia", "rsrgd", "antarctic", "posgar", "peru", "ecuador", "panama", "scoresbysund", "greenland",
}

// datum finds the datum by the ellipsoid's parameters, and by name only among
// datums that share the ellipsoid. outer is the name of the projected system
// around n, consulted where the geographic one says nothing.
func (id *identification) datum(n *wktNode, outer string) (Datum, Ellipsoid, error) {
	d := n.child("DATUM", "ENSEMBLE", "TRF", "GEODETICDATUM")
	e := d.child("SPHEROID", "ELLIPSOID")
	a, okA := e.number(0)
	rf, okF := e.number(1)
	if !okA || !okF {
		return "", Ellipsoid{}, wktErrorf("%q has no ellipsoid with two parameters", n.name())
	}
	if u := e.child("LENGTHUNIT", "UNIT"); u != nil {
		if f, _ := u.number(0); f != 1 {
			return "", Ellipsoid{}, wktErrorf("ellipsoid of %q is not in metres", n.name())
		}
	}
	if m, ok := n.child("PRIMEM").number(0); ok && m != 0 {
		return "", Ellipsoid{}, wktErrorf("%q counts longitude from %g°, not from Greenwich", n.name(), m)
	}
	if shift := d.child("TOWGS84"); shift != nil && hasNonZero(shift.numbers) {
		id.note(NoteShiftIgnored, "parameters", strings.Trim(fmt.Sprint(shift.numbers), "[]"))
	}
	is := func(e Ellipsoid) bool {
		return math.Abs(a-e.SemiMajorM) < 0.001 && math.Abs(rf-e.InverseFlattening) < 5e-7
	}
	names := squash(d.name()) + " " + squash(n.name())
	for _, f := range foreignDatums {
		if strings.Contains(names, f) || strings.Contains(squash(outer), f) {
			return "", Ellipsoid{}, wktErrorf("datum %q is not one that can be brought to CGCS2000 here", d.name())
		}
	}
	named := datumByName(names)
	if named == "" {
		named = datumByName(squash(outer))
	}
	pick := func(otherwise Datum, candidates ...Datum) Datum {
		for _, c := range candidates {
			if named == c {
				return c
			}
		}
		if named == "" {
			id.note(NoteDatumByEllipsoid, "name", d.name(), "datum", string(otherwise))
		} else {
			id.note(NoteNameDisagrees, "name", d.name(), "by_name", string(named), "by_parameters", string(otherwise))
		}
		return otherwise
	}
	switch {
	case is(ellipsoidGRS80):
		if datum := pick(DatumCGCS2000, DatumCGCS2000, DatumITRF); datum == DatumITRF {
			return datum, ellipsoidGRS80, nil
		}
		return DatumCGCS2000, ellipsoidCGCS2000, nil
	case is(ellipsoidWGS84):
		return pick(DatumWGS84, DatumWGS84), ellipsoidWGS84, nil
	case is(ellipsoidXian1980):
		return pick(DatumXian1980, DatumXian1980), ellipsoidXian1980, nil
	case is(ellipsoidKrasovsky):
		return pick(DatumBeijing1954, DatumBeijing1954, DatumNewBeijing), ellipsoidKrasovsky, nil
	}
	return "", Ellipsoid{}, wktErrorf("ellipsoid %q (a %v m, 1/f %v) is none of CGCS2000, WGS 84, Xian 1980, Krasovsky 1940", e.name(), a, rf)
}

func datumByName(squashed string) Datum {
	// "Unknown datum based upon the WGS 84 ellipsoid" (EPSG:4030) names no datum.
	if strings.Contains(squashed, "basedon") || strings.Contains(squashed, "basedupon") {
		return ""
	}
	for _, n := range datumNames {
		if strings.Contains(squashed, n.fragment) {
			return n.datum
		}
	}
	return ""
}

func hasNonZero(v []float64) bool {
	for _, x := range v {
		if x != 0 {
			return true
		}
	}
	return false
}
