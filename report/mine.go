package report

import (
	"time"

	"github.com/taohe-gis/taohe"
)

// A Mine is one mine's violation report: what an inspector takes to the field
// and what another program reads.
type Mine struct {
	Run          Run                `json:"run"`
	Mine         Identity           `json:"mine"`
	Suspected    bool               `json:"suspected" doc:"true：机器套合结果，均为疑似，须实地核实"`
	Surface      string             `json:"surface" doc:"面积口径"`
	Ground       *GroundAccount     `json:"ground_account" doc:"占地账；缺少所需图层时为 null"`
	Components   []Component        `json:"components" doc:"占地的连通块及其判定依据"`
	Approvals    []Approval         `json:"approvals" doc:"批准账；各批准及其在截止日的状态，不与占地账相加"`
	Findings     []Finding          `json:"findings"`
	Vegetation   *Vegetation        `json:"vegetation" doc:"侵占林草合计；没有侵占时为 null"`
	Unconfirmed  []Patch            `json:"unconfirmed_patches" doc:"按距离等归入、待人工确认的图斑，不计入任何合计"`
	NotEvaluated []NotEvaluated     `json:"not_evaluated" doc:"因缺少图层未核查的规则；不等于未发现问题"`
	Notes        []Note             `json:"notes"`
	Thresholds   map[string]float64 `json:"thresholds"`
	Datasets     []Dataset          `json:"datasets" doc:"本次套合使用的数据版本"`
	// NewerInputs are not of the run: they are what came after it.
	NewerInputs []NewerInput `json:"newer_inputs,omitempty" doc:"套合以后才验收、可能涉及这座矿山的数据：有这一项，报告可能已经过时"`

	// Shapes are for maps and GeoJSON; the JSON report leaves them out.
	Shapes Shapes `json:"-"`
}

// A NewerInput is a version of a layer that was accepted after the run of a report.
type NewerInput struct {
	DatasetID  int64      `json:"dataset_id"`
	CountyCode string     `json:"county_code"`
	Layer      string     `json:"layer"`
	LayerTitle string     `json:"layer_title"`
	Source     string     `json:"source"`
	Vintage    taohe.Date `json:"vintage" format:"date"`
	AcceptedAt time.Time  `json:"accepted_at"`
}

// Shapes are the geometries of a report as EWKB in EPSG:4490.
type Shapes struct {
	Licence  []byte
	Findings [][]byte // beside Findings
	Parts    []PartShape
	Patches  [][]byte // beside Unconfirmed
	Approved [][]byte // beside Approvals
}

// A PartShape is a polygon of the ground account.
type PartShape struct {
	Class, Kind           string
	ImagedOn, FirstSeenOn taohe.Date
	WithinTolerance       bool
	Area                  Area
	EWKB                  []byte
}

// A Run is the run a report speaks of.
type Run struct {
	ID            int64      `json:"id"`
	AsOf          taohe.Date `json:"as_of" doc:"截止日"`
	RuleSetSHA256 string     `json:"rule_set_sha256"`
	MineDigest    string     `json:"mine_digest" doc:"本矿输入与结果的 SHA-256"`
	WhatIf        []int64    `json:"what_if,omitempty" doc:"假设已验收的数据；正式套合没有这一项"`
}

// An Identity is who the mine is.
type Identity struct {
	LicenceNo         string     `json:"licence_no"`
	Enterprise        string     `json:"enterprise"`
	MineName          string     `json:"mine_name"`
	CountyCode        string     `json:"county_code"`
	CountyName        string     `json:"county_name"`
	Township          string     `json:"township"`
	MethodAndMineral  string     `json:"method_and_mineral" doc:"开采方式+矿种，例如 露天+煤矿"`
	ValidFrom         taohe.Date `json:"valid_from"`
	ValidTo           taohe.Date `json:"valid_to"`
	RenewalAcceptedOn taohe.Date `json:"renewal_accepted_on"`
	TopElevationM     *float64   `json:"top_elevation_m" doc:"开采标高上限，米"`
	BottomElevationM  *float64   `json:"bottom_elevation_m" doc:"开采标高下限，米"`
	LicenceArea       BothAreas  `json:"licence_area"`
	LicenceKm2        float64    `json:"licence_ellipsoidal_area_km2" doc:"平方公里，四位小数"`
}

