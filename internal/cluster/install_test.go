//go:build unix

package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeInstallation makes programs that answer as PostgreSQL's do.
func fakeInstallation(t *testing.T, version, postgis string) string {
	t.Helper()
	root := t.TempDir()
	bin, share := filepath.Join(root, "bin"), filepath.Join(root, "share")
	for _, dir := range []string{bin, filepath.Join(share, "extension")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	files := map[string]string{
		"postgres": fmt.Sprintf("#!/bin/sh\necho 'postgres (PostgreSQL) %s (Fake 1)'\n", version),
		"initdb":   fmt.Sprintf("#!/bin/sh\nprintf 'VERSION=%s\\nshare_path=%s\\n' >&2\n", version, share),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if postgis != "" {
		control := fmt.Sprintf("# comment\ndefault_version = '%s'\nrelocatable = false\n", postgis)
		if err := os.WriteFile(filepath.Join(share, "extension", "postgis.control"), []byte(control), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}

func TestChoose(t *testing.T) {
	t.Parallel()
	type fake struct{ version, postgis string }
	for _, tt := range []struct {
		name  string
		there []fake
		major int    // of the data directory; 0 where there is none
		want  string // version
		err   any
	}{
		{name: "newest with PostGIS", there: []fake{{"15.3", "3.3.2"}, {"17.2", "3.5.0"}, {"16.1", "3.4.0"}}, want: "17.2"},
		{name: "a newer one without PostGIS", there: []fake{{"18.0", ""}, {"15.3", "3.3.2"}}, want: "15.3"},
		{name: "a beta", there: []fake{{"19beta2", "3.7.0dev"}}, want: "19beta2"},
		{name: "nothing", err: ErrNoPostgres},
		{name: "too old", there: []fake{{"14.11", "3.4.0"}}, err: ErrNoPostgres},
		{name: "no PostGIS", there: []fake{{"16.1", ""}}, err: ErrNoPostGIS},
		{name: "PostGIS too old", there: []fake{{"16.1", "3.2.9"}}, err: ErrNoPostGIS},
		{name: "the one that made the data", there: []fake{{"15.3", "3.3.2"}, {"17.2", "3.5.0"}}, major: 15, want: "15.3"},
		{name: "the one that made the data is gone", there: []fake{{"17.2", "3.5.0"}}, major: 15, err: &VersionError{}},
		{name: "the one that made the data lost PostGIS", there: []fake{{"15.3", ""}, {"17.2", "3.5.0"}}, major: 15, err: ErrNoPostGIS},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dirs := []string{t.TempDir()}
			for _, f := range tt.there {
				dirs = append(dirs, fakeInstallation(t, f.version, f.postgis))
			}
			// Ourselves: the fakes lie where nobody else can enter.
			me := account{uid: os.Geteuid(), gid: os.Getegid()}
			got, err := choose(installationsIn(t.Context(), me, dirs), "/data", tt.major)
			switch want := tt.err.(type) {
			case nil:
				if err != nil || got.version != tt.want {
					t.Errorf("got %q, %v; want %s", got.version, err, tt.want)
				}
			case *VersionError:
				if !errors.As(err, &want) || want.Want != tt.major || len(want.Have) != 1 {
					t.Errorf("got %v, want a *VersionError for %d", err, tt.major)
				}
			case error:
				if !errors.Is(err, want) {
					t.Errorf("got %v, want %v", err, want)
				}
				if !strings.Contains(err.Error(), "make setup") {
					t.Errorf("no next step in %q", err)
				}
			}
		})
	}
}

func TestLinkedProgramsAreFoundOnce(t *testing.T) {
	t.Parallel()
	bin, links := fakeInstallation(t, "16.1", "3.4.0"), t.TempDir()
	if err := os.Symlink(filepath.Join(bin, "postgres"), filepath.Join(links, "postgres")); err != nil {
		t.Fatal(err)
	}
	me := account{uid: os.Geteuid(), gid: os.Getegid()}
	got := installationsIn(t.Context(), me, []string{links, bin})
	if len(got) != 1 || filepath.Base(got[0].bin) != "bin" {
		t.Errorf("got %+v", got)
	}
}

func TestDefaultDataDir(t *testing.T) {
	if os.Geteuid() == 0 {
		if got, err := DefaultDataDir(); err != nil || got != "/var/lib/taohe" {
			t.Errorf("root: got %s, %v", got, err)
		}
		return
	}
	for _, tt := range []struct{ xdg, home, want string }{
		{"/x/share", "/home/u", "/x/share/taohe"},
		{"", "/home/u", "/home/u/.local/share/taohe"},
		{"relative", "/home/u", "/home/u/.local/share/taohe"},
		{"", "", ""},
	} {
		t.Setenv("XDG_DATA_HOME", tt.xdg)
		t.Setenv("HOME", tt.home)
		got, err := DefaultDataDir()
		if got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("XDG_DATA_HOME=%q HOME=%q: got %q, %v; want %q", tt.xdg, tt.home, got, err, tt.want)
		}
	}
}

func TestSettingsFitTheMachine(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		machine machine
		want    map[string]string
	}{
		{machine{}, map[string]string{"shared_buffers": "1024MB", "work_mem": "64MB"}},
		{machine{memoryMB: 512, sharedMB: 64}, map[string]string{"shared_buffers": "128MB", "work_mem": "16MB", "dynamic_shared_memory_type": "mmap"}},
		{machine{memoryMB: 262144, sharedMB: 131072}, map[string]string{"shared_buffers": "2048MB", "work_mem": "256MB", "maintenance_work_mem": "1024MB", "dynamic_shared_memory_type": ""}},
	} {
		got := map[string]string{}
		for _, s := range settings(true, `/tmp/a "b", c`, tt.machine) {
			got[s.name] = s.value
		}
		for name, want := range tt.want {
			if got[name] != want {
				t.Errorf("%+v: %s is %q, want %q", tt.machine, name, got[name], want)
			}
		}
		if want := `"/tmp/a ""b"", c"`; got["unix_socket_directories"] != want {
			t.Errorf("socket folder %s, want %s", got["unix_socket_directories"], want)
		}
	}
}
