package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// summary is a run as run.json and the terminal show it.
type summary struct {
	ID            int64                 `json:"id"`
	AsOf          taohe.Date            `json:"as_of"`
	Status        string                `json:"status"`
	RuleSetSHA256 string                `json:"rule_set_sha256"`
	Digest        string                `json:"digest"`
	Surface       string                `json:"surface"`
	MinesTotal    int                   `json:"mines_total"`
	MinesFailed   int                   `json:"mines_failed"`
	Mines         []mineSummary         `json:"mines"`
	Unattributed  []report.Patch        `json:"unattributed_patches"`
	CountyFigures []report.CountyFigure `json:"county_figures"`
	ListedGround  []report.ListedGround `json:"listed_ground"`
	NotEvaluated  []report.NotEvaluated `json:"not_evaluated"`
	Notes         []report.Note         `json:"notes"`
	Datasets      []report.Dataset      `json:"datasets"`
}

type mineSummary struct {
	LicenceNo  string                `json:"licence_no"`
	MineName   string                `json:"mine_name"`
	Enterprise string                `json:"enterprise"`
	Township   string                `json:"township"`
	Status     string                `json:"status"`
	Digest     string                `json:"digest"`
	Ground     *report.GroundAccount `json:"ground_account"`
	Findings   []findingSummary      `json:"findings"`

	report *report.Mine
}

type findingSummary struct {
	Rule        string `json:"rule"`
	ProblemType string `json:"problem_type"`
	report.Area
}

// summarise gathers a run and every mine's report.
func summarise(ctx context.Context, p *pipeline.Pipeline, id int64) (*summary, error) {
	run, err := p.RunView(ctx, id)
	if err != nil {
		return nil, err
	}
	s := &summary{
		ID: run.ID, AsOf: run.AsOf, Status: run.Status, RuleSetSHA256: run.RuleSetSHA256, Digest: run.Digest,
		Surface: report.SurfaceStatement, MinesTotal: run.MinesTotal, MinesFailed: run.MinesFailed, Mines: []mineSummary{},
		Unattributed: []report.Patch{}, CountyFigures: []report.CountyFigure{}, ListedGround: []report.ListedGround{}, NotEvaluated: []report.NotEvaluated{}, Notes: []report.Note{}, Datasets: []report.Dataset{},
	}
	lines, err := p.Mines(ctx, id, "", "", math.MaxInt32)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		m, err := p.Report(ctx, id, l.LicenceNo)
		if err != nil {
			return nil, err
		}
		line := mineSummary{
			LicenceNo: l.LicenceNo, MineName: l.MineName, Enterprise: l.Enterprise, Township: l.Township, Status: l.Status,
			Digest: m.Run.MineDigest, Ground: m.Ground, Findings: []findingSummary{}, report: m,
		}
		for _, f := range m.Findings {
			line.Findings = append(line.Findings, findingSummary{f.Rule, f.ProblemType, report.Area{EllipsoidalAreaM2: f.EllipsoidalAreaM2, Mu: f.Mu}})
		}
		s.Mines = append(s.Mines, line)
	}
	return s, s.rest(ctx, p, run)
}

func (s *summary) rest(ctx context.Context, p *pipeline.Pipeline, run pipeline.RunView) error {
	for _, x := range run.Unattributed {
		s.Unattributed = append(s.Unattributed, pipeline.PatchLine(x))
	}
	for _, f := range run.CountyFigures {
		s.CountyFigures = append(s.CountyFigures, pipeline.CountyFigureLine(f, run.Rules))
	}
	listed, err := p.ListedGrounds(ctx, run.ID)
	if err != nil {
		return err
	}
	for _, g := range listed {
		s.ListedGround = append(s.ListedGround, pipeline.ListedLine(g, run.Rules))
	}
	slices.SortStableFunc(run.NotEvaluated, func(a, b overlay.NotEvaluated) int {
		return cmp.Or(cmp.Compare(a.CountyCode, b.CountyCode), run.Rules.Position(a.RuleCode)-run.Rules.Position(b.RuleCode))
	})
	for _, n := range run.NotEvaluated {
		s.NotEvaluated = append(s.NotEvaluated, pipeline.NotEvaluatedLine(n, run.Rules))
	}
	for _, n := range run.Notes {
		s.Notes = append(s.Notes, report.Note{Code: n.Code, Text: n.Diagnostic().Chinese()})
	}
	for _, d := range run.Datasets {
		s.Datasets = append(s.Datasets, pipeline.DatasetLine(d))
	}
	return nil
}

