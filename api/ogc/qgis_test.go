package ogc_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// pythonOfQGIS is the interpreter that knows QGIS, "" without one.
func pythonOfQGIS(s *server) string {
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if path, err := exec.LookPath(name); err == nil && exec.CommandContext(s.Context(), path, "-c", "import qgis.core").Run() == nil {
			return path
		}
	}
	return ""
}

// A recorder is what was asked for below /ogc.
type recorder struct {
	mu  sync.Mutex
	all []*url.URL
}

// has reports whether a path below /ogc was asked for with parameters of these
// beginnings.
func (r *recorder) has(path string, parameters map[string]string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, u := range r.all {
		met := u.Path == "/ogc"+path
		for name, begins := range parameters {
			met = met && u.Query().Has(name) && strings.HasPrefix(u.Query().Get(name), begins)
		}
		if met {
			return true
		}
	}
	return false
}

// recorded is the service behind a recorder.
func (s *server) recorded() (base string, r *recorder) {
	s.Helper()
	service, err := url.Parse(strings.TrimSuffix(s.base, "/ogc"))
	if err != nil {
		s.Fatal(err)
	}
	r = &recorder{}
	proxy := httputil.NewSingleHostReverseProxy(service)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.mu.Lock()
		r.all = append(r.all, q.URL)
		r.mu.Unlock()
		q.Header["X-Forwarded-For"] = nil // what is handed on for another is asked who that is
		proxy.ServeHTTP(w, q)
	}))
	s.Cleanup(front.Close)
	return front.URL + "/ogc", r
}

// QGIS opens collections, filters, reprojects to a zone's plane and draws tiles;
// what it sends is looked at on its way.
func qgisReads(s *server) {
	python := pythonOfQGIS(s)
	if python == "" {
		s.Skip("no QGIS: install python3-qgis and qgis-providers")
	}
	const rule = "unapproved"
	var report struct {
		Findings []struct {
			Rule         string
			PlanarAreaM2 float64 `json:"planar_area_m2"`
			PlanarCRS    string  `json:"planar_crs"`
		}
	}
	of := s.items("finding", "rule", rule, "sortby", "-mu", "limit", "1").Features[0]
	licenceNo, _ := of.Properties["licence_no"].(string)
	if err := json.Unmarshal(s.ofService("/v1/mines/"+licenceNo+"/report?run=1").body, &report); err != nil {
		s.Fatal(err)
	}
	planarAreaM2, planarCRS := 0.0, ""
	for _, f := range report.Findings {
		if f.Rule == rule {
			var zone int
			if _, err := fmt.Sscanf(f.PlanarCRS, "CGCS2000 / 3-degree Gauss-Kruger zone %d", &zone); err != nil {
				s.Fatalf("%s: %v", f.PlanarCRS, err)
			}
			planarAreaM2, planarCRS = f.PlanarAreaM2, fmt.Sprintf("EPSG:%d", 4513+zone-25)
		}
	}
	ofDay := *s.items("disturbance", "imaged_on", "2022-05-10", "limit", "1").NumberMatched
	base, asked := s.recorded()
	home := s.TempDir()
	run := exec.CommandContext(s.Context(), python, "testdata/read_by_qgis.py", base, licenceNo, rule, planarCRS) //nolint:gosec // our own arguments
	run.Env = append(os.Environ(), "QT_QPA_PLATFORM=offscreen", "HOME="+home, "XDG_RUNTIME_DIR="+home, "QGIS_CUSTOM_CONFIG_PATH="+home)
	var complaints strings.Builder
	run.Stderr = &complaints
	out, err := run.Output()
	if err != nil {
		s.Fatalf("%v\n%s", err, complaints.String())
	}
	s.Logf("%s", out)
	var found struct {
		Version      string
		CRS          string
		Findings     int
		Chosen       int
		PlanarAreaM2 float64 `json:"planar_area_m2"`
		InBox        int     `json:"in_box"`
		OfDay        int     `json:"of_day"`
		DrawnPixels  int     `json:"drawn_pixels"`
	}
	if err := json.Unmarshal(out, &found); err != nil {
		s.Fatalf("%v: %s\n%s", err, out, complaints.String())
	}
	if found.Findings != rowsOfFindings(s) || found.Chosen != 1 || found.InBox != 2 || found.OfDay != ofDay || found.DrawnPixels < 100 {
		s.Errorf("%+v, of the day %d", found, ofDay)
	}
	// To a millionth: what is left is the rounding of the report.
	if planarAreaM2 < 1000 || math.Abs(found.PlanarAreaM2-planarAreaM2) > planarAreaM2*1e-6+0.01 {
		s.Errorf("%f m² in %s, the report says %f", found.PlanarAreaM2, planarCRS, planarAreaM2)
	}
	// What the service was asked to choose.
	if !asked.has("/collections/water_source/items", map[string]string{"bbox": "110.2"}) {
		s.Error("the box was not asked for")
	}
	if !asked.has("/collections/disturbance/items", map[string]string{"datetime": "2022-05-10"}) {
		s.Error("the day was not asked for")
	}
	// Before 3.32 or so QGIS knows no CQL2 and chooses by other properties itself.
	s.Logf("QGIS %s asks with filter: %v", found.Version, asked.has("/collections/finding/items", map[string]string{"filter": ""}))
}
