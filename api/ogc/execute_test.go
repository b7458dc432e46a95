package ogc_test

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"
)

type processDescription struct {
	ID, Version, Title, Description       string
	JobControlOptions, OutputTransmission []string
	Links                                 []link
	Inputs                                map[string]struct {
		Title, Description   string
		Schema               map[string]any
		MinOccurs, MaxOccurs *int
	}
	Outputs map[string]struct {
		Title, Description string
		Schema             map[string]any
	}
}

type statusInfo struct {
	ProcessID, Type, JobID, Status, Message string
	Created                                 time.Time
	Started, Finished                       *time.Time
	Progress                                *int
	Links                                   []link
}

var allProcesses = []string{"overlay", "check", "mine-report", "dossiers", "paper"}

func (s *server) process(id string) processDescription {
	s.Helper()
	return want[processDescription](s, s.get("/processes/"+id))
}

// execute executes a process; body is what stands in its braces.
func (s *server) execute(id, body string, header ...string) answer {
	s.Helper()
	return s.do(http.MethodPost, "/processes/"+id+"/execution", "{"+body+"}", append(header, "Content-Type", "application/json")...)
}

// executed is the whole answer to an execution of success.
func (s *server) executed(status int, id, body string, header ...string) answer {
	s.Helper()
	a := s.execute(id, body, header...)
	if a.status != status {
		s.Fatalf("%s %s: %d, want %d: %.2000s", id, body, a.status, status, a.body)
	}
	return a
}

// executionFaults executes wrongly, and returns the location and code of each fault.
func (s *server) executionFaults(id, body string, header ...string) []string {
	s.Helper()
	a := s.execute(id, body, header...)
	var p struct {
		Code   string
		Errors []struct{ Location, Code, Message string }
	}
	if err := json.Unmarshal(a.body, &p); err != nil || a.status != http.StatusBadRequest || p.Code != "invalid-execution" ||
		a.header.Get("Content-Type") != "application/problem+json" {
		s.Errorf("%s %s: %d %s", id, body, a.status, a.body)
	}
	all := []string{}
	for _, e := range p.Errors {
		all = append(all, e.Location+" "+e.Code)
	}
	return all
}

// exception checks a refusal that the standard has a name for.
func (s *server) exception(a answer, status int, name string) {
	s.Helper()
	var p struct{ Type, Title, Detail string }
	if err := json.Unmarshal(a.body, &p); err != nil || a.status != status || p.Type != exceptions+name || p.Title == "" || p.Detail == "" ||
		a.header.Get("Content-Type") != "application/problem+json" {
		s.Errorf("%d %v %s, want %d %s", a.status, a.header, a.body, status, name)
	}
}

// ofService asks for an address outside /ogc.
func (s *server) ofService(path string, header ...string) answer {
	s.Helper()
	a := s.get(strings.TrimSuffix(s.base, "/ogc")+path, header...)
	if a.status != http.StatusOK {
		s.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	return a
}

// over waits for the end of a job; there is no other way to see the end of what
// another process does.
func (s *server) over(location string) (j statusInfo) {
	s.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(2 * time.Minute)
	for {
		if j = want[statusInfo](s, s.get(location)); j.Finished != nil {
			return j
		}
		select {
		case <-tick.C:
		case <-deadline:
			s.Fatalf("not in time: %+v", j)
		}
	}
}

type outputPart struct {
	id, location, mediaType string
	body                    []byte
}

// parts are those of a multipart answer.
func (s *server) parts(a answer) (all []outputPart) {
	s.Helper()
	kind, parameters, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil || kind != "multipart/related" {
		s.Fatalf("%v: %v", a.header, err)
	}
	r := multipart.NewReader(strings.NewReader(string(a.body)), parameters["boundary"])
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			s.Fatal(err)
		}
		body, err := io.ReadAll(p)
		if err != nil {
			s.Fatal(err)
		}
		all = append(all, outputPart{strings.Trim(p.Header.Get("Content-Id"), "<>"), p.Header.Get("Content-Location"), p.Header.Get("Content-Type"), body})
	}
}
