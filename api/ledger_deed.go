package api

import (
	"context"
	"io"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ledger"
)

// LedgerDeed is what every deed to an item takes beside its body.
type LedgerDeed struct {
	LedgerItemPath
	IfMatch string `header:"If-Match" doc:"所见版本的 ETag；此后有变动则不处理。不写即不核对"`
}

// LedgerBy says who does a deed.
type LedgerBy struct {
	By   string `json:"by" minLength:"1" maxLength:"100" pattern:"^[^\\x00-\\x1f]+$" doc:"经办人"`
	Note string `json:"note,omitempty" maxLength:"2000" pattern:"^[^\\x00-\\x08]*$" doc:"说明"`
}

func (s *service) deed(ctx context.Context, in LedgerDeed, by LedgerBy, deed ledger.Deed) (*tagged[LedgerItem], error) {
	item, err := s.Pipeline.Do(ctx, ledger.Act{ItemID: in.ID, By: by.By, Note: by.Note, IfEvent: seen(in.IfMatch)}, deed)
	if err != nil {
		return nil, err
	}
	return &tagged[LedgerItem]{etag(item.EventNo), NewLedgerItem(item)}, nil
}

// LedgerItemRequest enters an item by hand.
type LedgerItemRequest struct {
	LedgerBy
	CountyCode       string `json:"county_code" minLength:"1" maxLength:"20" pattern:"^[^\\x00-\\x1f]+$"`
	LicenceNo        string `json:"licence_no,omitempty" maxLength:"50" pattern:"^[^\\x00-\\x1f]*$"`
	Enterprise       string `json:"enterprise" minLength:"1" maxLength:"200" pattern:"^[^\\x00-\\x1f]+$" doc:"矿山企业"`
	MineName         string `json:"mine_name,omitempty" maxLength:"200" pattern:"^[^\\x00-\\x1f]*$"`
	Township         string `json:"township,omitempty" maxLength:"200" pattern:"^[^\\x00-\\x1f]*$"`
	MethodAndMineral string `json:"method_and_mineral,omitempty" maxLength:"200" pattern:"^[^\\x00-\\x1f]*$" doc:"如“露天+煤矿”"`
	ProblemCode      string `json:"problem_code" minLength:"1" maxLength:"100" pattern:"^[^\\x00-\\x1f]+$" doc:"方案中的问题类型代码，见 /v1/ledger/campaign"`
	Problem          string `json:"problem" minLength:"1" maxLength:"2000" pattern:"^[^\\x00-\\x08]+$" doc:"排查发现问题"`
	Deadline         string `json:"deadline,omitempty" format:"date" doc:"不写即方案规定的时限"`
}

func (s *service) enterLedgerItem(ctx context.Context, in *struct{ Body LedgerItemRequest }) (*created[LedgerItem], error) {
	b := in.Body
	var f faults
	deadline := f.day("deadline", b.Deadline)
	if err := f.err(); err != nil {
		return nil, err
	}
	item, err := s.Pipeline.Enter(ctx, ledger.Entered{
		CountyCode: b.CountyCode, LicenceNo: b.LicenceNo, Enterprise: b.Enterprise, MineName: b.MineName, Township: b.Township,
		MethodAndMineral: b.MethodAndMineral, ProblemCode: b.ProblemCode, Problem: b.Problem, Deadline: deadline, By: b.By, Note: b.Note,
	})
	if err != nil {
		return nil, err
	}
	return &created[LedgerItem]{Location: "/v1/ledger/items/" + strconv.FormatInt(item.ID, 10), Body: NewLedgerItem(item)}, nil
}

// day reads a date that may be left out.
func (f *faults) day(location, written string) taohe.Date {
	if written == "" {
		return taohe.Date{}
	}
	d, err := taohe.ParseDate(written)
	if err != nil {
		f.add(location, "bad-date", "日期应写作 YYYY-MM-DD，例如 2022-05-31。")
	}
	return d
}

type byRequest struct {
	LedgerDeed
	Body LedgerBy
}

func (s *service) confirmLedgerItem(ctx context.Context, in *byRequest) (*tagged[LedgerItem], error) {
	return s.deed(ctx, in.LedgerDeed, in.Body, ledger.Confirm{})
}

func (s *service) startLedgerItem(ctx context.Context, in *byRequest) (*tagged[LedgerItem], error) {
	return s.deed(ctx, in.LedgerDeed, in.Body, ledger.Start{})
}

func (s *service) approveLedgerItem(ctx context.Context, in *byRequest) (*tagged[LedgerItem], error) {
	return s.deed(ctx, in.LedgerDeed, in.Body, ledger.Approve{})
}

