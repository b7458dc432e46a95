package pipeline_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report"
)

// staged is a new version of a layer that no person has accepted yet.
func staged(t *testing.T, pool *pgxpool.Pool, layer, change string) int64 {
	t.Helper()
	id := newVersion(t, pool, layer, change)
	_, err := pool.Exec(t.Context(), `update dataset set status = 'staged', accepted_at = null, accepted_by = null where id = $1`, id)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// A what-if run gives what the run after acceptance gives, is no one's newest,
// feeds no ledger, holds nobody up, and goes with the acceptance.
func TestWhatIf(t *testing.T) {
	t.Parallel()
	p, pool, m := sampleRun(t, pipeline.Options{})
	before := firstRun(t, p)
	id := staged(t, pool, "disturbance", shrunk("disturbance", "kind = 'pit' and licence_no is not null"))
	run := begin(t, p, pipeline.RunRequest{AsOf: m.AsOf, WhatIf: []int64{id}})
	if !slices.Equal(run.WhatIf, []int64{id}) || run.MinesCarried == 0 || run.Digest == before.Digest {
		t.Errorf("what-if run %+v", run)
	}
	newest, err := p.NewestCompleteRun(t.Context(), "")
	if err != nil || newest != before.ID {
		t.Errorf("newest complete run is %d (%v), want %d", newest, err, before.ID)
	}
	d, err := p.Diff(t.Context(), run.ID, 0)
	if err != nil || d.Old.ID != before.ID || len(d.Findings) == 0 {
		t.Fatalf("diff %+v: %v", d, err)
	}
	licence := d.Findings[0].LicenceNo
	if r, err := p.Report(t.Context(), 0, licence); err != nil || r.Run.ID != before.ID || len(r.Run.WhatIf) > 0 {
		t.Errorf("the newest report is of run %d: %v", r.Run.ID, err)
	}
	if r, err := p.Report(t.Context(), run.ID, licence); err != nil || !slices.Equal(r.Run.WhatIf, []int64{id}) {
		t.Errorf("the report of a what-if run does not say so: %v", err)
	}
	if _, err := p.LedgerRows(t.Context(), run.ID); !errors.Is(err, pipeline.ErrWhatIf) {
		t.Errorf("ledger of a what-if run: %v", err)
	}
	// A later run stands on the newest real one.
	if next := begin(t, p, pipeline.RunRequest{AsOf: m.AsOf, ChangedOnly: true}); *next.BaseRunID != before.ID || next.Digest != before.Digest {
		t.Errorf("base of the next run is %d, want %d", *next.BaseRunID, before.ID)
	}
	if err := p.DropWhatIf(t.Context(), before.ID); !errors.Is(err, pipeline.ErrNotWhatIf) {
		t.Errorf("dropping a real run: %v", err)
	}
	again := begin(t, p, pipeline.RunRequest{AsOf: m.AsOf, WhatIf: []int64{id}})
	if err := p.DropWhatIf(t.Context(), again.ID); err != nil {
		t.Error(err)
	}
	if _, err := p.Run(t.Context(), again.ID); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("after dropping: %v", err)
	}
	if err := p.Accept(t.Context(), id, ingest.Acceptance{By: "测试"}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Run(t.Context(), run.ID); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("what-if run after acceptance: %v", err)
	}
	if after := execute(t, p, m.AsOf); after.Digest != run.Digest {
		t.Errorf("after acceptance %s, what-if said %s", after.Digest, run.Digest)
	}
}

func TestWhatIfFaults(t *testing.T) {
	t.Parallel()
	p, pool, m := sample(t, pipeline.Options{})
	late := staged(t, pool, "forest", `update dataset set vintage = '2023-01-01' where id = $1`)
	behind := staged(t, pool, "grassland", "")
	accepted := newVersion(t, pool, "grassland", "")
	_, err := p.Begin(t.Context(), pipeline.RunRequest{AsOf: m.AsOf, WhatIf: []int64{999, accepted, late, behind}})
	var request *ingest.RequestError
	if !errors.As(err, &request) {
		t.Fatalf("error %v", err)
	}
	var got []string
	for _, f := range request.Faults {
		got = append(got, f.Location+" "+f.Code)
	}
	want := []string{"what_if[0] unknown-dataset", "what_if[1] not-staged", "what_if[2] later-than-as-of", "what_if[3] superseded"}
	if !slices.Equal(got, want) {
		t.Errorf("faults %v, want %v", got, want)
	}
}

