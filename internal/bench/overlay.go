package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/taohe-gis/taohe/overlay"
)

// OverlayOptions of Overlay.
type OverlayOptions struct {
	// Rounds that all variants take their turn in.
	Rounds int
	// GEOS adds GEOS in memory, Desktop ogr2ogr and QGIS, where they are there.
	GEOS, Desktop bool
	// Progress is told each step.
	Progress func(string)
}

// The names under which times are kept.
const (
	naiveVegetation = "naive PostGIS: vegetation"
	naiveAreas      = "naive PostGIS: vegetation, its overlay alone"
	naiveWhole      = "naive PostGIS: whole run"
	oursVegetation  = "taohe: vegetation, its statements"
	oursAreas       = "taohe: vegetation, its overlay alone, areas only"
	oursOnlyVeg     = "taohe: a run of the vegetation rules alone"
	oursOne         = "taohe: whole run, 1 connection"
	oursTwo         = "taohe: whole run, 2 connections"
	oursAgain       = "taohe: again after one changed patch, 1 connection"
	geosRaw         = "GEOS in memory: intersections alone"
	geosPrepared    = "GEOS in memory: prepared, covered, clipped"
	spatialite      = "ogr2ogr, SpatiaLite: intersections, written"
	qgis            = "QGIS native:intersection"
)

// An overlaying is one measurement of overlays.
type overlaying struct {
	OverlayOptions
	db                Database
	shipped, strict   overlay.RuleSet
	vegetation        overlay.RuleSet
	comparisons       []comparison
	skipped           []string
	spent             map[step]took
	naiveSpent        map[step]took
	programMB, connMB float64
	carried, mines    int
	boxPairs, pairs   int
}

