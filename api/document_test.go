package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/api"
)

func document(t *testing.T, path string) map[string]any {
	t.Helper()
	s := start(t)
	a := s.get(path)
	if got := a.header.Get("Content-Type"); got != "application/openapi+json" {
		t.Errorf("content type %q", got)
	}
	return want[map[string]any](t, a, http.StatusOK)
}

// each calls visit with every object of a JSON tree and where it stands.
func each(at string, tree any, visit func(at string, m map[string]any)) {
	switch v := tree.(type) {
	case map[string]any:
		visit(at, v)
		for k, item := range v {
			each(at+"/"+strings.ReplaceAll(k, "/", "~1"), item, visit)
		}
	case []any:
		for i, item := range v {
			each(fmt.Sprintf("%s/%d", at, i), item, visit)
		}
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ path, version string }{{"/openapi.json", "3.1.0"}, {"/openapi-3.0.json", "3.0.3"}} {
		t.Run(tt.version, func(t *testing.T) {
			t.Parallel()
			doc := document(t, tt.path)
			if doc["openapi"] != tt.version {
				t.Errorf("openapi %v, want %s", doc["openapi"], tt.version)
			}
			schemas := doc["components"].(map[string]any)["schemas"].(map[string]any)
			examples := doc["components"].(map[string]any)["examples"].(map[string]any)
			used := map[string]bool{}
			each("#", doc, func(at string, m map[string]any) {
				if ref, ok := m["$ref"].(string); ok {
					name, found := strings.CutPrefix(ref, "#/components/schemas/")
					code, ofProblem := strings.CutPrefix(ref, "#/components/examples/")
					if used[name] = true; found && schemas[name] == nil || ofProblem && examples[code] == nil || !found && !ofProblem {
						t.Errorf("%s: %s leads nowhere", at, ref)
					}
				}
				if _, ok := m["$schema"]; ok {
					t.Errorf("%s has a $schema member", at)
				}
				if types, ok := m["type"].([]any); ok && slices.Contains(types, any("array")) {
					t.Errorf("%s: a list that may be null", at)
				}
				if tt.version == "3.0.3" && m["type"] == "null" {
					t.Errorf("%s: 3.0 has no null type", at)
				}
			})
			for name := range schemas {
				if !used[name] {
					t.Errorf("nothing uses the schema %s", name)
				}
			}
			operations(t, doc)
		})
	}
}

// operations checks that each operation documents its success and what else it
// may answer.
func operations(t *testing.T, doc map[string]any) {
	t.Helper()
	ids := map[string]bool{}
	for path, item := range doc["paths"].(map[string]any) {
		for method, o := range item.(map[string]any) {
			op := o.(map[string]any)
			where := method + " " + path
			id, _ := op["operationId"].(string)
			if id == "" || ids[id] || op["summary"] == "" {
				t.Errorf("%s: operationId %q, summary %v", where, id, op["summary"])
			}
			ids[id] = true
			success := false
			responses := op["responses"].(map[string]any)
			for status, r := range responses {
				reply := r.(map[string]any)
				content, _ := reply["content"].(map[string]any)
				if reply["description"] == "" || len(content) == 0 {
					t.Errorf("%s %s: no description or content", where, status)
				}
				for kind, media := range content {
					if media.(map[string]any)["schema"] == nil {
						t.Errorf("%s %s %s: no schema", where, status, kind)
					}
				}
				if status[0] == '2' {
					success = true
				} else if content["application/problem+json"] == nil {
					t.Errorf("%s %s is not a problem", where, status)
				}
			}
			if !success || responses["403"] == nil {
				t.Errorf("%s: responses %v", where, responses)
			}
		}
	}
	if len(ids) < 15 {
		t.Errorf("only %d operations", len(ids))
	}
}

// Each code of the table of problems stands in the document: in the list of
// codes, and beside the status of an operation or, for what no operation
// answers, in the list of those.
func TestProblemsDocumented(t *testing.T) {
	t.Parallel()
	doc := document(t, "/openapi.json")
	text, err := json.Marshal(doc["paths"])
	if err != nil {
		t.Fatal(err)
	}
	problem := doc["components"].(map[string]any)["schemas"].(map[string]any)["Problem"].(map[string]any)
	codes := problem["properties"].(map[string]any)["code"].(map[string]any)["enum"].([]any)
	// What is answered before an operation is found, or below /ogc.
	outside := []string{
		"bad-parameters", "no-such-path", "method-not-allowed", "invalid-execution", "no-such-process", "no-such-job", "no-such-output", "result-not-ready",
		"execution-failed", "execution-under-way", "issuer-unavailable",
	}
	for _, k := range api.ProblemKinds() {
		if !slices.Contains(codes, any(k.Code)) {
			t.Errorf("%s is not among the codes of Problem", k.Code)
		}
		if beside := strings.Contains(string(text), k.Code); beside == slices.Contains(outside, k.Code) {
			t.Errorf("%s: beside an operation %v", k.Code, beside)
		}
	}
	if len(codes) != len(api.ProblemKinds()) {
		t.Errorf("%d codes, want %d", len(codes), len(api.ProblemKinds()))
	}
}

// docs/problems.md is made from the table: go test ./api -update.
func TestProblemsPage(t *testing.T) {
	t.Parallel()
	const page = "../docs/problems.md"
	text := api.ProblemsPage()
	if *update {
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(stored) != text {
		t.Errorf("%s is not what the table says; go test ./api -update", page)
	}
}

// A linter that others wrote finds nothing in either form of the document. It is
// installed by make lint-api, which names its folder.
func TestLinter(t *testing.T) {
	t.Parallel()
	linter := os.Getenv("TAOHE_OPENAPI_LINTER")
	if linter == "" {
		t.Skip("make lint-api looks at the document with a linter")
	}
	s := start(t)
	dir := t.TempDir()
	for _, name := range []string{"openapi.json", "openapi-3.0.json"} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, s.get("/"+name).body, 0o600); err != nil {
			t.Fatal(err)
		}
		args := []string{"lint", "--config", filepath.Join(linter, "redocly.yaml"), "--format", "stylish", file}
		if name == "openapi-3.0.json" {
			// 3.0 has no way to say that a reference may be null which both generators and
			// validators take; ours is the generators'. The examples are those of 3.1.
			args = append(args, "--skip-rule", "no-invalid-media-type-examples")
		}
		lint := exec.CommandContext(t.Context(), filepath.Join(linter, "node_modules", ".bin", "redocly"), args...)
		lint.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true")
		out, err := lint.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		t.Logf("%s: %s", name, out)
	}
}
