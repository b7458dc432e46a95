package sample

// sharedApprovalCases: approvals of others, of an enterprise, of nobody.
func (c *County) sharedApprovalCases() {
	c.lateAndOtherApproval()
	c.enterpriseApproval()
	c.nobodysApproval()
}

// lateAndOtherApproval has two neighbours: the dump of one runs into the
// approval of the other, whose own pit was there before its approval.
func (c *County) lateAndOtherApproval() {
	s := c.site()
	m := s.mine("没有自己的批准，排土场伸入相邻企业的批准范围：仍为未批先占，并指明该批准。",
		"No approval of its own; its dump runs into the approval of a neighbouring enterprise: unapproved, and that approval is named.",
		s.box(4, 6, 28, 30))
	late := s.mine("首次影像（2021-06-30）已见开挖，2021-09-01 才批准：补批，面积另列，用地仍为已批准。",
		"Late approval: part of the pit is seen on 2021-06-30, the approval is of 2021-09-01; the ground is approved, the part noted.",
		s.box(36, 6, 24, 30))
	a := late.temporary(Terms{ApprovedOn: day(2021, 9, 1), From: day(2021, 9, 1), To: day(2023, 8, 31)}, inTerm, s.box(40, 10, 14, 24))
	before := late.patch(pit, firstImage, s.box(42, 12, 6, 6)).Ground
	dug := late.pit(s.box(42, 12, 10, 10))
	late.class(approved, dug, "the pit (10 by 10 cells) inside the approval of 14 by 24")
	late.want.late = dug.In(before)

	dumped := m.dump(s.box(28, 25, 20, 6))
	m.class(unapproved, dumped, "the dump (20 by 6 cells); an approval of another enterprise does not approve it")
	m.want.insideOther = dumped.In(a)
}

func (c *County) enterpriseApproval() {
	s := c.site()
	west := s.mine("批准只写企业名称、未写许可证号：该企业两座矿山均适用；本矿用地全部在内。",
		"The approval names only the enterprise and counts for both its mines; this one stays inside.",
		s.box(2, 10, 24, 24))
	east := s.mine("同一企业的另一座（井工）矿，排矸场超出上述批准：批小占大。",
		"The enterprise's other mine, underground: its gangue dump leaves that approval, over-occupied.",
		s.box(50, 10, 24, 24)).works(underground, coal).sisterOf(west)
	shared := west.approval(temporaryLand, "排土场、排矸场", inForce, s.box(28, 12, 20, 10))
	shared.LicenceNo = ""
	for _, m := range []*Mine{west, east} {
		m.want.approvals = append(m.want.approvals, approvalWant{shared, inTerm})
	}
	dumped := west.dump(s.box(29, 14, 8, 6))
	west.class(approved, dumped, "the dump (8 by 6 cells) inside the enterprise's approval")
	gangue := east.permitted(east.patch(gangueDump, secondImage, s.box(40, 14, 6, 12))).Ground
	east.class(approved, gangue.In(shared.Ground), "6 by 8 of the gangue dump's 6 by 12 cells lie inside the enterprise's approval")
	east.class(overOccupied, gangue.Minus(shared.Ground), "the other 6 by 4 cells; touch: 48/72 of the component")
}

func (c *County) nobodysApproval() {
	s := c.site()
	m := s.mine("批准既未写许可证号也未写企业：按重叠面积归入本矿（100 格对 40 格）。",
		"An approval that names nobody is attributed to this mine, whose licence it overlaps most (100 cells against 40).",
		s.box(4, 10, 30, 30))
	other := s.mine("未写许可证号的采坑跨越两矿，按最大重叠归本矿（60 格对 40 格）：未批先占、越界开采并进入相邻矿权。",
		"A pit without a licence number spans two licences and falls to the one it overlaps most: unapproved, and out of bounds into the neighbour.",
		s.box(38, 10, 30, 30))
	a := m.approval(temporaryLand, "采坑", inForce, s.box(24, 14, 18, 10))
	a.LicenceNo, a.Enterprise = "", ""
	m.want.approvals = append(m.want.approvals, approvalWant{a, inTerm})
	dug := m.pit(s.box(25, 15, 8, 8))
	m.class(approved, dug, "the pit (8 by 8 cells) inside the approval attributed to the mine")

	unnamed := s.patch(pit, "", secondImage, s.box(30, 28, 14, 10)).Ground
	other.class(unapproved, unnamed, "the pit (14 by 10 cells); the mine has no approval")
	other.outOfBounds(unnamed.Minus(other.Plane()), "8 by 10 of the pit's cells lie west of the licence: 40 in the gap, 40 in the neighbour's licence",
		insideNeighbour(m, unnamed.In(m.Plane()))...)
}
