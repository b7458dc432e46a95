package demo

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/overlay"
)

// Expected is what the overlay must find in a made county, derived from how the
// county was constructed and not by any overlay.
type Expected struct {
	County      string           `json:"county"`
	AsOf        taohe.Date       `json:"as_of"`
	ToleranceMu float64          `json:"tolerance_mu"`
	Mines       []ExpectedMine   `json:"mines"`
	NoMine      []ExpectedPatch  `json:"unattributed"`
	Listed      []ExpectedListed `json:"listed_ground"`
	Figures     []ExpectedFigure `json:"county_figures"`
	Unasked     []map[string]any `json:"not_evaluated"`
}

// ExpectedListed is a patch that is in no mine's account.
type ExpectedListed struct {
	PatchNo           string  `json:"patch_no"`
	Rule              string  `json:"rule"`
	Restored          bool    `json:"restored"`
	EllipsoidalAreaM2 float64 `json:"ellipsoidal_area_m2"`
}

// ExpectedFigure is what listed ground adds up to.
type ExpectedFigure struct {
	Rule                string  `json:"rule"`
	Ownership           string  `json:"ownership"`
	Restored            bool    `json:"restored"`
	Places              int     `json:"places"`
	EllipsoidalAreaM2   float64 `json:"ellipsoidal_area_m2"`
	ForestM2            float64 `json:"forest_m2"`
	GrasslandM2         float64 `json:"grassland_m2"`
	ForestOrGrasslandM2 float64 `json:"forest_or_grassland_m2"`
}

// An ExpectedMine is the figures of one mine, in square metres.
type ExpectedMine struct {
	LicenceNo             string             `json:"licence_no"`
	Name                  string             `json:"name"`
	Case                  string             `json:"case"`
	CaseZH                string             `json:"case_zh"`
	GroundM2              map[string]float64 `json:"ground_m2"`
	GroundDerivations     map[string]string  `json:"ground_derivations"`
	LateApprovalM2        float64            `json:"late_approval_m2"`
	InsideOtherApprovalM2 float64            `json:"inside_other_approval_m2"`
	Approvals             []struct {
		ApprovalNo        string  `json:"approval_no"`
		State             string  `json:"state"`
		EllipsoidalAreaM2 float64 `json:"ellipsoidal_area_m2"`
		StillDisturbedM2  float64 `json:"still_disturbed_m2"`
	} `json:"approvals"`
	Findings []struct {
		Rule              string             `json:"rule"`
		EllipsoidalAreaM2 float64            `json:"ellipsoidal_area_m2"`
		Breakdown         map[string]float64 `json:"breakdown"`
		RatioToLicence    *float64           `json:"outside_to_licence_ratio"`
		Certainty         string             `json:"certainty"`
		Lead              string             `json:"lead"`
		Places            int                `json:"places"`
		MetresAbove       float64            `json:"metres_above"`
		MetresBelow       float64            `json:"metres_below"`
		Derivation        string             `json:"derivation"`
	} `json:"findings"`
	Overlapping []struct {
		LicenceNo         string  `json:"licence_no"`
		EllipsoidalAreaM2 float64 `json:"ellipsoidal_area_m2"`
	} `json:"overlapping_licences"`
	Unconfirmed []ExpectedPatch `json:"unconfirmed"`
}

// An ExpectedPatch is a patch with the reason it is where it is.
type ExpectedPatch struct {
	PatchNo           string  `json:"patch_no"`
	Kind              string  `json:"kind"`
	AttributedBy      string  `json:"attributed_by"`
	EllipsoidalAreaM2 float64 `json:"ellipsoidal_area_m2"`
}

// ReadExpected reads expected.json of a county's files.
func ReadExpected(files fs.FS) (Expected, error) {
	var e Expected
	if err := readStrict(files, "expected.json", &e); err != nil {
		return Expected{}, err
	}
	if len(e.Mines) == 0 {
		return Expected{}, fmt.Errorf("expected.json: no mines")
	}
	return e, nil
}

