package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"github.com/taohe-gis/taohe/internal/watch"
)

// writeTimeout is how long a client may take to fetch a reply once it began.
const writeTimeout = 5 * time.Minute

type requestIDKey struct{}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// requestIDs are those that are taken from whoever stands before the service, so
// that one request has one name in all logs: nothing else gets into a line.
var requestIDs = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// nameRequest is the request's own name, or a new one.
func nameRequest(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); requestIDs.MatchString(id) {
		return id
	}
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}

// received counts what is read of a body.
type received struct {
	io.ReadCloser
	bytes int64
}

func (b *received) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.bytes += int64(n)
	return n, err
}

// subjects are what the number in a path is of, as log lines call it.
var subjects = []struct{ begins, key string }{
	{"/v1/runs/", "run"}, {"/v1/datasets/", "dataset"}, {"/v1/jobs/", "job"}, {"/v1/ledger/items/", "item"},
}

// subject is what a request was about: by its path, or by what it made.
func subject(path, location string) []slog.Attr {
	for _, address := range []string{location, path} {
		for _, s := range subjects {
			rest, found := strings.CutPrefix(address, s.begins)
			number, _, _ := strings.Cut(rest, "/")
			if id, err := strconv.ParseInt(number, 10, 64); found && err == nil {
				return []slog.Attr{slog.Int64(s.key, id)}
			}
		}
	}
	return nil
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

// replyPolicy is of replies that are not pages: nothing they hold may be run or
// shown within another page. Pages say themselves what they need.
const replyPolicy = "default-src 'none'; frame-ancestors 'none'"

// observe names each request, logs it once, and turns a panic into a problem.
func (s *service) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		id := nameRequest(r)
		a := &asked{request: r}
		ctx := watch.With(context.WithValue(context.WithValue(r.Context(), requestIDKey{}, id), askedKey{}, a), slog.String("request_id", id))
		r = r.WithContext(watch.With(ctx, subject(r.URL.Path, "")...))
		body := &received{ReadCloser: r.Body}
		r.Body = body
		end := s.Metrics.Begin()
		defer hurried(rw, r)()
		w := &reply{ResponseWriter: rw}
		h := w.Header()
		h.Set("X-Request-Id", id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Content-Security-Policy", replyPolicy)
		begun := time.Now()
		defer func() {
			if v := recover(); v != nil {
				s.recovered(w, r, v)
			}
			s.audit(r.Context(), a, w.status)
			took, route := time.Since(begun), chi.RouteContext(r.Context()).RoutePattern()
			end(watch.Request{Method: r.Method, Route: route, Status: w.status, Received: body.bytes, Sent: w.bytes, Took: took})
			s.Log.LogAttrs(watch.With(r.Context(), subject("", h.Get("Location"))...), slog.LevelInfo, "request", slog.String("request_id", id), slog.String("method", r.Method),
				slog.String("path", r.URL.Path), slog.String("route", route), slog.String("account", a.caller.Name), slog.Int("status", w.status), slog.Int64("bytes", w.bytes), slog.Duration("took", took))
		}()
		next.ServeHTTP(w, r)
	})
}

// recovered answers after a panic; a reply already begun is broken off, so that
// nobody takes half of it for the whole.
func (s *service) recovered(w *reply, r *http.Request, v any) {
	thrown, ok := v.(error)
	if !ok {
		thrown = fmt.Errorf("%v", v)
	}
	if errors.Is(thrown, http.ErrAbortHandler) {
		panic(http.ErrAbortHandler)
	}
	// A database that goes away while a reply is written is that, and no fault here.
	err := fmt.Errorf("panic: %w\n%s", thrown, debug.Stack())
	if w.status == 0 {
		s.fail(w, r, err)
		return
	}
	_ = s.problem(r.Context(), err) // for the log
	panic(http.ErrAbortHandler)
}

// guard keeps other sites' pages out: a page may point a name of its own at this
// machine (DNS rebinding), or post a form to it with the cookie of whoever looks at
// it. Sites that are listed may ask, and are told so.
func (s *service) guard() func(http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	for _, o := range s.Origins {
		if err := origin.AddTrustedOrigin(o); err != nil {
			panic(fmt.Sprintf("api: origin %q: %v", o, err)) // CheckOrigins was not asked
		}
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case !isLoopbackHost(hostOf(r.Host)) && !slices.ContainsFunc(s.Hosts, func(h string) bool { return strings.EqualFold(h, hostOf(r.Host)) }):
				s.fail(w, r, errHost)
			case s.shared(w, r):
			case origin.Check(r) != nil:
				s.fail(w, r, errCrossOrigin)
			case !isPlainText(r.URL):
				s.fail(w, r, errBadText)
			default:
				next.ServeHTTP(w, r)
			}
		})
	}
}

// CheckOrigins says which of some sites is not written as one: scheme, host and
// port, and nothing else.
func CheckOrigins(origins []string) error {
	for _, o := range origins {
		if err := http.NewCrossOriginProtection().AddTrustedOrigin(o); err != nil {
			return fmt.Errorf("origin %q: %w", o, err)
		}
	}
	return nil
}

// shared lets pages of listed sites read replies. They come with a token, never
// with a cookie. It answers, and says so, when a browser asks beforehand.
func (s *service) shared(w http.ResponseWriter, r *http.Request) (answered bool) {
	if len(s.Origins) == 0 {
		return false
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if !slices.Contains(s.Origins, origin) {
		return false
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "ETag, Link, Location, Preference-Applied, X-Request-Id")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, If-Match, Prefer")
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
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
