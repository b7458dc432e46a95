package main

import (
	"cmp"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/work"
)

type workerCmd struct {
	Concurrency int    `help:"Mines computed, and mines whose papers are made, at a time. Default: as --workers."`
	SpoolDir    string `type:"path" env:"TAOHE_SPOOL_DIR" help:"Spool folder of a service, shared with this machine, whose uploads are loaded too. Default: no uploads are loaded."`
	Font        string `env:"TAOHE_FONT" type:"path" placeholder:"FILE" help:"Font for maps; Noto CJK or Source Han where they are usually installed by default."`

	watched
}

func (c *workerCmd) Run(s *session) error {
	concurrency := cmp.Or(c.Concurrency, s.cli.Workers)
	s.cli.Workers = max(s.cli.Workers, concurrency) // and as many connections
	s.cli.Replica = nil                             // a worker reads nothing for people
	seen, err := c.listen(s.ctx)
	if err != nil {
		return err
	}
	if seen != nil {
		defer seen.Close()
	}
	return s.withPipelineOf(s.cli.Database, true, kind{pg.OfWork(), c.slow(s.log)}, func(p *pipeline.Pipeline, pool *pgxpool.Pool) error {
		fmt.Fprintln(s.out, "等待任务（停止请按 Ctrl-C，没有做完的任务留给其他程序）")
		w := &work.Worker{Pool: pool, Pipeline: p, Log: s.log, Concurrency: concurrency, Spool: c.SpoolDir, Font: c.Font}
		looking, err := pg.Open(s.ctx, pool.Config().ConnString(), pg.Options{ApplicationName: "taohe health", MaxConns: 2, Limits: pg.OfRequests(time.Minute)})
		if err != nil {
			return err
		}
		defer looking.Close()
		defer c.counted().WatchPool("worker", pool)()
		defer c.show(s, seen, looking, atWork(w))()
		return w.Run(s.ctx)
	})
}
