package report

import (
	"fmt"
	"strconv"

	"github.com/taohe-gis/taohe/report/docx"
)

// table has every figure by county, adding up to its last line.
func (p *annex2Paper) table() {
	width := docx.A4.TextWidthMM()
	t := docx.Table{
		WidthsMM: []float64{0.46 * width, 0.18 * width, 0.16 * width, 0.2 * width},
		Head:     []docx.Row{{docx.C(docx.TableHead, "项目"), docx.C(docx.TableHead, "旗区"), docx.C(docx.TableHead, "家（处、个）"), docx.C(docx.TableHead, "面积（亩）")}},
	}
	add := func(title string, n int, total, shared Area, notEvaluated bool, counties []CountyPart) {
		whole := len(counties) > 1 || shared.EllipsoidalAreaM2 > 0 // a county alone is its own total
		lines := len(counties)
		if whole {
			lines++
		}
		if shared.EllipsoidalAreaM2 > 0 {
			lines++
		}
		line := func(name string, n string, mu string) {
			row := docx.Row{}
			if lines > 0 {
				row, lines = append(row, docx.Cell{Runs: []docx.Run{docx.T(title)}, Style: docx.CellText, Rows: lines}), 0
			}
			t.Rows = append(t.Rows, append(row, docx.C(docx.CellCentred, name), docx.C(docx.CellRight, n), docx.C(docx.CellRight, mu)))
		}
		said := func(n int, a Area, notEvaluated bool) (string, string) {
			if notEvaluated {
				return "未核查", "未核查"
			}
			return strconv.Itoa(n), fixed2(a.Mu)
		}
		for _, c := range counties {
			n, mu := said(c.Count, c.Area, c.NotEvaluated)
			line(c.County, n, mu)
		}
		if shared.EllipsoidalAreaM2 > 0 {
			line("减：重叠", "—", "-"+fixed2(shared.Mu))
		}
		if whole {
			count, mu := said(n, total, notEvaluated)
			line("合计", count, mu)
		}
	}
	figures := func(before string, asked bool, all ...PaperFigure) {
		for _, f := range all {
			if !asked && f.Count == 0 && !f.NotEvaluated {
				continue
			}
			add(before+f.Title, f.Count, f.Area, f.Shared, f.NotEvaluated, f.Counties)
		}
	}
	for _, g := range p.Groups {
		switch g.Group {
		case 1:
			for i, s := range p.Strata {
				// The form asks of open-pit coal; of others stands what there is.
				figures(s.Title+"：", i == 0, s.figures()...)
			}
		case 3:
			figures("", true, p.Vegetation, p.Grassland, p.Forest)
		case 4:
			for _, x := range append([]Annex2Pits{p.Pits}, p.PitsByOwner...) {
				var counties []CountyPart
				for _, c := range x.Counties {
					counties = append(counties, CountyPart{c.County, c.Places, c.Area, c.NotEvaluated})
				}
				add(x.Title+"尾矿坑（处）", x.Places, x.Area, x.Shared, x.NotEvaluated, counties)
			}
		}
		figures("", true, g.Others...)
	}
	if g := p.Progress; g != nil {
		for _, d := range append(g.measures(), g.Closed...) {
			figures("台账问题：", d.Count > 0, d.PaperFigure)
		}
	}
	if len(t.Rows) == 0 {
		return
	}
	p.doc.Break()
	p.doc.Text(docx.Caption, "附表　各项数字分旗区情况")
	p.doc.Table(t)
	p.doc.Text(docx.Note, "家数按企业名称去重，一家企业在几个旗区有矿山的，合计只计一次，各旗区家数相加可能大于合计。自然保护区是保护区的一部分，两数不相加。非露天矿山为井工和未登记开采方式的矿山。各项之间可能重叠，不相加。")
}

// explain says where the figures come from and what they do not hold.
func (p *annex2Paper) explain() {
	note := func(text string) { p.doc.Text(docx.Note, text) }
	text := "说明：1. 标黄处为套合不能得出、须由工作组填写的内容。2. 面积为各地块合并后的面积，重叠处只计一次；旗区按地块所在行政区划计，不在其他旗区区划内的按矿山所在旗区计，处数和存在问题企业数按矿山（图斑）所在旗区计。3. 违法违规使用临时用地包括未批先占、批小占大、批东占西和到期后继续占用，不含违法违规建设；临时用地进入保护区指截止日在期的批准范围；违法违规建设进入保护区指建设占地；保护区含自然保护区等全部类别，不含水源地。4. 到期未复垦、未还地为整宗批准的面积。"
	if p.Progress != nil {
		text += "5. 整改、查处、销号各数按台账在所列事件时的状态统计，不含已排除的问题；“个”为台账问题数，面积为其最后一次查到的地块合并后的面积，重叠处只计一次，手工录入的问题没有面积；一个问题可采取几种措施，各项不相加；旗区按台账所列。"
	}
	note(text)
	for _, g := range p.Groups {
		for _, n := range g.NotEvaluated {
			note("未核查：" + n)
		}
	}
	if p.MinesFailed > 0 {
		note(fmt.Sprintf("有 %d 座矿山计算失败，不在以上各数之内。", p.MinesFailed))
	}
	if p.Gridded {
		note("个别图形直接合并时出错，已先归整到 0.01 毫米的网格再合并。")
	}
	note(p.Source.Text())
}
