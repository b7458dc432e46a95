package ingest_test

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
)

const prjBeijing = `PROJCS["Beijing_1954_3_Degree_GK_Zone_37",GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",37500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",111.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`

// seven are made up, of the size such parameters have in the region.
var seven = ingest.Shift{
	Method: ingest.MethodPositionVector, TxM: -110.5, TyM: 48.2, TzM: 62.9, RxSec: 1.25, RySec: -2.1, RzSec: 3.4, ScalePPM: -4.7,
	Source: "测试参数", AccuracyM: 0.5,
}

// The corners of grounds on two older datums, as PROJ 9.1.1 has them:
//
//	gdaltransform -ct "+proj=pipeline +step +inv +proj=tmerc +lon_0=111 +x_0=37500000 +a=6378137 +rf=298.257222101
//	  +step +proj=cart +a=6378137 +rf=298.257222101
//	  +step +inv +proj=helmert +x=-110.5 +y=48.2 +z=62.9 +rx=1.25 +ry=-2.1 +rz=3.4 +s=-4.7 +convention=position_vector
//	  +step +inv +proj=cart +a=A +rf=F +step +proj=tmerc +lon_0=111 +x_0=37500000 +a=A +rf=F"
//
// with A = 6378140, F = 298.257 for Xian 1980 and 6378245, 298.3 for Beijing
// 1954. The heights it also gives, −76 to −183 m, are dropped, as files have none.
var (
	onXian80 = [][]float64{
		{37414784.4254853, 4449995.88567037, 37414884.4281085, 4450515.89448313, 37415424.4373444, 4450475.89285769, 37415294.4343257, 4450025.88530717, 37414784.4254853, 4449995.88567037},
		{37424784.615095, 4459996.04086751, 37424884.6175544, 4460416.04793503, 37425324.6252273, 4460476.0481952, 37424784.615095, 4459996.04086751},
		{37344783.2200429, 4454996.09458362, 37344883.2225272, 4455416.10175973, 37345323.2303136, 4455476.10203674, 37345083.2252976, 4455006.09423191, 37344783.2200429, 4454996.09458362},
		{37351783.3351666, 4450996.01236793, 37351883.3377824, 4451496.02093485, 37352423.3471621, 4451476.01964383, 37351783.3351666, 4450996.01236793},
	}
	onBeijing54 = [][]float64{
		{37414783.0094448, 4450069.8106799, 37414883.0137272, 4450589.82816835, 37415423.0319367, 4450549.82587901, 37415293.0267599, 4450099.81082041, 37414783.0094448, 4450069.8106799},
		{37424783.3651859, 4460070.13276662, 37424883.3693053, 4460490.14684165, 37425323.3842898, 4460550.14810526, 37424783.3651859, 4460070.13276662},
		{37344780.6407374, 4455070.10237976, 37344880.6448798, 4455490.11656387, 37345320.6599775, 4455550.11784695, 37345080.6509774, 4455080.10219835, 37344780.6407374, 4455070.10237976},
		{37351780.8722192, 4451069.95351187, 37351880.8764925, 4451569.97042129, 37352420.8948458, 4451549.96880257, 37351780.8722192, 4451069.95351187},
	}
)

// stored is the area and the middle of each row of a dataset.
func stored(t *testing.T, pool *pgxpool.Pool, id int64) (areas []float64, middles [][2]float64) {
	t.Helper()
	rows, err := pool.Query(t.Context(), `
		select ellipsoidal_area_m2, st_x(st_centroid(geom)), st_y(st_centroid(geom))
		from mining_right where dataset_id = $1 order by licence_no`, id)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var area float64
		var p [2]float64
		if err := rows.Scan(&area, &p[0], &p[1]); err != nil {
			t.Fatal(err)
		}
		areas, middles = append(areas, area), append(middles, p)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return areas, middles
}

// metres is the distance of two places a few metres apart.
func metres(a, b [2]float64) float64 {
	const perDegree = 111_100
	return math.Hypot((a[0]-b[0])*perDegree*math.Cos(a[1]*math.Pi/180), (a[1]-b[1])*perDegree)
}

