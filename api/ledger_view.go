package api

import (
	"strconv"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/report"
)

// LedgerItem is an item of the ledger.
type LedgerItem struct {
	ID               int64        `json:"id"`
	EventNo          int64        `json:"event_no" doc:"最近一次变动；与 ETag 相同"`
	Campaign         string       `json:"campaign" doc:"专项行动"`
	CountyCode       string       `json:"county_code"`
	LicenceNo        string       `json:"licence_no" doc:"不属于任何矿山的为空"`
	Enterprise       string       `json:"enterprise" doc:"矿山企业"`
	MineName         string       `json:"mine_name"`
	Township         string       `json:"township" doc:"行政区域（苏木镇）"`
	MethodAndMineral string       `json:"method_and_mineral" doc:"开采方式、矿种"`
	Rule             string       `json:"rule" doc:"规则代码；人工录入的为空"`
	ProblemCode      string       `json:"problem_code" doc:"规则代码，或方案中的问题类型代码"`
	ProblemType      string       `json:"problem_type" doc:"问题类型"`
	Group            int          `json:"group" doc:"排查工作组"`
	Problem          string       `json:"problem" doc:"排查发现问题；核实以前写作“疑似”"`
	State            string       `json:"state" doc:"lead 线索、confirmed 已核实、dismissed 已排除、rectifying 整改中、awaiting_acceptance 待验收、closed 已销号"`
	StateTitle       string       `json:"state_title"`
	Cycle            int          `json:"cycle" doc:"重新打开的次数"`
	Reason           string       `json:"reason" doc:"排除、撤回或重新打开的原因"`
	Measures         string       `json:"measures" doc:"整改措施"`
	Deadline         taohe.Date   `json:"deadline" format:"date" doc:"完成整改时限"`
	Responsible      string       `json:"responsible" doc:"整改责任人"`
	ResponsibleRank  string       `json:"responsible_rank" doc:"职级"`
	Contact          string       `json:"contact" doc:"联系方式"`
	AssignedTo       string       `json:"assigned_to" doc:"承办人"`
	Found            bool         `json:"found" doc:"最近一次核查仍发现"`
	Measured         *report.Area `json:"measured" doc:"套合所测；人工录入的为 null"`
	Corrected        *report.Area `json:"corrected" doc:"现场核定；没有核定的为 null"`
	ImagedOn         *string      `json:"imaged_on" format:"date" doc:"发现该问题的最新影像日期"`
	FirstSeenInRun   *int64       `json:"first_seen_in_run"`
	SeenInRun        *int64       `json:"seen_in_run" doc:"最近一次有变化的套合"`
	ClosedAs         *string      `json:"closed_as" doc:"rectified 已整改、legalised 已补办手续、reclaimed 已复垦还地、treated 已治理、withdrawn 撤回"`
	ClosedOn         *string      `json:"closed_on" format:"date" doc:"销号依据的日期：影像日期，或文件日期"`
}

// NewLedgerItem is an item as the service shows it.
func NewLedgerItem(i ledger.Item) LedgerItem {
	out := LedgerItem{
		ID: i.ID, EventNo: i.EventNo, Campaign: i.Campaign, CountyCode: i.CountyCode, LicenceNo: i.LicenceNo, Enterprise: i.Enterprise,
		MineName: i.MineName, Township: i.Township, MethodAndMineral: i.MethodAndMineral, Rule: i.RuleCode, ProblemCode: i.ProblemCode,
		ProblemType: i.ProblemType, Group: i.GroupNo, Problem: i.Said(), State: string(i.State), StateTitle: ledger.StateTitles[i.State],
		Cycle: i.Cycle, Reason: i.Reason, Measures: i.Measures, Deadline: i.Deadline, Responsible: i.Responsible,
		ResponsibleRank: i.ResponsibleRank, Contact: i.Contact, AssignedTo: i.AssignedTo, Found: i.Found, Measured: areaOrNil(i.MeasuredM2),
		Corrected: areaOrNil(i.CorrectedM2), ImagedOn: dayOrNil(i.ImagedOn), FirstSeenInRun: i.FirstSeenInRun, SeenInRun: i.SeenInRun,
		ClosedOn: dayOrNil(i.ClosedOn),
	}
	if i.ClosedAs != nil {
		as := string(*i.ClosedAs)
		out.ClosedAs = &as
	}
	return out
}

func dayOrNil(d *taohe.Date) *string {
	if d == nil || d.IsZero() {
		return nil
	}
	s := d.String()
	return &s
}

