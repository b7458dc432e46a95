package report

import (
	"fmt"
	"io"
	"strings"

	"rsc.io/qr"

	"github.com/taohe-gis/taohe/report/docx"
)

// shownCorners is how many corner points a dossier prints; where there are more
// the rest is said to be elsewhere.
const shownCorners = 3000

// WriteDossierDOCX writes a mine's dossier as a Word document.
func WriteDossierDOCX(w io.Writer, d Dossier) error {
	p := dossierPaper{Dossier: d, doc: docx.New(d.title()+"（一矿一案）", docx.A4), widthMM: docx.A4.TextWidthMM()}
	p.front()
	p.ground()
	p.problems()
	p.beside()
	p.picture()
	p.cornerPoints()
	p.grounds()
	if err := p.verify(); err != nil {
		return err
	}
	if err := p.doc.Write(w); err != nil {
		return fmt.Errorf("dossier of %s: %w", d.Mine.Mine.LicenceNo, err)
	}
	return nil
}

// A dossierPaper is a dossier being written.
type dossierPaper struct {
	Dossier
	doc      *docx.Document
	widthMM  float64
	headings int
}

// heading begins a chapter with its number.
func (p *dossierPaper) heading(title string) {
	p.headings++
	p.doc.Text(docx.Heading1, numeral(p.headings)+"、"+title)
}

func (p *dossierPaper) body(format string, args ...any) {
	p.doc.Text(docx.Body, fmt.Sprintf(format, args...))
}

func (p *dossierPaper) note(text string) { p.doc.Text(docx.Note, text) }

// table prints a sheet, or what it means that it is empty.
func (p *dossierPaper) table(s sheet, empty string) {
	if len(s.rows) == 0 {
		p.body("%s", empty)
		return
	}
	p.doc.Table(s.table(p.widthMM))
}

// pairs is a table of names with their values.
func (p *dossierPaper) pairs(style docx.Style, all [][2]string) docx.Table {
	const nameMM = 34
	t := docx.Table{WidthsMM: []float64{nameMM, p.widthMM - nameMM}}
	for _, x := range all {
		t.Rows = append(t.Rows, docx.Row{docx.C(docx.CellCentred, x[0]), docx.C(style, x[1])})
	}
	return t
}

func (p *dossierPaper) front() {
	p.doc.Text(docx.Title, p.title())
	p.doc.Text(docx.Subtitle, "（一矿一案）")
	p.doc.Text(docx.Subtitle, fmt.Sprintf("%s　截止日 %s", p.Mine.Mine.CountyName, dayInWords(p.Run.AsOf)))
	if len(p.Run.WhatIf) > 0 {
		p.body("本档案出自假设套合：假定待验收的数据 %s 已验收，不作为正式结果。", strings.Trim(fmt.Sprint(p.Run.WhatIf), "[]"))
	}
	switch {
	case p.Failed:
		p.body("本矿在这次套合中没有算出结果（计算失败或尚未完成），以下各项均未核查，不等于没有问题。请管理员处理后重新套合。")
	case p.suspected():
		p.body("本档案所列问题除注明已核实的以外，均为机器套合得出的疑似线索，须经实地核实后方可作为认定依据。")
	}
	p.heading("矿山基本情况")
	p.doc.Table(p.pairs(docx.CellText, p.identity()))
	p.heading("用地批准情况")
	p.table(p.approvals(), "没有查到计入本矿的用地批准。")
	p.note("临时用地的状态按截止日判断，不论是否已占用；面积不与占地账相加。")
}

