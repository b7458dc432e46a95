package pipeline

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
	"github.com/taohe-gis/taohe/report/mapsheet"
)

// metresPerDegree is that of a degree of latitude, near enough for what a map
// can show.
const metresPerDegree = 111e3

// mapMarginDeg is how far outside a map ground is read, so that its cut edges
// stay outside: 2 mm of it would do.
const mapMarginDeg = 0.004

// MapSheet plans the map of a mine of a report, with what lies around it.
func (p *Pipeline) MapSheet(ctx context.Context, m *report.Mine, o mapsheet.Options) (*mapsheet.Sheet, error) {
	sheet, err := mapsheet.New(m, o)
	if err != nil {
		return nil, err
	}
	type surroundings struct {
		ground    []overlay.MapGround
		divisions []overlay.MapDivision
		county    ingest.County
	}
	frame := sheet.Frame()
	box := frame.Extent()
	margin := max(mapMarginDeg, frame.ScaleDenominator*0.004/metresPerDegree)
	box = geo.Extent{West: box.West - margin, South: box.South - margin, East: box.East + margin, North: box.North + margin}
	// A twentieth of a millimetre on paper is half of what the finest line covers.
	detailDeg := frame.ScaleDenominator * 0.05e-3 / metresPerDegree
	s, err := read(ctx, p, func(db pgx.Tx) (s surroundings, err error) {
		if s.ground, err = overlay.MapAround(ctx, db, m.Run.ID, m.Mine.LicenceNo, box, detailDeg); err != nil {
			return s, err
		}
		if s.county, err = ingest.GetCounty(ctx, db, m.Mine.CountyCode); err != nil {
			return s, err
		}
		// A county on a map of some 40 mm.
		countyDetailDeg := (s.county.East - s.county.West) / 400
		s.divisions, err = overlay.MapDivisions(ctx, db, m.Run.ID, m.Mine.CountyCode, countyDetailDeg)
		return s, err
	})
	if err != nil {
		return nil, err
	}
	for _, g := range s.ground {
		sheet.Around = append(sheet.Around, mapsheet.Ground{Layer: g.Layer, Class: g.Class, Name: g.Name, EWKB: g.Geom})
	}
	for _, v := range s.divisions {
		sheet.Divisions = append(sheet.Divisions, mapsheet.Division{Code: v.Code, Name: v.Name, EWKB: v.Geom})
	}
	sheet.CountyExtent = geo.Extent{West: s.county.West, South: s.county.South, East: s.county.East, North: s.county.North}
	return sheet, nil
}
