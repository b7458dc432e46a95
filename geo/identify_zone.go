package geo

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// placeInScheme recognises a transverse Mercator's parameters as a zone: of the
// national 3° and 6° schemes with prefix or by meridian, of UTM, or of none.
// The name settles only 3° against 6°.
func (id *identification) placeInScheme(c CRS, name string) CRS {
	c = snap(c)
	if u, ok := asUTM(c); ok {
		return u
	}
	f := familyOf(c)
	if c.ScaleFactor == 1 && c.LatitudeOfOriginDeg == 0 && c.FalseNorthingM == 0 {
		prefix := int(math.Floor(c.FalseEastingM / 1e6))
		switch {
		case c.FalseEastingM == 500000:
			if z, ok := id.byMeridian(c, f, name); ok {
				return z
			}
		case c.FalseEastingM == float64(prefix)*1e6+500000 && 1 <= prefix && prefix <= 120:
			return id.byPrefix(c, f, prefix)
		}
	}
	c.Name = describe(c)
	id.note(NoteLocalMeridian, "central_meridian", degrees(c.CentralMeridianDeg),
		"false_easting", metres(c.FalseEastingM), "false_northing", metres(c.FalseNorthingM),
		"scale", strconv.FormatFloat(c.ScaleFactor, 'g', -1, 64))
	return c
}

// snap removes the noise of printed decimals from parameters that stand for
// round numbers: a hundred-millionth of a degree is a millimetre.
func snap(c CRS) CRS {
	round := func(v *float64, tolerance float64) {
		if r := math.Round(*v); math.Abs(r-*v) < tolerance {
			*v = r
		}
	}
	round(&c.CentralMeridianDeg, 1e-8)
	round(&c.LatitudeOfOriginDeg, 1e-8)
	round(&c.FalseEastingM, 1e-4)
	round(&c.FalseNorthingM, 1e-4)
	if math.Abs(c.ScaleFactor-1) < 1e-11 {
		c.ScaleFactor = 1
	}
	if c.CentralMeridianDeg > 180 {
		c.CentralMeridianDeg -= 360
	}
	return c
}

// familyOf is the national family on a system's datum. WGS 84 and the ITRF
// frames have zones of the same shape without EPSG codes.
func familyOf(c CRS) family {
	for _, f := range families {
		if f.datum == c.Datum {
			return f
		}
	}
	name := "ITRF"
	if c.Datum == DatumWGS84 {
		name = "WGS 84"
	}
	return family{name: name, datum: c.Datum, ellipsoid: c.Ellipsoid}
}

func asUTM(c CRS) (CRS, bool) {
	if math.Abs(c.ScaleFactor-0.9996) > 1e-11 || c.FalseEastingM != 500000 || c.LatitudeOfOriginDeg != 0 ||
		(c.FalseNorthingM != 0 && c.FalseNorthingM != 1e7) {
		return CRS{}, false
	}
	zone := int(math.Round((c.CentralMeridianDeg + 183) / 6))
	if float64(6*zone-183) != c.CentralMeridianDeg || zone < 1 || zone > 60 {
		return CRS{}, false
	}
	south, code := c.FalseNorthingM != 0, 0
	name := familyOf(c).name
	for _, u := range utmSeries {
		if u.datum == c.Datum && u.south == south && u.firstZone <= zone && zone <= u.lastZone {
			name, code = u.name, u.code+zone-u.firstZone
		}
	}
	return utm(name, c.Datum, c.Ellipsoid, zone, south, code), true
}

// byPrefix recognises a false easting that carries a zone number. Prefixes of
// the 3° scheme in China are 25 to 45 and of the 6° scheme 13 to 23, so the
// number alone tells the width.
func (id *identification) byPrefix(c CRS, f family, prefix int) CRS {
	switch c.CentralMeridianDeg {
	case float64(3 * prefix):
		if prefix < 13 || prefix > 23 {
			return gaussKruger(f, 3, prefix, true)
		}
	case float64(6*prefix - 3):
		return gaussKruger(f, 6, prefix, true)
	}
	c.Zone, c.ZonePrefixed = prefix, true
	c.Name = describe(c)
	byPrefix := gaussKruger(f, 3, prefix, true)
	if 13 <= prefix && prefix <= 23 {
		byPrefix = gaussKruger(f, 6, prefix, true)
	}
	byMeridian := degrees(c.CentralMeridianDeg)
	if z := math.Round(c.CentralMeridianDeg / 3); 3*z == c.CentralMeridianDeg && z > 0 {
		byMeridian = gaussKruger(f, 3, int(z), true).Name
	}
	id.note(NoteZoneDisagrees, "false_easting", metres(c.FalseEastingM), "central_meridian", degrees(c.CentralMeridianDeg),
		"by_prefix", byPrefix.Name, "by_meridian", byMeridian)
	return c
}

