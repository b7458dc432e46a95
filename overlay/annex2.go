package overlay

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pg"
)

var (
	sqlAnnex2Figures    = pg.MustLoad(sqlFS, "sql/annex2/figures.sql")
	sqlAnnex2DumpPlaces = pg.MustLoad(sqlFS, "sql/annex2/dump_places.sql")
	sqlAnnex2Listed     = pg.MustLoad(sqlFS, "sql/annex2/listed_ground.sql")
)

// A FigureRule says that the findings of a rule count in a figure of a paper:
// all of them, or what of them lies inside protected areas (any, or those of one
// category).
type FigureRule struct{ RuleCode, Inside, Figure string }

// A PaperFigure is what findings come to in a figure, for a county or, where
// CountyCode is empty, for all.
type PaperFigure struct {
	Stratum     string
	Figure      string
	CountyCode  string
	Enterprises int
	// EllipsoidalAreaM2 is of the union: ground found by several rules or on several
	// mines counts once.
	EllipsoidalAreaM2 float64 `db:"ellipsoidal_area_m2"`
}

// PaperFigures adds findings up, for some counties of a run. strata says of each
// mine that counts, by licence number, which stratum it is of: mines of other
// counties too may have ground in these. gridded says that overlay in floating
// precision threw and was done on a grid of 0.01 mm.
func PaperFigures(ctx context.Context, db pgx.Tx, runID int64, counties []string, strata map[string]string, rules []FigureRule, t Thresholds) (figures []PaperFigure, gridded bool, err error) {
	args := pgx.StrictNamedArgs{"run_id": runID, "counties": counties, "min_width_m": t.MinWidthM, "min_area_m2": t.MinAreaM2}
	licences, of := []string{}, []string{}
	for licence, stratum := range strata {
		licences, of = append(licences, licence), append(of, stratum)
	}
	args["licences"], args["strata"] = licences, of
	codes, insides, names := []string{}, []string{}, []string{}
	for _, r := range rules {
		codes, insides, names = append(codes, r.RuleCode), append(insides, r.Inside), append(names, r.Figure)
	}
	args["rules"], args["insides"], args["figures"] = codes, insides, names
	return United[PaperFigure](ctx, db, sqlAnnex2Figures, args)
}

// DumpPlaces is how many dumps of a county a rule finds fault with; any of the
// rules where RuleCode is empty.
type DumpPlaces struct {
	CountyCode string
	RuleCode   string
	Places     int
}

// CountDumpPlaces counts the connected dumps of the kinds that the rules find
// fault with on some mines.
func CountDumpPlaces(ctx context.Context, db Querier, runID int64, licences, rules, kinds []string) ([]DumpPlaces, error) {
	return collect[DumpPlaces](ctx, db, sqlAnnex2DumpPlaces, pgx.StrictNamedArgs{
		"run_id": runID, "licences": licences, "rules": rules, "kinds": kinds,
	})
}

// A ListedFigure is what listed ground comes to, by county and ownership; all
// counties, or all owners, where they are empty.
type ListedFigure struct {
	CountyCode        string
	Ownership         string
	EllipsoidalAreaM2 float64 `db:"ellipsoidal_area_m2"`
	// VegetationM2 is nil where a county filed not both forest and grassland.
	VegetationM2 *float64 `db:"vegetation_m2"`
}

// ListedFigures adds up the ground listed under a rule, restored or not. gridded
// is as for PaperFigures.
func ListedFigures(ctx context.Context, db pgx.Tx, runID int64, counties []string, ruleCode string) (figures []ListedFigure, gridded bool, err error) {
	return United[ListedFigure](ctx, db, sqlAnnex2Listed, pgx.StrictNamedArgs{"run_id": runID, "counties": counties, "rule_code": ruleCode})
}

// unionGridDegrees is the grid on which unions are made that throw without one:
// 0.01 mm.
const unionGridDegrees = 1e-10

// United runs a statement that makes unions, in floating precision and, where
// that throws, on a grid: its argument @grid_degrees.
func United[T any](ctx context.Context, db pgx.Tx, s pg.Statement, args pgx.StrictNamedArgs) (out []T, gridded bool, err error) {
	for _, grid := range []float64{-1, unionGridDegrees} {
		args["grid_degrees"], gridded = grid, grid > 0
		err = pgx.BeginFunc(ctx, db, func(tx pgx.Tx) (err error) {
			out, err = collect[T](ctx, tx, s, args)
			return err
		})
		if !OverlayThrew(err) {
			break
		}
	}
	return out, gridded, err
}
