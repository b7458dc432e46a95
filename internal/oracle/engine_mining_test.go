package oracle

// outsideTerm: pits in the plane on days on which the licence was not valid.
func (m *mineEngine[R]) outsideTerm() {
	pits := m.Empty()
	for _, p := range m.pieces {
		if p.kind == "pit" && !m.term[m.licence].valid(p.on) {
			pits = m.Union(pits, p.ground)
		}
	}
	stays, _ := m.tolerated("without licence", m.Meet(pits, m.planes[m.licence]))
	m.find("mining_without_licence", stays)
}

func isDump(kind string) bool { return kind == "waste_dump" || kind == "gangue_dump" }

// dumps judges each connected piece of dump by the dump sites it touches.
func (m *mineEngine[R]) dumps() {
	ground := m.Empty()
	for _, p := range m.pieces {
		if isDump(p.kind) {
			ground = m.Union(ground, p.ground)
		}
	}
	rest := map[string]R{"dump_unapproved": m.Empty(), "dump_out_of_bounds": m.Empty()}
	for _, part := range m.Parts(ground) {
		if m.AreaM2(part) < 1e-6 {
			continue
		}
		covered, met := m.Empty(), m.Empty()
		for _, a := range m.mines[m.licence] {
			if a.kind != "dump_site" {
				continue
			}
			standing := m.Empty()
			for _, p := range m.pieces {
				if isDump(p.kind) && a.inForce(p.on) {
					standing = m.Union(standing, m.Meet(m.Meet(p.ground, part), a.ground))
				}
			}
			covered = m.Union(covered, standing)
			if m.overlaps(m.AreaM2(standing)) {
				met = m.Union(met, a.ground)
			}
		}
		share, ofPart, ofMet := m.AreaM2(covered), touchRatio*m.AreaM2(part), touchRatio*m.AreaM2(met)
		if share > 0 && (m.near(share, ofPart) || m.near(share, ofMet)) {
			m.doubt("a dump of %g m² lies on the touch ratio", m.AreaM2(part))
		}
		rule := "dump_unapproved"
		if m.overlaps(share) && (share >= ofPart || share >= ofMet) {
			rule = "dump_out_of_bounds"
		}
		rest[rule] = m.Union(rest[rule], m.Minus(part, covered))
	}
	for _, rule := range byKey(rest) {
		stays, _ := m.tolerated(rule, rest[rule])
		m.find(rule, stays)
	}
}

// A limit is a ground with the elevations that hold on it.
type limit[R any] struct {
	ground      R
	top, bottom string
	holdsOn     func(day string) bool
}

func (m *mineEngine[R]) elevations() {
	t := m.term[m.licence]
	m.beyondElevation("mining_beyond_elevation", func(kind string) bool { return kind == "pit" },
		[]limit[R]{{m.planes[m.licence], t.top, t.bottom, func(string) bool { return true }}})
	if m.s.missing["land_approval"] {
		return
	}
	var sites []limit[R]
	for _, a := range m.mines[m.licence] {
		if a.kind == "dump_site" && a.max != "" {
			sites = append(sites, limit[R]{a.ground, a.max, "", a.inForce})
		}
	}
	m.beyondElevation("dump_beyond_elevation", isDump, sites)
}

func (m *mineEngine[R]) beyondElevation(rule string, ofKind func(string) bool, limits []limit[R]) {
	type hit struct {
		ground       R
		above, below float64
	}
	var hits []hit
	all := m.Empty()
	for _, p := range m.given {
		if p.mine != m.licence || !p.confirmed || !ofKind(p.kind) || p.ownership == "ownerless" {
			continue
		}
		seen := m.Empty()
		for _, piece := range m.pieces {
			if piece.kind == p.kind && piece.on == p.on {
				seen = m.Union(seen, m.Meet(piece.ground, p.ground))
			}
		}
		for i, l := range limits {
			h := hit{above: beyond(p.top, l.top), below: beyond(l.bottom, p.bottom)}
			if h.above == 0 && h.below == 0 || !l.holdsOn(p.on) {
				continue
			}
			h.ground = m.Meet(seen, l.ground)
			for k, o := range limits {
				if k != i && o.holdsOn(p.on) && beyond(p.top, o.top) == 0 {
					h.ground = m.Minus(h.ground, o.ground)
				}
			}
			hits = append(hits, h)
			all = m.Union(all, h.ground)
		}
	}
	stays, _ := m.tolerated(rule, all)
	m.find(rule, stays)
	for _, h := range hits {
		if m.overlaps(m.area(h.ground, stays)) {
			m.most("finding/"+rule+"/metres_above", h.above)
			m.most("finding/"+rule+"/metres_below", h.below)
		}
	}
}

func (m *mineEngine[R]) most(key string, value float64) {
	m.out.set(m.licence, key, max(value, m.out.figures[m.licence][key]))
}
