package oracle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/peterstace/simplefeatures/geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// A halver can cut its shapes in two.
type halver[R any] interface {
	shaper[R]
	Half(r *rand.Rand) R
}

// What must change no figure changes none, and one approval more never makes
// more ground unapproved.
func TestProperties(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	scenesFrom(t, 6, func(seed uint64) {
		s, l := latticeScene(seed + 10_000)
		properties(t, pool, s, l.(*lattice))
		f, p := freeScene(seed + 20_000)
		properties(t, pool, f, p.(*freeShaper))
	})
}

func properties[R any](t *testing.T, pool *pgxpool.Pool, s *scene[R], p halver[R]) {
	t.Helper()
	want, err := evaluate[R](p, s)
	if err != nil {
		t.Fatal(err)
	}
	if len(want.doubts) > 0 {
		t.Logf("%s %d: %s", s.name, s.seed, want.doubts)
		return
	}
	judge := func(w writer[R], s *scene[R]) *judgement {
		w.plane = p
		j, err := judged(t.Context(), pool, w, s)
		if err != nil {
			t.Fatalf("%s %d: %v", s.name, s.seed, err)
		}
		for _, f := range append(j.failed, j.twice...) {
			t.Errorf("%s %d: %s", s.name, s.seed, f)
		}
		return j
	}
	r := rand.New(rand.NewPCG(s.seed, 3))
	base := judge(writer[R]{}, s)
	same := func(what string, j *judgement, skip func(string) bool) {
		if base.gridded > 0 || j.gridded > 0 {
			return
		}
		if d := differences(&j.answers, &base.answers, toleranceM2, skip); len(d) > 0 {
			t.Errorf("%s %d: %s:\n  %s", s.name, s.seed, what, strings.Join(d, "\n  "))
		}
	}
	none := noise(p.Exact())
	same("rings turned round", judge(writer[R]{reverse: true}, s), none)
	shuffled := judge(writer[R]{shuffle: r}, s)
	same("rows in another order", shuffled, none)
	east := eastward(r, p.Exact())
	same(fmt.Sprintf("%g degrees east", east), judge(writer[R]{east: east}, s), none)
	same("patches in two", judge(writer[R]{}, split(s, p, r)).keyed(halvesWhole.Replace), none)
	same("other names", judge(writer[R]{}, renamed(s)).keyed(oldNames.Replace), none)
	again := judge(writer[R]{}, s)
	for licence, digest := range base.digests {
		if again.digests[licence] != digest {
			t.Errorf("%s %d: mine %s: two runs, two digests", s.name, s.seed, licence)
		}
		if shuffled.digests[licence] != digest {
			t.Errorf("%s %d: mine %s: another digest with the rows in another order", s.name, s.seed, licence)
		}
	}
	if s.missing["land_approval"] {
		return
	}
	more := *s
	d := &drawer[R]{r: r, s: p, pool: []R{s.patches[0].ground}}
	more.approvals = append(slices.Clone(s.approvals), d.approval(99, 4))
	with := judge(writer[R]{}, &more)
	for licence := range base.digests {
		if before, after := notApproved(base, licence), notApproved(with, licence); after > before+0.01 {
			t.Errorf("%s %d: mine %s: %g m² not approved, with an approval more %g", s.name, s.seed, licence, before, after)
		}
	}
}

func notApproved(j *judgement, licence string) float64 {
	var sum float64
	for _, class := range []string{"expired", "over_occupied", "displaced", "unapproved", "unapproved_construction", "within_tolerance"} {
		sum += j.figures[licence]["account/"+class]
	}
	return sum
}

// eastward is how far a scene is moved within the county. Where corners have to
// stay on edges to the last digit, that is what adds without rounding.
func eastward(r *rand.Rand, exact bool) float64 {
	if exact {
		return float64(r.IntN(1500)-250) / 1024
	}
	return 1.5*r.Float64() - 0.25
}

// keyed is the judgement with its figures under other names; what comes to stand
// under one name is added up.
func (j *judgement) keyed(name func(string) string) *judgement {
	out := *j
	out.answers.figures = map[string]figures{}
	for licence, f := range j.figures {
		for key, v := range f {
			out.add(name(licence), name(key), v)
		}
	}
	return &out
}

// renamed gives every mine, enterprise, approval and patch another name. Mines
// and approvals keep their order, by which equals are told apart; patches and
// enterprises do not.
func renamed[R any](s *scene[R]) *scene[R] {
	out := *s
	out.rights, out.approvals, out.patches = slices.Clone(s.rights), slices.Clone(s.approvals), slices.Clone(s.patches)
	for i := range out.rights {
		m := &out.rights[i]
		m.licence, m.enterprise = newNames.Replace(m.licence), newNames.Replace(m.enterprise)
	}
	for i := range out.approvals {
		a := &out.approvals[i]
		a.no, a.licence, a.enterprise = newNames.Replace(a.no), newNames.Replace(a.licence), newNames.Replace(a.enterprise)
	}
	for i := range out.patches {
		p := &out.patches[i]
		p.no, p.licence = newNames.Replace(p.no), newNames.Replace(p.licence)
	}
	return &out
}

