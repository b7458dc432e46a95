package sample

import (
	"fmt"

	"github.com/taohe-gis/taohe"
)

// A site is a stretch of ground for one case, far from the next. Its own
// coordinates count cells of the lattice from its south-western corner: about
// 42.6 m east and 44.4 m north each.
type site struct {
	county *County
	origin point
	mines  []*Mine
}

// A slot is a place for a site.
type slot struct{ column, row int64 }

func (s slot) origin() point {
	return point{109_050000 + s.column*100_000, 40_040000 + s.row*75_000}
}

// checkerboard lists the slots of one colour, row by row from the south-west:
// neighbours in a row are 17 km apart, the nearest ones 12 km. Slots of the other colour
// are left to the scenery and to sites with a place of their own.
func checkerboard() []slot {
	var out []slot
	for row := range int64(6) {
		for column := range int64(15) {
			if (column+row)%2 == 0 {
				out = append(out, slot{column, row})
			}
		}
	}
	return out
}

// bare lists the slots of the other colour that the scenery leaves empty, which
// serve when those of the checkerboard are used up: 8 km from the next.
func bare() []slot {
	var out []slot
	for row := range int64(6) {
		for column := range int64(15) {
			if n := (column + 2*row) % 5; (column+row)%2 == 1 && (n == 2 || n == 4) {
				out = append(out, slot{column, row})
			}
		}
	}
	return out
}

// site takes the next slot.
func (c *County) site() *site {
	s := c.spare[0]
	c.spare = c.spare[1:]
	return c.siteAt(s.origin())
}

// siteAt makes a site with a place of its own.
func (c *County) siteAt(origin point) *site {
	s := c.place(origin)
	c.sites = append(c.sites, s)
	return s
}

// place is a stretch of ground without a case.
func (c *County) place(origin point) *site { return &site{county: c, origin: origin} }

// box is the rectangle of w by h cells whose south-western corner is x cells
// east and y cells north of the site's.
func (s *site) box(x, y, w, h int64) Region {
	return s.fine(x*latticeLon, y*latticeLat, w*latticeLon, h*latticeLat)
}

// fine is the same in millionths of a degree.
func (s *site) fine(x, y, w, h int64) Region {
	return box(s.origin.lon+x, s.origin.lat+y, s.origin.lon+x+w, s.origin.lat+y+h)
}

// mine adds a mine whose licence plane is given as the rows of the file.
func (s *site) mine(caseZh, caseEn string, planes ...Region) *Mine {
	c := s.county
	m := &Mine{
		LicenceNo: c.names.licence(), Enterprise: c.names.enterprise(coal),
		Method: openPit, Mineral: coal,
		Township:  c.township(union(planes...)),
		ValidFrom: day(2012, 5, 20), ValidTo: day(2032, 5, 19),
		TopM: 1260, BottomM: 980,
		Planes: planes, CaseZh: caseZh, CaseEn: caseEn,
		site: s, want: want{
			classes: map[class]derived{}, tolerated: map[class]Region{}, certain: map[string]string{},
			metres: map[string][2]float64{}, count: map[string]int{},
		},
	}
	m.Name = mineName(m.Enterprise)
	c.Mines = append(c.Mines, m)
	s.mines = append(s.mines, m)
	return m
}

// works says how and what the mine digs, where it is not open-pit coal.
func (m *Mine) works(method, mineral string) *Mine {
	m.Method, m.Mineral = method, mineral
	m.Enterprise = renamed(m.Enterprise, mineral)
	m.Name = mineName(m.Enterprise)
	return m
}

// sisterOf makes the mine one of the same enterprise.
func (m *Mine) sisterOf(other *Mine) *Mine {
	m.Enterprise = other.Enterprise
	m.Name = mineName(m.Enterprise) + "二号井田"
	return m
}

// inForce are terms that hold on both images and on the as-of date.
var inForce = Terms{ApprovedOn: day(2020, 10, 15), From: day(2020, 10, 20), To: day(2022, 10, 19)}

// until are terms of two years up to the given day.
func until(to taohe.Date) Terms {
	from := to.AddDate(-2, 0, 1)
	return Terms{ApprovedOn: from.AddDate(0, 0, -5), From: from, To: to}
}

// approval adds an approval of a kind, naming the mine and its enterprise.
func (m *Mine) approval(kind, purpose string, t Terms, ground Region) *Approval {
	a := &Approval{
		No: m.site.county.names.approval(kind, t.ApprovedOn), Kind: kind, Purpose: purpose,
		LicenceNo: m.LicenceNo, Enterprise: m.Enterprise, Terms: t, Ground: ground,
	}
	m.site.county.Approvals = append(m.site.county.Approvals, a)
	return a
}

// temporary adds a temporary-land approval of the mine and states what it is
// on the as-of date.
func (m *Mine) temporary(t Terms, s state, ground Region) Region {
	a := m.approval(temporaryLand, "采坑及排土场", t, ground)
	m.want.approvals = append(m.want.approvals, approvalWant{a, s})
	return ground
}

// patch adds a patch that names the mine's licence.
func (m *Mine) patch(kind string, on taohe.Date, ground Region) *Patch {
	return m.site.patch(kind, m.LicenceNo, on, ground)
}

// pit adds a pit of the mine, seen on the second image.
func (m *Mine) pit(ground Region) Region { return m.patch(pit, secondImage, ground).Ground }

// dump adds a waste dump of the mine on an approved dump site, seen on the
// second image. Of the land that says nothing.
func (m *Mine) dump(ground Region) Region {
	return m.permitted(m.patch(wasteDump, secondImage, ground)).Ground
}

// permitted gives a dump the dump-site approval it needs.
func (m *Mine) permitted(p *Patch) *Patch {
	m.approval(dumpSite, p.Kind, inForce, p.Ground)
	return p
}

// patch adds a patch that names the given licence, or none.
func (s *site) patch(kind, licence string, on taohe.Date, ground Region) *Patch {
	c := s.county
	p := &Patch{
		No: fmt.Sprintf("TB%s%04d", on.String()[:4], len(c.Patches)+1), Kind: kind,
		LicenceNo: licence, ImagedOn: on, Ground: ground,
	}
	c.Patches = append(c.Patches, p)
	return p
}
