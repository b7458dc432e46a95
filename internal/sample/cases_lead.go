package sample

// leadCases: ground that two layers claim, areas around the referral thresholds,
// and findings that hang on where the image lies.
func (c *County) leadCases() {
	c.claimedTwice()
	c.referrals()
	c.positionErrors()
}

func (c *County) claimedTwice() {
	s := c.site()
	m := s.mine("林地图层与草原图层重叠处：两项都列，合计只计一次；两项均达到移送标准线索。",
		"Forest and grassland layers claim the same ground: in both figures, once in the sum; both are leads.", s.box(4, 4, 40, 40))
	trees, grass := c.forest("0305", s.box(14, 14, 10, 10)), c.grassland("0401", s.box(18, 14, 12, 10))
	m.temporary(inForce, inTerm, s.box(12, 12, 20, 14))
	dug := m.pit(s.box(16, 16, 10, 4))
	m.class(approved, dug, "the pit (10 by 4 cells) inside the approval of 20 by 14")
	both := dug.In(trees).In(grass)
	m.finding("forest_encroached", dug.In(trees), "8 by 4 cells", part{"0305", dug.In(trees)}, part{"common:grassland_encroached", both})
	m.finding("grassland_encroached", dug.In(grass), "8 by 4 cells, of which 6 by 4 are forest too", part{"0401", dug.In(grass)}, part{"common:forest_encroached", both})
}

// referrals has five mines with a few cells of forest or grassland each; a cell
// is 2.84 mu.
func (c *County) referrals() {
	s := c.site()
	for i, k := range []struct {
		zh, en string
		code   string
		cells  int64
	}{
		{"占用林地 4 格（约 11.4 亩，超过 10 亩）：达到移送标准线索。", "Four cells of forest, 11.4 mu: a lead.", "0301", 4},
		{"占用林地 3 格（约 8.5 亩，5 至 10 亩）：如属公益林，达到移送标准线索。", "Three cells of forest, 8.5 mu: a lead if it is public-welfare forest.", "0301", 3},
		{"占用林地 1 格（约 2.8 亩）：未达到移送标准。", "One cell of forest, 2.8 mu: no lead.", "0301", 1},
		{"占用草原 8 格（约 22.7 亩，超过 20 亩）：达到移送标准线索。", "Eight cells of grassland, 22.7 mu: a lead.", "0401", 8},
		{"占用草原 7 格（约 19.9 亩，不足 20 亩）：未达到移送标准。", "Seven cells of grassland, 19.9 mu: just no lead.", "0401", 7},
	} {
		x := int64(2 + 18*i)
		m := s.mine(k.zh, k.en, s.box(x, 10, 14, 14))
		m.temporary(inForce, inTerm, s.box(x+1, 11, 12, 12))
		cover := s.box(x+2, 12, k.cells, 6)
		rule := "grassland_encroached"
		if k.code < "0400" {
			c.forest(k.code, cover)
			rule = "forest_encroached"
		} else {
			c.grassland(k.code, cover)
		}
		dug := m.pit(s.box(x+2, 17, k.cells, 3))
		m.class(approved, dug, "the pit inside the approval of 12 by 12 cells")
		m.finding(rule, dug.In(cover), "the southern row of the pit's three, one cell high", part{k.code, dug.In(cover)})
	}
}

// positionErrors: a millionth of a degree of latitude is 0.111 m.
func (c *County) positionErrors() {
	s := c.site()
	const licence, approval, pitNorth = 0, 13, 27
	m := s.mine("影像位置误差 2 米：采坑越界 3.0 米宽为确定，超出批准 1.55 米宽取决于边界误差。",
		"Position error 2 m: out of bounds by 3.0 m is certain, beyond the approval by 1.55 m depends on the boundary.",
		s.box(10, 10, 20, 20))
	north := int64(30 * latticeLat)
	m.temporary(inForce, inTerm, s.fine(12*latticeLon, 20*latticeLat, 16*latticeLon, 10*latticeLat+approval))
	p := m.patch(pit, secondImage, s.fine(14*latticeLon, 24*latticeLat, 12*latticeLon, 6*latticeLat+pitNorth))
	e := 2.0
	p.ErrorM = &e
	strip := func(above int64) Region {
		return s.fine(14*latticeLon, north+above, 12*latticeLon, pitNorth-above)
	}
	m.class(approved, p.Ground.Minus(strip(approval)), "12 by 6 cells and as much of the strip as the approval covers")
	m.class(overOccupied, strip(approval), "a strip 12 cells long and 0.000014° (1.55 m) high")
	m.outOfBounds(strip(licence), "a strip 12 cells long and 0.000027° (3.00 m) high")
	m.certainty("over_occupied", "boundary_dependent")
	m.certainty("mining_out_of_bounds", "certain")
}
