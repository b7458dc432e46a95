package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

// collected gathers the diagnostics of one dataset.
type collected struct {
	stored []taohe.Diagnostic
	count  map[string]int64
}

func (c *collected) add(diags ...taohe.Diagnostic) {
	if c.count == nil {
		c.count = make(map[string]int64)
	}
	for _, d := range diags {
		c.count[d.Code]++
		if c.count[d.Code] <= record.MaxStoredPerCode {
			c.stored = append(c.stored, d)
		}
	}
}

// addMore counts diagnostics of a code that were met and are not handed over,
// because more of it were than are stored.
func (c *collected) addMore(code string, more int64) {
	if more > 0 {
		c.count[code] += more
	}
}

// write stores what was gathered beside the dataset.
func (c *collected) write(ctx context.Context, tx pgx.Tx, dataset int64) error {
	rows := make([][]any, 0, len(c.stored))
	for i, d := range c.stored {
		args := make(map[string]string, len(d.Args))
		for k, v := range d.Args {
			args[k] = storable(v)
		}
		argsJSON, err := json.Marshal(args)
		if err != nil {
			return fmt.Errorf("diagnostics: %w", err)
		}
		var at []byte
		if d.At != nil {
			at = pointEWKB(d.At)
		}
		var row, field any
		if d.Row > 0 {
			row = d.Row
		}
		if d.Field != "" {
			field = storable(d.Field)
		}
		rows = append(rows, []any{dataset, i + 1, d.Code, string(d.Severity()), row, field, at, argsJSON})
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"dataset_diagnostic"},
		[]string{"dataset_id", "diagnostic_no", "code", "severity", "source_row", "field", "at", "args"}, pgx.CopyFromRows(rows))
	if err != nil {
		return fmt.Errorf("diagnostics: %w", err)
	}
	counts := make([][]any, 0, len(c.count))
	for _, code := range sortedKeys(c.count) {
		counts = append(counts, []any{dataset, code, string(taohe.Diagnostic{Code: code}.Severity()), c.count[code]})
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"dataset_diagnostic_count"},
		[]string{"dataset_id", "code", "severity", "count"}, pgx.CopyFromRows(counts))
	if err != nil {
		return fmt.Errorf("diagnostics: %w", err)
	}
	return nil
}

// storable is text as PostgreSQL can hold it: UTF-8 without the zero byte.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
