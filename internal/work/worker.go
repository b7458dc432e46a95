package work

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// A Worker does the work of the queue, as one of any number on the database.
type Worker struct {
	Pool     *pgxpool.Pool
	Pipeline *pipeline.Pipeline
	// Log takes what operators should know; nothing is logged when nil.
	Log *slog.Logger
	// Concurrency is how many mines, of whatever run, are computed at a time, and of
	// how many others papers are made; two when 0.
	Concurrency int
	// Spool is the folder whose files are loaded; none when empty.
	Spool string
	// Imports is how many files are loaded at a time; two when 0.
	Imports int
	// Font is the font of maps; the usual places are looked through when empty.
	Font string

	working atomic.Bool
}

// Working says whether the worker takes work now; while it waits for the database
// it does not.
func (w *Worker) Working() bool { return w.working.Load() }

const (
	// rescueEvery is how often is looked for work that dead workers left.
	rescueEvery = 2 * time.Second
	// longestPause is the longest between two tries to reach a database that is
	// gone.
	longestPause = 15 * time.Second
	// stopWithin bounds the wait for what was given up to end.
	stopWithin = 20 * time.Second
)

// Run works until the context is over, and gives back to the queue what it has
// not ended then. A database that goes away is waited for.
func (w *Worker) Run(ctx context.Context) error {
	if w.Log == nil {
		w.Log = slog.New(slog.DiscardHandler)
	}
	imports := ""
	if w.Spool != "" {
		var err error
		if imports, err = spoolQueue(w.Spool); err != nil {
			return err
		}
	}
	for pause := 250 * time.Millisecond; ; pause = min(2*pause, longestPause) {
		worked, err := w.session(ctx, imports)
		switch {
		case ctx.Err() == nil:
		case errors.Is(err, ctx.Err()): // told to stop before it came to work
			return nil
		default:
			return err
		}
		w.Log.Error("the worker lost the database; waiting for it", "err", err)
		if worked {
			pause = 250 * time.Millisecond
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// session works under one presence, until that or the context is over. worked
// says that it came to that.
func (w *Worker) session(ctx context.Context, imports string) (worked bool, err error) {
	presence, err := pg.Announce(ctx, w.Pool)
	if err != nil {
		return false, err
	}
	defer presence.Close()
	client, err := w.client(presence.ID, imports)
	if err != nil {
		return false, err
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return false, fmt.Errorf("worker: %w", err)
	}
	w.working.Store(true)
	defer func() {
		w.working.Store(false)
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
		defer cancel()
		err = errors.Join(err, client.StopAndCancel(end))
	}()
	var expiring sync.WaitGroup
	expire, stopExpiring := context.WithCancel(ctx)
	expiring.Go(func() { w.expireJobs(expire) })
	defer func() {
		stopExpiring()
		expiring.Wait()
	}()
	tick := time.NewTicker(rescueEvery)
	defer tick.Stop()
	for {
		if err := w.rescue(ctx); err != nil && ctx.Err() == nil {
			w.Log.Warn("looking for work that was left behind", "err", err)
		}
		if err := w.queueWebhooks(ctx, client); err != nil && ctx.Err() == nil {
			w.Log.Warn("looking for webhooks that are to be told", "err", err)
		}
		if err := w.queueCopies(ctx, client); err != nil && ctx.Err() == nil {
			w.Log.Warn("looking for datasets without generalised copies", "err", err)
		}
		select {
		case <-ctx.Done():
			return true, nil
		case <-presence.Lost():
			return true, errors.New("worker: the session of its presence ended")
		case <-tick.C:
		}
	}
}

func (w *Worker) client(presence int64, imports string) (*river.Client[pgx.Tx], error) {
	concurrency, files := w.Concurrency, w.Imports
	if concurrency <= 0 {
		concurrency = 2
	}
	if files <= 0 {
		files = 2
	}
	// A job takes a connection, and now and then one more; the queue has its own.
	concurrency = min(concurrency, max(int(w.Pool.Config().MaxConns)-4, 1))
	papers := min(concurrency, max((int(w.Pool.Config().MaxConns)-4)/4, 1))
	workers := river.NewWorkers()
	river.AddWorker(workers, &runWorker{pipeline: w.Pipeline, log: w.Log})
	river.AddWorker(workers, newWebhookWorker(w.Pipeline, w.Log))
	river.AddWorker(workers, &jobWorker{pipeline: w.Pipeline, press: pipeline.NewPress(w.Font), log: w.Log})
	river.AddWorker(workers, &copiesWorker{pipeline: w.Pipeline, log: w.Log})
	queues := map[string]river.QueueConfig{
		runQueue: {MaxWorkers: concurrency}, webhookQueue: {MaxWorkers: 2}, paperQueue: {MaxWorkers: papers}, ledgerQueue: {MaxWorkers: 1},
		copiesQueue: {MaxWorkers: 1},
	}
	if imports != "" {
		river.AddWorker(workers, &importWorker{pool: w.Pool, pipeline: w.Pipeline, log: w.Log, spool: w.Spool})
		queues[imports] = river.QueueConfig{MaxWorkers: files}
	}
	client, err := river.NewClient(riverpgxv5.New(w.Pool), &river.Config{
		// rescue_jobs finds the presence in it.
		ID:     fmt.Sprintf("taohe/%d", presence),
		Queues: queues, Workers: workers, Logger: quiet(w.Log),
		JobTimeout: -1, // what lasts, lasts; a job that is stuck is its worker's end
	})
	if err != nil {
		return nil, fmt.Errorf("worker: %w", err)
	}
	return client, nil
}

// rescue puts back what dead workers left, and what waits for a time that a clock
// which was put back will not reach soon.
func (w *Worker) rescue(ctx context.Context) error {
	if _, err := w.Pool.Exec(ctx, sqlForgetLeader.SQL()); err != nil {
		return sqlForgetLeader.Named(err)
	}
	for what, s := range map[string]pg.Statement{
		"put back the work of a worker that is gone": sqlRescueJobs, "the clock went back; jobs that waited for its return begin": sqlHastenJobs,
	} {
		rows, err := w.Pool.Query(ctx, s.SQL())
		if err != nil {
			return s.Named(err)
		}
		jobs, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return s.Named(err)
		}
		if len(jobs) > 0 {
			w.Log.Warn(what, "jobs", len(jobs))
		}
	}
	return nil
}

// quiet is a log that takes from the queue's library what is wrong, not every
// step.
func quiet(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(warnings{log.Handler()})
}

type warnings struct{ slog.Handler }

func (h warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

func (h warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{h.Handler.WithAttrs(attrs)}
}

func (h warnings) WithGroup(name string) slog.Handler { return warnings{h.Handler.WithGroup(name)} }
