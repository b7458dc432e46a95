package geo

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// IdentifyWKT finds the reference system of a well-known text: Esri WKT 1
// (.prj), OGC WKT 1 and WKT 2 (ISO 19162). Parameters decide (ellipsoid,
// meridian, false easting and northing, scale, unit); names only tell apart
// what parameters cannot: datums that share an ellipsoid, and 3° from 6° zones
// of one meridian. Remarks come as notes. Where the parameters are those of an
// EPSG system, the result equals FromEPSG of its code.
//
// A text that is not well-known text, or a system taohe cannot take (another
// projection, ellipsoid, datum, unit or prime meridian), returns a *WKTError
// that says which. Beijing 1954 and Xian 1980 are identified, not refused:
// ToStore refuses them. That a WGS 84 or ITRF system is taken as CGCS2000 is no
// note: AcceptedAsCGCS2000 and Datum say it however the system was found.
func IdentifyWKT(wkt string) (CRS, []Note, error) {
	root, err := parseWKT(wkt)
	if err != nil {
		return CRS{}, nil, err
	}
	var id identification
	c, err := id.identify(root)
	if err != nil {
		return CRS{}, nil, err
	}
	return c, id.notes, nil
}

// identification gathers remarks along the way.
type identification struct{ notes []Note }

// note adds a remark; pairs are keys and values in turn.
func (id *identification) note(code string, pairs ...string) {
	args := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	id.notes = append(id.notes, Note{Code: code, Args: args})
}

func (id *identification) identify(root *wktNode) (CRS, error) {
	n := id.horizontal(root)
	switch n.keyword {
	case "GEOGCS", "GEOGCRS", "GEODCRS", "GEOGRAPHICCRS", "GEODETICCRS":
		return id.geographic(n)
	case "PROJCS", "PROJCRS", "PROJECTEDCRS":
		return id.projected(n)
	}
	return CRS{}, wktErrorf("%s %q is neither geographic nor projected", n.keyword, n.name())
}

// horizontal unwraps compound and bound systems.
func (id *identification) horizontal(n *wktNode) *wktNode {
	for {
		var inner *wktNode
		switch n.keyword {
		case "COMPD_CS", "COMPOUNDCRS":
			inner = n.child("PROJCS", "GEOGCS", "PROJCRS", "PROJECTEDCRS", "GEOGCRS", "GEODCRS", "GEOGRAPHICCRS", "GEODETICCRS", "BOUNDCRS")
			if inner != nil {
				id.note(NoteVerticalIgnored, "name", n.name())
			}
		case "BOUNDCRS":
			if source := n.child("SOURCECRS"); source != nil && len(source.nodes) > 0 {
				inner = source.nodes[0]
				id.note(NoteShiftIgnored, "parameters", n.child("ABRIDGEDTRANSFORMATION").name())
			}
		}
		if inner == nil {
			return n
		}
		n = inner
	}
}

func (id *identification) geographic(n *wktNode) (CRS, error) {
	datum, ellipsoid, err := id.datum(n, "")
	if err != nil {
		return CRS{}, err
	}
	if f := angleFactor(n); math.Abs(f-radian) > 1e-12 {
		return CRS{}, wktErrorf("%q counts angles in units of %g radians; only degrees are taken", n.name(), f)
	}
	if err := checkAxes(n); err != nil {
		return CRS{}, err
	}
	c := CRS{Datum: datum, Ellipsoid: ellipsoid}
	code := map[Datum]int{
		DatumCGCS2000: 4490, DatumWGS84: 4326, DatumXian1980: 4610, DatumBeijing1954: 4214, DatumNewBeijing: 4555,
	}[datum]
	if datum == DatumITRF {
		if code = wktCode(n); code == 0 && strings.Contains(squash(n.name()), "sirgas") {
			code = 4674
		}
	}
	if known, err := FromEPSG(code); err == nil && known.Datum == datum && !known.Projected {
		c = known
	} else {
		c.Name = cmp.Or(n.name(), familyOf(c).name)
	}
	id.checkName(n.name(), c)
	id.checkCode(n, c)
	return c, nil
}

func (id *identification) projected(n *wktNode) (CRS, error) {
	base := n.child("GEOGCS", "BASEGEOGCRS", "BASEGEODCRS")
	if base == nil {
		return CRS{}, wktErrorf("%q has no geographic system inside", n.name())
	}
	datum, ellipsoid, err := id.datum(base, n.name())
	if err != nil {
		return CRS{}, err
	}
	if err := checkAxes(n); err != nil {
		return CRS{}, err
	}
	if err := checkMetres(n); err != nil {
		return CRS{}, err
	}
	method, parameters := n.child("PROJECTION"), n
	if conversion := n.child("CONVERSION"); conversion != nil {
		method, parameters = conversion.child("METHOD", "PROJECTION"), conversion
	}
	switch name := squash(method.name()); name {
	case "transversemercator", "gausskruger", "gausskrueger", "transversemercatorcomplex":
	default:
		return CRS{}, wktErrorf("projection %q of %q is not Gauss-Krüger or transverse Mercator", method.name(), n.name())
	}
	c := CRS{Datum: datum, Ellipsoid: ellipsoid, Projected: true, ScaleFactor: 1}
	if err := readParameters(parameters, angleFactor(base), &c); err != nil {
		return CRS{}, fmt.Errorf("%q: %w", n.name(), err)
	}
	c = id.placeInScheme(c, n.name())
	id.checkName(n.name(), c)
	id.checkCode(n, c)
	return c, nil
}

