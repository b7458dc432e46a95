package pipeline_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/ledger"
)

// changed is a value of a type with one byte changed or so, by type.
var changed = map[string]string{
	"text": `'~' || %s`, "bigint": `%s + 1`, "integer": `%s + 1`, "date": `%s + 1`, "boolean": `not %s`,
	"timestamp with time zone": `%s + interval '1 microsecond'`, "timestamp without time zone": `%s + interval '1 second'`,
	"double precision": `%s * (1 + 1e-15) + 1e-300`, "numeric": `%s + 0.01`, "bytea": `set_byte(%[1]s, length(%[1]s) - 1, get_byte(%[1]s, length(%[1]s) - 1) # 1)`,
	"USER-DEFINED": `st_translate(%s, 1e-13, 0)`, "jsonb": `%s || '{"x": 1}'`, "text[]": `%s || '~'::text`, "bigint[]": `%s || 1::bigint`,
}

// filled is a value of a type where there was none.
var filled = map[string]string{
	"text": `'~'`, "bigint": `7`, "integer": `7`, "date": `date '2022-01-01'`, "boolean": `true`, "timestamp with time zone": `now()`,
	"timestamp without time zone": `localtimestamp`, "double precision": `7.5`, "numeric": `7.5`, "bytea": `'\x07'::bytea`,
	"USER-DEFINED": `st_geomfromtext('MULTIPOLYGON(((109 40,109.1 40,109.1 40.1,109 40)))', 4490)`, "jsonb": `'{"x": 1}'`, "text[]": `array['~']`,
	"bigint[]": `array[7]`,
}

