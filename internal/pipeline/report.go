package pipeline

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// Report returns a mine's report from a run; runID 0 is the newest complete run
// that has the mine. It returns ErrNotFound where there is none.
func (p *Pipeline) Report(ctx context.Context, runID int64, licenceNo string) (*report.Mine, error) {
	m, err := read(ctx, p, func(db pgx.Tx) (m reported, err error) {
		id := runID
		if id == 0 {
			if id, err = overlay.NewestRun(ctx, db, licenceNo); err != nil {
				return m, err
			}
		}
		if m.run, err = overlay.GetRun(ctx, db, id); err != nil {
			return m, err
		}
		if m.result, err = overlay.LoadResult(ctx, db, id, licenceNo); err != nil {
			return m, err
		}
		err = m.readRest(ctx, db)
		return m, err
	})
	if err != nil {
		return nil, err
	}
	rules, err := overlay.ParseRules([]byte(m.run.RuleSet))
	if err != nil {
		return nil, err
	}
	return m.document(rules)
}

// reported is what a mine's report is made of.
type reported struct {
	run      overlay.Run
	result   *overlay.Result
	datasets []overlay.UsedDataset
	county   ingest.County
}

// readRest reads what stands beside the run and the result.
func (m *reported) readRest(ctx context.Context, db pgx.Tx) (err error) {
	if m.datasets, err = overlay.UsedDatasets(ctx, db, m.run.ID); err != nil {
		return err
	}
	m.county, err = ingest.GetCounty(ctx, db, m.result.CountyCode)
	return err
}

// document lays a result out as a report; the one place where stored figures
// become printed ones.
func (of reported) document(rules overlay.RuleSet) (*report.Mine, error) {
	run, r := of.run, of.result
	t := rules.Thresholds
	p, err := planeOf(r.Geom)
	if err != nil {
		return nil, fmt.Errorf("mine %s: %w", r.LicenceNo, err)
	}
	m := &report.Mine{
		Run: report.Run{ID: run.ID, AsOf: run.AsOf, RuleSetSHA256: run.RuleSetSHA256, MineDigest: r.Digest, WhatIf: run.WhatIf},
		Mine: report.Identity{
			LicenceNo: r.LicenceNo, Enterprise: r.Enterprise, MineName: r.MineName, CountyCode: r.CountyCode, CountyName: of.county.Name,
			Township: r.Township, MethodAndMineral: report.MethodAndMineral(r.MiningMethod, r.Mineral),
			ValidFrom: r.ValidFrom, ValidTo: r.ValidTo, RenewalAcceptedOn: r.RenewalAcceptedOn,
			TopElevationM: r.TopElevationM, BottomElevationM: r.BottomElevationM,
			LicenceKm2: math.Round(geo.Km2(r.LicenceEllipsoidalAreaM2)*1e4) / 1e4,
		},
		Suspected: true,
		Surface:   report.SurfaceStatement,
		Thresholds: map[string]float64{
			"touch_ratio": t.TouchRatio, "unused_ratio": t.UnusedRatio, "displaced_max_ratio": t.DisplacedMaxRatio,
			"attribution_distance_m": t.AttributionDistanceM, "min_width_m": t.MinWidthM, "min_area_m2": t.MinAreaM2,
		},
		Components: []report.Component{}, Approvals: []report.Approval{}, Findings: []report.Finding{},
		Unconfirmed: []report.Patch{}, NotEvaluated: []report.NotEvaluated{}, Notes: []report.Note{}, Datasets: []report.Dataset{},
	}
	if m.Mine.LicenceArea, err = p.both(r.LicenceEllipsoidalAreaM2, r.Geom); err != nil {
		return nil, fmt.Errorf("mine %s: %w", r.LicenceNo, err)
	}
	m.Shapes.Licence = r.Geom
	if a := r.Account; a != nil {
		m.Ground = report.NewGroundAccount(report.RawAccount{
			Ground: a.GroundM2, Approved: a.ApprovedM2, Expired: a.ExpiredM2, OverOccupied: a.OverOccupiedM2, Displaced: a.DisplacedM2,
			Unapproved: a.UnapprovedM2, UnapprovedConstruction: a.UnapprovedConstructionM2, WithinTolerance: a.WithinToleranceM2,
			LateApproval: a.LateApprovalM2, InsideOtherApproval: a.InsideOtherApprovalM2,
		})
	}
	for _, c := range r.Components {
		m.Components = append(m.Components, component(c))
	}
	for _, p := range r.Parts {
		m.Shapes.Parts = append(m.Shapes.Parts, report.PartShape{
			Class: p.Class, Kind: p.Kind, ImagedOn: p.ImagedOn, FirstSeenOn: p.FirstSeenOn,
			WithinTolerance: p.WithinTolerance, Area: report.NewArea(p.EllipsoidalAreaM2), EWKB: p.Geom,
		})
	}
	for _, a := range r.Approvals {
		printed, err := approval(a, p)
		if err != nil {
			return nil, fmt.Errorf("approval %s: %w", a.ApprovalNo, err)
		}
		m.Approvals = append(m.Approvals, printed)
		m.Shapes.Approved = append(m.Shapes.Approved, a.Geom)
	}
	// In the order of the rule file, which is the order people expect.
	slices.SortStableFunc(r.Findings, func(a, b overlay.Finding) int {
		return rules.Position(a.RuleCode) - rules.Position(b.RuleCode)
	})
	for _, f := range r.Findings {
		printed, err := finding(f, run.ID, r, rules, p, of.datasets)
		if err != nil {
			return nil, fmt.Errorf("mine %s, %s: %w", r.LicenceNo, f.RuleCode, err)
		}
		m.Findings = append(m.Findings, printed)
		m.Shapes.Findings = append(m.Shapes.Findings, f.Geom)
	}
	m.Vegetation = vegetation(r, rules)
	for _, p := range r.Patches {
		if !p.Confirmed {
			m.Unconfirmed = append(m.Unconfirmed, patch(p))
			m.Shapes.Patches = append(m.Shapes.Patches, p.Geom)
		}
	}
	slices.SortStableFunc(r.NotEvaluated, func(a, b overlay.NotEvaluated) int {
		return rules.Position(a.RuleCode) - rules.Position(b.RuleCode)
	})
	for _, n := range r.NotEvaluated {
		m.NotEvaluated = append(m.NotEvaluated, NotEvaluatedLine(n, rules))
	}
	m.NotEvaluated = append(m.NotEvaluated, unstated(r, rules)...)
	for _, n := range r.Notes {
		m.Notes = append(m.Notes, report.Note{Code: n.Code, Text: n.Diagnostic().Chinese()})
	}
	for _, d := range of.datasets {
		m.Datasets = append(m.Datasets, DatasetLine(d))
	}
	return m, nil
}

