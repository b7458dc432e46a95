package ingest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest/record"
)

// settle has PostGIS decide validity, and looks at what only the rows together
// tell.
func (l *loader) settle(ctx context.Context, tx pgx.Tx) error {
	if err := l.repair(ctx, tx); err != nil {
		return fmt.Errorf("repair: %w", err)
	}
	if err := l.dropEmpty(ctx, tx); err != nil {
		return fmt.Errorf("drop empty: %w", err)
	}
	if err := l.settleKeys(ctx, tx); err != nil {
		return err
	}
	var err error
	switch l.req.layer {
	case taohe.LayerMiningRight:
		err = l.settleLicences(ctx, tx)
	case taohe.LayerDisturbance:
		err = l.settleFootprints(ctx, tx)
	}
	if err != nil {
		return err
	}
	if err := l.cutLargeRows(ctx, tx); err != nil {
		return err
	}
	if err := l.settleDeclared(ctx, tx); err != nil {
		return err
	}
	return l.settleNeighbours(ctx, tx)
}

// largeRow is about how many corners a row of a restricting layer may have
// before it is kept in pieces too; the database counts.
const largeRow = 1000

func (l *loader) cutLargeRows(ctx context.Context, tx pgx.Tx) error {
	restricting := []taohe.Layer{taohe.LayerProtectedArea, taohe.LayerWaterSource, taohe.LayerForest, taohe.LayerGrassland}
	if !slices.Contains(restricting, l.req.layer) || l.baseID == 0 && l.whole.mostCorners < largeRow {
		return nil
	}
	_, err := tx.Exec(ctx, sqlCutLargeRows.SQL(), pgx.StrictNamedArgs{"layer": string(l.req.layer), "dataset_id": l.DatasetID})
	if err != nil {
		return fmt.Errorf("pieces of large rows: %w", err)
	}
	return nil
}

// dropEmpty takes out the rows without ground; there are some only among those
// that came so, and those whose repair left none.
func (l *loader) dropEmpty(ctx context.Context, tx pgx.Tx) error {
	if !l.anyEmpty {
		return nil
	}
	rows, err := tx.Query(ctx, forLayer(sqlDropEmpty, l.req.layer), pgx.StrictNamedArgs{"dataset_id": l.DatasetID})
	if err != nil {
		return err
	}
	dropped, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return err
	}
	slices.Sort(dropped)
	for _, row := range dropped {
		l.rowsRefused++
		l.diags.add(taohe.Diagnostic{Code: "geometry.no_area", Row: row})
	}
	return nil
}

// repair mends what PostGIS found invalid while the rows came in.
func (l *loader) repair(ctx context.Context, tx pgx.Tx) error {
	if len(l.invalid) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, forLayer(sqlRepairInvalid, l.req.layer), pgx.StrictNamedArgs{"dataset_id": l.DatasetID, "rows": l.invalid})
	if err != nil {
		return err
	}
	repaired, err := pgx.CollectRows(rows, pgx.RowToStructByName[repairedRow])
	if err != nil {
		return err
	}
	slices.SortFunc(repaired, func(a, b repairedRow) int { return cmp.Compare(a.RowNo, b.RowNo) })
	for _, r := range repaired {
		l.diags.add(r.diagnostic())
		l.anyEmpty = l.anyEmpty || r.RepairedM2 == 0
	}
	return nil
}

type repairedRow struct {
	RowNo      int
	SourceRow  int
	Reason     *string
	Lon, Lat   *float64
	RawM2      float64
	RepairedM2 float64
	Held       bool
}

func (r repairedRow) diagnostic() taohe.Diagnostic {
	d := taohe.Diagnostic{Code: "geometry.repaired", Row: r.SourceRow, Args: map[string]string{
		"reason": "", "reason_zh": "", "raw_m2": geo.FormatM2(r.RawM2), "repaired_m2": geo.FormatM2(r.RepairedM2),
	}}
	if r.Held {
		d.Code = "geometry.repaired_held"
	}
	if r.Reason != nil {
		d.Args["reason"], d.Args["reason_zh"] = *r.Reason, invalidWord(*r.Reason)
	}
	if r.Lon != nil && r.Lat != nil {
		d.At = &[2]float64{*r.Lon, *r.Lat}
	}
	return d
}

// invalidWords are the reasons of GEOS in the words of surveyors.
var invalidWords = map[string]string{
	"Self-intersection":                    "边线自相交",
	"Ring Self-intersection":               "环在某点自相接触",
	"Hole lies outside shell":              "洞在外环之外",
	"Holes are nested":                     "洞互相嵌套",
	"Interior is disconnected":             "内部被分割",
	"Nested shells":                        "外环互相嵌套",
	"Duplicate Rings":                      "环重复",
	"Too few points in geometry component": "环的点数不足",
	"Ring is not closed":                   "环没有闭合",
	"Invalid Coordinate":                   "坐标无效",
}

