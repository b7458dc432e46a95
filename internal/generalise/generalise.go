package generalise

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pg"
)

// The states of copies; Waiting ones are not begun.
const (
	Waiting   = "waiting"
	Working   = "working"
	Complete  = "complete"
	Cancelled = "cancelled"
	Failed    = "failed"
)

// Errors of what is asked.
var (
	// ErrNotFound is returned for a dataset that is not there, or not accepted.
	ErrNotFound = errors.New("no such accepted dataset")
	// ErrOver is returned to whoever makes copies that were given up meanwhile, or
	// whose dataset counts no more.
	ErrOver = errors.New("the copies are given up")
)

// batchRows is how many rows are gone through in a transaction.
const batchRows = 1000

// A Copy is how far the copies of a dataset are.
type Copy struct {
	DatasetID                 int64
	CountyCode, Layer, Source string
	Status                    string
	// ShapesFrom is the first level that shows the rows themselves, nil while that
	// is not known.
	ShapesFrom *int
	// DoneRowNo is the last of the rows that are done, LastRowNo of all.
	DoneRowNo, LastRowNo int
	Error                *string
}

// List is how far the copies of the versions that count today are.
func List(ctx context.Context, db pg.DB) ([]Copy, error) {
	rows, err := db.Query(ctx, sqlList.SQL())
	if err != nil {
		return nil, sqlList.Named(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[Copy])
	return all, sqlList.Named(err)
}

// Due are the datasets whose copies are still to be made.
func Due(ctx context.Context, db pg.DB) ([]int64, error) {
	rows, err := db.Query(ctx, sqlDue.SQL())
	if err != nil {
		return nil, sqlDue.Named(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return ids, sqlDue.Named(err)
}

// DropSuperseded deletes the copies of versions that count no more, and returns of
// how many.
func DropSuperseded(ctx context.Context, db pg.DB) (int64, error) {
	tag, err := db.Exec(ctx, sqlDropSuperseded.SQL())
	return tag.RowsAffected(), sqlDropSuperseded.Named(err)
}

// Make makes the copies of a dataset, or goes on with them; ErrNotFound, ErrOver.
// progress may be nil.
func Make(ctx context.Context, db Database, datasetID int64, progress func(done, total int)) error {
	if err := begin(ctx, db, datasetID); err != nil {
		return err
	}
	for {
		var s state
		err := pg.InTx(ctx, db, func(tx pgx.Tx) (err error) {
			s, err = step(ctx, tx, datasetID)
			return err
		})
		if err != nil {
			return fmt.Errorf("copies of dataset %d: %w", datasetID, err)
		}
		if progress != nil {
			progress(s.DoneRowNo, s.LastRowNo)
		}
		if s.Status == Complete {
			return nil
		}
	}
}

// A Database is where copies are made.
type Database interface {
	pg.DB
	pg.Beginner
}

// begin settles from which level on maps show the rows of a dataset themselves,
// unless that is settled.
func begin(ctx context.Context, db Database, datasetID int64) error {
	layer, err := layerOf(ctx, db, datasetID)
	if err != nil {
		return err
	}
	if err := pg.InTx(ctx, db, func(tx pgx.Tx) error { _, err := hold(ctx, tx, datasetID); return err }); !errors.Is(err, ErrOver) {
		return err
	}
	from, last := lastLevel+1, 0
	for ; from > 0; from-- {
		var crowded, rows int
		err := db.QueryRow(ctx, sqlCrowded.SQL(), pgx.StrictNamedArgs{
			"layer": layer, "dataset_id": datasetID, "block_degrees": blockPixels * pixelDegrees(from-1), "most": crowdedRows,
		}).Scan(&crowded, &rows, &last)
		if err != nil {
			return sqlCrowded.Named(err)
		}
		if float64(crowded) > crowdedShare*float64(rows) {
			break
		}
	}
	_, err = db.Exec(ctx, sqlBegin.SQL(), pgx.StrictNamedArgs{"dataset_id": datasetID, "shapes_from": from, "last_row_no": last})
	return sqlBegin.Named(err)
}

// layerOf is the layer of an accepted dataset, or ErrNotFound.
func layerOf(ctx context.Context, db pg.DB, datasetID int64) (layer string, err error) {
	err = db.QueryRow(ctx, sqlReadDataset.SQL(), pgx.StrictNamedArgs{"dataset_id": datasetID}).Scan(&layer)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("dataset %d: %w", datasetID, ErrNotFound)
	}
	return layer, sqlReadDataset.Named(err)
}

type state struct {
	Status               string
	ShapesFrom           int
	DoneRowNo, LastRowNo int
	Layer                string
}

// hold returns how far the copies are, which until the transaction ends nobody
// else changes; ErrOver where there are none.
func hold(ctx context.Context, tx pgx.Tx, datasetID int64) (s state, err error) {
	err = tx.QueryRow(ctx, sqlHold.SQL(), pgx.StrictNamedArgs{"dataset_id": datasetID}).Scan(&s.Status, &s.ShapesFrom, &s.DoneRowNo, &s.LastRowNo, &s.Layer)
	if errors.Is(err, pgx.ErrNoRows) {
		return s, ErrOver
	}
	return s, sqlHold.Named(err)
}

// step makes the copies of the next rows, or behind the last the cells of all.
func step(ctx context.Context, tx pgx.Tx, datasetID int64) (state, error) {
	s, err := hold(ctx, tx, datasetID)
	if err != nil || s.Status == Complete {
		return s, err
	}
	if s.Status != Working {
		return s, ErrOver
	}
	finest := s.ShapesFrom - 1
	if s.DoneRowNo == s.LastRowNo {
		s.Status = Complete
		return s, finish(ctx, tx, datasetID, finest)
	}
	upto := min(s.DoneRowNo+batchRows, s.LastRowNo)
	rows := pgx.StrictNamedArgs{"layer": s.Layer, "dataset_id": datasetID, "after": s.DoneRowNo, "upto": upto, "corners": manyCorners}
	levels, tolerances := shapeLevels()
	if err := exec(ctx, tx, sqlPutShapes, with(rows, pgx.StrictNamedArgs{"levels": levels, "tolerances_degrees": tolerances})); err != nil {
		return s, err
	}
	if finest >= 0 {
		if err := exec(ctx, tx, sqlPutParts, with(rows, pgx.StrictNamedArgs{"cell_degrees": CellDegrees(finest)})); err != nil {
			return s, err
		}
	}
	s.DoneRowNo = upto
	return s, exec(ctx, tx, sqlAdvance, pgx.StrictNamedArgs{"dataset_id": datasetID, "done_row_no": upto})
}

func finish(ctx context.Context, tx pgx.Tx, datasetID int64, finest int) error {
	dataset := pgx.StrictNamedArgs{"dataset_id": datasetID}
	if err := exec(ctx, tx, sqlPutCells, with(dataset, pgx.StrictNamedArgs{"finest": finest})); err != nil {
		return err
	}
	if err := exec(ctx, tx, sqlDropParts, dataset); err != nil {
		return err
	}
	return exec(ctx, tx, sqlComplete, dataset)
}

func with(all, more pgx.StrictNamedArgs) pgx.StrictNamedArgs {
	out := pgx.StrictNamedArgs{}
	for _, some := range []pgx.StrictNamedArgs{all, more} {
		for name, v := range some {
			out[name] = v
		}
	}
	return out
}

func exec(ctx context.Context, db pg.DB, s pg.Statement, args pgx.StrictNamedArgs) error {
	_, err := db.Exec(ctx, s.SQL(), args)
	return s.Named(err)
}

// Cancel gives up the copies of a dataset that are being made, or not begun, and
// reports whether there were any to give up; ErrNotFound. They are not made again
// by themselves.
func Cancel(ctx context.Context, db Database, datasetID int64) (bool, error) {
	if _, err := layerOf(ctx, db, datasetID); err != nil {
		return false, err
	}
	return end(ctx, db, datasetID, Cancelled, nil)
}

// Fail notes that the copies of a dataset cannot be made. why is for those who look
// at it.
func Fail(ctx context.Context, db pg.Beginner, datasetID int64, why string) error {
	_, err := end(ctx, db, datasetID, Failed, &why)
	return err
}

func end(ctx context.Context, db pg.Beginner, datasetID int64, status string, why *string) (ended bool, err error) {
	err = pg.InTx(ctx, db, func(tx pgx.Tx) error {
		// Of those that are not begun there is nothing yet that could say so.
		if err := exec(ctx, tx, sqlBegin, pgx.StrictNamedArgs{"dataset_id": datasetID, "shapes_from": 0, "last_row_no": 0}); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, sqlEnd.SQL(), pgx.StrictNamedArgs{"dataset_id": datasetID, "status": status, "error": why})
		ended = tag.RowsAffected() > 0
		return sqlEnd.Named(err)
	})
	return ended, err
}

// Forget deletes the copies of a dataset, and that they were given up or failed, so
// that they are made anew.
func Forget(ctx context.Context, db pg.DB, datasetID int64) error {
	return exec(ctx, db, sqlForget, pgx.StrictNamedArgs{"dataset_id": datasetID})
}
