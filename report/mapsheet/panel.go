package mapsheet

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/report"
	"github.com/taohe-gis/taohe/report/drawing"
)

// A row is a line of the panel: its height, and what draws it in its place.
type row struct {
	height float64
	draw   func(d *drawing.Drawing, at drawing.Rect)
}

// A block is a headed list of rows. Rows that find no room are told by rest.
type block struct {
	title string
	rows  []row
	rest  func(n int) string
}

const (
	rowMM      = 4.5
	headMM     = 5.5
	panelText  = 2.4
	swatchMM   = 8.0
	betweenMM  = 2.0
	leftMM     = 1.5 // inside a column
	smallRowMM = 3.4
)

// drawPanel lets the blocks flow through the columns.
func (s *Sheet) drawPanel(d *drawing.Drawing) error {
	inset, err := s.insetBlock()
	if err != nil {
		return err
	}
	legend, err := s.legend()
	if err != nil {
		return err
	}
	f := flow{columns: s.page.columns, drawing: d}
	s.crowdedOut = nil
	for _, b := range []block{s.findingsBlock(), legend, inset, s.approvalsBlock(), s.cornersBlock()} {
		if len(b.rows) > 0 && !f.add(b) {
			s.crowdedOut = append(s.crowdedOut, b.title)
		}
	}
	for _, c := range s.page.columns[:f.at+1] {
		for _, edge := range edges(c) {
			d.Stroke([][]drawing.Point{edge}, drawing.Pen{Color: black, WidthMM: 0.2})
		}
	}
	return nil
}

// A flow is where the next row goes.
type flow struct {
	columns []drawing.Rect
	drawing *drawing.Drawing
	at      int     // the column
	used    float64 // of its height
}

// room says whether a height is left, going to the next column where it is not.
func (f *flow) room(height float64) bool {
	for f.at < len(f.columns) {
		if f.used+height <= f.columns[f.at].Height()-1 {
			return true
		}
		if f.at == len(f.columns)-1 {
			return false
		}
		f.at, f.used = f.at+1, 0
	}
	return false
}

func (f *flow) take(height float64) drawing.Rect {
	c := f.columns[f.at]
	r := drawing.Rect{X0: c.X0 + leftMM, Y0: c.Y0 + f.used, X1: c.X1 - leftMM, Y1: c.Y0 + f.used + height}
	f.used += height
	return r
}

// add lets a block flow in, and says whether all of it stands on the page, or the
// page says what does not.
func (f *flow) add(b block) bool {
	if f.used > 0 {
		f.used += betweenMM
	}
	// A head needs a row beneath it.
	if !f.room(headMM + b.rows[0].height) {
		return false
	}
	at := f.take(headMM)
	f.drawing.Text(drawing.Point{X: at.X0, Y: at.Y0 + headMM/2 + 0.3}, b.title, drawing.Style{SizeMM: 3, Color: black})
	for i, r := range b.rows {
		left := len(b.rows) - i
		// The last row that fits gives way to the word about the rest.
		need := r.height
		if left > 1 && b.rest != nil {
			need += smallRowMM
		}
		if !f.room(need) {
			if b.rest != nil && f.room(smallRowMM) {
				at := f.take(smallRowMM)
				f.drawing.Text(drawing.Point{X: at.X0, Y: (at.Y0 + at.Y1) / 2}, b.rest(left), drawing.Style{SizeMM: 2.2, Color: grey})
				return true
			}
			return false
		}
		r.draw(f.drawing, f.take(r.height))
	}
	return true
}

// text writes a line that is made smaller where it is too long, to a limit.
func text(d *drawing.Drawing, at drawing.Point, s string, width float64, style drawing.Style) {
	if long := d.Measure(s, style.SizeMM); long > width {
		style.SizeMM = max(style.SizeMM*width/long, 1.7)
	}
	for d.Measure(s, style.SizeMM) > width+0.1 && s != "" {
		r := []rune(s)
		s = string(r[:max(len(r)-2, 0)]) + "…"
		if len(r) <= 2 {
			break
		}
	}
	d.Text(at, s, style)
}

