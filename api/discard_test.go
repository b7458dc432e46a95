package api_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
)

// A dataset that was not accepted is deleted with its rows, its table, and the runs
// that asked what if; not while somebody reads its layer, and nothing of it then.
func TestDiscardDataset(t *testing.T) {
	t.Parallel()
	s, m, _, _ := startWithRun(t, "mining_right", "disturbance")
	upload := func(layer, file string) (dataset, string) {
		t.Helper()
		a := s.upload(sampleFile(t, file), "layer", layer, "county", m.County.Code, "vintage", "2022-05-31", "file", "@"+file)
		location := a.header.Get("Location")
		return s.loaded(location), location
	}
	d, location := upload("land_approval", "land_approval.zip")
	id := strconv.FormatInt(d.ID, 10)
	a := s.send(http.MethodPost, "/v1/runs", `{"as_of":"2022-05-31","what_if":[`+id+`]}`)
	want[run](t, a, http.StatusAccepted)
	whatIf := a.header.Get("Location")
	if r := s.over(whatIf); r.Status != "complete" {
		t.Fatalf("%+v", r)
	}
	there := func() (rows int, table bool) {
		t.Helper()
		err := s.pool.QueryRow(t.Context(), `select (select count(*) from land_approval where dataset_id = $1), to_regclass('land_approval_d' || $1) is not null`, d.ID).
			Scan(&rows, &table)
		if err != nil {
			t.Fatal(err)
		}
		return rows, table
	}
	if rows, table := there(); rows == 0 || !table {
		t.Fatalf("%d rows, table %t", rows, table)
	}

	reading, err := s.pool.BeginTx(t.Context(), pgx.TxOptions{AccessMode: pgx.ReadOnly})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reading.Exec(t.Context(), `select count(*) from land_approval`); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, s.send(http.MethodDelete, location, ""), http.StatusConflict, "layer-being-read")
	if err := reading.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := want[dataset](t, s.get(location), http.StatusOK); got.Status != "staged" {
		t.Errorf("after it was not deleted: %+v", got)
	}
	want[run](t, s.get(whatIf), http.StatusOK)

	if got := want[dataset](t, s.send(http.MethodDelete, location, ""), http.StatusOK); got.ID != d.ID || got.Status != "staged" {
		t.Errorf("%+v", got)
	}
	if rows, table := there(); rows != 0 || table {
		t.Errorf("%d rows and a table %t are left", rows, table)
	}
	for _, path := range []string{location, whatIf} {
		wantProblem(t, s.get(path), http.StatusNotFound, "not-found")
	}
	wantProblem(t, s.send(http.MethodDelete, location, ""), http.StatusNotFound, "not-found")

	// What is accepted stays; what could not be used goes.
	wantProblem(t, s.send(http.MethodDelete, "/v1/datasets/1", ""), http.StatusConflict, "dataset-kept")
	refused, location := upload("land_approval", "water_source.geojson")
	if refused.Status != "refused" {
		t.Fatalf("%+v", refused)
	}
	want[dataset](t, s.send(http.MethodDelete, location, ""), http.StatusOK)
}
