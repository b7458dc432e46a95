package oracle

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// The thresholds of the rules.
const (
	touchRatio, unusedRatio, displacedMaxRatio = 0.05, 0.5, 2.0
	attributionDistanceM                       = 500.0
	minWidthM, minAreaM2                       = 1.0, 1.0
)

// figures are what is known of one mine, or of no mine: named numbers. A figure
// that is not there is zero.
type figures map[string]float64

// answers are the figures by licence number, "" for what belongs to no mine.
type answers struct {
	figures map[string]figures
	// doubts are decisions that rounding could turn: they hang on a figure that
	// lies on its threshold.
	doubts []string
}

func (a *answers) set(licence, key string, value float64) {
	if a.figures[licence] == nil {
		a.figures[licence] = figures{}
	}
	a.figures[licence][key] = value
}

func (a *answers) add(licence, key string, value float64) {
	a.set(licence, key, a.figures[licence][key]+value)
}

// An engine answers for one scene.
type engine[R any] struct {
	plane[R]
	s        *scene[R]
	out      *answers
	licences []string
	planes   map[string]R
	owner    map[string]string // licence → enterprise
	given    []given[R]        // patches that speak on the as-of date
	mended   []given[R]        // abandoned pits restored by then
	listed   []listed[R]
	term     map[string]term
	mines    map[string][]*approval[R]
}

// A given patch is one with the mine it was given to, "" for none.
type given[R any] struct {
	patch[R]
	mine      string
	confirmed bool
}

func evaluate[R any](p plane[R], s *scene[R]) (*answers, error) {
	e := &engine[R]{plane: p, s: s, out: &answers{figures: map[string]figures{}}, planes: map[string]R{}, owner: map[string]string{}, term: map[string]term{}}
	for _, m := range s.rights {
		if _, known := e.planes[m.licence]; !known {
			e.licences = append(e.licences, m.licence)
			e.planes[m.licence], e.owner[m.licence], e.term[m.licence] = e.Empty(), m.enterprise, m.term
		}
		e.planes[m.licence] = e.Union(e.planes[m.licence], m.ground)
	}
	slices.Sort(e.licences)
	e.givePatches()
	e.giveApprovals()
	e.listGround()
	for _, l := range e.licences {
		e.out.set(l, "licence", e.AreaM2(e.planes[l]))
		m := &mineEngine[R]{engine: e, licence: l}
		m.evaluate()
	}
	return e.out, e.Err()
}

func (e *engine[R]) doubt(format string, args ...any) {
	e.out.doubts = append(e.out.doubts, fmt.Sprintf(format, args...))
}

// near says whether a decision between two numbers could turn by rounding.
func (e *engine[R]) near(a, b float64) bool {
	return math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b))+1e-12
}

func (e *engine[R]) area(a, b R) float64 { return e.AreaM2(e.Meet(a, b)) }

// meets says which of a county's rows may be left out of a union that is then
// cut with ground: those that do not meet it.
func (e *engine[R]) meets(ground, row R) bool { return e.area(ground, row) > 0 }

func (e *engine[R]) distance(a, b R) float64 {
	if e.AreaM2(e.Meet(a, b)) > 0 {
		return 0
	}
	return distanceM(e.Rings(a), e.Rings(b))
}

// overlaps says whether an area is more than what rounding makes of a common
// edge: more than would print as 0.00 m².
func (e *engine[R]) overlaps(areaM2 float64) bool {
	if math.Abs(areaM2-0.005) < 0.002 {
		e.doubt("an overlap of %g m²", areaM2)
	}
	return areaM2 >= 0.005
}

// largestOverlap is the licence whose plane has most of the ground, to 0.01 m²;
// among equals the smaller number.
func (e *engine[R]) largestOverlap(ground R) (string, float64) {
	best, most := "", 0.0
	for _, l := range e.licences {
		a := e.area(ground, e.planes[l])
		if !e.overlaps(a) {
			continue
		}
		if d := math.Abs(a - most); d > 1e-4 && d < 0.02 {
			e.doubt("overlaps of %g and %g m²", a, most)
		}
		if a > most+0.01 {
			best, most = l, a
		}
	}
	return best, most
}

