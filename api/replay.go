package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"net/http"
	"regexp"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/replay"
)

// keyParameter is the header by which a sender names a request of its own.
var keyParameter = &huma.Param{
	Name: "Idempotency-Key", In: "header", Example: "b0f1c7e2-5d3a-4c0e-9f55-2f6d1a7c9e10",
	Description: "自定的编号：一天内带同一编号再次发送同一请求，只答复当初的结果，不再新建",
	Schema:      &huma.Schema{Type: huma.TypeString, MinLength: ptr(1), MaxLength: ptr(200), Pattern: keyPattern.String()},
}

func ptr[T any](v T) *T { return &v }

var keyPattern = regexp.MustCompile(`^[!-~]+$`)

// replayed answers a request that was carried out before as it was answered then.
// Only what succeeded is kept: what was refused created nothing, and its key is
// free for the request put right. What a program left that died is done anew, unless
// it was done.
func (s *service) replayed(ctx huma.Context, next func(huma.Context)) {
	key := ctx.Header("Idempotency-Key")
	if key == "" {
		next(ctx)
		return
	}
	r, w := humachi.Unwrap(ctx)
	if len(key) > 200 || !keyPattern.MatchString(key) {
		var f faults
		f.add("header.Idempotency-Key", "bad-format", "编号应为 1 至 200 个可见的 ASCII 字符。")
		s.fail(w, r, f.err())
		return
	}
	body, err := io.ReadAll(r.Body) // which bodyRead has read
	if err != nil {
		s.fail(w, r, err)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	sum := sha256.Sum256([]byte(callerOf(r.Context()).Name + "\n" + r.Method + " " + r.URL.RequestURI() + "\n" + r.Header.Get("Prefer") + "\n" + string(body)))
	// What is kept is the program's own, and of each account apart.
	owner := pg.AsOwner(r.Context())
	before, done, err := s.Pipeline.ClaimKey(owner, key, sum[:])
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if done {
		for name, value := range before.Header {
			w.Header().Set(name, value)
		}
		w.Header().Set("Idempotency-Replayed", "true")
		w.WriteHeader(before.Status)
		_, _ = w.Write(before.Body) // the client may be gone
		return
	}
	// What was done is kept even when the client is gone: it will ask again.
	after := context.WithoutCancel(owner)
	kept := &keeping{ResponseWriter: w}
	defer func() {
		if kept.status < 200 || kept.status > 299 {
			err = s.Pipeline.ReleaseKey(after, key, sum[:])
		} else {
			reply := replay.Reply{Status: kept.status, Header: map[string]string{}, Body: kept.body.Bytes()}
			for _, name := range []string{"Content-Type", "Location", "Preference-Applied"} {
				if v := w.Header().Get(name); v != "" {
					reply.Header[name] = v
				}
			}
			err = s.Pipeline.KeepReply(after, key, sum[:], reply)
		}
		if err != nil {
			s.Log.ErrorContext(after, "reply not kept", "request_id", requestID(after), "err", err)
		}
	}()
	next(humachi.NewContext(ctx.Operation(), r.WithContext(s.Pipeline.WithKey(ctx.Context(), key, sum[:])), kept))
}

// keeping copies what is answered.
type keeping struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (w *keeping) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *keeping) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	w.body.Write(b)
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *keeping) Unwrap() http.ResponseWriter { return w.ResponseWriter }
