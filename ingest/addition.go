package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

// mapColumns maps the columns of the file to the layer's fields. What a person
// once chose for a file of the same columns, and somebody accepted, is chosen
// again, with a remark; a word with this upload goes before it.
func (l *loader) mapColumns(ctx context.Context, tx pgx.Tx, source record.Source) (Mapping, error) {
	shape := columnShape(source.Fields())
	wanted := make(map[string]string)
	for field, column := range l.req.Map {
		wanted[field] = column
	}
	var text []byte
	err := tx.QueryRow(ctx, sqlRememberedMapping.SQL(), pgx.StrictNamedArgs{
		"county_code": l.req.County, "layer": string(l.req.layer), "column_shape": shape,
	}).Scan(&text)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return Mapping{}, fmt.Errorf("remembered mapping: %w", err)
	}
	if err == nil {
		remembered := make(map[string]string)
		if err := json.Unmarshal(text, &remembered); err != nil {
			return Mapping{}, fmt.Errorf("remembered mapping: %w", err)
		}
		for _, field := range sortedKeys(remembered) {
			if _, said := wanted[field]; !said {
				wanted[field] = remembered[field]
				l.diags.add(taohe.Diagnostic{Code: "field.mapping_remembered", Field: remembered[field], Args: map[string]string{"title": l.title(field)}})
			}
		}
	}
	mapping, remarks := mapColumns(l.req.layer, l.req.spec, source.Fields(), wanted, nonNil(l.req.Set))
	faults := slices.DeleteFunc(slices.Clone(remarks), func(d taohe.Diagnostic) bool { return d.Severity() != taohe.Refused })
	l.diags.add(slices.DeleteFunc(remarks, func(d taohe.Diagnostic) bool { return d.Severity() == taohe.Refused })...)
	// A file without rows has the columns it likes: GeoJSON then has none.
	if len(faults) > 0 && source.Rows() != 0 {
		return Mapping{}, &record.RefusedError{Diagnostics: faults}
	}
	mapping.Chosen, mapping.shape = wanted, shape
	l.mapping = mapping
	return mapping, nil
}

func (l *loader) title(field string) string {
	f, _ := l.req.spec.Field(field)
	return f.Title
}

// columnShape names the columns of a file, in their order.
func columnShape(fields []record.Field) string {
	h := sha256.New()
	for _, f := range fields {
		fmt.Fprintf(h, "%d:%s", len(f.Name), f.Name)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// takeOver copies the rows and files of the version an addition builds on.
func (l *loader) takeOver(ctx context.Context, tx pgx.Tx) error {
	if l.baseID == 0 {
		return nil
	}
	args := pgx.StrictNamedArgs{"dataset_id": l.DatasetID, "base_id": l.baseID}
	if _, err := tx.Exec(ctx, sqlCopyBaseFiles.SQL(), args); err != nil {
		return fmt.Errorf("files of dataset %d: %w", l.baseID, err)
	}
	if _, err := tx.Exec(ctx, forDataset(sqlCopyBaseRows, l.req.layer, l.table), args); err != nil {
		return fmt.Errorf("rows of dataset %d: %w", l.baseID, err)
	}
	err := tx.QueryRow(ctx, forDataset(sqlNumbersTaken, l.req.layer, l.table), pgx.StrictNamedArgs{"dataset_id": l.DatasetID}).Scan(&l.rowNo, &l.fileNo)
	if err != nil {
		return fmt.Errorf("rows of dataset %d: %w", l.baseID, err)
	}
	return nil
}

// settleKeys holds the rows of an addition against those it was added to.
func (l *loader) settleKeys(ctx context.Context, tx pgx.Tx) error {
	if l.baseID == 0 || len(l.req.spec.Key) == 0 {
		return nil
	}
	args := pgx.StrictNamedArgs{"dataset_id": l.DatasetID, "file_no": l.fileNo + 1}
	if l.req.Mode == ModeUpdate {
		rows, err := tx.Query(ctx, forLayer(sqlDropReplaced, l.req.layer), args)
		if err != nil {
			return fmt.Errorf("replaced rows: %w", err)
		}
		replaced, err := pgx.CollectRows(rows, pgx.RowTo[int])
		if err != nil {
			return fmt.Errorf("replaced rows: %w", err)
		}
		if len(replaced) > 0 {
			l.diags.add(taohe.Diagnostic{Code: "layer.rows_replaced", Args: map[string]string{"rows": strconv.Itoa(len(replaced))}})
		}
		return nil
	}
	type existing struct {
		SourceRow int
		Key       string
	}
	rows, err := tx.Query(ctx, forLayer(sqlDropExisting, l.req.layer), args)
	if err != nil {
		return fmt.Errorf("existing rows: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[existing])
	if err != nil {
		return fmt.Errorf("existing rows: %w", err)
	}
	for _, e := range found {
		l.rowsRefused++
		l.diags.add(taohe.Diagnostic{Code: "key.exists", Row: e.SourceRow, Args: map[string]string{"key": e.Key}})
	}
	return nil
}
