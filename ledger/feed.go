package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/overlay"
)

// Errors of a feed.
var (
	// ErrNotComplete is returned for a run that has not all its figures, or only
	// asked what would be.
	ErrNotComplete = errors.New("the run is not complete, a what-if run, or one of one mine")
	// ErrOlderRun is returned for a run that looks at an earlier day than one the
	// ledger was fed from already.
	ErrOlderRun = errors.New("the ledger was fed from a later run")
)

// An Outcome is what a run means to an item.
type Outcome string

// The outcomes. Of those that change nothing, Settled is a closed item whose
// ground the run still shows on no newer image, Excluded one that a person
// dismissed, and NotAsked one whose mine or rule the run could not compute.
const (
	New       Outcome = "new"
	Changed   Outcome = "changed"
	Unchanged Outcome = "unchanged"
	Gone      Outcome = "gone"
	Reopened  Outcome = "reopened"
	Settled   Outcome = "settled"
	Excluded  Outcome = "excluded"
	NotAsked  Outcome = "not_asked"
)

// A Share is ground that a run found, as one item's. Ground and Ever are EWKB.
type Share struct {
	LicenceNo  string
	RuleCode   string
	CountyCode string
	ItemID     int64 // 0 for new ground
	// DatasetID and RowNo name the patch where LicenceNo is empty.
	DatasetID int64
	RowNo     int
	// Whole says that it is all of its finding.
	Whole    bool
	M2       float64 `db:"m2"`
	ImagedOn *taohe.Date
	Ground   []byte
	Ever     []byte
	WasFound bool
	WasM2    float64 `db:"was_m2"`
	GainedM2 float64 `db:"gained_m2"`
	LostM2   float64 `db:"lost_m2"`
}

// A Description is what an item says of its share; the words are not the
// ledger's.
type Description struct {
	Enterprise, MineName, Township, MethodAndMineral string
	ProblemType, Problem                             string
	Group                                            int
	// Ownerless says that the ground has no owner.
	Ownerless bool
}

// A Line is what a run would do, or did, to one item.
type Line struct {
	Outcome Outcome
	// Item is as the run leaves it; its ID is 0 while it is new and not applied.
	Item     Item
	WasM2    float64
	GainedM2 float64
	LostM2   float64
	share    *Share
}

// A Plan is what a run means to a ledger. Nothing of it is done before Apply.
type Plan struct {
	Run      overlay.Run
	Campaign string
	// Applied says that the run was put into the ledger before; the lines then
	// change nothing.
	Applied bool
	Lines   []Line
}

// Count is how many items have an outcome.
func (p *Plan) Count(o Outcome) int {
	n := 0
	for _, l := range p.Lines {
		if l.Outcome == o {
			n++
		}
	}
	return n
}

// MakePlan says what a run means to a campaign's ledger. rules are those of the
// run; describe puts a share into words.
func MakePlan(ctx context.Context, db overlay.Querier, c Campaign, runID int64, rules overlay.RuleSet, describe func(Share) (Description, error)) (*Plan, error) {
	run, err := overlay.GetRun(ctx, db, runID)
	if err != nil {
		return nil, err
	}
	p := &Plan{Run: run, Campaign: c.Name}
	if p.Applied, err = Takes(ctx, db, c, run); err != nil || p.Applied {
		return p, err
	}
	var onGround []string
	for _, r := range rules.Rules {
		if r.OnGround() {
			onGround = append(onGround, r.Code)
		}
	}
	shares, err := collect[Share](ctx, db, sqlShares, pgx.StrictNamedArgs{
		"run_id": runID, "campaign": c.Name, "same_ground_m2": c.Thresholds.SameGroundM2, "on_ground": onGround,
	})
	if err != nil {
		return nil, err
	}
	found := []int64{}
	for _, s := range shares {
		if s.ItemID != 0 {
			found = append(found, s.ItemID)
		}
	}
	items, err := itemsOf(ctx, db, found)
	if err != nil {
		return nil, err
	}
	for i := range shares {
		line, err := c.line(run, items[shares[i].ItemID], &shares[i], describe)
		if err != nil {
			return nil, err
		}
		p.Lines = append(p.Lines, line)
	}
	return p, p.unfound(ctx, db, found)
}

// Takes says whether a run is in a campaign's ledger already; ErrNotComplete,
// ErrOlderRun where it can never be.
func Takes(ctx context.Context, db overlay.Querier, c Campaign, run overlay.Run) (applied bool, err error) {
	if run.Status != "complete" || len(run.WhatIf) > 0 || len(run.LicenceNos) > 0 {
		return false, fmt.Errorf("run %d: %w", run.ID, ErrNotComplete)
	}
	applied, newest, err := fed(ctx, db, c.Name, run.ID, endOfLog)
	if err == nil && !applied && newest.After(run.AsOf) {
		err = fmt.Errorf("run %d of %s, ledger of %s: %w", run.ID, run.AsOf, newest, ErrOlderRun)
	}
	return applied, err
}

