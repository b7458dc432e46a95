package corner

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/width"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

var byteOrderMark = []byte("\xEF\xBB\xBF")

// decode brings a table to UTF-8: by the user's word, a byte order mark, else
// UTF-8 where the whole text is valid in it and GB 18030 where it is not.
func decode(b []byte, user string) (string, record.Encoding, []taohe.Diagnostic, error) {
	var e encoding.Encoding
	found := record.Encoding{Name: "UTF-8", How: "content"}
	switch {
	case user != "":
		var err error
		if e, err = htmlindex.Get(strings.TrimSpace(user)); err != nil {
			return "", found, nil, record.Refuse("text.encoding_unknown", map[string]string{"encoding": user})
		}
		found = record.Encoding{Name: user, How: "user"}
	case bytes.HasPrefix(b, []byte("\xFF\xFE")), bytes.HasPrefix(b, []byte("\xFE\xFF")):
		// What spreadsheets save as "Unicode text".
		e = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
		found.Name = "UTF-16"
	case !utf8.Valid(b):
		e = simplifiedchinese.GB18030
		found.Name = "GB18030"
	}
	if e != nil {
		var err error
		if b, err = e.NewDecoder().Bytes(b); err != nil {
			return "", found, nil, record.Refuse("corner.undecodable", map[string]string{"encoding": found.Name})
		}
	}
	b = bytes.TrimPrefix(b, byteOrderMark)
	var notes []taohe.Diagnostic
	if bytes.ContainsRune(b, utf8.RuneError) {
		notes = append(notes, taohe.Diagnostic{Code: "corner.odd_characters", Args: map[string]string{"encoding": found.Name}})
	}
	return strings.ToValidUTF8(string(b), "\uFFFD"), found, notes, nil
}

// plain writes a line with the half-width forms of digits, letters and
// punctuation, and one sign for each of the many that stand for degree, minute
// and second.
var signs = strings.NewReplacer(
	"º", "°", "˚", "°", "度", "°",
	"′′", "″", "''", "″", "’’", "″", "‘‘", "″", "”", "″", "“", "″", "〞", "″", "秒", "″",
	"'", "′", "’", "′", "‘", "′", "´", "′", "`", "′", "〝", "″", "分", "′",
	"－", "-", "—", "-", "–", "-", "−", "-", "\u00A0", " ",
)

func plain(line string) string {
	if ascii(line) && !strings.ContainsAny(line, "'`") {
		return strings.TrimSpace(line)
	}
	return strings.TrimSpace(signs.Replace(width.Fold.String(line)))
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// cells splits a plain line at tabs, else commas, else semicolons, else blanks.
// A cell that begins with a quotation mark ends with the next single one, as
// RFC 4180 has it. Trailing empty cells are left out.
func cells(line string) []string {
	var out []string
	switch {
	case strings.ContainsRune(line, '\t'):
		out = strings.Split(line, "\t")
	case strings.ContainsRune(line, ','):
		out = splitQuoted(line, ',')
	case strings.ContainsRune(line, '、'):
		out = strings.Split(line, "、")
	case strings.ContainsRune(line, ';'):
		out = splitQuoted(line, ';')
	default:
		out = strings.Fields(joinAngles(line))
	}
	for i, c := range out {
		c = strings.TrimSpace(c)
		if len(c) >= 2 && c[0] == '"' && c[len(c)-1] == '"' {
			c = strings.TrimSpace(strings.ReplaceAll(c[1:len(c)-1], `""`, `"`))
		}
		out[i] = c
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

func splitQuoted(line string, separator byte) []string {
	var out []string
	start, quoted := 0, false
	for i := range len(line) {
		switch c := line[i]; {
		case c == '"' && (quoted || strings.TrimSpace(line[start:i]) == ""):
			quoted = !quoted
		case c == separator && !quoted:
			out = append(out, line[start:i])
			start = i + 1
		}
	}
	return append(out, line[start:])
}

// joinAngles closes the blanks inside an angle, "110° 00′ 28.20″": those behind
// a degree sign whose number is minutes, and behind a minute sign whose number
// is seconds.
func joinAngles(line string) string {
	if !strings.ContainsRune(line, '°') {
		return line
	}
	fields := strings.Fields(line)
	out := fields[:1:1]
	for _, f := range fields[1:] {
		last := out[len(out)-1]
		inMinutes := strings.HasSuffix(last, "°") && strings.ContainsRune(f, '′')
		inSeconds := strings.HasSuffix(last, "′") && !strings.ContainsAny(f, "°′") && strings.ContainsAny(f, "″\"")
		if inMinutes || inSeconds {
			out[len(out)-1] += f
			continue
		}
		out = append(out, f)
	}
	return strings.Join(out, " ")
}
