package orthophoto

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pg"
)

// A Copy is what an image is looked at by in a browser: a TIFF of tiles in Web Mercator.
// The zero value is none.
type Copy struct {
	// Fault says, in Chinese, why there is none.
	Fault  string
	Bytes  int64
	SHA256 string // in hexadecimals
	// The upper left corner and the side of a pixel, metres of the projection.
	WestM, NorthM, PixelM float64
	// Widths and Heights are those of its pictures in pixels, the largest first.
	Widths, Heights []int
}

// PutCopy stores the copy of an image, Bytes of it, which r holds from its start, or why
// there is none, in place of an earlier reason. Where there is a copy it does nothing.
func PutCopy(ctx context.Context, tx pgx.Tx, id int64, c Copy, r io.ReadSeeker) error {
	if _, err := tx.Exec(ctx, sqlDropFault.SQL(), pgx.StrictNamedArgs{"id": id}); err != nil {
		return sqlDropFault.Named(err)
	}
	sum := []byte{}
	if c.Fault == "" {
		hash := sha256.New()
		_, err := io.Copy(hash, r)
		if err == nil {
			_, err = r.Seek(0, io.SeekStart)
		}
		if err != nil {
			return fmt.Errorf("orthophoto: %w", err)
		}
		sum = hash.Sum(sum)
	}
	err := tx.QueryRow(ctx, sqlPutCopy.SQL(), pgx.StrictNamedArgs{
		"id": id, "fault": c.Fault, "bytes": c.Bytes, "sha256": sum, "west_m": c.WestM, "north_m": c.NorthM, "pixel_m": c.PixelM,
		"widths": append([]int{}, c.Widths...), "heights": append([]int{}, c.Heights...),
	}).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil || c.Fault != "" {
		return sqlPutCopy.Named(err)
	}
	return putChunks(ctx, tx, "orthophoto_copy_chunk", id, r, c.Bytes)
}

// A Content is the bytes of the copy of an image, or of the image where it has none,
// got piece by piece as they are asked for. One piece is held.
type Content struct {
	Bytes  int64
	SHA256 string // in hexadecimals

	id     int64
	chunks pg.Statement
	fetch  func(get func(ctx context.Context, db pg.DB) error) error
	piece  int64
	held   []byte // the piece, when there is one
}

// NewContent asks the database by fetch, each time for one piece.
func NewContent(m Image, fetch func(get func(ctx context.Context, db pg.DB) error) error) *Content {
	if m.Copy.Bytes > 0 {
		return &Content{Bytes: m.Copy.Bytes, SHA256: m.Copy.SHA256, id: m.ID, chunks: sqlCopyChunks, fetch: fetch}
	}
	return &Content{Bytes: m.Bytes, SHA256: m.SHA256, id: m.ID, chunks: sqlChunks, fetch: fetch}
}

// ReadAt returns ErrNotFound for an image that is gone.
func (c *Content) ReadAt(b []byte, offset int64) (n int, err error) {
	for n < len(b) {
		if offset < 0 || offset >= c.Bytes {
			return n, io.EOF
		}
		if err := c.hold(offset / chunkBytes); err != nil {
			return n, err
		}
		more := copy(b[n:], c.held[min(offset%chunkBytes, int64(len(c.held))):])
		if more == 0 {
			return n, io.ErrUnexpectedEOF
		}
		n, offset = n+more, offset+int64(more)
	}
	return n, nil
}

func (c *Content) hold(piece int64) error {
	if c.held != nil && c.piece == piece {
		return nil
	}
	c.held = nil
	return c.fetch(func(ctx context.Context, db pg.DB) error {
		err := db.QueryRow(ctx, c.chunks.SQL(), pgx.StrictNamedArgs{"id": c.id, "first": piece, "last": piece}).Scan(&c.piece, &c.held)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("orthophoto %d: %w", c.id, ErrNotFound)
		}
		return c.chunks.Named(err)
	})
}