func component(c overlay.Component) report.Component {
	out := report.Component{
		No: c.ComponentNo, Class: c.Class, Title: report.Word(c.Class), Area: report.NewArea(c.EllipsoidalAreaM2),
		NewestImagedOn: c.NewestImagedOn, Covered: report.NewArea(c.CoveredM2),
		CoveredOfComponent: c.CoveredM2 / c.EllipsoidalAreaM2,
		DisplacedFrom:      c.DisplacedFrom, DisplacedDistanceM: c.DisplacedDistanceM,
	}
	if c.MetApprovalsM2 > 0 {
		ratio := c.CoveredM2 / c.MetApprovalsM2
		out.CoveredOfApprovals = &ratio
	}
	if c.DisplacedUnusedM2 != nil {
		a := report.NewArea(*c.DisplacedUnusedM2)
		out.DisplacedUnused = &a
	}
	return out
}

func approval(a overlay.Approval, p plane) (report.Approval, error) {
	area, err := p.both(a.EllipsoidalAreaM2, a.Geom)
	if err != nil {
		return report.Approval{}, err
	}
	out := report.Approval{
		ApprovalNo: a.ApprovalNo, Kind: a.Kind, KindTitle: report.Word(a.Kind), AttributedBy: a.AttributedBy, Purpose: a.Purpose,
		ApprovedOn: a.ApprovedOn, ValidFrom: a.ValidFrom, ValidTo: a.ValidTo, ReclaimBy: a.ReclaimBy, ReclaimedOn: a.ReclaimedOn,
		ReturnedOn: a.ReturnedOn, State: a.State, StateTitle: report.Word(a.State), MaxElevationM: a.MaxElevationM, Area: area,
	}
	if a.StillDisturbedM2 != nil {
		still := report.NewArea(*a.StillDisturbedM2)
		out.StillDisturbed = &still
	}
	return out, nil
}

