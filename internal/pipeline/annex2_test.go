package pipeline_test

import (
	"context"
	"math"
	"testing"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pipeline"
	made "github.com/taohe-gis/taohe/internal/sample"
	"github.com/taohe-gis/taohe/report"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

// constructed adds up what the sample county was made to show, mine by mine. Its
// sites lie kilometres apart and no two mines were given the same violating
// ground, so that the union is the sum.
type constructed struct {
	mines map[string]*made.Mine
	want  demo.Expected
}

func (c constructed) figure(among func(*made.Mine) bool, rules ...string) (enterprises int, m2 float64) {
	return c.breakdown(among, "", rules...)
}

// breakdown is the part under a key of what rules find; all of it for no key.
func (c constructed) breakdown(among func(*made.Mine) bool, key string, rules ...string) (enterprises int, m2 float64) {
	seen := map[string]bool{}
	for _, w := range c.want.Mines {
		m := c.mines[w.LicenceNo]
		if !among(m) {
			continue
		}
		for _, f := range w.Findings {
			for _, r := range rules {
				area, has := f.EllipsoidalAreaM2, true
				if key != "" {
					area, has = f.Breakdown[key]
				}
				if f.Rule == r && has {
					seen[m.Enterprise] = true
					m2 += area
				}
			}
		}
	}
	return len(seen), m2
}

func openPitCoal(m *made.Mine) bool  { return m.Method == "露天" && m.Mineral == "煤矿" }
func otherOpenPit(m *made.Mine) bool { return m.Method == "露天" && m.Mineral != "煤矿" }
func notOpenPit(m *made.Mine) bool   { return m.Method != "露天" }
func everyMine(*made.Mine) bool      { return true }

// The figures of 附件2 are those that the sample county was made to have.
func TestAnnex2AsConstructed(t *testing.T) {
	t.Parallel()
	p, _, m := sampleRun(t, pipeline.Options{})
	got, err := p.Annex2(t.Context(), pipeline.PaperScope{})
	if err != nil {
		t.Fatal(err)
	}
	c := constructed{mines: map[string]*made.Mine{}}
	for _, x := range made.New().Mines {
		c.mines[x.LicenceNo] = x
	}
	if c.want, err = demo.ReadExpected(sampledata.FS); err != nil {
		t.Fatal(err)
	}
	nonzero := 0
	check := func(what string, f report.PaperFigure, enterprises int, m2 float64) {
		t.Helper()
		if m2 > 0 {
			nonzero++
		}
		if f.NotEvaluated || f.Count != enterprises || math.Abs(f.Mu-geo.Mu(m2)) > c.want.ToleranceMu {
			t.Errorf("%s: %d enterprises, %.2f mu; constructed are %d, %.2f", what, f.Count, f.Mu, enterprises, geo.Mu(m2))
		}
		if len(f.Counties) != 1 || f.Counties[0].County != m.County.Name || f.Counties[0].Area != f.Area || f.Counties[0].Count != enterprises {
			t.Errorf("%s: its one county is not the whole: %+v", what, f.Counties)
		}
	}
	land := []string{"unapproved", "over_occupied", "displaced", "expired_occupation"}
	for i, among := range []func(*made.Mine) bool{openPitCoal, otherOpenPit, notOpenPit} {
		s := got.Strata[i]
		for _, x := range []struct {
			f     report.PaperFigure
			key   string
			rules []string
		}{
			{s.TemporaryLand, "", land},
			{s.ApprovalInProtected, "", []string{"approval_in_protected_area"}},
			{s.ApprovalInReserve, "nature_reserve", []string{"approval_in_protected_area"}},
			{s.ReclamationOverdue, "", []string{"reclamation_overdue"}},
			{s.ReturnOverdue, "", []string{"return_overdue"}},
			{s.Construction, "", []string{"unapproved_construction"}},
		} {
			enterprises, m2 := c.breakdown(among, x.key, x.rules...)
			check(s.Title+x.f.Title, x.f, enterprises, m2)
		}
		// The one construction of the county was put where nothing is protected.
		check(s.Title+"建设进入保护区", s.ConstructionInProtected, 0, 0)
	}
	if coal := got.Strata[0]; coal.TemporaryLand.Count < 20 || coal.ApprovalInReserve.Mu >= coal.ApprovalInProtected.Mu {
		t.Errorf("open-pit coal %+v", coal)
	}
	forest, forestM2 := c.figure(everyMine, "forest_encroached")
	grass, grassM2 := c.figure(everyMine, "grassland_encroached")
	either, _ := c.figure(everyMine, "forest_encroached", "grassland_encroached")
	_, bothM2 := c.breakdown(everyMine, "common:grassland_encroached", "forest_encroached")
	check("林地", got.Forest, forest, forestM2)
	check("草原", got.Grassland, grass, grassM2)
	check("林草", got.Vegetation, either, forestM2+grassM2-bothM2)
	if bothM2 == 0 || math.Abs(got.BothVegetation.Mu-geo.Mu(bothM2)) > c.want.ToleranceMu {
		t.Errorf("both %+v, constructed %.2f mu", got.BothVegetation, geo.Mu(bothM2))
	}
	seen, mines := map[string]bool{}, 0
	for _, w := range c.want.Mines {
		if len(w.Findings) > 0 {
			mines++
			seen[c.mines[w.LicenceNo].Enterprise] = true
		}
	}
	if got.Problem.Count != len(seen) {
		t.Errorf("%d enterprises with problems, constructed are %d", got.Problem.Count, len(seen))
	}
	if nonzero < 9 {
		t.Errorf("%d figures are more than nothing, which cannot be all", nonzero)
	}
	if mines <= len(seen) {
		t.Errorf("%d mines of %d enterprises do not tell one from the other", mines, len(seen))
	}
	// internal/sample/cases_elevation.go: a dump without approval; two joined
	// dumps out of bounds and one apart without approval; one too high.
	if d := got.Dumps; d.Places != 4 || len(d.Counties) != 1 || len(d.Counties[0].Problems) != 3 || d.Counties[0].Problems[0].Places != 2 {
		t.Errorf("dumps %+v", got.Dumps)
	}
	c.pits(t, got)
}

func (c constructed) pits(t *testing.T, got report.Annex2) {
	t.Helper()
	type sum struct {
		places, restored int
		m2, vegetation   float64
	}
	by, all := map[string]sum{}, sum{}
	for _, f := range c.want.Figures {
		if f.Rule != "abandoned_pit_unrestored" {
			continue
		}
		for _, s := range []string{f.Ownership, ""} {
			x := by[s]
			x.places += f.Places
			if f.Restored {
				x.restored += f.Places
			}
			x.m2 += f.EllipsoidalAreaM2
			x.vegetation += f.ForestOrGrasslandM2
			by[s] = x
		}
	}
	all = by[""]
	check := func(what string, p report.Annex2Pits, w sum) {
		t.Helper()
		if p.Places != w.places || p.Restored != w.restored || math.Abs(p.Mu-geo.Mu(w.m2)) > c.want.ToleranceMu {
			t.Errorf("%s: %+v, constructed %+v", what, p, w)
		}
	}
	check("尾矿坑", got.Pits, all)
	for i, owner := range []string{"owned", "ownerless", "ownership_unknown"} {
		check(owner, got.PitsByOwner[i], by[owner])
	}
	if v := got.Pits.Vegetation; v == nil || math.Abs(v.Mu-geo.Mu(all.vegetation)) > c.want.ToleranceMu {
		t.Errorf("vegetation in pits %+v, constructed %.2f mu", v, geo.Mu(all.vegetation))
	}
}

// The figures are those of statements written the naive way: findings joined to
// their mines, distinct enterprises, one union, measured as geography.
func TestAnnex2AgainstNaiveSQL(t *testing.T) {
	t.Parallel()
	p, pool, _ := sampleRun(t, pipeline.Options{})
	got, err := p.Annex2(t.Context(), pipeline.PaperScope{})
	if err != nil {
		t.Fatal(err)
	}
	const (
		reserve = `(select st_union(geom) from protected_area where category = 'nature_reserve')`
		areas   = `(select st_union(geom) from protected_area)`
		coal    = `m.mining_method = 'open_pit' and m.mineral in ('煤', '煤矿')`
		stone   = `m.mining_method = 'open_pit' and m.mineral not in ('煤', '煤矿')`
		deep    = `m.mining_method = 'underground'`
		land    = `'unapproved', 'over_occupied', 'displaced', 'expired_occupation'`
	)
	naive := func(shape, rules, where string) (enterprises int, m2 float64) {
		t.Helper()
		err := pool.QueryRow(context.Background(), `
			select count(distinct m.enterprise), coalesce(st_area(st_collectionextract(st_union(`+shape+`), 3)::geography), 0)
			from run_finding f join run_mine m using (run_id, licence_no)
			where f.rule_code in (`+rules+`) and `+where+` and st_area((`+shape+`)::geography) > 0.005`).Scan(&enterprises, &m2)
		if err != nil {
			t.Fatal(err)
		}
		return enterprises, m2
	}
	for i, where := range []string{coal, stone, deep} {
		s := got.Strata[i]
		for _, x := range []struct {
			f            report.PaperFigure
			shape, rules string
		}{
			{s.TemporaryLand, "f.geom", land},
			{s.ApprovalInProtected, "f.geom", "'approval_in_protected_area'"},
			{s.ApprovalInReserve, "st_intersection(f.geom, " + reserve + ")", "'approval_in_protected_area'"},
			{s.ReclamationOverdue, "f.geom", "'reclamation_overdue'"},
			{s.ReturnOverdue, "f.geom", "'return_overdue'"},
			{s.Construction, "f.geom", "'unapproved_construction'"},
			{s.ConstructionInProtected, "st_intersection(f.geom, " + areas + ")", "'unapproved_construction'"},
		} {
			same(t, s.Title+x.f.Title, x.f, x.shape, x.rules, where, naive)
		}
	}
	same(t, "林草", got.Vegetation, "f.geom", "'forest_encroached', 'grassland_encroached'", "true", naive)
	same(t, "林地", got.Forest, "f.geom", "'forest_encroached'", "true", naive)
	same(t, "草原", got.Grassland, "f.geom", "'grassland_encroached'", "true", naive)
	for _, g := range got.Groups {
		for _, f := range g.Others {
			if f.Mu > 0 && f.Count == 0 {
				t.Errorf("%s: %.2f mu of no enterprise", f.Title, f.Mu)
			}
		}
	}
	var pits float64
	err = pool.QueryRow(t.Context(), `
		select st_area(st_union(g.geom)::geography) from listed_ground g where rule_code = 'abandoned_pit_unrestored'`).Scan(&pits)
	if err != nil || math.Abs(got.Pits.Mu-geo.Mu(pits)) > 0.01 {
		t.Errorf("pits %.2f mu, naively %.4f, %v", got.Pits.Mu, geo.Mu(pits), err)
	}
}

func same(t *testing.T, what string, f report.PaperFigure, shape, rules, where string, naive func(shape, rules, where string) (int, float64)) {
	t.Helper()
	enterprises, m2 := naive(shape, rules, where)
	if f.Count != enterprises || math.Abs(f.Mu-geo.Mu(m2)) > 0.01 {
		t.Errorf("%s: %d enterprises, %.2f mu; naively %d, %.4f", what, f.Count, f.Mu, enterprises, geo.Mu(m2))
	}
}
