// Package orthophoto keeps images of the ground in the database, in pieces, where
// every service and every worker finds them. It knows nothing of what is in them.
package orthophoto

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pg"
)

// ErrNotFound is returned for an image that is not there.
var ErrNotFound = errors.New("no such orthophoto")

// ErrChanged is returned by Put for a file that changed while it was read.
var ErrChanged = errors.New("the file changed while it was read")

// A KeptError is returned by Put for content that is there already.
type KeptError struct{ SHA256 []byte }

func (e *KeptError) Error() string { return fmt.Sprintf("orthophoto %x is kept already", e.SHA256) }

// chunkBytes is how much of an image is held at a time by who writes or reads it.
const chunkBytes = 256 << 10

// An Image is what is known of one.
type Image struct {
	ID         int64
	CountyCode string
	Name       string
	ImagedOn   taohe.Date
	// The box around its extent, in degrees.
	West, South, East, North float64
	EPSG                     int `db:"epsg"`
	Width, Height            int // pixels
	// Transform is from pixels to the plane of the reference system: east, along a
	// row, down a column, north, along, down.
	Transform []float64
	PixelM    float64 // height of a pixel on the ground, nearly
	Bytes     int64
	SHA256    string `db:"sha256"` // in hexadecimals
	AddedAt   time.Time
	Copy      Copy `db:"-"`
}

// Put stores an image whose extent is a multipolygon in EWKB and whose content r holds,
// Bytes of it, which it reads once, and returns its number. ErrChanged where there is
// less, *KeptError where the content is there already: the transaction is then to
// be rolled back.
func Put(ctx context.Context, tx pgx.Tx, m Image, extent []byte, r io.Reader) (id int64, err error) {
	if err := tx.QueryRow(ctx, sqlNext.SQL()).Scan(&id); err != nil {
		return 0, sqlNext.Named(err)
	}
	hash := sha256.New()
	if err := putChunks(ctx, tx, "orthophoto_chunk", id, io.TeeReader(r, hash), m.Bytes); err != nil {
		return 0, err
	}
	sum := hash.Sum(nil)
	err = tx.QueryRow(ctx, sqlPut.SQL(), pgx.StrictNamedArgs{
		"id": id, "county": m.CountyCode, "name": m.Name, "imaged_on": m.ImagedOn, "extent": extent, "epsg": m.EPSG, "width": m.Width, "height": m.Height,
		"transform": m.Transform, "pixel_m": m.PixelM, "bytes": m.Bytes, "sha256": sum,
	}).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, &KeptError{sum}
	}
	return id, sqlPut.Named(err)
}

// putChunks stores so many bytes in pieces, or returns ErrChanged where there are less.
func putChunks(ctx context.Context, tx pgx.Tx, table string, id int64, r io.Reader, bytes int64) error {
	in := io.LimitReader(r, bytes)
	chunk, total, buffer := 0, int64(0), make([]byte, chunkBytes)
	_, err := tx.CopyFrom(ctx, pgx.Identifier{table}, []string{"orthophoto_id", "chunk", "content"}, pgx.CopyFromFunc(func() ([]any, error) {
		n, err := io.ReadFull(in, buffer)
		switch {
		case n == 0 && errors.Is(err, io.EOF):
			return nil, nil
		case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
			return nil, err
		}
		chunk, total = chunk+1, total+int64(n)
		return []any{id, chunk - 1, buffer[:n]}, nil
	}))
	switch {
	case err != nil:
		return fmt.Errorf("orthophoto: %w", err)
	case total != bytes:
		return ErrChanged
	}
	return nil
}

// Find returns the image whose content r holds in full, so many bytes, or ErrNotFound.
// Where none is as large, it does not read.
func Find(ctx context.Context, db pg.DB, r io.Reader, bytes int64) (m Image, err error) {
	var some bool
	if err := db.QueryRow(ctx, sqlHasSize.SQL(), pgx.StrictNamedArgs{"bytes": bytes}).Scan(&some); err != nil || !some {
		return m, cmp.Or(sqlHasSize.Named(err), ErrNotFound)
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, r); err != nil {
		return m, fmt.Errorf("orthophoto: %w", err)
	}
	return FindSHA256(ctx, db, hash.Sum(nil))
}

// FindSHA256 returns the image of that hash, or ErrNotFound.
func FindSHA256(ctx context.Context, db pg.DB, sum []byte) (m Image, err error) {
	var id int64
	err = db.QueryRow(ctx, sqlFind.SQL(), pgx.StrictNamedArgs{"sha256": sum}).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return m, ErrNotFound
	}
	if err != nil {
		return m, sqlFind.Named(err)
	}
	return Get(ctx, db, id)
}

// Get returns an image, or ErrNotFound.
func Get(ctx context.Context, db pg.DB, id int64) (Image, error) {
	rows, err := db.Query(ctx, sqlRead.SQL(), pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return Image{}, sqlRead.Named(err)
	}
	m, err := pgx.CollectExactlyOneRow(rows, scanImage)
	if errors.Is(err, pgx.ErrNoRows) {
		return Image{}, fmt.Errorf("orthophoto %d: %w", id, ErrNotFound)
	}
	return m, sqlRead.Named(err)
}

// List returns images, the last added first, of a county unless it is empty, with
// numbers below before unless it is 0.
func List(ctx context.Context, db pg.DB, county string, before int64, most int) ([]Image, error) {
	rows, err := db.Query(ctx, sqlList.SQL(), pgx.StrictNamedArgs{"county": county, "before": before, "most": most})
	if err != nil {
		return nil, sqlList.Named(err)
	}
	all, err := pgx.CollectRows(rows, scanImage)
	return all, sqlList.Named(err)
}

// scanImage reads a row of an image and its copy.
func scanImage(row pgx.CollectableRow) (Image, error) {
	v, err := pgx.RowToStructByName[struct {
		Image
		CopyFault                         string
		CopySHA256                        string `db:"copy_sha256"`
		CopyBytes                         int64
		CopyWestM, CopyNorthM, CopyPixelM float64
		CopyWidths, CopyHeights           []int
	}](row)
	v.Copy = Copy{v.CopyFault, v.CopyBytes, v.CopySHA256, v.CopyWestM, v.CopyNorthM, v.CopyPixelM, v.CopyWidths, v.CopyHeights}
	return v.Image, err
}

// Newest returns the newest image of no later day than a run's that covers the
// licence of a mine, or ErrNotFound; of those up to the number last unless it is 0.
func Newest(ctx context.Context, db pg.DB, runID int64, licenceNo string, last int64) (Image, error) {
	var id int64
	err := db.QueryRow(ctx, sqlNewest.SQL(), pgx.StrictNamedArgs{"run_id": runID, "licence_no": licenceNo, "last": last}).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Image{}, ErrNotFound
	}
	if err != nil {
		return Image{}, sqlNewest.Named(err)
	}
	return Get(ctx, db, id)
}

// Last is the number of the image that was added last, 0 where there is none.
func Last(ctx context.Context, db pg.DB) (id int64, err error) {
	err = db.QueryRow(ctx, sqlLast.SQL()).Scan(&id)
	return id, sqlLast.Named(err)
}

// Drop deletes an image, or returns ErrNotFound.
func Drop(ctx context.Context, db pg.DB, id int64) error {
	tag, err := db.Exec(ctx, sqlDropOne.SQL(), pgx.StrictNamedArgs{"id": id})
	if err == nil && tag.RowsAffected() == 0 {
		return fmt.Errorf("orthophoto %d: %w", id, ErrNotFound)
	}
	return sqlDropOne.Named(err)
}
