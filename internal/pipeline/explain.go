package pipeline

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// cornerToleranceM is how near a point may lie to the line between two corners
// without being one itself.
const cornerToleranceM = 0.01

// cornerMethod says so to the reader.
const cornerMethod = "界址点为地块边线上的转折点：去掉距相邻转折点所连直线不超过 0.01 米的加密点，依次以直线相连即得地块，偏差不超过 0.01 米。边在测绘它的坐标系内是直线，换到别的坐标系略有弯曲（东西向 1 公里约 2 厘米），每点注明至下一点的边在何处是直线：未另注明的在%s平面内。X 为北坐标，Y 为带带号的东坐标；经纬度为 CGCS2000。"

// Explain returns the whole chain behind a finding, or ErrNotFound.
func (p *Pipeline) Explain(ctx context.Context, findingID string) (*report.Explanation, error) {
	runID, licenceNo, ruleCode, ok := report.ParseFindingID(findingID)
	if !ok {
		return nil, fmt.Errorf("finding %q: %w", findingID, ErrNotFound)
	}
	var e *overlay.Explanation
	mine, err := read(ctx, p, func(db pgx.Tx) (m reported, err error) {
		if e, err = overlay.Explain(ctx, db, runID, licenceNo, ruleCode); err != nil {
			return m, err
		}
		m.run, m.result = e.Run, e.Mine
		err = m.readRest(ctx, db)
		return m, err
	})
	if err != nil {
		return nil, err
	}
	m, err := mine.document(e.Rules)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(m.Findings, func(f report.Finding) bool { return f.Rule == ruleCode })
	return explanation(e, m, m.Findings[at])
}

func explanation(e *overlay.Explanation, m *report.Mine, f report.Finding) (*report.Explanation, error) {
	plane, err := planeOf(e.Mine.Geom)
	if err != nil {
		return nil, err
	}
	out := &report.Explanation{
		ID: f.ID, Statement: f.Statement, Suspected: true, Surface: m.Surface, Run: m.Run, RunDigest: e.Run.Digest,
		WhatIf: append([]int64{}, e.Run.WhatIf...), Mine: m.Mine, Licence: []report.SourceRow{},
		Rule: report.ExplainedRule{
			Code: e.Rule.Code, Title: e.Rule.Title, ProblemType: e.Rule.ProblemType, Group: e.Rule.Group, Basis: e.Rule.Basis,
			Definition: e.Rule.Definition, Figure: e.Rule.Figure,
		},
		Thresholds: m.Thresholds, Ground: []report.KindGround{}, Patches: []report.ExplainedPatch{}, Approvals: []report.ExplainedApproval{},
		Sums: sums(e, m.Ground), Parts: []report.ExplainedPart{}, Citations: f.Citations, Breakdown: f.Breakdown,
		CornerMethod: fmt.Sprintf(cornerMethod, plane.crs.Name),
	}
	for _, r := range e.Licence {
		out.Licence = append(out.Licence, report.SourceRow{
			DatasetID: r.DatasetID, Vintage: r.Vintage, FileName: r.FileName, FileSHA256: r.FileSHA256, Row: r.SourceRow,
			Area: report.NewArea(r.EllipsoidalAreaM2),
		})
	}
	var dates []taohe.Date
	for _, g := range e.Ground {
		out.Ground = append(out.Ground, report.KindGround{
			Kind: g.Kind, KindTitle: report.Word(g.Kind), ImagedOn: g.ImagedOn, FirstSeenOn: g.FirstSeenOn, Area: report.NewArea(g.EllipsoidalAreaM2),
		})
		if !slices.Contains(dates, g.ImagedOn) {
			dates = append(dates, g.ImagedOn)
		}
	}
	slices.SortFunc(dates, func(a, b taohe.Date) int { return a.Time().Compare(b.Time()) })
	for _, x := range e.Mine.Patches {
		out.Patches = append(out.Patches, report.ExplainedPatch{Patch: patch(x), Confirmed: x.Confirmed})
	}
	for _, a := range e.Approvals {
		line := report.ExplainedApproval{
			ApprovalNo: a.ApprovalNo, Kind: a.Kind, KindTitle: report.Word(a.Kind), AttributedBy: a.AttributedBy, ApprovedOn: a.ApprovedOn,
			ValidFrom: a.ValidFrom, ValidTo: a.ValidTo, ReturnedOn: a.ReturnedOn,
			Source: report.SourceRow{
				DatasetID: a.DatasetID, Vintage: a.Vintage, FileName: a.FileName, FileSHA256: a.FileSHA256, Row: a.SourceRow,
				Area: report.NewArea(a.EllipsoidalAreaM2),
			},
			OfGround: report.NewArea(a.OfGroundM2), OfFinding: report.NewArea(a.OfFindingM2), Verdicts: []report.Verdict{},
		}
		for _, on := range dates {
			line.Verdicts = append(line.Verdicts, verdict(a, on, e.Rule.PermitKind))
		}
		out.Approvals = append(out.Approvals, line)
	}
	for _, part := range e.Parts {
		line, err := explainedPart(part, plane)
		if err != nil {
			return nil, err
		}
		out.Parts = append(out.Parts, line)
	}
	return out, nil
}

