package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/report"
)

// LedgerCampaign is the frame of the ledger.
type LedgerCampaign struct {
	Name         string              `json:"name"`
	Title        string              `json:"title"`
	Starts       taohe.Date          `json:"starts" format:"date"`
	Deadline     string              `json:"deadline" format:"date" doc:"一般整改时限"`
	Deadlines    map[string]string   `json:"deadlines" doc:"按规则或问题类型的时限"`
	Ownerless    map[string]string   `json:"ownerless_deadlines" doc:"无主地块按规则的时限"`
	Groups       map[string]string   `json:"groups"`
	Ranks        []string            `json:"ranks" doc:"整改责任人可填的职级"`
	ProblemTypes []LedgerProblemType `json:"problem_types" doc:"人工录入的问题类型"`
}

// LedgerProblemType is a problem type that no map shows.
type LedgerProblemType struct {
	Code  string `json:"code"`
	Title string `json:"title"`
	Group int    `json:"group"`
}

func (s *service) ledgerCampaign(context.Context, *struct{}) (*body[LedgerCampaign], error) {
	return &body[LedgerCampaign]{NewLedgerCampaign(s.Pipeline.Campaign())}, nil
}

// NewLedgerCampaign is a campaign as the service shows it.
func NewLedgerCampaign(c ledger.Campaign) LedgerCampaign {
	out := LedgerCampaign{
		Name: c.Name, Title: c.Title, Starts: c.Starts, Deadline: c.Deadline, Deadlines: c.Deadlines, Ownerless: c.OwnerlessDeadlines, Groups: map[string]string{}, Ranks: c.Ranks,
		ProblemTypes: each(c.ProblemTypes, func(t ledger.ProblemType) LedgerProblemType { return LedgerProblemType(t) }),
	}
	for no, name := range c.Groups {
		out.Groups[strconv.Itoa(no)] = name
	}
	return out
}

