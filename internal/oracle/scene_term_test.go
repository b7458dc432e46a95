package oracle

import (
	"fmt"
	"math/rand/v2"
	"strconv"
)

// A term is what a licence says beside its plane, the same on all its rows.
// Numbers are text, "" where not stated.
type term struct {
	validFrom, validTo, renewal string
	top, bottom                 string
}

// always is a licence that is valid on every image and states no elevations.
var always = term{validFrom: "2010-01-01", validTo: "2040-01-01"}

// terms draws what the rules on licences, elevations and dumps ask for. It comes
// after everything else and from a source of its own, so that the scenes are in
// all other respects those they were without it.
func (d *drawer[R]) terms(out *scene[R], seed uint64) {
	r := rand.New(rand.NewPCG(seed, 4))
	byLicence := map[string]term{}
	for i := range out.rights {
		m := &out.rights[i]
		if _, drawn := byLicence[m.licence]; !drawn {
			byLicence[m.licence] = drawTerm(r)
		}
		m.term = byLicence[m.licence]
	}
	for i := range out.patches {
		p := &out.patches[i]
		if chance(r, 60) {
			p.top = pick(r, []string{"", "1100", "1100.5", "1200", "1250"})
			p.bottom = pick(r, []string{"", "950", "1000", "1100"})
		}
	}
	if out.missing["land_approval"] {
		return
	}
	dumps := []R{}
	for _, p := range out.patches {
		if p.kind == "waste_dump" || p.kind == "gangue_dump" {
			dumps = append(dumps, p.ground)
		}
	}
	for range r.IntN(3) {
		a := approval[R]{
			no: fmt.Sprintf("PZ%03d", len(out.approvals)), kind: "dump_site", licence: pick(r, out.rights).licence,
			approvedOn: pick(r, termDates[:8]),
		}
		// Half of them are near a dump, or there is little to judge.
		if a.ground = d.s.Draw(r, d.pool); len(dumps) > 0 && chance(r, 50) {
			a.ground = d.s.Meet(pick(r, dumps), d.s.Large(r))
			if d.s.AreaM2(a.ground) < 1 {
				a.ground = pick(r, dumps)
			}
		}
		if chance(r, 40) {
			a.validTo = pick(r, termDates[10:])
		}
		out.approvals = append(out.approvals, a)
	}
	for i := range out.approvals {
		if a := &out.approvals[i]; a.kind == "dump_site" {
			a.max = pick(r, []string{"", "1100", "1200"})
		}
	}
}

func drawTerm(r *rand.Rand) term {
	t := always
	if chance(r, 60) {
		t.validFrom, t.validTo = pick(r, termDates), pick(r, termDates)
		if t.validFrom > t.validTo {
			t.validFrom, t.validTo = t.validTo, t.validFrom
		}
		if chance(r, 40) {
			t.renewal = pick(r, append(termDates[10:], t.validTo, t.validTo))
		}
	}
	t.top, t.bottom = pick(r, []string{"", "1100", "1200"}), pick(r, []string{"", "1000", "1100"})
	return t
}

// valid on a day: ends count, and so does an extension accepted by the last day.
func (t term) valid(on string) bool {
	return t.validFrom <= on && (on <= t.validTo || t.renewal != "" && t.renewal <= t.validTo)
}

// beyond is by how much a number leaves a limit upwards, 0 where either is not
// stated.
func beyond(value, limit string) float64 {
	if value == "" || limit == "" {
		return 0
	}
	v, errV := strconv.ParseFloat(value, 64)
	l, errL := strconv.ParseFloat(limit, 64)
	if errV != nil || errL != nil {
		panic("oracle: not a number: " + value + ", " + limit)
	}
	return max(v-l, 0)
}
