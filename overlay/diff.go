package overlay

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
)

// A Change is what became of a finding from one run to another.
type Change string

// The changes. Moved is the same area, to SameAreaM2 or SameAreaShare, on other
// ground.
const (
	Born   Change = "born"
	Gone   Change = "gone"
	Grown  Change = "grown"
	Shrunk Change = "shrunk"
	Moved  Change = "moved"
)

// What counts as no change: ground that came or went up to SameGroundM2 or
// SameGroundShare of the finding is rounding. A finding whose area stayed within
// SameAreaM2 or SameAreaShare, though ground came and went, has moved.
const (
	SameGroundM2    = 0.01
	SameGroundShare = 1e-9
	SameAreaM2      = 1.0
	SameAreaShare   = 1e-3
)

// A Diff is how a run differs from one before.
type Diff struct {
	Old, New Run
	Datasets []DatasetChange
	Rules    []RuleChange
	// Mines are those that only one of the runs has figures of.
	Mines    []MineChange
	Findings []FindingChange
}

// A DatasetChange is a layer of which the runs read different versions; an ID is
// nil where a run read none.
type DatasetChange struct {
	CountyCode             string
	Layer                  taohe.Layer
	Source                 string
	OldID, NewID           *int64
	OldVintage, NewVintage taohe.Date
	OldFileName            string
	NewFileName            string
	RowsCame, RowsWent     int64
	// LookedElsewhere says that images looked at other ground, or a source
	// covers another part.
	LookedElsewhere bool
}

// A RuleChange is a threshold or a rule that differs; Old or New is empty where
// a rule set has none.
type RuleChange struct {
	// RuleCode is empty for a threshold, which is of all rules.
	RuleCode string
	// Key is the threshold, or the part of the rule that differs.
	Key      string
	Old, New string
}

// A MineChange is a mine that only one of the runs has figures of: done, failed
// or, empty, not there.
type MineChange struct {
	LicenceNo, CountyCode, Enterprise, MineName, OldStatus, NewStatus string
}

// A FindingChange is a finding that differs, and why.
type FindingChange struct {
	LicenceNo  string
	RuleCode   string
	CountyCode string
	Enterprise string
	MineName   string
	OldM2      *float64 `db:"old_m2"` // nil where there was no finding
	NewM2      *float64 `db:"new_m2"`
	GainedM2   float64  `db:"gained_m2"`
	LostM2     float64  `db:"lost_m2"`
	Change     Change   `db:"-"`
	Causes     []Cause  `db:"-"`
}

// A Cause is one reason why a finding differs.
type Cause struct {
	// Kind is row: a row of data differs; dataset: a version that speaks of other
	// ground, or whose rows elsewhere decide; rule: the rule set differs; as_of:
	// the dates differ; mine: a run has no figures of the mine; not_evaluated: a
	// run could not ask the rule.
	Kind string
	// Old and New are the row in each run, nil where it is not.
	Old, New *DescribedRow
	// OverM2 is how much of the ground that came or went the row lies over; nil
	// where it is a row of the mine that lies elsewhere.
	OverM2 *float64
	// Fields are what the row says otherwise; empty where the shape differs.
	Fields  []FieldChange
	Dataset *DatasetChange
	Rule    *RuleChange
	Mine    *MineChange
	// MissingLayers are what a run lacked to ask the rule; MissingIn is old or new.
	MissingLayers []string
	MissingIn     string
}

// A FieldChange is one field of a row that differs.
type FieldChange struct{ Name, Old, New string }

// A DescribedRow is a row of data as a person knows it.
type DescribedRow struct {
	Layer      taohe.Layer
	DatasetID  int64
	RowNo      int
	CountyCode string
	Source     string
	Label      string
	FileName   string
	FileSHA256 string `db:"file_sha256"`
	SourceRow  int
	GeomSHA256 []byte `db:"geom_sha256"`
	Attributes map[string]any
}

// RunBefore is the newest complete run of the same counties before a run, or
// ErrNotFound.
func RunBefore(ctx context.Context, db Querier, runID int64) (int64, error) {
	return oneID(ctx, db, sqlRunBefore, pgx.StrictNamedArgs{"run_id": runID})
}

