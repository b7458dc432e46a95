package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/geotiff"
	"github.com/taohe-gis/taohe/internal/orthophoto"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// Orthophoto is an image that is kept to lie beneath maps.
type Orthophoto struct {
	ID         int64      `json:"id"`
	CountyCode string     `json:"county"`
	Name       string     `json:"name" doc:"图上的名称"`
	ImagedOn   taohe.Date `json:"imaged_on" doc:"影像日期"`
	Extent     [4]float64 `json:"extent" doc:"外接范围：西、南、东、北，度"`
	EPSG       int        `json:"epsg" doc:"影像坐标系的 EPSG 编号"`
	Width      int        `json:"width" doc:"像元"`
	Height     int        `json:"height" doc:"像元"`
	PixelM     float64    `json:"pixel_m" doc:"一个像元在地面上的大小，约，米"`
	Bytes      int64      `json:"bytes"`
	SHA256     string     `json:"sha256"`
	AddedAt    time.Time  `json:"added_at"`
	// Display is what a browser draws it from.
	Display      *OrthophotoDisplay `json:"display" doc:"供网页显示的瓦片；没有时为 null"`
	DisplayFault string             `json:"display_fault" doc:"为什么没有瓦片；有时为空"`
}

func orthophotoBody(m orthophoto.Image) Orthophoto {
	out := Orthophoto{
		ID: m.ID, CountyCode: m.CountyCode, Name: m.Name, ImagedOn: m.ImagedOn, Extent: [4]float64{m.West, m.South, m.East, m.North}, EPSG: m.EPSG,
		Width: m.Width, Height: m.Height, PixelM: m.PixelM, Bytes: m.Bytes, SHA256: m.SHA256, AddedAt: m.AddedAt,
		DisplayFault: m.Copy.Fault,
	}
	if m.Copy.Bytes > 0 {
		out.Display, out.DisplayFault = displayOf(m.Copy), ""
	} else if out.DisplayFault == "" {
		out.DisplayFault = "没有供网页显示的副本。请再次上传同一文件，即行制作。"
	}
	return out
}

func orthophotoPath(id int64) string { return "/v1/orthophotos/" + strconv.FormatInt(id, 10) }

// orthophotoFields is the form of an image, as it is read and as the document shows it.
var orthophotoFields = []formField{
	{name: "county", required: true, description: "六位旗区代码"},
	{name: "imaged_on", required: true, description: "影像日期，YYYY-MM-DD"},
	{name: "name", description: "图上的名称；不写即文件名"},
}

// addedOrthophoto is an image that was added, or that is the same file.
type addedOrthophoto struct {
	Status   int
	Location string `header:"Location" doc:"Where the image is"`
	Body     Orthophoto
}

func (s *service) addOrthophoto(ctx context.Context, in *uploadRequest) (*addedOrthophoto, error) {
	r, w := humachi.Unwrap(in.ctx)
	form, err := s.readForm(w, r, &form{fields: orthophotoFields, begins: func(head []byte) error {
		if geotiff.IsTIFF(head) {
			return nil
		}
		return s.problem(ctx, pipeline.ErrNotTIFF)
	}})
	if err != nil {
		// The rest of the body is not worth waiting for.
		w.Header().Set("Connection", "close")
		return nil, err
	}
	defer form.file.remove()
	form.missing()
	if err := s.seesCounty(ctx, form.single["county"]); err != nil {
		return nil, err
	}
	n := pipeline.NewOrthophoto{County: form.single["county"], Name: form.single["name"]}
	if text := form.single["imaged_on"]; text != "" {
		if n.ImagedOn, err = taohe.ParseDate(text); err != nil {
			form.faults.add("imaged_on", "bad-date", "日期应写作 YYYY-MM-DD，例如 2022-05-31。")
		}
	}
	if form.file == nil {
		form.faults.add("file", "missing", "缺少文件（file），请选择要上传的文件。")
	} else {
		n.Path, n.FileName = form.file.path, fileName(form.file.name)
	}
	if len(form.faults) > 0 {
		return nil, form.merge(s.Pipeline.CheckOrthophoto(ctx, n))
	}
	m, added, err := s.Pipeline.AddOrthophoto(ctx, n)
	if err != nil {
		return nil, err
	}
	out := &addedOrthophoto{Status: http.StatusCreated, Location: orthophotoPath(m.ID), Body: orthophotoBody(m)}
	if !added {
		out.Status = http.StatusOK
	}
	return out, nil
}

func (s *service) listOrthophotos(ctx context.Context, in *struct {
	County string `query:"county" doc:"只列该旗区的"`
	Before int64  `query:"before" minimum:"1" doc:"只列编号更小的"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
},
) (*body[Page[Orthophoto]], error) {
	list, err := s.Pipeline.Orthophotos(ctx, in.County, in.Before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	list, more := cut(list, in.Limit)
	page := Page[Orthophoto]{Items: each(list, orthophotoBody)}
	if more {
		page.Next = next("/v1/orthophotos", "county", in.County, "before", strconv.FormatInt(list[len(list)-1].ID, 10), "limit", strconv.Itoa(in.Limit))
	}
	return &body[Page[Orthophoto]]{page}, nil
}

// OrthophotoPath names an image in an address.
type OrthophotoPath struct {
	ID int64 `path:"id" doc:"正射影像编号"`
}

func (s *service) getOrthophoto(ctx context.Context, in *OrthophotoPath) (*body[Orthophoto], error) {
	m, err := s.Pipeline.KeptOrthophoto(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[Orthophoto]{orthophotoBody(m)}, nil
}

func (s *service) dropOrthophoto(ctx context.Context, in *OrthophotoPath) (*body[Orthophoto], error) {
	m, err := s.Pipeline.KeptOrthophoto(ctx, in.ID)
	if err == nil {
		err = s.Pipeline.DropOrthophoto(ctx, in.ID)
	}
	if err != nil {
		return nil, err
	}
	return &body[Orthophoto]{orthophotoBody(m)}, nil
}

// orthophotoProblem tells the image that cannot lie beneath a map from the mine.
func orthophotoProblem(err error, c pipeline.OrthophotoChoice) error {
	var f faults
	var unfit *pipeline.ImageError
	switch {
	case errors.As(err, &unfit):
		f.add("query.orthophoto", unfit.Code, unfit.Message)
	case c.ID != 0 && errors.Is(err, pipeline.ErrNotFound):
		f.add("query.orthophoto", "unknown-orthophoto", fmt.Sprintf("没有编号为 %d 的正射影像。", c.ID))
	default:
		return err
	}
	return f.err()
}