// Whatever column of whatever table of the ledger or of a run its owner changes
// in one row, a value where there was none included, and whatever row is taken
// away or, of tables without one, put in: verifying finds it.
func TestVerifyFindsTampering(t *testing.T) {
	t.Parallel()
	p, pool, _ := sampleRun(t, pipeline.Options{Workers: 4})
	ctx := t.Context()
	run := firstRun(t, p)
	if _, err := p.Feed(ctx, run.ID, "甲", nil); err != nil {
		t.Fatal(err)
	}
	fullItem(t, p)
	v, err := p.Verify(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Breaks) > 0 || len(v.Foreign) > 0 || v.Runs != 1 || v.Events < 80 {
		t.Fatalf("untouched: %+v", v)
	}

	tables, err := tableColumns(t, pool)
	if err != nil {
		t.Fatal(err)
	}
	held, inserted := map[string]bool{}, map[string]bool{}
	columns := map[string][]column{}
	for _, c := range tables {
		columns[c.table] = append(columns[c.table], c)
		touched := tamper(t, pool, c.table, func(tx pgx.Tx) (int64, error) {
			expr := strings.ReplaceAll(strings.ReplaceAll(changed[c.kind], "%[1]s", c.column), "%s", c.column)
			tag, err := tx.Exec(ctx, `update `+c.table+` set `+c.column+` = coalesce(`+expr+`, `+filled[c.kind]+`) where ctid = (
				select ctid from `+c.table+` order by `+c.column+` is null limit 1)`)
			return tag.RowsAffected(), err
		}, strings.HasPrefix(c.table, "ledger_"), c.table+"."+c.column)
		if touched {
			held[c.table] = true
		}
	}
	for table, of := range columns {
		if held[table] {
			continue
		}
		var names, values []string
		for _, c := range of {
			names, values = append(names, c.column), append(values, filled[c.kind])
			if c.column == "run_id" {
				values[len(values)-1] = fmt.Sprint(run.ID)
			}
		}
		held[table] = tamper(t, pool, table, func(tx pgx.Tx) (int64, error) {
			tag, err := tx.Exec(ctx, `insert into `+table+` (`+strings.Join(names, ", ")+`) values (`+strings.Join(values, ", ")+`)`)
			return tag.RowsAffected(), err
		}, strings.HasPrefix(table, "ledger_"), table+" inserted into")
		inserted[table] = true
	}
	for table := range held {
		if inserted[table] {
			continue
		}
		tamper(t, pool, table, func(tx pgx.Tx) (int64, error) {
			tag, err := tx.Exec(ctx, `delete from `+table+` where (tableoid, ctid) = (select tableoid, ctid from `+table+` order by tableoid desc, ctid desc limit 1)`)
			return tag.RowsAffected(), err
		}, strings.HasPrefix(table, "ledger_"), table+" deleted from")
	}

	// Every table of the database is held, or it is written here why not.
	rows, err := pool.Query(ctx, `select relname::text from pg_class where relkind in ('r', 'p') and not relispartition
		and relnamespace = 'public'::regnamespace and relname <> 'spatial_ref_sys' order by relname`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range all {
		if held[table] == (notHeld[table] != "") {
			t.Errorf("table %s: tampered with %v, excused with %q; it must be one of the two", table, held[table], notHeld[table])
		}
	}
	for table := range notHeld {
		if !slices.Contains(all, table) {
			t.Errorf("%s is excused and is no table", table)
		}
	}
}

// A run that shows mines of another is named when what it shows is changed there,
// were the other's seals made to fit.
func TestVerifyNamesRunsThatRestOnOthers(t *testing.T) {
	t.Parallel()
	p, pool, m := sampleRun(t, pipeline.Options{Workers: 4})
	ctx := t.Context()
	base := firstRun(t, p)
	newVersion(t, pool, "disturbance", shrunk("disturbance", "kind = 'pit' and licence_no is not null"))
	partial := begin(t, p, pipeline.RunRequest{AsOf: m.AsOf, ChangedOnly: true})
	apart := execute(t, p, m.AsOf)
	if partial.MinesCarried == 0 {
		t.Fatal("nothing was carried over")
	}
	if v, err := p.Verify(ctx); err != nil || len(v.Breaks) > 0 || v.Runs != 3 {
		t.Fatalf("untouched: %+v %v", v, err)
	}
	rows, err := pool.Query(ctx, `select substr(viewname, 5) from pg_views where schemaname = 'public' and viewname ~ '^run_' and viewname <> 'run_note' order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 10 {
		t.Fatal(tables, err)
	}
	const resealed = `update run_seal s set sha256 = h.sha256
		from run_seal o cross join lateral hash_of_run(o.run_id, o.relation, o.columns) h
		where (o.run_id, o.relation) = (s.run_id, s.relation) and s.run_id = $1`
	for _, table := range tables {
		for _, reseal := range []bool{false, true} {
			tx, err := pool.Begin(ctx)
			if err != nil {
				t.Fatal(err)
			}
			column := "ellipsoidal_area_m2"
			if table == "ground_account" {
				column = "late_approval_m2"
			}
			tag, err := tx.Exec(ctx, `update `+table+` set `+column+` = `+column+` * (1 + 1e-15) + 1e-300 where run_id = $1`, base.ID)
			if err == nil && tag.RowsAffected() == 0 {
				err = errors.New("has no row")
			}
			if err == nil && reseal {
				_, err = tx.Exec(ctx, resealed, base.ID)
			}
			var v ledger.Verification
			if err == nil {
				err = v.VerifySeals(ctx, tx)
			}
			if err != nil {
				t.Fatalf("%s: %v", table, err)
			}
			named := map[int64]bool{}
			for _, b := range v.Breaks {
				named[b.RunID] = true
			}
			if named[base.ID] == reseal || !named[partial.ID] || named[apart.ID] {
				t.Errorf("%s, seals made to fit %v: %v", table, reseal, v.Breaks)
			}
			if err := tx.Rollback(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// notHeld are the tables that verification does not look at, and why.
var notHeld = map[string]string{
	"county":  "names and extents, which are corrected; no figure rests on them",
	"dataset": uploaded, "dataset_file": uploaded, "footprint": uploaded, "mining_right": uploaded, "land_approval": uploaded,
	"protected_area": uploaded, "water_source": uploaded, "forest": uploaded, "grassland": uploaded, "disturbance": uploaded, "division": uploaded,
	"restricting_piece": "pieces of rows of layers, cut anew from them",
	"generalised":       drawn, "generalised_shape": drawn, "generalised_part": drawn, "generalised_cell": drawn,
	"dataset_diagnostic": remarks, "dataset_diagnostic_count": remarks,
	"dataset_progress": underWay, "run_mine_try": underWay, "river_job": underWay, "river_leader": underWay, "river_notification": underWay,
	"river_queue": underWay,
	"job":         underWay, "job_part": underWay, "job_part_try": underWay,
	"job_file": "papers, which are made again from the run and the ledger event", "job_file_chunk": "as job_file",
	"execution":  "in which form results are to be given",
	"kept_reply": "a day of answers; nothing rests on them",
	"orthophoto": "what maps are drawn upon; no figure rests on it", "orthophoto_chunk": "as orthophoto",
	"orthophoto_copy": "made anew from the image", "orthophoto_copy_chunk": "as orthophoto_copy",
	"account": whoMay, "account_session": whoMay, "account_token": whoMay, "sign_in_begun": whoMay, "sign_in_try": whoMay,
	"audit_event": audited, "audit_head": audited,
	"ledger_webhook":   "who is told of events, which changes with each delivery",
	"goose_db_version": "which migrations were made", "river_migration": "which migrations were made",
}

const (
	uploaded = "what was uploaded, not what was found: what a finding cites of it is in the digest of its mine (TestVerifyRecomputesDigests)"
	whoMay   = "who may sign in; every change of it is in the audit log"
	audited  = "a chain of its own, which package access verifies"
	drawn    = "copies of rows of layers for maps, made anew from them"
	remarks  = "remarks about an upload"
	underWay = "work under way, gone when it is done"
)

type column struct{ table, column, kind string }

// tableColumns are the columns of the ledger's tables and of a run's.
func tableColumns(t *testing.T, pool *pgxpool.Pool) ([]column, error) {
	t.Helper()
	rows, err := pool.Query(t.Context(), `
		select c.table_name::text, c.column_name::text, case c.udt_name when '_text' then 'text[]' when '_int8' then 'bigint[]' else c.data_type end::text
		from information_schema.columns c
		where c.is_generated = 'NEVER' and c.table_schema = 'public'
		  and (c.table_name ~ '^ledger_' and c.table_name <> 'ledger_webhook'
		       or c.table_name in (select relation from sealed_columns()) or c.table_name = 'run_seal')
		  and (c.table_name, c.column_name) not in (('run', 'owner'), ('run', 'base_run_id'))
		order by 1, 2`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (c column, err error) {
		err = r.Scan(&c.table, &c.column, &c.kind)
		return c, err
	})
}

// tamper changes the database as its owner can, without triggers and constraints,
// holds verification to find it, and takes the change back. It reports whether
// there was a row to change.
func tamper(t *testing.T, pool *pgxpool.Pool, table string, change func(pgx.Tx) (int64, error), ledgers bool, what string) (touched bool) {
	t.Helper()
	undo := errors.New("undo")
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `set local session_replication_role = replica;
			do $$ declare c record; begin
				for c in select conname from pg_constraint where conrelid = '`+table+`'::regclass and conparentid = 0 loop
					execute format('alter table `+table+` drop constraint if exists %I cascade', c.conname);
				end loop;
				for c in select attname from pg_attribute where attrelid = '`+table+`'::regclass and attidentity <> '' loop
					execute format('alter table `+table+` alter column %I drop identity', c.attname);
				end loop;
			end $$`)
		if err != nil {
			return err
		}
		n, err := change(tx)
		if err != nil {
			return err
		}
		touched = n > 0
		if !touched {
			return undo
		}
		var v ledger.Verification
		if ledgers {
			err = v.VerifyLog(t.Context(), tx)
		} else {
			err = v.VerifySeals(t.Context(), tx)
		}
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if len(v.Breaks) == 0 {
			t.Errorf("%s: not found", what)
		}
		return undo
	})
	if !errors.Is(err, undo) {
		t.Errorf("%s: %v", what, err)
	}
	return touched
}

// fullItem does to one item all that can be done, so that every table has a row
// and every column of it a value.
func fullItem(t *testing.T, p *pipeline.Pipeline) {
	t.Helper()
	items := allItems(t, p)
	id := items[0].ID
	amount, corrected, lon, lat := 1.5, 2.5, 109.5, 40.1
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 16, 16)), nil); err != nil {
		t.Fatal(err)
	}
	on := taohe.NewDate(2022, 6, 1)
	do := func(by string, deed ledger.Deed) ledger.Item {
		t.Helper()
		i, err := p.Do(t.Context(), ledger.Act{ItemID: id, By: by, Note: "注"}, deed)
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	answered(t, p, id)
	do("甲", ledger.Measure{Kind: "penalty", Number: "1", TakenOn: on, AmountYuan: &amount, Authority: "局"})
	visit := do("甲", ledger.FieldCheck{CheckedOn: on, Officers: "丙", CorrectedM2: &corrected, Longitude: &lon, Latitude: &lat})
	do("甲", ledger.AddPhotograph{FileName: "a.jpg", File: picture.Bytes(), FieldCheckNo: visit.EventNo})
	do("甲", ledger.Propose{As: ledger.Withdrawn, Evidence: ledger.Evidence{Reason: "重复"}})
	do("乙", ledger.Approve{})
}

// What digests say is held too: a row of a layer that a finding rests on is in no
// seal, and in the digest of its mine.
func TestVerifyRecomputesDigests(t *testing.T) {
	t.Parallel()
	p, pool, _ := sampleRun(t, pipeline.Options{Workers: 4})
	run := firstRun(t, p)
	if _, err := pool.Exec(t.Context(), `update disturbance d set patch_no = d.patch_no || '~'
		from run_patch p where p.run_id = $1 and p.licence_no is not null and (d.dataset_id, d.row_no) = (p.dataset_id, p.row_no)`, run.ID); err != nil {
		t.Fatal(err)
	}
	v, err := p.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Breaks) != 1 || v.Breaks[0].RunID != run.ID || !strings.Contains(v.Breaks[0].What, "mine ") {
		t.Errorf("got %+v", v)
	}
}

// Nothing of the log is changed or deleted, whoever asks.
func TestAppendOnly(t *testing.T) {
	t.Parallel()
	p, pool, _ := sampleRun(t, pipeline.Options{Workers: 4})
	run := firstRun(t, p)
	if _, err := p.Feed(t.Context(), run.ID, "甲", nil); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`update ledger_event set actor = 'x' where no = 1`, `delete from ledger_event where no = 1`, `truncate ledger_event cascade`,
		`update ledger_sighting set lost_m2 = 1`, `delete from ledger_item`, `update ledger_item set problem = 'x'`,
		`update ledger_item set event_no = event_no + 1, licence_no = 'x'`, `delete from ledger_head`,
	} {
		if _, err := pool.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "23001") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	// A role that is no superuser lacks the right, were it the owner.
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	var may bool
	err = tx.QueryRow(t.Context(), `select coalesce(bool_or(privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')), false)
		from information_schema.role_table_grants where table_name = 'ledger_event'`).Scan(&may)
	if err != nil || may {
		t.Errorf("somebody may change the log: %v %v", may, err)
	}
}