func (p *dossierPaper) ground() {
	p.heading("占地账")
	p.table(p.account(), "占地账未核查：缺少所需图层，或本矿未算出。未核查不等于没有问题。")
	if g := p.Ground; g != nil {
		p.note("影像所见占地每一平方米只计一次，各类相加等于合计。" + SurfaceStatement)
		if g.LateApproval.EllipsoidalAreaM2 > 0 {
			p.note(fmt.Sprintf("其中先占后批（补批）%s 亩，含在批准范围内。", fixed2(g.LateApproval.Mu)))
		}
		if g.InsideOtherApproval.EllipsoidalAreaM2 > 0 {
			p.note(fmt.Sprintf("其中位于他人批准范围内 %s 亩，含在各违法类别内。", fixed2(g.InsideOtherApproval.Mu)))
		}
	}
	if s := p.components(); len(s.rows) > 0 {
		p.doc.Text(docx.Caption, "占地连片及认定依据")
		p.table(s, "")
	}
}

func (p *dossierPaper) problems() {
	p.heading("排查发现问题")
	none := "本次套合在已核查的各项中未发现问题。"
	if p.Failed {
		none = "未核查。"
	}
	p.table(p.findings(), none)
	for i, f := range p.Findings {
		item := p.Items[i]
		p.doc.Text(docx.Heading2, "（"+numeral(i+1)+"）"+f.Title)
		p.doc.Text(docx.Lead, Wording(f.Statement, item.Confirmed))
		if f.Lead != "" {
			p.doc.Text(docx.Lead, fmt.Sprintf("移送线索：面积达到 %g 亩，%s。是否移送由主管部门认定。", f.LeadFromMu, f.Lead))
		}
		about := p.about(i)
		t := p.pairs(docx.CellText, about)
		t.Together = true
		for k, x := range about {
			if x[1] == "" {
				t.Rows[k][1].Runs = []docx.Run{docx.Blank()}
			}
		}
		p.doc.Table(t)
		p.doc.Text(docx.Caption, f.Title+"：地块")
		p.table(p.parts(i), "")
	}
	if v := p.Vegetation; v != nil {
		p.body("%s", v.Statement)
	}
}

// about is what stands beside a finding, name and value; what is empty is for a
// person to fill in.
func (p *dossierPaper) about(i int) [][2]string {
	f, item := p.Findings[i], p.Items[i]
	out := [][2]string{
		{"问题编号", f.ID},
		{"办理状态", item.StateTitle},
		{"面积", fmt.Sprintf("%s 平方米，%s 亩（椭球面积）", fixed2(f.EllipsoidalAreaM2), fixed2(f.Mu))},
		{"平面面积", fmt.Sprintf("%s 平方米，%s；仅供对照", fixed2(f.PlanarAreaM2), PlaneWords(f.PlanarCRS))},
		{"法律依据", strings.Join(f.Basis, "；")},
	}
	if f.Certainty != "" {
		text := f.CertaintyTitle
		switch {
		case f.PositionErrorM != nil:
			text += "（影像位置误差 " + metres(*f.PositionErrorM) + " 米）"
		case f.Certainty == "unknown":
			text += "（图斑未写位置误差）"
		}
		out = append(out, [2]string{"边界确定性", text})
	}
	if f.WithinTolerance.EllipsoidalAreaM2 > 0 {
		out = append(out, [2]string{"容差以内", fixed2(f.WithinTolerance.EllipsoidalAreaM2) + " 平方米，不计入"})
	}
	if len(f.Breakdown) > 0 {
		var of []string
		for _, b := range f.Breakdown {
			of = append(of, b.Title+" "+fixed2(b.Mu)+" 亩")
		}
		out = append(out, [2]string{"其中", strings.Join(of, "；") + "（可能互相重叠，不相加）"})
	}
	return append(out, [][2]string{
		{"已采取措施", strings.Join(item.Taken, "；")},
		{"整改措施", item.Measures},
		{"完成整改时限", dayInWords(item.Deadline)},
		{"整改责任人\n及联系方式", item.Responsible},
	}...)
}

