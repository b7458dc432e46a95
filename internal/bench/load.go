package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/bench/made"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/shpwrite"
)

const (
	loadOurs  = "taohe: load of a zipped shapefile, whole"
	loadStore = "taohe: COPY with areas, pieces, keys and indexes"
	loadBare  = "bare COPY, GiST index"
)

// A loading is parcels that are loaded in several ways.
type loading struct {
	db      Database
	file    string
	parcels int
	// stored wait as they are read, shapes as the store takes them.
	stored []*geom.MultiPolygon
	shapes [][]byte
}

// Load measures the load of a file of forest parcels of some hundred corners,
// whole, and the storing of what is read of it alone, beside a bare COPY of the same geometries out of memory into a table of
// nothing else, and its GiST index; each on one connection.
func Load(ctx context.Context, db Database, parcels, rounds int, progress func(string)) (string, error) {
	folder, err := os.MkdirTemp("", "taohe-bench-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	l := &loading{db: db, file: filepath.Join(folder, "parcels.zip"), parcels: parcels}
	if err := l.prepare(ctx); err != nil {
		return "", err
	}
	progress(fmt.Sprintf("%d parcels in a file", parcels))
	times, err := takeTurns(ctx, rounds, []variant{{loadOurs, l.ours}, {loadStore, l.store}, {loadBare, l.bare}}, progress)
	if err != nil {
		return "", err
	}
	rate := func(name string) []string {
		return append(append([]string{name}, times.seconds(name)...), fmt.Sprintf("%.0f", float64(parcels)/spreadOf(times.wall(name)).median))
	}
	return fmt.Sprintf("%d parcels, medians of %d rounds, least and most in brackets.\n\n%s\n%s", parcels, rounds,
		table(append(slices.Clone(secondsHead), "parcels/s"), [][]string{rate(loadOurs), rate(loadStore), rate(loadBare)}),
		table(ratioHead,
			[][]string{
				times.line(ratio{"rate, storing / bare", loadBare, loadStore, 0.5, true}),
				times.line(ratio{"rate, whole load / bare", loadBare, loadOurs, 0, true}),
			})), nil
}

// prepare writes the file and registers the county it lies in.
func (l *loading) prepare(ctx context.Context) error {
	outlines, box := made.Parcels(1, l.parcels)
	county := ingest.County{Code: "159900", Name: "示例旗", West: box.West, South: box.South, East: box.East, North: box.North}
	if err := ingest.PutCounty(ctx, l.db.Pool, county); err != nil {
		return err
	}
	crs, err := geo.FromEPSG(geo.StoreSRID)
	if err != nil {
		return err
	}
	layer := shpwrite.Layer{
		Name: "parcels", PRJ: wktCGCS2000, Encoding: shpwrite.UTF8, WriteCPG: true,
		Fields: []shpwrite.Field{{Name: "BSM", Type: 'C', Width: 18}, {Name: "DLBM", Type: 'C', Width: 4}, {Name: "QSDWMC", Type: 'C', Width: 24}},
	}
	for i, mp := range outlines {
		stored, err := geo.ToStore(mp, crs)
		if err != nil {
			return err
		}
		l.stored = append(l.stored, stored)
		l.shapes = append(l.shapes, geo.AppendEWKB(nil, stored, geo.StoreSRID))
		layer.Rows = append(layer.Rows, shpwrite.Row{Geometry: mp, Values: []any{fmt.Sprintf("1599%014d", i), "0301", "示例嘎查"}})
	}
	f, err := os.Create(l.file)
	if err != nil {
		return err
	}
	return errors.Join(shpwrite.WriteZip(f, layer), f.Close())
}

// wktCGCS2000 is EPSG:4490 as desktop programs write it beside a shapefile.
const wktCGCS2000 = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`

func (l *loading) ours(ctx context.Context) (map[string]took, error) {
	watch := stopwatchOn(ctx, l.db.Pool)
	s, err := ingest.Begin(ctx, l.db.Pool, ingest.Upload{
		Layer: string(taohe.LayerForest), County: "159900", Source: "land_survey", Vintage: made.AsOf, Path: l.file,
	})
	if err != nil {
		return nil, err
	}
	if err := s.Load(ctx, nil); err != nil {
		return nil, err
	}
	t, err := watch()
	if err != nil {
		return nil, err
	}
	d, err := ingest.GetDataset(ctx, l.db.Pool, s.DatasetID)
	if err != nil {
		return nil, err
	}
	if d.Status != "staged" || d.RowsLoaded != int64(l.parcels) {
		return nil, fmt.Errorf("dataset %d is %s, with %d of %d parcels", d.ID, d.Status, d.RowsLoaded, l.parcels)
	}
	_, err = l.db.Pool.Exec(ctx, fmt.Sprintf("drop table forest_d%d", d.ID))
	return map[string]took{loadOurs: t}, err
}

func (l *loading) store(ctx context.Context) (map[string]took, error) {
	watch := stopwatchOn(ctx, l.db.Pool)
	id, err := made.StoreParcels(ctx, l.db.Pool, "159900", 1, l.stored)
	if err != nil {
		return nil, err
	}
	t, err := watch()
	if err != nil {
		return nil, err
	}
	_, err = l.db.Pool.Exec(ctx, fmt.Sprintf("drop table forest_d%d", id))
	return map[string]took{loadStore: t}, err
}

func (l *loading) bare(ctx context.Context) (map[string]took, error) {
	watch := stopwatchOn(ctx, l.db.Pool)
	err := pg.InTx(ctx, l.db.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `set local max_parallel_maintenance_workers = 0`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `create table bare (row_no int, geom geometry(MultiPolygon, 4490))`); err != nil {
			return err
		}
		at := 0
		_, err := tx.CopyFrom(ctx, pgx.Identifier{"bare"}, []string{"row_no", "geom"}, pgx.CopyFromFunc(func() ([]any, error) {
			if at == len(l.shapes) {
				return nil, nil
			}
			at++
			return []any{at, l.shapes[at-1]}, nil
		}))
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `create index on bare using gist (geom)`)
		return err
	})
	if err != nil {
		return nil, err
	}
	t, err := watch()
	if err != nil {
		return nil, err
	}
	_, err = l.db.Pool.Exec(ctx, `drop table bare`)
	return map[string]took{loadBare: t}, err
}
