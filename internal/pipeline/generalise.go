package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/generalise"
	"github.com/taohe-gis/taohe/internal/pg"
)

// A GeneralisedCopy is how far the copies of a dataset are that maps are drawn of.
type GeneralisedCopy = generalise.Copy

// ErrCopiesGivenUp is returned to whoever makes copies that a person cancelled, or
// whose dataset counts no more.
var ErrCopiesGivenUp = generalise.ErrOver

// GeneralisedCopies is how far the copies of the datasets are that count today.
func (p *Pipeline) GeneralisedCopies(ctx context.Context) ([]GeneralisedCopy, error) {
	return read(ctx, p, func(db pgx.Tx) ([]GeneralisedCopy, error) { return generalise.List(ctx, db) })
}

// DueCopies drops the copies of datasets that count no more, and returns the
// datasets of which they are still to be made.
func (p *Pipeline) DueCopies(ctx context.Context) ([]int64, error) {
	dropped, err := generalise.DropSuperseded(ctx, p.pool)
	if err != nil {
		return nil, err
	}
	if dropped > 0 {
		p.log.Info("dropped the generalised copies of superseded datasets", "datasets", dropped)
	}
	return generalise.Due(ctx, p.pool)
}

// MakeCopies makes the copies of an accepted dataset, or goes on with them;
// ErrNotFound, ErrCopiesGivenUp. progress may be nil.
func (p *Pipeline) MakeCopies(ctx context.Context, datasetID int64, progress func(done, total int)) error {
	return noCopies(generalise.Make(ctx, p.pool, datasetID, progress))
}

// CancelCopies gives up copies that are not complete, and reports whether there
// were any; ErrNotFound.
func (p *Pipeline) CancelCopies(ctx context.Context, datasetID int64) (bool, error) {
	cancelled, err := generalise.Cancel(ctx, p.pool, datasetID)
	return cancelled, noCopies(err)
}

// ForgetCopies has the copies of a dataset made anew, were they complete, cancelled
// or failed.
func (p *Pipeline) ForgetCopies(ctx context.Context, datasetID int64) error {
	return pg.InTx(ctx, p.pool, func(tx pgx.Tx) error { return generalise.Forget(ctx, tx, datasetID) })
}

// FailCopies notes that the copies of a dataset cannot be made.
func (p *Pipeline) FailCopies(ctx context.Context, datasetID int64, why error) error {
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return generalise.Fail(end, p.pool, datasetID, why.Error())
}

func noCopies(err error) error {
	if errors.Is(err, generalise.ErrNotFound) {
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	return err
}
