package ogc_test

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
)

func (s *server) schema(id string) map[string]any {
	s.Helper()
	return want[map[string]any](s, s.get("/collections/"+id+"/schema"))
}

var schemaRequirements = []requirement{
	{"/req/returnables-and-receivables/link", func(s *server) {
		for _, id := range allCollections {
			if a := s.get(rel(s.described(id).Links, schemaRelation, "application/schema+json")); a.status != http.StatusOK {
				s.Errorf("%s: %d", id, a.status)
			}
		}
	}},
	{"/req/returnables-and-receivables/op", func(s *server) {
		a := s.get("/collections/forest/schema", "Accept", "application/schema+json")
		if got := a.header.Get("Content-Type"); a.status != http.StatusOK || got != "application/schema+json" {
			s.Errorf("%d %s", a.status, got)
		}
	}},
	{"/req/returnables-and-receivables/response", func(s *server) {
		// Features say what the schema says, all of it, in its types.
		for _, id := range allCollections {
			properties := at(s.schema(id), "properties").(map[string]any)
			names := slices.DeleteFunc(slices.Sorted(maps.Keys(properties)), func(n string) bool { return n == "id" || n == "geometry" })
			for _, f := range s.items(id).Features {
				if got := slices.Sorted(maps.Keys(f.Properties)); !slices.Equal(got, names) {
					s.Fatalf("%s %s: %v, the schema says %v", id, f.ID, got, names)
				}
				for name, v := range f.Properties {
					if !fits(v, properties[name]) {
						s.Errorf("%s %s: %s is %v, the schema says %v", id, f.ID, name, v, properties[name])
					}
				}
			}
		}
	}},
	{"/req/schemas/schema", func(s *server) {
		for _, id := range allCollections {
			v := s.schema(id)
			if at(v, "$schema") != "https://json-schema.org/draft/2020-12/schema" || at(v, "type") != "object" || at(v, "$id") != s.base+"/collections/"+id+"/schema" {
				s.Errorf("%s: %v", id, v)
			}
		}
	}},
	{"/req/schemas/properties", func(s *server) {
		for _, id := range allCollections {
			seen := map[any]bool{}
			for name, p := range at(s.schema(id), "properties").(map[string]any) {
				if title, _ := at(p, "title").(string); title == "" {
					s.Errorf("%s.%s: no title", id, name)
				}
				if seq := at(p, "x-ogc-propertySeq"); name != "id" && name != "geometry" {
					if seen[seq] {
						s.Errorf("%s.%s: place %v is taken", id, name, seq)
					}
					seen[seq] = true
				}
			}
		}
		p := at(s.schema("finding"), "properties")
		for path, want := range map[string]any{
			"mu.title": "椭球面积（亩）", "mu.x-ogc-unit": "亩", "ellipsoidal_area_m2.x-ogc-unit": "m2", "metres_above.x-ogc-unit": "m", "run_id.type": "integer",
			"as_of.format": "date", "enterprise.title": "采矿权人",
		} {
			name, member, _ := strings.Cut(path, ".")
			if got := at(p, name, member); got != want {
				s.Errorf("%s: %v, want %v", path, got, want)
			}
		}
		if got := at(s.schema("mining_right"), "properties", "licensed_area_km2", "x-ogc-unit"); got != "km2" {
			s.Errorf("%v", got)
		}
	}},
	{"/req/schemas/properties-spatial", func(s *server) {
		if got := at(s.schema("forest"), "properties", "geometry"); at(got, "format") != "geometry-multipolygon" || at(got, "type") != nil {
			s.Errorf("%v", got)
		}
	}},
	{"/req/schemas/role-id", func(s *server) { oneRole(s, "id", "id") }},
	{"/req/core-roles-features/role-primary-geometry", func(s *server) { oneRole(s, "primary-geometry", "geometry") }},
	{"/req/core-roles-features/role-primary-instant", func(s *server) {
		for id, name := range map[string]string{"disturbance": "imaged_on", "finding": "as_of"} {
			if got := rolesOf(s, id)["primary-instant"]; !slices.Equal(got, []string{name}) {
				s.Errorf("%s: %v", id, got)
			}
		}
	}},
	{"/req/core-roles-features/primary-temporal-constraints", func(s *server) {
		for _, id := range allCollections {
			r := rolesOf(s, id)
			if len(r["primary-instant"]) > 1 || len(r["primary-interval-start"]) != len(r["primary-interval-end"]) || len(r["primary-instant"])+len(r["primary-interval-end"]) > 1 {
				s.Errorf("%s: %v", id, r)
			}
		}
		if r := rolesOf(s, "mining_right"); !slices.Equal(r["primary-interval-start"], []string{"valid_from"}) || !slices.Equal(r["primary-interval-end"], []string{"valid_to"}) {
			s.Errorf("%v", r)
		}
	}},
	{"/req/queryables/response", func(s *server) {
		for _, id := range allCollections {
			returned, queried := at(s.schema(id), "properties").(map[string]any), at(want[map[string]any](s, s.get("/collections/"+id+"/queryables")), "properties").(map[string]any)
			for name := range returned {
				if _, ok := queried[name]; !ok && name != "id" {
					s.Errorf("%s: %s cannot be asked for", id, name)
				}
			}
		}
	}},
	{"/rec/features/sortby-parameter", func(s *server) {
		for _, tt := range []struct {
			sortby  string
			ordered func(a, b feature) int
		}{
			{"-mu", by("mu", true)},
			{"+rule,-mu", func(a, b feature) int {
				return cmp.Or(strings.Compare(a.Properties["rule"].(string), b.Properties["rule"].(string)), by("mu", true)(a, b))
			}},
			// What is unknown comes last, upwards and downwards.
			{"metres_below,metres_above", func(a, b feature) int {
				return cmp.Or(by("metres_below", false)(a, b), by("metres_above", false)(a, b))
			}},
			{"-metres_above,mu", func(a, b feature) int { return cmp.Or(by("metres_above", true)(a, b), by("mu", false)(a, b)) }},
		} {
			var all []feature
			for c := s.items("finding", "limit", "9", "sortby", tt.sortby); ; c = want[featureCollection](s, s.get(rel(c.Links, "next", ""))) {
				all = append(all, c.Features...)
				if rel(c.Links, "next", "") == "" {
					break
				}
			}
			names := map[string]bool{}
			for i, f := range all {
				if names[f.ID] = true; i > 0 && tt.ordered(all[i-1], f) > 0 {
					s.Errorf("%s: %v before %v", tt.sortby, all[i-1].Properties, f.Properties)
				}
			}
			if len(all) != 70 || len(names) != 70 {
				s.Errorf("%s: %d features, %d different", tt.sortby, len(all), len(names))
			}
		}
		equal(s, "geometry", s.faults("/collections/finding/items?sortby=geometry"), []string{"query.sortby not-in-list"})
	}},
	{"/rec/features/properties-parameter", func(s *server) {
		for _, f := range s.items("finding", "properties", "mu,rule,geometry,mu").Features {
			if got := slices.Sorted(maps.Keys(f.Properties)); !slices.Equal(got, []string{"mu", "rule"}) {
				s.Fatalf("%v", got)
			}
		}
	}},
}

