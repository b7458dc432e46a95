package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

type runCmd struct {
	AsOf        taohe.Date `required:"" help:"As-of date, YYYY-MM-DD."`
	County      []string   `help:"Counties to run; all that are registered by default."`
	ChangedOnly bool       `help:"Compute only the mines that changes since the newest complete run can touch, and carry the others over; the figures are those of a whole run."`
	WhatIf      []int64    `placeholder:"DATASET" help:"Read staged datasets as if they were accepted, print what would change against the newest complete run, and keep the run apart: it is no ledger's, and goes when the dataset is accepted or by taohe drop."`
	JSON        bool       `name:"json" help:"Print the run as JSON; with --what-if, what would change."`
	Out         string     `type:"path" help:"Folder to write run.json, a JSON and a GeoJSON report a mine, and ledger.csv to."`
}

func (c *runCmd) changes() string {
	return strings.Join(append([]string{c.AsOf.String()}, c.County...), " ")
}

func (c *runCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		if len(c.WhatIf) > 0 && c.Out != "" {
			return &exitError{2, "假设套合不输出报告和台账：--what-if 与 --out 不能同时使用。"}
		}
		id, err := s.execute(p, pipeline.RunRequest{AsOf: c.AsOf, Counties: c.County, ChangedOnly: c.ChangedOnly, WhatIf: c.WhatIf}, c.JSON)
		if err != nil {
			return err
		}
		if len(c.WhatIf) > 0 {
			return s.printWhatIf(p, id, c.JSON)
		}
		summary, err := summarise(s.ctx, p, id)
		if err != nil {
			return err
		}
		if c.Out != "" {
			if err := writeRun(s.ctx, p, summary, c.Out); err != nil {
				return err
			}
		}
		if c.JSON {
			e := json.NewEncoder(s.out)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			err = e.Encode(summary)
		} else {
			err = summary.print(s.out)
		}
		if err == nil && summary.MinesFailed > 0 {
			return &exitError{1, fmt.Sprintf("%d 个矿山计算失败，其余已完成", summary.MinesFailed)}
		}
		return err
	})
}

// execute begins and computes a run, with progress on a terminal.
func (s *session) execute(p *pipeline.Pipeline, q pipeline.RunRequest, quiet bool) (int64, error) {
	id, err := p.Begin(s.ctx, q)
	if err != nil {
		return 0, err
	}
	var progress func(pipeline.Progress)
	if info, err := os.Stderr.Stat(); !quiet && err == nil && info.Mode()&os.ModeCharDevice != 0 {
		progress = func(x pipeline.Progress) {
			fmt.Fprintf(os.Stderr, "\r套合 %d/%d", x.Done+x.Failed, x.Total)
			if x.Done+x.Failed == x.Total {
				fmt.Fprintln(os.Stderr)
			}
		}
	}
	if err := p.ExecuteRun(s.ctx, id, progress); err != nil {
		switch {
		case s.ctx.Err() != nil:
			return 0, &exitError{1, "已取消，没有保存任何结果。"}
		case errors.Is(err, pipeline.ErrCancelled):
			return 0, &exitError{1, "这次套合已由他人取消。"}
		}
		return 0, err
	}
	return id, nil
}

type reportCmd struct {
	LicenceNo string     `arg:"" help:"Licence number of the mine."`
	From      int64      `name:"run" help:"Run to report from; the newest complete one by default."`
	Fresh     bool       `help:"Compute the mine now, upon the datasets that are accepted; the run is kept beside those of whole counties and is never the newest."`
	AsOf      taohe.Date `help:"As-of date of --fresh, YYYY-MM-DD; today by default."`
	Format    string     `enum:"json,geojson,docx,pdf,xlsx,png,map-pdf" default:"json" help:"json, geojson, the dossier (一矿一案) as docx, pdf (needs LibreOffice) or xlsx, or the overlay map (套合图) as png or map-pdf."`
	Output    string     `short:"o" type:"path" placeholder:"FILE" help:"File to write; standard output by default."`
	Map       mapFlags   `embed:""`
	followFlags
}

func datasetError(err error, id int64) error {
	switch {
	case errors.Is(err, pipeline.ErrNotFound):
		return &exitError{2, fmt.Sprintf("没有编号为 %d 的数据。", id)}
	case errors.Is(err, ingest.ErrKept):
		return &exitError{2, fmt.Sprintf("数据 %d 已验收，或正在读取，不能删除。", id)}
	case errors.Is(err, ingest.ErrBeingRead):
		return &exitError{2, fmt.Sprintf("有人正在读取数据 %d 所在的图层，没有删除任何内容。请稍后再试。", id)}
	case errors.Is(err, ingest.ErrNotStaged):
		return &exitError{2, fmt.Sprintf("数据 %d 不是“已读取，待验收”状态，不能验收。", id)}
	case errors.Is(err, ingest.ErrRemovalUnconfirmed):
		return &exitError{2, fmt.Sprintf("数据 %d 整体替换后会减少现有记录。请核对减少的编号，确认后用 --confirm-removed 写明减少的数目；如只是补充数据，请用 --mode add 或 update 重新导入。", id)}
	case errors.Is(err, ingest.ErrHeldUndecided):
		return &exitError{2, fmt.Sprintf("数据 %d 有暂存待定的行，请用 --held accept（采用修复后的图形）或 --held leave_out（不采用）说明。", id)}
	}
	return err
}
