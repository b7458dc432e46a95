package pipeline

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// CheckGround lays a drawn ground over all layers as of a day, today when that is
// zero, and stores nothing. Faults are *ingest.RequestError.
func (p *Pipeline) CheckGround(ctx context.Context, drawn ingest.Drawn, asOf taohe.Date) (*report.Check, error) {
	if asOf.IsZero() {
		today, err := p.Today(ctx)
		if err != nil {
			return nil, err
		}
		asOf = today
	}
	return read(ctx, p, func(db pgx.Tx) (*report.Check, error) {
		ground, shape, err := drawn.Ground(ctx, db)
		if err != nil {
			return nil, err
		}
		rows, counties, err := overlay.CheckGround(ctx, db, asOf, shape)
		if err != nil {
			return nil, err
		}
		if len(counties) == 0 {
			return nil, &ingest.RequestError{Faults: []ingest.Fault{{Location: "body", Code: "no-county", Message: "这块地不在任何已登记旗区的范围内。"}}}
		}
		whole := geo.EllipsoidalAreaM2(ground)
		out := &report.Check{AsOf: asOf, Surface: report.SurfaceStatement, Ground: report.NewArea(whole), Counties: []string{}, Layers: []report.CheckedLayer{}}
		missing := map[string][]string{}
		for _, c := range counties {
			out.Counties = append(out.Counties, c.CountyCode)
			for _, l := range c.MissingLayers {
				missing[l] = append(missing[l], c.CountyCode)
			}
		}
		for _, l := range taohe.Layers() {
			out.Layers = append(out.Layers, checkedLayers(l, rows, missing[string(l)])...)
		}
		return out, nil
	})
}

// checkedLayers is a layer, once for each source that says something of the
// ground, or once with nothing.
func checkedLayers(l taohe.Layer, rows []overlay.CheckedRow, missing []string) []report.CheckedLayer {
	var out []report.CheckedLayer
	empty := report.CheckedLayer{Layer: string(l), Title: l.Title(), MissingIn: append([]string{}, missing...), Rows: []report.CheckedRow{}}
	for _, r := range rows {
		if r.Layer != l {
			continue
		}
		if n := len(out); n == 0 || out[n-1].Source != r.Source {
			one := empty
			one.Source, one.Inside, one.Decides, one.RowCount, one.Rows = r.Source, report.NewArea(r.TotalM2), report.NewArea(r.DecidesM2), r.RowCount, []report.CheckedRow{}
			out = append(out, one)
		}
		last := &out[len(out)-1]
		last.Rows = append(last.Rows, report.CheckedRow{
			DatasetID: r.DatasetID, RowNo: r.RowNo, CountyCode: r.CountyCode, Vintage: r.Vintage, Name: r.Name, Class: r.Class, ClassTitle: report.Word(r.Class),
			LicenceNo: r.LicenceNo, Enterprise: r.Enterprise, ValidFrom: r.ValidFrom, ValidTo: r.ValidTo, ImagedOn: r.ImagedOn, InForce: r.InForce,
			Inside: report.NewArea(r.InsideM2),
		})
	}
	if len(out) == 0 {
		return []report.CheckedLayer{empty}
	}
	return out
}
