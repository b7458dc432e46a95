//go:build unix

package cluster

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestStartStopStart(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	c := start(t, dir)
	conn := connect(t, c)
	for setting, want := range map[string]string{
		"listen_addresses": "", "data_checksums": "on", "server_encoding": "UTF8", "lc_collate": "C",
		"jit": "off", "fsync": "off",
	} {
		if got := queryText(t, conn, "select current_setting('"+setting+"')"); got != want {
			t.Errorf("%s: got %q, want %q", setting, got, want)
		}
	}
	exec1(t, conn, `create extension postgis; create table kept as select 17 as n`)
	if err := c.EnsureDatabase(t.Context(), "taohe"); err != nil {
		t.Fatal(err)
	}
	stop(t, c)
	stop(t, c)
	select {
	case <-c.Done():
	default:
		t.Error("stopped, but not done")
	}
	if found := processesOf(t, dir); len(found) != 0 {
		t.Errorf("still running: %q", found)
	}

	c = start(t, dir)
	if got := queryText(t, connect(t, c), `select n::text from kept`); got != "17" {
		t.Errorf("kept %s, want 17", got)
	}
	if err := c.EnsureDatabase(t.Context(), "taohe"); err != nil {
		t.Errorf("a database that is there: %v", err)
	}
}

func TestDurableSyncs(t *testing.T) {
	t.Parallel()
	c, err := Start(t.Context(), Config{DataDir: dataDir(t), Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, c)
	conn := connect(t, c)
	for _, setting := range []string{"fsync", "full_page_writes", "synchronous_commit", "autovacuum"} {
		if got := queryText(t, conn, "select current_setting('"+setting+"')"); got != "on" {
			t.Errorf("%s is %s", setting, got)
		}
	}
}

// Only the program's own user may enter the folder of the socket, whose
// connections need no password.
func TestSocketIsPrivate(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	c := start(t, dir)
	for _, name := range []string{c.socketDir, filepath.Join(dir, pgdataName)} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

func TestSecondProgram(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	h := startHelper(t, dir)
	_, err := Start(t.Context(), Config{DataDir: dir})
	var inUse *InUseError
	if !errors.As(err, &inUse) {
		t.Fatalf("got %v, want *InUseError", err)
	}
	if inUse.DataDir != dir || inUse.PID != h.cmd.Process.Pid {
		t.Errorf("got %+v, want %s held by %d", inUse, dir, h.cmd.Process.Pid)
	}
	if !alive(h.serverPID) {
		t.Error("the first program's server was stopped")
	}
	attached, err := Attach(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := queryText(t, connect(t, attached), `select 'here'`); got != "here" {
		t.Error(got)
	}
	stop(t, attached)
	if !alive(h.serverPID) {
		t.Error("stopping an attached cluster stopped the server")
	}
	// The first ends in order; then the second may.
	if err := h.input.Close(); err != nil {
		t.Fatal(err)
	}
	if err := h.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := Attach(t.Context(), dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("attach to a stopped cluster: %v", err)
	}
	start(t, dir)
}

func TestStartedAtOnce(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	type result struct {
		c   *Cluster
		err error
	}
	results := make(chan result)
	const programs = 4
	for range programs {
		go func() {
			c, err := Start(t.Context(), Config{DataDir: dir})
			results <- result{c, err}
		}()
	}
	won := 0
	for range programs {
		r := <-results
		var inUse *InUseError
		switch {
		case r.err == nil:
			won++
			defer stop(t, r.c)
		case !errors.As(r.err, &inUse):
			t.Errorf("got %v, want *InUseError", r.err)
		}
	}
	if won != 1 {
		t.Errorf("%d programs run the cluster", won)
	}
}

func TestProgramKilled(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	h := startHelper(t, dir)
	attached, err := Attach(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, attached)
	exec1(t, conn, `create table kept as select 17 as n`)
	// What the killed program was in the middle of.
	exec1(t, conn, `begin; insert into kept values (18); lock table kept`)
	h.kill(t)

	c := start(t, dir)
	if alive(h.serverPID) {
		t.Error("the left-over server still runs")
	}
	if got := queryText(t, connect(t, c), `select string_agg(n::text, ' ') from kept`); got != "17" {
		t.Errorf("kept %q, want only what was committed", got)
	}
}

func TestServerKilled(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	c, err := Start(t.Context(), Config{DataDir: dir, Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	exec1(t, connect(t, c), `create table kept as select 17 as n`)
	if err := syscall.Kill(c.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-c.Done():
	case <-time.After(20 * time.Second):
		t.Fatal("not told that the server is gone")
	}
	stop(t, c)
	// Started at once, while the children of the old server are still ending.
	c = start(t, dir)
	if got := queryText(t, connect(t, c), `select n::text from kept`); got != "17" {
		t.Errorf("kept %q", got)
	}
}

func TestStaleFiles(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	first := start(t, dir)
	stop(t, first)
	pidFile := filepath.Join(dir, pgdataName, "postmaster.pid")
	for _, tt := range []struct{ name, file, content string }{
		{"pid of a living stranger", pidFile, pidFileText(os.Getpid(), dir)},
		{"pid of nobody", pidFile, pidFileText(deadPID(t), dir)},
		{"empty pid file", pidFile, ""},
		{"pid file of rubbish", pidFile, "rubbish\n"},
		{"lock file of a killed program", filepath.Join(dir, lockName), "1\n"},
		{"lock file of rubbish", filepath.Join(dir, lockName), strings.Repeat("x", 1000)},
		{"half-made cluster", filepath.Join(dir, pgdataName+".new-1"), ""},
		{"socket lock of a living stranger", filepath.Join(dir, runName, ".s.PGSQL.5432.lock"), pidFileText(os.Getpid(), dir)},
	} {
		if err := os.WriteFile(tt.file, []byte(tt.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := first.as.own(tt.file); err != nil {
			t.Fatal(err)
		}
		c, err := Start(t.Context(), Config{DataDir: dir})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		stop(t, c)
	}
}

// pidFileText is a postmaster.pid as a server leaves it.
func pidFileText(pid int, dir string) string {
	return strings.Join([]string{
		itoa(pid), filepath.Join(dir, pgdataName), "1700000000", "5432", filepath.Join(dir, runName), "", "", "ready   ", "",
	}, "\n")
}

// A path too long for a socket is not too long for a cluster.
func TestLongPath(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(dataDir(t), strings.Repeat("长", 40), "data")
	h := startHelper(t, dir)
	attached, err := Attach(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	left := attached.socketDir
	if strings.HasPrefix(left, dir) || socketPathLen(left) >= maxSocketPath {
		t.Fatalf("socket in %s", left)
	}
	h.kill(t)

	c := start(t, dir)
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket's folder of the killed program: %v", err)
	}
	connect(t, c)
	stop(t, c)
	if _, err := os.Stat(c.socketDir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket's folder after a stop: %v", err)
	}
}

// A server that ends unasked is started again, as often as that happens, and
// Stop stops it for good.
func TestKeep(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	c := start(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	kept := make(chan struct{})
	go func() {
		c.Keep(ctx)
		close(kept)
	}()
	pid := serverPID(t, c, 0)
	for _, how := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL} {
		if err := syscall.Kill(pid, how); err != nil {
			t.Fatal(err)
		}
		pid = serverPID(t, c, pid)
	}
	cancel()
	<-kept
	stop(t, c)
	if alive(pid) {
		t.Errorf("server %d is still there", pid)
	}
	if left := processesOf(t, dir); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// serverPID waits for a server that is not the one before.
func serverPID(t *testing.T, c *Cluster, before int) int {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		var pid int
		conn, err := pgx.Connect(t.Context(), c.DSN("postgres"))
		if err == nil {
			err = conn.QueryRow(t.Context(), `select split_part(pg_read_file('postmaster.pid'), E'\n', 1)::int`).Scan(&pid)
			_ = conn.Close(t.Context())
		}
		if err == nil && pid != before {
			return pid
		}
		if err := wait(t.Context(), poll); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("no server")
	return 0
}
