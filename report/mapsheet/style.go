package mapsheet

import (
	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/report"
	"github.com/taohe-gis/taohe/report/drawing"
)

var (
	black    = drawing.RGB(0x000000)
	white    = drawing.RGB(0xFFFFFF)
	grey     = drawing.RGB(0x6B6B6B)
	licenced = drawing.RGB(0xD50000)
)

// A hatch is how the ground of a rule is drawn. Ground may be found by several
// rules, so those that often meet differ in angle.
type hatch struct {
	color     drawing.Color
	angles    []float64
	spacingMM float64
}

// hatches are by rule code. Land is hatched to the right and left, mining
// steeply, protected ground flatly, forest upright, grassland level.
var hatches = map[string]hatch{
	"unapproved":                 {drawing.RGB(0xC2185B), []float64{45}, 1.8},
	"over_occupied":              {drawing.RGB(0xE65100), []float64{135}, 1.8},
	"displaced":                  {drawing.RGB(0x7B1FA2), []float64{45}, 1.8},
	"expired_occupation":         {drawing.RGB(0x6D4C41), []float64{135}, 2.4},
	"unapproved_construction":    {drawing.RGB(0x880E4F), []float64{45, 135}, 2.4},
	"reclamation_overdue":        {drawing.RGB(0x9E6A00), []float64{20}, 2.4},
	"return_overdue":             {drawing.RGB(0x9E6A00), []float64{160}, 2.4},
	"mining_out_of_bounds":       {drawing.RGB(0xB71C1C), []float64{65}, 1.6},
	"mining_without_licence":     {drawing.RGB(0xB71C1C), []float64{65, 115}, 2.4},
	"mining_beyond_elevation":    {drawing.RGB(0x4A148C), []float64{115}, 1.6},
	"protected_area_occupied":    {drawing.RGB(0x00695C), []float64{25}, 2},
	"approval_in_protected_area": {drawing.RGB(0x00695C), []float64{155}, 2.6},
	"licence_in_protected_area":  {drawing.RGB(0x00695C), []float64{10}, 2.6},
	"water_source_occupied":      {drawing.RGB(0x0D47A1), []float64{155}, 2},
	"approval_in_water_source":   {drawing.RGB(0x0D47A1), []float64{25}, 2.6},
	"licence_in_water_source":    {drawing.RGB(0x0D47A1), []float64{170}, 2.6},
	"dump_unapproved":            {drawing.RGB(0x4E342E), []float64{55}, 2},
	"dump_out_of_bounds":         {drawing.RGB(0x4E342E), []float64{125}, 2},
	"dump_beyond_elevation":      {drawing.RGB(0x4E342E), []float64{80}, 2},
	"forest_encroached":          {drawing.RGB(0x1B5E20), []float64{90}, 1.8},
	"grassland_encroached":       {drawing.RGB(0x558B2F), []float64{0}, 1.8},
	"abandoned_pit_unrestored":   {drawing.RGB(0x37474F), []float64{0, 90}, 2.4},
}

// hatchOf is that of a rule; a rule of a bureau's own rule file gets a cross
// hatch in black.
func hatchOf(rule string) hatch {
	if h, ok := hatches[rule]; ok {
		return h
	}
	return hatch{black, []float64{30, 120}, 2.2}
}

// draw hatches polygons, and goes around them.
func (h hatch) draw(d *drawing.Drawing, p []drawing.Polygon, frame drawing.Rect) {
	for _, angle := range h.angles {
		d.Stroke(drawing.ClipLines(drawing.Hatch(p, angle, h.spacingMM), frame), drawing.Pen{Color: h.color, WidthMM: 0.18})
	}
	d.Stroke(drawing.ClipLines(drawing.Outlines(p), frame), drawing.Pen{Color: h.color, WidthMM: 0.3})
}

// A look is how an area other than a finding is drawn.
type look struct {
	fill drawing.Color // opacity 0 for none
	line drawing.Pen   // width 0 for none
}

func (l look) draw(d *drawing.Drawing, p []drawing.Polygon, frame drawing.Rect) {
	if l.fill.A > 0 {
		d.Fill(drawing.ClipPolygons(p, frame), l.fill)
	}
	if l.line.WidthMM > 0 {
		d.Stroke(drawing.ClipLines(drawing.Outlines(p), frame), l.line)
	}
}

func line(hex uint32, width float64, dash ...float64) drawing.Pen {
	return drawing.Pen{Color: drawing.RGB(hex), WidthMM: width, DashMM: dash}
}

var (
	lookLicence     = look{line: drawing.Pen{Color: licenced, WidthMM: 0.7}}
	lookNeighbour   = look{line: line(0x8E24AA, 0.3, 4, 0.8, 0.6, 0.8)}
	lookGround      = look{fill: drawing.RGB(0xC8A070).Opacity(110), line: line(0x8D6E4A, 0.12)}
	lookUnconfirmed = look{line: line(0x5D4037, 0.25, 1.2, 0.8)}
)

// around are the layers beneath the mine, in the order in which they are drawn.
var around = []struct {
	layer, title string
	look         look
}{
	{"grassland", "草原", look{fill: drawing.RGB(0xDDE8A8).Opacity(150)}},
	{"forest", "林地", look{fill: drawing.RGB(0xA5CF9B).Opacity(150)}},
	{"water_source", "水源地", look{fill: drawing.RGB(0x64B5F6).Opacity(70), line: line(0x1565C0, 0.35)}},
	{"protected_area", "保护区", look{fill: drawing.RGB(0x66BB6A).Opacity(45), line: line(0x2E7D32, 0.5, 3, 1)}},
	{"mining_right", "其他采矿权", lookNeighbour},
}

// approvalLook is by kind; what has run out is dashed and unfilled.
func approvalLook(a report.Approval, asOf taohe.Date) look {
	pen := map[string]drawing.Pen{
		"temporary_land": line(0x0277BD, 0.45), "construction_land": line(0x283593, 0.45), "forest_use": line(0x2E7D32, 0.35),
		"grassland_use": line(0x827717, 0.35), "dump_site": line(0x5D4037, 0.35),
	}[a.Kind]
	if pen.WidthMM == 0 {
		pen = line(0x455A64, 0.35)
	}
	if !inForce(a, asOf) {
		pen.DashMM = []float64{1.6, 0.9}
		return look{line: pen}
	}
	return look{fill: pen.Color.Opacity(26), line: pen}
}

// inForce says whether an approval is in force on the as-of date.
func inForce(a report.Approval, asOf taohe.Date) bool {
	return !a.ApprovedOn.After(asOf) && !a.ValidFrom.After(asOf) &&
		(a.ValidTo.IsZero() || !a.ValidTo.Before(asOf)) && (a.ReturnedOn.IsZero() || a.ReturnedOn.After(asOf))
}
