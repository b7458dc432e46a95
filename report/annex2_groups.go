package report

import (
	"fmt"

	"github.com/taohe-gis/taohe/report/docx"
)

// temporary is the sentence on temporary land, of a stratum.
func (w *clause) temporary(s Annex2Stratum, verb string) {
	w.say(verb)
	w.figure(s.TemporaryLand.Count, householdsAndArea, s.TemporaryLand.Area, s.TemporaryLand.NotEvaluated)
	w.say("，有")
	w.figure(s.ApprovalInProtected.Count, "家临时用地进入保护区、面积", s.ApprovalInProtected.Area, s.ApprovalInProtected.NotEvaluated)
	w.say("，")
	w.figure(s.ApprovalInReserve.Count, "家进入自然保护区、面积", s.ApprovalInReserve.Area, s.ApprovalInReserve.NotEvaluated)
}

// openPits is group 1.
func (p *annex2Paper) openPits() {
	coal, rest := p.Strata[0], p.Strata[1:]
	supplement := func(verb func(w *clause, s Annex2Stratum), figures func(Annex2Stratum) []PaperFigure) {
		var w clause
		w.say("其他需要报告说明的情况：")
		found := false
		for _, s := range rest {
			some := false
			for _, f := range figures(s) {
				some = some || f.Count > 0 || f.NotEvaluated
			}
			if some {
				if found {
					w.say("；")
				}
				found = true
				verb(&w, s)
			}
		}
		if !found {
			w.say("其他矿山未发现上述问题")
		}
		w.say("。")
		w.blank()
		p.body(w)
	}

	p.doc.Text(docx.Heading2, "一是临时用地方面")
	var w clause
	w.temporary(coal, "排查发现露天煤矿违法违规使用临时用地")
	w.say("；其中：")
	for i := range coal.TemporaryLand.Counties {
		if i > 0 {
			w.say("；")
		}
		part := county(coal, i)
		w.temporary(part, p.Counties[i]+"违法违规使用临时用地")
	}
	w.say("。")
	w.shares(coal.TemporaryLand, coal.ApprovalInProtected, coal.ApprovalInReserve)
	p.body(w)
	supplement(func(w *clause, s Annex2Stratum) { w.temporary(s, s.Title+"违法违规使用临时用地") },
		func(s Annex2Stratum) []PaperFigure { return []PaperFigure{s.TemporaryLand, s.ApprovalInProtected} })

	p.doc.Text(docx.Heading2, "二是复垦还地方面")
	w = nil
	w.say("排查发现")
	w.figure(coal.ReclamationOverdue.Count, "家露天煤矿临时用地到期未复垦、面积", coal.ReclamationOverdue.Area, coal.ReclamationOverdue.NotEvaluated)
	w.say("，其中：")
	w.counties(coal.ReclamationOverdue)
	w.say("。")
	w.figure(coal.ReturnOverdue.Count, "家露天煤矿临时用地到期完成复垦但未还地、面积", coal.ReturnOverdue.Area, coal.ReturnOverdue.NotEvaluated)
	w.say("，其中：")
	w.counties(coal.ReturnOverdue)
	w.say("。")
	p.body(w)
	supplement(func(w *clause, s Annex2Stratum) {
		w.say(s.Title, "临时用地到期未复垦")
		w.figure(s.ReclamationOverdue.Count, householdsAndArea, s.ReclamationOverdue.Area, s.ReclamationOverdue.NotEvaluated)
		w.say("，到期完成复垦但未还地")
		w.figure(s.ReturnOverdue.Count, householdsAndArea, s.ReturnOverdue.Area, s.ReturnOverdue.NotEvaluated)
	}, func(s Annex2Stratum) []PaperFigure { return []PaperFigure{s.ReclamationOverdue, s.ReturnOverdue} })

	p.doc.Text(docx.Heading2, "三是违法违规建设方面")
	w = nil
	w.construction(coal, "排查发现", "家露天煤矿存在违法违规建设行为、面积")
	w.say("；其中：")
	for i := range coal.Construction.Counties {
		if i > 0 {
			w.say("；")
		}
		w.construction(county(coal, i), p.Counties[i], "家存在违法违规建设行为、面积")
	}
	w.say("。")
	w.shares(coal.Construction, coal.ConstructionInProtected, coal.ConstructionInReserve)
	p.body(w)
	supplement(func(w *clause, s Annex2Stratum) {
		w.construction(s, s.Title, "家存在违法违规建设行为、面积")
	},
		func(s Annex2Stratum) []PaperFigure { return []PaperFigure{s.Construction} })
}

func (w *clause) construction(s Annex2Stratum, before, what string) {
	w.say(before)
	w.figure(s.Construction.Count, what, s.Construction.Area, s.Construction.NotEvaluated)
	w.say("，有")
	w.figure(s.ConstructionInProtected.Count, "家违法违规建设进入保护区、面积", s.ConstructionInProtected.Area, s.ConstructionInProtected.NotEvaluated)
	w.say("，")
	w.figure(s.ConstructionInReserve.Count, "家进入自然保护区、面积", s.ConstructionInReserve.Area, s.ConstructionInReserve.NotEvaluated)
}

// shares says of figures what several counties' mines share.
func (w *clause) shares(figures ...PaperFigure) {
	for _, f := range figures {
		if f.Shared.EllipsoidalAreaM2 > 0 {
			w.say(f.Title, "各旗区间重叠", fixed2(f.Shared.Mu), "亩，合计只计一次。")
		}
	}
}

