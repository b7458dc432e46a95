package ogc_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// async begins an overlay whose results are to be given in that form, and waits for
// its end.
func (s *server) async(form string) string {
	s.Helper()
	a := s.executed(http.StatusCreated, "overlay", `"inputs":{"as_of":"2022-05-31","changed_only":true},`+form, "Prefer", "respond-async")
	location := a.header.Get("Location")
	if j := s.over(location); j.Status != "successful" {
		s.Fatalf("%+v", j)
	}
	return location
}

type jobList struct {
	Jobs  []statusInfo
	Links []link
}

func (s *server) jobs(pairs ...string) jobList {
	s.Helper()
	return want[jobList](s, s.get("/jobs"+query(pairs...)))
}

var jobRequirements = []requirement{
	{"/req/core/job", func(s *server) { want[statusInfo](s, s.get("/jobs/run-1")) }},
	{"/req/core/job-success", func(s *server) {
		j := want[statusInfo](s, s.get("/jobs/run-1"))
		if j.JobID != "run-1" || j.Type != "process" || j.ProcessID != "overlay" || j.Status != "successful" || *j.Progress != 100 || j.Message == "" ||
			j.Created.After(*j.Started) || j.Started.After(*j.Finished) {
			s.Errorf("%+v", j)
		}
		// A job made elsewhere is the same.
		if v := want[struct{ ID int }](s, s.get(rel(j.Links, "related", ""))); v.ID != 1 {
			s.Errorf("%+v", v)
		}
		if rel(j.Links, relations+"results", "") != s.base+"/jobs/run-1/results" || rel(j.Links, "self", "application/json") == "" {
			s.Errorf("%+v", j.Links)
		}
	}},
	{"/req/core/job-exception-no-such-job", func(s *server) {
		for _, id := range []string{"run-999", "job-999", "run-0", "run-01", "run--1", "1", "nothing", "run-99999999999999999999"} {
			s.exception(s.get("/jobs/"+id), http.StatusNotFound, "no-such-job")
		}
		s.exception(s.do(http.MethodDelete, "/jobs/run-999", ""), http.StatusNotFound, "no-such-job")
	}},
	{"/req/core/job-results", func(s *server) { want[map[string]any](s, s.get("/jobs/run-1/results")) }},
	{"/req/core/job-results-sync", func(s *server) {
		a := s.executed(http.StatusOK, "overlay", `"inputs":{"as_of":"2022-05-31","changed_only":true},"outputs":{"digest":{}}`)
		address, rest, _ := strings.Cut(strings.TrimPrefix(a.header.Get("Link"), "<"), ">")
		if !strings.HasPrefix(rest, "; rel=monitor") || s.over(address).Status != "successful" {
			s.Fatalf("%v", a.header)
		}
		if got := s.get(address + "/results"); got.status != http.StatusOK || !bytes.Equal(got.body, a.body) || len(a.body) != 64 {
			s.Errorf("waited for %s, then %d %s", a.body, got.status, got.body)
		}
	}},
	{"/req/core/job-results-async-raw-value-one", func(s *server) {
		location := s.async(`"outputs":{"findings":{}}`)
		a := s.get(location + "/results")
		if a.header.Get("Content-Type") != "application/geo+json" || len(want[featureCollection](s, a).Features) != rowsOfFindings(s) {
			s.Errorf("%v %.300s", a.header, a.body)
		}
	}},
	{"/req/core/job-results-async-raw-value-multi", func(s *server) {
		if parts := s.parts(s.get(s.async(`"response":"raw"`) + "/results")); len(parts) != 3 || parts[0].id != "findings" || parts[2].id != "digest" {
			s.Errorf("%+v", parts)
		}
	}},
	{"/req/core/job-results-async-raw-ref", func(s *server) {
		location := s.async(`"outputs":{"findings":{"transmissionMode":"reference","format":{"mediaType":"text/csv"}},"digest":{"transmissionMode":"reference"}}`)
		a := s.get(location + "/results")
		equal(s, "Link", a.header.Values("Link"), []string{"<" + location + `/results/findings>; rel="findings"`, "<" + location + `/results/digest>; rel="digest"`})
		if a.status != http.StatusNoContent || len(a.body) != 0 {
			s.Errorf("%d %s", a.status, a.body)
		}
		// It is had in the form that was asked for.
		if a := s.get(location + "/results/findings"); !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") {
			s.Errorf("%v", a.header)
		}
		if a := s.get(location + "/results/colour"); a.status != http.StatusNotFound {
			s.Errorf("no such output: %d", a.status)
		}
	}},
	{"/req/core/job-results-async-raw-mixed-multi", func(s *server) {
		parts := s.parts(s.get(s.async(bothOutputs) + "/results"))
		if len(parts) != 2 || len(parts[0].body) == 0 || parts[1].location == "" || len(parts[1].body) != 0 {
			s.Errorf("%+v", parts)
		}
	}},
	{"/req/core/job-results-async-document", func(s *server) {
		all := want[map[string]any](s, s.get(s.async(`"response":"document",`+bothOutputs)+"/results"))
		if at(all, "findings", "mediaType") != "text/csv" || at(all, "run", "href") == nil || len(all) != 2 {
			s.Errorf("%v", all)
		}
		// What was not begun here gives everything, by reference.
		all = want[map[string]any](s, s.get("/jobs/run-1/results"))
		href, _ := at(all, "findings", "href").(string)
		if len(all) != 3 || len(want[featureCollection](s, s.get(href)).Features) != rowsOfFindings(s) {
			s.Errorf("%v", all)
		}
	}},
	{"/req/core/job-results-exception-no-such-job", func(s *server) {
		s.exception(s.get("/jobs/run-999/results"), http.StatusNotFound, "no-such-job")
		s.exception(s.get("/jobs/run-999/results/findings"), http.StatusNotFound, "no-such-job")
	}},
	{"/req/job-list/job-list-op", func(s *server) { s.jobs() }},
	{"/req/job-list/type-definition", inDefinition("type", "array")},
	{"/req/job-list/type-response", func(s *server) {
		if len(s.jobs("type", "process").Jobs) == 0 || len(s.jobs("type", "dataset").Jobs) != 0 {
			s.Error("type chooses wrongly")
		}
	}},
	{"/req/job-list/processID-definition", inDefinition("processIDs", "array")},
	{"/req/job-list/processID-mandatory", func(s *server) {
		for _, j := range s.jobs().Jobs {
			if !slices.Contains(allProcesses, j.ProcessID) {
				s.Errorf("%+v", j)
			}
		}
	}},
	{"/req/job-list/processID-response", func(s *server) {
		s.over(s.executed(http.StatusCreated, "paper", `"inputs":{"run_id":1,"paper":"annex2"}`, "Prefer", "respond-async").header.Get("Location"))
		for _, j := range s.jobs("processID", "paper,dossiers").Jobs {
			if j.ProcessID == "overlay" || !strings.HasPrefix(j.JobID, "job-") {
				s.Errorf("%+v", j)
			}
		}
		if len(s.jobs("processID", "paper").Jobs) == 0 || len(s.jobs("processID", "nothing").Jobs) != 0 {
			s.Error("processID chooses wrongly")
		}
	}},
	{"/req/job-list/status-definition", inDefinition("status", "array")},
	{"/req/job-list/status-response", func(s *server) {
		for _, j := range s.jobs("status", "successful").Jobs {
			if j.Status != "successful" {
				s.Errorf("%+v", j)
			}
		}
		if len(s.jobs("status", "successful").Jobs) == 0 || len(s.jobs("status", "failed", "status", "dismissed").Jobs) != 0 {
			s.Error("status chooses wrongly")
		}
		equal(s, "status=done", s.faults("/jobs?status=done"), []string{"query.status not-in-list"})
	}},
	{"/req/job-list/datetime-definition", inDefinition("datetime", "string")},
	{"/req/job-list/datetime-response", func(s *server) {
		first := want[statusInfo](s, s.get("/jobs/run-1"))
		second := first.Created.Truncate(time.Second).Format(time.RFC3339)
		day := first.Created.In(time.FixedZone("", 8*3600)).Format(time.DateOnly)
		for value, found := range map[string]bool{
			second: true, day: true, second + "/..": true, "../" + second: true, day + "/" + day: true,
			"2022-01-01": false, "../2022-01-01": false, "2200-01-01/..": false,
		} {
			has := slices.ContainsFunc(s.jobs("datetime", value, "limit", "1000").Jobs, func(j statusInfo) bool { return j.JobID == "run-1" })
			if has != found {
				s.Errorf("%s: %v", value, has)
			}
		}
		for _, bad := range []string{"yesterday", "..", "../..", "2022-05-31/2022-05-01", ""} {
			equal(s, bad, s.faults("/jobs?datetime="+url.QueryEscape(bad)), []string{"query.datetime bad-date"})
		}
	}},
	{"/req/job-list/duration-definition", func(s *server) {
		inDefinition("minDuration", "integer")(s)
		inDefinition("maxDuration", "integer")(s)
	}},
	{"/req/job-list/duration-response", func(s *server) {
		if n := len(s.jobs("minDuration", "3600").Jobs); n != 0 {
			s.Errorf("%d took an hour", n)
		}
		if len(s.jobs("minDuration", "0", "maxDuration", "3600").Jobs) == 0 {
			s.Error("none took less")
		}
		equal(s, "durations", s.faults("/jobs?minDuration=-1&maxDuration=long"), []string{"query.minDuration out-of-range", "query.maxDuration out-of-range"})
	}},
	{"/req/job-list/jl-limit-definition", inDefinition("limit", "integer")},
	{"/req/job-list/jl-limit-response", func(s *server) {
		s.async(`"outputs":{"digest":{}}`)
		seen := map[string]bool{}
		var last time.Time
		for next, pages := "/jobs?limit=1&status=successful", 0; next != ""; pages++ {
			v := want[jobList](s, s.get(next))
			if len(v.Jobs) != 1 || seen[v.Jobs[0].JobID] || pages > 0 && v.Jobs[0].Created.After(last) || pages > 1000 {
				s.Fatalf("page %d: %+v", pages, v)
			}
			seen[v.Jobs[0].JobID], last = true, v.Jobs[0].Created
			next = rel(v.Links, "next", "")
		}
		if len(seen) < 2 || !seen["run-1"] {
			s.Errorf("%v", seen)
		}
		equal(s, "faults", s.faults("/jobs?limit=0&limit=1&cursor=x&colour=red"),
			[]string{"query.limit given-twice", "query.limit out-of-range", "query.cursor bad-format", "query.colour unknown-field"})
	}},
	{"/req/job-list/job-list-success", func(s *server) {
		for _, j := range s.jobs().Jobs {
			if one := want[statusInfo](s, s.get(rel(j.Links, "self", ""))); one.JobID != j.JobID || one.Created != j.Created {
				s.Errorf("listed as %+v, is %+v", j, one)
			}
		}
	}},
	{"/req/job-list/jl-links", func(s *server) {
		links := s.jobs().Links
		if rel(links, "self", "application/json") == "" || rel(links, "alternate", "text/html") == "" {
			s.Errorf("%v", links)
		}
	}},
	{"a job of papers", func(s *server) {
		a := s.executed(http.StatusCreated, "dossiers", `"inputs":{"run_id":1,"licence_nos":["`+mineNo+`"],"map_format":"pdf"}`, "Prefer", "respond-async")
		location := a.header.Get("Location")
		j := s.over(location)
		if j.Status != "successful" || j.ProcessID != "dossiers" {
			s.Fatalf("%+v", j)
		}
		ours := rel(j.Links, "related", "")
		if a := s.get(location + "/results"); a.header.Get("Content-Type") != "application/zip" || !bytes.Equal(a.body, s.get(ours+"/file").body) {
			s.Errorf("%v", a.header)
		}
		// Dismissed here, it is gone there.
		var gone statusInfo
		if a := s.do(http.MethodDelete, location, ""); a.status != http.StatusOK || json.Unmarshal(a.body, &gone) != nil || gone.Status != "dismissed" {
			s.Errorf("%d %s", a.status, a.body)
		}
		s.exception(s.get(location), http.StatusNotFound, "no-such-job")
		if a := s.get(ours); a.status != http.StatusNotFound {
			s.Errorf("%s: %d", ours, a.status)
		}
	}},
	{"a paper in a form", func(s *server) {
		a := s.executed(http.StatusOK, "paper", `"inputs":{"run_id":1,"paper":"annex1","group":1},"outputs":{"paper":{"format":{"mediaType":"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}}}`)
		if !bytes.Equal(a.body, s.ofService("/v1/runs/1/annex1?group=1&format=docx").body) {
			s.Errorf("%v", a.header)
		}
	}},
}

