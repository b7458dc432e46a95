// Package bench measures the program beside others on made counties: naive
// PostGIS, GEOS in memory, desktop GIS. In each round all take their turn, and
// what is printed are medians of ratios, so that a machine whose speed drifts
// favours nobody. Figures are held against each other too: a fast answer that
// differs is a fault.
package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/cluster"
	"github.com/taohe-gis/taohe/internal/pg"
)

// DatabaseOptions say where to measure.
type DatabaseOptions struct {
	// DataDir of the private cluster; when empty, the default one with "-bench"
	// behind it. DATABASE_URL goes before it.
	DataDir string
	// Name of the database in the private cluster.
	Name string
	// Again drops the database first.
	Again bool
}

// A Database is a migrated database that is open.
type Database struct {
	Name, DSN string
	Pool      *pgxpool.Pool
}

// WithDatabase opens a database of the private cluster, made and migrated when it
// is not there, for as long as fn runs; or the one that DATABASE_URL names.
func WithDatabase(ctx context.Context, o DatabaseOptions, fn func(Database) error) (err error) {
	if dsn := os.Getenv("DATABASE_URL"); dsn != "" {
		if o.Again {
			return errors.New("a database of DATABASE_URL is not dropped: empty it yourself")
		}
		return open(ctx, o.Name, dsn, fn)
	}
	if o.DataDir == "" {
		if o.DataDir, err = cluster.DefaultDataDir(); err != nil {
			return err
		}
		// Beside the cluster that somebody works with, not in it.
		o.DataDir += "-bench"
	}
	c, err := cluster.Start(ctx, cluster.Config{DataDir: o.DataDir, Durable: true})
	var used *cluster.InUseError
	switch {
	case errors.As(err, &used):
		if c, err = cluster.Attach(ctx, o.DataDir); err != nil {
			return err
		}
	case err != nil:
		return err
	default:
		var keeping sync.WaitGroup
		keep, stopKeeping := context.WithCancel(ctx)
		keeping.Go(func() { c.Keep(keep) })
		defer func() {
			stopKeeping()
			keeping.Wait()
			stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
			defer cancel()
			err = errors.Join(err, c.Stop(stopping))
		}()
	}
	if o.Again {
		if err := drop(ctx, c.DSN("postgres"), o.Name); err != nil {
			return err
		}
	}
	if err := c.EnsureDatabase(ctx, o.Name); err != nil {
		return err
	}
	return open(ctx, o.Name, c.DSN(o.Name), fn)
}

func drop(ctx context.Context, dsn, name string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("drop %s: %w", name, err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "drop database if exists "+pgx.Identifier{name}.Sanitize()); err != nil {
		return fmt.Errorf("drop %s: %w", name, err)
	}
	return nil
}

func open(ctx context.Context, name, dsn string, fn func(Database) error) error {
	if err := pg.Migrate(ctx, dsn); err != nil {
		return err
	}
	pool, err := pg.Open(ctx, dsn, pg.Options{ApplicationName: "taohe bench"})
	if err != nil {
		return err
	}
	defer pool.Close()
	return fn(Database{Name: name, DSN: dsn, Pool: pool})
}
