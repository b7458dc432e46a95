package bench

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/bench/made"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/overlay"
)

// oursName is what the connections of our own runs are called, so that their
// memory can be looked at.
const oursName = "taohe bench run"

// A run is one of ours, whole.
type run struct {
	overlay.Run
	took
	// spent is what statements took by rule, where they were timed.
	spent map[step]took
	// memory of the program and of the largest connection, MB; 0 where it cannot
	// be looked at.
	programMB, connectionMB float64
}

// A step is a statement of a run; rule is empty where it serves no single one.
type step struct{ statement, rule string }

// ours computes a run as `taohe run` does, on connections of its own.
func ours(ctx context.Context, db Database, workers int, rules *overlay.RuleSet, changedOnly bool) (run, error) {
	return computed(ctx, db, pipeline.Options{Workers: workers, Rules: rules}, changedOnly, nil)
}

// timed is ours on one connection with each statement sent, and timed, by itself.
func timed(ctx context.Context, db Database, rules *overlay.RuleSet) (run, error) {
	timing := newStepTimer()
	defer timing.close()
	r, err := computed(ctx, db, pipeline.Options{Workers: 1, Rules: rules, OneByOne: true}, false, timing)
	r.spent = timing.spent
	return r, err
}

func computed(ctx context.Context, db Database, o pipeline.Options, changedOnly bool, timing pgx.QueryTracer) (r run, err error) {
	cfg := db.Pool.Config()
	cfg.ConnConfig.Tracer = timing
	cfg.ConnConfig.RuntimeParams["application_name"] = oursName
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return run{}, err
	}
	defer pool.Close()
	p, err := pipeline.New(pool, o)
	if err != nil {
		return run{}, err
	}
	defer p.Close()
	memory := watchMemory(ctx, db.Pool, oursName)
	ours := processorSeconds(os.Getpid())
	start := time.Now()
	id, err := p.Begin(ctx, pipeline.RunRequest{AsOf: made.AsOf, ChangedOnly: changedOnly})
	if err == nil {
		err = p.ExecuteRun(ctx, id, nil)
	}
	r.wall = time.Since(start).Seconds()
	r.programMB, r.connectionMB = memory()
	if err != nil {
		return run{}, err
	}
	r.processor = processorSeconds(os.Getpid()) - ours
	pids, err := connections(ctx, db.Pool, oursName)
	if err != nil {
		return run{}, err
	}
	for _, pid := range pids {
		r.processor += processorSeconds(pid)
	}
	if r.Run, err = p.Run(ctx, id); err != nil {
		return run{}, err
	}
	if r.MinesFailed > 0 || r.Status != "complete" {
		return run{}, fmt.Errorf("run %d is %s, %d of %d mines failed", id, r.Status, r.MinesFailed, r.MinesTotal)
	}
	return r, nil
}

// forget takes all runs away. What refers to them, the ledger too, is not
// truncated with them: that refuses.
func forget(ctx context.Context, db Database) error {
	_, err := db.Pool.Exec(ctx, `delete from run`)
	return err
}

// vegetationOf is what the statements took that know how much of each mine's
// ground is which class of forest and grassland: the ground from its patches, and
// the parcels cut to it and measured, both stored. What findings and figures
// beside them are made of these is the whole run's.
func (r run) vegetationOf() took {
	var sum took
	for s, t := range r.spent {
		if s.statement == "ground_image" || s.statement == "restricting_hit" && (strings.HasPrefix(s.rule, "forest") || strings.HasPrefix(s.rule, "grassland")) {
			sum = sum.plus(t)
		}
	}
	return sum
}

// withoutTolerance is a rule set whose findings are all that is found: what is
// within tolerance is judged by connected part, which the naive statements do
// not.
func withoutTolerance(rules overlay.RuleSet) (overlay.RuleSet, error) {
	text := rules.Text
	for _, key := range []string{"min_width_m", "min_area_m2"} {
		text = regexp.MustCompile(key+`: \S+`).ReplaceAllString(text, key+": 0")
	}
	return overlay.ParseRules([]byte(text))
}

// vegetationRules find how much of a mine's ground is forest and grassland,
// permitted or not.
const vegetationRules = `
thresholds: {touch_ratio: 0.05, unused_ratio: 0.5, displaced_max_ratio: 2, attribution_distance_m: 500, min_width_m: 0, min_area_m2: 0}
rules:
  - {code: forest_encroached, title: 林地, problem_type: 林地, group: 3, relation: inside_layer, subject: ground, against: forest,
     needs: [mining_right, disturbance, forest], cites: [patch, restricting_ground], basis: [测量], severity: major}
  - {code: grassland_encroached, title: 草原, problem_type: 草原, group: 3, relation: inside_layer, subject: ground, against: grassland,
     needs: [mining_right, disturbance, grassland], cites: [patch, restricting_ground], basis: [测量], severity: major}
`

// A stepTimer adds up what the statements of a run take.
type stepTimer struct {
	mu    sync.Mutex
	spent map[step]took
	// worked is how long each connection has been worked on.
	worked map[*pgx.Conn]func() float64
	done   []func()
}

func newStepTimer() *stepTimer {
	return &stepTimer{spent: make(map[step]took), worked: make(map[*pgx.Conn]func() float64)}
}

func (t *stepTimer) close() {
	for _, done := range t.done {
		done()
	}
}

func (t *stepTimer) seconds(conn *pgx.Conn) float64 {
	t.mu.Lock()
	worked, ok := t.worked[conn]
	if !ok {
		var done func()
		worked, done = serverSeconds(int(conn.PgConn().PID()))
		t.worked[conn] = worked
		t.done = append(t.done, done)
	}
	t.mu.Unlock()
	return worked()
}

type stepStart struct {
	step
	at        time.Time
	processor float64
}

type stepKey struct{}

var statementName = regexp.MustCompile(`^-- (\w+):`)

// TraceQueryStart implements pgx.QueryTracer.
func (t *stepTimer) TraceQueryStart(ctx context.Context, conn *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	s := step{statement: "other"}
	if m := statementName.FindStringSubmatch(data.SQL); m != nil {
		s.statement = m[1]
	}
	if len(data.Args) == 1 {
		if named, ok := data.Args[0].(pgx.StrictNamedArgs); ok {
			s.rule, _ = named["rule_code"].(string)
		}
	}
	return context.WithValue(ctx, stepKey{}, stepStart{s, time.Now(), t.seconds(conn)})
}

// TraceQueryEnd implements pgx.QueryTracer.
func (t *stepTimer) TraceQueryEnd(ctx context.Context, conn *pgx.Conn, _ pgx.TraceQueryEndData) {
	s, ok := ctx.Value(stepKey{}).(stepStart)
	if !ok {
		return
	}
	more := took{time.Since(s.at).Seconds(), t.seconds(conn) - s.processor}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.spent[s.step] = t.spent[s.step].plus(more)
}
