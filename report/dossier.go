package report

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/report/docx"
)

// A Dossier is everything about one mine on paper: 一矿一案.
type Dossier struct {
	*Mine
	RunDigest string
	// Failed says that the mine was not computed: nothing is known of it.
	Failed bool
	// Ledger is the state of the ledger that Items are told from.
	Ledger LedgerState
	// Items stand beside the findings.
	Items        []DossierItem
	CornerMethod string
	// Map is a picture of the mine's overlay map, PNG; none when empty.
	Map []byte
}

// A DossierItem is what became of a finding and what is to be done about it.
type DossierItem struct {
	// StateTitle is the state of its ledger item in words; Confirmed says that a
	// person has found it true in the field, from when on nothing says 疑似.
	StateTitle string
	Confirmed  bool
	// Measures is what is to be done, Taken what has been.
	Measures    string
	Taken       []string
	Deadline    taohe.Date
	Responsible string
	// Parts are its polygons, those within tolerance left out. Their printed areas
	// add up to the finding's.
	Parts []ExplainedPart
}

// Wording is a statement as it stands with a finding: suspected until a person
// has confirmed it.
func Wording(statement string, confirmed bool) string {
	if confirmed {
		return strings.TrimPrefix(statement, "疑似")
	}
	return statement
}

// suspected says whether anything on the paper is not confirmed.
func (d Dossier) suspected() bool {
	for _, i := range d.Items {
		if !i.Confirmed {
			return true
		}
	}
	return len(d.Items) == 0
}

func (d Dossier) title() string {
	switch {
	case len(d.Findings) == 0:
		return d.Mine.Mine.MineName + "核查档案"
	case d.suspected():
		return d.Mine.Mine.MineName + "疑似违法违规问题档案"
	}
	return d.Mine.Mine.MineName + "违法违规问题档案"
}

// VerifyText is what the dossier's QR code says: by it the paper is held against
// the system. It is ASCII, which every reader of codes reads alike.
func (d Dossier) VerifyText() string {
	return fmt.Sprintf("TAOHE;MINE=%s;RUN=%d;ASOF=%s;SHA256=%s", d.Mine.Mine.LicenceNo, d.Run.ID, d.Run.AsOf, d.Run.MineDigest)
}

// The columns that several tables have.
var (
	columnM2 = column{"面积（平方米）", 30, docx.CellRight}
	columnMu = column{"面积（亩）", 24, docx.CellRight}
)

// identity is who the mine is, name and value.
func (d Dossier) identity() [][2]string {
	i := d.Mine.Mine
	term := dayInWords(i.ValidFrom) + "至" + dayInWords(i.ValidTo)
	if !i.RenewalAcceptedOn.IsZero() {
		term += "（延续申请" + dayInWords(i.RenewalAcceptedOn) + "受理）"
	}
	elevation := "未登记"
	if i.TopElevationM != nil || i.BottomElevationM != nil {
		elevation = elevationText(i.BottomElevationM) + " 至 " + elevationText(i.TopElevationM) + " 米"
	}
	return [][2]string{
		{"矿山名称", i.MineName},
		{"采矿权人", i.Enterprise},
		{"采矿许可证号", i.LicenceNo},
		{"行政区域", i.CountyName + i.Township},
		{"开采方式、矿种", i.MethodAndMineral},
		{"有效期限", term},
		{"开采标高", elevation},
		{"矿业权面积", fmt.Sprintf("%.4f 平方公里（椭球面积 %s 平方米，%s 亩）", d.Mine.Mine.LicenceKm2, fixed2(i.LicenceArea.EllipsoidalAreaM2), fixed2(i.LicenceArea.Mu))},
		{"平面面积", fmt.Sprintf("%s 平方米，%s；仅供与旧证面积对照", fixed2(i.LicenceArea.PlanarAreaM2), PlaneWords(i.LicenceArea.PlanarCRS))},
	}
}

func elevationText(m *float64) string {
	if m == nil {
		return "—"
	}
	return metres(*m)
}