// Overlay measures runs beside naive statements and others on what the database
// holds, and returns a page of Markdown. Figures that differ by more than they
// may are an error; the page comes with it.
func Overlay(ctx context.Context, db Database, o OverlayOptions) (string, error) {
	m := &overlaying{OverlayOptions: o, db: db, naiveSpent: make(map[step]took)}
	var err error
	if m.shipped, err = overlay.ShippedRules(); err != nil {
		return "", err
	}
	if m.strict, err = withoutTolerance(m.shipped); err != nil {
		return "", err
	}
	if m.vegetation, err = overlay.ParseRules([]byte(vegetationRules)); err != nil {
		return "", err
	}
	if err := dropChanged(ctx, db); err != nil {
		return "", err
	}
	if err := m.compare(ctx); err != nil {
		return "", err
	}
	folder, err := os.MkdirTemp("", "taohe-bench-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	others, err := m.others(ctx, folder)
	if err != nil {
		return "", err
	}
	variants := append(m.variants(), others...)
	times, err := takeTurns(ctx, o.Rounds, variants, o.Progress)
	if err != nil {
		return "", err
	}
	// Where the time goes is asked of a run that is not among those measured: each
	// of its statements is waited for.
	if err := dropChanged(ctx, db); err != nil {
		return "", err
	}
	apart, err := timed(ctx, db, nil)
	if err != nil {
		return "", err
	}
	m.spent = apart.spent
	if err := forget(ctx, db); err != nil {
		return "", err
	}
	return m.page(times), m.fault()
}

// compare computes everything in both ways and holds the figures against each
// other. It also warms what is warm in every later round.
func (m *overlaying) compare(ctx context.Context) error {
	for _, what := range []struct {
		rules  overlay.RuleSet
		naive  func(*naiveRun, context.Context) (took, error)
		tables []string
	}{
		{m.vegetation, (*naiveRun).vegetation, []string{"vegetation", "vegetation_areas"}},
		{m.strict, (*naiveRun).whole, []string{"account", "approval_account", "finding", "ground", "breakdown", "citation"}},
	} {
		if err := forget(ctx, m.db); err != nil {
			return err
		}
		r, err := ours(ctx, m.db, 2, &what.rules, false)
		if err != nil {
			return err
		}
		m.Progress(fmt.Sprintf("figures: a run in %.1f s", r.wall))
		err = naiveOn(ctx, m.db.Pool, what.rules, asStored, func(n *naiveRun) error {
			t, err := what.naive(n, ctx)
			m.Progress(fmt.Sprintf("figures: naively in %.1f s", t.wall))
			return err
		})
		if err != nil {
			return err
		}
		for _, name := range what.tables {
			c, err := compared(ctx, m.db.Pool, name, r.ID)
			if err != nil {
				return err
			}
			m.Progress(c.String())
			m.comparisons = append(m.comparisons, c)
		}
	}
	return forget(ctx, m.db)
}

func (m *overlaying) fault() error {
	for _, c := range m.comparisons {
		if err := c.fault(); err != nil {
			return err
		}
	}
	return nil
}

func (m *overlaying) variants() []variant {
	naive := func(name string, compute func(*naiveRun, context.Context) (took, error)) variant {
		return variant{name, func(ctx context.Context) (times map[string]took, err error) {
			err = naiveOn(ctx, m.db.Pool, m.shipped, byGeography, func(n *naiveRun) error {
				t, err := compute(n, ctx)
				times = map[string]took{name: t}
				switch name {
				case naiveWhole:
					add(m.naiveSpent, n.spent)
				case naiveVegetation:
					times[naiveAreas], times[oursAreas] = n.spent[step{statement: "vegetation"}], n.spent[step{statement: "vegetation_areas"}]
				}
				return err
			})
			return times, err
		}}
	}
	return []variant{
		naive(naiveVegetation, (*naiveRun).vegetation),
		{oursOnlyVeg, func(ctx context.Context) (map[string]took, error) {
			if err := forget(ctx, m.db); err != nil {
				return nil, err
			}
			r, err := timed(ctx, m.db, &m.vegetation)
			return map[string]took{oursOnlyVeg: r.took, oursVegetation: r.vegetationOf()}, err
		}},
		naive(naiveWhole, (*naiveRun).whole),
		{oursOne, m.oneConnection},
		{oursTwo, func(ctx context.Context) (map[string]took, error) {
			if err := forget(ctx, m.db); err != nil {
				return nil, err
			}
			r, err := ours(ctx, m.db, 2, nil, false)
			return map[string]took{oursTwo: r.took}, err
		}},
	}
}

// oneConnection is a whole run, and the run after a changed patch.
func (m *overlaying) oneConnection(ctx context.Context) (map[string]took, error) {
	if err := dropChanged(ctx, m.db); err != nil {
		return nil, err
	}
	whole, err := ours(ctx, m.db, 1, nil, false)
	if err != nil {
		return nil, err
	}
	m.programMB, m.connMB = max(m.programMB, whole.programMB), max(m.connMB, whole.connectionMB)
	if err := changePatch(ctx, m.db, whole.ID); err != nil {
		return nil, err
	}
	again, err := ours(ctx, m.db, 1, nil, true)
	if err != nil {
		return nil, err
	}
	m.mines, m.carried = again.MinesTotal, again.MinesCarried
	if again.MinesCarried == 0 || again.MinesCarried == again.MinesTotal || again.Digest == whole.Digest {
		return nil, fmt.Errorf("one changed patch: %d of %d mines were carried over", again.MinesCarried, again.MinesTotal)
	}
	if err := m.unchanged(ctx, whole.ID, again.ID); err != nil {
		return nil, err
	}
	return map[string]took{oursOne: whole.took, oursAgain: again.took}, dropChanged(ctx, m.db)
}

// unchanged holds all mines but those computed again to the digest they had.
func (m *overlaying) unchanged(ctx context.Context, before, after int64) error {
	var differing int
	err := m.db.Pool.QueryRow(ctx, `
		select count(*) from run_mine a join run_mine b using (licence_no)
		where a.run_id = $1 and b.run_id = $2 and a.digest <> b.digest and b.computed_in_run_id <> b.run_id`, before, after).Scan(&differing)
	if err == nil && differing > 0 {
		err = fmt.Errorf("%d mines that were carried over have another digest", differing)
	}
	return err
}

// others are the variants of programs that are installed.
func (m *overlaying) others(ctx context.Context, folder string) ([]variant, error) {
	var out []variant
	if m.GEOS {
		if program, why := geosProgram(ctx, folder); why != "" {
			m.skip("GEOS in memory", why)
		} else {
			out = append(out, variant{geosRaw, func(ctx context.Context) (map[string]took, error) {
				r, err := runGEOS(ctx, program, m.db)
				m.boxPairs, m.pairs = r.BoxPairs, r.TruePairs
				return map[string]took{geosRaw: {r.RawS, r.RawProcessorS}, geosPrepared: {r.PreparedS, r.PreparedProcessorS}}, err
			}})
		}
	}
	if !m.Desktop {
		return out, nil
	}
	d, why, err := newDesktop(ctx, m.db, folder)
	if err != nil {
		return nil, err
	}
	if why != "" {
		m.skip("ogr2ogr and QGIS", why)
		return out, nil
	}
	alone := func(name string, overlay func(context.Context) (took, error)) {
		out = append(out, variant{name, func(ctx context.Context) (map[string]took, error) {
			t, err := overlay(ctx)
			return map[string]took{name: t}, err
		}})
	}
	alone(spatialite, d.spatialite)
	if _, err := exec.LookPath("qgis_process"); err == nil {
		alone(qgis, d.qgis)
	} else {
		m.skip("QGIS", "qgis_process is not installed")
	}
	return out, nil
}

func (m *overlaying) skip(what, why string) {
	m.skipped = append(m.skipped, fmt.Sprintf("%s was left out: %s.", what, why))
	m.Progress(m.skipped[len(m.skipped)-1])
}

func add(sum, more map[step]took) {
	for s, t := range more {
		sum[s] = sum[s].plus(t)
	}
}

func (m *overlaying) page(times samples) string {
	var b strings.Builder
	names := []string{
		naiveVegetation, oursVegetation, oursOnlyVeg, naiveAreas, oursAreas, geosRaw, geosPrepared, spatialite, qgis,
		naiveWhole, oursOne, oursTwo, oursAgain,
	}
	var rows [][]string
	for _, name := range names {
		if len(times[name]) > 0 {
			rows = append(rows, append([]string{name}, times.seconds(name)...))
		}
	}
	fmt.Fprintf(&b, "Medians of %d rounds, least and most in brackets.\n\n%s\n", m.Rounds, table(secondsHead, rows))
	rows = nil
	for _, r := range []ratio{
		{"vegetation, taohe / naive", oursVegetation, naiveVegetation, 0.22, false},
		{"vegetation, the overlay alone from the same ground, areas only, taohe / naive", oursAreas, naiveAreas, 0.22, false},
		{"whole run, taohe / naive, 1 connection each", oursOne, naiveWhole, 0.45, false},
		{"two connections / one", oursTwo, oursOne, 0.6, false},
		{"run after one changed patch / whole run", oursAgain, oursOne, 0.02, false},
		{"vegetation, taohe / raw GEOS in memory", oursVegetation, geosRaw, 0, false},
		{"vegetation, taohe / GEOS with the shortcuts", oursVegetation, geosPrepared, 0, false},
		{"vegetation, taohe / ogr2ogr with SpatiaLite", oursVegetation, spatialite, 0, false},
		{"vegetation, taohe / QGIS", oursVegetation, qgis, 0, false},
	} {
		if len(times[r.of]) > 0 && len(times[r.to]) > 0 {
			rows = append(rows, times.line(r))
		}
	}
	fmt.Fprintf(&b, "%s\n", table(ratioHead, rows))
	for _, s := range m.skipped {
		fmt.Fprintf(&b, "%s\n", s)
	}
	if m.pairs > 0 {
		fmt.Fprintf(&b, "%d parcels meet a mine's ground, of %d whose boxes do.\n", m.pairs, m.boxPairs)
	}
	fmt.Fprintf(&b, "%d of %d mines were computed again after the change.\n", m.mines-m.carried, m.mines)
	fmt.Fprintf(&b, "Peak memory of a run: program %.0f MB, a connection %.0f MB of its own.\n\n", m.programMB, m.connMB)
	rows = nil
	for _, c := range m.comparisons {
		rows = append(rows, []string{c.name, fmt.Sprint(c.figures), fmt.Sprintf("%.1e", c.worst.relative()), fmt.Sprintf("%.1e m²", c.furthestM2), fmt.Sprint(c.beyond), fmt.Sprint(len(c.apart))})
	}
	fmt.Fprintf(&b, "Figures of a run beside the naive ones, both measured as the store does:\n\n%s\n",
		table([]string{"figures", "", "worst relative", "worst", "beyond 1e-9", "too far apart"}, rows))
	fmt.Fprintf(&b, "Where a whole run on one connection spends its time:\n\n%s\n", m.where())
	return b.String()
}

// where is the statements that took longest, ours and naive.
func (m *overlaying) where() string {
	const most = 14
	left, right := largest(m.spent, most), largest(m.naiveSpent, most)
	var rows [][]string
	cells := func(of map[step]took, list []step, i int, rounds float64) []string {
		if i >= len(list) {
			return []string{"", "", ""}
		}
		t := of[list[i]]
		return []string{strings.TrimSpace(list[i].statement + " " + list[i].rule), fmt.Sprintf("%.2f", t.wall/rounds), fmt.Sprintf("%.2f", t.processor/rounds)}
	}
	for i := range most {
		rows = append(rows, slices.Concat(cells(m.spent, left, i, 1), cells(m.naiveSpent, right, i, float64(m.Rounds))))
	}
	return table([]string{"taohe", "s", "processor s", "naive", "s", "processor s"}, rows)
}
