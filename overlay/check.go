package overlay

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pg"
)

var (
	sqlCheckRows     = pg.MustLoad(sqlFS, "sql/check/rows.sql")
	sqlCheckCounties = pg.MustLoad(sqlFS, "sql/check/counties.sql")
)

// MaxCheckedRows is how many rows of a layer and source a check lists; its sum is
// over all.
const MaxCheckedRows = 500

// A CheckedRow is a row of a layer that a ground meets, with what of the ground
// lies in it, and the sum of its layer and source.
type CheckedRow struct {
	Layer      taohe.Layer
	Source     string
	CountyCode string
	Vintage    taohe.Date
	DatasetID  int64
	RowNo      int
	Name       string
	Class      string
	LicenceNo  string
	Enterprise string
	ValidFrom  *taohe.Date
	ValidTo    *taohe.Date
	ImagedOn   *taohe.Date
	InForce    *bool   // of licences and approvals
	InsideM2   float64 `db:"inside_m2"`
	TotalM2    float64 `db:"total_m2"`
	// DecidesM2 is the part of it that the source decides, forestry before land survey.
	DecidesM2 float64 `db:"decides_m2"`
	RowCount  int
}

// A CheckedCounty is a county that a ground may lie in, with the layers it lacks.
type CheckedCounty struct {
	CountyCode    string
	MissingLayers []string
}

// CheckGround lays a ground (EWKB, edges of at most 70 m) over all layers as of a
// day. Nothing is stored.
func CheckGround(ctx context.Context, db Querier, asOf taohe.Date, ground []byte) ([]CheckedRow, []CheckedCounty, error) {
	args := pgx.StrictNamedArgs{"as_of": asOf, "ground": ground, "layers": taohe.Layers()}
	counties, err := collect[CheckedCounty](ctx, db, sqlCheckCounties, args)
	if err != nil {
		return nil, nil, err
	}
	delete(args, "layers")
	args["max_rows"] = MaxCheckedRows
	rows, err := collect[CheckedRow](ctx, db, sqlCheckRows, args)
	return rows, counties, err
}
