package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
)

const (
	// bodyTimeout is how long a body that is not an upload may take, unless an
	// upload may not even send nothing for so long.
	bodyTimeout = 30 * time.Second
	// defaultStallTimeout is how long an upload may send nothing.
	defaultStallTimeout = time.Minute
)

// bodyRead reads a small body before huma does, under a limit and a deadline.
// huma would leave its deadline behind, which then ends the request's context
// in the middle of the handler. Of a body that is not JSON, huma would say that
// it is not when there is none.
func (s *service) bodyRead(limit int64, raw bool) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humachi.Unwrap(ctx)
		c := http.NewResponseController(w)
		_ = c.SetReadDeadline(time.Now().Add(min(bodyTimeout, s.StallTimeout))) // recorders in tests have none
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
		_ = c.SetReadDeadline(time.Time{})
		if err != nil {
			w.Header().Set("Connection", "close")
			s.fail(w, r, bodyProblem(r.Context(), err, errMalformedJSON))
			return
		}
		if raw && len(body) == 0 {
			var f faults
			f.add("body", "missing", "请求没有内容。")
			s.fail(w, r, f.err())
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next(ctx)
	}
}

// bodyProblem says what a failure to read a body means to its sender; other is
// what it means when the bytes came and were not what they should be.
func bodyProblem(ctx context.Context, err error, other kindError) error {
	var tooLarge *http.MaxBytesError
	switch {
	case stopping(ctx):
		return errStopping
	case errors.As(err, &tooLarge):
		return errTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errStalled
	case errors.Is(err, io.ErrUnexpectedEOF), ctx.Err() != nil:
		return errUploadIncomplete
	}
	return other
}

// rolling is a body whose reader is given up only when nothing comes for a
// while: a slow upload over a county's line may take hours.
type rolling struct {
	io.ReadCloser
	c     *http.ResponseController
	stall time.Duration
	set   time.Time
}

func (b *rolling) Read(p []byte) (int, error) {
	// A deadline costs a system call, a read of the buffer none.
	if now := time.Now(); now.Sub(b.set) > b.stall/60 {
		b.set = now
		_ = b.c.SetReadDeadline(now.Add(b.stall))
	}
	return b.ReadCloser.Read(p)
}

// done takes the deadline away again.
func (b *rolling) done() { _ = b.c.SetReadDeadline(time.Time{}) }
