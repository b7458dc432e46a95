//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/taohe-gis/taohe/internal/pgtest"
)

// watchedAt is where a program shows its metrics, as its log says.
func (p *program) watchedAt() string {
	p.Helper()
	said := regexp.MustCompile(`"msg":"metrics are shown","address":"([^"]+)"`)
	p.until("metrics being shown", func() bool { return said.MatchString(p.errOut.String()) })
	return "http://" + said.FindStringSubmatch(p.errOut.String())[1]
}

func (p *program) see(address string) (status int, text string) {
	p.Helper()
	r, err := http.NewRequestWithContext(p.Context(), http.MethodGet, address, nil)
	if err != nil {
		p.Fatal(err)
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		p.Fatal(err)
	}
	defer reply.Body.Close()
	b, err := io.ReadAll(reply.Body)
	if err != nil {
		p.Fatal(err)
	}
	return reply.StatusCode, string(b)
}

// A service shows what it does, says that it is ready when it is, and not when its
// spool or its schema is gone; what it logs is JSON, with the dataset it is about.
func TestServiceIsWatched(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	spool := filepath.Join(t.TempDir(), "spool")
	p := serve(t, dsn, spool, "--metrics-listen", "127.0.0.1:0", "--log-format", "json", "--slow-query", "1ms")
	at := p.watchedAt()
	p.until("ready", func() bool {
		status, _ := p.see(at + "/readyz")
		return status == http.StatusOK
	})
	if status, text := p.see(at + "/readyz"); status != http.StatusOK || text != `{"checks":{"database":"ok","spool":"ok","worker":"ok"},"ready":true}`+"\n" {
		t.Errorf("ready: %d %s", status, text)
	}
	if status, text := p.see(at + "/healthz"); status != http.StatusOK || text != `{"status":"ok","version":"dev"}`+"\n" {
		t.Errorf("alive: %d %s", status, text)
	}
	p.putCounty()
	path := p.begin(forest(faultRows))
	p.wantLoaded(dsn, path, faultRows)
	text := ""
	p.until("a job that is over", func() bool {
		_, text = p.see(at + "/metrics")
		return strings.Contains(text, `taohe_queue_jobs{kind="import",state="completed"} 1`)
	})
	for _, want := range []string{
		`taohe_http_requests_total{method="PUT",route="/v1/counties/{code}",status="200"} 1`, `taohe_http_requests_total{method="POST",route="/v1/datasets",status="202"} 1`,
		`taohe_records{state="staged",what="dataset"} 1`,
		`taohe_pool_max_connections{pool="worker"}`, `taohe_pool_max_connections{pool="requests"}`, "taohe_database_up 1", "go_goroutines", "process_open_fds",
	} {
		if !strings.Contains(text, "\n"+want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	if !regexp.MustCompile(`taohe_http_received_bytes_total\{route="/v1/datasets"\} 1\.[0-9]+e\+06`).MatchString(text) {
		t.Errorf("the upload is not counted:\n%s", text)
	}
	var named, slowOfDataset bool
	for line := range strings.Lines(p.errOut.String()) {
		var l map[string]any
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("a line that is no JSON: %s", line)
		}
		named = named || l["msg"] == "request" && l["route"] == "/v1/datasets" && l["dataset"] == float64(1) && l["request_id"] != ""
		slowOfDataset = slowOfDataset || l["msg"] == "slow statement" && l["dataset"] == float64(1)
	}
	if !named || !slowOfDataset {
		t.Errorf("dataset 1 is named in the line of its request: %v, of a slow statement of its load: %v", named, slowOfDataset)
	}

	if err := os.RemoveAll(spool); err != nil {
		t.Fatal(err)
	}
	if _, err := connect(t, dsn).Exec(t.Context(), `update goose_db_version set is_applied = false where version_id = (select max(version_id) from goose_db_version)`); err != nil {
		t.Fatal(err)
	}
	status, text := p.see(at + "/readyz")
	if status != http.StatusServiceUnavailable || !strings.Contains(text, "run `taohe migrate`") || !strings.Contains(text, "no file can be made") {
		t.Errorf("without spool and schema: %d %s", status, text)
	}
	p.signal(syscall.SIGTERM)
	if status := p.end(); status != 0 {
		t.Errorf("exit status %d", status)
	}
}

// The effective configuration names where each value is from, and no secret.
func TestPrintConfig(t *testing.T) {
	t.Setenv("TAOHE_REPLICAS", "host=r1 user=u password='s3cret r' dbname=taohe;postgres://u:s3cret@r2/taohe")
	t.Setenv("TAOHE_SLOW_QUERY", "7s")
	for _, dsn := range []string{"postgres://u:s3cret@db.example/taohe?sslmode=disable", "host=db.example user=u password = s3cret dbname=taohe"} {
		var out, errOut bytes.Buffer
		if status := run([]string{"serve", "--print-config", "--database-url", dsn}, &out, &errOut); status != 0 {
			t.Fatalf("status %d: %s", status, &errOut)
		}
		for _, want := range []string{
			"--database-url=postgres://u:******@db.example:5432/taohe  （命令行）\n",
			"--replica=postgres://u:******@r1:5432/taohe;postgres://u:******@r2:5432/taohe  （环境变量 TAOHE_REPLICAS）\n",
			"--slow-query=7s  （环境变量 TAOHE_SLOW_QUERY）\n", "--listen=127.0.0.1:8080  （默认）\n",
		} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("no %s in\n%s", want, &out)
			}
		}
		if said := out.String() + errOut.String(); strings.Contains(said, "s3cret") {
			t.Errorf("a secret is printed:\n%s", said)
		}
	}
}
