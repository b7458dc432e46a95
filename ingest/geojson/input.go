package geojson

import (
	"bytes"
	"errors"
	"io"
	"strconv"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"

	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/record"
)

const recordSeparator = 0x1E

var byteOrderMark = []byte("\xEF\xBB\xBF")

// input is the stream under the JSON decoder. It takes off a byte order mark,
// turns record separators (RFC 8142) into spaces, and bounds how much of one
// feature may be held in memory.
type input struct {
	r         io.Reader
	close     func() error
	head      []byte
	bom       bool
	sequence  bool
	delivered int64
	mark      int64 // offset of the feature being read
	largest   int64 // bytes one feature may take
}

func openInput(e *archive.Entry, enc encoding.Encoding, lim record.Limits) (*input, error) {
	stream, err := e.Open(archive.NewBudget(lim))
	if err != nil {
		return nil, err
	}
	in := &input{
		r: stream, close: stream.Close,
		// Sixty-four bytes are more than a position of three ordinates takes.
		largest: 64*int64(lim.MaxVertices) + 16*int64(lim.MaxFieldSize),
	}
	if enc != nil {
		in.r = transform.NewReader(stream, enc.NewDecoder())
	}
	head := make([]byte, len(byteOrderMark))
	n, err := io.ReadFull(in.r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		_ = stream.Close()
		return nil, err
	}
	in.head = head[:n]
	if bytes.Equal(in.head, byteOrderMark) {
		in.head, in.bom = nil, true
		var first [1]byte
		if n, _ := io.ReadFull(in.r, first[:]); n == 1 {
			in.head = append(in.head, first[0])
		}
	}
	in.sequence = len(in.head) > 0 && in.head[0] == recordSeparator
	return in, nil
}

// offset is where in the file a decoder's offset lies.
func (in *input) offset(decoded int64) string {
	if in.bom {
		decoded += int64(len(byteOrderMark))
	}
	return strconv.FormatInt(decoded, 10)
}

func (in *input) Read(p []byte) (int, error) {
	if in.delivered-in.mark > in.largest {
		return 0, record.Refuse("file.limit", map[string]string{"what": "bytes of one feature", "limit": strconv.FormatInt(in.largest, 10)})
	}
	var n int
	var err error
	if len(in.head) > 0 {
		n = copy(p, in.head)
		in.head = in.head[n:]
	} else {
		n, err = in.r.Read(p)
	}
	if in.sequence {
		for i, c := range p[:n] {
			if c == recordSeparator {
				p[i] = ' '
			}
		}
	}
	in.delivered += int64(n)
	return n, err
}
