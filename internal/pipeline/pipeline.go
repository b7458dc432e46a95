// Package pipeline is the only code that knows the order of the stages: upload
// to dataset, datasets to run, run to report and ledger. The HTTP service, the
// command line and workers call it and nothing below it.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/orthophoto"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/overlay"
)

// ErrNotFound is returned for a dataset, run, mine or county that is not there.
var ErrNotFound = errors.New("not found")

// A Pipeline runs the stages on one database.
type Pipeline struct {
	pool     *pgxpool.Pool
	reader   *pg.Reader
	log      *slog.Logger
	rules    overlay.RuleSet
	campaign ledger.Campaign
	workers  int
	oneByOne bool
	indexes  tileIndexes

	mu       sync.Mutex
	presence *pg.Presence
	watch    context.CancelFunc // ends keepPresence
	watching sync.WaitGroup
}

// Options of a pipeline. The zero value is the sensible default.
type Options struct {
	// Log takes what operators should know; nothing is logged when nil.
	Log *slog.Logger
	// Reader is where what people ask for is read; the pool when nil. What a run, a
	// load or an acceptance rests on is always read from the pool.
	Reader *pg.Reader
	// Rules are those the program ships when empty.
	Rules *overlay.RuleSet
	// Campaign is the one of 2022 when nil.
	Campaign *ledger.Campaign
	// Workers is how many mines of a run are computed at a time; two when 0.
	Workers int
	// OneByOne has runs send each statement by itself, so that a tracer of the
	// pool can time it.
	OneByOne bool
}

