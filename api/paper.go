package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/taohe-gis/taohe/internal/job"
	"github.com/taohe-gis/taohe/internal/office"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report"
	"github.com/taohe-gis/taohe/report/drawing"
	"github.com/taohe-gis/taohe/report/mapsheet"
)

// The media types of papers, with the endings of their files.
const (
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	pdfType  = "application/pdf"
)

var endings = map[string]string{xlsxType: ".xlsx", docxType: ".docx", pdfType: ".pdf"}

// paperFormats are the values of the query parameter format of papers.
var paperFormats = map[string]string{"xlsx": xlsxType, "docx": docxType, "pdf": pdfType}

// PaperScope says of what a paper speaks.
type PaperScope struct {
	RunPath
	Group  int    `query:"group" minimum:"1" maximum:"4" doc:"排查工作组；不写即全部"`
	County string `query:"county" doc:"六位旗区代码；不写即套合的全部旗区"`
}

// LedgerMoment says how far a paper follows the ledger.
type LedgerMoment struct {
	LedgerEvent int64 `query:"ledger_event" minimum:"1" doc:"按台账到这一号事件时的状态出具，编号印在纸上；不写即最新"`
}

func (s PaperScope) scope() pipeline.PaperScope {
	return pipeline.PaperScope{RunID: s.ID, Group: s.Group, County: s.County}
}

func (s PaperScope) at(ledgerEvent int64) pipeline.PaperScope {
	scope := s.scope()
	scope.LedgerEvent = ledgerEvent
	return scope
}

func (s *service) annex1(ctx context.Context, in *struct {
	PaperScope
	LedgerMoment
	Format string `query:"format" enum:"xlsx,docx,pdf" doc:"代替 Accept；pdf 需要服务器装有 LibreOffice"`
},
) (*huma.StreamResponse, error) {
	return s.paperOfRun(ctx, pipeline.PaperRequest{Kind: job.Annex1, Scope: in.at(in.LedgerEvent)})
}

// paperOfRun is a paper of a whole run in the format that was settled.
func (s *service) paperOfRun(ctx context.Context, q pipeline.PaperRequest) (*huma.StreamResponse, error) {
	kind := representation(ctx)
	q.Format = strings.TrimPrefix(endings[kind], ".")
	title, document, err := s.Pipeline.WritePaper(ctx, q, nil)
	if err != nil {
		return nil, err
	}
	return s.document(ctx, paperName(q.Kind, q.Scope.RunID), title, document)
}

// paperName is the name of a paper's file for those who read ASCII alone.
func paperName(paper string, runID int64) string { return fmt.Sprintf("%s-run-%d", paper, runID) }

func (s *service) annex2(ctx context.Context, in *struct {
	PaperScope
	LedgerMoment
	Format string `query:"format" enum:"docx,pdf" doc:"代替 Accept；pdf 需要服务器装有 LibreOffice"`
},
) (*huma.StreamResponse, error) {
	return s.paperOfRun(ctx, pipeline.PaperRequest{Kind: job.Annex2, Scope: in.at(in.LedgerEvent)})
}

func (s *service) briefing(ctx context.Context, in *struct {
	PaperScope
	Against int64  `query:"against" minimum:"1" doc:"与之比较的套合；不写即此前同一范围最新的已完成套合"`
	Format  string `query:"format" enum:"docx,pdf" doc:"代替 Accept；pdf 需要服务器装有 LibreOffice"`
},
) (*huma.StreamResponse, error) {
	return s.paperOfRun(ctx, pipeline.PaperRequest{Kind: job.Briefing, Scope: in.scope(), Against: in.Against})
}

