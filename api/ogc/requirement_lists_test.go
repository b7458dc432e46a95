package ogc_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// requirementLists are the requirements of the standards, of the classes that are
// declared, as their own lists have them; a requirement without a test shows.
var requirementLists = map[string]string{
	"ogcapi-features-1": `/req/core/ root-op root-success api-definition-op api-definition-success conformance-op conformance-success http query-param-unknown
		query-param-invalid crs84 fc-md-op fc-md-success fc-md-links fc-md-items fc-md-items-links fc-md-extent fc-md-extent-multi sfc-md-op sfc-md-success fc-op
		fc-limit-definition fc-limit-response-1 fc-bbox-definition fc-bbox-response fc-time-definition fc-time-response fc-response fc-links fc-rel-type
		fc-timeStamp fc-numberMatched fc-numberReturned f-op f-success f-links
		/req/html/ definition content /req/geojson/ definition content
		/req/oas30/ oas-definition-1 oas-definition-2 oas-impl completeness exception-codes security`,
	"ogcapi-features-2": `/req/crs/ crs-uri fc-md-crs-list fc-md-storageCrs fc-md-storageCrs-valid-value fc-md-crs-list-global fc-bbox-crs-definition
		fc-bbox-crs-valid-values fc-bbox-crs-default-value fc-bbox-crs-action bbox-crs-exception fc-crs-definition fc-crs-valid-value fc-crs-default-value
		fc-crs-action crs-exception geojson ogc-crs-header ogc-crs-header-value`,
	"ogcapi-features-3": `/req/queryables/ queryables-link get-queryables-op get-queryables-response expression-construction
		/req/queryables-query-parameters/ parameters
		/req/filter/ filter-param filter-lang-param filter-crs-wgs84 filter-crs-param mixing-expressions expression-construction response
		/req/features-filter/ filter-param`,
	"ogcapi-features-5": `/req/schemas/ json-schema properties additional-keywords role role-id property-seq unit definition
		/req/core-roles-features/ role-primary-geometry role-primary-instant role-primary-interval-start role-primary-interval-end primary-temporal-constraints role-type
		/req/returnables-and-receivables/ link op response /req/queryables/ link op response`,
	"ogcapi-tiles-1": `/req/core/ conformance-success tc-op tc-tilematrix-definition tc-tilerow-definition tc-tilecol-definition tc-success tc-error
		/req/tileset/ conformance-success tileset-description /req/tilesets-list/ conformance-success tileset-links tileset-path
		/req/geodata-tilesets/ conformance-success desc-links operation /req/mvt/ content /req/oas30/ operation-id completeness`,
	"ogcapi-processes-1": `/req/core/ landingpage-op landingpage-success api-definition-op api-definition-success conformance-op conformance-success http process-list
		pl-limit-definition pl-limit-response process-list-success pl-links process process-success process-exception/no-such-process job-creation-op
		job-creation-auto-execution-mode job-creation-default-execution-mode job-creation-request job-creation-inputs job-creation-input-inline
		job-creation-input-inline-object job-creation-input-inline-mixed job-creation-input-inline-binary job-creation-input-inline-bbox
		job-creation-input-array job-creation-input-ref job-creation-input-validation job-creation-default-outputs job-creation-sync-raw-value-one
		job-creation-sync-raw-value-multi job-creation-sync-raw-ref job-creation-sync-raw-mixed-multi job-creation-sync-document job-creation-success-async
		job job-success job-exception-no-such-job job-results job-results-sync job-results-async-raw-value-one job-results-async-raw-value-multi
		job-results-async-raw-ref job-results-async-raw-mixed-multi job-results-async-document job-results-exception-no-such-job
		job-results-exception-results-not-ready job-results-failed
		/req/ogc-process-description/ json-encoding inputs-def input-def input-mixed-type outputs-def output-def output-mixed-type
		/req/json/ definition /req/html/ definition content /req/oas30/ oas-definition-1 oas-definition-2 oas-impl completeness exception-codes security
		/req/job-list/ job-list-op type-definition type-response processID-definition processID-mandatory processID-response status-definition status-response
		datetime-definition datetime-response duration-definition duration-response jl-limit-definition jl-limit-response job-list-success jl-links
		/req/dismiss/ job-dismiss-op job-dismiss-success`,
}

func TestRequirementLists(t *testing.T) {
	t.Parallel()
	tests := map[string][]requirement{"ogcapi-processes-1": slices.Concat(processRequirements, executionRequirements, jobRequirements, notDoneRequirements)}
	for _, p := range parts() {
		tests[p.name] = p.requirements
	}
	for part, text := range requirementLists {
		class := ""
		for word := range strings.FieldsSeq(text) {
			if strings.HasPrefix(word, "/") {
				class = word
				continue
			}
			if !slices.ContainsFunc(tests[part], func(r requirement) bool { return r.id == class+word }) {
				t.Errorf("%s: no test of %s", part, class+word)
			}
		}
	}
}

// everyMember calls look with each property of each schema, and of each list of
// queryables.
func everyMember(s *server, look func(of, name string, member map[string]any)) {
	s.Helper()
	for _, id := range allCollections {
		for _, of := range []string{"schema", "queryables"} {
			for name, p := range at(want[map[string]any](s, s.get("/collections/"+id+"/"+of)), "properties").(map[string]any) {
				look(id+" "+of, name, p.(map[string]any))
			}
		}
	}
}

