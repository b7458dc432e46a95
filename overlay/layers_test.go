package overlay

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pgtest"
)

// A mine's statements see the datasets of the run that its county's mines, their
// patches and approvals, wherever these lie, can meet, and no others.
func TestHoldLayers(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	square := func(lon float64) string {
		return fmt.Sprintf("st_multi(st_makeenvelope(%g, 40, %g, 40.01, 4490))", lon, lon+0.01)
	}
	dataset := func(county, layer string) string {
		return fmt.Sprintf(`insert into dataset (county_code, layer, source, vintage, status, loaded_at)
			select '%s', l, case when l in ('forest', 'grassland') then 'forestry' else 'default' end, '2022-01-01', 'staged', now() from (values ('%s')) v(l)`, county, layer)
	}
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		for _, sql := range []string{
			`insert into county (code, name, extent) values ('159900', '甲旗', st_makeenvelope(108, 39, 110, 41, 4490)), ('159901', '乙旗', st_makeenvelope(110, 39, 112, 41, 4490))`,
			dataset("159900", "forest"),       // 1, over the mine
			dataset("159900", "forest"),       // 2, over it too, of no run
			dataset("159901", "forest"),       // 3, over the neighbour's mine
			dataset("159901", "grassland"),    // 4, over a patch far from its mine
			dataset("159900", "disturbance"),  // 5, that patch
			dataset("159901", "water_source"), // 6, far from all
			`select add_dataset_table(id) from dataset`,
			`insert into forest (county_code, dataset_id, row_no, file_no, source_row, geom, ellipsoidal_area_m2)
			 values ('159900', 1, 1, 1, 1, ` + square(109) + `, 1), ('159900', 2, 1, 1, 1, ` + square(109) + `, 1), ('159901', 3, 1, 1, 1, ` + square(111) + `, 1)`,
			`insert into grassland (county_code, dataset_id, row_no, file_no, source_row, geom, ellipsoidal_area_m2)
			 values ('159901', 4, 1, 1, 1, ` + square(110.5) + `, 1)`,
			`insert into water_source (county_code, dataset_id, row_no, file_no, source_row, geom, ellipsoidal_area_m2, name, grade)
			 values ('159901', 6, 1, 1, 1, ` + square(111.5) + `, 1, '泉', '1')`,
			`insert into disturbance (county_code, dataset_id, row_no, file_no, source_row, geom, ellipsoidal_area_m2, patch_no, imaged_on, kind)
			 values ('159900', 5, 1, 1, 1, ` + square(110.5) + `, 1, 'T1', '2022-01-01', 'pit')`,
			`insert into run (as_of, counties, rule_set, rule_set_sha256) values ('2022-05-31', '{159900,159901}', '', '')`,
			`insert into run_dataset select r.id, d.id from run r, dataset d where d.id <> 2`,
			`insert into run_mine (run_id, licence_no, county_code, enterprise, valid_from, valid_to, geom, licence_ellipsoidal_area_m2, computed_in_run_id)
			 select r.id, v.licence_no, v.county_code, '甲', '2020-01-01', '2030-01-01', v.geom, 1, r.id
			 from run r, (values ('A', '159900', ` + square(109.005) + `), ('B', '159901', ` + square(111.005) + `)) v(licence_no, county_code, geom)`,
			`insert into run_patch (run_id, dataset_id, row_no, county_code, licence_no, attributed_by, confirmed)
			 select r.id, 5, 1, '159900', 'A', 'named', true from run r`,
		} {
			if _, err := tx.Exec(t.Context(), sql); err != nil {
				return fmt.Errorf("%s: %w", sql, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	const seen = `select concat_ws(' ', (select string_agg(dataset_id::text, ',' order by dataset_id) from near_forest),
		(select string_agg(dataset_id::text, ',' order by dataset_id) from near_grassland),
		(select string_agg(layer, ',' order by layer) from near_restricting_ground))`
	for _, step := range []struct{ licenceNo, want string }{
		{"A", "1 4 forest,grassland"},
		{"B", "3 forest"},
		{"A", "1 4 forest,grassland"},
	} {
		var got string
		if _, err := conn.Exec(t.Context(), `select hold_layers(id, $1) from run`, step.licenceNo); err != nil {
			t.Fatal(err)
		}
		// The statement is prepared once and planned again for other views.
		if err := conn.QueryRow(t.Context(), seen).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != step.want {
			t.Errorf("mine %s sees %q, want %q", step.licenceNo, got, step.want)
		}
	}
}
