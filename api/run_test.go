package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// As of a day before any image, the rules that need one are not evaluated,
// which is not the same as nothing found.
func TestRunBeforeAnyImage(t *testing.T) {
	t.Parallel()
	s, m := startWith(t, "mining_right", "land_approval", "disturbance")
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

// A run is cancelled in the queue, and in the middle, where its worker hears it;
// taken up again it goes on and gives what it would have given.
func TestCancelRun(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	m := s.county()
	queued := want[run](t, s.send(http.MethodPost, "/v1/runs", `{"as_of":"2022-05-31"}`), http.StatusAccepted)
	if queued.Status != "queued" {
		t.Errorf("status %q", queued.Status)
	}
	s.cancels(queued)
	s.work()
	s.uploads(m)

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

	// And then a run goes through, and so does the one that was cancelled.
	whole, location := s.run("2022-05-31")
	if whole.Status != "complete" {
		t.Errorf("%+v", whole)
	}
	wantProblem(t, s.send(http.MethodPost, location+"/retry", ""), http.StatusConflict, "run-not-broken")
	wantProblem(t, s.send(http.MethodPost, "/v1/runs/999/retry", ""), http.StatusNotFound, "not-found")
	again := want[run](t, s.send(http.MethodPost, address(running.ID)+"/retry", ""), http.StatusAccepted)
	if again.ID != running.ID || again.Status != "running" || again.Mines.Total == 0 {
		t.Errorf("taken up again: %+v", again)
	}
	if again = s.over(address(running.ID)); again.Status != "complete" || *again.Digest != *whole.Digest {
		t.Errorf("taken up again: %+v, want %+v", again, whole)
	}
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
	s.until("no job", func() bool { return s.jobs("run", "run_id", r.ID) == 0 })
	wantProblem(s.T, s.send(http.MethodPost, location+"/cancel", ""), http.StatusConflict, "run-over")
}

// jobs counts the jobs about a run or dataset that are not over.
func (s *service) jobs(kind, about string, id int64) (n int) {
	s.Helper()
	err := s.pool.QueryRow(s.Context(), `select count(*) from river_job where kind = $1 and (args ->> $2)::bigint = $3 and finalized_at is null`, kind, about, id).Scan(&n)
	if err != nil {
		s.Fatal(err)
	}
	return n
}

// What a service takes without a worker waits for one; what is cancelled before
// one comes is over at once.
func TestWorkWaits(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	m := s.county()
	pairs := []string{"layer", "division", "county", m.County.Code, "vintage", "2021-12-31", "file", "@division.geojson"}
	var locations []string
	for range 2 {
		a := s.upload(sampleFile(t, "division.geojson"), pairs...)
		if d := want[dataset](t, a, http.StatusAccepted); d.Status != "loading" {
			t.Errorf("%+v", d)
		}
		locations = append(locations, a.header.Get("Location"))
	}
	begun := want[run](t, s.send(http.MethodPost, "/v1/runs", `{"as_of":"2022-05-31"}`), http.StatusAccepted)
	cancelled := want[dataset](t, s.send(http.MethodPost, locations[1]+"/cancel", ""), http.StatusAccepted)
	if cancelled.Status != "failed" {
		t.Errorf("%+v, want failed", cancelled)
	}
	if left := s.spooled(); len(left) != 1 {
		t.Errorf("in the spool: %v", left)
	}
	s.work()
	if d := s.loaded(locations[0]); d.Status != "staged" {
		t.Errorf("%+v, want staged", d)
	}
	if r := s.over(address(begun.ID)); r.Status != "complete" {
		t.Errorf("%+v, want complete", r)
	}
	for _, l := range locations {
		wantProblem(t, s.send(http.MethodPost, l+"/cancel", ""), http.StatusConflict, "not-loading")
	}
	wantProblem(t, s.send(http.MethodPost, "/v1/datasets/999/cancel", ""), http.StatusNotFound, "not-found")
}

// A load is cancelled in the middle: somebody holds the table that it ends with.
func TestCancelImport(t *testing.T) {
	t.Parallel()
	s := start(t)
	m := s.county()
	conn, err := pgx.ConnectConfig(t.Context(), s.pool.Config().ConnConfig)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), "begin; lock table dataset_diagnostic_count in exclusive mode"); err != nil {
		t.Fatal(err)
	}
	a := s.upload(sampleFile(t, "division.geojson"), "layer", "division", "county", m.County.Code, "vintage", "2021-12-31", "file", "@division.geojson")
	want[dataset](t, a, http.StatusAccepted)
	location := a.header.Get("Location")
	s.until("a load at its end", func() (waits bool) {
		err := s.pool.QueryRow(t.Context(), `select exists (select from pg_locks where not granted and database = (select oid from pg_database where datname = current_database()) and relation = 'dataset_diagnostic_count'::regclass)`).Scan(&waits)
		if err != nil {
			t.Fatal(err)
		}
		return waits
	})
	want[dataset](t, s.send(http.MethodPost, location+"/cancel", ""), http.StatusAccepted)
	d := want[struct{ Status, Error string }](t, s.get(location), http.StatusOK)
	s.until("a cancelled load", func() bool {
		d = want[struct{ Status, Error string }](t, s.get(location), http.StatusOK)
		return d.Status != "loading"
	})
	if d.Status != "failed" || d.Error != "cancelled" {
		t.Errorf("%+v", d)
	}
	s.until("an empty spool", func() bool { return len(s.spooled()) == 0 })
}
