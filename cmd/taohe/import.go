package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

type importCmd struct {
	Layer      string            `required:"" help:"mining_right, land_approval, protected_area, water_source, forest, grassland, disturbance or division."`
	County     string            `required:"" help:"Six-digit code of a registered county."`
	Vintage    taohe.Date        `required:"" help:"The date the data speaks of, YYYY-MM-DD."`
	Source     string            `help:"forestry or land_survey; required for forest and grassland."`
	Mode       string            `enum:"replace,add,update" default:"replace" help:"replace: the file is the whole layer; add: rows to add to it; update: rows that take the place of those of the same number."`
	CRS        string            `name:"crs" help:"Reference system, e.g. EPSG:4525, in place of what the file says."`
	Fix        string            `help:"Confirm a correction that was proposed: swap, prefix, zone=37, zone=36,37, packed, crs=EPSG:n."`
	Shift      string            `type:"existingfile" help:"JSON file with the parameters that lead from another datum to CGCS2000; see docs/areas.md."`
	GCJ02      bool              `name:"gcj02" help:"The coordinates are offset map coordinates (GCJ-02); every figure from them is marked approximate."`
	Encoding   string            `help:"Encoding of texts, e.g. GBK, in place of what the file says."`
	LayerName  string            `help:"Which of several layers in the file."`
	Set        map[string]string `mapsep:"none" help:"field=constant where the file has no value; repeatable."`
	Map        map[string]string `mapsep:"none" help:"field=column where the names do not tell; repeatable."`
	Footprint  []string          `sep:"none" help:"Disturbance: ground interpreted. whole-county, DATE=whole-county, or DATE=FILE.geojson; repeatable."`
	Coverage   string            `type:"existingfile" help:"Forest and grassland: GeoJSON polygon the source speaks of. Default: the whole county."`
	AllowEmpty bool              `help:"A file without rows says that there is nothing of the layer in the county."`
	Accept     bool              `help:"Accept at once when nothing was held for a person."`
	By         string            `help:"Who accepts." default:"command line"`
	JSON       bool              `name:"json" help:"Print the dataset and its diagnostics as JSON."`
	File       string            `arg:"" type:"existingfile" help:"Zipped shapefile, .shp, GeoJSON or corner table (拐点坐标)."`
}

func (c *importCmd) changes() string {
	return strings.Join([]string{c.County, c.Layer, c.Vintage.String(), filepath.Base(c.File)}, " ")
}

func (c *importCmd) Run(s *session) error {
	u := ingest.Upload{
		Layer: c.Layer, County: c.County, Vintage: c.Vintage, Source: c.Source, CRS: c.CRS, Encoding: c.Encoding,
		LayerName: c.LayerName, Mode: c.Mode, Set: c.Set, Map: c.Map, AllowEmpty: c.AllowEmpty, Path: c.File,
	}
	u.Fix = c.Fix
	var err error
	if u.Shift, err = readShift(c.Shift, c.GCJ02); err != nil {
		return err
	}
	for _, text := range c.Footprint {
		f, err := parseFootprint(text)
		if err != nil {
			return &exitError{2, "--footprint " + text + ": " + err.Error()}
		}
		u.Footprints = append(u.Footprints, f)
	}
	if c.Coverage != "" {
		ground, err := readGround(c.Coverage)
		if err != nil {
			return &exitError{2, "--coverage: " + err.Error()}
		}
		u.Coverage = ground
	}
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		d, err := p.Import(s.ctx, u, progressLine(c.JSON))
		if err != nil {
			return err
		}
		accepted := c.Accept && d.Status == "staged" && d.RowsHeld == 0
		if accepted {
			if err := p.Accept(s.ctx, d.ID, ingest.Acceptance{By: c.By}); err != nil {
				return datasetError(err, d.ID)
			}
			if d, err = p.Dataset(s.ctx, d.ID); err != nil {
				return err
			}
		}
		if c.JSON {
			err = printDatasetJSON(s, p, d)
		} else {
			err = printDataset(s, p, d)
		}
		if err == nil && d.Status == "refused" {
			return &exitError{2, ""}
		}
		return err
	})
}

