package pg_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

// SRID=4490;POINT(1 2) in little-endian EWKB, by hand: byte order 01, type
// 0x20000001 (point with SRID), SRID 0x118a, two doubles.
const pointEWKB = "01" + "01000020" + "8a110000" + "000000000000f03f" + "0000000000000040"

func TestGeometryTravelsAsBytes(t *testing.T) {
	t.Parallel()
	ctx, pool := t.Context(), pgtest.New(t)
	point, err := hex.DecodeString(pointEWKB)
	if err != nil {
		t.Fatal(err)
	}
	// One connection: the table is temporary.
	conn, err := pool.Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `create temporary table place (n int, at geometry(Point, 4490))`); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, `insert into place values (1, $1)`, point); err != nil {
		t.Fatalf("parameter: %v", err)
	}
	n, err := conn.CopyFrom(ctx, pgx.Identifier{"place"}, []string{"n", "at"}, pgx.CopyFromRows([][]any{{2, point}, {3, nil}}))
	if err != nil || n != 2 {
		t.Fatalf("copy: %d rows, %v", n, err)
	}
	rows, err := conn.Query(ctx, `select at from place order by n`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || !bytes.Equal(got[0], point) || !bytes.Equal(got[1], point) || got[2] != nil {
		t.Errorf("got %x, want the point twice and null", got)
	}
	var text string
	var all [][]byte
	err = conn.QueryRow(ctx, `select (select st_asewkt(at) from place where n = 2), array_agg(at order by n) from place where n < 3`).Scan(&text, &all)
	if err != nil {
		t.Fatal(err)
	}
	if text != "SRID=4490;POINT(1 2)" {
		t.Errorf("the server reads %q", text)
	}
	if len(all) != 2 || !bytes.Equal(all[1], point) {
		t.Errorf("array: got %x", all)
	}
}

func TestOpenSettings(t *testing.T) {
	t.Parallel()
	ctx, dsn := t.Context(), pgtest.DSN(t)
	pool, err := pg.Open(ctx, dsn, pg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	for setting, want := range map[string]string{"application_name": "taohe", "TimeZone": "UTC"} {
		var got string
		if err := pool.QueryRow(ctx, `select current_setting($1)`, setting).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", setting, got, want)
		}
	}
}

func TestOpenUnreachable(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]string{
		"not a dsn":   "postgres://%zz",
		"no server":   "host=/nonexistent dbname=x",
		"no database": strings.Replace(pgtest.DSN(t), "taohe_test_", "taohe_absent_", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if pool, err := pg.Open(t.Context(), dsn, pg.Options{}); err == nil {
				pool.Close()
				t.Error("opened")
			}
		})
	}
}

func TestInTx(t *testing.T) {
	t.Parallel()
	ctx, pool := t.Context(), pgtest.New(t)
	if _, err := pool.Exec(ctx, `create table kept (n int)`); err != nil {
		t.Fatal(err)
	}
	insert := func(n int) func(pgx.Tx) error {
		return func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `insert into kept values ($1)`, n)
			return err
		}
	}
	sentinel := errors.New("the caller's own")

	if err := pg.InTx(ctx, pool, insert(1)); err != nil {
		t.Errorf("commit: %v", err)
	}
	err := pg.InTx(ctx, pool, func(tx pgx.Tx) error { return errors.Join(insert(2)(tx), sentinel) })
	if !errors.Is(err, sentinel) {
		t.Errorf("error of fn: got %v", err)
	}
	err = pg.InTx(ctx, pool, func(tx pgx.Tx) error {
		_, _ = tx.Exec(ctx, `select 1/0`)
		return nil
	})
	if err == nil {
		t.Error("a swallowed error of a statement was taken for a commit")
	}
	cancelled, cancel := context.WithCancel(ctx)
	err = pg.InTx(cancelled, pool, func(tx pgx.Tx) error {
		defer cancel()
		return insert(3)(tx)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before commit: got %v", err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = pg.InTx(ctx, pool, func(tx pgx.Tx) error {
			_ = insert(4)(tx)
			panic("in the middle")
		})
	}()

	rows, err := pool.Query(ctx, `select n from kept order by n`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0] != 1 {
		t.Errorf("kept %v, want only 1", got)
	}
}