// A GroundAccount is each square metre of the mine's disturbed ground once.
// The printed classes add up to the printed ground.
type GroundAccount struct {
	Ground                 Area `json:"ground" doc:"影像所见占地合计"`
	Approved               Area `json:"approved" doc:"批准范围内"`
	Expired                Area `json:"expired" doc:"批准已到期"`
	OverOccupied           Area `json:"over_occupied" doc:"批小占大"`
	Displaced              Area `json:"displaced" doc:"批东占西"`
	Unapproved             Area `json:"unapproved" doc:"未批先占"`
	UnapprovedConstruction Area `json:"unapproved_construction" doc:"违法违规建设"`
	WithinTolerance        Area `json:"within_tolerance" doc:"容差以内（细碎图形）"`
	LateApproval           Area `json:"late_approval" doc:"其中：先占后批（补批），含在批准范围内"`
	InsideOtherApproval    Area `json:"inside_other_approval" doc:"其中：位于他人批准范围内，含在各违法类别内"`
}

// RawAccount is a ground account before it is rounded, in square metres.
type RawAccount struct {
	Ground, Approved, Expired, OverOccupied, Displaced, Unapproved, UnapprovedConstruction float64
	WithinTolerance, LateApproval, InsideOtherApproval                                     float64
}

// NewGroundAccount rounds an account for print, parts adding up to the whole.
func NewGroundAccount(r RawAccount) *GroundAccount {
	parts, ground := Apportion([]float64{
		r.Approved, r.Expired, r.OverOccupied, r.Displaced, r.Unapproved, r.UnapprovedConstruction, r.WithinTolerance,
	}, r.Ground)
	return &GroundAccount{
		Ground: ground, Approved: parts[0], Expired: parts[1], OverOccupied: parts[2], Displaced: parts[3],
		Unapproved: parts[4], UnapprovedConstruction: parts[5], WithinTolerance: parts[6],
		LateApproval: NewArea(r.LateApproval), InsideOtherApproval: NewArea(r.InsideOtherApproval),
	}
}

// A Component is a connected piece of ground with the ratios it was judged by.
type Component struct {
	No                 int        `json:"no"`
	Class              string     `json:"class"`
	Title              string     `json:"title"`
	Area               Area       `json:"area"`
	NewestImagedOn     taohe.Date `json:"newest_imaged_on"`
	Covered            Area       `json:"covered" doc:"被批准（含已到期）覆盖的部分"`
	CoveredOfComponent float64    `json:"covered_of_component" doc:"覆盖部分 ÷ 本块"`
	CoveredOfApprovals *float64   `json:"covered_of_approvals" doc:"覆盖部分 ÷ 所涉批准"`
	DisplacedFrom      string     `json:"displaced_from,omitempty" doc:"批东占西所对应的、基本未使用的批准文号"`
	DisplacedDistanceM *float64   `json:"displaced_distance_m,omitempty"`
	DisplacedUnused    *Area      `json:"displaced_unused,omitempty"`
}

// An Approval counts for the mine; State is empty unless it is temporary land.
type Approval struct {
	ApprovalNo     string     `json:"approval_no"`
	Kind           string     `json:"kind"`
	KindTitle      string     `json:"kind_title"`
	AttributedBy   string     `json:"attributed_by"`
	Purpose        string     `json:"purpose"`
	ApprovedOn     taohe.Date `json:"approved_on"`
	ValidFrom      taohe.Date `json:"valid_from"`
	ValidTo        taohe.Date `json:"valid_to"`
	ReclaimBy      taohe.Date `json:"reclaim_by"`
	ReclaimedOn    taohe.Date `json:"reclaimed_on"`
	ReturnedOn     taohe.Date `json:"returned_on"`
	State          string     `json:"state"`
	StateTitle     string     `json:"state_title"`
	MaxElevationM  *float64   `json:"max_elevation_m,omitempty" doc:"批准最高标高，米"`
	Area           BothAreas  `json:"area"`
	StillDisturbed *Area      `json:"still_disturbed" doc:"其中影像仍见占用的部分"`
}

