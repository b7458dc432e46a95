package made

import (
	"fmt"
	"iter"
	"math"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
)

// The two surveys of a county: forestry speaks of its western part, the land
// survey of the rest and of a strip of forestry's. What is settled or ploughed
// is neither forest nor grassland, and forestry takes some ground for both.
const (
	forestryShare   = 0.6
	landSurveyFrom  = 0.5
	settledShare    = 0.08
	bothShare       = 0.04
	parcelsPerCell  = (forestryShare*(1+bothShare) + 1 - landSurveyFrom) * (1 - settledShare)
	forestThreshold = 0.5
)

// A survey is one source's tiling of a county. Its lattice is its own, so that
// the outlines of two surveys never agree.
type survey struct {
	seed, lattice int
	source        string
	sheet         sheet
}

func surveysOf(seed int, s sheet) []survey {
	forestry, land := s, s
	forestry.columns = int(math.Round(forestryShare * float64(s.columns)))
	skipped := int(math.Round(landSurveyFrom * float64(s.columns)))
	land.west, land.columns = s.west+skipped, s.columns-skipped
	return []survey{{seed, 0, "forestry", forestry}, {seed, 1, "land_survey", land}}
}

// parcels are the survey's rows of a layer.
func (s survey) parcels(layer taohe.Layer) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		var flat []float64
		for j := s.sheet.south; j < s.sheet.south+s.sheet.rows; j++ {
			for i := s.sheet.west; i < s.sheet.west+s.sheet.columns; i++ {
				r := randomOf(s.seed, s.lattice, forCell, i, j)
				if !s.has(layer, &r, i, j) {
					continue
				}
				flat = s.outline(flat[:0], i, j)
				mp := geom.NewMultiPolygonFlat(geom.XY, flat, [][]int{{len(flat)}})
				if !yield(s.row(layer, &r, mp, i, j), nil) {
					return
				}
			}
		}
	}
}

// has says whether a cell is a parcel of the layer.
func (s survey) has(layer taohe.Layer, r *random, i, j int) bool {
	x, y := float64(i), float64(j)
	both, settled := r.chance(bothShare), r.float()
	// Villages are places, not single parcels.
	if settled < 2*settledShare*noise(s.seed, forSettlement, x/9, y/9) {
		return false
	}
	forest := noise(s.seed, forVegetation, x/14, y/14) > forestThreshold
	return (layer == taohe.LayerForest) == forest || both && s.source == "forestry"
}

var landCodes = map[string]map[taohe.Layer][]string{
	"forestry": {
		taohe.LayerForest:    {"乔木林地", "灌木林地", "疏林地", "未成林造林地", "宜林地"},
		taohe.LayerGrassland: {"天然草原", "人工草地", "退化草原"},
	},
	"land_survey": {
		taohe.LayerForest:    {"0301", "0302", "0305", "0307"},
		taohe.LayerGrassland: {"0401", "0403", "0404"},
	},
}

func (s survey) row(layer taohe.Layer, r *random, mp *geom.MultiPolygon, i, j int) []any {
	owner := one(r, "国有土地所有权", "集体土地所有权", "集体土地所有权")
	var grade any
	if r.chance(0.4) {
		grade = one(r, "一级", "二级", "三级")
	}
	extra := fmt.Sprintf(`{"BSM":"1599%014d","XZQMC":"示例苏木%d"}`, (s.lattice*1_000_000+j)*1_000_000+i, (i/80+j/80)%17)
	return []any{mp, one(r, landCodes[s.source][layer]...), owner, grade, extra}
}

// outline appends the ring of a cell. Edges are those of the lattice, so that
// neighbours have every vertex between them in common.
func (s survey) outline(flat []float64, i, j int) []float64 {
	flat = s.edge(flat, forEdgeEast, i, j, false)
	flat = s.edge(flat, forEdgeNorth, i+1, j, false)
	flat = s.edge(flat, forEdgeEast, i, j+1, true)
	flat = s.edge(flat, forEdgeNorth, i, j, true)
	return append(flat, flat[0], flat[1])
}

