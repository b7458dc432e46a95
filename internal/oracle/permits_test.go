package oracle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/peterstace/simplefeatures/geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// A permit is one of the real mining permits and what is left of it 30 m inside
// its outline, both valid and with dense edges.
type permit struct {
	no            string
	whole, shrunk geom.Geometry
	// by PostGIS, on the ellipsoid along geodesics
	wholeGeodesicM2, shrunkGeodesicM2 float64
}

// realPermits are the 157 permits of public record, which are not part of the
// project; where they are absent the test says so. Rings that cross themselves
// and collections are made into polygons as an import makes them.
func realPermits(t *testing.T, pool *pgxpool.Pool) []permit {
	t.Helper()
	dir := os.Getenv("TAOHE_REAL")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "real")
	}
	if _, err := os.Stat(filepath.Join(dir, "appalachia")); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the permits are not at %s (set TAOHE_REAL)", dir)
	}
	var out []permit
	for _, state := range []string{"tn", "va", "wv"} {
		b, err := os.ReadFile(filepath.Join(dir, "appalachia", state+"_permits.geojson"))
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Features []struct{ Geometry json.RawMessage }
		}
		if err := json.Unmarshal(b, &file); err != nil {
			t.Fatal(err)
		}
		for _, feature := range file.Features {
			p, err := shrunkPermit(t.Context(), pool, string(feature.Geometry))
			if err != nil {
				t.Fatalf("%s, permit %d: %v", state, len(out), err)
			}
			p.no = licenceNo(len(out))
			out = append(out, p)
		}
	}
	if len(out) != 157 {
		t.Fatalf("%d permits, want 157", len(out))
	}
	return out
}

// shrunkPermit shrinks in a plane of its own: an azimuthal one through the
// middle of the permit.
func shrunkPermit(ctx context.Context, pool *pgxpool.Pool, geojson string) (permit, error) {
	var whole, shrunk []byte
	var p permit
	err := pool.QueryRow(ctx, `
		with filed as (
			select polygons_of(st_makevalid(st_force2d(st_setsrid(st_geomfromgeojson($1), 4490)), 'method=structure')) as g
		), plane as (
			select g, format('+proj=aeqd +lat_0=%s +lon_0=%s +ellps=GRS80 +units=m', st_y(st_centroid(g)), st_x(st_centroid(g))) as proj,
			       '+proj=longlat +ellps=GRS80' as degrees
			from filed
		), pair as (
			select g as whole, polygons_of(st_makevalid(st_setsrid(
			           st_transform(st_buffer(st_transform(g, degrees, proj), -30, 'join=mitre'), proj, degrees), 4490), 'method=structure')) as shrunk
			from plane
		), dense as (
			select polygons_of(st_makevalid(st_segmentize(whole, 0.0005), 'method=structure')) as whole,
			       polygons_of(st_makevalid(st_segmentize(shrunk, 0.0005), 'method=structure')) as shrunk
			from pair
		)
		select st_asbinary(whole), st_asbinary(shrunk), st_area(whole::geography), st_area(shrunk::geography) from dense`,
		geojson).Scan(&whole, &shrunk, &p.wholeGeodesicM2, &p.shrunkGeodesicM2)
	if err != nil {
		return p, err
	}
	if p.whole, err = geom.UnmarshalWKB(whole); err != nil {
		return p, err
	}
	p.shrunk, err = geom.UnmarshalWKB(shrunk)
	return p, err
}

// permitScene has each permit as the ground of a pit and, 30 m inside it, as a
// licence and a temporary approval. Of a permit so narrow that nothing is left
// inside there is no licence: its pit names a licence nobody has.
func permitScene(permits []permit) *scene[geom.Geometry] {
	s := &scene[geom.Geometry]{
		name: "permits", asOf: asOf, missing: map[string]bool{"protected_area": true, "water_source": true, "forest": true, "grassland": true},
		images: []image[geom.Geometry]{{on: "2022-05-10", whole: true}},
	}
	for i, p := range permits {
		s.patches = append(s.patches, patch[geom.Geometry]{
			no: fmt.Sprintf("TB%03d", i), on: "2022-05-10", kind: "pit", licence: p.no, ground: p.whole,
		})
		if p.shrunk.IsEmpty() {
			continue
		}
		s.rights = append(s.rights, right[geom.Geometry]{p.no, fmt.Sprintf("企业%03d", i), p.shrunk, always})
		s.approvals = append(s.approvals, approval[geom.Geometry]{
			no: fmt.Sprintf("PZ%03d", i), kind: "temporary_land", licence: p.no, approvedOn: "2020-01-01", validTo: "2030-01-01", ground: p.shrunk,
		})
	}
	return s
}

