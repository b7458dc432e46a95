package made

import (
	"fmt"
	"math"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
)

// middle is the place in the middle of a part of the sheet.
func (s sheet) middle(r *random, i, across, down int) place {
	u := float64(s.west) + (float64(i%across)+r.between(0.35, 0.65))*float64(s.columns)/float64(across)
	v := float64(s.south) + (float64(i/across)+r.between(0.35, 0.65))*float64(s.rows)/float64(down)
	lon, lat := lonLat(u, v)
	return place{lon, lat}
}

// perCounty is how many of a thing there are that a full county has some of.
func (s sheet) perCounty(of int) int {
	return max(1, int(math.Round(float64(of*s.columns*s.rows)*parcelsPerCell/300_000)))
}

var protectedCategories = []string{"nature_reserve", "forest_park", "nature_reserve", "geopark", "wetland_park", "grassland_park", "desert_park", "scenic_area"}

// protectedAreas are eight to a full county, each of 50,000 to 100,000 vertices
// with its holes; of a county of few parcels one, with a tenth of them.
func protectedAreas(seed, county int, s sheet) ([][]any, error) {
	n := s.perCounty(8)
	across := int(math.Ceil(math.Sqrt(2 * float64(n))))
	down := (n + across - 1) / across
	share := math.Min(1, math.Max(0.1, float64(s.columns*s.rows)*parcelsPerCell/30_000))
	var out [][]any
	for i := range n {
		r := randomOf(seed, forProtected, county, i)
		at := s.middle(&r, i, across, down)
		room := cellM * math.Min(float64(s.columns)/float64(across), float64(s.rows)/float64(down))
		b := blob{at, room * r.between(0.25, 0.4), seed + 50_021*county + 613*i, int(share * r.between(42_000, 88_000))}
		holes := b.holes(4+r.below(9), int(share*r.between(600, 1200)))
		mp, err := dense(append([][]float64{b.outline()}, holes...)...)
		if err != nil {
			return nil, err
		}
		category := protectedCategories[i%len(protectedCategories)]
		var level, zone any
		if category == "nature_reserve" {
			level, zone = "国家级", one(&r, "core", "buffer", "experimental")
		}
		out = append(out, []any{mp, fmt.Sprintf("示例保护区%d-%d", county+1, i+1), category, level, zone, nil})
	}
	return out, nil
}

// waterSources are six to a full county: a zone of the first grade, around it
// one of the second, and one that is not yet a zone but half overlaps it.
func waterSources(seed, county int, s sheet) ([][]any, error) {
	n := s.perCounty(6)
	across := int(math.Ceil(math.Sqrt(2 * float64(n))))
	down := (n + across - 1) / across
	var out [][]any
	add := func(name, grade string, rings ...[]float64) error {
		mp, err := dense(rings...)
		out = append(out, []any{mp, name, grade, nil})
		return err
	}
	for i := range n {
		r := randomOf(seed, forWater, county, i)
		at := s.middle(&r, i, across, down)
		radius := r.between(2200, 4000) * math.Min(1, float64(s.rows)*cellM/15_000)
		outer := blob{at, radius, seed + 90_001*county + 811*i, 1500 + r.below(1500)}
		inner := blob{at, radius * 0.3, seed + 90_001*county + 811*i + 5, 300 + r.below(300)}
		quasi := blob{at.towards(r.between(0, 2*math.Pi), radius), radius * 0.8, seed + 90_001*county + 811*i + 9, 800}
		name := fmt.Sprintf("示例水源地%d-%d", county+1, i+1)
		for _, err := range []error{
			add(name, "1", inner.outline()),
			add(name, "2", outer.outline(), inner.outline()),
			add(name, "quasi", quasi.outline()),
		} {
			if err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// loners are pits of nobody, in the corners between the mines' grounds: one for
// every fifty mines.
func loners(seed, county int, s sheet, mines int) ([][]any, error) {
	var out [][]any
	for i := range (mines + 49) / 50 {
		r := randomOf(seed, forLoner, county, i)
		u := float64(s.west) + r.between(0.02, 0.98)*float64(s.columns)
		v := float64(s.south) + r.between(0.005, 0.01)*float64(s.rows)
		lon, lat := lonLat(u, v)
		b := blob{place{lon, lat}, r.between(80, 200), seed + 70_001*county + 409*i, 60 + r.below(200)}
		mp, err := dense(b.outline())
		if err != nil {
			return nil, err
		}
		out = append(out, []any{mp, fmt.Sprintf("WZ%d-%d", county+1, i+1), imagedSecond, "pit", nil, "高分一号", nil, nil, nil, nil, nil, nil})
	}
	return out, nil
}

// A footprint is the ground an image shows; nil is the whole county.
type footprint struct {
	imagedOn taohe.Date
	ground   *geom.MultiPolygon
}

func footprints(s sheet) ([]footprint, error) {
	west, err := box(s.west, s.south, int(math.Round(newestShare*float64(s.columns))), s.rows)
	return []footprint{{imagedFirst, nil}, {imagedSecond, nil}, {imagedNewest, west}}, err
}
