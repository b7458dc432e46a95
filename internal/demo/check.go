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
	Unasked     []map[string]any `json:"not_evaluated"`
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
		Derivation        string             `json:"derivation"`
	} `json:"findings"`
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
	c := &checker{tolerance: e.ToleranceMu}
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
