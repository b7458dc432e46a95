package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/api"
)

// The page for people holds every operation, problem and schema, and a browser
// needs nothing from elsewhere to show it, nor runs anything.
func TestPage(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	a := s.get("/docs")
	text := string(a.body)
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("%d %v", a.status, a.header)
	}
	policy := a.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "script-src") {
		t.Errorf("policy %q", policy)
	}
	if bad := regexp.MustCompile(`(?i)<script|<style|\sstyle=|\son\w+=|javascript:|(src|href)="(https?:)?//`).FindString(text); bad != "" {
		t.Errorf("the page holds %q", bad)
	}
	for _, op := range theContract().sorted() {
		for _, want := range []string{`<section id="` + op.id + `">`, `href="#` + op.id + `"`} {
			if strings.Count(text, want) != 1 {
				t.Errorf("%d times %s", strings.Count(text, want), want)
			}
		}
	}
	for _, k := range api.ProblemKinds() {
		if !strings.Contains(text, `<tr id="problem-`+k.Code+`">`) {
			t.Errorf("no problem %s", k.Code)
		}
	}
	for _, link := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(text, -1) {
		if !strings.Contains(text, `id="`+link[1]+`"`) {
			t.Errorf("#%s leads nowhere", link[1])
		}
	}
	if style := s.get("/docs/style.css"); style.status != http.StatusOK || style.header.Get("Content-Type") != "text/css; charset=utf-8" || len(style.body) < 500 {
		t.Errorf("style: %d %v", style.status, style.header)
	}
	for _, path := range []string{"/openapi.json", "/openapi-3.0.json"} {
		if a := s.get(path); a.status != http.StatusOK {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}
