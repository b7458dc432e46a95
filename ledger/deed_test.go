package ledger

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pg"
)

// enter makes an item by hand.
func (b *book) enter(x Entered) (item Item, err error) {
	b.Helper()
	err = pg.InTx(b.Context(), b.pool, func(tx pgx.Tx) error {
		item, err = Enter(b.Context(), tx, b.campaign, x)
		return err
	})
	return item, err
}

var smoke = Entered{
	CountyCode: "150000", Enterprise: "甲矿业", MethodAndMineral: "露天+煤矿", ProblemCode: "spontaneous_combustion", Problem: "排矸场自燃冒烟。", By: "甲",
}

func codes(err error) []string {
	var request *RequestError
	if !errors.As(err, &request) {
		return []string{"none"}
	}
	var out []string
	for _, f := range request.Faults {
		out = append(out, f.Location+" "+f.Code)
	}
	return out
}

// The whole life of an item that no map shows, and what is refused on the way.
func TestLife(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	if _, err := b.enter(Entered{ProblemCode: "unapproved", Deadline: taohe.NewDate(2023, 1, 1)}); !slices.Equal(codes(err), []string{
		"by missing", "county_code missing", "enterprise missing", "problem missing", "problem_type not-in-list", "deadline deadline-too-late",
	}) || !strings.Contains(err.Error(), "spontaneous_combustion（") {
		t.Errorf("entered: %v", err)
	}
	item, err := b.enter(smoke)
	if err != nil {
		t.Fatal(err)
	}
	if item.Deadline.String() != "2022-06-30" || item.GroupNo != 2 || item.ProblemType != "排土场/排矸场自燃冒烟治理不到位" || item.State != Lead {
		t.Errorf("entered %+v", item)
	}
	id := item.ID
	refused := func(what string, deed Deed) {
		t.Helper()
		var state *StateError
		if _, err := b.try("甲", id, deed); !errors.As(err, &state) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("a lead that is approved", Approve{})
	refused("a lead that is proposed", Propose{As: Withdrawn, Evidence: Evidence{Reason: "重复"}})
	refused("a lead that is reopened", Reopen{Reason: "误"})
	if _, err := b.try("", id, Confirm{}); !slices.Equal(codes(err), []string{"by missing"}) {
		t.Errorf("by nobody: %v", err)
	}
	b.do("甲", id, Confirm{})
	refused("confirmed twice", Confirm{})
	if _, err := b.try("甲", id, Start{}); !slices.Equal(codes(err), []string{"responsible nobody-responsible"}) {
		t.Errorf("nobody answers: %v", err)
	}
	if _, err := b.try("甲", id, Assign{Responsible: "张三", Rank: "科员", Deadline: taohe.NewDate(2022, 7, 1)}); !slices.Equal(codes(err), []string{
		"rank rank-too-low", "deadline deadline-too-late",
	}) {
		t.Errorf("assigned: %v", err)
	}
	b.do("甲", id, Assign{AssignedTo: "李四", Responsible: "张三", Rank: "副科级", Contact: "0477-1", Measures: "覆土", Deadline: taohe.NewDate(2022, 6, 15)})
	amount := 120000.5
	if _, err := b.try("甲", id, Measure{Kind: "stop_order", AmountYuan: &amount, TakenOn: taohe.NewDate(2999, 1, 1)}); !slices.Equal(codes(err), []string{
		"taken_on bad-date", "amount_yuan out-of-range",
	}) {
		t.Errorf("measure: %v", err)
	}
	b.do("甲", id, Measure{Kind: "penalty", Number: "达自然资罚〔2022〕1号", TakenOn: taohe.NewDate(2022, 5, 20), AmountYuan: &amount, Authority: "自然资源局"})
	corrected, lon, lat := 1234.5, 109.7, 40.2
	b.do("丙", id, FieldCheck{CheckedOn: taohe.NewDate(2022, 5, 21), Officers: "丙、丁", CorrectedM2: &corrected, Longitude: &lon, Latitude: &lat})
	b.do("甲", id, Start{})
	refused("dismissed while it is put right", Dismiss{Reason: "误"})
	if _, err := b.try("甲", id, Propose{As: Legalised, Evidence: Evidence{ApprovalNo: "x"}}); !slices.Equal(codes(err), []string{"as no-ground"}) {
		t.Errorf("legalised without ground: %v", err)
	}
	if _, err := b.try("甲", id, Propose{As: Treated}); !slices.Equal(codes(err), []string{
		"document missing", "accepted_on bad-date",
	}) {
		t.Errorf("treated without evidence: %v", err)
	}
	if _, err := b.try("甲", id, Propose{As: Reclaimed}); len(codes(err)) != 4 {
		t.Errorf("reclaimed without evidence: %v", err)
	}
	if _, err := b.try("甲", id, Propose{As: Rectified}); !slices.Equal(codes(err), []string{"run not-measured"}) {
		t.Errorf("rectified without a measurement: %v", err)
	}
	if _, err := b.try("甲", id, Propose{As: "forgiven"}); !slices.Equal(codes(err), []string{"as not-in-list"}) {
		t.Errorf("forgiven: %v", err)
	}
	accepted, returned := taohe.NewDate(2022, 6, 1), taohe.NewDate(2022, 6, 10)
	evidence := Evidence{Document: "验收〔2022〕3号", AcceptedOn: &accepted, ReturnedOn: &returned, ReturnDocument: "移交书"}
	b.do("甲", id, Propose{As: Treated, Evidence: evidence})
	if _, err := b.try("甲", id, Reject{Reason: "不实"}); !errors.Is(err, ErrSamePerson) {
		t.Errorf("rejected by who proposed: %v", err)
	}
	b.do("乙", id, Reject{Reason: "现场仍冒烟"})
	b.do("甲", id, Propose{As: Reclaimed, Evidence: evidence})
	if item = b.do("乙", id, Approve{}); item.State != Closed || *item.ClosedAs != Reclaimed || *item.ClosedOn != returned {
		t.Errorf("closed as %+v", item)
	}
	refused("assigned when closed", Assign{AssignedTo: "李四"})
	d, err := GetDossier(t.Context(), b.pool, id)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range d.Events {
		kinds = append(kinds, e.Kind)
	}
	if got := strings.Join(kinds, " "); got != "entered confirmed assigned measure_taken field_checked started proposed rejected proposed approved" {
		t.Errorf("events %s", got)
	}
	if len(d.Proposals) != 2 || d.Proposals[1].Evidence.Document != evidence.Document || *d.Item.CorrectedM2 != corrected || d.Item.MeasuredM2 != nil {
		t.Errorf("dossier %+v", d)
	}
	if row := d.Item.Row(); row.Responsible != "张三 副科级 0477-1" || row.Deadline != "2022-06-15" || row.Measures != "覆土" {
		t.Errorf("row %+v", row)
	}
	var today taohe.Date
	if err := b.pool.QueryRow(t.Context(), sqlToday.SQL()).Scan(&today); err != nil {
		t.Fatal(err)
	}
	if item = b.do("乙", id, Reopen{Reason: "复查复燃"}); item.State != Lead || item.ClosedAs != nil || item.Deadline.Before(today) {
		t.Errorf("reopened as %+v", item)
	}
	// All deadlines of the campaign are over: it has one of its own.
	later := taohe.NewDate(2099, 1, 1)
	if item = b.do("乙", id, Assign{Deadline: later}); item.Deadline != later {
		t.Errorf("until %s", item.Deadline)
	}
	// What no map shows is treated when whoever accepts the work says so.
	b.do("甲", id, Confirm{})
	b.do("甲", id, Propose{As: Treated, Evidence: evidence})
	if item = b.do("乙", id, Approve{}); item.State != Closed || *item.ClosedAs != Treated || *item.ClosedOn != accepted {
		t.Errorf("closed as %+v", item)
	}
}

// What a person saw is what is changed: a newer event in between refuses.
func TestIfEvent(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	item, err := b.enter(smoke)
	if err != nil {
		t.Fatal(err)
	}
	b.do("甲", item.ID, Confirm{})
	err = pg.InTx(t.Context(), b.pool, func(tx pgx.Tx) error {
		_, err := Do(t.Context(), tx, b.campaign, Act{ItemID: item.ID, By: "乙", IfEvent: item.EventNo}, Dismiss{Reason: "误"})
		return err
	})
	if !errors.Is(err, ErrChanged) {
		t.Errorf("%v", err)
	}
	if _, err := b.try("甲", item.ID+1, Confirm{}); !errors.Is(err, ErrNotFound) {
		t.Errorf("an item that is not there: %v", err)
	}
}

// Of a photograph the picture is kept, upright, and in columns where and when it
// was taken; nothing else of the file.
func TestPhotograph(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	item, err := b.enter(smoke)
	if err != nil {
		t.Fatal(err)
	}
	visit := b.do("甲", item.ID, FieldCheck{CheckedOn: taohe.NewDate(2022, 6, 1), Officers: "甲"})
	file := photograph(t, binary.BigEndian, 6)
	for name, x := range map[string]AddPhotograph{
		"not-a-photograph": {File: []byte("GIF89a no")},
		"too-large":        {File: make([]byte, MaxPhotographBytes+1)},
		"no-such-check":    {File: file, FieldCheckNo: 1},
	} {
		if _, err := b.try("甲", item.ID, x); !strings.HasSuffix(strings.Join(codes(err), ""), " "+name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.try("甲", item.ID, AddPhotograph{File: file[:len(file)-200]}); err != nil && len(codes(err)) != 1 {
		t.Errorf("half a file: %v", err)
	}
	added := b.do("甲", item.ID, AddPhotograph{FileName: "IMG_1.jpg", File: file, FieldCheckNo: visit.EventNo})
	d, err := GetDossier(t.Context(), b.pool, item.ID)
	if err != nil {
		t.Fatal(err)
	}
	p := d.Photographs[len(d.Photographs)-1]
	if p.Width != 32 || p.Height != 64 || p.TakenAt.Format("2006-01-02 15:04:05") != "2022-06-01 09:08:07" || math.Abs(*p.Longitude-109.755) > 1e-9 {
		t.Errorf("kept %+v", p)
	}
	kept, err := JPEG(t.Context(), b.pool, item.ID, added.EventNo)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(kept), "Exif") || readEXIF(kept) != (exif{orientation: 1}) {
		t.Error("the kept picture has an account of itself still")
	}
	if _, err := JPEG(t.Context(), b.pool, item.ID+1, added.EventNo); !errors.Is(err, ErrNotFound) {
		t.Errorf("of another item: %v", err)
	}
}