// progressLine tells a person at a terminal how far a long reading is.
func progressLine(quiet bool) func(int) {
	if info, err := os.Stderr.Stat(); quiet || err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return func(rows int) { fmt.Fprintf(os.Stderr, "\r已读取 %d 行", rows) }
}

func parseFootprint(text string) (ingest.Footprint, error) {
	const whole = "whole-county"
	if text == whole {
		return ingest.Footprint{}, nil
	}
	day, ground, ok := strings.Cut(text, "=")
	if !ok {
		return ingest.Footprint{}, fmt.Errorf("应为 whole-county、日期=whole-county 或 日期=文件.geojson")
	}
	date, err := taohe.ParseDate(day)
	if err != nil {
		return ingest.Footprint{}, fmt.Errorf("日期“%s”应写作 YYYY-MM-DD", day)
	}
	f := ingest.Footprint{ImagedOn: date}
	if ground != whole {
		if f.Ground, err = readGround(ground); err != nil {
			return ingest.Footprint{}, err
		}
	}
	return f, nil
}

// readGround reads a GeoJSON polygon, multipolygon, feature or collection of
// them from a small file.
func readGround(path string) (*geom.MultiPolygon, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	const most = record.MaxGroundBytes
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, err
	}
	if len(b) > most {
		return nil, fmt.Errorf("%s 超过 16 MB", path)
	}
	return ingest.ParseGround(bytes.TrimPrefix(b, []byte("\ufeff")))
}

type discardCmd struct {
	ID int64 `arg:"" help:"Number of the dataset."`
}

func (c *discardCmd) changes() string { return strconv.FormatInt(c.ID, 10) }

func (c *discardCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		if err := p.DropDataset(s.ctx, c.ID); err != nil {
			return datasetError(err, c.ID)
		}
		_, err := fmt.Fprintf(s.out, "已删除数据 %d，以及据以进行的假设套合。\n", c.ID)
		return err
	})
}

type acceptCmd struct {
	ID   int64  `arg:"" help:"Number of the dataset."`
	Held string `enum:",accept,leave_out" default:"" help:"What becomes of held rows: accept the repaired shapes, or leave_out."`
	By   string `default:"command line" help:"Who accepts."`

	ConfirmRemoved int `help:"How many numbers of the version before may go, as the import said."`
}

func (c *acceptCmd) changes() string { return strconv.FormatInt(c.ID, 10) }

func (c *acceptCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		if err := p.Accept(s.ctx, c.ID, ingest.Acceptance{By: c.By, Held: c.Held, ConfirmRemoved: c.ConfirmRemoved}); err != nil {
			return datasetError(err, c.ID)
		}
		d, err := p.Dataset(s.ctx, c.ID)
		if err != nil {
			return err
		}
		return printDataset(s, p, d)
	})
}

func printDatasetJSON(s *session, p *pipeline.Pipeline, d ingest.Dataset) error {
	stored, counts, err := p.Diagnostics(s.ctx, d.ID, 0, 100_000)
	if err != nil {
		return err
	}
	type line struct {
		taohe.Diagnostic
		Severity taohe.Severity `json:"severity"`
		Chinese  string         `json:"text_zh"`
		English  string         `json:"text_en"`
	}
	lines := make([]line, 0, len(stored))
	for _, d := range stored {
		lines = append(lines, line{d.Diagnostic, d.Severity(), d.Chinese(), d.English()})
	}
	type counted struct {
		Code     string         `json:"code"`
		Severity taohe.Severity `json:"severity"`
		Count    int64          `json:"count"`
	}
	totals := make([]counted, 0, len(counts))
	for _, c := range counts {
		totals = append(totals, counted(c))
	}
	e := json.NewEncoder(s.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		ID          int64       `json:"id"`
		Layer       taohe.Layer `json:"layer"`
		County      string      `json:"county_code"`
		Vintage     taohe.Date  `json:"vintage"`
		Status      string      `json:"status"`
		RowsRead    int64       `json:"rows_read"`
		RowsLoaded  int64       `json:"rows_loaded"`
		RowsHeld    int64       `json:"rows_held"`
		RowsRefused int64       `json:"rows_refused"`
		Counts      []counted   `json:"diagnostic_counts"`
		Diagnostics []line      `json:"diagnostics"`
	}{d.ID, d.Layer, d.CountyCode, d.Vintage, d.Status, d.RowsRead, d.RowsLoaded, d.RowsHeld, d.RowsRefused, totals, lines})
}

