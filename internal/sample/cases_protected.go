package sample

// The codes of categories, zones and levels as the file spells them, with the
// key of the breakdown.
const (
	natureReserve = "自然保护区"
	forestPark    = "森林公园"
	geopark       = "地质公园"
	desertPark    = "沙漠公园"
	core          = "核心区"
	buffer        = "缓冲区"
	experimental  = "实验区"
	general       = "一般控制区"
)

func (c *County) protect(name, category, zone, level string, ground Region) Region {
	c.Protected = append(c.Protected, Zone{Name: name, Category: category, Zone: zone, Level: level, Ground: ground})
	return ground
}

func (c *County) waterSource(name, grade string, ground Region) Region {
	c.Water = append(c.Water, Zone{Name: name, Code: grade, Ground: ground})
	return ground
}

// protectedCases: protected areas and water sources.
func (c *County) protectedCases() {
	c.inTheReserve()
	c.onlyTheApproval()
	c.onlyTheLicence()
	c.onlyTheEdge()
	c.inTheWaterSource()
	c.approvalInTheWaterSource()
}

func (c *County) inTheReserve() {
	s := c.site()
	m := s.mine("用地、临时用地批准、采矿权均进入自然保护区（核心区、实验区）及与之重叠的森林公园：重叠处只计一次。",
		"Ground, approval and licence reach into a nature reserve (core and experimental zone) and a forest park that overlaps it: common ground counts once.",
		s.box(10, 10, 40, 40))
	heart := c.protect("示例旗白音自然保护区", natureReserve, core, "自治区级", s.box(30, 30, 50, 50))
	ring := c.protect("示例旗白音自然保护区", natureReserve, experimental, "自治区级", s.box(20, 20, 70, 70).Minus(heart))
	park := c.protect("示例旗柳湾森林公园", forestPark, general, "自治区级", s.box(14, 44, 30, 12))
	reserve := union(heart, ring)
	everything := union(reserve, park)
	split := func(g Region) []part {
		return []part{
			{"nature_reserve/core", g.In(heart)},
			{"nature_reserve/experimental", g.In(ring)},
			{"forest_park/general_control", g.In(park)},
			{"nature_reserve", g.In(reserve)},
		}
	}

	a := m.temporary(inForce, inTerm, s.box(14, 24, 24, 28))
	dug, dumped := m.pit(s.box(26, 26, 10, 10)), m.dump(s.box(16, 42, 8, 8))
	ground := union(dug, dumped)
	m.class(approved, ground, "the pit (10 by 10 cells) and the dump (8 by 8 cells) inside the approval of 24 by 28")
	m.finding("protected_area_occupied", ground.In(everything),
		"pit: 36 cells core, 64 experimental; dump: 32 experimental, 48 forest park, of which 24 are both: 100 + 56 cells", split(ground.In(everything))...)
	m.finding("approval_in_protected_area", a.In(everything),
		"504 cells of the approval in the reserve (176 core, 328 experimental), 192 in the park, 144 in both: 552", split(a.In(everything))...)
	m.finding("licence_in_protected_area", m.Plane().In(everything),
		"900 cells of the licence in the reserve (400 core, 500 experimental), 180 in the park, 144 in both: 936", split(m.Plane().In(everything))...)
}

func (c *County) onlyTheApproval() {
	s := c.site()
	m := s.mine("仅有效临时用地批准的一角进入地质公园（用地与采矿权均未进入）；公园内另一份批准已到期，不计。",
		"Only an approval in force reaches into a geopark, neither ground nor licence; another approval inside has run out and does not count.",
		s.box(10, 10, 40, 40))
	park := c.protect("示例旗赤崖地质公园", geopark, general, "自治区级", s.box(60, 20, 20, 30))
	a := m.temporary(inForce, inTerm, s.box(52, 22, 12, 10))
	m.temporary(until(day(2021, 12, 31)), reclamationTerm, s.box(62, 34, 10, 10))
	dumped := m.dump(s.box(53, 23, 6, 6))
	m.class(approved, dumped, "the dump (6 by 6 cells) inside the approval in force, outside the park")
	m.finding("approval_in_protected_area", a.In(park), "4 by 10 cells of the approval in force on 2022-05-31",
		part{"geopark/general_control", a.In(park)})
}

