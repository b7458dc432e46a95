package api

import (
	"bytes"
	"context"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// RunLine is a run in a list.
type RunLine struct {
	ID            int64      `json:"id"`
	AsOf          taohe.Date `json:"as_of" format:"date" doc:"截止日"`
	Counties      []string   `json:"counties"`
	Status        string     `json:"status" doc:"queued 排队、running 进行中、complete 完成、cancelled 已取消、failed 系统故障"`
	Error         *string    `json:"error" doc:"internal error、interrupted、database unavailable、storage full 或 program changed（套合途中更换了程序）"`
	Mines         RunMines   `json:"mines"`
	ChangedOnly   bool       `json:"changed_only" doc:"true：只计算数据变化可能影响的矿山，其余沿用 base_run_id 的结果；数字与全部重算相同"`
	BaseRunID     *int64     `json:"base_run_id" doc:"沿用其结果的套合；全部重算时为 null"`
	WhatIf        []int64    `json:"what_if" doc:"假设已验收的数据；为空即正式套合"`
	LicenceNos    []string   `json:"licence_nos" doc:"只重算的矿山；为空即全部。只重算一座矿山的套合不算最近一次，没有台账"`
	Digest        *string    `json:"digest" doc:"全部输入与结果的 SHA-256；完成后才有"`
	RuleSetSHA256 string     `json:"rule_set_sha256"`
	CreatedAt     time.Time  `json:"created_at"`
	StartedAt     *time.Time `json:"started_at"`
	FinishedAt    *time.Time `json:"finished_at"`
	RemainingS    *float64   `json:"remaining_s" doc:"按目前进度估计还需的秒数；没有进展可依时为 null"`
}

// RunMines counts the mines of a run.
type RunMines struct {
	Total  int `json:"total"`
	Done   int `json:"done"`
	Failed int `json:"failed"`
	// Carried are among those done.
	Carried int `json:"carried" doc:"其中沿用以前结果的"`
}

// Run is a run with what it read and what belongs to no mine.
type Run struct {
	RunLine
	Datasets     []report.Dataset  `json:"datasets" doc:"使用的数据版本"`
	NotEvaluated []RunNotEvaluated `json:"not_evaluated" doc:"因缺少图层未核查的规则；不等于未发现问题"`
	Unattributed RunUnattributed   `json:"unattributed_patches" doc:"不属于任何矿山的图斑"`
	// CountyFigures are what the listed ground adds up to.
	CountyFigures []report.CountyFigure `json:"county_figures" doc:"不属于任何矿山的采场、全部尾矿坑，按旗区合计；逐个见 /v1/runs/{id}/listed_ground"`
	Notes         []report.Note         `json:"notes"`
}

// RunNotEvaluated is a rule that a run could not ask for a county.
type RunNotEvaluated struct {
	CountyCode string `json:"county_code"`
	report.NotEvaluated
}

// RunUnattributed are the patches of no mine in short.
type RunUnattributed struct {
	Count int `json:"count"`
	report.Area
	Items []report.Patch `json:"items" doc:"前 100 个；全部见 /v1/runs/{id}/unattributed_patches"`
}

func runLine(r overlay.Run) RunLine {
	line := RunLine{
		ID: r.ID, AsOf: r.AsOf, Counties: append([]string{}, r.Counties...), Status: r.Status,
		Mines:       RunMines{Total: r.MinesTotal, Done: r.MinesDone, Failed: r.MinesFailed, Carried: r.MinesCarried},
		ChangedOnly: r.Partial, BaseRunID: r.BaseRunID, WhatIf: append([]int64{}, r.WhatIf...), LicenceNos: append([]string{}, r.LicenceNos...),
		RuleSetSHA256: r.RuleSetSHA256, CreatedAt: r.CreatedAt, StartedAt: r.StartedAt, FinishedAt: r.FinishedAt, RemainingS: r.RemainingS,
	}
	if r.Error != "" {
		line.Error = &r.Error
	}
	if r.Digest != "" {
		line.Digest = &r.Digest
	}
	return line
}

// RunRequest starts a run.
type RunRequest struct {
	AsOf     string   `json:"as_of" format:"date" doc:"截止日，YYYY-MM-DD"`
	Counties []string `json:"counties,omitempty" maxItems:"5000" doc:"六位旗区代码；不写即全部"`
	// ChangedOnly and WhatIf are those of pipeline.RunRequest.
	ChangedOnly bool    `json:"changed_only,omitempty" doc:"true：只计算数据变化可能影响的矿山"`
	WhatIf      []int64 `json:"what_if,omitempty" maxItems:"100" doc:"假设已验收的数据编号：看验收后会有什么变化"`
}

func (s *service) startRun(ctx context.Context, in *struct{ Body RunRequest }) (*created[RunLine], error) {
	asOf, err := taohe.ParseDate(in.Body.AsOf)
	if err != nil {
		var f faults
		f.add("as_of", "bad-date", "日期应写作 YYYY-MM-DD，例如 2022-05-31。")
		return nil, f.err()
	}
	for i, c := range in.Body.Counties {
		if !storable(c) || len(c) > record.MaxWordBytes {
			var f faults
			f.add("counties["+strconv.Itoa(i)+"]", "bad-text", "内容不是旗区代码。")
			return nil, f.err()
		}
	}
	id, err := s.Work.StartRun(ctx, pipeline.RunRequest{
		AsOf: asOf, Counties: in.Body.Counties, ChangedOnly: in.Body.ChangedOnly, WhatIf: in.Body.WhatIf,
	})
	if err != nil {
		return nil, err
	}
	r, err := s.Pipeline.Run(ctx, id)
	if err != nil {
		return nil, err
	}
	return &created[RunLine]{Location: "/v1/runs/" + strconv.FormatInt(id, 10), Body: runLine(r)}, nil
}

func (s *service) listRuns(ctx context.Context, in *struct {
	Before int64 `query:"before" minimum:"1" doc:"只列编号更小的"`
	Limit  int   `query:"limit" minimum:"1" maximum:"1000" default:"100"`
},
) (*body[Page[RunLine]], error) {
	list, err := s.Pipeline.Runs(ctx, in.Before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	list, more := cut(list, in.Limit)
	page := Page[RunLine]{Items: each(list, runLine)}
	if more {
		page.Next = next("/v1/runs", "before", strconv.FormatInt(list[len(list)-1].ID, 10), "limit", strconv.Itoa(in.Limit))
	}
	return &body[Page[RunLine]]{page}, nil
}

// RunPath names a run in an address.
type RunPath struct {
	ID int64 `path:"id" doc:"套合编号"`
}

// shownPatches is how many patches of no mine a run shows.
const shownPatches = 100

func (s *service) getRun(ctx context.Context, in *RunPath) (*body[Run], error) {
	v, err := s.Pipeline.RunView(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := Run{RunLine: runLine(v.Run)}
	out.Datasets = each(v.Datasets, pipeline.DatasetLine)
	out.NotEvaluated = each(v.NotEvaluated, func(n overlay.NotEvaluated) RunNotEvaluated {
		return RunNotEvaluated{CountyCode: n.CountyCode, NotEvaluated: pipeline.NotEvaluatedLine(n, v.Rules)}
	})
	sum := 0.0
	for _, p := range v.Unattributed {
		sum += p.EllipsoidalAreaM2
	}
	out.Unattributed = RunUnattributed{Count: len(v.Unattributed), Area: report.NewArea(sum)}
	shown, _ := cut(v.Unattributed, shownPatches)
	out.Unattributed.Items = each(shown, pipeline.PatchLine)
	out.CountyFigures = each(v.CountyFigures, func(f overlay.CountyFigure) report.CountyFigure {
		return pipeline.CountyFigureLine(f, v.Rules)
	})
	out.Notes = each(v.Notes, func(n overlay.Note) report.Note {
		return report.Note{Code: n.Code, Text: n.Diagnostic().Chinese()}
	})
	return &body[Run]{out}, nil
}

func (s *service) unattributedPatches(ctx context.Context, in *RunPath) (*body[Page[report.Patch]], error) {
	if _, err := s.Pipeline.Run(ctx, in.ID); err != nil {
		return nil, err
	}
	patches, err := s.Pipeline.UnattributedPatches(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[Page[report.Patch]]{Page[report.Patch]{Items: each(patches, pipeline.PatchLine)}}, nil
}

func (s *service) listedGround(ctx context.Context, in *RunPath) (*body[Page[report.ListedGround]], error) {
	r, err := s.Pipeline.Run(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	rules, err := overlay.ParseRules([]byte(r.RuleSet))
	if err != nil {
		return nil, err
	}
	listed, err := s.Pipeline.ListedGrounds(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[Page[report.ListedGround]]{Page[report.ListedGround]{Items: each(listed, func(g overlay.ListedGround) report.ListedGround {
		return pipeline.ListedLine(g, rules)
	})}}, nil
}

func (s *service) cancelRun(ctx context.Context, in *RunPath) (*body[RunLine], error) {
	cancelled, err := s.Work.CancelRun(ctx, in.ID)
	if err == nil && !cancelled {
		err = errRunOver
	}
	return s.changedRun(ctx, in.ID, err)
}

func (s *service) retryRun(ctx context.Context, in *RunPath) (*body[RunLine], error) {
	reopened, err := s.Work.RetryRun(ctx, in.ID)
	if err == nil && !reopened {
		err = errRunNotBroken
	}
	return s.changedRun(ctx, in.ID, err)
}

// changedRun is a run after a change, unless that went wrong.
func (s *service) changedRun(ctx context.Context, id int64, err error) (*body[RunLine], error) {
	if err != nil {
		return nil, err
	}
	r, err := s.Pipeline.Run(ctx, id)
	if err != nil {
		return nil, err
	}
	return &body[RunLine]{runLine(r)}, nil
}

// dropRun deletes a what-if run that is over and says what it was; one that is
// being computed is cancelled first.
func (s *service) dropRun(ctx context.Context, in *RunPath) (*body[RunLine], error) {
	r, err := s.Pipeline.Run(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[RunLine]{runLine(r)}, s.Pipeline.DropWhatIf(ctx, in.ID)
}

func (s *service) diffRuns(ctx context.Context, in *struct {
	RunPath
	Against int64 `query:"against" minimum:"1" doc:"与之比较的套合；不写即此前同一范围最新的已完成套合"`
},
) (*body[report.RunDiff], error) {
	d, err := s.Pipeline.Diff(ctx, in.ID, in.Against)
	if err != nil {
		return nil, err
	}
	return &body[report.RunDiff]{*d}, nil
}

func (s *service) explainFinding(ctx context.Context, in *struct {
	ID string `path:"id" doc:"问题编号：套合编号-许可证号-规则代码"`
},
) (*body[report.Explanation], error) {
	e, err := s.Pipeline.Explain(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[report.Explanation]{*e}, nil
}

func (s *service) ledgerCSV(ctx context.Context, in *RunPath) (*huma.StreamResponse, error) {
	r, err := s.Pipeline.Run(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if r.Status != "complete" {
		return nil, errRunNotComplete
	}
	rows, err := s.Pipeline.LedgerRows(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := ledger.WriteCSV(&out, rows); err != nil {
		return nil, err
	}
	return stream(csvType+"; charset=utf-8", "ledger-run-"+strconv.FormatInt(in.ID, 10)+".csv", func(w io.Writer) error {
		_, err := out.WriteTo(w)
		return err
	}), nil
}

func rounded2(v float64) float64 { return math.Round(v*100) / 100 }
