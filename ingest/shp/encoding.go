package shp

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// A codec decodes the texts of one table.
type codec struct {
	name    string
	decoder *encoding.Decoder // nil for UTF-8
	out     []byte
}

const (
	nameUTF8    = "UTF-8"
	nameGB18030 = "GB18030"
)

// pages are the encodings by code page number. Each name for a Chinese page is
// read as GB18030, which contains GBK and GB 2312.
var pages = map[string]encoding.Encoding{
	"932": japanese.ShiftJIS, "949": korean.EUCKR, "950": traditionalchinese.Big5,
	"437": charmap.CodePage437, "850": charmap.CodePage850, "852": charmap.CodePage852, "866": charmap.CodePage866,
	"1250": charmap.Windows1250, "1251": charmap.Windows1251, "1252": charmap.Windows1252,
	"88591": charmap.ISO8859_1, "936": simplifiedchinese.GB18030, "54936": simplifiedchinese.GB18030,
	"20936": simplifiedchinese.GB18030, "65001": nil,
}

// languageDrivers are the bytes at offset 29 of a .dbf that say something.
// 0x57, which ArcGIS writes for "the system's own", says nothing.
var languageDrivers = map[byte]string{
	0x4D: "936", 0x7A: "936", 0x4E: "949", 0x79: "949", 0x4F: "950", 0x78: "950", 0x13: "932", 0x7B: "932",
	0x01: "437", 0x02: "850", 0x64: "852", 0x65: "866", 0x03: "1252", 0xC8: "1250", 0xC9: "1251",
}

// namedCodec reads the name of an encoding as users and .cpg files spell it:
// "UTF-8", "65001", "CP936", "ANSI 936", "OEM", "GB2312", "EUC-CN", … It
// returns nil for one it does not know.
func namedCodec(name string) *codec {
	name = strings.TrimPrefix(name, "\uFEFF")
	name = strings.ToUpper(strings.Trim(name, " \t\r\n\x00\x1a\"'"))
	switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(name) {
	case "UTF8", "UTF8BOM":
		return &codec{name: nameUTF8}
	case "GBK", "GB2312", "GB18030", "GB", "EUCCN", "HZGB2312", "CHINESE", "OEM", "ANSI":
		// A bare OEM or ANSI is the code page of the machine that wrote it,
		// for the files met here Chinese Windows.
		return pageCodec("936")
	}
	page := name
	for _, prefix := range []string{"X", "ANSI", "OEM", "WINDOWS", "CP", "MS", "IBM"} {
		page = strings.TrimLeft(strings.TrimPrefix(page, prefix), " -_")
	}
	if c := pageCodec(page); c != nil {
		return c
	}
	if e, err := htmlindex.Get(strings.ReplaceAll(strings.ToLower(name), " ", "-")); err == nil {
		canonical, err := htmlindex.Name(e)
		if err == nil && !strings.HasPrefix(canonical, "utf-16") && canonical != "replacement" {
			return &codec{name: strings.ToUpper(canonical), decoder: e.NewDecoder()}
		}
	}
	return nil
}

func pageCodec(page string) *codec {
	e, ok := pages[page]
	switch {
	case !ok:
		return nil
	case e == nil:
		return &codec{name: nameUTF8}
	case e == simplifiedchinese.GB18030:
		return &codec{name: nameGB18030, decoder: e.NewDecoder()}
	case page == "88591":
		return &codec{name: "ISO-8859-1", decoder: e.NewDecoder()}
	}
	return &codec{name: "CP" + page, decoder: e.NewDecoder()}
}

// decode returns b as UTF-8. cut says that a character was cut off at the end
// and left out, bad that bytes have no meaning and became U+FFFD.
func (c *codec) decode(b []byte) (text string, cut, bad bool) {
	if ascii(b) {
		return string(b), false, false
	}
	if c.decoder == nil {
		whole := wholeUTF8(b)
		if cut = len(whole) < len(b); utf8.Valid(whole) {
			return string(whole), cut, false
		}
		return strings.ToValidUTF8(string(b), "\uFFFD"), false, true
	}
	if c.name == nameGB18030 {
		whole := wholeGB18030(b)
		cut, b = len(whole) < len(b), whole
	}
	if need := 3 * len(b); cap(c.out) < need {
		c.out = make([]byte, need)
	}
	c.decoder.Reset()
	n, _, err := c.decoder.Transform(c.out[:cap(c.out)], b, true)
	out := c.out[:n]
	if c.name != nameGB18030 {
		if trimmed := bytes.TrimSuffix(out, []byte("\uFFFD")); len(trimmed) < len(out) {
			cut, out = true, trimmed
		}
	}
	return string(out), cut, err != nil || bytes.Contains(out, []byte("\uFFFD"))
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// wholeUTF8 leaves out a character cut off at the end of b.
func wholeUTF8(b []byte) []byte {
	for i := len(b) - 1; i >= max(0, len(b)-3); i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return b[:i]
			}
			break
		}
	}
	return b
}

// wholeGB18030 leaves out a character cut off at the end of b. GB 18030 has
// characters of one, two and four bytes; where one begins can only be told
// from the start.
func wholeGB18030(b []byte) []byte {
	for i := 0; i < len(b); {
		size := 1
		if b[i] > 0x80 && b[i] < 0xFF {
			size = 2
			if i+1 < len(b) && b[i+1] >= '0' && b[i+1] <= '9' {
				size = 4
			}
		}
		if i+size > len(b) {
			return b[:i]
		}
		i += size
	}
	return b
}

// A witness tells from all the texts of a table whether they are UTF-8. Short
// cells prove nothing one by one; a whole table of them does.
type witness struct {
	texts   int // with anything beyond ASCII
	invalid int // of these, not UTF-8
}

func (w *witness) see(b []byte) {
	if ascii(b) {
		return
	}
	w.texts++
	if !utf8.Valid(wholeUTF8(b)) {
		w.invalid++
	}
}

func (w *witness) utf8() bool { return w.invalid == 0 }
