package watch

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

// askWithin bounds what a scrape waits for the database: a scraper gives up after
// ten seconds, and then has nothing of the program either.
const askWithin = 3 * time.Second

type databaseCollector struct {
	pool *pgxpool.Pool

	up, queue, waited, states                              *prometheus.Desc
	size, sessions, maxSessions, replicas, lagBytes, lagSs *prometheus.Desc
}

func newDatabaseCollector(pool *pgxpool.Pool) *databaseCollector {
	desc := func(metric, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("taohe_"+metric, help, labels, nil)
	}
	return &databaseCollector{
		pool:        pool,
		up:          desc("database_up", "Whether the database answered this scrape; what follows from it is missing otherwise."),
		queue:       desc("queue_jobs", "Jobs of the queue; those that are over are kept for a day.", "kind", "state"),
		waited:      desc("queue_oldest_waiting_seconds", "How long the oldest job that could be begun has waited.", "kind"),
		states:      desc("records", "Runs, datasets, and jobs that people asked for, by state.", "what", "state"),
		size:        desc("database_size_bytes", "The database on disk."),
		sessions:    desc("database_sessions", "Sessions of the database, of all programs."),
		maxSessions: desc("database_max_sessions", "The most sessions the server takes."),
		replicas:    desc("replicas", "Streaming replicas of the server."),
		lagBytes:    desc("replica_lag_bytes", "How far the replica that is furthest behind is, in bytes of the log."),
		lagSs:       desc("replica_lag_seconds", "How far the replica that is furthest behind is, in seconds."),
	}
}

func (c *databaseCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.up, c.queue, c.waited, c.states, c.size, c.sessions, c.maxSessions, c.replicas, c.lagBytes, c.lagSs} {
		out <- d
	}
}

// A scrape that finds no database says so; that is what it is for.
func (c *databaseCollector) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), askWithin)
	defer cancel()
	found, err := c.ask(ctx)
	up := 1.0
	if err != nil {
		up, found = 0, nil
	}
	out <- prometheus.MustNewConstMetric(c.up, prometheus.GaugeValue, up)
	for _, m := range found {
		out <- m
	}
}

func (c *databaseCollector) ask(ctx context.Context) (found []prometheus.Metric, err error) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		found = append(found, prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...))
	}
	rows, err := c.pool.Query(ctx, sqlQueue.SQL())
	if err != nil {
		return nil, err
	}
	var kind, state string
	var jobs, waitedS float64
	oldest := map[string]float64{}
	_, err = pgx.ForEachRow(rows, []any{&kind, &state, &jobs, &waitedS}, func() error {
		gauge(c.queue, jobs, kind, state)
		oldest[kind] = max(oldest[kind], waitedS)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for kind, waitedS := range oldest {
		gauge(c.waited, waitedS, kind)
	}
	if rows, err = c.pool.Query(ctx, sqlStates.SQL()); err != nil {
		return nil, err
	}
	var what string
	var many float64
	_, err = pgx.ForEachRow(rows, []any{&what, &state, &many}, func() error {
		gauge(c.states, many, what, state)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var size, sessions, maxSessions, replicas, lagBytes, lagS float64
	err = c.pool.QueryRow(ctx, sqlDatabase.SQL()).Scan(&size, &sessions, &maxSessions, &replicas, &lagBytes, &lagS)
	if err != nil {
		return nil, err
	}
	gauge(c.size, size)
	gauge(c.sessions, sessions)
	gauge(c.maxSessions, maxSessions)
	gauge(c.replicas, replicas)
	gauge(c.lagBytes, lagBytes)
	gauge(c.lagSs, lagS)
	return found, nil
}