// by compares a number of two features; what is unknown comes last either way.
func by(name string, descending bool) func(a, b feature) int {
	return func(a, b feature) int {
		x, knownX := a.Properties[name].(float64)
		y, knownY := b.Properties[name].(float64)
		switch {
		case knownX && knownY && descending:
			return cmp.Compare(y, x)
		case knownX && knownY:
			return cmp.Compare(x, y)
		case knownX:
			return -1
		case knownY:
			return 1
		}
		return 0
	}
}

// fits says whether a value is one that its schema describes, or unknown.
func fits(v, schema any) bool {
	if codes, ok := at(schema, "oneOf").([]any); ok && v != nil {
		return slices.ContainsFunc(codes, func(c any) bool { return at(c, "const") == v })
	}
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return at(schema, "type") == "string"
	case float64:
		return at(schema, "type") == "number" || at(schema, "type") == "integer" && v == float64(int64(v))
	}
	return false
}

// rolesOf are the roles in a schema, with the properties that have them.
func rolesOf(s *server, id string) map[string][]string {
	s.Helper()
	all := map[string][]string{}
	for name, p := range at(s.schema(id), "properties").(map[string]any) {
		if role, ok := at(p, "x-ogc-role").(string); ok {
			all[role] = append(all[role], name)
		}
	}
	return all
}

func oneRole(s *server, role, name string) {
	s.Helper()
	for _, id := range allCollections {
		if got := rolesOf(s, id)[role]; !slices.Equal(got, []string{name}) {
			s.Errorf("%s: %v", id, got)
		}
	}
}
