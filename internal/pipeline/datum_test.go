package pipeline_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report"
)

// A report says how each dataset came onto CGCS2000. A finding that offset
// coordinates decide is marked, in its words and in the ledger's; one they do
// not decide is not.
func TestReportSaysHowCoordinatesCame(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.PutCounty(t.Context(), ingest.County{Code: "159900", Name: "示例旗", West: 109, South: 40, East: 110.75, North: 40.5}); err != nil {
		t.Fatal(err)
	}
	const licence = "C1599002015011120120001"
	zone37, err := geo.FromEPSG(4525)
	if err != nil {
		t.Fatal(err)
	}
	table := func(head string, corners ...[2]float64) string {
		text := "点号," + head + "\n"
		for i, c := range corners {
			text += fmt.Sprintf("%d,%.9f,%.9f\n", i+1, c[0], c[1])
		}
		path := filepath.Join(t.TempDir(), "拐点.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	offset := func(east, north float64) [2]float64 {
		lon, lat := geo.ToGCJ02(zone37.Inverse(east, north))
		return [2]float64{lon, lat}
	}
	seven := &ingest.Shift{
		Method: ingest.MethodPositionVector, TxM: -110.5, TyM: 48.2, TzM: 62.9, RxSec: 1.25, RySec: -2.1, RzSec: 3.4, ScalePPM: -4.7,
		Source: "测绘主管部门〔2021〕1号", AccuracyM: 0.5,
	}
	day := taohe.NewDate(2022, 5, 31)
	for _, u := range []ingest.Upload{
		{
			Layer: "mining_right", CRS: "EPSG:2361", Shift: seven,
			Path: table("Y,X", [2]float64{37414784.4254853, 4449995.88567037}, [2]float64{37414884.4281085, 4450515.89448313},
				[2]float64{37415424.4373444, 4450475.89285769}, [2]float64{37415294.4343257, 4450025.88530717}),
			Set: map[string]string{"licence_no": licence, "enterprise": "甲矿业", "valid_from": "2015-01-01", "valid_to": "2030-12-31"},
		},
		{
			Layer: "land_approval", CRS: "EPSG:4525",
			Path: table("Y,X", [2]float64{37416000, 4450000}, [2]float64{37416000, 4450100}, [2]float64{37416100, 4450100}, [2]float64{37416100, 4450000}),
			Set: map[string]string{
				"kind": "temporary_land", "approval_no": "旗自然资临〔2018〕1号", "licence_no": licence,
				"approved_on": "2018-01-01", "valid_to": "2020-01-01",
			},
		},
		{
			Layer: "disturbance", CRS: "EPSG:4490", Shift: &ingest.Shift{Method: ingest.MethodGCJ02}, Footprints: []ingest.Footprint{{}},
			Path: table("经度,纬度", offset(37415400, 4450100), offset(37415400, 4450400), offset(37415900, 4450400), offset(37415900, 4450100)),
			Set:  map[string]string{"patch_no": "T1", "imaged_on": "2022-05-01", "kind": "pit", "licence_no": licence},
		},
	} {
		u.County, u.Vintage, u.FileName = "159900", day, "拐点.csv"
		d, err := p.Import(t.Context(), u, nil)
		if err != nil {
			t.Fatal(err)
		}
		if d.Status != "staged" || d.RowsLoaded != 1 {
			diags, _, _ := p.Diagnostics(t.Context(), d.ID, 0, 10)
			t.Fatalf("%s: %s %v", u.Layer, d.Status, diags)
		}
		if err := p.Accept(t.Context(), d.ID, ingest.Acceptance{By: "测试"}); err != nil {
			t.Fatal(err)
		}
	}
	run := execute(t, p, day)
	m, err := p.Report(t.Context(), run.ID, licence)
	if err != nil {
		t.Fatal(err)
	}
	checkDatasets(t, m.Datasets)
	// Overdue reclamation rests on the licence and the approval alone.
	want := map[string]bool{"mining_out_of_bounds": true, "unapproved": true, "reclamation_overdue": false}
	for _, f := range m.Findings {
		approximate, expected := want[f.Rule]
		if !expected {
			t.Errorf("unexpected finding %s", f.Rule)
		}
		if f.Approximate != approximate || strings.Contains(f.Statement, "（由偏移坐标还原，近似）。") != approximate {
			t.Errorf("%s: approximate %v, says %s", f.Rule, f.Approximate, f.Statement)
		}
		delete(want, f.Rule)
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
	rows, err := p.LedgerRows(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	marked := 0
	for _, r := range rows {
		if strings.Contains(r.Problem, "由偏移坐标还原，近似") {
			marked++
		}
	}
	if len(rows) != 3 || marked != 2 {
		t.Errorf("%d of %d ledger rows marked, want 2 of 3", marked, len(rows))
	}
}

func checkDatasets(t *testing.T, datasets []report.Dataset) {
	t.Helper()
	of := func(layer string) report.Dataset {
		i := slices.IndexFunc(datasets, func(d report.Dataset) bool { return d.Layer == layer })
		if i < 0 {
			t.Fatalf("no dataset of %s", layer)
		}
		return datasets[i]
	}
	r := of("mining_right")
	if r.DatumShift == nil || r.DatumShift.Method != "position_vector" || r.DatumShift.RzSec != 3.4 || r.DatumShift.ScalePPM != -4.7 ||
		r.DatumShift.Source != "测绘主管部门〔2021〕1号" || r.DatumShift.MethodTitle != "七参数（位置矢量法）" || r.AccuracyM == nil || *r.AccuracyM != 0.5 || r.Approximate {
		t.Errorf("mining_right: %+v, shift %+v", r, r.DatumShift)
	}
	if a := of("land_approval"); a.DatumShift != nil || a.AccuracyM != nil || a.Approximate {
		t.Errorf("land_approval: %+v", a)
	}
	if d := of("disturbance"); d.DatumShift == nil || d.DatumShift.Method != "gcj02" || d.AccuracyM != nil || !d.Approximate {
		t.Errorf("disturbance: %+v", d)
	}
}

// Plane areas stand beside the ellipsoidal ones, in the zone of the licence,
// and are what PostGIS computes of the stored shapes.
func TestPlanarAreas(t *testing.T) {
	t.Parallel()
	p, pool, _ := sampleRun(t, pipeline.Options{})
	run := firstRun(t, p)
	mines, err := p.Mines(t.Context(), run.ID, "", "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	zones := map[string]int{"CGCS2000 / 3-degree Gauss-Kruger zone 36": 4524, "CGCS2000 / 3-degree Gauss-Kruger zone 37": 4525}
	met := map[int]int{}
	check := func(what string, got float64, srid int, sql string, args ...any) {
		t.Helper()
		var want float64
		if err := pool.QueryRow(t.Context(), sql, append([]any{srid}, args...)...).Scan(&want); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		// Two decimals are printed.
		if math.Abs(got-want) > 0.01 {
			t.Errorf("%s: %.2f m², PostGIS %.4f", what, got, want)
		}
		met[srid]++
	}
	for _, l := range mines {
		r, err := p.Report(t.Context(), run.ID, l.LicenceNo)
		if err != nil {
			t.Fatal(err)
		}
		srid := zones[r.Mine.LicenceArea.PlanarCRS]
		var middle float64
		err = pool.QueryRow(t.Context(), "select (st_xmin(geom) + st_xmax(geom)) / 2 from run_mine where run_id = $1 and licence_no = $2", run.ID, l.LicenceNo).Scan(&middle)
		if err != nil {
			t.Fatal(err)
		}
		if want := 4524 + map[bool]int{true: 1}[middle >= 109.5]; srid != want {
			t.Errorf("%s at %.3f°E in %q, want EPSG:%d", l.LicenceNo, middle, r.Mine.LicenceArea.PlanarCRS, want)
		}
		check(l.LicenceNo, r.Mine.LicenceArea.PlanarAreaM2, srid,
			"select st_area(st_transform(geom, $1::int)) from run_mine where run_id = $2 and licence_no = $3", run.ID, l.LicenceNo)
		for _, f := range r.Findings {
			if f.PlanarCRS != r.Mine.LicenceArea.PlanarCRS || f.Approximate {
				t.Errorf("%s %s: plane %q, approximate %v", l.LicenceNo, f.Rule, f.PlanarCRS, f.Approximate)
			}
			check(l.LicenceNo+" "+f.Rule, f.PlanarAreaM2, srid,
				"select st_area(st_transform(geom, $1::int)) from run_finding where run_id = $2 and licence_no = $3 and rule_code = $4", run.ID, l.LicenceNo, f.Rule)
		}
		for _, a := range r.Approvals {
			check(l.LicenceNo+" "+a.ApprovalNo, a.Area.PlanarAreaM2, srid, `
				select st_area(st_transform(l.geom, $1::int))
				from run_approval r join land_approval l using (dataset_id, row_no)
				where r.run_id = $2 and r.licence_no = $3 and l.approval_no = $4
				order by abs(l.ellipsoidal_area_m2 - $5) limit 1`, run.ID, l.LicenceNo, a.ApprovalNo, a.Area.EllipsoidalAreaM2)
		}
	}
	if met[4524] == 0 || met[4525] < 20 {
		t.Errorf("compared %v areas by zone; the sample has mines in both", met)
	}
}
