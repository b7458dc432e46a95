package ogc_test

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/taohe-gis/taohe/internal/demo"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

// rowsOf are how many rows the files of the sample county have.
var rowsOf = map[string]int{
	"mining_right": 74, "land_approval": 103, "water_source": 5, "grassland": 25, "disturbance": 132, "division": 6, "finding": 70,
}

var featuresRequirements = []requirement{
	{"/req/core/fc-op", func(s *server) {
		for id, rows := range rowsOf {
			s.counted(rows, min(rows, 100), id)
		}
	}},
	{"/req/core/fc-limit-definition", func(s *server) {
		limit := at(s.openapi(), "components", "parameters", "limit")
		schema := at(limit, "schema")
		if at(limit, "in") != "query" || at(limit, "required") != false || at(limit, "style") != "form" || at(limit, "explode") != false ||
			at(schema, "type") != "integer" || at(schema, "minimum") != 1.0 || at(schema, "maximum") != 10000.0 || at(schema, "default") != 100.0 {
			s.Errorf("%v", limit)
		}
	}},
	{"/req/core/fc-limit-response-1", func(s *server) {
		for _, limit := range []string{"1", "6", "7", "10000", "10001", "99999999999999999999"} {
			n := 6
			if limit == "1" {
				n = 1
			}
			s.counted(6, n, "division", "limit", limit)
		}
		s.counted(132, 100, "disturbance")
	}},
	{"/req/core/fc-bbox-definition", func(s *server) {
		box := at(s.openapi(), "components", "parameters", "bbox")
		if at(box, "in") != "query" || at(box, "required") != false || at(box, "style") != "form" || at(box, "explode") != false ||
			!strings.Contains(fmt.Sprint(box), "minItems:4") || !strings.Contains(fmt.Sprint(box), "minItems:6") {
			s.Errorf("%v", box)
		}
	}},
	{"/req/core/fc-bbox-response", func(s *server) {
		for box, names := range map[string][]string{
			"110.2,40.3,110.3,40.4":       {"示例旗清泉水源地", "示例旗清泉水源地"},
			"110.2,40.3,-50,110.3,40.4,9": {"示例旗清泉水源地", "示例旗清泉水源地"},
			"109.8,40.41,110.06,40.5":     {"示例旗北河水源地"},
			"110.075,40.364,110.2,40.5":   {"东沙水源地"}, // whose north-east corner it is
			"110.0751,40.364,110.2,40.5":  {},
			"110.45,-90,110.05,90":        {"示例旗南泉水源地", "示例旗北河水源地"}, // over the antimeridian
			"110.485,-90,110.05,90":       {"示例旗南泉水源地", "示例旗北河水源地"},
			"110.485,40.35,110.485,40.35": {"示例旗南泉水源地"}, // a point
			"0,0,1,1":                     {},
		} {
			equal(s, box, s.items("water_source", "bbox", box).values("name"), names)
		}
		// Of every finding: chosen if it lies in the box, not if nowhere near.
		box := [4]float64{109.3, 40.1, 110.1, 40.35}
		chosen := map[string]bool{}
		for _, f := range s.items("finding", "bbox", "109.3,40.1,110.1,40.35").Features {
			chosen[f.ID] = true
		}
		sure := 0
		for _, f := range s.items("finding").Features {
			b := f.bounds()
			in := b[0] >= box[0] && b[1] >= box[1] && b[2] <= box[2] && b[3] <= box[3]
			out := b[0] > box[2] || b[1] > box[3] || b[2] < box[0] || b[3] < box[1]
			if in && !chosen[f.ID] || out && chosen[f.ID] {
				s.Errorf("%s of %v: in %v, out %v, chosen %v", f.ID, b, in, out, chosen[f.ID])
			}
			if in || out {
				sure++
			}
		}
		if sure < 50 || len(chosen) < 5 {
			s.Errorf("only %d are surely in or out, %d are in", sure, len(chosen))
		}
	}},
	{"/req/core/fc-time-definition", func(s *server) {
		d := at(s.openapi(), "components", "parameters", "datetime")
		if at(d, "in") != "query" || at(d, "required") != false || at(d, "schema", "type") != "string" || at(d, "style") != "form" || at(d, "explode") != false {
			s.Errorf("%v", d)
		}
	}},
	{"/req/core/fc-time-response", func(s *server) {
		for _, tt := range []struct {
			collection, datetime string
			want                 int
		}{
			{"disturbance", "2021-06-30", 12},
			{"disturbance", "2021-06-29T20:00:00Z", 12}, // the 30th in China
			{"disturbance", "2022-05-10T10:00:00+08:00", 120},
			{"disturbance", "2021-06-30/2022-05-09", 12},
			{"disturbance", "../2022-05-10", 132},
			{"disturbance", "/2021-12-31", 12},
			{"disturbance", "2022-01-01/..", 120},
			{"disturbance", "2022-01-01T00:00:00Z/", 120},
			{"disturbance", "../..", 132},
			{"disturbance", "2021-07-01/2022-05-09", 0},
			{"mining_right", "2022-05-31", 69}, // five have run out
			{"mining_right", "2022-05-09", 70}, // three by then, and one is not yet begun
			{"mining_right", "2012-05-19", 0},
			{"water_source", "1900-01-01", 5}, // of no day: always
			{"finding", "2022-05-31", 70},
			{"finding", "../2022-05-30", 0},
		} {
			if c := s.items(tt.collection, "datetime", tt.datetime); c.NumberMatched == nil || *c.NumberMatched != tt.want {
				s.Errorf("%s %s: %v, want %d", tt.collection, tt.datetime, *c.NumberMatched, tt.want)
			}
		}
	}},
	{"/req/core/fc-response", func(s *server) {
		// All conditions at once.
		c := s.items("water_source", "bbox", "110.2,40.3,110.3,40.4", "grade", "2", "filter", "name LIKE '%清泉%'", "datetime", "2022-01-01")
		equal(s, "all at once", c.values("grade"), []string{"2"})
	}},
	{"/req/core/fc-links", func(s *server) {
		for _, limit := range []int{1, 7, 35, 70, 100} {
			pages, ids := 0, []string{}
			for href := fmt.Sprintf("%s/collections/finding/items?limit=%d&filter=mu%%3E0", s.base, limit); href != ""; pages++ {
				a := s.get(href)
				c := want[featureCollection](s, a)
				if self := rel(c.Links, "self", "application/geo+json"); self != href {
					s.Errorf("self %s of %s", self, href)
				}
				if other := s.get(rel(c.Links, "alternate", "text/html")); other.status != http.StatusOK {
					s.Errorf("alternate: %d", other.status)
				}
				for _, f := range c.Features {
					ids = append(ids, f.ID)
				}
				next := rel(c.Links, "next", "application/geo+json")
				if u, err := url.Parse(next); err != nil || u.Query().Has("offset") {
					s.Errorf("next %s", next)
				}
				if inHeader := slices.ContainsFunc(a.header.Values("Link"), func(l string) bool { return strings.HasPrefix(l, "<"+next+`>; rel="next"`) }); inHeader != (next != "") {
					s.Errorf("next %s, in the header %q", next, a.header.Values("Link"))
				}
				href = next
			}
			if all := slices.Compact(slices.Sorted(slices.Values(ids))); len(ids) != 70 || len(all) != 70 || pages != (70+limit-1)/limit {
				s.Errorf("by %d: %d ids, %d different, on %d pages", limit, len(ids), len(all), pages)
			}
		}
	}},
	{"/req/core/fc-rel-type", func(s *server) {
		for _, l := range s.items("finding", "limit", "1").Links {
			if l.Rel == "" || l.Type == "" || l.Href == "" {
				s.Errorf("%+v", l)
			}
		}
	}},
	{"/req/core/fc-timeStamp", func(s *server) {
		stamp, err := time.Parse(time.RFC3339Nano, s.items("finding", "limit", "1").TimeStamp)
		if since := time.Since(stamp); err != nil || since < 0 || since > time.Minute {
			s.Errorf("%v, %v ago", err, since)
		}
	}},
	{"/req/core/fc-numberMatched", func(s *server) {
		s.counted(120, 3, "disturbance", "limit", "3", "imaged_on", "2022-05-10")
		s.counted(0, 0, "disturbance", "imaged_on", "2022-05-11")
	}},
	{"/req/core/fc-numberReturned", func(s *server) { s.counted(5, 5, "water_source", "limit", "5") }},
	{"/req/core/f-op", func(s *server) {
		for _, id := range allCollections {
			for _, f := range s.items(id, "limit", "3").Features {
				got := want[feature](s, s.get("/collections/"+id+"/items/"+f.ID))
				if got.ID != f.ID || got.Type != "Feature" || fmt.Sprint(got.Properties) != fmt.Sprint(f.Properties) || fmt.Sprint(got.Geometry) != fmt.Sprint(f.Geometry) {
					s.Errorf("%s: %+v, in the collection %+v", f.ID, got, f)
				}
			}
			for _, none := range []string{"0-0", "999-1", "1", "x", "1-1-1-1", "9223372036854775808-1", "+2-1", "1-C1599002010061120120037-none", "%2e%2e"} {
				if a := s.get("/collections/" + id + "/items/" + none); a.status != http.StatusNotFound {
					s.Errorf("%s/%s: %d", id, none, a.status)
				}
			}
		}
	}},
	{"/req/core/f-success", func(s *server) {
		e, err := demo.ReadExpected(sampledata.FS)
		if err != nil {
			s.Fatal(err)
		}
		for _, mine := range e.Mines {
			for _, f := range mine.Findings {
				got := want[feature](s, s.get("/collections/finding/items/1-"+mine.LicenceNo+"-"+f.Rule))
				m2, _ := got.Properties["ellipsoidal_area_m2"].(float64)
				mu, _ := got.Properties["mu"].(float64)
				if got.Properties["mine_name"] != mine.Name || math.Abs(m2-f.EllipsoidalAreaM2) > 6.67 || math.Abs(mu-f.EllipsoidalAreaM2*3/2000) > 0.0151 {
					s.Errorf("%s %s: %v, %v m², %v mu; want %s, %v m²", mine.LicenceNo, f.Rule, got.Properties["mine_name"], m2, mu, mine.Name, f.EllipsoidalAreaM2)
				}
			}
		}
	}},
	{"/req/core/f-links", func(s *server) {
		id := s.items("forest", "limit", "1").Features[0].ID
		got := want[feature](s, s.get("/collections/forest/items/"+id))
		for relation, mediaType := range map[string]string{"self": "application/geo+json", "alternate": "text/html", "collection": "application/json"} {
			if href := rel(got.Links, relation, mediaType); s.get(href).status != http.StatusOK {
				s.Errorf("%s: %q", relation, href)
			}
		}
	}},
}