// unfound adds the items that earlier runs found and this one did not.
func (p *Plan) unfound(ctx context.Context, db overlay.Querier, found []int64) error {
	type unfound struct {
		ItemID int64
		Asked  bool
	}
	all, err := collect[unfound](ctx, db, sqlUnfound, pgx.StrictNamedArgs{"run_id": p.Run.ID, "campaign": p.Campaign, "found": found})
	if err != nil {
		return err
	}
	var ids []int64
	for _, u := range all {
		ids = append(ids, u.ItemID)
	}
	items, err := itemsOf(ctx, db, ids)
	if err != nil {
		return err
	}
	for _, u := range all {
		item := items[u.ItemID]
		line := Line{Outcome: NotAsked, Item: item, WasM2: *item.MeasuredM2}
		if u.Asked {
			line.Outcome, line.LostM2 = Gone, *item.MeasuredM2
			line.Item.Found = false
		}
		p.Lines = append(p.Lines, line)
	}
	return nil
}

// line judges one share; before is its item, of which a new one has none.
func (c Campaign) line(run overlay.Run, before Item, s *Share, describe func(Share) (Description, error)) (Line, error) {
	d, err := describe(*s)
	if err != nil {
		return Line{}, err
	}
	deadline, err := taohe.ParseDate(c.DeadlineOf(s.RuleCode, d.Ownerless))
	if err != nil {
		return Line{}, err
	}
	line := Line{Outcome: New, WasM2: s.WasM2, GainedM2: s.GainedM2, LostM2: s.LostM2, share: s}
	if s.ItemID == 0 {
		before = Item{
			Campaign: c.Name, CountyCode: s.CountyCode, LicenceNo: s.LicenceNo, RuleCode: s.RuleCode, ProblemCode: s.RuleCode,
			State: Lead, Deadline: deadline, FirstSeenInRun: &run.ID,
		}
	}
	now := before
	now.Enterprise, now.MineName, now.Township, now.MethodAndMineral = d.Enterprise, d.MineName, d.Township, d.MethodAndMineral
	now.ProblemType, now.Problem, now.GroupNo = d.ProblemType, d.Problem, d.Group
	now.Found, now.MeasuredM2, now.ImagedOn, now.SeenInRun = true, &s.M2, s.ImagedOn, &run.ID
	same := s.WasFound && sameGround(s) && sameDay(before.ImagedOn, now.ImagedOn)
	if same { // the last digit of an area is no news, and a sentence follows it
		now.MeasuredM2, now.Problem, now.SeenInRun = before.MeasuredM2, before.Problem, before.SeenInRun
	}
	switch {
	case s.ItemID == 0:
	case before.State == Closed && seenLater(now, run.AsOf, *before.ClosedOn):
		line.Outcome = Reopened
		now.State, now.Cycle, now.ClosedAs, now.ClosedOn, now.Deadline = Lead, before.Cycle+1, nil, nil, laterDay(deadline, run.AsOf)
	case before.State == Closed:
		line.Outcome, now = Settled, before
	case before.State == Dismissed:
		line.Outcome, now = Excluded, before
	case same && now.equal(before):
		line.Outcome = Unchanged
	default:
		line.Outcome = Changed
	}
	line.Item = now
	return line, nil
}

// equal compares all that a feed may change beside ground and area.
func (i Item) equal(o Item) bool {
	return i.Enterprise == o.Enterprise && i.MineName == o.MineName && i.Township == o.Township &&
		i.MethodAndMineral == o.MethodAndMineral && i.ProblemType == o.ProblemType && i.GroupNo == o.GroupNo
}

func sameGround(s *Share) bool {
	rounding := max(overlay.SameGroundM2, overlay.SameGroundShare*s.M2)
	return s.GainedM2 <= rounding && s.LostM2 <= rounding
}

func sameDay(a, b *taohe.Date) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// seenLater says that a finding speaks of a later day than the one an item was
// settled on: by its image, or without one by its run.
func seenLater(i Item, asOf, settled taohe.Date) bool {
	if i.ImagedOn != nil {
		return i.ImagedOn.After(settled)
	}
	return asOf.After(settled)
}

func laterDay(a, b taohe.Date) taohe.Date {
	if a.Before(b) {
		return b
	}
	return a
}

