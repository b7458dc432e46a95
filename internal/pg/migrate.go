package pg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/taohe-gis/taohe/migrations"
)

// insufficientPrivilege is SQLSTATE 42501.
const insufficientPrivilege = "42501"

// Migrate brings the database to the newest embedded migration. Programs that
// start at once on one database take turns: one applies, the others wait for
// it (at most five minutes) and find nothing left to do. A migration that
// fails is rolled back, and those before it stand.
func Migrate(ctx context.Context, dsn string) error {
	return migrate(ctx, dsn, migrations.FS)
}

func migrate(ctx context.Context, dsn string, fsys fs.FS) error {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return fmt.Errorf("migrate: %w", unreadable(err))
	}
	toPrimary(cfg)
	cfg.RuntimeParams["application_name"] = "taohe migrate"
	ofMigration.set(cfg.RuntimeParams)
	db := stdlib.OpenDB(*cfg)
	defer db.Close()

	provider, err := newProvider(db, fsys)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		var partial *goose.PartialError
		if errors.As(err, &partial) && partial.Failed != nil && partial.Failed.Source != nil {
			err = fmt.Errorf("%s: %w", path.Base(partial.Failed.Source.Path), partial.Err)
		}
		var refused *pgconn.PgError
		if errors.As(err, &refused) && refused.Code == insufficientPrivilege {
			return fmt.Errorf("migrate: %w (connect as the owner of the database and of the postgis extension, or let its superuser run the migration)", err)
		}
		return fmt.Errorf("migrate: %w", err)
	}
	if err := migrateQueue(ctx, dsn); err != nil {
		return fmt.Errorf("migrate: job queue: %w", err)
	}
	return nil
}

// queueLock is the advisory lock under which the tables of the job queue are
// made: programs that start at once take turns there too.
const queueLock = 0x74616f6865 // "taohe"

// migrateQueue brings the tables of the job queue, which are the library's own,
// to what the library needs.
func migrateQueue(ctx context.Context, dsn string) error {
	pool, err := Open(ctx, dsn, Options{ApplicationName: "taohe migrate", MaxConns: 2, Limits: ofMigration})
	if err != nil {
		return err
	}
	defer pool.Close()
	return pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", int64(queueLock)); err != nil {
			return err
		}
		migrator, err := queueMigrator(pool)
		if err != nil {
			return err
		}
		if _, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
			return err
		}
		_, err = conn.Exec(ctx, grantQueueSQL)
		return err
	})
}

// grantQueueSQL lets those who may ask for work put it into the queue, and take it
// out again. The library's tables are not there yet when the roles are made.
const grantQueueSQL = `
grant select on river_job to taohe_viewer;
grant insert, update on river_job to taohe_editor;
grant usage on sequence river_job_id_seq to taohe_editor`

func queueMigrator(pool *pgxpool.Pool) (*rivermigrate.Migrator[pgx.Tx], error) {
	return rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
}

func newProvider(db *sql.DB, fsys fs.FS) (*goose.Provider, error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, fsys,
		goose.WithSessionLocker(locker),
		goose.WithSlog(slog.New(slog.DiscardHandler)),
		goose.WithDisableGlobalRegistry(true),
	)
}

// newestMigration is the highest version among the files of fsys.
func newestMigration(fsys fs.FS) (int64, error) {
	names, err := fs.Glob(fsys, "*.sql")
	if err != nil {
		return 0, err
	}
	var newest int64
	for _, name := range names {
		v, err := goose.NumericComponent(name)
		if err != nil {
			return 0, fmt.Errorf("migration %s: %w", name, err)
		}
		newest = max(newest, v)
	}
	return newest, nil
}

// NewestMigration is the schema of this program.
func NewestMigration() (int64, error) { return newestMigration(migrations.FS) }
