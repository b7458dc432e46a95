package report

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// The ratio as the ministry's inspectors published it in 2021: a licence of
// 6.9 mu with 182 mu outside is 26.4 times, one of 16.65 with 207 is 12.4.
func TestRatioStatement(t *testing.T) {
	t.Parallel()
	const mu = 2000.0 / 3
	for _, c := range []struct {
		outsideMu, licenceMu float64
		want                 string
	}{
		{182, 6.9, "超矿业权面积26.4倍"},
		{207, 16.65, "超矿业权面积12.4倍"},
		{10, 10, "超矿业权面积1.0倍"},
		{1, 10, "相当于矿业权面积的10.0%"},
	} {
		if got := RatioStatement(c.outsideMu*mu, c.licenceMu*mu); got != c.want {
			t.Errorf("%g of %g mu: %s, want %s", c.outsideMu, c.licenceMu, got, c.want)
		}
	}
}

func TestSaying(t *testing.T) {
	t.Parallel()
	const mu = 2000.0 / 3
	places, above, below := 2, 4.96, 10.0
	for _, c := range []struct {
		say  Saying
		want string
	}{
		{Saying{Title: "越界开采", M2: 182 * mu, LicenceM2: 6.9 * mu}, "疑似越界开采 182.00 亩，超矿业权面积26.4倍。"},
		{Saying{Title: "临时用地批小占大", M2: 12.345 * mu}, "疑似临时用地批小占大 12.35 亩。"},
		{Saying{Title: "尾矿坑未治理", M2: 30 * mu, Places: &places}, "疑似尾矿坑未治理 2 处，30.00 亩。"},
		{Saying{Title: "超层开采", M2: mu, MetresAbove: &above, MetresBelow: &below}, "疑似超层开采 1.00 亩，最高超出 5.0 米，最低低于下限 10.0 米。"},
		{
			Saying{Title: "越界开采", M2: 20 * mu, LicenceM2: 10 * mu, Inside: []InsideLicence{{"乙煤矿（C2）矿业权内", 5 * mu}}, Lead: "线索"},
			"疑似越界开采 20.00 亩，超矿业权面积2.0倍，其中 5.00 亩位于乙煤矿（C2）矿业权内，线索。",
		},
	} {
		if got := c.say.String(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// Forest and grassland are printed so that the two less what both claim are the
// total, where rounding each alone would not: 0.005 m² and its double.
func TestVegetationAddsUp(t *testing.T) {
	t.Parallel()
	v := NewVegetation(1000.0/3, 2000.0/3, 500.0/3)
	for _, unit := range []struct{ total, forest, grassland, both float64 }{
		{v.Total.EllipsoidalAreaM2, v.Forest.EllipsoidalAreaM2, v.Grassland.EllipsoidalAreaM2, v.Both.EllipsoidalAreaM2},
		{v.Total.Mu, v.Forest.Mu, v.Grassland.Mu, v.Both.Mu},
	} {
		if d := unit.forest + unit.grassland - unit.both - unit.total; math.Abs(d) > 1e-9 {
			t.Errorf("%+v: off by %g", unit, d)
		}
	}
	if v.Total.EllipsoidalAreaM2 != 833.33 || v.Total.Mu != 1.25 {
		t.Errorf("total %+v, want 833.33 m² and 1.25 mu", v.Total)
	}
	if want := "疑似侵占林草合计 1.25 亩：林地 0.50 亩，草原 1.00 亩，其中 0.25 亩林地、草原图层均认定，合计只计一次。"; v.Statement != want {
		t.Errorf("%s, want %s", v.Statement, want)
	}
}

// Printed parts add up to the printed whole, in square metres and in mu, where
// rounding each alone would not.
func TestGroundAccountAddsUp(t *testing.T) {
	t.Parallel()
	third := 1000.0 / 3 // rounds to 333.33 three times: 999.99 of 1000.00
	a := NewGroundAccount(RawAccount{Ground: 1000, Approved: third, Expired: third, Unapproved: third})
	for _, unit := range []struct {
		name  string
		parts []float64
		whole float64
	}{
		{"m²", []float64{
			a.Approved.EllipsoidalAreaM2, a.Expired.EllipsoidalAreaM2, a.OverOccupied.EllipsoidalAreaM2, a.Displaced.EllipsoidalAreaM2,
			a.Unapproved.EllipsoidalAreaM2, a.UnapprovedConstruction.EllipsoidalAreaM2, a.WithinTolerance.EllipsoidalAreaM2,
		}, a.Ground.EllipsoidalAreaM2},
		{"mu", []float64{
			a.Approved.Mu, a.Expired.Mu, a.OverOccupied.Mu, a.Displaced.Mu, a.Unapproved.Mu, a.UnapprovedConstruction.Mu, a.WithinTolerance.Mu,
		}, a.Ground.Mu},
	} {
		sum := 0.0
		for _, p := range unit.parts {
			if math.Abs(p*100-math.Round(p*100)) > 1e-6 {
				t.Errorf("%s: %v has more than two places", unit.name, p)
			}
			sum += p
		}
		if math.Abs(sum-unit.whole) > 1e-6 {
			t.Errorf("%s: parts sum to %v, whole is %v", unit.name, sum, unit.whole)
		}
	}
	if a.Ground.EllipsoidalAreaM2 != 1000 || a.Ground.Mu != 1.5 {
		t.Errorf("whole %+v, want 1000 m² and 1.5 mu", a.Ground)
	}
}

func TestMethodAndMineral(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ method, mineral, want string }{
		{"open_pit", "煤", "露天+煤矿"},
		{"underground", "煤矿", "井工+煤矿"},
		{"open_pit", "石灰石", "露天+石灰石"},
		{"open_pit_and_underground", "煤矿", "露天/井工+煤矿"},
		{"", "石灰石", "石灰石"},
		{"open_pit", " ", "露天"},
	} {
		if got := MethodAndMineral(c.method, c.mineral); got != c.want {
			t.Errorf("%q %q: %s, want %s", c.method, c.mineral, got, c.want)
		}
	}
}

// ewkbPolygon is a little-endian EWKB polygon in EPSG:4490, written by hand.
func ewkbPolygon(rings ...[][2]float64) []byte {
	b := []byte{1}
	b = binary.LittleEndian.AppendUint32(b, 3|0x20000000)
	b = binary.LittleEndian.AppendUint32(b, 4490)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(rings)))
	for _, r := range rings {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(r)))
		for _, p := range r {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[0]))
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[1]))
		}
	}
	return b
}

