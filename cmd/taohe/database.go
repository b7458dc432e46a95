package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/cluster"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// withPipeline opens the database, brings it to this program's schema, checks
// it, and hands over a pipeline. A command that runs once (join) uses the server
// that another taohe keeps running in the data directory; serve may not.
func (s *session) withPipeline(database string, join bool, fn func(*pipeline.Pipeline, *pgxpool.Pool) error) error { //nolint:unparam // beside withPipelineOf
	return s.withPipelineOf(database, join, kind{}, fn)
}

// withPipelineOf is withPipeline with connections of a kind; those of a command that
// somebody waits for are bounded by nothing but him.
func (s *session) withPipelineOf(database string, join bool, of kind, fn func(*pipeline.Pipeline, *pgxpool.Pool) error) error {
	return s.withDatabase(database, join, func(dsn string) error {
		if err := pg.Migrate(s.ctx, dsn); err != nil {
			return err
		}
		return s.onDatabase(s.ctx, dsn, s.cli.Replica, of, func(p *pipeline.Pipeline, pool *pgxpool.Pool) error {
			if err := p.CloseInterrupted(s.ctx); err != nil {
				return err
			}
			return s.audited(pool, func() error { return fn(p, pool) })
		})
	})
}

// onDatabase hands over a pipeline with connections of its own on a database that
// has this program's schema, and on replicas of it; of is what the connections are for.
func (s *session) onDatabase(ctx context.Context, dsn string, replicas []string, of kind, fn func(*pipeline.Pipeline, *pgxpool.Pool) error) error {
	pool, err := pg.Open(ctx, dsn, pg.Options{MaxConns: connections(s.cli.Workers), Limits: of.limits, Slow: of.slow})
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := pg.Check(ctx, pool); err != nil {
		return err
	}
	reader, err := pg.OpenReader(ctx, pool, pg.ReaderOptions{
		Replicas: replicas, Wait: s.cli.ReplicaWait, MaxConns: connections(s.cli.Workers), Limits: of.limits, Slow: of.slow, Log: s.log,
	})
	if err != nil {
		return err
	}
	defer reader.Close()
	campaign, err := s.campaign()
	if err != nil {
		return err
	}
	p, err := pipeline.New(pool, pipeline.Options{Log: s.log, Reader: reader, Campaign: campaign, Workers: s.cli.Workers})
	if err != nil {
		return err
	}
	defer p.Close()
	return fn(p, pool)
}

// connections are how many a program needs that computes so many mines at a time,
// and makes papers of as many: now and then two each, two loads with as many, and
// some for those who ask.
func connections(workers int) int32 {
	return int32(min(max(4*workers+8, 4*runtime.GOMAXPROCS(0)), 128))
}

func (s *session) withDatabase(database string, join bool, fn func(dsn string) error) (err error) {
	if s.cli.DatabaseURL != "" {
		return fn(s.cli.DatabaseURL)
	}
	if len(s.cli.Replica) > 0 {
		return &exitError{2, "--replica needs --database-url: the private database has no replicas"}
	}
	c, owned, err := s.cluster(join)
	if err != nil {
		return err
	}
	if owned {
		var keeping sync.WaitGroup
		keep, stopKeeping := context.WithCancel(s.ctx)
		keeping.Go(func() { c.Keep(keep) })
		defer func() {
			stopKeeping()
			keeping.Wait()
			ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), time.Minute)
			defer cancel()
			err = errors.Join(err, c.Stop(ctx))
		}()
	}
	if err := c.EnsureDatabase(s.ctx, database); err != nil {
		return err
	}
	return fn(c.DSN(database))
}

// cluster starts the private cluster, or joins the one that is running.
func (s *session) cluster(join bool) (c *cluster.Cluster, owned bool, err error) {
	dir := s.cli.DataDir
	if dir == "" {
		if dir, err = cluster.DefaultDataDir(); err != nil {
			return nil, false, err
		}
	}
	c, err = cluster.Start(s.ctx, cluster.Config{DataDir: dir, Durable: true, Log: s.log})
	var used *cluster.InUseError
	if join && errors.As(err, &used) {
		c, attachErr := cluster.Attach(s.ctx, dir)
		if attachErr != nil {
			return nil, false, fmt.Errorf("%w; and its server cannot be joined: %w", err, attachErr)
		}
		s.log.Info("joined the server of a running taohe", "pid", used.PID)
		return c, false, nil
	}
	return c, true, err
}

type migrateCmd struct{}

func (migrateCmd) Run(s *session) error {
	return s.withDatabase(s.cli.Database, true, func(dsn string) error {
		if err := pg.Migrate(s.ctx, dsn); err != nil {
			return err
		}
		pool, err := pg.Open(s.ctx, dsn, pg.Options{})
		if err != nil {
			return err
		}
		defer pool.Close()
		if err := pg.Check(s.ctx, pool); err != nil {
			return err
		}
		_, err = fmt.Fprintln(s.out, "the database is ready")
		return err
	})
}
