package oracle

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/overlay"
)

// revisions are changes of one row, $2, of a new version, $1, by layer; those
// under "" are of every layer. What they change decides something.
var revisions = map[string][]string{
	"": {
		`delete from layer where dataset_id = $1 and row_no = $2`,
		`update layer t set geom = o.geom, ellipsoidal_area_m2 = o.ellipsoidal_area_m2
		 from (select geom, ellipsoidal_area_m2 from disturbance order by row_no desc, dataset_id limit 1) o where dataset_id = $1 and row_no = $2`,
		`update layer t set geom = o.geom, ellipsoidal_area_m2 = o.ellipsoidal_area_m2
		 from (select geom, ellipsoidal_area_m2 from mining_right order by row_no, dataset_id limit 1) o where dataset_id = $1 and row_no = $2`,
	},
	"mining_right": {
		`update mining_right set enterprise = enterprise || '分公司' where dataset_id = $1 and licence_no = (select licence_no from mining_right where dataset_id = $1 and row_no = $2)`,
		`update mining_right set valid_from = least(valid_from, '2021-01-01'), valid_to = '2021-01-01' where dataset_id = $1 and licence_no = (select licence_no from mining_right where dataset_id = $1 and row_no = $2)`,
	},
	"land_approval": {
		`update land_approval set licence_no = null where dataset_id = $1 and row_no = $2`,
		`update land_approval set licence_no = null, enterprise = null where dataset_id = $1 and row_no = $2`,
		`update land_approval set returned_on = '2021-06-30' where dataset_id = $1 and row_no = $2`,
		`update land_approval set kind = 'construction_land' where dataset_id = $1 and row_no = $2`,
	},
	"disturbance": {
		`update disturbance set licence_no = null where dataset_id = $1 and row_no = $2`,
		`update disturbance set kind = 'construction' where dataset_id = $1 and row_no = $2`,
		`update disturbance set restored_on = '2022-01-01' where dataset_id = $1 and row_no = $2`,
		`update footprint set geom = null where dataset_id = $1 and $2 > 0`,
		`update footprint set geom = (select geom from disturbance where dataset_id = $1 and row_no = $2) where dataset_id = $1`,
	},
	"protected_area": {`update protected_area set category = 'wetland_park' where dataset_id = $1 and row_no = $2`},
	"water_source":   {`update water_source set grade = 'quasi' where dataset_id = $1 and row_no = $2`},
	"forest": {
		`update forest set land_code = '0303' where dataset_id = $1 and row_no = $2`,
		`update dataset set coverage = case when coverage is null then (select geom from mining_right order by dataset_id, row_no limit 1) end where id = $1 and $2 > 0`,
	},
	"grassland": {`update grassland set land_code = '0403' where dataset_id = $1 and row_no = $2`},
}

// revise accepts a new version of a layer, its rows in another order and one of
// them changed; it says what was done.
func revise(ctx context.Context, tx pgx.Tx, r *rand.Rand, layer string) (string, error) {
	var old, id int64
	err := tx.QueryRow(ctx, `select id from dataset where layer = $1 order by id desc limit 1`, layer).Scan(&old)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	err = tx.QueryRow(ctx, `
		insert into dataset (county_code, layer, source, vintage, status, loaded_at, accepted_at, accepted_by, coverage)
		select county_code, layer, source, vintage, status, now(), now(), 'test', coverage from dataset where id = $1 returning id`, old).Scan(&id)
	if err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, `select add_dataset_table($1)`, id); err != nil {
		return "", err
	}
	var columns string
	err = tx.QueryRow(ctx, `
		select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
		where attrelid = $1::regclass and attnum > 0 and not attisdropped and attname not in ('dataset_id', 'row_no')`, layer).Scan(&columns)
	if err != nil {
		return "", err
	}
	var rows int64
	for _, sql := range []string{
		`insert into dataset_file (dataset_id, file_no, name, sha256, bytes) select $2, file_no, name, sha256(sha256), bytes from dataset_file where dataset_id = $1`,
		`insert into footprint (dataset_id, imaged_on, geom) select $2, imaged_on, geom from footprint where dataset_id = $1`,
		fmt.Sprintf(`insert into %[1]s (dataset_id, row_no, %[2]s) select $2, row_number() over (order by row_no desc), %[2]s from %[1]s where dataset_id = $1`, layer, columns),
	} {
		tag, err := tx.Exec(ctx, sql, old, id)
		if err != nil {
			return "", fmt.Errorf("%s: %w", sql, err)
		}
		rows = tag.RowsAffected()
	}
	if rows == 0 {
		return layer + ": no rows", nil
	}
	what := pick(r, append(slices.Clone(revisions[""]), revisions[layer]...))
	row := 1 + r.Int64N(rows)
	_, err = tx.Exec(ctx, strings.ReplaceAll(what, " layer ", " "+layer+" "), id, row)
	return fmt.Sprintf("%s row %d: %s", layer, row, what), err
}

// errGrid ends a scene in which a mine has to be computed on a grid: its tables
// stand before the layers' until the transaction ends, and a run would have
// ended it.
var errGrid = errors.New("computed on a grid")

