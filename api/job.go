package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/taohe-gis/taohe/internal/job"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report/mapsheet"
)

const zipType = "application/zip"

// Job is work that was asked for and is not waited for.
type Job struct {
	ID         int64      `json:"id"`
	Kind       string     `json:"kind" doc:"dossiers 一矿一案与套合图、annex1 附件1、annex2 附件2、briefing 简报、ledger_feed 入账、ledger_measurements 影像核验、mine_report 一座矿山重算后的报告"`
	RunID      int64      `json:"run_id" doc:"所依据的套合"`
	Status     string     `json:"status" doc:"queued 排队、running 进行中、complete 完成、cancelled 已取消、failed 系统故障"`
	Error      *string    `json:"error" doc:"internal error、database unavailable、storage full、older run（台账已按更晚的套合入账）、font missing（执行任务的机器没有中文字体）、pdf unavailable（没有 LibreOffice）或 gdal missing（没有 GDAL）"`
	Total      int        `json:"total" doc:"共几项（矿山、问题，或一份材料的步骤）；尚不知道时为 0"`
	Done       int        `json:"done"`
	Failed     int        `json:"failed" doc:"未能完成的项，其余照常；压缩包的目录写明原因"`
	RemainingS *float64   `json:"remaining_s" doc:"按目前进度估计还需的秒数；没有进展可依、或各步长短不一（附件、简报）时为 null"`
	CreatedAt  time.Time  `json:"created_at"`
	StartedAt  *time.Time `json:"started_at"`
	FinishedAt *time.Time `json:"finished_at"`
	ExpiresAt  *time.Time `json:"expires_at" doc:"届时连同结果一并删除；未结束时为 null"`
	File       *string    `json:"file" doc:"完成后结果的网址"`
}

func jobBody(j job.Job) Job {
	out := Job{
		ID: j.ID, Kind: j.Kind, RunID: j.RunID, Status: j.Status, Total: j.Total, Done: j.Done, Failed: j.Failed, RemainingS: j.RemainingS,
		CreatedAt: j.CreatedAt, StartedAt: j.StartedAt, FinishedAt: j.FinishedAt, ExpiresAt: j.ExpiresAt,
	}
	if j.Error != "" {
		out.Error = &j.Error
	}
	if j.Status == job.Complete {
		file := jobPath(j.ID) + "/file"
		out.File = &file
	}
	return out
}

func jobPath(id int64) string { return "/v1/jobs/" + strconv.FormatInt(id, 10) }

// DossiersRequest asks for the papers of many mines.
type DossiersRequest struct {
	Counties    []string `json:"counties,omitempty" maxItems:"5000" doc:"六位旗区代码；不写即全部"`
	LicenceNos  []string `json:"licence_nos,omitempty" maxItems:"5000" doc:"采矿许可证号；不写即全部"`
	Format      string   `json:"format,omitempty" enum:"docx,pdf" default:"docx" doc:"一矿一案；pdf 需要执行任务的机器装有 LibreOffice"`
	MapFormat   string   `json:"map_format,omitempty" enum:"png,pdf" default:"png" doc:"套合图"`
	Paper       string   `json:"paper,omitempty" enum:"A4,A3" default:"A4" doc:"套合图图幅"`
	Orientation string   `json:"orientation,omitempty" enum:"auto,portrait,landscape" default:"auto"`
	LedgerEvent int64    `json:"ledger_event,omitempty" minimum:"1" doc:"按台账到这一号事件时的状态出具；不写即最新"`
	Orthophoto  string   `json:"orthophoto,omitempty" pattern:"^(auto|none|[1-9][0-9]{0,17})$" default:"auto" doc:"套合图的底图影像：auto 各矿取影像日期不晚于截止日、覆盖采矿权的最新一幅，none 不用，或正射影像的编号"`
	DPI         int      `json:"dpi,omitempty" minimum:"72" maximum:"300" default:"200" doc:"PNG 的分辨率"`
}

