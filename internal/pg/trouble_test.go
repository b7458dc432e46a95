package pg_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

// The codes are those of PostgreSQL's documentation, appendix A.
func TestTroubleByError(t *testing.T) {
	t.Parallel()
	refused := func(code, message string) error {
		return fmt.Errorf("copy: %w", &pgconn.PgError{Code: code, Message: message})
	}
	for _, tt := range []struct {
		name              string
		err               error
		unavailable, full bool
	}{
		{"nothing", nil, false, false},
		{"connection_failure", refused("08006", ""), true, false},
		{"admin_shutdown", refused("57P01", ""), true, false},
		{"crash_shutdown", refused("57P02", ""), true, false},
		{"starting up", refused("57P03", ""), true, false},
		{"too many connections", refused("53300", ""), true, false},
		{"query_canceled", refused("57014", ""), false, false},
		{"out of memory", refused("53200", ""), false, false},
		{"unique_violation", refused("23505", ""), false, false},
		{"disk_full", refused("53100", `could not extend file "base/1/2": No space left on device`), false, true},
		{"io_error of a full disk", refused("58030", `could not write to file "pg_wal/x": No space left on device`), false, true},
		{"io_error", refused("58030", "could not read block"), false, false},
		{"socket gone", &net.OpError{Op: "read", Err: syscall.ECONNRESET}, true, false},
		{"broken off in the middle", fmt.Errorf("read: %w", io.ErrUnexpectedEOF), true, false},
		{"a file's end", io.EOF, false, false},
		{"a file that is not there", &fs.PathError{Op: "open", Err: syscall.ENOENT}, false, false},
		{"our own disk", &fs.PathError{Op: "write", Err: syscall.ENOSPC}, false, true},
		{"our quota", &fs.PathError{Op: "write", Err: syscall.EDQUOT}, false, true},
		{"cancelled", context.Canceled, false, false},
		{"another", errors.New("another"), false, false},
	} {
		if got := pg.Unavailable(tt.err); got != tt.unavailable {
			t.Errorf("%s: unavailable %v", tt.name, got)
		}
		if got := pg.StorageFull(tt.err); got != tt.full {
			t.Errorf("%s: storage full %v", tt.name, got)
		}
	}
}

// What pgx really says when there is no server, and when a session is ended
// under it: at once, and ever after.
func TestUnavailableAsItHappens(t *testing.T) {
	t.Parallel()
	_, err := pg.Open(t.Context(), "postgres://nobody@/none?host="+filepath.Join(t.TempDir(), "none"), pg.Options{})
	if !pg.Unavailable(err) {
		t.Errorf("without a server: %v", err)
	}
	dsn := pgtest.DSN(t)
	conn, killer := connect(t, dsn), connect(t, dsn)
	if _, err := killer.Exec(t.Context(), `select pg_terminate_backend($1, 10000)`, conn.PgConn().PID()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := conn.Exec(t.Context(), `select 1`); !pg.Unavailable(err) {
			t.Errorf("after the end of the session: %v", err)
		}
	}
	if _, err := killer.Exec(t.Context(), `select 1/0`); err == nil || pg.Unavailable(err) || pg.StorageFull(err) {
		t.Errorf("a statement that fails: %v", err)
	}
	if _, err := os.Open(filepath.Join(t.TempDir(), "none")); pg.Unavailable(err) {
		t.Errorf("a file that is not there: %v", err)
	}
	copying, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := copying.Exec(t.Context(), `create temporary table numbers (n bigint)`); err != nil {
		t.Fatal(err)
	}
	n := int64(0)
	_, err = copying.CopyFrom(t.Context(), pgx.Identifier{"numbers"}, []string{"n"}, pgx.CopyFromFunc(func() ([]any, error) {
		if n++; n == 100_000 {
			if _, err := killer.Exec(t.Context(), `select pg_terminate_backend($1, 10000)`, copying.PgConn().PID()); err != nil {
				return nil, err
			}
		}
		if n > 10_000_000 {
			return nil, nil
		}
		return []any{n}, nil
	}))
	if !pg.Unavailable(err) {
		t.Errorf("in the middle of a copy: %v", err)
	}
}

func TestPresenceLost(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	p, err := pg.Announce(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.Lost():
		t.Fatal("lost at once")
	default:
	}
	var ended bool
	err = pool.QueryRow(t.Context(), `
		select pg_terminate_backend(pid, 10000) from pg_locks
		where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`).Scan(&ended)
	if err != nil || !ended {
		t.Fatal(ended, err)
	}
	select {
	case <-p.Lost():
	case <-time.After(10 * time.Second):
		t.Error("the end of the session is not seen")
	}
	p.Close()

	kept, err := pg.Announce(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	kept.Close()
	<-kept.Lost()
}
