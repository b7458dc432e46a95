package mapsheet

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/report"
	"github.com/taohe-gis/taohe/report/drawing"
)

// drawTitle writes what the map is of above it.
func (s *Sheet) drawTitle(d *drawing.Drawing) {
	m, at := s.mine.Mine, s.page.title
	middle := (at.X0 + at.X1) / 2
	title := drawing.Style{SizeMM: 6, Color: black, Anchor: drawing.Center}
	title.SizeMM = min(title.SizeMM, at.Width()/max(d.Measure(s.title(), 1), 1))
	d.Text(drawing.Point{X: middle, Y: at.Y0 + 3.6}, s.title(), title)
	parts := []string{"采矿许可证号 " + m.LicenceNo, m.Enterprise, strings.TrimSpace(m.CountyName + m.Township), m.MethodAndMineral}
	if m.LicenceKm2 > 0 {
		parts = append(parts, "矿区面积 "+geo.FormatKm2(m.LicenceKm2)+" 平方公里")
	}
	if !m.ValidTo.IsZero() {
		parts = append(parts, "有效期 "+m.ValidFrom.String()+" 至 "+m.ValidTo.String())
	}
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	text := strings.Join(parts, "　")
	size := min(2.8, at.Width()/max(d.Measure(text, 1), 1))
	d.Text(drawing.Point{X: middle, Y: at.Y0 + 10.6}, text, drawing.Style{SizeMM: size, Color: black, Anchor: drawing.Center})
}

// A ScaleBar is where it stands and how long it is on the ground.
type ScaleBar struct {
	Bar     drawing.Rect
	LengthM float64
}

// ScaleBar is the scale bar: a round length of 30 to 60 mm on paper.
func (s *Sheet) ScaleBar() ScaleBar {
	length := niceStep(60 * s.frame.ScaleDenominator / 1000)
	for length*1000/s.frame.ScaleDenominator > 60 {
		length = niceStep(length / 2.5)
	}
	x, y := s.page.strip.X0+4, s.page.strip.Y0+8
	return ScaleBar{drawing.Rect{X0: x, Y0: y, X1: x + length*1000/s.frame.ScaleDenominator, Y1: y + 1.6}, length}
}

// drawStrip writes scale and notes beneath the map.
func (s *Sheet) drawStrip(d *drawing.Drawing) {
	bar := s.ScaleBar()
	const pieces = 4
	for i := range pieces {
		step := bar.Bar.Width() / pieces
		piece := drawing.Rect{X0: bar.Bar.X0 + float64(i)*step, Y0: bar.Bar.Y0, X1: bar.Bar.X0 + float64(i+1)*step, Y1: bar.Bar.Y1}
		if i%2 == 0 {
			d.Fill([]drawing.Polygon{piece.Polygon()}, black)
		}
	}
	d.Stroke([][]drawing.Point{bar.Bar.Ring()}, drawing.Pen{Color: black, WidthMM: 0.15})
	small := drawing.Style{SizeMM: 2.3, Color: black, Anchor: drawing.Center}
	for _, part := range []float64{0, 0.5, 1} {
		d.Text(drawing.Point{X: bar.Bar.X0 + part*bar.Bar.Width(), Y: bar.Bar.Y0 - 1.7}, distance(bar.LengthM, part), small)
	}
	d.Text(drawing.Point{X: bar.Bar.X0, Y: s.page.strip.Y0 + 2.4}, fmt.Sprintf("比例尺 1:%.0f", s.frame.ScaleDenominator),
		drawing.Style{SizeMM: 3.2, Color: black})
	d.Text(drawing.Point{X: bar.Bar.X0, Y: bar.Bar.Y1 + 2.4}, fmt.Sprintf("子午线收敛角 %s", signedMinutes(s.convergenceDeg())),
		drawing.Style{SizeMM: 2.3, Color: black})

	at := s.page.strip
	at.X0 = bar.Bar.X1 + 10
	// Smaller letters where there is more to say; where the smallest are too large,
	// the last line says how many lines only the report has.
	const leading = 1.37 // of the size
	for _, size := range []float64{2.15, 1.95, 1.75, 1.6} {
		var lines []string
		for _, note := range s.notes(d) {
			lines = append(lines, wrapped(d, note, size, at.Width())...)
		}
		room := int(at.Height() / (size * leading))
		if len(lines) > room && size > 1.6 {
			continue
		}
		if len(lines) > room && room > 0 {
			lines = append(lines[:room-1], fmt.Sprintf("（另有 %d 行说明见报告。）", len(lines)-room+1))
		}
		for i, text := range lines[:min(len(lines), room)] {
			d.Text(drawing.Point{X: at.X0, Y: at.Y0 + size*(0.75+leading*float64(i))}, text, drawing.Style{SizeMM: size, Color: black})
		}
		return
	}
}