// corner is where four cells meet.
func (s survey) corner(i, j int) (u, v float64) {
	r := randomOf(s.seed, s.lattice, forCorner, i, j)
	return float64(i) + r.between(-0.15, 0.15), float64(j) + r.between(-0.15, 0.15)
}

// edge appends the edge of the lattice that begins in corner (i, j), without its
// last point; or, walked backwards, without its first. It winds to both sides
// of the straight line, at most a third as far as the nearer end is away: as
// the corners of a cell have over 44°, no two edges meet but in them.
func (s survey) edge(flat []float64, way, i, j int, backwards bool) []float64 {
	r := randomOf(s.seed, s.lattice, way, i, j)
	u0, v0 := s.corner(i, j)
	ei, ej := i+1, j
	if way == forEdgeNorth {
		ei, ej = i, j+1
	}
	u1, v1 := s.corner(ei, ej)
	points := 18 + r.below(15)
	wide, narrow := r.between(-0.05, 0.05), r.between(-0.02, 0.02)
	waves, phase := r.between(1, 4), r.between(0, 2*math.Pi)
	start := len(flat)
	for k := range points + 1 {
		t := float64(k) / float64(points+1)
		off := 4 * t * (1 - t) * (wide*math.Sin(math.Pi*waves*t+phase) + narrow*math.Sin(3*math.Pi*waves*t) + r.between(-0.008, 0.008))
		u, v := u0+(u1-u0)*t, v0+(v1-v0)*t
		if way == forEdgeNorth {
			u += off
		} else {
			v += off
		}
		lon, lat := lonLat(u, v)
		flat = append(flat, lon, lat)
	}
	if !backwards {
		return flat
	}
	lon, lat := lonLat(u1, v1)
	flat = append(flat, lon, lat)
	reversePoints(flat[start:])
	return flat[:len(flat)-2]
}

func reversePoints(flat []float64) {
	for i, j := 0, len(flat)-2; i < j; i, j = i+2, j-2 {
		flat[i], flat[i+1], flat[j], flat[j+1] = flat[j], flat[j+1], flat[i], flat[i+1]
	}
}

// coverage is the ground forestry speaks of: a rectangle over its cells. Their
// winding outlines leave it a little here and stay behind it there, as those of
// real surveys do.
func (s survey) coverage() (*geom.MultiPolygon, error) {
	return box(s.sheet.west, s.sheet.south, s.sheet.columns, s.sheet.rows)
}

// box is the ground of some cells, if their edges were straight.
func box(west, south, columns, rows int) (*geom.MultiPolygon, error) {
	w, so := lonLat(float64(west), float64(south))
	e, n := lonLat(float64(west+columns), float64(south+rows))
	return dense([]float64{w, so, e, so, e, n, w, n, w, so})
}

// dense is a polygon of rings with edges of at most 70 m.
func dense(rings ...[]float64) (*geom.MultiPolygon, error) {
	c, err := geo.FromEPSG(geo.StoreSRID)
	if err != nil {
		return nil, err
	}
	return geo.ToStore(polygon(rings...), c)
}

// polygon is a polygon of rings, the first of them its outline.
func polygon(rings ...[]float64) *geom.MultiPolygon {
	var flat []float64
	var ends []int
	for _, r := range rings {
		flat = append(flat, r...)
		ends = append(ends, len(flat))
	}
	return geom.NewMultiPolygonFlat(geom.XY, flat, [][]int{ends})
}

// Parcels are outlines of a survey's parcels, side by side, as many as are asked
// for, and the box they lie in.
func Parcels(seed, n int) ([]*geom.MultiPolygon, geo.Extent) {
	side := int(math.Ceil(math.Sqrt(float64(n))))
	s := survey{seed: seed, source: "land_survey", sheet: sheet{0, 0, side, side}}
	out := make([]*geom.MultiPolygon, n)
	for i := range out {
		flat := s.outline(nil, i%side, i/side)
		out[i] = geom.NewMultiPolygonFlat(geom.XY, flat, [][]int{{len(flat)}})
	}
	west, south := lonLat(0, 0)
	east, north := lonLat(float64(side), float64(side))
	return out, geo.Extent{West: west, South: south, East: east, North: north}
}