// DiffRuns says in which findings a run differs from one before, by how much and
// why. Both must be complete.
func DiffRuns(ctx context.Context, db Querier, oldID, newID int64) (*Diff, error) {
	d := &Diff{}
	var err error
	if d.Old, err = GetRun(ctx, db, oldID); err != nil {
		return nil, err
	}
	if d.New, err = GetRun(ctx, db, newID); err != nil {
		return nil, err
	}
	oldRules, err := ParseRules([]byte(d.Old.RuleSet))
	if err != nil {
		return nil, err
	}
	newRules, err := ParseRules([]byte(d.New.RuleSet))
	if err != nil {
		return nil, err
	}
	d.Rules = ruleChanges(oldRules, newRules)
	args := pgx.StrictNamedArgs{"old_run": oldID, "new_run": newID}
	if d.Datasets, err = collect[DatasetChange](ctx, db, sqlDiffDatasets, args); err != nil {
		return nil, err
	}
	if d.Mines, err = collect[MineChange](ctx, db, sqlDiffMines, args); err != nil {
		return nil, err
	}
	all, err := collect[FindingChange](ctx, db, sqlDiffFindings, args)
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		if f.Change = f.change(); f.Change != "" {
			d.Findings = append(d.Findings, f)
		}
	}
	return d, d.explain(ctx, db, args, oldRules, newRules)
}

// change classes a finding by its areas; empty where only rounding differs.
func (f FindingChange) change() Change {
	switch {
	case f.OldM2 == nil:
		return Born
	case f.NewM2 == nil:
		return Gone
	}
	larger := max(*f.OldM2, *f.NewM2)
	noise := max(SameGroundM2, SameGroundShare*larger)
	switch grown := *f.NewM2 - *f.OldM2; {
	case f.GainedM2 <= noise && f.LostM2 <= noise:
		return ""
	case min(f.GainedM2, f.LostM2) > noise && math.Abs(grown) <= max(SameAreaM2, SameAreaShare*larger):
		return Moved
	case f.GainedM2 > f.LostM2:
		return Grown
	default:
		return Shrunk
	}
}

// ruleChanges lists what differs between two rule sets, thresholds first.
func ruleChanges(before, after RuleSet) []RuleChange {
	var out []RuleChange
	fields := func(code string, a, b any) {
		x, y := reflect.ValueOf(a), reflect.ValueOf(b)
		for i := range x.NumField() {
			if o, n := fmt.Sprint(x.Field(i).Interface()), fmt.Sprint(y.Field(i).Interface()); o != n {
				out = append(out, RuleChange{code, x.Type().Field(i).Tag.Get("yaml"), o, n})
			}
		}
	}
	fields("", before.Thresholds, after.Thresholds)
	for _, r := range before.Rules {
		if now, ok := after.Rule(r.Code); ok {
			fields(r.Code, r, now)
		} else {
			out = append(out, RuleChange{r.Code, "code", r.Code, ""})
		}
	}
	for _, r := range after.Rules {
		if _, ok := before.Rule(r.Code); !ok {
			out = append(out, RuleChange{r.Code, "code", "", r.Code})
		}
	}
	return out
}

// A differingRow is a row of one of two runs that the other does not have, and a
// finding that it may have changed.
type differingRow struct {
	LicenceNo string
	RuleCode  string
	Layer     taohe.Layer
	DatasetID int64
	RowNo     int
	Gone      bool
	OverM2    *float64 `db:"over_m2"`
}

// rowKey names a row.
type rowKey struct {
	dataset int64
	row     int
}

// explain finds the causes of every finding that differs.
func (d *Diff) explain(ctx context.Context, db Querier, args pgx.StrictNamedArgs, oldRules, newRules RuleSet) error {
	rows, err := collect[differingRow](ctx, db, sqlDiffRows, args)
	if err != nil {
		return err
	}
	var ids []int64
	var numbers []int
	for _, r := range rows {
		ids, numbers = append(ids, r.DatasetID), append(numbers, r.RowNo)
	}
	described, err := collect[DescribedRow](ctx, db, sqlDescribedRows, pgx.StrictNamedArgs{"dataset_ids": ids, "row_nos": numbers})
	if err != nil {
		return err
	}
	known := map[rowKey]*DescribedRow{}
	for i, r := range described {
		known[rowKey{r.DatasetID, r.RowNo}] = &described[i]
	}
	unasked := map[string][]NotEvaluated{}
	for name, id := range map[string]int64{"old": d.Old.ID, "new": d.New.ID} {
		if unasked[name], err = NotEvaluatedRules(ctx, db, id); err != nil {
			return err
		}
	}
	for i := range d.Findings {
		f := &d.Findings[i]
		f.Causes = d.general(*f, unasked)
		reads := layersOf(f.RuleCode, oldRules, newRules)
		var mine []differingRow
		for _, r := range rows {
			if r.LicenceNo == f.LicenceNo && r.RuleCode == f.RuleCode && slices.Contains(reads, r.Layer) {
				mine = append(mine, r)
			}
		}
		f.Causes = append(f.Causes, rowCauses(mine, known)...)
		over := slices.ContainsFunc(f.Causes, func(c Cause) bool { return c.OverM2 != nil || c.Kind != "row" })
		for k, x := range d.Datasets {
			if slices.Contains(reads, x.Layer) && (x.LookedElsewhere || !over) {
				f.Causes = append(f.Causes, Cause{Kind: "dataset", Dataset: &d.Datasets[k]})
			}
		}
	}
	return nil
}

