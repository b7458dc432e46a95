package sample

// groundCases: approved, expired, unapproved, and what just is not.
func (c *County) groundCases() {
	c.nothingWrong()
	c.ranOutTheDayBefore()
	c.ranOutOnTheDay()
	c.noApproval()
	c.approvedTheDayAfter()
	c.pitAndConstruction()
}

func (c *County) nothingWrong() {
	s := c.site()
	m := s.mine("全部用地均在有效批准范围内，没有问题；其中一份批准日期与首次影像同日（不算补批），一份与第二次影像同日（不算未批先占）。",
		"Nothing wrong. One approval is dated the day of the first image (not a late approval), one the day of the second (not unapproved).",
		s.box(10, 10, 40, 40))
	m.temporary(Terms{ApprovedOn: firstImage, From: firstImage, To: day(2023, 6, 29)}, inTerm, s.box(14, 14, 16, 16))
	m.temporary(Terms{ApprovedOn: secondImage, From: secondImage, To: day(2024, 5, 9)}, inTerm, s.box(34, 14, 8, 8))
	m.approval(constructionLand, "工业场地", Terms{ApprovedOn: day(2019, 4, 1), From: day(2019, 4, 1)}, s.box(34, 30, 6, 6))
	m.patch(pit, firstImage, s.box(16, 16, 8, 8))
	m.patch(construction, firstImage, s.box(35, 31, 4, 4))
	a, b := m.pit(s.box(15, 15, 12, 12)), m.dump(s.box(35, 15, 6, 6))
	works := m.patch(construction, secondImage, s.box(35, 31, 4, 4)).Ground
	way := m.patch(road, secondImage, s.box(28, 15, 1, 14)).Ground
	rest := m.patch(other, secondImage, s.box(16, 28, 8, 1)).Ground
	m.class(approved, union(a, b, works, way, rest), "pit, dump, construction, road and other ground each lie inside an approval in force on 2022-05-10; the construction's has no end")
}

func (c *County) ranOutTheDayBefore() {
	s := c.site()
	m := s.mine("临时用地于影像日前一天（2022-05-09）到期，仍在占用：到期后继续占用。",
		"The approval ended on 2022-05-09, the day before the image that still shows the ground disturbed: expired.",
		s.box(10, 10, 40, 40))
	m.temporary(until(day(2022, 5, 9)), reclamationTerm, s.box(15, 15, 12, 10))
	dug := m.pit(s.box(16, 16, 10, 8))
	m.class(expired, dug, "the pit (10 by 8 cells) lies inside the approval that ended the day before the image")

	c.lookAgain(0, s.box(5, 5, 50, 50)).item(laterItem{
		mine: m, rule: "expired_occupation", outcome: "gone", verdict: "rectified", ground: dug, rectified: dug,
		why: "vanishes: the third image looks at all of it and sees nothing",
	})
	back := c.lookAgain(1, s.box(5, 5, 50, 50))
	back.seesPit(m, s.box(16, 16, 5, 8))
	back.item(laterItem{
		mine: m, rule: "expired_occupation", outcome: "reopened", verdict: "shrunk", ground: dug,
		remaining: s.box(16, 16, 5, 8), rectified: s.box(21, 16, 5, 8),
		why: "reappears: the fourth image sees the western half disturbed again",
	})
}

func (c *County) ranOutOnTheDay() {
	s := c.site()
	m := s.mine("临时用地恰于影像日（2022-05-10）到期：当日仍有效，没有问题。",
		"Just misses expired: the approval ends on the day of the image itself, ends included.",
		s.box(10, 10, 40, 40))
	m.temporary(until(secondImage), reclamationTerm, s.box(15, 15, 12, 10))
	dug := m.pit(s.box(16, 16, 10, 8))
	m.class(approved, dug, "the pit (10 by 8 cells) lies inside the approval that is in force up to and on 2022-05-10")
}

