//go:build unix

package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/cluster"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/sampletest"
	"github.com/taohe-gis/taohe/internal/work"
)

// What people have in their hands of a county: each paper and file that the service
// gives of a run, its mines and the ledger.
var restoredPapers = []string{
	"/v1/runs/1", "/v1/runs/2", "/v1/runs/1/annex1?format=xlsx", "/v1/runs/1/annex1?format=docx", "/v1/runs/1/annex2?format=docx", "/v1/runs/2/briefing?format=docx",
	"/v1/runs/1/ledger.csv", "/v1/runs/2/diff", "/v1/runs/1/listed_ground", "/v1/runs/1/unattributed_patches",
	"/v1/findings?run=1&limit=1000", "/v1/findings?run=1&format=geojson", "/v1/findings?run=1&format=csv", "/v1/findings?run=1&format=gpkg", "/v1/findings?run=1&format=shapefile",
	"/v1/mines?run=1&limit=1000", "/v1/mines/MINE/report?run=1", "/v1/mines/MINE/report?run=1&format=geojson", "/v1/mines/MINE/dossier?run=1&format=docx",
	"/v1/mines/MINE/dossier?run=1&format=xlsx", "/v1/mines/MINE/map?run=1&format=png", "/v1/mines/MINE/map?run=1&format=pdf",
	"/v1/ledger/form.csv", "/v1/ledger/items?limit=1000", "/v1/ledger/items/1", "/v1/ledger/changes?limit=1000", "/v1/statistics?run=1&format=csv",
	"/v1/datasets?limit=1000", "/v1/datasets/1/diagnostics?format=csv", "/v1/datasets/1/history", "/v1/counties",
}

const restoredMine = "C1599002009071120120666"

// What is restored from a backup on a machine that has nothing is the same to the
// last digit: the chains, the digests, and every paper byte for byte.
func TestBackupRestored(t *testing.T) {
	t.Parallel()
	from := sampletest.Run(t)
	on(t, from, 0, "ledger", "apply", "1", "--by", "张三")
	on(t, from, 0, "ledger", "confirm", "1", "--by", "张三")
	on(t, from, 0, "ledger", "assign", "1", "--by", "张三", "--to", "李四", "--measures", "回填复绿")
	on(t, from, 0, "run", "--as-of", "2022-06-30", "--changed-only")
	on(t, from, 0, "ledger", "apply", "2", "--by", "张三")
	dir := t.TempDir()
	folder := filepath.Join(dir, "2022-07-01")
	if said := on(t, from, 0, "backup", folder); !strings.Contains(said, "套合 2 次") {
		t.Errorf("backup: %s", said)
	}
	kept, log := on(t, from, 0, "verify"), auditLog(t, from)
	if said := on(t, from, 2, "backup", folder); !strings.Contains(said, "已经存在") {
		t.Errorf("a second into the same folder: %s", said)
	}

	// The other machine: a folder, in which the command makes the server itself.
	data := filepath.Join(passable(t), "data")
	status, out, errOut := call(t, data, "restore", folder)
	if status != 0 || !strings.Contains(out, "2 次套合的摘要逐一相符") {
		t.Fatalf("restore: %d %s%s", status, out, errOut)
	}
	restored, err := cluster.Start(t.Context(), cluster.Config{DataDir: data})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := restored.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	to := restored.DSN("taohe")
	// The log has one event more, that of the restoring.
	withoutLog := func(said string) string { before, _, _ := strings.Cut(said, "；操作记录"); return before }
	if after := on(t, to, 0, "verify"); !strings.Contains(kept, "校验通过") || withoutLog(kept) != withoutLog(after) {
		t.Errorf("verified before: %s\nafter: %s", kept, after)
	}
	if a, b := digests(t, from), digests(t, to); len(a) != 2 || !slices.Equal(a, b) {
		t.Errorf("digests %v and %v", a, b)
	}
	if now := auditLog(t, to); len(now) != len(log)+1 || !slices.Equal(log, now[:len(log)]) || !strings.HasPrefix(now[len(log)], "restore "+folder+" ok ") {
		t.Errorf("the audit log was\n%s\nand is\n%s", strings.Join(log, "\n"), strings.Join(now, "\n"))
	}
	before, after := papers(t, from), papers(t, to)
	for _, path := range restoredPapers {
		if len(before[path]) == 0 || !bytes.Equal(before[path], after[path]) {
			t.Errorf("%s differs: %d and %d bytes", path, len(before[path]), len(after[path]))
		}
	}
	var zips [2][]byte
	for i, dsn := range []string{from, to} {
		file := filepath.Join(t.TempDir(), "all.zip")
		on(t, dsn, 0, "paper", "dossiers", "--run", "1", "--mine", restoredMine, "-o", file)
		if zips[i], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(zips[0], zips[1]) {
		t.Errorf("the zip of dossiers differs: %d and %d bytes", len(zips[0]), len(zips[1]))
	}
	if said := on(t, to, 2, "restore", folder); !strings.Contains(said, "不是空的") {
		t.Errorf("into a database that is not empty: %s", said)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// column are the values of a query's one column.
func column(t *testing.T, dsn, query string) []string {
	t.Helper()
	rows, err := connect(t, dsn).Query(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func digests(t *testing.T, dsn string) []string {
	t.Helper()
	return column(t, dsn, `select id || ' ' || digest from run order by id`)
}

// auditLog is the log with its hashes.
func auditLog(t *testing.T, dsn string) []string {
	t.Helper()
	return column(t, dsn, `select concat_ws(' ', action, resource, result, encode(sha256, 'hex')) from audit_event order by no`)
}

// papers asks a service on a database for each of restoredPapers.
func papers(t *testing.T, dsn string) map[string][]byte {
	t.Helper()
	pool := pgtest.Open(t, dsn)
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	spool := t.TempDir()
	queue, err := work.NewQueue(pool, p, spool, nil)
	if err != nil {
		t.Fatal(err)
	}
	service := api.New(api.Deps{Pipeline: p, Access: access.New(pool), Work: queue, SpoolDir: spool})
	all := map[string][]byte{}
	for _, path := range restoredPapers {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, strings.ReplaceAll(path, "MINE", restoredMine), nil)
		r.RemoteAddr, r.Host = "127.0.0.1:4711", "localhost"
		w := httptest.NewRecorder()
		service.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		all[path] = w.Body.Bytes()
	}
	return all
}