// newNames and oldNames rename and name back; halvesWhole gives a half of a patch
// the name of the whole.
var newNames, oldNames, halvesWhole = func() (to, from, whole *strings.Replacer) {
	pairs := []string{
		licenceNo(0)[:4], "C100", enterprises[0], "乙乙矿业有限公司", enterprises[1], "甲甲煤业有限公司", enterprises[2], "丙丙建材有限公司",
	}
	var halves []string
	for i := range 100 {
		pairs = append(pairs, fmt.Sprintf("PZ%03d", i), fmt.Sprintf("临2021%03d", i), fmt.Sprintf("TB%03d", i), fmt.Sprintf("图%03d", 999-i))
		halves = append(halves, fmt.Sprintf("TB%03db", i), fmt.Sprintf("TB%03d", i))
	}
	back := slices.Clone(pairs)
	for i := 0; i < len(back); i += 2 {
		back[i], back[i+1] = back[i+1], back[i]
	}
	return strings.NewReplacer(pairs...), strings.NewReplacer(back...), strings.NewReplacer(halves...)
}()

// split cuts the patches that name a mine in two along a line. The others may be
// given to two mines when cut.
func split[R any](s *scene[R], p halver[R], r *rand.Rand) *scene[R] {
	out := *s
	out.patches = nil
	for _, whole := range s.patches {
		line := p.Half(r)
		one, other := whole, whole
		one.ground, other.ground = p.Meet(whole.ground, line), p.Minus(whole.ground, line)
		if whole.licence == "" || p.AreaM2(one.ground) < 0.01 || p.AreaM2(other.ground) < 0.01 {
			out.patches = append(out.patches, whole)
			continue
		}
		other.no += "b"
		out.patches = append(out.patches, one, other)
	}
	return &out
}

// The digest of a run hangs neither on how many mines are computed at a time
// nor on which connection computed what before, and no mine fails: in the
// second scene the overlay throws, and two mines are computed on a grid.
func TestWorkers(t *testing.T) {
	t.Parallel()
	l, plane := latticeScene(7)
	workers(t, l, plane, 0)
	f, free := freeScene(throwingScene)
	workers[geom.Geometry](t, f, free, 2)
}

// throwingScene is a free scene with corners that differ in the last digit, on
// which GEOS throws a TopologyException for two mines.
const throwingScene = 340

func workers[R any](t *testing.T, s *scene[R], p plane[R], gridded int) {
	t.Helper()
	pool := pgtest.New(t)
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		w := writer[R]{plane: p, tx: tx}
		return w.write(t.Context(), s)
	})
	if err != nil {
		t.Fatal(err)
	}
	on, err := taohe.ParseDate(asOf)
	if err != nil {
		t.Fatal(err)
	}
	var digest string
	for i, n := range []int{1, 2, 4, 1} {
		p, err := pipeline.New(pool, pipeline.Options{Workers: n})
		if err != nil {
			t.Fatal(err)
		}
		// The last carries over what it may: a mine on a grid is computed again,
		// and with it whose ground lies beside its licence, which the grid moved.
		id, err := p.Begin(t.Context(), pipeline.RunRequest{AsOf: on, ChangedOnly: i == 3})
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
		if digest == "" {
			digest = run.Digest
		}
		if i == 3 && (run.MinesCarried > run.MinesTotal-gridded || gridded == 0 && run.MinesCarried != run.MinesTotal) {
			t.Errorf("%s %d: %d of %d mines carried over, %d were on a grid", s.name, s.seed, run.MinesCarried, run.MinesTotal, gridded)
		}
		if run.MinesFailed > 0 || run.Digest != digest {
			t.Errorf("%s %d: %d workers: %d mines failed, digest %s, want %s", s.name, s.seed, n, run.MinesFailed, run.Digest, digest)
		}
		notes, err := p.Notes(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		used := 0
		for _, note := range notes {
			if note.Code == "overlay.grid_used" {
				used++
				if grid, err := strconv.ParseFloat(note.Args["grid_degrees"], 64); err != nil || grid != 1e-9 {
					t.Errorf("%s %d: the grid is said to be %q", s.name, s.seed, note.Args["grid_degrees"])
				}
			}
		}
		if used != gridded {
			t.Errorf("%s %d: %d mines on a grid, want %d", s.name, s.seed, used, gridded)
		}
	}
}
