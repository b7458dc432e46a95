package oracle

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// A mineEngine answers for one mine.
type mineEngine[R any] struct {
	*engine[R]
	licence string

	pieces   []piece[R]
	ground   R
	classes  map[string]R // without what is within tolerance
	approved R
}

type piece[R any] struct {
	kind, on, firstSeen string
	ground              R
	// what of it is approved, run out, neither
	approved, expired, rest R
}

// Of one date, the earlier kind keeps the ground.
var precedence = []string{"construction", "pit", "waste_dump", "gangue_dump", "road", "other"}

func (m *mineEngine[R]) evaluate() {
	m.findPieces()
	m.ground = m.Empty()
	for _, p := range m.pieces {
		m.ground = m.Union(m.ground, p.ground)
	}
	m.judgeGround()
	m.judgeApprovals()
	m.findings()
}

// images up to the as-of date, newest first.
func (e *engine[R]) imagesDown() []image[R] {
	var out []image[R]
	for _, i := range e.s.images {
		if i.on <= e.s.asOf {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b image[R]) int { return -compare(a.on, b.on) })
	return out
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// within is the part of ground that an image covers, and the rest. A patch is
// proof that the image looked at its ground, whatever footprint was declared.
func (e *engine[R]) within(i image[R], ground R) (covered, uncovered R) {
	if i.whole {
		return ground, e.Empty()
	}
	looked := i.footprint
	for _, p := range e.given {
		if p.on == i.on && e.meets(ground, p.ground) {
			looked = e.Union(looked, p.ground)
		}
	}
	return e.Meet(ground, looked), e.Minus(ground, looked)
}

func (m *mineEngine[R]) findPieces() {
	images := m.imagesDown()
	for n, i := range images {
		taken := m.Empty()
		for _, kind := range precedence {
			ground := m.Empty()
			for _, p := range m.given {
				if p.mine == m.licence && p.confirmed && p.on == i.on && p.kind == kind && p.ownership != "ownerless" {
					ground = m.Union(ground, p.ground)
				}
			}
			ground = m.Minus(ground, taken)
			taken = m.Union(taken, ground)
			ground, _ = m.within(i, ground)
			for _, newer := range images[:n] {
				_, ground = m.within(newer, ground)
			}
			m.walkBack(kind, i.on, ground, images[n+1:])
		}
	}
}

// walkBack splits ground of a piece by the image from which it was disturbed
// without a break.
func (m *mineEngine[R]) walkBack(kind, on string, ground R, earlier []image[R]) {
	going := map[string]R{on: ground}
	stopped := map[string]R{}
	for _, i := range earlier {
		disturbed := m.Empty()
		for _, p := range m.given {
			if p.mine == m.licence && p.on == i.on {
				disturbed = m.Union(disturbed, p.ground)
			}
		}
		next := map[string]R{}
		grow := func(to map[string]R, first string, ground R) {
			if old, ok := to[first]; ok {
				ground = m.Union(old, ground)
			}
			to[first] = ground
		}
		for _, first := range byKey(going) {
			covered, uncovered := m.within(i, going[first])
			grow(next, first, uncovered)
			grow(next, i.on, m.Meet(covered, disturbed))
			grow(stopped, first, m.Minus(covered, disturbed))
		}
		going = next
	}
	for _, from := range []map[string]R{going, stopped} {
		for _, first := range byKey(from) {
			if m.AreaM2(from[first]) > 0 {
				m.pieces = append(m.pieces, piece[R]{kind: kind, on: on, firstSeen: first, ground: from[first]})
				m.out.add(m.licence, fmt.Sprintf("piece/%s/%s/%s", kind, on, first), m.AreaM2(from[first]))
			}
		}
	}
}

func (m *mineEngine[R]) approvals(which func(*approval[R]) bool) R {
	out := m.Empty()
	for _, a := range m.mines[m.licence] {
		if which(a) {
			out = m.Union(out, a.ground)
		}
	}
	return out
}

// A component is a connected part of the mine's ground.
type component[R any] struct {
	ground        R
	dates         []string
	covered, rest R
	class         string
	// the approval that excuses it, and how far that is
	from     *approval[R]
	distance float64
}

func (m *mineEngine[R]) judgeGround() {
	if m.s.missing["land_approval"] {
		return
	}
	m.approved = m.Empty()
	late, others := 0.0, 0.0
	for i := range m.pieces {
		p := &m.pieces[i]
		inForce := m.approvals(func(a *approval[R]) bool { return a.approves() && a.inForce(p.on) })
		runOut := m.approvals(func(a *approval[R]) bool { return a.approves() && a.runOut(p.on) })
		p.approved, p.rest = m.Meet(p.ground, inForce), m.Minus(p.ground, inForce)
		p.expired, p.rest = m.Meet(p.rest, runOut), m.Minus(p.rest, runOut)
		m.approved = m.Union(m.approved, p.approved)
		inTime := m.approvals(func(a *approval[R]) bool { return a.approves() && a.inForce(p.on) && a.approvedOn <= p.firstSeen })
		late += m.AreaM2(m.Minus(p.approved, inTime))
		foreign := m.Empty()
		for j := range m.s.approvals {
			a := &m.s.approvals[j]
			if a.approves() && a.inForce(p.on) && !slices.Contains(m.mines[m.licence], a) && m.meets(p.ground, a.ground) {
				foreign = m.Union(foreign, a.ground)
			}
		}
		others += m.AreaM2(m.Meet(m.Minus(p.ground, p.approved), foreign))
	}
	m.out.set(m.licence, "account/ground", m.AreaM2(m.ground))
	m.out.set(m.licence, "account/approved", m.AreaM2(m.approved))
	m.out.set(m.licence, "account/late_approval", late)
	m.out.set(m.licence, "account/inside_other_approval", others)
	m.account(m.components())
}

func (m *mineEngine[R]) components() []*component[R] {
	var out []*component[R]
	for _, part := range m.Parts(m.ground) {
		if m.AreaM2(part) < 1e-6 { // left along a common edge
			continue
		}
		c := &component[R]{ground: part, covered: m.Empty(), rest: m.Empty()}
		for _, p := range m.pieces {
			if m.area(p.ground, part) > 0 {
				c.dates = append(c.dates, p.on)
				c.covered = m.Union(c.covered, m.Meet(m.Union(p.approved, p.expired), part))
				c.rest = m.Union(c.rest, m.Meet(p.rest, part))
			}
		}
		m.judge(c)
		out = append(out, c)
	}
	m.excuse(out)
	for _, c := range out {
		m.out.add(m.licence, "components/"+c.class, 1)
		if c.class == "displaced" {
			m.out.add(m.licence, "displaced_from/"+c.from.no, m.AreaM2(c.ground))
			m.out.add(m.licence, "displaced_distance/"+c.from.no, c.distance)
		}
	}
	return out
}

func (m *mineEngine[R]) judge(c *component[R]) {
	covered, area := m.AreaM2(c.covered), m.AreaM2(c.ground)
	met := m.Empty()
	for _, a := range m.mines[m.licence] {
		if !a.approves() {
			continue
		}
		standing := m.Empty() // the component's ground on dates on which the approval was in force or had run out
		for _, p := range m.pieces {
			if a.inForce(p.on) || a.runOut(p.on) {
				standing = m.Union(standing, m.Meet(p.ground, c.ground))
			}
		}
		if m.overlaps(m.area(a.ground, standing)) {
			met = m.Union(met, a.ground)
		}
	}
	m.out.add(m.licence, "components/met_approvals", m.AreaM2(met))
	m.out.add(m.licence, "components/covered", covered)
	ofC, ofMet := touchRatio*area, touchRatio*m.AreaM2(met)
	if covered > 0 && (m.near(covered, ofC) || m.near(covered, ofMet)) {
		m.doubt("component of %g m² lies on the touch ratio", area)
	}
	switch {
	case m.AreaM2(c.rest) < 1e-6: // left along a common edge
		c.class = "approved"
	case m.overlaps(covered) && (covered >= ofC || covered >= ofMet):
		c.class = "over_occupied"
	default:
		c.class = "unapproved"
	}
}

// excuse finds the components that an unused approval excuses.
func (m *mineEngine[R]) excuse(components []*component[R]) {
	by := map[*approval[R]][]*component[R]{}
	for _, c := range components {
		if c.class != "unapproved" {
			continue
		}
		c.distance = math.Inf(1)
		for _, a := range m.mines[m.licence] {
			if !a.approves() || !a.inForce(slices.Max(c.dates)) {
				continue
			}
			used, whole := m.area(m.ground, a.ground), m.AreaM2(a.ground)
			if m.near(used, unusedRatio*whole) {
				m.doubt("approval %s lies on the unused ratio", a.no)
			}
			if used/whole > unusedRatio {
				continue
			}
			d := m.distance(c.ground, a.ground)
			if m.nearer(d, c.distance) || !m.nearer(c.distance, d) && a.no < c.from.no {
				c.from, c.distance = a, d
			}
		}
		if c.from != nil {
			by[c.from] = append(by[c.from], c)
		}
	}
	for a, list := range by {
		m.excuseBy(a, list)
	}
}

func (m *mineEngine[R]) excuseBy(a *approval[R], list []*component[R]) {
	sort.SliceStable(list, func(i, j int) bool {
		if m.nearer(list[i].distance, list[j].distance) || m.nearer(list[j].distance, list[i].distance) {
			return m.nearer(list[i].distance, list[j].distance)
		}
		return m.AreaM2(list[i].ground) > m.AreaM2(list[j].ground)
	})
	allowed := displacedMaxRatio * (m.AreaM2(a.ground) - m.area(m.ground, a.ground))
	sum := 0.0
	for n, c := range list {
		if n > 0 {
			last := list[n-1]
			if !m.nearer(last.distance, c.distance) && math.Abs(m.AreaM2(c.ground)-m.AreaM2(last.ground)) < 0.02 {
				m.doubt("two components equally far from %s", a.no)
			}
		}
		sum += m.AreaM2(c.rest)
		if m.near(sum, allowed) {
			m.doubt("approval %s just excuses", a.no)
		}
		if sum > allowed {
			return
		}
		c.class = "displaced"
	}
}

// account splits the rest of each component by class and takes out what is
// within tolerance.
func (m *mineEngine[R]) account(components []*component[R]) {
	m.classes = map[string]R{}
	within := 0.0
	for _, c := range components {
		parts := map[string]R{}
		put := func(class string, ground R) {
			if _, ok := parts[class]; !ok {
				parts[class] = m.Empty()
			}
			parts[class] = m.Union(parts[class], m.Meet(ground, c.ground))
		}
		for _, p := range m.pieces {
			put("expired", p.expired)
			class := c.class
			if class == "unapproved" && p.kind == "construction" {
				class = "unapproved_construction"
			}
			put(class, p.rest)
		}
		delete(parts, "approved")
		for _, class := range byKey(parts) {
			stays, goes := m.tolerated(class, parts[class])
			within += m.AreaM2(goes)
			m.out.add(m.licence, "within/"+class, m.AreaM2(goes))
			if _, ok := m.classes[class]; !ok {
				m.classes[class] = m.Empty()
			}
			m.classes[class] = m.Union(m.classes[class], stays)
		}
	}
	for class, ground := range m.classes {
		m.out.set(m.licence, "account/"+class, m.AreaM2(ground))
	}
	m.out.set(m.licence, "account/within_tolerance", within)
}
