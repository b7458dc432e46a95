package sample

import "strings"

// around is all the ground of a site's mines, approvals and patches.
func (c *County) around(s *site) Region {
	var ground Region
	for _, m := range s.mines {
		ground = ground.And(m.Plane())
	}
	near := s.box(-5, -5, 100, 100)
	for _, a := range c.Approvals {
		if !a.Ground.In(near).Empty() {
			ground = ground.And(a.Ground)
		}
	}
	for _, p := range c.Patches {
		if !p.Ground.In(near).Empty() {
			ground = ground.And(p.Ground)
		}
	}
	return ground
}

// title names the site's mines.
func (s *site) title() string {
	if len(s.mines) == 0 {
		return "不属于任何矿山"
	}
	var names []string
	for _, m := range s.mines {
		names = append(names, m.Name)
	}
	return strings.Join(names, "、")
}

// caption is why the site is there.
func (s *site) caption() string {
	if len(s.mines) == 0 {
		return "远离所有矿山的采坑（无证）与排土场：不归属任何矿山，列出面积。"
	}
	var cases []string
	for _, m := range s.mines {
		cases = append(cases, m.CaseZh)
	}
	return strings.Join(cases, " ‖ ")
}

// wrapped breaks a Chinese text into lines of so many characters, and ends the
// last with an ellipsis where it does not fit.
func wrapped(s string, width, lines int) []string {
	var out []string
	rest := []rune(s)
	for len(rest) > width && len(out) < lines-1 {
		out = append(out, string(rest[:width]))
		rest = rest[width:]
	}
	if len(rest) > width {
		rest = append(rest[:width-1], '…')
	}
	return append(out, string(rest))
}
