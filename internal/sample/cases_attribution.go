package sample

// attributionCases: whose a patch is.
func (c *County) attributionCases() {
	c.withoutANumber()
	c.farFromEveryMine()
}

// Distances from the licence's southern side, in millionths of a degree of
// latitude (at 40.3° N one is 0.11104 m).
const (
	metres300 = 2700
	metres499 = 4494
	metres501 = 4512
)

func (c *County) withoutANumber() {
	s := c.site()
	m := s.mine("图斑归属：写明的、按重叠归属的计入；按重叠归属的道路与建设、按距离（300 米、499 米）归属的待确认；501 米的与写错证号的不归属。",
		"Attribution: named and overlapping patches count; a road and a construction by overlap, and pits 300 m and 499 m away, wait for confirmation; one 501 m away and one with an unknown number belong to nobody.",
		s.box(20, 30, 40, 36))
	m.temporary(inForce, inTerm, s.box(22, 32, 36, 30))
	named := m.pit(s.box(24, 34, 6, 6))
	overlapping := s.patch(pit, "", secondImage, s.box(34, 34, 6, 6)).Ground
	m.class(approved, union(named, overlapping), "the named pit and the pit attributed by overlap, 6 by 6 cells each, inside the approval")
	m.unconfirmed(s.patch(road, "", secondImage, s.box(44, 34, 1, 20)), "overlap")
	m.unconfirmed(s.patch(construction, "", secondImage, s.box(48, 34, 5, 5)), "overlap")

	south := func(x, distance int64) Region {
		const height = 4 * latticeLat
		return s.fine(x*latticeLon, 30*latticeLat-distance-height, 5*latticeLon, height)
	}
	m.unconfirmed(s.patch(pit, "", secondImage, south(22, metres300)), "distance")
	m.unconfirmed(s.patch(pit, "", secondImage, south(34, metres499)), "distance")
	c.belongsToNobody(s.patch(pit, "", secondImage, south(46, metres501)), "none")
	unknown := "C" + CountyCode + "2016011120999999"
	c.belongsToNobody(s.patch(wasteDump, unknown, secondImage, s.box(30, 46, 6, 6)), "unknown_licence")
}

func (c *County) farFromEveryMine() {
	s := c.site()
	c.belongsToNobody(s.patch(pit, "", secondImage, s.box(20, 20, 7, 5)), "none")
	c.belongsToNobody(s.patch(wasteDump, "", secondImage, s.box(36, 20, 5, 4)), "none")
}

func (c *County) belongsToNobody(p *Patch, by string) {
	c.unattributed = append(c.unattributed, unattributed{p, by})
	switch p.Kind {
	case pit:
		c.list("mining_without_licence", p)
	case abandonedPit: // the case lists it with the others
	default:
		c.list("", p)
	}
}