func invalidWord(reason string) string {
	if w, ok := invalidWords[reason]; ok {
		return w
	}
	return reason
}

func (l *loader) settleLicences(ctx context.Context, tx pgx.Tx) error {
	type numbered struct {
		SourceRow int
		LicenceNo string
	}
	args := pgx.StrictNamedArgs{"dataset_id": l.DatasetID}
	rows, err := tx.Query(ctx, sqlRefuseConflicting.SQL(), args)
	if err != nil {
		return fmt.Errorf("conflicting licences: %w", err)
	}
	conflicting, err := pgx.CollectRows(rows, pgx.RowToStructByName[numbered])
	if err != nil {
		return fmt.Errorf("conflicting licences: %w", err)
	}
	for _, c := range conflicting {
		l.rowsRefused++
		l.diags.add(taohe.Diagnostic{Code: "licence.conflicting_rows", Row: c.SourceRow, Args: map[string]string{"licence_no": c.LicenceNo}})
	}
	type merged struct {
		LicenceNo string
		SourceRow int
		Rows      int
	}
	rows, err = tx.Query(ctx, sqlMergedLicences.SQL(), args)
	if err != nil {
		return fmt.Errorf("merged licences: %w", err)
	}
	same, err := pgx.CollectRows(rows, pgx.RowToStructByName[merged])
	if err != nil {
		return fmt.Errorf("merged licences: %w", err)
	}
	for _, m := range same {
		l.diags.add(taohe.Diagnostic{Code: "licence.rows_merged", Row: m.SourceRow, Args: map[string]string{
			"licence_no": m.LicenceNo, "rows": strconv.Itoa(m.Rows),
		}})
	}
	return l.settleLicenceAreas(ctx, tx, args)
}

func (l *loader) settleLicenceAreas(ctx context.Context, tx pgx.Tx, args pgx.StrictNamedArgs) error {
	type measured struct {
		LicenceNo  string
		SourceRow  int
		DeclaredM2 float64 `db:"declared_m2"`
		MeasuredM2 float64 `db:"measured_m2"`
	}
	rows, err := tx.Query(ctx, sqlLicenceAreas.SQL(), args)
	if err != nil {
		return fmt.Errorf("licence areas: %w", err)
	}
	licences, err := pgx.CollectRows(rows, pgx.RowToStructByName[measured])
	if err != nil {
		return fmt.Errorf("licence areas: %w", err)
	}
	for _, m := range licences {
		if d, differs := declaredDiffers(m.DeclaredM2, m.MeasuredM2); differs {
			d.Row = m.SourceRow
			l.diags.add(d)
		}
	}
	return nil
}

// settleFootprints stores the declared footprints; a date of patches without
// one refuses the file, because nobody could tell "not seen" from "not looked".
func (l *loader) settleFootprints(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, sqlImageDates.SQL(), pgx.StrictNamedArgs{"dataset_id": l.DatasetID, "file_no": l.fileNo + 1})
	if err != nil {
		return fmt.Errorf("image dates: %w", err)
	}
	dates, err := pgx.CollectRows(rows, pgx.RowTo[taohe.Date])
	if err != nil {
		return fmt.Errorf("image dates: %w", err)
	}
	declared := make(map[taohe.Date]Footprint)
	var every *Footprint
	for i, f := range l.req.Footprints {
		if f.ImagedOn.IsZero() {
			every = &l.req.Footprints[i]
		} else {
			declared[f.ImagedOn] = f
		}
	}
	var missing []string
	for _, d := range dates {
		if _, ok := declared[d]; ok {
			continue
		}
		if every == nil {
			missing = append(missing, d.String())
			continue
		}
		declared[d] = Footprint{ImagedOn: d, Ground: every.Ground}
	}
	if len(missing) > 0 {
		return record.Refuse("footprint.missing_dates", map[string]string{"dates": strings.Join(missing, "、")})
	}
	for _, f := range declared {
		var ground []byte
		if f.Ground != nil {
			if ground, err = groundEWKB(f.Ground); err != nil {
				return fmt.Errorf("footprint: %w", err)
			}
		}
		_, err := tx.Exec(ctx, sqlAddFootprint.SQL(), pgx.StrictNamedArgs{
			"dataset_id": l.DatasetID, "imaged_on": f.ImagedOn, "geom": ground,
		})
		if err != nil {
			return fmt.Errorf("footprint: %w", err)
		}
	}
	if l.baseID == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, sqlCopyFootprints.SQL(), pgx.StrictNamedArgs{"dataset_id": l.DatasetID, "base_id": l.baseID}); err != nil {
		return fmt.Errorf("footprint: %w", err)
	}
	return nil
}
