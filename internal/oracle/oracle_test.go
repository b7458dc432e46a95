package oracle

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/peterstace/simplefeatures/geom"

	"github.com/taohe-gis/taohe/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// environment reads a number that asks for more, or other, scenes.
func environment(t *testing.T, name string, or int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return or
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

func latticeScene(seed uint64) (*scene[cells], shaper[cells]) {
	r := rand.New(rand.NewPCG(seed, 2))
	l := newLattice(r, 14+r.IntN(40))
	return drawScene[cells](l, "lattice", seed), l
}

func freeScene(seed uint64) (*scene[geom.Geometry], shaper[geom.Geometry]) {
	f := &freeShaper{edgeM: 20}
	return drawScene[geom.Geometry](f, "free", seed), f
}

// A tally counts what scenes gave.
type tally struct{ scenes, mines, figures, doubted, failed, gridded int }

// tried runs f in a transaction that is rolled back.
func tried(ctx context.Context, pool *pgxpool.Pool, f func(pgx.Tx) error) error {
	tx, err := pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	return f(tx)
}

func judged[R any](ctx context.Context, pool *pgxpool.Pool, w writer[R], s *scene[R]) (j *judgement, err error) {
	err = tried(ctx, pool, func(tx pgx.Tx) error {
		w.tx = tx
		if err := w.write(ctx, s); err != nil {
			return err
		}
		if len(w.invalid) > 0 {
			return fmt.Errorf("invalid: %v", w.invalid)
		}
		j, err = judge(ctx, tx)
		return err
	})
	return j, err
}

func compareScene[R any](t *testing.T, pool *pgxpool.Pool, s *scene[R], p plane[R], sum *tally) {
	t.Helper()
	want, err := evaluate(p, s)
	if err != nil { // the library's own: it panics on one free scene in some thousands
		sum.scenes++
		sum.doubted++
		t.Logf("%s %d not compared: %v", s.name, s.seed, err)
		return
	}
	got, err := judged(t.Context(), pool, writer[R]{plane: p}, s)
	if err != nil {
		t.Errorf("%s %d: %v", s.name, s.seed, err)
		return
	}
	sum.count(got, want)
	if got.gridded > 0 {
		t.Logf("%s %d: %d mines on a grid", s.name, s.seed, got.gridded)
	}
	if wrong := append(got.failed, got.twice...); len(wrong) > 0 {
		t.Errorf("%s %d: %s\n%s", s.name, s.seed, wrong, s.text(p))
		return
	}
	if len(want.doubts) > 0 {
		t.Logf("%s %d not compared: %s", s.name, s.seed, want.doubts)
		return
	}
	tolerance := toleranceM2
	if got.gridded > 0 {
		tolerance = gridToleranceM2
	}
	if d := differences(&got.answers, want, tolerance, noise(p.Exact())); len(d) > 0 {
		t.Errorf("%s %d (TAOHE_SCENE=%d TAOHE_SCENES=1):\n  %s\n%s", s.name, s.seed, s.seed, strings.Join(d, "\n  "), s.text(p))
	}
}

// noise names the figures that hang on rounding by nature: whether a square
// millimetre left along a common edge makes a component one that is not wholly
// approved. The areas of the classes are compared all the same.
func noise(exact bool) func(key string) bool {
	return func(key string) bool {
		return !exact && (key == "components/approved" || key == "components/over_occupied")
	}
}

func (sum *tally) count(got *judgement, want *answers) {
	sum.scenes++
	for _, f := range want.figures {
		sum.figures += len(f)
	}
	sum.mines += len(got.digests)
	sum.gridded += got.gridded
	sum.failed += len(got.failed)
	if len(want.doubts) > 0 {
		sum.doubted++
	}
}

// report holds scenes that were not compared to be rare.
func (sum *tally) report(t *testing.T) {
	t.Helper()
	t.Logf("%+v", *sum)
	if sum.doubted > 1+sum.scenes/50 {
		t.Errorf("%d of %d scenes lie on a threshold and were not compared", sum.doubted, sum.scenes)
	}
}

// scenesFrom calls f for each seed that the environment asks for.
func scenesFrom(t *testing.T, or int, f func(seed uint64)) {
	first := environment(t, "TAOHE_SCENE", 1)
	for i := range environment(t, "TAOHE_SCENES", or) {
		f(uint64(first + i))
	}
}

func TestLattice(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	var sum tally
	scenesFrom(t, 20, func(seed uint64) {
		s, p := latticeScene(seed)
		compareScene(t, pool, s, plane[cells](p), &sum)
	})
	sum.report(t)
}

func TestFree(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	var sum tally
	scenesFrom(t, 20, func(seed uint64) {
		s, p := freeScene(seed)
		compareScene(t, pool, s, plane[geom.Geometry](p), &sum)
	})
	sum.report(t)
}
