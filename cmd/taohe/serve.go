package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/cluster"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/watch"
	"github.com/taohe-gis/taohe/internal/work"
)

type serveCmd struct {
	BaseURL   string        `name:"base-url" env:"TAOHE_BASE_URL" placeholder:"URL" help:"Address under which others reach the service, such as https://gis.example.cn/taohe through a proxy, for links of /ogc. Default: what a request was sent to; headers of proxies are not believed."`
	Listen    string        `env:"TAOHE_LISTEN" default:"127.0.0.1:8080" help:"Address to listen on; loopback only until there is an account."`
	Host      []string      `env:"TAOHE_HOSTS" sep:"," placeholder:"NAME" help:"Name under which the service is asked, such as taohe.example.org; repeatable. This machine's own are always served."`
	Origin    []string      `env:"TAOHE_ORIGINS" sep:"," placeholder:"URL" help:"Other site whose pages may ask with a token, such as https://example.org; repeatable."`
	Proxy     []string      `env:"TAOHE_PROXIES" sep:"," placeholder:"ADDRESS" help:"Reverse proxy whose X-Forwarded-For counts, as an address or a prefix such as 10.0.0.0/8; repeatable."`
	Issuer    string        `name:"oidc-issuer" env:"TAOHE_OIDC_ISSUER" placeholder:"URL" help:"OpenID Connect issuer at which people may sign in too, at /signin."`
	ClientID  string        `name:"oidc-client-id" env:"TAOHE_OIDC_CLIENT_ID" placeholder:"ID" help:"What the issuer knows this service by."`
	Secret    string        `name:"oidc-secret-file" env:"TAOHE_OIDC_SECRET_FILE" type:"existingfile" placeholder:"FILE" help:"File with the secret shared with the issuer."`
	Claim     string        `name:"oidc-role-claim" env:"TAOHE_OIDC_ROLE_CLAIM" placeholder:"CLAIM" help:"Claim of ID tokens that says which rights somebody has, such as groups; with --oidc-role."`
	Grant     []string      `name:"oidc-role" env:"TAOHE_OIDC_ROLES" sep:";" placeholder:"VALUE=ROLE@COUNTY,…" help:"Role, and counties if not all, of whom the claim says the value: their account is made and changed as they sign in. The first that fits counts; repeatable, in the environment separated by semicolons."`
	Scope     []string      `name:"oidc-scope" env:"TAOHE_OIDC_SCOPES" sep:"," placeholder:"SCOPE" help:"Scope to ask the issuer for beside openid, such as profile or groups; repeatable."`
	SpoolDir  string        `type:"path" env:"TAOHE_SPOOL_DIR" help:"Folder that holds uploads until they are loaded; no other service may receive into it. Default: in the data directory."`
	MaxUpload int64         `env:"TAOHE_MAX_UPLOAD" help:"Largest upload in bytes. Default: as inspect --limits says."`
	Stall     time.Duration `env:"TAOHE_STALL" default:"1m" help:"How long an upload may send nothing before it is given up."`
	Grace     time.Duration `default:"30s" help:"How long running requests may take to end at a stop."`
	Font      string        `env:"TAOHE_FONT" type:"path" placeholder:"FILE" help:"Font for maps; Noto CJK or Source Han where they are usually installed by default."`
	BaseMap   []string      `name:"base-map" env:"TAOHE_BASE_MAP" sep:" " placeholder:"URL" help:"Tiles of an online base map beneath the map in the browser, in Web Mercator, with {z}, {x} and {y}; repeatable, the lowest first. The page may then load pictures from that host. None by default."`
	BaseMapBy string        `name:"base-map-attribution" env:"TAOHE_BASE_MAP_ATTRIBUTION" placeholder:"TEXT" help:"Whose base map it is, as the map shows it."`
	NoWorker  bool          `help:"Only take work, and leave it to taohe worker."`

	RequestTimeout time.Duration `env:"TAOHE_REQUEST_TIMEOUT" default:"5m" help:"How long a request may take to be answered once its body is there; its statements end with it. Uploads and events are bounded otherwise."`

	watched
}

