package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/internal/cluster"
	"github.com/taohe-gis/taohe/internal/jobs"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

type serveCmd struct {
	Listen    string        `env:"TAOHE_LISTEN" default:"127.0.0.1:8080" help:"Address to listen on; loopback only, as there is no access control yet."`
	SpoolDir  string        `type:"path" env:"TAOHE_SPOOL_DIR" help:"Folder that holds uploads until they are loaded. Default: in the data directory, or a temporary one with --database-url."`
	MaxUpload int64         `env:"TAOHE_MAX_UPLOAD" help:"Largest upload in bytes. Default: as inspect --limits says."`
	Grace     time.Duration `default:"30s" help:"How long running requests may take to end at a stop."`
}

func (c *serveCmd) Run(s *session) error {
	if err := api.CheckLoopback(c.Listen); err != nil {
		return &exitError{2, err.Error()}
	}
	// Taken before the database starts, so that a port in use is told at once.
	listener, err := (&net.ListenConfig{}).Listen(s.ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w (choose another address with --listen)", err)
	}
	defer listener.Close()
	return s.withPipeline(s.cli.Database, false, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		spool, err := c.spool(s)
		if err != nil {
			return err
		}
		// One import and one run at a time: each uses the machine as it is.
		work := jobs.New(s.log, jobs.Limit{Kind: "dataset", AtATime: 2}, jobs.Limit{Kind: "run", AtATime: 1})
		server := api.Server(c.Listen, api.New(api.Deps{
			Pipeline: p, Jobs: work, Log: s.log, SpoolDir: spool, MaxUploadBytes: c.MaxUpload, Version: version,
		}))
		fmt.Fprintf(s.out, "http://%s  （接口说明 /openapi.json；停止请按 Ctrl-C）\n", listener.Addr())
		failed := make(chan error, 1)
		go func() { failed <- server.Serve(listener) }()
		select {
		case err := <-failed:
			return err
		case <-s.ctx.Done():
		}
		return c.stop(s, server, work)
	})
}

// stop lets requests end, then cancels and awaits the work behind them.
func (c *serveCmd) stop(s *session, server *http.Server, work *jobs.Jobs) error {
	fmt.Fprintln(s.out, "正在停止：等待请求结束，进行中的导入和套合将取消。")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), c.Grace)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	return errors.Join(err, work.Shutdown(ctx))
}

func (c *serveCmd) spool(s *session) (string, error) {
	switch {
	case c.SpoolDir != "":
		return c.SpoolDir, nil
	case s.cli.DatabaseURL != "":
		return os.MkdirTemp("", "taohe-spool-")
	case s.cli.DataDir != "":
		return filepath.Join(s.cli.DataDir, "spool"), nil
	}
	dir, err := cluster.DefaultDataDir()
	return filepath.Join(dir, "spool"), err
}
