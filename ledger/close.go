package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/overlay"
)

// Evidence is what a proposal rests on beside a measurement; which members it
// needs hangs on the way.
type Evidence struct {
	// ApprovalNo is the approval that covers the ground (legalised), Document the
	// paper that accepted the work (reclaimed, treated).
	ApprovalNo string `json:"approval_no,omitempty"`
	Document   string `json:"document,omitempty"`
	// AcceptedOn is when the work was accepted, ReturnedOn when the land was handed
	// over, ReturnDocument the paper of that (reclaimed).
	AcceptedOn     *taohe.Date `json:"accepted_on,omitempty"`
	ReturnedOn     *taohe.Date `json:"returned_on,omitempty"`
	ReturnDocument string      `json:"return_document,omitempty"`
	// Reason is why an item is withdrawn.
	Reason string `json:"reason,omitempty"`
}

// A Propose asks for an item to be closed.
type Propose struct {
	As       Way
	Evidence Evidence
	// RunID is the run whose images measure the ground; asked for by rectified,
	// welcome elsewhere. 0 for none.
	RunID int64
}

func (x Propose) do(ctx context.Context, d *doing) error {
	if !slices.Contains(Ways, x.As) {
		var f faults
		var all []string
		for _, w := range Ways {
			all = append(all, string(w)+"（"+WayTitles[w]+"）")
		}
		f.add("as", "not-in-list", "销号方式只能是以下之一："+strings.Join(all, "、")+"。")
		return f.err()
	}
	if err := d.become(AwaitingAcceptance, Confirmed, Rectifying); err != nil {
		return err
	}
	if err := d.answerable(); err != nil {
		return err
	}
	d.kind, d.put = "proposed", sqlPutProposal
	d.row = map[string]any{"cycle": d.item.Cycle, "close_as": x.As, "proposed_by": d.actor, "evidence": x.Evidence}
	var m *Measurement
	if x.RunID != 0 {
		measured, err := MeasureGround(ctx, d.tx, d.campaign, d.item.ID, x.RunID)
		if err != nil {
			return err
		}
		m = &measured
		for column, v := range map[string]any{
			"measured_run": m.RunID, "base_imaged_on": m.BaseImagedOn, "ground_m2": m.GroundM2, "rectified_m2": m.RectifiedM2, "remaining_m2": m.RemainingM2,
			"not_observed_m2": m.NotObservedM2, "grown_m2": m.GrownM2, "moved_m2": m.MovedM2,
		} {
			d.row[column] = v
		}
		if !m.NewestImagedOn.IsZero() {
			d.row["newest_imaged_on"] = m.NewestImagedOn
		}
	}
	settled, err := x.settled(ctx, d, m)
	d.row["settled_on"] = settled
	return err
}

// settled is the day of which the evidence speaks, if it is enough.
func (x Propose) settled(ctx context.Context, d *doing, m *Measurement) (taohe.Date, error) {
	var f faults
	e := x.Evidence
	day := func(location string, on *taohe.Date) taohe.Date {
		if on == nil || on.IsZero() || on.After(d.today()) {
			f.add(location, "bad-date", "请填写日期，不能晚于今天。")
			return taohe.Date{}
		}
		return *on
	}
	settled := d.today()
	switch x.As {
	case Rectified:
		switch {
		case m == nil:
			f.add("run", "not-measured", "按影像销号须写明据以核验的套合。")
		case m.Verdict != VerdictRectified:
			f.add("run", "not-rectified", m.said())
		default:
			settled = m.NewestImagedOn
		}
	case Legalised:
		return x.legalised(ctx, d, m)
	case Reclaimed:
		f.said("document", e.Document)
		f.said("return_document", e.ReturnDocument)
		accepted, returned := day("accepted_on", e.AcceptedOn), day("returned_on", e.ReturnedOn)
		settled = laterDay(accepted, returned)
	case Treated:
		// What no map shows no image proves: whoever accepted the work does.
		if d.item.GroupNo != 4 && !d.item.ByHand() {
			f.add("as", "not-a-pit", "只有尾矿坑和人工录入的问题可按“已治理”销号。")
		}
		f.said("document", e.Document)
		settled = day("accepted_on", e.AcceptedOn)
	case Withdrawn:
		f.said("reason", e.Reason)
	}
	return settled, f.err()
}

