package ogc_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/demo"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

// accept loads a division of one square township for a county and accepts it.
func (s *server) accept(county, vintage string, townships ...string) int64 {
	s.Helper()
	var features []string
	for i, name := range townships {
		features = append(features, `{"type":"Feature","properties":{"XZQDM":"`+county+"00"+string(rune('1'+i))+`","XZQMC":"`+name+`"},"geometry":{"type":"Polygon","coordinates":`+
			[]string{"[[[109,40],[109.1,40],[109.1,40.1],[109,40.1],[109,40]]]", "[[[109.2,40],[109.3,40],[109.3,40.1],[109.2,40.1],[109.2,40]]]"}[i]+`}}`)
	}
	text := `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
	day, err := taohe.ParseDate(vintage)
	if err != nil {
		s.Fatal(err)
	}
	path := filepath.Join(s.TempDir(), "division.geojson")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
	d, err := s.p.Import(s.Context(), ingest.Upload{
		County: county, Layer: string(taohe.LayerDivision), Vintage: day, Path: path, FileName: "division.geojson",
	}, nil)
	if err != nil || d.Status != "staged" {
		s.Fatalf("%+v, %v", d, err)
	}
	changes, err := s.p.Changes(s.Context(), d.ID)
	if err != nil {
		s.Fatal(err)
	}
	if err := s.p.Accept(s.Context(), d.ID, ingest.Acceptance{By: "示例", ConfirmRemoved: changes.Removed}); err != nil {
		s.Fatal(err)
	}
	return d.ID
}

func (s *server) counties(codes ...string) {
	s.Helper()
	for _, code := range codes {
		if err := s.p.PutCounty(s.Context(), ingest.County{Code: code, Name: "旗" + code, West: 108, South: 39, East: 111, North: 41}); err != nil {
			s.Fatal(err)
		}
	}
}

// Nothing filed is not nothing on the ground: there is no such collection.
func TestNothingFiled(t *testing.T) {
	t.Parallel()
	s := startEmpty(t)
	if _, all := s.listed(); len(all) != 0 {
		t.Errorf("%v", all)
	}
	for _, path := range []string{"/collections/forest", "/collections/forest/items", "/collections/finding/items", "/collections/finding/schema"} {
		if a := s.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if page := s.get("/collections?f=html"); !strings.Contains(string(page.body), "还没有已验收的数据") {
		t.Errorf("%s", page.body)
	}
}

// Of each county the version of the newest vintage is shown, whenever it was
// accepted, and pages that were begun go on with what they began with.
func TestCurrentVersions(t *testing.T) {
	t.Parallel()
	s := startEmpty(t)
	s.counties("150001", "150002")
	s.accept("150001", "2021-12-31", "东", "西")
	old := s.accept("150002", "2020-12-31", "南", "北")
	equal(s, "both counties", s.items("division").values("name"), []string{"东", "西", "南", "北"})
	s.accept("150001", "2019-12-31", "从前")
	equal(s, "an older vintage, filed later", s.items("division").values("name"), []string{"东", "西", "南", "北"})

	first := s.items("division", "limit", "1")
	var names []string
	for c := first; ; c = want[featureCollection](s, s.get(rel(c.Links, "next", ""))) {
		if names = append(names, c.values("name")...); len(names) == 2 {
			s.accept("150002", "2021-12-31", "新")
		}
		if rel(c.Links, "next", "") == "" {
			break
		}
	}
	if !slices.Equal(names, []string{"东", "西", "南", "北"}) {
		t.Errorf("pages around an acceptance: %v", names)
	}
	equal(s, "begun anew", s.items("division").values("name"), []string{"东", "西", "新"})
	if first.NumberMatched == nil || *first.NumberMatched != 4 {
		t.Errorf("%v", first.NumberMatched)
	}
	if second := want[featureCollection](s, s.get(rel(first.Links, "next", ""))); second.NumberMatched != nil {
		t.Errorf("counted again: %d", *second.NumberMatched)
	}
	if a := s.get("/collections/division/items/" + strconv.FormatInt(old, 10) + "-1"); a.status != http.StatusNotFound {
		t.Errorf("a row of a version that is no longer current: %d", a.status)
	}
	if d := s.described("division"); len(d.Sources) != 2 || !strings.Contains(d.Sources[1], "2021-12-31") {
		t.Errorf("%v", d.Sources)
	}
}

// Findings are those of the newest complete run; a run that asks what would
// be, or is not over, is not shown.
func TestNewestFindings(t *testing.T) {
	t.Parallel()
	s := start(t)
	m, err := demo.ReadManifest(sampledata.FS)
	if err != nil {
		t.Fatal(err)
	}
	runOf := func() any { return s.items("finding", "limit", "1").Features[0].Properties["run_id"] }
	id, err := s.p.BeginRun(t.Context(), m.AsOf, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := runOf(); got != 1.0 {
		t.Errorf("before run %d is over: findings of run %v", id, got)
	}
	if err := s.p.ExecuteRun(t.Context(), id, nil); err != nil {
		t.Fatal(err)
	}
	if got := runOf(); got != float64(id) {
		t.Errorf("findings of run %v, want %d", got, id)
	}
	if a := s.get("/collections/finding/items/1-C1599002013091120120148-unapproved"); a.status != http.StatusNotFound {
		t.Errorf("a finding of an older run: %d", a.status)
	}
}
