package pipeline

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/ledger"
)

// Do does a deed to an item of the ledger and returns the item after it:
// ErrNotFound, *ingest.RequestError, and the ledger's ErrChanged, ErrSamePerson
// and *StateError.
func (p *Pipeline) Do(ctx context.Context, a ledger.Act, deed ledger.Deed) (item ledger.Item, err error) {
	err = pg.InTx(ctx, p.pool, func(tx pgx.Tx) error {
		item, err = ledger.Do(ctx, tx, p.campaign, a, deed)
		return err
	})
	return item, ledgerError(notFound(err))
}

// CheckField notes a visit to the ground of an item with its photographs, all or
// nothing; see Do.
func (p *Pipeline) CheckField(ctx context.Context, a ledger.Act, check ledger.FieldCheck, photographs []ledger.AddPhotograph) (item ledger.Item, err error) {
	err = pg.InTx(ctx, p.pool, func(tx pgx.Tx) error {
		if item, err = ledger.Do(ctx, tx, p.campaign, a, check); err != nil {
			return err
		}
		visit := item.EventNo
		for _, x := range photographs {
			x.FieldCheckNo = visit
			if item, err = ledger.Do(ctx, tx, p.campaign, ledger.Act{ItemID: a.ItemID, By: a.By}, x); err != nil {
				return err
			}
		}
		return nil
	})
	return item, ledgerError(notFound(err))
}

// Enter makes an item of what no map shows: *ingest.RequestError.
func (p *Pipeline) Enter(ctx context.Context, x ledger.Entered) (item ledger.Item, err error) {
	counties, err := ingest.Counties(ctx, p.pool)
	if err != nil {
		return item, err
	}
	known := x.CountyCode == ""
	for _, c := range counties {
		known = known || c.Code == x.CountyCode
	}
	if !known {
		return item, &ingest.RequestError{Faults: []ingest.Fault{{Location: "county_code", Code: "unknown-county", Message: "这个旗区代码尚未登记。"}}}
	}
	err = pg.InTx(ctx, p.pool, func(tx pgx.Tx) error {
		item, err = ledger.Enter(ctx, tx, p.campaign, x)
		return err
	})
	return item, ledgerError(err)
}

// Item returns an item of the ledger, or ErrNotFound.
func (p *Pipeline) Item(ctx context.Context, id int64) (ledger.Item, error) {
	item, err := read(ctx, p, func(db pgx.Tx) (ledger.Item, error) { return ledger.GetItem(ctx, db, id) })
	return item, ledgerError(err)
}

// ItemDossier returns an item with all that is known of it, or ErrNotFound.
func (p *Pipeline) ItemDossier(ctx context.Context, id int64) (ledger.Dossier, error) {
	d, err := read(ctx, p, func(db pgx.Tx) (ledger.Dossier, error) { return ledger.GetDossier(ctx, db, id) })
	return d, ledgerError(err)
}

// Items lists items of the ledger by number.
func (p *Pipeline) Items(ctx context.Context, f ledger.Filter) ([]ledger.Item, error) {
	return read(ctx, p, func(db pgx.Tx) ([]ledger.Item, error) { return ledger.List(ctx, db, p.campaign.Name, f) })
}

// Photograph returns the bytes of a photograph of an item, or ErrNotFound.
func (p *Pipeline) Photograph(ctx context.Context, itemID, eventNo int64) ([]byte, error) {
	b, err := read(ctx, p, func(db pgx.Tx) ([]byte, error) { return ledger.JPEG(ctx, db, itemID, eventNo) })
	return b, ledgerError(err)
}

// MeasureItem lays the later images of a run over the ground of an item; see
// ledger.MeasureGround. runID 0 is the newest complete run of its county.
func (p *Pipeline) MeasureItem(ctx context.Context, itemID, runID int64) (ledger.Measurement, error) {
	if runID == 0 {
		item, err := p.Item(ctx, itemID)
		if err != nil {
			return ledger.Measurement{}, err
		}
		if runID, err = p.NewestCompleteRun(ctx, item.CountyCode); err != nil {
			return ledger.Measurement{}, err
		}
	}
	m, err := read(ctx, p, func(db pgx.Tx) (ledger.Measurement, error) {
		return ledger.MeasureGround(ctx, db, p.campaign, itemID, runID)
	})
	return m, ledgerError(err)
}

// MeasureItems measures every open item that a run can measure. note is told how
// far it is; it may be nil.
func (p *Pipeline) MeasureItems(ctx context.Context, runID int64, note func(done, total int)) ([]ledger.Measurement, error) {
	if _, err := p.completeRun(ctx, runID); err != nil {
		return nil, err
	}
	out, err := read(ctx, p, func(db pgx.Tx) ([]ledger.Measurement, error) {
		ids, err := ledger.Measurable(ctx, db, p.campaign.Name, runID)
		if err != nil {
			return nil, err
		}
		out := make([]ledger.Measurement, 0, len(ids))
		for i, id := range ids {
			if note != nil {
				note(i, len(ids))
			}
			m, err := ledger.MeasureGround(ctx, db, p.campaign, id, runID)
			if err != nil {
				return nil, err
			}
			out = append(out, m)
		}
		return out, nil
	})
	return out, ledgerError(err)
}

// LedgerEvents lists the ledger's events after a number, of one item when itemID
// is not 0.
func (p *Pipeline) LedgerEvents(ctx context.Context, itemID, after int64, limit int) ([]ledger.Event, error) {
	return read(ctx, p, func(db pgx.Tx) ([]ledger.Event, error) {
		return ledger.Events(ctx, db, p.campaign.Name, itemID, after, limit)
	})
}

// Today is the day where the ledger is kept, by the database's clock.
func (p *Pipeline) Today(ctx context.Context) (taohe.Date, error) {
	return read(ctx, p, func(db pgx.Tx) (taohe.Date, error) { return ledger.Today(ctx, db) })
}

// Progress says how far the items of the ledger are on a day, by county and group.
func (p *Pipeline) Progress(ctx context.Context, on taohe.Date) ([]ledger.Progress, error) {
	return read(ctx, p, func(db pgx.Tx) ([]ledger.Progress, error) { return ledger.ProgressOn(ctx, db, p.campaign, on) })
}

// EachItem lists all items that a filter chooses, page by page.
func (p *Pipeline) EachItem(ctx context.Context, f ledger.Filter) iter.Seq2[ledger.Item, error] {
	return func(yield func(ledger.Item, error) bool) {
		for f.Limit = 1000; ; {
			items, err := p.Items(ctx, f)
			if err != nil {
				yield(ledger.Item{}, err)
				return
			}
			for _, i := range items {
				if f.After = i.ID; !yield(i, nil) {
					return
				}
			}
			if len(items) < f.Limit {
				return
			}
		}
	}
}

// FormRows are the items that a filter chooses as lines of the form, those that
// were dismissed left out.
func (p *Pipeline) FormRows(ctx context.Context, f ledger.Filter) ([]ledger.Row, error) {
	var items []ledger.Item
	for item, err := range p.EachItem(ctx, f) {
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return formRows(items), nil
}

func formRows(items []ledger.Item) []ledger.Row {
	rows := []ledger.Row{}
	for _, item := range items {
		if item.State != ledger.Dismissed {
			rows = append(rows, item.Row())
		}
	}
	return rows
}
