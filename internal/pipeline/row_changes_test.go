package pipeline_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pipeline"
)

// Of rows alike in all the first matches the first, wherever they stand: what is
// found by looking at the same place first is what is found by comparing each row
// with every other.
func TestRowChanges(t *testing.T) {
	t.Parallel()
	_, pool, _ := sample(t, pipeline.Options{})
	const layer = "forest"
	// Numbers are those of the version before in the opposite order; this turns
	// them round again.
	const sameOrder = `update forest set row_no = -row_no where dataset_id = $1;
		update forest t set row_no = (select 1 - min(row_no) from forest where dataset_id = $1) + t.row_no where dataset_id = $1`
	copies := func(which string) string {
		return `insert into forest (county_code, dataset_id, row_no, file_no, source_row, geom, ellipsoidal_area_m2, land_code, owner, protection_grade, declared_area_m2)
			select county_code, dataset_id, (select max(row_no) from forest where dataset_id = $1) + row_number() over (order by row_no), 1, 1,
			       geom, ellipsoidal_area_m2, land_code, owner, protection_grade, declared_area_m2
			from forest where dataset_id = $1 and ` + which
	}
	before := runOf(t, pool, layer)
	for _, tt := range []struct {
		name, change string
		// How many rows are only in the first, only in the second, and under
		// another number; -1 where it is left to the comparison.
		gone, came, moved int
	}{
		{"the same in the same order", sameOrder, 0, 0, 0},
		{"the opposite order", "", 0, 0, -1},
		{"one changed where it stands", sameOrder + `; update forest set land_code = '0399' where dataset_id = $1 and row_no = 2`, 1, 1, 0},
		{"one moved by the last digit", sameOrder + `; update forest set geom = st_translate(geom, 1e-13, 0) where dataset_id = $1 and row_no = 3`, 1, 1, 0},
		{"copies of three at the end", sameOrder + `; ` + copies("row_no in (1, 2, 4)"), 0, 3, 0},
		{"copies of copies at the end", sameOrder + `; ` + copies("row_no in (1, 4)"), 0, -1, 0},
		{"a first copy gone", sameOrder + `; delete from forest where dataset_id = $1 and row_no = 1`, 1, 0, -1},
		{"a copy in place of another row", sameOrder + `; delete from forest where dataset_id = $1 and row_no = 5;
			update forest t set row_no = 5 where dataset_id = $1 and row_no = (select max(row_no) from forest where dataset_id = $1)`, 1, 0, -1},
		{"the opposite order, copies among them", "", 0, 0, -1},
		{"one held back", sameOrder + `; update forest set held = true where dataset_id = $1 and row_no = 6`, 1, 0, 0},
		{"one no longer held back", sameOrder + `; update forest set held = false where dataset_id = $1`, 0, 1, 0},
	} {
		newVersion(t, pool, layer, tt.change)
		after := runOf(t, pool, layer)
		got := changes(t, pool, tt.name, `
			select base_row_no, row_no, geom is null from row_changes($1, $2) where layer = $3`, before, after, layer)
		want := changes(t, pool, tt.name, `
			with content as (
				select run_id, t.row_no, row_number() over (partition by run_id, c.content order by t.row_no) as nth, c.content
				from forest t join run_dataset using (dataset_id)
				cross join lateral (select (to_jsonb(t) - '{dataset_id,row_no,file_no,source_row,corners,corners_srid,extra,geom}'::text[])::text
				                           || encode(st_asbinary(t.geom), 'hex') as content) c
				where not t.held
			)
			select a.row_no, b.row_no, a.row_no is not null and b.row_no is not null
			from (select * from content where run_id = $1) a
			full join (select * from content where run_id = $2) b on (b.content, b.nth) = (a.content, a.nth)
			where a.row_no is distinct from b.row_no and $3 = 'forest'`, before, after, layer)
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n got %v\nwant %v", tt.name, got, want)
		}
		var gone, came, moved int
		for _, c := range got {
			switch {
			case c.New == 0:
				gone++
			case c.Old == 0:
				came++
			default:
				moved++
			}
		}
		for what, pair := range map[string][2]int{"gone": {gone, tt.gone}, "came": {came, tt.came}, "moved": {moved, tt.moved}} {
			if pair[1] >= 0 && pair[0] != pair[1] || pair[1] < 0 && pair[0] == 0 {
				t.Errorf("%s: %d %s, want %d", tt.name, pair[0], what, pair[1])
			}
		}
		before = after
	}
}

// A change is a pair of row numbers, 0 where there is no row.
type change struct {
	Old, New int
	Bare     bool // without ground
}

func changes(t *testing.T, pool *pgxpool.Pool, name, sql string, args ...any) []change {
	t.Helper()
	rows, err := pool.Query(t.Context(), `select coalesce(o, 0), coalesce(n, 0), bare from (`+sql+`) x(o, n, bare) order by 1, 2`, args...)
	if err != nil {
		t.Fatal(name, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByPos[change])
	if err != nil {
		t.Fatal(name, err)
	}
	return out
}

// runOf stores a run that read the newest version of a layer and no more.
func runOf(t *testing.T, pool *pgxpool.Pool, layer string) int64 {
	t.Helper()
	var id int64
	err := pool.QueryRow(t.Context(), `
		with r as (insert into run (as_of, counties, rule_set, rule_set_sha256) values ('2022-05-31', '{1}', '', '') returning id)
		insert into run_dataset select r.id, d.id
		from r, (select id from dataset where layer = $1 and status = 'accepted' order by vintage desc, id desc limit 1) d
		returning run_id`, layer).Scan(&id)
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", layer, err))
	}
	return id
}
