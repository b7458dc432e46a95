package ledger

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/overlay"
)

// A Webhook is an address that is told of every event, in order and at least
// once.
type Webhook struct {
	ID int64
	// URL of http or https; Secret signs what is sent to it.
	URL    string `db:"url"`
	Secret string
	// DeliveredNo is the last event that was taken there.
	DeliveredNo  int64
	FailingSince *time.Time
	LastError    *string
	CreatedAt    time.Time
	// LookedAt is when it was read, by the database's clock.
	LookedAt time.Time
}

const minSecret = 16

// AddWebhook registers an address; it is told of what comes after an event, of
// everything after 0. Faults are *RequestError.
func AddWebhook(ctx context.Context, db overlay.Executor, address, secret string, after int64) (int64, error) {
	var f faults
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" {
		f.add("url", "bad-url", "请填写 http 或 https 地址，不含用户名和片段。")
	}
	if len(secret) < minSecret {
		f.add("secret", "too-short", fmt.Sprintf("密钥至少 %d 个字符。", minSecret))
	}
	if err := f.err(); err != nil {
		return 0, err
	}
	var id int64
	err = db.QueryRow(ctx, sqlAddWebhook.SQL(), pgx.StrictNamedArgs{"url": address, "secret": secret, "after": after}).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		f.add("url", "given-twice", "这个地址已经登记。")
		return 0, f.err()
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", sqlAddWebhook.Name(), err)
	}
	return id, nil
}

// Webhooks lists the addresses that are told.
func Webhooks(ctx context.Context, db overlay.Querier) ([]Webhook, error) {
	return collect[Webhook](ctx, db, sqlWebhooks, nil)
}

// GetWebhook returns a webhook, or ErrNotFound.
func GetWebhook(ctx context.Context, db overlay.Querier, id int64) (Webhook, error) {
	all, err := Webhooks(ctx, db)
	if err != nil {
		return Webhook{}, err
	}
	for _, h := range all {
		if h.ID == id {
			return h, nil
		}
	}
	return Webhook{}, fmt.Errorf("webhook %d: %w", id, ErrNotFound)
}

// RemoveWebhook has an address told no more, or ErrNotFound.
func RemoveWebhook(ctx context.Context, db overlay.Executor, id int64) error {
	tag, err := db.Exec(ctx, sqlRemoveWebhook.SQL(), pgx.StrictNamedArgs{"id": id})
	if err == nil && tag.RowsAffected() == 0 {
		err = fmt.Errorf("webhook %d: %w", id, ErrNotFound)
	}
	return err
}

// NoteDelivery writes how far an address was told, and what the last trouble was;
// "" for none.
func NoteDelivery(ctx context.Context, db overlay.Executor, id, deliveredNo int64, trouble string) error {
	_, err := db.Exec(ctx, sqlNoteDelivery.SQL(), pgx.StrictNamedArgs{"id": id, "delivered_no": deliveredNo, "trouble": trouble})
	if err != nil {
		return fmt.Errorf("%s: %w", sqlNoteDelivery.Name(), err)
	}
	return nil
}

// Signature is what a message to a webhook is signed with: the time in seconds
// and the HMAC-SHA256, under the secret, of time, a point and the body.
func Signature(secret string, at time.Time, body []byte) string {
	seconds := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(seconds + "."))
	mac.Write(body)
	return "t=" + seconds + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}