// PaperJobRequest asks for a paper of a whole run that is not waited for.
type PaperJobRequest struct {
	Paper       string `json:"paper" enum:"annex1,annex2,briefing" doc:"annex1 附件1、annex2 附件2、briefing 简报"`
	Format      string `json:"format,omitempty" enum:"xlsx,docx,pdf" doc:"xlsx 只有附件1；不写即附件1 为 xlsx，其余为 docx；pdf 需要执行任务的机器装有 LibreOffice"`
	Group       int    `json:"group,omitempty" minimum:"1" maximum:"4" doc:"排查工作组；不写即全部"`
	County      string `json:"county,omitempty" pattern:"^[0-9]{6}$" doc:"六位旗区代码；不写即套合的全部旗区"`
	LedgerEvent int64  `json:"ledger_event,omitempty" minimum:"1" doc:"按台账到这一号事件时的状态出具，编号印在纸上；不写即提出时的最新；简报不随台账"`
	Against     int64  `json:"against,omitempty" minimum:"1" doc:"简报与之比较的套合；不写即此前同一范围最新的已完成套合"`
}

func (s *service) startPaper(ctx context.Context, in *struct {
	RunPath
	Body PaperJobRequest
},
) (*created[Job], error) {
	b := in.Body
	id, err := s.Work.StartPaper(ctx, pipeline.PaperRequest{
		Kind: b.Paper, Format: b.Format, Against: b.Against,
		Scope: pipeline.PaperScope{RunID: in.ID, Group: b.Group, County: b.County, LedgerEvent: b.LedgerEvent},
	})
	return s.started(ctx, id, err)
}

func (s *service) dossier(ctx context.Context, in *struct {
	LicenceNo string `path:"licence_no" doc:"采矿许可证号"`
	Run       int64  `query:"run" minimum:"1" doc:"套合编号；不写即最近一次完成的、有该矿的"`
	LedgerMoment
	Orthophoto string `query:"orthophoto" pattern:"^(auto|none|[1-9][0-9]{0,17})$" default:"auto" doc:"套合图的底图影像：auto 取影像日期不晚于截止日、覆盖采矿权的最新一幅，none 不用，或正射影像的编号"`
	Format     string `query:"format" enum:"docx,pdf,xlsx" doc:"代替 Accept；pdf 需要服务器装有 LibreOffice"`
},
) (*huma.StreamResponse, error) {
	choice, err := pipeline.ParseOrthophotoChoice(in.Orthophoto)
	if err != nil {
		return nil, err
	}
	d, err := s.Pipeline.DossierAt(ctx, in.Run, in.LicenceNo, in.LedgerEvent)
	if err != nil {
		return nil, err
	}
	write := report.WriteDossierDOCX
	if representation(ctx) == xlsxType {
		write = report.WriteDossierXLSX
	} else if d.Map, err = s.mapFile(ctx, d.Mine, mapsheet.Options{}, choice, pngType, pipeline.DossierDPI); errors.Is(err, drawing.ErrNoFont) {
		s.Log.WarnContext(ctx, "dossier without a map", "err", err)
	} else if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := write(&b, *d); err != nil {
		return nil, err
	}
	return s.document(ctx, "dossier-"+in.LicenceNo, "一矿一案 "+d.Mine.Mine.MineName, b.Bytes())
}

// document is one as a file with two names, turned into PDF where that was asked
// for.
func (s *service) document(ctx context.Context, name, chinese string, document []byte) (*huma.StreamResponse, error) {
	kind := representation(ctx)
	if kind == pdfType {
		// LibreOffice takes a processor and some hundred megabytes each time.
		select {
		case s.converting <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		defer func() { <-s.converting }()
		var err error
		if document, err = office.PDF(ctx, document); err != nil {
			return nil, err
		}
	}
	return file(kind, name, chinese+endings[kind], document), nil
}

// file is a document of a kind under its name, and under one in ASCII that has no
// ending.
func file(kind, name, chinese string, document []byte) *huma.StreamResponse {
	return streamAs(kind, attachment(name+endings[kind], chinese), func(w io.Writer) error {
		_, err := w.Write(document)
		return err
	})
}

// attachment names a file in ASCII and, for those who can read it, as it is
// (RFC 6266, appendix D).
func attachment(name, unicode string) string {
	return `attachment; filename="` + name + `"; filename*=UTF-8''` + url.PathEscape(unicode)
}
