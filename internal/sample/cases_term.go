package sample

// termCases: the approvals account on the as-of date.
func (c *County) termCases() {
	c.handedBackBeforeTheImage()
	c.handedBackAfterTheImage()
	c.notReclaimedStillDug()
	c.lastDayToReclaim()
	c.reclaimedNotReturned()
	c.returnedOnTheDay()
}

func (c *County) handedBackBeforeTheImage() {
	s := c.site()
	m := s.mine("临时用地已于 2022-03-01 移交还地，之后影像又见占用：原批准不再适用，未批先占。",
		"Handed back on 2022-03-01 and seen disturbed again: the approval no longer counts, unapproved.",
		s.box(10, 10, 40, 40))
	t := until(day(2021, 10, 31))
	t.Reclaimed, t.Returned = day(2021, 12, 20), day(2022, 3, 1)
	m.temporary(t, closed, s.box(15, 15, 12, 12))
	dug := m.pit(s.box(17, 17, 8, 6))
	m.class(unapproved, dug, "the pit (8 by 6 cells); its approval was handed back before the image and is neither in force nor run out")
}

func (c *County) handedBackAfterTheImage() {
	s := c.site()
	m := s.mine("临时用地在影像日之后（2022-05-20）才移交还地：影像日属到期后继续占用，批准账为已销结。",
		"Just the other way: handed back on 2022-05-20, after the image, so the ground seen was expired; the approval itself is closed.",
		s.box(10, 10, 40, 40))
	t := until(day(2021, 10, 31))
	t.Reclaimed, t.Returned = day(2022, 5, 15), day(2022, 5, 20)
	m.temporary(t, closed, s.box(15, 15, 12, 12))
	dug := m.pit(s.box(17, 17, 8, 6))
	m.class(expired, dug, "the pit (8 by 6 cells) inside the approval that ran out on 2021-10-31 and was not yet handed back on 2022-05-10")
}

func (c *County) notReclaimedStillDug() {
	s := c.site()
	m := s.mine("临时用地 2021-05-30 到期，满一年未复垦，部分仍在占用：到期未复垦（整块批准），并列到期后继续占用。",
		"Ended on 2021-05-30, a year and a day ago, not reclaimed and partly still dug: reclamation overdue, and the dug part expired.",
		s.box(10, 10, 40, 40))
	m.temporary(until(day(2021, 5, 30)), reclamationOverdue, s.box(15, 15, 14, 12))
	dug := m.pit(s.box(17, 17, 6, 6))
	m.class(expired, dug, "the pit (6 by 6 cells) inside the approval (14 by 12 cells) that ran out on 2021-05-30")
}

func (c *County) lastDayToReclaim() {
	s := c.site()
	m := s.mine("临时用地 2021-05-31 到期，今日恰为复垦期限最后一天；另一份批准载明的复垦期限为 2022-12-31：均在复垦期内。",
		"Just misses reclamation overdue: one approval's year ends on the as-of date, another carries a later date of its own.",
		s.box(10, 10, 40, 40)).works(openPit, gypsum)
	m.temporary(until(day(2021, 5, 31)), reclamationTerm, s.box(15, 15, 10, 10))
	own := until(day(2020, 12, 31))
	own.ReclaimBy = day(2022, 12, 31)
	m.temporary(own, reclamationTerm, s.box(30, 15, 8, 10))
}

func (c *County) reclaimedNotReturned() {
	s := c.site()
	m := s.mine("临时用地已到期并复垦验收，尚未移交：到期未还地（整块批准）。",
		"Run out, reclaimed and accepted, not handed over: return overdue, the whole approval.",
		s.box(10, 10, 40, 40))
	t := until(day(2021, 3, 31))
	t.Reclaimed = day(2022, 3, 15)
	m.temporary(t, returnOverdue, s.box(15, 15, 13, 11))
}

func (c *County) returnedOnTheDay() {
	s := c.site()
	m := s.mine("批准账各种无问题的状态：截止日当天还地、期内提前复垦、当天到期、尚未开始。",
		"The states without fault: handed over on the as-of date, reclaimed early within its term, ending on the as-of date, not begun.",
		s.box(10, 10, 40, 40))
	back := until(day(2021, 3, 31))
	back.Reclaimed, back.Returned = day(2021, 12, 1), asOf
	m.temporary(back, closed, s.box(12, 12, 8, 8))
	early := inForce
	early.Reclaimed = day(2022, 4, 1)
	m.temporary(early, inTerm, s.box(24, 12, 8, 8))
	m.temporary(until(asOf), inTerm, s.box(36, 12, 8, 8))
	m.temporary(Terms{ApprovedOn: day(2022, 5, 20), From: day(2022, 7, 1), To: day(2024, 6, 30)}, notBegun, s.box(12, 26, 8, 8))
}

