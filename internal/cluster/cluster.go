package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// port is only part of the socket's name; nothing listens on TCP.
const port = 5432

// A Cluster is a running server in a data directory.
type Cluster struct {
	cfg       Config
	socketDir string
	// tempSocket says that socketDir was made under the temporary folder,
	// and goes when the server stops.
	tempSocket bool

	// What follows is only set when this program started the server.
	as      account
	install installation
	owned   bool
	server  *exec.Cmd
	exited  chan struct{}
	lock    *os.File
	stop    sync.Once
}

// Start makes the cluster when it is not there, starts it, and returns when it
// takes connections. A server left over by a program that was killed is shut
// down first, so that the settings are this program's and no old transaction
// lives on.
//
// As root the server runs as the user postgres, else nobody, since PostgreSQL
// refuses root; only directories made here are given to that user.
//
// When ctx ends before the server is ready, it is stopped and nothing stays
// behind. Errors: ErrNoPostgres, ErrNoPostGIS, *InUseError, *UnreachableError,
// *VersionError, *StartError.
func Start(ctx context.Context, cfg Config) (*Cluster, error) {
	dataDir, err := filepath.Abs(cfg.DataDir)
	if err != nil {
		return nil, fmt.Errorf("start cluster: %w", err)
	}
	cfg.DataDir = dataDir
	c := &Cluster{cfg: cfg}
	if err := c.start(ctx); err != nil {
		c.release()
		return nil, fmt.Errorf("start cluster: %w", err)
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context) error {
	install, err := c.chooseServer(ctx)
	if err != nil {
		return err
	}
	c.install = install
	if err := makeDirs(c.cfg.DataDir); err != nil {
		return err
	}
	if c.lock, err = lockDataDir(c.cfg.DataDir); err != nil {
		return err
	}
	c.owned = true
	if err := c.as.canEnter(ctx, c.cfg.DataDir); err != nil {
		return err
	}
	if err := c.stopLeftover(ctx); err != nil {
		return err
	}
	if _, err := os.Lstat(c.path(pgdataName)); errors.Is(err, os.ErrNotExist) {
		if err := c.initialise(ctx, install); err != nil {
			return err
		}
	}
	if err := c.makeSocketDir(); err != nil {
		return err
	}
	began := time.Now()
	if err := c.launch(ctx, install); err != nil {
		return err
	}
	c.cfg.log().Info("database started", "data_dir", c.cfg.DataDir, "postgres", install.version,
		"pid", c.PID(), "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// chooseServer settles who the server runs as and which installation it is,
// before anything is made.
func (c *Cluster) chooseServer(ctx context.Context) (installation, error) {
	info, err := os.Stat(c.cfg.DataDir)
	if err == nil && !info.IsDir() {
		return installation{}, fmt.Errorf("data directory %s is a file", c.cfg.DataDir)
	}
	if c.as, err = serverAccount(c.path(pgdataName)); err != nil {
		return installation{}, err
	}
	major, err := clusterMajor(c.path(pgdataName))
	if err != nil {
		return installation{}, err
	}
	found := findInstallations(ctx, c.as)
	if err := ctx.Err(); err != nil {
		return installation{}, err
	}
	return choose(found, c.cfg.DataDir, major)
}

func (c *Cluster) path(name string) string { return filepath.Join(c.cfg.DataDir, name) }

// PID is the process id of the server; 0 for an attached cluster.
func (c *Cluster) PID() int {
	if c.server == nil || c.server.Process == nil {
		return 0
	}
	return c.server.Process.Pid
}

// Done is closed when the server has ended, asked or not. It is nil, which
// blocks for ever, for an attached cluster.
func (c *Cluster) Done() <-chan struct{} { return c.exited }

// DSN is the connection URL of the named database, as pgx and libpq read it.
func (c *Cluster) DSN(database string) string {
	q := url.Values{}
	q.Set("host", c.socketDir)
	q.Set("port", strconv.Itoa(port))
	q.Set("sslmode", "disable")
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database, RawQuery: q.Encode()}
	return u.String()
}

// duplicateDatabase is SQLSTATE 42P04.
const duplicateDatabase = "42P04"

// EnsureDatabase makes the named database when it is not there.
func (c *Cluster) EnsureDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, c.DSN("postgres"))
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var there bool
	err = conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, name).Scan(&there)
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	if there {
		return nil
	}
	_, err = conn.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize())
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == duplicateDatabase {
		return nil
	}
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}

