package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/job"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// ErrOneMine is returned when a run of one mine is asked for what only one of whole
// counties gives.
var ErrOneMine = errors.New("a run of one mine")

// whole says what stands against a run as one of which papers are made, a ledger is
// fed, or another is compared with.
func whole(run overlay.Run) error {
	switch {
	case len(run.WhatIf) > 0:
		return fmt.Errorf("run %d: %w", run.ID, ErrWhatIf)
	case len(run.LicenceNos) > 0:
		return fmt.Errorf("run %d: %w", run.ID, ErrOneMine)
	case run.Status != "complete":
		return fmt.Errorf("run %d: %w", run.ID, ErrNotComplete)
	}
	return nil
}

// A FreshRequest asks for a mine to be computed as of a day, today when that is zero.
type FreshRequest struct {
	LicenceNo string
	AsOf      taohe.Date
}

// FreshReport computes a mine upon the versions that are accepted now and returns its
// report. The run is kept, and answers
// again as long as nothing that it read is replaced. ErrNotFound where no licence of
// that number is in force as a version on that day.
func (p *Pipeline) FreshReport(ctx context.Context, r FreshRequest) (*report.Mine, error) {
	// A run reads what counties around filed too, and is the program's own, whoever
	// waits for it.
	owner := pg.AsOwner(ctx)
	q, err := p.freshQuestion(owner, r)
	if err != nil {
		return nil, err
	}
	id, err := overlay.SameMineRun(owner, p.pool, q)
	if errors.Is(err, overlay.ErrNotFound) {
		id, err = p.runMine(owner, q)
	}
	if err != nil {
		return nil, err
	}
	return p.Report(ctx, id, r.LicenceNo)
}

// freshQuestion is what a run of one mine is asked.
func (p *Pipeline) freshQuestion(ctx context.Context, r FreshRequest) (q overlay.Question, err error) {
	if r.AsOf.IsZero() {
		if r.AsOf, err = p.Today(ctx); err != nil {
			return q, err
		}
	}
	counties, err := overlay.CountiesAround(ctx, p.pool, r.LicenceNo, r.AsOf)
	return overlay.Question{AsOf: r.AsOf, Counties: counties, Rules: p.rules, LicenceNos: []string{r.LicenceNo}}, notFound(err)
}

// runMine computes a run of one mine in this program. One that comes to nothing is
// not kept: nobody knows its number.
func (p *Pipeline) runMine(ctx context.Context, q overlay.Question) (int64, error) {
	owner, err := p.owner(ctx)
	if err != nil {
		return 0, err
	}
	id, err := p.create(ctx, q, owner)
	if err != nil {
		return 0, err
	}
	if err := p.ExecuteRun(ctx, id, nil); err != nil {
		return 0, errors.Join(err, p.dropMineRun(ctx, id))
	}
	return id, nil
}

// dropMineRun deletes a run of one mine that came to nothing, though the context may
// be over.
func (p *Pipeline) dropMineRun(ctx context.Context, id int64) error {
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return overlay.DropMineRun(end, p.pool, id)
}

// freshAsked is what a job that computes a mine is asked for.
type freshAsked struct {
	LicenceNo string `json:"licence_no"`
}

// BeginFreshReport stores a job that does what FreshReport does.
func (p *Pipeline) BeginFreshReport(ctx context.Context, r FreshRequest, enqueue Enqueue) (int64, error) {
	ctx = pg.AsOwner(ctx)
	q, err := p.freshQuestion(ctx, r)
	if err != nil {
		return 0, err
	}
	run, err := overlay.SameMineRun(ctx, p.pool, q)
	begun := errors.Is(err, overlay.ErrNotFound)
	if begun {
		owner, ownerErr := p.owner(ctx)
		if ownerErr != nil {
			return 0, ownerErr
		}
		run, err = p.create(ctx, q, owner)
	}
	if err != nil {
		return 0, err
	}
	id, err := p.beginJob(ctx, job.MineReport, run, freshAsked{r.LicenceNo}, enqueue, func(tx pgx.Tx, _ int64) (int, error) {
		if !begun {
			return 1, nil
		}
		return 1, overlay.HandOver(ctx, tx, run)
	})
	if err != nil && begun {
		err = errors.Join(err, p.dropMineRun(ctx, run))
	}
	return id, err
}

// reportJob computes the run of its job and keeps the mine's report.
func (p *Pipeline) reportJob(ctx context.Context, j job.Job) error {
	var asked freshAsked
	if err := json.Unmarshal(j.Asked, &asked); err != nil {
		return fmt.Errorf("job %d: %w", j.ID, err)
	}
	return p.complete(ctx, j.ID, func(ctx context.Context, _ pgx.Tx, _ func(done, total int)) (paper, int, error) {
		if err := p.HelpRun(ctx, j.RunID, nil); err != nil {
			return paper{}, 0, err
		}
		m, err := p.Report(ctx, j.RunID, asked.LicenceNo)
		if err != nil {
			return paper{}, 0, err
		}
		var text bytes.Buffer
		if err := report.WriteJSON(&text, m); err != nil {
			return paper{}, 0, err
		}
		return paper{"report.json", text.Bytes()}, 1, nil
	})
}

// Reported is the report that a job computed, as JSON: ErrNotFound, ErrJobNotComplete.
func (p *Pipeline) Reported(ctx context.Context, id int64) (text json.RawMessage, err error) {
	err = p.result(ctx, id, job.MineReport, &text)
	return text, err
}

// endRunOf closes the run that a job was to compute, and did not.
func (p *Pipeline) endRunOf(ctx context.Context, jobID int64, status string) error {
	j, err := job.Get(ctx, p.pool, jobID)
	if err != nil || j.Kind != job.MineReport {
		return err
	}
	return p.endRun(ctx, j.RunID, status, j.Error)
}
