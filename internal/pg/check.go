package pg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/migrations"
)

// The oldest servers the statements are written for.
const (
	minPostgresMajor           = 15
	minPostGISMajor            = 3
	minPostGISMinor            = 3
	sridGeographic, sridEqualM = 4490, 904490
)

// A NotReadyError says in one line why the database cannot serve, and what to
// do about it. Check returns it.
type NotReadyError struct {
	Problem string
	Next    string
}

func (e *NotReadyError) Error() string {
	return "database not ready: " + e.Problem + "; " + e.Next
}

// Check looks at everything the program relies on before it serves: the
// versions of PostgreSQL and PostGIS, the extension, the two reference systems
// (and that the equal-area one measures right), the schema version, the tables
// of the job queue, and a
// valid GiST index on every geometry column. What is wrong comes back as a
// *NotReadyError; a connection that breaks, as another error.
func Check(ctx context.Context, pool *pgxpool.Pool) error {
	return pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		return check(ctx, conn.Conn(), migrations.FS)
	})
}

func check(ctx context.Context, conn *pgx.Conn, fsys fs.FS) error {
	for _, step := range []func(context.Context, *pgx.Conn) error{
		checkPostgres,
		checkPostGIS,
		func(ctx context.Context, conn *pgx.Conn) error { return checkSchema(ctx, conn, fsys) },
		checkQueue,
		checkReferenceSystems,
		checkIndexes,
	} {
		err := step(ctx, conn)
		var notReady *NotReadyError
		switch {
		case errors.As(err, &notReady):
			return err
		case err != nil:
			return fmt.Errorf("check database: %w", err)
		}
	}
	return nil
}

func checkPostgres(ctx context.Context, conn *pgx.Conn) error {
	var number int
	var text string
	err := conn.QueryRow(ctx, `select current_setting('server_version_num')::int, current_setting('server_version')`).
		Scan(&number, &text)
	if err != nil {
		return err
	}
	return postgresReady(number, text)
}

// postgresReady judges server_version_num, which is major*10000 + minor.
func postgresReady(number int, text string) error {
	if number/10000 >= minPostgresMajor {
		return nil
	}
	return &NotReadyError{
		Problem: fmt.Sprintf("PostgreSQL %s is older than %d", text, minPostgresMajor),
		Next:    fmt.Sprintf("point DATABASE_URL at PostgreSQL %d or newer, or unset it to use the private one", minPostgresMajor),
	}
}

func checkPostGIS(ctx context.Context, conn *pgx.Conn) error {
	var version string
	err := conn.QueryRow(ctx, `select extversion from pg_extension where extname = 'postgis'`).Scan(&version)
	if errors.Is(err, pgx.ErrNoRows) {
		return &NotReadyError{
			Problem: "the postgis extension is not installed in this database",
			Next:    "run `taohe migrate`, or let a superuser run `create extension postgis`",
		}
	}
	if err != nil {
		return err
	}
	return postgisReady(version)
}

func postgisReady(version string) error {
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d", &major, &minor); err != nil {
		return fmt.Errorf("postgis version %q: %w", version, err)
	}
	if major > minPostGISMajor || major == minPostGISMajor && minor >= minPostGISMinor {
		return nil
	}
	return &NotReadyError{
		Problem: fmt.Sprintf("PostGIS %s is older than %d.%d", version, minPostGISMajor, minPostGISMinor),
		Next:    "install a newer PostGIS and let a superuser run `select postgis_extensions_upgrade()`",
	}
}

func checkSchema(ctx context.Context, conn *pgx.Conn, fsys fs.FS) error {
	want, err := newestMigration(fsys)
	if err != nil {
		return err
	}
	var there bool
	if err := conn.QueryRow(ctx, `select to_regclass('goose_db_version') is not null`).Scan(&there); err != nil {
		return err
	}
	var got int64
	if there {
		err := conn.QueryRow(ctx, `select coalesce(max(version_id), 0) from goose_db_version where is_applied`).Scan(&got)
		if err != nil {
			return err
		}
	}
	switch {
	case got < want:
		return &NotReadyError{
			Problem: fmt.Sprintf("the schema is at version %d, this program needs %d", got, want),
			Next:    "run `taohe migrate`",
		}
	case got > want:
		return &NotReadyError{
			Problem: fmt.Sprintf("the schema is at version %d, this program knows only %d", got, want),
			Next:    "use the newer taohe that migrated it",
		}
	}
	return nil
}