// Files on an older datum are refused; with parameters they give the figures
// and the place of the file on CGCS2000, and the dataset keeps the parameters.
func TestDatumShifts(t *testing.T) {
	t.Parallel()
	pool := county(t)
	clean, _ := stage(t, pool, upload(shapefile(t, prj37, grounds)))
	wantAreas, wantMiddles := stored(t, pool, clean.ID)
	frame := seven
	frame.Method, frame.RxSec, frame.RySec, frame.RzSec = ingest.MethodCoordinateFrame, -seven.RxSec, -seven.RySec, -seven.RzSec
	four := ingest.Shift{
		Method: ingest.MethodPlane, DxNorthM: 12.34, DyEastM: -56.78, RotationSec: 0.5, ScalePPM: -2, TargetEPSG: 4525,
		Source: "测试参数", AccuracyM: 0.1,
	}
	// X' = DX + k(X cos α − Y sin α), Y' = DY + k(X sin α + Y cos α), solved for
	// X and Y by hand.
	inPlane := changed(grounds, func(_ int, east, north float64) (float64, float64) {
		sin, cos := math.Sincos(0.5 / 3600 * math.Pi / 180)
		const k = 1 - 2e-6
		x, y := (north-12.34)/k, (east+56.78)/k
		return -x*sin + y*cos, x*cos + y*sin
	})
	mixedUp := seven
	mixedUp.Method = ingest.MethodCoordinateFrame
	for _, c := range []struct {
		name  string
		path  string
		shift ingest.Shift
		// apartM is how far from the right place the figures must be: 0 for there.
		apartM float64
	}{
		{"Xian 1980, position vector", shapefile(t, prjXian, onXian80), seven, 0},
		{"Xian 1980, coordinate frame of opposite signs", shapefile(t, prjXian, onXian80), frame, 0},
		{"Beijing 1954, position vector", shapefile(t, prjBeijing, onBeijing54), seven, 0},
		{"Beijing 1954, coordinate frame of opposite signs", shapefile(t, prjBeijing, onBeijing54), frame, 0},
		{"Xian 1980, four plane parameters", shapefile(t, prjXian, inPlane), four, 0},
		{"the convention mixed up", shapefile(t, prjXian, onXian80), mixedUp, 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			u := upload(c.path)
			d, diags := stage(t, pool, u)
			if d.Status != "refused" || !slices.Contains(codes(diags), "crs.datum_refused") || d.RowsLoaded != 0 {
				t.Fatalf("without parameters: %s with %v", d.Status, codes(diags))
			}
			u.Shift = &c.shift
			d, diags = stage(t, pool, u)
			i := slices.Index(codes(diags), "shift.applied")
			if d.Status != "staged" || d.RowsLoaded != 4 || i < 0 {
				t.Fatalf("%s, %d rows, %v", d.Status, d.RowsLoaded, codes(diags))
			}
			if text := diags[i].Chinese(); !strings.Contains(text, "测试参数") || !strings.Contains(text, c.shift.Title()) {
				t.Errorf("says %s", text)
			}
			if d.Reference.Shift == nil || !reflect.DeepEqual(*d.Reference.Shift, c.shift) || d.Reference.Approximate {
				t.Errorf("the dataset keeps %+v, want %+v", d.Reference.Shift, c.shift)
			}
			areas, middles := stored(t, pool, d.ID)
			for k := range wantAreas {
				apart := metres(middles[k], wantMiddles[k])
				if c.apartM > 0 {
					if apart < c.apartM {
						t.Errorf("licence %d: only %.2f m from its place", k+1, apart)
					}
					continue
				}
				if abs(areas[k]-wantAreas[k]) > 0.01 || apart > 0.01 {
					t.Errorf("licence %d: %.4f m², want %.4f, %.4f m from its place", k+1, areas[k], wantAreas[k], apart)
				}
			}
			in, err := ingest.Inspect(t.Context(), c.path, ingest.InspectOptions{Shift: &c.shift})
			if err != nil {
				t.Fatal(err)
			}
			if l := in.Layers[0]; l.Refused || l.Reference.Shift == nil {
				t.Errorf("inspect: refused %v, %v, reference %+v", l.Refused, l.Counts, l.Reference)
			}
		})
	}
}