func finding(f overlay.Finding, runID int64, r *overlay.Result, rules overlay.RuleSet, p plane, datasets []overlay.UsedDataset) (report.Finding, error) {
	rule, _ := rules.Rule(f.RuleCode) // a stored finding is of a rule of its run
	area, err := p.both(f.EllipsoidalAreaM2, f.Geom)
	if err != nil {
		return report.Finding{}, err
	}
	out := report.Finding{
		ID: report.FindingID(runID, r.LicenceNo, f.RuleCode), Rule: f.RuleCode, Title: rule.Title, ProblemType: rule.ProblemType, Group: rule.Group,
		Severity: rule.Severity, Basis: rule.Basis, EllipsoidalAreaM2: area.EllipsoidalAreaM2, Mu: area.Mu,
		PlanarAreaM2: area.PlanarAreaM2, PlanarCRS: area.PlanarCRS, Approximate: rule.Approximate(r.LicenceNo, r.Approximate),
		WithinTolerance: report.NewArea(f.WithinToleranceM2), Breakdown: []report.Breakdown{}, Citations: []report.Citation{},
	}
	lead := rule.Lead(f.EllipsoidalAreaM2)
	out.Places, out.MetresAbove, out.MetresBelow = f.Places, f.MetresAbove, f.MetresBelow
	out.Lead, out.LeadFromMu = lead.Lead, lead.Mu
	out.Certainty, out.CertaintyTitle, out.PositionErrorM = f.Certainty, report.Word(f.Certainty), f.PositionErrorM
	say := report.Saying{
		Title: rule.Title, M2: f.EllipsoidalAreaM2, Places: f.Places, MetresAbove: f.MetresAbove, MetresBelow: f.MetresBelow, Lead: out.Lead,
	}
	if rule.Relation == "outside_licence" {
		say.LicenceM2 = r.LicenceEllipsoidalAreaM2
		ratio := f.EllipsoidalAreaM2 / say.LicenceM2
		out.RatioToLicence = &ratio
	}
	for _, b := range f.Breakdown {
		title := breakdownTitle(b, f, rule, datasets)
		if _, isLicence := strings.CutPrefix(b.Key, "licence:"); isLicence {
			say.Inside = append(say.Inside, report.InsideLicence{Name: title, M2: b.EllipsoidalAreaM2})
		}
		out.Breakdown = append(out.Breakdown, report.Breakdown{Key: b.Key, Title: title, Area: report.NewArea(b.EllipsoidalAreaM2)})
	}
	out.Statement = say.String()
	if out.Approximate {
		out.Statement = report.Approximately(out.Statement)
	}
	for _, c := range f.Citations {
		out.Citations = append(out.Citations, report.Citation{
			Role: c.Role, Layer: string(c.Layer), DatasetID: c.DatasetID, Vintage: c.Vintage, FileName: c.FileName,
			FileSHA256: c.FileSHA256, Row: c.SourceRow, Label: c.Label, Area: report.NewArea(c.EllipsoidalAreaM2),
		})
	}
	return out, nil
}

// breakdownTitle names a figure beside a finding: a licence with its holder, a
// source with the date it speaks of.
func breakdownTitle(b overlay.Breakdown, f overlay.Finding, rule overlay.Rule, datasets []overlay.UsedDataset) string {
	if no, ok := strings.CutPrefix(b.Key, "licence:"); ok {
		for _, c := range f.Citations {
			if enterprise, named := strings.CutPrefix(c.Label, no+" "); named && c.Role == "other_licence" {
				return enterprise + "（" + no + "）矿业权内"
			}
		}
		return no + " 矿业权内"
	}
	title := report.Word(b.Key)
	if source, ok := strings.CutPrefix(b.Key, "source:"); ok {
		var vintages []string
		for _, d := range datasets {
			if d.Layer == rule.Against && d.Source == source {
				vintages = append(vintages, d.Vintage.String())
			}
		}
		slices.Sort(vintages)
		title += "（" + strings.Join(slices.Compact(vintages), "、") + "）"
	}
	return title
}

