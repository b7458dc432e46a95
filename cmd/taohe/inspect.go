package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/ingest/record"
)

type inspectCmd struct {
	Layer     string            `help:"Layer the fields are meant for; told by the fields by default."`
	LayerName string            `help:"Which of several layers in the file; all by default."`
	CRS       string            `name:"crs" help:"Reference system, e.g. EPSG:4525, in place of what the file says."`
	Encoding  string            `help:"Encoding of texts, e.g. GBK, in place of what the file says."`
	Fix       string            `help:"Correction to try: swap, prefix, zone=37, zone=36,37, packed, crs=EPSG:n. Needs --extent."`
	Shift     string            `type:"existingfile" help:"JSON file with the parameters that lead from another datum to CGCS2000."`
	GCJ02     bool              `name:"gcj02" help:"The coordinates are offset map coordinates (GCJ-02)."`
	Map       map[string]string `mapsep:"none" help:"field=column, to see what an import with it would do; needs --layer. Repeatable."`
	Set       map[string]string `mapsep:"none" help:"field=constant, likewise."`
	Extent    []float64         `sep:"," help:"West, south, east, north in degrees of the county, to hold the coordinates against."`
	Features  bool              `help:"An area for each row."`
	JSON      bool              `name:"json" help:"Print JSON; docs/inspect.md describes it."`
	Limits    bool              `help:"Print the limits on files, uploads and requests instead."`
	Files     []string          `arg:"" optional:"" name:"file" help:"Zipped shapefile, .shp, GeoJSON or corner table."`
}