// county is a stratum's figures in one county.
func county(s Annex2Stratum, i int) Annex2Stratum {
	part := func(f PaperFigure) PaperFigure {
		c := f.Counties[i]
		return PaperFigure{Title: f.Title, Count: c.Count, Area: c.Area, NotEvaluated: c.NotEvaluated}
	}
	return Annex2Stratum{
		Title: s.Title, TemporaryLand: part(s.TemporaryLand), ApprovalInProtected: part(s.ApprovalInProtected), ApprovalInReserve: part(s.ApprovalInReserve),
		ReclamationOverdue: part(s.ReclamationOverdue), ReturnOverdue: part(s.ReturnOverdue),
		Construction: part(s.Construction), ConstructionInProtected: part(s.ConstructionInProtected), ConstructionInReserve: part(s.ConstructionInReserve),
	}
}

// dumps is group 2, of which a run knows the dumps alone.
func (p *annex2Paper) dumps() {
	p.doc.Text(docx.Heading2, "一是矿区环境方面")
	var w clause
	w.say("排查发现", p.Region, "矿区生态环境整改治理任务")
	w.blank()
	w.say("项，其中：")
	w.blank()
	w.say("；整改责任、措施、时限是否全部落实到位：")
	w.blank()
	w.say("。")
	p.body(w)
	p.doc.Text(docx.Heading2, "二是排土排矸场方面")
	w = nil
	w.say("排查发现不达标排土排矸场")
	w.number(p.Dumps.Places, p.Dumps.NotEvaluated)
	w.say("处，其中：")
	for i, c := range p.Dumps.Counties {
		if i > 0 {
			w.say("；")
		}
		w.say(c.County)
		w.number(c.Places, c.NotEvaluated)
		w.say("处")
		for j, x := range c.Problems {
			w.say([]string{"，存在的具体问题：", "、"}[min(j, 1)])
			w.say(fmt.Sprintf("%s%d处（%d家、%s亩）", x.Title, x.Places, x.Enterprises, fixed2(x.Mu)))
		}
	}
	w.say("。同一处有几类问题的，各类都计，处数只计一次。")
	p.body(w)
	p.doc.Text(docx.Heading2, "三是绿色矿山建设方面")
	w = nil
	w.say(p.Region, "共进入自治区绿色矿山建设名录的企业")
	w.blank()
	w.say("家，于")
	w.date()
	w.say("完成排查全覆盖，发现")
	w.blank()
	w.say("家存在绿色矿山建设不达标、申报过程弄虚作假和矿山地质环境修复治理不到位等问题，其中：")
	w.blank()
	w.say("。")
	p.body(w)
}

// vegetation is group 3.
func (p *annex2Paper) vegetation() {
	var w clause
	w.say("排查发现违法违规侵占林草资源矿山")
	w.figure(p.Vegetation.Count, householdsAndArea, p.Vegetation.Area, p.Vegetation.NotEvaluated)
	w.say("，其中：草原")
	w.figure(p.Grassland.Count, householdsAndArea, p.Grassland.Area, p.Grassland.NotEvaluated)
	w.say("，林地")
	w.figure(p.Forest.Count, householdsAndArea, p.Forest.Area, p.Forest.NotEvaluated)
	if p.BothVegetation.EllipsoidalAreaM2 > 0 {
		w.say("，林地、草原图层同时认定的", fixed2(p.BothVegetation.Mu), "亩两项中都有，合计只计一次")
	}
	w.say("。分旗区看，")
	for i, c := range p.Vegetation.Counties {
		if i > 0 {
			w.say("；")
		}
		w.say(c.County, "侵占林草")
		w.figure(c.Count, householdsAndArea, c.Area, c.NotEvaluated)
		for _, of := range []struct {
			name string
			f    PaperFigure
		}{{"草原", p.Grassland}, {"林地", p.Forest}} {
			w.say("，", of.name)
			x := of.f.Counties[i]
			w.figure(x.Count, householdsAndArea, x.Area, x.NotEvaluated)
		}
	}
	w.say("。")
	w.shares(p.Vegetation, p.Grassland, p.Forest)
	p.body(w)
}

// pits is group 4.
func (p *annex2Paper) pits() {
	var w clause
	w.say("排查发现露天开采形成的尾矿坑")
	w.figure(p.Pits.Places, "处、面积", p.Pits.Area, p.Pits.NotEvaluated)
	w.say("，破坏自然林草地面积")
	w.optionalMu(p.Pits.Vegetation)
	w.say("亩，已开展生态修复")
	w.number(p.Pits.Restored, p.Pits.NotEvaluated)
	w.say("处。其中：")
	for i, o := range p.PitsByOwner {
		if i > 0 {
			w.say("；")
		}
		w.say(o.Title, "尾矿坑")
		w.figure(o.Places, "处、面积", o.Area, o.NotEvaluated)
		w.say("，已开展生态修复")
		w.number(o.Restored, o.NotEvaluated)
		w.say("处")
	}
	w.shared(p.Pits.SharedByOwners)
	w.say("。分旗区看，")
	for i, c := range p.Pits.Counties {
		if i > 0 {
			w.say("；")
		}
		w.say(c.County)
		w.figure(c.Places, "处、面积", c.Area, c.NotEvaluated)
		w.say("，破坏自然林草地面积")
		w.optionalMu(c.Vegetation)
		w.say("亩，已开展生态修复")
		w.number(c.Restored, c.NotEvaluated)
		w.say("处")
		for _, o := range p.PitsByOwner {
			x := o.Counties[i]
			w.say("，", o.Title)
			w.figure(x.Places, "处、面积", x.Area, x.NotEvaluated)
		}
	}
	w.shared(p.Pits.Shared)
	w.say("。")
	p.body(w)
}

func (w *clause) optionalMu(a *Area) {
	if a == nil {
		w.blank()
		return
	}
	w.mu(*a, false)
}