// verdict says how an approval counts on the date of an image.
func verdict(a overlay.ApprovalRow, on taohe.Date, permitKind string) report.Verdict {
	v := report.Verdict{ImagedOn: on}
	land := a.Kind == "temporary_land" || a.Kind == "construction_land"
	standing := a.Standing(on)
	switch {
	case a.AttributedBy == "" && a.NamedLicenceNo != "":
		v.Reason = fmt.Sprintf("不计入：批准写明的许可证号是 %s，不是本矿", a.NamedLicenceNo)
	case a.AttributedBy == "":
		v.Reason = fmt.Sprintf("不计入：是其他单位（%s）的批准", orUnnamed(a.NamedEnterprise))
	case !land && a.Kind != permitKind:
		v.Reason = fmt.Sprintf("不计入：“%s”不是用地批准", report.Word(a.Kind))
	case standing == "returned":
		v.Reason = fmt.Sprintf("不计入：%s 已还地移交", a.ReturnedOn)
	case standing == "not_begun":
		begins := a.ApprovedOn
		if a.ValidFrom.After(begins) {
			begins = a.ValidFrom
		}
		v.Reason = fmt.Sprintf("不计入：%s 才起算", begins)
	case standing == "run_out" && land:
		v.Reason = fmt.Sprintf("不在期：%s 已到期，其范围内的占地列为“批准已到期”", a.ValidTo)
	case standing == "run_out":
		v.Reason = fmt.Sprintf("不计入：%s 已到期", a.ValidTo)
	default:
		v.Counts = true
		v.Reason = "在期，" + attributedWords[a.AttributedBy]
		if a.OfGroundM2 < 0.005 {
			v.Reason += "；与本矿占地没有重叠"
		}
	}
	return v
}

var attributedWords = map[string]string{
	"licence": "写明本矿许可证号", "enterprise": "只写明单位，计入该单位各矿", "overlap": "未写明矿山和单位，按位置归入本矿",
}

func orUnnamed(name string) string {
	if name == "" {
		return "未写明"
	}
	return name
}

