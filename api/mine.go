package api

import (
	"bytes"
	"context"
	"io"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// MineLine is a mine of a run in a list.
type MineLine struct {
	LicenceNo        string       `json:"licence_no"`
	CountyCode       string       `json:"county_code"`
	Enterprise       string       `json:"enterprise"`
	MineName         string       `json:"mine_name"`
	Township         string       `json:"township"`
	MethodAndMineral string       `json:"method_and_mineral"`
	LicenceArea      report.Area  `json:"licence_area"`
	Status           string       `json:"status" doc:"pending 待计算、done 已计算、failed 计算失败"`
	Ground           *report.Area `json:"ground" doc:"影像所见占地；未核查时为 null"`
	Approved         *report.Area `json:"approved" doc:"其中批准范围内"`
	Classes          []MineClass  `json:"classes" doc:"占地按类别，合计等于占地；未核查或没有占地时为空"`
	Rules            []string     `json:"rules" doc:"发现疑似问题的规则"`
}

// MineClass is the ground of a mine of one class.
type MineClass struct {
	Class string `json:"class" doc:"approved、expired、over_occupied、displaced、unapproved、unapproved_construction 或 within_tolerance"`
	Title string `json:"title"`
	report.Area
}

// mineClassesOf are the classes that a mine has ground of.
func mineClassesOf(m overlay.MineLine) []MineClass {
	out := []MineClass{}
	for i, m2 := range []*float64{
		m.ApprovedM2, m.ExpiredM2, m.OverOccupiedM2, m.DisplacedM2, m.UnapprovedM2, m.UnapprovedConstructionM2, m.WithinToleranceM2,
	} {
		if m2 != nil && *m2 > 0 {
			out = append(out, MineClass{mineClasses[i], report.Word(mineClasses[i]), report.NewArea(*m2)})
		}
	}
	return out
}

// MinePage is a page of the mines of a run.
type MinePage struct {
	RunID int64      `json:"run_id"`
	AsOf  taohe.Date `json:"as_of" format:"date"`
	Items []MineLine `json:"items"`
	Next  *string    `json:"next"`
}

func mineLine(m overlay.MineLine) MineLine {
	return MineLine{
		LicenceNo: m.LicenceNo, CountyCode: m.CountyCode, Enterprise: m.Enterprise, MineName: m.MineName, Township: m.Township,
		MethodAndMineral: report.MethodAndMineral(m.MiningMethod, m.Mineral), LicenceArea: report.NewArea(m.LicenceEllipsoidalAreaM2),
		Status: m.Status, Ground: areaOrNil(m.GroundM2), Approved: areaOrNil(m.ApprovedM2), Classes: mineClassesOf(m), Rules: append([]string{}, m.RuleCodes...),
	}
}

func areaOrNil(m2 *float64) *report.Area {
	if m2 == nil {
		return nil
	}
	a := report.NewArea(*m2)
	return &a
}

func (s *service) listMines(ctx context.Context, in *struct {
	Place
	Run   int64  `query:"run" minimum:"1" doc:"套合编号；不写即最近一次完成的"`
	Rule  string `query:"rule" doc:"规则代码：有该规则所发现疑似问题的"`
	Type  string `query:"problem_type" doc:"问题类型：有该类疑似问题的"`
	State string `query:"state" enum:"with_findings,without_findings,failed,pending" doc:"状态：有疑似问题、未发现问题、计算失败、待计算"`
	Class string `query:"class" enum:"approved,expired,over_occupied,displaced,unapproved,unapproved_construction,within_tolerance" doc:"占地类别：有该类占地的"`
	After string `query:"after" doc:"只列许可证号更大的"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
},
) (*body[MinePage], error) {
	id := in.Run
	if id == 0 {
		newest, err := s.Pipeline.NewestCompleteRun(ctx, in.County)
		if err != nil {
			return nil, err
		}
		id = newest
	}
	run, err := s.Pipeline.Run(ctx, id)
	if err != nil {
		return nil, err
	}
	mines, err := s.Pipeline.ChosenMines(ctx, run, overlay.MineFilter{
		Place: in.chosen(), State: in.State, Class: in.Class, After: in.After, Limit: in.Limit + 1,
	}, pipeline.RuleChoice{Rule: in.Rule, ProblemType: in.Type})
	if err != nil {
		return nil, err
	}
	mines, more := cut(mines, in.Limit)
	page := MinePage{RunID: id, AsOf: run.AsOf, Items: each(mines, mineLine)}
	if more {
		// The run is named, so that a newer one cannot slip in between pages.
		page.Next = next("/v1/mines", append(in.words(), "run", strconv.FormatInt(id, 10), "rule", in.Rule, "problem_type", in.Type, "state", in.State,
			"class", in.Class, "after", mines[len(mines)-1].LicenceNo, "limit", strconv.Itoa(in.Limit))...)
	}
	return &body[MinePage]{page}, nil
}

// mineReportRequest asks for a mine's report: one that is there, or one computed now.
type mineReportRequest struct {
	LicenceNo string `path:"licence_no" doc:"采矿许可证号"`
	Run       int64  `query:"run" minimum:"1" doc:"套合编号；不写即最近一次完成的、有该矿的"`
	Fresh     bool   `query:"fresh" doc:"true：按目前已验收的数据立即重算这座矿山；数据没有变化时给出上次重算的结果"`
	AsOf      string `query:"as_of" format:"date" doc:"重算的截止日；不写即今天。只与 fresh 同用"`
	Format    string `query:"format" enum:"json,geojson" doc:"代替 Accept"`
	Preference
}

// freshDay is the day as of which a mine is to be computed.
func (in *mineReportRequest) freshDay() (taohe.Date, error) {
	var f faults
	day := f.day("query.as_of", in.AsOf)
	if in.Fresh && in.Run != 0 {
		f.add("query.run", "not-with-fresh", "fresh 是重算，不能同时写 run。")
	}
	if !in.Fresh && in.AsOf != "" {
		f.add("query.as_of", "only-with-fresh", "as_of 只用于重算，请同时写 fresh=true；已有的套合请用 run。")
	}
	return day, f.err()
}

func (s *service) mineReport(ctx context.Context, in *mineReportRequest) (*huma.StreamResponse, error) {
	day, err := in.freshDay()
	if err != nil {
		return nil, err
	}
	if in.Fresh {
		var done func()
		ctx, done = s.mayChange(ctx) // a run is kept of what is computed
		defer done()
	}
	if in.Fresh && in.async() {
		id, err := s.Work.StartFreshReport(ctx, pipeline.FreshRequest{LicenceNo: in.LicenceNo, AsOf: day})
		return streamLater(s.later(ctx, id, err))
	}
	var mine *report.Mine
	if in.Fresh {
		mine, err = s.Pipeline.FreshReport(ctx, pipeline.FreshRequest{LicenceNo: in.LicenceNo, AsOf: day})
	} else {
		mine, err = s.Pipeline.Report(ctx, in.Run, in.LicenceNo)
	}
	if err != nil {
		return nil, err
	}
	if mine.NewerInputs, err = s.Pipeline.NewerInputs(ctx, mine.Run.ID, in.LicenceNo); err != nil {
		return nil, err
	}
	kind, write := representation(ctx), report.WriteJSON
	if kind == geoJSONType {
		write = report.WriteGeoJSON
	}
	var out bytes.Buffer
	if err := write(&out, mine); err != nil {
		return nil, err
	}
	return stream(kind, "", func(w io.Writer) error {
		_, err := out.WriteTo(w)
		return err
	}), nil
}
