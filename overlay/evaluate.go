package overlay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pg"
)

// Executor is what a stage needs of a transaction or connection.
type Executor interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// A Mine is one mine of a run, and the rules that cannot be asked of it.
type Mine struct {
	LicenceNo  string
	CountyCode string
}

// A Plan is a run whose inputs are fixed: the rules, the mines, and the rules
// that each county's missing layers leave unanswered.
type Plan struct {
	RunID int64
	AsOf  taohe.Date
	Rules RuleSet
	// Mines are those to be computed.
	Mines []Mine
	// Carried is how many mines were carried over from an earlier run.
	Carried int
	// Missing is county code → layers it has none of.
	Missing map[string][]taohe.Layer
	// OneByOne sends each statement by itself, so that it can be timed.
	OneByOne bool
}

// A Question is what a run is asked.
type Question struct {
	AsOf     taohe.Date
	Counties []string
	Rules    RuleSet
	// Partial asks to carry over from the newest complete run of the same
	// question the mines that no change can touch.
	Partial bool
	// WhatIf are staged datasets to be read as if they were accepted.
	WhatIf []int64
	// LicenceNos are the mines to compute; all of the counties where there are none.
	LicenceNos []string
}

// Create stores a run that is about to start and returns its ID. owner is the
// presence of the program that will compute it (pg.Presence).
func Create(ctx context.Context, db Executor, q Question, owner int64) (int64, error) {
	var id int64
	err := db.QueryRow(ctx, sqlCreateRun.SQL(), pgx.StrictNamedArgs{
		"as_of": q.AsOf, "counties": q.Counties, "rule_set": q.Rules.Text, "rule_set_sha256": q.Rules.SHA256[:], "owner": owner,
		"partial": q.Partial, "what_if": append([]int64{}, q.WhatIf...), "licence_nos": append([]string{}, q.LicenceNos...),
	}).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("create run: %w", err)
	}
	return id, nil
}

// Fix settles the inputs of a run in one transaction: the versions of the
// datasets, the mines, which mine each patch and approval belongs to, and what
// cannot be evaluated.
func Fix(ctx context.Context, tx Executor, runID int64, asOf taohe.Date, counties []string, rules RuleSet) (*Plan, error) {
	run := pgx.StrictNamedArgs{"run_id": runID}
	scope := pgx.StrictNamedArgs{"run_id": runID, "as_of": asOf, "counties": counties}
	patches := pgx.StrictNamedArgs{
		"run_id": runID, "as_of": asOf, "counties": counties,
		"attribution_distance_m": rules.Thresholds.AttributionDistanceM,
	}
	mines := pgx.StrictNamedArgs{"run_id": runID, "counties": counties}
	listing, err := json.Marshal(rules.listing())
	if err != nil {
		return nil, err
	}
	type step struct {
		name, sql string
		args      pgx.StrictNamedArgs
	}
	steps := []step{
		{sqlFixDatasets.Name(), sqlFixDatasets.SQL(), scope},
		{sqlFixMines.Name(), sqlFixMines.SQL(), mines},
		{sqlFixLicences.Name(), sqlFixLicences.SQL(), run},
		{sqlPatches.Name(), sqlPatches.SQL(), patches},
		{sqlApprovals.Name(), sqlApprovals.SQL(), run},
		{sqlListGround.Name(), sqlListGround.SQL(), with(run, "as_of", asOf, "rules", listing)},
		{sqlCountyFigures.Name(), sqlCountyFigures.SQL(), run},
		{sqlUnattributed.Name(), sqlUnattributed.SQL(), run},
		{sqlNoteAttribution.Name(), sqlNoteAttribution.SQL(), run},
		{sqlNoteLicences.Name(), sqlNoteLicences.SQL(), with(run, "min_area_m2", rules.Thresholds.MinAreaM2)},
	}
	for _, r := range rules.Rules {
		switch r.Relation {
		case "beyond_elevation":
			steps = append(steps, step{sqlNoteElevations.Name(), sqlNoteElevations.SQL(), with(run, "title", r.Title, "kinds", r.Kinds)})
		case "outside_permit":
			steps = append(steps, step{sqlNotePermits.Name(), sqlNotePermits.SQL(), with(mines, "title", r.Title, "permit_kind", r.PermitKind)})
		}
	}
	steps = append(steps, step{sqlKeepAskedMines.Name(), sqlKeepAskedMines.SQL(), run})
	for _, step := range steps {
		if _, err := tx.Exec(ctx, step.sql, step.args); err != nil {
			return nil, fmt.Errorf("run %d: %s: %w", runID, step.name, err)
		}
	}
	plan := &Plan{RunID: runID, AsOf: asOf, Rules: rules}
	if plan.Missing, err = noteMissing(ctx, tx, scope, rules); err != nil {
		return nil, fmt.Errorf("run %d: missing layers: %w", runID, err)
	}
	rows, err := tx.Query(ctx, sqlCountMines.SQL(), run)
	if err != nil {
		return nil, fmt.Errorf("run %d: mines: %w", runID, err)
	}
	if plan.Mines, err = pgx.CollectRows(rows, pgx.RowToStructByName[Mine]); err != nil {
		return nil, fmt.Errorf("run %d: mines: %w", runID, err)
	}
	if _, err := tx.Exec(ctx, sqlMarkFixed.SQL(), with(run, "program", program())); err != nil {
		return nil, fmt.Errorf("run %d: %s: %w", runID, sqlMarkFixed.Name(), err)
	}
	if _, err := tx.Exec(ctx, sqlStartRun.SQL(), run); err != nil {
		return nil, fmt.Errorf("run %d: start: %w", runID, err)
	}
	return plan, nil
}

