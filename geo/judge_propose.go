package geo

import (
	"fmt"
	"math"
	"strconv"
)

// propose tries every reading with every system of the neighbourhood and keeps
// those that explain enough. Where the numbers fit as written, no other reading
// is tried: a correction nobody needs is worse than none.
func (g *judging) propose() {
	for _, r := range []Reading{ReadAsWritten, ReadSwapped, ReadDoublePrefix, ReadPacked} {
		for _, c := range g.systems() {
			if (r == ReadPacked && c.Projected) || (r == ReadAsWritten && c == g.claimed) {
				continue
			}
			inside, _ := g.split(g.points, c, r)
			if !enough(inside, len(g.points)) || g.redundant(c, r) {
				continue
			}
			p := Proposal{CRS: c, Reading: r, Inside: inside}
			p.Code, p.Fix = g.remark(c, r)
			g.out.Proposals = append(g.out.Proposals, p)
		}
		if len(g.out.Proposals) > 0 {
			break
		}
	}
	for i, p := range g.out.Proposals {
		// The simplest explanation, and what is as simple: the others stay
		// proposals and make no noise.
		if first := g.out.Proposals[0]; p.Code != "" && (i == 0 || p.Code == first.Code && p.CRS.sameScheme(first.CRS)) {
			g.note(p.Code, p.Inside, len(g.points), "fix", p.Fix, "crs", p.CRS.Name, "epsg", strconv.Itoa(p.CRS.EPSG))
		}
	}
}

// redundant says that a proposal already made gives the same coordinates, as a
// 3° and a 6° zone of one meridian do.
func (g *judging) redundant(c CRS, r Reading) bool {
	for _, p := range g.out.Proposals {
		if p.Reading == r && p.CRS.sameCoordinates(c) {
			return true
		}
	}
	return false
}

// remark names what is wrong if c read as r is right, and the word that
// confirms it.
func (g *judging) remark(c CRS, r Reading) (code, fix string) {
	claim := g.claimed
	system := "crs=EPSG:" + strconv.Itoa(c.EPSG)
	if c.EPSG == 0 {
		system = "crs=" + c.Name
	}
	if r != ReadAsWritten {
		code = map[Reading]string{ReadSwapped: NoteSwapped, ReadDoublePrefix: NotePrefixDouble, ReadPacked: NotePacked}[r]
		fix = string(r)
		if r == ReadDoublePrefix {
			fix = "prefix"
		}
		if c != claim {
			fix += "," + system
		}
		return code, fix
	}
	switch {
	case claim == (CRS{}):
		return "", system
	case claim.Projected && !c.Projected:
		return NoteDegreesForMetres, system
	case !claim.Projected && c.Projected:
		return NoteMetresForDegrees, system
	case claim.CentralMeridianDeg == c.CentralMeridianDeg && claim.ScaleFactor == c.ScaleFactor && claim.ZonePrefixed && !c.ZonePrefixed:
		return NotePrefixMissing, "prefix"
	case claim.CentralMeridianDeg == c.CentralMeridianDeg && claim.ScaleFactor == c.ScaleFactor && !claim.ZonePrefixed && c.ZonePrefixed:
		return NotePrefixUnexpected, "prefix"
	case claim.sameScheme(c):
		return NoteOtherZone, fmt.Sprintf("zone=%d", c.Zone)
	}
	return NoteOtherSystem, system
}

// sameScheme says that two systems differ only by their zone.
func (c CRS) sameScheme(o CRS) bool {
	return c.Projected && o.Projected && c.Datum == o.Datum && c.ZoneWidthDeg == o.ZoneWidthDeg &&
		c.ZonePrefixed == o.ZonePrefixed && c.ScaleFactor == o.ScaleFactor && c.FalseNorthingM == o.FalseNorthingM
}

// systems are those that make sense around the county, the likelier first: the
// claimed one, geographic, the 3° and 6° zones it touches with and without
// prefix, on the claimed datum or CGCS2000; then UTM on WGS 84.
func (g *judging) systems() []CRS {
	f := familyCGCS2000
	var out []CRS
	if g.claimed != (CRS{}) {
		out = append(out, g.claimed)
		if !g.claimed.AcceptedAsCGCS2000() {
			f = familyOf(g.claimed)
		}
	}
	add := func(c CRS) {
		if c != g.claimed {
			out = append(out, c)
		}
	}
	add(f.geographic())
	for _, width := range []int{3, 6} {
		first, last := g.zones(width)
		for _, prefixed := range []bool{true, false} {
			for z := first; z <= last; z++ {
				switch {
				case z >= 1:
					add(gaussKruger(f, width, z, prefixed))
				case width == 3 && !prefixed: // west of Greenwich
					add(GaussKruger3Degree(float64(3 * z)))
				}
			}
		}
	}
	first, last := g.zones(6)
	for z := first + 30; z <= last+30; z++ {
		if g.box.North >= 0 && 1 <= z && z <= 60 {
			add(utm("WGS 84", DatumWGS84, ellipsoidWGS84, z, false, 32600+z))
		}
		if g.box.South < 0 && 1 <= z && z <= 60 {
			add(utm("WGS 84", DatumWGS84, ellipsoidWGS84, z, true, 32700+z))
		}
	}
	return out
}

// zones are the Gauss–Krüger zones the county's box touches, and one more on
// either side for surveys kept in a neighbouring zone; zero and below are west
// of Greenwich.
func (g *judging) zones(width int) (first, last int) {
	number := func(lon float64) int {
		if width == 6 {
			return int(math.Floor(lon/6)) + 1
		}
		return int(math.Floor(lon/3 + 0.5))
	}
	return number(g.box.West) - 1, number(g.box.East) + 1
}