// Apply does what a plan says, in the transaction in which it was made, and
// returns the plan with the numbers of the new items. A run that was applied
// before changes nothing. note is told how many of the lines are done; it may be
// nil.
func Apply(ctx context.Context, tx pgx.Tx, c Campaign, by string, plan func(overlay.Querier) (*Plan, error), note func(done, total int)) (*Plan, error) {
	// First the lock, then the look: a feed beside this one must have ended.
	l, err := openLog(ctx, tx, c.Name, by)
	if err != nil {
		return nil, err
	}
	p, err := plan(tx)
	if err != nil || p.Applied {
		return p, err
	}
	var seal string
	if err := tx.QueryRow(ctx, sqlSeal.SQL(), pgx.StrictNamedArgs{"run_id": p.Run.ID}).Scan(&seal); err != nil {
		return nil, fmt.Errorf("%s: %w", sqlSeal.Name(), err)
	}
	err = l.write(ctx, entry{kind: "applied", put: sqlPutFeed, row: map[string]any{
		"campaign": c.Name, "applied_run": p.Run.ID, "as_of": p.Run.AsOf, "counties": p.Run.Counties, "campaign_file": c.Text,
		"run_digest": p.Run.Digest, "run_seal": seal, "new_items": p.Count(New), "changed_items": p.Count(Changed),
		"unchanged_items": p.Count(Unchanged), "gone_items": p.Count(Gone), "reopened_items": p.Count(Reopened),
	}})
	if err != nil {
		return nil, err
	}
	for i := range p.Lines {
		if note != nil {
			note(i, len(p.Lines))
		}
		if err := l.apply(ctx, p.Run, &p.Lines[i]); err != nil {
			return nil, err
		}
	}
	return p, l.close(ctx)
}

var kindOf = map[Outcome]string{New: "found", Changed: "changed", Gone: "gone", Reopened: "reopened"}

func (l *log) apply(ctx context.Context, run overlay.Run, line *Line) error {
	kind, news := kindOf[line.Outcome]
	if !news {
		return nil
	}
	item := &line.Item
	if line.Outcome == New {
		if err := l.tx.QueryRow(ctx, sqlNextItem.SQL()).Scan(&item.ID); err != nil {
			return fmt.Errorf("%s: %w", sqlNextItem.Name(), err)
		}
	}
	sighting := map[string]any{
		"item_id": item.ID, "cycle": item.Cycle, "seen_in_run": run.ID, "as_of": run.AsOf, "found": item.Found, "imaged_on": item.ImagedOn,
		"ellipsoidal_area_m2": 0.0, "gained_m2": line.GainedM2, "lost_m2": line.LostM2, "problem": item.Problem,
	}
	e := entry{kind: kind, item: item, row: sighting, put: sqlPutSighting, payload: pgx.StrictNamedArgs{"ground": nil}}
	if line.share != nil {
		sighting["ellipsoidal_area_m2"] = *item.MeasuredM2
		e.ground, e.payload["ground"] = line.share.Ever, line.share.Ground
	}
	return l.write(ctx, e)
}

// Sorted are the lines in the order people read them: what is new first, then
// by enterprise, mine, rule and number.
func (p *Plan) Sorted() []Line {
	order := []Outcome{New, Reopened, Changed, Gone, NotAsked, Settled, Excluded, Unchanged}
	lines := slices.Clone(p.Lines)
	slices.SortStableFunc(lines, func(a, b Line) int {
		return slices.Index(order, a.Outcome) - slices.Index(order, b.Outcome)
	})
	return lines
}

// Applied says whether a run was in a campaign's ledger at a moment.
func Applied(ctx context.Context, db overlay.Querier, campaign string, m Moment, runID int64) (bool, error) {
	applied, _, err := fed(ctx, db, campaign, runID, m.No)
	return applied, err
}

// NewestFed says whether a run of a day was in a campaign's ledger at a moment, and
// none of a later day that shares a county with it.
func NewestFed(ctx context.Context, db overlay.Querier, campaign string, m Moment, runID int64, asOf taohe.Date) (bool, error) {
	applied, newest, err := fed(ctx, db, campaign, runID, m.No)
	return applied && !newest.After(asOf), err
}

// fed says whether a run was in a campaign's ledger by an event, and of which day
// the newest was that shares a county with it, zero where there was none.
func fed(ctx context.Context, db overlay.Querier, campaign string, runID, until int64) (applied bool, newest taohe.Date, err error) {
	err = db.QueryRow(ctx, sqlNewestFeed.SQL(), pgx.StrictNamedArgs{"run_id": runID, "campaign": campaign, "until": until}).Scan(&applied, &newest)
	if err != nil {
		return false, newest, fmt.Errorf("%s: %w", sqlNewestFeed.Name(), err)
	}
	return applied, newest, nil
}