// Check holds a run against what is expected: every figure within the
// tolerance, every finding present, none extra. It returns the differences in
// words, how many figures were compared, and the largest difference in mu.
func Check(ctx context.Context, p *pipeline.Pipeline, runID int64, e Expected) (differences []string, figures int, worstMu float64, err error) {
	run, err := p.Run(ctx, runID)
	if err != nil {
		return nil, 0, 0, err
	}
	c := &checker{tolerance: e.ToleranceMu}
	if c.rules, err = overlay.ParseRules([]byte(run.RuleSet)); err != nil {
		return nil, 0, 0, err
	}
	lines, err := p.Mines(ctx, runID, "", "", math.MaxInt32)
	if err != nil {
		return nil, 0, 0, err
	}
	wanted := make(map[string]bool)
	for _, m := range e.Mines {
		wanted[m.LicenceNo] = true
		result, err := p.Result(ctx, runID, m.LicenceNo)
		if err != nil {
			return nil, 0, 0, fmt.Errorf("mine %s: %w", m.LicenceNo, err)
		}
		c.mine = m.LicenceNo + " " + m.Name
		c.checkMine(m, result)
	}
	for _, l := range lines {
		if !wanted[l.LicenceNo] {
			c.differ("mine %s was not expected", l.LicenceNo)
		}
	}
	c.mine = "no mine"
	patches, err := p.UnattributedPatches(ctx, runID)
	if err != nil {
		return nil, 0, 0, err
	}
	c.patches("unattributed", e.NoMine, patches)
	listed, err := p.ListedGrounds(ctx, runID)
	if err != nil {
		return nil, 0, 0, err
	}
	c.listed(e.Listed, listed)
	sums, err := p.CountyFigures(ctx, runID)
	if err != nil {
		return nil, 0, 0, err
	}
	c.countyFigures(e.Figures, sums)
	unasked, err := p.NotEvaluated(ctx, runID)
	if err != nil {
		return nil, 0, 0, err
	}
	if len(unasked) != len(e.Unasked) {
		c.differ("%d rules not evaluated, want %d", len(unasked), len(e.Unasked))
	}
	return c.differences, c.figures, c.worstMu, nil
}

type checker struct {
	rules       overlay.RuleSet
	tolerance   float64
	mine        string
	differences []string
	figures     int
	worstMu     float64
}

func (c *checker) differ(format string, args ...any) {
	c.differences = append(c.differences, c.mine+": "+fmt.Sprintf(format, args...))
}

func (c *checker) figure(what string, got, want float64) {
	c.figures++
	d := math.Abs(geo.Mu(got) - geo.Mu(want))
	c.worstMu = max(c.worstMu, d)
	if !(d <= c.tolerance) {
		c.differ("%s is %.4f m², want %.4f (%.4f mu off)", what, got, want, d)
	}
}

func (c *checker) checkMine(want ExpectedMine, got *overlay.Result) {
	if got.Status != "done" {
		c.differ("status %s: %s", got.Status, got.Error)
		return
	}
	if a := got.Account; a == nil {
		c.differ("no ground account")
	} else {
		have := map[string]float64{
			"ground": a.GroundM2, "approved": a.ApprovedM2, "expired": a.ExpiredM2, "over_occupied": a.OverOccupiedM2,
			"displaced": a.DisplacedM2, "unapproved": a.UnapprovedM2, "unapproved_construction": a.UnapprovedConstructionM2,
			"within_tolerance": a.WithinToleranceM2,
		}
		for _, class := range slices.Sorted(maps.Keys(have)) {
			if _, stated := want.GroundM2[class]; !stated {
				c.differ("expected.json does not state %s", class)
			}
			c.figure("ground account, "+class, have[class], want.GroundM2[class])
		}
		c.figure("late approval", a.LateApprovalM2, want.LateApprovalM2)
		c.figure("inside other approval", a.InsideOtherApprovalM2, want.InsideOtherApprovalM2)
	}
	c.approvals(want, got)
	c.findings(want, got)
	c.overlapping(want, got)
	var unconfirmed []overlay.Patch
	for _, p := range got.Patches {
		if !p.Confirmed {
			unconfirmed = append(unconfirmed, p)
		}
	}
	c.patches("unconfirmed", want.Unconfirmed, unconfirmed)
}

