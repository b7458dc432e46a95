package api_test

import (
	"net/http"
	"strings"
	"testing"
)

type inspection struct {
	File    string
	Refused []struct{ Code string }
	Layers  []struct {
		Layer   string
		Refused bool
		Rows    int
		Fields  []struct {
			Name   string
			MapsTo string `json:"maps_to"`
		}
		Reference *struct{ EPSG int }
		Areas     *struct {
			M2 float64 `json:"ellipsoidal_area_m2"`
		}
	}
}

// A file can be looked through before it is uploaded: what the command says, and
// nothing is kept.
func TestInspectOverHTTP(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	s.county()
	inspect := func(file string, pairs ...string) answer {
		t.Helper()
		body, kind := form(t, sampleFile(t, file), append(pairs, "file", "@"+file)...)
		return s.do("POST", "/v1/inspections", body, "Content-Type", kind)
	}
	got := want[inspection](t, inspect("mining_right.zip", "county", "159900"), http.StatusOK)
	if len(got.Layers) != 1 || len(got.Refused) != 0 || got.File != "mining_right.zip" {
		t.Fatalf("%+v", got)
	}
	l := got.Layers[0]
	if l.Layer != "mining_right" || l.Refused || l.Rows < 40 || l.Reference == nil || l.Reference.EPSG != 4525 || l.Areas == nil || l.Areas.M2 < 1e6 {
		t.Errorf("%+v", l)
	}
	maps := map[string]string{}
	for _, f := range l.Fields {
		maps[f.MapsTo] = f.Name
	}
	if maps["licence_no"] == "" || maps["enterprise"] == "" {
		t.Errorf("fields %v", maps)
	}
	if wrong := want[inspection](t, inspect("README.md"), http.StatusOK); len(wrong.Layers) != 0 || len(wrong.Refused) == 0 || wrong.Refused[0].Code == "" {
		t.Errorf("%+v", wrong)
	}
	body, kind := form(t, nil, "county", "150621", "crs", "EPSG:1", "layer", "woods", "shift", "{")
	p := wantProblem(t, s.do("POST", "/v1/inspections", body, "Content-Type", kind), http.StatusUnprocessableEntity, "invalid-request")
	if faults := strings.Join(p.faults(), "; "); faults != "county unknown-county; file missing; shift bad-shift" {
		t.Errorf("faults %s", faults)
	}
	p = wantProblem(t, inspect("mining_right.zip", "crs", "EPSG:1", "layer", "woods"), http.StatusUnprocessableEntity, "invalid-request")
	if faults := strings.Join(p.faults(), "; "); faults != "crs unknown-crs; layer unknown-layer" {
		t.Errorf("faults %s", faults)
	}
	if left := s.spooled(); len(left) != 0 {
		t.Errorf("left in the spool: %v", left)
	}
	if list := s.get("/v1/datasets"); string(list.body) != "{\"items\":[],\"next\":null}\n" {
		t.Errorf("datasets %s", list.body)
	}
}
