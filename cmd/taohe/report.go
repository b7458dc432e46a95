package main

import (
	"errors"
	"io"
	"slices"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report"
)

// oneMine is said of a run of one mine that is asked for what it has not.
const oneMine = "这是只重算一座矿山的套合，没有台账、材料和比较。请用整个旗区的套合。"

// changes: what is computed now is kept as a run.
func (c *reportCmd) changes() string {
	if !c.Fresh {
		return ""
	}
	return c.LicenceNo
}

func (c *reportCmd) Run(s *session) error {
	switch {
	case c.Fresh && c.From != 0:
		return &exitError{2, "--fresh 是重算，不能同时写 --run。"}
	case !c.Fresh && !c.AsOf.IsZero():
		return &exitError{2, "--as-of 只用于重算，请同时写 --fresh；已有的套合请用 --run。"}
	case c.Fresh && slices.Contains([]string{"docx", "pdf", "xlsx"}, c.Format):
		return &exitError{2, "一矿一案依据整个旗区的套合和台账，不能用 --fresh。请先执行 taohe run。"}
	}
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

// mine is the report of a run that is there, or of one computed now.
func (c *reportCmd) mine(s *session, p *pipeline.Pipeline) (*report.Mine, error) {
	if !c.Fresh {
		return p.Report(s.ctx, c.From, c.LicenceNo)
	}
	return p.FreshReport(s.ctx, pipeline.FreshRequest{LicenceNo: c.LicenceNo, AsOf: c.AsOf})
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
	m, err := c.mine(s, p)
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
