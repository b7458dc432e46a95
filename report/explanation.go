package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/taohe-gis/taohe"
)

// An Explanation is the whole chain behind one finding: what rule, what images,
// what rows of what files, and the sum that leads to the figure.
type Explanation struct {
	ID        string   `json:"id" doc:"问题编号：套合编号-许可证号-规则代码"`
	Statement string   `json:"statement" doc:"排查发现问题的文字表述"`
	Suspected bool     `json:"suspected" doc:"true：机器套合结果，均为疑似，须实地核实"`
	Surface   string   `json:"surface" doc:"面积口径"`
	Run       Run      `json:"run"`
	RunDigest string   `json:"run_digest" doc:"整次套合的 SHA-256"`
	WhatIf    []int64  `json:"what_if" doc:"假设已验收的数据；为空即正式套合"`
	Mine      Identity `json:"mine"`
	// Licence are the rows the licence plane is made of.
	Licence    []SourceRow         `json:"licence_rows"`
	Rule       ExplainedRule       `json:"rule"`
	Thresholds map[string]float64  `json:"thresholds"`
	Ground     []KindGround        `json:"ground" doc:"本矿占地：按类型和起决定作用的影像日期"`
	Patches    []ExplainedPatch    `json:"patches" doc:"归入本矿的图斑及归属理由"`
	Approvals  []ExplainedApproval `json:"approvals" doc:"核对过的批准及其是否计入的理由"`
	Sums       []Sum               `json:"sums" doc:"算式；印出的各项相加等于印出的合计"`
	Parts      []ExplainedPart     `json:"parts" doc:"问题地块及界址点"`
	Citations  []Citation          `json:"citations" doc:"依据的数据行"`
	Breakdown  []Breakdown         `json:"breakdown" doc:"其中项；可能互相重叠，不相加"`
	// CornerMethod says what a corner is.
	CornerMethod string `json:"corner_method"`
}

// A SourceRow is a row of a file.
type SourceRow struct {
	DatasetID  int64      `json:"dataset_id"`
	Vintage    taohe.Date `json:"vintage"`
	FileName   string     `json:"file_name"`
	FileSHA256 string     `json:"file_sha256"`
	Row        int        `json:"row" doc:"源文件中的行号，从 1 起"`
	Area
}

// An ExplainedRule is the rule in words.
type ExplainedRule struct {
	Code        string   `json:"code"`
	Title       string   `json:"title"`
	ProblemType string   `json:"problem_type"`
	Group       int      `json:"group"`
	Basis       []string `json:"basis"`
	Definition  string   `json:"definition"`
	Figure      string   `json:"figure"`
}

// KindGround is ground of one kind that one image decides.
type KindGround struct {
	Kind        string     `json:"kind"`
	KindTitle   string     `json:"kind_title"`
	ImagedOn    taohe.Date `json:"imaged_on"`
	FirstSeenOn taohe.Date `json:"first_seen_on" doc:"最早从哪一期影像起连续可见"`
	Area
}

// An ExplainedPatch is a patch of the mine, whether it counts and why it is the
// mine's.
type ExplainedPatch struct {
	Patch
	Confirmed bool `json:"confirmed" doc:"false：归属待人工确认，不计入任何合计"`
}

// An ExplainedApproval is an approval that was looked at, and why it counts or
// does not.
type ExplainedApproval struct {
	ApprovalNo   string     `json:"approval_no"`
	Kind         string     `json:"kind"`
	KindTitle    string     `json:"kind_title"`
	AttributedBy string     `json:"attributed_by" doc:"licence、enterprise、overlap；他人的批准为空"`
	ApprovedOn   taohe.Date `json:"approved_on"`
	ValidFrom    taohe.Date `json:"valid_from"`
	ValidTo      taohe.Date `json:"valid_to"`
	ReturnedOn   taohe.Date `json:"returned_on"`
	Source       SourceRow  `json:"source"`
	OfGround     Area       `json:"of_ground" doc:"与本矿占地重叠"`
	OfFinding    Area       `json:"of_finding" doc:"与问题地块重叠"`
	Verdicts     []Verdict  `json:"verdicts"`
}

// A Verdict says how an approval counts on the date of an image.
type Verdict struct {
	ImagedOn taohe.Date `json:"imaged_on"`
	Counts   bool       `json:"counts" doc:"该日期是否使土地处于批准范围内"`
	Reason   string     `json:"reason"`
}

// A Sum is a whole and its parts as printed: in square metres and in mu the
// parts add up.
type Sum struct {
	Title string `json:"title"`
	Whole Area   `json:"whole"`
	Terms []Term `json:"terms"`
}

