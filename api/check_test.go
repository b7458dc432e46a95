package api_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/geo"
)

type checked struct {
	Ground struct {
		M2 float64 `json:"ellipsoidal_area_m2"`
		Mu float64
	}
	Counties []string
	Layers   []struct {
		Layer, Title, Source string
		Inside               struct {
			M2 float64 `json:"ellipsoidal_area_m2"`
		}
		MissingIn []string `json:"missing_in"`
		RowCount  int      `json:"row_count"`
		Rows      []struct {
			Name, Class string
			LicenceNo   string `json:"licence_no"`
			InForce     *bool  `json:"in_force"`
			Inside      struct {
				M2 float64 `json:"ellipsoidal_area_m2"`
			}
		}
	}
}

// of is how much of a layer was met.
func (c checked) of(layer string) (m2 float64) {
	for _, l := range c.Layers {
		if l.Layer == layer {
			m2 += l.Inside.M2
		}
	}
	return m2
}

// near holds a printed area against one by construction, of grounds that went
// out and back with nine decimals.
func near(got, want float64) bool { return math.Abs(got-want) <= math.Max(1, want*1e-6) }

// The licences of the sample county, drawn, lie in protected areas and water
// sources by as much as they were constructed to.
func TestCheckSampleCounty(t *testing.T) {
	t.Parallel()
	s, _, _, _ := startWithRun(t)
	var expected struct {
		Mines []struct {
			LicenceNo string `json:"licence_no"`
			Findings  []struct {
				Rule string
				M2   float64 `json:"ellipsoidal_area_m2"`
			}
		}
	}
	if err := json.Unmarshal(sampleFile(t, "expected.json"), &expected); err != nil {
		t.Fatal(err)
	}
	tried := map[string]int{}
	for _, mine := range expected.Mines {
		layers := map[string]float64{"protected_area": 0, "water_source": 0}
		for _, f := range mine.Findings {
			for layer := range layers {
				if f.Rule == "licence_in_"+layer {
					layers[layer] = f.M2
					tried[layer]++
				}
			}
		}
		var shapes struct {
			Features []struct {
				Geometry   json.RawMessage
				Properties struct {
					Role        string
					LicenceArea struct {
						M2 float64 `json:"ellipsoidal_area_m2"`
					} `json:"licence_area"`
				}
			}
		}
		if err := json.Unmarshal(s.get("/v1/mines/"+mine.LicenceNo+"/report?format=geojson").body, &shapes); err != nil {
			t.Fatal(err)
		}
		licence := shapes.Features[0]
		got := want[checked](t, s.send("POST", "/v1/check", `{"as_of":"2022-05-31","geojson":`+string(licence.Geometry)+`}`), http.StatusOK)
		for layer, m2 := range layers {
			if !near(got.of(layer), m2) {
				t.Errorf("%s: %v m² of %s, want %v", mine.LicenceNo, got.of(layer), layer, m2)
			}
		}
		whole := licence.Properties.LicenceArea.M2
		if licence.Properties.Role != "licence" || !near(got.Ground.M2, whole) || !near(got.of("division"), whole) || !near(got.of("mining_right"), whole) {
			t.Errorf("%s: ground %v, divisions %v, licences %v, want %v", mine.LicenceNo, got.Ground.M2, got.of("division"), got.of("mining_right"), whole)
		}
		for _, l := range got.Layers {
			if len(l.MissingIn) != 0 || l.RowCount != len(l.Rows) {
				t.Errorf("%s: %s missing in %v, %d rows of %d", mine.LicenceNo, l.Layer, l.MissingIn, len(l.Rows), l.RowCount)
			}
			if l.Layer == "mining_right" && (l.Rows[0].LicenceNo != mine.LicenceNo && got.of("mining_right") < whole || l.Rows[0].InForce == nil) {
				t.Errorf("%s: %+v", mine.LicenceNo, l.Rows[0])
			}
		}
	}
	if tried["protected_area"] == 0 || tried["water_source"] == 0 {
		t.Errorf("tried %v", tried)
	}
}

