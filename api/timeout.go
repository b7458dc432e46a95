package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/taohe-gis/taohe/internal/pg"
)

// defaultRequestTimeout is long for what is waited for, such as the ledger of a
// large county as a paper; what takes longer is to be had as a job.
const defaultRequestTimeout = 5 * time.Minute

// bounded gives an operation so long, its body being there. With the context ends
// the statement that is being run, and with that the transaction: nothing is kept.
func (s *service) bounded(ctx huma.Context, next func(huma.Context)) {
	limited, cancel := context.WithTimeout(ctx.Context(), s.RequestTimeout)
	defer cancel()
	next(huma.WithContext(ctx, limited))
}

// timely is bounded for what is no operation of the document.
func (s *service) timely(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), s.RequestTimeout)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// tookTooLong reports whether what went wrong is that a limit was reached, the
// program's or the server's. Where no connection was to be had, that is the reason.
func tookTooLong(ctx context.Context, err error) bool {
	_, unreached := errors.AsType[*pgconn.ConnectError](err)
	return pg.TimedOut(err) || errors.Is(ctx.Err(), context.DeadlineExceeded) && !unreached
}

// ErrStopping is the cause for which the contexts of requests end that a service which
// is stopped does not wait for any longer. They are told so.
var ErrStopping = errors.New("the service is being stopped")

func stopping(ctx context.Context) bool { return errors.Is(context.Cause(ctx), ErrStopping) }

// hurried has who waits for a body that is still coming wait no longer when the
// service stops. The function returned is to be called at the end of the request.
func hurried(w http.ResponseWriter, r *http.Request) (stop func() bool) {
	return context.AfterFunc(r.Context(), func() {
		if stopping(r.Context()) {
			_ = http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0)) // recorders in tests have none
		}
	})
}