// RFC 7946 §3.1.6: shells run counter-clockwise, holes clockwise, whichever way
// the store has them. Coordinates carry nine places.
func TestGeoJSON(t *testing.T) {
	t.Parallel()
	clockwise := [][2]float64{{110, 40}, {110, 40.1}, {110.1234567891, 40.1}, {110.1234567891, 40}, {110, 40}}
	counterHole := [][2]float64{{110.02, 40.02}, {110.04, 40.02}, {110.04, 40.04}, {110.02, 40.04}, {110.02, 40.02}}
	m := &Mine{Mine: Identity{LicenceNo: "C1", Enterprise: "甲"}, Shapes: Shapes{Licence: ewkbPolygon(clockwise, counterHole)}}
	var out bytes.Buffer
	if err := WriteGeoJSON(&out, m); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Features []struct {
			Geometry struct {
				Type        string
				Coordinates [][][2]float64
			}
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Features) != 1 || got.Features[0].Geometry.Type != "Polygon" {
		t.Fatalf("features %+v", got.Features)
	}
	f := got.Features[0]
	for i, want := range []float64{1, -1} {
		sum := 0.0
		r := f.Geometry.Coordinates[i]
		for j := range len(r) - 1 {
			sum += r[j][0]*r[j+1][1] - r[j+1][0]*r[j][1]
		}
		if sum*want <= 0 {
			t.Errorf("ring %d runs the wrong way", i)
		}
	}
	if f.Properties["role"] != "licence" || f.Properties["enterprise"] != "甲" {
		t.Errorf("properties %v", f.Properties)
	}
	if !strings.Contains(out.String(), "110.123456789,") || strings.Contains(out.String(), "110.1234567891") {
		t.Errorf("coordinates not of nine places: %s", out.String())
	}
}

func TestGeoJSONOfNoPolygon(t *testing.T) {
	t.Parallel()
	if err := WriteGeoJSON(&bytes.Buffer{}, &Mine{Shapes: Shapes{Licence: []byte{1, 1, 0, 0}}}); err == nil {
		t.Error("broken shape written")
	}
}
