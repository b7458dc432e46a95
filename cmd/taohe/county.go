package main

import (
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

type countyCmd struct {
	Add  countyAddCmd  `cmd:"" help:"Register a county, or change the name and extent of one."`
	List countyListCmd `cmd:"" help:"List the registered counties."`
}

type countyAddCmd struct {
	Code   string    `arg:"" help:"Six-digit code, e.g. 150621."`
	Name   string    `arg:"" help:"Name, e.g. 达拉特旗."`
	Extent []float64 `required:"" sep:"," help:"West, south, east, north in degrees, e.g. 109,40,110.75,40.5."`
}

func (c *countyAddCmd) changes() string { return c.Code }

func (c *countyAddCmd) Run(s *session) error {
	if len(c.Extent) != 4 {
		return &exitError{2, "--extent: 请写四个数：西,南,东,北（度），例如 109,40,110.75,40.5。"}
	}
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		err := p.PutCounty(s.ctx, ingest.County{
			Code: c.Code, Name: c.Name, West: c.Extent[0], South: c.Extent[1], East: c.Extent[2], North: c.Extent[3],
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "已登记旗区 %s %s。下一步：taohe import --county %s --layer … --vintage … 文件\n", c.Code, c.Name, c.Code)
		return err
	})
}

type countyListCmd struct{}

func (countyListCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		counties, err := p.Counties(s.ctx)
		if err != nil {
			return err
		}
		t := table{head: []string{"代码", "旗区", "范围（西,南,东,北）"}}
		for _, c := range counties {
			t.add(c.Code, c.Name, fmt.Sprintf("%g,%g,%g,%g", c.West, c.South, c.East, c.North))
		}
		return t.write(s.out)
	})
}
