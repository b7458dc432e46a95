package ledger

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/overlay"
)

// book is a ledger on a database of its own, fed from runs that are written by
// hand.
type book struct {
	*testing.T
	pool     *pgxpool.Pool
	campaign Campaign
	rules    overlay.RuleSet
}

func newBook(t *testing.T) *book {
	t.Helper()
	b := &book{T: t, pool: pgtest.New(t)}
	var err error
	if b.campaign, err = Campaign2022(); err != nil {
		t.Fatal(err)
	}
	if b.rules, err = overlay.ShippedRules(); err != nil {
		t.Fatal(err)
	}
	return b
}

const mine = "C1500002010011110000001"

// ground are rectangles of a lattice of a ten-thousandth of a degree, of 8.5 by
// 11 m: west, south, east, north of each.
func ground(boxes ...[4]int) string {
	wkt := ""
	for i, b := range boxes {
		if i > 0 {
			wkt += ","
		}
		at := func(x, y int) string { return fmt.Sprintf("%.4f %.4f", 109.5+float64(x)/1e4, 40+float64(y)/1e4) }
		wkt += "((" + at(b[0], b[1]) + "," + at(b[2], b[1]) + "," + at(b[2], b[3]) + "," + at(b[0], b[3]) + "," + at(b[0], b[1]) + "))"
	}
	return "MULTIPOLYGON(" + wkt + ")"
}

// run is a complete run that found ground by the rule unapproved.
func (b *book) run(asOf string, boxes ...[4]int) int64 {
	b.Helper()
	var id int64
	exec := func(sql string, args ...any) {
		b.Helper()
		if err := b.pool.QueryRow(b.Context(), sql, args...).Scan(&id); err != nil {
			b.Fatal(err)
		}
	}
	exec(`insert into run (as_of, counties, rule_set, rule_set_sha256, status, digest, finished_at)
		values ($1::text::date, '{150000}', $2, $3, 'complete', '\x00', now()) returning id`, asOf, b.rules.Text, b.rules.SHA256[:])
	exec(`insert into run_mine (run_id, licence_no, county_code, enterprise, valid_from, valid_to, geom, licence_ellipsoidal_area_m2, computed_in_run_id, status, digest)
		values ($1, $2, '150000', '甲矿业', '2010-01-01', '2030-01-01', st_geomfromtext($3, 4490), 1, $1, 'done', '\x00') returning run_id`,
		id, mine, ground([4]int{0, 0, 100, 100}))
	if len(boxes) > 0 {
		exec(`insert into finding (run_id, licence_no, rule_code, ellipsoidal_area_m2, within_tolerance_m2, geom)
			select $1, $2, 'unapproved', ellipsoidal_area_m2(g), 0, g from (select st_multi(st_union(st_geomfromtext($3, 4490))) as g) f returning run_id`,
			id, mine, ground(boxes...))
	}
	return id
}