// LedgerPlan is what a run means to the ledger.
type LedgerPlan struct {
	RunID int64      `json:"run_id"`
	AsOf  taohe.Date `json:"as_of" format:"date"`
	// Applied runs change nothing.
	Applied bool             `json:"applied" doc:"true：这次套合此前已经入账，再次入账不改变任何内容"`
	Counts  map[string]int   `json:"counts" doc:"各种变化的问题数"`
	Lines   []LedgerPlanLine `json:"lines"`
}

// LedgerPlanLine is what a run means to one item.
type LedgerPlanLine struct {
	Outcome      string      `json:"outcome" doc:"new 新增、changed 有变化、unchanged 无变化、gone 未再发现、reopened 重新打开、settled 已销号且没有更新的影像、excluded 已排除、not_asked 未核查"`
	OutcomeTitle string      `json:"outcome_title"`
	Item         LedgerItem  `json:"item" doc:"入账后的样子；新增的入账以前编号为 0"`
	Was          report.Area `json:"was" doc:"此前面积"`
	Gained       report.Area `json:"gained" doc:"增加的地块"`
	Lost         report.Area `json:"lost" doc:"减少的地块"`
}

// NewLedgerPlan is a plan as the service shows it.
func NewLedgerPlan(p *ledger.Plan) LedgerPlan {
	out := LedgerPlan{RunID: p.Run.ID, AsOf: p.Run.AsOf, Applied: p.Applied, Counts: map[string]int{}, Lines: []LedgerPlanLine{}}
	for o := range ledger.OutcomeTitles {
		out.Counts[string(o)] = p.Count(o)
	}
	for _, l := range p.Sorted() {
		out.Lines = append(out.Lines, LedgerPlanLine{
			Outcome: string(l.Outcome), OutcomeTitle: ledger.OutcomeTitles[l.Outcome], Item: NewLedgerItem(l.Item),
			Was: report.NewArea(l.WasM2), Gained: report.NewArea(l.GainedM2), Lost: report.NewArea(l.LostM2),
		})
	}
	return out
}

// LedgerMeasurement is what later images show on the ground of an item.
type LedgerMeasurement struct {
	ItemID         int64   `json:"item_id"`
	RunID          int64   `json:"run_id"`
	BaseImagedOn   string  `json:"base_imaged_on" format:"date" doc:"此前发现该问题的影像日期"`
	NewestImagedOn *string `json:"newest_imaged_on" format:"date" doc:"据以核验的最新影像日期；没有影像覆盖时为 null"`
	Verdict        string  `json:"verdict" doc:"rectified 已整改、not_observed 没有影像覆盖、partly_observed 部分没有影像覆盖、moved 移位、shrunk 部分整改、grown 扩大、remaining 未整改"`
	VerdictTitle   string  `json:"verdict_title"`
	// Rectified, remaining and not observed sum to the ground.
	Ground      report.Area        `json:"ground" doc:"此前发现的地块，等于以下三项之和"`
	Rectified   report.Area        `json:"rectified" doc:"已不见扰动"`
	Remaining   report.Area        `json:"remaining" doc:"仍见扰动"`
	NotObserved report.Area        `json:"not_observed" doc:"没有较新影像覆盖，不作判断"`
	Grown       report.Area        `json:"grown" doc:"与原地块相连的新增部分，在原地块之外"`
	Moved       report.Area        `json:"moved" doc:"不相连的新增部分，在原地块之外"`
	Percent     LedgerMeasuredRate `json:"percent" doc:"占此前发现的地块的百分比"`
}

// LedgerMeasuredRate are shares of the ground, in percent.
type LedgerMeasuredRate struct {
	Rectified   float64 `json:"rectified"`
	Remaining   float64 `json:"remaining"`
	NotObserved float64 `json:"not_observed"`
}

// NewLedgerMeasurement is a measurement as the service shows it: the three parts,
// rounded, sum to the ground.
func NewLedgerMeasurement(m ledger.Measurement) LedgerMeasurement {
	parts := []float64{m.RectifiedM2, m.RemainingM2, m.NotObservedM2}
	mus := make([]float64, len(parts))
	for i, m2 := range parts {
		mus[i] = geo.Mu(m2)
	}
	areas := make([]report.Area, len(parts))
	m2s := geo.Apportion(parts, m.GroundM2, 2)
	mus = geo.Apportion(mus, geo.Mu(m.GroundM2), 2)
	for i := range areas {
		areas[i] = report.Area{EllipsoidalAreaM2: m2s[i], Mu: mus[i]}
	}
	share := func(m2 float64) float64 { return rounded2(100 * m2 / m.GroundM2) }
	return LedgerMeasurement{
		ItemID: m.ItemID, RunID: m.RunID, BaseImagedOn: m.BaseImagedOn.String(), NewestImagedOn: dayOrNil(&m.NewestImagedOn),
		Verdict: string(m.Verdict), VerdictTitle: ledger.VerdictTitles[m.Verdict], Ground: report.NewArea(m.GroundM2), Rectified: areas[0], Remaining: areas[1],
		NotObserved: areas[2], Grown: report.NewArea(m.GrownM2), Moved: report.NewArea(m.MovedM2),
		Percent: LedgerMeasuredRate{share(m.RectifiedM2), share(m.RemainingM2), share(m.NotObservedM2)},
	}
}

