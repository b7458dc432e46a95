package pipeline

import (
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// ListedLine is listed ground as documents print it.
func ListedLine(g overlay.ListedGround, rules overlay.RuleSet) report.ListedGround {
	out := report.ListedGround{
		PatchNo: g.PatchNo, Kind: g.Kind, KindTitle: report.Word(g.Kind), ImagedOn: g.ImagedOn, CountyCode: g.CountyCode,
		Township: g.Township, LicenceNo: g.LicenceNo, AttributedBy: g.AttributedBy, Reason: report.Word(g.AttributedBy),
		Ownership: g.Ownership, OwnershipTitle: ownershipTitle(g.Ownership), Restored: g.Restored, Rule: g.RuleCode,
		Seen: report.NewArea(g.EllipsoidalAreaM2), Patch: report.NewArea(g.PatchEllipsoidalAreaM2),
		Vegetation: report.NewVegetationArea(g.ForestM2, g.GrasslandM2, g.ForestOrGrasslandM2),
		Overlaps:   []report.ListedOverlap{}, FileName: g.FileName, FileSHA256: g.FileSHA256, Row: g.SourceRow,
	}
	for _, o := range g.Overlaps {
		out.Overlaps = append(out.Overlaps, report.ListedOverlap{
			Layer: string(o.Layer), LayerTitle: o.Layer.Title(), Name: o.Name, Class: o.Class, ClassTitle: report.Word(o.Class),
			Area: report.NewArea(o.EllipsoidalAreaM2),
		})
	}
	if rule, ok := rules.Rule(g.RuleCode); ok {
		out.ProblemType = rule.ProblemType
		out.Statement = "图斑 " + g.PatchNo + "（影像日期 " + g.ImagedOn.String() + "）" + report.Saying{Title: rule.Title, M2: g.EllipsoidalAreaM2}.String()
		if g.Restored {
			out.Statement = "图斑 " + g.PatchNo + "（影像日期 " + g.ImagedOn.String() + "）已恢复。"
		}
	}
	return out
}

// CountyFigureLine is a county's figure as documents print it.
func CountyFigureLine(f overlay.CountyFigure, rules overlay.RuleSet) report.CountyFigure {
	rule, _ := rules.Rule(f.RuleCode)
	return report.CountyFigure{
		CountyCode: f.CountyCode, Rule: f.RuleCode, Title: rule.Title, ProblemType: rule.ProblemType, Ownership: f.Ownership,
		OwnershipTitle: report.Word(f.Ownership), Restored: f.Restored, Places: f.Places, Area: report.NewArea(f.EllipsoidalAreaM2),
		Vegetation: report.NewVegetationArea(f.ForestM2, f.GrasslandM2, f.ForestOrGrasslandM2),
	}
}

func ownershipTitle(ownership string) string {
	if ownership == "" {
		return report.Word("ownership_unknown")
	}
	return report.Word(ownership)
}

// ofNoMine says whether no mine's findings hold the ground: it is nobody's, or
// whose it is waits for a person.
func ofNoMine(g overlay.ListedGround) bool {
	return g.LicenceNo == "" || g.Ownership == "ownerless" || g.AttributedBy == "distance"
}

// holder stands where the ledger has the enterprise.
func holder(g overlay.ListedGround) string {
	if g.Ownership == "ownerless" {
		return "（无主）"
	}
	return "（未归属矿山）"
}
