package job

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pg"
)

// Processes are what executions are of: a run is one of overlay.
const (
	ProcessOverlay  = "overlay"
	ProcessDossiers = "dossiers"
	ProcessPaper    = "paper"
)

// An Execution is a run, or a job that makes papers of one: what somebody asked for
// and need not wait for. JobID is 0 for the run itself.
type Execution struct {
	Process    string
	Kind       string
	RunID      int64
	JobID      int64
	Status     string
	Total      int
	Done       int
	Failed     int
	Error      string
	CreatedAt  time.Time
	StartedAt  *time.Time
	FinishedAt *time.Time
	ExpiresAt  *time.Time
	// Wanted is in which form the results are to be given, nil where nobody said.
	Wanted json.RawMessage
}

// A Place is that of an execution in a list.
type Place struct {
	CreatedAt time.Time
	IsJob     bool
	Number    int64
}

// Place is where the execution stands.
func (e Execution) Place() Place {
	if e.JobID > 0 {
		return Place{e.CreatedAt, true, e.JobID}
	}
	return Place{e.CreatedAt, false, e.RunID}
}

// A Choice chooses executions; its zero value chooses all.
type Choice struct {
	// RunID or JobID names a single one.
	RunID, JobID        int64
	Processes, Statuses []string
	CreatedFrom         *time.Time
	CreatedTo           *time.Time
	// MinS and MaxS bound the seconds it took, or takes so far: what is not begun
	// is left out by either.
	MinS, MaxS *float64
	// Before is the last one of the page before.
	Before *Place
	Most   int
}

// Executions lists executions, the latest first.
func Executions(ctx context.Context, db pg.DB, c Choice) ([]Execution, error) {
	args := pgx.StrictNamedArgs{
		"run_id": nil, "job_id": nil, "processes": append([]string{}, c.Processes...), "statuses": append([]string{}, c.Statuses...),
		"created_from": c.CreatedFrom, "created_to": c.CreatedTo, "min_s": c.MinS, "max_s": c.MaxS,
		"before_created": nil, "before_job": nil, "before_id": nil, "most": c.Most,
	}
	switch {
	case c.JobID > 0:
		args["job_id"] = c.JobID
	case c.RunID > 0:
		args["run_id"], args["job_id"] = c.RunID, 0
	}
	if c.Before != nil {
		args["before_created"], args["before_job"], args["before_id"] = c.Before.CreatedAt, c.Before.IsJob, c.Before.Number
	}
	rows, err := db.Query(ctx, sqlListExecutions.SQL(), args)
	if err != nil {
		return nil, sqlListExecutions.Named(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[Execution])
	return all, sqlListExecutions.Named(err)
}

// KeepWanted stores in which form the results of a run, or of a job where that is
// not 0, are to be given. What was said before stays.
func KeepWanted(ctx context.Context, db pg.DB, runID, jobID int64, wanted []byte) error {
	args := pgx.StrictNamedArgs{"run_id": runID, "job_id": nil, "wanted": string(wanted)}
	if jobID > 0 {
		args["run_id"], args["job_id"] = nil, jobID
	}
	_, err := db.Exec(ctx, sqlKeepWanted.SQL(), args)
	return sqlKeepWanted.Named(err)
}
