package api_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"testing"
)

// The whole path: counties, uploads, acceptance, a run, the mines, a report in
// both forms, the ledger.
func TestWholePath(t *testing.T) {
	t.Parallel()
	s := start(t)
	m := s.county()
	s.uploads(m)
	r, location := s.run(m.AsOf)
	if r.Status != "complete" || r.Digest == nil || r.Mines.Failed != 0 || r.Mines.Done != r.Mines.Total || r.Mines.Total == 0 {
		t.Fatalf("run %+v\n%s", r, s.log)
	}
	detail := want[struct {
		Datasets     []struct{ Layer string }
		NotEvaluated []any `json:"not_evaluated"`
		Unattributed struct {
			Count int
			Mu    float64
			Items []struct {
				PatchNo string `json:"patch_no"`
			}
		} `json:"unattributed_patches"`
		Notes []struct{ Code, Text string }
	}](t, s.get(location), http.StatusOK)
	if len(detail.Datasets) != len(m.Datasets) || len(detail.NotEvaluated) != 0 {
		t.Errorf("%d datasets of %d, not evaluated %v", len(detail.Datasets), len(m.Datasets), detail.NotEvaluated)
	}
	all := want[struct {
		Items []struct {
			PatchNo string `json:"patch_no"`
		}
	}](t, s.get(location+"/unattributed_patches"), http.StatusOK)
	if detail.Unattributed.Count != len(all.Items) || detail.Unattributed.Count == 0 || len(detail.Unattributed.Items) != len(all.Items) {
		t.Errorf("unattributed %+v, in full %d", detail.Unattributed, len(all.Items))
	}
	s.comparesWithExpected(location)
}

// comparesWithExpected holds the mines against the figures the sample county
// was constructed from.
func (s *service) comparesWithExpected(location string) {
	s.Helper()
	var expected struct {
		Mines []struct {
			LicenceNo string `json:"licence_no"`
			Findings  []struct {
				Rule string
				M2   float64 `json:"ellipsoidal_area_m2"`
			}
		}
	}
	if err := json.Unmarshal(sampleFile(s.T, "expected.json"), &expected); err != nil {
		s.Fatal(err)
	}
	if len(expected.Mines) == 0 {
		s.Fatal("expected.json names no mine")
	}
	rules := s.mines(7) // pages of 7
	if len(rules) != len(expected.Mines) {
		s.Errorf("%d mines, want %d", len(rules), len(expected.Mines))
	}
	for _, e := range expected.Mines {
		path := "/v1/mines/" + e.LicenceNo + "/report"
		a := s.get(path)
		got := want[struct {
			Mine struct {
				LicenceNo string `json:"licence_no"`
			}
			Findings []struct {
				Rule string
				Mu   float64
			}
		}](s.T, a, http.StatusOK)
		if got.Mine.LicenceNo != e.LicenceNo || len(got.Findings) != len(e.Findings) || len(rules[e.LicenceNo]) != len(e.Findings) {
			s.Errorf("%s: findings %v, in the list %v, want %v", e.LicenceNo, got.Findings, rules[e.LicenceNo], e.Findings)
			continue
		}
		mu := map[string]float64{}
		for _, f := range got.Findings {
			mu[f.Rule] = f.Mu
		}
		for _, f := range e.Findings {
			if got, ok := mu[f.Rule]; !ok || math.Abs(got-f.M2*3/2000) > 0.0151 { // 0.01, and the rounding of print
				s.Errorf("%s %s: %v mu, want %v", e.LicenceNo, f.Rule, got, f.M2*3/2000)
			}
		}
	}
	s.forms(location, expected.Mines[0].LicenceNo)
	s.maps(expected.Mines[0].LicenceNo)
}

// mines are the rules that found something, by licence number, read page by
// page.
func (s *service) mines(limit int) map[string][]string {
	s.Helper()
	rules := map[string][]string{}
	path := "/v1/mines?limit=" + string(rune('0'+limit))
	for pages := 0; path != ""; pages++ {
		page := want[struct {
			Items []struct {
				LicenceNo string `json:"licence_no"`
				Rules     []string
			}
			Next *string
		}](s.T, s.get(path), http.StatusOK)
		if len(page.Items) > limit || pages > 100 {
			s.Fatalf("page %d of %d mines", pages, len(page.Items))
		}
		for _, m := range page.Items {
			if _, twice := rules[m.LicenceNo]; twice {
				s.Errorf("%s is on two pages", m.LicenceNo)
			}
			rules[m.LicenceNo] = m.Rules
		}
		path = ""
		if page.Next != nil {
			path = *page.Next
		}
	}
	return rules
}

// forms checks the media types of the reports.
func (s *service) forms(location, licence string) {
	s.Helper()
	path := "/v1/mines/" + licence + "/report"
	for _, tt := range []struct {
		query, accept, want string
	}{
		{"", "", "application/json"},
		{"", "*/*", "application/json"},
		{"", "application/*;q=0.5", "application/json"},
		{"", "application/geo+json", "application/geo+json"},
		{"", "application/json;q=0.4, application/geo+json;q=0.9", "application/geo+json"},
		{"?format=geojson", "application/json", "application/geo+json"},
		{"?format=json", "application/geo+json", "application/json"},
	} {
		a := s.get(path+tt.query, "Accept", tt.accept)
		if got := a.header.Get("Content-Type"); a.status != http.StatusOK || got != tt.want {
			s.Errorf("Accept %q, query %q: %d %q, want %q", tt.accept, tt.query, a.status, got, tt.want)
		}
		if !json.Valid(a.body) || (tt.want == "application/geo+json") != strings.HasPrefix(string(a.body), `{"type":"FeatureCollection"`) {
			s.Errorf("Accept %q, query %q: %.60s", tt.accept, tt.query, a.body)
		}
	}
	wantProblem(s.T, s.get(path, "Accept", "text/html"), http.StatusNotAcceptable, "not-acceptable")
	wantProblem(s.T, s.get(path, "Accept", "application/json;q=0, text/html"), http.StatusNotAcceptable, "not-acceptable")
	if p := wantProblem(s.T, s.get(path+"?format=pdf"), http.StatusUnprocessableEntity, "invalid-request"); len(p.Errors) != 1 || p.Errors[0].Location != "query.format" {
		s.Errorf("format=pdf: %+v", p)
	}
	wantProblem(s.T, s.get("/v1/mines/C0000000000000000000000/report"), http.StatusNotFound, "not-found")
	wantProblem(s.T, s.get(path+"?run=999999"), http.StatusNotFound, "not-found")

	a := s.get(location + "/ledger.csv")
	text, found := strings.CutPrefix(string(a.body), "\ufeff")
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !found || a.header.Get("Content-Type") != "text/csv; charset=utf-8" || len(lines) < 2 || lines[0][4] != "问题类型" || len(lines[1]) != 9 {
		s.Errorf("ledger: %v, %v, %q", err, a.header, lines)
	}
}
