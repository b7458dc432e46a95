package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report"
	"github.com/taohe-gis/taohe/report/drawing"
	"github.com/taohe-gis/taohe/report/mapsheet"
)

// mapFlags are how a map is drawn.
type mapFlags struct {
	Paper       string `enum:"A4,A3" default:"A4" help:"Paper of a map: A4 or A3."`
	Orientation string `enum:"auto,portrait,landscape" default:"auto" help:"How the paper lies: portrait, landscape, or auto, on which the map is larger."`
	DPI         int    `name:"dpi" default:"300" help:"Resolution of a map as png, 72 to 600."`
	Image       string `type:"existingfile" placeholder:"FILE" help:"Orthophoto to lay beneath a map: a GeoTIFF of 8 bits on CGCS2000 or WGS 84. Needs GDAL."`
	Orthophoto  string `default:"auto" placeholder:"auto|none|ID" help:"Orthophoto beneath a map of those that are kept (taohe orthophoto): the newest not after the as-of date that covers the licence (auto), none, or one by its number. --image goes before it."`
	Font        string `env:"TAOHE_FONT" type:"path" placeholder:"FILE" help:"Font for maps: TrueType, OpenType or a collection, with Chinese characters. Without it the places where Noto CJK and Source Han are usually installed are looked through."`
}

// openFont opens the font, or says what to install.
func openFont(name string) (*drawing.Font, error) {
	font, err := drawing.FindFont(name, drawing.Places)
	switch {
	case errors.Is(err, drawing.ErrNoFont):
		return nil, &exitError{2, "没有找到中文字体，不能绘制套合图。请安装思源黑体（Noto CJK；Debian、Ubuntu：apt-get install fonts-noto-cjk），或用 --font、TAOHE_FONT 写明一个含中文的字体文件。"}
	case err != nil:
		return nil, &exitError{2, fmt.Sprintf("字体不能使用：%v。请用 --font、TAOHE_FONT 写明一个 TrueType 或 OpenType 字体文件。", err)}
	}
	return font, nil
}

// draw draws the map of a mine.
func (f mapFlags) draw(s *session, p *pipeline.Pipeline, m *report.Mine) (*drawing.Drawing, error) {
	if f.DPI < mapsheet.MinDPI || f.DPI > mapsheet.MaxDPI {
		return nil, &exitError{2, fmt.Sprintf("--dpi 应在 %d 与 %d 之间。", mapsheet.MinDPI, mapsheet.MaxDPI)}
	}
	choice, err := orthophotoChoice(f.Orthophoto)
	if err != nil {
		return nil, err
	}
	font, err := openFont(f.Font)
	if err != nil {
		return nil, err
	}
	defer font.Close() // a drawing has the letters it needs
	sheet, err := p.MapSheet(s.ctx, m, mapsheet.Options{Paper: mapsheet.Paper(f.Paper), Orientation: mapsheet.Orientation(f.Orientation)})
	if err != nil {
		return nil, err
	}
	if f.Image != "" {
		sheet.Orthophoto, err = pipeline.Orthophoto(s.ctx, f.Image, sheet.Frame())
	} else {
		err = p.LayOrthophoto(s.ctx, sheet, m, choice)
	}
	if err != nil {
		return nil, orthophotoError(err, choice)
	}
	return sheet.Draw(font)
}

// writer draws the map and writes it in a format.
func (f mapFlags) writer(s *session, p *pipeline.Pipeline, m *report.Mine, format string) (writer, error) {
	d, err := f.draw(s, p, m)
	if err != nil {
		return nil, err
	}
	if format == "png" {
		return func(w io.Writer) error { return d.WritePNG(w, f.DPI) }, nil
	}
	return d.WritePDF, nil
}

// picture is the map for a dossier. Without a font the dossier has none, and the
// user is told.
func (f mapFlags) picture(s *session, p *pipeline.Pipeline, m *report.Mine) ([]byte, error) {
	d, err := f.draw(s, p, m)
	var exit *exitError
	if errors.As(err, &exit) {
		fmt.Fprintln(s.errOut, exit.message+"档案中没有套合图。")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := d.WritePNG(&b, pipeline.DossierDPI); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
