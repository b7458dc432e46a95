package overlay

import (
	"errors"
	"math"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pgtest"
)

// A mine's ground in a protected area of 6,000 corners and a hole is the same
// whether the area is taken whole or by the pieces it is kept in: the mine lies
// across its outline, within it, across the hole, around all of it or outside.
func TestLargeRows(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	const wavy = `
		insert into protected_area (county_code, dataset_id, row_no, file_no, source_row, geom, ellipsoidal_area_m2, name, category)
		select '159900', id, 1, 1, 1, g, ellipsoidal_area_m2(g), '甲', 'geopark'
		from dataset, (
			select st_multi(st_difference(st_makepolygon(st_addpoint(l, st_startpoint(l))), st_buffer(st_setsrid(st_makepoint(109.02, 40.02), 4490), 0.005, 500))) as g
			from (select st_setsrid(st_makeline(st_makepoint(109 + r * cos(a), 40 + r * sin(a)) order by n), 4490) as l
			      from (select n, 2 * pi() * n / 6000 as a, 0.08 + 0.01 * sin(2 * pi() * n / 6000 * 90) as r from generate_series(0, 5999) n) v) o
		) shape
		where layer = 'protected_area'`
	for _, tt := range []struct {
		name, licence string
		hits          int
	}{
		{"across the outline", "st_makeenvelope(109.07, 39.99, 109.1, 40.02, 4490)", 1},
		{"within", "st_makeenvelope(108.98, 39.98, 108.985, 39.985, 4490)", 1},
		{"across the hole", "st_makeenvelope(109.01, 40.01, 109.022, 40.022, 4490)", 1},
		{"around it", "st_makeenvelope(108.8, 39.8, 109.2, 40.2, 4490)", 1},
		{"in the hole", "st_makeenvelope(109.019, 40.019, 109.021, 40.021, 4490)", 0},
		{"outside, in its box", "st_makeenvelope(108.915, 39.915, 108.918, 39.918, 4490)", 0},
	} {
		err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
			for _, sql := range []string{
				`insert into county (code, name, extent) values ('159900', '示例旗', st_makeenvelope(108, 39, 110, 41, 4490)) on conflict do nothing`,
				`insert into dataset (county_code, layer, vintage, status, loaded_at) values ('159900', 'protected_area', '2022-01-01', 'staged', now())`,
				`select add_dataset_table(id) from dataset`,
				wavy,
				`insert into run (as_of, counties, rule_set, rule_set_sha256) values ('2022-05-31', '{159900}', '', '')`,
				`insert into run_dataset select r.id, d.id from run r, dataset d`,
				`insert into run_mine (run_id, licence_no, county_code, enterprise, valid_from, valid_to, geom, licence_ellipsoidal_area_m2, computed_in_run_id)
				 select r.id, 'C', '159900', '甲', '2020-01-01', '2030-01-01', st_multi(` + tt.licence + `), 1, r.id from run r`,
				sqlHoldHits.SQL(),
				`select hold_layers(id, 'C') from run`,
			} {
				if _, err := tx.Exec(t.Context(), sql); err != nil {
					return err
				}
			}
			hit := func(rule string) error {
				_, err := tx.Exec(t.Context(), sqlRestrictingHit.SQL(), pgx.StrictNamedArgs{
					"run_id": runID(t, tx), "licence_no": "C", "rule_code": rule, "as_of": "2022-05-31", "subject": "licence",
					"against": "protected_area", "permit_kind": nil,
				})
				return err
			}
			if err := hit("whole"); err != nil {
				return err
			}
			var pieces, hits int
			if _, err := tx.Exec(t.Context(), `select cut_large_rows('protected_area', id) from dataset`); err != nil {
				return err
			}
			if err := hit("pieces"); err != nil {
				return err
			}
			var differM2, wholeM2, piecesM2 *float64
			err := tx.QueryRow(t.Context(), `
				select (select count(*) from restricting_piece), count(*),
				       ellipsoidal_area_m2(st_symdifference(w.geom, p.geom)), w.ellipsoidal_area_m2, p.ellipsoidal_area_m2
				from restricting_hit w full join restricting_hit p using (dataset_id, row_no)
				where w.rule_code = 'whole' and p.rule_code = 'pieces'
				group by w.geom, p.geom, w.ellipsoidal_area_m2, p.ellipsoidal_area_m2
				union all select (select count(*) from restricting_piece), 0, null, null, null
				where not exists (select from restricting_hit)`).Scan(&pieces, &hits, &differM2, &wholeM2, &piecesM2)
			if err != nil {
				return err
			}
			if pieces < 20 || hits != tt.hits {
				t.Errorf("%s: %d pieces, %d hits, want %d", tt.name, pieces, hits, tt.hits)
			}
			if hits == 1 && (*differM2 > 1e-6 || math.Abs(*wholeM2-*piecesM2) > 1e-9**wholeM2) {
				t.Errorf("%s: %g m² whole, %g m² by pieces, %g m² of difference", tt.name, *wholeM2, *piecesM2, *differM2)
			}
			return errTried
		})
		if err != nil && !errors.Is(err, errTried) {
			t.Fatalf("%s: %v", tt.name, err)
		}
	}
}

// errTried ends a transaction whose outcome nobody is to find.
var errTried = errors.New("tried")

func runID(t *testing.T, tx pgx.Tx) (id int64) {
	t.Helper()
	if err := tx.QueryRow(t.Context(), `select id from run`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}
