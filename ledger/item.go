package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/overlay"
)

// A State is where an item is in its life.
type State string

// The states of an item.
const (
	Lead               State = "lead"                // 线索
	Confirmed          State = "confirmed"           // 已核实
	Dismissed          State = "dismissed"           // 已排除
	Rectifying         State = "rectifying"          // 整改中
	AwaitingAcceptance State = "awaiting_acceptance" // 待验收
	Closed             State = "closed"              // 已销号
)

// States are the states in the order of its life, the one that ends it early last.
var States = []State{Lead, Confirmed, Rectifying, AwaitingAcceptance, Closed, Dismissed}

// path is how an item goes from its first state to its last; Dismissed ends it
// before.
var path = []State{Lead, Confirmed, Rectifying, AwaitingAcceptance, Closed}

// A Way is how an item was closed.
type Way string

// The five ways.
const (
	Rectified Way = "rectified" // later images show the ground at rest
	Legalised Way = "legalised" // an approval covers it, after the penalty
	Reclaimed Way = "reclaimed" // reclaimed and given back
	Treated   Way = "treated"   // of pits, and of what no map shows
	Withdrawn Way = "withdrawn"
)

// Ways are the five ways in the order papers name them.
var Ways = []Way{Rectified, Legalised, Reclaimed, Treated, Withdrawn}

// An Item is something wrong, as the last event about it left it. Areas are
// square metres on the ellipsoid, not rounded. Its JSON is a row of its table.
type Item struct {
	ID         int64  `json:"id"`
	EventNo    int64  `json:"event_no"`
	Campaign   string `json:"campaign"`
	CountyCode string `json:"county_code"`
	// LicenceNo is empty for ground of no mine.
	LicenceNo        string `json:"licence_no"`
	Enterprise       string `json:"enterprise"`
	MineName         string `json:"mine_name"`
	Township         string `json:"township"`
	MethodAndMineral string `json:"method_and_mineral"`
	// RuleCode is empty for what was entered by hand; ProblemCode is the rule, or
	// the campaign's problem type.
	RuleCode    string `json:"rule_code"`
	ProblemCode string `json:"problem_code"`
	ProblemType string `json:"problem_type"`
	GroupNo     int    `json:"group_no"`
	Problem     string `json:"problem"`
	State       State  `json:"state"`
	// Cycle is how often a run reopened it.
	Cycle           int        `json:"cycle"`
	Reason          string     `json:"reason"`
	Measures        string     `json:"measures"`
	Deadline        taohe.Date `json:"deadline"`
	Responsible     string     `json:"responsible"`
	ResponsibleRank string     `json:"responsible_rank"`
	Contact         string     `json:"contact"`
	AssignedTo      string     `json:"assigned_to"`
	// Found says whether the last run that looked found it.
	Found          bool        `json:"found"`
	MeasuredM2     *float64    `json:"measured_m2"`
	CorrectedM2    *float64    `json:"corrected_m2"`
	ImagedOn       *taohe.Date `json:"imaged_on"`
	FirstSeenInRun *int64      `json:"first_seen_in_run"`
	SeenInRun      *int64      `json:"seen_in_run"`
	ClosedAs       *Way        `json:"closed_as"`
	ClosedOn       *taohe.Date `json:"closed_on"`
}

// ByHand reports whether a person entered it.
func (i Item) ByHand() bool { return i.RuleCode == "" }

// ofNobody reports whether a rule found it on ground of no mine, which may have no
// owner.
func (i Item) ofNobody() bool { return i.LicenceNo == "" && !i.ByHand() }

// Open reports whether something is still to be done.
func (i Item) Open() bool { return i.State != Closed && i.State != Dismissed }

// Said is the problem in the words of its state: what a machine found is
// suspected until a person confirmed it.
func (i Item) Said() string {
	if i.State == Lead || i.State == Dismissed {
		return i.Problem
	}
	return strings.Replace(i.Problem, "疑似", "", 1)
}

// Row is the item as a line of the form.
func (i Item) Row() Row {
	answerable := strings.Join(slices.DeleteFunc([]string{i.Responsible, i.ResponsibleRank, i.Contact}, func(s string) bool { return s == "" }), " ")
	return Row{
		CountyCode: i.CountyCode, Group: i.GroupNo, RuleCode: i.RuleCode,
		Enterprise: i.Enterprise, Township: i.Township, MethodAndMineral: i.MethodAndMineral, ProblemType: i.ProblemType,
		Problem: i.Said(), Measures: i.Measures, Deadline: i.Deadline.String(), Responsible: answerable,
	}
}

// Errors of what is asked of an item.
var (
	// ErrNotFound is returned for an item, or a run, that is not there.
	ErrNotFound = errors.New("not found")
	// ErrChanged is returned when an item is no longer as the caller saw it.
	ErrChanged = errors.New("the item was changed meanwhile")
	// ErrSamePerson is returned when somebody is to decide on a proposal of their
	// own.
	ErrSamePerson = errors.New("whoever proposed cannot decide")
	// ErrState is what every *StateError is.
	ErrState = errors.New("the state of the item does not allow it")
)