// formRequirements are those of the media types.
var formRequirements = []requirement{
	{"/req/geojson/definition", func(s *server) {
		for accept, as := range map[string]string{
			"application/geo+json": "application/geo+json", "": "application/geo+json", "*/*": "application/geo+json", "application/json": "application/json",
			"application/geo+json, application/json": "application/geo+json", // GDAL
		} {
			if got := s.get("/collections/division/items", "Accept", accept).header.Get("Content-Type"); got != as {
				s.Errorf("%q: %s", accept, got)
			}
		}
	}},
	{"/req/geojson/content", func(s *server) {
		for _, id := range allCollections {
			c := s.items(id)
			if c.Type != "FeatureCollection" {
				s.Errorf("%s: %s", id, c.Type)
			}
			for _, f := range c.Features {
				if f.Type != "Feature" || f.ID == "" || f.Geometry == nil || f.Geometry.Type != "MultiPolygon" || len(f.Properties) < 5 {
					s.Errorf("%s %s: %s %v", id, f.ID, f.Type, f.Geometry)
				}
				for _, polygon := range f.Geometry.Coordinates {
					for i, ring := range polygon { // RFC 7946 §3.1.6
						if outer := i == 0; (signedArea(ring) > 0) != outer || ring[0] != ring[len(ring)-1] {
							s.Errorf("%s %s: ring %d runs the wrong way round or is open", id, f.ID, i)
						}
					}
				}
			}
		}
	}},
	{"/req/html/definition", func(s *server) {
		id := s.items("finding", "limit", "1").Features[0].ID
		for _, path := range []string{
			"", "/conformance", "/api", "/collections", "/collections/finding", "/collections/finding/items", "/collections/finding/items/" + id,
			"/collections/finding/queryables", "/collections/finding/schema",
		} {
			for _, a := range []answer{s.get(path, "Accept", "text/html,application/xhtml+xml,*/*;q=0.8"), s.get(path + "?f=html")} {
				if a.status != http.StatusOK || a.header.Get("Content-Type") != "text/html; charset=utf-8" || !bytes.HasSuffix(bytes.TrimSpace(a.body), []byte("</html>")) {
					s.Errorf("%s: %d %s", path, a.status, a.header.Get("Content-Type"))
				}
				if bytes.Contains(a.body, []byte("<script")) || !bytes.Contains(a.body, []byte(`lang="zh-CN"`)) {
					s.Errorf("%s: a script, or no language", path)
				}
			}
		}
	}},
	{"/req/html/content", func(s *server) {
		body := string(s.get("/collections/finding/items?f=html&limit=100").body)
		for _, f := range s.items("finding").Features {
			if !strings.Contains(body, f.ID) || !strings.Contains(body, fmt.Sprint(f.Properties["title"])) || !strings.Contains(body, fmt.Sprintf("<td>%.2f</td>", f.Properties["mu"])) {
				s.Errorf("%s is not on the page", f.ID)
			}
		}
		for path, words := range map[string][]string{
			"/collections":                            {"采矿权", "疑似问题", "不等于地上没有"},
			"/collections/finding":                    {"套合 1", "3 度带 37 带"},
			"/collections/finding/schema":             {"采矿许可证号", "椭球面积（亩）", "露天"},
			"/collections/disturbance":                {"2021-06-30"},
			"/collections/water_source/items?grade=1": {"共 2 行", "一级"},
		} {
			a := s.get(path, "Accept", "text/html")
			for _, w := range words {
				if !strings.Contains(string(a.body), w) {
					s.Errorf("%s: no %s", path, w)
				}
			}
		}
		// The following page is behind its link.
		next := regexpNext.FindStringSubmatch(string(s.get("/collections/finding/items?f=html&limit=60").body))
		if next == nil || !strings.Contains(string(s.get(strings.ReplaceAll(next[1], "&amp;", "&")).body), "本页 10 行") {
			s.Errorf("next %v", next)
		}
	}},
	{"/req/oas30/oas-definition-1", func(s *server) {
		a := s.get("/api", "Accept", "application/vnd.oai.openapi+json;version=3.0")
		if got := a.header.Get("Content-Type"); got != "application/vnd.oai.openapi+json;version=3.0" {
			s.Errorf("%s", got)
		}
	}},
	{"/req/oas30/oas-definition-2", func(s *server) {
		doc := s.openapi()
		everyReferenceHolds(s, doc)
		if at(doc, "info", "title") == nil || at(doc, "info", "version") != "test" {
			s.Errorf("info %v", at(doc, "info"))
		}
	}},
	{"/req/oas30/oas-impl", func(s *server) {
		for path, item := range at(s.openapi(), "paths").(map[string]any) {
			if at(item, "get") == nil {
				continue
			}
			if id, _, ok := strings.Cut(strings.TrimPrefix(path, "/collections/"), "/items/{featureId}"); ok {
				path = strings.ReplaceAll(path, "{featureId}", s.items(id, "limit", "1").Features[0].ID)
			}
			path = strings.NewReplacer("{tileMatrixSetId}", "WebMercatorQuad", "{tileMatrix}", "10", "{tileRow}", "386", "{tileCol}", "825",
				"{processID}", "overlay", "{jobId}", "run-1", "{outputId}", "run").Replace(path)
			if a := s.get(path); a.status != http.StatusOK {
				s.Errorf("%s: %d", path, a.status)
			}
		}
	}},
	{"/req/oas30/completeness", func(s *server) {
		paths := pathsOfFeatures(s)
		if n := 6 + 8*len(allCollections); len(paths) != n {
			s.Errorf("%d paths, want %d", len(paths), n)
		}
		for path, item := range paths {
			ok := at(item, "get", "responses", "200", "content")
			forms := 2
			if strings.HasSuffix(path, "{tileCol}") {
				forms = 1
			}
			if m, _ := ok.(map[string]any); len(m) != forms || at(item, "get", "operationId") == nil {
				s.Errorf("%s: %v", path, item)
			}
		}
	}},
	{"/req/oas30/exception-codes", func(s *server) {
		for path, item := range pathsOfFeatures(s) {
			for _, status := range []string{"400", "404", "406", "500"} {
				if at(item, "get", "responses", status) == nil {
					s.Errorf("%s: no %s", path, status)
				}
			}
		}
	}},
	{"/req/oas30/security", func(s *server) { // there is none to describe
		if doc := s.openapi(); at(doc, "security") != nil || at(doc, "components", "securitySchemes") != nil {
			s.Error("security is described")
		}
	}},
}