func (c *inspectCmd) Run(s *session) error {
	if c.Limits {
		return printLimits(s.out, c.JSON)
	}
	if len(c.Files) == 0 {
		return &exitError{2, "请给出要查看的文件（taohe inspect file …），或用 --limits 查看各项上限。"}
	}
	o := ingest.InspectOptions{
		Map: c.Map, Set: c.Set,
		Layer: c.Layer, LayerName: c.LayerName, CRS: c.CRS, Encoding: c.Encoding, Fix: c.Fix, Features: c.Features,
	}
	var err error
	if o.Shift, err = readShift(c.Shift, c.GCJ02); err != nil {
		return err
	}
	if len(c.Extent) > 0 {
		if len(c.Extent) != 4 {
			return &exitError{2, "--extent: 请写四个数：西,南,东,北（度），例如 109,40,110.75,40.5。"}
		}
		o.Extent = &geo.Extent{West: c.Extent[0], South: c.Extent[1], East: c.Extent[2], North: c.Extent[3]}
	}
	refused := false
	var inspections []*ingest.Inspection
	for _, path := range c.Files {
		in, err := ingest.Inspect(s.ctx, path, o)
		var whole *record.RefusedError
		switch {
		case errors.As(err, &whole):
			refused = true
			for _, d := range whole.Diagnostics {
				fmt.Fprintf(s.errOut, "%s：%s\n", path, d.Chinese())
			}
			continue
		case errors.Is(err, os.ErrNotExist), errors.Is(err, os.ErrPermission):
			refused = true
			fmt.Fprintf(s.errOut, "%s：文件不存在或无权读取。\n", path)
			continue
		case err != nil:
			return err
		}
		for _, l := range in.Layers {
			refused = refused || l.Refused
		}
		inspections = append(inspections, in)
		if !c.JSON {
			if err := printInspection(s.out, in); err != nil {
				return err
			}
		}
	}
	if c.JSON {
		e := json.NewEncoder(s.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		for _, in := range inspections {
			if err := e.Encode(in); err != nil {
				return err
			}
		}
	}
	if refused {
		return &exitError{2, ""}
	}
	return nil
}

// readShift reads what a person says of the datum.
func readShift(path string, gcj02 bool) (*ingest.Shift, error) {
	switch {
	case path != "" && gcj02:
		return nil, &exitError{2, "--shift 与 --gcj02 只能用其中一个。"}
	case gcj02:
		return &ingest.Shift{Method: ingest.MethodGCJ02}, nil
	case path == "":
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	shift, err := ingest.ParseShift(text)
	if err != nil {
		return nil, &exitError{2, "--shift: " + err.Error()}
	}
	return shift, nil
}

func printInspection(w io.Writer, in *ingest.Inspection) error {
	fmt.Fprintf(w, "%s  %d 字节  SHA-256 %s\n", in.File, in.Bytes, in.SHA256)
	for _, l := range in.Layers {
		fmt.Fprintf(w, "\n图层 %s：%d 行", l.Name, l.Rows)
		for _, kind := range slices.Sorted(maps.Keys(l.GeometryTypes)) {
			fmt.Fprintf(w, "，%s %d", kind, l.GeometryTypes[kind])
		}
		fmt.Fprintln(w)
		if r := l.Reference; r != nil {
			code := ""
			if r.EPSG != 0 {
				code = fmt.Sprintf("（EPSG:%d）", r.EPSG)
			}
			fmt.Fprintf(w, "  坐标系  %s%s，依据：%s\n", r.Name, code, r.How)
		}
		if l.Encoding.Name != "" {
			fmt.Fprintf(w, "  编码    %s，依据：%s\n", l.Encoding.Name, l.Encoding.How)
		}
		if e := l.Extent; e != nil {
			fmt.Fprintf(w, "  范围    经度 %.6f° 至 %.6f°，纬度 %.6f° 至 %.6f°\n", e.West, e.East, e.South, e.North)
		}
		if a := l.Areas; a != nil {
			fmt.Fprintf(w, "  面积    椭球面积 %s 平方米 = %s 亩；平面面积 %s 平方米（%s）\n", mu(a.EllipsoidalAreaM2), mu(a.Mu), mu(a.PlanarAreaM2), a.PlanarCRS)
		}
		if err := printFields(w, l); err != nil {
			return err
		}
		if len(l.Features) > 0 {
			t := table{head: []string{"行", "名称/编号", "角点", "椭球面积(m²)", "平面面积(m²)", "亩"}, right: []bool{true, false, true, true, true, true}}
			for _, f := range l.Features {
				t.add(fmt.Sprint(f.Row), f.Key, fmt.Sprint(f.Corners), mu(f.EllipsoidalAreaM2), mu(f.PlanarAreaM2), mu(f.Mu))
			}
			if err := t.write(w); err != nil {
				return err
			}
		}
		printRemarks(w, l)
	}
	return nil
}

func printFields(w io.Writer, l ingest.InspectedLayer) error {
	if len(l.Fields) == 0 {
		return nil
	}
	if l.Layer != "" {
		fmt.Fprintf(w, "  字段（按图层 %s %s 对应）\n", l.Layer, taohe.Layer(l.Layer).Title())
	}
	t := table{head: []string{"    列", "空值", "对应字段"}, right: []bool{false, true}}
	for _, f := range l.Fields {
		to := "（保留为附加信息）"
		if f.MapsTo != "" {
			to = f.Title + " " + f.MapsTo
		}
		t.add("    "+f.Name, fmt.Sprint(f.Nulls), to)
	}
	if err := t.write(w); err != nil {
		return err
	}
	if len(l.MissingFields) > 0 {
		fmt.Fprintf(w, "  缺少必填字段：%s（导入时用 --map 指定列，或用 --set 给固定值）\n", strings.Join(l.MissingFields, "、"))
	}
	return nil
}

func printRemarks(w io.Writer, l ingest.InspectedLayer) {
	const shown = 5
	printed := make(map[string]int)
	for _, d := range l.Diagnostics {
		if printed[d.Code]++; printed[d.Code] > shown {
			continue
		}
		at := ""
		if d.Row > 0 {
			at = fmt.Sprintf("第 %d 行 ", d.Row)
		}
		fmt.Fprintf(w, "  [%s] %s%s\n", d.Severity, at, d.Chinese)
	}
	for _, code := range slices.Sorted(maps.Keys(l.Counts)) {
		if more := l.Counts[code] - shown; more > 0 {
			fmt.Fprintf(w, "  …… %s 另有 %d 条\n", code, more)
		}
	}
}
