package pg_test

import (
	"io/fs"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/migrations"
)

// Two programs start at once on an empty database: one applies, the others
// wait for it. Were it not so, one would fail on an object that is there.
func TestMigrateAtOnce(t *testing.T) {
	t.Parallel()
	dsn := pgtest.EmptyDSN(t)
	results := make(chan error)
	const programs = 3
	for range programs {
		go func() { results <- pg.Migrate(t.Context(), dsn) }()
	}
	for range programs {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	conn := connect(t, dsn)
	var most int
	err := conn.QueryRow(t.Context(), `select max(n) from (select count(*) n from goose_db_version group by version_id) v`).Scan(&most)
	if err != nil {
		t.Fatal(err)
	}
	if most != 1 {
		t.Errorf("a migration was applied %d times", most)
	}
	if err := pg.CheckWith(t.Context(), conn, migrations.FS); err != nil {
		t.Errorf("after migrating: %v", err)
	}
}

func TestMigrateFailureKeepsWhatStood(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	more := withFile(t, "99999_bad.sql", "-- +goose Up\ncreate table half (n int);\nselect misspelt;\n")
	err := pg.MigrateWith(t.Context(), dsn, more)
	if err == nil || !strings.Contains(err.Error(), "99999_bad.sql") {
		t.Fatalf("got %v, want an error naming the file", err)
	}
	conn := connect(t, dsn)
	var half bool
	if err := conn.QueryRow(t.Context(), `select to_regclass('half') is not null`).Scan(&half); err != nil {
		t.Fatal(err)
	}
	if half {
		t.Error("half of the failed migration stayed")
	}
	if err := pg.CheckWith(t.Context(), conn, migrations.FS); err != nil {
		t.Errorf("the migrations before it: %v", err)
	}
}

// Theoretical areas of CGCS2000 map sheets with their south-west corner at
// 110°E (GB/T 13989 division), from the closed form of the zone between two
// parallels, b²/2·ΔL·(q(B2)−q(B1)).
func TestEqualAreaSystemMeasuresMapSheets(t *testing.T) {
	t.Parallel()
	conn := connect(t, pgtest.DSN(t))
	for _, tt := range []struct {
		sheet                string
		south, width, height float64 // degrees
		wantM2               float64
	}{
		{"1:5000", 40, 1.875 / 60, 1.25 / 60, 6172038.84},
		{"1:10 000", 40, 3.75 / 60, 2.5 / 60, 24684446.24},
		{"1:10 000 at 40°12′30″", 40 + 12.5/60, 3.75 / 60, 2.5 / 60, 24610098.11},
		{"1:10 000 at 40°27′30″", 40 + 27.5/60, 3.75 / 60, 2.5 / 60, 24520443.33},
		{"1:25 000", 40, 7.5 / 60, 5.0 / 60, 98708098.78},
		{"1:50 000", 40, 15.0 / 60, 10.0 / 60, 394594693.26},
		{"1:100 000", 40, 0.5, 20.0 / 60, 1576473763.82},
	} {
		var got float64
		err := conn.QueryRow(t.Context(), `select st_area(st_transform(st_makeenvelope(110, $1, 110 + $2::float8, $1 + $3::float8, 4490), 904490))`,
			tt.south, tt.width, tt.height).Scan(&got)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got-tt.wantM2) > 0.01 {
			t.Errorf("%s: got %.4f m², want %.2f", tt.sheet, got, tt.wantM2)
		}
	}
}

// The system must be the same however it is read: some programs take the WKT,
// others the proj4 text.
func TestEqualAreaSystemTextsAgree(t *testing.T) {
	t.Parallel()
	conn := connect(t, pgtest.DSN(t))
	var x, y, back float64
	err := conn.QueryRow(t.Context(), `
		with p as (select st_transform(st_setsrid(st_makepoint(110, 40), 4490), 904490) as srid,
		                  st_transform(st_setsrid(st_makepoint(110, 40), 4490), proj4text) as text
		           from spatial_ref_sys where srid = 904490)
		select st_x(srid) - st_x(text), st_y(srid) - st_y(text),
		       st_distance(st_transform(srid, 4490), st_setsrid(st_makepoint(110, 40), 4490)) from p`).Scan(&x, &y, &back)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(x) > 1e-6 || math.Abs(y) > 1e-6 {
		t.Errorf("WKT and proj4 text differ by %g m east, %g m north", x, y)
	}
	// PROJ inverts the authalic latitude by a series cut after e⁶: under a
	// millimetre. Areas only need the way there, which is exact.
	if back > 1e-8 {
		t.Errorf("there and back is off by %g degrees", back)
	}
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	return conn
}

// withFile is the embedded migrations and one more.
func withFile(t *testing.T, name, sql string) fs.FS {
	t.Helper()
	files := fstest.MapFS{name: {Data: []byte(sql)}}
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		b, err := fs.ReadFile(migrations.FS, n)
		if err != nil {
			t.Fatal(err)
		}
		files[n] = &fstest.MapFile{Data: b}
	}
	return files
}
