package api_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

// ourTables are the tables of the schema, each once: no partition, no table of a
// library's or of the extension's.
const ourTables = `
select c.relname,
       (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and a.attidentity = '' and a.attgenerated = '' and not a.attisdropped order by a.attnum limit 1),
       c.relrowsecurity
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  and c.relname !~ '^(river_|goose_)' and c.relname <> 'spatial_ref_sys'
order by c.relname`

type ourTable struct {
	Name, Column string
	Guarded      bool
}

// session is a connection on which roles are tried past the server.
type session struct {
	*testing.T
	conn *pgx.Conn
}

func (s *session) exec(sql string, args ...any) {
	s.Helper()
	if _, err := s.conn.Exec(s.Context(), sql, args...); err != nil {
		s.Fatalf("%s: %v", sql, err)
	}
}

func (s *session) tables() []ourTable {
	s.Helper()
	rows, err := s.conn.Query(s.Context(), ourTables)
	if err != nil {
		s.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ourTable])
	if err != nil {
		s.Fatal(err)
	}
	return tables
}

// as runs a statement as a role bound to counties, and takes back what it did.
func (s *session) as(role access.Role, counties, sql string) (pgconn.CommandTag, error) {
	s.Helper()
	s.exec("begin")
	defer s.exec("rollback")
	s.exec("select set_config('role', $1, true), set_config('taohe.counties', $2, true)", role.DatabaseRole(), counties)
	return s.conn.Exec(s.Context(), sql)
}

// refused reports whether a statement was refused for want of a right to the table.
func refused(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "42501" && strings.HasPrefix(e.Message, "permission denied")
}

func connect(t *testing.T) *session {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), pgtest.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return &session{t, conn}
}

// What each role may do to each table, tried, is what docs/access.md shows. A new
// table is in the page, or fails here.
func TestDatabaseRights(t *testing.T) {
	t.Parallel()
	s := connect(t)
	var b strings.Builder
	b.WriteString("| table | viewer | editor | inspector | approver | admin |\n|---|---|---|---|---|---|\n")
	for _, table := range s.tables() {
		fmt.Fprintf(&b, "| `%s` |", table.Name)
		any := false
		for _, role := range access.Roles() {
			var may []string
			for _, try := range []struct{ name, sql string }{
				{"select", "select * from %[1]s limit 0"},
				{"insert", "insert into %[1]s default values"},
				{"update", "update %[1]s set %[2]s = %[2]s"},
				{"delete", "delete from %[1]s"},
			} {
				if _, err := s.as(role, "*", fmt.Sprintf(try.sql, pgx.Identifier{table.Name}.Sanitize(), pgx.Identifier{table.Column}.Sanitize())); !refused(err) {
					may, any = append(may, try.name), true
				}
			}
			if _, err := s.as(role, "*", "truncate "+pgx.Identifier{table.Name}.Sanitize()); err == nil {
				t.Errorf("%s empties %s", role, table.Name)
			}
			for _, sql := range []string{"alter table %s add column more text", "drop table %s", "alter table %s disable row level security"} {
				if _, err := s.as(role, "*", fmt.Sprintf(sql, pgx.Identifier{table.Name}.Sanitize())); err == nil {
					t.Errorf("%s: "+sql, role, table.Name)
				}
			}
			if role == access.Viewer && slices.ContainsFunc(may, func(m string) bool { return m != "select" }) {
				t.Errorf("a viewer may %v %s", may, table.Name)
			}
			fmt.Fprintf(&b, " %s |", strings.Join(may, ", "))
		}
		b.WriteString("\n")
		if any && !table.Guarded {
			t.Errorf("%s is read by all counties: it has no policy", table.Name)
		}
	}
	heldPage(t, "tables", b.String())
}

