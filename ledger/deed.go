package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
)

// A Deed is what a person does to an item.
type Deed interface {
	// do judges the deed and fills in the entry of the log.
	do(ctx context.Context, d *doing) error
}

// doing is a deed being done.
type doing struct {
	*log
	campaign Campaign
	entry
}

// become moves the item on, if it is in one of the states.
func (d *doing) become(state State, from ...State) error {
	if !slices.Contains(from, d.item.State) {
		return &StateError{d.item.ID, d.item.State, string(state)}
	}
	d.item.State = state
	return nil
}

// open refuses what can be done to open items only.
func (d *doing) open(what string) error {
	if !d.item.Open() {
		return &StateError{d.item.ID, d.item.State, what}
	}
	return nil
}

// An Act names who does a deed, to which item, and what they say of it.
type Act struct {
	ItemID int64
	By     string
	Note   string
	// IfEvent is the last event of the item that the caller saw; the deed is
	// refused with ErrChanged when there is a newer one. 0 asks for nothing.
	IfEvent int64
}

// Do does a deed in a transaction and returns the item after it: ErrNotFound,
// ErrChanged, ErrSamePerson, *StateError, *RequestError.
func Do(ctx context.Context, tx pgx.Tx, c Campaign, a Act, deed Deed) (Item, error) {
	var f faults
	f.said("by", a.By)
	if err := f.err(); err != nil {
		return Item{}, err
	}
	l, err := openLog(ctx, tx, c.Name, a.By)
	if err != nil {
		return Item{}, err
	}
	item, err := GetItem(ctx, tx, a.ItemID)
	if err != nil {
		return Item{}, err
	}
	switch {
	case item.Campaign != c.Name:
		return Item{}, fmt.Errorf("item %d is of campaign %s: %w", item.ID, item.Campaign, ErrNotFound)
	case a.IfEvent != 0 && a.IfEvent != item.EventNo:
		return Item{}, fmt.Errorf("item %d: %w", item.ID, ErrChanged)
	}
	d := &doing{log: l, campaign: c, entry: entry{item: &item, note: a.Note}}
	if err := deed.do(ctx, d); err != nil {
		return Item{}, err
	}
	if d.row != nil {
		d.row["item_id"] = item.ID
	}
	if err := l.write(ctx, d.entry); err != nil {
		return Item{}, err
	}
	return item, l.close(ctx)
}

// Confirm says that a lead is true.
type Confirm struct{}

func (Confirm) do(_ context.Context, d *doing) error {
	d.kind = "confirmed"
	return d.become(Confirmed, Lead)
}

// Dismiss says that it is not, and why.
type Dismiss struct{ Reason string }

func (x Dismiss) do(_ context.Context, d *doing) error {
	var f faults
	f.said("reason", x.Reason)
	if err := f.err(); err != nil {
		return err
	}
	d.kind, d.item.Reason = "dismissed", x.Reason
	return d.become(Dismissed, Lead, Confirmed)
}

// Reopen takes up again what was closed or dismissed.
type Reopen struct{ Reason string }

func (x Reopen) do(_ context.Context, d *doing) error {
	var f faults
	f.said("reason", x.Reason)
	if err := f.err(); err != nil {
		return err
	}
	d.kind, d.item.Reason = "reopened", x.Reason
	d.item.ClosedAs, d.item.ClosedOn = nil, nil
	// What is taken up again is not overdue at once; how long it has is assigned.
	d.item.Deadline = laterDay(d.item.Deadline, d.today())
	return d.become(Lead, Closed, Dismissed)
}

// Assign says who works on an item, who answers for it, by when it is put right
// and how. What is empty stays as it is.
type Assign struct {
	AssignedTo, Responsible, Rank, Contact, Measures string
	Deadline                                         taohe.Date
}