// distance writes a part of a length in the unit of the whole.
func distance(lengthM, part float64) string {
	text := ""
	if lengthM >= 1000 {
		text = fmt.Sprintf("%g", lengthM*part/1000)
	} else {
		text = fmt.Sprintf("%g", lengthM*part)
	}
	switch {
	case part < 1:
		return text
	case lengthM >= 1000:
		return text + " km"
	}
	return text + " m"
}

func signedMinutes(deg float64) string {
	sign := "+"
	if deg < 0 {
		sign = "−"
	}
	minutes := int(math.Round(math.Abs(deg) * 60))
	return fmt.Sprintf("%s%d°%02d′", sign, minutes/60, minutes%60)
}

// notes are what a reader must know of the map.
func (s *Sheet) notes(d *drawing.Drawing) []string {
	m, crs := s.mine, s.frame.CRS
	out := []string{
		fmt.Sprintf("2000 国家大地坐标系（CGCS2000），高斯-克吕格投影，3°分带第 %d 带，中央子午线 %g°；图廓数字为平面直角坐标（米），%s。",
			crs.Zone, crs.CentralMeridianDeg, map[bool]string{true: "横坐标含带号", false: "横坐标不含带号"}[crs.ZonePrefixed]),
		fmt.Sprintf("套合编号 %d，截止日 %s，影像日期 %s。", m.Run.ID, m.Run.AsOf, s.imageDates()),
	}
	if s.Orthophoto != nil && s.Orthophoto.Name != "" {
		out = append(out, "底图影像："+s.Orthophoto.Name+"。")
	}
	if s.mine.Suspected {
		out = append(out, "本图为影像套合结果，所示问题均为疑似，须实地核实。")
	}
	if len(m.Run.WhatIf) > 0 {
		out = append(out, "假设套合：依据尚未验收的数据，不是正式结果。")
	}
	if len(s.crowdedOut) > 0 {
		out = append(out, "图幅排不下的内容："+strings.Join(s.crowdedOut, "、")+"，见报告，或改用 A3 图幅。")
	}
	if missing := d.Missing(); len(missing) > 0 {
		var codes []string
		for _, r := range missing {
			codes = append(codes, fmt.Sprintf("U+%04X", r))
		}
		out = append(out, "所用字体缺字（图中以方框代替）："+strings.Join(codes, "、")+"。")
	}
	if n := len(s.corners); n > maxCorners {
		out = append(out, fmt.Sprintf("采矿权有 %d 个拐点，图上不逐个标注，坐标见报告。", n))
	}
	if n := s.unseen(); n != "" {
		out = append(out, n)
	}
	return append(out, report.SurfaceStatement, "本矿结果摘要（SHA-256）"+m.Run.MineDigest)
}

// unseen names the rules that could not be asked: ground without a hatch is
// then not ground without a finding.
func (s *Sheet) unseen() string {
	var titles []string
	for _, n := range s.mine.NotEvaluated {
		if !slices.Contains(titles, n.Title) {
			titles = append(titles, n.Title)
		}
	}
	if len(titles) == 0 {
		return ""
	}
	if len(titles) > 4 {
		return fmt.Sprintf("未核查（不等于没有问题）：%s等 %d 项，见报告。", strings.Join(titles[:4], "、"), len(titles))
	}
	return "未核查（不等于没有问题）：" + strings.Join(titles, "、") + "。"
}

// imageDates are those of the ground and of the patches that await a person.
func (s *Sheet) imageDates() string {
	var dates []string
	for _, p := range s.mine.Shapes.Parts {
		dates = append(dates, p.ImagedOn.String())
	}
	for _, p := range s.mine.Unconfirmed {
		dates = append(dates, p.ImagedOn.String())
	}
	slices.Sort(dates)
	dates = slices.Compact(dates)
	switch n := len(dates); {
	case n == 0:
		return "（影像上没有占地）"
	case n > 6:
		return fmt.Sprintf("%s 至 %s 共 %d 个", dates[0], dates[n-1], n)
	}
	return strings.Join(dates, "、")
}

// wrapped breaks a text into lines of a width; a Chinese text breaks anywhere,
// but no line begins with a mark that closes.
func wrapped(d *drawing.Drawing, text string, sizeMM, widthMM float64) []string {
	var out []string
	line, length := "", 0.0
	for _, r := range text {
		w := d.Measure(string(r), sizeMM)
		if length+w > widthMM && line != "" && !strings.ContainsRune("，。；：、）”’》·!?", r) {
			out = append(out, line)
			line, length = "", 0
		}
		line += string(r)
		length += w
	}
	if line != "" {
		out = append(out, line)
	}
	return out
}
