package report

import (
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"
)

// feature is a GeoJSON feature; orb's own type keeps properties in a map, and
// the order of a document must not change from run to run.
type feature struct {
	Type       string          `json:"type"`
	Geometry   json.RawMessage `json:"geometry"`
	Properties any             `json:"properties"`
}

// WriteGeoJSON writes a mine's report as a GeoJSON feature collection (RFC
// 7946; coordinates are CGCS2000, which agrees with WGS 84 to better than a
// metre): the licence plane, the approvals, the parts of the ground account,
// the findings, the unconfirmed patches. Its role tells what a feature is.
func WriteGeoJSON(w io.Writer, m *Mine) error {
	var features []feature
	add := func(shape []byte, properties any) error {
		geometry, err := geometryJSON(shape)
		if err != nil {
			return err
		}
		features = append(features, feature{"Feature", geometry, properties})
		return nil
	}
	type role struct {
		Role  string `json:"role"`
		Title string `json:"title"`
	}
	if err := add(m.Shapes.Licence, struct {
		role
		Identity
	}{role{"licence", "采矿权"}, m.Mine}); err != nil {
		return err
	}
	for i, a := range m.Approvals {
		if err := add(m.Shapes.Approved[i], struct {
			role
			Approval
		}{role{"approval", a.KindTitle}, a}); err != nil {
			return err
		}
	}
	for _, p := range m.Shapes.Parts {
		if err := add(p.EWKB, struct {
			role
			Class           string `json:"class"`
			Kind            string `json:"kind"`
			ImagedOn        string `json:"imaged_on"`
			FirstSeenOn     string `json:"first_seen_on"`
			WithinTolerance bool   `json:"within_tolerance"`
			Area
		}{role{"ground_part", Word(p.Class)}, p.Class, p.Kind, p.ImagedOn.String(), p.FirstSeenOn.String(), p.WithinTolerance, p.Area}); err != nil {
			return err
		}
	}
	for i, f := range m.Findings {
		f.Citations = nil
		if err := add(m.Shapes.Findings[i], struct {
			Role string `json:"role"`
			Finding
		}{"finding", f}); err != nil {
			return err
		}
	}
	for i, p := range m.Unconfirmed {
		if err := add(m.Shapes.Patches[i], struct {
			role
			Patch
		}{role{"unconfirmed_patch", p.KindTitle}, p}); err != nil {
			return err
		}
	}
	return json.NewEncoder(w).Encode(struct {
		Type     string    `json:"type"`
		Surface  string    `json:"surface"`
		Run      Run       `json:"run"`
		Features []feature `json:"features"`
	}{"FeatureCollection", m.Surface, m.Run, features})
}

// geometryJSON writes a shape with nine decimals, 0.1 mm: RFC 7946 §11.2 warns
// of more, and fewer would show in the areas.
func geometryJSON(shape []byte) (json.RawMessage, error) {
	if len(shape) == 0 {
		return json.RawMessage("null"), nil
	}
	g, _, err := ewkb.Unmarshal(shape)
	if err != nil {
		return nil, fmt.Errorf("geojson: %w", err)
	}
	switch g := g.(type) {
	case orb.Polygon:
		roundPolygon(g)
		return marshalGeometry("Polygon", g)
	case orb.MultiPolygon:
		for _, p := range g {
			roundPolygon(p)
		}
		return marshalGeometry("MultiPolygon", g)
	}
	return nil, fmt.Errorf("geojson: unexpected %s", g.GeoJSONType())
}

func marshalGeometry(kind string, coordinates any) (json.RawMessage, error) {
	return json.Marshal(struct {
		Type        string `json:"type"`
		Coordinates any    `json:"coordinates"`
	}{kind, coordinates})
}

// roundPolygon also turns rings the way RFC 7946 wants them: shells
// counter-clockwise, holes clockwise.
func roundPolygon(p orb.Polygon) {
	for i, r := range p {
		for j := range r {
			r[j][0], r[j][1] = math.Round(r[j][0]*1e9)/1e9, math.Round(r[j][1]*1e9)/1e9
		}
		if want := orb.CCW; len(r) > 3 && (i == 0) != (r.Orientation() == want) {
			r.Reverse()
		}
	}
}

// WriteJSON writes a mine's report as JSON, indented, ending in a newline.
func WriteJSON(w io.Writer, m *Mine) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(m)
}