func (s *service) ledgerPlan(ctx context.Context, in *RunPath) (*body[LedgerPlan], error) {
	p, err := s.Pipeline.PlanFeed(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[LedgerPlan]{NewLedgerPlan(p)}, nil
}

// LedgerFeedRequest puts a run into the ledger.
type LedgerFeedRequest struct {
	RunID int64  `json:"run_id" minimum:"1" doc:"套合编号"`
	By    string `json:"by" minLength:"1" maxLength:"100" pattern:"^[^\\x00-\\x1f]+$" doc:"经办人"`
}

func (s *service) feedLedger(ctx context.Context, in *struct {
	Preference
	Body LedgerFeedRequest
},
) (*either, error) {
	if in.async() {
		id, err := s.Work.StartFeed(ctx, in.Body.RunID, in.Body.By)
		return s.later(ctx, id, err)
	}
	p, err := s.Pipeline.Feed(ctx, in.Body.RunID, in.Body.By, nil)
	if err != nil {
		return nil, err
	}
	return &either{Status: http.StatusOK, Body: NewLedgerPlan(p)}, nil
}

// LedgerChoice are the parameters that choose items.
type LedgerChoice struct {
	Place
	Mine     string `query:"licence_no" doc:"采矿许可证号"`
	Group    int    `query:"group" minimum:"1" maximum:"99" doc:"排查工作组"`
	State    string `query:"state" enum:"lead,confirmed,dismissed,rectifying,awaiting_acceptance,closed" doc:"状态"`
	Problem  string `query:"problem_code" doc:"规则代码或问题类型代码"`
	Type     string `query:"problem_type" doc:"问题类型，例如 越界开采"`
	Assigned string `query:"assigned_to" doc:"承办人"`
	Due      string `query:"due" enum:"overdue,soon" doc:"overdue 逾期；soon 逾期或即将到期"`
	Day      string `query:"day" format:"date" doc:"逾期所指的日期；不写即今天"`
	Words    string `query:"q" maxLength:"100" doc:"企业、苏木镇、证号、责任人或编号中含有的文字"`
}

func (s *service) chosen(ctx context.Context, c LedgerChoice) (ledger.Filter, error) {
	f := pipeline.LedgerPlace(ledger.Filter{
		LicenceNo: c.Mine, Group: c.Group, State: ledger.State(c.State), ProblemCode: c.Problem, ProblemType: c.Type, AssignedTo: c.Assigned, Words: c.Words,
	}, c.Place.chosen())
	if c.Due == "" {
		return f, nil
	}
	day, err := s.dayOrToday(ctx, c.Day)
	switch c.Due {
	case "overdue":
		f.DueBy = day.AddDate(0, 0, -1)
	case "soon":
		f.DueBy = s.Pipeline.Campaign().DueSoon(day)
	}
	return f, err
}

// dayOrToday is the day that is written, or this one.
func (s *service) dayOrToday(ctx context.Context, written string) (taohe.Date, error) {
	if written == "" {
		return s.Pipeline.Today(ctx)
	}
	d, err := taohe.ParseDate(written)
	if err != nil {
		var f faults
		f.add("query.day", "bad-date", "日期应写作 YYYY-MM-DD，例如 2022-05-31。")
		return d, f.err()
	}
	return d, nil
}

func (s *service) listLedgerItems(ctx context.Context, in *struct {
	LedgerChoice
	After  int64  `query:"after" minimum:"0" doc:"只列编号更大的；csv 与 xlsx 总是给出全部"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Format string `query:"format" enum:"json,csv,xlsx" doc:"代替 Accept"`
},
) (*huma.StreamResponse, error) {
	f, err := s.chosen(ctx, in.LedgerChoice)
	if err != nil {
		return nil, err
	}
	if kind := representation(ctx); kind != jsonType {
		return s.ledgerFile(ctx, f, kind)
	}
	f.After, f.Limit = in.After, in.Limit+1
	items, err := s.Pipeline.Items(ctx, f)
	if err != nil {
		return nil, err
	}
	items, more := cut(items, in.Limit)
	page := Page[LedgerItem]{Items: each(items, NewLedgerItem)}
	if more {
		group := ""
		if in.Group != 0 {
			group = strconv.Itoa(in.Group)
		}
		page.Next = next("/v1/ledger/items", append(in.words(), "licence_no", in.Mine, "group", group, "state", in.State, "problem_code", in.Problem,
			"problem_type", in.Type, "assigned_to", in.Assigned, "due", in.Due, "day", in.Day, "q", in.Words,
			"after", strconv.FormatInt(items[len(items)-1].ID, 10), "limit", strconv.Itoa(in.Limit))...)
	}
	return stream(jsonType, "", func(w io.Writer) error { return writeJSON(w, page) }), nil
}

// ledgerFile is all that a filter chooses as a table, in a file of its own.
func (s *service) ledgerFile(ctx context.Context, f ledger.Filter, kind string) (*huma.StreamResponse, error) {
	var lines []report.LedgerLine
	for item, err := range s.Pipeline.EachItem(ctx, f) {
		if err != nil {
			return nil, err
		}
		lines = append(lines, ledgerLine(item))
	}
	write := report.WriteLedgerCSV
	if kind == xlsxType {
		write = report.WriteLedgerXLSX
	}
	var out bytes.Buffer
	if err := write(&out, lines); err != nil {
		return nil, err
	}
	if kind == xlsxType {
		return file(kind, "ledger", "台账", out.Bytes()), nil
	}
	return streamAs(csvType+"; charset=utf-8", attachment("ledger.csv", "台账.csv"), func(w io.Writer) error {
		_, err := out.WriteTo(w)
		return err
	}), nil
}

func ledgerLine(i ledger.Item) report.LedgerLine {
	row := i.Row()
	out := report.LedgerLine{
		ID: i.ID, Enterprise: row.Enterprise, LicenceNo: i.LicenceNo, Township: row.Township, MethodAndMineral: row.MethodAndMineral, ProblemType: row.ProblemType,
		Problem: row.Problem, Measures: row.Measures, Deadline: row.Deadline, Responsible: row.Responsible, AssignedTo: i.AssignedTo, State: ledger.StateTitles[i.State],
	}
	for _, m2 := range []*float64{i.MeasuredM2, i.CorrectedM2} { // what was measured in the field counts
		if m2 != nil {
			mu := geo.Mu(*m2)
			out.Mu = &mu
		}
	}
	return out
}

func (s *service) ledgerForm(ctx context.Context, in *LedgerChoice) (*huma.StreamResponse, error) {
	f, err := s.chosen(ctx, *in)
	if err != nil {
		return nil, err
	}
	rows, err := s.Pipeline.FormRows(ctx, f)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := ledger.WriteCSV(&out, rows); err != nil {
		return nil, err
	}
	return stream(csvType+"; charset=utf-8", "ledger.csv", func(w io.Writer) error {
		_, err := out.WriteTo(w)
		return err
	}), nil
}

// LedgerItemPath names an item in an address.
type LedgerItemPath struct {
	ID int64 `path:"id" doc:"问题编号"`
}

// tagged is a reply with the version of what it shows.
type tagged[T any] struct {
	ETag string `header:"ETag" doc:"版本，可在 If-Match 中交回"`
	Body T
}

func etag(eventNo int64) string { return `"` + strconv.FormatInt(eventNo, 10) + `"` }

// seen is the event that an If-Match header names, 0 for none; what names no
// event was never given out and matches nothing.
func seen(ifMatch string) int64 {
	ifMatch = strings.TrimSpace(ifMatch)
	if ifMatch == "" || ifMatch == "*" {
		return 0
	}
	no, err := strconv.ParseInt(strings.Trim(ifMatch, `"`), 10, 64)
	if err != nil || no <= 0 {
		return -1
	}
	return no
}

func (s *service) getLedgerItem(ctx context.Context, in *LedgerItemPath) (*tagged[LedgerDossier], error) {
	d, err := s.Pipeline.ItemDossier(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &tagged[LedgerDossier]{etag(d.Item.EventNo), NewLedgerDossier(d, s.Pipeline.Campaign())}, nil
}

func (s *service) measureLedgerItem(ctx context.Context, in *struct {
	LedgerItemPath
	Run int64 `query:"run" minimum:"1" doc:"据以核验的套合；不写即该旗区最近一次完成的"`
},
) (*body[LedgerMeasurement], error) {
	m, err := s.Pipeline.MeasureItem(ctx, in.ID, in.Run)
	if err != nil {
		return nil, err
	}
	return &body[LedgerMeasurement]{NewLedgerMeasurement(m)}, nil
}

func (s *service) ledgerMeasurements(ctx context.Context, in *struct {
	RunPath
	Preference
},
) (*either, error) {
	if in.async() {
		id, err := s.Work.StartMeasurements(ctx, in.ID)
		return s.later(ctx, id, err)
	}
	all, err := s.Pipeline.MeasureItems(ctx, in.ID, nil)
	if err != nil {
		return nil, err
	}
	return &either{Status: http.StatusOK, Body: measurementPage(all)}, nil
}

func measurementPage(all []ledger.Measurement) Page[LedgerMeasurement] {
	return Page[LedgerMeasurement]{Items: each(all, NewLedgerMeasurement)}
}

func (s *service) ledgerProgress(ctx context.Context, in *struct {
	Day string `query:"day" format:"date" doc:"不写即今天"`
},
) (*body[LedgerProgress], error) {
	day, err := s.dayOrToday(ctx, in.Day)
	if err != nil {
		return nil, err
	}
	all, err := s.Pipeline.Progress(ctx, day)
	if err != nil {
		return nil, err
	}
	return &body[LedgerProgress]{NewLedgerProgress(s.Pipeline.Campaign(), day, all)}, nil
}

// LedgerChanges are events after a cursor, in their order.
type LedgerChanges struct {
	Items []ledger.EventLine `json:"items"`
	// Cursor is where to go on, now or later.
	Cursor int64   `json:"cursor" doc:"最后一个事件的编号；下次以此作为 after。每个事件至少给出一次，按编号顺序"`
	Next   *string `json:"next" doc:"还有更多时的网址；已到末尾时为 null"`
}

func (s *service) ledgerChanges(ctx context.Context, in *struct {
	After int64 `query:"after" minimum:"0" doc:"只列编号更大的事件；从头开始写 0"`
	Limit int   `query:"limit" minimum:"1" maximum:"1000" default:"100"`
},
) (*body[LedgerChanges], error) {
	events, err := s.Pipeline.LedgerEvents(ctx, 0, in.After, in.Limit+1)
	if err != nil {
		return nil, err
	}
	events, more := cut(events, in.Limit)
	out := LedgerChanges{Items: each(events, ledger.Event.Line), Cursor: in.After}
	if len(events) > 0 {
		out.Cursor = events[len(events)-1].No
	}
	if more {
		out.Next = next("/v1/ledger/changes", "after", strconv.FormatInt(out.Cursor, 10), "limit", strconv.Itoa(in.Limit))
	}
	return &body[LedgerChanges]{out}, nil
}

// LedgerWebhookRequest registers an address.
type LedgerWebhookRequest struct {
	URL    string `json:"url" minLength:"1" maxLength:"2000" pattern:"^[^\\x00-\\x20]+$" doc:"http 或 https 地址"`
	Secret string `json:"secret" minLength:"16" maxLength:"200" pattern:"^[^\\x00-\\x1f]+$" doc:"签名密钥，不再显示"`
	After  int64  `json:"after,omitempty" minimum:"0" doc:"只告知编号更大的事件；不写即从头"`
}

// LedgerWebhook is an address that is told of events.
type LedgerWebhook struct {
	ID           int64      `json:"id"`
	URL          string     `json:"url"`
	DeliveredNo  int64      `json:"delivered_no" doc:"已告知的最后一个事件"`
	FailingSince *time.Time `json:"failing_since" doc:"从何时起不能告知；正常时为 null"`
	LastError    *string    `json:"last_error"`
	CreatedAt    time.Time  `json:"created_at"`
}

func webhookBody(h ledger.Webhook) LedgerWebhook {
	return LedgerWebhook{h.ID, h.URL, h.DeliveredNo, h.FailingSince, h.LastError, h.CreatedAt}
}

func (s *service) addWebhook(ctx context.Context, in *struct{ Body LedgerWebhookRequest }) (*body[LedgerWebhook], error) {
	h, err := s.Pipeline.AddWebhook(ctx, in.Body.URL, in.Body.Secret, in.Body.After)
	if err != nil {
		return nil, err
	}
	return &body[LedgerWebhook]{webhookBody(h)}, nil
}

func (s *service) listWebhooks(ctx context.Context, _ *struct{}) (*body[Page[LedgerWebhook]], error) {
	all, err := s.Pipeline.Webhooks(ctx)
	if err != nil {
		return nil, err
	}
	return &body[Page[LedgerWebhook]]{Page[LedgerWebhook]{Items: each(all, webhookBody)}}, nil
}

// removeWebhook has an address told no more, and says which it was.
func (s *service) removeWebhook(ctx context.Context, in *struct {
	ID int64 `path:"id" doc:"登记编号"`
},
) (*body[LedgerWebhook], error) {
	all, err := s.Pipeline.Webhooks(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.Pipeline.RemoveWebhook(ctx, in.ID); err != nil {
		return nil, err
	}
	for _, h := range all {
		if h.ID == in.ID {
			return &body[LedgerWebhook]{webhookBody(h)}, nil
		}
	}
	return nil, errNotFound
}
