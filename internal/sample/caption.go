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

// wrapped breaks a text into lines of so many columns, a Chinese character
// taking two and a closing mark never beginning a line, and ends the last with an ellipsis where it does not fit.
func wrapped(s string, columns, lines int) []string {
	var out []string
	var line strings.Builder
	used := 0
	for _, r := range s {
		width := 1
		if r > 0x2E7F {
			width = 2
		}
		if used+width > columns && !strings.ContainsRune("，。；：、）", r) {
			if len(out) == lines-1 {
				line.WriteRune('…')
				break
			}
			out = append(out, line.String())
			line.Reset()
			used = 0
		}
		line.WriteRune(r)
		used += width
	}
	return append(out, line.String())
}
