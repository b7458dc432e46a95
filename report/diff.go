package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/taohe-gis/taohe"
)

// A RunDiff says how a run differs from one before: which findings came, went,
// grew, shrank or moved, by how much and why.
type RunDiff struct {
	Old      DiffRun         `json:"old"`
	New      DiffRun         `json:"new"`
	Surface  string          `json:"surface" doc:"面积口径"`
	Datasets []DatasetChange `json:"datasets" doc:"两次套合读取的不同数据版本"`
	Rules    []RuleChange    `json:"rules" doc:"规则与阈值的变化"`
	Mines    []MineChange    `json:"mines" doc:"只有一次套合算出的矿山"`
	Totals   []DiffTotal     `json:"totals" doc:"按变化类别合计"`
	Findings []FindingChange `json:"findings" doc:"有变化的问题；按许可证号、规则排列"`
}

// A DiffRun is one of the runs compared.
type DiffRun struct {
	ID            int64      `json:"id"`
	AsOf          taohe.Date `json:"as_of"`
	RuleSetSHA256 string     `json:"rule_set_sha256"`
	Digest        string     `json:"digest"`
	WhatIf        []int64    `json:"what_if" doc:"假设已验收的数据；为空即正式套合"`
}

// A DatasetVersion is a version in a comparison.
type DatasetVersion struct {
	ID       int64      `json:"id"`
	Vintage  taohe.Date `json:"vintage"`
	FileName string     `json:"file_name"`
}

// A DatasetChange is a layer of which the runs read different versions.
type DatasetChange struct {
	CountyCode      string          `json:"county_code"`
	Layer           string          `json:"layer"`
	LayerTitle      string          `json:"layer_title"`
	Source          string          `json:"source"`
	Old             *DatasetVersion `json:"old" doc:"null：原先没有"`
	New             *DatasetVersion `json:"new" doc:"null：不再读取"`
	RowsCame        int64           `json:"rows_came" doc:"新增或改动后的行数"`
	RowsWent        int64           `json:"rows_went" doc:"减少或改动前的行数"`
	LookedElsewhere bool            `json:"looked_elsewhere" doc:"影像判读范围或数据覆盖范围有变化"`
}

