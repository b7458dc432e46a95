package api_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
)

// The rules that new runs are computed by are there before any run; those of a run
// stay readable when the program has others.
func TestRuleSets(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	type line struct {
		SHA256     string
		Current    bool
		Runs       int
		FirstRunID *int64 `json:"first_run_id"`
		LastRunID  *int64 `json:"last_run_id"`
	}
	list := func() []line {
		t.Helper()
		return want[struct{ Items []line }](t, s.get("/v1/rule_sets"), http.StatusOK).Items
	}
	type set struct {
		SHA256, Text string
		Current      bool
		Thresholds   map[string]float64
		Rules        []struct {
			Code, Title string
			Basis       []string
		}
	}
	read := func(version string) set {
		t.Helper()
		return want[set](t, s.get("/v1/rule_sets/"+version), http.StatusOK)
	}
	shipped := read("current")
	sum := sha256.Sum256([]byte(shipped.Text))
	if shipped.SHA256 != hex.EncodeToString(sum[:]) || !shipped.Current || shipped.Thresholds["touch_ratio"] != 0.05 || !strings.Contains(shipped.Text, "touch_ratio: 0.05") {
		t.Errorf("%+v", shipped)
	}
	if r := shipped.Rules; len(r) != strings.Count(shipped.Text, "\n  - code: ") || r[0].Code != "unapproved" || r[0].Title != "临时用地未批先占" || len(r[0].Basis) != 2 {
		t.Errorf("%d rules, the first %+v", len(r), r[0])
	}
	if got := list(); len(got) != 1 || got[0].SHA256 != shipped.SHA256 || !got[0].Current || got[0].Runs != 0 || got[0].FirstRunID != nil {
		t.Errorf("before any run: %+v", got)
	}

	s.county()
	for range 2 {
		want[run](t, s.send(http.MethodPost, "/v1/runs", `{"as_of":"2022-05-31"}`), http.StatusAccepted)
	}
	if got := list(); len(got) != 1 || got[0].Runs != 2 || *got[0].FirstRunID != 1 || *got[0].LastRunID != 2 || !got[0].Current {
		t.Errorf("after two runs: %+v", got)
	}
	const older = `replace(rule_set, 'touch_ratio: 0.05', 'touch_ratio: 0.1')`
	if _, err := s.pool.Exec(t.Context(), `update run set rule_set = `+older+`, rule_set_sha256 = sha256(convert_to(`+older+`, 'UTF8')) where id = 1`); err != nil {
		t.Fatal(err)
	}
	got := list()
	if len(got) != 2 || !got[0].Current || got[0].Runs != 1 || got[1].Current || *got[1].LastRunID != 1 {
		t.Fatalf("with an older set: %+v", got)
	}
	if old := read(got[1].SHA256); old.SHA256 != got[1].SHA256 || old.Current || old.Thresholds["touch_ratio"] != 0.1 {
		t.Errorf("the older set: %+v", old.Thresholds)
	}
	wantProblem(t, s.get("/v1/rule_sets/"+strings.Repeat("0", 64)), http.StatusNotFound, "not-found")
	wantProblem(t, s.get("/v1/rule_sets/newest"), http.StatusUnprocessableEntity, "invalid-request")
}
