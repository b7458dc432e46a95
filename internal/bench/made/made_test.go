package made_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/bench/made"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

func township(t *testing.T) made.Size {
	t.Helper()
	size, err := made.ParseSize("township")
	if err != nil {
		t.Fatal(err)
	}
	return size
}

func write(t *testing.T, o made.Options) *pgxpool.Pool {
	t.Helper()
	pool := pgtest.New(t)
	if err := made.Write(t.Context(), pool, o); err != nil {
		t.Fatal(err)
	}
	return pool
}

func value[T any](t *testing.T, pool *pgxpool.Pool, sql string, args ...any) (v T) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// content is a hash over every row of every layer.
func content(t *testing.T, pool *pgxpool.Pool) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, layer := range taohe.Layers() {
		out[string(layer)] = value[string](t, pool, fmt.Sprintf(
			`select coalesce(md5(string_agg(md5(record_send(t)), '' order by dataset_id, row_no)), '') from %s t`, layer))
	}
	out["dataset"] = value[string](t, pool,
		`select md5(string_agg(concat_ws(' ', id, county_code, layer, source, rows_loaded, ellipsoidal_area_m2, st_asewkb(extent), st_asewkb(coverage)), '' order by id)) from dataset`)
	return out
}

// The same seed gives the same bytes, whatever the number of workers; another
// seed other ones.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	size := made.Size{Name: "two counties", Counties: 2, Mines: 5, Parcels: 3000}
	alone := content(t, write(t, made.Options{Size: size, Seed: 1, Workers: 1}))
	together := content(t, write(t, made.Options{Size: size, Seed: 1, Workers: 4}))
	other := content(t, write(t, made.Options{Size: size, Seed: 2, Workers: 4}))
	for name, sum := range alone {
		if together[name] != sum {
			t.Errorf("%s differs when four workers write it", name)
		}
		if other[name] == sum && sum != "" {
			t.Errorf("%s is the same of another seed", name)
		}
	}
}

// What is drawn keeps what ingest promises of rows: valid, multipolygons in
// EPSG:4490, edges of at most 70 m, measured as ingest measures.
func TestRows(t *testing.T) {
	t.Parallel()
	pool := write(t, made.Options{Size: township(t), Seed: 1})
	for _, layer := range taohe.Layers() {
		if layer == taohe.LayerDivision {
			continue
		}
		if n := value[int](t, pool, fmt.Sprintf(`select count(*) from %s`, layer)); n == 0 {
			t.Errorf("%s is empty", layer)
		}
		if n := value[int](t, pool, fmt.Sprintf(`select count(*) from %s where not st_isvalid(geom)`, layer)); n > 0 {
			t.Errorf("%s: %d rows are not valid", layer, n)
		}
		// The trapezoid sum of Go against the projection of PostGIS.
		if d := value[float64](t, pool, fmt.Sprintf(`select max(abs(ellipsoidal_area_m2 / ellipsoidal_area_m2(geom) - 1)) from %s`, layer)); d > 3e-8 {
			t.Errorf("%s: an area is off by %g", layer, d)
		}
		if m := value[float64](t, pool, fmt.Sprintf(`
			select max(st_length(s.geom::geography))
			from %s t cross join lateral st_dumpsegments(t.geom) s`, layer)); m > 70.01 {
			t.Errorf("%s: an edge is %.2f m long", layer, m)
		}
	}
	var least, most int
	if err := pool.QueryRow(t.Context(), `select min(st_npoints(geom)), max(st_npoints(geom)) from disturbance`).Scan(&least, &most); err != nil {
		t.Fatal(err)
	}
	if least < 50 || most > 5000 || most < 2000 {
		t.Errorf("patches of %d to %d vertices", least, most)
	}
	for what, sql := range map[string]string{
		"patches with holes":            `select count(*) from disturbance where st_nrings(geom) > 1`,
		"patches over the licence":      `select count(*) from disturbance d join mining_right m using (licence_no) where d.geom && m.geom and not st_covers(m.geom, d.geom)`,
		"patches along another":         `select count(*) from disturbance a join disturbance b on a.row_no < b.row_no and a.geom && b.geom and st_relate(a.geom, b.geom, 'F***1****')`,
		"image dates but one":           `select count(distinct imaged_on) - 1 from disturbance`,
		"approvals run out":             `select count(*) from land_approval where valid_to < '2022-05-31'`,
		"protected areas with holes":    `select count(*) from protected_area where st_nrings(geom) > 4`,
		"patches in protected areas":    `select count(*) from disturbance d join protected_area p on st_intersects(d.geom, p.geom)`,
		"sources of vegetation but one": `select count(distinct source) - 1 from dataset where layer in ('forest', 'grassland')`,
	} {
		if value[int](t, pool, sql) < 1 {
			t.Errorf("no %s", what)
		}
	}
}

