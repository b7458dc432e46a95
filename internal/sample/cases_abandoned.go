package sample

// abandonedCases: abandoned pits of mines and of nobody, open and restored.
func (c *County) abandonedCases() {
	s := c.site()
	m := s.mine("本矿有主尾矿坑两处未治理（其中一处由两块图斑相连而成，部分破坏林地、草原），一处已恢复，另有一处无主：处数、面积分别列出，不计入占地。",
		"Two abandoned pits with an owner, one of two joined patches, over forest and grassland; one restored; one without owner: counted apart, never as ground.",
		s.box(4, 4, 60, 40))
	trees := c.forest("0301", s.box(10, 10, 6, 10))
	grass := c.grassland("0401", s.box(14, 10, 10, 10))
	west := m.patch(abandonedPit, secondImage, s.box(12, 12, 6, 6)).owned(owned)
	east := m.patch(abandonedPit, secondImage, s.box(18, 12, 4, 6)).owned(owned)
	m.patch(abandonedPit, firstImage, s.box(40, 12, 5, 4))
	again := m.patch(abandonedPit, secondImage, s.box(40, 12, 5, 3)).owned("")
	restored := m.patch(abandonedPit, secondImage, s.box(12, 30, 6, 5)).owned(owned)
	restored.Restored = day(2022, 5, 20)
	later := m.patch(abandonedPit, secondImage, s.box(26, 30, 4, 4)).owned(owned)
	later.Restored = day(2022, 6, 1)
	nobody := s.patch(abandonedPit, "", secondImage, s.box(40, 30, 5, 5)).owned(ownerless)

	pits := union(west.Ground, east.Ground)
	open := union(pits, again.Ground, later.Ground)
	m.finding("abandoned_pit_unrestored", open,
		"6 by 6 and 4 by 6 cells joined, 5 by 3 as the newest image has it, 4 by 4 restored only after the as-of date",
		part{"owned", union(pits, later.Ground)}, part{"ownership_unknown", again.Ground},
		part{"beside:restored", restored.Ground}, part{"beside:ownerless", nobody.Ground},
		part{"forest", pits.In(trees)}, part{"grassland", pits.In(grass)}, part{"forest_or_grassland", pits.In(union(trees, grass))})
	m.places("abandoned_pit_unrestored", 3)

	none := c.site()
	n := none.mine("本矿的尾矿坑均已恢复：没有问题，只计入已修复处数。",
		"Just misses: its only abandoned pit was restored on the as-of date; it counts among the restored.", none.box(4, 4, 20, 20))
	done := n.patch(abandonedPit, secondImage, none.box(8, 8, 6, 6)).owned(owned)
	done.Restored = asOf
	far := none.patch(abandonedPit, "", secondImage, none.box(60, 20, 6, 5)).owned(ownerless)
	mended := none.patch(abandonedPit, "", firstImage, none.box(60, 40, 4, 4)).owned(ownerless)
	mended.Restored = day(2021, 12, 1)

	// The pit as the first image had it is not listed: the second looked again.
	for _, p := range []*Patch{west, east, again, restored, later, nobody, done, far, mended} {
		c.list("abandoned_pit_unrestored", p)
	}
	c.belongsToNobody(far, "none")

	c.lookAgain(0, none.box(55, 15, 20, 15)).item(laterItem{
		patch: far, rule: "abandoned_pit_unrestored", outcome: "gone", verdict: "rectified", ground: far.Ground, rectified: far.Ground,
		why: "vanishes: nobody's pit is filled",
	})
}

// owned states whose an abandoned pit is; "" where nobody knows.
func (p *Patch) owned(by string) *Patch {
	p.Ownership = by
	return p
}