// LedgerDossier is an item with all that is known of it.
type LedgerDossier struct {
	LedgerItem
	Sightings     []LedgerSighting   `json:"sightings" doc:"历次套合的发现"`
	MeasuresTaken []LedgerMeasure    `json:"measures_taken" doc:"已采取的措施"`
	FieldChecks   []LedgerFieldCheck `json:"field_checks" doc:"现场核查"`
	Photographs   []LedgerPhotograph `json:"photographs"`
	Proposals     []LedgerProposal   `json:"proposals" doc:"销号申请"`
	Events        []ledger.EventLine `json:"events" doc:"全部经过"`
}

// LedgerSighting is what a run found of an item.
type LedgerSighting struct {
	EventNo  int64       `json:"event_no"`
	RunID    int64       `json:"run_id"`
	AsOf     taohe.Date  `json:"as_of" format:"date"`
	Cycle    int         `json:"cycle"`
	Found    bool        `json:"found"`
	ImagedOn *string     `json:"imaged_on" format:"date"`
	Area     report.Area `json:"area"`
	Gained   report.Area `json:"gained"`
	Lost     report.Area `json:"lost"`
}

// LedgerMeasure is a measure that was taken.
type LedgerMeasure struct {
	EventNo    int64      `json:"event_no"`
	Kind       string     `json:"kind"`
	KindTitle  string     `json:"kind_title"`
	Number     string     `json:"number" doc:"文号"`
	TakenOn    taohe.Date `json:"taken_on" format:"date"`
	AmountYuan *float64   `json:"amount_yuan" doc:"罚款金额（元）"`
	Authority  string     `json:"authority" doc:"机关"`
}

// LedgerFieldCheck is a visit to the ground.
type LedgerFieldCheck struct {
	EventNo   int64        `json:"event_no"`
	CheckedOn taohe.Date   `json:"checked_on" format:"date"`
	Officers  string       `json:"officers"`
	Corrected *report.Area `json:"corrected"`
	Longitude *float64     `json:"longitude"`
	Latitude  *float64     `json:"latitude"`
}

// LedgerPhotograph is a photograph, without its bytes.
type LedgerPhotograph struct {
	EventNo      int64    `json:"event_no"`
	FieldCheckNo *int64   `json:"field_check_no"`
	URL          string   `json:"url"`
	FileName     string   `json:"file_name"`
	FileSHA256   string   `json:"file_sha256" doc:"所交文件的 SHA-256"`
	JPEGSHA256   string   `json:"jpeg_sha256" doc:"所存照片的 SHA-256"`
	Bytes        int      `json:"bytes"`
	Width        int      `json:"width"`
	Height       int      `json:"height"`
	TakenAt      *string  `json:"taken_at" doc:"相机时间，不带时区"`
	Longitude    *float64 `json:"longitude" doc:"相机记录的位置（EXIF）"`
	Latitude     *float64 `json:"latitude"`
}

// LedgerProposal is a proposal to close an item.
type LedgerProposal struct {
	EventNo     int64              `json:"event_no"`
	As          string             `json:"as"`
	AsTitle     string             `json:"as_title"`
	ProposedBy  string             `json:"proposed_by"`
	SettledOn   taohe.Date         `json:"settled_on" format:"date" doc:"依据的日期"`
	Evidence    ledger.Evidence    `json:"evidence"`
	Measurement *LedgerMeasurement `json:"measurement" doc:"影像核验；没有核验的为 null"`
}