// feed puts a run into the ledger and returns the lines.
func (b *book) feed(run int64) []Line {
	b.Helper()
	var p *Plan
	err := pg.InTx(b.Context(), b.pool, func(tx pgx.Tx) (err error) {
		p, err = Apply(b.Context(), tx, b.campaign, "甲", func(db overlay.Querier) (*Plan, error) {
			return MakePlan(b.Context(), db, b.campaign, run, b.rules, func(s Share) (Description, error) {
				return Description{Enterprise: "甲矿业", ProblemType: "未批先占", Group: 1, Problem: "疑似未批先占。"}, nil
			})
		}, nil)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return p.Lines
}

// m2 is the area of some ground.
func (b *book) m2(boxes ...[4]int) float64 {
	b.Helper()
	var m2 float64
	err := b.pool.QueryRow(b.Context(), `select ellipsoidal_area_m2(st_union(st_geomfromtext($1, 4490)))`, ground(boxes...)).Scan(&m2)
	if err != nil {
		b.Fatal(err)
	}
	return m2
}

// want is what must become of one item.
type want struct {
	outcome Outcome
	item    int64
	ground  [][4]int
}

func (b *book) hold(when string, lines []Line, wants ...want) {
	b.Helper()
	if len(lines) != len(wants) {
		b.Errorf("%s: %d lines, want %d", when, len(lines), len(wants))
	}
	for _, w := range wants {
		i := slices.IndexFunc(lines, func(l Line) bool { return l.Item.ID == w.item })
		if i < 0 {
			b.Errorf("%s: nothing about item %d", when, w.item)
			continue
		}
		l := lines[i]
		if l.Outcome != w.outcome {
			b.Errorf("%s: item %d is %s, want %s", when, w.item, l.Outcome, w.outcome)
		}
		if w.ground != nil && math.Abs(*l.Item.MeasuredM2-b.m2(w.ground...)) > 0.01 {
			b.Errorf("%s: item %d has %.3f m², want %.3f", when, w.item, *l.Item.MeasuredM2, b.m2(w.ground...))
		}
	}
}

// Parts split and join; items stay what they were, and sum to what was found.
func TestSameGround(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	first := [4]int{0, 0, 10, 10}
	b.hold("first", b.feed(b.run("2022-05-31", first)), want{New, 1, [][4]int{first}})

	// New ground apart from it is another item; ground that touches it in a line
	// is not connected ground of a polygon already stored, but of the finding.
	second := [4]int{20, 0, 30, 10}
	b.hold("another beside", b.feed(b.run("2022-06-30", first, second)), want{Unchanged, 1, [][4]int{first}}, want{New, 2, [][4]int{second}})

	// Splitting: both parts are the first's still.
	split := [][4]int{{0, 0, 4, 10}, {6, 0, 10, 10}}
	b.hold("split", b.feed(b.run("2022-07-31", split[0], split[1], second)), want{Changed, 1, split}, want{Unchanged, 2, nil})

	// Joining: each keeps its own ground; what lies between goes to the one with
	// most of the part, by number where they have the same. Neither is gone.
	joined := [4]int{0, 0, 30, 10}
	lines := b.feed(b.run("2022-08-31", joined))
	b.hold("joined", lines, want{Changed, 1, [][4]int{{0, 0, 20, 10}}}, want{Unchanged, 2, [][4]int{second}})
	if sum := *lines[0].Item.MeasuredM2 + *lines[1].Item.MeasuredM2; math.Abs(sum-b.m2(joined)) > 0.01 {
		t.Errorf("the items sum to %.3f m² of %.3f found", sum, b.m2(joined))
	}

	// Gone, not asked, and back.
	b.hold("gone", b.feed(b.run("2022-09-30")), want{Gone, 1, nil}, want{Gone, 2, nil})
	b.hold("gone still", b.feed(b.run("2022-10-15")))
	back := b.run("2022-10-31", second)
	b.hold("back", b.feed(back), want{Changed, 2, [][4]int{second}})
	failed := b.run("2022-11-30")
	if _, err := b.pool.Exec(t.Context(), `update run_mine set status = 'failed', digest = null, error = 'x' where run_id = $1`, failed); err != nil {
		t.Fatal(err)
	}
	b.hold("its mine failed", b.feed(failed), want{NotAsked, 2, nil})

	// A sliver within the ground of an item is the item's, a touching one is not.
	b.hold("slivers", b.feed(b.run("2022-12-15", [4]int{5, 5, 6, 6}, [4]int{30, 0, 31, 10})),
		want{Changed, 1, [][4]int{{5, 5, 6, 6}}}, want{New, 3, [][4]int{{30, 0, 31, 10}}}, want{Gone, 2, nil})
}

// do does a deed and fails the test if it is refused.
func (b *book) do(by string, item int64, deed Deed) Item {
	b.Helper()
	i, err := b.try(by, item, deed)
	if err != nil {
		b.Fatal(err)
	}
	return i
}

func (b *book) try(by string, item int64, deed Deed) (out Item, err error) {
	b.Helper()
	err = pg.InTx(context.WithoutCancel(b.Context()), b.pool, func(tx pgx.Tx) error {
		out, err = Do(b.Context(), tx, b.campaign, Act{ItemID: item, By: by}, deed)
		return err
	})
	return out, err
}
