package geo

import (
	"fmt"
	"math"
	"strconv"
)

// Remarks of Judge. Every one has [count, of], how many coordinates it speaks
// of among how many; where a correction is proposed also [fix, crs, epsg]: the
// word a person confirms it with and the system it leads to.
const (
	// NoteNotFinite: coordinates that are no numbers.
	NoteNotFinite = "coordinate.not_finite"
	// NoteAtOrigin: coordinates at 0, 0 or at the false origin, which stand for
	// "unknown" in many programs.
	NoteAtOrigin = "coordinate.at_origin"
	// NoteOutside: coordinates further than ExtentMarginM outside the county
	// that no reading explains. [x, y]: the first of them.
	NoteOutside = "coordinate.outside"
	// NoteSwapped: northing before easting.
	NoteSwapped = "coordinate.swapped"
	// NotePrefixMissing: the system has a zone prefix, the eastings have none.
	NotePrefixMissing = "coordinate.prefix_missing"
	// NotePrefixUnexpected: the eastings have a zone prefix, the system none.
	NotePrefixUnexpected = "coordinate.prefix_unexpected"
	// NotePrefixDouble: the zone prefix was put on twice.
	NotePrefixDouble = "coordinate.prefix_double"
	// NoteOtherZone: the coordinates are of another zone than stated.
	NoteOtherZone = "coordinate.other_zone"
	// NoteMixedZones: part of the coordinates are of another zone than the rest.
	// [also]: the system of that part.
	NoteMixedZones = "coordinate.mixed_zones"
	// NoteDegreesForMetres: degrees under a plane system.
	NoteDegreesForMetres = "coordinate.degrees_for_metres"
	// NoteMetresForDegrees: metres under a geographic system.
	NoteMetresForDegrees = "coordinate.metres_for_degrees"
	// NotePacked: packed degrees (ddd.mmss) taken for decimal ones.
	NotePacked = "coordinate.packed_degrees"
	// NotePackedPossible: decimal degrees that all look like packed ones; both
	// readings lie in the county.
	NotePackedPossible = "coordinate.packed_possible"
	// NoteOtherSystem: only a system of another kind puts the coordinates into
	// the county.
	NoteOtherSystem = "coordinate.other_system"
)

// A Proposal is one way of understanding coordinates that puts them into the
// county.
type Proposal struct {
	CRS     CRS
	Reading Reading
	// Inside is how many coordinates of the sample it explains.
	Inside int
	// Fix is the word a person confirms it with: "swap", "prefix", "zone=36",
	// "packed", "crs=EPSG:4490".
	Fix string
	// Code is the remark it comes with, empty where no system was claimed and
	// the numbers need no correction.
	Code string
}

// A Judgement says how a sample of raw coordinates fits a county.
type Judgement struct {
	// Inside and Outside count the coordinates under the claimed system; both
	// are zero where none was claimed. AtOrigin and NotFinite are counted apart.
	Inside, Outside, AtOrigin, NotFinite int
	// Proposals are the readings that explain nine tenths of the sample or
	// more, the simplest first; empty where the claim does. A datum cannot be
	// told from coordinates: they are on the claimed datum, or on CGCS2000.
	Proposals []Proposal
	Notes     []Note
}

// Fits says that a system was claimed and every coordinate lies in the county
// under it.
func (j Judgement) Fits() bool { return j.Inside > 0 && j.Outside+j.AtOrigin+j.NotFinite == 0 }

// Candidates are the systems that explain the coordinates as they are written.
func (j Judgement) Candidates() []CRS {
	var out []CRS
	for _, p := range j.Proposals {
		if p.Reading == ReadAsWritten {
			out = append(out, p.CRS)
		}
	}
	return out
}

// Judge looks at a sample of coordinates as a file writes them, in the order
// the file has them, against the county's extent and the system the file
// claims; the zero CRS stands for no claim. It changes nothing and decides
// nothing: it reports what fits, and for what does not, each reading that
// would, with the correction a person can confirm.
//
// What is a hundred metres off it cannot see: a wrong datum passes.
func Judge(county Extent, sample [][2]float64, claimed CRS) Judgement {
	g := judging{box: county.Grow(ExtentMarginM), claimed: claimed}
	for _, p := range sample {
		switch {
		case !finite(p[0]) || !finite(p[1]):
			g.out.NotFinite++
		case AtOrigin(claimed, p[0], p[1]):
			g.out.AtOrigin++
		default:
			g.points = append(g.points, p)
		}
	}
	g.count(NoteNotFinite, g.out.NotFinite, len(sample))
	g.count(NoteAtOrigin, g.out.AtOrigin, len(sample))
	if len(g.points) > 0 {
		g.judge()
	}
	return g.out
}

type judging struct {
	box     Extent
	claimed CRS
	points  [][2]float64
	out     Judgement
}