// A ground is taken in three ways, which agree with each other and with the
// closed form of a cell of the graticule; and what is none is refused.
func TestCheckForms(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	wantProblem(t, s.send("POST", "/v1/check", `{"corners":[[109,40],[109.1,40],[109.1,40.1]]}`), http.StatusUnprocessableEntity, "invalid-request")
	s.county()
	const west, south, east, north = 109.6, 40.2, 109.62, 40.22
	area := geo.GraticuleCellAreaM2(west, south, east, north)
	ring := fmt.Sprintf("[[%[1]v,%[2]v],[%[3]v,%[2]v],[%[3]v,%[4]v],[%[1]v,%[4]v],[%[1]v,%[2]v]]", west, south, east, north)
	text := fmt.Sprintf("(%[1]v %[2]v,%[3]v %[2]v,%[3]v %[4]v,%[1]v %[4]v,%[1]v %[2]v)", west, south, east, north)
	for _, body := range []string{
		`{"geojson":{"type":"Polygon","coordinates":[` + ring + `]}}`,
		`{"geojson":{"type":"Feature","properties":null,"geometry":{"type":"MultiPolygon","coordinates":[[` + ring + `]]}}}`,
		`{"wkt":"POLYGON(` + text + `)"}`, `{"wkt":"MULTIPOLYGON((` + text + `))","crs":"EPSG:4326","as_of":"2022-05-31"}`,
		`{"corners":` + ring + `}`, `{"corners":` + strings.Replace(ring, fmt.Sprintf(",[%v,%v]]", west, south), "]", 1) + `,"crs":"4490"}`,
	} {
		got := want[checked](t, s.send("POST", "/v1/check", body), http.StatusOK)
		if math.Abs(got.Ground.M2-area) > 0.01 || math.Abs(got.Ground.Mu-area*3/2000) > 0.01 || len(got.Counties) != 1 || len(got.Layers) != 8 {
			t.Errorf("%s: %+v, want %v m²", body, got, area)
		}
		for _, l := range got.Layers {
			if len(l.MissingIn) != 1 || l.RowCount != 0 { // not checked is not the same as nothing found
				t.Errorf("%+v", l)
			}
		}
	}
	// 1 km by 1 km in zone 37, on the plane; the scale at 3 km from the meridian
	// makes the ellipsoid's area larger by a millionth.
	zone := want[checked](t, s.send("POST", "/v1/check", `{"corners":[[37400000,4450000],[37401000,4450000],[37401000,4451000],[37400000,4451000]],"crs":"EPSG:4525"}`), http.StatusOK)
	scale := 1 + 99.5*99.5/(2*6378.0*6378.0)
	if plane := 1e6 / (scale * scale); math.Abs(zone.Ground.M2-plane) > 5 {
		t.Errorf("%v m², want %v", zone.Ground.M2, plane)
	}
	for body, fault := range map[string]string{
		`{}`:                   "body one-ground",
		`{"wkt":"POINT(1 2)"}`: "wkt bad-ground", `{"wkt":"POLYGON((109 40,109.1 40"}`: "wkt bad-ground", `{"wkt":"POLYGON EMPTY"}`: "wkt bad-ground",
		`{"corners":[[109,40],[109.1,40]]}`:                                                "corners bad-ground",
		`{"corners":[[109,40],[],[109.1,40.1]]}`:                                           "corners bad-ground",
		`{"corners":[[1e300,40],[109.1,40],[109.1,40.1]]}`:                                 "corners bad-ground",
		`{"corners":[[109,140],[109.1,140],[109.1,140.1]]}`:                                "corners bad-coordinate",
		`{"corners":[[109,40],[109.1,40.1],[109.1,40],[109,40.1]]}`:                        "corners invalid-ground",
		`{"corners":[[109,40],[109.4,40],[109.4,40.4],[109,40.4]]}`:                        "corners ground-too-large",
		`{"corners":[[10,40],[10.1,40],[10.1,40.1]]}`:                                      "body no-county",
		`{"corners":[[109,40],[109.1,40],[109.1,40.1]],"crs":"EPSG:2361"}`:                 "crs datum-refused",
		`{"corners":[[109,40],[109.1,40],[109.1,40.1]],"crs":"EPSG:1"}`:                    "crs unknown-crs",
		`{"geojson":{"type":"Polygon","coordinates":[` + ring + `]},"crs":"EPSG:4525"}`:    "crs geojson-is-lon-lat",
		`{"geojson":[],"wkt":"x"}`:                                                         "body one-ground",
		`{"geojson":{"type":"Polygon","coordinates":[` + ring + `]},"as_of":"2022-02-30"}`: "as_of bad-date",
	} {
		p := wantProblem(t, s.send("POST", "/v1/check", body), http.StatusUnprocessableEntity, "invalid-request")
		if got := strings.Join(p.faults(), "; "); got != fault {
			t.Errorf("%s: %q, want %q", body, got, fault)
		}
	}
}
