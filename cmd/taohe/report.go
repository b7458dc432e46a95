package main

import (
	"errors"
	"io"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report"
)

func (c *reportCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		write, err := c.document(s, p)
		if errors.Is(err, pipeline.ErrNotFound) {
			return &exitError{2, "没有找到许可证号 " + c.LicenceNo + " 的套合结果，或没有所指的台账事件。请核对许可证号和 --ledger-event，或先执行 taohe run --as-of 日期。"}
		}
		if err != nil {
			return err
		}
		return s.deliver(write, c.Format, c.Output)
	})
}

// document gathers what the format asks for.
func (c *reportCmd) document(s *session, p *pipeline.Pipeline) (writer, error) {
	switch c.Format {
	case "docx", "pdf", "xlsx":
		d, err := p.DossierAt(s.ctx, c.From, c.LicenceNo, c.LedgerEvent)
		if err != nil {
			return nil, err
		}
		if c.Format == "xlsx" {
			return func(w io.Writer) error { return report.WriteDossierXLSX(w, *d) }, nil
		}
		if d.Map, err = c.Map.picture(s, p, d.Mine); err != nil {
			return nil, err
		}
		return func(w io.Writer) error { return report.WriteDossierDOCX(w, *d) }, nil
	}
	m, err := p.Report(s.ctx, c.From, c.LicenceNo)
	if err != nil {
		return nil, err
	}
	if c.Format == "png" || c.Format == "map-pdf" {
		return c.Map.writer(s, p, m, c.Format)
	}
	if c.Format == "geojson" {
		return func(w io.Writer) error { return report.WriteGeoJSON(w, m) }, nil
	}
	return func(w io.Writer) error { return report.WriteJSON(w, m) }, nil
}