// AtOrigin reports whether a coordinate of c, as a file writes it, lies at 0, 0
// or at the false origin, either way round: what programs write for "unknown".
// Nothing in China lies there.
func AtOrigin(c CRS, x, y float64) bool {
	const near = 1e-3
	if math.Abs(y) > near && math.Abs(x) > near {
		return false
	}
	if math.Abs(x) <= near && math.Abs(y) <= near {
		return true
	}
	return c.Projected && c.FalseEastingM != 0 && math.Abs(x+y-c.FalseEastingM) <= near
}

func (g *judging) note(code string, count, of int, pairs ...string) {
	args := map[string]string{"count": strconv.Itoa(count), "of": strconv.Itoa(of)}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	g.out.Notes = append(g.out.Notes, Note{Code: code, Args: args})
}

func (g *judging) count(code string, count, of int) {
	if count > 0 {
		g.note(code, count, of)
	}
}

// inside says whether a point, read as r in c, lies in the county.
func (g *judging) inside(p [2]float64, c CRS, t *transverseMercator, r Reading) bool {
	x, y, err := r.Apply(p[0], p[1], c)
	if err != nil {
		return false
	}
	if c.Projected {
		// Half the width of a zone's reach, so that an easting of another zone is
		// not carried round the globe into the county.
		if math.Abs(x-c.FalseEastingM) > 500_000 {
			return false
		}
		x, y = t.inverse(x, y)
	}
	return g.box.Contains(x, y)
}

// split sorts points into those inside under a reading and the rest.
func (g *judging) split(points [][2]float64, c CRS, r Reading) (inside int, rest [][2]float64) {
	t := newTransverseMercator(c)
	for _, p := range points {
		if g.inside(p, c, &t, r) {
			inside++
		} else {
			rest = append(rest, p)
		}
	}
	return inside, rest
}

// enough is the share of a sample a reading must explain to be proposed.
func enough(inside, of int) bool { return of > 0 && inside*10 >= of*9 }

func (g *judging) judge() {
	n := len(g.points)
	main, rest := g.claimed, g.points
	if g.claimed != (CRS{}) {
		g.out.Inside, rest = g.split(g.points, g.claimed, ReadAsWritten)
		g.out.Outside = len(rest)
		if len(rest) == 0 {
			g.packedPossible(g.claimed)
			return
		}
	}
	if g.claimed == (CRS{}) || !enough(g.out.Inside, n) {
		g.propose()
		if len(g.out.Proposals) > 0 {
			if first := g.out.Proposals[0]; first.Reading == ReadAsWritten {
				g.packedPossible(first.CRS)
			}
			return
		}
		if best, r, inside := g.best(); g.out.Inside < inside {
			main, rest = best, r
		}
	}
	g.explainRest(main, rest)
}

// explainRest looks for what is the matter with the points that lie outside
// while others lie inside under the system main.
func (g *judging) explainRest(main CRS, rest [][2]float64) {
	n := len(g.points)
	if len(rest) < n {
		for _, other := range g.systems() {
			if other.Projected && other.sameScheme(main) && other != main {
				if inside, _ := g.split(rest, other, ReadAsWritten); enough(inside, len(rest)) {
					g.note(NoteMixedZones, inside, n, "crs", main.Name, "epsg", strconv.Itoa(main.EPSG), "also", other.Name,
						"fix", fmt.Sprintf("zone=%d,%d", min(main.Zone, other.Zone), max(main.Zone, other.Zone)))
					return
				}
			}
		}
		if inside, _ := g.split(rest, main, ReadSwapped); enough(inside, len(rest)) {
			g.note(NoteSwapped, inside, n, "fix", "swap", "crs", main.Name, "epsg", strconv.Itoa(main.EPSG))
			return
		}
	}
	x, y := rest[0][0], rest[0][1]
	g.note(NoteOutside, len(rest), n, "x", strconv.FormatFloat(x, 'f', -1, 64), "y", strconv.FormatFloat(y, 'f', -1, 64))
}

// best is the system under which most points lie inside, where none has enough.
func (g *judging) best() (best CRS, rest [][2]float64, inside int) {
	rest = g.points
	for _, c := range g.systems() {
		if i, r := g.split(g.points, c, ReadAsWritten); i > inside {
			best, rest, inside = c, r, i
		}
	}
	return best, rest, inside
}

// packedPossible warns of decimal degrees that could be packed ones. One
// number in about three looks packed by chance, so sixteen that do are no
// chance; numbers of whole hundredths say nothing either way.
func (g *judging) packedPossible(c CRS) {
	if c.Projected {
		return
	}
	telling := make([][2]float64, 0, len(g.points))
	for _, p := range g.points {
		if p[0]*100 != math.Trunc(p[0]*100) && p[1]*100 != math.Trunc(p[1]*100) {
			telling = append(telling, p)
		}
	}
	if inside, _ := g.split(telling, c, ReadPacked); inside == len(telling) && inside >= 8 {
		g.note(NotePackedPossible, inside, len(g.points), "fix", "packed", "crs", c.Name, "epsg", strconv.Itoa(c.EPSG))
	}
}
