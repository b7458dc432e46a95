package main

import (
	"io"
	"iter"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

type diagnosticsCmd struct {
	ID     int64  `arg:"" help:"Number of the dataset."`
	Format string `enum:"csv,geojson,json" default:"csv" help:"csv (opens in a spreadsheet), geojson (a point for each on a map) or json."`
}

func (c *diagnosticsCmd) Run(s *session) error {
	write := map[string]func(io.Writer, iter.Seq2[ingest.StoredDiagnostic, error]) error{
		"csv": ingest.WriteDiagnosticsCSV, "geojson": ingest.WriteDiagnosticsGeoJSON, "json": ingest.WriteDiagnosticsJSON,
	}[c.Format]
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		if _, err := p.Dataset(s.ctx, c.ID); err != nil {
			return datasetError(err, c.ID)
		}
		return write(s.out, p.EachDiagnostic(s.ctx, c.ID))
	})
}