// The parcels of a source share their edges: neither overlap nor sliver. What
// forestry takes for both is in two layers, and in each once.
func TestParcelsTile(t *testing.T) {
	t.Parallel()
	pool := write(t, made.Options{Size: township(t), Seed: 1})
	rows, err := pool.Query(t.Context(), `select id, layer from dataset where layer in ('forest', 'grassland') order by id`)
	if err != nil {
		t.Fatal(err)
	}
	datasets := map[int64]string{}
	for rows.Next() {
		var id int64
		var layer string
		if err := rows.Scan(&id, &layer); err != nil {
			t.Fatal(err)
		}
		datasets[id] = layer
	}
	if err := rows.Err(); err != nil || len(datasets) != 4 {
		t.Fatalf("%d datasets: %v", len(datasets), err)
	}
	for id, layer := range datasets {
		sum := value[float64](t, pool, fmt.Sprintf(`select sum(ellipsoidal_area_m2(geom)) from %s where dataset_id = $1`, layer), id)
		union := value[float64](t, pool, fmt.Sprintf(`select ellipsoidal_area_m2(st_union(geom)) from %s where dataset_id = $1`, layer), id)
		if math.Abs(sum/union-1) > 1e-9 {
			t.Errorf("%s %d: parcels of %.3f m² cover %.3f m²", layer, id, sum, union)
		}
	}
	// All of the land survey's parcels together are one ground with the settled
	// ground as its only holes: their edges are shared to the last vertex.
	sum := value[float64](t, pool, `select sum(ellipsoidal_area_m2(geom)) from restricting_ground r join dataset d on d.id = r.dataset_id where d.source = 'land_survey'`)
	union := value[float64](t, pool, `select ellipsoidal_area_m2(st_union(geom)) from restricting_ground r join dataset d on d.id = r.dataset_id where d.source = 'land_survey'`)
	if math.Abs(sum/union-1) > 1e-9 {
		t.Errorf("the land survey's parcels of %.3f m² cover %.3f m²", sum, union)
	}
	if n := value[int](t, pool, `
		select sum(st_numgeometries(u.geom)) from (select st_multi(st_union(geom)) as geom
		from restricting_ground r join dataset d on d.id = r.dataset_id where d.source = 'land_survey') u`); n > 5 {
		t.Errorf("the land survey's parcels make %d grounds", n)
	}
}

// Counties side by side have their border in common and nothing else, and each
// size has what it says.
func TestCounties(t *testing.T) {
	t.Parallel()
	pool := write(t, made.Options{Size: made.Size{Name: "four counties", Counties: 4, Mines: 9, Parcels: 8000}, Seed: 3})
	if n := value[int](t, pool, `select count(*) from county a join county b on a.code < b.code and st_area(st_intersection(a.extent, b.extent)) > 1e-9`); n > 0 {
		t.Errorf("%d pairs of counties overlap", n)
	}
	if n := value[int](t, pool, `select count(*) from mining_right`); n != 9 {
		t.Errorf("%d mines, want 9", n)
	}
	if n := value[int](t, pool, `select count(distinct county_code) from mining_right`); n != 4 {
		t.Errorf("mines in %d counties, want 4", n)
	}
	if n := value[float64](t, pool, `select count(*) from restricting_ground where layer in ('forest', 'grassland')`); math.Abs(n/8000-1) > 0.1 {
		t.Errorf("%.0f parcels, want 8000", n)
	}
	if overlapping := value[int](t, pool, `
		select count(*) from forest a join forest b on a.county_code < b.county_code and a.geom && b.geom
		join dataset s on s.id = a.dataset_id join dataset o on o.id = b.dataset_id and o.source = s.source
		where st_relate(a.geom, b.geom, 'T********')`); overlapping > 0 {
		t.Errorf("%d parcels overlap across a border", overlapping)
	}
	// A second time nothing is done; other data is left alone.
	same := made.Options{Size: made.Size{Name: "four counties", Counties: 4, Mines: 9, Parcels: 8000}, Seed: 3}
	if err := made.Write(t.Context(), pool, same); err != nil {
		t.Error(err)
	}
	same.Seed = 4
	if err := made.Write(t.Context(), pool, same); !errors.Is(err, made.ErrOtherData) {
		t.Errorf("got %v, want %v", err, made.ErrOtherData)
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for _, want := range []made.Size{
		{"county", 1, 200, 300_000},
		{"city", 5, 1_000, 1_500_000},
		{"province", 10, 2_000, 3_000_000},
	} {
		got, err := made.ParseSize(want.Name)
		if err != nil || got != want {
			t.Errorf("got %+v, want %+v (%v)", got, want, err)
		}
	}
	if _, err := made.ParseSize("planet"); err == nil {
		t.Error("a planet is a size")
	}
	if err := made.Write(t.Context(), nil, made.Options{Size: made.Size{Name: "none", Counties: 0}}); err == nil {
		t.Error("no county can be drawn")
	}
}

func TestQueriesPrepare(t *testing.T) {
	t.Parallel()
	pgtest.PrepareAll(t, made.SQL)
}