// byMeridian recognises a plain 500 km false easting on a meridian of the
// national schemes. Every 6° meridian is a 3° one too.
func (id *identification) byMeridian(c CRS, f family, name string) (CRS, bool) {
	z3 := int(math.Round(c.CentralMeridianDeg / 3))
	if float64(3*z3) != c.CentralMeridianDeg || z3 < 25 || z3 > 45 {
		return CRS{}, false
	}
	three := gaussKruger(f, 3, z3, false)
	z6 := (z3 + 1) / 2
	if float64(6*z6-3) != c.CentralMeridianDeg {
		return three, true
	}
	six := gaussKruger(f, 6, z6, false)
	switch widthByName(name) {
	case 3:
		return three, true
	case 6:
		return six, true
	}
	id.note(NoteZoneWidthAmbiguous, "central_meridian", degrees(c.CentralMeridianDeg),
		"reading_3", three.Name, "reading_6", six.Name)
	return three, true
}

var (
	threeDegreeName = regexp.MustCompile(`3deg|三度|3度`)
	// Esri and EPSG name 6° zones without their width: CGCS2000_GK_CM_111E,
	// CGCS2000 / Gauss-Kruger CM 111E, Beijing 1954 / Gauss-Kruger 19N.
	sixDegreeName = regexp.MustCompile(`6deg|六度|6度|(gk|gausskruger|gausskrueger)(cm|zone|\d\dn)`)
	zoneInName    = regexp.MustCompile(`zone(\d{1,3})|(\d{1,3})带`)
	cmInName      = regexp.MustCompile(`cm(\d{1,3}(?:\.\d+)?)[eE]`)
)

// widthByName is the zone width a name states, 0 where it states none.
func widthByName(name string) int {
	s := squash(name)
	switch {
	case threeDegreeName.MatchString(s):
		return 3
	case sixDegreeName.MatchString(s):
		return 6
	}
	return 0
}

// checkName compares what a system's own name claims with what its parameters
// say: datum, zone number, width, central meridian.
func (id *identification) checkName(name string, c CRS) {
	squashed := squash(name)
	disagree := func(claim string) {
		id.note(NoteNameDisagrees, "name", name, "by_name", claim, "by_parameters", c.Name)
	}
	if named := datumByName(squashed); named != "" && named != c.Datum && !id.has(NoteNameDisagrees) {
		disagree(string(named))
		return
	}
	if !c.Projected {
		return
	}
	if m := zoneInName.FindStringSubmatch(squashed); m != nil {
		if claimed := m[1] + m[2]; !zoneFits(claimed, c) {
			disagree("zone " + claimed)
			return
		}
	}
	if m := cmInName.FindStringSubmatch(squashKeepDot(name)); m != nil {
		if v, err := strconv.ParseFloat(m[1], 64); err == nil && math.Abs(v-c.CentralMeridianDeg) > 0.01 {
			disagree("CM " + m[1] + "E")
			return
		}
	}
	if w := widthByName(name); w != 0 && c.ZoneWidthDeg != 0 && w != c.ZoneWidthDeg && !strings.Contains(squashed, "utm") {
		disagree(fmt.Sprintf("%d°", w))
		return
	}
	if sixOrThree := widthByName(name) != 0; sixOrThree && c.ScaleFactor != 1 {
		disagree("Gauss-Kruger, scale 1")
	}
}

func (id *identification) has(code string) bool {
	for _, n := range id.notes {
		if n.Code == code {
			return true
		}
	}
	return false
}

// zoneFits says whether a zone number in a name is that of the parameters; a
// name without width may count in either scheme.
func zoneFits(claimed string, c CRS) bool {
	z, err := strconv.Atoi(claimed)
	if err != nil || z == c.Zone {
		return err == nil
	}
	return c.Zone == 0 && (float64(3*z) == c.CentralMeridianDeg || float64(6*z-3) == c.CentralMeridianDeg)
}

// squashKeepDot is squash that keeps the decimal point of CM_110.5E.
func squashKeepDot(s string) string {
	parts := strings.Split(s, ".")
	for i := range parts {
		parts[i] = squash(parts[i])
	}
	return strings.Join(parts, ".")
}

// describe names a system that belongs to no scheme by its parameters.
func describe(c CRS) string {
	s := familyOf(c).name + " / Transverse Mercator CM " + meridianName(c.CentralMeridianDeg) + " FE " + metres(c.FalseEastingM)
	if c.FalseNorthingM != 0 {
		s += " FN " + metres(c.FalseNorthingM)
	}
	if c.LatitudeOfOriginDeg != 0 {
		s += " lat0 " + degrees(c.LatitudeOfOriginDeg)
	}
	if c.ScaleFactor != 1 {
		s += " k " + strconv.FormatFloat(c.ScaleFactor, 'g', -1, 64)
	}
	return s
}

func degrees(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
func metres(v float64) string  { return strconv.FormatFloat(v, 'f', -1, 64) }
