//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/internal/pgtest"
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
	for chain, events := range map[string]string{"ledger": "0", "audit": "1"} {
		before, after, _ := bytes.Cut(text, []byte(`"`+chain+`": {`))
		put(manifest, bytes.Join([][]byte{before, bytes.Replace(after, []byte(`"events": `+events), []byte(`"events": 7`), 1)}, []byte(`"`+chain+`": {`)))
		if said := on(t, pgtest.EmptyDSN(t), 1, "restore", folder); !strings.Contains(said, "not what the manifest says") {
			t.Errorf("another %s than the manifest's: %s", chain, said)
		}
	}
}