// vegetation is what two rules that may find the same ground come to together.
func vegetation(r *overlay.Result, rules overlay.RuleSet) *report.Vegetation {
	found := make(map[taohe.Layer]float64)
	both := 0.0
	for _, f := range r.Findings {
		rule, _ := rules.Rule(f.RuleCode)
		if rule.CommonWith == "" {
			continue
		}
		found[rule.Against] += f.EllipsoidalAreaM2
		for _, b := range f.Breakdown {
			if rule.Against == taohe.LayerForest && b.Key == "common:"+rule.CommonWith {
				both = b.EllipsoidalAreaM2
			}
		}
	}
	if len(found) == 0 {
		return nil
	}
	return report.NewVegetation(found[taohe.LayerForest], found[taohe.LayerGrassland], both)
}

// unstated are the rules about elevations that had ground to look at and no
// elevation to hold it against: neither found nor cleared.
func unstated(r *overlay.Result, rules overlay.RuleSet) []report.NotEvaluated {
	var out []report.NotEvaluated
	for _, rule := range rules.Rules {
		if rule.Relation != "beyond_elevation" || slices.ContainsFunc(r.NotEvaluated, func(n overlay.NotEvaluated) bool { return n.RuleCode == rule.Code }) {
			continue
		}
		patches, stated := 0, 0
		for _, p := range r.Patches {
			if p.Confirmed && slices.Contains(rule.Kinds, p.Kind) {
				patches++
				if p.TopElevationM != nil || p.BottomElevationM != nil {
					stated++
				}
			}
		}
		limited := rule.PermitKind == "" && (r.TopElevationM != nil || r.BottomElevationM != nil) ||
			slices.ContainsFunc(r.Approvals, func(a overlay.Approval) bool { return a.Kind == rule.PermitKind && a.MaxElevationM != nil })
		what := ""
		switch {
		case patches == 0:
		case !limited && rule.PermitKind == "":
			what = "采矿许可证"
		case !limited:
			what = report.Word(rule.PermitKind) + "批准"
		case stated == 0:
			what = "图斑"
		case stated < patches:
			what = fmt.Sprintf("%d 个图斑中有 %d 个", patches, patches-stated)
		}
		if what != "" {
			out = append(out, report.NotEvaluated{
				Rule: rule.Code, Title: rule.Title, MissingLayers: []string{}, Reason: report.UnstatedElevations(what),
			})
		}
	}
	return out
}

func patch(p overlay.Patch) report.Patch {
	return report.Patch{
		PatchNo: p.PatchNo, Kind: p.Kind, KindTitle: report.Word(p.Kind), ImagedOn: p.ImagedOn, AttributedBy: p.AttributedBy,
		Reason: report.Word(p.AttributedBy), DistanceM: p.DistanceM, NamedLicence: p.NamedLicenceNo, FileName: p.FileName,
		Row: p.SourceRow, Area: report.NewArea(p.EllipsoidalAreaM2),
	}
}

// PatchLine is a patch as documents print it.
func PatchLine(p overlay.Patch) report.Patch { return patch(p) }

// NotEvaluatedLine is a rule that could not be asked, in words.
func NotEvaluatedLine(n overlay.NotEvaluated, rules overlay.RuleSet) report.NotEvaluated {
	rule, _ := rules.Rule(n.RuleCode)
	return report.NotEvaluated{
		Rule: n.RuleCode, Title: rule.Title, MissingLayers: n.MissingLayers,
		Reason: report.MissingStatement(n.MissingLayers),
	}
}

// DatasetLine is a version a run read, as documents print it.
func DatasetLine(d overlay.UsedDataset) report.Dataset {
	out := report.Dataset{
		ID: d.ID, CountyCode: d.CountyCode, Layer: string(d.Layer), LayerTitle: d.Layer.Title(), Source: d.Source, Vintage: d.Vintage,
		FileName: d.FileName, FileSHA256: d.FileSHA256, Reference: d.ReferenceName, HowKnown: d.ReferenceHow,
		Fix: d.ReferenceFix, Approximate: d.Approximate,
	}
	if d.DatumShift != nil {
		s := ingest.Shift(*d.DatumShift)
		out.DatumShift = &report.DatumShift{
			Method: s.Method, MethodTitle: s.Title(), TxM: s.TxM, TyM: s.TyM, TzM: s.TzM, RxSec: s.RxSec, RySec: s.RySec, RzSec: s.RzSec,
			ScalePPM: s.ScalePPM, DxNorthM: s.DxNorthM, DyEastM: s.DyEastM, RotationSec: s.RotationSec, TargetEPSG: s.TargetEPSG, Source: s.Source,
		}
		if s.AccuracyM > 0 {
			out.AccuracyM = &s.AccuracyM
		}
	}
	return out
}