// A StateError says that the state of an item does not allow what was asked.
type StateError struct {
	Item  int64
	State State
	Asked string
}

func (e *StateError) Error() string {
	return fmt.Sprintf("item %d is %s and cannot be %s", e.Item, e.State, e.Asked)
}

// Is makes it an ErrState.
func (e *StateError) Is(target error) bool { return target == ErrState }

// A Fault is one thing wrong with what was asked; Message is for the clerk.
type Fault struct{ Location, Code, Message string }

// A RequestError carries every fault of a request at once.
type RequestError struct{ Faults []Fault }

func (e *RequestError) Error() string {
	var s []string
	for _, f := range e.Faults {
		s = append(s, f.Location+": "+f.Message)
	}
	return strings.Join(s, "; ")
}

type faults []Fault

func (f *faults) add(location, code, message string) {
	*f = append(*f, Fault{location, code, message})
}

func (f *faults) said(location, value string) {
	if strings.TrimSpace(value) == "" {
		f.add(location, "missing", "缺少这一项，请填写。")
	}
}

func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return &RequestError{f}
}

func collect[T any](ctx context.Context, db overlay.Querier, s pg.Statement, args pgx.StrictNamedArgs) ([]T, error) {
	rows, err := db.Query(ctx, s.SQL(), args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name(), err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name(), err)
	}
	return out, nil
}

// GetItem returns an item, or ErrNotFound.
func GetItem(ctx context.Context, db overlay.Querier, id int64) (Item, error) {
	items, err := itemsOf(ctx, db, []int64{id})
	if err != nil {
		return Item{}, err
	}
	if len(items) == 0 {
		return Item{}, fmt.Errorf("item %d: %w", id, ErrNotFound)
	}
	return items[id], nil
}

func itemsOf(ctx context.Context, db overlay.Querier, ids []int64) (map[int64]Item, error) {
	all, err := collect[Item](ctx, db, sqlItems, pgx.StrictNamedArgs{"item_ids": ids})
	if err != nil {
		return nil, err
	}
	items := make(map[int64]Item, len(all))
	for _, i := range all {
		items[i.ID] = i
	}
	return items, nil
}

// A Filter chooses items; what is zero does not filter.
type Filter struct {
	County, LicenceNo, ProblemCode, AssignedTo string
	// Township, Enterprise, a part of the name, EnterpriseName, all of it, and Mineral,
	// as the ledger words it, are those of the item; ProblemType is its title.
	Township, Enterprise, EnterpriseName, Mineral, ProblemType string
	// Words are in the name of the enterprise, the township, the licence number, the name
	// of who answers for it, or the number of the item.
	Words string
	Group int
	State State
	// DueBy asks for open items to be put right by that day.
	DueBy taohe.Date
	// After is the last item of the page before.
	After int64
	Limit int
}

// args are those that choose, without the place in the list.
func (f Filter) args(campaign string) pgx.StrictNamedArgs {
	orNil := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	stated := func(s string) any {
		if s == overlay.NotStated {
			return ""
		}
		return orNil(s)
	}
	var group any
	if f.Group != 0 {
		group = f.Group
	}
	return pgx.StrictNamedArgs{
		"campaign": campaign, "county_code": orNil(f.County), "licence_no": orNil(f.LicenceNo), "group_no": group, "state": orNil(string(f.State)),
		"problem_code": orNil(f.ProblemCode), "assigned_to": orNil(f.AssignedTo), "due_by": f.DueBy, "township": stated(f.Township),
		"enterprise": orNil(f.Enterprise), "enterprise_name": orNil(f.EnterpriseName), "mineral": stated(f.Mineral), "problem_type": orNil(f.ProblemType),
		"words": orNil(f.Words),
	}
}

// List lists items of a campaign by number.
func List(ctx context.Context, db overlay.Querier, campaign string, f Filter) ([]Item, error) {
	args := f.args(campaign)
	args["after"], args["max_rows"] = f.After, f.Limit
	return collect[Item](ctx, db, sqlList, args)
}

// A Count is how many items are in a state, or due, and what they measure; nil where
// none is measured.
type Count struct {
	State             State
	Due               string // overdue or soon, where it is not of a state
	Count             int
	EllipsoidalAreaM2 *float64 `db:"ellipsoidal_area_m2"`
}

// CountItems counts the items that a filter chooses, by state and by what is due on
// a day.
func CountItems(ctx context.Context, db overlay.Querier, c Campaign, on taohe.Date, f Filter) ([]Count, error) {
	args := f.args(c.Name)
	args["overdue_by"], args["soon_by"] = on.AddDate(0, 0, -1), c.DueSoon(on)
	return collect[Count](ctx, db, sqlStatistics, args)
}
