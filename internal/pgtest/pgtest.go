// Package pgtest gives each test a database of its own: a clone of a migrated
// template, on a server that belongs to the test binary alone. Imported by
// _test.go files only. A package that uses it has
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
// With TAOHE_TEST_DATABASE_URL set, the databases are made on that server,
// whose role must be a superuser. Without PostGIS tests fail; they never skip.
package pgtest

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pg"
)

// urlVariable names a server to use in place of a private one.
const urlVariable = "TAOHE_TEST_DATABASE_URL"

// shared is the one server of this test binary, started by the first test that
// needs it.
var shared struct {
	inMain bool
	once   sync.Once
	server *server
	err    error
}

// Main runs the tests and then takes the server away. When the test binary is
// killed instead, a watchdog does.
func Main(m *testing.M) {
	shared.inMain = true
	m.Run()
	// A test that outlived its timeout may still be starting it.
	shared.once.Do(func() {})
	if shared.server == nil {
		return
	}
	if err := shared.server.close(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
	}
}

// New returns a pool on a fresh, migrated database, which is dropped when the
// test ends.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return Open(t, DSN(t))
}

// Open returns a pool on a database, to be closed when the test ends.
func Open(t testing.TB, dsn string) *pgxpool.Pool {
	t.Helper()
	// 4 connections each, so that many parallel tests fit one server.
	pool, err := pg.Open(t.Context(), dsn, pg.Options{ApplicationName: "taohe test", MaxConns: 4})
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() {
		closed := make(chan struct{})
		go func() {
			pool.Close()
			close(closed)
		}()
		select {
		case <-closed:
		case <-time.After(5 * time.Second):
			t.Error("pgtest: a connection was not given back to the pool (rows not closed, transaction not ended)")
		}
	})
	return pool
}

// DSN returns the connection string of a fresh, migrated database, which is
// dropped when the test ends.
func DSN(t testing.TB) string {
	t.Helper()
	return database(t, true)
}

// EmptyDSN is DSN for a database in which nothing has been made yet, not even
// the PostGIS extension: for tests of migrations and start-up.
func EmptyDSN(t testing.TB) string {
	t.Helper()
	return database(t, false)
}

// From returns the connection string of a copy of a database that fill has
// filled: once for all tests of the binary that give the same key. The copy is
// dropped when the test ends.
func From(t testing.TB, key string, fill func(ctx context.Context, dsn string) error) string {
	t.Helper()
	s := running(t)
	template, err := s.filled(key, fill)
	if err != nil {
		t.Fatalf("pgtest: %s: %v", key, err)
	}
	return s.copied(t, template)
}

func database(t testing.TB, migrated bool) string {
	t.Helper()
	s := running(t)
	if !migrated {
		return s.copied(t, "template0")
	}
	return s.copied(t, s.template)
}

// running is the server, which the first test starts.
func running(t testing.TB) *server {
	t.Helper()
	if !shared.inMain {
		t.Fatal("pgtest: add `func TestMain(m *testing.M) { pgtest.Main(m) }` to this package")
	}
	shared.once.Do(func() { shared.server, shared.err = start(context.Background()) })
	if shared.err != nil {
		t.Fatalf("pgtest: %v", shared.err)
	}
	return shared.server
}

// copied makes a database from a template.
func (s *server) copied(t testing.TB, template string) string {
	t.Helper()
	name, err := s.create(t.Context(), template)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() {
		// The test's own context is over when clean-up begins.
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := s.drop(ctx, name); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	return s.dsn(name)
}

// PrepareAll has the server parse every .sql file of fsys against the migrated
// schema: a misspelt column fails here and not in front of a user. It fails
// when there is no such file. Statements of before are run first.
func PrepareAll(t *testing.T, fsys fs.FS, before ...pg.Statement) {
	t.Helper()
	statements, err := pg.LoadAll(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if len(statements) == 0 {
		t.Fatal("no .sql file to prepare")
	}
	conn, err := New(t).Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for _, s := range before {
		none := make(pgx.StrictNamedArgs)
		for _, name := range s.Args() {
			none[name] = nil
		}
		if _, err := conn.Exec(t.Context(), s.SQL(), none); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range statements {
		if err := s.Prepare(t.Context(), conn.Conn()); err != nil {
			t.Error(err)
		}
	}
}
