package api_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/internal/office"
)

// What needs nothing but the service is there on an empty database.
func TestPlainLists(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	for _, op := range theContract().sorted() {
		if op.method == http.MethodGet && !strings.Contains(op.path, "{") && !op.expects("not-found") {
			if a := s.get(op.address()); a.status != http.StatusOK {
				t.Errorf("%s: %d %s", op.id, a.status, a.body)
			}
		}
	}
}

// deed does one of the deeds to an item, with the example of its body.
func (s *service) deed(op *operation, item int, header ...string) answer {
	s.Helper()
	body, kind := op.content(s.T)
	address := strings.Replace(op.address(), "/items/1/", fmt.Sprintf("/items/%d/", item), 1)
	return s.do(op.method, address, strings.NewReader(body), append([]string{"Content-Type", kind}, header...)...)
}

// Each deed is refused to an item that is not there, that was changed, and that
// is in a state which does not allow it.
func TestDeedsRefused(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	want[map[string]any](t, s.send("PUT", "/v1/counties/159900", `{"name":"示例旗","extent":[109,40,110.75,40.5]}`), http.StatusOK)
	for range 3 {
		want[ledgerItem](t, s.send("POST", "/v1/ledger/items", soilCover), http.StatusCreated)
	}
	c := theContract()
	want[ledgerItem](t, s.deed(c.operations["assign-ledger-item"], 2), http.StatusOK)
	want[ledgerItem](t, s.deed(c.operations["dismiss-ledger-item"], 2), http.StatusOK)
	for _, op := range c.sorted() {
		if !op.expects("item-changed") {
			continue
		}
		if op.bodyKind == anyJSON { // a photograph is looked at first
			wantCode(t, op, s.deed(op, 99), "not-found")
			wantCode(t, op, s.deed(op, 1, "If-Match", `"999"`), "item-changed")
		}
		if !op.expects("item-state") {
			continue
		}
		item := 2 // dismissed
		if op.id == "reopen-ledger-item" {
			item = 3 // a lead
		}
		wantCode(t, op, s.deed(op, item), "item-state")
	}
	want[ledgerItem](t, s.deed(c.operations["reopen-ledger-item"], 2), http.StatusOK)
	for _, deed := range []string{"confirm", "assign", "start", "propose"} {
		want[ledgerItem](t, s.deed(c.operations[deed+"-ledger-item"], 3), http.StatusOK)
	}
	wantProblem(t, s.send("POST", "/v1/ledger/items/3/reject", `{"by":"李四","reason":"缺"}`), http.StatusConflict, "same-person")
	if back := want[ledgerItem](t, s.deed(c.operations["reject-ledger-item"], 3), http.StatusOK); back.State != "rectifying" {
		t.Errorf("state %s", back.State)
	}
}

// What rests on a run asks for one that is complete, and not for one that only
// asks what if.
func TestRunsRefused(t *testing.T) {
	t.Parallel()
	s, m, _, _ := startWithRun(t, "mining_right", "disturbance")
	c := theContract()
	refused := func(code string, run int64) {
		t.Helper()
		for _, op := range c.sorted() {
			if !op.expects(code) {
				continue
			}
			body, kind := op.content(t)
			body = strings.Replace(body, `"run_id":1`, fmt.Sprintf(`"run_id":%d`, run), 1)
			path := strings.Replace(op.address(), "/runs/1/", fmt.Sprintf("/runs/%d/", run), 1)
			switch op.id {
			case "list-findings", "get-statistics":
				path += fmt.Sprintf("?run=%d", run)
			case "measure-ledger-item":
				path += fmt.Sprintf("?run=%d", run)
			case "propose-ledger-item":
				body = fmt.Sprintf(`{"by":"李四","as":"rectified","run_id":%d}`, run)
			}
			wantCode(t, op, s.do(op.method, path, strings.NewReader(body), "Content-Type", kind), code)
		}
	}
	want[map[string]any](t, s.send("POST", "/v1/ledger/feeds", `{"run_id":1,"by":"张三"}`), http.StatusOK)
	for _, deed := range []string{"confirm", "assign", "start"} {
		want[ledgerItem](t, s.deed(c.operations[deed+"-ledger-item"], 1), http.StatusOK)
	}
	refused("no-earlier-day", 1)
	earlier, _ := s.run("2022-05-20")
	refused("older-run", earlier.ID)
	later, _ := s.run("2022-06-30")
	want[map[string]any](t, s.get(fmt.Sprintf("/v1/ledger/items/1/measurement?run=%d", later.ID)), http.StatusOK)

	pairs := []string{"layer", "land_approval", "county", m.County.Code, "vintage", "2022-05-31", "file", "@land_approval.zip"}
	staged := s.loaded(s.upload(sampleFile(t, "land_approval.zip"), pairs...).header.Get("Location"))
	a := s.send("POST", "/v1/runs", `{"as_of":"2022-05-31","what_if":[`+strconv.FormatInt(staged.ID, 10)+`]}`)
	whatIf := want[run](t, a, http.StatusAccepted)
	s.over(a.header.Get("Location"))
	refused("run-what-if", whatIf.ID)

	fresh := want[mineRun](t, s.get("/v1/mines/C1599002017081120121295/report?fresh=true&as_of=2022-05-31"), http.StatusOK)
	refused("run-of-one-mine", fresh.Run.ID)

	refused("run-not-complete", s.cancelledRun())
	byHand := want[ledgerItem](t, s.send("POST", "/v1/ledger/items", soilCover), http.StatusCreated)
	for _, deed := range []string{"confirm", "assign", "start"} {
		want[ledgerItem](t, s.deed(c.operations[deed+"-ledger-item"], int(byHand.ID)), http.StatusOK)
	}
	wantProblem(t, s.get(fmt.Sprintf("/v1/ledger/items/%d/measurement?run=%d", byHand.ID, later.ID)), http.StatusConflict, "not-by-image")
	wantProblem(t, s.send("POST", fmt.Sprintf("/v1/ledger/items/%d/propose", byHand.ID), `{"by":"李四","as":"rectified","run_id":1}`), http.StatusConflict, "not-by-image")
	if _, err := exec.LookPath(office.Program); err == nil {
		for _, paper := range []string{"annex1", "annex2", "briefing"} {
			if a := s.get(fmt.Sprintf("/v1/runs/%d/%s?format=pdf", later.ID, paper)); a.status != http.StatusOK || !bytes.HasPrefix(a.body, []byte("%PDF-")) {
				t.Errorf("%s: %d %.100s", paper, a.status, a.body)
			}
		}
	}
}