// Every kind of change, on the published parcel of 6.9 mu with its pit, whose
// ground is moved, cut and doubled by hand: figures by plane geometry of shapes
// small enough that a degree is a degree.
func TestDiff(t *testing.T) {
	t.Parallel()
	p, pool, m := sampleRun(t, pipeline.Options{})
	first := firstRun(t, p)
	var licence string
	var area float64
	err := pool.QueryRow(t.Context(), `
		select f.licence_no, f.ellipsoidal_area_m2 from run_finding f
		where f.run_id = $1 and f.rule_code = 'mining_out_of_bounds'
		  and (select count(*) from run_patch p where p.run_id = f.run_id and p.licence_no = f.licence_no) = 1
		order by f.ellipsoidal_area_m2 desc limit 1`, first.ID).Scan(&licence, &area)
	if err != nil {
		t.Fatal(err)
	}
	where := fmt.Sprintf("dataset_id = $1 and licence_no = '%s'", licence)
	scaled := func(x, y string) string {
		return fmt.Sprintf(`update disturbance set geom = g.geom, ellipsoidal_area_m2 = ellipsoidal_area_m2(g.geom)
			from (select row_no as n, st_segmentize(%s, 0.0005) as geom from disturbance where %s) g where dataset_id = $1 and row_no = n`,
			fmt.Sprintf("st_scale(geom, st_makepoint(%s, %s), st_centroid(geom))", x, y), where)
	}
	of := func(d *report.RunDiff, rule string) *report.FindingChange {
		i := slices.IndexFunc(d.Findings, func(f report.FindingChange) bool { return f.LicenceNo == licence && f.Rule == rule })
		if i < 0 {
			return nil
		}
		return &d.Findings[i]
	}
	diff := func(against int64) *report.RunDiff {
		t.Helper()
		run := begin(t, p, pipeline.RunRequest{AsOf: m.AsOf, ChangedOnly: true})
		d, err := p.Diff(t.Context(), run.ID, against)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range d.Findings {
			if f.LicenceNo != licence {
				t.Errorf("mine %s has changed: %s %s", f.LicenceNo, f.Rule, f.Change)
			}
			if len(f.Causes) == 0 {
				t.Errorf("%s %s has no cause", f.Rule, f.Change)
			}
		}
		return d
	}
	newVersion(t, pool, "disturbance", scaled("1.2", "1.2"))
	grown := diff(0)
	f := of(grown, "mining_out_of_bounds")
	if f == nil || f.Change != "grown" || f.Lost.EllipsoidalAreaM2 > 0.01 || math.Abs(f.Gained.Mu-f.DifferenceMu) > 0.011 || f.Old.EllipsoidalAreaM2 != math.Round(area*100)/100 {
		t.Errorf("larger patch: %+v", f)
	}
	if f != nil {
		c := f.Causes[0]
		if c.Kind != "row" || c.Old == nil || c.New == nil || c.New.Layer != "disturbance" || len(c.Fields) > 0 || c.Over == nil || math.Abs(c.Over.EllipsoidalAreaM2-f.Gained.EllipsoidalAreaM2) > 0.02 {
			t.Errorf("cause of a larger patch: %+v", c)
		}
	}
	if back := diff(0); len(back.Findings)+len(back.Datasets) != 0 {
		t.Errorf("two runs of the same data differ: %+v", back)
	}
	backwards, err := p.Diff(t.Context(), first.ID, grown.New.ID)
	if err != nil {
		t.Fatal(err)
	}
	if f := of(backwards, "mining_out_of_bounds"); f == nil || f.Change != "shrunk" || f.DifferenceMu != -of(grown, "mining_out_of_bounds").DifferenceMu {
		t.Errorf("the other way round: %+v", f)
	}
	newVersion(t, pool, "disturbance", fmt.Sprintf(`delete from disturbance where %s`, where))
	gone := diff(0)
	if f := of(gone, "mining_out_of_bounds"); f == nil || f.Change != "gone" || f.New.Mu != 0 || f.NewID != "" || f.Causes[0].New != nil {
		t.Errorf("no patch: %+v", f)
	}
	for _, total := range gone.Totals {
		var sum float64
		for _, f := range gone.Findings {
			if f.Change == total.Change {
				sum += f.DifferenceMu
			}
		}
		if math.Abs(sum-total.DifferenceMu) > 1e-6 {
			t.Errorf("total of %s: %.2f mu, lines %.2f", total.Change, total.DifferenceMu, sum)
		}
	}
	backwards, err = p.Diff(t.Context(), first.ID, gone.New.ID)
	if err != nil {
		t.Fatal(err)
	}
	if f := of(backwards, "mining_out_of_bounds"); f == nil || f.Change != "born" || f.OldID != "" || f.Causes[0].Old != nil {
		t.Errorf("a patch where there was none: %+v", f)
	}
}
