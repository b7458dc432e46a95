package sample

import (
	"slices"
	"testing"

	"github.com/taohe-gis/taohe"
)

// approvalsOf lists the ground approvals of the mine as the rules read the
// file: by licence, else by enterprise, else by the cases' own word.
func (c *County) approvalsOf(m *Mine) []*Approval {
	var out []*Approval
	for _, a := range c.Approvals {
		if a.Kind != temporaryLand && a.Kind != constructionLand {
			continue
		}
		mine := a.LicenceNo == m.LicenceNo || a.LicenceNo == "" && a.Enterprise == m.Enterprise
		for _, w := range m.want.approvals {
			mine = mine || w.approval == a
		}
		if mine {
			out = append(out, a)
		}
	}
	return out
}

func (t Terms) inForce(on taohe.Date) bool {
	begun := !t.ApprovedOn.After(on) && !t.From.After(on)
	return begun && (t.To.IsZero() || !t.To.Before(on)) && !t.back(on)
}

func (t Terms) runOut(on taohe.Date) bool {
	return !t.To.IsZero() && t.To.Before(on) && !t.back(on)
}

func (t Terms) back(on taohe.Date) bool { return !t.Returned.IsZero() && !t.Returned.After(on) }

// The two classes that a date decides are checked against the rows; the others
// rest on components and stay the case's own word.
func TestApprovedAndExpiredFollowTheDates(t *testing.T) {
	t.Parallel()
	c := New()
	for _, m := range c.Mines {
		var good, out Region
		for _, a := range c.approvalsOf(m) {
			for _, image := range []struct {
				on     taohe.Date
				ground Region
			}{{secondImage, a.Ground.In(secondFootprint())}, {firstImage, a.Ground.Minus(secondFootprint())}} {
				if a.inForce(image.on) {
					good = good.And(image.ground)
				}
				if a.runOut(image.on) {
					out = out.And(image.ground)
				}
			}
		}
		ground := m.want.ground()
		check := func(k class, want Region) {
			got := m.want.classes[k].ground
			if !got.Minus(want).Empty() || !want.Minus(got).Empty() {
				t.Errorf("%s: %s is %.1f m², the rows say %.1f m²", m.CaseEn, k, got.AreaM2(), want.AreaM2())
			}
		}
		check(approved, ground.In(good))
		check(expired, ground.In(out).Minus(good))
	}
}

func TestStatesFollowTheDates(t *testing.T) {
	t.Parallel()
	c := New()
	seen := map[state]int{}
	for _, m := range c.Mines {
		listed := 0
		for _, a := range c.approvalsOf(m) {
			if a.Kind == temporaryLand {
				listed++
			}
		}
		if listed != len(m.want.approvals) {
			t.Errorf("%s: %d temporary approvals in the file, %d in the account", m.CaseEn, listed, len(m.want.approvals))
		}
		for _, w := range m.want.approvals {
			if got := w.approval.stateOn(asOf); got != w.state {
				t.Errorf("%s: %s is stated %s, its dates say %s", m.CaseEn, w.approval.No, w.state, got)
			}
			seen[w.state]++
		}
	}
	for _, s := range []state{notBegun, inTerm, reclamationTerm, reclamationOverdue, returnOverdue, closed} {
		if seen[s] == 0 {
			t.Errorf("no approval is %s", s)
		}
	}
}

func (t Terms) stateOn(on taohe.Date) state {
	by := t.ReclaimBy
	if by.IsZero() {
		by = t.To.AddDate(1, 0, 0)
	}
	reclaimed := !t.Reclaimed.IsZero() && !t.Reclaimed.After(on)
	switch {
	case t.back(on):
		return closed
	case t.ApprovedOn.After(on) || t.From.After(on):
		return notBegun
	case !t.To.Before(on):
		return inTerm
	case reclaimed:
		return returnOverdue
	case on.After(by):
		return reclamationOverdue
	}
	return reclamationTerm
}

