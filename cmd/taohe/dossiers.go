package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/job"
	"github.com/taohe-gis/taohe/internal/office"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report/drawing"
	"github.com/taohe-gis/taohe/report/mapsheet"
)

type dossiersCmd struct {
	From        int64    `name:"run" help:"Run to report from; the newest complete one by default."`
	County      []string `help:"Counties; all of the run by default."`
	Mine        []string `placeholder:"LICENCE" help:"Licence numbers; all by default."`
	LedgerEvent int64    `help:"Event of the ledger up to which it is followed, as a paper names it; the newest by default."`
	Format      string   `enum:"docx,pdf" default:"docx" help:"Dossiers as docx or pdf (needs LibreOffice)."`
	MapFormat   string   `enum:"png,pdf" default:"png" help:"Maps as png or pdf."`
	Paper       string   `enum:"A4,A3" default:"A4" help:"Paper of the maps: A4 or A3."`
	Orientation string   `enum:"auto,portrait,landscape" default:"auto" help:"How the paper lies."`
	DPI         int      `name:"dpi" default:"200" help:"Resolution of maps as png, 72 to 600."`
	Orthophoto  string   `default:"auto" placeholder:"auto|none|ID" help:"Orthophoto beneath the maps of those that are kept: for each mine the newest not after the as-of date that covers its licence (auto), none, or one by its number."`
	Font        string   `env:"TAOHE_FONT" type:"path" placeholder:"FILE" help:"Font for maps; Noto CJK or Source Han where they are usually installed by default."`
	Out         string   `short:"o" required:"" type:"path" placeholder:"FILE" help:"Zip to write."`
}

// changes: what is made is kept until the file is whole.
func (c *dossiersCmd) changes() string { return filepath.Base(c.Out) }

// Run makes the papers in this program, beside a service or without one. What is
// made is kept in the database until the file is whole: when the program is killed,
// the same command goes on where it was.
func (c *dossiersCmd) Run(s *session) error {
	choice, err := orthophotoChoice(c.Orthophoto)
	if err != nil {
		return err
	}
	font, err := openFont(c.Font)
	if err != nil {
		return err
	}
	font.Close()
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		if _, err := p.ExpireJobs(s.ctx); err != nil {
			return err
		}
		id, err := p.BeginDossiers(s.ctx, pipeline.DossiersRequest{
			RunID: c.From, Counties: c.County, LicenceNos: c.Mine, LedgerEvent: c.LedgerEvent, Format: c.Format, MapFormat: c.MapFormat, DPI: c.DPI,
			Map: mapsheet.Options{Paper: mapsheet.Paper(c.Paper), Orientation: mapsheet.Orientation(c.Orientation)}, Orthophoto: choice,
		}, nil)
		if err != nil {
			return dossiersError(err)
		}
		if j, err := p.Job(s.ctx, id); err != nil {
			return err
		} else if j.Done+j.Failed > 0 {
			fmt.Fprintf(s.errOut, "接着做上次中断的：%d 座矿山中 %d 座已有材料。\n", j.Total, j.Done+j.Failed)
		}
		if err := p.ExecuteDossiers(s.ctx, id, pipeline.NewPress(c.Font), s.progress("一矿一案")); err != nil {
			if s.ctx.Err() != nil {
				return &exitError{1, "已取消，没有写出文件。"}
			}
			return dossiersError(err)
		}
		if err := c.write(s, p, id); err != nil {
			return err // the papers stay, and the same command writes them
		}
		j, err := p.Job(s.ctx, id)
		if err != nil {
			return err
		}
		if _, err := p.DropJob(s.ctx, id); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%d 座矿山的材料写入 %s\n", j.Done, c.Out)
		if j.Failed > 0 {
			return &exitError{1, fmt.Sprintf("%d 座矿山未能生成，原因见压缩包中的目录。", j.Failed)}
		}
		return nil
	})
}

