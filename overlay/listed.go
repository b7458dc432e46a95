package overlay

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
)

// A ListedGround is a patch that enters no mine's account: of no mine, an
// abandoned pit of whoever, or ownerless. Its area is what the newest image
// still shows of it; of a restored pit the whole.
type ListedGround struct {
	DatasetID  int64
	RowNo      int
	PatchNo    string
	Kind       string
	ImagedOn   taohe.Date
	CountyCode string
	Township   string
	// LicenceNo is the mine it was given to, "" for none.
	LicenceNo    string
	AttributedBy string
	// Ownership is owned, ownerless, or "" where the file does not say.
	Ownership string
	Restored  bool
	// RuleCode is the rule it is listed under, "" where it is only listed.
	RuleCode               string
	EllipsoidalAreaM2      float64 `db:"ellipsoidal_area_m2"`
	PatchEllipsoidalAreaM2 float64 `db:"patch_ellipsoidal_area_m2"`
	// ForestM2 and what follows are nil where the county filed no such layer.
	ForestM2            *float64 `db:"forest_m2"`
	GrasslandM2         *float64 `db:"grassland_m2"`
	ForestOrGrasslandM2 *float64 `db:"forest_or_grassland_m2"`
	FileName            string
	FileSHA256          string `db:"file_sha256"`
	SourceRow           int
	Geom                Shape
	Overlaps            []ListedOverlap `db:"-"`
}

// A ListedOverlap is a row of restricting ground under listed ground.
type ListedOverlap struct {
	PatchDatasetID    int64
	PatchRowNo        int
	Layer             taohe.Layer
	Name              string
	Class             string
	EllipsoidalAreaM2 float64 `db:"ellipsoidal_area_m2"`
}

// ListedGrounds lists the ground of a run that enters no mine's account, by
// county and patch number.
func ListedGrounds(ctx context.Context, db Querier, runID int64) ([]ListedGround, error) {
	run := pgx.StrictNamedArgs{"run_id": runID}
	listed, err := collect[ListedGround](ctx, db, sqlReadListed, run)
	if err != nil {
		return nil, err
	}
	overlaps, err := collect[ListedOverlap](ctx, db, sqlReadListedOverlaps, run)
	if err != nil {
		return nil, err
	}
	type row struct {
		dataset int64
		no      int
	}
	of := make(map[row][]ListedOverlap)
	for _, o := range overlaps {
		at := row{o.PatchDatasetID, o.PatchRowNo}
		of[at] = append(of[at], o)
	}
	for i := range listed {
		listed[i].Overlaps = of[row{listed[i].DatasetID, listed[i].RowNo}]
	}
	return listed, nil
}

// A CountyFigure is what the listed ground of a county adds up to under a rule,
// by ownership and by whether it is restored: connected places, ground of
// several patches once.
type CountyFigure struct {
	CountyCode          string
	RuleCode            string
	Ownership           string // owned, ownerless or ownership_unknown
	Restored            bool
	Places              int
	EllipsoidalAreaM2   float64  `db:"ellipsoidal_area_m2"`
	ForestM2            *float64 `db:"forest_m2"`
	GrasslandM2         *float64 `db:"grassland_m2"`
	ForestOrGrasslandM2 *float64 `db:"forest_or_grassland_m2"`
}

// CountyFigures lists them by county, rule, ownership and state.
func CountyFigures(ctx context.Context, db Querier, runID int64) ([]CountyFigure, error) {
	return collect[CountyFigure](ctx, db, sqlReadCountyFigures, pgx.StrictNamedArgs{"run_id": runID})
}
