package ogc_test

import (
	"math"
	"net/http"
	"slices"
	"strings"
)

// allCollections are those of the sample county, in order.
var allCollections = []string{
	"mining_right", "land_approval", "protected_area", "water_source", "forest", "grassland", "disturbance", "division", "finding",
}

type landingPage struct {
	Title, Description string
	Links              []link
}

type collectionDescription struct {
	ID, Title, Description, ItemType, StorageCRS string
	CRS                                          []string
	Links                                        []link
	Sources                                      []string
	Extent                                       *struct {
		Spatial *struct {
			BBox [][4]float64
			CRS  string
		}
		Temporal *struct{ Interval [][2]*string }
	}
}

func (s *server) described(id string) collectionDescription {
	s.Helper()
	return want[collectionDescription](s, s.get("/collections/"+id))
}

func (s *server) listed() (links []link, all []collectionDescription) {
	s.Helper()
	v := want[struct {
		Links       []link
		Collections []collectionDescription
	}](s, s.get("/collections"))
	return v.Links, v.Collections
}

func (s *server) openapi() map[string]any {
	s.Helper()
	page := want[landingPage](s, s.get(""))
	return want[map[string]any](s, s.get(rel(page.Links, "service-desc", ""), "Accept", "application/vnd.oai.openapi+json;version=3.0"))
}

// at goes down a JSON tree; nil where there is nothing.
func at(tree any, path ...string) any {
	for _, p := range path {
		m, ok := tree.(map[string]any)
		if !ok {
			return nil
		}
		tree = m[p]
	}
	return tree
}

