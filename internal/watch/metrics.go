package watch

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics of one program, on a registry of their own.
type Metrics struct {
	registry *prometheus.Registry
	inFlight prometheus.Gauge
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	received *prometheus.CounterVec
	sent     *prometheus.CounterVec
	slow     prometheus.Counter
	tiles    *prometheus.CounterVec
	drawn    prometheus.Counter
}

// New returns the metrics of a program of the version.
func New(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "taohe_http_requests_in_flight", Help: "Requests being answered."}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "taohe_http_requests_total", Help: "Requests answered, by pattern of the path.",
		}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "taohe_http_request_seconds", Help: "How long requests took, by pattern of the path.",
			Buckets: []float64{.005, .02, .1, .5, 2, 10, 60, 600},
		}, []string{"method", "route"}),
		received: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "taohe_http_received_bytes_total", Help: "Bytes of request bodies read, uploads above all.",
		}, []string{"route"}),
		sent: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "taohe_http_sent_bytes_total", Help: "Bytes of replies written.",
		}, []string{"route"}),
		slow: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "taohe_slow_statements_total", Help: "Statements that took longer than the threshold of the slow-query log.",
		}),
		// The service keeps no tiles: browsers and proxies do.
		tiles: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "taohe_tiles_total", Help: "Tiles that were drawn, and that whoever asked had kept (304).",
		}, []string{"answer"}),
		drawn: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "taohe_tile_bytes_total", Help: "Bytes of tiles that were drawn.",
		}),
	}
	for _, answer := range []string{tileKept, tileDrawn} {
		m.tiles.WithLabelValues(answer)
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "taohe_build_info", Help: "1, with the version of the program.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(m.inFlight, m.requests, m.seconds, m.received, m.sent, m.slow, m.tiles, m.drawn, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler answers with the metrics as they are now.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2, Timeout: 10 * time.Second})
}

// A Request is what is counted of one.
type Request struct {
	// Method and Route are what it was of; Route is the pattern of the path, empty
	// where none matched.
	Method, Route  string
	Status         int
	Received, Sent int64
	Took           time.Duration
}

// methods are those that stand as labels by name: a client can send any word.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions}

// Begin counts a request that begins; the function returned is to be called once
// at its end.
func (m *Metrics) Begin() func(Request) {
	m.inFlight.Inc()
	return func(r Request) {
		m.inFlight.Dec()
		if !slices.Contains(methods, r.Method) {
			r.Method = "other"
		}
		if r.Route == "" {
			r.Route = "none"
		}
		m.requests.WithLabelValues(r.Method, r.Route, strconv.Itoa(r.Status)).Inc()
		m.seconds.WithLabelValues(r.Method, r.Route).Observe(r.Took.Seconds())
		m.received.WithLabelValues(r.Route).Add(float64(r.Received))
		m.sent.WithLabelValues(r.Route).Add(float64(r.Sent))
	}
}

// What became of a request for a tile.
const tileKept, tileDrawn = "kept", "drawn"

// TileKept counts a tile that whoever asked for it has already.
func (m *Metrics) TileKept() { m.tiles.WithLabelValues(tileKept).Inc() }

// TileDrawn counts a tile that was drawn, of so many bytes.
func (m *Metrics) TileDrawn(bytes int) {
	m.tiles.WithLabelValues(tileDrawn).Inc()
	m.drawn.Add(float64(bytes))
}

// SlowStatement counts a statement that took long.
func (m *Metrics) SlowStatement() { m.slow.Inc() }

// WatchPool shows a pool of connections, under a name that no other pool of the
// program has, until the function returned is called.
func (m *Metrics) WatchPool(name string, pool *pgxpool.Pool) (forget func()) {
	c := newPoolCollector(name, pool)
	m.registry.MustRegister(c)
	return func() { m.registry.Unregister(c) }
}

// WatchDatabase shows what the database knows of work and of itself. It is asked at
// each scrape, on connections that nobody else waits for.
func (m *Metrics) WatchDatabase(pool *pgxpool.Pool) {
	m.registry.MustRegister(newDatabaseCollector(pool))
}

type poolCollector struct {
	pool                                         *pgxpool.Pool
	acquired, idle, most, waits, waited, givenUp *prometheus.Desc
}

func newPoolCollector(name string, pool *pgxpool.Pool) *poolCollector {
	desc := func(metric, help string) *prometheus.Desc {
		return prometheus.NewDesc("taohe_pool_"+metric, help, nil, prometheus.Labels{"pool": name})
	}
	return &poolCollector{
		pool:     pool,
		acquired: desc("acquired_connections", "Connections in use."),
		idle:     desc("idle_connections", "Connections that wait to be used."),
		most:     desc("max_connections", "The most connections the pool holds."),
		waits:    desc("waits_total", "How often somebody had to wait for a connection."),
		waited:   desc("wait_seconds_total", "How long was waited for connections, all waits together."),
		givenUp:  desc("waits_given_up_total", "Waits for a connection that were given up."),
	}
}

func (c *poolCollector) Describe(out chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, out) }

func (c *poolCollector) Collect(out chan<- prometheus.Metric) {
	s := c.pool.Stat()
	gauge, counter := prometheus.GaugeValue, prometheus.CounterValue
	out <- prometheus.MustNewConstMetric(c.acquired, gauge, float64(s.AcquiredConns()))
	out <- prometheus.MustNewConstMetric(c.idle, gauge, float64(s.IdleConns()))
	out <- prometheus.MustNewConstMetric(c.most, gauge, float64(s.MaxConns()))
	out <- prometheus.MustNewConstMetric(c.waits, counter, float64(s.EmptyAcquireCount()))
	out <- prometheus.MustNewConstMetric(c.waited, counter, s.EmptyAcquireWaitTime().Seconds())
	out <- prometheus.MustNewConstMetric(c.givenUp, counter, float64(s.CanceledAcquireCount()))
}
