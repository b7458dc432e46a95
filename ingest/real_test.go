package ingest_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

// realFile is a file of the public layers, which are not part of the project:
// below TAOHE_REAL, or beside the repository. Without them the test is skipped.
func realFile(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("TAOHE_REAL")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "real")
	}
	path := filepath.Join(root, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no public layers: %v", err)
	}
	return path
}

// world is a database with a county that is all of it.
func world(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool := pgtest.New(t)
	err := ingest.PutCounty(t.Context(), pool, ingest.County{Code: "159900", Name: "全球", West: -179, South: -80, East: 179, North: 80})
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

// Of 333 coal mines drawn by others four outlines are not valid; each is named
// with its place and both areas. Which, where and why is GEOS's word, asked of
// the file through GDAL.
func TestRealInvalidRings(t *testing.T) {
	t.Parallel()
	path := realFile(t, filepath.Join("gem-coal", "coal-mine-boundaries-methane_v1.0.2.geojson"))
	pool := world(t)
	d, diags := stage(t, pool, ingest.Upload{
		Layer: "protected_area", County: "159900", Vintage: vintage, Path: path,
		Map: map[string]string{"name": "id"}, Set: map[string]string{"category": "other"},
	})
	if d.Status != "staged" {
		t.Fatalf("%s: %v", d.Status, codes(diags))
	}
	// The file has points too, each of which is told: all are asked for.
	diags, err := ingest.Diagnostics(t.Context(), pool, d.ID, 0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, x := range diags {
		if x.Code != "geometry.repaired" && x.Code != "geometry.repaired_held" {
			continue
		}
		names = append(names, storedText(t, pool, d.ID, "protected_area", "name", x.Row))
		raw, errRaw := strconv.ParseFloat(x.Args["raw_m2"], 64)
		repaired, errRepaired := strconv.ParseFloat(x.Args["repaired_m2"], 64)
		if x.At == nil || x.Args["reason_zh"] == "" || errRaw != nil || errRepaired != nil || raw <= 0 || repaired <= 0 {
			t.Errorf("row %d: %+v", x.Row, x)
		}
		t.Log(names[len(names)-1], x.English(), *x.At)
	}
	slices.Sort(names)
	if want := []string{"M0010.B1", "M0091.B1", "M0822.B1", "M1341.B1"}; !slices.Equal(names, want) {
		t.Errorf("invalid are %v, want %v", names, want)
	}
}

// The areas that come with 957 mines of Indonesia are of a sphere: none differs
// by as much as 0.2 % from the ellipsoid, so no row is noted, and yet it is told
// by how much all differ and which the most.
func TestRealDeclaredAreas(t *testing.T) {
	t.Parallel()
	path := realFile(t, filepath.Join("indonesia", "global_mining_polygons_v1_IDN.gpkg"))
	pool := world(t)
	d, diags := stage(t, pool, ingest.Upload{
		Layer: "disturbance", County: "159900", Vintage: vintage, Path: path, Footprints: []ingest.Footprint{{}},
		Set: map[string]string{"patch_no": "无", "imaged_on": "2019-12-31", "kind": "pit"},
	})
	if d.Status != "staged" || d.RowsLoaded != 957 {
		t.Fatalf("%s, %d rows: %v", d.Status, d.RowsLoaded, codes(diags))
	}
	get := func(code string) taohe.Diagnostic {
		got := found(diags, code)
		if len(got) != 1 {
			t.Fatalf("%s: %+v", code, got)
		}
		return got[0].Diagnostic
	}
	if unit := get("area.unit_by_geometry"); unit.Field != "AREA" || unit.Args["unit"] != "平方公里" || unit.Args["rows"] != "957" {
		t.Errorf("unit: %+v", unit)
	}
	s := get("area.declared_summary")
	worst, err := strconv.ParseFloat(s.Args["worst_percent"], 64)
	if err != nil || s.Args["rows"] != "957" || s.Args["over"] != "0" || s.At == nil {
		t.Fatalf("%+v", s)
	}
	// README of the layer: up to 0.19 % off.
	if worst = max(worst, -worst); worst < 0.185 || worst >= 0.195 {
		t.Errorf("differs by up to %g %%, want 0.19", worst)
	}
	if len(found(diags, "area.declared_differs")) > 0 {
		t.Error("a row is noted, though none differs by 1 %")
	}
	t.Log(s.English())
}
