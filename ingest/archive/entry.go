package archive

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/klauspost/readahead"

	"github.com/taohe-gis/taohe/ingest/record"
)

// ratioFrom is how many bytes an entry may give before its ratio is judged:
// a short run of blanks compresses beyond any sensible limit.
const ratioFrom = 1 << 20

// A large entry is decompressed beside the work on what was decompressed before:
// that is a quarter of reading it. A small one is not worth the buffers.
const (
	aheadFrom    = 1 << 20
	aheadBuffers = 4
	aheadBytes   = 256 << 10
)

// An unpanicking reader makes an error of a panic, which on a goroutine of its
// own would end the whole program.
type unpanicking struct{ io.ReadCloser }

func (u unpanicking) Read(p []byte) (n int, err error) {
	defer func() {
		if r := recover(); r != nil {
			n, err = 0, fmt.Errorf("panic in decompressing: %v", r)
		}
	}()
	return u.ReadCloser.Read(p)
}

// An Entry is one file of an archive.
type Entry struct {
	// Name is the name in UTF-8 with its folders, for people and comparison.
	Name string
	// Size is what the archive says of the decompressed size: a hint, not a
	// bound.
	Size       int64
	compressed int64 // 0 for a loose file
	limits     record.Limits
	open       func() (io.ReadCloser, error)
}

// A Budget is what may still be read of one layer, over all its parts.
type Budget struct{ left, limit int64 }

// NewBudget allows lim.MaxBytes.
func NewBudget(lim record.Limits) *Budget { return &Budget{left: lim.MaxBytes, limit: lim.MaxBytes} }

// Open starts a stream of the entry's bytes, counted against b. Reading gives
// a *record.RefusedError where a limit is passed or the data is damaged.
func (e *Entry) Open(b *Budget) (io.ReadCloser, error) {
	r, err := e.open()
	if err != nil {
		return nil, e.refusal(err)
	}
	if e.compressed >= aheadFrom {
		if r, err = readahead.NewReadCloserSize(unpanicking{r}, aheadBuffers, aheadBytes); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
	}
	return &stream{entry: e, r: r, budget: b}, nil
}

// ReadAll reads the whole entry, which may hold no more than limit bytes.
func (e *Entry) ReadAll(limit int64) ([]byte, error) {
	r, err := e.Open(&Budget{left: limit, limit: limit})
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	return b, errors.Join(err, r.Close())
}

// refusal names what is wrong with the data; errors of the disk stay errors.
func (e *Entry) refusal(err error) error {
	var (
		corrupt flate.CorruptInputError
		refused *record.RefusedError
	)
	switch {
	case errors.As(err, &refused):
		return refused
	case errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrChecksum), errors.Is(err, zip.ErrAlgorithm),
		errors.As(err, &corrupt), errors.Is(err, io.ErrUnexpectedEOF):
		return record.Refuse("file.damaged", map[string]string{"part": e.Name, "reason": err.Error()})
	}
	return fmt.Errorf("%s: %w", e.Name, err)
}

type stream struct {
	entry  *Entry
	r      io.ReadCloser
	budget *Budget
	read   int64
}

func (s *stream) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.read += int64(n)
	s.budget.left -= int64(n)
	lim := s.entry.limits
	switch {
	case s.budget.left < 0:
		return 0, limit("bytes of "+s.entry.Name, s.budget.limit)
	case s.entry.compressed > 0 && s.read > ratioFrom && s.read/s.entry.compressed >= lim.MaxRatio:
		return 0, limit("compression ratio of "+s.entry.Name, lim.MaxRatio)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = s.entry.refusal(err)
	}
	return n, err
}

// Close gives, as Read does, a *record.RefusedError for damaged data: the
// decompressor reads ahead and may know of it first.
func (s *stream) Close() error {
	if err := s.r.Close(); err != nil {
		return s.entry.refusal(err)
	}
	return nil
}

func limit(what string, n int64) error {
	return record.Refuse("file.limit", map[string]string{"what": what, "limit": strconv.FormatInt(n, 10)})
}
