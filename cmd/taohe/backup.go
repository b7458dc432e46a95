package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/backup"
	"github.com/taohe-gis/taohe/internal/pg"
)

type backupCmd struct {
	Folder string `arg:"" type:"path" help:"Folder to write; it must not be there yet. Name it by the day."`
}

func (c *backupCmd) changes() string { return c.Folder }

// Run works on a database in use: what is written is of one moment.
func (c *backupCmd) Run(s *session) error {
	return s.withDatabase(s.cli.Database, true, func(dsn string) error {
		pool, err := pg.Open(s.ctx, dsn, pg.Options{ApplicationName: "taohe backup", MaxConns: 2})
		if err != nil {
			return err
		}
		defer pool.Close()
		if err := pg.Check(s.ctx, pool); err != nil {
			return err
		}
		s.record(s.ctx, pool, access.ResultOK) // before, so that the backup itself says so
		m, err := backup.Make(s.ctx, pool, c.Folder, version, time.Now())
		if err != nil {
			err = refused(err)
			s.record(s.ctx, pool, resultOf(s.ctx, err))
			return err
		}
		_, err = fmt.Fprintf(s.out, "备份完成：%s（%.1f MB，结构版本 %d，套合 %d 次，台账 %d 个事件）\n台账末尾 %s\n请把整个文件夹抄到另一台机器上；用 taohe restore --check 可随时核对。\n",
			c.Folder, float64(m.Dump.Bytes)/1e6, m.Schema, len(m.Runs), m.Ledger.Events, m.Ledger.Head)
		return err
	})
}

type restoreCmd struct {
	Folder string `arg:"" type:"path" help:"Folder that taohe backup wrote."`
	Check  bool   `help:"Only say whether the backup is as it was written; no database is touched."`
}

func (c *restoreCmd) changes() string {
	if c.Check {
		return ""
	}
	return c.Folder
}

// Run writes into an empty database only.
func (c *restoreCmd) Run(s *session) error {
	if c.Check {
		m, err := backup.Check(c.Folder)
		if err != nil {
			return refused(err)
		}
		_, err = fmt.Fprintf(s.out, "备份完好：%s 由 %s 制作，结构版本 %d，套合 %d 次，台账 %d 个事件，末尾 %s\n",
			m.MadeAt.Format(time.RFC3339), m.Program, m.Schema, len(m.Runs), m.Ledger.Events, m.Ledger.Head)
		return err
	}
	return s.withDatabase(s.cli.Database, true, func(dsn string) error {
		m, v, err := backup.Restore(s.ctx, dsn, c.Folder)
		if err != nil {
			return refused(err)
		}
		// Of what was refused there is no log to write it in.
		pool, err := pg.Open(s.ctx, dsn, pg.Options{ApplicationName: "taohe restore", MaxConns: 2})
		if err != nil {
			return err
		}
		defer pool.Close()
		s.record(s.ctx, pool, access.ResultOK)
		_, err = fmt.Fprintf(s.out, "恢复完成：%s 的备份。校验通过：台账 %d 个事件，末尾 %s；%d 次套合的摘要逐一相符。\n",
			m.MadeAt.Format(time.RFC3339), v.Events, v.Head, len(m.Runs))
		return err
	})
}

// refused gives what a backup refuses the status of that.
func refused(err error) error {
	var no *backup.RefusedError
	if errors.As(err, &no) {
		return &exitError{2, no.Message}
	}
	return err
}