func (c *serveCmd) Run(s *session) error {
	var elsewhere *api.NotLoopbackError
	if err := api.CheckLoopback(c.Listen); err != nil && !errors.As(err, &elsewhere) {
		return &exitError{2, err.Error()}
	}
	proxies, err := api.ParseProxies(c.Proxy)
	if err = errors.Join(err, api.CheckOrigins(c.Origin)); err != nil {
		return &exitError{2, err.Error()}
	}
	var base *url.URL
	if c.BaseURL != "" {
		var err error
		if base, err = api.ParseBaseURL(c.BaseURL); err != nil {
			return &exitError{2, "--base-url: " + err.Error()}
		}
	}
	beneath, err := api.ParseBaseMap(c.BaseMap, c.BaseMapBy)
	if err != nil {
		return &exitError{2, "--base-map: " + err.Error()}
	}
	issuer, err := c.issuer(base)
	if err != nil {
		return err
	}
	// Taken before the database starts, so that a port in use is told at once.
	listener, err := (&net.ListenConfig{}).Listen(s.ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w (choose another address with --listen)", err)
	}
	defer listener.Close()
	seen, err := c.listen(s.ctx)
	if err != nil {
		return err
	}
	if seen != nil {
		defer seen.Close()
	}
	requests := kind{pg.OfRequests(c.RequestTimeout), c.slow(s.log)}
	return s.withPipelineOf(s.cli.Database, false, requests, func(p *pipeline.Pipeline, pool *pgxpool.Pool) error {
		who := access.New(pool)
		any, err := who.Any(s.ctx)
		if err != nil {
			return err
		}
		if elsewhere != nil && !any {
			return &exitError{2, elsewhere.Error()}
		}
		spool, err := c.spool(s, listener.Addr())
		if err != nil {
			return err
		}
		queue, err := work.NewQueue(pool, p, spool, s.log)
		if err != nil {
			return err
		}
		// Whoever looks after the service is answered however many wait for a connection.
		looking, err := pg.Open(s.ctx, pool.Config().ConnString(), pg.Options{ApplicationName: "taohe health", MaxConns: 2, Limits: pg.OfRequests(time.Minute)})
		if err != nil {
			return err
		}
		defer looking.Close()
		stopping, letGo := context.WithCancel(context.Background())
		defer letGo()
		server := newStoppable(api.Server(c.Listen, api.New(api.Deps{
			Pipeline: p, Access: who, Issuer: issuer, Hosts: c.Host, Origins: c.Origin, Proxies: proxies, Work: queue, Health: looking.Ping, Log: s.log, SpoolDir: spool,
			MaxUploadBytes: c.MaxUpload, StallTimeout: c.Stall, Font: c.Font, Version: version, BaseURL: base, BaseMap: beneath, Metrics: c.counted(), RequestTimeout: c.RequestTimeout,
			Stopping: stopping.Done(),
		})))
		server.RegisterOnShutdown(letGo)
		if err := scratch(spool); err != nil {
			return err
		}
		none := make(chan error)
		worker := &companion{cancel: func() { close(none) }, ended: none}
		checks := []watch.Check{{Name: "spool", Try: watch.Writable(spool)}}
		if !c.NoWorker {
			w := &work.Worker{Log: s.log, Concurrency: s.cli.Workers, Spool: spool, Font: c.Font}
			worker = s.startWorker(pool.Config().ConnString(), w, c)
			checks = append(checks, atWork(w))
		}
		defer c.counted().WatchPool("requests", pool)()
		defer c.show(s, seen, looking, checks...)()
		fmt.Fprintf(s.out, "http://%s  （接口说明 /openapi.json；停止请按 Ctrl-C）\n", listener.Addr())
		if !any {
			fmt.Fprintln(s.out, "尚未建立账号：只接受本机访问，不需登录。建立账号：taohe account add --admin 账号名")
		}
		failed := make(chan error, 1)
		go func() { failed <- server.Serve(listener) }()
		select {
		case err := <-failed:
			return errors.Join(err, worker.stop())
		case err := <-worker.ended:
			return errors.Join(err, c.stop(s, server, worker))
		case <-s.ctx.Done():
		}
		return c.stop(s, server, worker)
	})
}