// checkQueue looks whether the tables of the job queue are those the library
// needs.
func checkQueue(ctx context.Context, conn *pgx.Conn) error {
	migrator, err := queueMigrator(nil)
	if err != nil {
		return err
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx) //nolint:errcheck // nothing was written
	found, err := migrator.ValidateTx(ctx, tx, nil)
	if err != nil {
		return err
	}
	if !found.OK {
		return &NotReadyError{Problem: "the job queue: " + strings.Join(found.Messages, ", "), Next: "run `taohe migrate`"}
	}
	return nil
}

// The sheet of scale 1:10 000 whose south-west corner is 110°E 40°N, and its
// theoretical area on the CGCS2000 ellipsoid by the closed form
// b²/2·ΔL·(q(B2)−q(B1)), q(B) = sinB/(1−e²sin²B) + ln((1+e·sinB)/(1−e·sinB))/(2e).
const (
	sheetWest, sheetSouth = 110.0, 40.0
	sheetEast, sheetNorth = 110.0625, 40 + 1.0/24
	sheetEllipsoidalM2    = 24684446.24
)

func checkReferenceSystems(ctx context.Context, conn *pgx.Conn) error {
	next := fmt.Sprintf("restore the row of spatial_ref_sys: %d comes with PostGIS, %d with the first migration", sridGeographic, sridEqualM)
	for _, srid := range []int{sridGeographic, sridEqualM} {
		var there bool
		err := conn.QueryRow(ctx, `select exists (select from spatial_ref_sys where srid = $1)`, srid).Scan(&there)
		if err != nil {
			return err
		}
		if !there {
			return &NotReadyError{Problem: fmt.Sprintf("reference system %d is missing", srid), Next: next}
		}
	}
	var areaM2 float64
	err := conn.QueryRow(ctx, `select st_area(st_transform(st_makeenvelope($1, $2, $3, $4, $5::int), $6::int))`,
		sheetWest, sheetSouth, sheetEast, sheetNorth, sridGeographic, sridEqualM).Scan(&areaM2)
	if err != nil {
		return err
	}
	// Written so that NaN fails too.
	if !(math.Abs(areaM2-sheetEllipsoidalM2) <= 0.01) {
		return &NotReadyError{
			Problem: fmt.Sprintf("reference system %d measures a map sheet of %.2f m² as %.2f m²", sridEqualM, sheetEllipsoidalM2, areaM2),
			Next:    next,
		}
	}
	return nil
}

// unindexedSQL lists the geometry columns that no valid GiST index leads with.
// A column that is never searched says so itself, in a comment that begins
// "no index:" and gives the reason. A partition is not looked at: a valid index
// of its whole is on every part.
const unindexedSQL = `
select a.attrelid::regclass::text || '.' || a.attname
from pg_attribute a
join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_type t on t.oid = a.atttypid
where t.typname in ('geometry', 'geography')
  and a.attnum > 0 and not a.attisdropped
  and c.relkind in ('r', 'p') and c.relpersistence <> 't' and not c.relispartition
  and n.nspname = any (current_schemas(false))
  and coalesce(col_description(a.attrelid, a.attnum), '') not like 'no index:%'
  and not exists (
      select
      from pg_index i
      join pg_class ic on ic.oid = i.indexrelid
      join pg_am am on am.oid = ic.relam
      where i.indrelid = a.attrelid and i.indkey[0] = a.attnum
        and i.indisvalid and am.amname in ('gist', 'spgist'))
order by 1`

func checkIndexes(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, unindexedSQL)
	if err != nil {
		return err
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	if len(columns) == 0 {
		return nil
	}
	return &NotReadyError{
		Problem: "no valid GiST index on " + strings.Join(columns, ", "),
		Next:    "create or `reindex` it (see migrations), or give the column a comment beginning `no index:`",
	}
}
