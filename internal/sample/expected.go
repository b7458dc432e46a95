package sample

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// m2 is an area in square metres, written with four places.
type m2 float64

// MarshalJSON writes the area with four places.
func (a m2) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(a), 'f', 4, 64), nil
}

type expectedCounty struct {
	County       string           `json:"county"`
	AsOf         string           `json:"as_of"`
	ToleranceMu  float64          `json:"tolerance_mu"`
	Mines        []expectedMine   `json:"mines"`
	Unattributed []expectedLoose  `json:"unattributed"`
	Listed       []expectedListed `json:"listed_ground"`
	Figures      []expectedFigure `json:"county_figures"`
	NotEvaluated []string         `json:"not_evaluated"`
}

type expectedMine struct {
	LicenceNo string         `json:"licence_no"`
	Name      string         `json:"name"`
	Case      string         `json:"case"`
	CaseZh    string         `json:"case_zh"`
	GroundM2  expectedGround `json:"ground_m2"`
	// Derivations say, by class, which rectangles make it up.
	Derivations    map[string]string  `json:"ground_derivations"`
	LateApprovalM2 m2                 `json:"late_approval_m2"`
	InsideOtherM2  m2                 `json:"inside_other_approval_m2"`
	Approvals      []expectedApproval `json:"approvals"`
	Findings       []expectedFinding  `json:"findings"`
	Unconfirmed    []expectedLoose    `json:"unconfirmed"`
	// Overlapping are the licences whose planes overlap this one's.
	Overlapping []expectedOverlap `json:"overlapping_licences"`
}

type expectedGround struct {
	Ground                 m2 `json:"ground"`
	Approved               m2 `json:"approved"`
	Expired                m2 `json:"expired"`
	OverOccupied           m2 `json:"over_occupied"`
	Displaced              m2 `json:"displaced"`
	Unapproved             m2 `json:"unapproved"`
	UnapprovedConstruction m2 `json:"unapproved_construction"`
	WithinTolerance        m2 `json:"within_tolerance"`
}

type expectedApproval struct {
	ApprovalNo        string `json:"approval_no"`
	State             state  `json:"state"`
	EllipsoidalAreaM2 m2     `json:"ellipsoidal_area_m2"`
	StillDisturbedM2  m2     `json:"still_disturbed_m2"`
}

type expectedFinding struct {
	Rule              string        `json:"rule"`
	EllipsoidalAreaM2 m2            `json:"ellipsoidal_area_m2"`
	Breakdown         map[string]m2 `json:"breakdown"`
	// OutsideToLicence is the ratio of a pit outside the licence to the licence.
	OutsideToLicence float64 `json:"outside_to_licence_ratio,omitzero"`
	// Certainty is empty where the finding rests on no image.
	Certainty   string  `json:"certainty"`
	Lead        string  `json:"lead,omitzero"`
	Places      int     `json:"places,omitzero"`
	MetresAbove float64 `json:"metres_above,omitzero"`
	MetresBelow float64 `json:"metres_below,omitzero"`
	Derivation  string  `json:"derivation"`
}

// An expectedLoose is a patch that counts in no total.
type expectedLoose struct {
	PatchNo           string `json:"patch_no"`
	Kind              string `json:"kind"`
	AttributedBy      string `json:"attributed_by"`
	EllipsoidalAreaM2 m2     `json:"ellipsoidal_area_m2"`
}

type expectedOverlap struct {
	LicenceNo         string `json:"licence_no"`
	EllipsoidalAreaM2 m2     `json:"ellipsoidal_area_m2"`
}

// An expectedListed is a patch that is in no mine's account, with what the
// newest image still shows of it.
type expectedListed struct {
	PatchNo           string `json:"patch_no"`
	Rule              string `json:"rule"`
	Restored          bool   `json:"restored"`
	EllipsoidalAreaM2 m2     `json:"ellipsoidal_area_m2"`
}

