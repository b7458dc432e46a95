package pg_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

// Each kind of connection has its limits, as the server itself sees them.
func TestLimits(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	for _, tt := range []struct {
		name                  string
		limits                pg.Limits
		statement, lock, idle string
	}{
		{"none", pg.Limits{}, "0", "0", "0"},
		{"requests", pg.OfRequests(5 * time.Minute), "305s", "1min", "6min"},
		{"work", pg.OfWork(), "6h", "10min", "1h"},
	} {
		pool, err := pg.Open(t.Context(), dsn, pg.Options{MaxConns: 1, Limits: tt.limits})
		if err != nil {
			t.Fatal(err)
		}
		var statement, lock, idle string
		err = pool.QueryRow(t.Context(), `
			select current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout')`).
			Scan(&statement, &lock, &idle)
		pool.Close()
		if err != nil || statement != tt.statement || lock != tt.lock || idle != tt.idle {
			t.Errorf("%s: %s, %s, %s (%v)", tt.name, statement, lock, idle, err)
		}
	}
}

func TestServerEndsWhatTakesTooLong(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	pool, err := pg.Open(t.Context(), dsn, pg.Options{MaxConns: 1, Limits: pg.Limits{Statement: time.Second, Lock: 100 * time.Millisecond, IdleInTransaction: 100 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(t.Context(), `select pg_sleep(60)`); !pg.TimedOut(err) || !strings.Contains(err.Error(), "statement timeout") {
		t.Errorf("a statement without end: %v", err)
	}
	holder := connect(t, dsn)
	if _, err := holder.Exec(t.Context(), `begin; lock table county`); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `select from county`); !pg.TimedOut(err) || !strings.Contains(err.Error(), "lock timeout") {
		t.Errorf("a lock that is held: %v", err)
	}
	err = pg.InTx(t.Context(), pool, func(tx pgx.Tx) error {
		// The holder's own statement passes the time until the session is gone.
		_, err := holder.Exec(t.Context(), `
			do $$ begin
				while exists (select from pg_stat_activity where pid = `+pidOf(t, tx)+`) loop
					perform pg_sleep(0.02), pg_stat_clear_snapshot();
				end loop;
			end $$`)
		if err != nil {
			return err
		}
		_, err = tx.Exec(t.Context(), `select 1`)
		return err
	})
	if err == nil || !pg.TimedOut(err) && !pg.Unavailable(err) {
		t.Errorf("a transaction that does nothing: %v", err)
	}
}

func pidOf(t *testing.T, tx pgx.Tx) (pid string) {
	t.Helper()
	if err := tx.QueryRow(t.Context(), `select pg_backend_pid()::text`).Scan(&pid); err != nil {
		t.Fatal(err)
	}
	return pid
}

// The log of slow statements names them, and has nothing of what they were about.
func TestSlowLog(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	count := 0
	slow := &pg.SlowLog{Over: 20 * time.Millisecond, Log: slog.New(slog.NewTextHandler(&b, nil)), Count: func() { count++ }}
	pool, err := pg.Open(t.Context(), pgtest.DSN(t), pg.Options{MaxConns: 1, Slow: slow})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	b.Reset()
	count = 0
	for _, statement := range []string{
		"-- wait_a_little: sleeps.\n-- @whose  a name\nselect pg_sleep(0.05), @whose::text",
		"-- name: JobWait :many\nselect pg_sleep(0.05), @whose::text",
		"select pg_sleep(0.05), 'written out', @whose::text",
		"select @whose::text",
	} {
		if _, err := pool.Exec(t.Context(), statement, pgx.NamedArgs{"whose": "somebody's name"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := pool.Exec(t.Context(), "-- fails: fails.\nselect 1/(length(pg_sleep(0.05)::text) * $1::int)", 1); err == nil {
		t.Fatal("no error")
	}
	_, err = pool.CopyFrom(t.Context(), pgx.Identifier{"county"}, []string{"code"}, pgx.CopyFromSlice(1, func(int) ([]any, error) {
		time.Sleep(30 * time.Millisecond) // a source that is slow is what is tried
		return []any{"secret"}, nil
	}))
	if err == nil {
		t.Fatal("no error")
	}
	log := b.String()
	lines := strings.Split(strings.TrimSpace(log), "\n")
	want := []string{"statement=wait_a_little ", "statement=JobWait ", "statement=select-", "statement=fails ", `statement="copy county" `}
	if len(lines) != len(want) || count != len(want) {
		t.Fatalf("%d counted, logged:\n%s", count, log)
	}
	for i, w := range want {
		if !strings.Contains(lines[i], w) || !strings.Contains(lines[i], "took=") || strings.Contains(lines[i], "failed=true") != (i > 2) {
			t.Errorf("line %d: %s, want %s", i, lines[i], w)
		}
	}
	for _, secret := range []string{"somebody", "written out", "secret", "pg_sleep"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
}

// No password gets into an error or a description, however it was written.
func TestSecretsAreNotRepeated(t *testing.T) {
	t.Parallel()
	const secret = "s3cret"
	for _, tt := range []struct{ dsn, want string }{
		{"postgres://u:s3cret@db.example:5433/taohe", "postgres://u:******@db.example:5433/taohe"},
		{"postgres://u@db.example/taohe?password=s3cret&sslmode=disable", "postgres://u:******@db.example:5432/taohe"},
		{"host=db.example port=5433 user=u password=s3cret dbname=taohe", "postgres://u:******@db.example:5433/taohe"},
		{"host=db.example user=u password = 's3cret' dbname=taohe", "postgres://u:******@db.example:5432/taohe"},
		{"postgres://u:s3cret@a:1,b:2/taohe?sslmode=disable", "postgres://u:******@a:1,b:2/taohe"},
		{"postgres://u:s3cret@[half/taohe", "（******：无法识别的连接串）"},
		{"postgres://u:s3cret@h:port/taohe", "（******：无法识别的连接串）"},
		{"host=h user=u password = s3cret port=many", "（******：无法识别的连接串）"},
		{"password='s3cret", "（******：无法识别的连接串）"},
		{"postgres://u:%zzs3cret@h/taohe", "（******：无法识别的连接串）"},
	} {
		if got := pg.Describe(tt.dsn); got != tt.want {
			t.Errorf("%s is described as %s, want %s", tt.dsn, got, tt.want)
		}
		if !strings.HasPrefix(tt.want, "（") {
			continue
		}
		_, err := pg.Open(t.Context(), tt.dsn, pg.Options{})
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("opening %s: %v", tt.dsn, err)
		}
		if err = pg.Migrate(t.Context(), tt.dsn); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("migrating %s: %v", tt.dsn, err)
		}
	}
	// One that can be read, and leads nowhere.
	_, err := pg.Open(t.Context(), "postgres://u:s3cret@127.0.0.1:1/taohe", pg.Options{})
	if err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("opening what is not there: %v", err)
	}
}
