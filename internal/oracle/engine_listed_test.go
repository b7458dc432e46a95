package oracle

// A listed patch is in no mine's account: what the newest image shows of it, of
// a restored pit the whole.
type listed[R any] struct {
	given[R]
	rule     string
	restored bool
	seen     R
}

func (e *engine[R]) listGround() {
	put := func(p given[R], restored bool) {
		l := listed[R]{given: p, restored: restored, seen: p.ground}
		if p.kind == "abandoned_pit" {
			l.rule = "abandoned_pit_unrestored"
		} else if p.mine == "" && p.kind == "pit" {
			l.rule = "mining_without_licence"
		}
		for _, i := range e.imagesDown() {
			if i.on > p.on && !restored {
				_, l.seen = e.within(i, l.seen)
			}
		}
		if e.AreaM2(l.seen) > 1e-6 {
			e.listed = append(e.listed, l)
			e.out.set("", "listed/"+p.no+"/"+l.rule, e.AreaM2(l.seen))
		}
	}
	for _, p := range e.given {
		if p.mine == "" || p.kind == "abandoned_pit" || p.ownership == "ownerless" {
			put(p, false)
		}
	}
	for _, p := range e.mended {
		put(p, true)
	}
	e.countyFigures()
}

func (p *given[R]) owner() string {
	if p.ownership == "" {
		return "ownership_unknown"
	}
	return p.ownership
}

func (e *engine[R]) countyFigures() {
	type key struct {
		rule, owner string
		restored    bool
	}
	ground, open := map[key]R{}, map[string]R{}
	grow := func(at key, g R) {
		if _, ok := ground[at]; !ok {
			ground[at] = e.Empty()
		}
		ground[at] = e.Union(ground[at], g)
	}
	for _, l := range e.listed {
		if l.rule == "" {
			continue
		}
		grow(key{l.rule, l.owner(), l.restored}, l.seen)
		if _, ok := open[l.rule]; !ok {
			open[l.rule] = e.Empty()
		}
		if !l.restored {
			open[l.rule] = e.Union(open[l.rule], l.seen)
		}
	}
	for at, g := range ground {
		state := "open"
		if at.restored {
			g, state = e.Minus(g, open[at.rule]), "restored"
		}
		name := "county/" + at.rule + "/" + at.owner + "/" + state
		places := 0
		for _, part := range e.Parts(g) {
			if e.overlaps(e.AreaM2(part)) {
				places++
			}
		}
		if places == 0 {
			continue
		}
		e.out.set("", name+"/places", float64(places))
		e.out.set("", name+"/area", e.AreaM2(g))
		e.destroyed("", name, g)
	}
}

// destroyed is the forest and grassland on some ground, where the layers are
// filed.
func (e *engine[R]) destroyed(licence, name string, ground R) {
	forest, grassland := e.decides(e.s.forest, ground), e.decides(e.s.grassland, ground)
	if !e.s.missing["forest"] {
		e.out.set(licence, name+"/forest", e.area(ground, forest))
	}
	if !e.s.missing["grassland"] {
		e.out.set(licence, name+"/grassland", e.area(ground, grassland))
	}
	if !e.s.missing["forest"] && !e.s.missing["grassland"] {
		e.out.set(licence, name+"/forest_or_grassland", e.area(ground, e.Union(forest, grassland)))
	}
}

// decides is all of a layer that can meet some ground: forestry's rows, and the
// land survey's where forestry has no coverage.
func (e *engine[R]) decides(v vegetation[R], ground R) R {
	all := e.Empty()
	for _, r := range v.forestry {
		if e.meets(ground, r.ground) {
			all = e.Union(all, r.ground)
		}
	}
	for _, r := range v.survey {
		switch {
		case !e.meets(ground, r.ground):
		case !v.hasForestry:
			all = e.Union(all, r.ground)
		case v.covers != nil:
			all = e.Union(all, e.Minus(r.ground, *v.covers))
		}
	}
	return all
}

// abandoned: the mine's abandoned pits by ownership, restored ones and those
// without owner beside.
func (m *mineEngine[R]) abandoned() {
	const rule = "abandoned_pit_unrestored"
	open, beside := m.Empty(), map[string]R{}
	for _, l := range m.listed {
		if l.rule != rule || l.mine != m.licence || !l.confirmed {
			continue
		}
		key := l.owner()
		switch {
		case l.restored:
			key = "beside:restored"
		case key == "ownerless":
			key = "beside:ownerless"
		default:
			open = m.Union(open, l.seen)
		}
		if _, ok := beside[key]; !ok {
			beside[key] = m.Empty()
		}
		beside[key] = m.Union(beside[key], l.seen)
	}
	stays, _ := m.tolerated(rule, open)
	if m.AreaM2(stays) == 0 {
		return
	}
	m.find(rule, stays)
	for _, part := range m.Parts(stays) {
		if m.overlaps(m.AreaM2(part)) {
			m.out.add(m.licence, "finding/"+rule+"/places", 1)
		}
	}
	for key, ground := range beside {
		m.beside(rule, key, ground)
	}
	m.destroyed(m.licence, "finding/"+rule, stays)
}
