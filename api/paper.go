package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/url"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

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
	form, err := s.Pipeline.Annex1(ctx, in.at(in.LedgerEvent))
	if err != nil {
		return nil, err
	}
	if representation(ctx) == xlsxType {
		return s.paper(ctx, in.name("annex1"), "附件1 "+form.Title, func(w io.Writer) error { return report.WriteAnnex1XLSX(w, form) })
	}
	return s.paper(ctx, in.name("annex1"), "附件1 "+form.Title, func(w io.Writer) error { return report.WriteAnnex1DOCX(w, form) })
}

// name is the name of a paper's file for those who read ASCII alone.
func (s PaperScope) name(paper string) string { return paper + "-run-" + strconv.FormatInt(s.ID, 10) }

func (s *service) annex2(ctx context.Context, in *struct {
	PaperScope
	LedgerMoment
	Format string `query:"format" enum:"docx,pdf" doc:"代替 Accept；pdf 需要服务器装有 LibreOffice"`
},
) (*huma.StreamResponse, error) {
	outline, err := s.Pipeline.Annex2(ctx, in.at(in.LedgerEvent))
	if err != nil {
		return nil, err
	}
	return s.paper(ctx, in.name("annex2"), "附件2 矿山以案促改专项行动汇报提纲", func(w io.Writer) error { return report.WriteAnnex2DOCX(w, outline) })
}

func (s *service) briefing(ctx context.Context, in *struct {
	PaperScope
	Against int64  `query:"against" minimum:"1" doc:"与之比较的套合；不写即此前同一范围最新的已完成套合"`
	Format  string `query:"format" enum:"docx,pdf" doc:"代替 Accept；pdf 需要服务器装有 LibreOffice"`
},
) (*huma.StreamResponse, error) {
	b, err := s.Pipeline.Briefing(ctx, in.scope(), in.Against)
	if err != nil {
		return nil, err
	}
	return s.paper(ctx, in.name("briefing"), b.Title, func(w io.Writer) error { return report.WriteBriefingDOCX(w, b) })
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
		s.Log.Warn("dossier without a map", "err", err)
	} else if err != nil {
		return nil, err
	}
	return s.paper(ctx, "dossier-"+in.LicenceNo, "一矿一案 "+d.Mine.Mine.MineName, func(w io.Writer) error { return write(w, *d) })
}

// paper is a document as a file with two names, turned into PDF where that was
// asked for.
func (s *service) paper(ctx context.Context, name, chinese string, write func(io.Writer) error) (*huma.StreamResponse, error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return nil, err
	}
	kind, document := representation(ctx), b.Bytes()
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
	ending := endings[kind]
	return streamAs(kind, attachment(name+ending, chinese+ending), func(w io.Writer) error {
		_, err := w.Write(document)
		return err
	}), nil
}

// attachment names a file in ASCII and, for those who can read it, as it is
// (RFC 6266, appendix D).
func attachment(name, unicode string) string {
	return `attachment; filename="` + name + `"; filename*=UTF-8''` + url.PathEscape(unicode)
}
