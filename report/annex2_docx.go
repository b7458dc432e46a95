package report

import (
	"fmt"
	"io"
	"strconv"

	"github.com/taohe-gis/taohe/report/docx"
)

// WriteAnnex2DOCX writes 汇报材料 (附件2) as a Word document, in the words and the
// type of its form. What a run cannot say is a marked blank.
func WriteAnnex2DOCX(w io.Writer, a Annex2) error {
	p := annex2Paper{Annex2: a, doc: docx.New("矿山以案促改专项行动汇报提纲", docx.A4)}
	p.front()
	for i, g := range a.Groups {
		if len(a.Groups) > 1 {
			p.doc.Text(docx.Heading3, fmt.Sprintf("%d.%s", i+1, g.Name))
		}
		switch g.Group {
		case 1:
			p.openPits()
		case 2:
			p.dumps()
		case 3:
			p.vegetation()
		case 4:
			p.pits()
		}
		p.others(g)
	}
	p.rectification()
	p.table()
	p.explain()
	if err := p.doc.Write(w); err != nil {
		return fmt.Errorf("annex 2: %w", err)
	}
	return nil
}

type annex2Paper struct {
	Annex2
	doc *docx.Document
}

// A clause is a paragraph being put together.
type clause []docx.Run

func (w *clause) say(texts ...string) {
	for _, t := range texts {
		*w = append(*w, docx.T(t))
	}
}

func (w *clause) blank() { *w = append(*w, docx.Blank()) }

// number is a count, or a blank where it could not be asked.
func (w *clause) number(n int, notEvaluated bool) {
	if notEvaluated {
		w.blank()
		return
	}
	w.say(strconv.Itoa(n))
}

func (w *clause) mu(a Area, notEvaluated bool) {
	if notEvaluated {
		w.blank()
		return
	}
	w.say(fixed2(a.Mu))
}

// figure says so many 家 and 亩, with what stands between them.
func (w *clause) figure(enterprises int, between string, a Area, notEvaluated bool) {
	w.number(enterprises, notEvaluated)
	w.say(between)
	w.mu(a, notEvaluated)
	w.say("亩")
}

const householdsAndArea = "家、面积"

// counties says a figure county by county.
func (w *clause) counties(f PaperFigure) {
	for i, c := range f.Counties {
		if i > 0 {
			w.say("，")
		}
		w.say(c.County)
		w.figure(c.Count, householdsAndArea, c.Area, c.NotEvaluated)
	}
	w.shared(f.Shared)
}

func (w *clause) shared(a Area) {
	if a.EllipsoidalAreaM2 > 0 {
		w.say("（其中重叠", fixed2(a.Mu), "亩，合计只计一次）")
	}
}

func (p *annex2Paper) body(w clause) { p.doc.Add(docx.Body, w...) }

func (p *annex2Paper) front() {
	p.doc.Text(docx.Title, "矿山以案促改专项行动汇报提纲")
	p.doc.Text(docx.Plain, "")
	var name clause
	if p.GroupName == "" {
		name.blank()
	} else {
		name.say(p.GroupName)
	}
	p.doc.Add(docx.Subtitle, name...)
	p.doc.Add(docx.Subtitle, docx.T("（"), docx.Blank(), docx.T("年"), docx.Blank(), docx.T("月"), docx.Blank(), docx.T("日）"))
	p.doc.Text(docx.Plain, "")
	p.doc.Text(docx.Heading1, "一、实施排查情况")
	var w clause
	w.date()
	w.say("—")
	w.date()
	w.say("，专项工作组下沉")
	for i, c := range p.Counties {
		if i > 0 {
			w.say("、")
		}
		w.say(c)
	}
	w.say("开展工作，于")
	w.date()
	w.say("完成摸排全覆盖，共发现存在问题矿山企业")
	w.number(p.Problem.Count, p.Problem.NotEvaluated)
	w.say("家。其中：")
	for i, c := range p.Problem.Counties {
		if i > 0 {
			w.say("，")
		}
		w.say(c.County)
		w.number(c.Count, c.NotEvaluated)
		w.say("家")
	}
	w.say("。以上及以下各数均出自影像套合，属疑似，以实地核实为准。")
	p.body(w)
}

