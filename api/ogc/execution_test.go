package ogc_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// bothOutputs are findings by value as a table and the run by reference.
const bothOutputs = `"outputs":{"findings":{"format":{"mediaType":"text/csv"}},"run":{"transmissionMode":"reference"}}`

// mineReport is what /v1 answers, which is what a process is to answer.
func (s *server) mineReport(format string) []byte {
	s.Helper()
	return s.ofService("/v1/mines/" + mineNo + "/report?run=1&format=" + format).body
}

// checkReport is what /v1 says of the small ground.
func (s *server) checkReport() []byte {
	s.Helper()
	a := s.do(http.MethodPost, strings.TrimSuffix(s.base, "/ogc")+"/v1/check", strings.TrimPrefix(smallGround, `"inputs":`), "Content-Type", "application/json")
	if a.status != http.StatusOK || !bytes.Contains(a.body, []byte(`"layers"`)) {
		s.Fatalf("%d %s", a.status, a.body)
	}
	return a.body
}

var executionRequirements = []requirement{
	{"/req/core/job-creation-op", func(s *server) { s.executed(http.StatusOK, "check", smallGround) }},
	{"/req/core/job-creation-auto-execution-mode", func(s *server) {
		// Whoever would rather not wait need not, where a job can be made of it.
		for prefer, status := range map[string]int{"respond-async": 201, "wait=10, Respond-Async": 201, "respond-sync": 200, "": 200} {
			a := s.executed(status, "overlay", `"inputs":{"as_of":"2022-05-31","changed_only":true},"outputs":{"digest":{}}`, "Prefer", prefer)
			if applied := a.header.Get("Preference-Applied"); (applied == "respond-async") != (status == 201) {
				s.Errorf("%s: %q applied", prefer, applied)
			}
		}
		if a := s.executed(http.StatusOK, "check", smallGround, "Prefer", "respond-async"); a.header.Get("Preference-Applied") != "" {
			s.Errorf("%v", a.header)
		}
	}},
	{"/req/core/job-creation-default-execution-mode", func(s *server) {
		for _, id := range []string{"check", "mine-report"} {
			if slices.Contains(s.process(id).JobControlOptions, "async-execute") {
				s.Errorf("%s makes a job", id)
			}
		}
		s.executed(http.StatusOK, "mine-report", mineInputs)
	}},
	{"/req/core/job-creation-request", func(s *server) {
		for body, faults := range map[string][]string{
			`"inputs":1`:                     {"inputs wrong-type", "inputs.licence_no missing"},
			`"inputs":{}`:                    {"inputs.licence_no missing"},
			``:                               {"inputs.licence_no missing"},
			mineInputs + `,"mode":1`:         {"mode unknown-field"},
			mineInputs + `,"response":"xml"`: {"response not-in-list"},
			mineInputs + `,"subscriber":{"successUri":"http://127.0.0.1:1/"}`:                          {"subscriber unsupported"},
			mineInputs + `,"outputs":{"colour":{}}`:                                                    {"outputs.colour unknown-field"},
			mineInputs + `,"outputs":{"report":1}`:                                                     {"outputs.report wrong-type"},
			mineInputs + `,"outputs":{"report":{"transmissionMode":"fax","format":{"mediaType":"x"}}}`: {"outputs.report.transmissionMode not-in-list", "outputs.report.format not-in-list"},
			strings.Repeat(" ", 2<<20):                                                                 nil,
		} {
			if faults == nil {
				if a := s.execute("mine-report", body); a.status != http.StatusRequestEntityTooLarge {
					s.Errorf("two megabytes: %d", a.status)
				}
				continue
			}
			equal(s, body, s.executionFaults("mine-report", body), faults)
		}
		if a := s.do(http.MethodPost, "/processes/check/execution", "[]", "Content-Type", "application/json"); a.status != http.StatusBadRequest {
			s.Errorf("no object: %d", a.status)
		}
		equal(s, "reference to what is not kept", s.executionFaults("check", smallGround+`,"outputs":{"check":{"transmissionMode":"reference"}}`),
			[]string{"outputs.check.transmissionMode not-in-list"})
	}},
	{"/req/core/job-creation-inputs", func(s *server) {
		equal(s, "names", s.executionFaults("overlay", `"inputs":{"as_of":"2022-05-31","colour":"red"}`), []string{"inputs.colour unknown-field"})
	}},
	{"/req/core/job-creation-input-inline", func(s *server) {
		if a := s.executed(http.StatusOK, "mine-report", mineInputs); !bytes.Equal(a.body, s.mineReport("json")) {
			s.Errorf("%.300s", a.body)
		}
	}},
	{"/req/core/job-creation-input-inline-object", func(s *server) {
		ring := `{"type":"Polygon","coordinates":[[[109.6,40.2],[109.62,40.2],[109.62,40.22],[109.6,40.22],[109.6,40.2]]]}`
		want := s.checkReport()
		for _, value := range []string{ring, `{"value":` + ring + `}`, `{"value":` + ring + `,"mediaType":"application/geo+json"}`} {
			if a := s.executed(http.StatusOK, "check", `"inputs":{"as_of":{"value":"2022-05-31"},"geojson":`+value+`}`); !bytes.Equal(a.body, want) {
				s.Errorf("%s: %.300s", value, a.body)
			}
		}
	}},
	{"/req/core/job-creation-input-inline-mixed", noMixedInput},
	{"/req/core/job-creation-input-inline-binary", noMixedInput},
	{"/req/core/job-creation-input-inline-bbox", noMixedInput},
	{"/req/core/job-creation-input-array", func(s *server) {
		for _, value := range []string{`["159900"]`, `"159900"`, `[{"value":"159900"}]`} {
			s.executed(http.StatusOK, "overlay", `"inputs":{"as_of":"2022-05-31","changed_only":true,"counties":`+value+`},"outputs":{"digest":{}}`)
		}
		equal(s, "unknown", s.executionFaults("overlay", `"inputs":{"as_of":"2022-05-31","counties":["159900","159999"]}`), []string{"inputs.counties[1] unknown-county"})
	}},
	{"/req/core/job-creation-input-ref", func(s *server) {
		// A feature of this service's own collections; nobody else is asked.
		one := s.items("water_source", "limit", "1").Features[0]
		address := s.base + "/collections/water_source/items/" + one.ID
		a := s.executed(http.StatusOK, "check", `"inputs":{"as_of":"2022-05-31","geojson":{"href":"`+address+`","type":"application/geo+json"}}`)
		geometry, err := json.Marshal(one.Geometry)
		if err != nil {
			s.Fatal(err)
		}
		shape := strings.Replace(strings.Replace(string(geometry), `"Type"`, `"type"`, 1), `"Coordinates"`, `"coordinates"`, 1)
		inline := s.executed(http.StatusOK, "check", `"inputs":{"as_of":"2022-05-31","geojson":`+shape+`}`)
		if !bytes.Equal(a.body, inline.body) {
			s.Errorf("by reference %.300s\ninline %.300s", a.body, inline.body)
		}
		for _, href := range []string{
			`"http://169.254.169.254/latest/meta-data"`, `"http://example.com/ogc/collections/forest/items/1-1"`, `"file:///etc/passwd"`, `"/v1/runs/1"`,
			`"/ogc/collections/../../v1/runs"`, `"/ogc/collections/nothing/items/1-1"`, `7`, `"` + strings.Replace(address, "http://", "http://a@", 1) + `"`,
			`"/ogc/collections/forest/items?limit=10000&f=html"`,
		} {
			equal(s, href, s.executionFaults("check", `"inputs":{"geojson":{"href":`+href+`}}`), []string{"inputs.geojson bad-reference"})
		}
		equal(s, "a day by reference", s.executionFaults("check", `"inputs":{"wkt":"POINT(1 1)","as_of":{"href":"`+address+`"}}`), []string{"inputs.as_of bad-reference"})
		equal(s, "of another type", s.executionFaults("check", `"inputs":{"geojson":{"href":"`+address+`","type":"image/png"}}`), []string{"inputs.geojson bad-reference"})
	}},
	{"/req/core/job-creation-input-validation", func(s *server) {
		for body, faults := range map[string][]string{
			`"inputs":{"as_of":"yesterday"}`:                         {"inputs.as_of bad-date"},
			`"inputs":{"as_of":20220531}`:                            {"inputs.as_of wrong-type"},
			`"inputs":{"as_of":"2022-05-31","what_if":[99]}`:         {"inputs.what_if[0] unknown-dataset"},
			`"inputs":{"as_of":"2022-05-31","changed_only":"maybe"}`: {"inputs.changed_only wrong-type"},
		} {
			equal(s, body, s.executionFaults("overlay", body), faults)
		}
		equal(s, "ground of no county", s.executionFaults("check", `"inputs":{"corners":[[100,30],[100.01,30],[100.01,30.01]]}`), []string{"inputs no-county"})
		equal(s, "a key of no form", s.executionFaults("overlay", `"inputs":{"as_of":"2022-05-31"}`, "Idempotency-Key", "two words"), []string{"header.Idempotency-Key bad-format"})
		equal(s, "run 0", s.executionFaults("mine-report", `"inputs":{"licence_no":"`+mineNo+`","run":0}`), []string{"inputs.run out-of-range"})
		if a := s.execute("mine-report", `"inputs":{"licence_no":"C1"}`); a.status != http.StatusNotFound {
			s.Errorf("no such mine: %d %s", a.status, a.body)
		}
		if a := s.execute("dossiers", `"inputs":{"run_id":99}`); a.status != http.StatusNotFound {
			s.Errorf("no such run: %d %s", a.status, a.body)
		}
		if a := s.execute("dossiers", `"inputs":{"run_id":"../counties"}`); a.status < 400 || a.status >= 500 {
			s.Errorf("a run in words: %d %s", a.status, a.body)
		}
	}},
	{"/req/core/job-creation-default-outputs", func(s *server) {
		for _, outputs := range []string{"", `,"outputs":{}`} {
			a := s.executed(http.StatusOK, "overlay", `"inputs":{"as_of":"2022-05-31","changed_only":true},"response":"document"`+outputs)
			all := want[map[string]any](s, a)
			if len(all) != 3 || at(all, "findings", "value", "type") != "FeatureCollection" || at(all, "run", "value", "status") != "complete" || all["digest"] == nil {
				s.Errorf("%.300s", a.body)
			}
		}
	}},
	{"/req/core/job-creation-sync-raw-value-one", func(s *server) {
		a := s.executed(http.StatusOK, "mine-report", mineInputs+`,"response":"raw","outputs":{"report":{"transmissionMode":"value","format":{"mediaType":"application/geo+json"}}}`)
		if a.header.Get("Content-Type") != "application/geo+json" || !bytes.Equal(a.body, s.mineReport("geojson")) {
			s.Errorf("%v %.300s", a.header, a.body)
		}
		if a := s.executed(http.StatusOK, "check", smallGround); a.header.Get("Content-Type") != "application/json" || !bytes.Equal(a.body, s.checkReport()) {
			s.Errorf("%v %.300s", a.header, a.body)
		}
	}},
	{"/req/core/job-creation-sync-raw-value-multi", func(s *server) {
		a := s.executed(http.StatusOK, "overlay", `"inputs":{"as_of":"2022-05-31","changed_only":true},"outputs":{"digest":{},"findings":{"format":{"mediaType":"text/csv"}}}`)
		parts := s.parts(a)
		if len(parts) != 2 || parts[0].id != "findings" || parts[1].id != "digest" || !strings.HasPrefix(parts[0].mediaType, "text/csv") || len(parts[1].body) != 64 {
			s.Errorf("%+v", parts)
		}
	}},
	{"/req/core/job-creation-sync-raw-ref", func(s *server) {
		a := s.executed(http.StatusNoContent, "mine-report", mineInputs+`,"outputs":{"report":{"transmissionMode":"reference"}}`)
		address, rest, _ := strings.Cut(strings.TrimPrefix(a.header.Get("Link"), "<"), ">")
		if len(a.body) != 0 || rest != `; rel="report"` || !bytes.Equal(s.get(address).body, s.mineReport("json")) {
			s.Errorf("%v %s", a.header, a.body)
		}
	}},
	{"/req/core/job-creation-sync-raw-mixed-multi", func(s *server) {
		parts := s.parts(s.executed(http.StatusOK, "overlay", `"inputs":{"as_of":"2022-05-31","changed_only":true},`+bothOutputs))
		if len(parts) != 2 || len(parts[0].body) == 0 || parts[0].location != "" || parts[1].id != "run" || len(parts[1].body) != 0 {
			s.Fatalf("%+v", parts)
		}
		if got := want[struct{ Status string }](s, s.get(parts[1].location)); got.Status != "complete" {
			s.Errorf("%s: %+v", parts[1].location, got)
		}
	}},
	{"/req/core/job-creation-sync-document", func(s *server) {
		a := s.executed(http.StatusOK, "overlay", `"inputs":{"as_of":"2022-05-31","changed_only":true},"response":"document",`+bothOutputs)
		v := want[struct {
			Findings struct{ Value, MediaType string }
			Run      struct{ Href, Type string }
		}](s, a)
		run := want[struct{ ID json.Number }](s, s.get(v.Run.Href))
		csv := s.ofService("/v1/findings?format=csv&run=" + run.ID.String()).body
		if v.Findings.MediaType != "text/csv" || v.Findings.Value != string(csv) || v.Run.Type != "application/json" {
			s.Errorf("%.500s", a.body)
		}
		// A file stands there in base64.
		a = s.executed(http.StatusOK, "mine-report", mineInputs+`,"response":"document","outputs":{"report":{"format":{"mediaType":"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}}}`)
		file := want[struct {
			Report struct{ Value, Encoding, MediaType string }
		}](s, a).Report
		got, err := base64.StdEncoding.DecodeString(file.Value)
		if err != nil || file.Encoding != "base64" || !bytes.Equal(got, s.ofService("/v1/mines/"+mineNo+"/dossier?run=1&format=docx").body) {
			s.Errorf("%d bytes, %s: %v", len(got), file.Encoding, err)
		}
	}},
	{"/req/core/job-creation-success-async", func(s *server) {
		a := s.executed(http.StatusCreated, "overlay", `"inputs":{"as_of":"2022-05-31"}`, "Prefer", "respond-async", "Idempotency-Key", "the-same")
		var j statusInfo
		if err := json.Unmarshal(a.body, &j); err != nil || a.header.Get("Location") != s.base+"/jobs/"+j.JobID || j.Type != "process" || j.ProcessID != "overlay" {
			s.Fatalf("%v %s", a.header, a.body)
		}
		if j = s.over(a.header.Get("Location")); j.Status != "successful" {
			s.Errorf("%+v", j)
		}
		// The same request again is the same job.
		again := s.executed(http.StatusCreated, "overlay", `"inputs":{"as_of":"2022-05-31"}`, "Prefer", "respond-async", "Idempotency-Key", "the-same")
		if again.header.Get("Location") != a.header.Get("Location") {
			s.Errorf("%s, then %s", a.header.Get("Location"), again.header.Get("Location"))
		}
	}},
}