// A companion is a worker beside the service.
type companion struct {
	cancel context.CancelFunc
	// ended takes how it ended.
	ended chan error
}

// startWorker has a worker work beside the service, on connections of its own:
// however many ask the service, they do not take them from a run.
func (s *session) startWorker(dsn string, w *work.Worker, of *serveCmd) *companion {
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.ctx))
	c := &companion{cancel, make(chan error, 1)}
	go func() {
		defer close(c.ended)
		work := func() error {
			return s.onDatabase(ctx, dsn, nil, kind{pg.OfWork(), of.slow(s.log)}, func(p *pipeline.Pipeline, pool *pgxpool.Pool) error {
				w.Pipeline, w.Pool = p, pool
				defer of.counted().WatchPool("worker", pool)()
				return w.Run(ctx)
			})
		}
		err := work()
		// The service answers already: a database that goes away now is waited for, as later.
		for pg.Unavailable(err) && ctx.Err() == nil {
			s.log.Error("the worker lost the database before it had begun; waiting for it", "err", err)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
				err = work()
			}
		}
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			err = nil // stopped before it had begun
		}
		c.ended <- err
	}()
	return c
}

// stop makes the worker give back its work, and waits for it.
func (c *companion) stop() error {
	c.cancel()
	return <-c.ended
}

// issuer is the one that is set, nil for none.
func (c *serveCmd) issuer(base *url.URL) (*access.Issuer, error) {
	if c.Issuer == "" {
		return nil, nil //nolint:nilnil // none is none
	}
	if (c.Claim == "") != (len(c.Grant) == 0) {
		return nil, &exitError{2, "--oidc-role-claim、--oidc-role: 须同时写明。"}
	}
	var grants []access.Grant
	for _, text := range c.Grant {
		g, err := access.ParseGrant(text)
		if err != nil {
			return nil, &exitError{2, "--oidc-role: " + err.Error()}
		}
		grants = append(grants, g)
	}
	if c.ClientID == "" || c.Secret == "" || base == nil {
		return nil, &exitError{2, "--oidc-issuer: 还须写明 --oidc-client-id、--oidc-secret-file 和 --base-url。"}
	}
	secret, err := os.ReadFile(c.Secret)
	if err != nil {
		return nil, err
	}
	return &access.Issuer{
		URL: c.Issuer, ClientID: c.ClientID, ClientSecret: strings.TrimSpace(string(secret)), ReturnURL: base.String() + api.ReturnPath,
		Scopes: c.Scope, RoleClaim: c.Claim, Grants: grants,
	}, nil
}

// scratch has the readers unpack in a folder of the spool, which the next start
// removes with the rest should this program be killed.
func scratch(spool string) error {
	dir := filepath.Join(spool, "upload-scratch")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("spool folder: %w (choose another with --spool-dir)", err)
	}
	return os.Setenv("TMPDIR", dir)
}

// spool is the folder of this service's uploads. Services with a database of
// others may share a data directory; the address they listen on, which is theirs
// alone on this machine, keeps their folders apart.
func (c *serveCmd) spool(s *session, listening net.Addr) (string, error) {
	if c.SpoolDir != "" {
		return c.SpoolDir, nil
	}
	dir := s.cli.DataDir
	if dir == "" {
		var err error
		if dir, err = cluster.DefaultDataDir(); err != nil {
			return "", err
		}
	}
	name := "spool"
	if s.cli.DatabaseURL != "" {
		name += "-" + strings.NewReplacer(":", "_", "[", "", "]", "").Replace(listening.String())
	}
	return filepath.Join(dir, name), nil
}
