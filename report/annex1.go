package report

import (
	"fmt"
	"strings"

	"github.com/taohe-gis/taohe"
)

// An Annex1 is the form 摸排情况表 (附件1): a sheet for each working group.
type Annex1 struct {
	// Title is the campaign's, with the county before it where there is one.
	Title string
	// Deadline is the campaign's general one, which the form's notes quote.
	Deadline taohe.Date
	Source   RunSource
	Groups   []Annex1Group
	// MinesFailed is how many mines have no line because they were not computed.
	MinesFailed int
}

// A RunSource is the run that a paper's figures come from.
type RunSource struct {
	RunID  int64
	AsOf   taohe.Date
	Digest string
	// Ledger is the state of the ledger that the paper was made from; nil where the
	// paper does not look at it.
	Ledger *LedgerState
}

// A LedgerState is the ledger as an event left it: made from the same run and
// event, a paper is the same.
type LedgerState struct {
	EventNo int64 // 0 where the ledger was empty
	On      taohe.Date
	SHA256  string
}

// Text names it; short leaves most of the hash out.
func (s LedgerState) Text(short bool) string {
	if s.EventNo == 0 {
		return "尚无记录"
	}
	sum := s.SHA256
	if short {
		sum = sum[:min(len(sum), 12)]
	}
	return fmt.Sprintf("第 %d 号事件（%s，SHA-256 %s）", s.EventNo, s.On, sum)
}

// Text says so on the paper.
func (s RunSource) Text() string {
	ledger := ""
	if s.Ledger != nil {
		ledger = "台账：" + s.Ledger.Text(true) + "。"
	}
	return fmt.Sprintf("数据来源：套合 %d，截止日 %s，结果摘要 SHA-256 %s。%s机器套合结果均为疑似线索，须实地核实。%s", s.RunID, day(s.AsOf), s.Digest, ledger, SurfaceStatement)
}

// An Annex1Group is the form of one working group.
type Annex1Group struct {
	Group int
	Name  string
	Rows  []Annex1Row
	// NotEvaluated says which rules of the group could not be asked.
	NotEvaluated []string
}

// An Annex1Row is one line of the form. What only people can say stays empty
// until they say it.
type Annex1Row struct {
	Enterprise       string
	Township         string
	MethodAndMineral string
	ProblemType      string
	Problem          string
	Measures         string
	Deadline         taohe.Date
	Responsible      string
}

// annex1Columns are the columns of the form in its words, with how many
// characters of the body each is wide.
var annex1Columns = []struct {
	title   string
	widthMM float64
}{
	{"序号", 14},
	{"矿山企业", 56},
	{"行政区域\n(苏木镇)", 26},
	{"开采方式、\n矿种", 30},
	{"问题类型", 42},
	{"排查发现问题", 90},
	{"整改措施", 48},
	{"完成\n整改时限", 37},
	{"整改责任人及\n联系方式", 34},
}

// Ranks are those from which up the person answerable must be: the form asks for
// 旗区副科级以上实职分管领导.
var Ranks = []string{"副科", "正科", "科级", "副处", "正处", "处级", "副厅", "正厅", "厅级"}

// notes are what stands below the form.
func (a Annex1) notes(g Annex1Group) []string {
	out := []string{
		"注：1. 开采方式须填写规范，如“露天/井工+煤矿/石灰石/...”",
		"　　2. 问题类型须表述详细，如“临时用地批小占大”“排土场/排矸场超界/超标高”“违法违规侵占林地/草原”“矿区生态环境”“到期未复垦/未还地”等",
		"　　3. 整改责任人至少为旗区副科级以上实职分管领导",
		fmt.Sprintf("　　4. 整改时限不得超过%s", dayInWords(a.Deadline)),
	}
	for _, r := range g.Rows {
		if r.Deadline.After(a.Deadline) {
			out[3] += "（历史遗留无主尾矿坑等另有规定的，按表中所列）"
			break
		}
	}
	for _, n := range g.NotEvaluated {
		out = append(out, "　　未核查："+n)
	}
	if a.MinesFailed > 0 {
		out = append(out, fmt.Sprintf("　　有 %d 座矿山计算失败，不在本表之内，不等于没有问题", a.MinesFailed))
	}
	return append(out, "　　"+a.Source.Text())
}

// name is the line 排查工作组 of the form.
func (g Annex1Group) name() string { return "排查工作组：" + g.Name }

// nothing is printed where a group has no line.
const nothing = "本次套合未发现本组所列问题。"

// cells are a line of the form as text, the number first.
func (r Annex1Row) cells(no int) []string {
	return []string{
		fmt.Sprint(no), r.Enterprise, r.Township, r.MethodAndMineral, r.ProblemType, r.Problem, r.Measures, dayInWords(r.Deadline), r.Responsible,
	}
}

// dayInWords is a day as official papers write it; empty for none.
func dayInWords(d taohe.Date) string {
	if d.IsZero() {
		return ""
	}
	t := d.Time()
	return fmt.Sprintf("%d年%d月%d日", t.Year(), t.Month(), t.Day())
}

func day(d taohe.Date) string {
	if d.IsZero() {
		return "—"
	}
	return d.String()
}

// oneLine is a column's title without its line break.
func oneLine(s string) string { return strings.ReplaceAll(s, "\n", "") }
