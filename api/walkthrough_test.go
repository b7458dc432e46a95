package api_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The commands of docs/http.md, run as they stand but for the address.
func TestWalkthrough(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("docs/http.md is not tried here: %v", err)
		}
	}
	page, err := os.ReadFile("../docs/http.md")
	if err != nil {
		t.Fatal(err)
	}
	const address = "base=http://127.0.0.1:8080\n"
	script := "set -euo pipefail\n"
	blocks := strings.Split(string(page), "```sh\n")
	for _, b := range blocks[1:] {
		commands, _, closed := strings.Cut(b, "```")
		if !closed {
			t.Fatal("docs/http.md: a block is not closed")
		}
		script += commands
	}
	if len(blocks) < 8 || strings.Count(script, address) != 1 {
		t.Fatalf("%d blocks, %d addresses", len(blocks)-1, strings.Count(script, address))
	}
	s := start(t)
	sample, err := filepath.Abs("../sample-data")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(sample, filepath.Join(dir, "sample-data")); err != nil {
		t.Fatal(err)
	}
	shell := exec.CommandContext(t.Context(), "bash", "-c", strings.Replace(script, address, "base="+s.url+"\n", 1))
	shell.Dir = dir
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{`"status":"loading"`, `"status":"staged"`, `"status":"accepted"`, `"status":"complete"`, `"next":"/v1/mines?`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
	for name, wants := range map[string]string{
		"diagnostics.csv": "序号", "diagnostics.geojson": "FeatureCollection", "ledger.csv": "越界开采",
		"report.json": `"mining_out_of_bounds"`, "report.geojson": `"role":"finding"`,
		"annex1.xlsx": "xl/workbook.xml", "annex2.docx": "word/document.xml", "briefing.docx": "word/document.xml", "dossier.docx": "word/document.xml",
		"dossiers.zip": "目录.csv", "findings.gpkg": "gpkg_contents", "findings.zip": ".cpg", "findings.csv": "采矿许可证号", "check.json": `"layer":"protected_area"`,
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.Contains(string(text), wants) {
			t.Errorf("%s: %v, no %s in %.200s", name, err, wants, text)
		}
		if strings.HasSuffix(name, "json") && !json.Valid(text) {
			t.Errorf("%s is not JSON", name)
		}
	}
}
