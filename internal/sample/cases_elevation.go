package sample

// elevationCases: pits and dumps against the elevations licensed and approved.
// Every licence is for 980 to 1260 m.
func (c *County) elevationCases() {
	c.beyondTheBand()
	c.withinTheBand()
	c.dumps()
	c.dumpsWithin()
}

// at states the top and bottom of a patch in metres above the 1985 datum.
func (p *Patch) at(topM, bottomM float64) *Patch {
	p.TopM, p.BottomM = &topM, &bottomM
	return p
}

func (c *County) beyondTheBand() {
	s := c.site()
	m := s.mine("采坑标高 1268.5—965 米，超出开采标高 1260—980 米（上 8.5 米、下 15 米），其中一部分在矿区外：矿区内为超层开采，矿区外为越界开采。",
		"Pits from 1268.5 to 965 m against a band of 1260 to 980 m: 8.5 m above, 15 m below; the part outside the plane is out of bounds instead.",
		s.box(10, 10, 30, 24))
	m.temporary(inForce, inTerm, s.box(12, 12, 36, 20))
	high := m.patch(pit, secondImage, s.box(14, 14, 6, 6)).at(1268.5, 1100).Ground
	deep := m.patch(pit, secondImage, s.box(30, 14, 14, 8)).at(1255, 965).Ground
	inside := m.patch(pit, secondImage, s.box(14, 24, 6, 6)).at(1260, 980).Ground
	m.class(approved, union(high, deep, inside), "three pits of 6 by 6, 14 by 8 and 6 by 6 cells inside the approval of 36 by 20")
	m.finding("mining_beyond_elevation", union(high, deep.In(m.Plane())), "6 by 6 cells whose top is 8.5 m above, and 10 by 8 of the 14 by 8 cells whose bottom is 15 m below; the third pit is on the limits")
	m.beyond("mining_beyond_elevation", 8.5, 15)
	m.outOfBounds(deep.Minus(m.Plane()), "4 by 8 cells east of the plane")
}

func (c *County) withinTheBand() {
	s := c.site()
	m := s.mine("采坑标高恰为 1260—980 米，与许可上下限相同：没有问题。",
		"Just misses: the pit's elevations are the limits of the licence.", s.box(10, 10, 30, 24))
	m.temporary(inForce, inTerm, s.box(12, 12, 20, 16))
	dug := m.patch(pit, secondImage, s.box(14, 14, 10, 8)).at(1260, 980).Ground
	m.class(approved, dug, "the pit (10 by 8 cells) inside the approval of 20 by 16")
}

// dumps has three mines whose land is approved and whose dumps are not, leave
// their site, or are too high.
func (c *County) dumps() {
	s := c.site()
	without := s.mine("排土场只有临时用地批准，排土场批准已于影像日前一天到期：未批先排。",
		"A dump on approved land whose dump-site approval ended the day before the image: dumped without approval.",
		s.box(2, 10, 26, 24))
	without.temporary(inForce, inTerm, s.box(4, 12, 20, 16))
	without.approval(dumpSite, "排土场", until(day(2022, 5, 9)), s.box(5, 13, 12, 10))
	heap := without.patch(wasteDump, secondImage, s.box(6, 14, 10, 8)).Ground
	without.class(approved, heap, "the dump (10 by 8 cells) inside the temporary-land approval")
	without.finding("dump_unapproved", heap, "the whole dump: no dump-site approval in force on 2022-05-10")

	beyond := s.mine("排矸场、排土场相连，超出排土场批准：超界；另一处排土场仅 4% 与批准重叠、占批准 4%，为未批先排。",
		"Gangue and waste dumps joined leave their approved site: out of bounds; another overlaps it by 4 % of both and is without approval.",
		s.box(34, 10, 30, 34))
	beyond.temporary(inForce, inTerm, s.box(34, 10, 30, 34))
	site := beyond.approval(dumpSite, "排土场、排矸场", inForce, s.box(36, 12, 10, 10)).Ground
	gangue := beyond.patch(gangueDump, secondImage, s.box(38, 14, 8, 6)).Ground
	waste := beyond.patch(wasteDump, secondImage, s.box(46, 14, 6, 6)).Ground
	apart := beyond.patch(wasteDump, secondImage, s.box(36, 21, 4, 23)).Ground
	beyond.class(approved, union(gangue, waste, apart), "all three dumps inside the temporary-land approval of 30 by 34")
	beyond.finding("dump_out_of_bounds", waste, "the waste dump's 6 by 6 cells: it is joined to the gangue dump, of which 48 cells, 48/84 of the two, lie in the site")
	beyond.finding("dump_unapproved", apart.Minus(site), "4 by 22 cells of a dump of 4 by 23, of which 4 lie in the site: 4/92 of it and 4/100 of the site are < 0.05")

	high := s.mine("排土场顶标高 1296 米，批准最高标高 1290 米，其中一部分有另一份容许 1300 米的批准：超标高 6 米。",
		"A dump of 1296 m on a site approved up to 1290, part of it under another approval up to 1300: 6 m too high on the rest.",
		s.box(66, 10, 26, 24))
	high.temporary(inForce, inTerm, s.box(67, 11, 24, 20))
	high.approval(dumpSite, "排土场", inForce, s.box(69, 13, 12, 10)).upTo(1290)
	higher := high.approval(dumpSite, "排土场", inForce, s.box(77, 13, 4, 10)).upTo(1300).Ground
	tall := high.patch(wasteDump, secondImage, s.box(70, 14, 11, 8)).at(1296, 1240).Ground
	high.class(approved, tall, "the dump (11 by 8 cells) inside the temporary-land approval")
	high.finding("dump_beyond_elevation", tall.Minus(higher), "7 by 8 of its 11 by 8 cells; on the other 4 by 8 an approval allows 1300 m")
	high.beyond("dump_beyond_elevation", 6, 0)
}

func (c *County) dumpsWithin() {
	s := c.site()
	m := s.mine("排土场全部在排土场批准内，标高恰为批准标高；批准恰于影像日到期：没有问题。",
		"Just misses all three: the dump is inside its site, as high as approved, on the approval's last day.",
		s.box(10, 10, 30, 24))
	m.temporary(inForce, inTerm, s.box(12, 12, 20, 16))
	m.approval(dumpSite, "排土场", until(secondImage), s.box(14, 14, 10, 8)).upTo(1290)
	heap := m.patch(wasteDump, secondImage, s.box(14, 14, 10, 8)).at(1290, 1240).Ground
	m.class(approved, heap, "the dump (10 by 8 cells) inside the temporary-land approval")
}

// upTo states the greatest height that a dump site is approved for.
func (a *Approval) upTo(m float64) *Approval {
	a.MaxM = &m
	return a
}
