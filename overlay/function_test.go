package overlay

import (
	"math"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pgtest"
)

func number(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) float64 {
	t.Helper()
	var v float64
	if err := pool.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// Rectangles 1.36 m apart whose outlines share latitudes: st_distance of their
// geographies is 0 in PostGIS 3.3.2. The expected metres are of the gap along
// the parallel, N·cos B·ΔL with N of CGCS2000, and along the meridian, M·ΔB.
func TestGeodesicDistance(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	const box = "POLYGON((109.30483 40.20032,109.30512959820562 40.20032,109.30512959820562 40.201098704630326,109.30483 40.201098704630326,109.30483 40.200962021783276,109.30483 40.20032))"
	for _, tt := range []struct {
		name, other string
		want        float64
	}{
		{"along the parallel", "POLYGON((109.30514557305051 40.200962021783276,109.30599513808116 40.200962021783276,109.30599513808116 40.201098704630326,109.30514557305051 40.201098704630326,109.30514557305051 40.200962021783276))", 1.360145},
		{"along the meridian", "POLYGON((109.3049 40.203098704630326,109.3050 40.203098704630326,109.3050 40.204,109.3049 40.204,109.3049 40.203098704630326))", 222.07704},
		{"a common edge", "POLYGON((109.30512959820562 40.2004,109.306 40.2004,109.306 40.201,109.30512959820562 40.201,109.30512959820562 40.2004))", 0},
		{"inside", "POLYGON((109.3049 40.2005,109.3050 40.2005,109.3050 40.2006,109.3049 40.2005))", 0},
	} {
		got := number(t, pool, `select geodesic_distance_m(st_geomfromtext($1, 4490), st_geomfromtext($2, 4490))`, box, tt.other)
		if math.Abs(got-tt.want) > 0.001 {
			t.Errorf("%s: %.6f m, want %.6f", tt.name, got, tt.want)
		}
	}
}

// A ground with teeth, whose outline runs along both sides of the strip it is
// looked at from: clipped to the strip's own box, 1.5 of it are left. By hand,
// the strip of 8 by 2 less three notches of half a square.
func TestClippedNear(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	const (
		teeth = "POLYGON((2 0,3 4,4 0,4 4,5 0,6 4,7 0,7 4,8 4,8 5,8 6,7 5,7 6,6 5,6 6,5 6,4 5,4 6,3 6,0 6,0 4,1 4,2 0))"
		strip = "POLYGON((0 4,8 4,8 6,0 6,0 4))"
		sql   = `select st_area(st_intersection(clipped_near(g, s), s)) from (select st_geomfromtext($1, 4490) as g, st_geomfromtext($2, 4490) as s) shape`
	)
	if got := number(t, pool, sql, teeth, strip); math.Abs(got-14.5) > 1e-9 {
		t.Errorf("%g square degrees, want 14.5", got)
	}
}

func TestConnectedParts(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	for _, tt := range []struct {
		name    string
		grounds []string
		want    int
	}{
		{"a common edge", []string{"POLYGON((109 40,109.001 40,109.001 40.001,109 40.001,109 40))", "POLYGON((109.001 40,109.002 40,109.002 40.001,109.001 40.001,109.001 40))"}, 1},
		{"a common corner", []string{"POLYGON((109 40,109.001 40,109.001 40.001,109 40.001,109 40))", "POLYGON((109.001 40.001,109.002 40.001,109.002 40.002,109.001 40.002,109.001 40.001))"}, 2},
		// A grid of 1e-10 degrees would make them one, for 3e-9 degrees along.
		{"a common corner at a sharp angle", []string{
			"POLYGON((109.30217387989082 40.205841660626675,109.30247999819031 40.205841660626675,109.30217387989082 40.20576773476736,109.30217387989082 40.205841660626675))",
			"POLYGON((109.30247999819031 40.205844477816775,109.30217387989082 40.205841660626675,109.30217387989082 40.205844477816775,109.30217387989082 40.20616071243975,109.30247999819031 40.205844477816775))",
		}, 2},
		{"a gap of a last digit", []string{"POLYGON((109 40,109.001 40,109.001 40.001,109 40.001,109 40))", "POLYGON((109.00100000000002 40,109.002 40,109.002 40.001,109.00100000000002 40.001,109.00100000000002 40))"}, 1},
		{"a gap of a millimetre", []string{"POLYGON((109 40,109.001 40,109.001 40.001,109 40.001,109 40))", "POLYGON((109.00100001 40,109.002 40,109.002 40.001,109.00100001 40.001,109.00100001 40))"}, 2},
		{"a chain", []string{
			"POLYGON((109 40,109.001 40,109.001 40.001,109 40.001,109 40))",
			"POLYGON((109.002 40,109.003 40,109.003 40.001,109.002 40.001,109.002 40))",
			"POLYGON((109.00100000000002 40,109.00199999999998 40,109.00199999999998 40.001,109.00100000000002 40.001,109.00100000000002 40))",
		}, 1},
	} {
		got := number(t, pool, `
			select cardinality(connected_parts(array_agg(st_geomfromtext(w, 4490) order by n)))
			from unnest($1::text[]) with ordinality as g(w, n)`, tt.grounds)
		if int(got) != tt.want {
			t.Errorf("%s: %g parts, want %d", tt.name, got, tt.want)
		}
	}
}

// A square of 2 m, alone and with needles of up to 200 m that add nothing to its
// area: its mean width is 1 m, 2 × 4 ÷ 8.
func TestNarrow(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	const square = "109 40,109.00002342078 40,109.00002342078 40.0000180124,109 40.0000180124"
	for _, tt := range []struct {
		name, wkt   string
		min         float64
		narrow, raw bool
	}{
		{"square", "POLYGON((" + square + ",109 40))", 0.99, false, false},
		{"square", "POLYGON((" + square + ",109 40))", 1.01, true, true},
		{"a needle", "POLYGON((" + square + ",109 40.00001,108.999 40.00001,109 40.00000999999999,109 40))", 0.99, false, true},
		{"two needles", "POLYGON((" + square + ",109 40.00001,108.999 40.00001,109 40.00000999999999,109.0000000000001 40.000005,108.998 40.000005,109 40.00000499999999,109 40))", 0.99, false, true},
		{"a spike of a millimetre", "POLYGON((" + square + ",109 40.00001001,108.999 40.00001,109 40.00000999,109 40))", 0.99, true, true},
		{"nothing but a needle", "POLYGON((109 40,109.001 40,109.0005 40.00000000000001,109 40))", 0.01, true, true},
	} {
		var narrow, raw bool
		err := pool.QueryRow(t.Context(), `select is_narrow(g, $2), mean_width_m(g) < $2 from st_geomfromtext($1, 4490) g`, tt.wkt, tt.min).Scan(&narrow, &raw)
		if err != nil {
			t.Fatal(err)
		}
		if narrow != tt.narrow || raw != tt.raw {
			t.Errorf("%s against %g m: narrow %t, with its needles %t; want %t, %t", tt.name, tt.min, narrow, raw, tt.narrow, tt.raw)
		}
	}
}

// After put_on_grid, corners that differ in the last digits are one and areas
// are measured anew, until the transaction ends.
func TestPutOnGrid(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	const corner = "109.00000000040001"
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		for _, sql := range []string{
			`insert into county (code, name, extent) values ('159900', '示例旗', st_makeenvelope(108, 39, 110, 41, 4490))`,
			`insert into dataset (county_code, layer, vintage, status, loaded_at) values ('159900', 'mining_right', '2022-01-01', 'staged', now())`,
			`select add_dataset_table(id) from dataset`,
			`insert into mining_right (county_code, dataset_id, row_no, file_no, source_row, geom, ellipsoidal_area_m2, licence_no, enterprise, valid_from, valid_to)
			 select '159900', id, 1, 1, 1, st_geomfromtext('MULTIPOLYGON(((` + corner + ` 40,109.001 40,109.001 40.001,` + corner + ` 40)))', 4490), 1,
			        '0000000000000000000001', '甲', '2020-01-01', '2030-01-01' from dataset`,
			`insert into run (as_of, counties, rule_set, rule_set_sha256) values ('2022-05-31', '{159900}', '', '')`,
			`insert into run_dataset select r.id, d.id from run r, dataset d`,
			`insert into run_mine (run_id, licence_no, county_code, enterprise, valid_from, valid_to, geom, licence_ellipsoidal_area_m2, computed_in_run_id)
			 select r.id, licence_no, county_code, enterprise, valid_from, valid_to, geom, 1, r.id from run r, mining_right`,
		} {
			if _, err := tx.Exec(t.Context(), sql); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const west = `select st_xmin(geom) from near_mining_right`
	err = pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `select hold_layers(id, '0000000000000000000001'), put_on_grid(id, '0000000000000000000001', 1e-9) from run`)
		if err != nil {
			return err
		}
		var lon, area, plane float64
		if err := tx.QueryRow(t.Context(), west).Scan(&lon); err != nil {
			return err
		}
		err = tx.QueryRow(t.Context(), `select m.ellipsoidal_area_m2, r.licence_ellipsoidal_area_m2 from near_mining_right m, run_mine r`).Scan(&area, &plane)
		if lon != 109 || math.Abs(area-plane) > 1e-9 || area < 4000 || area > 5000 {
			t.Errorf("on the grid: west %.12f, %g m², plane %g m²", lon, area, plane)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := number(t, pool, `select st_xmin(geom) from mining_right`); got < 109.0000000003 {
		t.Errorf("after the transaction: west %.12f", got)
	}
}
