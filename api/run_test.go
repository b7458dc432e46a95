package api_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// As of a day before any image, the rules that need one are not evaluated,
// which is not the same as nothing found.
func TestRunBeforeAnyImage(t *testing.T) {
	t.Parallel()
	s := start(t)
	m := s.county()
	s.uploads(m, "mining_right", "land_approval", "disturbance")
	r, location := s.run("2022-05-01") // licences of April, images of May
	if r.Status != "complete" || r.Mines.Total == 0 {
		t.Fatalf("%+v", r)
	}
	got := want[struct {
		NotEvaluated []struct {
			Rule, Title, Reason string
			CountyCode          string   `json:"county_code"`
			MissingLayers       []string `json:"missing_layers"`
		} `json:"not_evaluated"`
	}](t, s.get(location), http.StatusOK)
	rules := map[string]bool{}
	for _, n := range got.NotEvaluated {
		if n.CountyCode != m.County.Code || len(n.MissingLayers) == 0 || n.Title == "" || !strings.Contains(n.Reason, "未核查") {
			t.Errorf("%+v", n)
		}
		rules[n.Rule] = true
	}
	for _, rule := range []string{"unapproved", "mining_out_of_bounds", "forest_encroached", "licence_in_protected_area"} {
		if !rules[rule] {
			t.Errorf("%s is not among the rules not evaluated", rule)
		}
	}
	list := want[struct {
		Items []struct {
			Ground *struct{ Mu float64 }
			Rules  []string
		}
	}](t, s.get("/v1/mines?limit=1"), http.StatusOK)
	if len(list.Items) != 1 || list.Items[0].Ground != nil || list.Items[0].Rules == nil {
		t.Errorf("%+v, want no ground and an empty list of rules", list)
	}
}

// A run is cancelled in the queue, and in the middle.
func TestCancelRun(t *testing.T) {
	t.Parallel()
	s := start(t)
	m := s.county()
	s.uploads(m)

	release := make(chan struct{})
	if err := s.jobs.Start("run/before", func(context.Context) error { <-release; return nil }); err != nil {
		t.Fatal(err)
	}
	queued := want[run](t, s.send(http.MethodPost, "/v1/runs", `{"as_of":"2022-05-31"}`), http.StatusAccepted)
	if queued.Status != "queued" {
		t.Errorf("status %q", queued.Status)
	}
	s.cancels(queued)
	close(release)

	// Somebody holds a table that the mines are written to, so the run cannot
	// end. The connection is not one of the few of the pool.
	conn, err := pgx.ConnectConfig(t.Context(), s.pool.Config().ConnConfig)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "lock table ground_image in access exclusive mode"); err != nil {
		t.Fatal(err)
	}
	running := want[run](t, s.send(http.MethodPost, "/v1/runs", `{"as_of":"2022-05-31"}`), http.StatusAccepted)
	location := address(running.ID)
	s.until("a run that runs", func() bool {
		return want[run](t, s.get(location), http.StatusOK).Status == "running"
	})
	s.cancels(running)
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}

	// And then a run goes through.
	if r, _ := s.run("2022-05-31"); r.Status != "complete" {
		t.Errorf("%+v", r)
	}
	var elsewhere int64
	err = s.pool.QueryRow(t.Context(), `insert into run (as_of, counties, rule_set, rule_set_sha256) select as_of, counties, rule_set, rule_set_sha256
		from run where id = $1 returning id`, running.ID).Scan(&elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	wantProblem(t, s.send(http.MethodPost, address(elsewhere)+"/cancel", ""), http.StatusConflict, "run-elsewhere")
}

func address(id int64) string {
	digits := ""
	for ; id > 0; id /= 10 {
		digits = string(rune('0'+id%10)) + digits
	}
	return "/v1/runs/" + digits
}

func (s *service) cancels(r run) {
	s.Helper()
	location := address(r.ID)
	want[run](s.T, s.send(http.MethodPost, location+"/cancel", ""), http.StatusAccepted)
	s.until("a cancelled run", func() bool {
		r = want[run](s.T, s.get(location), http.StatusOK)
		return r.Status != "queued" && r.Status != "running"
	})
	if r.Status != "cancelled" || r.Digest != nil {
		s.Errorf("%+v", r)
	}
	wantProblem(s.T, s.get(location+"/ledger.csv"), http.StatusConflict, "run-not-complete")
	s.until("no job", func() bool { return !s.jobs.Active(strings.TrimPrefix(location, "/v1/runs/")) })
	s.until("a run that is over", func() bool {
		a := s.send(http.MethodPost, location+"/cancel", "")
		return a.status == http.StatusConflict
	})
	wantProblem(s.T, s.send(http.MethodPost, location+"/cancel", ""), http.StatusConflict, "run-over")
}

// A service that is stopping takes no work, and closes what it had begun.
func TestShuttingDown(t *testing.T) {
	t.Parallel()
	s := start(t)
	m := s.county()
	release := make(chan struct{})
	defer close(release)
	if err := s.jobs.Start("dataset/before", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }); err != nil {
		t.Fatal(err)
	}
	pairs := []string{"layer", "division", "county", m.County.Code, "vintage", "2021-12-31", "file", "@division.geojson"}
	queued := s.upload(sampleFile(t, "division.geojson"), pairs...)
	if d := want[dataset](t, queued, http.StatusAccepted); d.Status != "loading" {
		t.Errorf("%+v", d)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.jobs.Shutdown(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if d := s.loaded(queued.header.Get("Location")); d.Status != "failed" {
		t.Errorf("%+v, want failed", d)
	}
	wantProblem(t, s.upload(sampleFile(t, "division.geojson"), pairs...), http.StatusServiceUnavailable, "shutting-down")
	wantProblem(t, s.send(http.MethodPost, "/v1/runs", `{"as_of":"2022-05-31"}`), http.StatusServiceUnavailable, "shutting-down")
	list := want[struct{ Items []struct{ Status string } }](t, s.get("/v1/datasets"), http.StatusOK)
	for _, d := range list.Items {
		if d.Status != "failed" {
			t.Errorf("a dataset is left %s", d.Status)
		}
	}
	runs := want[struct{ Items []struct{ Status string } }](t, s.get("/v1/runs"), http.StatusOK)
	for _, r := range runs.Items {
		if r.Status != "cancelled" {
			t.Errorf("a run is left %s", r.Status)
		}
	}
	if len(list.Items) != 2 || len(runs.Items) != 1 {
		t.Errorf("%d datasets, %d runs", len(list.Items), len(runs.Items))
	}
}
