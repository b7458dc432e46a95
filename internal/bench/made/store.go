package made

import (
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/migrations"
)

//go:embed sql/*.sql
var sqlFS embed.FS

var (
	sqlBeginDataset  = pg.MustLoad(sqlFS, "sql/begin_dataset.sql")
	sqlFinishDataset = pg.MustLoad(sqlFS, "sql/finish_dataset.sql")
	sqlCountCounties = pg.MustLoad(sqlFS, "sql/count_counties.sql")
	sqlCountFinished = pg.MustLoad(sqlFS, "sql/count_finished.sql")
	sqlCreateTable   = pg.MustLoad(sqlFS, "sql/create_dataset_table.sql")
	sqlCutLargeRows  = pg.MustLoad(sqlFS, "sql/cut_large_rows.sql")
	sqlAttachTable   = pg.MustLoad(sqlFS, "sql/attach_dataset_table.sql")
	sqlAddFootprint  = pg.MustLoad(sqlFS, "sql/add_footprint.sql")
)

// version changes with every change of what is drawn.
const version = 1

// Options of Write.
type Options struct {
	Size Size
	Seed int
	// Workers is how many tables are written at a time; two when 0.
	Workers int
	// Progress may be nil. It is told each table that is finished.
	Progress func(layer taohe.Layer, county string, rows int)
}

// ErrOtherData is returned by Write when the database holds anything else, or the
// same by another version of the program.
var ErrOtherData = errors.New("the database holds other data")

// Write draws the counties into an empty migrated database, accepted, indexed
// and analysed. Where they are already it does nothing.
func Write(ctx context.Context, pool *pgxpool.Pool, o Options) error {
	if err := o.Size.check(); err != nil {
		return err
	}
	tables, err := o.tables()
	if err != nil {
		return err
	}
	drawn, err := o.drawnBy()
	if err != nil {
		return err
	}
	var counties, finished int
	if err := pool.QueryRow(ctx, sqlCountCounties.SQL()).Scan(&counties); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if err := pool.QueryRow(ctx, sqlCountFinished.SQL(), pgx.StrictNamedArgs{"drawn": drawn}).Scan(&finished); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	switch {
	case finished == len(tables):
		return nil
	case counties > 0:
		return ErrOtherData
	}
	for i, s := range o.Size.sheets() {
		west, south := lonLat(float64(s.west), float64(s.south))
		east, north := lonLat(float64(s.west+s.columns), float64(s.south+s.rows))
		err := ingest.PutCounty(ctx, pool, ingest.County{Code: countyCode(i), Name: fmt.Sprintf("示例%d旗", i+1), West: west, South: south, East: east, North: north})
		if err != nil {
			return err
		}
	}
	// All are begun in order, so that their numbers are the same every time.
	for i := range tables {
		if err := tables[i].begin(ctx, pool, drawn); err != nil {
			return err
		}
	}
	if err := writeAll(ctx, pool, tables, o); err != nil {
		return err
	}
	if _, err := pool.Exec(ctx, `vacuum (analyze)`); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// drawnBy is a SHA-256 over all that what is drawn hangs on, and over the
// migrations: while one of them is written, its functions change, and those of a
// database do not.
func (o Options) drawnBy() ([]byte, error) {
	h := sha256.New()
	fmt.Fprintln(h, version, o.Seed, o.Size.Counties, o.Size.Mines, o.Size.Parcels)
	err := fs.WalkDir(migrations.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations.FS, name)
		h.Write(text)
		return err
	})
	return h.Sum(nil), err
}

func countyCode(county int) string { return fmt.Sprintf("%d", 159900+county) }

// writeAll writes the tables, several at a time, in their order.
func writeAll(ctx context.Context, pool *pgxpool.Pool, tables []table, o Options) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	workers := o.Workers
	if workers <= 0 {
		workers = 2
	}
	next := make(chan *table)
	var mu sync.Mutex
	var writing sync.WaitGroup
	for range min(workers, int(pool.Config().MaxConns)) {
		writing.Go(func() {
			for t := range next {
				rows, err := t.write(ctx, pool)
				if err != nil {
					cancel(fmt.Errorf("county %s, %s: %w", t.county, t.layer, err))
					continue
				}
				if o.Progress != nil {
					mu.Lock()
					o.Progress(t.layer, t.county, rows)
					mu.Unlock()
				}
			}
		})
	}
	for i := range tables {
		next <- &tables[i]
	}
	close(next)
	writing.Wait()
	return context.Cause(ctx)
}

