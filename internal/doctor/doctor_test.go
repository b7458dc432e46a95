package doctor

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestStatementsPrepare(t *testing.T) {
	t.Parallel()
	pgtest.PrepareAll(t, sqlFS)
}

func opening(dsn string) func(context.Context) (*pgxpool.Pool, error) {
	return func(ctx context.Context) (*pgxpool.Pool, error) { return pg.Open(ctx, dsn, pg.Options{MaxConns: 2}) }
}

func byCode(lines []Line) map[string]Line {
	found := map[string]Line{}
	for _, l := range lines {
		if before, twice := found[l.Code]; !twice || before.Level == OK {
			found[l.Code] = l
		}
	}
	return found
}

// Each thing that is broken, on a database of its own, is found, with what to do;
// of a database that is well nothing is, save that tests do without fsync.
func TestWhatIsBrokenIsFound(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, breaks string
		change       func(*Options)
		code, level  string
		says         string
	}{
		{name: "nothing"},
		{"an index dropped", `drop index ledger_event_item`, nil, "indexes", Fail, "ledger_event_item"},
		{"an index that is not valid", `update pg_index set indisvalid = false where indexrelid = 'job_by_run'::regclass`, nil, "indexes", Fail, "job_by_run"},
		{"a spatial index dropped", `drop index finding_geom`, nil, "schema", Fail, "finding.geom"},
		{"commits that do not wait", `do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$`, nil, "synchronous_commit", Warn, "off"},
		{"compiled statements", `do $$ begin execute format('alter database %I set jit = on', current_database()); end $$`, nil, "jit", Warn, "on"},
		{"little to sort in", `do $$ begin execute format('alter database %I set work_mem = ''1MB''', current_database()); end $$`, nil, "work_mem", Warn, "1 MB"},
		{"an older schema", `update goose_db_version set is_applied = false where version_id > 5`, nil, "schema", Fail, "taohe migrate"},
		{"a reference system gone", `delete from spatial_ref_sys where srid = 904490`, nil, "schema", Fail, "904490"},
		{"an event that was changed", `
			insert into ledger_event (no, at, campaign, kind, actor, body, sha256) values (1, now(), 'c', 'applied', 'a', '{}', '\x00')`, nil, "chain", Fail, "event 1"},
		{"a clock that was put back", `
			insert into run (as_of, counties, rule_set, rule_set_sha256, created_at) values ('2022-05-31', '{159900}', '', '', now() + interval '2 hours')`, nil, "clock", Fail, "时钟倒退过"},
		{"too few connections", `select`, func(o *Options) { o.Connections = 100_000 }, "max_connections", Fail, "100000"},
		{"a clock that goes wrong", `select`, func(o *Options) { o.Now = func() time.Time { return time.Now().Add(-10 * time.Minute) } }, "clock", Fail, "相差 10m0"},
		{"a font that is not there", `select`, func(o *Options) { o.Font = "/none/font.otf" }, "font", Fail, "/none/font.otf"},
		{"a folder that is not there", `select`, func(o *Options) { o.Folders = map[string]string{"上传目录": "/none/spool"} }, "disk", Warn, "/none/spool"},
		{"no database", `select`, func(o *Options) {
			o.Open = func(context.Context) (*pgxpool.Pool, error) { return nil, errors.New("nobody there") }
		}, "database", Fail, "nobody there"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dsn := pgtest.DSN(t)
			if tt.breaks != "" {
				conn, err := pgx.Connect(t.Context(), dsn)
				if err != nil {
					t.Fatal(err)
				}
				_, err = conn.Exec(t.Context(), tt.breaks)
				if err = errors.Join(err, conn.Close(t.Context())); err != nil {
					t.Fatal(err)
				}
			}
			o := Options{Open: opening(dsn), Connections: 20, Folders: map[string]string{"数据目录": t.TempDir()}, Now: time.Now, Runs: true}
			if tt.change != nil {
				tt.change(&o)
			}
			found := byCode(Look(t.Context(), o))
			if tt.code != "" {
				l := found[tt.code]
				if l.Level != tt.level || !strings.Contains(l.Found+l.Next, tt.says) || l.Next == "" {
					t.Errorf("%s: %+v, want %s with %q", tt.code, l, tt.level, tt.says)
				}
				return
			}
			// What the machine lacks, and what tests do without, is not the database's.
			for _, code := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
				if l := found[code]; l.Level == OK {
					t.Errorf("a cluster of tests is said to be durable: %+v", l)
				}
				delete(found, code)
			}
			for _, code := range []string{"font", "gdal", "libreoffice", "disk"} {
				if _, looked := found[code]; !looked {
					t.Errorf("%s was not looked at", code)
				}
				delete(found, code)
			}
			for _, l := range found {
				if l.Level != OK {
					t.Errorf("well, and yet: %+v", l)
				}
			}
			if !strings.Contains(found["versions"].Found, "GEOS 3") || !strings.Contains(found["versions"].Found, "PROJ ") {
				t.Errorf("versions: %+v", found["versions"])
			}
		})
	}
}

// A program that cannot run is not said to be there.
func TestProgramThatFails(t *testing.T) {
	t.Parallel()
	x := &examination{}
	x.program(t.Context(), "a", "false", "A", "next")
	x.program(t.Context(), "b", filepath.Join(t.TempDir(), "none"), "B", "next")
	if x.lines[0].Level != Warn || x.lines[1].Level != Warn {
		t.Errorf("%+v", x.lines)
	}
}
