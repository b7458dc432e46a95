package api_test

import (
	"archive/zip"
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	_ "modernc.org/sqlite" // reads the GeoPackage
)

type findingPage struct {
	RunID int64 `json:"run_id"`
	Items []struct {
		ID, Rule, Township, Enterprise, Certainty string
		LicenceNo                                 string  `json:"licence_no"`
		M2                                        float64 `json:"ellipsoidal_area_m2"`
		Mu                                        float64
	}
	Next *string
}

// findings reads a list page by page.
func (s *service) findings(query string) (out findingPage) {
	s.Helper()
	path := "/v1/findings?" + query
	for pages := 0; path != ""; pages++ {
		page := want[findingPage](s.T, s.get(path), http.StatusOK)
		out.RunID, out.Items = page.RunID, append(out.Items, page.Items...)
		if path = ""; page.Next != nil {
			path = *page.Next
		}
		if pages > 100 {
			s.Fatal("the list has no end")
		}
	}
	return out
}

// The list holds what the sample county was constructed to show, once each, in
// every form, and filters choose from it what they say.
func TestFindings(t *testing.T) {
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
	left, byRule := map[string]float64{}, map[string]int{}
	for _, mine := range expected.Mines {
		for _, f := range mine.Findings {
			left[mine.LicenceNo+" "+f.Rule] = f.M2
			byRule[f.Rule]++
		}
	}
	total := len(left)
	all := s.findings("limit=7&county=159900")
	for _, f := range all.Items {
		m2, ok := left[f.LicenceNo+" "+f.Rule]
		if !ok || math.Abs(f.M2-m2) > 10 || math.Abs(f.Mu-f.M2*3/2000) > 0.01 {
			t.Errorf("%+v, want %v m²", f, m2)
		}
		delete(left, f.LicenceNo+" "+f.Rule)
	}
	if len(left) > 0 || len(all.Items) != total || total < 30 {
		t.Errorf("%d findings of %d, not listed %v", len(all.Items), total, left)
	}
	for rule, n := range byRule {
		if got := s.findings("rule=" + rule); len(got.Items) != n {
			t.Errorf("%s: %d findings, want %d", rule, len(got.Items), n)
		}
	}
	some := all.Items[len(all.Items)/2]
	for query, holds := range map[string]func(i int) bool{
		"licence_no=" + some.LicenceNo:                         func(i int) bool { return all.Items[i].LicenceNo == some.LicenceNo },
		"township=" + url.QueryEscape(some.Township):           func(i int) bool { return all.Items[i].Township == some.Township },
		"enterprise=" + url.QueryEscape(some.Enterprise[3:15]): func(i int) bool { return strings.Contains(all.Items[i].Enterprise, some.Enterprise[3:15]) },
		"certainty=certain":                                    func(i int) bool { return all.Items[i].Certainty == "certain" },
		"min_mu=50&max_mu=200&limit=3":                         func(i int) bool { return all.Items[i].M2 >= 50*2000./3 && all.Items[i].M2 <= 200*2000./3 },
	} {
		want := 0
		for i := range all.Items {
			if holds(i) {
				want++
			}
		}
		if got := s.findings(query); len(got.Items) != want || want == 0 {
			t.Errorf("%s: %d findings, want %d", query, len(got.Items), want)
		}
	}
	if got := s.findings("min_mu=1e9"); len(got.Items) != 0 {
		t.Errorf("%d findings of a thousand million mu", len(got.Items))
	}
	for query, fault := range map[string]string{
		"rule=no_such_rule": "query.rule unknown-rule", "after=!": "query.after bad-format", "after=AAAA": "query.after bad-format",
		"certainty=sure": "query.certainty not-in-list", "min_mu=-1&limit=0": "query.limit out-of-range; query.min_mu out-of-range",
	} {
		p := wantProblem(t, s.get("/v1/findings?"+query), http.StatusUnprocessableEntity, "invalid-request")
		if got := strings.Join(p.faults(), "; "); got != fault {
			t.Errorf("%s: %q, want %q", query, got, fault)
		}
	}
	wantProblem(t, s.get("/v1/findings?run=99"), http.StatusNotFound, "not-found")
	s.findingFiles(total)
}

// findingFiles reads the list in its other forms.
func (s *service) findingFiles(total int) {
	s.Helper()
	text := strings.TrimPrefix(string(s.get("/v1/findings", "Accept", "text/csv").body), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != total+1 || rows[0][1] != "采矿许可证号" || !strings.HasPrefix(rows[1][7], "疑似") {
		s.Errorf("csv: %d rows of %d, %v", len(rows), total, err)
	}
	var shapes struct {
		Features []struct {
			Geometry struct {
				Type        string
				Coordinates [][][][2]float64
			}
			Properties struct{ ID string }
		}
	}
	if err := json.Unmarshal(s.get("/v1/findings?format=geojson").body, &shapes); err != nil || len(shapes.Features) != total {
		s.Errorf("geojson: %d features, %v", len(shapes.Features), err)
	}
	for _, f := range shapes.Features {
		if f.Geometry.Type != "MultiPolygon" || f.Geometry.Coordinates[0][0][0][0] < 109 || f.Properties.ID == "" {
			s.Errorf("geojson: %+v", f)
		}
	}
	dir := s.TempDir()
	keep := func(name, query string) string {
		file := filepath.Join(dir, name)
		a, again := s.get("/v1/findings?"+query), s.get("/v1/findings?"+query)
		if err := os.WriteFile(file, a.body, 0o600); err != nil {
			s.Fatal(err)
		}
		if !bytes.Equal(a.body, again.body) {
			s.Errorf("%s: not the same bytes again", query)
		}
		return file
	}
	pack := keep("findings.gpkg", "format=gpkg")
	db, err := sql.Open("sqlite", pack)
	if err != nil {
		s.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRowContext(s.Context(), `select count(*) from "疑似问题" where "面积（亩）" > 0`).Scan(&n); err != nil || n != total {
		s.Errorf("geopackage: %d rows, %v", n, err)
	}
	files := []string{pack}
	for encoding, decode := range map[string]func([]byte) ([]byte, error){
		"gbk": simplifiedchinese.GBK.NewDecoder().Bytes, "utf-8": func(b []byte) ([]byte, error) { return b, nil },
	} {
		file := keep(encoding+".zip", "format=shapefile&encoding="+encoding)
		files = append(files, "/vsizip/"+file)
		z, err := zip.OpenReader(file)
		if err != nil {
			s.Fatal(err)
		}
		defer z.Close()
		for _, f := range z.File {
			if filepath.Ext(f.Name) != ".dbf" {
				continue
			}
			r, err := f.Open()
			if err != nil {
				s.Fatal(err)
			}
			raw, err := io.ReadAll(r)
			if err != nil {
				s.Fatal(err)
			}
			table, err := decode(raw)
			if err != nil || !strings.Contains(string(table), "疑似越界开采") {
				s.Errorf("%s: no words, %v", encoding, err)
			}
		}
	}
	ogrinfo, err := exec.LookPath("ogrinfo")
	if err != nil {
		return
	}
	for _, f := range files { // as others read it
		out, err := exec.CommandContext(s.Context(), ogrinfo, "-ro", "-so", "-al", f).CombinedOutput()
		if err != nil || !strings.Contains(string(out), fmt.Sprintf("Feature Count: %d", total)) || !strings.Contains(string(out), "2000") || strings.Contains(string(out), "Warning") {
			s.Errorf("%s: %v\n%s", f, err, out)
		}
	}
}
