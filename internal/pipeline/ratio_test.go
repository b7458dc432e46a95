package pipeline_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// box is a rectangle of the graticule as WKT: south-western corner in degrees,
// height in degrees, and as wide as makes it so many mu by the closed form
// b²/2·ΔL·(q(B2) − q(B1)) on CGCS2000.
func box(west, south, height, mu float64) (wkt string, east float64) {
	const a, f = 6378137.0, 1 / 298.257222101
	const e2 = f * (2 - f)
	q := func(lat float64) float64 {
		e, s := math.Sqrt(e2), math.Sin(lat*math.Pi/180)
		return s/(1-e2*s*s) + math.Log((1+e*s)/(1-e*s))/(2*e)
	}
	b := a * (1 - f)
	perDegree := b * b / 2 * math.Pi / 180 * (q(south+height) - q(south))
	east = west + mu*2000/3/perDegree
	north := south + height
	return fmt.Sprintf("POLYGON((%.12f %.12f,%.12f %.12f,%.12f %.12f,%.12f %.12f,%.12f %.12f))",
		west, south, east, south, east, north, west, north, west, south), east
}

// A filer puts rows into the tables of one county as accepted datasets.
type filer struct {
	t      *testing.T
	pool   *pgxpool.Pool
	county string
	rows   int
}

func newFiler(t *testing.T, pool *pgxpool.Pool) *filer {
	f := &filer{t: t, pool: pool, county: "159900"}
	f.exec(`insert into county (code, name, extent) values ('159900', '示例旗', st_makeenvelope(109, 40, 110.75, 40.5, 4490))`)
	return f
}

func (f *filer) exec(sql string, args ...any) {
	f.t.Helper()
	if _, err := f.pool.Exec(f.t.Context(), sql, args...); err != nil {
		f.t.Fatal(err)
	}
}

// dataset is an accepted version with a file.
func (f *filer) dataset(layer, source string) (id int64) {
	f.t.Helper()
	err := f.pool.QueryRow(f.t.Context(), `
		with made as (
			insert into dataset (county_code, layer, source, vintage, status, loaded_at, accepted_at, accepted_by, reference, extent)
			values ($3, $1, $2, '2022-05-01', 'accepted', now(), now(), 'test', '{"name":"CGCS2000"}', st_makeenvelope(109, 40, 110.75, 40.5, 4490))
			returning id), file as (
			insert into dataset_file (dataset_id, file_no, name, sha256, bytes) select id, 1, 'made', decode(repeat('00', 32), 'hex'), 0 from made)
		select id from made`, layer, source, f.county).Scan(&id)
	if err != nil {
		f.t.Fatal(err)
	}
	f.exec(`select add_dataset_table($1)`, id)
	return id
}

// row adds a row; columns and values beside the common ones are given as SQL.
func (f *filer) row(layer string, dataset int64, shape, columns, values string) {
	f.t.Helper()
	f.rows++
	f.exec(`insert into `+layer+` (county_code, dataset_id, row_no, file_no, source_row, geom, ellipsoidal_area_m2, `+columns+`)
		select $4::text, $1, $2::integer, 1, $2::integer, st_multi(g), ellipsoidal_area_m2(g), `+values+`
		from (select st_geomfromtext($3, 4490) as g) s`, dataset, f.rows, shape, f.county)
}

// image declares the ground interpreted on a day to be all of the county.
func (f *filer) image(dataset int64, day string) {
	f.exec(`insert into footprint (dataset_id, imaged_on) values ($1, $2::text::date)`, dataset, day)
}

// The ratio as the ministry's inspectors published it in 2021: a licence of
// 6.9 mu with 182 mu dug outside is 超矿业权面积26.4倍, one of 16.65 with 207
// is 12.4, from rectangles of just these areas.
func TestPublishedRatio(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	f := newFiler(t, pool)
	rights, patches := f.dataset("mining_right", "default"), f.dataset("disturbance", "default")
	f.image(patches, "2022-05-10")
	cases := []struct {
		licence              string
		south                float64
		licenceMu, outsideMu float64
		want                 string
	}{
		{"C1599002012051120120001", 40.1, 6.9, 182, "疑似越界开采 182.00 亩，超矿业权面积26.4倍"},
		{"C1599002012051120120002", 40.2, 16.65, 207, "疑似越界开采 207.00 亩，超矿业权面积12.4倍"},
	}
	for _, c := range cases {
		plane, east := box(109.6, c.south, 0.001, c.licenceMu)
		outside, _ := box(east, c.south-0.001, 0.003, c.outsideMu)
		f.row("mining_right", rights, plane, "licence_no, enterprise, valid_from, valid_to", "'"+c.licence+"', '甲', '2012-01-01', '2032-01-01'")
		for i, shape := range []string{plane, outside} {
			f.row("disturbance", patches, shape, "patch_no, imaged_on, kind, licence_no", fmt.Sprintf("'TB%d', '2022-05-10', 'pit', '%s'", i, c.licence))
		}
	}
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	run := execute(t, p, taohe.NewDate(2022, 5, 31))
	for _, c := range cases {
		r, err := p.Report(t.Context(), run.ID, c.licence)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, finding := range r.Findings {
			if finding.Rule == "mining_out_of_bounds" {
				found = true
				if !strings.HasPrefix(finding.Statement, c.want) {
					t.Errorf("%s, want %s", finding.Statement, c.want)
				}
			}
		}
		if !found {
			t.Errorf("%s: nothing out of bounds", c.licence)
		}
	}
}
