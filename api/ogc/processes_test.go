package ogc_test

import (
	"encoding/json"
	"html"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"testing"
)

const (
	mineNo      = "C1599002017081120121295"
	exceptions  = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
	relations   = "http://www.opengis.net/def/rel/ogc/1.0/"
	mineInputs  = `"inputs":{"licence_no":"` + mineNo + `","run":1}`
	smallGround = `"inputs":{"as_of":"2022-05-31","corners":[[109.6,40.2],[109.62,40.2],[109.62,40.22],[109.6,40.22]]}`
)

// Every requirement of OGC API – Processes – Part 1: Core, version 1.0, of the
// declared classes, on the sample county with one run and a worker.
func TestProcesses(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.work()
	t.Run("ogcapi-processes-1", func(t *testing.T) {
		for _, r := range slices.Concat(processRequirements, executionRequirements, jobRequirements) {
			t.Run(r.id, func(t *testing.T) {
				t.Parallel()
				r.check(s.in(t))
			})
		}
	})
	// Nothing of it touches what a run is sealed over.
	if v, err := s.p.Verify(t.Context()); err != nil || len(v.Breaks) > 0 || v.Runs < 1 {
		t.Errorf("%d runs, %v: %v", v.Runs, v.Breaks, err)
	}
}

var processRequirements = []requirement{
	{"/req/core/landingpage-op", func(s *server) { want[landingPage](s, s.get("")) }},
	{"/req/core/landingpage-success", func(s *server) {
		links := want[landingPage](s, s.get("")).Links
		for relation, id := range map[string]string{relations + "processes": "overlay", relations + "job-list": "run-1", "service-desc": "getProcesses", "conformance": "ogcapi-processes-1"} {
			if a := s.get(rel(links, relation, "")); a.status != http.StatusOK || !strings.Contains(string(a.body), id) {
				s.Errorf("%s: %d %.300s", relation, a.status, a.body)
			}
		}
	}},
	{"/req/core/api-definition-op", func(s *server) { s.openapi() }},
	{"/req/core/api-definition-success", func(s *server) {
		if v := at(s.openapi(), "openapi"); v != "3.0.3" {
			s.Errorf("openapi %v", v)
		}
	}},
	{"/req/core/conformance-op", func(s *server) { want[map[string]any](s, s.get("/conformance")) }},
	{"/req/core/conformance-success", func(s *server) {
		v := want[struct{ ConformsTo []string }](s, s.get("/conformance"))
		for _, c := range []string{"core", "ogc-process-description", "json", "html", "oas30", "job-list", "dismiss"} {
			if !slices.Contains(v.ConformsTo, "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/"+c) {
				s.Errorf("%s is not declared", c)
			}
		}
		if slices.Contains(v.ConformsTo, "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/callback") {
			s.Error("nobody is called back")
		}
	}},
	{"/req/core/http", func(s *server) {
		for _, r := range []struct {
			method, path string
			status       int
		}{
			{http.MethodHead, "/processes", http.StatusOK},
			{http.MethodPost, "/processes", http.StatusMethodNotAllowed},
			{http.MethodGet, "/processes/check/execution", http.StatusMethodNotAllowed},
			{http.MethodDelete, "/jobs", http.StatusMethodNotAllowed},
			{http.MethodGet, "/processes/check/nothing", http.StatusNotFound},
		} {
			if a := s.do(r.method, r.path, ""); a.status != r.status {
				s.Errorf("%s %s: %d, want %d", r.method, r.path, a.status, r.status)
			}
		}
		if a := s.get("/processes", "Accept", "image/png"); a.status != http.StatusNotAcceptable {
			s.Errorf("image/png: %d", a.status)
		}
		// A page of another site executes nothing.
		if a := s.execute("check", smallGround, "Origin", "http://evil.example"); a.status != http.StatusForbidden {
			s.Errorf("of another site: %d", a.status)
		}
	}},
	{"/req/core/process-list", func(s *server) { want[map[string]any](s, s.get("/processes")) }},
	{"/req/core/pl-limit-definition", func(s *server) {
		p := at(s.openapi(), "components", "parameters", "limit")
		if at(p, "name") != "limit" || at(p, "in") != "query" || at(p, "required") != false || at(p, "schema", "type") != "integer" || at(p, "schema", "minimum") != 1.0 {
			s.Errorf("%v", p)
		}
		equal(s, "limit=0", s.faults("/processes?limit=0&colour=red&cursor=x"),
			[]string{"query.limit out-of-range", "query.colour unknown-field", "query.cursor bad-format"})
	}},
	{"/req/core/pl-limit-response", func(s *server) {
		// Page by page everything, once and in order.
		var ids []string
		for next := "/processes?limit=2"; next != ""; {
			v := want[struct {
				Processes []processDescription
				Links     []link
			}](s, s.get(next))
			if len(v.Processes) < 1 || len(v.Processes) > 2 {
				s.Fatalf("%d processes", len(v.Processes))
			}
			for _, p := range v.Processes {
				ids = append(ids, p.ID)
			}
			next = rel(v.Links, "next", "")
		}
		if !slices.Equal(ids, allProcesses) {
			s.Errorf("%v", ids)
		}
	}},
	{"/req/core/process-list-success", func(s *server) {
		v := want[struct{ Processes []processDescription }](s, s.get("/processes"))
		for _, p := range v.Processes {
			d := s.process(p.ID)
			if p.Version != "test" || p.Title == "" || p.Description == "" || d.Title != p.Title || !slices.Equal(d.JobControlOptions, p.JobControlOptions) || p.Inputs != nil {
				s.Errorf("listed as %+v, described as %+v", p, d)
			}
			if rel(p.Links, "self", "application/json") != s.base+"/processes/"+p.ID {
				s.Errorf("%s: %v", p.ID, p.Links)
			}
		}
	}},
	{"/req/core/pl-links", func(s *server) {
		for _, form := range []struct{ path, self, alternate string }{
			{"/processes", "application/json", "text/html"}, {"/processes?f=html", "text/html", "application/json"},
		} {
			header := strings.Join(s.get(form.path).header.Values("Link"), "\n")
			if !strings.Contains(header, `rel="self"; type="`+form.self) || !strings.Contains(header, `rel="alternate"; type="`+form.alternate) {
				s.Errorf("%s: %s", form.path, header)
			}
		}
	}},
	{"/req/core/process", func(s *server) {
		for _, id := range allProcesses {
			s.process(id)
		}
	}},
	{"/req/core/process-success", func(s *server) {
		for _, id := range allProcesses {
			p := s.process(id)
			if p.ID != id || p.Version == "" || len(p.Inputs) == 0 || len(p.Outputs) == 0 || rel(p.Links, relations+"execute", "") != s.base+"/processes/"+id+"/execution" {
				s.Errorf("%+v", p)
			}
		}
		equal(s, "overlay", s.process("overlay").JobControlOptions, []string{"sync-execute", "async-execute", "dismiss"})
		equal(s, "check", s.process("check").JobControlOptions, []string{"sync-execute"})
		equal(s, "check", s.process("check").OutputTransmission, []string{"value"})
		equal(s, "mine-report", s.process("mine-report").OutputTransmission, []string{"value", "reference"})
	}},
	{"/req/core/process-exception/no-such-process", func(s *server) {
		s.exception(s.get("/processes/nothing"), http.StatusNotFound, "no-such-process")
		s.exception(s.execute("nothing", ""), http.StatusNotFound, "no-such-process")
	}},
	{"/req/ogc-process-description/json-encoding", func(s *server) {
		if a := s.get("/processes/overlay"); a.header.Get("Content-Type") != "application/json" {
			s.Errorf("%v", a.header)
		}
	}},
	{"/req/ogc-process-description/inputs-def", func(s *server) {
		equal(s, "inputs", slices.Collect(maps.Keys(s.process("overlay").Inputs)), []string{"as_of", "counties", "changed_only", "what_if"})
		// The words are those of the operation that takes them.
		body := want[map[string]any](s, s.ofService("/openapi.json"))
		for id, schema := range map[string]string{"overlay": "RunRequest", "check": "CheckRequest", "dossiers": "DossiersRequest", "paper": "PaperJobRequest"} {
			known, _ := at(body, "components", "schemas", schema, "properties").(map[string]any)
			for name := range s.process(id).Inputs {
				if known[name] == nil && name != "run_id" {
					s.Errorf("%s has no %s: %v", schema, name, known)
				}
			}
			for name := range known {
				// The form of a paper is that of the output.
				if _, ok := s.process(id).Inputs[name]; !ok && name != "$schema" && (id != "paper" || name != "format") {
					s.Errorf("%s: no input %s", id, name)
				}
			}
		}
	}},
	{"/req/ogc-process-description/input-def", func(s *server) {
		for _, id := range allProcesses {
			for name, i := range s.process(id).Inputs {
				if i.Title == "" || i.Schema["type"] == nil || i.MinOccurs == nil || i.MaxOccurs == nil || *i.MinOccurs > *i.MaxOccurs {
					s.Errorf("%s %s: %+v", id, name, i)
				}
			}
		}
		if i := s.process("overlay").Inputs["as_of"]; *i.MinOccurs != 1 || *i.MaxOccurs != 1 || i.Schema["format"] != "date" || i.Schema["example"] != "2022-05-31" {
			s.Errorf("%+v", i)
		}
		if i := s.process("overlay").Inputs["counties"]; *i.MinOccurs != 0 || *i.MaxOccurs != 5000 || i.Schema["type"] != "string" {
			s.Errorf("%+v", i)
		}
	}},
	{"/req/ogc-process-description/input-mixed-type", noMixedInput},
	{"/req/ogc-process-description/outputs-def", func(s *server) {
		equal(s, "outputs", slices.Collect(maps.Keys(s.process("overlay").Outputs)), []string{"findings", "run", "digest"})
	}},
	{"/req/ogc-process-description/output-def", func(s *server) {
		for _, id := range allProcesses {
			for name, o := range s.process(id).Outputs {
				if o.Title == "" || o.Schema["contentMediaType"] == nil && o.Schema["oneOf"] == nil {
					s.Errorf("%s %s: %+v", id, name, o)
				}
			}
		}
	}},
	{"/req/ogc-process-description/output-mixed-type", func(s *server) {
		forms := func(process, output string) (kinds []string) {
			all, _ := s.process(process).Outputs[output].Schema["oneOf"].([]any)
			for _, o := range all {
				kind, _ := at(o, "contentMediaType").(string)
				kinds = append(kinds, kind)
			}
			return kinds
		}
		equal(s, "findings", forms("overlay", "findings"), []string{"application/geo+json", "text/csv", "application/geopackage+sqlite3", "application/zip"})
		for _, kind := range forms("mine-report", "report") {
			// Each is had when it is asked for.
			a := s.execute("mine-report", mineInputs+`,"outputs":{"report":{"format":{"mediaType":"`+kind+`"}}}`)
			if a.status == http.StatusNotImplemented && kind == "application/pdf" {
				continue // without LibreOffice
			}
			if got, _, _ := mime.ParseMediaType(a.header.Get("Content-Type")); a.status != http.StatusOK || got != kind || len(a.body) == 0 {
				s.Errorf("%s: %d %v", kind, a.status, a.header)
			}
		}
	}},
	{"/req/json/definition", func(s *server) {
		for _, path := range []string{"/processes", "/processes/check", "/jobs", "/jobs/run-1", "/jobs/run-1/results"} {
			if a := s.get(path, "Accept", "application/json"); a.status != http.StatusOK || a.header.Get("Content-Type") != "application/json" || !json.Valid(a.body) {
				s.Errorf("%s: %d %v", path, a.status, a.header)
			}
		}
	}},
	{"/req/html/definition", func(s *server) {
		for _, path := range []string{"/processes", "/processes/check", "/jobs", "/jobs/run-1", "/jobs/run-1/results"} {
			if a := s.get(path, "Accept", "text/html,*/*;q=0.8"); a.status != http.StatusOK || a.header.Get("Content-Type") != "text/html; charset=utf-8" {
				s.Errorf("%s: %d %v", path, a.status, a.header)
			}
		}
	}},
	{"/req/html/content", func(s *server) {
		for path, words := range map[string][]string{
			"/processes":          {"套合", "合规性审查", "/ogc/processes/dossiers?f=html"},
			"/processes/overlay":  {"截止日", "as_of", "application/geopackage+sqlite3", "/execution"},
			"/jobs":               {"run-1", "overlay", "完成"},
			"/jobs/run-1":         {"run-1", "100%", "/ogc/jobs/run-1/results?f=html"},
			"/jobs/run-1/results": {"疑似问题", "/ogc/jobs/run-1/results/findings"},
		} {
			page := html.UnescapeString(string(s.get(path + "?f=html").body))
			for _, word := range words {
				if !strings.Contains(page, word) {
					s.Errorf("%s: no %s", path, word)
				}
			}
		}
	}},
	{"/req/oas30/oas-definition-1", func(s *server) {
		links := want[landingPage](s, s.get("")).Links
		for _, kind := range []string{"application/vnd.oai.openapi+json;version=3.0", "text/html"} {
			relation := map[bool]string{true: "service-doc", false: "service-desc"}[kind == "text/html"]
			if a := s.get(rel(links, relation, kind)); a.status != http.StatusOK || !strings.Contains(string(a.body), "/processes/{processID}/execution") {
				s.Errorf("%s: %d", kind, a.status)
			}
		}
	}},
	{"/req/oas30/oas-definition-2", func(s *server) {
		paths := at(s.openapi(), "paths")
		for path, methods := range map[string]map[string]string{
			"/processes": {"get": "getProcesses"}, "/processes/{processID}": {"get": "getProcessDescription"},
			"/processes/{processID}/execution": {"post": "execute"}, "/jobs": {"get": "getJobs"},
			"/jobs/{jobId}": {"get": "getStatus", "delete": "dismiss"}, "/jobs/{jobId}/results": {"get": "getResult"},
		} {
			for method, id := range methods {
				if got := at(paths, path, method, "operationId"); got != id {
					s.Errorf("%s %s: %v", method, path, got)
				}
			}
		}
	}},
	{"/req/oas30/oas-impl", func(s *server) { everyReferenceHolds(s, s.openapi()) }},
	{"/req/oas30/completeness", func(s *server) {
		// What a request may say and an answer may hold is in the definition.
		doc := s.openapi()
		for _, name := range []string{"execute", "statusInfo", "jobList", "processList", "process", "results"} {
			if at(doc, "components", "schemas", name, "type") != "object" {
				s.Errorf("no schema %s", name)
			}
		}
		for name := range want[map[string]any](s, s.get("/jobs/run-1")) {
			if at(doc, "components", "schemas", "statusInfo", "properties", name) == nil {
				s.Errorf("statusInfo does not know %s", name)
			}
		}
	}},
	{"/req/oas30/exception-codes", func(s *server) {
		answers := at(s.openapi(), "paths", "/processes/{processID}/execution", "post", "responses")
		for _, status := range []string{"200", "201", "204", "400", "404", "500"} {
			if at(answers, status) == nil {
				s.Errorf("execute does not document %s", status)
			}
		}
	}},
	{"/req/oas30/security", func(s *server) {
		// There is no access control; only this machine is served.
		if at(s.openapi(), "components", "securitySchemes") != nil {
			s.Error("schemes are declared")
		}
	}},
}

// noMixedInput: of the kinds of input that no process has, nothing can be asked.
func noMixedInput(s *server) {
	for _, id := range allProcesses {
		for name, i := range s.process(id).Inputs {
			if i.Schema["oneOf"] != nil || i.Schema["contentEncoding"] != nil || i.Schema["format"] == "ogc-bbox" {
				s.Errorf("%s %s is of several types, binary or a box: %v", id, name, i.Schema)
			}
		}
	}
}

// everyReferenceHolds follows each $ref of a document.
func everyReferenceHolds(s *server, doc any) {
	each("#", doc, func(where string, m map[string]any) {
		if ref, ok := m["$ref"].(string); ok && at(doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...) == nil {
			s.Errorf("%s: %s leads nowhere", where, ref)
		}
	})
}
