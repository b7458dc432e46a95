package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
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
