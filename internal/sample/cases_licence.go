package sample

import "github.com/taohe-gis/taohe"

// licenceCases: pits under a licence that is not valid, and rights that overlap.
func (c *County) licenceCases() {
	c.licenceTerms()
	c.licenceRunOut()
	c.rightsOverlap()
}

// valid sets the term of the licence and the day on which its extension was
// accepted; the zero day for none.
func (m *Mine) valid(from, to, renewal taohe.Date) *Mine {
	m.ValidFrom, m.ValidTo, m.RenewalAccepted = from, to, renewal
	return m
}

// licenceTerms has five mines whose licences lie on the edges of their terms.
func (c *County) licenceTerms() {
	s := c.site()
	began, ended := day(2012, 5, 20), day(2022, 4, 30)
	for i, k := range []struct {
		zh, en            string
		from, to, renewal taohe.Date
		without           bool
		why               string
	}{
		{
			"许可证恰于影像日（2022-05-10）到期：当日仍有效，没有问题。", "Just misses mining without a licence: the licence ends on the day of the image, ends included.",
			began, secondImage,
			taohe.Date{},
			false, "",
		},
		{
			"许可证 2022-04-30 到期，延续申请于前一天受理：视为有效，没有问题。", "The licence ended on 2022-04-30 and its extension was accepted the day before: valid.",
			began, ended, day(2022, 4, 29), false, "",
		},
		{
			"许可证 2022-04-30 到期，延续申请当天受理：视为有效，没有问题。", "The extension was accepted on the last day of the licence: valid.",
			began, ended, ended, false, "",
		},
		{
			"许可证 2022-04-30 到期，延续申请次日才受理：无证开采（许可证过期）。", "The extension was accepted the day after the licence had ended: without a licence.",
			began, ended, day(2022, 5, 1), true, "the pit (8 by 8 cells) inside the plane; an extension accepted on 2022-05-01 came after the end",
		},
		{
			"许可证自影像日次日（2022-05-11）起有效：影像日无证开采。", "The licence begins on 2022-05-11, the day after the image: without a licence on that day.",
			day(2022, 5, 11), day(2032, 5, 10),
			taohe.Date{},
			true, "the pit (8 by 8 cells) inside the plane of a licence not begun on 2022-05-10",
		},
	} {
		x := int64(2 + 18*i)
		m := s.mine(k.zh, k.en, s.box(x, 10, 12, 20)).valid(k.from, k.to, k.renewal)
		m.temporary(inForce, inTerm, s.box(x+1, 12, 10, 14))
		dug := m.pit(s.box(x+2, 14, 8, 8))
		m.class(approved, dug, "the pit (8 by 8 cells) inside the approval of 10 by 14")
		if k.without {
			m.finding("mining_without_licence", dug, k.why)
		}
	}
}

func (c *County) licenceRunOut() {
	s := c.site()
	m := s.mine("许可证 2022-05-09（影像日前一天）到期、未申请延续，采坑一半在矿区外：矿区内为无证开采，矿区外为越界开采，不重复。",
		"The licence ended the day before the image, and half of the pit lies outside its plane: inside without a licence, outside out of bounds.",
		s.box(10, 10, 20, 20)).valid(day(2012, 5, 20), day(2022, 5, 9), taohe.Date{})
	m.temporary(inForce, inTerm, s.box(11, 11, 31, 16))
	m.patch(pit, firstImage, s.box(22, 14, 8, 8))
	dug := m.pit(s.box(22, 14, 16, 8))
	dumped := m.dump(s.box(12, 12, 6, 6))
	m.class(approved, union(dug, dumped), "the pit (16 by 8 cells) and the dump (6 by 6 cells) inside the approval of 31 by 16")
	m.finding("mining_without_licence", dug.In(m.Plane()), "8 by 8 cells of the pit inside the plane; the dump inside it is not mining")
	m.outOfBounds(dug.Minus(m.Plane()), "the other 8 by 8 cells, east of the plane")
}

func (c *County) rightsOverlap() {
	s := c.site()
	m := s.mine("与相邻矿业权平面重叠：在两矿报告中互相指明，本矿没有其他问题。",
		"The plane overlaps a neighbour's: named on both reports, nothing else is wrong.", s.box(10, 10, 24, 20))
	other := s.mine("与上一矿业权平面重叠（4 格宽）；采坑越出本矿平面 6 格，落在对方矿业权内：列明对方。",
		"The other of the two; its pit leaves its plane by 6 cells, all inside the neighbour's licence, which is named.",
		s.box(30, 10, 24, 20))
	m.overlapping, other.overlapping = []*Mine{other}, []*Mine{m}
	other.temporary(inForce, inTerm, s.box(22, 14, 20, 10))
	dug := other.pit(s.box(24, 16, 12, 6))
	other.class(approved, dug, "the pit (12 by 6 cells) inside the approval of 20 by 10")
	other.outOfBounds(dug.Minus(other.Plane()), "6 by 6 cells west of the plane, inside the neighbour's; the 4 by 6 in both planes are inside its own",
		insideNeighbour(m, dug.Minus(other.Plane()).In(m.Plane()))...)
}

// insideNeighbour and insideSister are the parts of ground inside another's
// licence, as the breakdown has them.
func insideNeighbour(m *Mine, ground Region) []part {
	return []part{{"inside_neighbour_licence", ground}, {"licence:" + m.LicenceNo, ground}}
}

func insideSister(m *Mine, ground Region) []part {
	return []part{{"inside_sister_licence", ground}, {"licence:" + m.LicenceNo, ground}}
}