// readParameters fills the projection parameters; angles come in units of
// degree radians unless a parameter brings its own unit.
func readParameters(n *wktNode, angle float64, c *CRS) error {
	var haveMeridian bool
	for _, p := range n.children("PARAMETER") {
		v, ok := p.number(0)
		if !ok {
			return wktErrorf("parameter %q has no value", p.name())
		}
		if u := p.child("LENGTHUNIT", "SCALEUNIT"); u != nil {
			if f, _ := u.number(0); f != 1 {
				return wktErrorf("parameter %q is not in metres", p.name())
			}
		}
		degrees := v * angleFactorOr(p, angle) / radian
		if math.Abs(degrees-v) <= 1e-9*math.Abs(v) {
			degrees = v // the printed factor is rounded; it means degrees
		}
		switch squash(p.name()) {
		case "falseeasting":
			c.FalseEastingM = v
		case "falsenorthing":
			c.FalseNorthingM = v
		case "centralmeridian", "longitudeofnaturalorigin", "longitudeoforigin", "longitudeofcenter":
			c.CentralMeridianDeg, haveMeridian = degrees, true
		case "latitudeoforigin", "latitudeofnaturalorigin", "latitudeofcenter":
			c.LatitudeOfOriginDeg = degrees
		case "scalefactor", "scalefactoratnaturalorigin":
			c.ScaleFactor = v
		default:
			return wktErrorf("unknown projection parameter %q", p.name())
		}
	}
	switch {
	case !haveMeridian:
		return wktErrorf("no central meridian")
	case math.Abs(c.CentralMeridianDeg) > 360:
		return wktErrorf("central meridian %g", c.CentralMeridianDeg)
	case math.Abs(c.LatitudeOfOriginDeg) > 90:
		return wktErrorf("latitude of origin %g", c.LatitudeOfOriginDeg)
	case !(c.ScaleFactor > 0.9 && c.ScaleFactor < 1.1):
		return wktErrorf("scale factor %g", c.ScaleFactor)
	case math.Abs(c.FalseEastingM) > 2e8 || math.Abs(c.FalseNorthingM) > 2e8:
		return wktErrorf("false origin %g, %g", c.FalseEastingM, c.FalseNorthingM)
	}
	return nil
}

// angleFactor is the angular unit of a geographic system, in radians.
func angleFactor(n *wktNode) float64 { return angleFactorOr(n, radian) }

func angleFactorOr(n *wktNode, otherwise float64) float64 {
	u := n.child("ANGLEUNIT", "UNIT")
	if u == nil {
		if u = n.child("AXIS").child("ANGLEUNIT", "UNIT"); u == nil {
			return otherwise
		}
	}
	if f, ok := u.number(0); ok && math.Abs(f-radian) > 1e-9 {
		return f
	}
	return radian
}

// checkMetres refuses a plane unit other than the metre.
func checkMetres(n *wktNode) error {
	units := []*wktNode{n.child("UNIT", "LENGTHUNIT")}
	for _, a := range n.children("AXIS") {
		units = append(units, a.child("LENGTHUNIT", "UNIT"))
	}
	for _, u := range units {
		if f, ok := u.number(0); ok && f != 1 {
			return wktErrorf("%q is in %q of %g m; only metres are taken", n.name(), u.name(), f)
		}
	}
	return nil
}

// checkAxes refuses systems that count westwards or southwards. The order of
// the axes says nothing about a file: shapefiles put easting first whatever
// the definition says.
func checkAxes(n *wktNode) error {
	for _, a := range n.children("AXIS") {
		for _, w := range a.words {
			if w == "WEST" || w == "SOUTH" {
				return wktErrorf("%q counts towards the %s", n.name(), strings.ToLower(w))
			}
		}
	}
	return nil
}

// wktCode is the EPSG code a system's text states for itself, 0 for none.
func wktCode(n *wktNode) int {
	a := n.child("AUTHORITY", "ID")
	if a == nil || !strings.EqualFold(a.name(), "EPSG") {
		return 0
	}
	if v, ok := a.number(0); ok {
		return int(v)
	}
	if len(a.texts) > 1 {
		if v, err := strconv.Atoi(a.texts[1]); err == nil {
			return v
		}
	}
	return 0
}

func (id *identification) checkCode(n *wktNode, c CRS) {
	code := wktCode(n)
	if code == 0 || code == c.EPSG {
		return
	}
	if known, err := FromEPSG(code); err != nil || known.sameCoordinates(c) {
		return
	} else {
		id.note(NoteCodeDisagrees, "epsg", strconv.Itoa(code), "by_code", known.Name, "by_parameters", c.Name)
	}
}

// sameCoordinates says that both give every place the same coordinates:
// datum and parameters alike, whatever the names.
func (c CRS) sameCoordinates(o CRS) bool {
	return c.Datum == o.Datum && c.Ellipsoid.SemiMajorM == o.Ellipsoid.SemiMajorM &&
		c.Ellipsoid.InverseFlattening == o.Ellipsoid.InverseFlattening && c.Projected == o.Projected &&
		c.CentralMeridianDeg == o.CentralMeridianDeg && c.LatitudeOfOriginDeg == o.LatitudeOfOriginDeg &&
		c.FalseEastingM == o.FalseEastingM && c.FalseNorthingM == o.FalseNorthingM && c.ScaleFactor == o.ScaleFactor
}

// squash lower-cases a name and keeps only letters and digits, so that
// "Gauss_Kruger", "Gauss-Krüger" and "gauss kruger" compare.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case r == 'ü':
			return 'u'
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r > 0x2000:
			return r
		}
		return -1
	}, s)
}