// sums lay out how the finding's figure comes about: from its parts, and where
// it is a share of a whole, from that.
func sums(e *overlay.Explanation, ground *report.GroundAccount) []report.Sum {
	var titles []string
	var parts []float64
	within := e.Finding.WithinToleranceM2
	for _, p := range e.Parts {
		if !p.WithinTolerance {
			titles, parts = append(titles, fmt.Sprintf("地块 %d", p.PartNo)), append(parts, p.EllipsoidalAreaM2)
		}
	}
	out := []report.Sum{report.NewSum(e.Rule.Title, e.Finding.EllipsoidalAreaM2, titles, parts)}
	whole := func(title, here, rest string, wholeM2 float64) {
		restM2 := max(wholeM2-e.Finding.EllipsoidalAreaM2-within, 0)
		out = append(out, report.NewSum(title, wholeM2, []string{here, "容差以内", rest}, []float64{e.Finding.EllipsoidalAreaM2, within, restM2}))
	}
	kinds := func(wanted []string) (m2 float64) {
		for _, g := range e.Ground {
			if wanted == nil || slices.Contains(wanted, g.Kind) {
				m2 += g.EllipsoidalAreaM2
			}
		}
		return m2
	}
	switch {
	case e.Rule.Relation == "ground_class" && ground != nil:
		out = append(out, accountSum(ground))
	case e.Rule.Relation == "outside_licence":
		whole("所核查的占地", "矿业权范围外", "矿业权范围内", kinds(e.Rule.Kinds))
	case e.Rule.Relation == "inside_layer" && e.Rule.Subject == "ground":
		whole("本矿占地", e.Rule.Title, "其余", kinds(nil))
	case e.Rule.Relation == "inside_layer" && e.Rule.Subject == "licence":
		whole("矿业权", e.Rule.Title, "其余", e.Mine.LicenceEllipsoidalAreaM2)
	}
	return out
}

// accountSum is the ground account, whose printed classes add up already.
func accountSum(g *report.GroundAccount) report.Sum {
	s := report.Sum{Title: "本矿占地", Whole: g.Ground}
	for _, t := range []report.Term{
		{Title: "批准范围内", Area: g.Approved},
		{Title: "批准已到期", Area: g.Expired},
		{Title: "批小占大", Area: g.OverOccupied},
		{Title: "批东占西", Area: g.Displaced},
		{Title: "未批先占", Area: g.Unapproved},
		{Title: "违法违规建设", Area: g.UnapprovedConstruction},
		{Title: "容差以内", Area: g.WithinTolerance},
	} {
		if t.EllipsoidalAreaM2 != 0 || t.Mu != 0 {
			s.Terms = append(s.Terms, t)
		}
	}
	return s
}

// explainedPart is a part with the corners of its rings.
func explainedPart(part overlay.FindingPart, plane plane) (report.ExplainedPart, error) {
	g, err := ewkb.Unmarshal(part.Geom)
	if err != nil {
		return report.ExplainedPart{}, fmt.Errorf("part %d: %w", part.PartNo, err)
	}
	polygon, ok := g.(*geom.Polygon)
	if !ok {
		return report.ExplainedPart{}, fmt.Errorf("part %d is %T, not a polygon", part.PartNo, g)
	}
	out := report.ExplainedPart{
		No: part.PartNo, WithinTolerance: part.WithinTolerance, PlanarCRS: plane.crs.Name, Area: report.NewArea(part.EllipsoidalAreaM2),
		Rings: [][]report.Corner{},
	}
	for i := range polygon.NumLinearRings() {
		var ring [][2]float64
		for _, c := range polygon.LinearRing(i).Coords() {
			ring = append(ring, [2]float64{c.X(), c.Y()})
		}
		corners := []report.Corner{}
		for k, c := range geo.Corners(ring, plane.crs, cornerToleranceM) {
			corners = append(corners, report.Corner{
				No: k + 1, XM: rounded(c.NorthM, 3), YM: rounded(c.EastM, 3), Lon: rounded(c.LonDeg, 9), Lat: rounded(c.LatDeg, 9),
				LonDMS: geo.FormatDMS(c.LonDeg), LatDMS: geo.FormatDMS(c.LatDeg), EdgeIn: c.EdgeIn.Name,
			})
		}
		out.Rings = append(out.Rings, corners)
	}
	return out, nil
}

func rounded(v float64, decimals int) float64 {
	unit := math.Pow10(decimals)
	return math.Round(v*unit) / unit
}
