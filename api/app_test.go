package api_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// plainly asks for what is not of the interface, so that no document describes it.
func (s *service) plainly(path string, header ...string) answer {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		s.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "identity")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		s.Fatal(err)
	}
	return answer{status: reply.StatusCode, header: reply.Header, body: body}
}

func TestApp(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	page := s.plainly("/")
	if page.status != http.StatusOK || page.header.Get("Content-Type") != "text/html; charset=utf-8" || page.header.Get("Cache-Control") != "no-cache" {
		t.Fatalf("%d %v", page.status, page.header)
	}
	policy := page.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("policy %q", policy)
	}
	if bad := regexp.MustCompile(`(?i)<script>|<style|\sstyle=|\son\w+=|javascript:|(src|href)="(https?:)?//`).Find(page.body); bad != nil {
		t.Errorf("the page holds %q", bad)
	}
	tag := page.header.Get("ETag")
	if again := s.plainly("/", "If-None-Match", `"other", `+tag); tag == "" || again.status != http.StatusNotModified || len(again.body) > 0 {
		t.Errorf("with its tag %q: %d", tag, again.status)
	}
	if other := s.plainly("/", "If-None-Match", `"other"`); other.status != http.StatusOK {
		t.Errorf("with another tag: %d", other.status)
	}
	for _, path := range []string{"/assets/none.js", "/assets/", "/assets/..%2findex.html", "/assets/index.html", "/index.html"} {
		if a := s.plainly(path); a.status != http.StatusNotFound || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", path, a.status, a.header.Get("Content-Type"))
		}
	}
}

// What the page loads is there, compressed for who takes that, and kept for ever.
func TestAppFiles(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	names := regexp.MustCompile(`(?:src|href)="(/assets/[^"]+\.(?:js|css))"`).FindAllSubmatch(s.plainly("/").body, -1)
	if names == nil {
		t.Skip("the browser application is not built: make web")
	}
	for _, name := range names {
		path := string(name[1])
		plain := s.plainly(path)
		if plain.status != http.StatusOK || plain.header.Get("Content-Encoding") != "" || !strings.Contains(plain.header.Get("Cache-Control"), "immutable") {
			t.Fatalf("%s: %d %v", path, plain.status, plain.header)
		}
		for accept, want := range map[string]string{"gzip": "gzip", "br, GZIP;q=0.5": "gzip", "gzip;q=0": "", "gzip;q=0.0, br": "", "br": "", "*": ""} {
			a := s.plainly(path, "Accept-Encoding", accept)
			if got := a.header.Get("Content-Encoding"); got != want || a.header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s, %q: encoding %q, want %q", path, accept, got, want)
				continue
			}
			if want == "" {
				continue
			}
			r, err := gzip.NewReader(strings.NewReader(string(a.body)))
			if err != nil {
				t.Fatal(err)
			}
			if text, err := io.ReadAll(r); err != nil || string(text) != string(plain.body) {
				t.Errorf("%s: compressed it is another (%v)", path, err)
			}
		}
	}
}