// beside is what counts in no total, what could not be asked, and what the run
// remarked.
func (p *dossierPaper) beside() {
	if len(p.Unconfirmed)+len(p.NotEvaluated)+len(p.Notes) == 0 {
		return
	}
	p.heading("待确认、未核查及其他说明")
	if len(p.Unconfirmed) > 0 {
		s := sheet{columns: []column{
			{"图斑编号", 34, docx.CellCentred},
			{"类型", 20, docx.CellCentred},
			{"影像日期", 26, docx.CellDate},
			columnMu,
			{"归入本矿的理由", 50, docx.CellText},
		}}
		for _, x := range p.Unconfirmed {
			reason := x.Reason
			if x.DistanceM != nil {
				reason += "，相距 " + metres(*x.DistanceM) + " 米"
			}
			s.rows = append(s.rows, []any{x.PatchNo, x.KindTitle, day(x.ImagedOn), fixed(x.Mu), reason})
		}
		p.doc.Text(docx.Caption, "归属待确认的图斑（不计入任何合计）")
		p.table(s, "")
	}
	for _, n := range p.NotEvaluated {
		p.body("未核查：%s。%s", n.Title, n.Reason)
	}
	for _, n := range p.Notes {
		p.body("提示：%s", n.Text)
	}
}

func (p *dossierPaper) picture() {
	if len(p.Map) == 0 {
		return
	}
	p.heading("套合图")
	p.doc.Picture(p.Map, p.widthMM, p.Mine.Mine.MineName+"套合图")
}

func (p *dossierPaper) cornerPoints() {
	if len(p.Findings) == 0 {
		return
	}
	p.heading("界址点坐标")
	p.body("%s", p.CornerMethod)
	shown, left := 0, 0
	for i, f := range p.Findings {
		for _, part := range p.Items[i].Parts {
			s := corners(part)
			if shown+len(s.rows) > shownCorners && shown > 0 {
				left += len(s.rows)
				continue
			}
			shown += len(s.rows)
			p.doc.Text(docx.Caption, fmt.Sprintf("%s　地块%d　%s 亩", f.Title, part.No, fixed2(part.Mu)))
			p.table(s, "")
		}
	}
	if left > 0 {
		p.body("另有 %d 个界址点未在此列出，见同名表格文件（taohe report %s --format xlsx）。", left, p.Mine.Mine.LicenceNo)
	}
}

func (p *dossierPaper) grounds() {
	p.heading("数据来源与阈值")
	p.table(p.sources(), "")
	if s := p.citations(); len(s.rows) > 0 {
		p.doc.Text(docx.Caption, "各问题依据的数据行")
		p.table(s, "")
	}
	p.note("阈值：" + thresholdsText(p.Thresholds) + "。")
}

func (p *dossierPaper) verify() error {
	code, err := qr.Encode(p.VerifyText(), qr.Q)
	if err != nil {
		return fmt.Errorf("dossier of %s: QR code: %w", p.Mine.Mine.LicenceNo, err)
	}
	p.heading("核验")
	p.doc.Picture(code.PNG(), 36, "核验二维码")
	p.doc.Table(p.pairs(docx.CellSmall, [][2]string{
		{"套合编号", fmt.Sprint(p.Run.ID)},
		{"截止日", p.Run.AsOf.String()},
		{"规则集 SHA-256", p.Run.RuleSetSHA256},
		{"本矿 SHA-256", p.Run.MineDigest},
		{"整次套合 SHA-256", p.RunDigest},
		{"台账", p.Ledger.Text(false)},
	}))
	p.note("二维码内容为许可证号、套合编号、截止日和本矿 SHA-256。扫码所得应与上表一致，并与系统中同一套合的本矿报告（mine_digest）一致；不一致即本件与系统记录不符。办理状态按所列台账事件时的记录；同一套合、同一台账事件再次出具，内容相同。")
	return nil
}

var digits = []rune("〇一二三四五六七八九")

// numeral is a number from 1 to 99 as headings count.
func numeral(n int) string {
	if n < 1 || n > 99 {
		return fmt.Sprint(n)
	}
	out := ""
	switch tens := n / 10; {
	case tens == 1:
		out = "十"
	case tens > 1:
		out = string(digits[tens]) + "十"
	}
	if n%10 > 0 {
		out += string(digits[n%10])
	}
	return out
}
