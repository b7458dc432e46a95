package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/watch"
)

type importWorker struct {
	river.WorkerDefaults[importArgs]
	pool     *pgxpool.Pool
	pipeline *pipeline.Pipeline
	log      *slog.Logger
	spool    string
}

// Work loads a file. A load that is cut off, with its program or its database,
// has stored nothing and is begun again; any other end is the dataset's.
func (w *importWorker) Work(ctx context.Context, job *river.Job[importArgs]) error {
	id := job.Args.DatasetID
	ctx = watch.With(ctx, slog.Int64("dataset", id))
	err := call(func() error { return w.load(ctx, job) })
	switch {
	case errors.Is(err, ingest.ErrNotLoading): // ended before, by another or by a person
		err = nil
	case err == nil:
	case putBack(ctx, err):
		w.log.Warn("import put back", "dataset", id, "err", err)
		return err
	default:
		w.log.Error("import failed", "dataset", id, "err", err)
		reason := ingest.FailureInternal
		if cancelledByPerson(ctx) {
			reason = ingest.FailureCancelled
		}
		// Load has written the end, unless it did not come to that.
		if _, endErr := w.pipeline.FailImport(ctx, id, reason); endErr != nil {
			return endErr
		}
		err = river.JobCancel(err)
	}
	_ = os.RemoveAll(filepath.Join(w.spool, job.Args.Folder)) // the next start tries again
	return err
}

func (w *importWorker) load(ctx context.Context, job *river.Job[importArgs]) error {
	id := job.Args.DatasetID
	// One whose worker is thought gone may be alive yet: two must not load.
	lock, err := w.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer lock.Release()
	dataset := pgx.StrictNamedArgs{"dataset_id": id}
	if _, err := lock.Exec(ctx, sqlLockDataset.SQL(), dataset); err != nil {
		return err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if _, err := lock.Exec(end, sqlUnlockDataset.SQL(), dataset); err != nil {
			_ = lock.Conn().Close(end) // and the lock with it
		}
	}()
	reason := ""
	switch {
	case cancelAsked(job.Metadata):
		reason = ingest.FailureCancelled
	case job.Attempt > importTries:
		reason = ingest.FailureInterrupted
	}
	if reason != "" {
		_, err := w.pipeline.FailImport(ctx, id, reason)
		return err
	}
	u := job.Args.Upload
	u.Path = filepath.Join(w.spool, filepath.FromSlash(u.Path))
	staging, err := w.pipeline.ResumeImport(ctx, u, id)
	if err != nil {
		return err
	}
	staging.PutBack = putBack
	rows := new(atomic.Int64)
	defer w.note(ctx, id, rows)()
	return staging.Load(ctx, func(n int) { rows.Store(int64(n)) })
}

// note stores now and then how far a load is, until what it returns is called.
func (w *importWorker) note(ctx context.Context, id int64, rows *atomic.Int64) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var noting sync.WaitGroup
	noting.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for last := int64(0); ; {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if now := rows.Load(); now != last {
				last = now
				// How far it is is not worth the load.
				_ = w.pipeline.NoteImport(ctx, id, now)
			}
		}
	})
	return func() {
		cancel()
		noting.Wait()
	}
}

// putBack says of an error that the file is to be loaded again: the worker
// stops, or the database went away.
func putBack(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return !cancelledByPerson(ctx)
	}
	return pg.Unavailable(err)
}

func cancelledByPerson(ctx context.Context) bool {
	return errors.Is(context.Cause(ctx), river.ErrJobCancelledRemotely)
}

// cancelAsked says that a person cancelled the job while a worker had it who did
// not live to hear it.
func cancelAsked(metadata []byte) bool {
	var of struct {
		At json.RawMessage `json:"cancel_attempted_at"`
	}
	return json.Unmarshal(metadata, &of) == nil && len(of.At) > 0
}

// call turns a panic into an error: one job must not end the worker.
func call(fn func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return fn()
}
