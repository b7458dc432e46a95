package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"
)

// A Check is one thing that has to be so for a service to be of use. Its error is
// what is shown of it, so it names nothing secret.
type Check struct {
	Name string
	Try  func(context.Context) error
}

// tryWithin bounds each check: a database that is gone may not answer at all.
const tryWithin = 3 * time.Second

// Ready answers 200 when every check passes, else 503; both with what each came to.
func Ready(checks ...Check) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), tryWithin)
		defer cancel()
		found := make([]error, len(checks))
		var trying sync.WaitGroup
		for i, c := range checks {
			trying.Go(func() { found[i] = c.Try(ctx) })
		}
		trying.Wait()
		status, results := http.StatusOK, map[string]string{}
		for i, c := range checks {
			results[c.Name] = "ok"
			if found[i] != nil {
				status, results[c.Name] = http.StatusServiceUnavailable, found[i].Error()
			}
		}
		answer(w, status, map[string]any{"ready": status == http.StatusOK, "checks": results})
	})
}

// Alive answers as long as the program does.
func Alive(version string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"status": "ok", "version": version})
	})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // who asked may be gone
}

// Writable says whether files can be made in a folder.
func Writable(dir string) func(context.Context) error {
	return func(context.Context) error {
		f, err := os.CreateTemp(dir, ".ready-")
		if err != nil {
			return fmt.Errorf("no file can be made: %w", errors.Unwrap(err))
		}
		_, err = f.WriteString("ready")
		return errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
}

// Server answers on a listener of its own, which is not that of people: /healthz,
// /readyz and /metrics need no leave, and show no data.
func Server(version string, m *Metrics, ready http.Handler) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", Alive(version))
	mux.Handle("GET /readyz", ready)
	mux.Handle("GET /metrics", m.Handler())
	return &http.Server{
		Handler: mux, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
}