// A Term is one part of a sum.
type Term struct {
	Title string `json:"title"`
	Area
}

// NewSum prints parts beside their whole, in unrounded square metres; parts that
// print as nothing are left out.
func NewSum(title string, wholeM2 float64, titles []string, partsM2 []float64) Sum {
	areas, whole := Apportion(partsM2, wholeM2)
	s := Sum{Title: title, Whole: whole, Terms: []Term{}}
	for i, a := range areas {
		if a != (Area{}) {
			s.Terms = append(s.Terms, Term{titles[i], a})
		}
	}
	return s
}

// An ExplainedPart is a polygon of the finding with its corners, ring by ring;
// the first ring is the outline, the others are holes.
type ExplainedPart struct {
	No              int    `json:"no"`
	WithinTolerance bool   `json:"within_tolerance" doc:"true：容差以内，不计入"`
	PlanarCRS       string `json:"planar_crs"`
	Area
	Rings [][]Corner `json:"rings"`
}

// A Corner is a point of an outline: X is the northing and Y the easting with the
// number of the zone before it, as licences print them.
type Corner struct {
	No  int     `json:"no"`
	XM  float64 `json:"x_m" doc:"北坐标，米，三位小数"`
	YM  float64 `json:"y_m" doc:"东坐标（带带号），米，三位小数"`
	Lon float64 `json:"lon" doc:"度，九位小数"`
	Lat float64 `json:"lat"`
	// LonDMS and LatDMS are the same in degrees, minutes and seconds.
	LonDMS string `json:"lon_dms"`
	LatDMS string `json:"lat_dms"`
	// EdgeIn is the system in which the edge to the next corner is straight.
	EdgeIn string `json:"edge_in" doc:"至下一点的边在哪个坐标系内是直线"`
}

// edge says so where it is not the plane of the part.
func (c Corner) edge(planarCRS string) string {
	switch m := zoneName.FindStringSubmatch(c.EdgeIn); {
	case c.EdgeIn == planarCRS:
		return ""
	case m == nil:
		return "经纬度"
	case m[1] == "":
		return "中央经线" + m[2] + "°"
	default:
		return "第" + m[1] + "带"
	}
}

// WriteExplanationJSON writes an explanation as JSON, indented, ending in a
// newline.
func WriteExplanationJSON(w io.Writer, e *Explanation) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(e)
}

