package sample

import (
	"bytes"
	"io/fs"
	"math"
	"slices"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe/geo"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

func TestFolderIsWhatTheGeneratorWrites(t *testing.T) {
	t.Parallel()
	files, err := New().Files()
	if err != nil {
		t.Fatal(err)
	}
	made, total := map[string]bool{}, 0
	for _, f := range files {
		made[f.Name] = true
		total += len(f.Data)
		kept, err := fs.ReadFile(sampledata.FS, f.Name)
		if err != nil {
			t.Errorf("%s is not in the folder: %v", f.Name, err)
			continue
		}
		if !bytes.Equal(kept, f.Data) {
			t.Errorf("%s differs from what the generator writes; run go run ./internal/sample/mksample -out sample-data", f.Name)
		}
	}
	kept, err := fs.ReadDir(sampledata.FS, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range kept {
		if !made[e.Name()] {
			t.Errorf("%s is in the folder, and the generator does not write it", e.Name())
		}
	}
	if total > 5<<20 {
		t.Errorf("%d bytes in all, want less than 5 MB", total)
	}
}

func TestTwoCountiesAreOne(t *testing.T) {
	t.Parallel()
	first, err := New().Files()
	if err != nil {
		t.Fatal(err)
	}
	second, err := New().Files()
	if err != nil {
		t.Fatal(err)
	}
	for i := range first {
		if !bytes.Equal(first[i].Data, second[i].Data) {
			t.Errorf("%s differs from one run to the next", first[i].Name)
		}
	}
}

// The shapes as written, carried back to longitude and latitude and measured by
// the national trapezoid formula, have the area of the closed form.
func TestWrittenShapesKeepTheirArea(t *testing.T) {
	t.Parallel()
	c := New()
	check := func(name string, p plane, r Region) {
		mp, err := p.project(r)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		crs, err := geo.FromEPSG(p.epsg)
		if err != nil {
			t.Fatal(err)
		}
		lonLat, err := geo.ToStore(mp, crs)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		if got, want := geo.EllipsoidalAreaM2(lonLat), r.AreaM2(); math.Abs(got-want) > 0.5 {
			t.Errorf("%s: %.4f m² by trapezoids, %.4f m² in closed form", name, got, want)
		}
		insideCounty(t, name, lonLat)
		shortEdges(t, name, mp)
	}
	for _, m := range c.Mines {
		check(m.Name, zone37, m.Plane())
		if !m.want.ground().Empty() {
			check(m.Name+" ground", cm111, m.want.ground())
		}
	}
	for _, a := range c.Approvals {
		check(a.No, cm108, a.Ground)
	}
	for _, p := range c.Patches {
		check(p.No, cm111, p.Ground)
	}
	for _, z := range c.Protected {
		check(z.Name, zone36, z.Ground)
	}
	for _, z := range c.Forest {
		check("forest "+z.Code, zone37, z.Ground)
	}
	for _, z := range slices.Concat(c.Water, c.Grassland) {
		checkLonLat(t, z.Name+z.Code, z.Ground)
	}
	for _, d := range c.Townships {
		checkLonLat(t, d.Name, d.Ground)
	}
}

// checkLonLat is for the layers that are written in longitude and latitude.
func checkLonLat(t *testing.T, name string, r Region) {
	t.Helper()
	mp, err := r.multiPolygon(func(lon, lat float64) (x, y float64) { return lon, lat })
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if got, want := geo.EllipsoidalAreaM2(mp), r.AreaM2(); math.Abs(got-want) > 0.5 {
		t.Errorf("%s: %.4f m² by trapezoids, %.4f m² in closed form", name, got, want)
	}
	insideCounty(t, name, mp)
}

func insideCounty(t *testing.T, name string, lonLat *geom.MultiPolygon) {
	t.Helper()
	const rounding = 1e-8
	b := lonLat.Bounds()
	if b.Min(0) < countyWest/1e6-rounding || b.Max(0) > countyEast/1e6+rounding ||
		b.Min(1) < countySouth/1e6-rounding || b.Max(1) > countyNorth/1e6+rounding {
		t.Errorf("%s leaves the county: %v", name, b)
	}
}

func shortEdges(t *testing.T, name string, plane *geom.MultiPolygon) {
	t.Helper()
	for i := range plane.NumPolygons() {
		p := plane.Polygon(i)
		for j := range p.NumLinearRings() {
			at := p.LinearRing(j).Coords()
			for k := 1; k < len(at); k++ {
				if d := math.Hypot(at[k][0]-at[k-1][0], at[k][1]-at[k-1][1]); d > 50 {
					t.Errorf("%s has an edge of %.1f m", name, d)
				}
			}
		}
	}
}