// filled is how a column of each type is filled, for a county and a number.
func filled(name, kind string, county string, n int) string {
	switch {
	case name == "county_code", name == "code" && kind == "text", name == "licence_no":
		return "'" + county + "'"
	case name == "counties":
		return "'{" + county + "}'"
	case name == "taken_at":
		return "'2022-05-31T10:00:00'"
	case name == "one":
		return "true"
	case strings.HasSuffix(kind, "[]"):
		return "'{}'"
	case strings.HasPrefix(kind, "geometry(MultiPolygon"), kind == "geometry":
		return "st_multi(st_makeenvelope(109, 40, 109.1, 40.1, 4490))"
	case strings.HasPrefix(kind, "geometry(Point"):
		return "st_setsrid(st_makepoint(109, 40), 4490)"
	case strings.HasPrefix(kind, "geometry(Polygon"):
		return "st_makeenvelope(109, 40, 109.1, 40.1, 4490)"
	}
	switch kind {
	case "bigint", "integer", "smallint", "double precision", "numeric":
		return fmt.Sprint(n)
	case "boolean":
		return "false"
	case "date":
		return "date '2022-05-31'"
	case "timestamp with time zone":
		return "now()"
	case "jsonb":
		return "'{}'"
	case "bytea":
		return fmt.Sprintf("sha256('%d')", n)
	}
	return fmt.Sprintf("'%s'", county)
}

const columns = `
select a.attname, format_type(a.atttypid, a.atttypmod)
from pg_attribute a
where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
order by a.attnum`

// fill puts a row of each of two counties into every table. What a row means does
// not count here: checks and triggers are off.
func (s *session) fill(ours, theirs string) {
	s.Helper()
	for _, county := range []string{ours, theirs} {
		s.exec("insert into county (code, name, extent) values ($1, $1, st_makeenvelope(109, 40, 110, 41, 4490))", county)
	}
	s.exec(`
		do $$
		declare c record;
		begin
			for c in select conrelid::regclass as relation, conname from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace and coninhcount = 0 loop
				execute format('alter table %s drop constraint %I', c.relation, c.conname);
			end loop;
			for c in select oid::regclass::text as relation from pg_class where relkind = 'p' and relispartition loop
				execute format('create table %I partition of %I default', c.relation || '_all', c.relation);
			end loop;
		end $$`)
	s.exec("set session_replication_role = replica")
	for _, table := range s.tables() {
		if !table.Guarded || table.Name == "county" || table.Name == "ledger_head" {
			continue
		}
		rows, err := s.conn.Query(s.Context(), columns, table.Name)
		if err != nil {
			s.Fatal(err)
		}
		type column struct{ Name, Kind string }
		all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
		if err != nil {
			s.Fatal(err)
		}
		for n, county := range []string{ours, theirs} {
			var names, values []string
			for _, c := range all {
				names, values = append(names, pgx.Identifier{c.Name}.Sanitize()), append(values, filled(c.Name, c.Kind, county, n+1))
			}
			s.exec(fmt.Sprintf("insert into %s (%s) overriding system value values (%s)", pgx.Identifier{table.Name}.Sanitize(), strings.Join(names, ", "), strings.Join(values, ", ")))
		}
	}
	s.exec("set session_replication_role = origin")
}

