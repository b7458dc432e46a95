package kml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/record"
)

// An input is the stream under the XML decoder. It turns the text to UTF-8 and
// bounds how much one token may hold.
type input struct {
	r         io.Reader
	close     func() error
	encoding  record.Encoding
	decoded   bool  // the text is UTF-8 already, whatever it declares
	unknown   error // the declared encoding, if it is none we know
	delivered int64
	mark      int64 // where the token being read began
	largest   int64
}

// openInput opens the entry. whole is the encoding of the text where the caller
// knows better than the declaration, nil elsewhere.
func openInput(e *archive.Entry, whole encoding.Encoding, lim record.Limits) (*input, error) {
	stream, err := e.Open(archive.NewBudget(lim))
	if err != nil {
		return nil, err
	}
	in := &input{
		r: stream, close: stream.Close, encoding: record.Encoding{Name: "UTF-8", How: "format"},
		// A position of three ordinates takes no more than 64 bytes.
		largest: 64*int64(lim.MaxVertices) + 16*int64(lim.MaxFieldSize),
	}
	var head [3]byte
	n, err := io.ReadFull(stream, head[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errors.Join(err, stream.Close())
	}
	start := head[:n]
	switch {
	case bytes.Equal(start, []byte("\xEF\xBB\xBF")):
		start = nil
	case bytes.HasPrefix(start, []byte("\xFF\xFE")), bytes.HasPrefix(start, []byte("\xFE\xFF")):
		whole = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
		in.encoding.Name = "UTF-16"
	}
	in.r = io.MultiReader(bytes.NewReader(bytes.Clone(start)), stream)
	if whole != nil {
		in.r, in.decoded = transform.NewReader(in.r, whole.NewDecoder()), true
	}
	return in, nil
}

// charset is the decoder's CharsetReader, called for a declared encoding that
// is not UTF-8.
func (in *input) charset(label string, r io.Reader) (io.Reader, error) {
	if in.decoded {
		return r, nil
	}
	e, err := named(label)
	if err != nil {
		in.unknown = err
		return nil, err
	}
	in.encoding.Name = label
	if e == simplifiedchinese.GB18030 {
		in.encoding.Name = nameGB18030
	}
	return transform.NewReader(r, e.NewDecoder()), nil
}

const nameGB18030 = "GB18030"

// named reads the name of an encoding. GB18030 contains GBK and GB 2312.
func named(label string) (encoding.Encoding, error) {
	switch strings.ToUpper(strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.TrimSpace(label))) {
	case "GBK", "GB2312", "GB18030", "CP936", "936", "ANSI", "EUCCN":
		return simplifiedchinese.GB18030, nil
	case "UTF8", "UTF8BOM", "65001":
		return encoding.Nop, nil
	}
	e, err := htmlindex.Get(strings.TrimSpace(label))
	if err != nil {
		return nil, record.Refuse("text.encoding_unknown", map[string]string{"encoding": label})
	}
	return e, nil
}

func (in *input) Read(p []byte) (int, error) {
	if in.delivered-in.mark > in.largest {
		return 0, record.Refuse("file.limit", map[string]string{"what": "bytes of one element", "limit": strconv.FormatInt(in.largest, 10)})
	}
	n, err := in.r.Read(p)
	in.delivered += int64(n)
	return n, err
}

// dataError turns an error of the decoder that speaks of the data into a
// refusal; it returns nil for an error of the disk.
func (in *input) dataError(err error) error {
	var (
		syntax  *xml.SyntaxError
		refused *record.RefusedError
	)
	switch {
	case errors.As(err, &refused):
		return refused
	case in.unknown != nil:
		return in.unknown
	case errors.As(err, &syntax):
		return record.Refuse("kml.syntax", map[string]string{"line": strconv.Itoa(syntax.Line), "reason": syntax.Msg})
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return record.Refuse("kml.syntax", map[string]string{"line": "0", "reason": "unexpected end"})
	case errors.Is(err, errVersion):
		return record.Refuse("kml.syntax", map[string]string{"line": "1", "reason": fmt.Sprint(err)})
	}
	return nil
}

// errVersion stands for the decoder's errors without a type: of the XML
// declaration.
var errVersion = errors.New("unreadable XML declaration")

// invalidUTF8 reports whether the decoder met bytes that are not the UTF-8 they
// are declared to be.
func invalidUTF8(err error) bool {
	var syntax *xml.SyntaxError
	return errors.As(err, &syntax) && syntax.Msg == "invalid UTF-8"
}