// NewLedgerDossier is a dossier as the service shows it.
func NewLedgerDossier(d ledger.Dossier, campaign ledger.Campaign) LedgerDossier {
	out := LedgerDossier{LedgerItem: NewLedgerItem(d.Item), Events: each(d.Events, ledger.Event.Line)}
	out.Sightings = each(d.Sightings, func(s ledger.Sighting) LedgerSighting {
		return LedgerSighting{
			EventNo: s.EventNo, RunID: s.SeenInRun, AsOf: s.AsOf, Cycle: s.Cycle, Found: s.Found, ImagedOn: dayOrNil(s.ImagedOn),
			Area: report.NewArea(s.EllipsoidalAreaM2), Gained: report.NewArea(s.GainedM2), Lost: report.NewArea(s.LostM2),
		}
	})
	out.MeasuresTaken = each(d.Measures, func(m ledger.TakenMeasure) LedgerMeasure {
		return LedgerMeasure{m.EventNo, m.Kind, ledger.MeasureKinds[m.Kind], m.Number, m.TakenOn, m.AmountYuan, m.Authority}
	})
	out.FieldChecks = each(d.Visits, func(v ledger.Visit) LedgerFieldCheck {
		return LedgerFieldCheck{v.EventNo, v.CheckedOn, v.Officers, areaOrNil(v.CorrectedM2), v.Longitude, v.Latitude}
	})
	out.Photographs = each(d.Photographs, func(p ledger.Photograph) LedgerPhotograph {
		var at *string
		if p.TakenAt != nil {
			s := p.TakenAt.Format("2006-01-02T15:04:05")
			at = &s
		}
		return LedgerPhotograph{
			EventNo: p.EventNo, FieldCheckNo: p.FieldCheckNo, URL: photographURL(d.Item.ID, p.EventNo), FileName: p.FileName,
			FileSHA256: p.FileSHA256, JPEGSHA256: p.JPEGSHA256, Bytes: p.Bytes, Width: p.Width, Height: p.Height, TakenAt: at,
			Longitude: p.Longitude, Latitude: p.Latitude,
		}
	})
	out.Proposals = each(d.Proposals, func(p ledger.Proposal) LedgerProposal {
		line := LedgerProposal{
			EventNo: p.EventNo, As: string(p.CloseAs), AsTitle: ledger.WayTitles[p.CloseAs], ProposedBy: p.ProposedBy, SettledOn: p.SettledOn,
			Evidence: p.Evidence,
		}
		if m, ok := p.Measurement(d.Item.ID, campaign); ok {
			shown := NewLedgerMeasurement(m)
			line.Measurement = &shown
		}
		return line
	})
	return out
}

// LedgerProgress is how far the items of the ledger are on a day.
type LedgerProgress struct {
	Campaign       string               `json:"campaign"`
	On             taohe.Date           `json:"on" format:"date"`
	ElapsedPercent float64              `json:"elapsed_percent" doc:"专项行动时间进度（%）"`
	Expects        string               `json:"expects" doc:"按已结束的阶段应达到的状态；尚无要求时为空"`
	Total          LedgerProgressLine   `json:"total"`
	Lines          []LedgerProgressLine `json:"lines" doc:"按旗区、工作组"`
}

// LedgerProgressLine is the progress of a county and a group.
type LedgerProgressLine struct {
	CountyCode         string  `json:"county_code"`
	Group              int     `json:"group"`
	Items              int     `json:"items" doc:"问题数"`
	Leads              int     `json:"leads" doc:"线索"`
	Confirmed          int     `json:"confirmed" doc:"已核实"`
	Dismissed          int     `json:"dismissed" doc:"已排除，不计入销号率"`
	Rectifying         int     `json:"rectifying" doc:"整改中"`
	AwaitingAcceptance int     `json:"awaiting_acceptance" doc:"待验收"`
	Closed             int     `json:"closed" doc:"已销号"`
	Overdue            int     `json:"overdue" doc:"逾期"`
	DueSoon            int     `json:"due_soon" doc:"即将到期"`
	OnSchedule         int     `json:"on_schedule" doc:"达到序时进度"`
	ClosedPercent      float64 `json:"closed_percent" doc:"销号率（%）"`
	OnSchedulePercent  float64 `json:"on_schedule_percent"`
}

// NewLedgerProgress is a progress as the service shows it.
func NewLedgerProgress(c ledger.Campaign, on taohe.Date, all []ledger.Progress) LedgerProgress {
	return LedgerProgress{
		Campaign: c.Name, On: on, ElapsedPercent: rounded2(c.Elapsed(on)), Expects: string(c.Expects(on)), Total: progressLine(ledger.Sum(all)),
		Lines: each(all, progressLine),
	}
}

func progressLine(p ledger.Progress) LedgerProgressLine {
	return LedgerProgressLine{
		p.CountyCode, p.GroupNo, p.Items, p.Leads, p.Confirmed, p.Dismissed, p.Rectifying, p.AwaitingAcceptance, p.Closed, p.Overdue, p.DueSoon,
		p.OnSchedule, rounded2(p.ClosedPercent()), rounded2(p.OnSchedulePercent()),
	}
}

func photographURL(item, event int64) string {
	return "/v1/ledger/items/" + strconv.FormatInt(item, 10) + "/photographs/" + strconv.FormatInt(event, 10)
}
