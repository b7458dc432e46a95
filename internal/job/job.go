package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pg"
)

// The kinds of jobs.
const (
	Dossiers     = "dossiers"            // the papers of many mines
	Feed         = "ledger_feed"         // a run put into the ledger
	Measurements = "ledger_measurements" // the ledger's open items measured by a run
	Annex1       = "annex1"              // papers of a whole run
	Annex2       = "annex2"
	Briefing     = "briefing"
	MineReport   = "mine_report" // one mine computed anew, and its report
)

// The states of a job.
const (
	Queued    = "queued"
	Running   = "running"
	Complete  = "complete"
	Cancelled = "cancelled"
	Failed    = "failed"
)

// Keep is how long a job that is over is kept with what it made.
const Keep = 7 * 24 * time.Hour

// Errors of what is asked of a job.
var (
	// ErrNotFound is returned for a job, or a file, that is not there.
	ErrNotFound = errors.New("no such job")
	// ErrNoPart is returned when no part is left that nobody does.
	ErrNoPart = errors.New("no part left")
	// ErrOver is returned to whoever does a job that was cancelled, or dropped,
	// meanwhile.
	ErrOver = errors.New("the job is over")
)

// A Job is how far a piece of work is. Total is 0 while that is not known.
type Job struct {
	ID    int64
	Kind  string
	RunID int64
	// Asked is what was asked for, for whoever does it.
	Asked  json.RawMessage
	Status string
	// Queued says that it is the queue's, and no program's own.
	Queued     bool
	Total      int
	Done       int
	Failed     int
	Error      string
	CreatedAt  time.Time
	StartedAt  *time.Time
	FinishedAt *time.Time
	// ExpiresAt is when it goes, with what it made.
	ExpiresAt  *time.Time
	RemainingS *float64 `db:"remaining_s"`
}

// Over reports whether nothing more will become of it.
func (j Job) Over() bool { return j.FinishedAt != nil }

// Create stores a job that nobody has begun and returns its number. owner is the
// presence of the program that will do it, nil for the queue.
func Create(ctx context.Context, db pg.DB, kind string, runID int64, asked []byte, owner *int64) (id int64, err error) {
	err = db.QueryRow(ctx, sqlCreateJob.SQL(), pgx.StrictNamedArgs{"kind": kind, "run_id": runID, "asked": string(asked), "owner": owner}).Scan(&id)
	return id, sqlCreateJob.Named(err)
}

// AddMines makes mines of the job's run its parts, those of some counties and of
// some numbers where any are given, and returns how many.
func AddMines(ctx context.Context, db pg.DB, id int64, counties, licenceNos []string) (total int, err error) {
	err = db.QueryRow(ctx, sqlAddMines.SQL(), pgx.StrictNamedArgs{
		"job_id": id, "counties": append([]string{}, counties...), "licence_nos": append([]string{}, licenceNos...),
	}).Scan(&total)
	return total, sqlAddMines.Named(err)
}

// Adopt gives a job that asked the same, and whose program died, to another
// program; ErrNotFound where there is none.
func Adopt(ctx context.Context, db pg.DB, kind string, runID int64, asked []byte, owner int64) (id int64, err error) {
	err = db.QueryRow(ctx, sqlAdoptJob.SQL(), pgx.StrictNamedArgs{"kind": kind, "run_id": runID, "asked": string(asked), "owner": owner}).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, ErrNotFound
	}
	return id, sqlAdoptJob.Named(err)
}

// Get returns a job, or ErrNotFound.
func Get(ctx context.Context, db pg.DB, id int64) (Job, error) {
	rows, err := db.Query(ctx, sqlReadJob.SQL(), pgx.StrictNamedArgs{"job_id": id})
	if err != nil {
		return Job{}, sqlReadJob.Named(err)
	}
	j, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Job])
	if errors.Is(err, pgx.ErrNoRows) {
		return Job{}, fmt.Errorf("job %d: %w", id, ErrNotFound)
	}
	return j, sqlReadJob.Named(err)
}

// List returns jobs, newest first, with numbers below before unless it is 0.
func List(ctx context.Context, db pg.DB, before int64, most int) ([]Job, error) {
	rows, err := db.Query(ctx, sqlListJobs.SQL(), pgx.StrictNamedArgs{"before": before, "most": most})
	if err != nil {
		return nil, sqlListJobs.Named(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[Job])
	return all, sqlListJobs.Named(err)
}

// Begin notes that a job is begun, or gone on with: ErrOver where there is nothing
// to go on with.
func Begin(ctx context.Context, db pg.DB, id int64) error {
	var status string
	return over(sqlBeginJob, db.QueryRow(ctx, sqlBeginJob.SQL(), pgx.StrictNamedArgs{"job_id": id}).Scan(&status))
}

// Note stores how far a job is that has no parts: ErrOver.
func Note(ctx context.Context, db pg.DB, id int64, done, total int) error {
	return over(sqlNoteProgress, db.QueryRow(ctx, sqlNoteProgress.SQL(), pgx.StrictNamedArgs{"job_id": id, "done": done, "total": total}).Scan(&id))
}

// Finish closes a job as complete when none of its parts is to be done any more,
// and reports whether it did.
func Finish(ctx context.Context, db pg.DB, id int64) (bool, error) {
	return changed(ctx, db, sqlFinishJob, pgx.StrictNamedArgs{"job_id": id, "keep_s": Keep.Seconds()})
}

// End closes a job that was cancelled or broke, deletes what it made, and reports
// whether it was not over. why is a word for those who look at it, "" for none.
func End(ctx context.Context, db pg.Beginner, id int64, status, why string) (ended bool, err error) {
	var reason *string
	if why != "" {
		reason = &why
	}
	err = pg.InTx(ctx, db, func(tx pgx.Tx) error {
		ended, err = changed(ctx, tx, sqlEndJob, pgx.StrictNamedArgs{"job_id": id, "status": status, "error": reason, "keep_s": Keep.Seconds()})
		if err != nil || !ended {
			return err
		}
		// Whoever does a part writes its end in the job's row, which is held here.
		_, err = tx.Exec(ctx, sqlDropFiles.SQL(), pgx.StrictNamedArgs{"job_id": id})
		return sqlDropFiles.Named(err)
	})
	return ended, err
}

// Drop deletes a job that is over with what it made, and reports whether it did.
func Drop(ctx context.Context, db pg.DB, id int64) (bool, error) {
	return changed(ctx, db, sqlDropJob, pgx.StrictNamedArgs{"job_id": id})
}

// Expire deletes the jobs whose time is over, and those that their program, which
// died, will not go on with; how many.
func Expire(ctx context.Context, db pg.DB) (int64, error) {
	tag, err := db.Exec(ctx, sqlExpireJobs.SQL(), pgx.StrictNamedArgs{"keep_s": Keep.Seconds()})
	return tag.RowsAffected(), sqlExpireJobs.Named(err)
}

func changed(ctx context.Context, db pg.DB, s pg.Statement, args pgx.StrictNamedArgs) (bool, error) {
	tag, err := db.Exec(ctx, s.SQL(), args)
	return err == nil && tag.RowsAffected() == 1, s.Named(err)
}

// over is Named for statements that find no row where the job is over.
func over(s pg.Statement, err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrOver
	}
	return s.Named(err)
}