func (x Assign) do(_ context.Context, d *doing) error {
	if err := d.open("assigned"); err != nil {
		return err
	}
	d.kind = "assigned"
	for to, value := range map[*string]string{
		&d.item.AssignedTo: x.AssignedTo, &d.item.Responsible: x.Responsible, &d.item.ResponsibleRank: x.Rank,
		&d.item.Contact: x.Contact, &d.item.Measures: x.Measures,
	} {
		if value != "" {
			*to = value
		}
	}
	var f faults
	if x == (Assign{}) {
		f.add("assigned_to", "missing", "没有写明要交办的内容。")
	}
	if d.item.Responsible != "" && !slices.Contains(d.campaign.Ranks, d.item.ResponsibleRank) {
		f.add("rank", "rank-too-low", fmt.Sprintf("整改责任人至少为%s，可填：%s。", d.campaign.Ranks[0], strings.Join(d.campaign.Ranks, "、")))
	}
	if !x.Deadline.IsZero() {
		last, err := taohe.ParseDate(d.campaign.DeadlineOf(d.item.ProblemCode, d.item.ofNobody()))
		if err != nil {
			return err
		}
		// An item reopened when all deadlines are over has one of its own.
		if x.Deadline.After(last) && d.item.Cycle == 0 && !d.item.Deadline.After(last) {
			f.add("deadline", "deadline-too-late", fmt.Sprintf("整改时限不得超过 %s。", last))
		}
		d.item.Deadline = x.Deadline
	}
	return f.err()
}

// Start says that an item is being put right; somebody must answer for it.
type Start struct{}

func (Start) do(_ context.Context, d *doing) error {
	if err := d.answerable(); err != nil {
		return err
	}
	d.kind = "started"
	return d.become(Rectifying, Confirmed)
}

func (d *doing) answerable() error {
	var f faults
	if d.item.Responsible == "" {
		f.add("responsible", "nobody-responsible", "尚未明确整改责任人，请先交办。")
	}
	return f.err()
}

// A Measure is one that an authority took.
type Measure struct {
	Kind       string
	Number     string
	TakenOn    taohe.Date
	AmountYuan *float64
	Authority  string
}

// MeasureKinds are the measures there are, with what they are called.
var MeasureKinds = map[string]string{
	"case_filed": "立案", "penalty": "处罚", "stop_order": "责令停止", "judicial_referral": "移送司法", "supervised": "挂牌督办",
	"new_face_suspended": "暂停新增开采面", "renewal_suspended": "停办延续", "credit_published": "信用公示", "daily_fine": "按日计罚",
	"green_list_removed": "移出绿色矿山名录",
}

// MeasureOrder is the order in which papers name them: the first five are what is
// done about any offence.
var MeasureOrder = []string{
	"case_filed", "penalty", "stop_order", "judicial_referral", "supervised", "new_face_suspended", "renewal_suspended", "credit_published",
	"daily_fine", "green_list_removed",
}

func (x Measure) do(_ context.Context, d *doing) error {
	var f faults
	if MeasureKinds[x.Kind] == "" {
		f.add("kind", "not-in-list", "没有这种措施。")
	}
	numbered := slices.Contains([]string{"case_filed", "penalty", "judicial_referral"}, x.Kind)
	if numbered && x.Number == "" {
		f.add("number", "missing", "请填写文号。")
	}
	if x.TakenOn.IsZero() || x.TakenOn.After(d.today()) {
		f.add("taken_on", "bad-date", "请填写采取措施的日期，不能晚于今天。")
	}
	fine := x.Kind == "penalty" || x.Kind == "daily_fine"
	if x.AmountYuan != nil && !(fine && *x.AmountYuan >= 0 && *x.AmountYuan < 1e12) {
		f.add("amount_yuan", "out-of-range", "只有处罚和按日计罚可填金额，且不能为负。")
	}
	d.kind, d.put = "measure_taken", sqlPutMeasure
	d.row = map[string]any{"kind": x.Kind, "number": x.Number, "taken_on": x.TakenOn, "amount_yuan": x.AmountYuan, "authority": x.Authority}
	return f.err()
}

