package main

import (
	"cmp"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/work"
)

type workerCmd struct {
	Concurrency int    `help:"Mines computed, and mines whose papers are made, at a time. Default: as --workers."`
	SpoolDir    string `type:"path" env:"TAOHE_SPOOL_DIR" help:"Spool folder of a service, shared with this machine, whose uploads are loaded too. Default: no uploads are loaded."`
	Font        string `env:"TAOHE_FONT" type:"path" placeholder:"FILE" help:"Font for maps; Noto CJK or Source Han where they are usually installed by default."`
}

func (c *workerCmd) Run(s *session) error {
	concurrency := cmp.Or(c.Concurrency, s.cli.Workers)
	s.cli.Workers = max(s.cli.Workers, concurrency) // and as many connections
	s.cli.Replica = nil                             // a worker reads nothing for people
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, pool *pgxpool.Pool) error {
		fmt.Fprintln(s.out, "等待任务（停止请按 Ctrl-C，没有做完的任务留给其他程序）")
		w := work.Worker{Pool: pool, Pipeline: p, Log: s.log, Concurrency: concurrency, Spool: c.SpoolDir, Font: c.Font}
		return w.Run(s.ctx)
	})
}
