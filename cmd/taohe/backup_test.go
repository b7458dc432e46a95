//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/sampletest"
)

// on runs the program on a database, and wants it to end with the status.
func on(t *testing.T, dsn string, want int, args ...string) (said string) {
	t.Helper()
	var out, errOut bytes.Buffer
	if status := run(append(args, "--database-url", dsn), &out, &errOut); status != want {
		t.Fatalf("%v: status %d, want %d\n%s%s", args, status, want, &out, &errOut)
	}
	return out.String() + errOut.String()
}

// What is restored from a backup is the same to the last digit: the chain, the
// digests, and every paper byte for byte.
func TestBackupRestored(t *testing.T) {
	t.Parallel()
	from, to := sampletest.Run(t), pgtest.EmptyDSN(t)
	on(t, from, 0, "ledger", "apply", "1", "--by", "张三")
	if err := access.New(pgtest.Open(t, from)).Record(t.Context(), access.Caller{Name: "张三", Via: access.ViaCommand}, "apply", "1", access.ResultOK, ""); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	folder := filepath.Join(dir, "2022-06-01")
	if said := on(t, from, 0, "backup", folder); !strings.Contains(said, "套合 1 次") {
		t.Errorf("backup: %s", said)
	}
	if said := on(t, from, 2, "backup", folder); !strings.Contains(said, "已经存在") {
		t.Errorf("a second into the same folder: %s", said)
	}
	if said := on(t, to, 0, "restore", folder); !strings.Contains(said, "1 次套合的摘要逐一相符") {
		t.Errorf("restore: %s", said)
	}
	if before, after := on(t, from, 0, "verify"), on(t, to, 0, "verify"); before != after || !strings.Contains(before, "校验通过") {
		t.Errorf("verified before: %s\nafter: %s", before, after)
	}
	const mine = "C1599002009071120120666"
	for name, args := range map[string][]string{
		"annex1.xlsx": {"paper", "annex1"}, "annex2.docx": {"paper", "annex2"}, "dossier.docx": {"report", mine, "--format", "docx"},
		"mine.json": {"report", mine}, "mine.pdf": {"report", mine, "--format", "map-pdf"},
	} {
		var papers [2][]byte
		for i, dsn := range []string{from, to} {
			file := filepath.Join(t.TempDir(), name)
			on(t, dsn, 0, append(args, "-o", file)...)
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			papers[i] = b
		}
		if len(papers[0]) == 0 || !bytes.Equal(papers[0], papers[1]) {
			t.Errorf("%s differs: %d and %d bytes", name, len(papers[0]), len(papers[1]))
		}
	}
	if said := on(t, to, 2, "restore", folder); !strings.Contains(said, "不是空的") {
		t.Errorf("into a database that is not empty: %s", said)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// A backup that is damaged, from a newer program, or none at all restores nothing.
func TestBackupRefused(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "b")
	on(t, pgtest.DSN(t), 0, "backup", folder)
	dump, manifest := filepath.Join(folder, "taohe.dump"), filepath.Join(folder, "manifest.json")
	data, err := os.ReadFile(dump)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	put := func(name string, b []byte) {
		t.Helper()
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	flipped := bytes.Clone(data)
	flipped[len(flipped)/2] ^= 1
	empty := pgtest.EmptyDSN(t)
	for _, tt := range []struct {
		name           string
		data, manifest []byte
		says           string
	}{
		{"a bit", flipped, text, "已损坏"},
		{"cut short", data[:len(data)-1], text, "已损坏"},
		{"no manifest worth the name", data, text[:len(text)/2], "已损坏"},
		{"a newer schema", data, bytes.Replace(text, []byte(`"schema": `), []byte(`"schema": 9`), 1), "结构版本"},
		{"another format", data, bytes.Replace(text, []byte(`"format": 1`), []byte(`"format": 2`), 1), "备份的格式为 2"},
	} {
		put(dump, tt.data)
		put(manifest, tt.manifest)
		if said := on(t, empty, 2, "restore", folder); !strings.Contains(said, tt.says) {
			t.Errorf("%s: %s", tt.name, said)
		}
	}
	if said := on(t, empty, 2, "restore", filepath.Dir(folder)); !strings.Contains(said, "不是备份文件夹") {
		t.Errorf("not a backup: %s", said)
	}
	put(dump, data)
	put(manifest, text)
	if said := on(t, empty, 0, "restore", "--check", folder); !strings.Contains(said, "备份完好") {
		t.Errorf("whole again: %s", said)
	}
	// The file is what it was, and not what the manifest says it holds.
	for _, chain := range []string{"ledger", "audit"} {
		before, after, _ := bytes.Cut(text, []byte(`"`+chain+`": {`))
		put(manifest, bytes.Join([][]byte{before, bytes.Replace(after, []byte(`"events": 0`), []byte(`"events": 7`), 1)}, []byte(`"`+chain+`": {`)))
		if said := on(t, pgtest.EmptyDSN(t), 1, "restore", folder); !strings.Contains(said, "not what the manifest says") {
			t.Errorf("another %s than the manifest's: %s", chain, said)
		}
	}
}
