package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

type orthophotoCmd struct {
	Add  orthophotoAddCmd  `cmd:"" help:"Keep a GeoTIFF for the maps of mines."`
	List orthophotoListCmd `cmd:"" default:"1" help:"List the images that are kept, the last added first."`
	Drop orthophotoDropCmd `cmd:"" help:"Delete an image."`
}

type orthophotoAddCmd struct {
	County   string `required:"" help:"Six-digit code of the county it shows."`
	ImagedOn string `required:"" placeholder:"DATE" help:"Day of the image, YYYY-MM-DD."`
	Name     string `help:"What maps call it; the name of the file by default."`
	File     string `arg:"" type:"existingfile" help:"GeoTIFF of 8 bits, grey or red, green and blue, on CGCS2000 or WGS 84. Needs GDAL."`
}

func (c *orthophotoAddCmd) changes() string { return c.County + " " + filepath.Base(c.File) }

func (c *orthophotoAddCmd) Run(s *session) error {
	day, err := taohe.ParseDate(c.ImagedOn)
	if err != nil {
		return &exitError{2, "--imaged-on: 日期应写作 YYYY-MM-DD，例如 2022-05-10。"}
	}
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		m, added, err := p.AddOrthophoto(s.ctx, pipeline.NewOrthophoto{
			County: c.County, Name: c.Name, ImagedOn: day, Path: c.File, FileName: filepath.Base(c.File),
		})
		if errors.Is(err, pipeline.ErrNoGDAL) {
			return &exitError{2, noGDAL}
		}
		if err != nil {
			return err
		}
		if !added {
			_, err = fmt.Fprintf(s.out, "同一文件已保存为正射影像 %d：%s，影像日期 %s，没有再存一份。\n", m.ID, m.Name, m.ImagedOn)
			return err
		}
		_, err = fmt.Fprintf(s.out, "已保存正射影像 %d：%s，%d × %d 像元，每像元约 %.2f 米。套合图自动取用影像日期不晚于截止日、覆盖采矿权的最新一幅。\n",
			m.ID, m.Name, m.Width, m.Height, m.PixelM)
		return err
	})
}

type orthophotoListCmd struct {
	County string `help:"Only those of this county."`
}

func (c *orthophotoListCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		all, err := p.Orthophotos(s.ctx, c.County, 0, 1000)
		if err != nil {
			return err
		}
		t := table{head: []string{"编号", "旗区", "影像日期", "像元(米)", "大小(MB)", "坐标系", "名称"}, right: []bool{true, false, false, true, true}}
		for _, m := range all {
			t.add(strconv.FormatInt(m.ID, 10), m.CountyCode, m.ImagedOn.String(), fmt.Sprintf("%.2f", m.PixelM), fmt.Sprintf("%.1f", float64(m.Bytes)/1e6),
				fmt.Sprintf("EPSG:%d", m.EPSG), m.Name)
		}
		return t.write(s.out)
	})
}

type orthophotoDropCmd struct {
	ID int64 `arg:"" help:"Number of the image."`
}

func (c *orthophotoDropCmd) changes() string { return strconv.FormatInt(c.ID, 10) }

func (c *orthophotoDropCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		err := p.DropOrthophoto(s.ctx, c.ID)
		if errors.Is(err, pipeline.ErrNotFound) {
			return &exitError{2, fmt.Sprintf("没有编号为 %d 的正射影像。", c.ID)}
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "正射影像 %d 已删除。\n", c.ID)
		return err
	})
}

const noGDAL = "使用正射影像需要 GDAL，没有安装。请安装软件包 gdal-bin（Debian、Ubuntu：apt install gdal-bin），或用 --orthophoto none 出不带影像的图。"

func orthophotoChoice(text string) (pipeline.OrthophotoChoice, error) {
	c, err := pipeline.ParseOrthophotoChoice(text)
	if err != nil {
		return c, &exitError{2, "--orthophoto 应为 auto、none 或正射影像的编号（见 taohe orthophoto list）。"}
	}
	return c, nil
}

// orthophotoError puts why no image lies beneath a map into words for a clerk.
func orthophotoError(err error, c pipeline.OrthophotoChoice) error {
	var unfit *pipeline.ImageError
	switch {
	case errors.As(err, &unfit):
		return &exitError{2, unfit.Message}
	case errors.Is(err, pipeline.ErrNoGDAL):
		return &exitError{2, noGDAL}
	case errors.Is(err, pipeline.ErrNotFound) && c.ID != 0:
		return &exitError{2, fmt.Sprintf("没有编号为 %d 的正射影像。请核对 --orthophoto（见 taohe orthophoto list）。", c.ID)}
	}
	return err
}
