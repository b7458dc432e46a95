package oracle

import "strconv"

var classRules = map[string]string{
	"expired": "expired_occupation", "over_occupied": "over_occupied", "displaced": "displaced",
	"unapproved": "unapproved", "unapproved_construction": "unapproved_construction",
}

// state is where a temporary approval stands on a day.
func (a *approval[R]) state(on string) string {
	due := a.reclaimBy
	if due == "" {
		year, _ := strconv.Atoi(a.validTo[:4])
		due = strconv.Itoa(year+1) + a.validTo[4:]
	}
	reclaimed := a.reclaimedOn != "" && a.reclaimedOn <= on
	switch {
	case a.begins() > on:
		return "not_begun"
	case a.returned(on):
		return "closed"
	case on <= a.validTo:
		return "in_term"
	case reclaimed:
		return "return_overdue"
	case on <= due:
		return "reclamation_term"
	default:
		return "reclamation_overdue"
	}
}

func (m *mineEngine[R]) judgeApprovals() {
	states := map[string]R{"reclamation_overdue": m.Empty(), "return_overdue": m.Empty()}
	for _, a := range m.mines[m.licence] {
		if a.kind != "temporary_land" {
			continue
		}
		state := a.state(m.s.asOf)
		m.out.set(m.licence, "approval/"+a.no+"/is_"+state, 1)
		m.out.set(m.licence, "approval/"+a.no+"/still_disturbed", m.area(a.ground, m.ground))
		if ground, ok := states[state]; ok {
			states[state] = m.Union(ground, a.ground)
		}
	}
	for state, ground := range states {
		m.find(state, ground)
	}
}

func (m *mineEngine[R]) find(rule string, ground R) {
	if a := m.AreaM2(ground); a > 0 {
		m.out.set(m.licence, "finding/"+rule, a)
	}
}

// beside puts a figure beside a finding.
func (m *mineEngine[R]) beside(rule, key string, ground R) {
	if a := m.AreaM2(ground); m.overlaps(a) {
		m.out.set(m.licence, "finding/"+rule+"/"+key, a)
	}
}

func (m *mineEngine[R]) findings() {
	for class, rule := range classRules {
		if ground, ok := m.classes[class]; ok {
			m.find(rule, ground)
		}
	}
	m.outOfBounds()
	m.outsideTerm()
	m.elevations()
	m.abandoned()
	temporary := m.approvals(func(a *approval[R]) bool { return a.kind == "temporary_land" && a.inForce(m.s.asOf) })
	for _, against := range []struct {
		layer, occupied, approval, licence string
		rows                               []restricting[R]
	}{
		{"protected_area", "protected_area_occupied", "approval_in_protected_area", "licence_in_protected_area", m.s.protected},
		{"water_source", "water_source_occupied", "approval_in_water_source", "licence_in_water_source", m.s.water},
	} {
		if m.s.missing[against.layer] {
			continue
		}
		m.inside(against.occupied, against.layer, m.ground, against.rows)
		m.inside(against.licence, against.layer, m.planes[m.licence], against.rows)
		if !m.s.missing["land_approval"] {
			m.inside(against.approval, against.layer, temporary, against.rows)
		}
	}
	if m.s.missing["land_approval"] {
		return
	}
	m.dumps()
	forest := m.vegetation("forest_encroached", "forest_use", m.s.forest)
	grassland := m.vegetation("grassland_encroached", "grassland_use", m.s.grassland)
	both := m.Meet(forest, grassland)
	m.beside("forest_encroached", "common:grassland_encroached", both)
	m.beside("grassland_encroached", "common:forest_encroached", both)
}

func (m *mineEngine[R]) outOfBounds() {
	pits := m.Empty()
	for _, p := range m.pieces {
		if p.kind == "pit" {
			pits = m.Union(pits, p.ground)
		}
	}
	out, _ := m.tolerated("out of bounds", m.Minus(pits, m.planes[m.licence]))
	m.find("mining_out_of_bounds", out)
	sisters, neighbours := m.Empty(), m.Empty()
	for _, l := range m.licences {
		if l != m.licence {
			m.beside("mining_out_of_bounds", "licence:"+l, m.Meet(out, m.planes[l]))
		}
		switch {
		case l == m.licence || !m.meets(out, m.planes[l]):
		case m.owner[l] == m.owner[m.licence]:
			sisters = m.Union(sisters, m.planes[l])
		default:
			neighbours = m.Union(neighbours, m.planes[l])
		}
	}
	m.beside("mining_out_of_bounds", "inside_sister_licence", m.Meet(out, sisters))
	m.beside("mining_out_of_bounds", "inside_neighbour_licence", m.Meet(out, neighbours))
}

func (m *mineEngine[R]) inside(rule, layer string, subject R, rows []restricting[R]) {
	ground, reserve := m.Empty(), m.Empty()
	classes := map[string]R{}
	for _, r := range rows {
		if !m.meets(subject, r.ground) {
			continue
		}
		ground = m.Union(ground, r.ground)
		key := "grade_" + r.category
		if layer == "protected_area" {
			key = r.category
			if r.zone != "" {
				key += "/" + r.zone
			}
			if r.category == "nature_reserve" {
				reserve = m.Union(reserve, r.ground)
			}
		}
		if _, ok := classes[key]; !ok {
			classes[key] = m.Empty()
		}
		classes[key] = m.Union(classes[key], r.ground)
	}
	stays, _ := m.tolerated(rule, m.Meet(subject, ground))
	m.find(rule, stays)
	if layer == "protected_area" {
		classes["nature_reserve"] = reserve
	}
	for key, class := range classes {
		m.beside(rule, key, m.Meet(stays, class))
	}
}

// vegetation: forestry decides where it has coverage, and by its parcels; land
// survey elsewhere. The land codes are those of the source that decides; beside
// them stands what of the finding each source would say, deciding or not.
func (m *mineEngine[R]) vegetation(rule, permit string, v vegetation[R]) R {
	classes, all := map[string]R{}, m.Empty()
	put := func(key string, ground R) {
		if _, ok := classes[key]; !ok {
			classes[key] = m.Empty()
		}
		classes[key] = m.Union(classes[key], ground)
	}
	code := func(r restricting[R]) string {
		if r.category == "" {
			return "unclassed"
		}
		return r.category
	}
	for _, r := range v.forestry {
		if !m.meets(m.ground, r.ground) {
			continue
		}
		put("source:forestry", r.ground)
		put(code(r), r.ground)
		all = m.Union(all, r.ground)
	}
	for _, r := range v.survey {
		if !m.meets(m.ground, r.ground) {
			continue
		}
		put("source:land_survey", r.ground)
		ground := r.ground
		if v.hasForestry && v.covers == nil {
			continue
		}
		if v.hasForestry {
			ground = m.Minus(ground, *v.covers)
		}
		put(code(r), ground)
		all = m.Union(all, ground)
	}
	harmed := m.Empty()
	for _, p := range m.pieces {
		permitted := m.approvals(func(a *approval[R]) bool { return a.kind == permit && a.inForce(p.on) })
		harmed = m.Union(harmed, m.Minus(m.Meet(p.ground, all), permitted))
	}
	stays, _ := m.tolerated(rule, harmed)
	m.find(rule, stays)
	for key, class := range classes {
		m.beside(rule, key, m.Meet(stays, class))
	}
	return stays
}
