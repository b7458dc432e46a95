package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/overlay"
)

// A Queue takes work; a Worker does it, here or elsewhere.
type Queue struct {
	pool     *pgxpool.Pool
	pipeline *pipeline.Pipeline
	client   *river.Client[pgx.Tx]
	spool    string // folder
	imports  string // queue
}

// NewQueue returns the queue of a database. Files wait in the folder spool until
// they are loaded.
func NewQueue(pool *pgxpool.Pool, p *pipeline.Pipeline, spool string, log *slog.Logger) (*Queue, error) {
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Logger: quiet(log)})
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	imports, err := spoolQueue(spool)
	if err != nil {
		return nil, err
	}
	return &Queue{pool: pool, pipeline: p, client: client, spool: spool, imports: imports}, nil
}

// StartRun stores a run and queues it; faults are *ingest.RequestError.
func (q *Queue) StartRun(ctx context.Context, request pipeline.RunRequest) (int64, error) {
	id, err := q.pipeline.Begin(ctx, request)
	if err != nil {
		return 0, err
	}
	// Between the two, the run is this program's and ends with it.
	return id, pg.InTx(ctx, q.pool, func(tx pgx.Tx) error {
		if err := overlay.HandOver(ctx, tx, id); err != nil {
			return err
		}
		return queueShares(ctx, q.client, tx, id, 1)
	})
}

// RetryRun lets a run that was cancelled or failed go on with the mines that are
// still to be computed, and reports whether it was one; pipeline.ErrNotFound.
func (q *Queue) RetryRun(ctx context.Context, id int64) (reopened bool, err error) {
	run, err := q.pipeline.Run(ctx, id)
	if err != nil {
		return false, err
	}
	err = pg.InTx(ctx, q.pool, func(tx pgx.Tx) error {
		if reopened, err = overlay.Reopen(ctx, tx, id); err != nil || !reopened {
			return err
		}
		return queueShares(ctx, q.client, tx, id, shares(run.MinesTotal-run.MinesDone-run.MinesFailed))
	})
	return reopened, err
}

// CancelRun closes a run as cancelled, tells whoever computes it to stop, and
// reports whether it was not over; pipeline.ErrNotFound.
func (q *Queue) CancelRun(ctx context.Context, id int64) (bool, error) {
	if _, err := q.pipeline.Run(ctx, id); err != nil {
		return false, err
	}
	cancelled, err := q.pipeline.CancelRun(ctx, id)
	if err != nil || !cancelled {
		return false, err
	}
	_, err = q.cancelJobs(ctx, runArgs{}.Kind(), "run_id", id)
	return true, err
}

// StartImport begins a dataset of a file that lies in a folder of its own in the
// spool, and queues its load, after which the folder is removed. Faults are
// *ingest.RequestError; on any error the folder is still the caller's.
func (q *Queue) StartImport(ctx context.Context, u ingest.Upload) (int64, error) {
	path, err := filepath.Rel(q.spool, u.Path)
	folder, _, below := strings.Cut(filepath.ToSlash(path), "/")
	if err != nil || !below || folder == ".." {
		return 0, fmt.Errorf("upload %s is not in a folder of the spool %s", u.Path, q.spool)
	}
	staging, err := q.pipeline.BeginImport(ctx, u)
	if err != nil {
		return 0, err
	}
	u.Path = filepath.ToSlash(path)
	err = pg.InTx(ctx, q.pool, func(tx pgx.Tx) error {
		if err := ingest.HandOver(ctx, tx, staging.DatasetID); err != nil {
			return err
		}
		args := importArgs{DatasetID: staging.DatasetID, Folder: folder, Upload: u}
		_, err := q.client.InsertTx(ctx, tx, args, &river.InsertOpts{Queue: q.imports})
		return err
	})
	if err != nil {
		_, failErr := q.pipeline.FailImport(ctx, staging.DatasetID, ingest.FailureInternal)
		err = errors.Join(err, failErr)
	}
	return staging.DatasetID, err
}

// CancelImport gives up a load, queued or running, wherever it is, and reports
// whether there was one; pipeline.ErrNotFound. Its dataset ends as failed: at
// once when it was queued, else when its worker has heard.
func (q *Queue) CancelImport(ctx context.Context, id int64) (bool, error) {
	d, err := q.pipeline.Dataset(ctx, id)
	if err != nil || d.Status != "loading" {
		return false, err
	}
	cancelled, err := q.cancelJobs(ctx, importArgs{}.Kind(), "dataset_id", id)
	if err != nil || len(cancelled) == 0 {
		return false, err
	}
	for _, job := range cancelled {
		if job.State != rivertype.JobStateCancelled {
			continue
		}
		if _, err := q.pipeline.FailImport(ctx, id, ingest.FailureCancelled); err != nil {
			return true, err
		}
		if job.Queue == q.imports {
			removeFolder(q.spool, job.EncodedArgs)
		}
	}
	return true, nil
}

func (q *Queue) cancelJobs(ctx context.Context, kind, about string, id int64) ([]*rivertype.JobRow, error) {
	rows, err := q.pool.Query(ctx, sqlUnfinishedJobs.SQL(), pgx.StrictNamedArgs{"kind": kind, "about": about, "id": id})
	if err != nil {
		return nil, fmt.Errorf("cancel: %w", err)
	}
	jobs, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("cancel: %w", err)
	}
	var cancelled []*rivertype.JobRow
	for _, job := range jobs {
		row, err := q.client.JobCancel(ctx, job)
		if errors.Is(err, rivertype.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("cancel: %w", err)
		}
		cancelled = append(cancelled, row)
	}
	return cancelled, nil
}

// Waiting lists the folders of the spool whose files are still to be loaded.
func (q *Queue) Waiting(ctx context.Context) ([]string, error) {
	rows, err := q.pool.Query(ctx, sqlSpooledFolders.SQL(), pgx.StrictNamedArgs{"queue": q.imports})
	if err != nil {
		return nil, fmt.Errorf("files that wait: %w", err)
	}
	folders, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("files that wait: %w", err)
	}
	return folders, nil
}

// removeFolder takes a file that is loaded, or never will be, from the spool; what
// stays is removed when a service starts there.
func removeFolder(spool string, encodedArgs []byte) {
	var args struct{ Folder string }
	if err := json.Unmarshal(encodedArgs, &args); err == nil && args.Folder != "" {
		_ = os.RemoveAll(filepath.Join(spool, args.Folder))
	}
}
