package sample

// componentCases: what joins a component, and what is too narrow to count.
func (c *County) componentCases() {
	c.cornersTouch()
	c.sidesTouch()
	c.withinTolerance()
	c.beyondTolerance()
}

func (c *County) cornersTouch() {
	s := c.site()
	m := s.mine("两块用地仅在一个角点相接，不算连片：一块批小占大，另一块未批先占。",
		"Two components meet in one corner point, which does not join them: one is over-occupied, the other unapproved.",
		s.box(10, 10, 40, 40))
	a := m.temporary(inForce, inTerm, s.box(20, 20, 10, 10))
	dug, dumped := m.pit(s.box(22, 21, 12, 8)), m.dump(s.box(34, 29, 8, 6))
	m.class(approved, dug.In(a), "8 by 8 of the pit's 12 by 8 cells lie inside the approval")
	m.class(overOccupied, dug.Minus(a), "the pit's other 4 by 8 cells; touch: 64/96 of the component")
	m.class(unapproved, dumped, "the dump (8 by 6 cells) shares only the pit's north-eastern corner; the approval is used 64/100 > 0.5")
}

func (c *County) sidesTouch() {
	s := c.site()
	m := s.mine("两块用地有一格（约 44 米）公共边，算连片：全部超出部分均为批小占大。",
		"The same with one cell (44 m) of common side, which joins them: all the excess is over-occupied.",
		s.box(10, 10, 40, 40))
	a := m.temporary(inForce, inTerm, s.box(20, 20, 10, 10))
	dug, dumped := m.pit(s.box(22, 21, 12, 8)), m.dump(s.box(34, 28, 8, 6))
	m.class(approved, dug.In(a), "8 by 8 of the pit's 12 by 8 cells lie inside the approval")
	m.class(overOccupied, union(dug, dumped).Minus(a), "4 by 8 cells of the pit and the dump's 8 by 6 cells: one component, 64/144 of it approved")
}

func (c *County) withinTolerance() {
	s := c.site()
	m := s.mine("采坑越出批准边界不足 1 米（北侧约 0.56 米宽一条，西侧不足 1 平方米一角）：均在容差以内，没有问题。",
		"The pit leaves the approval by a strip 0.56 m wide and by a corner under 1 m²: both within tolerance, nothing found.",
		s.box(10, 10, 40, 40))
	const strip, bumpEast, bumpNorth = 5, 8, 8
	a := m.temporary(inForce, inTerm, s.box(20, 20, 10, 12))
	dug := s.fine(21*latticeLon, 21*latticeLat, 8*latticeLon, 11*latticeLat+strip)
	tongue := s.fine(20*latticeLon-bumpEast, 25*latticeLat, latticeLon+bumpEast, bumpNorth)
	ground := m.pit(dug.And(tongue))
	m.class(approved, ground.In(a), "the pit of 8 by 11 cells and a tongue of 43 by 0.9 m, as far as the approval goes")
	m.tolerate(overOccupied, ground.Minus(a))
}

func (c *County) beyondTolerance() {
	s := c.site()
	m := s.mine("采坑越出批准边界一条，宽约 1.11 米、长约 341 米：平均宽度超过 1 米，批小占大。",
		"Just misses tolerance: the strip beyond the approval is 1.11 m wide, mean width 1.107 m.",
		s.box(10, 10, 40, 40))
	const strip = 10
	a := m.temporary(inForce, inTerm, s.box(20, 20, 10, 12))
	dug := m.pit(s.fine(21*latticeLon, 21*latticeLat, 8*latticeLon, 11*latticeLat+strip))
	m.class(approved, dug.In(a), "the pit's 8 by 11 cells inside the approval")
	m.class(overOccupied, dug.Minus(a), "a strip 8 cells long (341 m) and 0.00001° (1.11 m) wide: 2 × area ÷ perimeter = 1.107 m ≥ 1 m")
}

// togetherCases: what overlaps is counted once.
func (c *County) togetherCases() {
	s := c.site()
	m := s.mine("两份批准互相重叠、四块采坑与一块排土场互相重叠：每一平方米只计一次。",
		"Two approvals overlap each other, and so do four pits and a dump: each square metre counts once.",
		s.box(10, 10, 40, 40))
	a := m.temporary(inForce, inTerm, s.box(15, 15, 10, 10))
	b := m.temporary(inForce, inTerm, s.box(20, 15, 10, 10))
	west, middle := m.pit(s.box(16, 16, 8, 8)), m.pit(s.box(20, 18, 9, 6))
	dumped := m.dump(s.box(22, 20, 6, 5))
	east, end := m.pit(s.box(27, 17, 6, 4)), m.pit(s.box(29, 17, 5, 4))
	ground := union(west, middle, dumped, east, end)
	both := union(a, b)
	m.class(approved, ground.In(both), "the union of the five patches inside the union of the two approvals (x 15–30, y 15–25 cells)")
	m.class(overOccupied, ground.Minus(both), "x 30–34, y 17–21: 4 by 4 cells covered by two pits, counted once")
}