// Attach returns the cluster that another program runs in dataDir, or an error
// that is ErrNotRunning. Stop on it does nothing.
func Attach(ctx context.Context, dataDir string) (*Cluster, error) {
	dataDir, err := filepath.Abs(dataDir)
	if err != nil {
		return nil, fmt.Errorf("attach to cluster: %w", err)
	}
	pid, err := readPIDFile(filepath.Join(dataDir, pgdataName))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("attach to cluster in %s: %w", dataDir, ErrNotRunning)
	}
	if err != nil {
		return nil, fmt.Errorf("attach to cluster in %s: %w", dataDir, err)
	}
	c := &Cluster{cfg: Config{DataDir: dataDir}, socketDir: pid.socketDir}
	if err := c.ping(ctx); err != nil {
		return nil, fmt.Errorf("attach to cluster in %s: %w (%w)", dataDir, ErrNotRunning, err)
	}
	return c, nil
}

func (c *Cluster) ping(ctx context.Context) error {
	conn, err := pgconn.Connect(ctx, c.DSN("postgres"))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// Stop shuts the server down: open transactions are rolled back, connections
// closed. When ctx ends first it is shut down hard, which costs the next start
// a recovery and loses nothing committed. Stop returns when the server is gone;
// calling it again does nothing.
func (c *Cluster) Stop(ctx context.Context) error {
	if !c.owned {
		return nil
	}
	c.stop.Do(func() {
		if c.server != nil {
			c.shutDown(ctx)
		}
		c.release()
		c.cfg.log().Info("database stopped", "data_dir", c.cfg.DataDir)
	})
	return nil
}

// shutDown asks ever harder until the server is gone.
func (c *Cluster) shutDown(ctx context.Context) {
	// PostgreSQL documentation, "Shutting Down the Server": SIGINT is the fast
	// shutdown, SIGQUIT the immediate one.
	signal := func(s syscall.Signal) { _ = c.server.Process.Signal(s) }
	signal(syscall.SIGINT)
	select {
	case <-c.exited:
		return
	case <-ctx.Done():
	}
	c.cfg.log().Warn("database did not stop in time and is stopped hard", "data_dir", c.cfg.DataDir)
	signal(syscall.SIGQUIT)
	select {
	case <-c.exited:
		return
	case <-time.After(10 * time.Second):
	}
	signal(syscall.SIGKILL)
	<-c.exited
}

// longestPause is the longest between two tries to start a server again.
const longestPause = 30 * time.Second

// Keep starts the server again whenever it ends unasked: killed for its memory,
// stopped by hand, out of disk. It tries until it succeeds or ctx is over, when
// it returns. PID, Done and Stop must not be called before it has returned. On
// an attached cluster it only waits.
func (c *Cluster) Keep(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.exited:
		}
		c.cfg.log().Error("database ended unasked and is started again", "data_dir", c.cfg.DataDir, "server_log", c.path(logName))
		for pause := 250 * time.Millisecond; ; pause = min(2*pause, longestPause) {
			err := c.launch(ctx, c.install)
			if ctx.Err() != nil {
				return
			}
			if err == nil {
				c.cfg.log().Info("database started again", "data_dir", c.cfg.DataDir, "pid", c.PID())
				break
			}
			c.cfg.log().Error("database does not start", "err", err, "next_try_in", pause)
			if wait(ctx, pause) != nil {
				return
			}
		}
	}
}

// release gives up the lock and the socket's directory.
func (c *Cluster) release() {
	if c.tempSocket {
		_ = os.RemoveAll(c.socketDir)
	}
	if c.lock != nil {
		_ = c.lock.Close()
		c.lock = nil
	}
}
