package oracle

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/overlay"
)

// A judgement is what the overlay says of a scene.
type judgement struct {
	answers
	failed  []string // mines that could not be computed, with the reason
	gridded int      // mines that were computed on a grid
	digests map[string][32]byte
	notes   []string
	// twice are the wholes that their parts do not add up to, and the ground that
	// two of them claim.
	twice []string
}

// judge runs the overlay on what is in the tables, within the transaction.
func judge(ctx context.Context, tx pgx.Tx) (*judgement, error) {
	rules, err := overlay.ShippedRules()
	if err != nil {
		return nil, err
	}
	on, err := taohe.ParseDate(asOf)
	if err != nil {
		return nil, err
	}
	id, err := overlay.Create(ctx, tx, overlay.Question{AsOf: on, Counties: []string{county}, Rules: rules}, 0)
	if err != nil {
		return nil, err
	}
	plan, err := overlay.Fix(ctx, tx, id, on, []string{county}, rules)
	if err != nil {
		return nil, err
	}
	j := &judgement{answers: answers{figures: map[string]figures{}}, digests: map[string][32]byte{}}
	for _, m := range plan.Mines {
		if err := j.mine(ctx, tx, plan, m); err != nil {
			return nil, err
		}
	}
	patches, err := overlay.UnattributedPatches(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	j.patches("", patches)
	if err := j.inNoMine(ctx, tx, id); err != nil {
		return nil, err
	}
	notes, err := overlay.Notes(ctx, tx, id, "")
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		j.notes = append(j.notes, n.Code)
	}
	return j, nil
}

// mine computes one mine the way a run does: on a grid where the overlay throws.
// Both are rolled back, so that the next mine finds the tables as they were.
func (j *judgement) mine(ctx context.Context, tx pgx.Tx, plan *overlay.Plan, m overlay.Mine) error {
	try := func(evaluate func(context.Context, overlay.Executor, overlay.Mine) error) (failed, err error) {
		inner, err := tx.Begin(ctx)
		if err != nil {
			return nil, err
		}
		if failed = evaluate(ctx, inner, m); failed == nil {
			err = j.read(ctx, inner, plan, m.LicenceNo)
		}
		if err != nil {
			return nil, err
		}
		return failed, inner.Rollback(ctx)
	}
	failed, err := try(plan.Evaluate)
	if err == nil && overlay.OverlayThrew(failed) {
		j.gridded++
		failed, err = try(plan.EvaluateOnGrid)
	}
	if failed != nil {
		j.failed = append(j.failed, fmt.Sprintf("mine %s: %v", m.LicenceNo, failed))
	}
	return err
}

func (j *judgement) read(ctx context.Context, tx pgx.Tx, plan *overlay.Plan, licence string) error {
	r, err := overlay.LoadResult(ctx, tx, plan.RunID, licence)
	if err != nil {
		return err
	}
	canonical, err := r.Canonical(plan.Rules, plan.AsOf)
	if err != nil {
		return err
	}
	j.digests[licence] = sha256.Sum256(canonical)
	j.set(licence, "licence", r.LicenceEllipsoidalAreaM2)
	if a := r.Account; a != nil {
		for key, v := range map[string]float64{
			"ground": a.GroundM2, "approved": a.ApprovedM2, "expired": a.ExpiredM2, "over_occupied": a.OverOccupiedM2,
			"displaced": a.DisplacedM2, "unapproved": a.UnapprovedM2, "unapproved_construction": a.UnapprovedConstructionM2,
			"within_tolerance": a.WithinToleranceM2, "late_approval": a.LateApprovalM2, "inside_other_approval": a.InsideOtherApprovalM2,
		} {
			j.set(licence, "account/"+key, v)
		}
	}
	for _, c := range r.Components {
		j.add(licence, "components/"+c.Class, 1)
		j.add(licence, "components/met_approvals", c.MetApprovalsM2)
		j.add(licence, "components/covered", c.CoveredM2)
		if c.Class == "displaced" {
			j.add(licence, "displaced_from/"+c.DisplacedFrom, c.EllipsoidalAreaM2)
			j.add(licence, "displaced_distance/"+c.DisplacedFrom, *c.DisplacedDistanceM)
		}
	}
	for _, p := range r.Parts {
		if p.WithinTolerance {
			j.add(licence, "within/"+p.Class, p.EllipsoidalAreaM2)
		}
	}
	for _, a := range r.Approvals {
		j.set(licence, "approval/"+a.ApprovalNo+"/"+a.Kind, a.EllipsoidalAreaM2)
		if a.State != "" {
			j.set(licence, "approval/"+a.ApprovalNo+"/is_"+a.State, 1)
			j.set(licence, "approval/"+a.ApprovalNo+"/still_disturbed", *a.StillDisturbedM2)
		}
	}
	for _, f := range r.Findings {
		j.set(licence, "finding/"+f.RuleCode, f.EllipsoidalAreaM2)
		if f.MetresAbove != nil {
			j.set(licence, "finding/"+f.RuleCode+"/metres_above", *f.MetresAbove)
		}
		if f.MetresBelow != nil {
			j.set(licence, "finding/"+f.RuleCode+"/metres_below", *f.MetresBelow)
		}
		if f.Places != nil {
			j.set(licence, "finding/"+f.RuleCode+"/places", float64(*f.Places))
		}
		for _, b := range f.Breakdown {
			j.set(licence, "finding/"+f.RuleCode+"/"+b.Key, b.EllipsoidalAreaM2)
		}
	}
	j.patches(licence, r.Patches)
	if err := j.wholes(ctx, tx, plan.RunID, licence); err != nil {
		return err
	}
	return j.pieces(ctx, tx, plan.RunID, licence)
}

