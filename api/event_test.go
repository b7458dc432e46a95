package api_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// Who follows a run hears how it is, in order and without repetition, and its
// end; of one that is over, the end at once.
func TestFollowRun(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	s.county()
	queued := want[run](t, s.send("POST", "/v1/runs", `{"as_of":"2022-05-31"}`), http.StatusAccepted)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+address(queued.ID)+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	if got := reply.Header.Get("Content-Type"); reply.StatusCode != http.StatusOK || got != "text/event-stream" {
		t.Fatalf("%d %s", reply.StatusCode, got)
	}
	lines := bufio.NewScanner(reply.Body)
	var names, states []string
	for lines.Scan() {
		name, isName := strings.CutPrefix(lines.Text(), "event: ")
		data, isData := strings.CutPrefix(lines.Text(), "data: ")
		switch {
		case isName:
			names = append(names, name)
		case isData:
			var now run
			if err := json.Unmarshal([]byte(data), &now); err != nil || now.ID != queued.ID {
				t.Fatalf("%s: %v", data, err)
			}
			if states = append(states, data); len(states) == 1 {
				if now.Status != "queued" {
					t.Errorf("first %s", data)
				}
				s.work() // only now does anybody compute it
			} else if states[len(states)-1] == states[len(states)-2] {
				t.Errorf("twice %s", data)
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if last := states[len(states)-1]; names[len(names)-1] != "end" || !strings.Contains(last, `"status":"complete"`) {
		t.Errorf("%v, last %s", names, last)
	}
	again := s.get(address(queued.ID) + "/events")
	if text := string(again.body); strings.Count(text, "data: ") != 1 || !strings.HasPrefix(text, "event: end\n") {
		t.Errorf("of a run that is over: %s", text)
	}
	wantProblem(t, s.get("/v1/runs/99/events"), http.StatusNotFound, "not-found")
	wantProblem(t, s.get("/v1/jobs/99/events"), http.StatusNotFound, "not-found")
}

// A report says which data came after it, until a run has read them.
func TestNewerInputs(t *testing.T) {
	t.Parallel()
	s, m, _, _ := startWithRun(t, "mining_right", "disturbance")
	path := "/v1/mines/C1599002017081120121295/report"
	newer := func() []string {
		t.Helper()
		got := want[struct {
			NewerInputs []struct{ Layer, Vintage string } `json:"newer_inputs"`
		}](t, s.get(path), http.StatusOK)
		var out []string
		for _, n := range got.NewerInputs {
			out = append(out, n.Layer+" "+n.Vintage)
		}
		return out
	}
	if got := newer(); len(got) != 0 {
		t.Errorf("after the run alone: %v", got)
	}
	s.uploads(m, "land_approval")
	if got := newer(); len(got) != 1 || got[0] != "land_approval 2022-05-31" {
		t.Errorf("after another layer: %v", got)
	}
	s.run(m.AsOf)
	if got := newer(); len(got) != 0 {
		t.Errorf("after a run with it: %v", got)
	}
}
