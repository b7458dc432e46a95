package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// ErrNotComplete is returned when figures are asked of a run that has not all of
// them.
var ErrNotComplete = errors.New("the run is not complete")

// Diff says how a run differs from one before; against 0 is the newest complete
// run of the same counties before it. It returns ErrNotFound where there is no
// such run, ErrNotComplete where one is not complete.
func (p *Pipeline) Diff(ctx context.Context, runID, against int64) (*report.RunDiff, error) {
	d, err := read(ctx, p, func(db pgx.Tx) (*overlay.Diff, error) {
		before, err := runBefore(ctx, db, runID, against)
		if err != nil {
			return nil, err
		}
		return overlay.DiffRuns(ctx, db, before, runID)
	})
	if err != nil {
		return nil, err
	}
	return diffDocument(d)
}

// runBefore is the run that one is compared with, against or, where that is 0, the
// newest complete one of the same counties before it; see Diff.
func runBefore(ctx context.Context, db pgx.Tx, runID, against int64) (before int64, err error) {
	if before = against; before == 0 {
		if before, err = overlay.RunBefore(ctx, db, runID); err != nil {
			return 0, err
		}
	}
	for _, id := range []int64{before, runID} {
		run, err := overlay.GetRun(ctx, db, id)
		if err != nil {
			return 0, err
		}
		if err := whole(run); err != nil && !errors.Is(err, ErrWhatIf) {
			return 0, err
		}
		if run.Status != "complete" {
			return 0, fmt.Errorf("run %d: %w", id, ErrNotComplete)
		}
	}
	return before, nil
}

// diffDocument lays a comparison out for print.
func diffDocument(d *overlay.Diff) (*report.RunDiff, error) {
	oldRules, err := overlay.ParseRules([]byte(d.Old.RuleSet))
	if err != nil {
		return nil, err
	}
	newRules, err := overlay.ParseRules([]byte(d.New.RuleSet))
	if err != nil {
		return nil, err
	}
	out := &report.RunDiff{
		Old: diffRun(d.Old), New: diffRun(d.New), Surface: report.SurfaceStatement, Datasets: []report.DatasetChange{},
		Rules: []report.RuleChange{}, Mines: []report.MineChange{}, Findings: []report.FindingChange{},
	}
	for _, x := range d.Datasets {
		out.Datasets = append(out.Datasets, datasetChange(x))
	}
	for _, r := range d.Rules {
		out.Rules = append(out.Rules, report.RuleChange{Rule: r.RuleCode, Key: r.Key, Old: r.Old, New: r.New})
	}
	for _, m := range d.Mines {
		out.Mines = append(out.Mines, report.MineChange{
			LicenceNo: m.LicenceNo, MineName: m.MineName, Enterprise: m.Enterprise, OldStatus: m.OldStatus, NewStatus: m.NewStatus,
		})
	}
	for _, f := range d.Findings {
		rule, ok := newRules.Rule(f.RuleCode)
		if !ok {
			rule, _ = oldRules.Rule(f.RuleCode)
		}
		var oldM2, newM2 float64
		var oldID, newID string
		if f.OldM2 != nil {
			oldM2, oldID = *f.OldM2, report.FindingID(d.Old.ID, f.LicenceNo, f.RuleCode)
		}
		if f.NewM2 != nil {
			newM2, newID = *f.NewM2, report.FindingID(d.New.ID, f.LicenceNo, f.RuleCode)
		}
		line := report.NewFindingChange(string(f.Change), oldM2, newM2, f.GainedM2, f.LostM2)
		line.LicenceNo, line.MineName, line.Enterprise, line.Rule, line.Title = f.LicenceNo, f.MineName, f.Enterprise, f.RuleCode, rule.Title
		line.OldID, line.NewID, line.CountyCode, line.Group = oldID, newID, f.CountyCode, rule.Group
		for _, c := range f.Causes {
			line.Causes = append(line.Causes, cause(c, d))
		}
		out.Findings = append(out.Findings, line)
	}
	out.Total()
	return out, nil
}

