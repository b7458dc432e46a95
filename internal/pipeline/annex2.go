package pipeline

import (
	"context"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// The figures of the form's first and third group, as they are asked for.
const (
	figTemporaryLand           = "temporary_land"
	figApprovalInProtected     = "approval_in_protected"
	figApprovalInReserve       = "approval_in_reserve"
	figReclamationOverdue      = "reclamation_overdue"
	figReturnOverdue           = "return_overdue"
	figConstruction            = "construction"
	figConstructionInProtected = "construction_in_protected"
	figConstructionInReserve   = "construction_in_reserve"
	figForest                  = "forest"
	figGrassland               = "grassland"
	figVegetation              = "vegetation"
)

// figuresOf says which figures of the form a rule's findings count in, by what
// the rule looks at, and which part of them: none for a rule that the form does
// not ask for.
func figuresOf(r overlay.Rule) (of []overlay.FigureRule) {
	add := func(figure, inside string) {
		of = append(of, overlay.FigureRule{RuleCode: r.Code, Inside: inside, Figure: figure})
	}
	encroaches := r.Relation == "inside_layer" && r.Subject == "ground" && r.CommonWith != ""
	switch {
	case r.Relation == "ground_class" && r.Class == "unapproved_construction":
		add(figConstruction, "")
		add(figConstructionInProtected, "any")
		add(figConstructionInReserve, "nature_reserve")
	case r.Relation == "ground_class":
		add(figTemporaryLand, "")
	case r.Relation == "approval_state" && r.State == "reclamation_overdue":
		add(figReclamationOverdue, "")
	case r.Relation == "approval_state" && r.State == "return_overdue":
		add(figReturnOverdue, "")
	case r.Relation == "inside_layer" && r.Subject == "approval" && r.Against == taohe.LayerProtectedArea:
		add(figApprovalInProtected, "")
		add(figApprovalInReserve, "nature_reserve")
	case encroaches && r.Against == taohe.LayerForest:
		add(figForest, "")
		add(figVegetation, "")
	case encroaches && r.Against == taohe.LayerGrassland:
		add(figGrassland, "")
		add(figVegetation, "")
	}
	return of
}

// ofDumps says whether a rule looks at dumps.
func ofDumps(r overlay.Rule) bool { return r.PermitKind == "dump_site" }

// An annex2 is 附件2 being put together.
type annex2 struct {
	paperRun
	codes []string
	items []overlay.ItemFinding
	rules []overlay.Rule // of the groups of the paper
	// strata are the first group's figures by stratum, all the others over all
	// mines.
	strata, all []overlay.PaperFigure
	dumps       []overlay.DumpPlaces
	pits        []overlay.ListedFigure
	unlicensed  []overlay.ListedFigure
	gridded     bool
	steps       steps
}

// Annex2 is every figure of 附件2 that a run can give. Its errors are those of
// Annex1.
func (p *Pipeline) Annex2(ctx context.Context, scope PaperScope) (report.Annex2, error) {
	return p.annex2(ctx, scope, steps{})
}

func (p *Pipeline) annex2(ctx context.Context, scope PaperScope, s steps) (report.Annex2, error) {
	run, err := p.paperRun(ctx, scope)
	if err != nil {
		return report.Annex2{}, err
	}
	s.done(1)
	a := &annex2{paperRun: run, codes: run.codes(), steps: s}
	groups := p.groups(scope)
	for _, r := range run.Rules.Rules {
		if slices.Contains(groups, r.Group) {
			a.rules = append(a.rules, r)
		}
	}
	if _, err := read(ctx, p, func(db pgx.Tx) (struct{}, error) { return struct{}{}, a.read(ctx, db) }); err != nil {
		return report.Annex2{}, err
	}
	out := a.document()
	if out.Progress, err = p.annex2Progress(ctx, run, groups); err != nil {
		return report.Annex2{}, err
	}
	s.done(7)
	out.Gridded = out.Gridded || out.Progress != nil && out.Progress.Gridded
	for _, no := range groups {
		g := report.Annex2Group{Group: no, Name: p.campaign.Groups[no], NotEvaluated: run.notEvaluated(no)}
		for _, r := range a.rules {
			if r.Group == no && len(figuresOf(r)) == 0 && !ofDumps(r) && r.Relation != "abandoned_pit" {
				g.Others = append(g.Others, a.figure(a.all, "", r.Code, r.ProblemType))
			}
		}
		out.Groups = append(out.Groups, g)
	}
	if scope.Group != 0 {
		out.GroupName = p.campaign.Groups[scope.Group]
	}
	return out, nil
}

// read gathers what the figures are made of; it may be called twice.
func (a *annex2) read(ctx context.Context, db pgx.Tx) (err error) {
	a.gridded = false
	mines, err := overlay.Mines(ctx, db, a.ID, "", "", math.MaxInt32)
	if err != nil {
		return err
	}
	strata, every, licences := map[string]string{}, map[string]string{}, []string{}
	for _, m := range mines {
		// A mine of another county may have ground in these.
		strata[m.LicenceNo], every[m.LicenceNo] = string(report.StratumOf(m.MiningMethod, m.Mineral)), ""
		if _, of := a.counties[m.CountyCode]; of {
			licences = append(licences, m.LicenceNo)
		}
	}
	if a.items, err = overlay.ItemFindings(ctx, db, a.ID); err != nil {
		return err
	}
	a.steps.done(2)
	// What the form asks of the first group is by stratum; all else is of every
	// mine, rules that the form has no figure for one by one.
	var byStratum, whole []overlay.FigureRule
	var dumpRules, dumpKinds []string
	for _, r := range a.rules {
		of := figuresOf(r)
		switch {
		case r.CommonWith != "":
			whole = append(whole, of...)
		case len(of) > 0:
			byStratum = append(byStratum, of...)
		default:
			whole = append(whole, overlay.FigureRule{RuleCode: r.Code, Figure: r.Code})
		}
		if ofDumps(r) {
			dumpRules, dumpKinds = append(dumpRules, r.Code), append(dumpKinds, r.Kinds...)
		}
	}
	figures := func(of map[string]string, rules []overlay.FigureRule) ([]overlay.PaperFigure, error) {
		out, gridded, err := overlay.PaperFigures(ctx, db, a.ID, a.codes, of, rules, a.Rules.Thresholds)
		a.gridded = a.gridded || gridded
		return out, err
	}
	if a.strata, err = figures(strata, byStratum); err != nil {
		return err
	}
	a.steps.done(3)
	if a.all, err = figures(every, whole); err != nil {
		return err
	}
	a.steps.done(4)
	if a.dumps, err = overlay.CountDumpPlaces(ctx, db, a.ID, licences, dumpRules, dumpKinds); err != nil {
		return err
	}
	a.steps.done(5)
	for _, r := range a.rules {
		into := &a.unlicensed
		switch {
		case r.Relation == "abandoned_pit":
			into = &a.pits
		case !r.Unattributed:
			continue
		}
		var gridded bool
		if *into, gridded, err = overlay.ListedFigures(ctx, db, a.ID, a.codes, r.Code); err != nil {
			return err
		}
		a.gridded = a.gridded || gridded
	}
	a.steps.done(6)
	return nil
}

// document lays the figures out as the form asks for them.
func (a *annex2) document() report.Annex2 {
	out := report.Annex2{Source: a.source(), Region: "全旗", MinesFailed: a.MinesFailed, Gridded: a.gridded}
	if len(a.codes) > 1 {
		out.Region = "全市"
	}
	for _, c := range a.codes {
		out.Counties = append(out.Counties, a.counties[c])
	}
	out.Problem = a.problem()
	for _, s := range report.StratumTitles {
		of := func(figure, title string) report.PaperFigure {
			return a.figure(a.strata, string(s.Stratum), figure, title)
		}
		out.Strata = append(out.Strata, report.Annex2Stratum{
			Title:                   s.Title,
			TemporaryLand:           of(figTemporaryLand, "违法违规使用临时用地"),
			ApprovalInProtected:     of(figApprovalInProtected, "临时用地进入保护区"),
			ApprovalInReserve:       of(figApprovalInReserve, "临时用地进入自然保护区"),
			ReclamationOverdue:      of(figReclamationOverdue, "临时用地到期未复垦"),
			ReturnOverdue:           of(figReturnOverdue, "临时用地到期未还地"),
			Construction:            of(figConstruction, "违法违规建设"),
			ConstructionInProtected: of(figConstructionInProtected, "违法违规建设进入保护区"),
			ConstructionInReserve:   of(figConstructionInReserve, "违法违规建设进入自然保护区"),
		})
	}
	out.Vegetation = a.figure(a.all, "", figVegetation, "违法违规侵占林草资源")
	out.Grassland = a.figure(a.all, "", figGrassland, "其中：草原")
	out.Forest = a.figure(a.all, "", figForest, "其中：林地")
	out.BothVegetation = report.Both(out.Forest.Area, out.Grassland.Area, out.Vegetation.Area)
	out.Dumps = a.dumpFigures()
	out.Pits, out.PitsByOwner = a.pitFigures()
	for _, f := range a.CountyFigures {
		if rule, _ := a.Rules.Rule(f.RuleCode); rule.Unattributed && rule.Relation != "abandoned_pit" && a.counties[f.CountyCode] != "" {
			if out.Unlicensed == nil {
				out.Unlicensed = &report.Annex2Places{}
			}
			out.Unlicensed.Places += f.Places
		}
	}
	if out.Unlicensed != nil {
		for _, f := range a.unlicensed {
			if f.CountyCode == "" && f.Ownership == "" {
				out.Unlicensed.Area = report.NewArea(f.EllipsoidalAreaM2)
			}
		}
	}
	return out
}

// asked says whether every rule that makes a figure could be asked in a county.
func (a *annex2) asked(figure, county string) bool {
	for _, n := range a.NotEvaluated {
		rule, _ := a.Rules.Rule(n.RuleCode)
		if n.CountyCode != county {
			continue
		}
		if n.RuleCode == figure || slices.ContainsFunc(figuresOf(rule), func(f overlay.FigureRule) bool { return f.Figure == figure }) {
			return false
		}
	}
	return true
}

// figure finds a figure among those read.
func (a *annex2) figure(among []overlay.PaperFigure, stratum, figure, title string) report.PaperFigure {
	enterprises, total := 0, 0.0
	parts := make([]report.RawPart, len(a.codes))
	for i, c := range a.codes {
		parts[i] = report.RawPart{County: a.counties[c], NotEvaluated: !a.asked(figure, c)}
	}
	for _, f := range among {
		switch {
		case f.Stratum != stratum || f.Figure != figure:
		case f.CountyCode == "":
			enterprises, total = f.Enterprises, f.EllipsoidalAreaM2
		default:
			i := slices.Index(a.codes, f.CountyCode)
			parts[i].Count, parts[i].EllipsoidalAreaM2 = f.Enterprises, f.EllipsoidalAreaM2
		}
	}
	return report.NewPaperFigure(title, enterprises, total, parts)
}

// problem counts the enterprises with any finding of the paper's groups.
func (a *annex2) problem() report.PaperFigure {
	all, by := map[string]bool{}, map[string]map[string]bool{}
	for _, f := range a.items {
		if _, of := a.counties[f.CountyCode]; !of || !slices.ContainsFunc(a.rules, func(r overlay.Rule) bool { return r.Code == f.RuleCode }) {
			continue
		}
		if by[f.CountyCode] == nil {
			by[f.CountyCode] = map[string]bool{}
		}
		all[f.Enterprise], by[f.CountyCode][f.Enterprise] = true, true
	}
	var parts []report.RawPart
	for _, c := range a.codes {
		// Where no rule could be asked nothing is known of the county.
		unasked := 0
		for _, r := range a.rules {
			if slices.ContainsFunc(a.NotEvaluated, func(n overlay.NotEvaluated) bool { return n.CountyCode == c && n.RuleCode == r.Code }) {
				unasked++
			}
		}
		parts = append(parts, report.RawPart{County: a.counties[c], Count: len(by[c]), NotEvaluated: unasked == len(a.rules)})
	}
	return report.NewPaperFigure("存在问题矿山企业", len(all), 0, parts)
}

// dumpFigures are the dumps of the second group.
func (a *annex2) dumpFigures() report.Annex2Dumps {
	out := report.Annex2Dumps{NotEvaluated: true}
	for _, c := range a.codes {
		of := report.Annex2DumpCounty{County: a.counties[c]}
		for _, r := range a.rules {
			if !ofDumps(r) {
				continue
			}
			of.NotEvaluated = of.NotEvaluated || !a.asked(r.Code, c)
			for _, d := range a.dumps {
				if d.CountyCode == c && d.RuleCode == r.Code {
					f := a.figure(a.all, "", r.Code, r.Title)
					part := f.Counties[slices.Index(a.codes, c)]
					of.Problems = append(of.Problems, report.Annex2DumpProblem{Title: r.Title, Places: d.Places, Enterprises: part.Count, Area: part.Area})
				}
			}
		}
		for _, d := range a.dumps {
			if d.CountyCode == c && d.RuleCode == "" {
				of.Places = d.Places
			}
		}
		out.Places += of.Places
		out.NotEvaluated = out.NotEvaluated && of.NotEvaluated
		out.Counties = append(out.Counties, of)
	}
	return out
}

// owners are those that abandoned pits may have, in the order of the form.
var owners = []string{"owned", "ownerless", "ownership_unknown"}

// pitFigures are the abandoned pits, restored ones among them.
func (a *annex2) pitFigures() (report.Annex2Pits, []report.Annex2Pits) {
	var rule overlay.Rule
	for _, r := range a.rules {
		if r.Relation == "abandoned_pit" {
			rule = r
		}
	}
	raw := func(county, owner string, notEvaluated bool) report.RawPits {
		out := report.RawPits{NotEvaluated: notEvaluated}
		if !notEvaluated {
			out.VegetationM2 = new(float64)
		}
		for _, f := range a.pits {
			if f.CountyCode == county && f.Ownership == owner {
				out.EllipsoidalAreaM2, out.VegetationM2 = f.EllipsoidalAreaM2, f.VegetationM2
			}
		}
		for _, f := range a.CountyFigures {
			if a.counties[f.CountyCode] == "" || f.RuleCode != rule.Code || county != "" && f.CountyCode != county || owner != "" && f.Ownership != owner {
				continue
			}
			out.Places += f.Places
			if f.Restored {
				out.Restored += f.Places
			}
		}
		return out
	}
	nowhere := true
	t := report.RawPitsTable{Cells: make([][]report.RawPits, len(owners))}
	for _, c := range a.codes {
		unasked := !a.asked(rule.Code, c)
		nowhere = nowhere && unasked
		t.Counties, t.ByCounty = append(t.Counties, a.counties[c]), append(t.ByCounty, raw(c, "", unasked))
		for i, o := range owners {
			t.Cells[i] = append(t.Cells[i], raw(c, o, unasked))
		}
	}
	for _, o := range owners {
		t.Owners, t.ByOwner = append(t.Owners, report.Word(o)), append(t.ByOwner, raw("", o, nowhere))
	}
	t.All = raw("", "", nowhere)
	return t.Print()
}
