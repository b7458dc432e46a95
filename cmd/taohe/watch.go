package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/watch"
)

// watched are the flags of programs that run on and are looked after.
type watched struct {
	MetricsListen string        `env:"TAOHE_METRICS_LISTEN" placeholder:"ADDRESS" help:"Address for /metrics, /readyz and /healthz, such as 127.0.0.1:9187, which show figures and no data and ask nobody who he is; none by default."`
	SlowQuery     time.Duration `env:"TAOHE_SLOW_QUERY" default:"5s" help:"Statements that take longer are logged by name; 0 logs none."`

	metrics *watch.Metrics
}

// A kind is what connections are for, which says what the server ends on them.
type kind struct {
	limits pg.Limits
	slow   *pg.SlowLog
}

// slow is the log of statements that take long.
func (w *watched) slow(log *slog.Logger) *pg.SlowLog {
	if w.SlowQuery <= 0 {
		return nil
	}
	return &pg.SlowLog{Over: w.SlowQuery, Log: log, Count: w.counted().SlowStatement}
}

func (w *watched) counted() *watch.Metrics {
	if w.metrics == nil {
		w.metrics = watch.New(version)
	}
	return w.metrics
}

// listen takes the address before anything is started, so that one in use is told
// at once; nil where there is none.
func (w *watched) listen(ctx context.Context) (net.Listener, error) {
	if w.MetricsListen == "" {
		return nil, nil //nolint:nilnil // no listener is no fault
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", w.MetricsListen)
	if err != nil {
		return nil, fmt.Errorf("listen for metrics: %w (choose another address with --metrics-listen)", err)
	}
	return l, nil
}

// show answers on the listener until the function returned is called.
func (w *watched) show(s *session, l net.Listener, looking *pgxpool.Pool, checks ...watch.Check) (stop func()) {
	if l == nil {
		return func() {}
	}
	w.counted().WatchDatabase(looking)
	server := watch.Server(version, w.counted(), watch.Ready(append(checks, watch.Check{Name: "database", Try: func(ctx context.Context) error {
		return short(pg.Check(ctx, looking))
	}})...))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("metrics are not shown any more", "err", err)
		}
	}()
	s.log.Info("metrics are shown", "address", l.Addr().String())
	return func() {
		_ = server.Close() // whoever scrapes comes again
		<-ended
	}
}

// short is what may be shown of an error of the database to whoever asks: what is
// to be done, where that is known, and nothing of the connection.
func short(err error) error {
	var notReady *pg.NotReadyError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &notReady):
		return notReady
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("the database does not answer in time")
	}
	return errors.New("the database does not answer")
}

// atWork says whether a worker takes work.
func atWork(w interface{ Working() bool }) watch.Check {
	return watch.Check{Name: "worker", Try: func(context.Context) error {
		if w.Working() {
			return nil
		}
		return errors.New("the worker takes no work: it waits for the database")
	}}
}