// Parameters without a source, without an accuracy, for a system that needs
// none, or not for this one, are refused.
func TestShiftsRefused(t *testing.T) {
	t.Parallel()
	pool := county(t)
	change := func(f func(*ingest.Shift)) *ingest.Shift {
		s := seven
		f(&s)
		return &s
	}
	for _, c := range []struct {
		name  string
		shift *ingest.Shift
		says  string
	}{
		{"no source", change(func(s *ingest.Shift) { s.Source = " " }), "source"},
		{"no accuracy", change(func(s *ingest.Shift) { s.AccuracyM = 0 }), "accuracy_m"},
		{"no method", change(func(s *ingest.Shift) { s.Method = "" }), ingest.MethodPositionVector},
		{"a plane without target", change(func(s *ingest.Shift) { s.Method = ingest.MethodPlane }), "target_epsg"},
	} {
		u := upload(shapefile(t, prjXian, onXian80))
		u.Shift = c.shift
		_, err := ingest.Begin(t.Context(), pool, u)
		var request *ingest.RequestError
		if !errors.As(err, &request) || request.Faults[0].Code != "bad-shift" || !strings.Contains(request.Faults[0].Message, c.says) {
			t.Errorf("%s: %v, want bad-shift about %s", c.name, err, c.says)
		}
	}
	for _, c := range []struct {
		name, path string
		shift      *ingest.Shift
	}{
		{"CGCS2000 needs none", shapefile(t, prj37, grounds), &seven},
		{"all zero", shapefile(t, prjXian, onXian80), change(func(s *ingest.Shift) {
			*s = ingest.Shift{Method: s.Method, Source: s.Source, AccuracyM: s.AccuracyM}
		})},
		{"absurd", shapefile(t, prjXian, onXian80), change(func(s *ingest.Shift) { s.TxM = 1e6 })},
		{"map coordinates are degrees", shapefile(t, prj37, grounds), &ingest.Shift{Method: ingest.MethodGCJ02}},
	} {
		u := upload(c.path)
		u.Shift = c.shift
		d, diags := stage(t, pool, u)
		if d.Status != "refused" || !slices.Contains(codes(diags), "shift.not_applicable") {
			t.Errorf("%s: %s with %v", c.name, d.Status, codes(diags))
		}
	}
}

// Offset map coordinates pass for WGS 84, hundreds of metres off, unless they
// are declared; declared, they are brought back and marked.
func TestGCJ02(t *testing.T) {
	t.Parallel()
	pool := county(t)
	degrees := inDegrees(t)
	clean, _ := stage(t, pool, upload(shapefile(t, prjDegrees, degrees)))
	wantAreas, wantMiddles := stored(t, pool, clean.ID)
	path := shapefile(t, prjDegrees, changed(degrees, func(_ int, lon, lat float64) (float64, float64) { return geo.ToGCJ02(lon, lat) }))
	undeclared, _ := stage(t, pool, upload(path))
	if _, middles := stored(t, pool, undeclared.ID); metres(middles[0], wantMiddles[0]) < 100 || undeclared.Reference.Approximate {
		t.Errorf("undeclared: %.1f m off, reference %+v", metres(middles[0], wantMiddles[0]), undeclared.Reference)
	}
	u := upload(path)
	u.Shift = &ingest.Shift{Method: ingest.MethodGCJ02}
	d, diags := stage(t, pool, u)
	if d.Status != "staged" || !slices.Contains(codes(diags), "shift.gcj02") || !d.Reference.Approximate || d.Reference.Shift.Method != ingest.MethodGCJ02 {
		t.Fatalf("%s, %v, reference %+v", d.Status, codes(diags), d.Reference)
	}
	areas, middles := stored(t, pool, d.ID)
	for k := range wantAreas {
		// An edge straight on the offset map is bent on the ground: the offset has
		// waves of 13 m every 28 km, 7e-7 per metre of curvature, 2 cm on 500 m.
		if apart := metres(middles[k], wantMiddles[k]); apart > 0.05 || abs(areas[k]-wantAreas[k]) > 2200*0.02 {
			t.Errorf("licence %d: %.2f m², want %.2f, %.3f m from its place", k+1, areas[k], wantAreas[k], apart)
		}
	}
}
