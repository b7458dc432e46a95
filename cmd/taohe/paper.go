package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/job"
	"github.com/taohe-gis/taohe/internal/office"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

type paperCmd struct {
	Annex1   annex1Cmd   `cmd:"" name:"annex1" help:"The ledger form 摸排情况表 (附件1), a sheet or page for each working group."`
	Annex2   annex2Cmd   `cmd:"" name:"annex2" help:"The report 汇报材料 (附件2) with every figure a run can give; what it cannot give is a marked blank."`
	Briefing briefingCmd `cmd:"" help:"The monthly briefing (简报): what changed since a run before, by working group and county."`
	Dossiers dossiersCmd `cmd:"" help:"The dossiers (一矿一案) and overlay maps (套合图) of many mines in one zip, with a list of what is in it. Killed and started again, it goes on where it was."`
}

// paperFlags say of what a paper speaks and where it goes.
type paperFlags struct {
	From   int64  `name:"run" help:"Run to report from; the newest complete one by default."`
	Group  int    `help:"Working group, 1 to 4; all by default."`
	County string `help:"Code of the county; all of the run by default."`
	Output string `short:"o" type:"path" placeholder:"FILE" help:"File to write; standard output by default."`
}

// followFlags say how far a paper follows the ledger.
type followFlags struct {
	LedgerEvent int64 `help:"Event of the ledger up to which it is followed, as a paper names it; the newest by default."`
}

type annex1Cmd struct {
	paperFlags
	followFlags
	Format string `enum:"xlsx,docx,pdf" default:"xlsx" help:"xlsx, docx or pdf (needs LibreOffice)."`
}

type annex2Cmd struct {
	paperFlags
	followFlags
	Format string `enum:"docx,pdf" default:"docx" help:"docx or pdf (needs LibreOffice)."`
}

type briefingCmd struct {
	paperFlags
	Against int64  `help:"Run to compare with; the newest complete one before by default."`
	Format  string `enum:"docx,pdf" default:"docx" help:"docx or pdf (needs LibreOffice)."`
}

func (c *annex1Cmd) Run(s *session) error {
	return s.writePaper(c.paperFlags, pipeline.PaperRequest{Kind: job.Annex1, Format: c.Format, Scope: c.scope(c.LedgerEvent)})
}

func (c *annex2Cmd) Run(s *session) error {
	return s.writePaper(c.paperFlags, pipeline.PaperRequest{Kind: job.Annex2, Format: c.Format, Scope: c.scope(c.LedgerEvent)})
}

func (c *briefingCmd) Run(s *session) error {
	return s.writePaper(c.paperFlags, pipeline.PaperRequest{Kind: job.Briefing, Format: c.Format, Scope: c.scope(0), Against: c.Against})
}

func (f paperFlags) scope(ledgerEvent int64) pipeline.PaperScope {
	return pipeline.PaperScope{RunID: f.From, Group: f.Group, County: f.County, LedgerEvent: ledgerEvent}
}

// writePaper writes the paper that is asked for.
func (s *session) writePaper(f paperFlags, q pipeline.PaperRequest) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		_, document, err := p.WritePaper(s.ctx, q, s.progress(jobTitles[q.Kind]))
		switch {
		case s.ctx.Err() != nil:
			return &exitError{1, "已取消，没有写出文件。"}
		case errors.Is(err, pipeline.ErrNotFound):
			return &exitError{2, "没有找到可用的套合、旗区、工作组或台账事件；简报须有此前已完成的套合可比较。请核对 --run、--county、--group、--ledger-event，或先执行 taohe run --as-of 日期。"}
		case errors.Is(err, pipeline.ErrNotComplete):
			return &exitError{2, "这次套合尚未完成（或已取消、失败），不能出具材料。"}
		case errors.Is(err, pipeline.ErrOneMine):
			return &exitError{2, oneMine}
		case errors.Is(err, pipeline.ErrWhatIf):
			return &exitError{2, "这是假设套合，所依据的数据尚未验收，不能出具材料。"}
		case err != nil:
			return err
		}
		return s.deliverDocument(document, q.Format, f.Output)
	})
}

// A writer writes a document.
type writer func(io.Writer) error

// deliver writes a document, turned into PDF where that is asked for, to a file
// or to standard output. Nothing is written of one that cannot be made.
func (s *session) deliver(write writer, format, output string) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	return s.deliverDocument(b.Bytes(), format, output)
}

func (s *session) deliverDocument(document []byte, format, output string) error {
	if format == "pdf" {
		var err error
		if document, err = office.PDF(s.ctx, document); err != nil {
			return officeError(err)
		}
	}
	if output != "" {
		return os.WriteFile(output, document, 0o644)
	}
	if f, is := s.out.(*os.File); is && slices.Contains([]string{"docx", "pdf", "xlsx", "png", "map-pdf"}, format) {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return &exitError{2, "这种格式不能显示在屏幕上，请用 -o 文件名 指明写到哪里。"}
		}
	}
	_, err := s.out.Write(document)
	return err
}

// officeError says what to do where no PDF could be made.
func officeError(err error) error {
	var failed *office.ConversionError
	switch {
	case errors.Is(err, office.ErrMissing):
		return &exitError{1, fmt.Sprintf("没有安装 LibreOffice（找不到 %s），不能生成 PDF。请安装（Debian、Ubuntu：apt-get install %s），或改用 --format docx。", office.Program, office.Package)}
	case errors.As(err, &failed):
		return &exitError{1, "LibreOffice 没有生成 PDF：" + failed.Reason + "。请改用 --format docx，用 Word 或 WPS 打开后另存为 PDF。"}
	}
	return err
}
