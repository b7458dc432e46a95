package jzd

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"golang.org/x/text/width"

	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/record"
)

// findEncoding settles the encoding of a text: the user's word, a mark at its
// beginning, else UTF-8 where every byte fits it and GB 18030 where one does not.
func findEncoding(e *archive.Entry, user string, lim record.Limits) (encoding.Encoding, record.Encoding, error) {
	if user != "" {
		switch strings.ToUpper(strings.NewReplacer("-", "", "_", "", " ", "").Replace(user)) {
		case "GBK", "GB2312", "GB18030", "CP936", "936", "ANSI":
			return simplifiedchinese.GB18030, record.Encoding{Name: "GB18030", How: "user"}, nil
		}
		enc, err := htmlindex.Get(strings.TrimSpace(user))
		if err != nil {
			return nil, record.Encoding{}, record.Refuse("text.encoding_unknown", map[string]string{"encoding": user})
		}
		return enc, record.Encoding{Name: user, How: "user"}, nil
	}
	in, err := e.Open(archive.NewBudget(lim))
	if err != nil {
		return nil, record.Encoding{}, err
	}
	r := bufio.NewReaderSize(in, 1<<16)
	mark, _ := r.Peek(2)
	if bytes.Equal(mark, []byte("\xFF\xFE")) || bytes.Equal(mark, []byte("\xFE\xFF")) {
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM), record.Encoding{Name: "UTF-16", How: "content"}, in.Close()
	}
	valid, err := validUTF8(r)
	if err = errors.Join(err, in.Close()); err != nil {
		return nil, record.Encoding{}, err
	}
	if valid {
		return encoding.Nop, record.Encoding{Name: "UTF-8", How: "content"}, nil
	}
	return simplifiedchinese.GB18030, record.Encoding{Name: "GB18030", How: "content"}, nil
}

func validUTF8(r *bufio.Reader) (bool, error) {
	for {
		c, size, err := r.ReadRune()
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil || c == utf8.RuneError && size == 1 {
			return false, err
		}
	}
}

// lines gives the lines of a text, without their ends, as UTF-8.
type lines struct {
	scanner *bufio.Scanner
	close   func() error
	number  int
	limit   int
}

func openLines(e *archive.Entry, enc encoding.Encoding, lim record.Limits) (*lines, error) {
	in, err := e.Open(archive.NewBudget(lim))
	if err != nil {
		return nil, err
	}
	l := &lines{scanner: bufio.NewScanner(transform.NewReader(in, enc.NewDecoder())), close: in.Close, limit: max(lim.MaxFieldSize, 1<<10)}
	l.scanner.Buffer(nil, l.limit)
	l.scanner.Split(splitLines)
	return l, nil
}

// splitLines ends a line at CR LF, LF or CR.
func splitLines(data []byte, atEOF bool) (advance int, token []byte, err error) {
	i := bytes.IndexAny(data, "\r\n")
	switch {
	case i < 0 && atEOF && len(data) > 0:
		return len(data), data, nil
	case i < 0:
		return 0, nil, nil
	case data[i] == '\n':
		return i + 1, data[:i], nil
	case i+1 == len(data) && !atEOF:
		return 0, nil, nil
	case i+1 < len(data) && data[i+1] == '\n':
		return i + 2, data[:i], nil
	}
	return i + 1, data[:i], nil
}

// next returns the next line, false behind the last.
func (l *lines) next() (string, bool, error) {
	if !l.scanner.Scan() {
		err := l.scanner.Err()
		if errors.Is(err, bufio.ErrTooLong) {
			err = record.Refuse("file.limit", map[string]string{"what": "bytes of one line", "limit": strconv.Itoa(l.limit)})
		}
		return "", false, err
	}
	text := l.scanner.Text()
	if l.number++; l.number == 1 {
		text = strings.TrimPrefix(text, "\uFEFF")
	}
	return strings.ToValidUTF8(text, "\uFFFD"), true, nil
}

// plain is a line with half-width letters, digits and punctuation.
func plain(line string) string {
	for i := range len(line) {
		if line[i] >= utf8.RuneSelf {
			return strings.TrimSpace(folds.Replace(width.Fold.String(line)))
		}
	}
	return strings.TrimSpace(line)
}

var folds = strings.NewReplacer("【", "[", "】", "]", "〔", "[", "〕", "]", "\u00A0", " ", "－", "-", "−", "-")

// heading returns the name of a section: [地块坐标], in brackets of any width.
func heading(line string) (string, bool) {
	if len(line) < 2 || line[0] != '[' || line[len(line)-1] != ']' {
		return "", false
	}
	return strings.Join(strings.Fields(line[1:len(line)-1]), ""), true
}

// parcelCells splits the head of a parcel, which ends with @, at its commas, or
// where it has none at full-width ones. It reports false for any other line.
func parcelCells(line string) ([]string, bool) {
	line = strings.TrimRight(line, " \t,，\u3000")
	rest, ok := strings.CutSuffix(line, "@")
	if !ok {
		rest, ok = strings.CutSuffix(line, "＠")
	}
	if !ok {
		return nil, false
	}
	comma := ","
	if !strings.Contains(rest, comma) {
		comma = "，"
	}
	cells := strings.Split(rest, comma)
	for i, c := range cells {
		cells[i] = strings.TrimSpace(c)
	}
	// Usually a comma stands before the mark, and nothing between them.
	if n := len(cells); n > 0 && cells[n-1] == "" {
		cells = cells[:n-1]
	}
	return cells, true
}