// An expectedFigure is what listed ground adds up to.
type expectedFigure struct {
	Rule                string `json:"rule"`
	Ownership           string `json:"ownership"`
	Restored            bool   `json:"restored"`
	Places              int    `json:"places"`
	EllipsoidalAreaM2   m2     `json:"ellipsoidal_area_m2"`
	ForestM2            m2     `json:"forest_m2"`
	GrasslandM2         m2     `json:"grassland_m2"`
	ForestOrGrasslandM2 m2     `json:"forest_or_grassland_m2"`
}

// kindCode is the code of a kind of patch.
var kindCode = map[string]string{
	pit: "pit", wasteDump: "waste_dump", gangueDump: "gangue_dump", construction: "construction", road: "road", other: "other", abandonedPit: "abandoned_pit",
}

// expected is the file of figures.
func (c *County) expected() (File, error) {
	out := expectedCounty{
		County: CountyCode, AsOf: asOf.String(), ToleranceMu: 0.01,
		Unattributed: []expectedLoose{}, NotEvaluated: []string{},
	}
	for _, m := range c.Mines {
		out.Mines = append(out.Mines, m.expected())
	}
	for _, u := range c.unattributed {
		out.Unattributed = append(out.Unattributed, loose(u.patch, u.by))
	}
	var err error
	out.Listed, out.Figures, err = c.expectedListed()
	if err != nil {
		return File{}, err
	}
	return jsonFile("expected.json", out)
}

func (m *Mine) expected() expectedMine {
	w := m.want
	out := expectedMine{
		LicenceNo: m.LicenceNo, Name: m.Name, Case: m.CaseEn, CaseZh: m.CaseZh,
		GroundM2: w.groundM2(), Derivations: map[string]string{},
		LateApprovalM2: m2(w.late.AreaM2()), InsideOtherM2: m2(w.insideOther.AreaM2()),
		Approvals: []expectedApproval{}, Findings: w.expectedFindings(m), Unconfirmed: []expectedLoose{}, Overlapping: []expectedOverlap{},
	}
	for c, d := range w.classes {
		out.Derivations[string(c)] = d.why
	}
	for _, a := range w.approvals {
		out.Approvals = append(out.Approvals, expectedApproval{
			ApprovalNo: a.approval.No, State: a.state,
			EllipsoidalAreaM2: m2(a.approval.Ground.AreaM2()),
			StillDisturbedM2:  m2(a.approval.Ground.In(w.ground()).AreaM2()),
		})
	}
	for _, o := range m.overlapping {
		out.Overlapping = append(out.Overlapping, expectedOverlap{o.LicenceNo, m2(m.Plane().In(o.Plane()).AreaM2())})
	}
	for _, u := range w.unconfirmed {
		out.Unconfirmed = append(out.Unconfirmed, loose(u.patch, u.by))
	}
	return out
}

func loose(p *Patch, by string) expectedLoose {
	return expectedLoose{p.No, kindCode[p.Kind], by, m2(p.Ground.AreaM2())}
}

func (w want) groundM2() expectedGround {
	area := func(c class) m2 { return m2(w.classes[c].ground.AreaM2()) }
	out := expectedGround{
		Ground: m2(w.ground().AreaM2()), Approved: area(approved), Expired: area(expired), OverOccupied: area(overOccupied),
		Displaced: area(displaced), Unapproved: area(unapproved), UnapprovedConstruction: area(unapprovedConstruction),
	}
	for _, c := range classes {
		out.WithinTolerance += m2(w.tolerated[c].AreaM2())
	}
	return out
}

