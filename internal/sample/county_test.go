package sample

import (
	"math"
	"regexp"
	"strings"
	"testing"
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
