//go:build unix

package cluster

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

// deadPID is the number of a process that has ended.
func deadPID(t *testing.T) int {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", "exit 0")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

// Whenever the start is cancelled, nothing keeps running, and the next start
// works.
func TestCancelledStart(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	cancelled := 0
	for after := time.Millisecond; after < time.Second; after *= 2 {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		c, err := Start(ctx, Config{DataDir: dir})
		cancel()
		if err == nil {
			stop(t, c)
			break
		}
		cancelled++
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %v: got %v, want the context's error", after, err)
		}
		if found := processesOf(t, dir); len(found) != 0 {
			t.Errorf("after %v: still running: %q", after, found)
		}
	}
	if cancelled < 3 {
		t.Errorf("only %d starts were cancelled: this test shows nothing", cancelled)
	}
	start(t, dir)
}

// The start of a cluster that is there already is cancelled while the server
// is coming up.
func TestCancelledWhileComingUp(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	stop(t, start(t, dir))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		// The server's first act is to write its pid file.
		for range 10_000 {
			if _, err := os.Stat(filepath.Join(dir, pgdataName, "postmaster.pid")); err == nil {
				return
			}
			if wait(ctx, time.Millisecond) != nil {
				return
			}
		}
	}()
	c, err := Start(ctx, Config{DataDir: dir})
	if err == nil {
		// The server was faster than the cancellation, which is allowed.
		stop(t, c)
	} else if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if found := processesOf(t, dir); len(found) != 0 {
		t.Errorf("still running: %q", found)
	}
	start(t, dir)
}

func TestServerRefusesToStart(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	stop(t, start(t, dir))
	conf := filepath.Join(dir, pgdataName, "postgresql.conf")
	whole, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(conf, []byte("no_such_setting = 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = Start(t.Context(), Config{DataDir: dir})
	var failed *StartError
	if !errors.As(err, &failed) {
		t.Fatalf("got %v, want *StartError", err)
	}
	if !strings.Contains(failed.Tail, "no_such_setting") || strings.Contains(failed.Tail, "ready to accept") {
		t.Errorf("tail is not that of this start: %q", failed.Tail)
	}
	// The lock is not kept by a start that failed.
	if err := os.WriteFile(conf, whole, 0o644); err != nil {
		t.Fatal(err)
	}
	start(t, dir)
}

func TestDataDirIsNot(t *testing.T) {
	t.Parallel()
	file := dataDir(t)
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Config{DataDir: file}); err == nil || !strings.Contains(err.Error(), "is a file") {
		t.Errorf("a file: got %v", err)
	}
	foreign := dataDir(t)
	if err := os.MkdirAll(filepath.Join(foreign, pgdataName, "letters"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Config{DataDir: foreign}); err == nil || !strings.Contains(err.Error(), "no PostgreSQL cluster") {
		t.Errorf("somebody's folder: got %v", err)
	}
	if _, err := os.Stat(filepath.Join(foreign, pgdataName, "letters")); err != nil {
		t.Errorf("somebody's folder was touched: %v", err)
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root becomes another user")
	}
	dir := dataDir(t)
	home := filepath.Dir(dir)
	if err := os.Chmod(home, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{DataDir: filepath.Join(dir, "deep")})
	var unreachable *UnreachableError
	if !errors.As(err, &unreachable) {
		t.Fatalf("got %v, want *UnreachableError", err)
	}
	if unreachable.Blocker != home {
		t.Errorf("got blocker %s, want %s", unreachable.Blocker, home)
	}
}

// All of these tests again as an ordinary user, when this is root.
func TestAsOrdinaryUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return // They are running as one.
	}
	nobody := account{uid: 65534, gid: 65534, name: "nobody", drop: true}
	dir := dataDir(t)
	if err := makeDirs(dir); err != nil {
		t.Fatal(err)
	}
	// The folder that go test builds in is shut to others.
	binary, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "cluster.test")
	if err := os.WriteFile(name, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := nobody.command(t.Context(), name, "-test.v", "-test.timeout=5m")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
	if !strings.Contains(string(out), "--- PASS: TestProgramKilled") {
		t.Errorf("as nobody the tests did not run:\n%s", out)
	}
}
