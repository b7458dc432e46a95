package pipeline_test

import (
	"context"
	"fmt"
	"io"
	"math"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/papertest"
	"github.com/taohe-gis/taohe/internal/pgtest"
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
	p, _, m := sample1(t)
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
	check := func(what string, f report.PaperFigure, enterprises int, m2 float64) {
		t.Helper()
		if f.NotEvaluated || f.Enterprises != enterprises || math.Abs(f.Mu-geo.Mu(m2)) > c.want.ToleranceMu {
			t.Errorf("%s: %d enterprises, %.2f mu; constructed are %d, %.2f", what, f.Enterprises, f.Mu, enterprises, geo.Mu(m2))
		}
		if len(f.Counties) != 1 || f.Counties[0].County != m.County.Name || f.Counties[0].Area != f.Area || f.Counties[0].Enterprises != enterprises {
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
	if coal := got.Strata[0]; coal.TemporaryLand.Enterprises < 20 || coal.ApprovalInReserve.Mu >= coal.ApprovalInProtected.Mu {
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
	seen := map[string]bool{}
	for _, w := range c.want.Mines {
		if len(w.Findings) > 0 {
			seen[c.mines[w.LicenceNo].Enterprise] = true
		}
	}
	if got.Problem.Enterprises != len(seen) {
		t.Errorf("%d enterprises with problems, constructed are %d", got.Problem.Enterprises, len(seen))
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

// sample1 is the sample county with one run.
func sample1(t *testing.T) (*pipeline.Pipeline, *pgxpool.Pool, demo.Manifest) {
	t.Helper()
	p, pool, m := sample(t, pipeline.Options{})
	execute(t, p, m.AsOf)
	return p, pool, m
}

// The figures are those of statements written the naive way: findings joined to
// their mines, distinct enterprises, one union, measured as geography.
func TestAnnex2AgainstNaiveSQL(t *testing.T) {
	t.Parallel()
	p, pool, _ := sample1(t)
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
			from finding f join run_mine m using (run_id, licence_no)
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
			if f.Mu > 0 && f.Enterprises == 0 {
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
	if f.Enterprises != enterprises || math.Abs(f.Mu-geo.Mu(m2)) > 0.01 {
		t.Errorf("%s: %d enterprises, %.2f mu; naively %d, %.4f", what, f.Enterprises, f.Mu, enterprises, geo.Mu(m2))
	}
}

// twoCounties have an enterprise in both, ground that two mines and then two
// counties have, layers that one county did not file: strips of the graticule,
// whose widths are what is counted. low, high and upper are what a thousandth of
// a degree is worth where they lie.
func twoCounties(t *testing.T) (f *filer, p *pipeline.Pipeline, low, high, upper float64) {
	t.Helper()
	pool := pgtest.New(t)
	f = newFiler(t, pool)
	f.exec(`insert into county (code, name, extent) values ('159901', '邻旗', st_makeenvelope(109, 40, 110.75, 40.5, 4490))`)
	const a1, a2, b1, b2 = "C1599002012051120120001", "C1599002012051120120002", "C1599012012051120120003", "C1599012012051120120004"
	mine := func(rights, patches int64, licence, enterprise, mineral string, plane, dug string) {
		f.row("mining_right", rights, plane, "licence_no, enterprise, valid_from, valid_to, mining_method, mineral",
			"'"+licence+"', '"+enterprise+"', '2012-01-01', '2032-01-01', 'open_pit', '"+mineral+"'")
		f.row("disturbance", patches, dug, "patch_no, imaged_on, kind, licence_no", "'TB"+licence+"', '2022-05-10', 'pit', '"+licence+"'")
	}
	layers := func() (rights, patches, approvals int64) {
		rights, patches, approvals = f.dataset("mining_right", "default"), f.dataset("disturbance", "default"), f.dataset("land_approval", "default")
		f.image(patches, "2022-05-10")
		return rights, patches, approvals
	}
	rights, patches, approvals := layers()
	mine(rights, patches, a1, "甲", "煤", strip(40.1, 0, 1), strip(40.1, 0, 10))
	mine(rights, patches, a2, "甲", "煤矿", strip(40.15, 5, 6), strip(40.1, 5, 15))
	f.row("land_approval", approvals, strip(40.3, 0, 10), "kind, approval_no, licence_no, approved_on, valid_to", "'temporary_land', 'PZ', '"+a1+"', '2021-01-01', '2023-01-01'")
	zones := f.dataset("protected_area", "default")
	f.row("protected_area", zones, strip(40.3, 0, 4), "name, category", "'白音自然保护区', 'nature_reserve'")
	f.row("protected_area", zones, strip(40.3, 2, 6), "name, category", "'赤崖地质公园', 'geopark'")
	f.row("forest", f.dataset("forest", "forestry"), strip(40.1, 0, 2), "land_code", "'0301'")
	f.row("grassland", f.dataset("grassland", "land_survey"), strip(40.1, 1, 4), "land_code", "'0401'")
	f.county = "159901"
	rights, patches, _ = layers()
	mine(rights, patches, b1, "甲", "煤", strip(40.2, 12, 13), strip(40.1, 12, 20))
	mine(rights, patches, b2, "乙", "石灰石", strip(40.25, 0, 1), strip(40.25, 0, 4))

	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = pool.QueryRow(t.Context(), `
		select ellipsoidal_area_m2(st_geomfromtext($1, 4490)), ellipsoidal_area_m2(st_geomfromtext($2, 4490)), ellipsoidal_area_m2(st_geomfromtext($3, 4490))`,
		strip(40.1, 0, 1), strip(40.3, 0, 1), strip(40.25, 0, 1)).Scan(&low, &high, &upper)
	if err != nil {
		t.Fatal(err)
	}
	return f, p, low, high, upper
}

// Where counties have filed no divisions, ground is of the county of its mine,
// and what two counties have is said.
func TestAnnex2OfTwoCounties(t *testing.T) {
	t.Parallel()
	_, p, low, high, upper := twoCounties(t)
	execute(t, p, taohe.NewDate(2022, 5, 31))
	got, err := p.Annex2(t.Context(), pipeline.PaperScope{})
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, enterprises int, area report.Area, wantEnterprises int, wantM2 float64) {
		t.Helper()
		if enterprises != wantEnterprises || math.Abs(area.Mu-geo.Mu(wantM2)) > 0.011 {
			t.Errorf("%s: %d enterprises, %.2f mu; want %d, %.4f", what, enterprises, area.Mu, wantEnterprises, geo.Mu(wantM2))
		}
	}
	coal, stone := got.Strata[0], got.Strata[1]
	land := coal.TemporaryLand
	check("land", land.Enterprises, land.Area, 1, 20*low)
	check("land of 示例旗", land.Counties[0].Enterprises, land.Counties[0].Area, 1, 15*low)
	check("land of 邻旗", land.Counties[1].Enterprises, land.Counties[1].Area, 1, 8*low)
	check("land of both", 0, land.Shared, 0, 3*low)
	check("stone", stone.TemporaryLand.Enterprises, stone.TemporaryLand.Area, 1, 4*upper)
	check("in protected areas", coal.ApprovalInProtected.Enterprises, coal.ApprovalInProtected.Area, 1, 6*high)
	check("in the reserve", coal.ApprovalInReserve.Enterprises, coal.ApprovalInReserve.Area, 1, 4*high)
	check("forest", got.Forest.Enterprises, got.Forest.Area, 1, 2*low)
	check("grassland", got.Grassland.Enterprises, got.Grassland.Area, 1, 3*low)
	check("vegetation", got.Vegetation.Enterprises, got.Vegetation.Area, 1, 4*low)
	check("vegetation in both", 0, got.BothVegetation, 0, low)
	if n := got.Problem; n.Enterprises != 2 || n.Counties[0].Enterprises != 1 || n.Counties[1].Enterprises != 2 {
		t.Errorf("enterprises with problems %+v", n)
	}
	for what, f := range map[string]report.PaperFigure{"protected": coal.ApprovalInProtected, "reserve": coal.ApprovalInReserve, "forest": got.Forest, "vegetation": got.Vegetation} {
		if f.NotEvaluated || f.Counties[0].NotEvaluated || !f.Counties[1].NotEvaluated {
			t.Errorf("%s: 邻旗 filed no such layer: %+v", what, f)
		}
	}
	if land.Counties[1].NotEvaluated || got.Region != "全市" {
		t.Errorf("%s, land of 邻旗 %+v", got.Region, land.Counties[1])
	}

	paper := papertest.Read(t, papertest.Write(t, func(w io.Writer) error { return report.WriteAnnex2DOCX(w, got) }))
	table := paper.Headed("项目", "旗区", "家（处）", "面积（亩）")[0]
	checked := 0
	for i := 1; i < len(table); {
		end := i + 1
		for end < len(table) && table[end][0] == "" {
			end++
		}
		var lines [][]string
		whole := true
		for _, row := range append([][]string{table[0]}, table[i:end]...) {
			whole = whole && row[3] != "未核查"
			lines = append(lines, row)
		}
		if whole {
			papertest.AddsUp(t, lines, 3)
			checked++
		}
		i = end
	}
	if checked < 5 {
		t.Errorf("%d figures add up, which cannot be all:\n%s", checked, fmt.Sprint(table))
	}
	one, err := p.Annex2(t.Context(), pipeline.PaperScope{Group: 1, County: "159901"})
	if err != nil || one.Region != "全旗" || len(one.Groups) != 1 || one.GroupName == "" {
		t.Fatalf("%+v, %v", one, err)
	}
	check("land of 邻旗 alone", one.Strata[0].TemporaryLand.Enterprises, one.Strata[0].TemporaryLand.Area, 1, 8*low)
	if one.Problem.Enterprises != 2 {
		t.Errorf("problems of 邻旗 %+v", one.Problem)
	}
}

// Where they have, ground is of the county that it lies in, each square metre of
// one, whosever the mine; where both claim it, it is the mine's county's.
func TestAnnex2SplitByDivision(t *testing.T) {
	t.Parallel()
	f, p, low, _, upper := twoCounties(t)
	east := func(from, to float64) string {
		return fmt.Sprintf("POLYGON((%[1]f 40,%[2]f 40,%[2]f 40.5,%[1]f 40.5,%[1]f 40))", 109.6+from/1000, 109.6+to/1000)
	}
	f.county = "159900"
	f.row("division", f.dataset("division", "default"), east(-100, 13), "code, name", "'159900100', '西滩镇'")
	f.county = "159901"
	f.row("division", f.dataset("division", "default"), east(12.5, 100), "code, name", "'159901100', '邻滩镇'")
	execute(t, p, taohe.NewDate(2022, 5, 31))
	got, err := p.Annex2(t.Context(), pipeline.PaperScope{})
	if err != nil {
		t.Fatal(err)
	}
	near := func(what string, part report.CountyPart, enterprises int, wantM2 float64) {
		t.Helper()
		if part.Enterprises != enterprises || math.Abs(part.Mu-geo.Mu(wantM2)) > 0.011 {
			t.Errorf("%s: %d enterprises, %.2f mu; want %d, %.4f", what, part.Enterprises, part.Mu, enterprises, geo.Mu(wantM2))
		}
	}
	// Of 0 to 15 the mines of 示例旗 have 13 to 15 in 邻旗; of 12 to 20 that of 邻旗
	// has 12 to 12.5 in 示例旗 alone, and keeps what both claim, to 13.
	land := got.Strata[0].TemporaryLand
	near("land of 示例旗", land.Counties[0], 1, 13*low)
	near("land of 邻旗", land.Counties[1], 1, 7.5*low)
	if math.Abs(land.Mu-geo.Mu(20*low)) > 0.011 || math.Abs(land.Shared.Mu-geo.Mu(0.5*low)) > 0.02 {
		t.Errorf("land %.2f mu, of which both %.2f; want %.4f, %.4f", land.Mu, land.Shared.Mu, geo.Mu(20*low), geo.Mu(0.5*low))
	}
	stone := got.Strata[1].TemporaryLand
	near("stone of 示例旗", stone.Counties[0], 1, 4*upper)
	near("stone of 邻旗", stone.Counties[1], 0, 0)
	one, err := p.Annex2(t.Context(), pipeline.PaperScope{County: "159901"})
	if err != nil {
		t.Fatal(err)
	}
	near("邻旗 alone", one.Strata[0].TemporaryLand.Counties[0], 1, 7.5*low)
}
