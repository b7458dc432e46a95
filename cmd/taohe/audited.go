package main

import (
	"context"
	"errors"
	"time"

	"github.com/alecthomas/kong"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/pg"
)

// A changer is a command that changes data. It says what it is about, for the audit
// log; nothing, when it changes nothing this time.
type changer interface{ changes() string }

// changed is what a command changes, and the name of the command.
func changed(of *kong.Node) (command, what string) {
	if of == nil {
		return "", ""
	}
	if c, is := of.Target.Addr().Interface().(changer); is {
		return of.Path(), c.changes()
	}
	return "", ""
}

// How a command ended that did not do what it was to, in the audit log.
const (
	resultRefused   = "refused"
	resultCancelled = "cancelled"
	resultFailed    = "failed"
)

// audited has the audit log say what a command changes: in the transaction that
// changes something first, and once more at the end of one that came to nothing.
func (s *session) audited(pool *pgxpool.Pool, fn func() error) error {
	if s.what == "" {
		return fn()
	}
	before := s.ctx
	var note *pg.Note
	s.ctx, note = pg.WithNote(before, func(ctx context.Context, tx pgx.Tx) error {
		return access.Append(ctx, tx, commander(), s.command, s.what, access.ResultOK, "")
	})
	err := fn()
	if err == nil && note.Written() {
		return nil
	}
	s.record(before, pool, resultOf(before, err))
	return err
}

// record writes an event by itself, though whoever ran the command has stopped it.
func (s *session) record(ctx context.Context, pool *pgxpool.Pool, result string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := access.New(pool).Record(ctx, commander(), s.command, s.what, result, ""); err != nil {
		s.log.Error("not in the audit log", "command", s.command, "of", s.what, "result", result, "err", err)
	}
}

func resultOf(ctx context.Context, err error) string {
	var exit *exitError
	var request *ingest.RequestError
	switch {
	case err == nil:
		return access.ResultOK
	case ctx.Err() != nil:
		return resultCancelled
	case errors.As(err, &exit) && exit.status == 2, errors.As(err, &request):
		return resultRefused
	}
	return resultFailed
}
