package api_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/internal/office"
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
	s, _, _, run := startWithRun(t)
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
	if a := s.get(location + "/events"); a.status != http.StatusOK || !strings.HasPrefix(string(a.body), "event: end\ndata: {\"id\":") {
		t.Errorf("events: %d %s", a.status, a.body)
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

// A paper of a whole run as a job is, byte for byte, the one that is waited for, as
// the ledger was when the job was asked for; what cannot be made is refused at once.
func TestPaperNotWaitedFor(t *testing.T) {
	t.Parallel()
	s, _, _, first := startWithRun(t)
	_, run := s.run("2022-06-30")
	ask := func(run, body string) answer {
		return s.do(http.MethodPost, run+"/papers", strings.NewReader(body), "Content-Type", "application/json")
	}
	for _, tt := range []struct{ body, same, kind, name string }{
		{`{"paper":"annex1","group":1}`, "/annex1?group=1", "annex1", "附件1 示例旗矿山以案促改专项行动摸排情况表.xlsx"},
		{`{"paper":"annex1","format":"docx"}`, "/annex1?format=docx", "annex1", "附件1 示例旗矿山以案促改专项行动摸排情况表.docx"},
		{`{"paper":"annex2","county":"159900"}`, "/annex2?county=159900", "annex2", "附件2 矿山以案促改专项行动汇报提纲.docx"},
		{`{"paper":"briefing"}`, "/briefing", "briefing", "示例旗矿山以案促改专项行动简报.docx"},
	} {
		a := ask(run, tt.body)
		if a.status != http.StatusAccepted {
			t.Fatalf("%s: %d %s", tt.body, a.status, a.body)
		}
		j := s.job(a.header.Get("Location"))
		if j.Kind != tt.kind || j.Status != "complete" || j.Total < 3 || j.Done != j.Total || j.RemainingS != nil || j.File == nil {
			t.Fatalf("%s: %+v", tt.body, j)
		}
		got, waited := s.get(*j.File), s.get(run+tt.same)
		_, params, err := mime.ParseMediaType(got.header.Get("Content-Disposition"))
		if err != nil || params["filename"] != tt.name || got.header.Get("Content-Type") != waited.header.Get("Content-Type") {
			t.Errorf("%s: %v, %v", tt.body, got.header, err)
		}
		if waited.status != http.StatusOK || !bytes.Equal(got.body, waited.body) {
			t.Errorf("%s: the job made %d bytes, GET %d %d", tt.body, len(got.body), waited.status, len(waited.body))
		}
	}
	if _, err := exec.LookPath(office.Program); err == nil {
		j := s.job(ask(run, `{"paper":"annex1","format":"pdf","group":1}`).header.Get("Location"))
		if a := s.get(*j.File); a.header.Get("Content-Type") != "application/pdf" || !bytes.HasPrefix(a.body, []byte("%PDF-")) {
			t.Errorf("pdf: %d %v", a.status, a.header)
		}
	}
	for body, faults := range map[string][]string{
		`{"paper":"annex2","format":"xlsx","against":1}`: {"against not-of-paper", "format not-in-list"},
		`{"paper":"briefing","ledger_event":1}`:          {"ledger_event not-of-paper"},
		`{"paper":"dossiers"}`:                           {"paper not-in-list"},
	} {
		if p := wantProblem(t, ask(run, body), http.StatusUnprocessableEntity, "invalid-request"); !slices.Equal(p.faults(), faults) {
			t.Errorf("%s: faults %q", body, p.faults())
		}
	}
	for _, body := range []string{`{"paper":"annex1","county":"150621"}`, `{"paper":"annex1","ledger_event":1}`} {
		wantProblem(t, ask(run, body), http.StatusNotFound, "not-found")
	}
	wantProblem(t, ask(first, `{"paper":"briefing"}`), http.StatusNotFound, "not-found")
	wantProblem(t, ask("/v1/runs/99", `{"paper":"annex2"}`), http.StatusNotFound, "not-found")
}

// A job that is being done is cancelled: it has no file, and who does it stops.
func TestJobCancelled(t *testing.T) {
	t.Parallel()
	s, _, _, run := startWithRun(t)
	for _, tt := range []struct{ path, body, lock string }{
		{"/dossiers", `{}`, "job_part_try in exclusive mode"}, // the beginning of a mine
		{"/papers", `{"paper":"annex2"}`, "listed_ground in access exclusive mode"},
	} {
		// Nobody gets further.
		tx, err := s.pool.Begin(t.Context())
		if err == nil {
			_, err = tx.Exec(t.Context(), "lock table "+tt.lock)
		}
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback(context.Background()) //nolint:errcheck // it only locks
		a := s.do(http.MethodPost, run+tt.path, strings.NewReader(tt.body), "Content-Type", "application/json")
		location := a.header.Get("Location")
		if a.status != http.StatusAccepted {
			t.Fatalf("%d %s", a.status, a.body)
		}
		s.until("a job that is begun", func() bool { return want[api.Job](t, s.get(location), http.StatusOK).Status == "running" })
		wantProblem(t, s.get(location+"/file"), http.StatusConflict, "job-not-complete")
		if j := want[api.Job](t, s.do(http.MethodDelete, location, nil), http.StatusOK); j.Status != "cancelled" || j.File != nil || j.Done != 0 && tt.path == "/dossiers" {
			t.Fatalf("%s: %+v", tt.path, j)
		}
		wantProblem(t, s.get(location+"/file"), http.StatusConflict, "job-not-complete")
		s.until("the end of all shares", func() bool {
			var left int
			if err := s.pool.QueryRow(t.Context(), `select count(*) from river_job where kind = 'job' and finalized_at is null`).Scan(&left); err != nil {
				t.Fatal(err)
			}
			return left == 0
		})
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// A feed and the measurements of a county, not waited for, come to what they come
// to when they are; what cannot be fed is refused at once.
func TestLedgerNotWaitedFor(t *testing.T) {
	t.Parallel()
	s, _, run, location := startWithRun(t)
	feed := func(id int64, header ...string) answer {
		body := fmt.Sprintf(`{"run_id":%d,"by":"甲"}`, id)
		return s.do(http.MethodPost, "/v1/ledger/feeds", strings.NewReader(body), append([]string{"Content-Type", "application/json"}, header...)...)
	}
	async := []string{"Prefer", "wait=5, respond-async"}
	wantProblem(t, feed(99, async...), http.StatusNotFound, "not-found")
	plan := want[api.LedgerPlan](t, s.get(location+"/ledger_plan"), http.StatusOK)
	a := feed(run.ID, async...)
	if a.status != http.StatusAccepted || a.header.Get("Preference-Applied") != "respond-async" {
		t.Fatalf("%d %v %s", a.status, a.header, a.body)
	}
	j := s.job(a.header.Get("Location"))
	if j.Status != "complete" || j.Done != len(plan.Lines) || j.Total != j.Done {
		t.Fatalf("%+v, %d lines", j, len(plan.Lines))
	}
	fed := want[api.LedgerPlan](t, s.get(*j.File), http.StatusOK)
	if fed.Applied || len(fed.Lines) != len(plan.Lines) || fed.Counts["new"] != plan.Counts["new"] || fed.Counts["new"] == 0 {
		t.Errorf("fed %v, planned %v", fed.Counts, plan.Counts)
	}
	for i, l := range fed.Lines {
		if l.Item.ID == 0 || l.Item.Problem != plan.Lines[i].Item.Problem {
			t.Errorf("line %d: %+v", i, l.Item)
		}
	}
	a = feed(run.ID)
	if again := want[api.LedgerPlan](t, a, http.StatusOK); !again.Applied || a.header.Get("Location") != "" {
		t.Errorf("fed again: %+v, %v", again.Counts, a.header)
	}
	_, later := s.run("2022-06-30")
	measured := s.get(later + "/ledger_measurements")
	a = s.get(later+"/ledger_measurements", "Prefer", "respond-async")
	if a.status != http.StatusAccepted {
		t.Fatalf("%d %s", a.status, a.body)
	}
	j = s.job(a.header.Get("Location"))
	all := want[api.Page[api.LedgerMeasurement]](t, measured, http.StatusOK)
	if got := s.get(*j.File); !bytes.Equal(bytes.TrimSpace(got.body), bytes.TrimSpace(measured.body)) || j.Done != len(all.Items) || j.Done == 0 {
		t.Errorf("%+v: %.200s\nwant %.200s", j, got.body, measured.body)
	}
}

// A feed whose job is cancelled while it is done leaves the ledger as it was.
func TestFeedCancelled(t *testing.T) {
	t.Parallel()
	s, _, run, location := startWithRun(t)
	tx, err := s.pool.Begin(t.Context())
	if err == nil {
		_, err = tx.Exec(t.Context(), `lock table ledger_sighting in exclusive mode`)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background()) //nolint:errcheck // it only locks
	a := s.do(http.MethodPost, "/v1/ledger/feeds", strings.NewReader(fmt.Sprintf(`{"run_id":%d,"by":"甲"}`, run.ID)),
		"Content-Type", "application/json", "Prefer", "respond-async")
	job := a.header.Get("Location")
	s.until("a feed that is begun", func() bool { return want[api.Job](t, s.get(job), http.StatusOK).Status == "running" })
	if j := want[api.Job](t, s.do(http.MethodDelete, job, nil), http.StatusOK); j.Status != "cancelled" {
		t.Fatalf("%+v", j)
	}
	s.until("the end of the feed", func() bool {
		var left int
		if err := s.pool.QueryRow(t.Context(), `select count(*) from river_job where kind = 'job' and finalized_at is null`).Scan(&left); err != nil {
			t.Fatal(err)
		}
		return left == 0
	})
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if plan := want[api.LedgerPlan](t, s.get(location+"/ledger_plan"), http.StatusOK); plan.Applied || plan.Counts["new"] == 0 {
		t.Errorf("%+v", plan.Counts)
	}
}
