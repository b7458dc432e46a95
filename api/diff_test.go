package api_test

import (
	"net/http"
	"strconv"
	"testing"
)

// What a staged layer would change is known before anybody accepts it; the run
// that says so feeds no ledger and is deleted. Each finding leads to its whole
// chain.
func TestWhatIfOverHTTP(t *testing.T) {
	t.Parallel()
	s, m, before, _ := startWithRun(t, "mining_right", "disturbance")
	pairs := []string{"layer", "land_approval", "county", m.County.Code, "vintage", "2022-05-31", "file", "@land_approval.zip"}
	d := s.loaded(s.upload(sampleFile(t, "land_approval.zip"), pairs...).header.Get("Location"))
	if d.Status != "staged" {
		t.Fatalf("%+v", d)
	}
	id := strconv.FormatInt(d.ID, 10)
	a := s.send(http.MethodPost, "/v1/runs", `{"as_of":"2022-05-31","what_if":[`+id+`]}`)
	want[run](t, a, http.StatusAccepted)
	location := a.header.Get("Location")
	type line struct {
		Status string
		WhatIf []int64 `json:"what_if"`
	}
	var whatIf line
	s.until("the what-if run", func() bool {
		whatIf = want[line](t, s.get(location), http.StatusOK)
		return whatIf.Status == "complete"
	})
	if len(whatIf.WhatIf) != 1 || whatIf.WhatIf[0] != d.ID {
		t.Errorf("%+v", whatIf)
	}
	type diff struct {
		Old, New struct{ ID int64 }
		Totals   []struct {
			Change   string
			Findings int
		}
		Findings []struct {
			Change string
			Rule   string
			NewID  string `json:"new_id"`
			Causes []struct{ Kind, Text string }
		}
	}
	got := want[diff](t, s.get(location+"/diff"), http.StatusOK)
	if got.Old.ID != before.ID || len(got.Findings) == 0 || len(got.Totals) == 0 {
		t.Fatalf("%+v", got)
	}
	address := ""
	for _, f := range got.Findings {
		if f.Change != "born" || len(f.Causes) == 0 {
			t.Errorf("%+v: approvals were no layer before", f)
		}
		address = f.NewID
	}
	if named := want[diff](t, s.get(location+"/diff?against="+strconv.FormatInt(before.ID, 10)), http.StatusOK); len(named.Findings) != len(got.Findings) {
		t.Errorf("%d findings differ, %d by default", len(named.Findings), len(got.Findings))
	}
	chain := want[struct {
		ID     string
		WhatIf []int64 `json:"what_if"`
		Sums   []struct{ Title string }
		Parts  []struct {
			Rings [][]struct {
				XM float64 `json:"x_m"`
			}
		}
	}](t, s.get("/v1/findings/"+address), http.StatusOK)
	if chain.ID != address || len(chain.WhatIf) != 1 || len(chain.Sums) == 0 || len(chain.Parts) == 0 || chain.Parts[0].Rings[0][0].XM < 4e6 {
		t.Errorf("%+v", chain)
	}
	wantProblem(t, s.get("/v1/findings/1-x-y"), http.StatusNotFound, "not-found")
	wantProblem(t, s.get(location+"/ledger.csv"), http.StatusConflict, "run-what-if")
	wantProblem(t, s.send(http.MethodDelete, "/v1/runs/"+strconv.FormatInt(before.ID, 10), ""), http.StatusConflict, "run-kept")
	if gone := want[line](t, s.send(http.MethodDelete, location, ""), http.StatusOK); len(gone.WhatIf) != 1 {
		t.Errorf("deleted %+v", gone)
	}
	wantProblem(t, s.get(location), http.StatusNotFound, "not-found")
	wantProblem(t, s.send(http.MethodPost, "/v1/runs", `{"as_of":"2022-05-31","what_if":[999]}`), http.StatusUnprocessableEntity, "invalid-request")
}
