package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/overlay"
)

// placeFlags choose mines by who and where they are.
type placeFlags struct {
	County         string `help:"Six-digit code."`
	Township       string `help:"Name of the township; - for none stated."`
	Enterprise     string `help:"A part of the enterprise's name."`
	EnterpriseName string `help:"The whole name of the enterprise."`
	Mineral        string `help:"Mineral; - for none stated."`
}

func (f placeFlags) place() overlay.Place {
	return overlay.Place{CountyCode: f.County, Township: f.Township, Enterprise: f.Enterprise, EnterpriseName: f.EnterpriseName, Mineral: f.Mineral}
}

type statisticsCmd struct {
	placeFlags
	From        int64      `name:"run" help:"Run to count; the newest complete one by default."`
	Rule        string     `help:"Code of a rule."`
	ProblemType string     `placeholder:"TITLE" help:"Problem type, e.g. 越界开采."`
	By          string     `enum:"county,township,enterprise,mineral," default:"" help:"Count findings by county, township, enterprise or mineral too."`
	Day         taohe.Date `help:"The day of which overdue speaks; today by default."`
	Format      string     `enum:"table,json,csv" default:"table" help:"table, json or csv."`
	Output      string     `short:"o" type:"path" placeholder:"FILE" help:"File to write; standard output by default."`
}

func (c *statisticsCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		counted, err := p.Statistics(s.ctx, pipeline.StatisticsFilter{
			RunID: c.From, Place: c.place(), RuleChoice: pipeline.RuleChoice{Rule: c.Rule, ProblemType: c.ProblemType}, By: c.By, Day: c.Day,
		})
		switch {
		case errors.Is(err, pipeline.ErrNotFound):
			return &exitError{2, "没有找到已完成的套合。请核对 --run、--county，或先执行 taohe run --as-of 日期。"}
		case errors.Is(err, pipeline.ErrNotComplete):
			return &exitError{2, "这次套合尚未完成（或已取消、失败），不能统计。"}
		case err != nil:
			return err
		}
		shown := api.NewStatistics(counted)
		write := func(w io.Writer) error { return writeStatistics(w, shown) }
		switch c.Format {
		case "json":
			write = func(w io.Writer) error { return writeIndented(w, shown) }
		case "csv":
			write = func(w io.Writer) error { return api.WriteStatisticsCSV(w, shown) }
		}
		return s.deliver(write, c.Format, c.Output)
	})
}

// writeStatistics prints the figures for people, a line each.
func writeStatistics(w io.Writer, st api.Statistics) error {
	fmt.Fprintf(w, "套合 %d（截止日 %s），台账截至 %s\n\n", st.RunID, st.AsOf, st.Day)
	t := table{head: []string{"类别", "名称", "个数", "面积（亩）"}, right: []bool{false, false, true, true}}
	add := func(what string, figures []api.StatisticsFigure) {
		for _, f := range figures {
			area := ""
			if f.Mu != nil {
				area = mu(*f.Mu)
			}
			t.add(what, f.Title, strconv.Itoa(f.Count), area)
		}
	}
	add("矿山", st.Mines)
	add("占地类别", st.Classes)
	add("规则", st.Rules)
	add("问题类型", st.ProblemTypes)
	add("分列", st.By)
	add("台账状态", st.Ledger)
	add("台账时限", st.Due)
	for _, d := range st.ImageDates {
		add("影像 "+d.ImagedOn.String(), d.Rules)
	}
	return t.write(w)
}

type timelineCmd struct {
	County string `arg:"" help:"Six-digit code."`
	Layer  string `help:"One layer only."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

func (c *timelineCmd) Run(s *session) error {
	if _, err := taohe.ParseLayer(c.Layer); c.Layer != "" && err != nil {
		return &exitError{2, "--layer: 没有这个图层。"}
	}
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		all, err := p.TimeLine(s.ctx, c.County, c.Layer)
		if errors.Is(err, pipeline.ErrNotFound) {
			return &exitError{2, "旗区 " + c.County + " 尚未登记。"}
		}
		if err != nil {
			return err
		}
		lines := []api.DatasetVersion{}
		t := table{head: []string{"图层", "来源", "数据", "时点", "采用自", "采用至", "文件", "行数", "验收", "验收人"}, right: []bool{false, false, true, false, false, false, false, true}}
		for _, v := range all {
			lines = append(lines, api.NewDatasetVersion(v))
			t.add(v.Layer.Title(), v.Source, strconv.FormatInt(v.ID, 10), v.Vintage.String(), inForce(v.InForceFrom, "从不"), inForce(v.InForceUntil, ""),
				v.FileName, strconv.FormatInt(v.RowsLoaded, 10), v.AcceptedAt.Local().Format(time.DateTime), v.AcceptedBy)
		}
		if c.JSON {
			return s.printJSON(lines)
		}
		return t.write(s.out)
	})
}

func inForce(day *taohe.Date, otherwise string) string {
	if day == nil {
		return otherwise
	}
	return day.String()
}

type historyCmd struct {
	Dataset int64 `arg:"" help:"Number of the dataset."`
	JSON    bool  `name:"json" help:"Print JSON."`
}

func (c *historyCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		all, err := p.DatasetHistory(s.ctx, c.Dataset)
		if err != nil {
			return datasetError(err, c.Dataset)
		}
		events := []api.DatasetEvent{}
		t := table{head: []string{"时间", "事项", "经办", "套合", "数据"}, right: []bool{false, false, false, true, true}}
		number := func(n *int64) string {
			if n == nil {
				return ""
			}
			return strconv.FormatInt(*n, 10)
		}
		for _, e := range all {
			events = append(events, api.NewDatasetEvent(e))
			at := ""
			if e.At != nil {
				at = e.At.Local().Format(time.DateTime)
			}
			t.add(at, ingest.EventTitles[e.What], e.By, number(e.RunID), number(e.DatasetID))
		}
		if c.JSON {
			return s.printJSON(events)
		}
		return t.write(s.out)
	})
}
