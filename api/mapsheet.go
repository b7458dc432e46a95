package api

import (
	"bytes"
	"context"
	"io"

	"github.com/danielgtaylor/huma/v2"

	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report"
	"github.com/taohe-gis/taohe/report/mapsheet"
)

const pngType = "image/png"

// mapsAtATime bounds the maps drawn at a time: an A3 at 300 dpi takes 70 MB.
const mapsAtATime = 2

// atlas is what maps are drawn with, for those whose turn it is.
type atlas struct {
	press   *pipeline.Press
	drawing chan struct{}
}

func newAtlas(fontName string) *atlas {
	return &atlas{press: pipeline.NewPress(fontName), drawing: make(chan struct{}, mapsAtATime)}
}

func (s *service) mineMap(ctx context.Context, in *struct {
	LicenceNo   string `path:"licence_no" doc:"采矿许可证号"`
	Run         int64  `query:"run" minimum:"1" doc:"套合编号；不写即最近一次完成的、有该矿的"`
	Paper       string `query:"paper" enum:"A4,A3" default:"A4" doc:"图幅"`
	Orientation string `query:"orientation" enum:"auto,portrait,landscape" default:"auto" doc:"纵向、横向；auto 取比例尺较大的"`
	DPI         int    `query:"dpi" minimum:"72" maximum:"300" default:"150" doc:"PNG 的分辨率"`
	Orthophoto  string `query:"orthophoto" pattern:"^(auto|none|[1-9][0-9]{0,17})$" default:"auto" doc:"底图影像：auto 取影像日期不晚于截止日、覆盖采矿权的最新一幅，none 不用，或正射影像的编号"`
	Format      string `query:"format" enum:"png,pdf" doc:"代替 Accept"`
},
) (*huma.StreamResponse, error) {
	if _, err := s.atlas.press.Font(); err != nil {
		return nil, err // before the database is asked
	}
	mine, err := s.Pipeline.Report(ctx, in.Run, in.LicenceNo)
	if err != nil {
		return nil, err
	}
	kind, name := representation(ctx), in.LicenceNo+"-map.png"
	if kind == pdfType {
		name = in.LicenceNo + "-map.pdf"
	}
	o := mapsheet.Options{Paper: mapsheet.Paper(in.Paper), Orientation: mapsheet.Orientation(in.Orientation)}
	choice, err := pipeline.ParseOrthophotoChoice(in.Orthophoto)
	if err != nil {
		return nil, err
	}
	file, err := s.mapFile(ctx, mine, o, choice, kind, in.DPI)
	if err != nil {
		return nil, err
	}
	return stream(kind, name, func(w io.Writer) error {
		_, err := w.Write(file)
		return err
	}), nil
}

// mapFile draws a map when it has its turn.
func (s *service) mapFile(ctx context.Context, mine *report.Mine, o mapsheet.Options, c pipeline.OrthophotoChoice, kind string, dpi int) ([]byte, error) {
	font, err := s.atlas.press.Font()
	if err != nil {
		return nil, err
	}
	select {
	case s.atlas.drawing <- struct{}{}:
		defer func() { <-s.atlas.drawing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	sheet, err := s.Pipeline.MapSheet(ctx, mine, o)
	if err != nil {
		return nil, err
	}
	if err := s.Pipeline.LayOrthophoto(ctx, sheet, mine, c); err != nil {
		return nil, orthophotoProblem(err, c)
	}
	d, err := sheet.Draw(font)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if kind == pdfType {
		err = d.WritePDF(&out)
	} else {
		err = d.WritePNG(&out, dpi)
	}
	return out.Bytes(), err
}