// imageCases: which image decides.
func (c *County) imageCases() {
	c.atTheFootprintsEdge()
	c.eastOfTheFootprint()
	c.grownOver()
	c.acrossTheZones()
}

func (c *County) atTheFootprintsEdge() {
	s := c.siteAt(point{110_580000, 40_265000})
	m := s.mine("横跨第二次影像覆盖边界（110.60°E）：西侧按 2022-05-10 影像为到期，东侧按 2021-06-30 影像为已批准。",
		"Astride the edge of the second image (110.60° E): the west is judged on 2022-05-10 and expired, the east on 2021-06-30 and approved.",
		s.box(20, 10, 40, 40))
	m.temporary(until(day(2021, 12, 31)), reclamationTerm, s.box(30, 20, 20, 12))
	before := m.patch(pit, firstImage, s.box(32, 22, 16, 8)).Ground
	now := m.pit(s.box(32, 22, 8, 8))
	m.class(expired, now, "8 by 8 cells west of 110.60°, seen on 2022-05-10, inside the approval that ran out on 2021-12-31")
	m.class(approved, before.Minus(now), "8 by 8 cells east of 110.60°, last seen on 2021-06-30, when the same approval was in force")
}

func (c *County) eastOfTheFootprint() {
	s := c.siteAt(point{110_650000, 40_115000})
	m := s.mine("只有第一次影像覆盖：按 2021-06-30 判断；2021-11-15 已恢复的不计，计划 2022-06-15 恢复的仍计；批准外一块为批东占西。",
		"Only the first image covers it, so 2021-06-30 decides; a dump restored by the as-of date is out, one to be restored later stays; a pit elsewhere is displaced.",
		s.box(10, 10, 40, 40))
	m.temporary(until(day(2021, 12, 31)), reclamationTerm, s.box(14, 14, 20, 20))
	dug := m.patch(pit, firstImage, s.box(16, 16, 8, 8)).Ground
	m.patch(wasteDump, firstImage, s.box(26, 16, 6, 6)).Restored = day(2021, 11, 15)
	still := m.permitted(m.patch(wasteDump, firstImage, s.box(16, 26, 6, 6)))
	still.Restored = day(2022, 6, 15)
	elsewhere := m.patch(pit, firstImage, s.box(38, 16, 6, 6)).Ground
	m.class(approved, union(dug, still.Ground), "8 by 8 and 6 by 6 cells inside the approval in force on 2021-06-30; the restored 6 by 6 are out")
	m.class(displaced, elsewhere, "6 by 6 cells outside; on 2021-06-30 the approval was in force and used 100/400 ≤ 0.5; 36 ≤ 2 × 300 unused")
}

func (c *County) grownOver() {
	s := c.site()
	m := s.mine("第一次影像可见、第二次已恢复植被的部分不计；登记于 2022-05-20 恢复的不计，登记 2022-06-01 恢复的仍计。",
		"Ground seen on the first image and no longer on the second is out, so is a dump restored on 2022-05-20; one restored on 2022-06-01, after the as-of date, stays.",
		s.box(10, 10, 40, 40))
	m.patch(pit, firstImage, s.box(16, 16, 14, 10))
	dug := m.pit(s.box(16, 16, 6, 10))
	m.patch(wasteDump, secondImage, s.box(30, 30, 6, 6)).Restored = day(2022, 5, 20)
	still := m.permitted(m.patch(wasteDump, secondImage, s.box(40, 30, 5, 5)))
	still.Restored = day(2022, 6, 1)
	m.class(unapproved, union(dug, still.Ground), "6 by 10 and 5 by 5 cells; no approval")
}

func (c *County) acrossTheZones() {
	s := c.siteAt(point{109_480000, 40_115000})
	m := s.mine("矿区、批准与图斑均横跨 109°30′（36/37 带分界）：排土场超出批准部分为批小占大。",
		"Licence, approval and patches lie astride 109°30′, where zones 36 and 37 meet: the dump's excess is over-occupied.",
		s.box(20, 10, 40, 40))
	a := m.temporary(inForce, inTerm, s.box(26, 16, 28, 20))
	dug, dumped := m.pit(s.box(30, 20, 20, 14)), m.dump(s.box(52, 18, 8, 6))
	m.class(approved, union(dug, dumped).In(a), "the pit (20 by 14 cells, half in each zone) and 2 by 6 of the dump's 8 by 6 cells")
	m.class(overOccupied, dumped.Minus(a), "6 by 6 cells of the dump east of the approval; touch: 12/48 of the component")
}
