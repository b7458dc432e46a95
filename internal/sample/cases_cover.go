package sample

func (c *County) forest(code string, ground Region) Region {
	c.Forest = append(c.Forest, Zone{Code: code, Ground: ground})
	return ground
}

func (c *County) grassland(code string, ground Region) Region {
	c.Grassland = append(c.Grassland, Zone{Code: code, Ground: ground})
	return ground
}

// coverCases: forest and grassland.
func (c *County) coverCases() {
	c.forestTaken()
	c.grasslandTaken()
	c.permitted()
}

func (c *County) forestTaken() {
	s := c.site()
	m := s.mine("占用林地：一处有有效使用林地许可（影像日当天到期，不计），一处许可前一天到期，一处没有许可。用地均已批准。",
		"Forest taken: one pit under a permit that ends on the day of the image (not counted), one under a permit that ended the day before, two without.",
		s.box(4, 4, 60, 60))
	trees := c.forest("0301", s.box(14, 14, 20, 12))
	shrubs := c.forest("0305", s.box(14, 30, 20, 12))
	m.temporary(inForce, inTerm, s.box(13, 13, 28, 32))
	m.approval(forestUse, "使用林地", until(secondImage), s.box(15, 15, 6, 8))
	m.approval(forestUse, "使用林地", until(day(2022, 5, 9)), s.box(22, 15, 6, 8))
	permitted, late := m.pit(s.box(16, 16, 4, 6)), m.pit(s.box(23, 16, 4, 6))
	inShrubs, atTheEdge := m.pit(s.box(16, 32, 8, 6)), m.pit(s.box(32, 16, 6, 6))
	m.class(approved, union(permitted, late, inShrubs, atTheEdge), "all four pits lie inside the temporary-land approval of 28 by 32 cells")
	taken := union(late, atTheEdge.In(trees), inShrubs)
	m.finding("forest_encroached", taken, "0301: 4 by 6 cells under the run-out permit and 2 by 6 without; 0305: 8 by 6 without",
		part{"0301", taken.In(trees)}, part{"0305", taken.In(shrubs)})
}

func (c *County) grasslandTaken() {
	s := c.site()
	m := s.mine("占用草原：一处超出使用草原许可，一处在其他草地（0404）上、许可已于影像日前一天到期，一处没有许可。用地均已批准。",
		"Grassland taken: one pit runs beyond its permit, one lies on other grassland (0404) under a permit that ended the day before the image, one has none.",
		s.box(4, 4, 60, 60))
	natural := c.grassland("0401", s.box(14, 14, 20, 12))
	other := c.grassland("0404", s.box(14, 30, 20, 12))
	m.temporary(inForce, inTerm, s.box(13, 13, 28, 32))
	permit := m.approval(grasslandUse, "使用草原", inForce, s.box(15, 15, 6, 8)).Ground
	m.approval(grasslandUse, "使用草原", until(day(2022, 5, 9)), s.box(15, 31, 7, 7))
	beyond, late, without := m.pit(s.box(16, 16, 8, 6)), m.pit(s.box(16, 32, 5, 5)), m.pit(s.box(26, 32, 4, 4))
	m.class(approved, union(beyond, late, without), "all three pits lie inside the temporary-land approval of 28 by 32 cells")
	taken := union(beyond.Minus(permit), late, without)
	m.finding("grassland_encroached", taken, "0401: 3 by 6 cells beyond the permit; 0404: 5 by 5 under the run-out permit and 4 by 4 without",
		part{"0401", taken.In(natural)}, part{"0404", taken.In(other)})
}

func (c *County) permitted() {
	s := c.site()
	m := s.mine("占用林地、草原均在有效许可范围内：没有问题。",
		"Just misses both: forest and grassland taken inside permits in force.",
		s.box(4, 4, 60, 60))
	c.forest("0301", s.box(14, 14, 12, 12))
	c.grassland("0401", s.box(30, 14, 12, 12))
	m.temporary(inForce, inTerm, s.box(12, 12, 34, 18))
	m.approval(forestUse, "使用林地", inForce, s.box(13, 13, 14, 14))
	m.approval(grasslandUse, "使用草原", inForce, s.box(29, 13, 14, 14))
	a, b := m.pit(s.box(16, 16, 8, 8)), m.dump(s.box(32, 16, 8, 8))
	m.class(approved, union(a, b), "a pit and a dump of 8 by 8 cells inside the approval of 34 by 18")
}

// scenery fills the map with forests, grasslands and zones where no mine is.
func (c *County) scenery() {
	forests := []string{"0301", "0305", "0307"}
	grasslands := []string{"0401", "0403", "0404"}
	for row := range int64(6) {
		for column := range int64(15) {
			// Every other slot is free but the one beside the mine that lies
			// astride the zones.
			if (column+row)%2 == 0 || column == 4 && row == 1 {
				continue
			}
			s := c.place(slot{column, row}.origin())
			code := int(column+row) % 3
			switch (column + 2*row) % 5 {
			case 0:
				c.forest(forests[code], s.box(0, 5, 60, 40).Minus(s.box(20, 20, 10, 10)))
			case 1, 3:
				c.grassland(grasslands[code], union(s.box(5, 5, 60, 30), s.box(20, 35, 30, 20)))
			}
		}
	}
	s := c.place(slot{8, 5}.origin())
	c.protect("示例旗北沙沙漠公园", desertPark, general, "自治区级", s.box(0, 0, 60, 50))
	c.waterSource("示例旗北河水源地", "准", s.box(70, 0, 20, 30))
}
