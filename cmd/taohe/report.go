package main

import (
	"errors"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report"
)

func (c *reportCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		m, err := p.Report(s.ctx, c.From, c.LicenceNo)
		if errors.Is(err, pipeline.ErrNotFound) {
			return &exitError{2, "没有找到许可证号 " + c.LicenceNo + " 的套合结果。请核对许可证号，或先执行 taohe run --as-of 日期。"}
		}
		if err != nil {
			return err
		}
		if c.Format == "geojson" {
			return report.WriteGeoJSON(s.out, m)
		}
		return report.WriteJSON(s.out, m)
	})
}