func noteMissing(ctx context.Context, tx Executor, scope pgx.StrictNamedArgs, rules RuleSet) (map[string][]taohe.Layer, error) {
	missing, err := missingLayers(ctx, tx, scope)
	if err != nil {
		return nil, err
	}
	for county, layers := range missing {
		for _, r := range rules.Rules {
			var lacks []string
			for _, l := range r.Needs {
				if slices.Contains(layers, l) {
					lacks = append(lacks, string(l))
				}
			}
			if len(lacks) == 0 {
				continue
			}
			_, err := tx.Exec(ctx, sqlNotEvaluated.SQL(), pgx.StrictNamedArgs{
				"run_id": scope["run_id"], "county_code": county, "rule_code": r.Code, "missing_layers": lacks,
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return missing, nil
}

// missingLayers is county code → the layers it has none of.
func missingLayers(ctx context.Context, db Executor, scope pgx.StrictNamedArgs) (map[string][]taohe.Layer, error) {
	rows, err := db.Query(ctx, sqlMissingLayers.SQL(), scope)
	if err != nil {
		return nil, err
	}
	missing := make(map[string][]taohe.Layer)
	var county, layer string
	_, err = pgx.ForEachRow(rows, []any{&county, &layer}, func() error {
		missing[county] = append(missing[county], taohe.Layer(layer))
		return nil
	})
	return missing, err
}

// Evaluate computes one mine: its ground, both accounts, and every rule that
// can be asked. All of it or nothing is stored, with the caller's transaction.
func (p *Plan) Evaluate(ctx context.Context, tx Executor, m Mine) error {
	missing := p.Missing[m.CountyCode]
	mine := pgx.StrictNamedArgs{"run_id": p.RunID, "licence_no": m.LicenceNo}
	t := p.Rules.Thresholds
	exec := func(name, sql string, args pgx.StrictNamedArgs) error {
		if _, err := tx.Exec(ctx, sql, args); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	if err := exec(sqlPlanAlike.Name(), sqlPlanAlike.SQL(), nil); err != nil {
		return err
	}
	if err := exec(sqlHoldHits.Name(), sqlHoldHits.SQL(), nil); err != nil {
		return err
	}
	if err := exec(sqlHoldLayers.Name(), sqlHoldLayers.SQL(), mine); err != nil {
		return err
	}
	if err := soundRows(ctx, tx, sqlInvalidOperands, mine); err != nil {
		return err
	}
	var seen groundFacts
	if !slices.Contains(missing, taohe.LayerDisturbance) {
		if err := exec(sqlGroundImage.Name(), sqlGroundImage.SQL(), mine); err != nil {
			return err
		}
		if err := exec(sqlGroundPiece.Name(), sqlGroundPiece.SQL(), mine); err != nil {
			return err
		}
		var err error
		if seen, err = readGroundFacts(ctx, tx, mine); err != nil {
			return err
		}
		if !slices.Contains(missing, taohe.LayerLandApproval) {
			part := with(mine, "touch_ratio", t.TouchRatio, "unused_ratio", t.UnusedRatio,
				"displaced_max_ratio", t.DisplacedMaxRatio, "min_width_m", t.MinWidthM, "min_area_m2", t.MinAreaM2)
			if err := exec(sqlGroundPart.Name(), sqlGroundPart.SQL(), part); err != nil {
				return err
			}
			if err := exec(sqlGroundAccount.Name(), sqlGroundAccount.SQL(), mine); err != nil {
				return err
			}
		}
	}
	if !slices.Contains(missing, taohe.LayerLandApproval) {
		if err := exec(sqlApprovalAccount.Name(), sqlApprovalAccount.SQL(), with(mine, "as_of", p.AsOf)); err != nil {
			return err
		}
	}
	if err := p.findings(ctx, tx, mine, missing, seen); err != nil {
		return err
	}
	return soundRows(ctx, tx, sqlInvalidCited, mine)
}

// gridDegrees is the grid for mines that overlay in floating precision cannot
// compute: 0.1 mm on the ground.
const gridDegrees = 1e-9

// EvaluateOnGrid is Evaluate with all operands of the mine put on a grid first,
// everything measured after, and a diagnostic that says so. It is for a mine on
// which Evaluate threw, in a transaction of its own.
func (p *Plan) EvaluateOnGrid(ctx context.Context, tx Executor, m Mine) error {
	_, err := tx.Exec(ctx, sqlPutOnGrid.SQL(), pgx.StrictNamedArgs{
		"run_id": p.RunID, "licence_no": m.LicenceNo, "grid_degrees": gridDegrees,
	})
	if err != nil {
		return fmt.Errorf("%s: %w", sqlPutOnGrid.Name(), err)
	}
	if _, err := tx.Exec(ctx, sqlForgetPlans.SQL()); err != nil {
		return fmt.Errorf("%s: %w", sqlForgetPlans.Name(), err)
	}
	return p.Evaluate(ctx, tx, m)
}

// OverlayThrew reports whether an error is the geometry library's giving up on
// coordinates that nearly meet.
func OverlayThrew(err error) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && pgErr.Code == pgerrcodeInternal && strings.Contains(pgErr.Message, "TopologyException")
}

// pgerrcodeInternal is what PostGIS raises for every exception of GEOS.
const pgerrcodeInternal = "XX000"

// groundFacts are what one mine's ground is made of and what its patches state.
type groundFacts struct {
	Kinds          []string
	AbandonedPits  bool
	Elevations     bool
	PositionErrors bool
}

func readGroundFacts(ctx context.Context, tx Executor, mine pgx.StrictNamedArgs) (groundFacts, error) {
	rows, err := tx.Query(ctx, sqlGroundFacts.SQL(), mine)
	if err != nil {
		return groundFacts{}, fmt.Errorf("%s: %w", sqlGroundFacts.Name(), err)
	}
	facts, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[groundFacts])
	if err != nil {
		return groundFacts{}, fmt.Errorf("%s: %w", sqlGroundFacts.Name(), err)
	}
	return facts, nil
}

// canFind says whether a rule can find anything on such ground at all.
func (f groundFacts) canFind(r Rule) bool {
	ofKind := slices.ContainsFunc(f.Kinds, func(k string) bool { return slices.Contains(r.Kinds, k) })
	switch r.Relation {
	case "abandoned_pit":
		return f.AbandonedPits
	case "beyond_elevation":
		return ofKind && f.Elevations
	case "outside_licence", "outside_permit", "outside_term":
		return ofKind
	case "inside_layer":
		return r.Subject != "ground" || len(f.Kinds) > 0
	case "ground_class":
		return len(f.Kinds) > 0
	}
	return true
}

func (p *Plan) findings(ctx context.Context, tx Executor, mine pgx.StrictNamedArgs, missing []taohe.Layer, seen groundFacts) error {
	asked := make([]Rule, 0, len(p.Rules.Rules))
	var onGround []string
	for _, r := range p.Rules.Rules {
		if slices.ContainsFunc(r.Needs, func(l taohe.Layer) bool { return slices.Contains(missing, l) }) || !seen.canFind(r) {
			continue
		}
		asked = append(asked, r)
		if r.OnGround() {
			onGround = append(onGround, r.Code)
		}
	}
	var all []statement
	for i, r := range asked {
		statements, err := p.relation(r, asked[:i], asked[i+1:], mine)
		if err != nil {
			return err
		}
		all = append(all, statements...)
	}
	if err := p.execAll(ctx, tx, all); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, sqlFinding.SQL(), with(mine, "on_ground", onGround))
	if err != nil {
		return fmt.Errorf("findings: %w", err)
	}
	codes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("findings: %w", err)
	}
	if len(codes) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, sqlFoundHits.SQL(), mine); err != nil {
		return fmt.Errorf("hits within tolerance: %w", err)
	}
	found := slices.DeleteFunc(asked, func(r Rule) bool { return !slices.Contains(codes, r.Code) })
	all = all[:0]
	for i, r := range found {
		all = append(all, breakdowns(r, found[:i], found[i+1:], mine)...)
	}
	if err := p.execAll(ctx, tx, all); err != nil {
		return err
	}
	return cite(ctx, tx, found, mine, seen)
}

