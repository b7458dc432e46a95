package oracle

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/peterstace/simplefeatures/geom"

	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/overlay"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

// The whole sample county, uploaded as its users would and computed by a run,
// gives what the engine gives for the rows that were stored: of every mine both
// accounts, pieces, findings and what stands beside them, and of no mine what is
// listed and what it adds up to.
func TestSampleCounty(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := demo.ReadManifest(sampledata.FS)
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Load(t.Context(), p, sampledata.FS, m, nil); err != nil {
		t.Fatal(err)
	}
	id, err := p.BeginRun(t.Context(), m.AsOf, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.ExecuteRun(t.Context(), id, nil); err != nil {
		t.Fatal(err)
	}
	got, err := runOf(t.Context(), pool, id)
	if err != nil {
		t.Fatal(err)
	}
	s, err := stated(t.Context(), pool, m.AsOf.String())
	if err != nil {
		t.Fatal(err)
	}
	plane := &free{}
	want, err := evaluate[geom.Geometry](plane, s)
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range slices.Concat(got.failed, got.twice) {
		t.Error(wrong)
	}
	// Each mine of the county is a case that just meets a threshold, or just
	// misses it, by more than rounding.
	for _, doubt := range want.doubts {
		t.Errorf("lies on a threshold: %s", doubt)
	}
	for _, d := range differences(&got.answers, want, toleranceM2, noise(plane.Exact())) {
		t.Error(d)
	}
	figures := 0
	for _, f := range want.figures {
		figures += len(f)
	}
	t.Logf("%d mines, %d figures", len(got.digests), figures)
	if len(got.digests) < 70 || figures < 1000 {
		t.Errorf("%d mines and %d figures are not the whole county", len(got.digests), figures)
	}
}

// runOf is what a run has stored.
func runOf(ctx context.Context, pool *pgxpool.Pool, id int64) (*judgement, error) {
	rules, err := overlay.ShippedRules()
	if err != nil {
		return nil, err
	}
	j := &judgement{answers: answers{figures: map[string]figures{}}, digests: map[string][32]byte{}}
	return j, tried(ctx, pool, func(tx pgx.Tx) error {
		lines, err := overlay.Mines(ctx, tx, id, "", "", 1000)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if l.Status != "done" {
				j.failed = append(j.failed, l.LicenceNo+" "+l.Status)
				continue
			}
			if err := j.read(ctx, tx, &overlay.Plan{RunID: id, Rules: rules}, l.LicenceNo); err != nil {
				return err
			}
		}
		patches, err := overlay.UnattributedPatches(ctx, tx, id)
		if err != nil {
			return err
		}
		j.patches("", patches)
		return j.inNoMine(ctx, tx, id)
	})
}

// A tableReader reads rows of the layers as they were stored; the first error
// ends it.
type tableReader struct {
	ctx context.Context
	tx  pgx.Tx
	err error
}

// rows calls add with each row of a layer from a source, "" for any: the columns
// as text, "" for null, and the ground.
func (r *tableReader) rows(layer, source, columns string, add func(text []string, ground geom.Geometry)) {
	if r.err != nil {
		return
	}
	names := strings.Fields(columns)
	for i, n := range names {
		names[i] = "coalesce(" + n + "::text, '')"
	}
	rows, err := r.tx.Query(r.ctx, `
		select array[`+strings.Join(names, ", ")+`], st_asbinary(l.geom)
		from `+layer+` l join dataset d on d.id = l.dataset_id
		where d.status = 'accepted' and not l.held and (d.source = $1 or $1 = '')
		order by l.dataset_id, l.row_no`, source)
	if err != nil {
		r.err = err
		return
	}
	var text []string
	var wkb []byte
	_, r.err = pgx.ForEachRow(rows, []any{&text, &wkb}, func() error {
		g, err := geom.UnmarshalWKB(wkb)
		if err != nil {
			return err
		}
		add(slices.Clone(text), g)
		return nil
	})
}

// stated is the scene of one county that is in the tables: one accepted dataset
// of each layer and source, none with a declared coverage.
func stated(ctx context.Context, pool *pgxpool.Pool, asOf string) (*scene[geom.Geometry], error) {
	s := &scene[geom.Geometry]{name: "county", asOf: asOf, missing: map[string]bool{}}
	return s, tried(ctx, pool, func(tx pgx.Tx) error {
		r := &tableReader{ctx: ctx, tx: tx}
		r.rows("mining_right", "", "licence_no enterprise valid_from valid_to renewal_accepted_on top_elevation_m bottom_elevation_m",
			func(c []string, g geom.Geometry) {
				s.rights = append(s.rights, right[geom.Geometry]{c[0], c[1], g, term{c[2], c[3], c[4], c[5], c[6]}})
			})
		r.rows("land_approval", "", "kind approval_no licence_no enterprise approved_on valid_from valid_to reclaim_by reclaimed_on returned_on max_elevation_m",
			func(c []string, g geom.Geometry) {
				s.approvals = append(s.approvals, approval[geom.Geometry]{
					kind: c[0], no: c[1], licence: c[2], enterprise: c[3], approvedOn: c[4], validFrom: c[5], validTo: c[6],
					reclaimBy: c[7], reclaimedOn: c[8], returnedOn: c[9], max: c[10], ground: g,
				})
			})
		r.rows("disturbance", "", "patch_no imaged_on kind licence_no ownership restored_on top_elevation_m bottom_elevation_m",
			func(c []string, g geom.Geometry) {
				s.patches = append(s.patches, patch[geom.Geometry]{c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], g})
			})
		restrict := func(to *[]restricting[geom.Geometry]) func([]string, geom.Geometry) {
			return func(c []string, g geom.Geometry) {
				*to = append(*to, restricting[geom.Geometry]{category: c[0], zone: c[1], ground: g})
			}
		}
		r.rows("protected_area", "", "category zone", restrict(&s.protected))
		r.rows("water_source", "", "grade null", restrict(&s.water))
		for layer, v := range map[string]*vegetation[geom.Geometry]{"forest": &s.forest, "grassland": &s.grassland} {
			r.rows(layer, "forestry", "land_code null", restrict(&v.forestry))
			r.rows(layer, "land_survey", "land_code null", restrict(&v.survey))
			v.hasForestry, v.hasSurvey = len(v.forestry) > 0, len(v.survey) > 0
		}
		if r.err != nil {
			return r.err
		}
		return r.footprints(s)
	})
}

func (r *tableReader) footprints(s *scene[geom.Geometry]) error {
	rows, err := r.tx.Query(r.ctx, `select imaged_on::text, st_asbinary(geom) from footprint order by dataset_id, imaged_on`)
	if err != nil {
		return err
	}
	var on string
	var wkb []byte
	_, err = pgx.ForEachRow(rows, []any{&on, &wkb}, func() error {
		i := image[geom.Geometry]{on: on, whole: wkb == nil}
		if !i.whole {
			var err error
			if i.footprint, err = geom.UnmarshalWKB(wkb); err != nil {
				return err
			}
		}
		s.images = append(s.images, i)
		return nil
	})
	return err
}
