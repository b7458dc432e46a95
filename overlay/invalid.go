package overlay

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pg"
)

// An InvalidRow is a row whose stored shape is not valid: shapes are valid when
// they are stored, so something changed it since.
type InvalidRow struct {
	Layer     taohe.Layer
	DatasetID int64
	FileName  string
	SourceRow int
	Reason    string
	Place     string // WKT
}

// An InvalidRowsError says which stored shapes a mine cannot be computed on.
// Overlay on an invalid polygon is often wrong without an error, so it is not
// tried.
type InvalidRowsError struct{ Rows []InvalidRow }

func (e *InvalidRowsError) Error() string {
	var b strings.Builder
	b.WriteString("stored shapes are not valid")
	for _, r := range e.Rows {
		fmt.Fprintf(&b, "; %s, dataset %d, %s row %d: %s at %s", r.Layer, r.DatasetID, r.FileName, r.SourceRow, r.Reason, r.Place)
	}
	return b.String()
}

// InvalidNear returns an *InvalidRowsError for the rows over a mine's ground, its
// own or others', that are not valid; nil when there are none.
func InvalidNear(ctx context.Context, db Querier, runID int64, licenceNo string) error {
	return soundRows(ctx, db, sqlInvalidNear, pgx.StrictNamedArgs{"run_id": runID, "licence_no": licenceNo})
}

func soundRows(ctx context.Context, db Querier, s pg.Statement, mine pgx.StrictNamedArgs) error {
	rows, err := collect[InvalidRow](ctx, db, s, mine)
	if err == nil && len(rows) > 0 {
		err = &InvalidRowsError{rows}
	}
	return err
}