func (c *County) onlyTheLicence() {
	s := c.site()
	m := s.mine("仅采矿权进入自然保护区缓冲区，批准与用地均未进入。",
		"Only the licence reaches into a nature reserve's buffer zone.",
		s.box(10, 10, 40, 40))
	zone := c.protect("示例旗苇塘自然保护区", natureReserve, buffer, "旗县级", s.box(44, 30, 30, 30))
	m.temporary(inForce, inTerm, s.box(14, 14, 12, 12))
	dug := m.pit(s.box(15, 15, 10, 10))
	m.class(approved, dug, "the pit (10 by 10 cells) inside the approval of 12 by 12")
	inside := m.Plane().In(zone)
	m.finding("licence_in_protected_area", inside, "6 by 20 cells of the licence",
		part{"nature_reserve/buffer", inside}, part{"nature_reserve", inside})
}

func (c *County) onlyTheEdge() {
	s := c.site()
	m := s.mine("矿区、批准、采坑与保护区、水源地、林地、草原均只有公共边：没有问题。",
		"Just misses all of them: licence, approval and pit only share sides with a reserve, a water source, a forest and a grassland.",
		s.box(10, 10, 40, 40))
	c.protect("示例旗东沙自然保护区", natureReserve, core, "旗县级", s.box(50, 10, 20, 40))
	c.waterSource("东沙水源地", "一级", s.box(10, 50, 40, 10))
	c.forest("0301", s.box(40, 26, 10, 6))
	c.grassland("0401", s.box(34, 32, 10, 6))
	m.temporary(inForce, inTerm, s.box(40, 30, 10, 10))
	dug := m.pit(s.box(44, 32, 6, 6))
	m.class(approved, dug, "the pit (6 by 6 cells) inside the approval of 10 by 10; it ends on the reserve's western side")
}

func (c *County) inTheWaterSource() {
	s := c.site()
	m := s.mine("用地、临时用地批准、采矿权均进入水源地一级、二级保护区：分级列出。",
		"Ground, approval and licence reach into a water source of two grades.",
		s.box(10, 10, 40, 40))
	first := c.waterSource("示例旗清泉水源地", "一级", s.box(40, 20, 10, 10))
	second := c.waterSource("示例旗清泉水源地", "二级", s.box(30, 10, 30, 30).Minus(first))
	both := union(first, second)
	split := func(g Region) []part {
		return []part{{"grade_1", g.In(first)}, {"grade_2", g.In(second)}}
	}
	a := m.temporary(inForce, inTerm, s.box(32, 16, 16, 12))
	dug := m.pit(s.box(34, 18, 12, 8))
	m.class(approved, dug, "the pit (12 by 8 cells) inside the approval of 16 by 12")
	m.finding("water_source_occupied", dug.In(both), "the pit: 6 by 6 cells grade 1, the other 60 grade 2", split(dug)...)
	m.finding("approval_in_water_source", a.In(both), "the approval: 8 by 8 cells grade 1, the other 128 grade 2", split(a)...)
	m.finding("licence_in_water_source", m.Plane().In(both), "x 30–50, y 10–40 of the licence: 100 cells grade 1, 500 grade 2", split(m.Plane())...)
}

func (c *County) approvalInTheWaterSource() {
	s := c.site()
	m := s.mine("仅有效临时用地批准进入水源地二级保护区。",
		"Only an approval reaches into a water source, grade 2.",
		s.box(10, 10, 40, 40))
	zone := c.waterSource("示例旗南泉水源地", "二级", s.box(60, 10, 20, 20))
	a := m.temporary(inForce, inTerm, s.box(52, 12, 12, 8))
	dumped := m.dump(s.box(53, 13, 6, 6))
	m.class(approved, dumped, "the dump (6 by 6 cells) inside the approval of 12 by 8")
	m.finding("approval_in_water_source", a.In(zone), "4 by 8 cells of the approval", part{"grade_2", a.In(zone)})
}