// pathsOfFeatures are those of the definition that are not of Processes.
func pathsOfFeatures(s *server) map[string]any {
	s.Helper()
	paths := at(s.openapi(), "paths").(map[string]any)
	maps.DeleteFunc(paths, func(path string, _ any) bool {
		return strings.HasPrefix(path, "/processes") || strings.HasPrefix(path, "/jobs")
	})
	return paths
}

// signedArea is positive for a ring that runs against the clock.
func signedArea(ring [][2]float64) (sum float64) {
	for i := range ring[1:] {
		// From the first corner: far from the origin small rings lose their sign.
		a, b := ring[i], ring[i+1]
		sum += (a[0]-ring[0][0])*(b[1]-ring[0][1]) - (b[0]-ring[0][0])*(a[1]-ring[0][1])
	}
	return sum
}

// each calls visit with every object of a JSON tree and where it stands.
func each(where string, tree any, visit func(where string, m map[string]any)) {
	switch v := tree.(type) {
	case map[string]any:
		visit(where, v)
		for k, item := range v {
			each(where+"/"+k, item, visit)
		}
	case []any:
		for i, item := range v {
			each(fmt.Sprintf("%s/%d", where, i), item, visit)
		}
	}
}

var regexpNext = regexp.MustCompile(`<a href="([^"]*)">下一页</a>`)