// legalised wants an approval over all that is still there, in force on the day
// of the run or today, and the penalty.
func (x Propose) legalised(ctx context.Context, d *doing, m *Measurement) (taohe.Date, error) {
	var f faults
	measures, err := MeasuresAt(ctx, d.tx, d.item.ID, Moment{No: endOfLog})
	if err != nil {
		return taohe.Date{}, err
	}
	if !slices.ContainsFunc(measures, func(m TakenMeasure) bool { return m.Kind == "penalty" }) {
		f.add("as", "no-penalty", "补办手续前须先依法处罚。请先登记处罚决定。")
	}
	if d.item.ByHand() {
		f.add("as", "no-ground", "人工录入的问题没有图形，不能按“已补办手续”销号。")
		return taohe.Date{}, f.err()
	}
	rules, err := overlay.ShippedRules()
	if err != nil {
		return taohe.Date{}, err
	}
	kinds := []string{"temporary_land", "construction_land"}
	if rule, _ := rules.Rule(d.item.RuleCode); rule.PermitKind != "" {
		kinds = []string{rule.PermitKind}
	}
	on := d.today()
	if m != nil {
		on = m.AsOf
	}
	var approvals int
	var approvedOn taohe.Date
	var outsideM2 float64
	err = d.tx.QueryRow(ctx, sqlCoveringApproval.SQL(), pgx.StrictNamedArgs{
		"item_id": d.item.ID, "approval_no": x.Evidence.ApprovalNo, "kinds": kinds, "on": on,
	}).Scan(&approvals, &approvedOn, &outsideM2)
	if err != nil {
		return taohe.Date{}, fmt.Errorf("%s: %w", sqlCoveringApproval.Name(), err)
	}
	switch {
	case approvals == 0:
		f.add("approval_no", "no-such-approval", "已验收的批准用地中没有这个文号的有效批准，请先导入并验收。")
	case outsideM2 > d.campaign.Thresholds.CloseToleranceM2:
		f.add("approval_no", "not-covered", fmt.Sprintf("这份批准没有覆盖全部地块，还有 %.2f 亩在批准范围之外。", geo.Mu(outsideM2)))
	}
	return laterDay(approvedOn, d.newestPenalty(measures)), f.err()
}

func (d *doing) newestPenalty(measures []TakenMeasure) taohe.Date {
	var newest taohe.Date
	for _, m := range measures {
		if m.Kind == "penalty" {
			newest = laterDay(newest, m.TakenOn)
		}
	}
	return newest
}

// said is why a measurement closes nothing.
func (m Measurement) said() string {
	mu := func(m2 float64) string { return fmt.Sprintf("%.2f 亩", geo.Mu(m2)) }
	var left []string
	for _, x := range []struct {
		what string
		m2   float64
	}{{"仍见扰动", m.RemainingM2}, {"扩大", m.GrownM2}, {"移位", m.MovedM2}, {"没有影像覆盖", m.NotObservedM2}} {
		if x.m2 > 0.005 {
			left = append(left, x.what+" "+mu(x.m2))
		}
	}
	return "影像不能证明已整改：" + strings.Join(left, "，") + "。"
}

// Approve closes an item as proposed; whoever proposed cannot.
type Approve struct{}

func (Approve) do(ctx context.Context, d *doing) error {
	p, err := d.proposal(ctx)
	if err != nil {
		return err
	}
	d.kind, d.item.ClosedAs, d.item.ClosedOn = "approved", &p.CloseAs, &p.SettledOn
	d.details = map[string]any{"proposal": p.EventNo}
	if p.CloseAs == Withdrawn {
		d.item.Reason = p.Evidence.Reason
	}
	return d.become(Closed, AwaitingAcceptance)
}

// Reject sends a proposal back, and says why.
type Reject struct{ Reason string }

func (x Reject) do(ctx context.Context, d *doing) error {
	p, err := d.proposal(ctx)
	if err != nil {
		return err
	}
	var f faults
	f.said("reason", x.Reason)
	d.kind, d.details = "rejected", map[string]any{"proposal": p.EventNo, "reason": x.Reason}
	if err := f.err(); err != nil {
		return err
	}
	return d.become(Rectifying, AwaitingAcceptance)
}

// proposal is the one to be decided on, by somebody else than who made it.
func (d *doing) proposal(ctx context.Context) (Proposal, error) {
	if d.item.State != AwaitingAcceptance {
		return Proposal{}, &StateError{d.item.ID, d.item.State, "decided on"}
	}
	all, err := Proposals(ctx, d.tx, d.item.ID)
	if err != nil {
		return Proposal{}, err
	}
	p := all[len(all)-1]
	if strings.TrimSpace(p.ProposedBy) == strings.TrimSpace(d.actor) {
		return Proposal{}, fmt.Errorf("item %d: %w", d.item.ID, ErrSamePerson)
	}
	return p, nil
}
