package work

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/taohe-gis/taohe/internal/pipeline"
)

// webhookArgs is an address that is to be told of the ledger's events.
type webhookArgs struct {
	WebhookID int64 `json:"webhook_id"`
}

// Kind implements river.JobArgs.
func (webhookArgs) Kind() string { return "webhook" }

const (
	// webhookQueue is the queue of messages.
	webhookQueue = "webhook"
	// webhookTimeout is how long an address may take to answer.
	webhookTimeout = 15 * time.Second
	// maxAnswer is how much of an answer is read, and thrown away.
	maxAnswer = 64 << 10
)

// onceAtATime is what is queued only when it is not in the queue.
var onceAtATime = river.UniqueOpts{
	ByArgs: true,
	ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled,
	},
}

// queueWebhooks queues a job for each address that was not told of all, unless
// there is one: that waiting for its next try is left to it.
func (w *Worker) queueWebhooks(ctx context.Context, client *river.Client[pgx.Tx]) error {
	rows, err := w.Pool.Query(ctx, sqlDueWebhooks.SQL())
	if err != nil {
		return fmt.Errorf("%s: %w", sqlDueWebhooks.Name(), err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("%s: %w", sqlDueWebhooks.Name(), err)
	}
	for _, id := range ids {
		_, err := client.Insert(ctx, webhookArgs{id}, &river.InsertOpts{Queue: webhookQueue, UniqueOpts: onceAtATime})
		if err != nil {
			return fmt.Errorf("queue webhook %d: %w", id, err)
		}
	}
	return nil
}

type webhookWorker struct {
	river.WorkerDefaults[webhookArgs]
	pipeline *pipeline.Pipeline
	log      *slog.Logger
	client   *http.Client
}

func newWebhookWorker(p *pipeline.Pipeline, log *slog.Logger) *webhookWorker {
	return &webhookWorker{pipeline: p, log: log, client: &http.Client{
		Timeout: webhookTimeout,
		// What is signed for one address is not handed on to another.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Work tells an address of all it was not told of. An error puts the job back for
// its next try, later each time.
func (w *webhookWorker) Work(ctx context.Context, job *river.Job[webhookArgs]) error {
	err := call(func() error { return w.pipeline.Deliver(ctx, job.Args.WebhookID, w.send) })
	if err != nil && ctx.Err() == nil {
		w.log.Warn("webhook not told", "webhook", job.Args.WebhookID, "attempt", job.Attempt, "err", err)
	}
	return err
}

func (w *webhookWorker) send(ctx context.Context, m pipeline.Message) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Taohe-Event", strconv.FormatInt(m.LastNo, 10))
	r.Header.Set("Taohe-Signature", m.Signature)
	reply, err := w.client.Do(r)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(reply.Body, maxAnswer)) // what it says is its own
	if reply.StatusCode/100 != 2 {
		return fmt.Errorf("%s answered %s", m.URL, reply.Status)
	}
	return nil
}
