package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/sampletest"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// sample is a database with the sample county loaded and accepted.
func sample(tb testing.TB, o pipeline.Options) (*pipeline.Pipeline, *pgxpool.Pool, demo.Manifest) {
	tb.Helper()
	return sampleOf(tb, sampletest.Loaded(tb), o)
}

// sampleRun is sample with one complete run, number 1, as of the manifest's day.
func sampleRun(tb testing.TB, o pipeline.Options) (*pipeline.Pipeline, *pgxpool.Pool, demo.Manifest) {
	tb.Helper()
	return sampleOf(tb, sampletest.Run(tb), o)
}

// firstRun is the run that sampleRun begins with.
func firstRun(t *testing.T, p *pipeline.Pipeline) overlay.Run {
	t.Helper()
	run, err := p.Run(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func sampleOf(tb testing.TB, dsn string, o pipeline.Options) (*pipeline.Pipeline, *pgxpool.Pool, demo.Manifest) {
	tb.Helper()
	pool := pgtest.Open(tb, dsn)
	p, err := pipeline.New(pool, o)
	if err != nil {
		tb.Fatal(err)
	}
	return p, pool, sampletest.Manifest(tb)
}

func execute(t *testing.T, p *pipeline.Pipeline, asOf taohe.Date) overlay.Run {
	t.Helper()
	id, err := p.BeginRun(t.Context(), asOf, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.ExecuteRun(t.Context(), id, nil); err != nil {
		t.Fatal(err)
	}
	run, err := p.Run(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// The same inputs give the same digests and the same report bytes, however
// many mines are computed at a time.
func TestSameInputsSameDigest(t *testing.T) {
	t.Parallel()
	p, pool, m := sample(t, pipeline.Options{Workers: 1})
	first := execute(t, p, m.AsOf)
	four, err := pipeline.New(pool, pipeline.Options{Workers: 4})
	if err != nil {
		t.Fatal(err)
	}
	second := execute(t, four, m.AsOf)
	if first.Digest == "" || first.Digest != second.Digest {
		t.Errorf("digests %q and %q", first.Digest, second.Digest)
	}
	mines, err := p.Mines(t.Context(), first.ID, "", "", 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range mines {
		var got [2][2]bytes.Buffer
		for i, id := range []int64{first.ID, second.ID} {
			r, err := p.Report(t.Context(), id, l.LicenceNo)
			if err != nil {
				t.Fatal(err)
			}
			r.Run.ID = 0
			for k := range r.Findings {
				r.Findings[k].ID = ""
			}
			if err := report.WriteJSON(&got[i][0], r); err != nil {
				t.Fatal(err)
			}
			if err := report.WriteGeoJSON(&got[i][1], r); err != nil {
				t.Fatal(err)
			}
		}
		for k := range got[0] {
			if !bytes.Equal(got[0][k].Bytes(), got[1][k].Bytes()) {
				t.Errorf("mine %s: reports of two runs differ", l.LicenceNo)
			}
		}
	}
}

// Before any image and approval of the county, what rests on them is not
// evaluated: that is said for each rule, and nothing is found by it.
func TestAsOfBeforeAnyImage(t *testing.T) {
	t.Parallel()
	p, _, m := sample(t, pipeline.Options{})
	run := execute(t, p, m.AsOf.AddDate(0, 0, -1))
	if run.MinesTotal == 0 || run.MinesFailed != 0 {
		t.Fatalf("%d mines, %d failed", run.MinesTotal, run.MinesFailed)
	}
	unasked, err := p.NotEvaluated(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := overlay.ShippedRules()
	if err != nil {
		t.Fatal(err)
	}
	asked := make(map[string]bool)
	for _, r := range rules.Rules {
		rests := slices.Contains(r.Needs, taohe.LayerDisturbance) || slices.Contains(r.Needs, taohe.LayerLandApproval)
		asked[r.Code] = !rests
		if i := slices.IndexFunc(unasked, func(n overlay.NotEvaluated) bool { return n.RuleCode == r.Code }); (i >= 0) != rests {
			t.Errorf("rule %s: not evaluated is %t, want %t", r.Code, i >= 0, rests)
		}
	}
	mines, err := p.Mines(t.Context(), run.ID, "", "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, l := range mines {
		if l.GroundM2 != nil {
			t.Errorf("mine %s has a ground account of %.2f m²", l.LicenceNo, *l.GroundM2)
		}
		for _, code := range l.RuleCodes {
			found++
			if !asked[code] {
				t.Errorf("mine %s: %s found, though not evaluated", l.LicenceNo, code)
			}
		}
	}
	if found == 0 {
		t.Error("the rules on licences alone found nothing")
	}
	r, err := p.Report(t.Context(), run.ID, mines[0].LicenceNo)
	if err != nil {
		t.Fatal(err)
	}
	if r.Ground != nil || len(r.NotEvaluated) != len(unasked) {
		t.Errorf("report: account %v, %d rules not evaluated, want none and %d", r.Ground, len(r.NotEvaluated), len(unasked))
	}
}

// A mine that cannot be computed is stored as failed; the others are complete.
func TestOneMineFails(t *testing.T) {
	t.Parallel()
	p, pool, m := sample(t, pipeline.Options{})
	const broken = "C1599002009101120121665"
	for _, sql := range []string{
		`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'planted fault'; end $$`,
		`create trigger refuse before insert on ground_piece for each row when (new.licence_no = '` + broken + `') execute function refuse()`,
	} {
		if _, err := pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	run := execute(t, p, m.AsOf)
	if run.Status != "complete" || run.MinesFailed != 1 || run.MinesDone != run.MinesTotal-1 {
		t.Errorf("%s: %d of %d done, %d failed", run.Status, run.MinesDone, run.MinesTotal, run.MinesFailed)
	}
	got, err := p.Result(t.Context(), run.ID, broken)
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != "failed" || got.Error == "" || got.Account != nil || len(got.Findings) != 0 {
		t.Errorf("failed mine: %+v", got)
	}
	// Nothing of the failed mine is half stored.
	var rows int
	err = pool.QueryRow(t.Context(), `
		select (select count(*) from ground_image where licence_no = $1) + (select count(*) from finding_part where licence_no = $1)`, broken).Scan(&rows)
	if err != nil || rows != 0 {
		t.Errorf("%d rows of the failed mine (%v)", rows, err)
	}
}

// A cancelled run says so, and its mines done so far are not taken for a
// complete run.
func TestCancelledRun(t *testing.T) {
	t.Parallel()
	p, _, m := sample(t, pipeline.Options{Workers: 1})
	id, err := p.BeginRun(t.Context(), m.AsOf, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err = p.ExecuteRun(ctx, id, func(x pipeline.Progress) {
		if x.Done == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	run, err := p.Run(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if run.Status != "cancelled" || run.MinesDone < 3 || run.MinesDone == run.MinesTotal {
		t.Errorf("%s after %d of %d", run.Status, run.MinesDone, run.MinesTotal)
	}
	if _, err := p.NewestCompleteRun(t.Context(), ""); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("newest complete run: %v, want none", err)
	}
}

// A run whose program died is closed by the next that starts; one that is
// being computed is left alone.
func TestInterruptedRun(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.PutCounty(t.Context(), ingest.County{Code: "159900", Name: "示例旗", West: 109, South: 40, East: 110, North: 41}); err != nil {
		t.Fatal(err)
	}
	var ids [2]int64
	for i := range ids {
		if ids[i], err = p.BeginRun(t.Context(), taohe.NewDate(2022, 5, 31), nil); err != nil {
			t.Fatal(err)
		}
	}
	// The first is of a program that is gone, the second waits in this one.
	if _, err := pool.Exec(t.Context(), "update run set owner = 12345 where id = $1", ids[0]); err != nil {
		t.Fatal(err)
	}
	other, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.CloseInterrupted(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"failed", "queued"} {
		run, err := p.Run(t.Context(), ids[i])
		if err != nil {
			t.Fatal(err)
		}
		if run.Status != want {
			t.Errorf("run %d is %s, want %s", i, run.Status, want)
		}
	}
}

func TestRunFaults(t *testing.T) {
	t.Parallel()
	p, err := pipeline.New(pgtest.New(t), pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.BeginRun(t.Context(), taohe.Date{}, []string{"159900"})
	var request *ingest.RequestError
	if !errors.As(err, &request) {
		t.Fatalf("error %v", err)
	}
	var got []string
	for _, f := range request.Faults {
		got = append(got, f.Code)
	}
	if want := []string{"missing-as-of", "unknown-county", "no-county"}; !slices.Equal(got, want) {
		t.Errorf("faults %v, want %v", got, want)
	}
}

// A licence that two counties file is one mine, of the county with the larger
// plane, and the run says so.
func TestLicenceOfTwoCounties(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const licence = "C1599002015011120120001"
	for i, code := range []string{"159900", "159901"} {
		if err := p.PutCounty(t.Context(), ingest.County{Code: code, Name: code, West: 109, South: 40, East: 111, North: 41}); err != nil {
			t.Fatal(err)
		}
		var id int64
		err := pool.QueryRow(t.Context(), `
			with d as (
				insert into dataset (county_code, layer, vintage, status, loaded_at, accepted_at, extent)
				values ($1, 'mining_right', '2022-01-01', 'accepted', now(), now(), st_makeenvelope(110, 40, 110.2, 40.2, 4490))
				returning id
			), f as (
				insert into dataset_file (dataset_id, file_no, name, sha256, bytes)
				select id, 1, 'x', sha256('x'), 1 from d
			)
			select id from d`, code).Scan(&id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pool.Exec(t.Context(), `select add_dataset_table($1)`, id); err != nil {
			t.Fatal(err)
		}
		_, err = pool.Exec(t.Context(), `
			insert into mining_right (county_code, dataset_id, row_no, file_no, source_row, geom, ellipsoidal_area_m2,
			                          licence_no, enterprise, valid_from, valid_to)
			values ($1, $4, 1, 1, 1, st_multi(st_segmentize(st_makeenvelope(110, 40, 110 + $2::float8, 40.01, 4490), 0.0005)), 1,
			        $3, '甲', '2015-01-01', '2030-12-31')`, code, 0.01*float64(i+1), licence, id)
		if err != nil {
			t.Fatal(err)
		}
	}
	run := execute(t, p, taohe.NewDate(2022, 5, 31))
	if run.MinesTotal != 1 || run.MinesDone != 1 {
		t.Fatalf("%d mines, %d done, want 1", run.MinesTotal, run.MinesDone)
	}
	got, err := p.Result(t.Context(), run.ID, licence)
	if err != nil {
		t.Fatal(err)
	}
	if got.CountyCode != "159901" {
		t.Errorf("mine of %s, want the county of the larger plane", got.CountyCode)
	}
	if i := slices.IndexFunc(got.Notes, func(n overlay.Note) bool { return n.Code == "licence.in_several_counties" }); i < 0 {
		t.Errorf("notes %v", got.Notes)
	}
}