// account is the ground account; its lines add up to the last.
func (d Dossier) account() sheet {
	s := sheet{name: "占地账", columns: []column{{"类别", 60, docx.CellText}, columnM2, columnMu}}
	g := d.Ground
	if g == nil {
		return s
	}
	for _, t := range []Term{
		{"批准范围内", g.Approved},
		{"批准已到期", g.Expired},
		{"批小占大", g.OverOccupied},
		{"批东占西", g.Displaced},
		{"未批先占", g.Unapproved},
		{"违法违规建设", g.UnapprovedConstruction},
		{"容差以内（细碎图形）", g.WithinTolerance},
		{"影像所见占地合计", g.Ground},
	} {
		s.rows = append(s.rows, []any{t.Title, fixed(t.EllipsoidalAreaM2), fixed(t.Mu)})
	}
	return s
}

// components are the connected pieces with what they were judged by; their areas
// add up to the ground.
func (d Dossier) components() sheet {
	s := sheet{name: "占地连片", columns: []column{
		{"连片", 10, docx.CellCentred},
		{"认定", 22, docx.CellCentred},
		{"影像日期", 26, docx.CellDate},
		columnMu,
		{"批准覆盖\n（亩）", 22, docx.CellRight},
		{"占连片\n（%）", 16, docx.CellRight},
		{"占所涉\n批准（%）", 20, docx.CellRight},
		{"批东占西所对应的批准", 46, docx.CellText},
	}}
	for _, c := range d.Components {
		ofApprovals, displaced := any("—"), ""
		if c.CoveredOfApprovals != nil {
			ofApprovals = figure{100 * *c.CoveredOfApprovals, 1}
		}
		if c.DisplacedFrom != "" {
			displaced = c.DisplacedFrom
			if c.DisplacedDistanceM != nil {
				displaced += "，相距 " + metres(*c.DisplacedDistanceM) + " 米"
			}
			if c.DisplacedUnused != nil {
				displaced += "，未用 " + fixed2(c.DisplacedUnused.Mu) + " 亩"
			}
		}
		s.rows = append(s.rows, []any{c.No, c.Title, day(c.NewestImagedOn), fixed(c.Area.Mu), fixed(c.Covered.Mu), figure{100 * c.CoveredOfComponent, 1}, ofApprovals, displaced})
	}
	return s
}

// approvals is the approvals account.
func (d Dossier) approvals() sheet {
	s := sheet{name: "用地批准", columns: []column{
		{"批准文号", 34, docx.CellText},
		{"类型", 24, docx.CellCentred},
		{"用途", 24, docx.CellText},
		{"批准日期", 24, docx.CellDate},
		{"期限", 24, docx.CellDate},
		{"面积\n（亩）", 20, docx.CellRight},
		{"状态", 22, docx.CellCentred},
		{"影像仍见\n占用（亩）", 22, docx.CellRight},
	}}
	for _, a := range d.Approvals {
		to := "长期"
		if !a.ValidTo.IsZero() {
			to = a.ValidTo.String()
		}
		from := a.ValidFrom
		if from.IsZero() {
			from = a.ApprovedOn
		}
		state := a.StateTitle
		if state == "" {
			state = "—"
		}
		s.rows = append(s.rows, []any{a.ApprovalNo, a.KindTitle, a.Purpose, day(a.ApprovedOn), day(from) + "\n" + to, fixed(a.Area.Mu), state, orDash(a.StillDisturbed)})
	}
	return s
}

// findings is a line a finding.
func (d Dossier) findings() sheet {
	s := sheet{name: "问题", columns: []column{
		{"序号", 10, docx.CellCentred},
		{"问题类型", 30, docx.CellText},
		{"排查发现问题", 52, docx.CellText},
		// No figure breaks in two, in whatever type stands in for the prescribed one.
		{columnM2.title, 38, columnM2.style},
		{columnMu.title, 30, columnMu.style},
		{"办理\n状态", 16, docx.CellCentred},
		{"完成整\n改时限", 32, docx.CellDate},
	}}
	for i, f := range d.Findings {
		it := d.Items[i]
		s.rows = append(s.rows, []any{i + 1, f.ProblemType, Wording(f.Statement, it.Confirmed), fixed(f.EllipsoidalAreaM2), fixed(f.Mu), it.StateTitle, day(it.Deadline)})
	}
	return s
}