func (c *County) noApproval() {
	s := c.site()
	m := s.mine("没有用地批准：未批先占；只有排土场批准的排土场同样未批先占。矿区内另有尾矿坑两处（有主、无主各一），不计入占地。",
		"No land approval: unapproved, and so is a dump that only has a dump-site approval. Two abandoned pits, one owned, one ownerless, never count as its ground.",
		s.box(10, 10, 40, 40)).works(openPit, limestone)
	dug := m.pit(s.box(20, 20, 12, 9))
	mine := m.patch(abandonedPit, secondImage, s.box(40, 20, 5, 5)).owned(owned)
	nobody := s.patch(abandonedPit, "", secondImage, s.box(40, 30, 4, 4)).owned(ownerless)
	c.list("abandoned_pit_unrestored", mine)
	c.list("abandoned_pit_unrestored", nobody)
	m.finding("abandoned_pit_unrestored", mine.Ground, "the pit of 5 by 5 cells that has an owner",
		part{"owned", mine.Ground}, part{"beside:ownerless", nobody.Ground})
	m.places("abandoned_pit_unrestored", 1)
	m.approval(dumpSite, "排土场", inForce, s.box(19, 33, 10, 8))
	dumped := m.patch(wasteDump, secondImage, s.box(20, 34, 8, 6)).Ground
	m.class(unapproved, union(dug, dumped), "the pit (12 by 9 cells) and the dump (8 by 6 cells); a dump-site approval approves no ground, and abandoned pits are not the mine's ground")
}

func (c *County) approvedTheDayAfter() {
	s := c.site()
	m := s.mine("批准日期比影像日晚一天（2022-05-11）：影像日尚未批准，未批先占。",
		"Approved on 2022-05-11, the day after the image, though valid from earlier: not begun when seen, hence unapproved.",
		s.box(10, 10, 40, 40)).works(openPit, sand)
	m.temporary(Terms{ApprovedOn: day(2022, 5, 11), From: day(2022, 5, 1), To: day(2024, 4, 30)}, inTerm, s.box(15, 15, 15, 15))
	dug := m.pit(s.box(17, 17, 8, 8))
	m.class(unapproved, dug, "the pit (8 by 8 cells); on 2022-05-10 its approval of 2022-05-11 is neither in force nor run out")

	still := c.lookAgain(0, s.box(5, 5, 40, 40))
	still.seesPit(m, dug)
	still.item(laterItem{
		mine: m, rule: "unapproved", outcome: "gone", verdict: "remaining", ground: dug, remaining: dug,
		why: "as disturbed as before, and by the third image approved: no finding, and nothing rectified",
	})
}

func (c *County) pitAndConstruction() {
	s := c.site()
	m := s.mine("同一连片未批用地中既有采坑又有建设，且互相重叠（建设优先）：建设部分列为违法违规建设，其余未批先占。",
		"One unapproved component of two kinds that overlap: construction keeps the common ground and bears its own name, the rest is unapproved.",
		s.box(10, 10, 40, 40))
	dug := m.pit(s.box(20, 20, 10, 10))
	built := m.patch(construction, secondImage, s.box(28, 22, 8, 6)).Ground
	m.class(unapproved, dug.Minus(built), "pit of 10 by 10 cells without the 2 by 6 cells that construction takes")
	m.class(unapprovedConstruction, built, "construction of 8 by 6 cells, the 2 by 6 cells over the pit included")

	less := c.lookAgain(0, s.box(5, 5, 50, 50))
	less.seesPit(m, s.box(20, 20, 8, 4))
	less.item(laterItem{
		mine: m, rule: "unapproved", outcome: "changed", verdict: "shrunk", ground: dug.Minus(built),
		remaining: s.box(20, 20, 8, 4), rectified: union(s.box(20, 24, 8, 6), s.box(28, 20, 2, 2), s.box(28, 28, 2, 2)),
		why: "shrinks: 8 by 4 cells are left of the pit's 88",
	})
	less.item(laterItem{
		mine: m, rule: "unapproved_construction", outcome: "gone", verdict: "rectified", ground: built, rectified: built,
		why: "vanishes: the construction is pulled down, and the pit that is left keeps clear of its ground",
	})
}