// Mining permits nobody here made, each 30 m inside its outline a licence and
// out to its outline a pit. What is out of bounds is known without any overlay,
// by area less area: in closed form of the authalic latitude, and by PostGIS
// along geodesics. Where permits overlap, the engine says what lies in which
// neighbour's licence and which licences overlap.
func TestPermitsOutOfBounds(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	permits := realPermits(t, pool)
	s := permitScene(permits)
	plane := &free{}
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		w := writer[geom.Geometry]{plane: plane, tx: tx}
		if err := w.write(t.Context(), s); err != nil {
			return err
		}
		if len(w.invalid) > 0 {
			return fmt.Errorf("invalid: %v", w.invalid)
		}
		_, err := tx.Exec(t.Context(), `update county set extent = st_makeenvelope(-90, 30, -70, 45, 4490)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	on, err := taohe.ParseDate(asOf)
	if err != nil {
		t.Fatal(err)
	}
	id, err := p.BeginRun(t.Context(), on, nil)
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
	for _, wrong := range slices.Concat(got.failed, got.twice) {
		t.Error(wrong)
	}
	outOfBounds(t, p, id, permits, got)
	reaching := namedNeighbours(t, plane, permits, got)
	overlapping := namedPairs(t, p, id, plane, permits)
	t.Logf("%d pits reach into a neighbour's licence, %d pairs of licences overlap", reaching, overlapping)

	want, err := evaluate[geom.Geometry](plane, s)
	if err != nil {
		t.Fatal(err)
	}
	for _, doubt := range want.doubts {
		t.Logf("lies on a threshold: %s", doubt)
	}
	for _, d := range differences(&got.answers, want, toleranceM2, noise(plane.Exact())) {
		t.Error(d)
	}
}

// outOfBounds holds each permit's area out of bounds, and their total, against
// area less area to a millionth, and the ground account against the pit.
func outOfBounds(t *testing.T, p *pipeline.Pipeline, id int64, permits []permit, got *judgement) {
	t.Helper()
	near := func(what string, got, want float64) {
		t.Helper()
		if !(math.Abs(got-want) <= 1e-6*want) {
			t.Errorf("%s: %.4f m², want %.4f", what, got, want)
		}
	}
	f := &free{}
	vanished := 0
	var sum, closed, geodesic float64
	for i, m := range permits {
		whole, inside := f.AreaM2(m.whole), f.AreaM2(m.shrunk)
		if m.shrunk.IsEmpty() {
			vanished++
			near(m.no+", pit of no licence", got.figures[""][fmt.Sprintf("patch/TB%03d/unknown_licence/unconfirmed", i)], whole)
			continue
		}
		r, err := p.Result(t.Context(), id, m.no)
		if err != nil {
			t.Fatal(err)
		}
		out := 0.0 // with the strips and corners that are too small for a finding
		for _, finding := range r.Findings {
			if finding.RuleCode == "mining_out_of_bounds" {
				out = finding.EllipsoidalAreaM2 + finding.WithinToleranceM2
			}
		}
		near(m.no+", out of bounds by closed form", out, whole-inside)
		near(m.no+", out of bounds along geodesics", out, m.wholeGeodesicM2-m.shrunkGeodesicM2)
		sum, closed, geodesic = sum+out, closed+whole-inside, geodesic+m.wholeGeodesicM2-m.shrunkGeodesicM2
		near(m.no+", ground", r.Account.GroundM2, whole)
		near(m.no+", approved", r.Account.ApprovedM2, inside)
		near(m.no+", not approved", r.Account.OverOccupiedM2+r.Account.UnapprovedM2+r.Account.DisplacedM2+r.Account.WithinToleranceM2, whole-inside)
	}
	near("out of bounds in all, by closed form", sum, closed)
	near("out of bounds in all, along geodesics", sum, geodesic)
	t.Logf("%d permits, of %d nothing is left 30 m inside; out of bounds %.4f ha, by closed form %.4f, along geodesics %.4f",
		len(permits), vanished, sum/1e4, closed/1e4, geodesic/1e4)
}

// namedNeighbours holds what of a pit lies in whose licence against the engine's
// overlay of the two. It stands beside the finding and is taken from nothing.
func namedNeighbours(t *testing.T, f *free, permits []permit, got *judgement) (reaching int) {
	t.Helper()
	for _, m := range permits {
		if m.shrunk.IsEmpty() {
			continue
		}
		out := f.Minus(m.whole, m.shrunk)
		for _, o := range permits {
			if o.no == m.no {
				continue
			}
			named := got.figures[m.no]["finding/mining_out_of_bounds/licence:"+o.no]
			want := f.AreaM2(f.Meet(out, o.shrunk))
			if want > 0.01 {
				reaching++
			}
			if math.Abs(named-want) > max(toleranceM2, 1e-6*want) {
				t.Errorf("%s in the licence of %s: %.4f m², want %.4f", m.no, o.no, named, want)
			}
		}
	}
	if f.Err() != nil {
		t.Fatal(f.Err())
	}
	return reaching
}

// namedPairs holds the notes on licences that overlap against the engine's
// overlay of every two, each named on the other's report. By the word of those
// who published the permits 25 pairs overlap; those that do still 30 m inside
// are fewer.
func namedPairs(t *testing.T, p *pipeline.Pipeline, id int64, f *free, permits []permit) (pairs int) {
	t.Helper()
	notes, err := p.Notes(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	named := map[[2]string]bool{}
	for _, n := range notes {
		if n.Code == "licence.overlaps_licence" {
			named[[2]string{n.Args["licence_no"], n.Args["other"]}] = true
		}
	}
	whole := 0
	for i, m := range permits {
		for _, o := range permits[:i] {
			if f.AreaM2(f.Meet(m.whole, o.whole)) >= 0.005 {
				whole++
			}
			want := f.AreaM2(f.Meet(m.shrunk, o.shrunk)) >= 0.005
			if want {
				pairs++
			}
			for _, pair := range [][2]string{{m.no, o.no}, {o.no, m.no}} {
				if named[pair] != want {
					t.Errorf("%s is said to overlap %s: %t, want %t", pair[0], pair[1], named[pair], want)
				}
			}
		}
	}
	if whole != 25 {
		t.Errorf("%d pairs of whole permits overlap, want 25", whole)
	}
	if len(named) != 2*pairs {
		t.Errorf("%d namings, want two for each of %d pairs", len(named), pairs)
	}
	return pairs
}
