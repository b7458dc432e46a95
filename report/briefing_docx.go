package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/taohe-gis/taohe/report/docx"
)

// WriteBriefingDOCX writes the 简报 as a Word document.
func WriteBriefingDOCX(w io.Writer, b Briefing) error {
	p := briefingPaper{Briefing: b, doc: docx.New(b.Title, docx.A4), widthMM: docx.A4.TextWidthMM()}
	p.front()
	p.doc.Text(docx.Heading1, "二、分组情况")
	for i, g := range b.Groups {
		p.group(i, g)
	}
	p.details()
	p.changes()
	if err := p.doc.Write(w); err != nil {
		return fmt.Errorf("briefing: %w", err)
	}
	return nil
}

type briefingPaper struct {
	Briefing
	doc     *docx.Document
	widthMM float64
}

func (p *briefingPaper) front() {
	p.doc.Text(docx.Title, p.Title)
	p.doc.Add(docx.Subtitle, docx.T("（第"), docx.Blank(), docx.T("期）"))
	p.doc.Add(docx.Subtitle, docx.Blank(), docx.T("　"), docx.Blank(), docx.T("年"), docx.Blank(), docx.T("月"), docx.Blank(), docx.T("日"))
	p.doc.Text(docx.Heading1, "一、总体情况")
	present := 0
	for _, g := range p.Groups {
		present += g.Present
	}
	var w clause
	w.say(fmt.Sprintf("截至%s（套合 %d），套合查出疑似问题%d条。与%s（套合 %d）相比，", dayInWords(p.New.AsOf), p.New.ID, present, dayInWords(p.Old.AsOf), p.Old.ID))
	some := false
	for _, change := range Changes {
		r := p.changed(change)
		if r.Findings == 0 {
			continue
		}
		if some {
			w.say("；")
		}
		some = true
		w.say(ChangeTitle(change), fmt.Sprintf("%d个", r.Findings), briefingAreas(change, r))
	}
	if !some {
		w.say("各矿问题没有变化")
	}
	w.say("。以上均为机器套合得出的疑似线索，以实地核实为准；问题缩小、消失不等于整改到位，以验收为准。")
	p.doc.Add(docx.Body, w...)
}

// briefingAreas says what findings that changed alike come to.
func briefingAreas(change string, r BriefingRow) string {
	switch change {
	case "born":
		return "、" + fixed2(r.New.Mu) + "亩"
	case "gone":
		return "、" + fixed2(r.Old.Mu) + "亩"
	}
	return fmt.Sprintf("、由%s亩变为%s亩", fixed2(r.Old.Mu), fixed2(r.New.Mu))
}

func (p *briefingPaper) group(i int, g BriefingGroup) {
	p.doc.Text(docx.Heading2, "（"+numeral(i+1)+"）"+g.Name)
	if len(g.Rows) == 0 {
		p.doc.Text(docx.Body, fmt.Sprintf("套合查出疑似问题%d条，与上次相比没有变化。", g.Present))
		return
	}
	p.doc.Text(docx.Body, fmt.Sprintf("套合查出疑似问题%d条，有变化的%d个：", g.Present, g.Total.Findings))
	s := sheet{columns: []column{
		{"旗区", 30, docx.CellCentred},
		{"变化", 20, docx.CellCentred},
		{"个", 14, docx.CellRight},
		{"原（亩）", 30, docx.CellRight},
		{"现（亩）", 30, docx.CellRight},
		{"差（亩）", 30, docx.CellRight},
	}}
	for _, r := range append(g.Rows, g.Total) {
		s.rows = append(s.rows, []any{r.County, r.ChangeTitle, r.Findings, fixed(r.Old.Mu), fixed(r.New.Mu), fixed(r.DifferenceMu)})
	}
	p.doc.Table(s.table(p.widthMM))
}

// details is a line each finding that changed, with the first reason.
func (p *briefingPaper) details() {
	p.doc.Text(docx.Heading1, "三、变化明细")
	s := sheet{columns: []column{
		{"旗区", 16, docx.CellCentred},
		{"矿山", 24, docx.CellText},
		{"问题", 30, docx.CellText},
		{"变化", 12, docx.CellCentred},
		{"原\n（亩）", 20, docx.CellRight},
		{"现\n（亩）", 20, docx.CellRight},
		{"原因", 66, docx.CellSmall},
	}}
	for _, g := range p.Groups {
		for _, f := range g.Findings {
			s.rows = append(s.rows, []any{p.countyName(f.CountyCode), f.MineName, f.Title, f.ChangeTitle, fixed(f.Old.Mu), fixed(f.New.Mu), why(f.Causes)})
		}
	}
	if len(s.rows) == 0 {
		p.doc.Text(docx.Body, "各矿问题没有变化。")
		return
	}
	p.doc.Table(s.table(p.widthMM))
}

// why is the reason that says most, and how many more there are: that the as-of
// date is another holds for every finding.
func why(causes []Cause) string {
	if len(causes) == 0 {
		return ""
	}
	first := max(slices.IndexFunc(causes, func(c Cause) bool { return c.Kind != "as_of" }), 0)
	text := causes[first].Text
	if n := len(causes); n > 1 {
		text += fmt.Sprintf("；另有 %d 项原因，见套合比较", n-1)
	}
	return text
}

// changes is what else differs between the runs.
func (p *briefingPaper) changes() {
	p.doc.Text(docx.Heading1, "四、数据与未核查情况")
	body := func(format string, args ...any) { p.doc.Text(docx.Body, fmt.Sprintf(format, args...)) }
	for _, x := range p.Datasets {
		name := func(v *DatasetVersion) string {
			if v == nil {
				return "无"
			}
			return fmt.Sprintf("%s（%s）", day(v.Vintage), v.FileName)
		}
		body("%s%s：由%s改为%s，增加或改后%d行，减少或改前%d行。", p.countyName(x.CountyCode), x.LayerTitle, name(x.Old), name(x.New), x.RowsCame, x.RowsWent)
	}
	if len(p.Datasets) == 0 {
		body("两次套合使用的数据相同。")
	}
	if len(p.Rules) > 0 {
		body("两次套合的规则或阈值有%d处不同，见套合比较。", len(p.Rules))
	}
	for _, m := range p.Mines {
		body("%s（%s）：只有一次套合有结果。", m.MineName, m.LicenceNo)
	}
	for _, n := range p.NotEvaluated {
		body("未核查：%s", n)
	}
	if p.MinesFailed > 0 {
		body("有%d座矿山计算失败，不在以上各数之内。", p.MinesFailed)
	}
	p.doc.Text(docx.Note, strings.Join([]string{
		fmt.Sprintf("数据来源：套合 %d 与套合 %d，结果摘要 SHA-256 分别为：", p.Old.ID, p.New.ID), p.Old.Digest, p.New.Digest, p.Surface,
	}, "\n"))
}