// Nothing lies by accident where it would be a finding, and what a case states
// is all there is.
func TestFindingsAreAllThereIs(t *testing.T) {
	t.Parallel()
	c := New()
	grounds := func(zs []Zone) (all Region) {
		for _, z := range zs {
			all = all.And(z.Ground)
		}
		return all
	}
	protected, water, forest, grassland := grounds(c.Protected), grounds(c.Water), grounds(c.Forest), grounds(c.Grassland)
	for _, m := range c.Mines {
		ground, pits := live(c.of(m))
		var approvals, forestPermits, grasslandPermits Region
		for _, a := range c.Approvals {
			switch {
			case a.Kind == temporaryLand && a.inForce(asOf) && slices.Contains(c.approvalsOf(m), a):
				approvals = approvals.And(a.Ground)
			case a.Kind == forestUse && a.LicenceNo == m.LicenceNo && a.inForce(secondImage):
				forestPermits = forestPermits.And(a.Ground)
			case a.Kind == grasslandUse && a.LicenceNo == m.LicenceNo && a.inForce(secondImage):
				grasslandPermits = grasslandPermits.And(a.Ground)
			}
		}
		var unlicensed, dumps, sites Region
		if m.ValidFrom.After(secondImage) || m.ValidTo.Before(secondImage) && (m.RenewalAccepted.IsZero() || m.RenewalAccepted.After(m.ValidTo)) {
			unlicensed = pits.In(m.Plane())
		}
		for _, a := range c.Approvals {
			if a.Kind == dumpSite && a.LicenceNo == m.LicenceNo && a.inForce(secondImage) {
				sites = sites.And(a.Ground)
			}
		}
		for _, p := range c.of(m) {
			if p.Kind == wasteDump || p.Kind == gangueDump {
				dumps = dumps.And(p.Ground)
			}
		}
		for rule, want := range map[string]Region{
			"mining_without_licence":     unlicensed,
			"dump_":                      dumps.In(ground).Minus(pits).Minus(sites),
			"mining_out_of_bounds":       pits.Minus(m.Plane()),
			"protected_area_occupied":    ground.In(protected),
			"approval_in_protected_area": approvals.In(protected),
			"licence_in_protected_area":  m.Plane().In(protected),
			"water_source_occupied":      ground.In(water),
			"approval_in_water_source":   approvals.In(water),
			"licence_in_water_source":    m.Plane().In(water),
			"forest_encroached":          ground.In(forest).Minus(forestPermits),
			"grassland_encroached":       ground.In(grassland).Minus(grasslandPermits),
		} {
			var got Region
			for _, f := range m.want.findings {
				// The two that a dump outside its sites falls under are one set.
				if f.rule == rule || rule == "dump_" && (f.rule == "dump_unapproved" || f.rule == "dump_out_of_bounds") {
					got = got.And(f.ground)
				}
			}
			if !got.Minus(want).Empty() || !want.Minus(got).Empty() {
				t.Errorf("%s: %s is stated as %.1f m², the shapes say %.1f m²", m.CaseEn, rule, got.AreaM2(), want.AreaM2())
			}
		}
	}
}

func TestEveryRuleFires(t *testing.T) {
	t.Parallel()
	c := New()
	fired := map[string]int{}
	for _, m := range c.Mines {
		for _, f := range m.expected().Findings {
			fired[f.Rule]++
			if f.EllipsoidalAreaM2 <= 0 || f.Derivation == "" {
				t.Errorf("%s: finding %+v", m.CaseEn, f)
			}
		}
	}
	for _, rule := range []string{
		"expired_occupation", "over_occupied", "displaced", "unapproved", "unapproved_construction", "reclamation_overdue",
		"return_overdue", "mining_out_of_bounds", "protected_area_occupied", "approval_in_protected_area", "licence_in_protected_area",
		"water_source_occupied", "approval_in_water_source", "licence_in_water_source", "forest_encroached", "grassland_encroached",
		"mining_without_licence", "mining_beyond_elevation", "dump_unapproved", "dump_out_of_bounds", "dump_beyond_elevation", "abandoned_pit_unrestored",
	} {
		if fired[rule] == 0 {
			t.Errorf("no mine shows %s", rule)
		}
	}
}