// LedgerReasonRequest says why.
type LedgerReasonRequest struct {
	LedgerBy
	Reason string `json:"reason" minLength:"1" maxLength:"2000" pattern:"^[^\\x00-\\x08]+$" doc:"原因"`
}

type reasonRequest struct {
	LedgerDeed
	Body LedgerReasonRequest
}

func (s *service) dismissLedgerItem(ctx context.Context, in *reasonRequest) (*tagged[LedgerItem], error) {
	return s.deed(ctx, in.LedgerDeed, in.Body.LedgerBy, ledger.Dismiss{Reason: in.Body.Reason})
}

func (s *service) reopenLedgerItem(ctx context.Context, in *reasonRequest) (*tagged[LedgerItem], error) {
	return s.deed(ctx, in.LedgerDeed, in.Body.LedgerBy, ledger.Reopen{Reason: in.Body.Reason})
}

func (s *service) rejectLedgerItem(ctx context.Context, in *reasonRequest) (*tagged[LedgerItem], error) {
	return s.deed(ctx, in.LedgerDeed, in.Body.LedgerBy, ledger.Reject{Reason: in.Body.Reason})
}

// LedgerAssignRequest says who works on an item and who answers for it.
type LedgerAssignRequest struct {
	LedgerBy
	AssignedTo      string `json:"assigned_to,omitempty" maxLength:"100" pattern:"^[^\\x00-\\x1f]*$" doc:"承办人"`
	Responsible     string `json:"responsible,omitempty" maxLength:"100" pattern:"^[^\\x00-\\x1f]*$" doc:"整改责任人"`
	ResponsibleRank string `json:"responsible_rank,omitempty" maxLength:"50" pattern:"^[^\\x00-\\x1f]*$" doc:"职级，副科级以上"`
	Contact         string `json:"contact,omitempty" maxLength:"100" pattern:"^[^\\x00-\\x1f]*$" doc:"联系方式"`
	Measures        string `json:"measures,omitempty" maxLength:"2000" pattern:"^[^\\x00-\\x08]*$" doc:"整改措施"`
	Deadline        string `json:"deadline,omitempty" format:"date" doc:"完成整改时限，不晚于方案规定"`
}

func (s *service) assignLedgerItem(ctx context.Context, in *struct {
	LedgerDeed
	Body LedgerAssignRequest
},
) (*tagged[LedgerItem], error) {
	b := in.Body
	var f faults
	deadline := f.day("deadline", b.Deadline)
	if err := f.err(); err != nil {
		return nil, err
	}
	return s.deed(ctx, in.LedgerDeed, b.LedgerBy, ledger.Assign{
		AssignedTo: b.AssignedTo, Responsible: b.Responsible, Rank: b.ResponsibleRank, Contact: b.Contact, Measures: b.Measures, Deadline: deadline,
	})
}

// LedgerMeasureRequest notes a measure that was taken.
type LedgerMeasureRequest struct {
	LedgerBy
	Kind       string   `json:"kind" enum:"case_filed,penalty,stop_order,judicial_referral,supervised,new_face_suspended,renewal_suspended,credit_published,daily_fine,green_list_removed" doc:"立案、处罚、责令停止、移送司法、挂牌督办、暂停新增开采面、停办延续、信用公示、按日计罚、移出绿色矿山名录"`
	Number     string   `json:"number,omitempty" maxLength:"200" pattern:"^[^\\x00-\\x1f]*$" doc:"文号"`
	TakenOn    string   `json:"taken_on" format:"date"`
	AmountYuan *float64 `json:"amount_yuan,omitempty" minimum:"0" maximum:"999999999999" doc:"罚款金额（元）"`
	Authority  string   `json:"authority,omitempty" maxLength:"200" pattern:"^[^\\x00-\\x1f]*$" doc:"机关"`
}

func (s *service) takeLedgerMeasure(ctx context.Context, in *struct {
	LedgerDeed
	Body LedgerMeasureRequest
},
) (*tagged[LedgerItem], error) {
	b := in.Body
	var f faults
	on := f.day("taken_on", b.TakenOn)
	if err := f.err(); err != nil {
		return nil, err
	}
	return s.deed(ctx, in.LedgerDeed, b.LedgerBy, ledger.Measure{
		Kind: b.Kind, Number: b.Number, TakenOn: on, AmountYuan: b.AmountYuan, Authority: b.Authority,
	})
}

