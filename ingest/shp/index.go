package shp

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// indexOrder is how the .shx orders the records of the .shp.
type indexOrder int

const (
	indexAbsent     indexOrder = iota
	indexSequential            // record follows record: the index adds nothing
	indexGaps                  // ascending, with stale bytes between: it must be followed
	indexBackward              // records out of order: a stream cannot follow it
	indexUseless               // not readable
)

// indexState is what one pass over a .shx tells. Programs that edit in place
// leave the old shape where it was and let only the index know.
type indexState struct {
	order indexOrder
	rows  int64
}

func surveyIndex(r io.Reader) (indexState, error) {
	br := bufio.NewReaderSize(r, streamBufferLen)
	if _, err := readFileHeader(br); err != nil {
		var f *fault
		if errors.As(err, &f) {
			return indexState{order: indexUseless}, nil
		}
		return indexState{}, err
	}
	s := indexState{order: indexSequential}
	for next := int64(headerSize); ; s.rows++ {
		offset, length, err := readIndexEntry(br)
		if err != nil {
			return s, ignoreEOF(err)
		}
		switch {
		case offset < next:
			s.order = indexBackward
		case offset > next && s.order == indexSequential:
			s.order = indexGaps
		}
		next = offset + 8 + length
	}
}

// readIndexEntry returns offset and content length in bytes. A cut last entry
// counts as the end.
func readIndexEntry(r io.Reader) (offset, length int64, err error) {
	var b [8]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		return 0, 0, err
	}
	return 2 * int64(binary.BigEndian.Uint32(b[:])), 2 * int64(binary.BigEndian.Uint32(b[4:])), nil
}

// An indexReader streams the offsets of a .shx.
type indexReader struct{ r *bufio.Reader }

func newIndexReader(r io.Reader) (*indexReader, error) {
	br := bufio.NewReaderSize(r, streamBufferLen)
	_, err := readFileHeader(br)
	return &indexReader{br}, err
}

func (x *indexReader) next() (int64, error) {
	offset, _, err := readIndexEntry(x.r)
	return offset, err
}

// verdict says what a disagreement between index, record numbers and the
// order in the file means for the pairing of shapes with rows. disordered is
// whether record numbers were not counted up one by one.
func (s indexState) verdict(disordered bool, shapes int64) (code string) {
	switch {
	case s.order == indexBackward && disordered:
		return "shp.index_order"
	case s.order == indexBackward, s.order == indexUseless, s.order == indexSequential && s.rows != shapes:
		return "shp.index_ignored"
	case s.order == indexAbsent && disordered:
		return "shp.record_numbers"
	}
	return ""
}