func diffRun(r overlay.Run) report.DiffRun {
	return report.DiffRun{ID: r.ID, AsOf: r.AsOf, RuleSetSHA256: r.RuleSetSHA256, Digest: r.Digest, WhatIf: append([]int64{}, r.WhatIf...)}
}

func datasetChange(x overlay.DatasetChange) report.DatasetChange {
	version := func(id *int64, vintage taohe.Date, name string) *report.DatasetVersion {
		if id == nil {
			return nil
		}
		return &report.DatasetVersion{ID: *id, Vintage: vintage, FileName: name}
	}
	return report.DatasetChange{
		CountyCode: x.CountyCode, Layer: string(x.Layer), LayerTitle: x.Layer.Title(), Source: x.Source,
		Old: version(x.OldID, x.OldVintage, x.OldFileName), New: version(x.NewID, x.NewVintage, x.NewFileName),
		RowsCame: x.RowsCame, RowsWent: x.RowsWent, LookedElsewhere: x.LookedElsewhere,
	}
}

// cause is a cause in words.
func cause(c overlay.Cause, d *overlay.Diff) report.Cause {
	out := report.Cause{Kind: c.Kind}
	switch c.Kind {
	case "row":
		out.Old, out.New = changedRow(c.Old), changedRow(c.New)
		if c.OverM2 != nil {
			a := report.NewArea(*c.OverM2)
			out.Over = &a
		}
		for _, f := range c.Fields {
			out.Fields = append(out.Fields, report.FieldChange{Name: f.Name, Old: f.Old, New: f.New})
		}
		row := c.New
		if row == nil {
			row = c.Old
		}
		out.Text = report.RowCauseText(out, row.Layer.Title())
	case "dataset":
		out.Text = datasetCauseText(*c.Dataset)
	case "rule":
		name := "阈值 " + c.Rule.Key
		if c.Rule.RuleCode != "" {
			name = "规则 " + c.Rule.RuleCode + " 的 " + c.Rule.Key
		}
		out.Text = fmt.Sprintf("%s由“%s”改为“%s”", name, c.Rule.Old, c.Rule.New)
	case "as_of":
		out.Text = fmt.Sprintf("截止日由 %s 改为 %s", d.Old.AsOf, d.New.AsOf)
	case "mine":
		out.Text = fmt.Sprintf("矿山%s，现在%s", mineStatus(c.Mine.OldStatus), mineStatus(c.Mine.NewStatus))
	case "not_evaluated":
		out.Text = fmt.Sprintf("套合 %d %s", d.Old.ID, report.MissingStatement(c.MissingLayers))
		if c.MissingIn == "new" {
			out.Text = fmt.Sprintf("套合 %d %s", d.New.ID, report.MissingStatement(c.MissingLayers))
		}
		out.Text = strings.TrimSuffix(out.Text, "。")
	}
	return out
}

func mineStatus(status string) string {
	switch status {
	case "":
		return "不在采矿权图层内"
	case "failed":
		return "计算失败"
	}
	return "已算出"
}

func datasetCauseText(x overlay.DatasetChange) string {
	name := func(id *int64, vintage taohe.Date) string {
		if id == nil {
			return "无"
		}
		return fmt.Sprintf("数据 %d（%s）", *id, vintage)
	}
	text := fmt.Sprintf("%s由%s改为%s", x.Layer.Title(), name(x.OldID, x.OldVintage), name(x.NewID, x.NewVintage))
	if x.LookedElsewhere {
		text += "，影像判读范围或数据覆盖范围有变化"
	}
	return text
}

func changedRow(r *overlay.DescribedRow) *report.ChangedRow {
	if r == nil {
		return nil
	}
	return &report.ChangedRow{
		Layer: string(r.Layer), DatasetID: r.DatasetID, Label: r.Label, FileName: r.FileName, FileSHA256: r.FileSHA256, Row: r.SourceRow,
	}
}