// New returns a pipeline on a migrated database.
func New(pool *pgxpool.Pool, o Options) (*Pipeline, error) {
	p := &Pipeline{pool: pool, reader: o.Reader, log: o.Log, workers: o.Workers, oneByOne: o.OneByOne}
	if p.reader == nil {
		p.reader = pg.NewReader(pool)
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	if p.workers <= 0 {
		p.workers = 2
	}
	// A mine takes a connection, and now and then one more.
	p.workers = min(p.workers, max(int(pool.Config().MaxConns)-1, 1))
	var err error
	if o.Rules != nil {
		p.rules = *o.Rules
	} else if p.rules, err = overlay.ShippedRules(); err != nil {
		return nil, err
	}
	if o.Campaign != nil {
		p.campaign = *o.Campaign
		return p, nil
	}
	p.campaign, err = ledger.Campaign2022()
	return p, err
}

// CloseInterrupted closes the datasets and runs whose program died, or lost the
// database. It is called once when a program starts.
func (p *Pipeline) CloseInterrupted(ctx context.Context) error {
	datasets, err := ingest.FailInterrupted(ctx, p.pool)
	if err != nil {
		return err
	}
	runs, err := overlay.FailInterrupted(ctx, p.pool)
	if err != nil {
		return err
	}
	if datasets+runs > 0 {
		p.log.Warn("closed work that was interrupted", "datasets", datasets, "runs", runs)
	}
	return nil
}

// PutCounty registers a county or changes it; faults are *ingest.RequestError.
func (p *Pipeline) PutCounty(ctx context.Context, c ingest.County) error {
	return pg.InTx(ctx, p.pool, func(tx pgx.Tx) error { return ingest.PutCounty(ctx, tx, c) })
}

// ErrChanged is returned when something is no longer as whoever changes it saw it.
var ErrChanged = errors.New("changed since it was looked at")

// PutCountyIf is PutCounty as long as the county is as allows says of it; it is nil
// where it is not registered. ErrChanged.
func (p *Pipeline) PutCountyIf(ctx context.Context, c ingest.County, allows func(before *ingest.County) bool) error {
	return pg.InTx(ctx, p.pool, func(tx pgx.Tx) error {
		before, err := ingest.LockCounty(ctx, tx, c.Code)
		switch {
		case errors.Is(err, ingest.ErrNotFound):
			before = nil
		case err != nil:
			return err
		}
		if !allows(before) {
			return fmt.Errorf("county %s: %w", c.Code, ErrChanged)
		}
		return ingest.PutCounty(ctx, tx, c)
	})
}

// County returns a registered county, or ErrNotFound.
func (p *Pipeline) County(ctx context.Context, code string) (ingest.County, error) {
	return read(ctx, p, func(db pgx.Tx) (ingest.County, error) { return ingest.GetCounty(ctx, db, code) })
}

// TimeLine lists the accepted versions of a county, each with the days on which it is
// in force; of one layer where that is not empty. ErrNotFound.
func (p *Pipeline) TimeLine(ctx context.Context, county, layer string) ([]ingest.Version, error) {
	return read(ctx, p, func(db pgx.Tx) ([]ingest.Version, error) {
		if _, err := ingest.GetCounty(ctx, db, county); err != nil {
			return nil, err
		}
		return ingest.TimeLine(ctx, db, county, layer)
	})
}

// DatasetHistory is what was done with a dataset, by whom and when, or ErrNotFound.
func (p *Pipeline) DatasetHistory(ctx context.Context, id int64) ([]ingest.DatasetEvent, error) {
	return read(ctx, p, func(db pgx.Tx) ([]ingest.DatasetEvent, error) {
		if _, err := ingest.GetDataset(ctx, db, id); err != nil {
			return nil, err
		}
		return ingest.DatasetHistory(ctx, db, id)
	})
}

// Counties lists the registered counties.
func (p *Pipeline) Counties(ctx context.Context) ([]ingest.County, error) {
	return read(ctx, p, func(db pgx.Tx) ([]ingest.County, error) { return ingest.Counties(ctx, db) })
}

// CheckImport checks what the sender says without beginning anything, for a
// caller that has faults of its own to add. Faults are *ingest.RequestError.
func (p *Pipeline) CheckImport(ctx context.Context, u ingest.Upload) error {
	return u.Check(ctx, p.pool)
}

// BeginImport checks what the sender says and begins a dataset; Load of what it
// returns does the work. Faults are *ingest.RequestError.
func (p *Pipeline) BeginImport(ctx context.Context, u ingest.Upload) (*ingest.Staging, error) {
	var err error
	if u.Owner, err = p.owner(ctx); err != nil {
		return nil, err
	}
	return ingest.Begin(ctx, p.pool, u)
}

// ResumeImport takes up a dataset of the queue, to load it from its start; see
// ingest.Resume.
func (p *Pipeline) ResumeImport(ctx context.Context, u ingest.Upload, datasetID int64) (*ingest.Staging, error) {
	return ingest.Resume(ctx, p.pool, u, datasetID)
}

// FailImport closes a dataset that nobody loads any more; see ingest.Fail.
func (p *Pipeline) FailImport(ctx context.Context, datasetID int64, failure string) (bool, error) {
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return ingest.Fail(end, p.pool, datasetID, failure)
}

// NoteImport stores how many rows of a dataset that is loading are read so far.
func (p *Pipeline) NoteImport(ctx context.Context, datasetID, rows int64) error {
	return ingest.NoteProgress(ctx, p.pool, datasetID, rows)
}

// Import reads a file into a staged dataset and returns it. A file that is
// refused comes back as a dataset with status refused, not as an error.
func (p *Pipeline) Import(ctx context.Context, u ingest.Upload, progress func(rows int)) (ingest.Dataset, error) {
	s, err := p.BeginImport(ctx, u)
	if err != nil {
		return ingest.Dataset{}, err
	}
	if err := s.Load(ctx, progress); err != nil {
		return ingest.Dataset{}, err
	}
	return ingest.GetDataset(ctx, p.pool, s.DatasetID)
}

// Accept puts a staged dataset on the time line of its layer; see ingest.Accept.
// What-if runs that read it have had their answer, and go.
func (p *Pipeline) Accept(ctx context.Context, id int64, a ingest.Acceptance) error {
	if err := ingest.Accept(ctx, p.pool, id, a); err != nil {
		return notFound(err)
	}
	dropped, err := overlay.DropWhatIfOf(ctx, p.pool, id)
	if dropped > 0 {
		p.log.InfoContext(ctx, "dropped the what-if runs of a dataset", "dataset", id, "runs", dropped)
	}
	return err
}

// DropDataset deletes a dataset that was not accepted, with the what-if runs that
// read it. It returns ErrNotFound, or as ingest.Drop.
func (p *Pipeline) DropDataset(ctx context.Context, id int64) error {
	return pg.InTx(ctx, p.pool, func(tx pgx.Tx) error {
		runs, err := overlay.DropWhatIfOf(ctx, tx, id)
		if err == nil {
			err = notFound(ingest.Drop(ctx, tx, id))
		}
		if err == nil {
			p.log.Info("dropped a dataset that was not accepted", "dataset", id, "what_if_runs", runs)
		}
		return err
	})
}

// Changes says what the acceptance of a dataset would do to its layer, or
// ErrNotFound.
func (p *Pipeline) Changes(ctx context.Context, id int64) (ingest.Changes, error) {
	return read(ctx, p, func(db pgx.Tx) (ingest.Changes, error) { return ingest.GetChanges(ctx, db, id) })
}

// Dataset returns a dataset, or ErrNotFound.
func (p *Pipeline) Dataset(ctx context.Context, id int64) (ingest.Dataset, error) {
	return read(ctx, p, func(db pgx.Tx) (ingest.Dataset, error) { return ingest.GetDataset(ctx, db, id) })
}

// Datasets lists datasets, newest first.
func (p *Pipeline) Datasets(ctx context.Context, county, layer string, before int64, limit int) ([]ingest.DatasetSummary, error) {
	return read(ctx, p, func(db pgx.Tx) ([]ingest.DatasetSummary, error) {
		return ingest.ListDatasets(ctx, db, county, layer, before, limit)
	})
}

// Diagnostics returns the stored diagnostics of a dataset after a number, and
// the counts of all, or ErrNotFound.
func (p *Pipeline) Diagnostics(ctx context.Context, id int64, after, limit int) (stored []ingest.StoredDiagnostic, counts []ingest.DiagnosticCount, err error) {
	stored, err = read(ctx, p, func(db pgx.Tx) ([]ingest.StoredDiagnostic, error) {
		if _, err := ingest.GetDataset(ctx, db, id); err != nil {
			return nil, err
		}
		if counts, err = ingest.DiagnosticCounts(ctx, db, id); err != nil {
			return nil, err
		}
		return ingest.Diagnostics(ctx, db, id, after, limit)
	})
	return stored, counts, err
}

// EachDiagnostic goes through all stored diagnostics of a dataset, in order.
func (p *Pipeline) EachDiagnostic(ctx context.Context, id int64) iter.Seq2[ingest.StoredDiagnostic, error] {
	const batch = 1000
	return func(yield func(ingest.StoredDiagnostic, error) bool) {
		for last := 0; ; {
			stored, err := read(ctx, p, func(db pgx.Tx) ([]ingest.StoredDiagnostic, error) {
				return ingest.Diagnostics(ctx, db, id, last, batch)
			})
			if err != nil {
				yield(ingest.StoredDiagnostic{}, err)
				return
			}
			for _, d := range stored {
				if last = d.No; !yield(d, nil) {
					return
				}
			}
			if len(stored) < batch {
				return
			}
		}
	}
}

// notFound turns the stages' own words for "not there" into one.
func notFound(err error) error {
	if errors.Is(err, ingest.ErrNotFound) || errors.Is(err, overlay.ErrNotFound) || errors.Is(err, orthophoto.ErrNotFound) {
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	return err
}