// print shows a line per mine, then what belongs to no mine and what could not
// be asked.
func (s *summary) print(w io.Writer) error {
	t := table{
		head:  []string{"许可证号", "矿山", "苏木镇", "占地(亩)", "批准内(亩)", "违法占地(亩)", "问题类型"},
		right: []bool{false, false, false, true, true, true, false},
	}
	for _, m := range s.Mines {
		ground, approved, violating := "未核查", "未核查", "未核查"
		if g := m.Ground; g != nil {
			ground, approved = mu(g.Ground.Mu), mu(g.Approved.Mu)
			violating = mu(g.Expired.Mu + g.OverOccupied.Mu + g.Displaced.Mu + g.Unapproved.Mu + g.UnapprovedConstruction.Mu)
		}
		var problems []string
		for _, f := range m.Findings {
			problems = append(problems, fmt.Sprintf("%s %s 亩", f.ProblemType, mu(f.Mu)))
		}
		if m.Status == "failed" {
			problems = []string{"计算失败"}
		}
		text := strings.Join(problems, "；")
		if text == "" {
			text = "—"
		}
		t.add(m.LicenceNo, m.MineName, m.Township, ground, approved, violating, text)
	}
	if err := t.write(w); err != nil {
		return err
	}
	if len(s.Unattributed) > 0 {
		fmt.Fprintf(w, "\n不属于任何矿山的图斑（采场即疑似无证开采）：\n")
		u := table{head: []string{"图斑编号", "类型", "影像日期", "面积(亩)", "原因"}, right: []bool{false, false, false, true}}
		const shown = 20
		for i, x := range s.Unattributed {
			if i == shown {
				break
			}
			u.add(x.PatchNo, x.KindTitle, x.ImagedOn.String(), mu(x.Mu), x.Reason)
		}
		if err := u.write(w); err != nil {
			return err
		}
		if n := len(s.Unattributed) - shown; n > 0 {
			fmt.Fprintf(w, "…… 其余 %d 个见 run.json\n", n)
		}
	}
	if len(s.CountyFigures) > 0 {
		fmt.Fprintf(w, "\n不计入各矿占地账的地块（按旗区合计，相连的为一处，重叠处只计一次）：\n")
		c := table{
			head:  []string{"旗区", "问题类型", "权属", "状态", "处", "面积(亩)", "其中林草地(亩)"},
			right: []bool{false, false, false, false, true, true, true},
		}
		for _, f := range s.CountyFigures {
			state, vegetation := "未恢复", "未核查"
			if f.Restored {
				state = "已恢复"
			}
			if v := f.Vegetation.ForestOrGrassland; v != nil {
				vegetation = mu(v.Mu)
			}
			c.add(f.CountyCode, f.ProblemType, f.OwnershipTitle, state, strconv.Itoa(f.Places), mu(f.Mu), vegetation)
		}
		if err := c.write(w); err != nil {
			return err
		}
	}
	if len(s.NotEvaluated) > 0 {
		fmt.Fprintf(w, "\n未核查（不等于没有问题），请导入并验收所缺图层后重新套合：\n")
		var missing []string
		titles := make(map[string][]string)
		for _, n := range s.NotEvaluated {
			layers := make([]string, len(n.MissingLayers))
			for i, l := range n.MissingLayers {
				layers[i] = taohe.Layer(l).Title()
			}
			key := strings.Join(layers, "、")
			if titles[key] == nil {
				missing = append(missing, key)
			}
			titles[key] = append(titles[key], n.Title)
		}
		for _, key := range missing {
			fmt.Fprintf(w, "  缺少%s：%s\n", key, strings.Join(titles[key], "、"))
		}
	}
	for _, n := range s.Notes {
		fmt.Fprintf(w, "提示：%s\n", n.Text)
	}
	_, err := fmt.Fprintf(w, "\n%s以上均为疑似，须实地核实。\n", s.Surface)
	return err
}

func mu(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

// writeRun writes run.json, a JSON and a GeoJSON report a mine, and ledger.csv.
func writeRun(ctx context.Context, p *pipeline.Pipeline, s *summary, dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, "mines"), 0o755); err != nil {
		return err
	}
	err := writeFile(filepath.Join(dir, "run.json"), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(s)
	})
	if err != nil {
		return err
	}
	for _, m := range s.Mines {
		// A licence number has letters and digits only; it is safe as a name.
		base := filepath.Join(dir, "mines", m.LicenceNo)
		if err := writeFile(base+".json", func(w io.Writer) error { return report.WriteJSON(w, m.report) }); err != nil {
			return err
		}
		if err := writeFile(base+".geojson", func(w io.Writer) error { return report.WriteGeoJSON(w, m.report) }); err != nil {
			return err
		}
	}
	rows, err := p.LedgerRows(ctx, s.ID)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, "ledger.csv"), func(w io.Writer) error { return ledger.WriteCSV(w, rows) })
}

func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
