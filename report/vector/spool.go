package vector

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/taohe-gis/taohe/internal/shpwrite"
)

// TemporaryPrefix begins the names of the files that wait in a folder while findings
// are written; what is there when nobody writes is left of a program that died.
const TemporaryPrefix = "findings-"

// temporary is a file in dir, which is made where it is not there.
func temporary(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("temporary file: %w", err)
	}
	f, err := os.CreateTemp(dir, TemporaryPrefix)
	if err != nil {
		return nil, fmt.Errorf("temporary file: %w", err)
	}
	return f, nil
}

// A spool keeps rows on disk until they are all known, however many there are.
type spool struct {
	file *os.File
	out  *bufio.Writer
	rows *gob.Encoder
}

// spooled is a row as it waits.
type spooled struct {
	EWKB   []byte
	Values []any // string, int64 or float64
}

func newSpool(dir string) (*spool, error) {
	f, err := temporary(dir)
	if err != nil {
		return nil, err
	}
	// Where a file can be removed while it is open, nothing is left of it when this
	// program dies; elsewhere it goes when it is closed.
	_ = os.Remove(f.Name())
	out := bufio.NewWriter(f)
	return &spool{f, out, gob.NewEncoder(out)}, nil
}

func (s *spool) put(row spooled) error {
	if err := s.rows.Encode(row); err != nil {
		return fmt.Errorf("temporary file: %w", err)
	}
	return nil
}

// each goes through the rows from the first, each time it is asked.
func (s *spool) each() iter.Seq2[shpwrite.Row, error] {
	return func(yield func(shpwrite.Row, error) bool) {
		if err := s.out.Flush(); err != nil {
			yield(shpwrite.Row{}, fmt.Errorf("temporary file: %w", err))
			return
		}
		rows := gob.NewDecoder(bufio.NewReader(io.NewSectionReader(s.file, 0, 1<<62)))
		for {
			var row spooled
			err := rows.Decode(&row)
			if errors.Is(err, io.EOF) {
				return
			}
			var out shpwrite.Row
			if err == nil {
				out.Values = row.Values
				out.Geometry, err = multiPolygon(row.EWKB)
			}
			if !yield(out, err) || err != nil {
				return
			}
		}
	}
}

func (s *spool) close() error { return discard(s.file) }

// discard closes a temporary file, and removes it where that is still to be done.
func discard(f *os.File) error {
	err := f.Close()
	if removed := os.Remove(f.Name()); !errors.Is(removed, os.ErrNotExist) {
		err = errors.Join(err, removed)
	}
	return err
}