// write writes the zip beside its name, and gives it that when it is whole.
func (c *dossiersCmd) write(s *session, p *pipeline.Pipeline, id int64) (err error) {
	draft := c.Out + ".part"
	f, err := os.Create(draft)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(draft)
		}
	}()
	err = p.WriteArchive(s.ctx, id, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(draft, c.Out)
}

// progress says on a terminal how far something is.
func (s *session) progress(what string) func(done, total int) {
	f, is := s.errOut.(*os.File)
	if !is {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return func(done, total int) { fmt.Fprintf(f, "\r%s %d/%d ", what, done, total) }
}

// dossiersError puts what stands in the way into words for a clerk.
func dossiersError(err error) error {
	switch {
	case errors.Is(err, pipeline.ErrNotFound):
		return &exitError{2, "没有找到可用的套合，或没有这一号台账事件。请核对 --run、--county、--ledger-event，或先执行 taohe run --as-of 日期。"}
	case errors.Is(err, pipeline.ErrNotComplete):
		return &exitError{2, "这次套合尚未完成（或已取消、失败），不能出具材料。"}
	case errors.Is(err, pipeline.ErrOneMine):
		return &exitError{2, oneMine}
	case errors.Is(err, pipeline.ErrWhatIf):
		return &exitError{2, "这是假设套合，所依据的数据尚未验收，不能出具材料。"}
	case errors.Is(err, pipeline.ErrCancelled):
		return &exitError{1, "这个任务已由他人取消。"}
	case errors.Is(err, pipeline.ErrNoGDAL):
		return &exitError{2, noGDAL}
	case errors.Is(err, drawing.ErrNoFont), errors.Is(err, office.ErrMissing):
		return officeError(err)
	}
	return err
}

type jobsCmd struct {
	List jobsListCmd `cmd:"" default:"1" help:"List jobs, newest first."`
	Drop jobsDropCmd `cmd:"" help:"Cancel a job that is not over; delete one that is, with what it made."`
}

type jobsListCmd struct{}

// jobTitles are what people call the kinds and states of jobs.
var jobTitles = map[string]string{
	job.Dossiers: "一矿一案", job.Annex1: "附件1", job.Annex2: "附件2", job.Briefing: "简报", job.Feed: "入账", job.Measurements: "影像核验", job.MineReport: "重算一座矿山",
	job.Queued: "排队", job.Running: "进行中", job.Complete: "完成", job.Cancelled: "已取消", job.Failed: "系统故障",
}

func (jobsListCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		all, err := p.Jobs(s.ctx, 0, 1000)
		if err != nil {
			return err
		}
		t := table{head: []string{"编号", "任务", "套合", "状态", "进度", "未完成", "保留到"}, right: []bool{true, false, true, false, true, true}}
		for _, j := range all {
			until := ""
			if j.ExpiresAt != nil {
				until = j.ExpiresAt.Local().Format(time.DateTime)
			}
			t.add(strconv.FormatInt(j.ID, 10), jobTitles[j.Kind], strconv.FormatInt(j.RunID, 10), jobTitles[j.Status],
				fmt.Sprintf("%d/%d", j.Done, j.Total), strconv.Itoa(j.Failed), until)
		}
		return t.write(s.out)
	})
}

type jobsDropCmd struct {
	ID int64 `arg:"" help:"Number of the job."`
}

func (c *jobsDropCmd) changes() string { return strconv.FormatInt(c.ID, 10) }

func (c *jobsDropCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		if _, err := p.Job(s.ctx, c.ID); errors.Is(err, pipeline.ErrNotFound) {
			return &exitError{2, fmt.Sprintf("没有编号为 %d 的任务。", c.ID)}
		} else if err != nil {
			return err
		}
		cancelled, err := p.CancelJob(s.ctx, c.ID)
		if err != nil {
			return err
		}
		if cancelled {
			_, err = fmt.Fprintf(s.out, "任务 %d 已取消。\n", c.ID)
			return err
		}
		if _, err := p.DropJob(s.ctx, c.ID); err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "任务 %d 及其结果已删除。\n", c.ID)
		return err
	})
}