func (e *engine[R]) givePatches() {
	for _, p := range e.s.patches {
		restored := p.restoredOn != "" && p.restoredOn <= e.s.asOf
		if p.on > e.s.asOf || restored && p.kind != "abandoned_pit" {
			continue
		}
		g := given[R]{patch: p}
		by := ""
		switch {
		case p.licence != "" && slices.Contains(e.licences, p.licence):
			g.mine, g.confirmed, by = p.licence, true, "named"
		case p.licence != "":
			by = "unknown_licence"
		default:
			g.mine, by = e.giveByPlace(&p)
			if restored {
				delete(e.out.figures[g.mine], "patch/"+p.no+"/distance_m")
			}
			g.confirmed = by == "overlap" && p.kind != "road" && p.kind != "construction"
		}
		if restored {
			e.mended = append(e.mended, g)
			continue
		}
		e.given = append(e.given, g)
		state := "unconfirmed"
		if g.confirmed {
			state = "confirmed"
		}
		e.out.set(g.mine, "patch/"+p.no+"/"+by+"/"+state, e.AreaM2(p.ground))
	}
}

func (e *engine[R]) giveByPlace(p *patch[R]) (mine, by string) {
	if l, a := e.largestOverlap(p.ground); a > 0 {
		return l, "overlap"
	}
	nearest, best := math.Inf(1), ""
	for _, l := range e.licences {
		d := e.distance(p.ground, e.planes[l])
		if math.Abs(d-attributionDistanceM) < 0.1 {
			e.doubt("patch %s is %g m from %s", p.no, d, l)
		}
		if e.nearer(d, nearest) {
			nearest, best = d, l
		}
	}
	if nearest <= attributionDistanceM {
		e.out.set(best, "patch/"+p.no+"/distance_m", nearest)
		return best, "distance"
	}
	return "", "none"
}

// nearer compares distances to 0.1 m.
func (e *engine[R]) nearer(a, b float64) bool {
	if math.Abs(a-b) < 0.2 && a != b && (nearHalf(10*a) || nearHalf(10*b)) {
		e.doubt("%g m against %g m", a, b)
	}
	return math.Round(10*a) < math.Round(10*b)
}

// nearHalf says whether a number is near one that could be rounded either way.
func nearHalf(v float64) bool { return math.Abs(v-math.Floor(v)-0.5) < 0.1 }

func (e *engine[R]) giveApprovals() {
	e.mines = map[string][]*approval[R]{}
	if e.s.missing["land_approval"] {
		return
	}
	for i := range e.s.approvals {
		a := &e.s.approvals[i]
		var mines []string
		switch {
		case a.licence != "":
			mines = []string{a.licence}
		case a.enterprise != "":
			for _, l := range e.licences {
				if e.owner[l] == a.enterprise {
					mines = append(mines, l)
				}
			}
		default:
			if l, area := e.largestOverlap(a.ground); area > 0 {
				mines = []string{l}
			}
		}
		for _, l := range mines {
			if !slices.Contains(e.licences, l) {
				continue
			}
			e.mines[l] = append(e.mines[l], a)
			e.out.set(l, "approval/"+a.no+"/"+a.kind, e.AreaM2(a.ground))
		}
	}
}

func (a *approval[R]) begins() string { return max(a.approvedOn, a.validFrom) }

func (a *approval[R]) returned(on string) bool { return a.returnedOn != "" && a.returnedOn <= on }

func (a *approval[R]) inForce(on string) bool {
	return a.begins() <= on && (a.validTo == "" || on <= a.validTo) && !a.returned(on)
}

func (a *approval[R]) runOut(on string) bool {
	return a.validTo != "" && a.validTo < on && !a.returned(on)
}

// approves says whether the permit makes ground approved.
func (a *approval[R]) approves() bool {
	return a.kind == "temporary_land" || a.kind == "construction_land"
}

// tolerated splits ground of one name by its connected parts.
func (e *engine[R]) tolerated(what string, ground R) (stays, goes R) {
	stays, goes = e.Empty(), e.Empty()
	parts := e.Parts(ground)
	for i, part := range parts {
		area := e.AreaM2(part)
		width := 2 * area / e.PerimeterM(part)
		if math.Abs(area-minAreaM2) < 1e-6 || math.Abs(width-minWidthM) < 1e-6 {
			e.doubt("%s: a part of %g m² is %g m wide", what, area, width)
		}
		if area >= minAreaM2 && width >= minWidthM {
			stays = e.Union(stays, part)
			continue
		}
		goes = e.Union(goes, part)
		if !e.Exact() && area > 0.005 && e.touches(i, parts) {
			e.doubt("%s: a part of %g m² meets another in a point, or by a last digit more", what, area)
		}
	}
	return stays, goes
}

// touches says whether a part meets another one; on a plane with rounding a
// common point can be a bridge as wide as a last digit, or a gap.
func (e *engine[R]) touches(i int, parts []R) bool {
	for k, other := range parts {
		if k != i && e.AreaM2(other) > 0.005 && distanceM(e.Rings(parts[i]), e.Rings(other)) < 1e-4 {
			return true
		}
	}
	return false
}

// byKey sorts the keys of a map of ground.
func byKey[R any](m map[string]R) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