// general are the causes that are no rows of data.
func (d *Diff) general(f FindingChange, unasked map[string][]NotEvaluated) []Cause {
	var out []Cause
	if d.Old.AsOf != d.New.AsOf {
		out = append(out, Cause{Kind: "as_of"})
	}
	for i, r := range d.Rules {
		if r.RuleCode == "" || r.RuleCode == f.RuleCode {
			out = append(out, Cause{Kind: "rule", Rule: &d.Rules[i]})
		}
	}
	for i, m := range d.Mines {
		if m.LicenceNo == f.LicenceNo {
			out = append(out, Cause{Kind: "mine", Mine: &d.Mines[i]})
		}
	}
	for _, name := range []string{"old", "new"} {
		for _, n := range unasked[name] {
			if n.CountyCode == f.CountyCode && n.RuleCode == f.RuleCode {
				out = append(out, Cause{Kind: "not_evaluated", MissingLayers: n.MissingLayers, MissingIn: name})
			}
		}
	}
	return out
}

// layersOf are the layers a rule reads, as either rule set has it.
func layersOf(code string, sets ...RuleSet) []taohe.Layer {
	var out []taohe.Layer
	for _, s := range sets {
		r, _ := s.Rule(code)
		out = append(out, r.Needs...)
		if r.PermitKind != "" {
			out = append(out, taohe.LayerLandApproval)
		}
	}
	return out
}

// rowCauses pairs the rows that went with those that came in their place: of the
// same name, or where the layer has no names of the same shape.
func rowCauses(rows []differingRow, known map[rowKey]*DescribedRow) []Cause {
	name := func(r *DescribedRow) string {
		key := r.Label
		if r.Layer == taohe.LayerForest || r.Layer == taohe.LayerGrassland {
			key = string(r.GeomSHA256)
		}
		return fmt.Sprintf("%s %s %s %s", r.Layer, r.CountyCode, r.Source, key)
	}
	came := map[string][]differingRow{}
	for _, r := range rows {
		if !r.Gone {
			k := name(known[rowKey{r.DatasetID, r.RowNo}])
			came[k] = append(came[k], r)
		}
	}
	used := map[rowKey]bool{}
	var out []Cause
	for _, r := range rows {
		if !r.Gone {
			continue
		}
		c := Cause{Kind: "row", Old: known[rowKey{r.DatasetID, r.RowNo}], OverM2: r.OverM2}
		k := name(c.Old)
		if len(came[k]) > 0 {
			n := came[k][0]
			came[k] = came[k][1:]
			used[rowKey{n.DatasetID, n.RowNo}] = true
			c.New = known[rowKey{n.DatasetID, n.RowNo}]
			c.OverM2 = larger(c.OverM2, n.OverM2)
			c.Fields = fieldChanges(c.Old.Attributes, c.New.Attributes)
		}
		out = append(out, c)
	}
	for _, r := range rows {
		if key := (rowKey{r.DatasetID, r.RowNo}); !r.Gone && !used[key] {
			out = append(out, Cause{Kind: "row", New: known[key], OverM2: r.OverM2})
		}
	}
	return out
}

func larger(a, b *float64) *float64 {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}

func fieldChanges(before, after map[string]any) []FieldChange {
	var out []FieldChange
	for _, k := range slices.Sorted(maps.Keys(after)) {
		if o, n := word(before[k]), word(after[k]); o != n {
			out = append(out, FieldChange{k, o, n})
		}
	}
	return out
}

// word is a JSON value as text, empty for null.
func word(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}
