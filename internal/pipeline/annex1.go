package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/report"
)

// A PaperScope says of what a paper speaks. The zero value is everything of the
// newest complete run.
type PaperScope struct {
	RunID  int64  // 0 is the newest complete run
	Group  int    // of the campaign's working groups; 0 is all
	County string // code; empty is all of the run
	// LedgerEvent is the event of the ledger's log up to which the paper follows
	// it; 0 is the newest.
	LedgerEvent int64
}

// A paperRun is what every paper of a run needs.
type paperRun struct {
	RunView
	// counties are the names of those the paper speaks of, by code.
	counties map[string]string
	// ledger is what the paper follows.
	ledger ledger.Moment
}

// codes are the counties of the paper in order.
func (r paperRun) codes() []string { return slices.Sorted(maps.Keys(r.counties)) }

func (r paperRun) source() report.RunSource {
	state := ledgerState(r.ledger)
	return report.RunSource{RunID: r.ID, AsOf: r.AsOf, Digest: r.Digest, Ledger: &state}
}

// paperRun reads the run of a paper. It returns ErrNotFound where there is no
// such run, county, working group or event of the ledger, ErrNotComplete and
// ErrWhatIf for runs that make no papers.
func (p *Pipeline) paperRun(ctx context.Context, scope PaperScope) (r paperRun, err error) {
	if _, known := p.campaign.Groups[scope.Group]; scope.Group != 0 && !known {
		return r, fmt.Errorf("working group %d: %w", scope.Group, ErrNotFound)
	}
	id := scope.RunID
	if id == 0 {
		if id, err = p.NewestCompleteRun(ctx, scope.County); err != nil {
			return r, err
		}
	}
	if r.RunView, err = p.RunView(ctx, id); err != nil {
		return r, err
	}
	if err := whole(r.Run); err != nil {
		return r, fmt.Errorf("papers: %w", err)
	}
	if scope.County != "" && !slices.Contains(r.Counties, scope.County) {
		return r, fmt.Errorf("county %s in run %d: %w", scope.County, id, ErrNotFound)
	}
	r.ledger, err = read(ctx, p, func(db pgx.Tx) (ledger.Moment, error) {
		return ledger.MomentOf(ctx, db, p.campaign.Name, scope.LedgerEvent)
	})
	if err != nil {
		return r, ledgerError(err)
	}
	all, err := p.Counties(ctx)
	if err != nil {
		return r, err
	}
	r.counties = map[string]string{}
	for _, c := range all {
		if slices.Contains(r.Counties, c.Code) && (scope.County == "" || c.Code == scope.County) {
			r.counties[c.Code] = c.Name
		}
	}
	return r, nil
}

// groups are the working groups of a paper in order.
func (p *Pipeline) groups(scope PaperScope) []int {
	if scope.Group != 0 {
		return []int{scope.Group}
	}
	return slices.Sorted(maps.Keys(p.campaign.Groups))
}

// titled puts the name of the county before a title, where there is one county.
func (r paperRun) titled(title string) string {
	if codes := r.codes(); len(codes) == 1 {
		return r.counties[codes[0]] + title
	}
	return title
}

// notEvaluated says which rules of a group could not be asked, in words.
func (r paperRun) notEvaluated(group int) []string {
	var out []string
	for _, n := range r.NotEvaluated {
		rule, _ := r.Rules.Rule(n.RuleCode)
		name, of := r.counties[n.CountyCode]
		if !of || rule.Group != group {
			continue
		}
		line := NotEvaluatedLine(n, r.Rules)
		out = append(out, fmt.Sprintf("%s%s：%s", name, line.Title, line.Reason))
	}
	return out
}

// Annex1 is the form 附件1 of a run: the ledger's items, with what was entered
// by hand and without what was dismissed, while the run is the newest that was
// put into it by the event that the paper follows; the run's own lines before and
// after.
func (p *Pipeline) Annex1(ctx context.Context, scope PaperScope) (report.Annex1, error) {
	return p.annex1(ctx, scope, steps{})
}

func (p *Pipeline) annex1(ctx context.Context, scope PaperScope, s steps) (report.Annex1, error) {
	run, err := p.paperRun(ctx, scope)
	if err != nil {
		return report.Annex1{}, err
	}
	s.done(1)
	rows, err := p.formOf(ctx, run)
	if err != nil {
		return report.Annex1{}, err
	}
	s.done(2)
	deadline, err := taohe.ParseDate(p.campaign.Deadline)
	if err != nil {
		return report.Annex1{}, err
	}
	out := report.Annex1{Title: run.titled(p.campaign.Title), Deadline: deadline, Source: run.source(), MinesFailed: run.MinesFailed}
	for _, no := range p.groups(scope) {
		g := report.Annex1Group{Group: no, Name: p.campaign.Groups[no], NotEvaluated: run.notEvaluated(no)}
		for _, r := range rows {
			if _, of := run.counties[r.CountyCode]; r.Group != no || !of {
				continue
			}
			row, err := annex1Row(r)
			if err != nil {
				return report.Annex1{}, err
			}
			g.Rows = append(g.Rows, row)
		}
		out.Groups = append(out.Groups, g)
	}
	return out, nil
}

// formOf are the lines of the form, the ledger's or the run's own.
func (p *Pipeline) formOf(ctx context.Context, run paperRun) ([]ledger.Row, error) {
	var newest bool
	items, err := read(ctx, p, func(db pgx.Tx) (items []ledger.Item, err error) {
		if newest, err = ledger.NewestFed(ctx, db, p.campaign.Name, run.ledger, run.ID, run.AsOf); err != nil || !newest {
			return nil, err
		}
		return ledger.ItemsAt(ctx, db, p.campaign.Name, "", run.ledger)
	})
	switch {
	case err != nil:
		return nil, err
	case !newest:
		return p.LedgerRows(ctx, run.ID)
	}
	return formRows(items), nil
}

// annex1Row is a line of the ledger as the form prints it.
func annex1Row(r ledger.Row) (report.Annex1Row, error) {
	var deadline taohe.Date
	if r.Deadline != "" {
		var err error
		if deadline, err = taohe.ParseDate(r.Deadline); err != nil {
			return report.Annex1Row{}, err
		}
	}
	return report.Annex1Row{
		Enterprise: r.Enterprise, Township: r.Township, MethodAndMineral: r.MethodAndMineral, ProblemType: r.ProblemType,
		Problem: r.Problem, Measures: r.Measures, Deadline: deadline, Responsible: r.Responsible,
	}, nil
}
