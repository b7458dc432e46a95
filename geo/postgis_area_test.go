package geo_test

import (
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

const (
	polygons = 10_000
	// areaSQL is the area function of the migrations.
	areaSQL      = `ellipsoidal_area_m2(g)`
	geographySQL = `st_area(g::geography)`
)

// alike is the agreement asked of ways to measure one area: 0.005 m² and 1e-8.
func alike(a, b float64) bool { return math.Abs(a-b) <= 0.005+1e-8*math.Max(a, b) }

// worst keeps the largest disagreement of a comparison, in units of what is
// allowed and as a fraction of the area.
type worst struct{ ofAllowed, relative float64 }

func (w *worst) see(a, b float64) {
	d := math.Abs(a - b)
	w.ofAllowed = math.Max(w.ofAllowed, d/(0.005+1e-8*math.Max(a, b)))
	// Of small areas a fraction says nothing but what 0.005 m² allows.
	if b > 1e6 {
		w.relative = math.Max(w.relative, d/b)
	}
}

// The official sum, the closed form and SQL measure the same trapezoids, so
// they agree on any polygon, edges split or not.
func TestThreeWaysToAnArea(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	all := makePolygons(t, 1, polygons)
	for name, shape := range map[string]func(m made) *geom.MultiPolygon{
		"corner by corner": made.corners,
		"as stored":        func(m made) *geom.MultiPolygon { return m.store(t) },
	} {
		shapes := make([]*geom.MultiPolygon, len(all))
		for i, m := range all {
			shapes[i] = shape(m)
		}
		bySQL := sqlAreasM2(t, pool, areaSQL, shapes)
		var exactly, sql worst
		smallest, largest := math.Inf(1), 0.0
		for i, g := range shapes {
			official, exact := geo.EllipsoidalAreaM2(g), geo.EllipsoidalAreaExactM2(g)
			exactly.see(official, exact)
			sql.see(official, bySQL[i])
			smallest, largest = math.Min(smallest, exact), math.Max(largest, exact)
			if !alike(official, exact) || !alike(official, bySQL[i]) || !alike(exact, bySQL[i]) {
				t.Errorf("%s, %s %d in %s: trapezoid sum %.4f, closed form %.4f, SQL %.4f", name, all[i].shape, i, all[i].crs.Name, official, exact, bySQL[i])
			}
		}
		t.Logf("%s, %.1f m² to %.0f km²: closed form %.2f of what is allowed (%.1e of the area), SQL %.2f (%.1e)",
			name, smallest, largest/1e6, exactly.ofAllowed, exactly.relative, sql.ofAllowed, sql.relative)
	}
}

// polygonsVariable is how many polygons the slow comparison with geography
// takes; the figures of docs/areas.md are of 10,000.
const polygonsVariable = "TAOHE_TEST_POLYGONS"

// Geodesic edges and the edges of trapezoids come together as both are split.
// At MaxEdgeM they are within 5e-6; split until halving them changes nothing of
// the size in question, they agree like the others.
func TestAreaAgainstGeography(t *testing.T) {
	t.Parallel()
	n := 400
	if s := os.Getenv(polygonsVariable); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatalf("%s: %v", polygonsVariable, err)
		}
	}
	pool := pgtest.New(t)
	lonLat, err := geo.FromEPSG(geo.StoreSRID)
	if err != nil {
		t.Fatal(err)
	}
	all := makePolygons(t, 2, n)
	shapes, open := make([]*geom.MultiPolygon, n), make([]int, n)
	for i, m := range all {
		shapes[i], open[i] = m.store(t), i
	}
	ours, theirs := make([]float64, n), make([]float64, n)
	var production, converged worst
	edge := geo.MaxEdgeM
	for ; len(open) > 0; edge /= 2 {
		if edge < 1 {
			t.Fatalf("%d polygons still change at edges of %v m, such as %s %d", len(open), 2*edge, all[open[0]].shape, open[0])
		}
		split := make([]*geom.MultiPolygon, len(open))
		for k, i := range open {
			split[k] = geo.Densify(shapes[i], lonLat, edge)
		}
		var still []int
		for k, geography := range sqlAreasM2(t, pool, geographySQL, split) {
			i := open[k]
			area := geo.EllipsoidalAreaM2(split[k])
			switch {
			case edge == geo.MaxEdgeM:
				production.see(area, geography)
				if math.Abs(area-geography) > 0.005+5e-6*geography {
					t.Errorf("%s %d in %s, edges of 70 m: %.4f, geography %.4f", all[i].shape, i, all[i].crs.Name, area, geography)
				}
				still = append(still, i)
			case alike(area, ours[i]) && alike(geography, theirs[i]):
				converged.see(area, geography)
				if !alike(area, geography) {
					t.Errorf("%s %d in %s, edges of %v m: %.4f, geography %.4f", all[i].shape, i, all[i].crs.Name, edge, area, geography)
				}
			default:
				still = append(still, i)
			}
			ours[i], theirs[i] = area, geography
		}
		open = still
	}
	t.Logf("%d polygons: at 70 m within %.1e; split until steady (%.1f m at the finest) %.2f of what is allowed, %.1e of the area",
		n, production.relative, 2*edge, converged.ofAllowed, converged.relative)
}

// The scale of Gauss–Krüger is nowhere below one, so an ellipsoidal area above
// the plane one of the same ground is a wrong algorithm: always, for edges
// straight in that plane. Beside the central meridian both are so near that the
// chords of 70 m show; finer ones settle it.
func TestPlaneIsNeverSmaller(t *testing.T) {
	t.Parallel()
	var excess float64
	seen, split := 0, 0
	for i, m := range makePolygons(t, 1, polygons) {
		if !m.crs.Projected {
			continue
		}
		seen++
		planar, ellipsoidal := m.planarAreaM2(), geo.EllipsoidalAreaM2(m.store(t))
		excess = math.Max(excess, ellipsoidal/planar-1)
		edge := geo.MaxEdgeM / 2
		// Degrees are rounded to a nanometre, which is what the second term is for.
		allowed := planar*(1+1e-11) + 1e-7
		for ; ellipsoidal > allowed && edge > 0.5; edge /= 2 {
			fine := m
			fine.polygon = geo.Densify(m.polygon, m.crs, edge)
			ellipsoidal = geo.EllipsoidalAreaM2(fine.corners())
			split++
		}
		if ellipsoidal > allowed || excess > 1e-7 {
			t.Errorf("%s %d in %s: ellipsoidal %.9f above plane %.9f", m.shape, i, m.crs.Name, ellipsoidal, planar)
		}
	}
	t.Logf("%d polygons; at 70 m largest excess %.1e, gone after %d splits", seen, excess, split)
	if seen < polygons/3 {
		t.Errorf("only %d polygons in a plane", seen)
	}
}