// displacedCases: over-occupied, displaced, and the thresholds between them.
func (c *County) displacedCases() {
	c.touchesByItsOwnShare()
	c.touchesByTheApprovalsShare()
	c.touchesTooLittle()
	c.touchesTooLittleButUnused()
	c.elsewhere()
	c.elsewhereTooMuch()
	c.elsewhereButUsed()
}

func (c *County) touchesByItsOwnShare() {
	s := c.site()
	m := s.mine("连片用地的三分之一在批准范围内（仅占批准面积的 0.6%）：按图斑比例判为批小占大。",
		"A third of the component lies in the approval, which is 0.6 % of the approval: over-occupied by the component's share alone.",
		s.box(4, 4, 72, 72))
	a := m.temporary(inForce, inTerm, s.box(8, 8, 40, 40))
	dug := m.pit(s.box(46, 20, 6, 5))
	m.class(approved, dug.In(a), "2 by 5 of the pit's 6 by 5 cells lie inside the approval")
	m.class(overOccupied, dug.Minus(a), "the other 4 by 5 cells; touch: 10/30 of the component ≥ 0.05, 10/1600 of the approval < 0.05")

	more := c.lookAgain(0, s.box(2, 2, 76, 76))
	more.seesPit(m, s.box(46, 20, 8, 5))
	more.item(laterItem{
		mine: m, rule: "over_occupied", outcome: "changed", verdict: "grown", ground: dug.Minus(a),
		remaining: s.box(48, 20, 4, 5), grown: s.box(52, 20, 2, 5),
		why: "grows by 2 by 5 cells eastwards",
	})
}

func (c *County) touchesByTheApprovalsShare() {
	s := c.site()
	m := s.mine("批准 20 格、实占 400 格，仅 2.5% 在批准范围内，但占批准面积的一半：按批准比例判为批小占大。",
		"A small approval half used by a large pit, 2.5 % of the pit: over-occupied by the approval's share alone.",
		s.box(4, 4, 72, 72))
	a := m.temporary(inForce, inTerm, s.box(20, 20, 4, 5))
	dug := m.pit(s.box(22, 18, 20, 20))
	m.class(approved, dug.In(a), "2 by 5 cells of the pit lie inside the approval of 4 by 5")
	m.class(overOccupied, dug.Minus(a), "the pit's 20 by 20 cells without those 10; touch: 10/400 of the component < 0.05, 10/20 of the approval ≥ 0.05")

	same := c.lookAgain(0, s.box(2, 2, 76, 76))
	same.seesPit(m, dug)
	same.item(laterItem{
		mine: m, rule: "over_occupied", outcome: "changed", verdict: "remaining", ground: dug.Minus(a), remaining: dug.Minus(a),
		why: "as it was, seen again",
	})
}

func (c *County) touchesTooLittle() {
	s := c.site()
	m := s.mine("与已到期批准仅重叠 3%/4%，均不足 5%，又无有效批准：其余为未批先占。",
		"Just misses over-occupied: the component meets a run-out approval with 3 % of itself and 4 % of the approval; nothing is in force, so the rest is unapproved.",
		s.box(4, 4, 72, 72))
	a := m.temporary(until(day(2021, 12, 31)), reclamationTerm, s.box(10, 10, 20, 15))
	dug := m.pit(s.box(27, 21, 20, 20))
	m.class(expired, dug.In(a), "3 by 4 cells of the pit lie inside the approval that ran out on 2021-12-31")
	m.class(unapproved, dug.Minus(a), "the pit's 20 by 20 cells without those 12; 12/400 and 12/300 are both < 0.05")

	half := c.lookAgain(0, s.box(5, 5, 32, 50))
	half.item(laterItem{
		mine: m, rule: "expired_occupation", outcome: "gone", verdict: "rectified", ground: dug.In(a), rectified: dug.In(a),
		why: "vanishes: it lies in the western half of the pit, at which the third image looks",
	})
	half.item(laterItem{
		mine: m, rule: "unapproved", outcome: "changed", verdict: "partly_observed", ground: dug.Minus(a),
		rectified: s.box(27, 21, 10, 20).Minus(a), unseen: s.box(37, 21, 10, 20),
		why: "its western 10 by 20 cells are at rest, and nobody looked at the eastern: that is not rectified",
	})
}

