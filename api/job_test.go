package api_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/api"
)

// job asks for a job until it is over.
func (s *service) job(location string) (j api.Job) {
	s.Helper()
	s.until("the end of a job", func() bool {
		a := s.get(location)
		if a.status != http.StatusOK {
			s.Fatalf("%s: %d %s", location, a.status, a.body)
		}
		if err := json.Unmarshal(a.body, &j); err != nil {
			s.Fatal(err)
		}
		return j.FinishedAt != nil
	})
	return j
}

// The papers of some mines as a job: asked for, followed, fetched, deleted; one
// that is queued is cancelled.
func TestDossiersOverHTTP(t *testing.T) {
	t.Parallel()
	s := start(t)
	m := s.county()
	s.uploads(m)
	_, run := s.run("2022-05-31")
	ask := func(body string) answer {
		return s.do(http.MethodPost, run+"/dossiers", strings.NewReader(body), "Content-Type", "application/json")
	}
	wantProblem(t, ask(`{"counties":["150621"],"licence_nos":["C0"]}`), http.StatusUnprocessableEntity, "invalid-request")
	wantProblem(t, ask(`{"format":"doc"}`), http.StatusUnprocessableEntity, "invalid-request")
	wantProblem(t, s.do(http.MethodPost, "/v1/runs/99/dossiers", strings.NewReader("{}"), "Content-Type", "application/json"), http.StatusNotFound, "not-found")
	wantProblem(t, s.get("/v1/jobs/99"), http.StatusNotFound, "not-found")
	wantProblem(t, s.do(http.MethodDelete, "/v1/jobs/99", nil), http.StatusNotFound, "not-found")

	a := ask(`{"licence_nos":["C1599002014021120121517"],"map_format":"pdf"}`)
	location := a.header.Get("Location")
	if a.status != http.StatusAccepted || location == "" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	j := s.job(location)
	if j.Status != "complete" || j.Total != 1 || j.Done != 1 || j.Failed != 0 || j.File == nil || j.ExpiresAt == nil || j.ExpiresAt.Before(*j.FinishedAt) {
		t.Fatalf("%+v", j)
	}
	a = s.get(*j.File)
	_, params, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/zip" || err != nil || !strings.HasPrefix(params["filename"], "一矿一案") {
		t.Fatalf("%d %v %v", a.status, a.header, err)
	}
	z, err := zip.NewReader(bytes.NewReader(a.body), int64(len(a.body)))
	if err != nil || len(z.File) != 3 || !strings.HasSuffix(z.File[1].Name, ".docx") || !strings.HasSuffix(z.File[2].Name, ".pdf") {
		t.Fatalf("%d files: %v", len(z.File), err)
	}
	if a := s.do(http.MethodDelete, location, nil); a.status != http.StatusOK {
		t.Errorf("delete: %d %s", a.status, a.body)
	}
	wantProblem(t, s.get(location), http.StatusNotFound, "not-found")
	var list api.Page[api.Job]
	if a := s.get("/v1/jobs"); json.Unmarshal(a.body, &list) != nil || len(list.Items) != 0 {
		t.Errorf("jobs left: %s", a.body)
	}
}

// A job that is being done is cancelled: it has no file, and who does it stops.
func TestJobCancelled(t *testing.T) {
	t.Parallel()
	s := start(t)
	m := s.county()
	s.uploads(m)
	_, run := s.run("2022-05-31")
	// Nobody gets further than the beginning of a mine.
	tx, err := s.pool.Begin(t.Context())
	if err == nil {
		_, err = tx.Exec(t.Context(), `lock table job_part_try in exclusive mode`)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background()) //nolint:errcheck // it only locks
	a := s.do(http.MethodPost, run+"/dossiers", strings.NewReader("{}"), "Content-Type", "application/json")
	location := a.header.Get("Location")
	if a.status != http.StatusAccepted {
		t.Fatalf("%d %s", a.status, a.body)
	}
	s.until("a job that is begun", func() bool { return want[api.Job](t, s.get(location), http.StatusOK).Status == "running" })
	wantProblem(t, s.get(location+"/file"), http.StatusConflict, "job-not-complete")
	if j := want[api.Job](t, s.do(http.MethodDelete, location, nil), http.StatusOK); j.Status != "cancelled" || j.File != nil || j.Done != 0 {
		t.Fatalf("%+v", j)
	}
	wantProblem(t, s.get(location+"/file"), http.StatusConflict, "job-not-complete")
	s.until("the end of all shares", func() bool {
		var left int
		if err := s.pool.QueryRow(t.Context(), `select count(*) from river_job where kind = 'job' and finalized_at is null`).Scan(&left); err != nil {
			t.Fatal(err)
		}
		return left == 0
	})
}