// A table is one dataset.
type table struct {
	county, source string
	layer          taohe.Layer
	coverage       *geom.MultiPolygon
	footprints     []footprint
	rows           iter.Seq2[[]any, error]
	id             int64
}

// tables are all datasets of all counties.
func (o Options) tables() ([]table, error) {
	var out []table
	for i, s := range o.Size.sheets() {
		of, err := o.tablesOf(i, s)
		if err != nil {
			return nil, err
		}
		out = append(out, of...)
	}
	return out, nil
}

func (o Options) tablesOf(county int, s sheet) ([]table, error) {
	code := countyCode(county)
	looked, err := footprints(s)
	if err != nil {
		return nil, err
	}
	// What is drawn mine by mine is drawn when its first table is written.
	mines := sync.OnceValues(func() ([]*mine, error) { return minesOf(o.Seed, county, code, s, o.Size.minesOf(county)) })
	of := func(pick func(*mine) [][]any) iter.Seq2[[]any, error] {
		return rowsOf(func() ([][]any, error) {
			drawn, err := mines()
			var rows [][]any
			for _, m := range drawn {
				rows = append(rows, pick(m)...)
			}
			return rows, err
		})
	}
	patches := rowsOf(func() ([][]any, error) {
		rows, err := loners(o.Seed, county, s, o.Size.minesOf(county))
		if err != nil {
			return nil, err
		}
		drawn, err := mines()
		for _, m := range drawn {
			rows = append(rows, m.patches...)
		}
		return rows, err
	})
	out := []table{
		{county: code, source: "default", layer: taohe.LayerMiningRight, rows: of(func(m *mine) [][]any { return m.licences })},
		{county: code, source: "default", layer: taohe.LayerLandApproval, rows: of(func(m *mine) [][]any { return m.approvals })},
		{county: code, source: "default", layer: taohe.LayerDisturbance, rows: patches, footprints: looked},
		{county: code, source: "default", layer: taohe.LayerProtectedArea, rows: rowsOf(func() ([][]any, error) { return protectedAreas(o.Seed, county, s) })},
		{county: code, source: "default", layer: taohe.LayerWaterSource, rows: rowsOf(func() ([][]any, error) { return waterSources(o.Seed, county, s) })},
	}
	for _, sv := range surveysOf(o.Seed, s) {
		var coverage *geom.MultiPolygon
		if sv.source == "forestry" {
			if coverage, err = sv.coverage(); err != nil {
				return nil, err
			}
		}
		for _, layer := range []taohe.Layer{taohe.LayerForest, taohe.LayerGrassland} {
			out = append(out, table{county: code, source: sv.source, layer: layer, coverage: coverage, rows: sv.parcels(layer)})
		}
	}
	return out, nil
}

// StoreParcels stores parcels of forest as a dataset of the land survey of a
// county that is registered, as a load does once it has read them: measured, copied,
// indexed, made part of the layer. It returns the dataset's number.
func StoreParcels(ctx context.Context, pool *pgxpool.Pool, county string, seed int, outlines []*geom.MultiPolygon) (int64, error) {
	s := survey{seed: seed, source: "land_survey"}
	t := table{county: county, source: s.source, layer: taohe.LayerForest, rows: func(yield func([]any, error) bool) {
		for i, mp := range outlines {
			r := randomOf(seed, s.lattice, forCell, i, 0)
			if !yield(s.row(taohe.LayerForest, &r, mp, i, 0), nil) {
				return
			}
		}
	}}
	if err := t.begin(ctx, pool, make([]byte, sha256.Size)); err != nil {
		return 0, err
	}
	_, err := t.write(ctx, pool)
	return t.id, err
}