func (w *clause) date() {
	w.blank()
	w.say("月")
	w.blank()
	w.say("日")
}

// others is what the form does not ask for and the group has to report.
func (p *annex2Paper) others(g Annex2Group) {
	var w clause
	if g.Group == 1 && len(p.Strata) == 0 {
		return
	}
	w.say("其他需要报告说明的情况")
	if g.Group == 1 {
		w.say("（不限露天煤矿）")
	}
	w.say("：")
	some := false
	for _, f := range g.Others {
		if f.Count == 0 {
			continue
		}
		if some {
			w.say("；")
		}
		some = true
		w.say(f.Title)
		w.figure(f.Count, householdsAndArea, f.Area, false)
	}
	if u := p.Unlicensed; g.Group == 1 && u != nil && u.Places > 0 {
		if some {
			w.say("；")
		}
		some = true
		w.say(fmt.Sprintf("另有不归属任何矿业权的采场%d处、面积%s亩", u.Places, fixed2(u.Mu)))
	}
	if some {
		w.say("。")
	}
	w.blank()
	p.body(w)
}

// rectification is parts two and three of the form.
func (p *annex2Paper) rectification() {
	p.doc.Text(docx.Heading1, "二、整改落实情况")
	p.doc.Text(docx.Heading2, "一是责任落实方面")
	var w clause
	w.say("各旗区是否成立专项工作组：")
	w.blank()
	w.say("，是否按照“一矿一案”要求推进落实整改工作：")
	w.blank()
	w.say("，于")
	w.date()
	w.say("全面投入专项行动。在责任落实方面采取的有效举措、亮点做法：")
	w.blank()
	w.say("。")
	p.body(w)
	p.doc.Text(docx.Heading2, "二是工作推进方面")
	w = nil
	w.say(p.Region, "矿区问题")
	if g := p.Progress; g == nil {
		w.progress(nil, 0, 0, 0, 0)
		w.say("；分旗区：")
		w.blank()
		w.say("。")
		p.body(w)
	} else {
		w.say("（截至", dayInWords(g.On), "的台账）")
		w.progress(g, g.Items, g.Rectified, g.Rectifying, g.OnSchedule)
		w.say("；分旗区：")
		for i, c := range g.Counties {
			if i > 0 {
				w.say("；")
			}
			w.say(c.County)
			w.progress(g, c.Items, c.Rectified, c.Rectifying, c.OnSchedule)
		}
		w.say("。")
		p.body(w)
		p.done("查处情况：", g.measures())
		p.done("销号情况：", g.Closed)
	}
	w = nil
	w.say("亮点做法和显著成效：")
	w.blank()
	w.say("。")
	p.body(w)
	p.doc.Text(docx.Heading2, "三是存在问题")
	p.doc.Add(docx.Body, docx.Blank())
	p.doc.Text(docx.Heading1, "三、下一步工作安排")
	p.doc.Add(docx.Body, docx.Blank())
}

// done says about how many items something was done, one after the other.
func (p *annex2Paper) done(what string, all []Annex2Done) {
	var w clause
	w.say(what)
	for i, d := range all {
		if i > 0 {
			w.say("；")
		}
		w.say(d.Title)
		w.figure(d.Count, "个、面积", d.Area, false)
		if d.FinedYuan > 0 {
			w.say("、金额", fixed2(d.FinedYuan), "元")
		}
	}
	w.say("。")
	p.body(w)
}

func (w *clause) progress(known *Annex2Progress, items, rectified, rectifying, onSchedule int) {
	for _, x := range []struct {
		name string
		n    int
	}{{"共", items}, {"，完成整改", rectified}, {"，正在整改", rectifying}, {"，达到序时进度", onSchedule}} {
		w.say(x.name)
		w.number(x.n, known == nil)
		w.say("个")
	}
}
