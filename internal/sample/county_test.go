package sample

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe"
)

// metresNorth is the length of a stretch of meridian: the integral of the
// meridian radius a(1−e²)/(1−e²sin²B)^1.5, by Simpson's rule.
func metresNorth(south, north int64) float64 {
	const f = 1 / inverseFlattening
	const e2 = f * (2 - f)
	radius := func(b float64) float64 {
		s := math.Sin(b)
		return semiMajorM * (1 - e2) / math.Pow(1-e2*s*s, 1.5)
	}
	b1, b2 := radians(south), radians(north)
	return (b2 - b1) / 6 * (radius(b1) + 4*radius((b1+b2)/2) + radius(b2))
}

// metresEast is the length of a stretch of parallel.
func metresEast(west, east, lat int64) float64 {
	const f = 1 / inverseFlattening
	const e2 = f * (2 - f)
	b := radians(lat)
	s := math.Sin(b)
	return radians(east-west) * math.Cos(b) * semiMajorM / math.Sqrt(1-e2*s*s)
}

// live are the patches that count for a mine's ground: imaged by the as-of
// date, not restored by then, not abandoned, on the image that decides there.
func live(ps []*Patch) (ground, pits Region) {
	newest, before := Region{}, Region{}
	byKind := map[string]Region{}
	for _, p := range ps {
		if p.Kind == abandonedPit || !p.Restored.IsZero() && !p.Restored.After(asOf) {
			continue
		}
		g := p.Ground.Minus(secondFootprint())
		if p.ImagedOn == secondImage {
			g = p.Ground.In(secondFootprint())
			newest = newest.And(g)
		} else {
			before = before.And(g)
		}
		byKind[p.Kind] = byKind[p.Kind].And(g)
	}
	return newest.And(before), byKind[pit].Minus(byKind[construction])
}

// of are the patches that are the mine's for certain.
func (c *County) of(m *Mine) []*Patch {
	var out []*Patch
	for _, p := range c.Patches {
		if p.LicenceNo == m.LicenceNo {
			out = append(out, p)
		}
	}
	loose := map[*Patch]bool{}
	for _, u := range c.unattributed {
		loose[u.patch] = true
	}
	for _, o := range c.Mines {
		for _, u := range o.want.unconfirmed {
			loose[u.patch] = true
		}
	}
	for _, p := range c.Patches {
		if p.LicenceNo == "" && !loose[p] && c.mostOverlapped(p) == m {
			out = append(out, p)
		}
	}
	return out
}

func (c *County) mostOverlapped(p *Patch) *Mine {
	var best *Mine
	var area float64
	for _, m := range c.Mines {
		if a := p.Ground.In(m.Plane()).AreaM2(); a > area {
			best, area = m, a
		}
	}
	return best
}

func TestClassesMakeUpTheGround(t *testing.T) {
	t.Parallel()
	c := New()
	for _, m := range c.Mines {
		want, _ := live(c.of(m))
		var seen Region
		var sum float64
		for _, k := range classes {
			for _, r := range []Region{m.want.classes[k].ground, m.want.tolerated[k]} {
				if !r.In(seen).Empty() {
					t.Errorf("%s: ground of class %s is in another class too", m.CaseEn, k)
				}
				seen = seen.And(r)
				sum += r.AreaM2()
			}
		}
		if !want.Minus(seen).Empty() || !seen.Minus(want).Empty() {
			t.Errorf("%s: the classes hold %.1f m², the patches %.1f m²", m.CaseEn, seen.AreaM2(), want.AreaM2())
		}
		if math.Abs(sum-seen.AreaM2()) > 1e-5 {
			t.Errorf("%s: classes sum to %.6f m², the ground is %.6f m²", m.CaseEn, sum, seen.AreaM2())
		}
	}
}

// approvalsOf lists the ground approvals of the mine as the rules read the
// file: by licence, else by enterprise, else by the cases' own word.
func (c *County) approvalsOf(m *Mine) []*Approval {
	var out []*Approval
	for _, a := range c.Approvals {
		if a.Kind != temporaryLand && a.Kind != constructionLand {
			continue
		}
		mine := a.LicenceNo == m.LicenceNo || a.LicenceNo == "" && a.Enterprise == m.Enterprise
		for _, w := range m.want.approvals {
			mine = mine || w.approval == a
		}
		if mine {
			out = append(out, a)
		}
	}
	return out
}

func (t Terms) inForce(on taohe.Date) bool {
	begun := !t.ApprovedOn.After(on) && !t.From.After(on)
	return begun && (t.To.IsZero() || !t.To.Before(on)) && !t.back(on)
}

func (t Terms) runOut(on taohe.Date) bool {
	return !t.To.IsZero() && t.To.Before(on) && !t.back(on)
}

func (t Terms) back(on taohe.Date) bool { return !t.Returned.IsZero() && !t.Returned.After(on) }