// inNoMine reads what is listed, and what it adds up to.
func (j *judgement) inNoMine(ctx context.Context, tx pgx.Tx, runID int64) error {
	listed, err := overlay.ListedGrounds(ctx, tx, runID)
	if err != nil {
		return err
	}
	for _, g := range listed {
		j.set("", "listed/"+g.PatchNo+"/"+g.RuleCode, g.EllipsoidalAreaM2)
	}
	sums, err := overlay.CountyFigures(ctx, tx, runID)
	if err != nil {
		return err
	}
	for _, f := range sums {
		state := "open"
		if f.Restored {
			state = "restored"
		}
		name := "county/" + f.RuleCode + "/" + f.Ownership + "/" + state
		j.set("", name+"/places", float64(f.Places))
		j.set("", name+"/area", f.EllipsoidalAreaM2)
		for key, v := range map[string]*float64{"forest": f.ForestM2, "grassland": f.GrasslandM2, "forest_or_grassland": f.ForestOrGrasslandM2} {
			if v != nil {
				j.set("", name+"/"+key, *v)
			}
		}
	}
	return nil
}

func (j *judgement) patches(licence string, patches []overlay.Patch) {
	for _, p := range patches {
		state := "unconfirmed"
		if p.Confirmed {
			state = "confirmed"
		}
		j.set(licence, "patch/"+p.PatchNo+"/"+p.AttributedBy+"/"+state, p.EllipsoidalAreaM2)
		if p.AttributedBy == "distance" {
			j.set(licence, "patch/"+p.PatchNo+"/distance_m", *p.DistanceM)
		}
	}
}

func (j *judgement) pieces(ctx context.Context, tx pgx.Tx, runID int64, licence string) error {
	rows, err := tx.Query(ctx, `
		select format('piece/%s/%s/%s', kind, imaged_on, first_seen_on), sum(ellipsoidal_area_m2)
		from run_ground_piece where run_id = $1 and licence_no = $2 group by 1`, runID, licence)
	if err != nil {
		return err
	}
	var key string
	var area float64
	_, err = pgx.ForEachRow(rows, []any{&key, &area}, func() error {
		j.set(licence, key, area)
		return nil
	})
	return err
}

// wholes holds each whole against the sum of its parts and against the ground
// its parts cover: where two of them claim the same ground, that is less.
func (j *judgement) wholes(ctx context.Context, tx pgx.Tx, runID int64, licence string) error {
	rows, err := tx.Query(ctx, `
		with whole as (
			select 'ground in parts' as name, (select ground_m2 from run_ground_account where run_id = $1 and licence_no = $2) as whole_m2,
			       sum(ellipsoidal_area_m2) as parts_m2, ellipsoidal_area_m2(polygons_of(st_union(geom))) as covered_m2
			from run_ground_part where run_id = $1 and licence_no = $2
			having count(*) > 0
			union all
			select 'ground in pieces', (select sum(ellipsoidal_area_m2) from run_ground_image where run_id = $1 and licence_no = $2),
			       sum(ellipsoidal_area_m2), ellipsoidal_area_m2(polygons_of(st_union(geom)))
			from run_ground_piece where run_id = $1 and licence_no = $2
			having count(*) > 0
			union all
			select 'finding ' || rule_code, f.ellipsoidal_area_m2 + f.within_tolerance_m2, sum(p.ellipsoidal_area_m2), ellipsoidal_area_m2(polygons_of(st_union(p.geom)))
			from run_finding f join run_finding_part p using (run_id, licence_no, rule_code)
			where run_id = $1 and licence_no = $2
			group by rule_code, f.ellipsoidal_area_m2, f.within_tolerance_m2
		)
		select name, whole_m2, parts_m2, covered_m2 from whole where whole_m2 is not null`, runID, licence)
	if err != nil {
		return err
	}
	var name string
	var whole, parts, covered float64
	_, err = pgx.ForEachRow(rows, []any{&name, &whole, &parts, &covered}, func() error {
		if allowed := max(toleranceM2, 1e-9*whole); max(whole-parts, parts-whole) > allowed || parts-covered > allowed {
			j.twice = append(j.twice, fmt.Sprintf("mine %s: %s: whole %.6f, parts %.6f, covered %.6f", licence, name, whole, parts, covered))
		}
		return nil
	})
	return err
}

// Figures agree to 0.01 m²; those of a mine put on a grid of 0.1 mm to as much
// as that can move outlines of some kilometres.
const toleranceM2, gridToleranceM2 = 0.01, 0.2

// differences are the figures in which two answers differ by more than the
// tolerance and a billionth, the ones that skip names left out.
func differences(got, want *answers, toleranceM2 float64, skip func(key string) bool) []string {
	keys := map[[2]string]bool{}
	for _, a := range []*answers{got, want} {
		for licence, f := range a.figures {
			for key := range f {
				keys[[2]string{licence, key}] = true
			}
		}
	}
	var out []string
	for k := range keys {
		if skip(k[1]) {
			continue
		}
		g, w := got.figures[k[0]][k[1]], want.figures[k[0]][k[1]]
		allowed := max(toleranceM2, 1e-9*max(g, w))
		if strings.Contains(k[1], "distance") {
			allowed = max(0.01, 2e-4*max(g, w))
		}
		if d := max(g-w, w-g); !(d <= allowed) {
			out = append(out, fmt.Sprintf("%s %s: got %.6f, want %.6f", k[0], k[1], g, w))
		}
	}
	slices.Sort(out)
	return out
}
