package geo_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

// Splitting, transformation and area in Go against
// ST_Transform(ST_Segmentize(g, 70), 4490) in PostGIS, point by point.
func TestToStoreAgainstPostGIS(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	var worstDeg, worstRelative float64
	seen := 0
	for i, m := range makePolygons(t, 3, 1000) {
		if !m.crs.Projected || m.crs.EPSG == 0 {
			continue
		}
		seen++
		text, err := ewkb.Marshal(m.polygon.SetSRID(m.crs.EPSG), ewkb.NDR)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := pool.Query(t.Context(), `
			select st_asewkb(g) as shape, ellipsoidal_area_m2(g) as m2
			from (select st_transform(st_segmentize(st_geomfromewkb($1), $2::float8), 4490) as g) made`, text, geo.MaxEdgeM)
		if err != nil {
			t.Fatal(err)
		}
		type answer struct {
			Shape []byte
			M2    float64
		}
		theirs, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[answer])
		if err != nil {
			t.Fatal(err)
		}
		g, err := ewkb.Unmarshal(theirs.Shape)
		if err != nil {
			t.Fatal(err)
		}
		stored := m.store(t)
		want, got := g.(*geom.MultiPolygon).FlatCoords(), stored.FlatCoords()
		if len(got) != len(want) {
			t.Errorf("%s %d in %s: %d points, PostGIS %d", m.shape, i, m.crs.Name, len(got)/2, len(want)/2)
			continue
		}
		for k := range got {
			worstDeg = math.Max(worstDeg, math.Abs(got[k]-want[k]))
		}
		area := geo.EllipsoidalAreaM2(stored)
		worstRelative = math.Max(worstRelative, math.Max(0, math.Abs(area-theirs.M2)-1e-6)/area)
	}
	t.Logf("%d polygons: points within %.1e°, areas within 1e-6 m² + %.1e", seen, worstDeg, worstRelative)
	if seen < 400 || worstDeg > 1e-12 || worstRelative > 1e-9 {
		t.Errorf("%d polygons: points %.3g° apart, areas %.3g", seen, worstDeg, worstRelative)
	}
}

// Two neighbours, each from a file of its own, walk their common edge in
// opposite directions and begin anywhere on their rings. Stored, they have the
// same points along it bit for bit.
func TestNeighboursShareTheirEdge(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 8))
	lonLat, err := geo.FromEPSG(geo.StoreSRID)
	if err != nil {
		t.Fatal(err)
	}
	long := 0
	for range 3000 {
		c, perM := geo.GaussKruger3Degree(73.5+62*rng.Float64()), 1.0
		x, y := c.Forward(c.CentralMeridianDeg+3*rng.Float64()-1.5, 3+50*rng.Float64())
		if rng.IntN(2) == 0 {
			x, y = c.Inverse(x, y)
			c, perM = lonLat, 1e-5
		}
		length := perM * math.Exp(12*rng.Float64()) // 1 m to 160 km
		sin, cos := math.Sincos(2 * math.Pi * rng.Float64())
		p, q := []float64{x, y}, []float64{x + length*cos, y + length*sin}
		left := []float64{(p[0]+q[0])/2 - 0.3*length*sin, (p[1]+q[1])/2 + 0.3*length*cos}
		right := []float64{(p[0]+q[0])/2 + 0.2*length*sin, (p[1]+q[1])/2 - 0.2*length*cos}
		here := alongEdge(t, c, [][]float64{p, q, left}, rng.IntN(3))
		there := alongEdge(t, c, [][]float64{q, p, right}, rng.IntN(3))
		if len(here) != len(there) {
			t.Errorf("%s, edge of %v: %d and %d points", c.Name, length, len(here), len(there))
			continue
		}
		for i, point := range here {
			if other := there[len(there)-1-i]; point != other {
				t.Errorf("%s, edge of %v: %v on one side, %v on the other", c.Name, length, point, other)
				break
			}
		}
		if len(here) > 10 {
			long++
		}
	}
	if long < 500 {
		t.Errorf("only %d edges were split into more than ten", long)
	}
}

// alongEdge stores a triangle whose ring begins at the given corner and returns
// the points from its first named corner to its second.
func alongEdge(t *testing.T, c geo.CRS, corners [][]float64, begin int) [][2]float64 {
	t.Helper()
	turned := slices.Concat(corners[begin:], corners[:begin], corners[begin:begin+1])
	flat := slices.Concat(turned...)
	stored, err := geo.ToStore(geom.NewMultiPolygonFlat(geom.XY, flat, [][]int{{len(flat)}}), c)
	if err != nil {
		t.Fatal(err)
	}
	fromLon, fromLat := c.Inverse(corners[0][0], corners[0][1])
	toLon, toLat := c.Inverse(corners[1][0], corners[1][1])
	ring := stored.FlatCoords()
	n := len(ring)/2 - 1
	at := func(i int) [2]float64 { return [2]float64{ring[2*(i%n)], ring[2*(i%n)+1]} }
	for start := range n {
		if at(start) != [2]float64{fromLon, fromLat} {
			continue
		}
		var along [][2]float64
		for i := start; i <= start+n; i++ {
			along = append(along, at(i))
			if at(i) == [2]float64{toLon, toLat} {
				return along
			}
		}
	}
	t.Fatalf("%s: corner %v is not among the stored points", c.Name, corners[0])
	return nil
}
