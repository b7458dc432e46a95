package oracle

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// A writer puts a scene into the tables. What it may do to the scene on the way
// must change no figure.
type writer[R any] struct {
	plane[R]
	tx pgx.Tx
	// east is added to every longitude; reverse turns every ring round and
	// starts it elsewhere; shuffle, when not nil, reorders and renames rows.
	east    float64
	reverse bool
	shuffle *rand.Rand
	// invalid collects shapes that PostGIS does not take as valid.
	invalid []string
}

const county = "159900"

func (w *writer[R]) wkb(ground R) []byte {
	polygons := w.Rings(ground)
	b := binary.LittleEndian.AppendUint32([]byte{1}, 6)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(polygons)))
	for _, p := range polygons {
		b = binary.LittleEndian.AppendUint32(append(b, 1), 3)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p)))
		for _, r := range p {
			r = w.turned(r)
			b = binary.LittleEndian.AppendUint32(b, uint32(len(r)))
			for _, q := range r {
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(q.lon+w.east))
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(q.lat))
			}
		}
	}
	return b
}

func (w *writer[R]) turned(r ring) ring {
	if !w.reverse {
		return r
	}
	open := slices.Clone(r[:len(r)-1])
	slices.Reverse(open)
	k := len(open) / 3
	open = append(open[k:], open[:k]...)
	return append(open, open[0])
}

func (w *writer[R]) one(ctx context.Context, sql string, args ...any) (int64, error) {
	var id int64
	err := w.tx.QueryRow(ctx, sql, args...).Scan(&id)
	return id, err
}

// A row is a shape with its columns.
type row[R any] struct {
	ground  R
	columns []any
}

func (w *writer[R]) dataset(ctx context.Context, layer, source string, covers *R, columns string, rows []row[R]) (int64, error) {
	var coverage any
	if covers != nil {
		coverage = w.wkb(*covers)
	}
	id, err := w.one(ctx, `
		insert into dataset (county_code, layer, source, vintage, status, loaded_at, accepted_at, accepted_by, coverage)
		values ($1, $2, $3, '2022-05-01', 'accepted', now(), now(), 'test', st_geomfromwkb($4, 4490)) returning id`,
		county, layer, source, coverage)
	if err != nil {
		return 0, err
	}
	if _, err := w.tx.Exec(ctx, `select add_dataset_table($1)`, id); err != nil {
		return 0, err
	}
	_, err = w.tx.Exec(ctx, `insert into dataset_file (dataset_id, file_no, name, sha256, bytes) values ($1, 1, 'made', decode(repeat('00', 32), 'hex'), 0)`, id)
	if err != nil {
		return 0, err
	}
	if w.shuffle != nil {
		rows = slices.Clone(rows)
		w.shuffle.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	}
	names := strings.Fields(columns)
	values := make([]string, len(names))
	for i, n := range names {
		cast := ""
		if strings.HasSuffix(n, "_on") || strings.HasPrefix(n, "valid_") || n == "reclaim_by" {
			cast = "::text::date"
		}
		if strings.HasSuffix(n, "_m") {
			cast = "::double precision"
		}
		values[i] = fmt.Sprintf("nullif($%d::text, '')%s", i+5, strings.TrimPrefix(cast, "::text"))
	}
	sql := fmt.Sprintf(`
		with shape as (select st_geomfromwkb($4, 4490) as geom)
		insert into %s (county_code, dataset_id, row_no, file_no, source_row, geom, ellipsoidal_area_m2, %s)
		select $1::text, $2::bigint, $3::integer, 1, $3, geom, ellipsoidal_area_m2(geom), %s from shape
		returning case when st_isvalid(geom) then '' else st_isvalidreason(geom) end`,
		layer, strings.Join(names, ", "), strings.Join(values, ", "))
	for i, r := range rows {
		var fault string
		err := w.tx.QueryRow(ctx, sql, append([]any{county, id, i + 1, w.wkb(r.ground)}, r.columns...)...).Scan(&fault)
		if err != nil {
			return 0, fmt.Errorf("%s row %d: %w", layer, i+1, err)
		}
		if fault != "" {
			w.invalid = append(w.invalid, fmt.Sprintf("%s row %d: %s", layer, i+1, fault))
		}
	}
	return id, nil
}

