package api

import (
	"context"
	"encoding/base64"
	"io"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/shpwrite"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
	"github.com/taohe-gis/taohe/report/vector"
)

const gpkgType = "application/geopackage+sqlite3"

// findingFormats are the values of the query parameter format of findings.
var findingFormats = map[string]string{"json": jsonType, "geojson": geoJSONType, "csv": csvType, "gpkg": gpkgType, "shapefile": zipType}

// FindingPage is a page of the findings of a run.
type FindingPage struct {
	RunID int64      `json:"run_id"`
	AsOf  taohe.Date `json:"as_of" format:"date"`
	// Of mines that failed nothing is known, which is not the same as no finding.
	MinesFailed int                  `json:"mines_failed" doc:"未能计算的矿山数：没有列出问题，不等于没有问题"`
	Items       []report.FindingLine `json:"items"`
	Next        *string              `json:"next" doc:"下一页的网址；没有时为 null"`
}

// findingsRequest chooses findings.
type findingsRequest struct {
	Run int64 `query:"run" minimum:"1" doc:"套合编号；不写即最近一次完成的"`
	Place
	LicenceNo string  `query:"licence_no" doc:"采矿许可证号"`
	Rule      string  `query:"rule" doc:"规则代码"`
	Type      string  `query:"problem_type" doc:"问题类型，例如 越界开采"`
	Certainty string  `query:"certainty" enum:"certain,boundary_dependent,unknown" doc:"可靠性"`
	MinMu     float64 `query:"min_mu" minimum:"0" doc:"面积至少几亩"`
	MaxMu     float64 `query:"max_mu" minimum:"0" doc:"面积至多几亩；0 即不限"`
	After     string  `query:"after" doc:"上一页 next 中的位置；其余形式总是给出全部"`
	Limit     int     `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Encoding  string  `query:"encoding" enum:"gbk,utf-8" default:"gbk" doc:"Shapefile 的文字编码"`
	Format    string  `query:"format" enum:"json,geojson,csv,gpkg,shapefile" doc:"代替 Accept"`
}

// place is where a page of findings ends, as an address carries it: nobody is to
// make one.
func place(f report.FindingLine) string {
	return base64.RawURLEncoding.EncodeToString([]byte(f.LicenceNo + "\n" + f.Rule))
}

// filter is the request as the overlay takes it.
func (in *findingsRequest) filter() (pipeline.FindingFilter, error) {
	f := pipeline.FindingFilter{
		FindingFilter: overlay.FindingFilter{
			Place: in.chosen(), LicenceNo: in.LicenceNo, Certainty: in.Certainty, MinM2: geo.M2OfMu(in.MinMu), MaxM2: geo.M2OfMu(in.MaxMu), Limit: in.Limit + 1,
		},
		RuleChoice: pipeline.RuleChoice{Rule: in.Rule, ProblemType: in.Type},
	}
	if in.After != "" {
		text, err := base64.RawURLEncoding.DecodeString(in.After)
		licence, rule, found := strings.Cut(string(text), "\n")
		if err != nil || !found || !storable(string(text)) {
			var out faults
			out.add("query.after", "bad-format", "不是上一页给出的位置，请从第一页开始。")
			return f, out.err()
		}
		f.AfterLicenceNo, f.AfterRuleCode = licence, rule
	}
	return f, nil
}

func (s *service) listFindings(ctx context.Context, in *findingsRequest) (*huma.StreamResponse, error) {
	filter, err := in.filter()
	if err != nil {
		return nil, err
	}
	id := in.Run
	if id == 0 {
		if id, err = s.Pipeline.NewestCompleteRun(ctx, in.County); err != nil {
			return nil, err
		}
	}
	run, err := s.Pipeline.Run(ctx, id)
	if err != nil {
		return nil, err
	}
	kind := representation(ctx)
	if kind != jsonType {
		filter.Limit = 1 // what is refused is refused before a file is begun
	}
	lines, err := s.Pipeline.Findings(ctx, id, filter)
	if err != nil {
		return nil, err
	}
	if kind != jsonType {
		return s.findingsFile(ctx, id, filter, kind, in.Encoding), nil
	}
	lines, more := cut(lines, in.Limit)
	page := FindingPage{RunID: id, AsOf: run.AsOf, MinesFailed: run.MinesFailed, Items: lines}
	if more {
		number := func(n float64) string {
			if n == 0 {
				return ""
			}
			return strconv.FormatFloat(n, 'f', -1, 64)
		}
		// The run is named, so that a newer one cannot slip in between pages.
		page.Next = next("/v1/findings", append(in.words(), "run", strconv.FormatInt(id, 10), "licence_no", in.LicenceNo, "rule", in.Rule,
			"problem_type", in.Type, "certainty", in.Certainty, "min_mu", number(in.MinMu), "max_mu", number(in.MaxMu),
			"after", place(lines[len(lines)-1]), "limit", strconv.Itoa(in.Limit))...)
	}
	return stream(jsonType, "", func(w io.Writer) error { return writeJSON(w, page) }), nil
}

// findingsFile streams all findings that a filter chooses.
func (s *service) findingsFile(ctx context.Context, run int64, f pipeline.FindingFilter, kind, encoding string) *huma.StreamResponse {
	f.WithGeom = kind != csvType
	all := s.Pipeline.EachFinding(ctx, run, f)
	name := "findings-run-" + strconv.FormatInt(run, 10)
	switch kind {
	case csvType:
		return stream(csvType+"; charset=utf-8", name+".csv", func(w io.Writer) error { return report.WriteFindingsCSV(w, all) })
	case gpkgType:
		return stream(gpkgType, name+".gpkg", func(w io.Writer) error { return vector.WriteGeoPackage(ctx, w, s.spool.dir, all) })
	case zipType:
		how := shpwrite.GBK
		if encoding == "utf-8" {
			how = shpwrite.UTF8
		}
		return stream(zipType, name+".zip", func(w io.Writer) error { return vector.WriteShapefile(w, s.spool.dir, all, how) })
	}
	return stream(geoJSONType, name+".geojson", func(w io.Writer) error { return report.WriteFindingsGeoJSON(w, all) })
}
