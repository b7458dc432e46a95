package api

import (
	"cmp"
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// Place are the parameters that choose mines by who and where they are.
type Place struct {
	County         string `query:"county" doc:"六位旗区代码"`
	Township       string `query:"township" doc:"苏木镇的名称；写 - 即没有写明的"`
	Enterprise     string `query:"enterprise" doc:"矿山企业名称的一部分"`
	EnterpriseName string `query:"enterprise_name" doc:"矿山企业的完整名称"`
	Mineral        string `query:"mineral" doc:"矿种；写 - 即没有写明的"`
}

func (p Place) chosen() overlay.Place {
	return overlay.Place{CountyCode: p.County, Township: p.Township, Enterprise: p.Enterprise, EnterpriseName: p.EnterpriseName, Mineral: p.Mineral}
}

// words are the parameters as an address has them.
func (p Place) words() []string {
	return []string{"county", p.County, "township", p.Township, "enterprise", p.Enterprise, "enterprise_name", p.EnterpriseName, "mineral", p.Mineral}
}

// A StatisticsFigure is how many there are of something, and what lists them.
type StatisticsFigure struct {
	Code              string   `json:"code"`
	Title             string   `json:"title"`
	Count             int      `json:"count" doc:"list 所列的个数"`
	EllipsoidalAreaM2 *float64 `json:"ellipsoidal_area_m2" doc:"list 所列各项椭球面积之和，平方米，两位小数；不宜相加（几条规则可能说的是同一地块）或没有面积时为 null"`
	Mu                *float64 `json:"mu" doc:"同上，亩"`
	List              string   `json:"list" doc:"逐个列出所计各项的网址"`
}

// A StatisticsDate is what was found when an image date was the newest.
type StatisticsDate struct {
	ImagedOn taohe.Date         `json:"imaged_on" format:"date" doc:"当时最新的影像日期"`
	RunID    int64              `json:"run_id" doc:"以它为最新影像日期的、最近一次套合"`
	AsOf     taohe.Date         `json:"as_of" format:"date"`
	Rules    []StatisticsFigure `json:"rules"`
	Classes  []StatisticsFigure `json:"classes"`
}

// Statistics are counts of a run and of the ledger.
type Statistics struct {
	RunID   int64      `json:"run_id"`
	AsOf    taohe.Date `json:"as_of" format:"date"`
	Day     taohe.Date `json:"day" format:"date" doc:"逾期所指的日期"`
	Surface string     `json:"surface" doc:"面积口径"`
	// Each list is of all codes but rules, problem types and by, which are of those found.
	Mines        []StatisticsFigure `json:"mines" doc:"矿山，按状态：with_findings 有疑似问题、without_findings 未发现问题、failed 计算失败"`
	Classes      []StatisticsFigure `json:"classes" doc:"占地账，按类别：有该类占地的矿山及其面积；各类互不重叠"`
	Rules        []StatisticsFigure `json:"rules" doc:"疑似问题，按规则"`
	ProblemTypes []StatisticsFigure `json:"problem_types" doc:"疑似问题，按问题类型"`
	By           []StatisticsFigure `json:"by" doc:"疑似问题，按 by 所写的"`
	Ledger       []StatisticsFigure `json:"ledger" doc:"台账问题，按状态"`
	Due          []StatisticsFigure `json:"due" doc:"未了结的台账问题：overdue 逾期、soon 逾期或即将到期"`
	ImageDates   []StatisticsDate   `json:"image_dates" doc:"趋势：同样旗区、同样规则的套合中，各影像日期为最新时的结果；至多最近 24 个，早的在前"`
}

// mineStates and mineClasses are the codes in the order in which they are shown.
var (
	mineStates  = [][2]string{{"with_findings", "有疑似问题"}, {"without_findings", "未发现问题"}, {"failed", "计算失败"}}
	mineClasses = []string{"approved", "expired", "over_occupied", "displaced", "unapproved", "unapproved_construction", "within_tolerance"}
)

// figure is a count with the address that lists what it counts; m2 is nil where
// areas are not to be added up, or there are none.
func figure(code, title string, count int, m2 *float64, path string, words ...string) StatisticsFigure {
	f := StatisticsFigure{Code: code, Title: title, Count: count, List: *next(path, words...)}
	if m2 != nil {
		a := report.NewArea(*m2)
		f.EllipsoidalAreaM2, f.Mu = &a.EllipsoidalAreaM2, &a.Mu
	}
	return f
}

// NewStatistics shows statistics as the service does.
func NewStatistics(s *pipeline.Statistics) Statistics {
	v := statisticsView{s}
	return Statistics{
		RunID: s.Run.ID, AsOf: s.Run.AsOf, Day: s.Filter.Day, Surface: report.SurfaceStatement,
		Mines: v.mineStates(), Classes: v.classes(s.Run.ID, s.Mines), Rules: v.rules(s.Run.ID, s.Findings), ProblemTypes: v.problemTypes(), By: v.by(),
		Ledger: v.states(), Due: v.due(),
		ImageDates: each(s.Dates, func(d pipeline.StatisticsDate) StatisticsDate {
			return StatisticsDate{d.ImagedOn, d.ID, d.AsOf, v.rules(d.ID, d.Findings), v.classes(d.ID, d.Mines)}
		}),
	}
}

// statisticsView gives each count the address that lists it.
type statisticsView struct{ *pipeline.Statistics }

func (v statisticsView) place() Place {
	f := v.Filter
	return Place{f.CountyCode, f.Township, f.Enterprise, f.EnterpriseName, f.Mineral}
}

// of are the parameters that choose the same of a run, and more, which go before.
func (v statisticsView) of(run int64, more ...string) []string {
	words := append([]string{"run", strconv.FormatInt(run, 10), "rule", v.Filter.Rule, "problem_type", v.Filter.ProblemType}, v.place().words()...)
	return append(words, more...)
}

func (v statisticsView) mineStates() (all []StatisticsFigure) {
	for _, state := range mineStates {
		count := 0
		for _, m := range v.Mines {
			if m.Class == "" && m.State == state[0] {
				count = m.Count
			}
		}
		all = append(all, figure(state[0], state[1], count, nil, "/v1/mines", v.of(v.Run.ID, "state", state[0])...))
	}
	return all
}

func (v statisticsView) classes(run int64, mines []overlay.MineCount) (all []StatisticsFigure) {
	for _, class := range mineClasses {
		count, m2 := 0, 0.0
		for _, m := range mines {
			if m.Class == class {
				count, m2 = m.Count, m.EllipsoidalAreaM2
			}
		}
		all = append(all, figure(class, report.Word(class), count, &m2, "/v1/mines", v.of(run, "class", class)...))
	}
	return all
}

func (v statisticsView) rules(run int64, findings []overlay.FindingCount) []StatisticsFigure {
	return summed(findings, func(c overlay.FindingCount) string { return c.RuleCode }, func(code string, count int, m2 *float64) StatisticsFigure {
		rule, _ := v.Rules.Rule(code) // a stored finding is of a rule of its run
		return figure(code, rule.Title, count, m2, "/v1/findings", v.of(run, "rule", code)...)
	})
}

func (v statisticsView) problemTypes() []StatisticsFigure {
	typeOf := func(c overlay.FindingCount) string {
		rule, _ := v.Rules.Rule(c.RuleCode)
		return rule.ProblemType
	}
	return summed(v.Findings, typeOf, func(kind string, count int, m2 *float64) StatisticsFigure {
		return figure(kind, kind, count, m2, "/v1/findings", v.of(v.Run.ID, "problem_type", kind)...)
	})
}

// by counts by what the request says; an enterprise is listed by its whole name, and
// what is not written by the sign for that.
func (v statisticsView) by() []StatisticsFigure {
	word := v.Filter.By
	if word == "" {
		return []StatisticsFigure{}
	}
	if word == "enterprise" {
		word = "enterprise_name"
	}
	all := summed(v.Findings, func(c overlay.FindingCount) string { return c.Key }, func(key string, count int, m2 *float64) StatisticsFigure {
		title := cmp.Or(key, "未写明")
		for _, c := range v.Counties {
			if v.Filter.By == "county" && c.Code == key {
				title = c.Name
			}
		}
		return figure(key, title, count, m2, "/v1/findings", v.of(v.Run.ID, word, cmp.Or(key, overlay.NotStated))...)
	})
	slices.SortFunc(all, func(a, b StatisticsFigure) int { return cmp.Compare(a.Code, b.Code) })
	return all
}

// item is a count of items of the ledger, which is of no run.
func (v statisticsView) item(state ledger.State, due, title string, more ...string) StatisticsFigure {
	count := ledger.Count{}
	for _, c := range v.Items {
		if c.State == state && c.Due == due {
			count = c
		}
	}
	words := append([]string{"problem_code", v.Filter.Rule, "problem_type", v.Filter.ProblemType}, v.place().words()...)
	return figure(cmp.Or(string(state), due), title, count.Count, count.EllipsoidalAreaM2, "/v1/ledger/items", append(words, more...)...)
}

func (v statisticsView) states() (all []StatisticsFigure) {
	for _, state := range ledger.States {
		all = append(all, v.item(state, "", ledger.StateTitles[state], "state", string(state)))
	}
	return all
}

func (v statisticsView) due() []StatisticsFigure {
	day := v.Filter.Day.String()
	return []StatisticsFigure{
		v.item("", "overdue", "逾期", "due", "overdue", "day", day), v.item("", "soon", "逾期或即将到期", "due", "soon", "day", day),
	}
}

// summed adds counts up by what key says, in its order of appearance; the area of
// several rules is nil, because they may speak of one ground.
func summed(all []overlay.FindingCount, key func(overlay.FindingCount) string, shown func(key string, count int, m2 *float64) StatisticsFigure) []StatisticsFigure {
	out, keys := []StatisticsFigure{}, []string{}
	for _, c := range all {
		if k := key(c); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	for _, k := range keys {
		count, m2, rules := 0, 0.0, map[string]bool{}
		for _, c := range all {
			if key(c) == k {
				count, m2, rules[c.RuleCode] = count+c.Count, m2+c.EllipsoidalAreaM2, true
			}
		}
		area := &m2
		if len(rules) > 1 {
			area = nil
		}
		out = append(out, shown(k, count, area))
	}
	return out
}

// WriteStatisticsCSV writes all figures as one table: UTF-8 with a byte order mark.
func WriteStatisticsCSV(w io.Writer, s Statistics) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	rows := [][]string{{"类别", "影像日期", "套合", "代码", "名称", "个数", "椭球面积（平方米）", "面积（亩）", "列表"}}
	add := func(what, imagedOn string, run int64, figures []StatisticsFigure) {
		for _, f := range figures {
			row := []string{what, imagedOn, "", f.Code, f.Title, strconv.Itoa(f.Count), "", "", f.List}
			if run != 0 {
				row[2] = strconv.FormatInt(run, 10)
			}
			if f.Mu != nil {
				row[6], row[7] = strconv.FormatFloat(*f.EllipsoidalAreaM2, 'f', 2, 64), strconv.FormatFloat(*f.Mu, 'f', 2, 64)
			}
			row[3], row[4] = ledger.NotAFormula(row[3]), ledger.NotAFormula(row[4])
			rows = append(rows, row)
		}
	}
	add("矿山", "", s.RunID, s.Mines)
	add("占地类别", "", s.RunID, s.Classes)
	add("规则", "", s.RunID, s.Rules)
	add("问题类型", "", s.RunID, s.ProblemTypes)
	add("分列", "", s.RunID, s.By)
	add("台账状态", "", 0, s.Ledger)
	add("台账时限", "", 0, s.Due)
	for _, d := range s.ImageDates {
		add("趋势：规则", d.ImagedOn.String(), d.RunID, d.Rules)
		add("趋势：占地类别", d.ImagedOn.String(), d.RunID, d.Classes)
	}
	return out.WriteAll(rows)
}

func (s *service) statistics(ctx context.Context, in *struct {
	Place
	Run         int64  `query:"run" minimum:"1" doc:"套合编号；不写即最近一次完成的"`
	Rule        string `query:"rule" doc:"规则代码"`
	ProblemType string `query:"problem_type" doc:"问题类型，例如 越界开采"`
	// SplitBy is not called By, which is who signs (admits).
	SplitBy string `query:"by" enum:"county,township,enterprise,mineral" doc:"疑似问题另按什么分列"`
	Day     string `query:"day" format:"date" doc:"逾期所指的日期；不写即今天"`
	Format  string `query:"format" enum:"json,csv" doc:"代替 Accept"`
},
) (*huma.StreamResponse, error) {
	var f faults
	day := f.day("query.day", in.Day)
	if err := f.err(); err != nil {
		return nil, err
	}
	counted, err := s.Pipeline.Statistics(ctx, pipeline.StatisticsFilter{
		RunID: in.Run, Place: in.chosen(), RuleChoice: pipeline.RuleChoice{Rule: in.Rule, ProblemType: in.ProblemType}, By: in.SplitBy, Day: day,
	})
	if err != nil {
		return nil, err
	}
	shown := NewStatistics(counted)
	if representation(ctx) == csvType {
		return stream(csvType+"; charset=utf-8", "statistics-run-"+strconv.FormatInt(shown.RunID, 10)+".csv", func(w io.Writer) error {
			return WriteStatisticsCSV(w, shown)
		}), nil
	}
	return stream(jsonType, "", func(w io.Writer) error { return writeJSON(w, shown) }), nil
}
