package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/internal/cluster"
	"github.com/taohe-gis/taohe/internal/jobs"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

type serveCmd struct {
	Listen    string        `env:"TAOHE_LISTEN" default:"127.0.0.1:8080" help:"Address to listen on; loopback only, as there is no access control yet."`
	SpoolDir  string        `type:"path" env:"TAOHE_SPOOL_DIR" help:"Folder that holds uploads until they are loaded, of this service alone: what an earlier one left is removed. Default: in the data directory."`
	MaxUpload int64         `env:"TAOHE_MAX_UPLOAD" help:"Largest upload in bytes. Default: as inspect --limits says."`
	Stall     time.Duration `env:"TAOHE_STALL" default:"1m" help:"How long an upload may send nothing before it is given up."`
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
		spool, err := c.spool(s, listener.Addr())
		if err != nil {
			return err
		}
		// One import and one run at a time: each uses the machine as it is.
		work := jobs.New(s.log, jobs.Limit{Kind: "dataset", AtATime: 2}, jobs.Limit{Kind: "run", AtATime: 1})
		server := api.Server(c.Listen, api.New(api.Deps{
			Pipeline: p, Jobs: work, Log: s.log, SpoolDir: spool, MaxUploadBytes: c.MaxUpload, StallTimeout: c.Stall, Version: version,
		}))
		if err := scratch(spool); err != nil {
			return err
		}
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
