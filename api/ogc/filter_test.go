package ogc_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/taohe-gis/taohe/internal/demo"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

const (
	queryablesRelation = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
	schemaRelation     = "http://www.opengis.net/def/rel/ogc/1.0/schema"
)

// matches checks how many features a filter chooses.
func (s *server) matches(n int, collection, filter string, pairs ...string) {
	s.Helper()
	if c := s.items(collection, append(pairs, "filter", filter)...); c.NumberMatched == nil || *c.NumberMatched != n {
		s.Errorf("%s: %v match, want %d", filter, c.NumberMatched, n)
	}
}

// expectedFindings counts what was built into the sample county.
func (s *server) expectedFindings(is func(rule string, m2 float64) bool) (n int) {
	s.Helper()
	e, err := demo.ReadExpected(sampledata.FS)
	if err != nil {
		s.Fatal(err)
	}
	for _, m := range e.Mines {
		for _, f := range m.Findings {
			if is(f.Rule, f.EllipsoidalAreaM2) {
				n++
			}
		}
	}
	return n
}

var filterRequirements = []requirement{
	{"/req/queryables/queryables-link", func(s *server) {
		for _, id := range allCollections {
			if a := s.get(rel(s.described(id).Links, queryablesRelation, "application/schema+json")); a.status != http.StatusOK {
				s.Errorf("%s: %d", id, a.status)
			}
		}
	}},
	{"/req/queryables/get-queryables-op", func(s *server) {
		a := s.get("/collections/finding/queryables", "Accept", "application/schema+json")
		if got := a.header.Get("Content-Type"); a.status != http.StatusOK || got != "application/schema+json" {
			s.Errorf("%d %s", a.status, got)
		}
	}},
	{"/req/queryables/get-queryables-response", func(s *server) {
		for _, id := range allCollections {
			q := want[map[string]any](s, s.get("/collections/"+id+"/queryables"))
			if at(q, "$schema") != "https://json-schema.org/draft/2020-12/schema" || at(q, "type") != "object" || at(q, "title") == "" ||
				at(q, "$id") != s.base+"/collections/"+id+"/queryables" || at(q, "additionalProperties") != false {
				s.Errorf("%s: %v", id, q)
			}
			for name, p := range at(q, "properties").(map[string]any) {
				if title, _ := at(p, "title").(string); title == "" || title == name {
					s.Errorf("%s.%s has no title: %v", id, name, p)
				}
			}
			// QGIS knows the shape by this.
			if ref := at(q, "properties", "geometry", "$ref"); ref != "https://geojson.org/schema/MultiPolygon.json" || at(q, "properties", "geometry", "type") != nil {
				s.Errorf("%s: geometry %v", id, at(q, "properties", "geometry"))
			}
		}
	}},
	{"/req/queryables/expression-construction", func(s *server) {
		for _, id := range allCollections {
			q := want[map[string]any](s, s.get("/collections/"+id+"/queryables"))
			for name := range at(q, "properties").(map[string]any) {
				if a := s.get("/collections/" + id + "/items" + query("limit", "1", "filter", `"`+name+`" IS NOT NULL`)); a.status != http.StatusOK {
					s.Errorf("%s.%s: %d %s", id, name, a.status, a.body)
				}
			}
			equal(s, "a name that is none", s.faults("/collections/"+id+"/items?filter=geom+IS+NULL"), []string{"query.filter filter-unknown-property"})
		}
	}},
	{"/req/queryables-query-parameters/parameters", func(s *server) {
		s.counted(2, 2, "water_source", "grade", "1")
		s.counted(1, 1, "water_source", "grade", "1", "name", "东沙水源地")
		s.counted(12, 12, "disturbance", "imaged_on", "2021-06-30")
		s.counted(1, 1, "division", "row_no", "3")
		s.counted(0, 0, "division", "name", "' OR '1'='1")
		get := at(s.openapi(), "paths", "/collections/disturbance/items", "get", "parameters").([]any)
		if !slices.ContainsFunc(get, func(p any) bool { return at(p, "name") == "imaged_on" && at(p, "schema", "format") == "date" }) {
			s.Error("imaged_on is not in the definition")
		}
	}},
	{"/req/filter/filter-param", func(s *server) {
		s.matches(3, "water_source", "grade <> '2' AND name LIKE '%水源地'")
		if p := at(s.openapi(), "components", "parameters", "filter"); at(p, "in") != "query" || at(p, "schema", "type") != "string" {
			s.Errorf("%v", p)
		}
	}},
	{"/req/filter/filter-lang-param", func(s *server) {
		s.matches(2, "water_source", "grade = '1'", "filter-lang", "cql2-text")
		equal(s, "cql2-json", s.faults("/collections/water_source/items"+query("filter-lang", "cql2-json")), []string{"query.filter-lang not-in-list"})
		if p := at(s.openapi(), "components", "parameters", "filter-lang", "schema"); at(p, "default") != "cql2-text" {
			s.Errorf("%v", p)
		}
	}},
	{"/req/filter/filter-crs-wgs84", func(s *server) {
		s.matches(1, "water_source", "S_INTERSECTS(geometry, POINT(110.272 40.35))")
		s.matches(1, "water_source", "S_INTERSECTS(geometry, POINT(110.272 40.35))", "filter-crs", crs84, "crs", zone37)
	}},
	{"/req/filter/filter-crs-param", func(s *server) {
		s.matches(1, "water_source", "S_INTERSECTS(geometry, POINT(40.35 110.272))", "filter-crs", cgcs2000)
		s.matches(1, "water_source", "S_INTERSECTS(geometry, POINT(4468500 37438000))", "filter-crs", zone37)
		s.matches(1, "water_source", "S_INTERSECTS(geometry, BBOX(4467900,37437500,4468000,37437600))", "filter-crs", zone37)
		equal(s, "3857", s.faults("/collections/water_source/items"+query("filter-crs", webSystem)), []string{"query.filter-crs not-in-list"})
	}},
	{"/req/filter/expression-construction", func(s *server) {
		equal(s, "run", s.faults("/collections/finding/items"+query("filter", "digest IS NULL")), []string{"query.filter filter-unknown-property"})
	}},
	{"/req/filter/mixing-expressions", func(s *server) {
		// Conditions of the filter and the other parameters are all to be met.
		s.matches(1, "water_source", "grade = '2'", "bbox", "110.2,40.3,110.3,40.4")
		s.matches(0, "water_source", "grade = 'quasi'", "bbox", "110.2,40.3,110.3,40.4")
	}},
	{"/req/filter/response", func(s *server) {
		// What is unknown is not chosen, nor its opposite.
		all, yes, no := 70, s.items("finding", "filter", "metres_above > 1"), s.items("finding", "filter", "NOT metres_above > 1")
		unknown := s.items("finding", "filter", "metres_above IS NULL")
		if *yes.NumberMatched+*no.NumberMatched+*unknown.NumberMatched != all || *unknown.NumberMatched == 0 || *yes.NumberMatched == 0 {
			s.Errorf("%d, %d, %d", *yes.NumberMatched, *no.NumberMatched, *unknown.NumberMatched)
		}
		a := s.get("/collections/finding/items" + query("filter", "mu > ", "limit", "1"))
		if !strings.Contains(string(a.body), "第 6 个字符") || strings.Contains(string(a.body), "mu >") {
			s.Errorf("where it is wrong: %s", a.body)
		}
	}},
	{"/req/features-filter/filter-param", func(s *server) {
		// The next page is of the same filter.
		next := rel(s.items("finding", "limit", "5", "filter", "rule = 'unapproved'").Links, "next", "")
		u, err := url.Parse(next)
		if err != nil || u.Query().Get("filter") != "rule = 'unapproved'" {
			s.Fatalf("%s", next)
		}
		c := want[featureCollection](s, s.get(next))
		if len(c.Features) != 5 || slices.ContainsFunc(c.values("rule"), func(r string) bool { return r != "unapproved" }) {
			s.Errorf("%v", c.values("rule"))
		}
	}},
}

