package pipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// Campaign is the one whose ledger the pipeline keeps.
func (p *Pipeline) Campaign() ledger.Campaign { return p.campaign }

// PlanFeed says what a run would do to the ledger: ErrNotFound, ErrNotComplete,
// ErrWhatIf, ledger.ErrOlderRun.
func (p *Pipeline) PlanFeed(ctx context.Context, runID int64) (*ledger.Plan, error) {
	return read(ctx, p, func(db pgx.Tx) (*ledger.Plan, error) { return p.planFeed(ctx, db, runID) })
}

// Feed does it, in the name of somebody. A run that was put into the ledger
// before changes nothing. note is told how far it is; it may be nil.
func (p *Pipeline) Feed(ctx context.Context, runID int64, by string, note func(done, total int)) (plan *ledger.Plan, err error) {
	if by == "" {
		return nil, errNobody
	}
	err = pg.InTx(ctx, p.pool, func(tx pgx.Tx) error {
		plan, err = p.feed(ctx, tx, runID, by, note)
		return err
	})
	return plan, ledgerError(err)
}

var errNobody = &ingest.RequestError{Faults: []ingest.Fault{{Location: "by", Code: "missing", Message: "请写明经办人。"}}}

func (p *Pipeline) feed(ctx context.Context, tx pgx.Tx, runID int64, by string, note func(done, total int)) (*ledger.Plan, error) {
	return ledger.Apply(ctx, tx, p.campaign, by, func(db overlay.Querier) (*ledger.Plan, error) { return p.planFeed(ctx, db, runID) }, note)
}

func (p *Pipeline) planFeed(ctx context.Context, db overlay.Querier, runID int64) (*ledger.Plan, error) {
	run, err := overlay.GetRun(ctx, db, runID)
	if err != nil {
		return nil, notFound(err)
	}
	if err := whole(run); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	rules, err := overlay.ParseRules([]byte(run.RuleSet))
	if err != nil {
		return nil, err
	}
	w, err := readWords(ctx, db, runID, rules)
	if err != nil {
		return nil, err
	}
	return ledger.MakePlan(ctx, db, p.campaign, runID, rules, w.describe)
}

// words put what a run found into those of the form.
type words struct {
	rules       overlay.RuleSet
	findings    map[[2]string]overlay.ItemFinding
	listed      map[place]overlay.ListedGround
	approximate []overlay.ApproximateSource
}

type place struct {
	dataset int64
	row     int
}

func readWords(ctx context.Context, db overlay.Querier, runID int64, rules overlay.RuleSet) (*words, error) {
	w := &words{rules: rules, findings: map[[2]string]overlay.ItemFinding{}, listed: map[place]overlay.ListedGround{}}
	findings, err := overlay.ItemFindings(ctx, db, runID)
	if err != nil {
		return nil, err
	}
	for _, f := range findings {
		w.findings[[2]string{f.LicenceNo, f.RuleCode}] = f
	}
	listed, err := overlay.ListedGrounds(ctx, db, runID)
	if err != nil {
		return nil, err
	}
	for _, g := range listed {
		w.listed[place{g.DatasetID, g.RowNo}] = g
	}
	w.approximate, err = overlay.ApproximateSources(ctx, db, runID, "")
	return w, err
}

func (w *words) describe(s ledger.Share) (ledger.Description, error) {
	rule, known := w.rules.Rule(s.RuleCode)
	if !known {
		return ledger.Description{}, fmt.Errorf("rule %s is not in the run's rule set", s.RuleCode)
	}
	if s.LicenceNo == "" {
		g := w.listed[place{s.DatasetID, s.RowNo}]
		g.EllipsoidalAreaM2 = s.M2
		return ledger.Description{
			Enterprise: holder(g), Township: g.Township, ProblemType: rule.ProblemType, Group: rule.Group,
			Problem: ListedLine(g, w.rules).Statement, Ownerless: g.Ownership == "ownerless",
		}, nil
	}
	f := w.findings[[2]string{s.LicenceNo, s.RuleCode}]
	if f.EllipsoidalAreaM2 = s.M2; !s.Whole {
		f.Places = nil // how many there are is known of the whole only
	}
	return ledger.Description{
		Enterprise: f.Enterprise, MineName: f.MineName, Township: f.Township,
		MethodAndMineral: report.MethodAndMineral(f.MiningMethod, f.Mineral), ProblemType: rule.ProblemType, Group: rule.Group,
		Problem: problemOf(f, rule, w.approximate),
	}, nil
}

// ledgerError turns the ledger's own words for what is wrong with a request into
// those of all stages.
func ledgerError(err error) error {
	var request *ledger.RequestError
	switch {
	case errors.As(err, &request):
		var faults []ingest.Fault
		for _, f := range request.Faults {
			faults = append(faults, ingest.Fault{Location: f.Location, Code: f.Code, Message: f.Message})
		}
		return &ingest.RequestError{Faults: faults}
	case errors.Is(err, ledger.ErrNotFound):
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	case errors.Is(err, ledger.ErrNotComplete):
		return fmt.Errorf("%w: %w", ErrNotComplete, err)
	}
	return err
}
