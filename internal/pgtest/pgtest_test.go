package pgtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// victimVariable makes the test binary one that stops in the middle of a test,
// to be killed there.
const victimVariable = "TAOHE_PGTEST_VICTIM"

func TestMain(m *testing.M) { Main(m) }

func TestDatabasesAreApart(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	one, two := New(t), New(t)
	if _, err := one.Exec(ctx, `create table only_here (n int)`); err != nil {
		t.Fatal(err)
	}
	var there bool
	if err := two.QueryRow(ctx, `select to_regclass('only_here') is not null`).Scan(&there); err != nil {
		t.Fatal(err)
	}
	if there {
		t.Error("a table made in one test is seen in another")
	}
	var systems int
	if err := two.QueryRow(ctx, `select count(*) from spatial_ref_sys where srid in (4490, 904490)`).Scan(&systems); err != nil {
		t.Fatal(err)
	}
	if systems != 2 {
		t.Error("the database is not migrated")
	}
}

func TestDroppedWithTheTest(t *testing.T) {
	t.Parallel()
	var dsn string
	t.Run("inner", func(t *testing.T) { dsn = DSN(t) })
	conn, err := pgx.Connect(t.Context(), dsn)
	if err == nil {
		t.Error("the database outlived its test")
		_ = conn.Close(t.Context())
	}
}

// A database is filled once for all that ask with one key, and each has a copy of
// its own; one that could not be filled is told to all, and is not there.
func TestFilledOnce(t *testing.T) {
	t.Parallel()
	var fillings atomic.Int32
	fill := func(ctx context.Context, dsn string) error {
		fillings.Add(1)
		conn, err := pgx.Connect(ctx, dsn)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, `create table filled as select 1 as n`)
		return err
	}
	for i := range 4 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			pool := Open(t, From(t, "filled once", fill))
			var n int
			err := pool.QueryRow(t.Context(), `with more as (update filled set n = n + 1 returning n) select n from more`).Scan(&n)
			if err != nil || n != 2 || fillings.Load() != 1 {
				t.Errorf("n is %d, filled %d times, %v", n, fillings.Load(), err)
			}
		})
	}
	s := running(t)
	broken := func(context.Context, string) error { return errors.New("no such file") }
	for range 2 {
		if _, err := s.filled("broken", broken); err == nil || !strings.Contains(err.Error(), "no such file") {
			t.Errorf("a filling that failed: %v", err)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	for i := range 12 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			if err := New(t).Ping(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// A server that is given is used, two test binaries on it at once share the
// template, and what killed ones forgot is cleared away.
func TestGivenServer(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	pool := New(t) // Makes sure that the private server runs: it is the one given.
	forgotten := testPrefix + "1700000000_1_1"
	young := fmt.Sprintf("%s%d_1_1", testPrefix, time.Now().Unix())
	for _, name := range []string{forgotten, young} {
		if _, err := pool.Exec(ctx, "create database "+name+" template template0"); err != nil {
			t.Fatal(err)
		}
	}
	results := make(chan error)
	for range 2 {
		go func() {
			s, err := useGiven(shared.server.dsn("postgres"))
			if err == nil {
				err = s.prepare(ctx)
			}
			if err == nil {
				_, err = s.create(ctx, shared.server.template)
				s.admin.Close()
			}
			results <- err
		}()
	}
	for range 2 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	for name, want := range map[string]bool{forgotten: false, young: true} {
		var got bool
		if err := pool.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, name).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s: there %t, want %t", name, got, want)
		}
	}
}

func TestWithDatabase(t *testing.T) {
	t.Parallel()
	for dsn, want := range map[string]string{
		"postgres://u:p@h:5433/a?sslmode=disable": "postgres://u:p@h:5433/b?sslmode=disable",
		"postgresql:///a?host=/tmp":               "postgresql:///b?host=/tmp",
		"host=/tmp dbname=a":                      "host=/tmp dbname=a dbname=b",
	} {
		got := withDatabase(dsn, "b")
		cfg, err := pgx.ParseConfig(got)
		if err != nil || got != want || cfg.Database != "b" {
			t.Errorf("%s: got %s, %v; want %s", dsn, got, err, want)
		}
	}
}

// TestVictim is no test of its own: it is what TestNothingLingers kills.
func TestVictim(t *testing.T) {
	if os.Getenv(victimVariable) == "" {
		return
	}
	New(t)
	fmt.Println("victim", shared.server.cluster.PID(), shared.server.dir)
	if os.Getenv(victimVariable) == "panic" {
		panic("as a test that times out does")
	}
	select {}
}

func TestNothingLingers(t *testing.T) {
	t.Parallel()
	if os.Getenv(urlVariable) != "" {
		t.Skip("with a given server there is nothing private to clear away")
	}
	for _, tt := range []struct {
		name, mode string
		signal     syscall.Signal
	}{
		{"kill -9", "wait", syscall.SIGKILL},
		{"Ctrl-C", "wait", syscall.SIGINT},
		{"panic", "panic", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0], "-test.run=^TestVictim$", "-test.timeout=1m")
			cmd.Env = append(os.Environ(), victimVariable+"="+tt.mode)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = cmd.Process.Kill() }()
			var pid int
			var dir string
			for lines := bufio.NewScanner(out); pid == 0 && lines.Scan(); {
				if text, ok := strings.CutPrefix(lines.Text(), "victim "); ok {
					if _, err := fmt.Sscan(text, &pid, &dir); err != nil {
						t.Fatal(err)
					}
				}
			}
			if pid == 0 {
				t.Fatal("the victim started no server")
			}
			if tt.signal != 0 {
				if err := cmd.Process.Signal(tt.signal); err != nil {
					t.Fatal(err)
				}
			}
			_ = cmd.Wait()
			wantGone(t, pid, dir)
		})
	}
}

// wantGone waits until neither the server nor its directory is there.
func wantGone(t *testing.T, pid int, dir string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		_, err := os.Stat(dir)
		cwd, _ := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
		if errors.Is(err, os.ErrNotExist) && !strings.HasPrefix(cwd, dir+string(filepath.Separator)) {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("still there: %s (%v), server %d in %q", dir, err, pid, cwd)
		}
	}
}
