package pipeline

import (
	"context"
	"fmt"

	"github.com/taohe-gis/taohe/internal/job"
	"github.com/taohe-gis/taohe/internal/pg"
)

// Executions lists runs, and the jobs that make papers of them, the latest first.
// They are read where they are written, as Job is.
func (p *Pipeline) Executions(ctx context.Context, c job.Choice) ([]job.Execution, error) {
	return job.Executions(ctx, p.pool, c)
}

// Execution returns a run, or a job of papers where jobID is not 0, or ErrNotFound.
func (p *Pipeline) Execution(ctx context.Context, runID, jobID int64) (job.Execution, error) {
	all, err := job.Executions(ctx, p.pool, job.Choice{RunID: runID, JobID: jobID, Most: 1})
	if err != nil {
		return job.Execution{}, err
	}
	if len(all) == 0 {
		return job.Execution{}, fmt.Errorf("execution of run %d, job %d: %w", runID, jobID, ErrNotFound)
	}
	return all[0], nil
}

// KeepWanted stores in which form the results of an execution are to be given, in the
// program's own name: whoever may begin one has begun it.
func (p *Pipeline) KeepWanted(ctx context.Context, runID, jobID int64, wanted []byte) error {
	return job.KeepWanted(pg.AsOwner(ctx), p.pool, runID, jobID, wanted)
}
