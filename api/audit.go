package api

import (
	"context"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/pg"
)

// asked is a request as it is being answered.
type asked struct {
	request   *http.Request
	operation string
	resource  string
	caller    access.Caller
	// changes and exports are whether it is written into the audit log.
	changes, exports bool
	// code is that of the problem it came to.
	code string
	note *pg.Note
}

type askedKey struct{}

// askedOf is the request of a context; an empty one where there is none.
func askedOf(ctx context.Context) *asked {
	if a, ok := ctx.Value(askedKey{}).(*asked); ok {
		return a
	}
	return &asked{request: &http.Request{}}
}

// noting has what a request changes noted in the transaction that changes it.
func (s *service) noting(ctx context.Context, a *asked) (context.Context, *pg.Note) {
	return pg.WithNote(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return access.Append(ctx, tx, a.caller, a.operation, a.resource, access.ResultOK, requestID(ctx))
	})
}

// mayChange has a request that as a rule only reads noted like a change, should it
// change something after all; done is to be called at its end.
func (s *service) mayChange(ctx context.Context) (noted context.Context, done func()) {
	a := askedOf(ctx)
	noted, a.note = s.noting(ctx, a)
	return noted, func() { a.changes = a.note.Written() }
}

// exported are the media types that leave the program as files of their own.
var exported = []string{csvType, geoJSONType, gpkgType, zipType, xlsxType, docxType, pdfType}

// leaves notes that the reply is a file, which is an export.
func leaves(ctx context.Context, mediaType string) {
	if slices.Contains(exported, mediaType) {
		askedOf(ctx).exports = true
	}
}

// audit writes down what was changed and what was taken out, and what of either was
// refused, unless that stands already with the change itself.
func (s *service) audit(ctx context.Context, a *asked, status int) {
	if !a.changes && !a.exports || s.Access == nil {
		return
	}
	result := access.ResultOK
	switch {
	case a.code != "":
		result = a.code
	case status >= http.StatusBadRequest:
		result = strconv.Itoa(status)
	}
	if result == access.ResultOK && a.note != nil && a.note.Written() {
		return
	}
	// The client may be gone; what it did stays.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.Access.Record(ctx, a.caller, a.operation, a.resource, result, requestID(ctx)); err != nil {
		s.Log.Error("not in the audit log", "request_id", requestID(ctx), "actor", a.caller.Name, "operation", a.operation, "resource", a.resource, "result", result, "err", err)
	}
}

// AuditEvent is an event of the audit log.
type AuditEvent struct {
	No       int64     `json:"no"`
	At       time.Time `json:"at"`
	Actor    string    `json:"actor" doc:"账号；没有账号时为 本机，不知道是谁时为空"`
	Via      string    `json:"via" doc:"session 登录、token 令牌、local 本机、command 命令行、none 未登录"`
	Address  string    `json:"address" doc:"来自哪个地址"`
	Action   string    `json:"action" doc:"操作的 operationId，或命令"`
	Resource string    `json:"resource" doc:"操作的网址"`
	Result   string    `json:"result" doc:"ok，或问题代码"`
	SHA256   string    `json:"sha256" doc:"与前一条相连的散列"`
}

func (s *service) listAudit(ctx context.Context, in *struct {
	Actor    string    `query:"actor" maxLength:"50" doc:"只列该账号的"`
	Action   string    `query:"action" maxLength:"100" doc:"只列以此开头的操作"`
	Resource string    `query:"resource" maxLength:"500" doc:"只列网址中含有此文字的"`
	Result   string    `query:"result" maxLength:"100" doc:"只列该结果的"`
	Since    time.Time `query:"since" doc:"不早于此时"`
	Until    time.Time `query:"until" doc:"早于此时"`
	Before   int64     `query:"before" minimum:"1" doc:"只列编号更小的"`
	Limit    int       `query:"limit" minimum:"1" maximum:"1000" default:"100"`
},
) (*body[Page[AuditEvent]], error) {
	moment := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	list, err := s.Access.Audit(ctx, access.Search{
		Actor: in.Actor, Action: in.Action, Resource: in.Resource, Result: in.Result, Since: moment(in.Since), Until: moment(in.Until), Before: in.Before, Limit: in.Limit + 1,
	})
	if err != nil {
		return nil, err
	}
	list, more := cut(list, in.Limit)
	page := Page[AuditEvent]{Items: each(list, func(e access.Event) AuditEvent {
		return AuditEvent{e.No, e.At, e.Actor, e.Via, e.Address, e.Action, e.Resource, e.Result, hex.EncodeToString(e.SHA256)}
	})}
	if more {
		written := func(t time.Time) string {
			if t.IsZero() {
				return ""
			}
			return t.Format(time.RFC3339Nano)
		}
		page.Next = next("/v1/audit", "actor", in.Actor, "action", in.Action, "resource", in.Resource, "result", in.Result,
			"since", written(in.Since), "until", written(in.Until), "before", strconv.FormatInt(list[len(list)-1].No, 10), "limit", strconv.Itoa(in.Limit))
	}
	return &body[Page[AuditEvent]]{page}, nil
}
