package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/internal/pg"
)

// A File is one file a dataset is made of.
type File struct {
	Name      string `json:"name"`
	LayerName string `json:"layer_name"`
	SHA256    string `json:"sha256"`
	Bytes     int64  `json:"bytes"`
}

// A DeclaredFootprint is what a dataset says was interpreted on a date.
type DeclaredFootprint struct {
	ImagedOn    taohe.Date `json:"imaged_on"`
	WholeCounty bool       `json:"whole_county"`
}

// A Dataset is one version of a layer for one county, as stored.
type Dataset struct {
	ID           int64
	CountyCode   string
	Layer        taohe.Layer
	Source       string
	Vintage      taohe.Date
	Mode         string
	Status       string
	Reference    *Reference
	Encoding     *record.Encoding
	Mapping      Mapping
	RowsRead     int64
	RowsLoaded   int64
	RowsHeld     int64
	RowsRefused  int64
	HeldDecision *string
	Error        *string
	// EllipsoidalAreaM2 is the sum over the rows, overlaps counted as often as
	// they occur; nil without rows.
	EllipsoidalAreaM2        *float64 `db:"ellipsoidal_area_m2"`
	West, South, East, North *float64
	Files                    []File
	Footprints               []DeclaredFootprint
	CreatedAt                time.Time
	LoadedAt                 *time.Time
	AcceptedAt               *time.Time
	AcceptedBy               *string
}

// GetDataset returns a dataset, or ErrNotFound.
func GetDataset(ctx context.Context, db Querier, id int64) (Dataset, error) {
	rows, err := db.Query(ctx, sqlGetDataset.SQL(), pgx.StrictNamedArgs{"dataset_id": id})
	if err != nil {
		return Dataset{}, fmt.Errorf("dataset %d: %w", id, err)
	}
	d, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Dataset])
	if errors.Is(err, pgx.ErrNoRows) {
		return Dataset{}, fmt.Errorf("dataset %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return Dataset{}, fmt.Errorf("dataset %d: %w", id, err)
	}
	return d, nil
}

// A DatasetSummary is a line of a list of datasets.
type DatasetSummary struct {
	ID          int64
	CountyCode  string
	Layer       taohe.Layer
	Source      string
	Vintage     taohe.Date
	Status      string
	RowsLoaded  int64
	RowsHeld    int64
	RowsRefused int64
	CreatedAt   time.Time
	AcceptedAt  *time.Time
	FileName    *string
}