// A Finding is what a rule found on the mine.
type Finding struct {
	ID                string      `json:"id" doc:"问题编号：套合编号-许可证号-规则代码；依据见 /v1/findings/{id}"`
	Rule              string      `json:"rule"`
	Title             string      `json:"title"`
	ProblemType       string      `json:"problem_type"`
	Group             int         `json:"group" doc:"排查工作组"`
	Severity          string      `json:"severity"`
	Basis             []string    `json:"basis"`
	Statement         string      `json:"statement" doc:"排查发现问题的文字表述"`
	EllipsoidalAreaM2 float64     `json:"ellipsoidal_area_m2"`
	Mu                float64     `json:"mu"`
	PlanarAreaM2      float64     `json:"planar_area_m2" doc:"平面面积，平方米，两位小数；仅供与旧批准面积对照"`
	PlanarCRS         string      `json:"planar_crs" doc:"平面面积所在的坐标系：矿业权中心所在的 3 度带"`
	Approximate       bool        `json:"approximate" doc:"true：依据的数据由偏移坐标（GCJ-02）近似还原，不能作为执法依据"`
	WithinTolerance   Area        `json:"within_tolerance"`
	RatioToLicence    *float64    `json:"ratio_to_licence,omitempty" doc:"越界面积 ÷ 矿业权面积"`
	Places            *int        `json:"places,omitempty" doc:"处数；相连的为一处"`
	MetresAbove       *float64    `json:"metres_above,omitempty" doc:"向上超出标高的最大米数"`
	MetresBelow       *float64    `json:"metres_below,omitempty" doc:"向下超出标高的最大米数"`
	Certainty         string      `json:"certainty" doc:"certain 边界外移影像位置误差后仍有剩余、boundary_dependent 没有剩余、unknown 图斑未写位置误差；不依据影像的为空"`
	CertaintyTitle    string      `json:"certainty_title"`
	PositionErrorM    *float64    `json:"position_error_m" doc:"所依据图斑的最大位置误差，米"`
	Lead              string      `json:"lead,omitempty" doc:"移送线索；只是线索"`
	LeadFromMu        float64     `json:"lead_from_mu,omitempty" doc:"达到的移送线索面积，亩"`
	Breakdown         []Breakdown `json:"breakdown" doc:"其中项；可能互相重叠，不相加"`
	Citations         []Citation  `json:"citations" doc:"依据的数据行"`
}

// A Breakdown is a figure beside a finding's total.
type Breakdown struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Area
}

// A Citation traces a figure to file and row.
type Citation struct {
	Role       string     `json:"role"`
	Layer      string     `json:"layer"`
	DatasetID  int64      `json:"dataset_id"`
	Vintage    taohe.Date `json:"vintage"`
	FileName   string     `json:"file_name"`
	FileSHA256 string     `json:"file_sha256"`
	Row        int        `json:"row" doc:"源文件中的行号，从 1 起"`
	Label      string     `json:"label"`
	Area
}

// A Patch is a disturbance patch with the reason it was given to a mine or none.
type Patch struct {
	PatchNo      string     `json:"patch_no"`
	Kind         string     `json:"kind"`
	KindTitle    string     `json:"kind_title"`
	ImagedOn     taohe.Date `json:"imaged_on"`
	AttributedBy string     `json:"attributed_by"`
	Reason       string     `json:"reason"`
	DistanceM    *float64   `json:"distance_m,omitempty"`
	NamedLicence string     `json:"named_licence_no,omitempty"`
	FileName     string     `json:"file_name"`
	Row          int        `json:"row"`
	Area
}

// NotEvaluated is a rule that could not be asked.
type NotEvaluated struct {
	Rule          string   `json:"rule"`
	Title         string   `json:"title"`
	MissingLayers []string `json:"missing_layers"`
	Reason        string   `json:"reason"`
}

// A Note is a diagnostic of the run in words.
type Note struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// A Dataset is a version the run read.
type Dataset struct {
	ID         int64      `json:"id"`
	CountyCode string     `json:"county_code"`
	Layer      string     `json:"layer"`
	LayerTitle string     `json:"layer_title"`
	Source     string     `json:"source"`
	Vintage    taohe.Date `json:"vintage"`
	FileName   string     `json:"file_name"`
	FileSHA256 string     `json:"file_sha256"`
	Reference  string     `json:"reference_system"`
	HowKnown   string     `json:"reference_system_known_by"`
	// Fix and what follows say how the numbers of the file came onto CGCS2000.
	Fix         string      `json:"fix,omitempty" doc:"经人确认的坐标更正"`
	DatumShift  *DatumShift `json:"datum_shift,omitempty" doc:"转换到 CGCS2000 的参数及其来源；不需要转换时没有这一项"`
	AccuracyM   *float64    `json:"accuracy_m,omitempty" doc:"转换参数注明的精度，米"`
	Approximate bool        `json:"approximate" doc:"true：由偏移坐标（GCJ-02）近似还原"`
}
