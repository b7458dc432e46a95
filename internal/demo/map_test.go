package demo_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report/drawing"
	"github.com/taohe-gis/taohe/report/mapsheet"
)

// sampleMaps plans and draws the maps of mines with ground around them: what
// the sample has there is on the map, and no character is missing.
func sampleMaps(t *testing.T, p *pipeline.Pipeline, runID int64) {
	for _, tt := range []struct {
		licence string
		zone    int
		layers  []string // around, as the sample was made
	}{
		{"C1599002014021120121517", 36, []string{"protected_area"}},
		{"C1599002009101120121665", 37, []string{"water_source"}},
		{"C1599002013121120122479", 37, []string{"forest", "grassland"}},
		{"C1599002017111120122294", 36, []string{"mining_right"}},
	} {
		m, err := p.Report(t.Context(), runID, tt.licence)
		if err != nil {
			t.Fatal(err)
		}
		sheet, err := p.MapSheet(t.Context(), m, mapsheet.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if zone := sheet.Frame().CRS.Zone; zone != tt.zone {
			t.Errorf("%s: zone %d, want %d", tt.licence, zone, tt.zone)
		}
		for _, layer := range tt.layers {
			if !slices.ContainsFunc(sheet.Around, func(g mapsheet.Ground) bool { return g.Layer == layer && len(g.EWKB) > 0 }) {
				t.Errorf("%s: no %s around", tt.licence, layer)
			}
		}
		if len(sheet.Divisions) != 6 {
			t.Errorf("%s: %d divisions, want the six townships", tt.licence, len(sheet.Divisions))
		}
		font, err := drawing.FindFont(os.Getenv("TAOHE_FONT"), drawing.Places)
		if errors.Is(err, drawing.ErrNoFont) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		d, err := sheet.Draw(font)
		if err != nil {
			t.Fatal(err)
		}
		if missing := d.Missing(); len(missing) > 0 {
			t.Errorf("%s: the font has not %q", tt.licence, missing)
		}
		if err := font.Close(); err != nil {
			t.Error(err)
		}
	}
	orthophoto(t, p, runID)
}

// orthophoto lays a GeoTIFF beneath a map: half of it dark, its middle on a known
// meridian. On another datum it is refused.
func orthophoto(t *testing.T, p *pipeline.Pipeline, runID int64) {
	program, err := exec.LookPath("gdal_translate")
	if err != nil {
		t.Log("no GDAL: the orthophoto is not tried")
		return
	}
	m, err := p.Report(t.Context(), runID, "C1599002009071120120666")
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := p.MapSheet(t.Context(), m, mapsheet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := sheet.Frame()
	folder := t.TempDir()
	// A PGM: 2 by 1 pixels, dark and light.
	plain := filepath.Join(folder, "plain.pgm")
	if err := os.WriteFile(plain, []byte("P5\n2 1\n255\n\x14\xe6"), 0o600); err != nil {
		t.Fatal(err)
	}
	translated := func(name, system string) string {
		out := filepath.Join(folder, name)
		cmd := exec.CommandContext(t.Context(), program, "-q", "-a_srs", system, "-a_ullr", "109.42", "40.25", "109.52", "40.15", plain, out)
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("gdal_translate: %v: %s", err, text)
		}
		return out
	}
	o, err := pipeline.Orthophoto(t.Context(), translated("good.tif", "EPSG:4490"), f)
	if err != nil {
		t.Fatal(err)
	}
	// Between the centres of the two pixels the picture goes from dark to light;
	// half of that is where they meet, 109.47°E.
	east, north := f.CRS.Forward(109.47, 40.2)
	size := o.Image.Bounds().Size()
	x := int((east - f.WestM) / (f.EastM - f.WestM) * float64(size.X))
	y := int((f.NorthM - north) / (f.NorthM - f.SouthM) * float64(size.Y))
	if r, g, b, a := o.Image.At(x, y).RGBA(); a != 0xFFFF || r != g || g != b || r>>8 < 120 || r>>8 > 130 {
		t.Errorf("where dark and light meet there is %d, %d, %d, %d", r>>8, g>>8, b>>8, a>>8)
	}
	var refused *pipeline.ImageError
	if _, err := pipeline.Orthophoto(t.Context(), translated("xian.tif", "EPSG:4610"), f); !errors.As(err, &refused) {
		t.Errorf("a picture on Xian 1980: %v", err)
	}
	if _, err := pipeline.Orthophoto(t.Context(), plain, f); !errors.As(err, &refused) {
		t.Errorf("a picture that is no GeoTIFF: %v", err)
	}
}