// stored computes a run and keeps it; it returns how many mines it carried over.
func stored(ctx context.Context, tx pgx.Tx, partial bool) (id int64, plan *overlay.Plan, err error) {
	rules, err := overlay.ShippedRules()
	if err != nil {
		return 0, nil, err
	}
	on, err := taohe.ParseDate(asOf)
	if err != nil {
		return 0, nil, err
	}
	id, err = overlay.Create(ctx, tx, overlay.Question{AsOf: on, Counties: []string{county}, Rules: rules, Partial: partial}, 0)
	if err != nil {
		return 0, nil, err
	}
	if plan, err = overlay.Fix(ctx, tx, id, on, []string{county}, rules); err != nil {
		return 0, nil, err
	}
	if partial {
		if err := plan.Carry(ctx, tx); err != nil {
			return 0, nil, err
		}
	}
	for _, m := range plan.Mines {
		err := plan.Evaluate(ctx, tx, m)
		if overlay.OverlayThrew(err) {
			return 0, nil, errGrid
		}
		if err != nil {
			return 0, nil, err
		}
		result, err := overlay.LoadResult(ctx, tx, id, m.LicenceNo)
		if err != nil {
			return 0, nil, err
		}
		canonical, err := result.Canonical(plan.Rules, plan.AsOf)
		if err != nil {
			return 0, nil, err
		}
		digest := sha256.Sum256(canonical)
		if err := overlay.MineDone(ctx, tx, id, m.LicenceNo, digest[:]); err != nil {
			return 0, nil, err
		}
	}
	finished, err := overlay.Finish(ctx, tx, id)
	if err == nil && !finished {
		err = fmt.Errorf("run %d is not finished", id)
	}
	return id, plan, err
}

// digests are those of a run's mines, computed anew from what is stored: a mine
// that was carried over must say of itself what a computed one would.
func digests(ctx context.Context, tx pgx.Tx, id int64, plan *overlay.Plan) (map[string]string, error) {
	lines, err := overlay.Mines(ctx, tx, id, "", "", 1000)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, l := range lines {
		r, err := overlay.LoadResult(ctx, tx, id, l.LicenceNo)
		if err != nil {
			return nil, err
		}
		canonical, err := r.Canonical(plan.Rules, plan.AsOf)
		if err != nil {
			return nil, err
		}
		if out[l.LicenceNo] = fmt.Sprintf("%x", sha256.Sum256(canonical)); out[l.LicenceNo] != r.Digest {
			return nil, fmt.Errorf("run %d, mine %s: the stored digest is not that of what is stored", id, l.LicenceNo)
		}
	}
	return out, nil
}

// Whatever one changes in a scene, a run for the mines that it can touch gives
// the digests of a whole run; and such runs do carry mines over.
func TestPartial(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	carried, computed := 0, 0
	scenesFrom(t, 6, func(seed uint64) {
		s, l := latticeScene(seed + 30_000)
		c, n := partial(t, pool, s, l)
		carried, computed = carried+c, computed+n
		f, p := freeScene(seed + 40_000)
		c, n = partial(t, pool, f, p)
		carried, computed = carried+c, computed+n
	})
	t.Logf("%d mines carried over, %d computed", carried, computed)
	if carried == 0 || computed == 0 {
		t.Error("partial runs are not tested when all or nothing is carried over")
	}
}

func partial[R any](t *testing.T, pool *pgxpool.Pool, s *scene[R], p plane[R]) (carried, computed int) {
	t.Helper()
	r := rand.New(rand.NewPCG(s.seed, 5))
	err := tried(t.Context(), pool, func(tx pgx.Tx) error {
		w := writer[R]{plane: p, tx: tx}
		if err := w.write(t.Context(), s); err != nil {
			return err
		}
		if _, _, err := stored(t.Context(), tx, false); err != nil {
			return err
		}
		for range 3 {
			layer := pick(r, slices.Sorted(maps.Keys(revisions))[1:])
			what, err := revise(t.Context(), tx, r, layer)
			if err != nil {
				return fmt.Errorf("%s: %w", what, err)
			}
			some, plan, err := stored(t.Context(), tx, true)
			if err != nil {
				return fmt.Errorf("%s: %w", what, err)
			}
			carried, computed = carried+plan.Carried, computed+len(plan.Mines)
			whole, _, err := stored(t.Context(), tx, false)
			if err != nil {
				return err
			}
			got, err := digests(t.Context(), tx, some, plan)
			if err != nil {
				return err
			}
			want, err := digests(t.Context(), tx, whole, plan)
			if err != nil {
				return err
			}
			if !maps.Equal(got, want) {
				t.Errorf("%s %d: after %s: a partial run gives %v, a whole one %v", s.name, s.seed, what, got, want)
			}
		}
		return nil
	})
	if errors.Is(err, errGrid) {
		return carried, computed
	}
	if err != nil {
		t.Errorf("%s %d: %v", s.name, s.seed, err)
	}
	return carried, computed
}
