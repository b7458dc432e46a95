package bench

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/internal/bench/made"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/overlay"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// small is a database with less than the smallest size that has a name.
func small(t *testing.T) Database {
	t.Helper()
	dsn := pgtest.DSN(t)
	pool, err := pg.Open(t.Context(), dsn, pg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	size := made.Size{Name: "hamlet", Counties: 1, Mines: 3, Parcels: 1000}
	if err := made.Write(t.Context(), pool, made.Options{Size: size, Seed: 5}); err != nil {
		t.Fatal(err)
	}
	return Database{Name: "small", DSN: dsn, Pool: pool}
}

// The whole harness at its smallest: every way is measured, and all figures are
// the same.
func TestOverlay(t *testing.T) {
	t.Parallel()
	db := small(t)
	var told []string
	page, err := Overlay(t.Context(), db, OverlayOptions{Rounds: 1, Desktop: true, Progress: func(s string) { told = append(told, s) }})
	if err != nil {
		t.Fatalf("%v\n%s", err, strings.Join(told, "\n"))
	}
	want := []string{naiveVegetation, naiveWhole, oursVegetation, oursOnlyVeg, naiveAreas, oursAreas, oursOne, oursTwo, oursAgain, "citation | "}
	if _, err := exec.LookPath("ogr2ogr"); err == nil {
		want = append(want, spatialite)
	}
	for _, name := range want {
		if !strings.Contains(page, name) {
			t.Errorf("the page does not tell of %s", name)
		}
	}
	if strings.Contains(page, " 0.000 (") {
		t.Errorf("something took no time:\n%s", page)
	}
	var left int
	if err := db.Pool.QueryRow(t.Context(), `select (select count(*) from run) + (select count(*) from dataset where base_id is not null)`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d runs and datasets are left (%v)", left, err)
	}
}

// A figure that differs is found, whichever side has it and whatever it is of;
// so is one that only one side has.
func TestCompared(t *testing.T) {
	t.Parallel()
	db := small(t)
	shipped, err := overlay.ShippedRules()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := withoutTolerance(shipped)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ours(t.Context(), db, 2, &rules, false)
	if err != nil {
		t.Fatal(err)
	}
	err = naiveOn(t.Context(), db.Pool, rules, asStored, func(n *naiveRun) error {
		_, err := n.whole(t.Context())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ table, harm string }{
		{"account", `update naive.account set approved_m2 = approved_m2 + 0.02 where licence_no = (select min(licence_no) from naive.account)`},
		{"account", `update ground_account set late_approval_m2 = late_approval_m2 + 0.02`},
		{"approval_account", `update naive.approval_account set state = 'closed' where state = 'in_term'`},
		{"finding", `update naive.finding set area_m2 = area_m2 * (1 + 1e-6) where rule_code = 'forest_encroached'`},
		{"finding", `delete from naive.finding where rule_code = 'unapproved'`},
		{"finding", `delete from finding_part where rule_code = 'grassland_encroached'`},
		{"ground", `update naive.finding set geom = st_translate(geom, 1e-9, 1e-9) where rule_code = 'over_occupied'`},
		{"breakdown", `update naive.breakdown set key = key || '?' where key = 'source:forestry'`},
		{"citation", `update naive.citation set area_m2 = area_m2 * (1 + 1e-6) where role = 'patch'`},
		{"citation", `delete from finding_citation where role = 'restricting_ground'`},
	} {
		tx, err := db.Pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		before, err := compared(t.Context(), tx, tt.table, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := before.fault(); err != nil {
			t.Error(err)
		}
		if tag, err := tx.Exec(t.Context(), tt.harm); err != nil || tag.RowsAffected() == 0 {
			t.Fatalf("%s: harms nothing (%v)", tt.harm, err)
		}
		after, err := compared(t.Context(), tx, tt.table, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		if after.fault() == nil {
			t.Errorf("%s: not found", tt.harm)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if none, err := compared(t.Context(), db.Pool, "account", r.ID+1); err != nil || none.fault() == nil {
		t.Errorf("nothing compared is no fault (%v)", err)
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	pool, err := pg.Open(t.Context(), dsn, pg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	page, err := Load(t.Context(), Database{Name: "load", DSN: dsn, Pool: pool}, 300, 2, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{loadOurs, loadBare, "≥ 0.5"} {
		if !strings.Contains(page, name) {
			t.Errorf("the page does not tell of %s:\n%s", name, page)
		}
	}
}

func TestGrowth(t *testing.T) {
	t.Parallel()
	db := small(t)
	page, err := Growth(t.Context(), []string{"hamlet"}, 1, func(_ string, fn func(Database) error) error { return fn(db) }, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	// The only size is as large as itself.
	if !strings.Contains(page, "| hamlet | 3 |") || !strings.Contains(page, "**1.00 (1.00–1.00)**") {
		t.Error(page)
	}
}

// The naive statements measure by geography; for figures that are held against
// ours, all of them by the projection.
func TestMeasuredBy(t *testing.T) {
	t.Parallel()
	const sql = `select st_area(st_union(st_intersection(a.geom, b.geom))::geography), st_distance(a.geom::geography, b.geom::geography)
		from (select st_area((case when a then b else st_difference(b, c) end)::geography) > 1) x`
	const want = `select ellipsoidal_area_m2(st_union(st_intersection(a.geom, b.geom))), st_distance(a.geom::geography, b.geom::geography)
		from (select ellipsoidal_area_m2((case when a then b else st_difference(b, c) end)) > 1) x`
	if got := measuredBy(sql, asStored); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got := measuredBy(sql, byGeography); got != sql {
		t.Errorf("got %s", got)
	}
	steps, err := naiveSteps()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		if strings.Contains(measuredBy(s.SQL(), asStored), "st_area(") {
			t.Errorf("%s still measures by geography", s.Name())
		}
		if strings.Count(s.SQL(), "st_area(") != strings.Count(measuredBy(s.SQL(), asStored), "ellipsoidal_area_m2(") {
			t.Errorf("%s measures less often", s.Name())
		}
	}
}

func TestSpread(t *testing.T) {
	t.Parallel()
	s := samples{"a": {{1, 4}, {9, 4}, {2, 4}}, "b": {{2, 1}, {9, 2}, {8, 8}}, "c": {{4, 0}}}
	if got := spreadOf(s.wall("a")); got != (spread{2, 1, 9}) {
		t.Error(got)
	}
	if got := spreadOf([]float64{4, 1, 2, 3}); got.median != 2.5 {
		t.Error(got)
	}
	if got := s.seconds("b"); got[0] != "8.00 (2.00–9.00)" || got[1] != "2.00 (1.00–8.00)" {
		t.Error(got)
	}
	line := s.line(ratio{"x", "a", "b", 0.5, false})
	if line[1] != "**0.500 (0.250–1.000)**" || line[2] != "2.00 (0.50–4.00)" || line[3] != "≤ 0.5: kept" {
		t.Error(line)
	}
	// Processor time that cannot be told is not made up.
	if line := s.line(ratio{"x", "a", "c", 0.6, true}); line[2] != "" || line[3] != "≥ 0.6: not kept" {
		t.Error(line)
	}
}

// In each round all have their turn, and each is once the first.
func TestTakeTurns(t *testing.T) {
	t.Parallel()
	var order strings.Builder
	var all []variant
	for _, name := range []string{"a", "b", "c"} {
		all = append(all, variant{name, func(context.Context) (map[string]took, error) {
			order.WriteString(name)
			return map[string]took{name: {1, 1}}, nil
		}})
	}
	times, err := takeTurns(t.Context(), 3, all, func(string) {})
	if err != nil || order.String() != "abcbcacab" || len(times["b"]) != 3 {
		t.Errorf("%s, %v, %v", order.String(), times, err)
	}
	all[1].run = func(context.Context) (map[string]took, error) { return nil, errors.New("broken") }
	if _, err := takeTurns(t.Context(), 1, all, func(string) {}); err == nil || err.Error() != "b: broken" {
		t.Error(err)
	}
}

func TestQueriesPrepare(t *testing.T) {
	t.Parallel()
	db := small(t)
	if _, err := db.Pool.Exec(t.Context(), naiveSchema); err != nil {
		t.Fatal(err)
	}
	conn, err := db.Pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for _, fsys := range []fs.FS{naiveFS, compareFS, sqlFS} {
		err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(name, "schema.sql") {
				return err
			}
			s, err := pg.Load(fsys, name)
			if err != nil {
				return err
			}
			return s.Prepare(t.Context(), conn.Conn())
		})
		if err != nil {
			t.Error(err)
		}
	}
}
