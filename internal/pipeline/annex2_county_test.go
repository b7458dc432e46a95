package pipeline_test

import (
	"fmt"
	"io"
	"math"
	"testing"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/papertest"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report"
)

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
	check("land", land.Count, land.Area, 1, 20*low)
	check("land of 示例旗", land.Counties[0].Count, land.Counties[0].Area, 1, 15*low)
	check("land of 邻旗", land.Counties[1].Count, land.Counties[1].Area, 1, 8*low)
	check("land of both", 0, land.Shared, 0, 3*low)
	check("stone", stone.TemporaryLand.Count, stone.TemporaryLand.Area, 1, 4*upper)
	check("in protected areas", coal.ApprovalInProtected.Count, coal.ApprovalInProtected.Area, 1, 6*high)
	check("in the reserve", coal.ApprovalInReserve.Count, coal.ApprovalInReserve.Area, 1, 4*high)
	check("forest", got.Forest.Count, got.Forest.Area, 1, 2*low)
	check("grassland", got.Grassland.Count, got.Grassland.Area, 1, 3*low)
	check("vegetation", got.Vegetation.Count, got.Vegetation.Area, 1, 4*low)
	check("vegetation in both", 0, got.BothVegetation, 0, low)
	if n := got.Problem; n.Count != 2 || n.Counties[0].Count != 1 || n.Counties[1].Count != 2 {
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
	table := paper.Headed("项目", "旗区", "家（处、个）", "面积（亩）")[0]
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
	check("land of 邻旗 alone", one.Strata[0].TemporaryLand.Count, one.Strata[0].TemporaryLand.Area, 1, 8*low)
	if one.Problem.Count != 2 {
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
		if part.Count != enterprises || math.Abs(part.Mu-geo.Mu(wantM2)) > 0.011 {
			t.Errorf("%s: %d enterprises, %.2f mu; want %d, %.4f", what, part.Count, part.Mu, enterprises, geo.Mu(wantM2))
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