func rowsOf(draw func() ([][]any, error)) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		rows, err := draw()
		if err != nil {
			yield(nil, err)
			return
		}
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func ewkb(mp *geom.MultiPolygon) []byte {
	if mp == nil {
		return nil
	}
	return geo.AppendEWKB(nil, mp, geo.StoreSRID)
}

func (t *table) begin(ctx context.Context, pool *pgxpool.Pool, drawn []byte) error {
	err := pool.QueryRow(ctx, sqlBeginDataset.SQL(), pgx.StrictNamedArgs{
		"county_code": t.county, "layer": string(t.layer), "source": t.source, "coverage": ewkb(t.coverage),
		"vintage": taohe.NewDate(2022, 5, 15), "drawn": drawn,
	}).Scan(&t.id)
	if err != nil {
		return fmt.Errorf("begin %s: %w", t.layer, err)
	}
	for _, f := range t.footprints {
		_, err := pool.Exec(ctx, sqlAddFootprint.SQL(), pgx.StrictNamedArgs{"dataset_id": t.id, "imaged_on": f.imagedOn, "geom": ewkb(f.ground)})
		if err != nil {
			return fmt.Errorf("footprint: %w", err)
		}
	}
	return nil
}

// write copies the rows of a table and makes it part of its layer.
func (t *table) write(ctx context.Context, pool *pgxpool.Pool) (rows int, err error) {
	columns := []string{"county_code", "dataset_id", "row_no", "file_no", "source_row", "geom", "ellipsoidal_area_m2"}
	vegetation := t.layer == taohe.LayerForest || t.layer == taohe.LayerGrassland
	for _, f := range ingest.TheCatalogue().Layers[t.layer].Fields {
		// What is drawn of a parcel, its survey's own columns too.
		if !vegetation || f.Name != "declared_area_m2" {
			columns = append(columns, f.Name)
		}
	}
	if vegetation {
		columns = append(columns, "extra")
	}
	args := pgx.StrictNamedArgs{"layer": string(t.layer), "county_code": t.county, "dataset_id": t.id}
	err = pg.InTx(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlCreateTable.SQL(), args); err != nil {
			return err
		}
		c := copying{table: t, extent: geo.EmptyExtent()}
		next, stop := iter.Pull2(t.rows)
		defer stop()
		name := pgx.Identifier{fmt.Sprintf("%s_d%d", t.layer, t.id)}
		if _, err := tx.CopyFrom(ctx, name, columns, pgx.CopyFromFunc(func() ([]any, error) { return c.row(next()) })); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlAttachTable.SQL(), args); err != nil {
			return err
		}
		if vegetation || t.layer == taohe.LayerProtectedArea || t.layer == taohe.LayerWaterSource {
			if _, err := tx.Exec(ctx, sqlCutLargeRows.SQL(), pgx.StrictNamedArgs{"layer": string(t.layer), "dataset_id": t.id}); err != nil {
				return err
			}
		}
		rows = c.rows
		_, err := tx.Exec(ctx, sqlFinishDataset.SQL(), pgx.StrictNamedArgs{
			"dataset_id": t.id, "rows": c.rows, "ellipsoidal_area_m2": c.areaM2,
			"west": c.extent.West, "south": c.extent.South, "east": c.extent.East, "north": c.extent.North,
		})
		return err
	})
	return rows, err
}

// copying is one table on its way to the database.
type copying struct {
	*table
	rows   int
	areaM2 float64
	extent geo.Extent
	values []any
	shape  []byte
}

// row is the next row as it is stored; nil behind the last.
func (c *copying) row(drawn []any, err error, more bool) ([]any, error) {
	if err != nil || !more {
		return nil, err
	}
	c.rows++
	mp := drawn[0].(*geom.MultiPolygon)
	areaM2 := geo.EllipsoidalAreaM2(mp)
	c.areaM2 += areaM2
	e := geo.ExtentOf(mp)
	c.extent = c.extent.With(e)
	c.shape = geo.AppendEWKB(c.shape[:0], mp, geo.StoreSRID)
	c.values = append(c.values[:0], c.county, c.id, c.rows, 1, c.rows, c.shape, areaM2)
	return append(c.values, drawn[1:]...), nil
}
