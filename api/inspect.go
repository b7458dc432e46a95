package api

import (
	"context"
	"errors"
	"slices"

	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/ingest/record"
)

// Inspection is what is in a file, as taohe inspect says it.
type Inspection struct {
	ingest.Inspection
	Refused []ingest.InspectedRemark `json:"refused" doc:"整个文件不能使用的原因；可用时为空"`
}

// inspectFields are those of an upload that say how the file is to be read.
var inspectFields = []formField{
	{name: "layer", description: "图层；不写则按字段判断"},
	{name: "county", description: "六位旗区代码：核对坐标是否落在其范围内"},
	{name: "crs", description: "坐标系，例如 EPSG:4525；代替文件自己的说明"},
	{name: "fix", description: "要试的更正，例如 swap、zone=37、crs=EPSG:4525"},
	{name: "shift", long: true, description: "其他基准转换到 CGCS2000 的参数，JSON，见 docs/areas.md"},
	{name: "encoding", description: "文字编码：GBK、GB18030 或 UTF-8"},
	{name: "layer_name", description: "文件中有多个图层时，要看的那一个"},
	{name: "set", repeated: true, description: "字段=固定值；须写图层；可重复"},
	{name: "map", repeated: true, description: "字段=文件中的列名；须写图层；可重复"},
}

// inspectFile looks through a file and keeps nothing of it.
func (s *service) inspectFile(ctx context.Context, in *uploadRequest) (*body[Inspection], error) {
	r, w := humachi.Unwrap(in.ctx)
	form, err := s.readForm(w, r, &form{fields: inspectFields})
	if err != nil {
		w.Header().Set("Connection", "close")
		return nil, err
	}
	defer form.file.remove()
	o := ingest.InspectOptions{
		Layer: form.single["layer"], LayerName: form.single["layer_name"], CRS: form.single["crs"], Encoding: form.single["encoding"], Fix: form.single["fix"],
		Shift: form.shift(), Map: form.pairs("map"), Set: form.pairs("set"),
	}
	if o.Extent, err = s.extentOf(ctx, form); err != nil {
		return nil, err
	}
	if form.file == nil {
		form.faults.add("file", "missing", "缺少文件（file），请选择要查看的文件。")
	}
	if err := form.faults.err(); err != nil {
		return nil, err
	}
	select {
	case s.inspecting <- struct{}{}:
		defer func() { <-s.inspecting }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	out := Inspection{Refused: []ingest.InspectedRemark{}}
	found, err := ingest.Inspect(ctx, form.file.path, o)
	var refused *record.RefusedError
	switch {
	case errors.As(err, &refused):
		out.Version, out.Layers, out.Bytes = ingest.InspectionVersion, []ingest.InspectedLayer{}, form.file.bytes
		out.Refused = each(refused.Diagnostics, func(d taohe.Diagnostic) ingest.InspectedRemark {
			return ingest.InspectedRemark{Diagnostic: d, Severity: d.Severity(), Chinese: d.Chinese(), English: d.English()}
		})
	case err != nil:
		return nil, err
	default:
		out.Inspection = *found
	}
	out.File = fileName(form.file.name)
	return &body[Inspection]{out}, nil
}

// extentOf is the ground of the county that a form names, nil for none.
func (s *service) extentOf(ctx context.Context, f *form) (*geo.Extent, error) {
	code := f.single["county"]
	if code == "" {
		return nil, nil
	}
	counties, err := s.Pipeline.Counties(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(counties, func(c ingest.County) bool { return c.Code == code })
	if i < 0 {
		f.faults.add("county", "unknown-county", "这个旗区代码尚未登记。")
		return nil, nil
	}
	c := counties[i]
	return &geo.Extent{West: c.West, South: c.South, East: c.East, North: c.North}, nil
}
