package pgtest

import (
	"context"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/cluster"
	"github.com/taohe-gis/taohe/internal/pg"
)

// A Node is a server of one test's own: a primary that replicas can be made of,
// or one of these. It holds a single database.
type Node struct {
	tb       testing.TB
	server   *server
	settings map[string]string
}

const nodeDatabase = "taohe"

// Primary starts a server with a migrated database, which goes with the test.
func Primary(t testing.TB) *Node {
	t.Helper()
	n := newNode(t)
	n.Start()
	n.must(n.server.cluster.EnsureDatabase(t.Context(), nodeDatabase))
	n.must(pg.Migrate(t.Context(), n.DSN()))
	return n
}

// Replica makes a streaming replica of the node, which follows it over its
// socket. The node is stopped while it is copied.
func (n *Node) Replica() *Node {
	n.tb.Helper()
	n.Stop()
	r := newNode(n.tb)
	pgdata := filepath.Join(r.server.dir, "pgdata")
	// Owner and mode stay; what the file that makes it a replica holds is nothing to
	// the server, but it wants to own that too.
	for _, args := range [][]string{
		{filepath.Join(n.server.dir, "pgdata"), pgdata},
		{filepath.Join(pgdata, "PG_VERSION"), filepath.Join(pgdata, "standby.signal")},
	} {
		if out, err := exec.CommandContext(n.tb.Context(), "cp", append([]string{"-a"}, args...)...).CombinedOutput(); err != nil {
			n.tb.Fatalf("pgtest: %v: %s", err, out)
		}
	}
	n.Start()
	r.settings["primary_conninfo"] = n.server.cluster.DSN("")
	r.Start()
	return r
}

func newNode(t testing.TB) *Node {
	t.Helper()
	n := &Node{tb: t, settings: map[string]string{
		// What a private cluster lacks.
		"wal_level": "replica", "max_wal_senders": "8", "synchronous_commit": "on",
		// A replica that lost its primary looks again at once.
		"wal_retrieve_retry_interval": "100ms",
	}}
	var err error
	n.server, err = privateServer()
	n.must(err)
	t.Cleanup(func() {
		if err := n.server.close(); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	return n
}

// DSN is the connection string of the database.
func (n *Node) DSN() string { return n.DatabaseDSN(nodeDatabase) }

// DatabaseDSN is the connection string of another database of the server.
func (n *Node) DatabaseDSN(name string) string { return n.server.cluster.DSN(name) }

// Start starts a node that was stopped.
func (n *Node) Start() {
	n.tb.Helper()
	var err error
	n.server.cluster, err = cluster.Start(n.tb.Context(), cluster.Config{DataDir: n.server.dir, Settings: n.settings})
	n.must(err)
}

// Stop shuts the server down.
func (n *Node) Stop() {
	n.tb.Helper()
	n.must(n.server.cluster.Stop(n.tb.Context()))
}

// Crash ends the server at once, in the middle of whatever it does.
func (n *Node) Crash() {
	n.tb.Helper()
	running := n.server.cluster
	n.must(syscall.Kill(running.PID(), syscall.SIGQUIT))
	select {
	case <-running.Done():
	case <-time.After(20 * time.Second):
		n.tb.Fatal("pgtest: the server does not end")
	}
}

// WaitFor has a primary take nothing as committed that a replica has not got.
func (n *Node) WaitFor(replica *Node) {
	n.tb.Helper()
	n.Exec(`alter system set synchronous_standby_names = '*'`, `select pg_reload_conf()`)
	n.Until(`select exists (select from pg_stat_replication where sync_state = 'sync')`)
	replica.CatchUp(n)
}

// Promote makes a primary of a replica.
func (n *Node) Promote() {
	n.tb.Helper()
	n.Exec(`select pg_promote(wait => true, wait_seconds => 20)`)
	n.Until(`select not pg_is_in_recovery()`)
}

// Exec runs statements on the node, one after the other.
func (n *Node) Exec(statements ...string) {
	n.tb.Helper()
	conn := n.connect()
	defer conn.Close(n.tb.Context())
	for _, sql := range statements {
		_, err := conn.Exec(n.tb.Context(), sql)
		n.must(err)
	}
}

// Until asks the node again and again, until the answer is true.
func (n *Node) Until(question string, args ...any) {
	n.tb.Helper()
	ctx, cancel := context.WithTimeout(n.tb.Context(), 20*time.Second)
	defer cancel()
	conn := n.connect()
	defer conn.Close(n.tb.Context())
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		var yes bool
		n.must(conn.QueryRow(ctx, question, args...).Scan(&yes))
		if yes {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			n.tb.Fatalf("pgtest: not in time: %s", question)
		}
	}
}

// CatchUp waits until a replica has what its primary has.
func (n *Node) CatchUp(primary *Node) {
	n.tb.Helper()
	conn := primary.connect()
	defer conn.Close(n.tb.Context())
	var at string
	n.must(conn.QueryRow(n.tb.Context(), `select pg_current_wal_flush_lsn()::text`).Scan(&at))
	n.Until(`select coalesce(pg_last_wal_replay_lsn() >= $1::text::pg_lsn, false)`, at)
}

// Pause has a replica replay nothing more, until Resume.
func (n *Node) Pause() {
	n.tb.Helper()
	n.Exec(`select pg_wal_replay_pause()`)
	n.Until(`select pg_get_wal_replay_pause_state() = 'paused'`)
}

// Resume ends a Pause.
func (n *Node) Resume() {
	n.tb.Helper()
	n.Exec(`select pg_wal_replay_resume()`)
}

func (n *Node) connect() *pgx.Conn {
	n.tb.Helper()
	conn, err := pgx.Connect(n.tb.Context(), n.DSN())
	n.must(err)
	return conn
}

func (n *Node) must(err error) {
	n.tb.Helper()
	if err != nil {
		n.tb.Fatalf("pgtest: %v", err)
	}
}
