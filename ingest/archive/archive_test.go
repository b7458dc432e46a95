package archive_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/record"
)

type member struct {
	name    string
	content []byte
	marked  bool // the UTF-8 flag is set
	method  uint16
	flags   uint16
}

func zipOf(t *testing.T, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		create, h := w.CreateRaw, &zip.FileHeader{
			Name: m.name, Method: m.method, NonUTF8: !m.marked, Flags: m.flags,
			UncompressedSize64: uint64(len(m.content)), CompressedSize64: uint64(len(m.content)),
		}
		if m.method == zip.Deflate {
			create = w.CreateHeader
		}
		e, err := create(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Write(m.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readZip(b []byte, lim record.Limits) (*archive.Archive, error) {
	return archive.Read(bytes.NewReader(b), int64(len(b)), lim)
}

func codeOf(err error) string {
	var refused *record.RefusedError
	if errors.As(err, &refused) && len(refused.Diagnostics) == 1 {
		return refused.Diagnostics[0].Code
	}
	return ""
}

func TestEntryNames(t *testing.T) {
	t.Parallel()
	a, err := readZip(zipOf(t,
		member{name: "\xb2\xc9\xbf\xf3\xc8\xa8.shp"},          // 采矿权 in GBK, no flag
		member{name: "采矿权.dbf"},                               // UTF-8 without the flag, as macOS
		member{name: "采矿权.prj", marked: true},                 //
		member{name: "\xca\xfd\xbe\xdd\\\xbbn.shp"},           // 数据 \ and a pair whose second byte is a letter
		member{name: "\xc1\x5c.shp"},                          // 羂: the second byte is a backslash
		member{name: "../../etc/passwd"},                      // a label, not a path
		member{name: "__MACOSX/._a.shp"}, member{name: "._b"}, // shadows
		member{name: "数据/", marked: true},
	), record.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range a.Entries() {
		got = append(got, e.Name)
	}
	want := []string{"采矿权.shp", "采矿权.dbf", "采矿权.prj", "数据/籲.shp", "羂.shp", "../../etc/passwd"}
	if !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	zeros := make([]byte, 4<<20)
	lim := record.DefaultLimits()
	bomb := zipOf(t, member{name: "a", content: zeros, method: zip.Deflate})
	a, err := readZip(bomb, lim)
	if err != nil {
		t.Fatal(err)
	}
	r, err := a.Entries()[0].Open(archive.NewBudget(lim))
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, r)
	if codeOf(err) != "file.limit" || n > 2<<20 {
		t.Errorf("ratio: %d bytes and %v, want file.limit within 2 MiB", n, err)
	}
	lim.MaxRatio, lim.MaxBytes = 1<<40, 1<<20
	if a, err = readZip(bomb, lim); err != nil {
		t.Fatal(err)
	}
	budget := archive.NewBudget(lim)
	if r, err = a.Entries()[0].Open(budget); err != nil {
		t.Fatal(err)
	}
	if n, err = io.Copy(io.Discard, r); codeOf(err) != "file.limit" || n > 1<<20 {
		t.Errorf("bytes: %d bytes and %v, want file.limit within 1 MiB", n, err)
	}
	lim.MaxEntries = 2
	if _, err = readZip(zipOf(t, member{name: "a"}, member{name: "b"}, member{name: "c"}), lim); codeOf(err) != "file.limit" {
		t.Errorf("entries: %v, want file.limit", err)
	}
}

// TestDirectoryIsBounded reads a zip of a million directory entries whose end
// record says sixteen.
func TestDirectoryIsBounded(t *testing.T) {
	t.Parallel()
	entry := make([]byte, 46)
	copy(entry, "PK\x01\x02")
	entries := bytes.Repeat(entry, 1_000_000)
	end := append([]byte("PK\x05\x06\x00\x00\x00\x00\x10\x00\x10\x00"), 0x80, 0xe7, 0xbd, 0x02, 0, 0, 0, 0, 0, 0)
	if _, err := readZip(append(entries, end...), record.DefaultLimits()); codeOf(err) != "file.limit" {
		t.Errorf("got %v, want file.limit", err)
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("some content "), 100)
	whole := zipOf(t, member{name: "a", content: content, method: zip.Deflate})
	flipped := bytes.Clone(whole)
	flipped[60] ^= 0xff
	for _, c := range []struct {
		name string
		zip  []byte
		code string
	}{
		{"flipped byte", flipped, "file.damaged"},
		{"encrypted", zipOf(t, member{name: "a", content: content, flags: 1}), "file.encrypted"},
		{"unknown method", zipOf(t, member{name: "a", content: content, method: 99}), "file.damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, err := readZip(c.zip, record.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			if _, err = a.Entries()[0].ReadAll(1 << 20); codeOf(err) != c.code {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
	for name, b := range map[string][]byte{"cut off": whole[:len(whole)-30], "not a zip": []byte("PK but no more"), "empty": nil} {
		if _, err := readZip(b, record.DefaultLimits()); codeOf(err) != "file.not_a_zip" {
			t.Errorf("%s: %v, want file.not_a_zip", name, err)
		}
	}
}

func TestBeside(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, name := range []string{"A.SHP", "a.dbf", "b.shp", "ab.dbf"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	a, err := archive.Beside(filepath.Join(folder, "A.SHP"), record.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range a.Entries() {
		b, err := e.ReadAll(100)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(b))
	}
	if want := []string{"A.SHP", "a.dbf"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := archive.Open(filepath.Join(folder, "none.zip"), record.DefaultLimits()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v, want os.ErrNotExist", err)
	}
}

// Of a large entry more is decompressed than was asked for; what comes out, in
// which order, and what is said of damage is as it is of a small one.
func TestLargeEntry(t *testing.T) {
	t.Parallel()
	content := make([]byte, 5<<20)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range content {
		content[i] = byte(random.Uint32())
	}
	whole := zipOf(t, member{name: "a.shp", content: content, method: zip.Deflate})
	read := func(b []byte) ([]byte, error) {
		a, err := readZip(b, record.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		return a.Entries()[0].ReadAll(8 << 20)
	}
	got, err := read(whole)
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes, as written %t: %v", len(got), bytes.Equal(got, content), err)
	}
	damaged := slices.Clone(whole)
	damaged[3<<20] ^= 0xff
	if _, err := read(damaged); codeOf(err) != "file.damaged" {
		t.Errorf("damage: got %v", err)
	}
	a, err := readZip(whole, record.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Entries()[0].ReadAll(1 << 20); codeOf(err) != "file.limit" {
		t.Errorf("a limit passed: got %v", err)
	}
	// Left after the first bytes.
	r, err := a.Entries()[0].Open(archive.NewBudget(record.DefaultLimits()))
	if err != nil {
		t.Fatal(err)
	}
	head := make([]byte, 100)
	if _, err := io.ReadFull(r, head); err != nil || !bytes.Equal(head, content[:100]) {
		t.Errorf("head: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