func (s *service) startDossiers(ctx context.Context, in *struct {
	RunPath
	Body DossiersRequest
},
) (*created[Job], error) {
	b := in.Body
	var f faults
	for name, words := range map[string][]string{"counties": b.Counties, "licence_nos": b.LicenceNos} {
		for i, w := range words {
			if !storable(w) {
				f.add(fmt.Sprintf("%s[%d]", name, i), "bad-text", "内容不是有效的 UTF-8 文字。")
			}
		}
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	choice, err := pipeline.ParseOrthophotoChoice(b.Orthophoto)
	if err != nil {
		return nil, err
	}
	id, err := s.Work.StartDossiers(ctx, pipeline.DossiersRequest{
		RunID: in.ID, Counties: b.Counties, LicenceNos: b.LicenceNos, LedgerEvent: b.LedgerEvent, Format: b.Format, MapFormat: b.MapFormat, DPI: b.DPI,
		Map: mapsheet.Options{Paper: mapsheet.Paper(b.Paper), Orientation: mapsheet.Orientation(b.Orientation)}, Orthophoto: choice,
	})
	return s.started(ctx, id, err)
}

// started is the reply to who asked for a job.
func (s *service) started(ctx context.Context, id int64, err error) (*created[Job], error) {
	if err != nil {
		return nil, err
	}
	j, err := s.Pipeline.Job(ctx, id)
	if err != nil {
		return nil, err
	}
	return &created[Job]{Location: jobPath(id), Body: jobBody(j)}, nil
}

// JobPath names a job in an address.
type JobPath struct {
	ID int64 `path:"id" doc:"任务编号"`
}

func (s *service) getJob(ctx context.Context, in *JobPath) (*body[Job], error) {
	j, err := s.Pipeline.Job(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[Job]{jobBody(j)}, nil
}

func (s *service) listJobs(ctx context.Context, in *struct {
	Before int64 `query:"before" minimum:"1" doc:"只列编号更小的"`
	Limit  int   `query:"limit" minimum:"1" maximum:"1000" default:"100"`
},
) (*body[Page[Job]], error) {
	list, err := s.Pipeline.Jobs(ctx, in.Before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	list, more := cut(list, in.Limit)
	page := Page[Job]{Items: each(list, jobBody)}
	if more {
		page.Next = next("/v1/jobs", "before", strconv.FormatInt(list[len(list)-1].ID, 10), "limit", strconv.Itoa(in.Limit))
	}
	return &body[Page[Job]]{page}, nil
}

// endJob cancels a job that is not over, and deletes one that is with what it made.
func (s *service) endJob(ctx context.Context, in *JobPath) (*body[Job], error) {
	cancelled, err := s.Work.CancelJob(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	j, err := s.Pipeline.Job(ctx, in.ID)
	if err == nil && !cancelled {
		_, err = s.Pipeline.DropJob(ctx, in.ID)
	}
	if err != nil {
		return nil, err
	}
	return &body[Job]{jobBody(j)}, nil
}

func (s *service) jobFile(ctx context.Context, in *JobPath) (*huma.StreamResponse, error) {
	j, err := s.Pipeline.Job(ctx, in.ID)
	switch {
	case err != nil:
		return nil, err
	case j.Status != job.Complete:
		return nil, pipeline.ErrJobNotComplete
	case j.Kind == job.Feed:
		plan, err := s.Pipeline.Fed(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return streamJSON(NewLedgerPlan(plan)), nil
	case j.Kind == job.MineReport:
		text, err := s.Pipeline.Reported(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return stream(jsonType, "", func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		}), nil
	case j.Kind == job.Measurements:
		all, err := s.Pipeline.Measured(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return streamJSON(measurementPage(all)), nil
	case j.Kind != job.Dossiers:
		name, document, err := s.Pipeline.PaperFile(ctx, j)
		if err != nil {
			return nil, err
		}
		return file(paperFormats[strings.TrimPrefix(path.Ext(name), ".")], paperName(j.Kind, j.RunID), name, document), nil
	}
	run, err := s.Pipeline.Run(ctx, j.RunID)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("dossiers-run-%d.zip", j.RunID)
	chinese := fmt.Sprintf("一矿一案 套合%d 截止%s.zip", j.RunID, run.AsOf)
	return streamAs(zipType, attachment(name, chinese), func(w io.Writer) error { return s.Pipeline.WriteArchive(ctx, in.ID, w) }), nil
}

// streamJSON is a value as a reply whose media type hangs on what was asked for.
func streamJSON(v any) *huma.StreamResponse {
	return stream(jsonType, "", func(w io.Writer) error { return json.NewEncoder(w).Encode(v) })
}

// streamLater is the reply to who does not wait for what is else streamed.
func streamLater(to *either, err error) (*huma.StreamResponse, error) {
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", jsonType)
		ctx.SetHeader("Location", to.Location)
		ctx.SetHeader("Preference-Applied", to.Applied)
		ctx.SetStatus(to.Status)
		if err := json.NewEncoder(ctx.BodyWriter()).Encode(to.Body); err != nil {
			panic(fmt.Errorf("write reply: %w", err))
		}
	}}, nil
}

// Preference is what a caller would rather have (RFC 7240).
type Preference struct {
	Prefer string `header:"Prefer" doc:"respond-async：不等待，答复 202 与任务的网址"`
}

// async reports whether the caller would rather not wait.
func (p Preference) async() bool {
	for word := range strings.SplitSeq(p.Prefer, ",") {
		word, _, _ = strings.Cut(word, ";")
		if strings.EqualFold(strings.TrimSpace(word), "respond-async") {
			return true
		}
	}
	return false
}

// either is what was asked for, or the job that does it.
type either struct {
	Status   int
	Location string `header:"Location" doc:"Where to follow the work that is not waited for"`
	Applied  string `header:"Preference-Applied"`
	Body     any
}

// later is the reply to who does not wait.
func (s *service) later(ctx context.Context, id int64, err error) (*either, error) {
	if err != nil {
		return nil, err
	}
	j, err := s.Pipeline.Job(ctx, id)
	if err != nil {
		return nil, err
	}
	return &either{Status: http.StatusAccepted, Location: jobPath(id), Applied: "respond-async", Body: jobBody(j)}, nil
}