// A FieldCheck is a visit to the ground. What the officers measured stands
// beside the measured area; it replaces nothing.
type FieldCheck struct {
	CheckedOn           taohe.Date
	Officers            string
	CorrectedM2         *float64
	Longitude, Latitude *float64
}

func (x FieldCheck) do(_ context.Context, d *doing) error {
	var f faults
	f.said("officers", x.Officers)
	if x.CheckedOn.IsZero() || x.CheckedOn.After(d.today()) {
		f.add("checked_on", "bad-date", "请填写核查日期，不能晚于今天。")
	}
	if x.CorrectedM2 != nil && !(*x.CorrectedM2 >= 0 && *x.CorrectedM2 < 1e12) {
		f.add("corrected_m2", "out-of-range", "核定面积不能为负。")
	}
	if (x.Longitude == nil) != (x.Latitude == nil) || x.Longitude != nil && !onEarth(*x.Longitude, *x.Latitude) {
		f.add("longitude", "out-of-range", "经度、纬度应同时填写，以度为单位。")
	}
	if x.CorrectedM2 != nil {
		d.item.CorrectedM2 = x.CorrectedM2
	}
	d.kind, d.put = "field_checked", sqlPutFieldCheck
	d.row = map[string]any{
		"checked_on": x.CheckedOn, "officers": x.Officers, "corrected_m2": x.CorrectedM2, "longitude": x.Longitude, "latitude": x.Latitude,
	}
	return f.err()
}

func onEarth(longitude, latitude float64) bool {
	return longitude >= -180 && longitude <= 180 && latitude >= -90 && latitude <= 90
}

// An Entered is a problem that no map shows, entered by hand.
type Entered struct {
	CountyCode, LicenceNo, Enterprise, MineName, Township, MethodAndMineral string
	// ProblemCode is one of the campaign's problem types.
	ProblemCode string
	Problem     string
	Deadline    taohe.Date
	By, Note    string
}

// Enter makes an item of it: *RequestError.
func Enter(ctx context.Context, tx pgx.Tx, c Campaign, x Entered) (Item, error) {
	var f faults
	f.said("by", x.By)
	f.said("county_code", x.CountyCode)
	f.said("enterprise", x.Enterprise)
	f.said("problem", x.Problem)
	kind, known := c.ProblemType(x.ProblemCode)
	if !known {
		f.add("problem_type", "not-in-list", "没有这种问题类型。"+c.choices()+"地图上能核查的问题由套合入账。")
	}
	last, err := taohe.ParseDate(c.DeadlineOf(x.ProblemCode, false))
	if err != nil {
		return Item{}, err
	}
	if x.Deadline.IsZero() {
		x.Deadline = last
	}
	if x.Deadline.After(last) {
		f.add("deadline", "deadline-too-late", fmt.Sprintf("整改时限不得超过 %s。", last))
	}
	if err := f.err(); err != nil {
		return Item{}, err
	}
	l, err := openLog(ctx, tx, c.Name, x.By)
	if err != nil {
		return Item{}, err
	}
	item := Item{
		Campaign: c.Name, CountyCode: x.CountyCode, LicenceNo: x.LicenceNo, Enterprise: x.Enterprise, MineName: x.MineName,
		Township: x.Township, MethodAndMineral: x.MethodAndMineral, ProblemCode: x.ProblemCode, ProblemType: kind.Title, GroupNo: kind.Group,
		Problem: x.Problem, State: Lead, Deadline: x.Deadline,
	}
	if err := tx.QueryRow(ctx, sqlNextItem.SQL()).Scan(&item.ID); err != nil {
		return Item{}, fmt.Errorf("%s: %w", sqlNextItem.Name(), err)
	}
	if err := l.write(ctx, entry{kind: "entered", note: x.Note, item: &item}); err != nil {
		return Item{}, err
	}
	return item, l.close(ctx)
}
