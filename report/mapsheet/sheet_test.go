package mapsheet

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/pagetest"
	"github.com/taohe-gis/taohe/report"
	"github.com/taohe-gis/taohe/report/drawing"
)

func testFont(t testing.TB) *drawing.Font {
	t.Helper()
	f, err := drawing.FindFont(os.Getenv("TAOHE_FONT"), drawing.Places)
	if errors.Is(err, drawing.ErrNoFont) {
		t.Skip("no Chinese font: make setup installs fonts-noto-cjk")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func stored(t testing.TB, polygons ...orb.Polygon) []byte {
	t.Helper()
	b, err := ewkb.Marshal(orb.MultiPolygon(polygons), 4490)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func box(west, south, east, north float64) orb.Polygon {
	return orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{east, north}}.ToPolygon()
}

// mine is one with a licence alone.
func mine(t testing.TB, licence ...orb.Polygon) *report.Mine {
	return &report.Mine{
		Run: report.Run{ID: 7, AsOf: taohe.NewDate(2022, 5, 31), MineDigest: strings.Repeat("0123456789abcdef", 4)},
		Mine: report.Identity{
			LicenceNo: "C1599002009071120120666", Enterprise: "示例旗镕堃煤矿有限责任公司", MineName: "镕堃煤矿", CountyCode: "159900",
			CountyName: "示例旗", Township: "南滩镇", MethodAndMineral: "露天+煤矿",
		},
		Suspected: true,
		Shapes:    report.Shapes{Licence: stored(t, licence...)},
	}
}

func addFinding(t testing.TB, m *report.Mine, rule, title string, m2 float64, p orb.Polygon) {
	a := report.NewArea(m2)
	m.Findings = append(m.Findings, report.Finding{Rule: rule, Title: title, EllipsoidalAreaM2: a.EllipsoidalAreaM2, Mu: a.Mu})
	m.Shapes.Findings = append(m.Shapes.Findings, stored(t, p))
}

// busy is a mine at 111°E, 40°N with something of everything.
func busy(t testing.TB) *report.Mine {
	m := mine(t, box(111, 40, 111.02, 40.015))
	addFinding(t, m, "over_occupied", "临时用地批小占大", 12345.67, box(111.002, 40.002, 111.006, 40.004))
	addFinding(t, m, "mining_out_of_bounds", "越界开采", 54321.09, box(111.018, 40.004, 111.024, 40.009))
	addFinding(t, m, "forest_encroached", "违法违规侵占林地", 34567.89, box(111.010, 40.008, 111.014, 40.011))
	addFinding(t, m, "rule_of_a_bureau", "自定规则", 100, box(111.015, 40.012, 111.017, 40.013))
	for i, to := range []taohe.Date{taohe.NewDate(2023, 1, 1), taohe.NewDate(2021, 1, 1)} {
		m.Approvals = append(m.Approvals, report.Approval{
			ApprovalNo: fmt.Sprintf("示自然资临〔2020〕%d号", i+1), Kind: "temporary_land", KindTitle: "临时用地",
			ApprovedOn: taohe.NewDate(2020, 3, 1), ValidTo: to,
		})
		m.Shapes.Approved = append(m.Shapes.Approved, stored(t, box(111.001+float64(i)*0.006, 40.001, 111.005+float64(i)*0.006, 40.006)))
	}
	m.Shapes.Parts = []report.PartShape{{Class: "approved", Kind: "pit", ImagedOn: taohe.NewDate(2022, 5, 10), EWKB: stored(t, box(111.002, 40.002, 111.014, 40.011))}}
	m.Unconfirmed = []report.Patch{{PatchNo: "TB1", ImagedOn: taohe.NewDate(2022, 4, 1)}}
	m.Shapes.Patches = [][]byte{stored(t, box(111.016, 40.001, 111.018, 40.003))}
	m.NotEvaluated = []report.NotEvaluated{{Rule: "mining_beyond_elevation", Title: "超层开采"}}
	return m
}

func surround(t testing.TB, s *Sheet) {
	s.Around = []Ground{
		{Layer: "forest", Class: "0301", EWKB: stored(t, box(111.009, 40.007, 111.03, 40.03))},
		{Layer: "grassland", Class: "0401", EWKB: stored(t, box(110.9, 39.9, 111.005, 40.1))},
		{Layer: "water_source", Class: "grade_1", Name: "䶮水", EWKB: stored(t, box(111.012, 39.98, 111.03, 40.001))},
		{Layer: "protected_area", Class: "nature_reserve/core", Name: "喆山自然保护区", EWKB: stored(t, box(111.015, 40.01, 111.1, 40.1))},
		{Layer: "mining_right", Name: "邻矿", EWKB: stored(t, box(111.02, 40.0, 111.04, 40.015))},
	}
	s.Divisions = []Division{
		{Code: "159900", Name: "示例旗", EWKB: stored(t, box(110.8, 39.8, 111.3, 40.2))},
		{Code: "159900100", Name: "南滩镇", EWKB: stored(t, box(110.8, 39.8, 111.05, 40.2))},
	}
}

func drawn(t testing.TB, m *report.Mine, o Options) (*Sheet, *drawing.Drawing) {
	t.Helper()
	s, err := New(m, o)
	if err != nil {
		t.Fatal(err)
	}
	surround(t, s)
	d, err := s.Draw(testFont(t))
	if err != nil {
		t.Fatal(err)
	}
	return s, d
}

func bytesOf(t testing.TB, d *drawing.Drawing) (png, pdf []byte) {
	t.Helper()
	var p, q bytes.Buffer
	if err := errors.Join(d.WritePNG(&p, 100), d.WritePDF(&q)); err != nil {
		t.Fatal(err)
	}
	return p.Bytes(), q.Bytes()
}

func TestSameBytes(t *testing.T) {
	t.Parallel()
	_, first := drawn(t, busy(t), Options{})
	_, second := drawn(t, busy(t), Options{})
	png1, pdf1 := bytesOf(t, first)
	png2, pdf2 := bytesOf(t, second)
	if !bytes.Equal(png1, png2) || !bytes.Equal(pdf1, pdf2) {
		t.Error("two maps of the same values differ")
	}
	other := busy(t)
	other.Findings[0].Mu += 0.01
	_, third := drawn(t, other, Options{})
	if png3, pdf3 := bytesOf(t, third); bytes.Equal(png1, png3) || bytes.Equal(pdf1, pdf3) {
		t.Error("a figure changed and the map did not")
	}
}

// A corner of the licence falls where the projection puts it. On the central
// meridian the easting is 500 000 with the zone before it, and the northing is
// the length of the meridian from the equator, which on this ellipsoid is
// 4 429 529.030 m at 40° (the series of Helmert in n, by hand:
// a/(1+n)·((1+n²/4+n⁴/64)φ − 3/2(n−n³/8)sin2φ + 15/16(n²−n⁴/4)sin4φ − 35/48 n³ sin6φ)).
func TestKnownCorner(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{}, {Orientation: Portrait}, {Paper: A3, Orientation: Landscape}} {
		s, d := drawn(t, mine(t, box(111, 40, 111.02, 40.015)), o)
		f := s.Frame()
		if f.CRS.EPSG != 4525 || f.CRS.CentralMeridianDeg != 111 {
			t.Fatalf("zone: %+v", f.CRS)
		}
		const east, north = 37500000.0, 4429529.030
		const dpi = 254 // ten pixels to the millimetre
		perM := 1000 / f.ScaleDenominator * 10
		x := f.Map.X0*10 + (east-f.WestM)*perM
		y := f.Map.Y1*10 - (north-f.SouthM)*perM
		m := d.Raster(dpi)
		if got := m.RGBAAt(int(x), int(y)); got != (color.RGBA{255, 255, 255, 255}) {
			t.Errorf("%+v: the middle of the corner's ring is %v", o, got)
		}
		for _, side := range [][2]float64{{-6, 0}, {6, 0}, {0, -6}, {0, 6}} {
			if got := m.RGBAAt(int(x+side[0]), int(y+side[1])); got.R < 180 || got.G > 60 {
				t.Errorf("%+v: beside the corner there is %v, not the ring", o, got)
			}
		}
	}
}

// The scale bar is as long as the ground it stands for, by the map's own scale
// and by two corners of the licence a known way apart.
func TestScaleBar(t *testing.T) {
	t.Parallel()
	for _, size := range []float64{0.0005, 0.002, 0.02, 0.11, 0.9} {
		s, _ := drawn(t, mine(t, box(111, 40, 111+size, 40+size*0.7)), Options{})
		bar, f := s.ScaleBar(), s.Frame()
		if got := bar.Bar.Width() / 1000 * f.ScaleDenominator; math.Abs(got-bar.LengthM) > 1e-6*bar.LengthM {
			t.Errorf("1:%.0f: a bar of %v m covers %v m", f.ScaleDenominator, bar.LengthM, got)
		}
		if w := bar.Bar.Width(); w < 20 || w > 60 {
			t.Errorf("1:%.0f: the bar is %v mm long", f.ScaleDenominator, w)
		}
		if first := strings.TrimRight(fmt.Sprintf("%.0f", f.ScaleDenominator), "0"); len(first) > 2 {
			t.Errorf("1:%.0f is no round scale", f.ScaleDenominator)
		}
		e0, n0 := f.CRS.Forward(111, 40)
		e1, n1 := f.CRS.Forward(111, 40+size*0.7)
		a, b := f.toPage(e0, n0), f.toPage(e1, n1)
		onPage, onGround := math.Hypot(b.X-a.X, b.Y-a.Y), math.Hypot(e1-e0, n1-n0)
		if math.Abs(onPage/onGround-bar.Bar.Width()/bar.LengthM) > 1e-12 {
			t.Errorf("1:%.0f: map and bar differ in scale", f.ScaleDenominator)
		}
		if !f.Map.Contains(a) || !f.Map.Contains(b) {
			t.Errorf("1:%.0f: the licence leaves the frame", f.ScaleDenominator)
		}
	}
}

// Each number of the table has its hatch beside it, in its colour, and the same
// on the map, where its number stands too.
func TestNumbersHaveHatches(t *testing.T) {
	t.Parallel()
	m := busy(t)
	m.Approvals, m.Shapes.Approved, m.Shapes.Parts = nil, nil, nil
	s, d := drawn(t, m, Options{})
	without := mine(t, box(111, 40, 111.02, 40.015))
	without.Shapes.Findings, without.Findings = m.Shapes.Findings[:0], nil
	picture := d.Raster(254)
	column := s.page.columns[0]
	for i, f := range m.Findings {
		y := column.Y0 + headMM + float64(i)*rowMM
		row := drawing.Rect{X0: column.X0 + leftMM, Y0: y, X1: column.X1, Y1: y + rowMM}
		want := hatchOf(f.Rule).color
		if n := pixels(picture, swatch(row, 5).Inset(0.3), want); n < 40 {
			t.Errorf("%d %s: %d pixels of its colour in the table", i+1, f.Title, n)
		}
		if n := pixels(picture, drawing.Rect{X0: row.X0, Y0: row.Y0, X1: row.X0 + 4.4, Y1: row.Y1}, want); n < 40 {
			t.Errorf("%d %s: no number in the table", i+1, f.Title)
		}
		p, err := s.onPage(m.Shapes.Findings[i])
		if err != nil {
			t.Fatal(err)
		}
		at := p[0][0]
		ground := drawing.Rect{X0: at[0].X, Y0: at[0].Y, X1: at[0].X, Y1: at[0].Y}
		for _, q := range at {
			ground = drawing.Rect{X0: min(ground.X0, q.X), Y0: min(ground.Y0, q.Y), X1: max(ground.X1, q.X), Y1: max(ground.Y1, q.Y)}
		}
		if n := pixels(picture, ground, want); n < 100 {
			t.Errorf("%d %s: %d pixels of its colour on the map", i+1, f.Title, n)
		}
	}
	seen := map[string]string{}
	for rule, h := range hatches {
		key := fmt.Sprint(h)
		if other := seen[key]; other != "" {
			t.Errorf("%s and %s are hatched alike", rule, other)
		}
		seen[key] = rule
	}
}

// pixels counts those of about a colour.
func pixels(m *image.RGBA, r drawing.Rect, want drawing.Color) int {
	n := 0
	for y := int(r.Y0 * 10); y < int(r.Y1*10); y++ {
		for x := int(r.X0 * 10); x < int(r.X1*10); x++ {
			c := m.RGBAAt(x, y)
			if distant(c.R, want.R)+distant(c.G, want.G)+distant(c.B, want.B) < 170 {
				n++
			}
		}
	}
	return n
}

func distant(a, b uint8) int { return max(int(a), int(b)) - min(int(a), int(b)) }

// Another program reads the map's PDF; its page looks as the PNG, its letters are
// all there, and what must be said is said.
func TestPDF(t *testing.T) {
	t.Parallel()
	_, d := drawn(t, busy(t), Options{})
	if missing := d.Missing(); len(missing) > 0 {
		t.Errorf("characters missing: %q", missing)
	}
	_, pdf := bytesOf(t, d)
	file := filepath.Join(t.TempDir(), "map.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	page, err := png.Decode(bytes.NewReader(pagetest.Poppler(t, "pdftoppm", "-r", "100", "-png", file)))
	if err != nil {
		t.Fatal(err)
	}
	if far := pagetest.Difference(d.Raster(100), page, 24); far > 20 {
		t.Errorf("cells of page and picture differ by up to %.1f of 255", far)
	}
	text := string(pagetest.Poppler(t, "pdftotext", file, "-"))
	for _, want := range []string{
		"镕堃煤矿影像套合图", "C1599002009071120120666", "比例尺 1:", "CGCS2000", "3°分带第 37 带", "中央子午线 111°", "截止日 2022-05-31",
		"2022-04-01、2022-05-10", "疑似", "超层开采", "临时用地批小占大", "18.52 亩", "越界开采", "喆山自然保护区（核心区）", "䶮水（一级保护区）",
		"示自然资临〔2020〕2号", "N", "坐标北", "37500000", "南滩镇", "其他采矿权", "水源地", "4429529.030", strings.Repeat("0123456789abcdef", 4),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the map does not say %q", want)
		}
	}
}

// Licences that are surveyed on another map than their own zone keep the corners
// they were surveyed with, clockwise from the north-west.
func TestCorners(t *testing.T) {
	t.Parallel()
	plane := func(zone float64) func(x, y float64) orb.Point {
		crs := geo.GaussKruger3Degree(zone)
		return func(x, y float64) orb.Point {
			lon, lat := crs.Inverse(x, y)
			return orb.Point{lon, lat}
		}
	}
	for _, tt := range []struct {
		name string
		at   func(x, y float64) orb.Point
		x, y float64
	}{
		{"longitude and latitude", func(x, y float64) orb.Point { return orb.Point{x, y} }, 109.49, 40},
		{"its zone", plane(108), 36627000, 4430000},
		{"the next zone", plane(111), 37372000, 4430000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			unit := 1.0
			if tt.x > 1000 {
				unit = 1e5
			}
			want := [][2]float64{{0, 0.03}, {0.03, 0.04}, {0.05, 0.01}, {0.02, 0}}
			var ring orb.Ring
			const steps = 60 // dense, as the store is
			for i := range want {
				a, b := want[len(want)-1-i], want[(2*len(want)-2-i)%len(want)]
				for k := range steps {
					f := float64(k) / steps
					ring = append(ring, tt.at(tt.x+unit*(a[0]+f*(b[0]-a[0])), tt.y+unit*(a[1]+f*(b[1]-a[1]))))
				}
			}
			ring = append(ring, ring[0])
			crs := geo.GaussKruger3Degree(109.48)
			got := licenceCorners(orb.MultiPolygon{{ring}}, crs)
			if len(got) != len(want) {
				t.Fatalf("%d corners, want %d", len(got), len(want))
			}
			for i, w := range want {
				p := tt.at(tt.x+unit*w[0], tt.y+unit*w[1])
				east, north := crs.Forward(p[0], p[1])
				if got[i].no != i+1 || math.Hypot(got[i].eastM-east, got[i].northM-north) > 1e-3 {
					t.Errorf("corner %d at %.3f, %.3f; want %.3f, %.3f", got[i].no, got[i].eastM, got[i].northM, east, north)
				}
			}
		})
	}
}
