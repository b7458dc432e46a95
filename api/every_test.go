package api_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taohe-gis/taohe/api"
)

// address is a valid address of an operation, made of the examples.
func (op *operation) address() string {
	path, query := op.path, url.Values{}
	for _, p := range op.parameters {
		switch {
		case p.in == "path":
			path = strings.ReplaceAll(path, "{"+p.name+"}", url.PathEscape(fmt.Sprint(p.example)))
		case p.in == "query" && p.required:
			query.Set(p.name, fmt.Sprint(p.example))
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path
}

// content is a valid body of an operation, made of its example, and its type.
func (op *operation) content(t *testing.T) (string, string) {
	t.Helper()
	switch op.bodyKind {
	case anyJSON:
		b, err := json.Marshal(op.example)
		if err != nil {
			t.Fatal(err)
		}
		return string(b), anyJSON
	case anyForm:
		var pairs []string
		for name, value := range op.example.(map[string]any) {
			values, ok := value.([]any)
			if !ok {
				values = []any{value}
			}
			for _, v := range values {
				if name != "file" {
					pairs = append(pairs, name, fmt.Sprint(v))
				}
			}
		}
		file, name := sampleFile(t, "mining_right.zip"), "@mining_right.zip"
		if op.id == "add-orthophoto" {
			file, name = county40.Bytes(), "@may.tif"
		}
		body, kind := form(t, file, append(pairs, "file", name)...)
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		return string(b), kind
	case "":
		return "", ""
	}
	return "\xff\xd8\xff", op.bodyKind
}

// expects reports whether an operation documents a code.
func (op *operation) expects(code string) bool {
	return slices.ContainsFunc(op.replies, func(o outcome) bool { return o.code == code })
}

// Whatever an operation says it refuses, it does: the address and the headers
// first, then the body.
func TestEveryOperationRefuses(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, op := range theContract().sorted() {
		address := op.address()
		more := address + "?"
		if strings.Contains(address, "?") {
			more = address + "&"
		}
		body, kind := op.content(t)
		send := func(code, address string, header ...string) {
			t.Helper()
			if !op.expects(code) {
				return
			}
			if kind != "" {
				header = append([]string{"Content-Type", kind}, header...)
			}
			wantCode(t, op, s.do(op.method, address, strings.NewReader(body), header...), code)
		}
		send("host-not-allowed", address, "Host", "evil.example")
		send("cross-origin", address, "Origin", "https://evil.example")
		send("bad-text", more+"x=%00")
		send("not-acceptable", address, "Accept", "application/x-nothing")
		send("invalid-request", more+"no_such_parameter=1")
		send("unsupported-media-type", address, "Content-Type", "text/plain")
		body = "{"
		send("malformed-json", address)
		send("malformed-form", address)
		body, kind = op.content(t)
		// The rules that the program has are there whatever the database holds.
		if (op.example == nil || op.id == "confirm-ledger-item") && op.id != "get-rule-set" {
			send("not-found", address)
		}
	}
}

// wantCode holds a reply against one of the documented refusals of an operation.
func wantCode(t *testing.T, op *operation, a answer, code string) {
	t.Helper()
	got := seen(op, a.status, a.header, a.body)
	if got.code != code || !op.may(got) {
		t.Errorf("%v, want %s: %.300s", got, code, a.body)
	}
}

// Bodies that are too long, that break off, and that stop coming.
func TestEveryBodyIsBounded(t *testing.T) {
	t.Parallel()
	small := startIdle(t, func(d *api.Deps) { d.MaxUploadBytes = 1000 })
	s := startIdle(t, func(d *api.Deps) { d.StallTimeout = 100 * time.Millisecond })
	for _, op := range theContract().sorted() {
		_, kind := op.content(t)
		if op.expects("too-large") {
			a := small.raw(op, kind, "Content-Length: 99999999\r\n", strings.Repeat("x", 21<<20), false)
			wantCode(t, op, a, "too-large")
		}
		if op.expects("upload-incomplete") {
			wantCode(t, op, s.raw(op, kind, "Content-Length: 9999\r\n", "{", true), "upload-incomplete")
		}
		if op.expects("request-timeout") {
			wantCode(t, op, s.raw(op, kind, "Content-Length: 9999\r\n", "{", false), "request-timeout")
		}
	}
}

// raw sends a request whose body is not as its header says, over a connection of
// its own; half closes the sender's side after it.
func (s *service) raw(op *operation, kind, header, body string, half bool) answer {
	s.Helper()
	conn, err := new(net.Dialer).DialContext(s.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		s.Fatal(err)
	}
	if kind != "" {
		header += "Content-Type: " + kind + "\r\n"
	}
	go func() { // the service may answer before it has read all, and close
		_, _ = io.WriteString(conn, op.method+" "+op.address()+" HTTP/1.1\r\nHost: localhost\r\n"+header+"\r\n"+body)
		if half {
			_ = conn.(*net.TCPConn).CloseWrite()
		}
	}()
	reply, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		s.Fatalf("%s: %v", op.id, err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		s.Fatalf("%s: %v", op.id, err)
	}
	return answer{reply.StatusCode, reply.Header, text}
}

// Whoever still waits when a service is stopped is told so, whatever was asked for.
func TestEveryOperationWhileStopping(t *testing.T) {
	t.Parallel()
	var deps api.Deps
	s := startIdle(t, func(d *api.Deps) { deps = *d })
	service := api.New(deps)
	over := httptest.NewServer(recorded(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancelCause(r.Context())
		cancel(api.ErrStopping)
		service.ServeHTTP(w, r.WithContext(ctx))
	})))
	defer over.Close()
	over.Config.SetKeepAlivesEnabled(false) // as a server that is shut down
	s.url = over.URL
	for _, op := range theContract().sorted() {
		if !op.expects("service-stopping") {
			continue
		}
		body, kind := op.content(t)
		wantCode(t, op, s.do(op.method, op.address(), strings.NewReader(body), "Content-Type", kind), "service-stopping")
	}
}

// A database that is full, ends or breaks under any operation is told apart, and
// nothing of what it says is passed on.
func TestEveryOperationWithoutDatabase(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ sqlstate, code string }{
		{"53100", "database-full"}, {"57P01", "database-unavailable"}, {"57014", "request-took-too-long"}, {"XX001", "internal-error"},
	} {
		t.Run(tt.code, func(t *testing.T) {
			t.Parallel()
			s := startOn(t, failingDatabase(t, tt.sqlstate))
			for _, op := range theContract().sorted() {
				if !op.expects(tt.code) {
					continue
				}
				body, kind := op.content(t)
				a := s.do(op.method, op.address(), strings.NewReader(body), "Content-Type", kind)
				wantCode(t, op, a, tt.code)
				if bytes.Contains(a.body, []byte(inside)) {
					t.Errorf("%s: %s", op.id, a.body)
				}
			}
		})
	}
}
