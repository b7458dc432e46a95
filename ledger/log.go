package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/chain"
	"github.com/taohe-gis/taohe/internal/pg"
)

// A log is the end of the ledger's log, held by one transaction.
type log struct {
	tx       pgx.Tx
	campaign string
	actor    string
	no       int64
	sha256   []byte
	at       time.Time
}

// openLog locks the end of the log until the transaction ends: whoever comes
// meanwhile waits.
func openLog(ctx context.Context, tx pgx.Tx, campaign, actor string) (*log, error) {
	l := &log{tx: tx, campaign: campaign, actor: actor}
	if err := tx.QueryRow(ctx, sqlLockHead.SQL()).Scan(&l.no, &l.sha256, &l.at); err != nil {
		return nil, fmt.Errorf("%s: %w", sqlLockHead.Name(), err)
	}
	return l, nil
}

// today is the day on which the log is written, where the ledger is kept.
func (l *log) today() taohe.Date { return taohe.DateOf(l.at.In(beijing)) }

// beijing is the zone of every bureau; China has one, without summer time.
var beijing = time.FixedZone("UTC+8", 8*60*60)

// An entry is an event to be written.
type entry struct {
	kind string
	note string
	// item is as the event leaves it, nil where the event is of none; ground is
	// its new ground, as EWKB.
	item   *Item
	ground []byte
	// row goes into a table of its own, with put; payload is what the row holds
	// beside JSON.
	row     map[string]any
	put     pg.Statement
	payload pgx.StrictNamedArgs
	details map[string]any
}

// write writes an event, the item it changes and the row it adds. What the log
// says of both is what the database made of them.
func (l *log) write(ctx context.Context, e entry) error {
	no := l.no + 1
	body := map[string]any{
		"no": no, "at": l.at.UTC().Format(atLayout), "campaign": l.campaign, "kind": e.kind, "actor": l.actor, "note": e.note,
	}
	var itemID any
	if e.item != nil {
		e.item.EventNo = no
		itemID, body["item"] = e.item.ID, e.item.ID
		state, err := l.store(ctx, sqlPutItem, pgx.StrictNamedArgs{"item": e.item, "ground": e.ground})
		if err != nil {
			return err
		}
		body["state"] = state
	}
	if e.row != nil {
		e.row["event_no"] = no
		args := pgx.StrictNamedArgs{"row": e.row}
		for k, v := range e.payload {
			args[k] = v
		}
		row, err := l.store(ctx, e.put, args)
		if err != nil {
			return err
		}
		body["row"] = row
	}
	if e.details != nil {
		body["details"] = e.details
	}
	text, err := canonical(body)
	if err != nil {
		return err
	}
	sum := chain.Next(l.sha256, text)
	_, err = l.tx.Exec(ctx, sqlPutEvent.SQL(), pgx.StrictNamedArgs{
		"no": no, "at": l.at, "campaign": l.campaign, "item_id": itemID, "kind": e.kind, "actor": l.actor, "body": string(text), "sha256": sum,
	})
	if err != nil {
		return fmt.Errorf("%s: %w", sqlPutEvent.Name(), err)
	}
	l.no, l.sha256 = no, sum
	return nil
}

func (l *log) store(ctx context.Context, s pg.Statement, args pgx.StrictNamedArgs) (json.RawMessage, error) {
	var row json.RawMessage
	if err := l.tx.QueryRow(ctx, s.SQL(), args).Scan(&row); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name(), err)
	}
	return row, nil
}

// close moves the end of the log behind what was written.
func (l *log) close(ctx context.Context) error {
	if _, err := l.tx.Exec(ctx, sqlMoveHead.SQL(), pgx.StrictNamedArgs{"no": l.no, "sha256": l.sha256}); err != nil {
		return fmt.Errorf("%s: %w", sqlMoveHead.Name(), err)
	}
	return nil
}

// atLayout is how the log writes times: in UTC, to the microsecond.
const atLayout = "2006-01-02T15:04:05.000000Z"

// canonical is a value as JSON that has one form: members sorted, no spaces, no
// escapes but those JSON needs, numbers as they came.
func canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var plain any
	if err := dec.Decode(&plain); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(plain); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