// A role sees and changes, past the server too, the rows of its counties alone, in
// every table.
func TestDatabaseRows(t *testing.T) {
	t.Parallel()
	s := connect(t)
	const ours, theirs = "159900", "159901"
	s.fill(ours, theirs)
	counted := func(role access.Role, counties, table string) int64 {
		t.Helper()
		tag, err := s.as(role, counties, "select from "+pgx.Identifier{table}.Sanitize())
		if err != nil {
			t.Errorf("%s of %q in %s: %v", role, counties, table, err)
		}
		return tag.RowsAffected()
	}
	for _, table := range s.tables() {
		if !table.Guarded {
			continue
		}
		role, one, all := access.Viewer, int64(1), int64(2)
		switch table.Name {
		case "ledger_head": // where the log ends, which is nobody's
			continue
		case "ledger_webhook": // hears of all counties
			role, one = access.Admin, 0
		}
		for counties, want := range map[string]int64{"": 0, "150000": 0, ours: one, theirs: one, ours + "," + theirs: 2 * one, "*": all} {
			if got := counted(role, counties, table.Name); got != want {
				t.Errorf("%s of %q sees %d rows of %s, want %d", role, counties, got, table.Name, want)
			}
		}
		// What an admin of one county may change, if anything, is that county's.
		for _, sql := range []string{"delete from %[1]s", "update %[1]s set %[2]s = %[2]s"} {
			tag, err := s.as(access.Admin, ours, fmt.Sprintf(sql, pgx.Identifier{table.Name}.Sanitize(), pgx.Identifier{table.Column}.Sanitize()))
			if err == nil && tag.RowsAffected() > one {
				t.Errorf("an admin of %s: "+sql+" was done to %d rows", ours, table.Name, table.Column, tag.RowsAffected())
			}
		}
	}
	for _, sql := range []string{
		"update dataset set county_code = '" + theirs + "'", "update orthophoto set county_code = '" + theirs + "'", "update run set counties = '{" + theirs + "}'",
		"update ledger_item set county_code = '" + theirs + "', event_no = event_no + 9",
		"insert into dataset (county_code, layer, vintage) values ('" + theirs + "', 'forest', now())",
		"insert into run (as_of, counties, rule_set, rule_set_sha256) values (now(), '{" + theirs + "}', '', '')",
		"insert into ledger_event (no, at, campaign, item_id, kind, actor, body, sha256) values (99, now(), 'c', 2, 'confirmed', 'x', '', '')",
		"insert into county (code, name, extent) values ('159902', 'x', st_makeenvelope(109, 40, 110, 41, 4490))",
	} {
		if _, err := s.as(access.Admin, ours, sql); err == nil || !strings.Contains(err.Error(), "row-level security") && !strings.Contains(err.Error(), "another item") {
			t.Errorf("an admin of %s: %s: %v", ours, sql, err)
		}
	}
	// Only an approver decides, and only what-if runs go.
	decided := "insert into ledger_event (no, at, campaign, item_id, kind, actor, body, sha256) values (99, now(), 'c', 1, 'approved', 'x', '', '')"
	if _, err := s.as(access.Inspector, ours, decided); err == nil || !strings.Contains(err.Error(), "row-level security") {
		t.Errorf("an inspector approves: %v", err)
	}
	if _, err := s.as(access.Approver, ours, decided); err != nil {
		t.Errorf("an approver: %v", err)
	}
	if tag, err := s.as(access.Admin, "*", "delete from run"); err != nil || tag.RowsAffected() != 0 {
		t.Errorf("runs are deleted: %v, %v", tag, err)
	}
	// The log may be written at its end through its function, and in no other way.
	if _, err := s.as(access.Viewer, ours, "select append_audit('a', 'none', '', 'b', 'c', 'ok', '')"); err != nil {
		t.Errorf("append_audit: %v", err)
	}
}

// A connection that was used in somebody's name is nobody's when it is used again,
// whatever became of what it was used for.
func TestIdentityIsNotLeft(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	cfg := pool.Config()
	who := func(ctx context.Context) (role, counties string) {
		t.Helper()
		if err := pool.QueryRow(ctx, "select current_user, coalesce(current_setting('taohe.counties', true), '')").Scan(&role, &counties); err != nil {
			t.Fatal(err)
		}
		return role, counties
	}
	owner, _ := who(t.Context())
	viewer := pg.As(t.Context(), pg.Identity{Role: "taohe_viewer", Counties: "159900"})
	for range 3 * int(cfg.MaxConns) {
		if role, counties := who(viewer); role != "taohe_viewer" || counties != "159900" {
			t.Fatalf("in a viewer's name: %s, %q", role, counties)
		}
		// Broken off in the middle.
		if err := pg.InTx(viewer, pool, func(tx pgx.Tx) error {
			_, err := tx.Exec(viewer, "insert into account (name, role, created_by) values ('x', 'admin', 'x')")
			return err
		}); !refused(err) {
			t.Fatalf("a viewer makes an account: %v", err)
		}
		if role, counties := who(t.Context()); role != owner || counties != "" {
			t.Fatalf("afterwards: %s, %q", role, counties)
		}
		if role, _ := who(pg.AsOwner(viewer)); role != owner {
			t.Fatalf("taken off: %s", role)
		}
	}
}
