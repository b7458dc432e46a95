package ingest

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest/record"
)

// Boundaries drawn twice differ by less; it is no overlap.
const minOverlapM2 = 1.0

// settleNeighbours looks at what rows say of each other: the same thing twice,
// and in layers where no ground may be under two numbers, shared ground.
func (l *loader) settleNeighbours(ctx context.Context, tx pgx.Tx) error {
	if err := l.settleDuplicates(ctx, tx); err != nil {
		return err
	}
	if l.req.spec.NoOverlap == nil {
		return nil
	}
	return l.settleOverlaps(ctx, tx)
}

func (l *loader) settleDuplicates(ctx context.Context, tx pgx.Tx) error {
	type duplicate struct {
		SourceRow, FirstRow, FirstFile int
		Lon, Lat                       float64
		Duplicates                     int64
	}
	// Rows that say the same have the same area, and few others have.
	if l.baseID == 0 && !l.whole.areas.mayRepeat {
		return nil
	}
	rows, err := tx.Query(ctx, forLayer(sqlDuplicateRows, l.req.layer), pgx.StrictNamedArgs{
		"dataset_id": l.DatasetID, "file_no": l.fileNo + 1, "max_rows": record.MaxStoredPerCode,
	})
	if err != nil {
		return fmt.Errorf("duplicate rows: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[duplicate])
	if err != nil {
		return fmt.Errorf("duplicate rows: %w", err)
	}
	for i, d := range found {
		l.diags.add(taohe.Diagnostic{Code: "row.duplicate", Row: d.SourceRow, At: &[2]float64{d.Lon, d.Lat}, Args: map[string]string{
			"first": l.rowWord(d.FirstRow, d.FirstFile),
		}})
		if i == len(found)-1 {
			l.diags.addMore("row.duplicate", d.Duplicates-int64(len(found)))
		}
	}
	return nil
}

// rowWord names a row to people, which may stand in an earlier file.
func (l *loader) rowWord(row, file int) string {
	if file == l.fileNo+1 {
		return "第 " + strconv.Itoa(row) + " 行"
	}
	return "先前第 " + strconv.Itoa(file) + " 个文件的第 " + strconv.Itoa(row) + " 行"
}

func (l *loader) settleOverlaps(ctx context.Context, tx pgx.Tx) error {
	type pair struct {
		OneRow, OtherRow, OtherFile *int
		OneNumber, OtherNumber      *string
		OverlapM2                   *float64 `db:"overlap_m2"`
		Lon, Lat                    *float64
		Pairs                       *int64
		LookedAtAll                 bool
	}
	rows, err := tx.Query(ctx, forLayer(sqlOverlappingRows, l.req.layer), pgx.StrictNamedArgs{
		"dataset_id": l.DatasetID, "file_no": l.fileNo + 1, "min_area_m2": minOverlapM2,
		"max_pairs": record.MaxOverlapPairs, "max_rows": record.MaxStoredPerCode,
	})
	if err != nil {
		return fmt.Errorf("overlapping rows: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[pair])
	if err != nil {
		return fmt.Errorf("overlapping rows: %w", err)
	}
	number, _ := l.req.spec.Field(l.req.spec.NoOverlap.Number)
	for _, p := range found {
		if p.OneRow == nil {
			break // no pair at all
		}
		l.diags.add(taohe.Diagnostic{Code: "row.overlap", Row: *p.OneRow, At: &[2]float64{*p.Lon, *p.Lat}, Args: map[string]string{
			"title": number.Title, "number": *p.OneNumber, "other_number": *p.OtherNumber,
			"other": l.rowWord(*p.OtherRow, *p.OtherFile), "overlap_m2": geo.FormatM2(*p.OverlapM2), "layer": l.req.layer.Title(),
		}})
	}
	if last := found[len(found)-1]; last.Pairs != nil {
		l.diags.addMore("row.overlap", *last.Pairs-int64(len(found)))
	}
	if !found[0].LookedAtAll {
		l.diags.add(taohe.Diagnostic{Code: "layer.overlaps_unread", Args: map[string]string{"pairs": strconv.Itoa(record.MaxOverlapPairs)}})
	}
	return nil
}