var cqlRequirements = []requirement{
	{"/req/basic-cql2/cql2-filter", func(s *server) {
		large := s.expectedFindings(func(_ string, m2 float64) bool { return m2*3/2000 > 100 })
		small := s.expectedFindings(func(rule string, m2 float64) bool { return m2*3/2000 <= 100 && rule == "over_occupied" })
		s.matches(large, "finding", "mu > 100")
		s.matches(small, "finding", "NOT mu > 100 AND rule = 'over_occupied'")
		s.matches(large+small, "finding", "mu > 100 OR rule = 'over_occupied'")
		s.matches(70, "finding", "TRUE")
		s.matches(0, "finding", "FALSE")
	}},
	{"/req/basic-cql2/binary-comparison-predicate", func(s *server) {
		s.matches(12, "finding", "rule = 'unapproved'")
		s.matches(58, "finding", "rule <> 'unapproved'")
		s.matches(39, "mining_right", "licensed_area_km2 > 3")
		s.matches(69, "mining_right", "valid_from <= DATE('2022-05-31') AND valid_to >= DATE('2022-05-31')")
		s.matches(120, "disturbance", "imaged_on > TIMESTAMP('2021-06-30T12:00:00Z')")
	}},
	{"/req/basic-cql2/null-predicate", func(s *server) {
		s.matches(74, "mining_right", "licensed_area_km2 IS NOT NULL OR licensed_area_km2 IS NULL")
		s.matches(0, "disturbance", "patch_no IS NULL")
	}},
	{"/req/basic-cql2/property", func(s *server) { s.matches(6, "division", `"name" LIKE '%' AND "code" > '1599'`) }},
	{"/req/advanced-comparison-operators/like-predicate", func(s *server) {
		s.matches(2, "division", "name LIKE '%苏木'")
		s.matches(4, "division", "name NOT LIKE '%苏木'")
		s.matches(2, "division", "name LIKE '_滩%' AND code LIKE '1599001__'")
	}},
	{"/req/advanced-comparison-operators/between-predicate", func(s *server) {
		n := s.expectedFindings(func(_ string, m2 float64) bool { return m2 >= 30000 && m2 <= 130000 })
		s.matches(n, "finding", "ellipsoidal_area_m2 BETWEEN 30000 AND 130000")
		s.matches(70-n, "finding", "ellipsoidal_area_m2 NOT BETWEEN 30000 AND 130000")
	}},
	{"/req/advanced-comparison-operators/in-predicate", func(s *server) {
		s.matches(12, "grassland", "land_code IN ('0403','0404')")
		s.matches(13, "grassland", "land_code NOT IN ('0403','0404')")
	}},
	{"/req/case-insensitive-comparison/casei-function", func(s *server) {
		s.matches(0, "disturbance", "patch_no LIKE 'tb2021%'")
		s.matches(12, "disturbance", "CASEI(patch_no) LIKE CASEI('tb2021%')")
		s.matches(81, "disturbance", "CASEI(kind) = CASEI('PIT')")
	}},
	{"/req/basic-spatial-functions/spatial-predicate", func(s *server) {
		s.matches(2, "division", "S_INTERSECTS(geometry, POINT(109.4 40.4))") // on the border of two
		s.matches(1, "division", "S_INTERSECTS(geometry, POINT(109.41 40.4))")
	}},
	{"/req/basic-spatial-functions/spatial-data-types", func(s *server) {
		s.matches(3, "division", "S_INTERSECTS(geometry, BBOX(109.39,40.24,109.41,40.26))")
	}},
	{"/req/basic-spatial-functions-plus/spatial-data-types", func(s *server) {
		s.matches(2, "division", "S_INTERSECTS(geometry, LINESTRING(109.1 40.1, 109.5 40.1))")
		s.matches(2, "division", "S_INTERSECTS(geometry, MULTIPOINT((109.1 40.1),(109.5 40.1)))")
		s.matches(1, "division", "S_INTERSECTS(geometry, POLYGON((109.1 40.1,109.2 40.1,109.2 40.2,109.1 40.1)))")
	}},
	{"/req/spatial-functions/spatial-functions", func(s *server) {
		s.matches(5, "water_source", "S_WITHIN(geometry, BBOX(109,40,111,41))")
		s.matches(1, "water_source", "S_EQUALS(geometry, BBOX(110.27,40.348,110.275,40.352))")
		s.matches(3, "water_source", "S_DISJOINT(geometry, BBOX(110.27,40.348,110.275,40.352))")
		s.matches(1, "water_source", "S_CONTAINS(geometry, BBOX(110.266,40.345,110.267,40.346))")
		s.matches(1, "water_source", "S_OVERLAPS(geometry, BBOX(110.26,40.34,110.267,40.346))")
		s.matches(1, "water_source", "S_TOUCHES(geometry, POINT(110.265 40.344))")
		s.matches(1, "water_source", "S_CROSSES(LINESTRING(110.26 40.345, 110.29 40.345), geometry)")
	}},
	{"/req/temporal-functions/temporal-functions", func(s *server) {
		s.matches(12, "disturbance", "T_BEFORE(imaged_on, DATE('2022-01-01'))")
		s.matches(120, "disturbance", "T_DURING(imaged_on, INTERVAL('2021-07-01','..'))")
		s.matches(69, "mining_right", "T_INTERSECTS(INTERVAL(valid_from, valid_to), DATE('2022-05-31'))")
		s.matches(3, "mining_right", "T_BEFORE(INTERVAL(valid_from, valid_to), DATE('2022-05-09'))")
	}},
	{"/req/property-property/property-property", func(s *server) {
		s.matches(74, "mining_right", "valid_from < valid_to")
		s.matches(0, "mining_right", "bottom_elevation_m > top_elevation_m")
	}},
	{"/req/cql2-text/cql2-text", func(s *server) {
		s.matches(12, "finding", "( rule = 'unapproved' And\n\tNoT mu is NULL )")
	}},
}
