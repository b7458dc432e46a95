package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/taohe-gis/taohe/api/ogc"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/watch"
	"github.com/taohe-gis/taohe/internal/work"
)

// Deps are what the service works with.
type Deps struct {
	Pipeline *pipeline.Pipeline
	// Access knows who may do what. While it knows no account, whoever is on this
	// machine may do all; without it nobody may do anything.
	Access *access.Access
	// Issuer vouches for people beside passwords, if there is one.
	Issuer *access.Issuer
	// Hosts are the names, beside this machine's own, under which the service may be
	// asked.
	Hosts []string
	// Origins are other sites whose pages may ask it, such as https://example.org.
	Origins []string
	// Proxies are those whose word counts on where a request comes from.
	Proxies []netip.Prefix
	// Work takes imports and runs. It is a queue of the same SpoolDir.
	Work *work.Queue
	// Log takes what operators should know; nothing is logged when nil.
	Log *slog.Logger
	// SpoolDir holds uploads until they are loaded. No other service may receive
	// into it: what lies there and waits for no load is removed. A folder of the
	// system's temporary folder when empty.
	SpoolDir string
	// MaxUploadBytes is the largest file taken; 2 GiB when 0.
	MaxUploadBytes int64
	// StallTimeout is how long an upload may send nothing before it is given
	// up; a minute when 0. How long the whole takes is not bounded.
	StallTimeout time.Duration
	// RequestTimeout is how long a request may take once its body is there; five
	// minutes when 0. Uploads are bounded by StallTimeout, and events by nothing.
	RequestTimeout time.Duration
	// Stopping is closed when the service is about to stop: whoever follows something
	// is let go at once, and asks the next. Requests are answered all the same, unless
	// their context ends for ErrStopping.
	Stopping <-chan struct{}
	// Font is the font of maps; the usual places are looked through when empty.
	Font string
	// Health asks the database whether it answers, on no connection that others wait
	// for; the pipeline's are used when nil.
	Health func(context.Context) error
	// BaseMap is what maps in the browser may lie upon; none when empty.
	BaseMap BaseMap
	// Metrics count requests; nobody looks at them when nil.
	Metrics *watch.Metrics
	// Version of the program, as the OpenAPI document and /healthz show it.
	Version string
	// BaseURL is what absolute links begin with, from ParseBaseURL; what a request was
	// sent to when nil.
	BaseURL *url.URL
}

// service is the state behind the handlers.
type service struct {
	Deps
	spool spool
	// inspecting holds those who look through a file that they upload; likewise.
	inspecting chan struct{}
	// converting holds those who turn a document into PDF; the others wait.
	converting chan struct{}
	atlas      *atlas
}

// New returns the service. Files in the spool folder that wait for no load, an
// earlier service having been killed, are removed.
func New(d Deps) http.Handler {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	d.Log = watch.Contextual(d.Log)
	if d.Metrics == nil {
		d.Metrics = watch.New(d.Version)
	}
	if d.MaxUploadBytes <= 0 {
		d.MaxUploadBytes = record.DefaultMaxUploadBytes
	}
	if d.StallTimeout <= 0 {
		d.StallTimeout = defaultStallTimeout
	}
	if d.RequestTimeout <= 0 {
		d.RequestTimeout = defaultRequestTimeout
	}
	if d.SpoolDir == "" {
		d.SpoolDir = filepath.Join(os.TempDir(), "taohe-spool")
	}
	if d.Version == "" {
		d.Version = "unknown"
	}
	if d.Health == nil {
		d.Health = func(ctx context.Context) error {
			_, err := d.Pipeline.Counties(ctx)
			return err
		}
	}
	s := &service{Deps: d, spool: spool{dir: d.SpoolDir}, inspecting: make(chan struct{}, 2), converting: make(chan struct{}, 2), atlas: newAtlas(d.Font)}
	if err := s.cleanSpool(); err != nil {
		d.Log.Error("spool folder not cleaned", "dir", d.SpoolDir, "err", err)
	}
	r := chi.NewRouter()
	r.Use(s.observe, s.guard(), middleware.GetHead)
	r.NotFound(func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, errNoSuchPath) })
	r.MethodNotAllowed(func(w http.ResponseWriter, req *http.Request) {
		setAllow(w, req.URL.Path, r)
		s.fail(w, req, errMethodNotAllowed)
	})
	a := humachi.New(r, s.config())
	s.routes(a)
	s.serveDocument(r, a.OpenAPI())
	s.signInPages(r)
	s.serveApp(r)
	r.Mount(ogc.Path, s.timely(s.ogcRoutes(ogc.New(ogc.Deps{Pipeline: d.Pipeline, Service: r, Fail: s.fail, Negotiate: negotiate, Tiles: d.Metrics, Version: d.Version, BaseURL: d.BaseURL}))))
	return r
}

// config leaves out what huma adds to replies and paths of its own accord.
func (s *service) config() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "taohe 套合", Version: s.Version,
				Description: "矿山影像套合：上传图层、套合、按矿山出具疑似问题报告。Areas are on the CGCS2000 ellipsoid: " +
					"`ellipsoidal_area_m2` in square metres, `mu` in mu (亩, 2000/3 m²).",
				License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
			},
			Servers: []*huma.Server{{URL: "/", Description: "提供这份说明的服务"}},
			// While there is no account, nothing is asked for.
			Security: []map[string][]string{{"session": {}}, {"token": {}}, {}},
			Tags:     tags,
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"session": {Type: "apiKey", In: "cookie", Name: cookieName, Description: "登录后浏览器所带的凭证，见 POST /v1/session"},
					"token":   {Type: "http", Scheme: "bearer", Description: "程序所用的令牌，见 POST /v1/tokens"},
				},
			},
		},
		Formats:                      map[string]huma.Format{jsonType: huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat:                jsonType,
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{s.transform},
	}
}

// The media types the service speaks.
const (
	jsonType    = "application/json"
	geoJSONType = "application/geo+json"
	csvType     = "text/csv"
	jpegType    = "image/jpeg"
	problemType = "application/problem+json"
	formType    = "multipart/form-data"
)
