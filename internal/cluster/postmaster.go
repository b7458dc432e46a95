package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// poll is how often a state that nobody announces is looked at.
const poll = 20 * time.Millisecond

// A pidFile is what postmaster.pid says (PostgreSQL source, miscadmin.h,
// "LOCK_FILE_LINE_…").
type pidFile struct {
	pid       int
	socketDir string
}

var errEmptyPIDFile = errors.New("postmaster.pid is empty")

func readPIDFile(pgdata string) (pidFile, error) {
	b, err := os.ReadFile(filepath.Join(pgdata, "postmaster.pid"))
	if err != nil {
		return pidFile{}, err
	}
	lines := strings.Split(string(b), "\n")
	if strings.TrimSpace(lines[0]) == "" {
		return pidFile{}, errEmptyPIDFile
	}
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil || pid <= 0 {
		return pidFile{}, fmt.Errorf("postmaster.pid: %q is no process id", lines[0])
	}
	f := pidFile{pid: pid}
	if len(lines) > 4 {
		f.socketDir = lines[4]
	}
	return f, nil
}

// stopLeftover shuts down the server that a killed program left running, and
// clears a pid file whose number now belongs to some other process: PostgreSQL
// would take that for a running server and refuse to start. A pid file of a
// process that is gone is left alone; PostgreSQL knows what to do with it.
func (c *Cluster) stopLeftover(ctx context.Context) error {
	pgdata := c.path(pgdataName)
	pid, err := c.settledPIDFile(ctx, pgdata)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		c.cfg.log().Warn("unreadable pid file removed", "data_dir", c.cfg.DataDir, "reason", err)
		return os.Remove(filepath.Join(pgdata, "postmaster.pid"))
	}
	if filepath.Dir(pid.socketDir) != c.cfg.DataDir && strings.HasPrefix(filepath.Base(pid.socketDir), tempSocketPrefix) {
		defer os.RemoveAll(pid.socketDir)
	}
	if !alive(pid.pid) {
		return nil
	}
	if !isServerOf(ctx, pid.pid, pgdata) {
		c.cfg.log().Warn("stale pid file removed", "data_dir", c.cfg.DataDir, "pid", pid.pid)
		return os.Remove(filepath.Join(pgdata, "postmaster.pid"))
	}
	c.cfg.log().Info("stopping the database a killed program left running", "data_dir", c.cfg.DataDir, "pid", pid.pid)
	return stopProcess(ctx, pid.pid)
}

// settledPIDFile reads the pid file, giving a server that has just made it the
// time to write into it.
func (c *Cluster) settledPIDFile(ctx context.Context, pgdata string) (pidFile, error) {
	deadline := time.Now().Add(time.Second)
	for {
		pid, err := readPIDFile(pgdata)
		if !errors.Is(err, errEmptyPIDFile) || time.Now().After(deadline) {
			return pid, err
		}
		if err := wait(ctx, poll); err != nil {
			return pidFile{}, err
		}
	}
}

// errBlocksAttached is the one failure to start that passes by itself: the
// master was killed and its children have not yet noticed.
var errBlocksAttached = errors.New("processes of a killed server are still ending")

// launch starts the server and waits until it takes connections.
func (c *Cluster) launch(ctx context.Context, install installation) error {
	deadline := time.Now().Add(15 * time.Second)
	for {
		err := c.launchOnce(ctx, install)
		if !errors.Is(err, errBlocksAttached) || time.Now().After(deadline) {
			return err
		}
		if err := wait(ctx, 10*poll); err != nil {
			return err
		}
	}
}

func (c *Cluster) launchOnce(ctx context.Context, install installation) error {
	log, from, err := openLog(c.path(logName))
	if err != nil {
		return err
	}
	defer log.Close()

	args := []string{"-D", c.path(pgdataName)}
	for _, s := range settings(c.cfg.Durable, c.socketDir, readMachine()) {
		args = append(args, "-c", s.name+"="+s.value)
	}
	// Of a setting given twice the last one counts.
	for name, value := range c.cfg.Settings {
		args = append(args, "-c", name+"="+value)
	}
	// Not bound to ctx: it ends with Stop, not with the start.
	cmd := c.as.command(context.WithoutCancel(ctx), install.program("postgres"), args...)
	// A file, not a pipe: a pipe would be held open by the server for ever,
	// and break when this program is killed.
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return &StartError{Step: "start", Err: err}
	}
	c.server, c.exited = cmd, make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(c.exited)
	}()
	if err := c.waitReady(ctx); err != nil {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		c.shutDown(stopping)
		c.server = nil
		tail := tailFrom(c.path(logName), from)
		if strings.Contains(tail, "pre-existing shared memory block") {
			err = errors.Join(errBlocksAttached, err)
		}
		return &StartError{Step: "start", Tail: lastLines(tail), Err: err}
	}
	return nil
}

func (c *Cluster) waitReady(ctx context.Context) error {
	for {
		if c.ping(ctx) == nil {
			return nil
		}
		select {
		case <-c.exited:
			return exitError(c.server)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(poll):
		}
	}
}

func exitError(cmd *exec.Cmd) error {
	if cmd.ProcessState == nil {
		return errors.New("the server ended")
	}
	return fmt.Errorf("the server ended: %s", cmd.ProcessState)
}

// maxLog is when the server's log is put aside: one older file is kept.
const maxLog = 16 << 20

// openLog opens the log to append, and says where this start's lines begin.
func openLog(name string) (*os.File, int64, error) {
	if info, err := os.Stat(name); err == nil && info.Size() > maxLog {
		if err := os.Rename(name, name+".1"); err != nil {
			return nil, 0, err
		}
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, 0, err
	}
	from, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, from, nil
}

// tailFrom reads the log from an offset on, at most its last 64 KiB.
func tailFrom(name string, from int64) string {
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	const most = 64 << 10
	if info, err := f.Stat(); err == nil {
		from = max(from, info.Size()-most)
	}
	b, err := io.ReadAll(io.NewSectionReader(f, from, most))
	if err != nil {
		return ""
	}
	return string(b)
}

// wait sleeps, or returns early with ctx's error.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
