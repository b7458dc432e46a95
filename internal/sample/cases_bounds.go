package sample

// boundsCases: pits outside the licence plane.
func (c *County) boundsCases() {
	c.intoSisterAndNeighbour()
	c.manyTimesTheLicence()
	c.onlyTheDumpOutside()
	c.betweenTwoPolygons()
}

func (c *County) intoSisterAndNeighbour() {
	s := c.site()
	m := s.mine("采坑越出矿区，部分进入同企业姊妹矿权、部分进入相邻企业矿权；坑内建设不算采坑。用地均已批准。",
		"The pits leave the licence, partly into a sister licence, partly into a neighbour's; construction inside a pit is not pit. All ground is approved.",
		s.box(4, 10, 24, 24))
	sister := s.mine("上矿的姊妹矿权（井工）：临时用地 2021-05-30 到期未复垦，影像未见占用：整块计为到期未复垦。",
		"Its sister licence, underground: an approval that ended on 2021-05-30 is not reclaimed though nothing is seen on it: reclamation overdue, the whole of it.",
		s.box(32, 10, 16, 24)).works(underground, coal).sisterOf(m)
	neighbour := s.mine("没有任何用地、没有批准的矿山（被相邻矿越界采入，但自身没有问题）。",
		"No disturbance and no approval at all; dug into by a neighbour, but nothing is found on it.",
		s.box(32, 38, 20, 20))
	m.temporary(inForce, inTerm, s.box(18, 12, 22, 32))
	sister.temporary(until(day(2021, 5, 30)), reclamationOverdue, s.box(41, 12, 6, 8))

	south, north := m.pit(s.box(20, 14, 18, 8)), m.pit(s.box(24, 30, 14, 12))
	built := m.patch(construction, secondImage, s.box(29, 16, 2, 2)).Ground
	m.dump(s.box(28, 18, 3, 3))
	pits := union(south, north).Minus(built)
	m.class(approved, union(south, north), "both pits (18 by 8 and 14 by 12 cells), with the construction and the dump inside the first, lie in the approval")
	m.outOfBounds(pits.Minus(m.Plane()), "80 cells of the southern pit without 4 of construction (the dump over it yields to the pit), 152 of the northern: 228",
		append(insideSister(sister, pits.In(sister.Plane())), insideNeighbour(neighbour, pits.In(neighbour.Plane()))...)...)
}

func (c *County) manyTimesTheLicence() {
	s := c.site()
	m := s.mine("矿区仅 5 格（约 14 亩），越界 132 格：越界面积为矿区面积的 26.4 倍；且未批先占。",
		"A licence of 5 cells (14 mu) and 132 cells dug outside: 26.4 times the licence, and unapproved.",
		s.box(20, 20, 5, 1)).works(openPit, limestone)
	dug := m.pit(s.box(16, 9, 12, 11).And(m.Plane()))
	m.class(unapproved, dug, "the pit: 12 by 11 cells and the licence's 5 by 1; no approval")
	m.outOfBounds(dug.Minus(m.Plane()), "12 by 11 cells south of the licence: 132 ÷ 5 = 26.4")
}

func (c *County) onlyTheDumpOutside() {
	s := c.site()
	m := s.mine("同一许可证号分两行（属性相同，合并）；采坑跨两行公共边仍在矿区内，矿区外只有已批准的排土场：没有问题。",
		"Two rows of one licence number, merged; the pit crosses their common side and stays inside, only an approved dump lies outside: nothing out of bounds.",
		s.box(10, 10, 20, 20), s.box(30, 10, 20, 20))
	m.temporary(inForce, inTerm, s.box(24, 12, 12, 12))
	m.temporary(inForce, inTerm, s.box(51, 11, 12, 10))
	dug, dumped := m.pit(s.box(26, 14, 8, 8)), m.dump(s.box(52, 12, 10, 8))
	m.class(approved, union(dug, dumped), "the pit (8 by 8 cells) and the dump (10 by 8 cells), each inside an approval in force")
}

func (c *County) betweenTwoPolygons() {
	s := c.site()
	m := s.mine("矿区由两个不相连的多边形组成，采坑跨越其间空隙：空隙部分越界开采。",
		"A licence of two polygons; the pit crosses the gap between them, which is out of bounds.",
		union(s.box(10, 10, 16, 20), s.box(34, 10, 16, 20)))
	m.temporary(inForce, inTerm, s.box(20, 12, 20, 10))
	dug := m.pit(s.box(22, 14, 16, 6))
	m.class(approved, dug, "the pit (16 by 6 cells) inside the approval of 20 by 10")
	m.outOfBounds(dug.Minus(m.Plane()), "8 by 6 cells in the gap")
}