// expectedFindings are one for each class of violation, the two of the
// approvals account, and those the case states.
func (w want) expectedFindings(m *Mine) []expectedFinding {
	out := []expectedFinding{}
	for _, c := range classes {
		if d := w.classes[c]; c != approved && !d.ground.Empty() {
			out = append(out, expectedFinding{
				Rule: classRule[c], EllipsoidalAreaM2: m2(d.ground.AreaM2()), Breakdown: map[string]m2{}, Derivation: d.why,
			})
		}
	}
	for _, s := range []state{reclamationOverdue, returnOverdue} {
		var whole Region
		for _, a := range w.approvals {
			if a.state == s {
				whole = whole.And(a.approval.Ground)
			}
		}
		if !whole.Empty() {
			out = append(out, expectedFinding{
				Rule: string(s), EllipsoidalAreaM2: m2(whole.AreaM2()), Breakdown: map[string]m2{},
				Derivation: "the whole approval, whether disturbed or not",
			})
		}
	}
	for _, f := range w.findings {
		e := expectedFinding{
			Rule: f.rule, EllipsoidalAreaM2: m2(f.ground.AreaM2()), Breakdown: map[string]m2{}, Derivation: f.why,
		}
		for _, p := range f.parts {
			if !p.ground.Empty() {
				e.Breakdown[p.key] = m2(p.ground.AreaM2())
			}
		}
		if f.outsideToLicence {
			e.OutsideToLicence = rounded(f.ground.AreaM2()/m.Plane().AreaM2(), 4)
		}
		out = append(out, e)
	}
	for i := range out {
		e := &out[i]
		e.Lead, e.Places = lead(e.Rule, float64(e.EllipsoidalAreaM2)), w.count[e.Rule]
		e.MetresAbove, e.MetresBelow = w.metres[e.Rule][0], w.metres[e.Rule][1]
		switch {
		case w.certain[e.Rule] != "":
			e.Certainty = w.certain[e.Rule]
		case !onPaper[e.Rule]:
			e.Certainty = "unknown"
		}
	}
	return out
}

// onPaper are the rules that look at documents alone and at no image.
var onPaper = map[string]bool{
	"reclamation_overdue": true, "return_overdue": true, "approval_in_protected_area": true, "licence_in_protected_area": true,
	"approval_in_water_source": true, "licence_in_water_source": true,
}

// lead is the lead for referral: from 10 mu of forest on, from 5 if it is
// public-welfare forest (法释〔2023〕8号), from 20 mu of grassland (法释〔2012〕15号).
func lead(rule string, m2 float64) string {
	mu := m2 * 3 / 2000
	switch {
	case rule == "forest_encroached" && mu >= 10, rule == "grassland_encroached" && mu >= 20:
		return "达到移送标准线索"
	case rule == "forest_encroached" && mu >= 5:
		return "如属公益林（防护林、特种用途林），达到移送标准线索"
	}
	return ""
}

// expectedListed are the patches in no mine's account and what they add up to:
// ground of several once, connected pits as one place, what is restored in one
// row and open in another open.
func (c *County) expectedListed() ([]expectedListed, []expectedFigure, error) {
	type key struct {
		rule, ownership string
		restored        bool
	}
	ground := map[key]Region{}
	list := []expectedListed{}
	for _, l := range c.listed {
		restored := !l.patch.Restored.IsZero() && !l.patch.Restored.After(asOf)
		list = append(list, expectedListed{l.patch.No, l.rule, restored, m2(l.patch.Ground.AreaM2())})
		if l.rule != "" {
			k := key{l.rule, ownershipCode[l.patch.Ownership], restored}
			ground[k] = ground[k].And(l.patch.Ground)
		}
	}
	zones := func(zs []Zone) (all Region) {
		for _, z := range zs {
			all = all.And(z.Ground)
		}
		return all
	}
	forest, grassland := zones(c.Forest), zones(c.Grassland)
	figures := []expectedFigure{}
	for _, rule := range []string{"abandoned_pit_unrestored", "mining_without_licence"} {
		for _, by := range []string{"owned", "ownerless", "ownership_unknown"} {
			for _, restored := range []bool{false, true} {
				g := ground[key{rule, by, restored}]
				if g.Empty() {
					continue
				}
				parts, err := g.polygons()
				if err != nil {
					return nil, nil, err
				}
				figures = append(figures, expectedFigure{
					rule, by, restored, len(parts), m2(g.AreaM2()), m2(g.In(forest).AreaM2()), m2(g.In(grassland).AreaM2()),
					m2(g.In(forest.And(grassland)).AreaM2()),
				})
			}
		}
	}
	return list, figures, nil
}

// ownershipCode is the code of an ownership as the file spells it.
var ownershipCode = map[string]string{owned: "owned", ownerless: "ownerless", "": "ownership_unknown"}

func jsonFile(name string, v any) (File, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return File{}, err
	}
	return File{name, b.Bytes()}, nil
}
