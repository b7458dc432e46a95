package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"
)

// writeTimeout is how long a client may take to fetch a reply once it began.
const writeTimeout = 5 * time.Minute

type requestIDKey struct{}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// reply watches what is written and how much.
type reply struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *reply) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
		_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(writeTimeout))
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *reply) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *reply) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// observe names each request, logs it once, and turns a panic into a problem.
func (s *service) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		var random [8]byte
		_, _ = rand.Read(random[:]) // never fails
		id := hex.EncodeToString(random[:])
		r = r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
		w := &reply{ResponseWriter: rw}
		h := w.Header()
		h.Set("X-Request-Id", id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		begun := time.Now()
		defer func() {
			if v := recover(); v != nil {
				s.recovered(w, r, v)
			}
			s.Log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("request_id", id), slog.String("method", r.Method),
				slog.String("path", r.URL.Path), slog.Int("status", w.status), slog.Int64("bytes", w.bytes), slog.Duration("took", time.Since(begun)))
		}()
		next.ServeHTTP(w, r)
	})
}

// recovered answers after a panic; a reply already begun is broken off, so that
// nobody takes half of it for the whole.
func (s *service) recovered(w *reply, r *http.Request, v any) {
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(http.ErrAbortHandler)
	}
	err := fmt.Errorf("panic: %v\n%s", v, debug.Stack())
	if w.status == 0 {
		s.fail(w, r, err)
		return
	}
	_ = s.problem(r.Context(), err) // for the log
	panic(http.ErrAbortHandler)
}

// guard keeps other sites' pages out of a service that trusts whoever reaches
// it: a page may point a name of its own at this machine (DNS rebinding), or
// post a form to it.
func (s *service) guard(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !isLoopbackHost(hostOf(r.Host)):
			s.fail(w, r, errHost)
		case origin.Check(r) != nil:
			s.fail(w, r, errCrossOrigin)
		case !isPlainText(r.URL):
			s.fail(w, r, errBadText)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// isPlainText reports whether the address is text that PostgreSQL can hold.
func isPlainText(u *url.URL) bool {
	query, err := url.QueryUnescape(u.RawQuery)
	return err == nil && storable(u.Path) && storable(query)
}

func storable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func hostOf(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

// isLoopbackHost reports whether a host names this machine and nothing else.
func isLoopbackHost(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