// ListDatasets lists datasets, newest first; county and layer may be empty for
// all. before is the last ID of the page before, 0 for the first page.
func ListDatasets(ctx context.Context, db Querier, county, layer string, before int64, limit int) ([]DatasetSummary, error) {
	var beforeID any
	if before > 0 {
		beforeID = before
	}
	rows, err := db.Query(ctx, sqlListDatasets.SQL(), pgx.StrictNamedArgs{
		"county_code": nullable(county), "layer": nullable(layer), "before_id": beforeID, "max_rows": limit,
	})
	if err != nil {
		return nil, fmt.Errorf("list datasets: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[DatasetSummary])
}

// A StoredDiagnostic is a diagnostic with its number in the dataset.
type StoredDiagnostic struct {
	No int
	taohe.Diagnostic
}

// Diagnostics returns the stored diagnostics of a dataset after the given
// number, at most limit of them.
func Diagnostics(ctx context.Context, db Querier, id int64, after, limit int) ([]StoredDiagnostic, error) {
	rows, err := db.Query(ctx, sqlDiagnostics.SQL(), pgx.StrictNamedArgs{"dataset_id": id, "after_no": after, "max_rows": limit})
	if err != nil {
		return nil, fmt.Errorf("diagnostics of dataset %d: %w", id, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (StoredDiagnostic, error) {
		var s StoredDiagnostic
		var sourceRow *int
		var field *string
		var lon, lat *float64
		if err := row.Scan(&s.No, &s.Code, &sourceRow, &field, &lon, &lat, &s.Args); err != nil {
			return s, err
		}
		if sourceRow != nil {
			s.Row = *sourceRow
		}
		if field != nil {
			s.Field = *field
		}
		if lon != nil && lat != nil {
			s.At = &[2]float64{*lon, *lat}
		}
		return s, nil
	})
}

// A DiagnosticCount says how often a code was met in a dataset; more may have
// been met than are stored.
type DiagnosticCount struct {
	Code     string
	Severity taohe.Severity
	Count    int64
}

// DiagnosticCounts returns the counts of a dataset by code.
func DiagnosticCounts(ctx context.Context, db Querier, id int64) ([]DiagnosticCount, error) {
	rows, err := db.Query(ctx, sqlDiagnosticCounts.SQL(), pgx.StrictNamedArgs{"dataset_id": id})
	if err != nil {
		return nil, fmt.Errorf("diagnostics of dataset %d: %w", id, err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[DiagnosticCount])
}

// The decisions on held rows.
const (
	HeldAccept   = "accept"    // the repaired shapes count
	HeldLeaveOut = "leave_out" // the rows stay stored and count for nothing
)

// An Acceptance is what a person says when accepting a dataset.
type Acceptance struct {
	By string
	// Held says what becomes of held rows; it may be empty when there are none.
	Held string
	// ConfirmRemoved is how many keys of the version before the person saw go;
	// it must be right when any go.
	ConfirmRemoved int
}

// Accept puts a staged dataset on the time line of its layer. It returns
// ErrNotFound, ErrNotStaged, ErrHeldUndecided or ErrRemovalUnconfirmed when the
// dataset is not there, is not staged, holds rows nobody decided on, or drops
// rows nobody confirmed.
func Accept(ctx context.Context, pool *pgxpool.Pool, id int64, a Acceptance) error {
	return pg.InTx(ctx, pool, func(tx pgx.Tx) error {
		d, err := GetDataset(ctx, tx, id)
		if err != nil {
			return err
		}
		if d.Status != "staged" {
			return fmt.Errorf("accept dataset %d (%s): %w", id, d.Status, ErrNotStaged)
		}
		changes, err := GetChanges(ctx, tx, id)
		if err != nil {
			return err
		}
		if d.Mode == ModeReplace && changes.Removed > 0 && a.ConfirmRemoved != changes.Removed {
			return fmt.Errorf("accept dataset %d (%d keys of dataset %d): %w", id, changes.Removed, changes.BaseID, ErrRemovalUnconfirmed)
		}
		if d.RowsHeld > 0 && a.Held != HeldAccept && a.Held != HeldLeaveOut {
			return fmt.Errorf("accept dataset %d (%d rows): %w", id, d.RowsHeld, ErrHeldUndecided)
		}
		if d.RowsHeld > 0 && a.Held == HeldAccept {
			_, err := tx.Exec(ctx, forLayer(sqlAcceptHeld, d.Layer), pgx.StrictNamedArgs{"dataset_id": id})
			if err != nil {
				return fmt.Errorf("accept dataset %d: %w", id, err)
			}
		}
		tag, err := tx.Exec(ctx, sqlAcceptDataset.SQL(), pgx.StrictNamedArgs{
			"dataset_id": id, "accepted_by": nullable(a.By), "held_decision": nullable(a.Held),
		})
		if err != nil {
			return fmt.Errorf("accept dataset %d: %w", id, err)
		}
		if tag.RowsAffected() != 1 { // someone else was faster
			return fmt.Errorf("accept dataset %d: %w", id, ErrNotStaged)
		}
		return nil
	})
}

// Drop deletes a dataset that was not accepted, with its rows and what was said of
// them, in a transaction of the caller's; nothing may rest on it. It returns
// ErrNotFound, ErrKept for one that is accepted or being loaded, and ErrBeingRead
// while others read its layer.
func Drop(ctx context.Context, tx pgx.Tx, id int64) error {
	var layer, status string
	err := tx.QueryRow(ctx, sqlLockDataset.SQL(), pgx.StrictNamedArgs{"dataset_id": id}).Scan(&layer, &status, nil)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return ErrNotFound
	case err == nil && (status == "accepted" || status == "loading"):
		return fmt.Errorf("drop dataset %d (%s): %w", id, status, ErrKept)
	case err == nil:
		_, err = tx.Exec(ctx, sqlDropDatasetTable.SQL(), pgx.StrictNamedArgs{"layer": layer, "dataset_id": id})
	}
	if err == nil {
		_, err = tx.Exec(ctx, sqlDropDataset.SQL(), pgx.StrictNamedArgs{"dataset_id": id})
	}
	if pg.Locked(err) {
		err = ErrBeingRead
	}
	if err != nil {
		return fmt.Errorf("drop dataset %d: %w", id, err)
	}
	return nil
}

// FailInterrupted closes the datasets whose loader died with its program. It
// is called when a program starts.
func FailInterrupted(ctx context.Context, db Executor) (int64, error) {
	tag, err := db.Exec(ctx, sqlFailInterrupted.SQL())
	if err != nil {
		return 0, fmt.Errorf("close interrupted datasets: %w", err)
	}
	return tag.RowsAffected(), nil
}