// The two classes that a date decides are checked against the rows; the others
// rest on components and stay the case's own word.
func TestApprovedAndExpiredFollowTheDates(t *testing.T) {
	t.Parallel()
	c := New()
	for _, m := range c.Mines {
		var good, out Region
		for _, a := range c.approvalsOf(m) {
			for _, image := range []struct {
				on     taohe.Date
				ground Region
			}{{secondImage, a.Ground.In(secondFootprint())}, {firstImage, a.Ground.Minus(secondFootprint())}} {
				if a.inForce(image.on) {
					good = good.And(image.ground)
				}
				if a.runOut(image.on) {
					out = out.And(image.ground)
				}
			}
		}
		ground := m.want.ground()
		check := func(k class, want Region) {
			got := m.want.classes[k].ground
			if !got.Minus(want).Empty() || !want.Minus(got).Empty() {
				t.Errorf("%s: %s is %.1f m², the rows say %.1f m²", m.CaseEn, k, got.AreaM2(), want.AreaM2())
			}
		}
		check(approved, ground.In(good))
		check(expired, ground.In(out).Minus(good))
	}
}

func TestStatesFollowTheDates(t *testing.T) {
	t.Parallel()
	c := New()
	seen := map[state]int{}
	for _, m := range c.Mines {
		listed := 0
		for _, a := range c.approvalsOf(m) {
			if a.Kind == temporaryLand {
				listed++
			}
		}
		if listed != len(m.want.approvals) {
			t.Errorf("%s: %d temporary approvals in the file, %d in the account", m.CaseEn, listed, len(m.want.approvals))
		}
		for _, w := range m.want.approvals {
			if got := w.approval.stateOn(asOf); got != w.state {
				t.Errorf("%s: %s is stated %s, its dates say %s", m.CaseEn, w.approval.No, w.state, got)
			}
			seen[w.state]++
		}
	}
	for _, s := range []state{notBegun, inTerm, reclamationTerm, reclamationOverdue, returnOverdue, closed} {
		if seen[s] == 0 {
			t.Errorf("no approval is %s", s)
		}
	}
}

func (t Terms) stateOn(on taohe.Date) state {
	by := t.ReclaimBy
	if by.IsZero() {
		by = t.To.AddDate(1, 0, 0)
	}
	reclaimed := !t.Reclaimed.IsZero() && !t.Reclaimed.After(on)
	switch {
	case t.back(on):
		return closed
	case t.ApprovedOn.After(on) || t.From.After(on):
		return notBegun
	case !t.To.Before(on):
		return inTerm
	case reclaimed:
		return returnOverdue
	case on.After(by):
		return reclamationOverdue
	}
	return reclamationTerm
}

// Nothing lies by accident where it would be a finding, and what a case states
// is all there is.
func TestFindingsAreAllThereIs(t *testing.T) {
	t.Parallel()
	c := New()
	grounds := func(zs []Zone) (all Region) {
		for _, z := range zs {
			all = all.And(z.Ground)
		}
		return all
	}
	protected, water, forest, grassland := grounds(c.Protected), grounds(c.Water), grounds(c.Forest), grounds(c.Grassland)
	for _, m := range c.Mines {
		ground, pits := live(c.of(m))
		var approvals, forestPermits, grasslandPermits Region
		for _, a := range c.Approvals {
			switch {
			case a.Kind == temporaryLand && a.inForce(asOf) && contains(c.approvalsOf(m), a):
				approvals = approvals.And(a.Ground)
			case a.Kind == forestUse && a.LicenceNo == m.LicenceNo && a.inForce(secondImage):
				forestPermits = forestPermits.And(a.Ground)
			case a.Kind == grasslandUse && a.LicenceNo == m.LicenceNo && a.inForce(secondImage):
				grasslandPermits = grasslandPermits.And(a.Ground)
			}
		}
		for rule, want := range map[string]Region{
			"mining_out_of_bounds":       pits.Minus(m.Plane()),
			"protected_area_occupied":    ground.In(protected),
			"approval_in_protected_area": approvals.In(protected),
			"licence_in_protected_area":  m.Plane().In(protected),
			"water_source_occupied":      ground.In(water),
			"approval_in_water_source":   approvals.In(water),
			"licence_in_water_source":    m.Plane().In(water),
			"forest_encroached":          ground.In(forest).Minus(forestPermits),
			"grassland_encroached":       ground.In(grassland).Minus(grasslandPermits),
		} {
			var got Region
			for _, f := range m.want.findings {
				if f.rule == rule {
					got = f.ground
				}
			}
			if !got.Minus(want).Empty() || !want.Minus(got).Empty() {
				t.Errorf("%s: %s is stated as %.1f m², the shapes say %.1f m²", m.CaseEn, rule, got.AreaM2(), want.AreaM2())
			}
		}
	}
}

func contains(as []*Approval, a *Approval) bool {
	for _, o := range as {
		if o == a {
			return true
		}
	}
	return false
}

