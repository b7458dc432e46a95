package pg_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

// A logged reader is one whose log is read too.
type logged struct {
	*testing.T
	*pg.Reader
	primary *pgxpool.Pool

	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logged) times(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), what)
}

// patient is a wait that a replica which follows at all stays under, however
// busy the machine.
const patient = 20 * time.Second

func openReader(t *testing.T, primary, replica string, wait time.Duration) *logged {
	t.Helper()
	pool, err := pg.Open(t.Context(), primary, pg.Options{MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	l := &logged{T: t, primary: pool}
	l.Reader, err = pg.OpenReader(t.Context(), pool, pg.ReaderOptions{
		Replicas: []string{replica}, Wait: wait, MaxConns: 4, Log: slog.New(slog.NewTextHandler(l, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

// read returns n of the one row of the table known, and whether a replica said so.
func (l *logged) read() (n int, replica bool) {
	l.Helper()
	err := l.Read(l.Context(), func(tx pgx.Tx) error {
		return tx.QueryRow(l.Context(), `select n, pg_is_in_recovery() from known`).Scan(&n, &replica)
	})
	if err != nil {
		l.Fatal(err)
	}
	return n, replica
}

func (l *logged) write(n int) {
	l.Helper()
	if _, err := l.primary.Exec(l.Context(), `update known set n = $1`, n); err != nil {
		l.Fatal(err)
	}
}

// back waits until reads go to the replica.
func (l *logged) back() {
	l.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for {
		if _, replica := l.read(); replica {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			l.Fatal("the replica is not read from again")
		}
	}
}

// wantLeft checks that it was said so often that the replica was left, and that
// it came back.
func (l *logged) wantLeft(left, back int) {
	l.Helper()
	if l.times("replica left") != left || l.times("replica is back") != back {
		l.Errorf("said to be left and back %d and %d times, want %d and %d", l.times("replica left"), l.times("replica is back"), left, back)
	}
}

func TestReader(t *testing.T) {
	t.Parallel()
	primary := pgtest.Primary(t)
	replica := primary.Replica()
	second := primary.Replica()
	primary.Exec(`create table known (n int)`, `insert into known values (0)`, `create table other (n int)`,
		`create role plain login`, `grant select on known to plain`)

	t.Run("a view of its own", func(t *testing.T) {
		l := openReader(t, primary.DSN(), replica.DSN(), patient)
		l.back()
		var isolation, readOnly string
		err := l.Read(t.Context(), func(tx pgx.Tx) error {
			return tx.QueryRow(t.Context(), `select current_setting('transaction_isolation'), current_setting('transaction_read_only')`).Scan(&isolation, &readOnly)
		})
		if err != nil || isolation != "repeatable read" || readOnly != "on" {
			t.Errorf("isolation %s, read only %s, %v", isolation, readOnly, err)
		}
		mine := errors.New("the reader's own")
		if err := l.Read(t.Context(), func(pgx.Tx) error { return mine }); !errors.Is(err, mine) {
			t.Errorf("got %v, want the error of the reader", err)
		}
		if err := l.Read(t.Context(), func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), `no such statement`)
			return err
		}); err == nil {
			t.Error("a statement that is none came back without an error")
		}
		l.wantLeft(0, 0)
	})

	// Whatever was committed before a read is in it, whether or not a commit waits
	// for its place on disk.
	for _, commit := range []string{"on", "off"} {
		t.Run("what was written, synchronous_commit "+commit, func(t *testing.T) {
			wait := patient
			if commit == "off" {
				wait = time.Millisecond // until something else is written, there may be nothing to wait for
			}
			l := openReader(t, withParameter(t, primary.DSN(), "synchronous_commit", commit), replica.DSN(), wait)
			onReplica := 0
			for want := 1; want <= 200; want++ {
				l.write(want)
				got, there := l.read()
				if got != want {
					t.Fatalf("read %d, want %d (on a replica: %t)", got, want, there)
				}
				if there {
					onReplica++
				}
			}
			if onReplica < 200 && commit == "on" {
				t.Errorf("%d of 200 reads on the replica", onReplica)
			}
		})
	}

	t.Run("as a role without rights", func(t *testing.T) {
		l := openReader(t, asRole(t, primary.DSN(), "plain"), asRole(t, replica.DSN(), "plain"), patient)
		l.back()
		l.wantLeft(0, 0)
	})

	t.Run("paused", func(t *testing.T) {
		l := openReader(t, primary.DSN(), replica.DSN(), 50*time.Millisecond)
		l.back()
		left, back := l.times("replica left"), l.times("replica is back")
		replica.Pause()
		_, there := l.read()
		if at := lsn(t, primary, `pg_current_wal_flush_lsn()`); !there && at == lsn(t, replica, `pg_last_wal_replay_lsn()`) {
			t.Error("nothing was written since, and the replica is not read from")
		}
		for want := 1001; want < 1010; want++ {
			l.write(want)
			if got, there := l.read(); got != want || there {
				t.Errorf("read %d, want %d; on the replica: %t", got, want, there)
			}
		}
		l.wantLeft(left+1, back)
		replica.Resume()
		l.back()
		l.wantLeft(left+1, back+1)
	})

	t.Run("in the way of what is replayed", func(t *testing.T) {
		l := openReader(t, primary.DSN(), replica.DSN(), patient)
		l.back()
		replica.Exec(`alter system set max_standby_streaming_delay = 0`, `select pg_reload_conf()`)
		replica.Until(`select current_setting('max_standby_streaming_delay') = '0'`)
		truncated := make(chan struct{})
		var seen []bool
		err := l.Read(t.Context(), func(tx pgx.Tx) error {
			var there bool
			if err := tx.QueryRow(t.Context(), `select pg_is_in_recovery() from (select count(*) from other) c`).Scan(&there); err != nil {
				return err
			}
			if seen = append(seen, there); !there {
				return nil
			}
			go func() {
				defer close(truncated)
				replica.Until(`select exists (select from pg_stat_activity where state = 'active' and query = 'select pg_sleep(60)')`)
				primary.Exec(`truncate other`)
			}()
			_, err := tx.Exec(t.Context(), `select pg_sleep(60)`)
			return err
		})
		<-truncated
		replica.Exec(`alter system reset max_standby_streaming_delay`, `select pg_reload_conf()`)
		if err != nil || fmt.Sprint(seen) != "[true false]" {
			t.Errorf("read on a replica: %v, %v; want there first, and then on the primary", seen, err)
		}
		l.wantLeft(0, 0)
	})

	t.Run("stopped", func(t *testing.T) {
		l := openReader(t, primary.DSN(), replica.DSN(), patient)
		l.back()
		replica.Stop()
		for want := 2001; want < 2010; want++ {
			l.write(want)
			if got, there := l.read(); got != want || there {
				t.Errorf("read %d, want %d; on the replica: %t", got, want, there)
			}
		}
		l.wantLeft(1, 0)
		// And who comes while it is stopped does without it too.
		late := openReader(t, primary.DSN(), replica.DSN(), patient)
		if got, there := late.read(); got != 2009 || there {
			t.Errorf("read %d, want 2009; on the replica: %t", got, there)
		}
		replica.Start()
		l.back()
		late.back()
		l.wantLeft(1, 1)
		late.wantLeft(1, 1)
	})

	t.Run("refused", func(t *testing.T) {
		pool, err := pg.Open(t.Context(), primary.DSN(), pg.Options{MaxConns: 4})
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		for _, tt := range []struct{ name, dsn, says string }{
			{"of another cluster", pgtest.DSN(t), "is of another cluster than the primary (system identifier "},
			{"of another database", replica.DatabaseDSN("postgres"), "is another database than the primary's"},
			{"the primary itself", primary.DSN(), "is no replica: it takes writes"},
		} {
			_, err := pg.OpenReader(t.Context(), pool, pg.ReaderOptions{Replicas: []string{replica.DSN(), tt.dsn}})
			var refused *pg.NotReadyError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "--replica") {
				t.Errorf("%s: got %v, want %q", tt.name, err, tt.says)
			}
		}
		if _, err := pg.OpenReader(t.Context(), pool, pg.ReaderOptions{Replicas: []string{"postgres://:no"}}); err == nil {
			t.Error("a connection string that is none was taken")
		}
	})

	// Last, as it cannot be undone. The position of one that went its own way says
	// nothing to the others.
	t.Run("promoted", func(t *testing.T) {
		l := openReader(t, primary.DSN(), replica.DSN(), patient)
		l.back()
		replica.Exec(`select pg_promote()`)
		replica.Until(`select not pg_is_in_recovery()`)
		if _, err := l.primary.Exec(t.Context(), `update known set n = 3001`); err != nil {
			t.Fatal(err)
		}
		replica.Exec(`update known set n = 3002`)
		if got, there := l.read(); got != 3001 {
			t.Errorf("read %d, want 3001 (on a replica: %t)", got, there)
		}
		if l.times("it takes writes") != 1 {
			t.Errorf("said:\n%s", l.text.String())
		}
		l = openReader(t, replica.DSN(), second.DSN(), patient)
		second.CatchUp(primary)
		if got, there := l.read(); got != 3002 || there {
			t.Errorf("read %d, want 3002; on the other replica: %t", got, there)
		}
		if l.times("another timeline") != 1 {
			t.Errorf("said:\n%s", l.text.String())
		}
	})
}

// A database without replicas is read itself, as one view.
func TestReaderWithoutReplicas(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	r := pg.NewReader(pool)
	defer r.Close()
	var isolation string
	err := r.Read(t.Context(), func(tx pgx.Tx) error {
		return tx.QueryRow(t.Context(), `select current_setting('transaction_isolation')`).Scan(&isolation)
	})
	if err != nil || isolation != "repeatable read" {
		t.Errorf("isolation %s, %v", isolation, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Read(ctx, func(pgx.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

func lsn(t *testing.T, n *pgtest.Node, function string) string {
	t.Helper()
	var at string
	if err := connect(t, n.DSN()).QueryRow(t.Context(), `select `+function+`::text`).Scan(&at); err != nil {
		t.Fatal(err)
	}
	return at
}

func withParameter(t *testing.T, dsn, name, value string) string {
	t.Helper()
	u := parse(t, dsn)
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

func asRole(t *testing.T, dsn, role string) string {
	t.Helper()
	u := parse(t, dsn)
	u.User = url.User(role)
	return u.String()
}

func parse(t *testing.T, dsn string) *url.URL {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
