package geo

import (
	"math"
	"testing"

	"github.com/twpayne/go-geom"
)

func mustEPSG(t testing.TB, code int) CRS {
	t.Helper()
	c, err := FromEPSG(code)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ringOf closes a list of x, y pairs into a one-ring MultiPolygon.
func ringOf(xy ...float64) *geom.MultiPolygon {
	xy = append(xy, xy[0], xy[1])
	return geom.NewMultiPolygonFlat(geom.XY, xy, [][]int{{len(xy)}})
}

// The five polygons were computed outside this package: the plane areas by the
// shoelace formula, the ellipsoidal ones by the 32号 formula in Python on edges
// densified to 70 m with PROJ 9.1 (etmerc), confirmed by PostGIS
// ST_Area(geography) on the same corners.
var surveyPolygons = []struct {
	name             string
	epsg             int
	ring             []float64
	planar           float64
	cornersOnly      float64
	ellipsoidal      float64
	postgisGeography float64
}{
	{"A 1 km square", 4525, []float64{37415000, 4450000, 37416000, 4450000, 37416000, 4451000, 37415000, 4451000}, 1000000, 999824.303, 999824.300, 999824.300},
	{"B 5 km edges", 4525, []float64{37400000, 4445000, 37405000, 4446000, 37406000, 4450500, 37402000, 4452000, 37399500, 4449000}, 32000000, 31993104.760, 31992530.232, 31992530.256},
	{"C ten mu", 4525, []float64{37415000, 4450000, 37415100, 4450000, 37415100, 4450066.667, 37415000, 4450066.667}, 6666.7, 6665.516, 6665.516, 6665.516},
	{"D 20 km square", 4525, []float64{37375000, 4440000, 37395000, 4440000, 37395000, 4460000, 37375000, 4460000}, 4e8, 399869978.979, 399869515.536, 399869515.534},
	{"E straight in zone 37", 4525, []float64{37372000, 4452000, 37374000, 4452100, 37373800, 4453900, 37372100, 4453700}, 3245000, math.NaN(), 3243711.987, math.NaN()},
	{"E straight in zone 36", 4524, []float64{36627465.2531, 4451990.9631, 36629460.7413, 4452158.4857, 36629200.0209, 4453950.7166, 36627507.7455, 4453693.3691}, 3245028.328, math.NaN(), 3243711.610, math.NaN()},
}

func TestSurveyPolygons(t *testing.T) {
	t.Parallel()
	for _, tt := range surveyPolygons {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := mustEPSG(t, tt.epsg)
			stored, err := ToStore(ringOf(tt.ring...), c)
			if err != nil {
				t.Fatal(err)
			}
			if got := EllipsoidalAreaM2(stored); math.Abs(got-tt.ellipsoidal) > 0.05 {
				t.Errorf("ellipsoidal area %.3f, want %.3f", got, tt.ellipsoidal)
			}
			if got := EllipsoidalAreaM2(stored); math.Abs(got-tt.postgisGeography) > 0.05 {
				t.Errorf("ellipsoidal area %.3f, PostGIS %.3f", got, tt.postgisGeography)
			}
			if got := PlanarAreaM2(stored, c); math.Abs(got-tt.planar) > 0.02 {
				t.Errorf("plane area %.3f, want %.3f", got, tt.planar)
			}
			corners, err := lonLatXY(ringOf(tt.ring...), c)
			if err != nil {
				t.Fatal(err)
			}
			if got := EllipsoidalAreaM2(corners); math.Abs(got-tt.cornersOnly) > 0.05 {
				t.Errorf("corner by corner %.3f, want %.3f", got, tt.cornersOnly)
			}
		})
	}
}