// A RuleChange is a threshold, or part of a rule, that differs.
type RuleChange struct {
	Rule string `json:"rule" doc:"规则代码；阈值为空"`
	Key  string `json:"key"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// A MineChange is a mine that only one of the runs has figures of.
type MineChange struct {
	LicenceNo  string `json:"licence_no"`
	MineName   string `json:"mine_name"`
	Enterprise string `json:"enterprise"`
	OldStatus  string `json:"old_status" doc:"done、failed；没有这座矿山时为空"`
	NewStatus  string `json:"new_status"`
}

// A DiffTotal sums the findings that changed alike.
type DiffTotal struct {
	Change       string  `json:"change"`
	Title        string  `json:"title"`
	Findings     int     `json:"findings"`
	Old          Area    `json:"old"`
	New          Area    `json:"new"`
	DifferenceMu float64 `json:"difference_mu"`
}

// A FindingChange is a finding that differs.
type FindingChange struct {
	LicenceNo   string `json:"licence_no"`
	CountyCode  string `json:"county_code"`
	Group       int    `json:"group" doc:"排查工作组"`
	MineName    string `json:"mine_name"`
	Enterprise  string `json:"enterprise"`
	Rule        string `json:"rule"`
	Title       string `json:"title"`
	Change      string `json:"change" doc:"born 新增、gone 消失、grown 扩大、shrunk 缩小、moved 移位"`
	ChangeTitle string `json:"change_title"`
	// OldID and NewID are the findings' addresses, empty where there is none.
	OldID        string  `json:"old_id"`
	NewID        string  `json:"new_id"`
	Old          Area    `json:"old"`
	New          Area    `json:"new"`
	Gained       Area    `json:"gained" doc:"新增的地块"`
	Lost         Area    `json:"lost" doc:"减少的地块"`
	DifferenceMu float64 `json:"difference_mu" doc:"印出的新旧亩数之差"`
	Causes       []Cause `json:"causes"`
}

// A Cause is one reason why a finding differs.
type Cause struct {
	Kind string `json:"kind" doc:"row 数据行、dataset 数据版本、rule 规则或阈值、as_of 截止日、mine 矿山、not_evaluated 未核查"`
	Text string `json:"text"`
	// Old and New are the row in each run.
	Old    *ChangedRow   `json:"old,omitempty"`
	New    *ChangedRow   `json:"new,omitempty"`
	Over   *Area         `json:"over,omitempty" doc:"该行与变化地块重叠的面积；不重叠的本矿数据没有这一项"`
	Fields []FieldChange `json:"fields,omitempty"`
}

// A ChangedRow is a row of data in a cause.
type ChangedRow struct {
	Layer      string `json:"layer"`
	DatasetID  int64  `json:"dataset_id"`
	Label      string `json:"label"`
	FileName   string `json:"file_name"`
	FileSHA256 string `json:"file_sha256"`
	Row        int    `json:"row"`
}

// A FieldChange is a field that a row states otherwise.
type FieldChange struct {
	Name string `json:"name"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// Changes are the kinds of change in the order they are printed.
var Changes = []string{"born", "gone", "grown", "shrunk", "moved"}

var changeTitles = map[string]string{"born": "新增", "gone": "消失", "grown": "扩大", "shrunk": "缩小", "moved": "移位"}

// ChangeTitle is the Chinese of a change.
func ChangeTitle(change string) string { return changeTitles[change] }

// NewFindingChange prints the areas of a finding in two runs and what lies
// between them; areas are unrounded square metres, 0 where there is no finding.
func NewFindingChange(change string, oldM2, newM2, gainedM2, lostM2 float64) FindingChange {
	f := FindingChange{
		Change: change, ChangeTitle: ChangeTitle(change), Old: NewArea(oldM2), New: NewArea(newM2),
		Gained: NewArea(gainedM2), Lost: NewArea(lostM2), Causes: []Cause{},
	}
	f.DifferenceMu = round2(f.New.Mu - f.Old.Mu)
	return f
}

// Total sums the printed findings of each kind of change: the sums are those of
// the lines above them.
func (d *RunDiff) Total() {
	d.Totals = []DiffTotal{}
	for _, change := range Changes {
		t := DiffTotal{Change: change, Title: ChangeTitle(change)}
		for _, f := range d.Findings {
			if f.Change != change {
				continue
			}
			t.Findings++
			t.Old = Area{round2(t.Old.EllipsoidalAreaM2 + f.Old.EllipsoidalAreaM2), round2(t.Old.Mu + f.Old.Mu)}
			t.New = Area{round2(t.New.EllipsoidalAreaM2 + f.New.EllipsoidalAreaM2), round2(t.New.Mu + f.New.Mu)}
			t.DifferenceMu = round2(t.DifferenceMu + f.DifferenceMu)
		}
		if t.Findings > 0 {
			d.Totals = append(d.Totals, t)
		}
	}
}

// RowCauseText says in words what a row that differs is.
func RowCauseText(c Cause, layerTitle string) string {
	var b strings.Builder
	switch {
	case c.Old == nil:
		fmt.Fprintf(&b, "新增%s %s（%s 第 %d 行）", layerTitle, c.New.Label, c.New.FileName, c.New.Row)
	case c.New == nil:
		fmt.Fprintf(&b, "减少%s %s（%s 第 %d 行）", layerTitle, c.Old.Label, c.Old.FileName, c.Old.Row)
	default:
		fmt.Fprintf(&b, "%s %s 有改动（%s 第 %d 行）", layerTitle, c.New.Label, c.New.FileName, c.New.Row)
		if len(c.Fields) == 0 {
			b.WriteString("：图形")
		}
		for i, f := range c.Fields {
			b.WriteString([]string{"：", "，"}[min(i, 1)])
			fmt.Fprintf(&b, "%s 由“%s”改为“%s”", f.Name, f.Old, f.New)
		}
	}
	if c.Over != nil {
		fmt.Fprintf(&b, "，与变化地块重叠 %s 亩", fixed2(c.Over.Mu))
	} else {
		b.WriteString("，不在变化地块上，但属于本矿")
	}
	return b.String()
}

// WriteDiffJSON writes a comparison as JSON, indented, ending in a newline.
func WriteDiffJSON(w io.Writer, d *RunDiff) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(d)
}
