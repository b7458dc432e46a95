package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/cluster"
	"github.com/taohe-gis/taohe/internal/doctor"
	"github.com/taohe-gis/taohe/internal/pg"
)

type doctorCmd struct {
	JSON     bool   `help:"Print JSON."`
	Runs     bool   `help:"Take the digests of all runs anew, too; that takes a while."`
	SpoolDir string `type:"path" env:"TAOHE_SPOOL_DIR" help:"Spool folder of the service, whose disk is looked at. Default: in the data directory."`
	Font     string `env:"TAOHE_FONT" type:"path" placeholder:"FILE" help:"Font for maps; Noto CJK or Source Han where they are usually installed by default."`
}

// marks stand before a line for people.
var marks = map[string]string{doctor.OK: "正常", doctor.Warn: "注意", doctor.Fail: "故障"}

// Run changes nothing; where something fails, the status is 1.
func (c *doctorCmd) Run(s *session) error {
	dir := s.cli.DataDir
	if dir == "" {
		var err error
		if dir, err = cluster.DefaultDataDir(); err != nil {
			return err
		}
	}
	o := doctor.Options{Connections: 2*int64(connections(s.cli.Workers)) + 4, Folders: map[string]string{}, Font: c.Font, Runs: c.Runs, Now: time.Now}
	if s.cli.DatabaseURL == "" {
		o.Folders["数据目录"] = dir
	}
	o.Folders["上传目录"] = c.SpoolDir
	if c.SpoolDir == "" {
		o.Folders["上传目录"] = dir
	}
	opened := func(dsn string) {
		o.Open = func(ctx context.Context) (*pgxpool.Pool, error) {
			return pg.Open(ctx, dsn, pg.Options{ApplicationName: "taohe doctor", MaxConns: 2})
		}
	}
	var lines []doctor.Line
	err := s.withDatabase(s.cli.Database, true, func(dsn string) error {
		opened(dsn)
		lines = doctor.Look(s.ctx, o)
		return nil
	})
	if err != nil && lines == nil {
		// The private database does not start: that is what is to be told.
		o.Open = func(context.Context) (*pgxpool.Pool, error) { return nil, err }
		lines = doctor.Look(s.ctx, o)
	}
	return c.print(s, lines)
}

func (c *doctorCmd) print(s *session, lines []doctor.Line) error {
	bad := map[string]int{}
	for _, l := range lines {
		bad[l.Level]++
	}
	if c.JSON {
		e := json.NewEncoder(s.out)
		e.SetIndent("", "  ")
		if err := e.Encode(map[string]any{"lines": lines}); err != nil {
			return err
		}
	} else {
		for _, l := range lines {
			fmt.Fprintf(s.out, "%s  %-18s  %s\n", marks[l.Level], l.Code, l.Found)
			if l.Next != "" {
				fmt.Fprintf(s.out, "      → %s\n", l.Next)
			}
		}
		fmt.Fprintf(s.out, "正常 %d 项，注意 %d 项，故障 %d 项。\n", bad[doctor.OK], bad[doctor.Warn], bad[doctor.Fail])
	}
	if bad[doctor.Fail] > 0 {
		return &exitError{1, ""}
	}
	return nil
}
