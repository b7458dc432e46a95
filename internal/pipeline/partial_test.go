package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/overlay"
)

// newVersion accepts a new version of a layer: the rows of the version in force,
// in the opposite order and so under other numbers, with one change.
func newVersion(t testing.TB, pool *pgxpool.Pool, layer, change string) int64 {
	t.Helper()
	var id int64
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		var old int64
		err := tx.QueryRow(t.Context(), `
			select id from dataset where layer = $1 and status = 'accepted' order by vintage desc, id desc limit 1`, layer).Scan(&old)
		if err != nil {
			return err
		}
		err = tx.QueryRow(t.Context(), `
			insert into dataset (county_code, layer, source, vintage, status, reference, rows_read, rows_loaded, extent, coverage, loaded_at, accepted_at, accepted_by)
			select county_code, layer, source, vintage, status, reference, rows_read, rows_loaded, extent, coverage, now(), now(), 'test'
			from dataset where id = $1 returning id`, old).Scan(&id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(t.Context(), `select add_dataset_table($1)`, id); err != nil {
			return err
		}
		var columns string
		err = tx.QueryRow(t.Context(), `
			select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
			where attrelid = $1::regclass and attnum > 0 and not attisdropped and attname not in ('dataset_id', 'row_no', 'source_row')`, layer).Scan(&columns)
		if err != nil {
			return err
		}
		for _, sql := range []string{
			`insert into dataset_file (dataset_id, file_no, name, layer_name, sha256, bytes)
			 select $2, file_no, name, layer_name, sha256(sha256), bytes from dataset_file where dataset_id = $1`,
			`insert into footprint (dataset_id, imaged_on, geom) select $2, imaged_on, geom from footprint where dataset_id = $1`,
			fmt.Sprintf(`insert into %s (dataset_id, row_no, source_row, %s)
			 select $2, row_number() over (order by row_no desc), row_number() over (order by row_no desc), %s from %s where dataset_id = $1`, layer, columns, columns, layer),
		} {
			if _, err := tx.Exec(t.Context(), sql, old, id); err != nil {
				return fmt.Errorf("%s: %w", sql, err)
			}
		}
		if change == "" {
			return nil
		}
		tag, err := tx.Exec(t.Context(), strings.ReplaceAll(change, "$1", fmt.Sprint(id)))
		if err == nil && tag.RowsAffected() == 0 {
			err = fmt.Errorf("nothing changed: %s", change)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// shrunk draws one row of a new version in by a hundredth.
func shrunk(layer, which string) string {
	return fmt.Sprintf(`
		update %[1]s t set geom = g.geom, ellipsoidal_area_m2 = ellipsoidal_area_m2(g.geom)
		from (select row_no, st_scale(geom, st_makepoint(0.99, 0.99), st_centroid(geom)) as geom
		      from %[1]s where dataset_id = $1 and %[2]s order by geom limit 1) g
		where t.dataset_id = $1 and t.row_no = g.row_no`, layer, which)
}

func begin(t *testing.T, p *pipeline.Pipeline, q pipeline.RunRequest) overlay.Run {
	t.Helper()
	id, err := p.Begin(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.ExecuteRun(t.Context(), id, nil); err != nil {
		t.Fatal(err)
	}
	run, err := p.Run(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// After every kind of change, a run for the mines that it can touch has in every
// table what a whole run has, to the last bit, and computed fewer of them.
func TestPartialRunEqualsWhole(t *testing.T) {
	t.Parallel()
	p, pool, m := sampleRun(t, pipeline.Options{})
	whole := firstRun(t, p)
	check := func(name string, most int) {
		t.Helper()
		partial := begin(t, p, pipeline.RunRequest{AsOf: m.AsOf, ChangedOnly: true})
		if partial.BaseRunID == nil {
			t.Fatalf("%s: no base", name)
		}
		if computed := partial.MinesTotal - partial.MinesCarried; computed > most {
			t.Errorf("%s: %d of %d mines computed, want at most %d", name, computed, partial.MinesTotal, most)
		}
		before := whole.Digest
		whole = execute(t, p, m.AsOf)
		sameRun(t, pool, name, whole, partial)
		if name != "the same rows in another order" && whole.Digest == before {
			t.Errorf("%s: no figure of the county changed, so nothing is tested", name)
		}
	}
	everything := whole.MinesTotal
	newVersion(t, pool, "disturbance", "")
	newVersion(t, pool, "land_approval", "")
	newVersion(t, pool, "grassland", "")
	check("the same rows in another order", 0)
	type change struct{ layer, sql string }
	cited := func(layer string) string {
		return fmt.Sprintf(`geom in (select r.geom from finding_citation c join %s r using (dataset_id, row_no) where c.role = 'restricting_ground')`, layer)
	}
	for _, tt := range []struct {
		name    string
		most    int
		changes []change
	}{
		{"a smaller patch", 3, []change{{"disturbance", shrunk("disturbance", "kind = 'pit' and licence_no is not null")}}},
		{"an approval run out", 4, []change{{"land_approval", `
			update land_approval set valid_to = '2021-12-31' where dataset_id = $1 and row_no = (
				select min(row_no) from land_approval where dataset_id = $1 and kind = 'temporary_land' and valid_to > '2022-05-31')`}}},
		{"restricting ground", everything - 10, []change{
			{"protected_area", shrunk("protected_area", cited("protected_area"))},
			{"water_source", shrunk("water_source", cited("water_source"))},
			{"forest", `update forest set land_code = '0307' where dataset_id = $1 and row_no = (select min(row_no) from forest where dataset_id = $1 and ` + cited("forest") + `)`},
			{"grassland", `delete from grassland where dataset_id = $1 and row_no = (select min(row_no) from grassland where dataset_id = $1 and ` + cited("grassland") + `)`},
		}},
		{"a smaller licence", 4, []change{{"mining_right", shrunk("mining_right", "true")}}},
		{"a township of another name", everything, []change{{"mining_right", `update mining_right set township = null where dataset_id = $1`}, {"division", `update division set name = name || '镇' where dataset_id = $1`}}},
		{"an image that looked at less", everything, []change{
			{"disturbance", `update footprint set geom = st_multi(st_makeenvelope(109, 40, 109.4, 40.3, 4490)) where dataset_id = $1 and imaged_on = '2022-05-10'`},
			{"forest", `update dataset set coverage = (select st_multi(st_expand(st_extent(geom)::geometry, 0.01)) from forest where dataset_id = $1 and row_no = 1) where id = $1`},
		}},
	} {
		for _, c := range tt.changes {
			newVersion(t, pool, c.layer, c.sql)
		}
		check(tt.name, tt.most)
	}
}

// sameRun holds everything that says something of a run against another run's:
// its tables, and the views of what is held once for several runs.
func sameRun(t *testing.T, pool *pgxpool.Pool, what string, want, got overlay.Run) {
	t.Helper()
	if got.Status != "complete" || got.Digest != want.Digest || got.MinesDone != want.MinesDone || got.MinesFailed != want.MinesFailed {
		t.Errorf("%s: %s, digest %s, %d done, %d failed; want %s, %d done, %d failed",
			what, got.Status, got.Digest, got.MinesDone, got.MinesFailed, want.Digest, want.MinesDone, want.MinesFailed)
	}
	rows, err := pool.Query(t.Context(), `
		select c.relname, string_agg(quote_ident(a.attname), ', ' order by a.attnum)
		from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
		where c.relkind in ('r', 'v') and exists (select from pg_attribute r where r.attrelid = c.oid and r.attname = 'run_id')
		  and a.attname not in ('run_id', 'computed_in_run_id')
		  and not exists (select from pg_class v where v.relkind = 'v' and v.relname = 'run_' || c.relname)
		  and c.relname <> 'run_diagnostic' -- shown by run_note
		  -- How a run comes to show what it shows, and hashes of what is compared here.
		  and c.relname not in ('carried_dataset', 'carried_row', 'run_rests_on', 'run_seal')
		group by c.oid order by c.oid`)
	if err != nil {
		t.Fatal(err)
	}
	type table struct{ Name, Columns string }
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByPos[table])
	if err != nil || len(tables) < 15 {
		t.Fatalf("%d tables of a run: %v", len(tables), err)
	}
	for _, x := range tables {
		var missing, more int
		q := fmt.Sprintf(`select row(%s)::text from %s where run_id = `, x.Columns, x.Name)
		err := pool.QueryRow(t.Context(), fmt.Sprintf(
			`select (select count(*) from (%[1]s $1 except all %[1]s $2) a), (select count(*) from (%[1]s $2 except all %[1]s $1) b)`, q),
			want.ID, got.ID).Scan(&missing, &more)
		if err != nil {
			t.Fatalf("%s: %v", x.Name, err)
		}
		if missing+more > 0 {
			t.Errorf("%s: table %s: %d rows missing, %d too many", what, x.Name, missing, more)
		}
	}
}

// Results are carried over from run to run to run, under other numbers each time
// and under the first ones again, and rows that are gone take no others with them.
func TestPartialRunsInAChain(t *testing.T) {
	t.Parallel()
	p, pool, m := sampleRun(t, pipeline.Options{Workers: 4})
	first := firstRun(t, p)
	var last overlay.Run
	for i, change := range []struct{ layer, sql string }{
		{"disturbance", shrunk("disturbance", "kind = 'pit' and licence_no is not null")},
		{"grassland", `delete from grassland where dataset_id = $1 and row_no = (select max(row_no) / 2 from grassland where dataset_id = $1)`},
		{"disturbance", shrunk("disturbance", "kind = 'road' and licence_no is not null")},
		{"land_approval", `update land_approval set valid_to = '2021-12-31' where dataset_id = $1 and row_no = (
			select max(row_no) from land_approval where dataset_id = $1 and kind = 'temporary_land' and valid_to > '2022-05-31')`},
		{"grassland", ""},
		{"disturbance", shrunk("disturbance", "kind = 'waste_dump' and licence_no is not null")},
	} {
		newVersion(t, pool, change.layer, change.sql)
		run := begin(t, p, pipeline.RunRequest{AsOf: m.AsOf, ChangedOnly: true})
		if computed := run.MinesTotal - run.MinesCarried; computed > 6 || computed == 0 && change.sql != "" && change.layer != "grassland" {
			t.Errorf("change %d: %d of %d mines computed", i, computed, run.MinesTotal)
		}
		last = run
	}
	var runs, renumbered int
	err := pool.QueryRow(t.Context(), `
		select (select count(distinct computed_in_run_id) from run_mine where run_id = $1), (select count(*) from carried_row where run_id = $1)`,
		last.ID).Scan(&runs, &renumbered)
	if err != nil {
		t.Fatal(err)
	}
	if runs < 4 || renumbered == 0 {
		t.Errorf("mines of %d runs, %d rows under other numbers: this shows little", runs, renumbered)
	}
	sameRun(t, pool, "six changes", execute(t, p, m.AsOf), last)

	// What others rest on is not deleted.
	if _, err := pool.Exec(t.Context(), `delete from run where id = $1`, first.ID); err == nil || !strings.Contains(err.Error(), "run_mine_others_rest_on_it") {
		t.Errorf("the first run could be deleted: %v", err)
	}
	if v, err := p.Verify(t.Context()); err != nil || len(v.Breaks) > 0 {
		t.Errorf("%+v %v", v.Breaks, err)
	}
	if _, err := pool.Exec(t.Context(), `delete from run`); err != nil {
		t.Errorf("all runs together: %v", err)
	}
}

// A run of another question has no base: the whole of it is computed.
func TestPartialRunWithoutBase(t *testing.T) {
	t.Parallel()
	p, pool, m := sample(t, pipeline.Options{})
	first := begin(t, p, pipeline.RunRequest{AsOf: m.AsOf, ChangedOnly: true})
	if first.BaseRunID != nil || first.MinesCarried != 0 {
		t.Errorf("the first run carried over %d mines of run %v", first.MinesCarried, first.BaseRunID)
	}
	rules, err := overlay.ShippedRules()
	if err != nil {
		t.Fatal(err)
	}
	stricter, err := overlay.ParseRules([]byte(strings.Replace(rules.Text, "min_width_m: 1 ", "min_width_m: 2 ", 1)))
	if err != nil {
		t.Fatal(err)
	}
	other, err := pipeline.New(pool, pipeline.Options{Rules: &stricter})
	if err != nil {
		t.Fatal(err)
	}
	for name, run := range map[string]overlay.Run{
		"another day":   begin(t, p, pipeline.RunRequest{AsOf: m.AsOf.AddDate(0, 0, -1), ChangedOnly: true}),
		"another width": begin(t, other, pipeline.RunRequest{AsOf: m.AsOf, ChangedOnly: true}),
	} {
		if run.Status != "complete" || run.BaseRunID != nil || run.MinesCarried != 0 {
			t.Errorf("%s: %s, %d mines carried over", name, run.Status, run.MinesCarried)
		}
	}
	// Another engine may give another last digit.
	if _, err := pool.Exec(t.Context(), `update run set engine = 'PostGIS of yesterday'`); err != nil {
		t.Fatal(err)
	}
	if run := begin(t, p, pipeline.RunRequest{AsOf: m.AsOf, ChangedOnly: true}); run.BaseRunID != nil {
		t.Errorf("another engine: carried over from run %d", *run.BaseRunID)
	}
	// A mine that failed is computed again, the others are carried over.
	base := execute(t, p, m.AsOf)
	mines, err := p.Mines(t.Context(), base.ID, "", "", 2)
	if err != nil {
		t.Fatal(err)
	}
	_, err = pool.Exec(t.Context(), `update run_mine set status = 'failed', error = 'planted', digest = null where run_id = $1 and licence_no = $2`,
		base.ID, mines[1].LicenceNo)
	if err != nil {
		t.Fatal(err)
	}
	again := begin(t, p, pipeline.RunRequest{AsOf: m.AsOf, ChangedOnly: true})
	if again.MinesCarried != again.MinesTotal-1 || again.MinesFailed != 0 || again.Digest != base.Digest {
		t.Errorf("after a failed mine: %d of %d carried, %d failed", again.MinesCarried, again.MinesTotal, again.MinesFailed)
	}
}

// Nothing depends on the order of rows: every layer filed anew in the opposite
// order gives every mine the digest it had.
func TestRowOrder(t *testing.T) {
	t.Parallel()
	p, pool, m := sampleRun(t, pipeline.Options{})
	want := firstRun(t, p)
	for _, l := range taohe.Layers() {
		newVersion(t, pool, string(l), "")
	}
	got := execute(t, p, m.AsOf)
	if got.Digest == want.Digest {
		return
	}
	for _, id := range different(t, p, want.ID, got.ID) {
		t.Errorf("mine %s: another digest", id)
	}
	t.Error("the rows in another order give another digest")
}

func different(t *testing.T, p *pipeline.Pipeline, a, b int64) []string {
	t.Helper()
	digests := func(id int64) map[string]string {
		lines, err := p.Mines(t.Context(), id, "", "", 10_000)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, l := range lines {
			r, err := p.Result(t.Context(), id, l.LicenceNo)
			if err != nil {
				t.Fatal(err)
			}
			out[l.LicenceNo] = r.Digest
		}
		return out
	}
	first, second := digests(a), digests(b)
	var out []string
	for licence, digest := range first {
		if second[licence] != digest {
			out = append(out, licence)
		}
	}
	slices.Sort(out)
	return out
}
