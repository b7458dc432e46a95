//go:build linux

package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/taohe-gis/taohe/internal/pgtest"
)

// smallDisk is a file system in memory of its own.
type smallDisk struct {
	*testing.T
	dir string
}

// mountSmall mounts a disk of some megabytes on a folder; that takes root.
func mountSmall(t *testing.T, dir string, megabytes int) *smallDisk {
	t.Helper()
	if err := os.MkdirAll(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm,mode=0711", megabytes))
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSYS) {
		t.Skipf("a full disk is not tried: mounting a small one takes root (%v)", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return &smallDisk{t, dir}
}

func (d *smallDisk) ballast() string { return filepath.Join(d.dir, "ballast") }

// fill leaves that many bytes free.
func (d *smallDisk) fill(free int64) {
	d.Helper()
	var st syscall.Statfs_t
	if err := syscall.Statfs(d.dir, &st); err != nil {
		d.Fatal(err)
	}
	n := int64(st.Bavail)*st.Bsize - free
	if n <= 0 {
		d.Fatalf("only %d bytes are free", int64(st.Bavail)*st.Bsize)
	}
	f, err := os.Create(d.ballast())
	if err != nil {
		d.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Fallocate(int(f.Fd()), 0, 0, n); err != nil {
		d.Fatal(err)
	}
}

func (d *smallDisk) free() {
	d.Helper()
	if err := os.Remove(d.ballast()); err != nil {
		d.Fatal(err)
	}
}

// tablespace makes the database in a folder outside of the cluster.
func (c *privateCluster) tablespace(dir string) {
	c.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		c.Fatal(err)
	}
	cluster, err := os.Stat(filepath.Join(c.dir, "data", "pgdata"))
	if err != nil {
		c.Fatal(err)
	}
	owner := cluster.Sys().(*syscall.Stat_t)
	if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
		c.Fatal(err)
	}
	admin := connect(c.T, c.DSN("postgres"))
	for _, statement := range []string{"create tablespace elsewhere location '" + dir + "'", "create database taohe tablespace elsewhere"} {
		if _, err := admin.Exec(c.Context(), statement); err != nil {
			c.Fatal(err)
		}
	}
}

// The disk of the spool, and of what the readers unpack, is full.
func TestFaultSpoolDiskFull(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	disk := mountSmall(t, filepath.Join(t.TempDir(), "spool"), 16)
	p := serve(t, dsn, disk.dir)
	p.putCounty()
	file := forest(faultRows) // 1.3 MB
	disk.fill(1 << 19)
	status, problem := p.send(file)
	detail, _ := problem["detail"].(string)
	if status != http.StatusInsufficientStorage || problem["code"] != "no-space" || !strings.Contains(detail, "请管理员清理") {
		t.Errorf("an upload onto a full disk: %d %v", status, problem)
	}
	p.wantEmptySpool()
	if _, list := p.get("/v1/datasets"); len(list["items"].([]any)) != 0 {
		t.Errorf("stored: %v", list)
	}
	disk.free()
	p.wantStaged(dsn, file, faultRows)
}

// The disk of the database fills while a file is loaded: its tables lie on a
// small one, the log beside the cluster does not.
func TestFaultDatabaseDiskFull(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	disk := mountSmall(t, filepath.Join(c.dir, "small"), 96)
	c.tablespace(disk.dir)
	dsn := c.DSN("taohe")
	p := serve(t, dsn, filepath.Join(t.TempDir(), "spool"))
	p.putCounty()
	file := forest(faultRows) // 2.5 MB as rows
	disk.fill(1 << 20)
	path := p.begin(file)
	p.wantFailed(dsn, path, "storage full")
	p.wantEmptySpool()

	importForest(t, dsn, file).wantSaid("磁盘已满，没有保存任何数据。")
	disk.free()
	p.wantStaged(dsn, file, faultRows)
}

// The disk of the database fills while a run is computed, and while it is put into
// the ledger: the run ends for that reason and goes on where it was, and of the ledger
// nothing is written. In the end all is as it would have been.
func TestFaultDatabaseDiskFullLater(t *testing.T) {
	t.Parallel()
	long(t)
	want := undisturbed(t)
	c := startCluster(t)
	disk := mountSmall(t, filepath.Join(c.dir, "small"), 192)
	c.tablespace(disk.dir)
	b := sharedBureau(t, c.DSN("taohe"), 0)
	clerk := newClerk(t, b.service.url)
	if _, err := clerk.insist(http.MethodPut, "/v1/counties/"+faultCounty, `{"name":"示例旗","extent":[109,40,110.75,40.5]}`, ""); err != nil {
		t.Fatal(err)
	}
	for _, f := range clerk.stages[0].files {
		if err := clerk.file(f); err != nil {
			t.Fatal(err)
		}
	}
	conn := connect(t, b.dsn())
	asOf := fmt.Sprintf(`{"as_of":%q}`, clerk.stages[0].asOf)
	disk.fill(1 << 20)
	run, err := clerk.insist(http.MethodPost, "/v1/runs", asOf, "run-"+clerk.stages[0].asOf)
	if err != nil || run.status != http.StatusAccepted {
		t.Fatalf("%v, %v", run, err)
	}
	path := fmt.Sprintf("/v1/runs/%d", run.number("id"))
	ended, err := clerk.settled(path, "complete", "failed")
	if err != nil || ended.text("status") != "failed" || ended.text("error") != "storage full" {
		t.Fatalf("a run on a full disk: %v, %v", ended.body, err)
	}
	wantNothingHalf(t, conn, "a run on a full disk")
	disk.free()
	if a, err := clerk.insist(http.MethodPost, path+"/retry", "", ""); err != nil || a.status != http.StatusAccepted {
		t.Fatalf("%v, %v", a, err)
	}
	if ended, err = clerk.settled(path, "complete", "failed"); err != nil || ended.text("status") != "complete" {
		t.Fatalf("%v, %v", ended.body, err)
	}

	disk.fill(64 << 10)
	feed := fmt.Sprintf(`{"run_id":%d,"by":"张三"}`, run.number("id"))
	status, problem := b.service.ask(http.MethodPost, "/v1/ledger/feeds", "application/json", strings.NewReader(feed))
	if status != http.StatusInsufficientStorage || problem["code"] != "database-full" {
		t.Errorf("a feed on a full disk: %d %v", status, problem)
	}
	var events int
	if err := conn.QueryRow(t.Context(), `select count(*) from ledger_event`).Scan(&events); err != nil || events != 0 {
		t.Errorf("%d events were written, %v", events, err)
	}
	if status, _ := b.service.get("/healthz"); status != http.StatusOK {
		t.Errorf("healthz %d", status)
	}
	disk.free()
	if err := clerk.work(); err != nil { // again from its beginning, with the same keys
		t.Fatal(err)
	}
	wantNothingHalf(t, conn, "at the end")
	wantOutcome(t, outcomeOf(t, conn), want)
	b.wantVerified(conn)
	b.wantTidy()
	stop(b.service)
}

// The log of the private database has its disk full, its tables have not: that
// makes PostgreSQL give up altogether, here in the middle of a load. It comes back with
// the room, and the load is done again; nothing is half stored.
func TestFaultLogDiskFull(t *testing.T) {
	t.Parallel()
	long(t)
	dir := passable(t)
	disk := mountSmall(t, filepath.Join(dir, "small"), 512)
	tables := filepath.Join(dir, "tables")
	c := &privateCluster{T: t, dir: disk.dir}
	c.start()
	c.tablespace(tables)
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := servePrivate(t, filepath.Join(disk.dir, "data"), filepath.Join(dir, "spool"))
	p.putCounty()
	dsn := p.privateDSN()
	file := forest(faultRows)
	g := shutGate(t, dsn)
	path := p.begin(file)
	g.reached(p, 1)
	// A load into a table of its own writes next to nothing to the log; others do.
	disk.fill(8 << 20)
	writer := connect(t, dsn)
	for wrote := 0; ; wrote++ {
		if _, err := writer.Exec(t.Context(), `select pg_logical_emit_message(false, 'fault', repeat('x', 1000000))`); err != nil {
			break
		}
		if wrote > 512 {
			t.Fatal("the log does not fill its disk")
		}
	}
	p.until("a load that is put back", func() bool { return strings.Contains(p.errOut.String(), "import put back") })
	p.until("a database that ended", func() bool {
		log, err := os.ReadFile(filepath.Join(disk.dir, "data", "server.log"))
		return err == nil && strings.Contains(string(log), "PANIC:  could not write to file \"pg_wal")
	})
	disk.free()
	p.wantLoaded(dsn, path, faultRows)
	p.wantStaged(dsn, file, faultRows)
}