func (c *County) touchesTooLittleButUnused() {
	s := c.site()
	m := s.mine("与有效批准仅重叠 3%/4%，不足 5%，而该批准 96% 未使用：批东占西。",
		"The same overlap with an approval in force that is 96 % unused: displaced.",
		s.box(4, 4, 72, 72))
	a := m.temporary(inForce, inTerm, s.box(10, 10, 20, 15))
	dug := m.pit(s.box(27, 21, 20, 20))
	m.class(approved, dug.In(a), "3 by 4 cells of the pit lie inside the approval")
	m.class(displaced, dug.Minus(a), "the pit's 20 by 20 cells without those 12: no touch (12/400, 12/300); approval used 12/300 ≤ 0.5; 388 ≤ 2 × 288 unused")
}

func (c *County) elsewhere() {
	s := c.site()
	m := s.mine("批准用地只用了 44%，另在别处占用：批东占西。",
		"The approval is used to 44 %, and ground is taken elsewhere: displaced.",
		s.box(4, 4, 72, 72))
	m.temporary(inForce, inTerm, s.box(10, 10, 10, 20))
	inside, outside := m.pit(s.box(11, 11, 8, 11)), m.dump(s.box(32, 12, 12, 10))
	m.class(approved, inside, "the pit (8 by 11 cells) inside the approval of 10 by 20")
	m.class(displaced, outside, "the dump (12 by 10 cells), 12 cells east: approval used 88/200 ≤ 0.5; 120 ≤ 2 × 112 unused")

	moved := c.lookAgain(0, s.box(2, 2, 76, 76))
	moved.seesPit(m, inside)
	moved.seesPit(m, s.box(50, 12, 12, 10))
	moved.item(laterItem{
		mine: m, rule: "displaced", outcome: "gone", verdict: "moved", ground: outside, rectified: outside, moved: s.box(50, 12, 12, 10),
		why: "moves: the dump's ground is at rest, and as much is dug 6 cells (256 m) east of it",
	})
}

func (c *County) elsewhereTooMuch() {
	s := c.site()
	m := s.mine("别处占用超过批准未用面积的两倍：由近及远按整块认定批东占西，从超出的那块起为未批先占。",
		"Ground taken elsewhere beyond twice the unused area: components are excused in order of distance, none from the first that does not fit.",
		s.box(4, 4, 72, 72))
	m.temporary(inForce, inTerm, s.box(8, 8, 10, 10))
	inside := m.pit(s.box(9, 9, 5, 4))
	first, second := m.pit(s.box(23, 8, 7, 10)), m.dump(s.box(34, 8, 8, 10))
	third, fourth := m.pit(s.box(46, 8, 4, 10)), m.pit(s.box(56, 8, 1, 5))
	m.class(approved, inside, "5 by 4 cells inside the approval of 10 by 10, which leaves 80 unused and excuses 160")
	m.class(displaced, union(first, second), "70 cells at 5 cells' distance and 80 at 16: 150 ≤ 160")
	m.class(unapproved, union(third, fourth), "40 cells at 28 cells' distance would make 190 > 160; the 5 cells behind it are not excused although they would fit")
}

func (c *County) elsewhereButUsed() {
	s := c.site()
	m := s.mine("批准用地已使用 64%（超过 50%），别处占用不算批东占西，为未批先占。",
		"Just misses displaced: the approval is used to 64 %, so the ground elsewhere is unapproved.",
		s.box(4, 4, 72, 72))
	m.temporary(inForce, inTerm, s.box(8, 8, 10, 10))
	inside, outside := m.pit(s.box(9, 9, 8, 8)), m.dump(s.box(24, 8, 5, 6))
	m.class(approved, inside, "8 by 8 cells inside the approval of 10 by 10")
	m.class(unapproved, outside, "the dump (5 by 6 cells): the only approval is used 64/100 > 0.5 and excuses nothing")
}
