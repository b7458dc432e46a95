package shp

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/taohe-gis/taohe/ingest/record"
)

const fileCode = 9994

// fileHeader is what is believed of the 100-byte head: the length only to tell
// a file cut short from one with bytes behind its end.
type fileHeader struct{ length int64 }

func readFileHeader(r io.Reader) (fileHeader, error) {
	var b [headerSize]byte
	if n, err := io.ReadFull(r, b[:]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fileHeader{}, &fault{"file.truncated", map[string]string{"part": ".shp", "want": "100", "got": fmt.Sprint(n)}}
		}
		return fileHeader{}, err
	}
	if binary.BigEndian.Uint32(b[:]) != fileCode {
		return fileHeader{}, &fault{"shp.bad_header", map[string]string{"got": fmt.Sprintf("%x", b[:4])}}
	}
	return fileHeader{length: 2 * int64(binary.BigEndian.Uint32(b[24:]))}, nil
}

// errTrailing says that what stands behind the declared end is not a record.
var errTrailing = errors.New("bytes behind the last record")

// A shapeReader streams the records of a .shp in the file's order, or in that
// of an index that leaves gaps between them.
type shapeReader struct {
	r        *bufio.Reader
	pos      int64
	declared int64
	largest  int64 // content bytes a record may have by the limits
	index    *indexReader
	buf      []byte
	number   uint32 // of the last record, as its head says
}

func newShapeReader(r io.Reader, index *indexReader, lim record.Limits) (*shapeReader, error) {
	br := bufio.NewReaderSize(r, streamBufferLen)
	h, err := readFileHeader(br)
	if err != nil {
		return nil, err
	}
	return &shapeReader{
		r: br, pos: headerSize, declared: h.length, index: index,
		largest: 128 + 4*int64(lim.MaxParts) + 32*int64(lim.MaxVertices),
	}, nil
}

// next returns the content of the next record, valid until the next call;
// io.EOF at a clean end, errTrailing where only junk is left behind the
// declared end, a *fault where the file is cut short or damaged.
func (s *shapeReader) next() ([]byte, error) {
	if s.index != nil {
		if err := s.seek(); err != nil {
			return nil, err
		}
	}
	var head [8]byte
	n, err := io.ReadFull(s.r, head[:])
	behind := s.pos >= s.declared
	switch {
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case errors.Is(err, io.ErrUnexpectedEOF) && behind:
		return nil, errTrailing
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, s.truncated(int64(n))
	case err != nil:
		return nil, err
	}
	length := 2 * int64(int32(binary.BigEndian.Uint32(head[4:])))
	if length < 4 || length > s.largest {
		if behind {
			return nil, errTrailing
		}
		if length > s.largest {
			return nil, &fault{"file.limit", map[string]string{"what": "bytes of one shape", "limit": fmt.Sprint(s.largest)}}
		}
		return nil, &fault{"shp.damaged", map[string]string{"offset": fmt.Sprint(s.pos)}}
	}
	got, err := s.content(int(length))
	if err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			if behind {
				return nil, errTrailing
			}
			return nil, s.truncated(int64(8 + got))
		}
		return nil, err
	}
	s.number = binary.BigEndian.Uint32(head[:])
	s.pos += 8 + length
	return s.buf, nil
}

func (s *shapeReader) truncated(more int64) error {
	return &fault{"file.truncated", map[string]string{
		"part": ".shp", "want": fmt.Sprint(s.declared), "got": fmt.Sprint(s.pos + more),
	}}
}

// content fills s.buf with n bytes. The buffer grows with what arrives, so
// that a claimed length costs nothing.
func (s *shapeReader) content(n int) (int, error) {
	s.buf = s.buf[:0]
	for len(s.buf) < n {
		have := len(s.buf)
		step := min(n-have, max(streamBufferLen, have))
		if cap(s.buf) < have+step {
			bigger := make([]byte, have, have+step)
			copy(bigger, s.buf)
			s.buf = bigger
		}
		s.buf = s.buf[:have+step]
		got, err := io.ReadFull(s.r, s.buf[have:])
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return have + got, err
		}
	}
	return n, nil
}

// seek moves forward to where the index says the next record is.
func (s *shapeReader) seek() error {
	offset, err := s.index.next()
	if err != nil {
		return err
	}
	if offset < s.pos {
		return &fault{"shp.index_order", nil}
	}
	n, err := io.CopyN(io.Discard, s.r, offset-s.pos)
	if errors.Is(err, io.EOF) {
		return s.truncated(n)
	}
	s.pos = offset
	return err
}

// drain reads to the end of the stream, so that a zip's checksum is compared.
func (s *shapeReader) drain() error {
	_, err := io.Copy(io.Discard, s.r)
	return err
}
