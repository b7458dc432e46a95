package bench

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/bench/made"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/overlay"
)

// The naive statements are what a competent user of PostGIS writes: set-based,
// with indexes and statistics, intersections row by row, areas by geography.
// They leave out what a run does beyond figures: certainty, tolerance, the
// ground of no mine, the breakdown of abandoned pits, digests.

//go:embed naive
var naiveFS embed.FS

//go:embed naive/schema.sql
var naiveSchema string

// naiveSteps are the statements of a whole run, in their order.
func naiveSteps() ([]pg.Statement, error) {
	entries, err := naiveFS.ReadDir("naive")
	if err != nil {
		return nil, err
	}
	var out []pg.Statement
	for _, e := range entries {
		if e.Name()[0] < '0' || e.Name()[0] > '9' {
			continue
		}
		s, err := pg.Load(naiveFS, "naive/"+e.Name())
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// An areaOf is the way a naive statement measures.
type areaOf string

const (
	// byGeography is how the naive statements are written and timed.
	byGeography areaOf = "st_area"
	// asStored measures their geometries as the store does, for holding their
	// figures against a run's: geography takes edges for geodesics, the store
	// for straight in its equal-area plane, which is 1e-9 of a county and more
	// of a sliver.
	asStored areaOf = "ellipsoidal_area_m2"
)

// A naiveRun is one connection that the naive statements run on.
type naiveRun struct {
	conn  *pgxpool.Conn
	rules overlay.RuleSet
	area  areaOf
	// spent is what statements took.
	spent map[step]took
}

// naiveOn runs fn on a connection that, as a mine's transaction, starts no
// helpers: on equal connections both compute on one processor.
func naiveOn(ctx context.Context, pool *pgxpool.Pool, rules overlay.RuleSet, area areaOf, fn func(*naiveRun) error) (err error) {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `set max_parallel_workers_per_gather = 0`); err != nil {
		return err
	}
	defer func() {
		_, resetErr := conn.Exec(context.WithoutCancel(ctx), `reset max_parallel_workers_per_gather`)
		err = errors.Join(err, resetErr)
	}()
	if _, err := conn.Exec(ctx, naiveSchema); err != nil {
		return fmt.Errorf("naive schema: %w", err)
	}
	return fn(&naiveRun{conn: conn, rules: rules, area: area, spent: make(map[step]took)})
}

// whole computes all figures.
func (n *naiveRun) whole(ctx context.Context) (took, error) {
	steps, err := naiveSteps()
	if err != nil {
		return took{}, err
	}
	return n.steps(ctx, steps)
}

// vegetation computes what of each mine's ground is forest and grassland, from
// patches and parcels on. Its overlay alone is measured once more from the same
// ground in the way of a run; neither stores what it cuts.
func (n *naiveRun) vegetation(ctx context.Context) (took, error) {
	steps, err := naiveSteps()
	if err != nil {
		return took{}, err
	}
	last := slices.IndexFunc(steps, func(s pg.Statement) bool { return s.Name() == "04_ground" })
	overlays, err := pg.Load(naiveFS, "naive/vegetation.sql")
	if err != nil {
		return took{}, err
	}
	areas, err := pg.Load(naiveFS, "naive/vegetation_areas.sql")
	if err != nil {
		return took{}, err
	}
	// Whose a patch is, and that approvals are known, is settled before.
	if _, err := n.steps(ctx, steps[:last]); err != nil {
		return took{}, err
	}
	whole, err := n.steps(ctx, []pg.Statement{steps[last], overlays})
	if err != nil {
		return took{}, err
	}
	_, err = n.steps(ctx, []pg.Statement{areas})
	return whole, err
}

var insertedInto = regexp.MustCompile(`insert into (naive\.\w+)`)

func (n *naiveRun) steps(ctx context.Context, steps []pg.Statement) (total took, err error) {
	pid := int(n.conn.Conn().PgConn().PID())
	for _, s := range steps {
		start, processor := time.Now(), processorSeconds(pid)
		if _, err := n.conn.Exec(ctx, measuredBy(s.SQL(), n.area), n.args(s)); err != nil {
			return took{}, fmt.Errorf("naive %s: %w", s.Name(), err)
		}
		if into := insertedInto.FindStringSubmatch(s.SQL()); into != nil {
			if _, err := n.conn.Exec(ctx, "analyze "+into[1]); err != nil {
				return took{}, fmt.Errorf("naive %s: %w", s.Name(), err)
			}
		}
		more := took{time.Since(start).Seconds(), processorSeconds(pid) - processor}
		n.spent[step{statement: s.Name()}] = more
		total = total.plus(more)
	}
	return total, nil
}

// args are those of a statement.
func (n *naiveRun) args(s pg.Statement) pgx.StrictNamedArgs {
	roles := make(map[string][]string)
	for _, r := range n.rules.Rules {
		roles[r.Code] = r.Cites
	}
	text, err := json.Marshal(roles)
	if err != nil {
		panic(err) // strings can be written
	}
	all := pgx.StrictNamedArgs{
		"as_of": made.AsOf, "roles": text, "touch_ratio": n.rules.Thresholds.TouchRatio,
		"unused_ratio": n.rules.Thresholds.UnusedRatio, "displaced_max_ratio": n.rules.Thresholds.DisplacedMaxRatio,
	}
	args := pgx.StrictNamedArgs{}
	for _, name := range s.Args() {
		args[name] = all[name]
	}
	return args
}

// measuredBy writes a statement for another way of measuring: each st_area of a
// geography becomes the store's area of the geometry.
func measuredBy(sql string, area areaOf) string {
	if area == byGeography {
		return sql
	}
	const call, cast = "st_area(", "::geography)"
	var out strings.Builder
	for {
		before, after, found := strings.Cut(sql, call)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		depth, end := 1, 0
		for ; depth > 0; end++ {
			switch after[end] {
			case '(':
				depth++
			case ')':
				depth--
			}
		}
		out.WriteString(string(area) + "(" + strings.TrimSuffix(measuredBy(after[:end], area), cast) + ")")
		sql = after[end:]
	}
}
