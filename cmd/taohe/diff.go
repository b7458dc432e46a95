package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report"
)

type diffCmd struct {
	Old  int64 `arg:"" help:"The run before."`
	New  int64 `arg:"" help:"The run after."`
	JSON bool  `name:"json" help:"Print JSON."`
}

func (c *diffCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		d, err := p.Diff(s.ctx, c.New, c.Old)
		switch {
		case errors.Is(err, pipeline.ErrNotFound):
			return &exitError{2, fmt.Sprintf("没有编号为 %d 或 %d 的套合。", c.Old, c.New)}
		case errors.Is(err, pipeline.ErrNotComplete):
			return &exitError{2, "只能比较已完成的套合。"}
		case errors.Is(err, pipeline.ErrOneMine):
			return &exitError{2, oneMine}
		case err != nil:
			return err
		}
		return s.printDiff(d, c.JSON)
	})
}

func (s *session) printDiff(d *report.RunDiff, asJSON bool) error {
	if asJSON {
		return report.WriteDiffJSON(s.out, d)
	}
	return writeDiff(s.out, d)
}

// printWhatIf says what would change if the datasets of a what-if run were
// accepted.
func (s *session) printWhatIf(p *pipeline.Pipeline, id int64, asJSON bool) error {
	d, err := p.Diff(s.ctx, id, 0)
	if errors.Is(err, pipeline.ErrNotFound) {
		return &exitError{1, fmt.Sprintf("假设套合 %d 已完成，但这些旗区还没有已完成的正式套合，无从比较。请先执行 taohe run，再用 taohe diff 比较。", id)}
	}
	if err != nil {
		return err
	}
	if err := s.printDiff(d, asJSON); err != nil || asJSON {
		return err
	}
	_, err = fmt.Fprintf(s.out, "\n这是假设套合 %d：数据尚未验收，不计入台账。验收后自动删除，也可执行 taohe drop %d。\n", id, id)
	return err
}

// writeDiff prints a comparison for people: a line a finding, its causes below.
func writeDiff(w io.Writer, d *report.RunDiff) error {
	fmt.Fprintf(w, "套合 %d（截止日 %s）与套合 %d（截止日 %s）比较\n", d.New.ID, d.New.AsOf, d.Old.ID, d.Old.AsOf)
	for _, x := range d.Datasets {
		name := func(v *report.DatasetVersion) string {
			if v == nil {
				return "无"
			}
			return fmt.Sprintf("%d（%s %s）", v.ID, v.Vintage, v.FileName)
		}
		fmt.Fprintf(w, "数据变化：%s %s %s → %s，增加或改后 %d 行，减少或改前 %d 行\n", x.CountyCode, x.LayerTitle, name(x.Old), name(x.New), x.RowsCame, x.RowsWent)
	}
	for _, r := range d.Rules {
		fmt.Fprintf(w, "规则变化：%s %s “%s” → “%s”\n", r.Rule, r.Key, r.Old, r.New)
	}
	for _, m := range d.Mines {
		fmt.Fprintf(w, "矿山变化：%s %s “%s” → “%s”\n", m.LicenceNo, m.MineName, m.OldStatus, m.NewStatus)
	}
	if len(d.Findings) == 0 {
		_, err := fmt.Fprintln(w, "各矿问题没有变化。")
		return err
	}
	lines := table{
		head:  []string{"变化", "许可证号", "矿山", "问题", "原（亩）", "现（亩）", "差（亩）", "增地（亩）", "减地（亩）"},
		right: []bool{false, false, false, false, true, true, true, true, true},
	}
	for _, f := range d.Findings {
		lines.add(f.ChangeTitle, f.LicenceNo, f.MineName, f.Title, mu(f.Old.Mu), mu(f.New.Mu), signed(f.DifferenceMu), mu(f.Gained.Mu), mu(f.Lost.Mu))
	}
	for _, t := range d.Totals {
		lines.add("合计："+t.Title, strconv.Itoa(t.Findings)+" 个", "", "", mu(t.Old.Mu), mu(t.New.Mu), signed(t.DifferenceMu), "", "")
	}
	fmt.Fprintln(w)
	if err := lines.write(w); err != nil {
		return err
	}
	fmt.Fprintln(w, "\n原因")
	for _, f := range d.Findings {
		fmt.Fprintf(w, "%s %s（%s）\n", f.LicenceNo, f.Title, f.ChangeTitle)
		for _, c := range f.Causes {
			fmt.Fprintf(w, "  %s\n", c.Text)
		}
	}
	return nil
}

func signed(v float64) string {
	if v > 0 {
		return "+" + mu(v)
	}
	return mu(v)
}

type dropCmd struct {
	ID int64 `arg:"" help:"Number of the what-if run."`
}

func (c *dropCmd) changes() string { return strconv.FormatInt(c.ID, 10) }

func (c *dropCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		err := p.DropWhatIf(s.ctx, c.ID)
		switch {
		case errors.Is(err, pipeline.ErrNotFound):
			return &exitError{2, fmt.Sprintf("没有编号为 %d 的套合。", c.ID)}
		case errors.Is(err, pipeline.ErrNotWhatIf):
			return &exitError{2, fmt.Sprintf("套合 %d 是正式套合，或仍在计算，不能删除。", c.ID)}
		case err != nil:
			return err
		}
		_, err = fmt.Fprintf(s.out, "已删除假设套合 %d\n", c.ID)
		return err
	})
}

type explainCmd struct {
	Finding string `arg:"" help:"Number of the finding, as reports print it: RUN-LICENCE-RULE."`
	JSON    bool   `name:"json" help:"Print JSON."`
}

func (c *explainCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		e, err := p.Explain(s.ctx, c.Finding)
		if errors.Is(err, pipeline.ErrNotFound) {
			return &exitError{2, "没有问题 " + c.Finding + "。编号写作“套合编号-许可证号-规则代码”，见报告中各问题的 id。"}
		}
		if err != nil {
			return err
		}
		if c.JSON {
			return report.WriteExplanationJSON(s.out, e)
		}
		return report.WriteExplanation(s.out, e)
	})
}
