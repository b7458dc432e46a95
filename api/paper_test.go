package api_test

import (
	"mime"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/internal/office"
	"github.com/taohe-gis/taohe/report/opc"
)

// Papers come in the format asked for, by name or by Accept, under a name in
// Chinese; a run that is not complete, or is not there, makes none.
func TestPapersOverHTTP(t *testing.T) {
	t.Parallel()
	s, _, first, location := startWithRun(t)
	if first.Status != "complete" {
		t.Fatalf("%+v", first)
	}
	const (
		docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
		xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		mine = "/v1/mines/C1599002014021120121517/dossier"
	)
	for _, tt := range []struct{ path, accept, kind, name, part string }{
		{location + "/annex1", "", xlsx, "附件1 示例旗矿山以案促改专项行动摸排情况表.xlsx", "xl/workbook.xml"},
		{location + "/annex1?format=docx&group=1", "", docx, "附件1 示例旗矿山以案促改专项行动摸排情况表.docx", "word/document.xml"},
		{location + "/annex1", docx, docx, "附件1 示例旗矿山以案促改专项行动摸排情况表.docx", "word/document.xml"},
		{location + "/annex2?county=159900", "", docx, "附件2 矿山以案促改专项行动汇报提纲.docx", "word/document.xml"},
		{mine, "", docx, "一矿一案 广野煤矿.docx", "word/document.xml"},
		{mine + "?format=xlsx", "", xlsx, "一矿一案 广野煤矿.xlsx", "xl/workbook.xml"},
	} {
		header := []string{}
		if tt.accept != "" {
			header = []string{"Accept", tt.accept}
		}
		a := s.get(tt.path, header...)
		if a.status != http.StatusOK || a.header.Get("Content-Type") != tt.kind {
			t.Fatalf("%s: %d, %s\n%s", tt.path, a.status, a.header.Get("Content-Type"), a.body)
		}
		// A reader of RFC 6266 takes the name in Chinese.
		how, params, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
		if err != nil || how != "attachment" || params["filename"] != tt.name {
			t.Errorf("%s: %s (%v)", tt.path, a.header.Get("Content-Disposition"), err)
		}
		parts, err := opc.Read(a.body)
		if err != nil || parts[tt.part] == nil {
			t.Errorf("%s: no %s, %v", tt.path, tt.part, err)
		}
	}
	wantProblem(t, s.get(location+"/briefing"), http.StatusNotFound, "not-found")
	_, second := s.run("2022-05-31")
	if a := s.get(second + "/briefing"); a.status != http.StatusOK || a.header.Get("Content-Type") != docx {
		t.Errorf("briefing: %d %s", a.status, a.body)
	}
	for path, code := range map[string]string{
		"/v1/runs/99/annex1": "not-found", location + "/annex1?county=150621": "not-found", location + "/annex2?group=9": "invalid-request",
		location + "/annex2?format=xlsx": "invalid-request", "/v1/mines/C0/dossier": "not-found",
		location + "/annex1?ledger_event=1": "not-found", location + "/annex2?ledger_event=1": "not-found", mine + "?ledger_event=1": "not-found",
		mine + "?ledger_event=0": "invalid-request",
	} {
		status := http.StatusNotFound
		if code == "invalid-request" {
			status = http.StatusUnprocessableEntity
		}
		wantProblem(t, s.get(path), status, code)
	}
	if _, err := exec.LookPath(office.Program); err != nil {
		wantProblem(t, s.get(mine+"?format=pdf"), http.StatusNotImplemented, "pdf-unavailable")
		return
	}
	if a := s.get(mine + "?format=pdf"); a.status != http.StatusOK || !strings.HasPrefix(string(a.body), "%PDF-") {
		t.Errorf("dossier as PDF: %d %.80s", a.status, a.body)
	}
}