// A statement of a rule.
type statement struct {
	pg.Statement
	args pgx.StrictNamedArgs
}

// execAll runs statements one after the other without waiting for each to be
// answered: the statements of a mine are many, and most take less than the way
// to the server and back.
func (p *Plan) execAll(ctx context.Context, tx Executor, statements []statement) error {
	if p.OneByOne {
		for _, s := range statements {
			if _, err := tx.Exec(ctx, s.SQL(), s.args); err != nil {
				return s.failed(err)
			}
		}
		return nil
	}
	if len(statements) == 0 {
		return nil
	}
	batch := &pgx.Batch{}
	for _, s := range statements {
		batch.Queue(s.SQL(), s.args)
	}
	results := tx.SendBatch(ctx, batch)
	for _, s := range statements {
		if _, err := results.Exec(); err != nil {
			_ = results.Close() // says the same again
			return s.failed(err)
		}
	}
	return results.Close()
}

func (s statement) failed(err error) error {
	if rule, ok := s.args["rule_code"]; ok {
		return fmt.Errorf("rule %s: %s: %w", rule, s.Name(), err)
	}
	return fmt.Errorf("%s: %w", s.Name(), err)
}

// breakdowns are the statements of the figures beside a rule's finding. Two rules
// that find what is common to both have one statement, the first one's.
func breakdowns(r Rule, before, after []Rule, mine pgx.StrictNamedArgs) []statement {
	args := with(mine, "rule_code", r.Code)
	mutual := func(o Rule) bool { return o.Code == r.CommonWith && o.CommonWith == r.Code }
	switch r.Relation {
	case "inside_layer":
		out := []statement{{sqlBreakdownRestrictingGround, args}}
		if r.CommonWith != "" && !slices.ContainsFunc(before, mutual) {
			out = append(out, statement{sqlBreakdownCommonFinding, with(args, "common_with", r.CommonWith, "both", slices.ContainsFunc(after, mutual))})
		}
		return out
	case "outside_licence":
		return []statement{{sqlBreakdownOtherLicence, args}}
	case "abandoned_pit":
		return []statement{{sqlBreakdownAbandonedPit, args}}
	}
	return nil
}

