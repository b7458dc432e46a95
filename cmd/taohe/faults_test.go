//go:build unix

package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/taohe-gis/taohe/internal/cluster"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

const faultRows = 1500

// Clients that go away, or fall silent, in the middle of a file leave nothing
// behind; one that is slow and alive is waited for.
func TestFaultClientGone(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	p := serve(t, dsn, filepath.Join(t.TempDir(), "spool"), "--stall", "2s")
	p.putCounty()

	gone := p.halfUpload()
	p.until("an upload in the spool", func() bool { return len(p.spooled()) == 1 })
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	p.wantEmptySpool()

	silent, slow := p.halfUpload(), p.halfUpload()
	answered := make(chan string)
	go func() {
		status, _ := bufio.NewReader(silent).ReadString('\n')
		answered <- status
	}()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for status := ""; status == ""; {
		select {
		case status = <-answered:
			if !strings.Contains(status, "408") {
				t.Errorf("a silent client was told %q, want 408", status)
			}
		case <-tick.C:
			if _, err := io.WriteString(slow, " "); err != nil {
				t.Fatal(err)
			}
		case <-time.After(time.Minute):
			t.Fatal("a silent client is waited for without end")
		}
	}
	if left := p.spooled(); len(left) != 1 {
		t.Errorf("in the spool: %v, want the slow client's file alone", left)
	}
	if err := slow.Close(); err != nil {
		t.Fatal(err)
	}
	p.wantEmptySpool()
	if _, list := p.get("/v1/datasets"); len(list["items"].([]any)) != 0 {
		t.Errorf("stored: %v", list)
	}
	p.wantStaged(dsn, forest(faultRows), faultRows)
}

// A service that is killed while one file is loading and another arriving: the
// next one loads the first from its start, and removes the rest from the spool.
func TestFaultServiceKilled(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	spool := filepath.Join(t.TempDir(), "spool")
	p := serve(t, dsn, spool)
	p.putCounty()
	file := forest(faultRows)
	g := shutGate(t, dsn)
	path := p.begin(file)
	p.halfUpload()
	g.reached(p, 1)
	if err := os.WriteFile(filepath.Join(spool, "upload-scratch", "taohe-1.gpkg"), []byte("unpacked"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.until("both uploads in the spool", func() bool { return len(p.spooled()) == 3 })
	p.signal(syscall.SIGKILL)
	p.end()
	g.open()

	p = serve(t, dsn, spool)
	if left := p.spooled(); len(left) > 1 {
		t.Errorf("left in the spool: %v, want the file that waits at most", left)
	}
	p.wantLoaded(dsn, path, faultRows)
	p.wantStaged(dsn, file, faultRows)
}

// A command that is told to stop gives up what it loads, and says so; a service
// leaves it to the next.
func TestFaultToldToStop(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	spool := filepath.Join(t.TempDir(), "spool")
	p := serve(t, dsn, spool)
	p.putCounty()
	file := forest(faultRows)
	g := shutGate(t, dsn)
	path := p.begin(file)
	command := importForest(t, dsn, file)
	g.reached(p, 2)
	command.signal(syscall.SIGINT)
	command.wantSaid("已取消。")
	p.signal(syscall.SIGTERM)
	if status := p.end(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if left := p.spooled(); len(left) != 1 {
		t.Errorf("in the spool: %v, want the file that waits", left)
	}
	g.open()
	p = serve(t, dsn, spool)
	p.wantLoaded(dsn, path, faultRows)
	p.wantFailed(dsn, "/v1/datasets/2", "cancelled")
	p.wantStaged(dsn, file, faultRows)
}

// privateCluster is a server of the test's own, to be stopped and filled.
type privateCluster struct {
	*testing.T
	dir string
	*cluster.Cluster
}

func startCluster(t *testing.T) *privateCluster {
	t.Helper()
	c := &privateCluster{T: t, dir: passable(t)}
	c.start()
	return c
}

// passable is a folder the server's user can pass, which t.TempDir is not when
// the tests run as root.
func passable(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "taohe-cmd-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func (c *privateCluster) start() {
	c.Helper()
	// Durable as a bureau's is: what is committed survives the stop.
	running, err := cluster.Start(c.Context(), cluster.Config{DataDir: filepath.Join(c.dir, "data"), Durable: true})
	if err != nil {
		c.Fatal(err)
	}
	c.Cluster = running
	c.Cleanup(func() { c.stopNow(running) })
}

// stopNow is pg_ctl stop -m immediate.
func (c *privateCluster) stopNow(running *cluster.Cluster) {
	c.Helper()
	select {
	case <-running.Done(): // and its number may be another's by now
	default:
		_ = syscall.Kill(running.PID(), syscall.SIGQUIT)
	}
	select {
	case <-running.Done():
	case <-time.After(30 * time.Second):
		c.Error("the database does not stop")
	}
	if err := running.Stop(c.Context()); err != nil {
		c.Error(err)
	}
}

// The database stops under a service and a command, both about to finish a
// load, and comes back: both say so, and the service goes on by itself, with the
// same file.
func TestFaultDatabaseStopped(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	if err := c.EnsureDatabase(t.Context(), "taohe"); err != nil {
		t.Fatal(err)
	}
	dsn := c.DSN("taohe")
	p := serve(t, dsn, filepath.Join(t.TempDir(), "spool"))
	p.putCounty()
	file := forest(faultRows)
	g := shutGate(t, dsn)
	path := p.begin(file)
	command := importForest(t, dsn, file)
	g.reached(p, 2)
	c.stopNow(c.Cluster)
	command.wantSaid("没有保存任何数据。请稍后再试")
	status, problem := p.send(file)
	detail, _ := problem["detail"].(string)
	if status != http.StatusServiceUnavailable || problem["code"] != "database-unavailable" || !strings.Contains(detail, "请稍后再试") {
		t.Errorf("an upload without a database: %d %v", status, problem)
	}
	for _, address := range []string{path, "/healthz"} {
		if status, problem := p.get(address); status != http.StatusServiceUnavailable || problem["code"] != "database-unavailable" {
			t.Errorf("%s without a database: %d %v", address, status, problem)
		}
	}
	if left := p.spooled(); len(left) != 1 {
		t.Errorf("in the spool: %v, want the file that waits", left)
	}

	c.start()
	p.wantLoaded(dsn, path, faultRows)
	// The command's own presence ended with it.
	p.wantFailed(dsn, "/v1/datasets/2", "interrupted")
	p.wantStaged(dsn, file, faultRows)
	if log := p.errOut.String(); !strings.Contains(log, "the database went away") || !strings.Contains(log, "the database is back") {
		t.Error("the log does not tell of the database")
	}
}

// The service's private database ends unasked: it is started again, and so is
// the load.
func TestFaultPrivateDatabaseEnds(t *testing.T) {
	t.Parallel()
	p := servePrivate(t, filepath.Join(passable(t), "data"), filepath.Join(t.TempDir(), "spool"))
	p.putCounty()
	dsn := p.privateDSN()
	file := forest(faultRows)
	g := shutGate(t, dsn)
	path := p.begin(file)
	g.reached(p, 1)
	var postmaster int
	if err := g.look.QueryRow(t.Context(), `select split_part(pg_read_file('postmaster.pid'), E'\n', 1)::int`).Scan(&postmaster); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(postmaster, syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	p.wantLoaded(dsn, path, faultRows)
	p.wantStaged(dsn, file, faultRows)
}