// cancelledRun is a run that was cancelled before it could end: somebody holds a
// table that the mines are written to.
func (s *service) cancelledRun() int64 {
	s.Helper()
	conn, err := pgx.ConnectConfig(s.Context(), s.pool.Config().ConnConfig)
	if err != nil {
		s.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(s.Context()))
	if _, err := conn.Exec(s.Context(), "begin; lock table ground_image in access exclusive mode"); err != nil {
		s.Fatal(err)
	}
	r := want[run](s.T, s.send(http.MethodPost, "/v1/runs", `{"as_of":"2022-05-31"}`), http.StatusAccepted)
	want[run](s.T, s.send(http.MethodPost, address(r.ID)+"/cancel", ""), http.StatusAccepted)
	if r = s.over(address(r.ID)); r.Status != "cancelled" {
		s.Fatalf("%+v", r)
	}
	return r.ID
}

// Where the programs of others are not installed, what needs them says so. The
// variable is the process's: nothing runs beside this test.
func TestWithoutPrograms(t *testing.T) {
	s, _, _, _ := startWithRun(t, "mining_right", "disturbance")
	s.run("2022-05-31") // for the briefing to compare with
	kept := s.orthophoto(county40.Bytes(), "county", "159900", "imaged_on", "2022-05-10", "file", "@may.tif").status == http.StatusCreated
	t.Setenv("PATH", t.TempDir())
	c := theContract()
	for _, op := range c.sorted() {
		if op.expects("pdf-unavailable") {
			path := strings.Replace(op.address(), "/runs/1/", "/runs/2/", 1) + "?format=pdf"
			if op.id == "get-mine-dossier" {
				path += "&orthophoto=none"
			}
			wantCode(t, op, s.get(path), "pdf-unavailable")
		}
		if op.expects("gdal-missing") && op.method == http.MethodGet && kept {
			wantCode(t, op, s.get(op.address()+"?orthophoto=1"), "gdal-missing")
		}
	}
	other := county40
	other.Width++ // the same file again is there already
	wantProblem(t, s.orthophoto(other.Bytes(), "county", "159900", "imaged_on", "2022-05-10", "file", "@may.tif"), http.StatusNotImplemented, "gdal-missing")
}

// noMount is set where this process may not mount a small disk.
var noMount atomic.Bool

// A full disk of uploads is told to the sender, and what came is taken off it.
func TestUploadDiskFull(t *testing.T) {
	t.Parallel()
	disk := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=64k"); err != nil {
		noMount.Store(true)
		t.Skipf("no small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	s := startIdle(t, func(d *api.Deps) { d.SpoolDir = filepath.Join(disk, "spool") })
	large := append(county40.Bytes(), make([]byte, 200<<10)...)
	wantProblem(t, s.orthophoto(large, "county", "159900", "imaged_on", "2022-05-10", "file", "@may.tif"), http.StatusInsufficientStorage, "no-space")
	wantProblem(t, s.upload(large, "layer", "forest", "file", "@a.zip"), http.StatusInsufficientStorage, "no-space")
	body, kind := form(t, large, "file", "@a.zip")
	wantProblem(t, s.do("POST", "/v1/inspections", body, "Content-Type", kind), http.StatusInsufficientStorage, "no-space")
	if left, err := os.ReadDir(filepath.Join(disk, "spool")); err != nil || len(left) > 0 {
		t.Errorf("left on the disk: %v, %v", left, err)
	}
}
