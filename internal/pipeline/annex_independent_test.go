package pipeline_test

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pipeline"
	made "github.com/taohe-gis/taohe/internal/sample"
	"github.com/taohe-gis/taohe/report"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

// firstMu is the first area that a line of the form speaks of.
var firstMu = regexp.MustCompile(`([0-9]+\.[0-9]{2}) 亩`)

func muOf(t *testing.T, problem string) float64 {
	t.Helper()
	found := firstMu.FindStringSubmatch(problem)
	if found == nil {
		t.Fatalf("%q names no area", problem)
	}
	mu, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return mu
}

// The lines of 附件1 are the findings that the sample county was made to have, no
// more and no fewer, each with the enterprise, the township and the area it was
// made with, whether the form is the run's own or the ledger's; and they are those
// of a statement over the run's tables.
func TestAnnex1AsConstructed(t *testing.T) {
	t.Parallel()
	p, pool, _ := sampleRun(t, pipeline.Options{})
	run := firstRun(t, p)
	want, err := demo.ReadExpected(sampledata.FS)
	if err != nil {
		t.Fatal(err)
	}
	county, mines := made.New(), map[string]*made.Mine{}
	for _, x := range county.Mines {
		mines[x.LicenceNo] = x
	}
	view, err := p.RunView(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	check := func(when string) {
		t.Helper()
		form, err := p.Annex1(t.Context(), pipeline.PaperScope{RunID: run.ID})
		if err != nil {
			t.Fatal(err)
		}
		// The lines by group; each that is asked for is taken out.
		left := map[int][]report.Annex1Row{}
		for _, g := range form.Groups {
			left[g.Group] = g.Rows
		}
		take := func(what, rule, named string, m2 float64) (row report.Annex1Row) {
			t.Helper()
			r, known := view.Rules.Rule(rule)
			if !known {
				t.Fatalf("no rule %s", rule)
			}
			i := slices.IndexFunc(left[r.Group], func(x report.Annex1Row) bool {
				return x.ProblemType == r.ProblemType && strings.Contains(x.Problem, named)
			})
			if i < 0 {
				t.Errorf("%s: no line for %s of %s", when, rule, what)
				return row
			}
			row = left[r.Group][i]
			left[r.Group] = slices.Delete(slices.Clone(left[r.Group]), i, i+1)
			if got := muOf(t, row.Problem); math.Abs(got-geo.Mu(m2)) > 0.005+want.ToleranceMu {
				t.Errorf("%s: %s of %s: %.2f mu, constructed %.4f", when, rule, what, got, geo.Mu(m2))
			}
			return row
		}
		lines := 0
		for _, w := range want.Mines {
			x := mines[w.LicenceNo]
			for _, f := range w.Findings {
				lines++
				row := take(w.LicenceNo, f.Rule, "（"+w.LicenceNo+"）", f.EllipsoidalAreaM2)
				if row.Enterprise != x.Enterprise || row.Township != x.Township || !strings.HasPrefix(row.MethodAndMineral, x.Method) || !strings.HasSuffix(row.MethodAndMineral, x.Mineral) {
					t.Errorf("%s: %s of %s: %+v, made as %s, %s, %s %s", when, f.Rule, w.LicenceNo, row, x.Enterprise, x.Township, x.Method, x.Mineral)
				}
			}
		}
		for _, l := range want.Listed {
			if l.Rule == "" || l.Restored || !listedOnForm(l, county, want) {
				continue
			}
			lines++
			take("patch "+l.PatchNo, l.Rule, "图斑 "+l.PatchNo+"（", l.EllipsoidalAreaM2)
		}
		if lines < 60 {
			t.Errorf("%d lines asked for, which cannot be all", lines)
		}
		for group, rows := range left {
			for _, r := range rows {
				t.Errorf("%s: group %d has a line that was not constructed: %+v", when, group, r)
			}
		}
		// The same out of the tables: enterprise, kind of problem and area, line by line.
		rows, err := pool.Query(t.Context(), `
			select m.enterprise || ' ' || f.rule_code || ' ' || round((f.ellipsoidal_area_m2 * 3 / 2000)::numeric, 2)
			from run_finding f join run_mine m using (run_id, licence_no) where f.run_id = $1`, run.ID)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		var printed []string
		for _, g := range form.Groups {
			for _, r := range g.Rows {
				if strings.Contains(r.Problem, "图斑 TB") {
					continue
				}
				for _, rule := range view.Rules.Rules {
					if rule.ProblemType == r.ProblemType {
						printed = append(printed, fmt.Sprintf("%s %s %.2f", r.Enterprise, rule.Code, muOf(t, r.Problem)))
					}
				}
			}
		}
		slices.Sort(stored)
		slices.Sort(printed)
		if !slices.Equal(stored, printed) {
			t.Errorf("%s: of mines the form has %d lines, the tables %d:\n%q\n%q", when, len(printed), len(stored), printed, stored)
		}
	}
	check("before the feed")
	if _, err := p.Feed(t.Context(), run.ID, "甲", nil); err != nil {
		t.Fatal(err)
	}
	check("out of the ledger")
}

// listedOnForm says whether a listed patch has a line of its own: nobody's has, and
// that of whom a person must yet say; another is in the line of its mine.
func listedOnForm(l demo.ExpectedListed, c *made.County, want demo.Expected) bool {
	for _, p := range c.Patches {
		if p.No == l.PatchNo && p.Ownership == "无主" {
			return true
		}
	}
	alone := func(p demo.ExpectedPatch) bool { return p.PatchNo == l.PatchNo }
	distant := func(m demo.ExpectedMine) bool {
		return slices.ContainsFunc(m.Unconfirmed, func(p demo.ExpectedPatch) bool { return alone(p) && p.AttributedBy == "distance" })
	}
	return slices.ContainsFunc(want.NoMine, alone) || slices.ContainsFunc(want.Mines, distant)
}

// 保护区 and 自然保护区 out of the layers themselves, with no finding between:
// approvals in force, by whom they name, inside the union of all protected areas,
// and inside reserves. Each is of its own, neither the sum of both nor of the
// areas one by one, which overlap.
func TestProtectedAreasOutOfLayers(t *testing.T) {
	t.Parallel()
	p, pool, m := sampleRun(t, pipeline.Options{})
	got, err := p.Annex2(t.Context(), pipeline.PaperScope{})
	if err != nil {
		t.Fatal(err)
	}
	var enterprises, inReserve int
	var protectedM2, reserveM2, oneByOneM2 float64
	err = pool.QueryRow(t.Context(), `
		with mine as (
			select distinct licence_no, enterprise from mining_right
			where mining_method in ('open_pit', 'open_pit_and_underground') and mineral like '%煤%'
		), approval as (
			select distinct x.enterprise, a.geom
			from land_approval a
			join mine x on x.licence_no = a.licence_no or coalesce(a.licence_no, '') = '' and x.enterprise = a.enterprise
			where a.kind = 'temporary_land' and greatest(a.approved_on, a.valid_from) <= $1
			  and (a.valid_to is null or a.valid_to >= $1) and (a.returned_on is null or a.returned_on > $1)
		), inside as (
			select a.enterprise, st_intersection(a.geom, z.every) as every, st_intersection(a.geom, z.reserves) as reserves,
			       (select sum(st_area(st_intersection(a.geom, p.geom)::geography)) from protected_area p) as one_by_one
			from approval a
			cross join (select st_union(geom) as every, st_union(geom) filter (where category = 'nature_reserve') as reserves from protected_area) z
		)
		select count(distinct enterprise) filter (where st_area(every::geography) > 1),
		       count(distinct enterprise) filter (where st_area(reserves::geography) > 1),
		       st_area(st_union(every)::geography), st_area(st_union(reserves)::geography), sum(one_by_one)
		from inside`, m.AsOf).Scan(&enterprises, &inReserve, &protectedM2, &reserveM2, &oneByOneM2)
	if err != nil {
		t.Fatal(err)
	}
	coal := got.Strata[0]
	for _, x := range []struct {
		f           report.PaperFigure
		enterprises int
		m2          float64
	}{{coal.ApprovalInProtected, enterprises, protectedM2}, {coal.ApprovalInReserve, inReserve, reserveM2}} {
		if x.f.Count != x.enterprises || math.Abs(x.f.Mu-geo.Mu(x.m2)) > 0.01 {
			t.Errorf("%s: %d enterprises, %.2f mu; out of the layers %d, %.4f", x.f.Title, x.f.Count, x.f.Mu, x.enterprises, geo.Mu(x.m2))
		}
	}
	if reserveM2 < 1 || protectedM2-reserveM2 < 1 || oneByOneM2-protectedM2 < 1 {
		t.Errorf("the sample does not tell apart: protected %.2f m², reserves %.2f, area by area %.2f", protectedM2, reserveM2, oneByOneM2)
	}
}

// What the form has no place for is told rule by rule, as constructed and as the
// tables have it.
func TestAnnex2Others(t *testing.T) {
	t.Parallel()
	p, pool, _ := sampleRun(t, pipeline.Options{})
	run := firstRun(t, p)
	got, err := p.Annex2(t.Context(), pipeline.PaperScope{RunID: run.ID})
	if err != nil {
		t.Fatal(err)
	}
	view, err := p.RunView(t.Context(), run.ID)
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
	told := 0
	for _, g := range got.Groups {
		for _, f := range g.Others {
			var codes []string
			for _, r := range view.Rules.Rules {
				if r.ProblemType == f.Title {
					codes = append(codes, r.Code)
				}
			}
			if len(codes) != 1 {
				t.Fatalf("%s: rules %v", f.Title, codes)
			}
			enterprises, m2 := c.figure(everyMine, codes...)
			var stored int
			var storedM2 float64
			if err := pool.QueryRow(t.Context(), `
				select count(distinct m.enterprise), coalesce(st_area(st_union(f.geom)::geography), 0)
				from run_finding f join run_mine m using (run_id, licence_no) where f.run_id = $1 and f.rule_code = $2`, run.ID, codes[0]).Scan(&stored, &storedM2); err != nil {
				t.Fatal(err)
			}
			if f.Count != enterprises || f.Count != stored || math.Abs(f.Mu-geo.Mu(storedM2)) > 0.01 {
				t.Errorf("%s: %d enterprises, %.2f mu; constructed %d, %.4f; naively %d, %.4f", f.Title, f.Count, f.Mu, enterprises, geo.Mu(m2), stored, geo.Mu(storedM2))
			}
			// Licences and approvals of several mines may overlap: then the union is less.
			if f.Mu > geo.Mu(m2)+c.want.ToleranceMu {
				t.Errorf("%s: %.2f mu, constructed are %.4f at most", f.Title, f.Mu, geo.Mu(m2))
			}
			if m2 > 0 {
				told++
			}
		}
	}
	if told < 6 {
		t.Errorf("%d figures are told, which cannot be all", told)
	}
}
