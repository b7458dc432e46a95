package ogc

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/taohe-gis/taohe/ingest"
)

// An asking is a request to another operation of this service. What a process does
// is what such an operation does: nothing is done, or allowed, here alone.
type asking struct {
	method, address string
	accept          string
	body            []byte
}

// A passedError is a refusal of the operation below, passed on as it is.
type passedError struct {
	status int
	body   []byte
}

func (e *passedError) Error() string { return "refused: " + string(e.body) }

// A heard is what an operation answers: success goes to where it is to go, by and
// by; a refusal is kept.
type heard struct {
	header  http.Header
	status  int
	begin   func(http.Header)
	to      io.Writer
	refusal bytes.Buffer
}

func (h *heard) Header() http.Header { return h.header }

func (h *heard) WriteHeader(status int) {
	if h.status != 0 || status < http.StatusOK {
		return
	}
	h.status = status
	if h.succeeded() && h.begin != nil {
		h.begin(h.header)
	}
}

func (h *heard) Write(b []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	if h.succeeded() {
		return h.to.Write(b)
	}
	return h.refusal.Write(b)
}

func (h *heard) succeeded() bool { return h.status < http.StatusMultipleChoices }

// notPassed are the headers that speak of the outer request's body or reply.
var notPassed = []string{
	"Accept", "Accept-Encoding", "Content-Type", "Content-Length", "If-Match", "If-None-Match", "If-Modified-Since", "Prefer", "Range",
}

// ask has the service carry out one of its operations, in the name of whoever sent
// the request. begin, which may be nil, hears the headers before the first byte of
// success goes to to.
func (s *service) ask(q request, a asking, to io.Writer, begin func(http.Header)) error {
	// The router takes a request that carries its own mark for its own child.
	r, err := http.NewRequestWithContext(context.WithValue(q.Context(), chi.RouteCtxKey, nil), a.method, a.address, bytes.NewReader(a.body))
	if err != nil {
		return err
	}
	r.Host, r.RemoteAddr, r.TLS, r.Header = q.Host, q.RemoteAddr, q.TLS, q.Header.Clone()
	for _, name := range notPassed {
		r.Header.Del(name)
	}
	if a.accept != "" {
		r.Header.Set("Accept", a.accept)
	}
	if len(a.body) > 0 {
		r.Header.Set("Content-Type", jsonType)
	}
	h := heard{header: http.Header{}, to: to, begin: begin}
	s.Service.ServeHTTP(&h, r)
	h.WriteHeader(http.StatusOK)
	if h.succeeded() {
		return nil
	}
	return passed(h.status, h.refusal.Bytes())
}

// passed is the refusal of an operation in the words of an execution: faults of its
// request are faults of the inputs.
func passed(status int, body []byte) error {
	if status != http.StatusUnprocessableEntity {
		return &passedError{status, body}
	}
	var problem struct{ Errors []ingest.Fault }
	if err := json.Unmarshal(body, &problem); err != nil || len(problem.Errors) == 0 {
		return &passedError{status, body}
	}
	for i, f := range problem.Errors {
		switch {
		case f.Location == "body":
			problem.Errors[i].Location = "inputs"
		case !strings.HasPrefix(f.Location, "header."):
			problem.Errors[i].Location = "inputs." + strings.TrimPrefix(strings.TrimPrefix(f.Location, "query."), "path.")
		}
	}
	return &ExecutionError{problem.Errors}
}

// reject answers with what went wrong.
func (s *service) reject(q request, err error) {
	below, ok := err.(*passedError) //nolint:errorlint // never wrapped
	if !ok {
		s.Fail(q.w, q.Request, err)
		return
	}
	q.w.Header().Set("Content-Type", "application/problem+json")
	q.w.WriteHeader(below.status)
	_, _ = q.w.Write(below.body) // the client may be gone
}