// LedgerFieldCheckRequest notes a visit to the ground.
type LedgerFieldCheckRequest struct {
	LedgerBy
	CheckedOn   string   `json:"checked_on" format:"date"`
	Officers    string   `json:"officers" minLength:"1" maxLength:"200" pattern:"^[^\\x00-\\x1f]+$" doc:"核查人员"`
	CorrectedMu *float64 `json:"corrected_mu,omitempty" minimum:"0" maximum:"1000000000" doc:"现场核定面积（亩），与套合所测并列"`
	Longitude   *float64 `json:"longitude,omitempty" minimum:"-180" maximum:"180"`
	Latitude    *float64 `json:"latitude,omitempty" minimum:"-90" maximum:"90"`
}

func (s *service) checkLedgerItem(ctx context.Context, in *struct {
	LedgerDeed
	Body LedgerFieldCheckRequest
},
) (*tagged[LedgerItem], error) {
	b := in.Body
	var f faults
	check := ledger.FieldCheck{CheckedOn: f.day("checked_on", b.CheckedOn), Officers: b.Officers, Longitude: b.Longitude, Latitude: b.Latitude}
	if err := f.err(); err != nil {
		return nil, err
	}
	if b.CorrectedMu != nil {
		m2 := geo.M2OfMu(*b.CorrectedMu)
		check.CorrectedM2 = &m2
	}
	return s.deed(ctx, in.LedgerDeed, b.LedgerBy, check)
}

func (s *service) addLedgerPhotograph(ctx context.Context, in *struct {
	LedgerDeed
	By         string `query:"by" required:"true" minLength:"1" maxLength:"100" doc:"经办人"`
	FileName   string `query:"file_name" maxLength:"200" doc:"照片的文件名"`
	FieldCheck int64  `query:"field_check" minimum:"0" doc:"所属核查的事件编号"`
	RawBody    []byte `contentType:"image/jpeg" doc:"JPEG 或 PNG，20 MB 以内；重新编码后保存，只保留画面和拍摄时间、位置"`
},
) (*tagged[LedgerItem], error) {
	return s.deed(ctx, in.LedgerDeed, LedgerBy{By: in.By}, ledger.AddPhotograph{FileName: in.FileName, File: in.RawBody, FieldCheckNo: in.FieldCheck})
}

func (s *service) ledgerPhotograph(ctx context.Context, in *struct {
	LedgerItemPath
	EventNo int64 `path:"event_no" doc:"照片的事件编号"`
},
) (*huma.StreamResponse, error) {
	b, err := s.Pipeline.Photograph(ctx, in.ID, in.EventNo)
	if err != nil {
		return nil, err
	}
	return stream(jpegType, "", func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}), nil
}

// LedgerProposeRequest asks for an item to be closed.
type LedgerProposeRequest struct {
	LedgerBy
	As             string `json:"as" enum:"rectified,legalised,reclaimed,treated,withdrawn" doc:"已整改（影像核验）、已补办手续、已复垦还地、已治理、撤回"`
	RunID          int64  `json:"run_id,omitempty" minimum:"1" doc:"据以核验的套合；按影像销号必填"`
	ApprovalNo     string `json:"approval_no,omitempty" maxLength:"200" pattern:"^[^\\x00-\\x1f]*$" doc:"已补办手续：覆盖地块的批准文号"`
	Document       string `json:"document,omitempty" maxLength:"200" pattern:"^[^\\x00-\\x1f]*$" doc:"已复垦还地、已治理：验收文号"`
	AcceptedOn     string `json:"accepted_on,omitempty" format:"date" doc:"验收日期"`
	ReturnedOn     string `json:"returned_on,omitempty" format:"date" doc:"还地移交日期"`
	ReturnDocument string `json:"return_document,omitempty" maxLength:"200" pattern:"^[^\\x00-\\x1f]*$" doc:"移交文件"`
	Reason         string `json:"reason,omitempty" maxLength:"2000" pattern:"^[^\\x00-\\x08]*$" doc:"撤回的原因"`
}

func (s *service) proposeLedgerItem(ctx context.Context, in *struct {
	LedgerDeed
	Body LedgerProposeRequest
},
) (*tagged[LedgerItem], error) {
	b := in.Body
	var f faults
	stated := func(location, written string) *taohe.Date {
		if d := f.day(location, written); !d.IsZero() {
			return &d
		}
		return nil
	}
	e := ledger.Evidence{
		ApprovalNo: b.ApprovalNo, Document: b.Document, AcceptedOn: stated("accepted_on", b.AcceptedOn), ReturnedOn: stated("returned_on", b.ReturnedOn),
		ReturnDocument: b.ReturnDocument, Reason: b.Reason,
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	return s.deed(ctx, in.LedgerDeed, b.LedgerBy, ledger.Propose{As: ledger.Way(b.As), Evidence: e, RunID: b.RunID})
}