// relation is the statements of a rule's relation. Rules that ask for the classes
// of the same ground outside the same permits have one statement, the first one's.
func (p *Plan) relation(r Rule, before, after []Rule, mine pgx.StrictNamedArgs) ([]statement, error) {
	t := p.Rules.Thresholds
	args := with(mine, "rule_code", r.Code)
	tolerance := with(args, "min_width_m", t.MinWidthM, "min_area_m2", t.MinAreaM2)
	var permit any
	if r.PermitKind != "" {
		permit = r.PermitKind
	}
	switch r.Relation {
	case "ground_class":
		return []statement{{sqlGroundClass, with(args, "class", r.Class)}}, nil
	case "approval_state":
		return []statement{{sqlApprovalState, with(args, "state", r.State)}}, nil
	case "outside_licence":
		return []statement{{sqlOutsideLicence, with(tolerance, "kinds", r.Kinds)}}, nil
	case "outside_term":
		return []statement{{sqlOutsideTerm, with(tolerance, "kinds", r.Kinds)}}, nil
	case "outside_permit":
		alike := func(o Rule) bool {
			return o.Relation == r.Relation && o.PermitKind == r.PermitKind && slices.Equal(o.Kinds, r.Kinds)
		}
		if slices.ContainsFunc(before, alike) {
			return nil, nil
		}
		rules := map[string]string{r.Code: r.Class}
		for _, o := range after {
			if alike(o) {
				rules[o.Code] = o.Class
			}
		}
		rulesJSON, err := json.Marshal(rules)
		if err != nil {
			return nil, err
		}
		return []statement{{sqlOutsidePermit, with(mine, "kinds", r.Kinds, "permit_kind", r.PermitKind, "rules", rulesJSON,
			"touch_ratio", t.TouchRatio, "min_width_m", t.MinWidthM, "min_area_m2", t.MinAreaM2)}}, nil
	case "beyond_elevation":
		return []statement{{sqlBeyondElevation, with(tolerance, "kinds", r.Kinds, "permit_kind", permit)}}, nil
	case "abandoned_pit":
		return []statement{{sqlAbandonedPit, tolerance}}, nil
	default: // inside_layer: ParseRules knows no other
		return []statement{
			{sqlRestrictingHit, with(args, "as_of", p.AsOf, "subject", r.Subject, "against", string(r.Against), "permit_kind", permit)},
			{sqlInsideLayer, tolerance},
		}, nil
	}
}

// with returns the arguments with some more, given as name, value, …
func with(args pgx.StrictNamedArgs, more ...any) pgx.StrictNamedArgs {
	out := make(pgx.StrictNamedArgs, len(args)+len(more)/2)
	for k, v := range args {
		out[k] = v
	}
	for i := 0; i+1 < len(more); i += 2 {
		out[more[i].(string)] = more[i+1]
	}
	return out
}