func (c *checker) approvals(want ExpectedMine, got *overlay.Result) {
	states := make(map[string]overlay.Approval)
	for _, a := range got.Approvals {
		if a.State != "" {
			states[a.ApprovalNo] = a
		}
	}
	for _, w := range want.Approvals {
		a, ok := states[w.ApprovalNo]
		if !ok {
			c.differ("approval %s is not in the approvals account", w.ApprovalNo)
			continue
		}
		delete(states, w.ApprovalNo)
		if a.State != w.State {
			c.differ("approval %s is %s, want %s", w.ApprovalNo, a.State, w.State)
		}
		c.figure("approval "+w.ApprovalNo, a.EllipsoidalAreaM2, w.EllipsoidalAreaM2)
		c.figure("still disturbed of approval "+w.ApprovalNo, *a.StillDisturbedM2, w.StillDisturbedM2)
	}
	for _, no := range slices.Sorted(maps.Keys(states)) {
		c.differ("approval %s (%s) was not expected", no, states[no].State)
	}
}

func (c *checker) findings(want ExpectedMine, got *overlay.Result) {
	found := make(map[string]overlay.Finding)
	for _, f := range got.Findings {
		found[f.RuleCode] = f
	}
	for _, w := range want.Findings {
		f, ok := found[w.Rule]
		if !ok {
			c.differ("finding %s of %.2f m² is missing", w.Rule, w.EllipsoidalAreaM2)
			continue
		}
		delete(found, w.Rule)
		c.figure(w.Rule, f.EllipsoidalAreaM2, w.EllipsoidalAreaM2)
		if w.RatioToLicence != nil {
			if ratio := f.EllipsoidalAreaM2 / got.LicenceEllipsoidalAreaM2; math.Abs(ratio-*w.RatioToLicence) > 1e-4 {
				c.differ("%s: ratio to licence %.6f, want %.6f", w.Rule, ratio, *w.RatioToLicence)
			}
		}
		rule, _ := c.rules.Rule(w.Rule)
		for _, said := range []struct {
			what      string
			got, want any
		}{
			{"certainty", f.Certainty, w.Certainty},
			{"lead", rule.Lead(f.EllipsoidalAreaM2).Lead, w.Lead},
			{"places", orZero(f.Places), w.Places},
			{"metres above", orZero(f.MetresAbove), w.MetresAbove},
			{"metres below", orZero(f.MetresBelow), w.MetresBelow},
		} {
			if said.got != said.want {
				c.differ("%s: %s is %v, want %v", w.Rule, said.what, said.got, said.want)
			}
		}
		breakdown := make(map[string]float64)
		for _, b := range f.Breakdown {
			// By which source says so is checked where there are two of them.
			if !strings.HasPrefix(b.Key, "source:") {
				breakdown[b.Key] = b.EllipsoidalAreaM2
			}
		}
		for _, key := range slices.Sorted(maps.Keys(w.Breakdown)) {
			c.figure(w.Rule+", "+key, breakdown[key], w.Breakdown[key])
			delete(breakdown, key)
		}
		for _, key := range slices.Sorted(maps.Keys(breakdown)) {
			c.differ("%s: %s of %.2f m² was not expected", w.Rule, key, breakdown[key])
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(found)) {
		c.differ("finding %s of %.2f m² was not expected", rule, found[rule].EllipsoidalAreaM2)
	}
}

func orZero[T any](v *T) T {
	if v == nil {
		return *new(T)
	}
	return *v
}

// overlapping holds the licences that a mine's notes name against those whose
// planes overlap its own.
func (c *checker) overlapping(want ExpectedMine, got *overlay.Result) {
	named := make(map[string]string)
	for _, n := range got.Notes {
		if n.Code == "licence.overlaps_licence" {
			named[n.Args["other"]] = n.Args["mu"]
		}
	}
	for _, w := range want.Overlapping {
		if mu := fmt.Sprintf("%.2f", geo.Mu(w.EllipsoidalAreaM2)); named[w.LicenceNo] != mu {
			c.differ("licence %s overlaps by %q mu, want %s", w.LicenceNo, named[w.LicenceNo], mu)
		}
		delete(named, w.LicenceNo)
	}
	for _, no := range slices.Sorted(maps.Keys(named)) {
		c.differ("licence %s was not expected to overlap", no)
	}
}

func (c *checker) listed(want []ExpectedListed, got []overlay.ListedGround) {
	have := make(map[string]overlay.ListedGround)
	for _, g := range got {
		have[g.PatchNo] = g
	}
	for _, w := range want {
		g, ok := have[w.PatchNo]
		if !ok {
			c.differ("patch %s is not listed", w.PatchNo)
			continue
		}
		delete(have, w.PatchNo)
		if g.RuleCode != w.Rule || g.Restored != w.Restored {
			c.differ("patch %s is listed under %q, restored %t, want %q, %t", w.PatchNo, g.RuleCode, g.Restored, w.Rule, w.Restored)
		}
		c.figure("listed patch "+w.PatchNo, g.EllipsoidalAreaM2, w.EllipsoidalAreaM2)
	}
	for _, no := range slices.Sorted(maps.Keys(have)) {
		c.differ("listed patch %s was not expected", no)
	}
}

func (c *checker) countyFigures(want []ExpectedFigure, got []overlay.CountyFigure) {
	if len(got) != len(want) {
		c.differ("%d county figures, want %d", len(got), len(want))
		return
	}
	for i, w := range want {
		g := got[i]
		what := fmt.Sprintf("county figure %s %s restored %t", w.Rule, w.Ownership, w.Restored)
		if g.RuleCode != w.Rule || g.Ownership != w.Ownership || g.Restored != w.Restored || g.Places != w.Places {
			c.differ("%s of %d places: got %s %s %t %d", what, w.Places, g.RuleCode, g.Ownership, g.Restored, g.Places)
			continue
		}
		c.figure(what, g.EllipsoidalAreaM2, w.EllipsoidalAreaM2)
		for key, pair := range map[string]struct {
			got  *float64
			want float64
		}{"forest": {g.ForestM2, w.ForestM2}, "grassland": {g.GrasslandM2, w.GrasslandM2}, "forest or grassland": {g.ForestOrGrasslandM2, w.ForestOrGrasslandM2}} {
			if pair.got == nil {
				c.differ("%s: %s not measured", what, key)
				continue
			}
			c.figure(what+", "+key, *pair.got, pair.want)
		}
	}
}

func (c *checker) patches(what string, want []ExpectedPatch, got []overlay.Patch) {
	have := make(map[string]overlay.Patch)
	for _, p := range got {
		have[p.PatchNo] = p
	}
	for _, w := range want {
		p, ok := have[w.PatchNo]
		if !ok {
			c.differ("%s patch %s is missing", what, w.PatchNo)
			continue
		}
		delete(have, w.PatchNo)
		if p.AttributedBy != w.AttributedBy {
			c.differ("%s patch %s is attributed by %s, want %s", what, w.PatchNo, p.AttributedBy, w.AttributedBy)
		}
		c.figure(what+" patch "+w.PatchNo, p.EllipsoidalAreaM2, w.EllipsoidalAreaM2)
	}
	for _, no := range slices.Sorted(maps.Keys(have)) {
		c.differ("%s patch %s (%s) was not expected", what, no, have[no].AttributedBy)
	}
}
