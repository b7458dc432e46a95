package orthophoto

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pg"
)

// A Partial is an image in a file as large as the image, which holds the pieces that
// were asked for, and holes for the others.
type Partial struct {
	ctx  context.Context
	db   pg.DB
	m    Image
	file *os.File
	has  map[int64]bool
}

// NewPartial returns one without any piece in a file of that name, for as long as db
// lasts.
func NewPartial(ctx context.Context, db pg.DB, m Image, name string) (*Partial, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Truncate(m.Bytes); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Partial{ctx: ctx, db: db, m: m, file: f, has: map[int64]bool{}}, nil
}

// Close closes the file.
func (p *Partial) Close() error { return p.file.Close() }

// ReadAt reads of the image what is asked for, fetching it where it must.
func (p *Partial) ReadAt(b []byte, offset int64) (int, error) {
	if offset < 0 || offset >= p.m.Bytes {
		return 0, io.EOF
	}
	if err := p.Fetch([][2]int64{{offset, int64(len(b))}}); err != nil {
		return 0, err
	}
	return p.file.ReadAt(b, offset)
}

// batch bounds the pieces held at a time.
const batch = 32

// Fetch gets the pieces that hold some spans of bytes, each an offset and a length.
func (p *Partial) Fetch(spans [][2]int64) error {
	var wanted []int64
	for _, s := range spans {
		for i := s[0] / chunkBytes; i*chunkBytes < min(s[0]+s[1], p.m.Bytes); i++ {
			if !p.has[i] {
				p.has[i] = true
				wanted = append(wanted, i)
			}
		}
	}
	slices.Sort(wanted)
	for len(wanted) > 0 {
		n := 1
		for n < min(len(wanted), batch) && wanted[n] == wanted[n-1]+1 {
			n++
		}
		if err := p.fetch(wanted[0], wanted[n-1]); err != nil {
			return err
		}
		wanted = wanted[n:]
	}
	return nil
}

func (p *Partial) fetch(first, last int64) error {
	rows, err := p.db.Query(p.ctx, sqlChunks.SQL(), pgx.StrictNamedArgs{"id": p.m.ID, "first": first, "last": last})
	if err != nil {
		return sqlChunks.Named(err)
	}
	got := int64(0)
	var chunk int64
	var content []byte
	_, err = pgx.ForEachRow(rows, []any{&chunk, &content}, func() error {
		got++
		_, err := p.file.WriteAt(content, chunk*chunkBytes)
		return err
	})
	if err == nil && got != last-first+1 {
		return fmt.Errorf("orthophoto %d: %w", p.m.ID, ErrNotFound)
	}
	return sqlChunks.Named(err)
}
