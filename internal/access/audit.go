package access

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/chain"
	"github.com/taohe-gis/taohe/internal/pg"
)

// An Event is something that was done, or refused.
type Event struct {
	No      int64
	At      time.Time
	Actor   string
	Via     string
	Address string
	// Action is the id of an operation, or a command.
	Action string
	// Resource is the address of what it was done to.
	Resource string
	// Result is "ok", or the code of the problem.
	Result string
	Body   string
	SHA256 []byte `db:"sha256"`
}

// ResultOK is the result of what was done.
const ResultOK = "ok"

// Append writes an event at the end of the log, by whoever db is: a transaction
// that changes something, whose last statement it is, or the pool.
func Append(ctx context.Context, db pg.DB, by Caller, action, resource, result, requestID string) error {
	via := by.Via
	if via == "" {
		via = ViaNone
	}
	_, err := db.Exec(ctx, sqlAppendAudit.SQL(), pgx.StrictNamedArgs{
		"actor": by.Name, "via": via, "address": by.Address, "action": action, "resource": resource, "result": result, "request": requestID,
	})
	return sqlAppendAudit.Named(err)
}

// Record writes an event by itself.
func (a *Access) Record(ctx context.Context, by Caller, action, resource, result, requestID string) error {
	return Append(pg.AsOwner(ctx), a.pool, by, action, resource, result, requestID)
}

// A Search is which events are wanted; what is empty is not asked.
type Search struct {
	Actor, Result string
	// Action is how it begins, Resource what is in it.
	Action, Resource string
	Since, Until     *time.Time
	Before           int64
	Limit            int
}

// Audit lists events, newest first.
func (a *Access) Audit(ctx context.Context, s Search) ([]Event, error) {
	return collect[Event](ctx, a.pool, sqlAudit, pgx.StrictNamedArgs{
		"actor": s.Actor, "action": s.Action, "resource": s.Resource, "result": s.Result, "since": s.Since, "until": s.Until, "before": s.Before, "limit": s.Limit,
	})
}

// An AuditVerification is what was looked at of the audit log, and where it is not
// as it was written; Break is empty when it is.
type AuditVerification struct {
	Events int64
	Head   string
	Break  string
}

// Verify recomputes the chain of the audit log.
func (a *Access) Verify(ctx context.Context) (v AuditVerification, err error) {
	of := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(pg.AsOwner(ctx), a.pool, of, func(tx pgx.Tx) error { return v.chain(ctx, tx) })
	return v, err
}

func (v *AuditVerification) chain(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, sqlAuditChain.SQL())
	if err != nil {
		return sqlAuditChain.Named(err)
	}
	defer rows.Close()
	before := chain.Start()
	for rows.Next() {
		e, err := pgx.RowToStructByName[Event](rows)
		if err != nil {
			return sqlAuditChain.Named(err)
		}
		v.Events++
		switch {
		case e.No != v.Events:
			v.Break = fmt.Sprintf("audit event %d is missing; %d follows", v.Events, e.No)
		case !bytes.Equal(e.SHA256, chain.Next(before, []byte(e.Body))):
			v.Break = fmt.Sprintf("audit event %d: its hash is not that of its body over the event before", e.No)
		case e.unlike() != "":
			v.Break = fmt.Sprintf("audit event %d: its %s is not what its body says", e.No, e.unlike())
		}
		if v.Break != "" {
			return nil
		}
		before = e.SHA256
	}
	if err := rows.Err(); err != nil {
		return sqlAuditChain.Named(err)
	}
	v.Head = hex.EncodeToString(before)
	var no int64
	var sum []byte
	err = tx.QueryRow(ctx, sqlAuditHead.SQL()).Scan(&no, &sum)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		v.Break = "the audit log says nowhere that it ends here"
	case err != nil:
		return sqlAuditHead.Named(err)
	case no != v.Events || !bytes.Equal(sum, before):
		v.Break = fmt.Sprintf("audit event %d is the last, and the log says that it ends with %d", v.Events, no)
	}
	return nil
}

// unlike names the column that says otherwise than the body.
func (e Event) unlike() string {
	var body struct {
		No                                                int64
		At, Actor, Via, Address, Action, Resource, Result string
	}
	if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
		return "body"
	}
	for _, column := range []struct {
		name string
		same bool
	}{
		{"no", body.No == e.No},
		{"at", body.At == e.At.UTC().Format("2006-01-02T15:04:05.000000Z")},
		{"actor", body.Actor == e.Actor},
		{"via", body.Via == e.Via},
		{"address", body.Address == e.Address},
		{"action", body.Action == e.Action},
		{"resource", body.Resource == e.Resource},
		{"result", body.Result == e.Result},
	} {
		if !column.same {
			return column.name
		}
	}
	return ""
}