var coreRequirements = []requirement{
	{"/req/core/root-op", func(s *server) {
		for _, path := range []string{"", "/"} {
			if a := s.get(path); a.status != http.StatusOK {
				s.Errorf("%q: %d", path, a.status)
			}
		}
	}},
	{"/req/core/root-success", func(s *server) {
		page := want[landingPage](s, s.get(""))
		for relation, mediaType := range map[string]string{
			"service-desc": "application/vnd.oai.openapi+json;version=3.0", "service-doc": "text/html", "conformance": "application/json", "data": "application/json",
		} {
			href := rel(page.Links, relation, mediaType)
			if href == "" {
				s.Errorf("no link %s as %s in %v", relation, mediaType, page.Links)
				continue
			}
			if a := s.get(href); a.status != http.StatusOK || a.header.Get("Content-Type") != mediaType && mediaType != "text/html" {
				s.Errorf("%s: %d %s", href, a.status, a.header.Get("Content-Type"))
			}
		}
	}},
	{"/req/core/api-definition-op", func(s *server) { s.openapi() }},
	{"/req/core/api-definition-success", func(s *server) {
		if v := at(s.openapi(), "openapi"); v != "3.0.3" {
			s.Errorf("openapi %v", v)
		}
	}},
	{"/req/core/conformance-op", func(s *server) {
		if a := s.get("/conformance"); a.status != http.StatusOK {
			s.Errorf("%d", a.status)
		}
	}},
	{"/req/core/conformance-success", func(s *server) {
		v := want[struct{ ConformsTo []string }](s, s.get("/conformance"))
		for _, c := range []string{
			"ogcapi-features-1/1.0/conf/core", "ogcapi-features-1/1.0/conf/geojson", "ogcapi-features-1/1.0/conf/html", "ogcapi-features-1/1.0/conf/oas30",
			"ogcapi-features-2/1.0/conf/crs", "ogcapi-features-5/1.0/conf/schemas",
			// QGIS filters on the server when it finds these four.
			"ogcapi-features-3/1.0/conf/filter", "ogcapi-features-3/1.0/conf/features-filter", "cql2/1.0/conf/cql2-text", "cql2/1.0/conf/basic-cql2",
		} {
			if !slices.Contains(v.ConformsTo, "http://www.opengis.net/spec/"+c) {
				s.Errorf("%s is not declared", c)
			}
		}
	}},
	{"/req/core/http", func(s *server) {
		r, err := http.NewRequestWithContext(s.Context(), http.MethodHead, s.base+"/collections", nil)
		if err != nil {
			s.Fatal(err)
		}
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			s.Fatal(err)
		}
		if err := a.Body.Close(); err != nil || a.StatusCode != http.StatusOK {
			s.Errorf("HEAD: %d %v", a.StatusCode, err)
		}
		if a := s.get("/nothing"); a.status != http.StatusNotFound || a.header.Get("Content-Type") != "application/problem+json" {
			s.Errorf("no such path: %d %v", a.status, a.header)
		}
		r.Method = http.MethodPost
		if a, err = http.DefaultClient.Do(r); err != nil {
			s.Fatal(err)
		}
		if err := a.Body.Close(); err != nil || a.StatusCode != http.StatusMethodNotAllowed {
			s.Errorf("POST: %d %v", a.StatusCode, err)
		}
		if a := s.get("/collections", "Accept", "image/png"); a.status != http.StatusNotAcceptable {
			s.Errorf("image/png: %d", a.status)
		}
	}},
	{"/req/core/query-param-unknown", func(s *server) {
		for _, path := range []string{
			"", "/conformance", "/api", "/collections", "/collections/forest", "/collections/forest/queryables", "/collections/forest/schema",
			"/collections/forest/items", "/collections/forest/items/" + s.items("forest", "limit", "1").Features[0].ID,
		} {
			equal(s, path, s.faults(path+"?colour=red"), []string{"query.colour unknown-field"})
		}
	}},
	{"/req/core/query-param-invalid", func(s *server) {
		for query, fault := range map[string]string{
			"f=xml":                             "query.f not-in-list",
			"limit=0":                           "query.limit out-of-range",
			"limit=-1":                          "query.limit out-of-range",
			"limit=ten":                         "query.limit out-of-range",
			"limit=1.5":                         "query.limit out-of-range",
			"limit=":                            "query.limit out-of-range",
			"limit=1&limit=2":                   "query.limit given-twice",
			"bbox=1,2,3":                        "query.bbox bad-format",
			"bbox=":                             "query.bbox bad-format",
			"bbox=a,b,c,d":                      "query.bbox bad-format",
			"bbox=1,2,3,4,5":                    "query.bbox bad-format",
			"bbox=1,2,NaN,4":                    "query.bbox bad-format",
			"bbox=109,41,110,40":                "query.bbox filter-geometry",
			"bbox=109,40,110,91":                "query.bbox filter-geometry",
			"bbox=-200,40,110,41":               "query.bbox filter-geometry",
			"bbox-crs=EPSG:4490":                "query.bbox-crs not-in-list",
			"crs=EPSG:4490":                     "query.crs not-in-list",
			"crs=":                              "query.crs not-in-list",
			"filter-crs=nonsense":               "query.filter-crs not-in-list",
			"filter-lang=cql-text":              "query.filter-lang not-in-list",
			"filter=":                           "query.filter filter-syntax",
			"filter=colour%3D1":                 "query.filter filter-unknown-property",
			"datetime=yesterday":                "query.datetime bad-date",
			"datetime=":                         "query.datetime bad-date",
			"datetime=..":                       "query.datetime bad-date",
			"datetime=2022-02-30":               "query.datetime bad-date",
			"datetime=2022-05-31/2022-05-01":    "query.datetime bad-date",
			"datetime=2022-05-01/2022-05-31/..": "query.datetime bad-date",
			"datetime=2022-05-31T00:00/..":      "query.datetime bad-date",
			"properties=colour":                 "query.properties not-in-list",
			"cursor=x":                          "query.cursor bad-format",
			"cursor=MSAx":                       "query.cursor bad-format", // "1 1"
			"vintage=May":                       "query.vintage bad-date",
			"mu=many":                           "query.mu wrong-type",
			strings.Repeat("x", 100) + "=1":     "query." + strings.Repeat("x", 64) + "… unknown-field",
			"filter=S_INTERSECTS(geometry,POLYGON((109+40,110+41,110+40,109+41,109+40)))": "query.filter filter-geometry",
		} {
			equal(s, query, s.faults("/collections/forest/items?"+query), []string{fault})
		}
		equal(s, "all at once", s.faults("/collections/forest/items?limit=0&bbox=1&colour=red"),
			[]string{"query.limit out-of-range", "query.bbox bad-format", "query.colour unknown-field"})
	}},
	{"/req/core/crs84", func(s *server) {
		a := s.get("/collections/division/items?limit=1")
		// 西滩镇 is 109°E to 109°24′E, 40°N to 40°30′N.
		if c := want[featureCollection](s, a).Features[0].Geometry.Coordinates[0][0][0]; c[0] < 109 || c[0] > 109.4 || c[1] < 40 || c[1] > 40.5 {
			s.Errorf("first corner %v", c)
		}
		if got := a.header.Get("Content-Crs"); got != "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>" {
			s.Errorf("Content-Crs %s", got)
		}
	}},
	{"/req/core/fc-md-op", func(s *server) { s.listed() }},
	{"/req/core/fc-md-success", func(s *server) {
		_, all := s.listed()
		var ids []string
		for _, c := range all {
			ids = append(ids, c.ID)
			if c.Title == "" || c.Description == "" || c.ItemType != "feature" || len(c.Sources) == 0 {
				s.Errorf("%+v", c)
			}
		}
		if !slices.Equal(ids, allCollections) {
			s.Errorf("collections %v", ids)
		}
	}},
	{"/req/core/fc-md-links", func(s *server) {
		links, _ := s.listed()
		if self, other := rel(links, "self", "application/json"), rel(links, "alternate", "text/html"); self == "" || other == "" || s.get(other).status != http.StatusOK {
			s.Errorf("links %v", links)
		}
	}},
	{"/req/core/fc-md-items", func(s *server) {
		_, all := s.listed()
		if len(all) != len(allCollections) {
			s.Errorf("%d collections", len(all))
		}
	}},
	{"/req/core/fc-md-items-links", func(s *server) {
		_, all := s.listed()
		for _, c := range all {
			for _, mediaType := range []string{"application/geo+json", "text/html"} {
				a := s.get(rel(c.Links, "items", mediaType))
				if got, _, _ := strings.Cut(a.header.Get("Content-Type"), ";"); a.status != http.StatusOK || got != mediaType {
					s.Errorf("%s as %s: %d %s", c.ID, mediaType, a.status, got)
				}
			}
		}
	}},
	{"/req/core/fc-md-extent", func(s *server) {
		for _, id := range allCollections {
			c := s.described(id)
			if c.Extent == nil || c.Extent.Spatial == nil || len(c.Extent.Spatial.BBox) != 1 {
				s.Errorf("%s: extent %+v", id, c.Extent)
				continue
			}
			box := c.Extent.Spatial.BBox[0]
			for _, f := range s.items(id, "limit", "10000").Features {
				b := f.bounds()
				if b[0] < box[0]-1e-9 || b[1] < box[1]-1e-9 || b[2] > box[2]+1e-9 || b[3] > box[3]+1e-9 {
					s.Errorf("%s: %s lies in %v, outside %v", id, f.ID, b, box)
				}
			}
		}
		for i, want := range [4]float64{109, 40, 110.75, 40.5} {
			if got := s.described("division").Extent.Spatial.BBox[0]; math.Abs(got[i]-want) > 1.5e-9 {
				s.Errorf("the county: %v", got)
			}
		}
		if got := s.described("disturbance").Extent.Temporal.Interval[0]; *got[0] != "2021-06-30T00:00:00+08:00" || *got[1] != "2022-05-10T23:59:59+08:00" {
			s.Errorf("days of images: %s, %s", *got[0], *got[1])
		}
	}},
	{"/req/core/fc-md-extent-multi", func(s *server) {
		if n := len(s.described("division").Extent.Spatial.BBox); n != 1 {
			s.Errorf("%d boxes", n)
		}
	}},
	{"/req/core/sfc-md-op", func(s *server) {
		for _, id := range allCollections {
			s.described(id)
		}
		for _, path := range []string{"/collections/nothing", "/collections/nothing/items", "/collections/run/items", "/collections/nothing/schema"} {
			if a := s.get(path); a.status != http.StatusNotFound {
				s.Errorf("%s: %d", path, a.status)
			}
		}
	}},
	{"/req/core/sfc-md-success", func(s *server) {
		_, all := s.listed()
		for _, c := range all {
			d := s.described(c.ID)
			if d.Title != c.Title || d.ItemType != c.ItemType || d.Extent.Spatial.BBox[0] != c.Extent.Spatial.BBox[0] || !slices.Equal(d.CRS, c.CRS) {
				s.Errorf("listed as %+v, described as %+v", c, d)
			}
			for _, l := range c.Links {
				if l.Rel != "self" && !slices.Contains(d.Links, l) {
					s.Errorf("%s: link %+v is only in the list", c.ID, l)
				}
			}
		}
	}},
}

// bounds are west, south, east, north.
func (f feature) bounds() [4]float64 {
	b := [4]float64{1e9, 1e9, -1e9, -1e9}
	for _, polygon := range f.Geometry.Coordinates {
		for _, ring := range polygon {
			for _, p := range ring {
				b = [4]float64{min(b[0], p[0]), min(b[1], p[1]), max(b[2], p[0]), max(b[3], p[1])}
			}
		}
	}
	return b
}