var moreSchemaRequirements = []requirement{
	{"/req/schemas/json-schema", func(s *server) {
		for _, id := range allCollections {
			v := want[map[string]any](s, s.get("/collections/"+id+"/queryables"))
			address := s.base + "/collections/" + id + "/queryables"
			if v["$schema"] != "https://json-schema.org/draft/2020-12/schema" || v["type"] != "object" || v["$id"] != address {
				s.Errorf("%s: %v", id, v)
			}
			if a := s.get(address, "Accept", "application/schema+json"); a.header.Get("Content-Type") != "application/schema+json" {
				s.Errorf("%s: %v", address, a.header)
			}
		}
	}},
	{"/req/schemas/additional-keywords", func(s *server) {
		known := []string{"$ref", "title", "type", "format", "oneOf", "readOnly"}
		everyMember(s, func(of, name string, member map[string]any) {
			for keyword := range member {
				if !slices.Contains(known, keyword) && !strings.HasPrefix(keyword, "x-ogc-") {
					s.Errorf("%s %s: %s", of, name, keyword)
				}
			}
		})
	}},
	{"/req/schemas/role", func(s *server) {
		known := []string{"id", "primary-geometry", "primary-instant", "primary-interval-start", "primary-interval-end"}
		everyMember(s, func(of, name string, member map[string]any) {
			if role, given := member["x-ogc-role"]; given && !slices.Contains(known, role.(string)) {
				s.Errorf("%s %s: %v", of, name, role)
			}
		})
	}},
	{"/req/schemas/property-seq", func(s *server) {
		seen := map[string]map[float64]string{}
		everyMember(s, func(of, name string, member map[string]any) {
			place, whole := member["x-ogc-propertySeq"].(float64)
			if seen[of] == nil {
				seen[of] = map[float64]string{}
			}
			if other, taken := seen[of][place]; taken || !whole || place != float64(int(place)) {
				s.Errorf("%s: %s and %s at %v", of, name, other, member["x-ogc-propertySeq"])
			}
			seen[of][place] = name
		})
	}},
	{"/req/schemas/unit", func(s *server) {
		// In UCUM's words, or it is said in whose.
		everyMember(s, func(of, name string, member map[string]any) {
			unit, given := member["x-ogc-unit"]
			if _, language := member["x-ogc-unitLang"]; given && !language && !slices.Contains([]string{"m2", "km2", "m"}, unit.(string)) {
				s.Errorf("%s %s: %v", of, name, unit)
			}
		})
	}},
	{"/req/schemas/definition", func(s *server) {
		everyMember(s, func(of, name string, member map[string]any) {
			if definition, given := member["x-ogc-definition"]; given && !strings.HasPrefix(definition.(string), "http") {
				s.Errorf("%s %s: %v", of, name, definition)
			}
		})
	}},
	{"/req/core-roles-features/role-primary-interval-start", func(s *server) { atMostOneDay(s, "primary-interval-start") }},
	{"/req/core-roles-features/role-primary-interval-end", func(s *server) { atMostOneDay(s, "primary-interval-end") }},
	{"/req/core-roles-features/role-type", func(s *server) {
		for _, id := range allCollections {
			if got := rolesOf(s, id)["type"]; len(got) != 0 {
				s.Errorf("%s: %v", id, got)
			}
		}
	}},
	{"/req/queryables/link", func(s *server) {
		for _, id := range allCollections {
			if a := s.get(rel(s.described(id).Links, relations+"queryables", "application/schema+json")); a.status != http.StatusOK {
				s.Errorf("%s: %d", id, a.status)
			}
		}
	}},
	{"/req/queryables/op", func(s *server) {
		a := s.get("/collections/forest/queryables", "Accept", "application/schema+json")
		if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/schema+json" {
			s.Errorf("%d %v", a.status, a.header)
		}
	}},
}

// atMostOneDay checks that the properties of a role are days, one in a schema.
func atMostOneDay(s *server, role string) {
	s.Helper()
	seen := map[string]string{}
	everyMember(s, func(of, name string, member map[string]any) {
		if member["x-ogc-role"] != role {
			return
		}
		if member["type"] != "string" || member["format"] != "date" || seen[of] != "" {
			s.Errorf("%s: %s and %s, %v", of, name, seen[of], member)
		}
		seen[of] = name
	})
	if len(seen) == 0 {
		s.Error("no property has the role")
	}
}

var moreTileRequirements = []requirement{
	{"/req/tileset/conformance-success", declared("ogcapi-tiles-1/1.0/conf/tileset")},
	{"/req/tilesets-list/conformance-success", declared("ogcapi-tiles-1/1.0/conf/tilesets-list")},
	{"/req/geodata-tilesets/conformance-success", declared("ogcapi-tiles-1/1.0/conf/geodata-tilesets")},
	{"/req/tilesets-list/tileset-path", func(s *server) {
		for _, id := range allCollections {
			v := want[struct{ Tilesets []struct{ Links []link } }](s, s.get("/collections/"+id+"/tiles"))
			if len(v.Tilesets) != 2 {
				s.Errorf("%s: %d sets of tiles", id, len(v.Tilesets))
			}
			for _, set := range v.Tilesets {
				if a := s.get(rel(set.Links, "self", "application/json")); a.status != http.StatusOK {
					s.Errorf("%s: %d", id, a.status)
				}
			}
		}
	}},
	{"/req/oas30/completeness", func(s *server) {
		doc := s.openapi()
		everyReferenceHolds(s, doc)
		answers := at(doc, "paths", "/collections/forest/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}", "get", "responses")
		if at(answers, "200", "content", "application/vnd.mapbox-vector-tile") == nil || at(answers, "400") == nil || at(answers, "404") == nil || at(answers, "304") == nil {
			s.Errorf("%v", answers)
		}
	}},
}

func declared(class string) func(*server) {
	return func(s *server) {
		if !slices.Contains(want[struct{ ConformsTo []string }](s, s.get("/conformance")).ConformsTo, "http://www.opengis.net/spec/"+class) {
			s.Errorf("%s is not declared", class)
		}
	}
}
