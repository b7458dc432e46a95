package overlay

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/pg"
)

var (
	sqlMapAround    = pg.MustLoad(sqlFS, "sql/map/around.sql")
	sqlMapDivisions = pg.MustLoad(sqlFS, "sql/map/divisions.sql")
)

// A MapGround is ground around a mine as a map shows it, cut to the map; not to
// be measured. Layer is a restricting one, or mining_right for another mine.
type MapGround struct {
	Layer string
	Class string
	Name  string
	Geom  Shape
}

// A MapDivision is a county or a township as a small map shows it.
type MapDivision struct {
	Code string
	Name string
	Geom Shape
}

// MapAround is what lies around a mine of a run in a box, as fine as detailDeg.
func MapAround(ctx context.Context, db Querier, runID int64, licenceNo string, box geo.Extent, detailDeg float64) ([]MapGround, error) {
	return collect[MapGround](ctx, db, sqlMapAround, pgx.StrictNamedArgs{
		"run_id": runID, "licence_no": licenceNo, "detail_deg": detailDeg,
		"west": box.West, "south": box.South, "east": box.East, "north": box.North,
	})
}

// MapDivisions are the divisions of a county that a run read.
func MapDivisions(ctx context.Context, db Querier, runID int64, countyCode string, detailDeg float64) ([]MapDivision, error) {
	return collect[MapDivision](ctx, db, sqlMapDivisions, pgx.StrictNamedArgs{
		"run_id": runID, "county_code": countyCode, "detail_deg": detailDeg,
	})
}