func (w *writer[R]) write(ctx context.Context, s *scene[R]) error {
	_, err := w.tx.Exec(ctx, `insert into county (code, name, extent) values ($1, '示例旗', st_makeenvelope(109, 40, 110.75, 40.5, 4490))`, county)
	if err != nil {
		return err
	}
	var rights, approvals []row[R]
	for _, m := range s.rights {
		rights = append(rights, row[R]{m.ground, []any{
			m.licence, m.enterprise, m.validFrom, m.validTo, m.renewal, m.top, m.bottom,
		}})
	}
	if _, err := w.dataset(ctx, "mining_right", "default", nil,
		"licence_no enterprise valid_from valid_to renewal_accepted_on top_elevation_m bottom_elevation_m", rights); err != nil {
		return err
	}
	if !s.missing["land_approval"] {
		for _, a := range s.approvals {
			approvals = append(approvals, row[R]{a.ground, []any{
				a.kind, a.no, a.licence, a.enterprise, a.approvedOn, a.validFrom, a.validTo, a.reclaimBy, a.reclaimedOn, a.returnedOn, a.max,
			}})
		}
		_, err := w.dataset(ctx, "land_approval", "default", nil,
			"kind approval_no licence_no enterprise approved_on valid_from valid_to reclaim_by reclaimed_on returned_on max_elevation_m", approvals)
		if err != nil {
			return err
		}
	}
	if err := w.writeDisturbance(ctx, s); err != nil {
		return err
	}
	return w.writeRestricting(ctx, s)
}

func (w *writer[R]) writeDisturbance(ctx context.Context, s *scene[R]) error {
	var rows []row[R]
	for _, p := range s.patches {
		rows = append(rows, row[R]{p.ground, []any{p.no, p.on, p.kind, p.licence, p.ownership, p.restoredOn, p.top, p.bottom}})
	}
	id, err := w.dataset(ctx, "disturbance", "default", nil, "patch_no imaged_on kind licence_no ownership restored_on top_elevation_m bottom_elevation_m", rows)
	if err != nil {
		return err
	}
	for _, i := range s.images {
		var ground any
		if !i.whole {
			ground = w.wkb(i.footprint)
		}
		_, err := w.tx.Exec(ctx, `insert into footprint (dataset_id, imaged_on, geom) values ($1, $2::text::date, st_geomfromwkb($3, 4490))`, id, i.on, ground)
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writer[R]) writeRestricting(ctx context.Context, s *scene[R]) error {
	rows := func(list []restricting[R], columns func(restricting[R]) []any) []row[R] {
		var out []row[R]
		for _, r := range list {
			out = append(out, row[R]{r.ground, columns(r)})
		}
		return out
	}
	if !s.missing["protected_area"] {
		_, err := w.dataset(ctx, "protected_area", "default", nil, "name category zone",
			rows(s.protected, func(r restricting[R]) []any { return []any{"保护区", r.category, r.zone} }))
		if err != nil {
			return err
		}
	}
	if !s.missing["water_source"] {
		_, err := w.dataset(ctx, "water_source", "default", nil, "name grade",
			rows(s.water, func(r restricting[R]) []any { return []any{"水源地", r.category} }))
		if err != nil {
			return err
		}
	}
	code := func(r restricting[R]) []any { return []any{r.category} }
	for layer, v := range map[string]vegetation[R]{"forest": s.forest, "grassland": s.grassland} {
		if v.hasForestry {
			if _, err := w.dataset(ctx, layer, "forestry", v.covers, "land_code", rows(v.forestry, code)); err != nil {
				return err
			}
		}
		if v.hasSurvey {
			if _, err := w.dataset(ctx, layer, "land_survey", nil, "land_code", rows(v.survey, code)); err != nil {
				return err
			}
		}
	}
	return nil
}
