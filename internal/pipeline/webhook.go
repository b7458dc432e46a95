package pipeline

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/ledger"
)

// AddWebhook registers an address to be told of the ledger's events after one:
// *ingest.RequestError.
func (p *Pipeline) AddWebhook(ctx context.Context, url, secret string, after int64) (ledger.Webhook, error) {
	id, err := ledger.AddWebhook(ctx, p.pool, url, secret, after)
	if err != nil {
		return ledger.Webhook{}, ledgerError(err)
	}
	h, err := ledger.GetWebhook(ctx, p.pool, id)
	return h, ledgerError(err)
}

// Webhooks lists the addresses that are told.
func (p *Pipeline) Webhooks(ctx context.Context) ([]ledger.Webhook, error) {
	return read(ctx, p, func(db pgx.Tx) ([]ledger.Webhook, error) { return ledger.Webhooks(ctx, db) })
}

// RemoveWebhook has an address told no more, or ErrNotFound.
func (p *Pipeline) RemoveWebhook(ctx context.Context, id int64) error {
	return ledgerError(ledger.RemoveWebhook(ctx, p.pool, id))
}

// messageEvents is how many events a message holds at most.
const messageEvents = 100

// A Message is what a webhook is told at a time.
type Message struct {
	URL string
	// LastNo is the number of the last event in it.
	LastNo int64
	Body   []byte
	// Signature of the body at this time; see ledger.Signature.
	Signature string
}

// Deliver tells a webhook of the events it was not told of yet, message by
// message in their order, until it knows all: send sends one. What send took is
// not sent again; an error of it is noted and returned. A webhook that is gone is
// told nothing.
func (p *Pipeline) Deliver(ctx context.Context, id int64, send func(context.Context, Message) error) error {
	for {
		h, err := ledger.GetWebhook(ctx, p.pool, id)
		if errors.Is(err, ledger.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		events, err := ledger.Events(ctx, p.pool, "", 0, h.DeliveredNo, messageEvents)
		if err != nil || len(events) == 0 {
			return err
		}
		var message struct {
			Events []ledger.EventLine `json:"events"`
		}
		for _, e := range events {
			message.Events = append(message.Events, e.Line())
		}
		body, err := json.Marshal(message)
		if err != nil {
			return err
		}
		last := events[len(events)-1].No
		if err := send(ctx, Message{h.URL, last, body, ledger.Signature(h.Secret, h.LookedAt, body)}); err != nil {
			return errors.Join(err, ledger.NoteDelivery(context.WithoutCancel(ctx), p.pool, id, h.DeliveredNo, err.Error()))
		}
		if err := ledger.NoteDelivery(ctx, p.pool, id, last, ""); err != nil {
			return err
		}
	}
}
