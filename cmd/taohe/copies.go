package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

type copiesCmd struct {
	List   copiesListCmd   `cmd:"" default:"1" help:"Say how far the copies of the datasets are that count today."`
	Make   copiesMakeCmd   `cmd:"" help:"Make the copies that are missing, or those of a dataset anew, as workers do by themselves; what is stopped is gone on with."`
	Cancel copiesCancelCmd `cmd:"" help:"Give up the copies of a dataset that are not complete; its layer is then shown from near alone."`
}

// copyStates are the states of copies for a clerk.
var copyStates = map[string]string{"waiting": "等待", "working": "生成中", "complete": "完成", "cancelled": "已取消", "failed": "失败"}

type copiesListCmd struct{}

func (c *copiesListCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		all, err := p.GeneralisedCopies(s.ctx)
		if err != nil {
			return err
		}
		t := table{head: []string{"版本", "旗区", "图层", "来源", "状态", "进度", "从该级起显示原图形", "原因"}, right: []bool{true, false, false, false, false, true, true}}
		for _, m := range all {
			from, why := "", ""
			if m.Status == "complete" && m.ShapesFrom != nil {
				from = strconv.Itoa(*m.ShapesFrom)
			}
			if m.Error != nil {
				why = *m.Error
			}
			t.add(strconv.FormatInt(m.DatasetID, 10), m.CountyCode, taohe.Layer(m.Layer).Title(), m.Source, copyStates[m.Status], fmt.Sprintf("%d/%d", m.DoneRowNo, m.LastRowNo), from, why)
		}
		return t.write(s.out)
	})
}

type copiesMakeCmd struct {
	ID int64 `arg:"" optional:"" placeholder:"DATASET" help:"Make those of this dataset anew. Default: all that are missing."`
}

func (c *copiesMakeCmd) changes() string {
	if c.ID == 0 {
		return "due"
	}
	return strconv.FormatInt(c.ID, 10)
}

func (c *copiesMakeCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		ids := []int64{c.ID}
		var err error
		if c.ID == 0 {
			ids, err = p.DueCopies(s.ctx)
		} else {
			err = p.ForgetCopies(s.ctx, c.ID)
		}
		if err != nil {
			return err
		}
		for _, id := range ids {
			err := p.MakeCopies(s.ctx, id, s.progress(fmt.Sprintf("概化图形（版本 %d）", id)))
			switch {
			case errors.Is(err, pipeline.ErrNotFound):
				return noSuchAccepted(id)
			case errors.Is(err, pipeline.ErrCopiesGivenUp):
				continue
			case err != nil:
				return err
			}
		}
		_, err = fmt.Fprintf(s.out, "已生成 %d 个版本的概化图形。\n", len(ids))
		return err
	})
}

type copiesCancelCmd struct {
	ID int64 `arg:"" placeholder:"DATASET" help:"Number of the dataset."`
}

func (c *copiesCancelCmd) changes() string { return strconv.FormatInt(c.ID, 10) }

func (c *copiesCancelCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		cancelled, err := p.CancelCopies(s.ctx, c.ID)
		switch {
		case errors.Is(err, pipeline.ErrNotFound):
			return noSuchAccepted(c.ID)
		case err != nil:
			return err
		case !cancelled:
			_, err = fmt.Fprintf(s.out, "版本 %d 的概化图形已经完成、取消或失败，没有可取消的。\n", c.ID)
		default:
			_, err = fmt.Fprintf(s.out, "已取消版本 %d 的概化图形；要重新生成，用 taohe copies make %d。\n", c.ID, c.ID)
		}
		return err
	})
}

func noSuchAccepted(id int64) error {
	return &exitError{2, fmt.Sprintf("没有编号为 %d 的已验收数据。", id)}
}