// rowsOfFindings is how many findings the sample county has.
func rowsOfFindings(s *server) int {
	s.Helper()
	return *s.items("finding", "limit", "1").NumberMatched
}

// inDefinition checks that a parameter is defined as the standard asks.
func inDefinition(name, kind string) func(*server) {
	return func(s *server) {
		p := at(s.openapi(), "components", "parameters", name)
		if at(p, "in") != "query" || at(p, "required") != false || at(p, "schema", "type") != kind {
			s.Errorf("%s: %v", name, p)
		}
	}
}

// What stands before a job's end and after one that went wrong.
var notDoneRequirements = []requirement{
	{"/req/core/job-results-exception-results-not-ready", func(s *server) {
		location := s.begin()
		if j := want[statusInfo](s, s.get(location)); j.Status != "accepted" || *j.Progress != 0 || j.Started != nil || len(s.jobs("status", "accepted").Jobs) == 0 {
			s.Errorf("%+v", j)
		}
		s.exception(s.get(location+"/results"), http.StatusNotFound, "result-not-ready")
		s.exception(s.get(location+"/results/digest"), http.StatusNotFound, "result-not-ready")
		if n := len(s.jobs("minDuration", "0").Jobs); n != 0 {
			s.Errorf("%d jobs took time", n)
		}
	}},
	{"/req/dismiss/job-dismiss-op", func(s *server) {
		if a := s.do(http.MethodDelete, s.begin(), ""); a.status != http.StatusOK {
			s.Errorf("%d %s", a.status, a.body)
		}
	}},
	{"/req/dismiss/job-dismiss-success", func(s *server) {
		location := s.begin()
		a := s.do(http.MethodDelete, location, "")
		var j statusInfo
		if err := json.Unmarshal(a.body, &j); err != nil || a.status != http.StatusOK || j.Status != "dismissed" || j.Finished == nil {
			s.Errorf("%d %s", a.status, a.body)
		}
		if j := want[statusInfo](s, s.get(location)); j.Status != "dismissed" {
			s.Errorf("%+v", j)
		}
		s.exception(s.get(location+"/results"), http.StatusNotFound, "result-not-ready")
		// A run upon accepted data is kept.
		if a := s.do(http.MethodDelete, location, ""); a.status != http.StatusConflict || !strings.Contains(string(a.body), `"run-kept"`) {
			s.Errorf("%d %s", a.status, a.body)
		}
	}},
	{"/req/core/job-results-failed", func(s *server) {
		location := s.begin()
		_, id, _ := strings.Cut(location, "/jobs/run-")
		if _, err := s.pool.Exec(s.Context(), `update run set status = 'failed', error = 'storage full', finished_at = now() where id = $1::bigint`, id); err != nil {
			s.Fatal(err)
		}
		if j := want[statusInfo](s, s.get(location)); j.Status != "failed" || !strings.Contains(j.Message, "storage full") || rel(j.Links, relations+"exceptions", "") == "" {
			s.Errorf("%+v", j)
		}
		a := s.get(location + "/results")
		if a.status != http.StatusInternalServerError || !strings.Contains(string(a.body), `"execution-failed"`) || a.header.Get("Content-Type") != "application/problem+json" {
			s.Errorf("%d %s", a.status, a.body)
		}
	}},
}

// Nobody works here, so a job stays as it is.
func TestJobsThatAreNotDone(t *testing.T) {
	t.Parallel()
	s := startEmpty(t)
	s.county()
	for _, r := range notDoneRequirements {
		t.Run(r.id, func(t *testing.T) { r.check(s.in(t)) })
	}
}

// begin begins an overlay.
func (s *server) begin() (location string) {
	s.Helper()
	return s.executed(http.StatusCreated, "overlay", `"inputs":{"as_of":"2022-05-31"}`, "Prefer", "respond-async").header.Get("Location")
}

// county registers a county of nothing.
func (s *server) county() {
	s.Helper()
	a := s.do(http.MethodPut, strings.TrimSuffix(s.base, "/ogc")+"/v1/counties/159900", `{"name":"示例旗","extent":[109,40,110.75,40.5]}`, "Content-Type", "application/json")
	if a.status != http.StatusOK {
		s.Fatalf("%d %s", a.status, a.body)
	}
}