func TestEveryRuleFires(t *testing.T) {
	t.Parallel()
	c := New()
	fired := map[string]int{}
	for _, m := range c.Mines {
		for _, f := range m.expected().Findings {
			fired[f.Rule]++
			if f.EllipsoidalAreaM2 <= 0 || f.Derivation == "" {
				t.Errorf("%s: finding %+v", m.CaseEn, f)
			}
		}
	}
	for _, rule := range []string{
		"expired_occupation", "over_occupied", "displaced", "unapproved", "unapproved_construction", "reclamation_overdue",
		"return_overdue", "mining_out_of_bounds", "protected_area_occupied", "approval_in_protected_area", "licence_in_protected_area",
		"water_source_occupied", "approval_in_water_source", "licence_in_water_source", "forest_encroached", "grassland_encroached",
	} {
		if fired[rule] == 0 {
			t.Errorf("no mine shows %s", rule)
		}
	}
}

func TestSitesKeepTheirDistance(t *testing.T) {
	t.Parallel()
	c := New()
	county := box(countyWest, countySouth, countyEast, countyNorth)
	for i, s := range c.sites {
		a := c.around(s).bounds()
		if !box(a.west, a.south, a.east, a.north).Minus(county).Empty() {
			t.Errorf("%s leaves the county", s.title())
		}
		for _, o := range c.sites[i+1:] {
			b := c.around(o).bounds()
			east := metresEast(0, max(a.west-b.east, b.west-a.east, 0), max(a.north, b.north))
			north := metresNorth(a.south, a.south+max(a.south-b.north, b.south-a.north, 0))
			if math.Hypot(east, north) < 2000 {
				t.Errorf("%s and %s are %.0f m apart", s.title(), o.title(), math.Hypot(east, north))
			}
		}
	}
}

func TestTownshipsCoverTheCounty(t *testing.T) {
	t.Parallel()
	var all Region
	for _, d := range New().Townships {
		if !d.Ground.In(all).Empty() {
			t.Errorf("%s lies over another township", d.Name)
		}
		all = all.And(d.Ground)
	}
	if county := box(countyWest, countySouth, countyEast, countyNorth); !county.Minus(all).Empty() || !all.Minus(county).Empty() {
		t.Error("the townships are not the county")
	}
}

func TestDistancesOfLoosePatches(t *testing.T) {
	t.Parallel()
	c := New()
	check := func(p *Patch, south, least, most float64) {
		if d := metresNorth(p.Ground.bounds().north, int64(south)); d < least || d > most {
			t.Errorf("%s is %.2f m from the licence, want %.0f to %.0f", p.No, d, least, most)
		}
	}
	for _, m := range c.Mines {
		plane := m.Plane().bounds()
		n := 0
		for _, u := range m.want.unconfirmed {
			if u.by == "distance" {
				n++
				check(u.patch, float64(plane.south), 0, 499.5)
			}
		}
		if n > 0 {
			check(c.unattributed[0].patch, float64(plane.south), 500.5, 502)
		}
	}
}

// The strips at the edge of the tolerance, by 2 × area ÷ perimeter.
func TestMeanWidthOfStrips(t *testing.T) {
	t.Parallel()
	width := func(c rect) float64 {
		around := metresEast(c.west, c.east, c.south) + metresEast(c.west, c.east, c.north) + 2*metresNorth(c.south, c.north)
		return 2 * c.areaM2() / around
	}
	narrow, wide := 0, 0
	for _, m := range New().Mines {
		for _, r := range m.want.tolerated {
			for _, c := range r.rects {
				narrow++
				if w := width(c); w >= 0.99 {
					t.Errorf("%s: a tolerated strip is %.3f m wide", m.CaseEn, w)
				}
			}
		}
		if over := m.want.classes[overOccupied].ground; len(over.rects) == 1 && over.AreaM2() < 600 {
			wide++
			if w := width(over.rects[0]); w < 1.01 || w > 1.2 {
				t.Errorf("%s: the strip is %.3f m wide, want just over 1 m", m.CaseEn, w)
			}
		}
	}
	if narrow != 2 || wide != 1 {
		t.Errorf("%d tolerated parts and %d just beyond, want 2 and 1", narrow, wide)
	}
}

func TestLicenceNumbers(t *testing.T) {
	t.Parallel()
	valid := regexp.MustCompile(`^[CT]?\d{22}$`)
	seen, forms := map[string]bool{}, map[string]int{}
	for _, m := range New().Mines {
		if !valid.MatchString(m.LicenceNo) || seen[m.LicenceNo] {
			t.Errorf("licence number %q", m.LicenceNo)
		}
		seen[m.LicenceNo] = true
		forms[strings.TrimRight(m.LicenceNo, "0123456789")]++
	}
	if forms[""] != 1 || forms["T"] != 1 {
		t.Errorf("forms of licence numbers: %v", forms)
	}
}
