package pg_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/migrations"
)

func TestCheckReady(t *testing.T) {
	t.Parallel()
	if err := pg.Check(t.Context(), pgtest.New(t)); err != nil {
		t.Error(err)
	}
}

func TestCheckEmptyDatabase(t *testing.T) {
	t.Parallel()
	conn := connect(t, pgtest.EmptyDSN(t))
	wantNotReady(t, pg.CheckWith(t.Context(), conn, migrations.FS), "extension is not installed", "taohe migrate")
}

func TestCheckOldSchema(t *testing.T) {
	t.Parallel()
	conn := connect(t, pgtest.DSN(t))
	newer := withFile(t, "99999_newer.sql", "-- +goose Up\nselect 1;\n")
	wantNotReady(t, pg.CheckWith(t.Context(), conn, newer), "this program needs 99999", "taohe migrate")
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, breakIt string
		problem, next string
	}{
		{"schema of a newer program", `insert into goose_db_version (version_id, is_applied) values (99999, true)`, "at version 99999", "newer taohe"},
		{"never migrated", `drop table goose_db_version`, "at version 0", "taohe migrate"},
		{"job queue of an older program", `delete from river_migration where version = (select max(version) from river_migration)`, "job queue", "taohe migrate"},
		{"no CGCS2000", `delete from spatial_ref_sys where srid = 4490`, "4490 is missing", "spatial_ref_sys"},
		{"no equal-area system", `delete from spatial_ref_sys where srid = 904490`, "904490 is missing", "first migration"},
		{"equal-area system on a sphere", `update spatial_ref_sys set srtext = '', proj4text = '+proj=cea +R=6371000 +units=m' where srid = 904490`, "measures a map sheet", "spatial_ref_sys"},
		{"geometry without index", `create table bare (shape geometry)`, "bare.shape", "no index:"},
		{"only a b-tree", `create table bare (shape geometry); create index on bare (shape)`, "bare.shape", "no index:"},
		{"partitions without index", `create table bare (n int, shape geometry) partition by list (n)`, "bare.shape", "no index:"},
		{"indexed", `create table fine (shape geometry); create index on fine using gist (shape)`, "", ""},
		{"never searched", `create table kept (shape geometry); comment on column kept.shape is 'no index: original corners, read by key'`, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			conn := connect(t, pgtest.DSN(t))
			if _, err := conn.Exec(t.Context(), tt.breakIt); err != nil {
				t.Fatal(err)
			}
			err := pg.CheckWith(t.Context(), conn, migrations.FS)
			if tt.problem == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantNotReady(t, err, tt.problem, tt.next)
		})
	}
}

func TestVersionsReady(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		number int
		ready  bool
	}{{90624, false}, {140011, false}, {150000, true}, {180001, true}} {
		if err := pg.PostgresReady(tt.number, "as printed"); (err == nil) != tt.ready {
			t.Errorf("server_version_num %d: got %v, want ready %t", tt.number, err, tt.ready)
		}
	}
	for _, tt := range []struct {
		version string
		ready   bool
	}{{"2.5.9", false}, {"3.2.7", false}, {"3.3.2", true}, {"3.10.0", true}, {"4.0.0beta1", true}, {"unpackaged", false}} {
		if err := pg.PostGISReady(tt.version); (err == nil) != tt.ready {
			t.Errorf("PostGIS %s: got %v, want ready %t", tt.version, err, tt.ready)
		}
	}
}

func wantNotReady(t *testing.T, err error, problem, next string) {
	t.Helper()
	var notReady *pg.NotReadyError
	if !errors.As(err, &notReady) {
		t.Fatalf("got %v, want a *NotReadyError", err)
	}
	if !strings.Contains(notReady.Problem, problem) || !strings.Contains(notReady.Next, next) {
		t.Errorf("got problem %q, next %q; want them to say %q and %q", notReady.Problem, notReady.Next, problem, next)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("not one line: %q", err)
	}
}
