package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/report/opc"
)

// call runs the program as the shell would, on a private cluster of the test's.
func call(t *testing.T, dataDir string, args ...string) (status int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(append(args, "--data-dir", dataDir), &o, &e)
	return status, o.String(), e.String()
}

// The whole path by command line: the demo twice, then files of one's own.
func TestCommandLine(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster")
	}
	t.Parallel()
	// As root the server runs as another user, who has to pass through; the
	// folders of t.TempDir let nobody.
	dir, err := os.MkdirTemp("", "taohe-cmd-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out")
	var digests []string
	for range 2 {
		status, text, errText := call(t, dir, "demo", "--out", out)
		if status != 0 || !strings.Contains(text, "逐一相符") || !strings.Contains(text, "下一步") {
			t.Fatalf("demo: status %d\n%s\n%s", status, text, errText)
		}
		var run struct {
			Digest string
			Mines  []struct {
				LicenceNo string `json:"licence_no"`
			}
		}
		b, err := os.ReadFile(filepath.Join(out, "run.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &run); err != nil {
			t.Fatal(err)
		}
		digests = append(digests, run.Digest)
		for _, m := range run.Mines {
			for _, ext := range []string{".json", ".geojson"} {
				b, err := os.ReadFile(filepath.Join(out, "mines", m.LicenceNo+ext))
				if err != nil || !json.Valid(b) {
					t.Fatalf("report of %s%s: %v", m.LicenceNo, ext, err)
				}
			}
		}
	}
	if digests[0] == "" || digests[0] != digests[1] {
		t.Errorf("digests of two demos: %q", digests)
	}
	ledger, err := os.ReadFile(filepath.Join(out, "ledger.csv"))
	if err != nil || bytes.Count(ledger, []byte("\r\n")) < 10 {
		t.Errorf("ledger.csv: %v\n%.300s", err, ledger)
	}

	for name, part := range map[string]string{
		"annex1.xlsx": "xl/workbook.xml", "annex2.docx": "word/document.xml", "dossier-C*.docx": "word/document.xml",
	} {
		found, err := filepath.Glob(filepath.Join(out, name))
		if err != nil || len(found) != 1 {
			t.Fatalf("%s: %q, %v", name, found, err)
		}
		packed, err := os.ReadFile(found[0])
		if err != nil {
			t.Fatal(err)
		}
		if parts, err := opc.Read(packed); err != nil || parts[part] == nil {
			t.Errorf("%s has no %s: %v", name, part, err)
		}
	}

	data := filepath.Join("..", "..", "sample-data")
	file := filepath.Join(t.TempDir(), "file")
	for _, c := range []struct {
		name   string
		args   []string
		status int
		says   string // in either output
	}{
		{"a county not registered", []string{"import", "--layer", "division", "--county", "159900", "--vintage", "2021-12-31", filepath.Join(data, "division.geojson")}, 2, "taohe county add"},
		{"an extent of three numbers", []string{"county", "add", "159900", "示例旗", "--extent", "1,2,3"}, 2, "四个数"},
		{"a county", []string{"county", "add", "159900", "示例旗", "--extent", "109,40,110.75,40.5"}, 0, "下一步"},
		{"the counties", []string{"county", "list"}, 0, "示例旗"},
		{"a layer nobody knows", []string{"import", "--layer", "mines", "--county", "159900", "--vintage", "2021-12-31", filepath.Join(data, "division.geojson")}, 2, "mining_right（采矿权）"},
		{"a file that is none", []string{"import", "--layer", "division", "--county", "159900", "--vintage", "2021-12-31", filepath.Join(data, "README.md")}, 2, "file."},
		{"licences, accepted at once", []string{"import", "--layer", "mining_right", "--county", "159900", "--vintage", "2022-04-30", "--accept", filepath.Join(data, "mining_right.zip")}, 0, "已验收"},
		{"no such dataset", []string{"accept", "999"}, 2, "999"},
		{"diagnostics of no dataset", []string{"diagnostics", "999"}, 2, "999"},
		{"diagnostics as CSV", []string{"diagnostics", "1"}, 0, "\ufeff序号,代码,处理,行"},
		{"diagnostics as GeoJSON", []string{"diagnostics", "1", "--format", "geojson"}, 0, `"FeatureCollection"`},
		{"diagnostics as JSON", []string{"diagnostics", "1", "--format", "json"}, 0, `{"items":[`},
		{"patches without a footprint", []string{"import", "--layer", "disturbance", "--county", "159900", "--vintage", "2022-05-31", filepath.Join(data, "disturbance.zip")}, 2, "whole-county"},
		{"patches", []string{"import", "--layer", "disturbance", "--county", "159900", "--vintage", "2022-05-31", "--footprint", "whole-county", "--accept", "--json", filepath.Join(data, "disturbance.zip")}, 0, `"status": "accepted"`},
		{"a run without the other layers", []string{"run", "--as-of", "2022-05-31"}, 0, "缺少批准用地"},
		{"a report", []string{"report", "C1599002011111120121406"}, 0, "超矿业权面积26.4倍"},
		{"a report as GeoJSON", []string{"report", "C1599002011111120121406", "--format", "geojson"}, 0, `"FeatureCollection"`},
		{"a map without its font", []string{"report", "C1599002011111120121406", "--format", "png", "--font", "none.ttf"}, 2, "--font"},
		{"a report of no mine", []string{"report", "C0"}, 2, "没有找到"},
		{"a dossier", []string{"report", "C1599002011111120121406", "--format", "docx", "-o", file}, 0, ""},
		{"a dossier on the terminal", []string{"report", "C1599002011111120121406", "--format", "xlsx"}, 0, "xl/workbook.xml"},
		{"附件1", []string{"paper", "annex1", "--group", "1", "-o", file}, 0, ""},
		{"附件1 as a document", []string{"paper", "annex1", "--format", "docx"}, 0, "word/document.xml"},
		{"附件2", []string{"paper", "annex2"}, 0, "word/document.xml"},
		{"a briefing of the first run", []string{"paper", "briefing"}, 2, "此前"},
		{"a paper of no county", []string{"paper", "annex2", "--county", "150621"}, 2, "--county"},
		{"a paper of no run", []string{"paper", "annex1", "--run", "99"}, 2, "--run"},
		{"a day that is none", []string{"run", "--as-of", "2022-02-30"}, 2, "YYYY-MM-DD"},
		{"a listen address others reach", []string{"serve", "--listen", "0.0.0.0:0"}, 2, "no account yet"},
	} {
		status, text, errText := call(t, dir, c.args...)
		if status != c.status || !strings.Contains(text+errText, c.says) {
			t.Errorf("%s: status %d, want %d and %q in\n%s%s", c.name, status, c.status, c.says, text, errText)
		}
	}
}

func TestTableLinesUp(t *testing.T) {
	t.Parallel()
	tab := table{head: []string{"名称", "亩"}, right: []bool{false, true}}
	tab.add("甲", "1.00")
	tab.add("abcdef", "100.00")
	var out bytes.Buffer
	if err := tab.write(&out); err != nil {
		t.Fatal(err)
	}
	want := "名称        亩\n甲        1.00\nabcdef  100.00\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
