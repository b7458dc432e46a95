package ingest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
)

// wholeCounty is how a sender says that all ground of the county's mines was
// interpreted.
const wholeCounty = "whole-county"

// ParseFootprint reads a footprint as senders write one: "whole-county" for
// every date of the file, "2021-06-30=whole-county", or "2021-06-30=" and a
// GeoJSON polygon as ParseGround takes it.
func ParseFootprint(s string) (Footprint, error) {
	if strings.TrimSpace(s) == wholeCounty {
		return Footprint{}, nil
	}
	day, ground, found := strings.Cut(s, "=")
	if !found {
		return Footprint{}, errors.New("footprint: want whole-county, DATE=whole-county or DATE={GeoJSON polygon}")
	}
	date, err := taohe.ParseDate(strings.TrimSpace(day))
	if err != nil {
		return Footprint{}, fmt.Errorf("footprint: %w", err)
	}
	if strings.TrimSpace(ground) == wholeCounty {
		return Footprint{ImagedOn: date}, nil
	}
	mp, err := ParseGround([]byte(ground))
	if err != nil {
		return Footprint{}, fmt.Errorf("footprint: %w", err)
	}
	return Footprint{ImagedOn: date, Ground: mp}, nil
}

// ParseGround reads a GeoJSON Polygon or MultiPolygon, a Feature of one, or a
// collection of such features, in
// degrees of longitude and latitude (RFC 7946; taken as EPSG:4490). Heights are
// dropped. Rings that do not close, have fewer than four positions, or leave
// the globe are errors.
func ParseGround(text []byte) (*geom.MultiPolygon, error) { return parseGround(text, false) }

func parseGround(text []byte, insideFeature bool) (*geom.MultiPolygon, error) {
	var g struct {
		Type        string            `json:"type"`
		Coordinates json.RawMessage   `json:"coordinates"`
		Geometry    json.RawMessage   `json:"geometry"`
		Features    []json.RawMessage `json:"features"`
	}
	if err := json.Unmarshal(text, &g); err != nil {
		return nil, fmt.Errorf("ground: not GeoJSON: %w", err)
	}
	var polygons [][][][]float64
	switch g.Type {
	case "FeatureCollection":
		if insideFeature {
			return nil, errors.New("ground: a collection inside a feature")
		}
		return collectGround(g.Features)
	case "Feature":
		if insideFeature {
			return nil, errors.New("ground: a feature inside a feature")
		}
		return parseGround(g.Geometry, true)
	case "Polygon":
		polygons = make([][][][]float64, 1)
		if err := json.Unmarshal(g.Coordinates, &polygons[0]); err != nil {
			return nil, fmt.Errorf("ground: coordinates: %w", err)
		}
	case "MultiPolygon":
		if err := json.Unmarshal(g.Coordinates, &polygons); err != nil {
			return nil, fmt.Errorf("ground: coordinates: %w", err)
		}
	default:
		return nil, errors.New("ground: want a GeoJSON Polygon or MultiPolygon")
	}
	return groundOf(polygons)
}

// collectGround is the ground of all features of a collection.
func collectGround(features []json.RawMessage) (*geom.MultiPolygon, error) {
	all := geom.NewMultiPolygon(geom.XY)
	for i, text := range features {
		// Depth is bounded: a feature holds a geometry and nothing further.
		mp, err := parseFeature(text)
		if err != nil {
			return nil, fmt.Errorf("feature %d: %w", i+1, err)
		}
		for j := range mp.NumPolygons() {
			if err := all.Push(mp.Polygon(j)); err != nil {
				return nil, fmt.Errorf("feature %d: %w", i+1, err)
			}
		}
	}
	if all.NumPolygons() == 0 {
		return nil, errors.New("ground: no polygon")
	}
	return all, nil
}

func parseFeature(text []byte) (*geom.MultiPolygon, error) {
	var feature struct {
		Type     string          `json:"type"`
		Geometry json.RawMessage `json:"geometry"`
	}
	if err := json.Unmarshal(text, &feature); err != nil {
		return nil, fmt.Errorf("ground: not GeoJSON: %w", err)
	}
	if feature.Type != "Feature" {
		return nil, errors.New("ground: not a feature")
	}
	return parseGround(feature.Geometry, true)
}

func groundOf(polygons [][][][]float64) (*geom.MultiPolygon, error) {
	return groundWithin(polygons, 180, 90)
}

// groundWithin is groundOf for coordinates of any system, of at most that size.
func groundWithin(polygons [][][][]float64, maxX, maxY float64) (*geom.MultiPolygon, error) {
	var flat []float64
	var endss [][]int
	for _, polygon := range polygons {
		var ends []int
		for _, ring := range polygon {
			if len(ring) < 4 {
				return nil, errors.New("ground: a ring has fewer than four positions")
			}
			for _, p := range ring {
				// Written so that NaN is refused too; JSON has none, callers may.
				if len(p) < 2 || !(math.Abs(p[0]) <= maxX && math.Abs(p[1]) <= maxY) {
					return nil, errors.New("ground: a position is not a longitude and latitude, or too large for a plane")
				}
				flat = append(flat, p[0], p[1])
			}
			first, last := ring[0], ring[len(ring)-1]
			if first[0] != last[0] || first[1] != last[1] {
				return nil, errors.New("ground: a ring does not close")
			}
			ends = append(ends, len(flat))
		}
		if len(ends) == 0 {
			return nil, errors.New("ground: a polygon without rings")
		}
		endss = append(endss, ends)
	}
	if len(endss) == 0 {
		return nil, errors.New("ground: no polygon")
	}
	return geom.NewMultiPolygonFlat(geom.XY, flat, endss), nil
}
