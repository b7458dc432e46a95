package watch

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/internal/pgtest"
)

// The dashboard asks for metrics that there are, with labels that they have.
func TestDashboard(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../deploy/grafana-dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(b, &board); err != nil {
		t.Fatal(err)
	}
	pool := pgtest.New(t)
	_, err = pool.Exec(t.Context(), `
		insert into river_job (kind, queue, max_attempts, args) values ('run', 'run', 25, '{}');
		insert into county (code, name, extent) values ('159900', '示例旗', st_makeenvelope(109, 40, 110, 41, 4490));
		insert into run (as_of, counties, rule_set, rule_set_sha256) values ('2022-05-31', '{159900}', '', '')`)
	if err != nil {
		t.Fatal(err)
	}
	m := New("test")
	m.WatchDatabase(pool)
	m.WatchPool("requests", pool)
	m.Begin()(Request{Method: "GET", Route: "/x", Status: 200})
	sample := regexp.MustCompile(`(?m)^([a-z_:][a-zA-Z0-9_:]*)(?:\{([^\n]*)\})? [-+0-9.eInfNa]+$`)
	label := regexp.MustCompile(`([a-z_]+)="`)
	have := map[string][]string{}
	for _, found := range sample.FindAllStringSubmatch(scrape(t, m), -1) {
		labels := []string{}
		for _, l := range label.FindAllStringSubmatch(found[2], -1) {
			labels = append(labels, l[1])
		}
		have[found[1]] = labels
	}
	metric := regexp.MustCompile(`\b((?:taohe|go|process)_[a-z_]+)(?:\{([^}]*)\})?`)
	by := regexp.MustCompile(`by \(([a-z_, ]+)\)`)
	checked := 0
	for _, p := range board.Panels {
		if len(p.Targets) == 0 {
			t.Errorf("panel %q asks nothing", p.Title)
		}
		for _, target := range p.Targets {
			labels := []string{}
			names := metric.FindAllStringSubmatch(target.Expr, -1)
			if len(names) == 0 {
				t.Errorf("panel %q: no metric in %q", p.Title, target.Expr)
			}
			for _, n := range names {
				checked++
				known, there := have[n[1]]
				if !there {
					t.Errorf("panel %q: there is no metric %s", p.Title, n[1])
				}
				labels = append(labels, known...)
				for _, l := range label.FindAllStringSubmatch(n[2], -1) {
					if !slices.Contains(known, l[1]) {
						t.Errorf("panel %q: %s has no label %s", p.Title, n[1], l[1])
					}
				}
			}
			for _, b := range by.FindAllStringSubmatch(target.Expr, -1) {
				for l := range strings.SplitSeq(b[1], ",") {
					if !slices.Contains(labels, strings.TrimSpace(l)) {
						t.Errorf("panel %q: nothing in %q has the label %s", p.Title, target.Expr, l)
					}
				}
			}
		}
	}
	if checked < 15 {
		t.Errorf("only %d metrics are asked for", checked)
	}
}
