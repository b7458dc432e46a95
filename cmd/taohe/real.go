package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// realDatabase is made anew by each trial.
const realDatabase = "taohe_real"

type realCmd struct {
	Dir string `type:"path" required:"" env:"TAOHE_REAL" help:"Folder with amazon/ and icmbio/: mining patches of the Amazon (Amazon Mining Watch, CC-BY-4.0) and Brazilian parks (ICMBio)."`
}

func (c *realCmd) changes() string { return realDatabase }

func (c *realCmd) Run(s *session) error {
	if s.cli.DatabaseURL != "" {
		dsn, err := s.freshDatabase(s.cli.DatabaseURL, realDatabase)
		if err != nil {
			return err
		}
		s.cli.DatabaseURL = dsn
	} else if err := s.dropPrivate(realDatabase); err != nil {
		return err
	}
	return s.withPipeline(realDatabase, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		result, err := demo.TryAmazon(s.ctx, p, c.Dir)
		if errors.Is(err, fs.ErrNotExist) {
			return &exitError{2, "找不到公开数据：" + err.Error()}
		}
		if err != nil {
			return err
		}
		return c.print(s, result)
	})
}

func (c *realCmd) print(s *session, r *demo.AmazonResult) error {
	for _, d := range r.Datasets {
		fmt.Fprintf(s.out, "%s：读 %d 行，采用 %d，未采用 %d；%s\n", d.Files[0].Name, d.RowsRead, d.RowsLoaded, d.RowsRefused, d.Reference.Name)
	}
	fmt.Fprintf(s.out, "不属于任何矿山的图斑 %d 个。各公园内的采矿图斑：\n\n", r.Unattributed)
	t := table{head: []string{"公园", "图斑", "套合(m²)", "独立计算(m²)", "相对差"}, right: []bool{false, true, true, true, true}}
	worst, got, want := 0.0, 0.0, 0.0
	for _, park := range append(r.Parks, r.Extra...) {
		worst = max(worst, park.RelativeError())
		got, want = got+park.GotM2, want+park.WantM2
		t.add(park.Name, strconv.Itoa(park.Patches), mu(park.GotM2), mu(park.WantM2), fmt.Sprintf("%.1e", park.RelativeError()))
	}
	t.add("合计", "", mu(got), mu(want), fmt.Sprintf("%.1e", demo.AmazonPark{GotM2: got, WantM2: want}.RelativeError()))
	if err := t.write(s.out); err != nil {
		return err
	}
	// Written so that NaN fails.
	if !(worst <= 1e-6) {
		return &exitError{1, fmt.Sprintf("最大相对差 %.1e，超过 1e-6", worst)}
	}
	_, err := fmt.Fprintf(s.out, "\n全部在 1e-6 以内。\n")
	return err
}