// printChanges shows what acceptance would do to the layer, and returns how many
// keys a replacing version would drop.
func printChanges(s *session, p *pipeline.Pipeline, d ingest.Dataset) (removed int, err error) {
	if d.Status != "staged" {
		return 0, nil
	}
	c, err := p.Changes(s.ctx, d.ID)
	if err != nil || c.BaseID == 0 {
		return 0, err
	}
	fmt.Fprintf(s.out, "  与数据 %d 相比：新增 %d，变更 %d，减少 %d，不变 %d（按编号计）\n", c.BaseID, c.Added, c.Changed, c.Removed, c.Same)
	for _, list := range []struct {
		word string
		keys []string
	}{{"新增", c.AddedKeys}, {"变更", c.ChangedKeys}, {"减少", c.RemovedKeys}} {
		if len(list.keys) > 0 {
			fmt.Fprintf(s.out, "    %s：%s\n", list.word, strings.Join(list.keys, " "))
		}
	}
	if d.Mode == ingest.ModeReplace {
		removed = c.Removed
	}
	return removed, nil
}

var statusWords = map[string]string{
	"loading": "读取中", "staged": "已读取，待验收", "accepted": "已验收", "refused": "未采用", "failed": "读取中断",
}

func printDataset(s *session, p *pipeline.Pipeline, d ingest.Dataset) error {
	stored, counts, err := p.Diagnostics(s.ctx, d.ID, 0, 100_000)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "数据 %d：%s（%s），时点 %s，%s\n", d.ID, d.Layer.Title(), d.Layer, d.Vintage, statusWords[d.Status])
	if d.Reference != nil {
		fmt.Fprintf(s.out, "  坐标系 %s（依据：%s）", d.Reference.Name, d.Reference.How)
		if d.Encoding != nil && d.Encoding.Name != "" {
			fmt.Fprintf(s.out, "；文字编码 %s（依据：%s）", d.Encoding.Name, d.Encoding.How)
		}
		fmt.Fprintln(s.out)
	}
	fmt.Fprintf(s.out, "  读 %d 行，采用 %d，暂存待定 %d，未采用 %d\n", d.RowsRead, d.RowsLoaded-d.RowsHeld, d.RowsHeld, d.RowsRefused)
	const shown = 5
	for _, c := range counts {
		fmt.Fprintf(s.out, "  %s × %d\n", c.Code, c.Count)
		n := 0
		for _, x := range stored {
			if x.Code != c.Code {
				continue
			}
			if n++; n > shown {
				break
			}
			at := "整个文件"
			if x.Row > 0 {
				at = fmt.Sprintf("第 %d 行", x.Row)
			}
			fmt.Fprintf(s.out, "    %s：%s\n", at, x.Chinese())
		}
		if c.Count > shown {
			fmt.Fprintf(s.out, "    …… 其余 %d 条见 taohe diagnostics %d --format csv\n", c.Count-shown, d.ID)
		}
	}
	removed, err := printChanges(s, p, d)
	if err != nil {
		return err
	}
	confirm := ""
	if removed > 0 {
		confirm = fmt.Sprintf(" --confirm-removed %d", removed)
	}
	switch {
	case d.Status == "staged" && d.RowsHeld > 0:
		_, err = fmt.Fprintf(s.out, "下一步：核对暂存的行后 taohe accept %d%s --held accept（采用修复后的图形）或 --held leave_out（不采用）\n", d.ID, confirm)
	case d.Status == "staged":
		_, err = fmt.Fprintf(s.out, "下一步：taohe accept %d%s\n", d.ID, confirm)
	case d.Status == "accepted":
		_, err = fmt.Fprintln(s.out, "下一步：导入其余图层，或 taohe run --as-of 日期")
	}
	return err
}