// parts are the polygons of a finding; they add up to the last line.
func (d Dossier) parts(i int) sheet {
	s := sheet{name: "地块", columns: []column{{"地块", 30, docx.CellCentred}, columnM2, columnMu, {"界址点（个）", 24, docx.CellRight}}}
	points := 0
	for _, p := range d.Items[i].Parts {
		n := 0
		for _, r := range p.Rings {
			n += len(r)
		}
		points += n
		s.rows = append(s.rows, []any{fmt.Sprintf("地块%d", p.No), fixed(p.EllipsoidalAreaM2), fixed(p.Mu), n})
	}
	f := d.Findings[i]
	s.rows = append(s.rows, []any{"合计", fixed(f.EllipsoidalAreaM2), fixed(f.Mu), points})
	return s
}

// corners are the corner points of one polygon, ring by ring.
func corners(p ExplainedPart) sheet {
	s := sheet{name: "界址点", columns: []column{
		{"点号", 20, docx.CellCentred},
		{"X（北，米）", 32, docx.CellRight},
		{"Y（东，带带号）", 36, docx.CellRight},
		{"经度", 36, docx.CellRight},
		{"纬度", 36, docx.CellRight},
		{"至下一点", 22, docx.CellCentred},
	}}
	for r, ring := range p.Rings {
		for _, c := range ring {
			no := fmt.Sprintf("J%d", c.No)
			if r > 0 {
				no = fmt.Sprintf("洞%d-J%d", r, c.No)
			}
			s.rows = append(s.rows, []any{no, figure{c.XM, 3}, figure{c.YM, 3}, c.LonDMS, c.LatDMS, c.edge(p.PlanarCRS)})
		}
	}
	return s
}

// sources are the versions the run read.
func (d Dossier) sources() sheet {
	s := sheet{name: "数据来源", columns: []column{
		{"图层", 22, docx.CellCentred},
		{"数据时点", 24, docx.CellDate},
		{"文件", 36, docx.CellSmall},
		{"坐标系", 36, docx.CellSmall},
		{"文件 SHA-256", 56, docx.CellSmall},
	}}
	for _, x := range d.Datasets {
		title := x.LayerTitle
		if x.Source != "" && x.Source != "default" {
			title += "\n" + Word("source:"+x.Source)
		}
		reference := PlaneWords(x.Reference)
		if x.DatumShift != nil {
			reference += "，" + x.DatumShift.MethodTitle
		}
		if x.Approximate {
			reference += ApproximateWords
		}
		s.rows = append(s.rows, []any{title, day(x.Vintage), fmt.Sprintf("%s（数据 %d）", x.FileName, x.ID), reference, x.FileSHA256})
	}
	return s
}

// citations are the rows each finding rests on.
func (d Dossier) citations() sheet {
	s := sheet{name: "依据的数据行", columns: []column{
		{"问题", 36, docx.CellText},
		{"依据", 24, docx.CellCentred},
		{"名称", 60, docx.CellText},
		{"文件与行号", 46, docx.CellSmall},
		{"重叠（亩）", 22, docx.CellRight},
	}}
	for _, f := range d.Findings {
		for _, c := range f.Citations {
			s.rows = append(s.rows, []any{f.Title, roleTitle(c.Role), labelWords(c), fmt.Sprintf("%s 第%d行（%s）", c.FileName, c.Row, day(c.Vintage)), fixed(c.Mu)})
		}
	}
	return s
}

// labelWords is what a citation names, the code of a zone behind it in words.
func labelWords(c Citation) string {
	if at := strings.LastIndexByte(c.Label, ' '); c.Role == "restricting_ground" && at >= 0 {
		return c.Label[:at+1] + Word(c.Label[at+1:])
	}
	return c.Label
}

var zoneName = regexp.MustCompile(`^CGCS2000 / 3-degree Gauss-Kruger (?:zone (\d+)|CM (\d+)E)$`)

// PlaneWords names a 3° zone of CGCS2000 as surveyors do; other names stay as
// they are.
func PlaneWords(crsName string) string {
	m := zoneName.FindStringSubmatch(crsName)
	switch {
	case m == nil:
		return crsName
	case m[1] == "":
		return "2000国家大地坐标系 3度带，中央经线" + m[2] + "°，无带号"
	}
	zone, err := strconv.Atoi(m[1])
	if err != nil {
		return crsName
	}
	return fmt.Sprintf("2000国家大地坐标系 3度带第%d带（中央经线%d°）", zone, 3*zone)
}