// findingsBlock is the table of the report: number, hatch, what, how much.
func (s *Sheet) findingsBlock() block {
	b := block{title: "疑似问题", rest: func(n int) string { return fmt.Sprintf("其余 %d 项见报告", n) }}
	if !s.mine.Suspected {
		b.title = "问题"
	}
	for i, f := range s.mine.Findings {
		b.rows = append(b.rows, row{rowMM, func(d *drawing.Drawing, at drawing.Rect) {
			y := (at.Y0 + at.Y1) / 2
			h := hatchOf(f.Rule)
			drawNumber(d, drawing.Point{X: at.X0 + 2.2, Y: y}, strconv.Itoa(i+1), h.color)
			box := swatch(at, 5)
			h.draw(d, []drawing.Polygon{box.Polygon()}, box)
			mu := geo.FormatMu(f.Mu) + " 亩"
			long := d.Measure(mu, panelText)
			d.Text(drawing.Point{X: at.X1, Y: y}, mu, drawing.Style{SizeMM: panelText, Color: black, Anchor: drawing.Right})
			text(d, drawing.Point{X: box.X1 + 1.2, Y: y}, f.Title, at.X1-long-1-box.X1-1.2, drawing.Style{SizeMM: panelText, Color: black})
		}})
	}
	if len(b.rows) == 0 {
		b.rows = append(b.rows, textRow("没有发现疑似问题", rowMM))
	}
	return b
}

func swatch(at drawing.Rect, from float64) drawing.Rect {
	return drawing.Rect{X0: at.X0 + from, Y0: at.Y0 + 0.6, X1: at.X0 + from + swatchMM, Y1: at.Y1 - 0.6}
}

func textRow(s string, height float64) row {
	return row{height, func(d *drawing.Drawing, at drawing.Rect) {
		text(d, drawing.Point{X: at.X0, Y: (at.Y0 + at.Y1) / 2}, s, at.Width(), drawing.Style{SizeMM: panelText, Color: black})
	}}
}

// legend explains what is on the map, and only that.
func (s *Sheet) legend() (block, error) {
	b := block{title: "图例"}
	add := func(title string, l look) {
		b.rows = append(b.rows, row{rowMM, func(d *drawing.Drawing, at drawing.Rect) {
			box := swatch(at, 0)
			l.draw(d, []drawing.Polygon{box.Polygon()}, box)
			text(d, drawing.Point{X: box.X1 + 1.2, Y: (at.Y0 + at.Y1) / 2}, title, at.X1-box.X1-1.2, drawing.Style{SizeMM: panelText, Color: black})
		}})
	}
	add("采矿权范围", lookLicence)
	b.rows = append(b.rows, row{rowMM, func(d *drawing.Drawing, at drawing.Rect) {
		y := (at.Y0 + at.Y1) / 2
		drawCorner(d, drawing.Point{X: at.X0 + swatchMM/2 - 1, Y: y})
		d.Text(drawing.Point{X: at.X0 + swatchMM/2 + 1.6, Y: y}, "1", drawing.Style{SizeMM: labelMM, Color: licenced, Anchor: drawing.Center})
		d.Text(drawing.Point{X: at.X0 + swatchMM + 1.2, Y: y}, "采矿权拐点及点号", drawing.Style{SizeMM: panelText, Color: black})
	}})
	if len(s.mine.Shapes.Parts) > 0 {
		add("影像所见占地", lookGround)
	}
	if len(s.mine.Shapes.Patches) > 0 {
		add("待人工确认的图斑（不计入）", lookUnconfirmed)
	}
	seen := map[string]bool{}
	for _, a := range s.mine.Approvals {
		title := a.KindTitle + "批准"
		if !inForce(a, s.mine.Run.AsOf) {
			title += "（截止日不在有效期）"
		}
		if !seen[title] {
			seen[title] = true
			add(title, approvalLook(a, s.mine.Run.AsOf))
		}
	}
	for i := len(around) - 1; i >= 0; i-- {
		shown, err := s.shown(around[i].layer)
		if err != nil {
			return b, err
		}
		if shown {
			add(around[i].title, around[i].look)
		}
	}
	return b, nil
}