// WriteExplanation writes an explanation in words.
func WriteExplanation(w io.Writer, e *Explanation) error {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	head := func(title string) { line("\n【%s】", title) }
	line("问题编号：%s", e.ID)
	line("%s（%s，%s）", e.Statement, e.Mine.MineName, e.Mine.LicenceNo)
	line("机器套合结果，属疑似线索，须实地核实。%s", e.Surface)
	if len(e.WhatIf) > 0 {
		line("假设套合：假定待验收的数据 %s 已验收，不作为正式结果。", strings.Trim(fmt.Sprint(e.WhatIf), "[]"))
	}
	head("规则")
	line("%s（%s），问题类型：%s，第 %d 排查工作组", e.Rule.Title, e.Rule.Code, e.Rule.ProblemType, e.Rule.Group)
	line("依据：%s", strings.Join(e.Rule.Basis, "；"))
	line("认定：%s", e.Rule.Definition)
	line("面积：%s", e.Rule.Figure)
	line("阈值：%s", thresholdsText(e.Thresholds))
	head("矿业权")
	line("%s，有效期 %s 至 %s%s，面积 %s 亩（%s 平方公里）", e.Mine.Enterprise, e.Mine.ValidFrom, e.Mine.ValidTo,
		dated("，延续受理 ", e.Mine.RenewalAcceptedOn), fixed2(e.Mine.LicenceArea.Mu), fmt.Sprintf("%.4f", e.Mine.LicenceKm2))
	for _, r := range e.Licence {
		line("　来自 %s", r.text())
	}
	head("影像与占地")
	for _, g := range e.Ground {
		line("%s：影像 %s，最早见于 %s，%s 亩", g.KindTitle, g.ImagedOn, g.FirstSeenOn, fixed2(g.Mu))
	}
	for _, p := range e.Patches {
		note := ""
		if !p.Confirmed {
			note = "，归属待人工确认，不计入"
		}
		line("图斑 %s：%s，影像 %s，%s 亩；归入本矿的理由：%s%s（%s 第 %d 行）", p.PatchNo, p.KindTitle, p.ImagedOn, fixed2(p.Mu), p.Reason, note, p.FileName, p.Row)
	}
	head("批准")
	if len(e.Approvals) == 0 {
		line("本矿没有批准，问题地块也不在他人的批准范围内。")
	}
	for _, a := range e.Approvals {
		line("%s（%s），批准 %s%s%s%s；%s", a.ApprovalNo, a.KindTitle, a.ApprovedOn, dated("，起 ", a.ValidFrom), dated("，止 ", a.ValidTo),
			dated("，还地 ", a.ReturnedOn), a.Source.text())
		line("　与本矿占地重叠 %s 亩，与问题地块重叠 %s 亩", fixed2(a.OfGround.Mu), fixed2(a.OfFinding.Mu))
		for _, v := range a.Verdicts {
			line("　影像 %s：%s", v.ImagedOn, v.Reason)
		}
	}
	head("算式")
	for _, s := range e.Sums {
		terms := make([]string, len(s.Terms))
		for i, t := range s.Terms {
			terms[i] = t.Title + " " + fixed2(t.Mu)
		}
		line("%s %s 亩 = %s", s.Title, fixed2(s.Whole.Mu), strings.Join(terms, " + "))
	}
	if len(e.Breakdown) > 0 {
		head("其中（可能互相重叠，不相加）")
		for _, x := range e.Breakdown {
			line("%s %s 亩", x.Title, fixed2(x.Mu))
		}
	}
	head("依据的数据")
	for _, c := range e.Citations {
		line("%s %s：%s，重叠 %s 亩", roleTitle(c.Role), c.Label, SourceRow{
			DatasetID: c.DatasetID, Vintage: c.Vintage, FileName: c.FileName, FileSHA256: c.FileSHA256, Row: c.Row,
		}.text(), fixed2(c.Mu))
	}
	head("地块与界址点")
	line("%s", e.CornerMethod)
	for _, p := range e.Parts {
		note := ""
		if p.WithinTolerance {
			note = "，容差以内，不计入"
		}
		line("地块 %d：%s 亩，%s 平方米%s", p.No, fixed2(p.Mu), fixed2(p.EllipsoidalAreaM2), note)
		for i, ring := range p.Rings {
			if i > 0 {
				line("　洞 %d", i)
			}
			for _, c := range ring {
				line("　%s", strings.TrimRight(fmt.Sprintf("%4d  X=%.3f  Y=%.3f  %s  %s  %s", c.No, c.XM, c.YM, c.LonDMS, c.LatDMS, c.edge(p.PlanarCRS)), " "))
			}
		}
	}
	head("可复核")
	line("套合 %d，截止日 %s", e.Run.ID, e.Run.AsOf)
	line("规则集 SHA-256 %s", e.Run.RuleSetSHA256)
	line("本矿输入与结果 SHA-256 %s", e.Run.MineDigest)
	line("整次套合 SHA-256 %s", e.RunDigest)
	_, err := io.WriteString(w, b.String())
	return err
}

func (r SourceRow) text() string {
	return fmt.Sprintf("数据 %d（%s）%s 第 %d 行，文件 SHA-256 %s", r.DatasetID, r.Vintage, r.FileName, r.Row, r.FileSHA256)
}

func dated(before string, d taohe.Date) string {
	if d.IsZero() {
		return ""
	}
	return before + d.String()
}

// thresholdTitles name the numbers of the rule set, in the order they are printed.
var thresholdTitles = []struct{ key, title, unit string }{
	{"touch_ratio", "批小占大重叠比例", ""},
	{"unused_ratio", "批东占西使用比例", ""},
	{"displaced_max_ratio", "批东占西倍数", ""},
	{"attribution_distance_m", "图斑归属距离", " 米"},
	{"min_width_m", "最小平均宽度", " 米"},
	{"min_area_m2", "最小面积", " 平方米"},
}

func thresholdsText(t map[string]float64) string {
	var out []string
	for _, x := range thresholdTitles {
		if v, ok := t[x.key]; ok {
			out = append(out, fmt.Sprintf("%s %g%s", x.title, v, x.unit))
		}
	}
	return strings.Join(out, "；")
}

var roleTitles = map[string]string{
	"patch": "影像图斑", "licence": "矿业权", "approval": "本矿批准", "restricting_ground": "限制区域", "permit": "许可",
	"other_licence": "其他矿业权", "other_approval": "他人批准", "displaced_from": "未使用的批准",
}

func roleTitle(role string) string {
	if t, ok := roleTitles[role]; ok {
		return t
	}
	return role
}
