package geo_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe/geo"
)

// A made polygon is straight-edged in the coordinates of crs: longitude and
// latitude, or the 3° plane it lies in.
type made struct {
	polygon *geom.MultiPolygon
	crs     geo.CRS
	shape   string
}

// makePolygons gives n polygons of 10 m² to 5,000 km², evenly over the powers
// of ten, anywhere from 73 to 135°E and 3 to 54°N: stars, stars with holes,
// several parts, strips up to a thousand times as long as wide.
func makePolygons(t testing.TB, seed uint64, n int) []made {
	t.Helper()
	lonLat, err := geo.FromEPSG(geo.StoreSRID)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(seed, seed))
	all := make([]made, n)
	for i := range all {
		all[i] = makePolygon(rng, lonLat, i)
	}
	return all
}

func makePolygon(rng *rand.Rand, lonLat geo.CRS, i int) made {
	m := made{crs: lonLat}
	var rings [][][]float64 // polygons of rings, in units of their own
	switch i % 4 {
	case 0:
		m.shape, rings = "star", [][][]float64{{star(rng, 0, 0, 1, false)}}
	case 1:
		m.shape, rings = "star with holes", [][][]float64{{star(rng, 0, 0, 1, false)}}
		for k := range 1 + rng.IntN(3) {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) / 3)
			rings[0] = append(rings[0], star(rng, 0.3*cos, 0.3*sin, 0.12, true))
		}
	case 2:
		m.shape = "parts"
		for k := range 2 + rng.IntN(4) {
			rings = append(rings, [][]float64{star(rng, 3*float64(k), 0, 1, false)})
		}
	default:
		m.shape, rings = "strip", [][][]float64{{strip(rng, math.Exp(math.Log(10)+math.Log(100)*rng.Float64()))}}
	}
	areaM2 := math.Exp(math.Log(10) + math.Log(5e8)*rng.Float64())
	scale := math.Sqrt(areaM2 / shoelace(rings))
	if m.shape == "strip" { // none longer than 200 km
		scale = math.Min(scale, 2e5)
	}
	lon, lat := 73+62*rng.Float64(), 3+51*rng.Float64()
	sin, cos := math.Sincos(2 * math.Pi * rng.Float64())
	x0, y0, perX, perY := lon, lat, 1/(111_320*math.Cos(lat*math.Pi/180)), 1/110_950.0
	if i%8 >= 4 {
		m.crs = geo.GaussKruger3Degree(lon)
		x0, y0 = m.crs.Forward(lon, lat)
		perX, perY = 1, 1
	}
	m.polygon = geom.NewMultiPolygon(geom.XY)
	var flat []float64
	var endss [][]int
	for _, polygon := range rings {
		var ends []int
		for _, ring := range polygon {
			for j := 0; j < len(ring); j += 2 {
				u, v := ring[j]*scale, ring[j+1]*scale
				flat = append(flat, x0+(u*cos-v*sin)*perX, y0+(u*sin+v*cos)*perY)
			}
			ends = append(ends, len(flat))
		}
		endss = append(endss, ends)
	}
	m.polygon = geom.NewMultiPolygonFlat(geom.XY, flat, endss)
	return m
}

// star is a closed ring around (x, y), counter-clockwise unless a hole.
func star(rng *rand.Rand, x, y, radius float64, hole bool) []float64 {
	n := 3 + rng.IntN(40)
	ring := make([]float64, 0, 2*n+2)
	for i := range n {
		angle := 2 * math.Pi * float64(i) / float64(n)
		if hole {
			angle = -angle
		}
		sin, cos := math.Sincos(angle)
		r := radius * (0.6 + 0.4*rng.Float64())
		ring = append(ring, x+r*cos, y+r*sin)
	}
	return append(ring, ring[0], ring[1])
}

// strip is a wavy band of length 1 and the given ratio of length to width,
// cut at random lengths.
func strip(rng *rand.Rand, ratio float64) []float64 {
	n := 2 + rng.IntN(15)
	middle := make([]float64, n)
	for i := range middle {
		middle[i] = 0.05 * rng.Float64()
	}
	var ring []float64
	for i := range n {
		ring = append(ring, float64(i)/float64(n-1), middle[i]-0.5/ratio)
	}
	for i := n - 1; i >= 0; i-- {
		ring = append(ring, float64(i)/float64(n-1), middle[i]+0.5/ratio)
	}
	return append(ring, ring[0], ring[1])
}

// shoelace is the plane area of polygons whose holes run the other way.
func shoelace(polygons [][][]float64) float64 {
	var sum float64
	for _, rings := range polygons {
		for _, r := range rings {
			for i := 2; i < len(r); i += 2 {
				sum += (r[i-2]-r[0])*(r[i+1]-r[1]) - (r[i]-r[0])*(r[i-1]-r[1])
			}
		}
	}
	return sum / 2
}

// corners carries the corners of m to longitude and latitude and nothing in
// between.
func (m made) corners() *geom.MultiPolygon {
	out := m.polygon.Clone()
	flat := out.FlatCoords()
	for i := 0; i < len(flat); i += 2 {
		flat[i], flat[i+1] = m.crs.Inverse(flat[i], flat[i+1])
	}
	return out.SetSRID(geo.StoreSRID)
}

// planarAreaM2 is the area in the plane of a projected m.
func (m made) planarAreaM2() float64 {
	var polygons [][][]float64
	flat, start := m.polygon.FlatCoords(), 0
	for _, ends := range m.polygon.Endss() {
		var rings [][]float64
		for _, end := range ends {
			rings = append(rings, flat[start:end])
			start = end
		}
		polygons = append(polygons, rings)
	}
	return shoelace(polygons)
}

func (m made) store(t testing.TB) *geom.MultiPolygon {
	t.Helper()
	stored, err := geo.ToStore(m.polygon, m.crs)
	if err != nil {
		t.Fatalf("%s in %s: %v", m.shape, m.crs.Name, err)
	}
	return stored
}