// shown says whether any ground of a layer is in the frame.
func (s *Sheet) shown(layer string) (bool, error) {
	for _, g := range s.Around {
		if g.Layer != layer {
			continue
		}
		p, err := s.onPage(g.EWKB)
		if err != nil {
			return false, fmt.Errorf("%s: %w", g.Layer, err)
		}
		if len(drawing.ClipPolygons(p, s.frame.Map)) > 0 {
			return true, nil
		}
	}
	return false, nil
}

// approvalsBlock lists the approvals by the numbers they bear on the map.
func (s *Sheet) approvalsBlock() block {
	b := block{title: "批准", rest: func(n int) string { return fmt.Sprintf("其余 %d 宗批准见报告", n) }}
	for i, a := range s.mine.Approvals {
		b.rows = append(b.rows, row{2 * smallRowMM, func(d *drawing.Drawing, at drawing.Rect) {
			color := approvalLook(a, s.mine.Run.AsOf).line.Color
			style := drawing.Style{SizeMM: 2.2, Color: black}
			y := at.Y0 + smallRowMM/2
			d.Text(drawing.Point{X: at.X0, Y: y}, "批"+strconv.Itoa(i+1), drawing.Style{SizeMM: 2.4, Color: color})
			text(d, drawing.Point{X: at.X0 + 7, Y: y}, a.ApprovalNo, at.Width()-7, style)
			text(d, drawing.Point{X: at.X0 + 7, Y: y + smallRowMM}, a.KindTitle+"　"+geo.FormatMu(a.Area.Mu)+" 亩　"+term(a), at.Width()-7, style)
		}})
	}
	return b
}

func term(a report.Approval) string {
	from := a.ApprovedOn
	if a.ValidFrom.After(from) {
		from = a.ValidFrom
	}
	if a.ValidTo == (taohe.Date{}) {
		return from.String() + " 起"
	}
	return from.String() + " 至 " + a.ValidTo.String()
}

// cornersBlock lists the corners of the licence.
func (s *Sheet) cornersBlock() block {
	b := block{
		title: fmt.Sprintf("采矿权拐点坐标（米，第 %d 带）", s.crs.Zone),
		rest:  func(n int) string { return fmt.Sprintf("其余 %d 个拐点见报告", n) },
	}
	columns := func(d *drawing.Drawing, at drawing.Rect, cells [3]string) {
		y := (at.Y0 + at.Y1) / 2
		style := drawing.Style{SizeMM: 2.2, Color: black, Anchor: drawing.Right}
		for i, x := range []float64{7, 30, 54} {
			d.Text(drawing.Point{X: at.X0 + x, Y: y}, cells[i], style)
		}
	}
	b.rows = append(b.rows, row{smallRowMM, func(d *drawing.Drawing, at drawing.Rect) {
		columns(d, at, [3]string{"点号", "X（北）", "Y（东）"})
	}})
	for _, c := range s.corners {
		b.rows = append(b.rows, row{smallRowMM, func(d *drawing.Drawing, at drawing.Rect) {
			columns(d, at, [3]string{strconv.Itoa(c.no), fmt.Sprintf("%.3f", c.northM), fmt.Sprintf("%.3f", c.eastM)})
		}})
	}
	return b
}

// insetBlock is a small map that says where in its county the mine is.
func (s *Sheet) insetBlock() (block, error) {
	county, townships, err := s.insetShapes()
	if err != nil {
		return block{}, err
	}
	title := "位置示意"
	if s.mine.Mine.CountyName != "" {
		title = s.mine.Mine.CountyName + "内位置示意"
	}
	return block{title: title, rows: []row{{insetMM, func(d *drawing.Drawing, at drawing.Rect) {
		s.drawInset(d, at.Inset(0.5), county, townships)
	}}}}, nil
}

// sortedDivisions puts the county before its townships.
func (s *Sheet) sortedDivisions() []Division {
	out := slices.Clone(s.Divisions)
	slices.SortStableFunc(out, func(a, b Division) int { return len(a.Code) - len(b.Code) })
	return out
}
