package archive

import (
	"archive/zip"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// entryName is the entry's name in UTF-8 with forward slashes. Archivers on
// Chinese Windows write GBK without a mark; macOS writes UTF-8 without one.
func entryName(f *zip.File) string {
	name := f.Name
	if f.NonUTF8 && !unmarkedUTF8(name) {
		if decoded, err := simplifiedchinese.GB18030.NewDecoder().String(name); err == nil {
			name = decoded
		}
	}
	// Only now: 0x5C is the second byte of many a GBK character.
	return strings.ToValidUTF8(strings.ReplaceAll(name, `\`, "/"), "\uFFFD")
}

// unmarkedUTF8 reports whether a name without the UTF-8 mark is UTF-8 all the
// same. GBK pairs can look like two-byte UTF-8 by chance; a name made wholly
// of three-byte sequences, as Chinese is in UTF-8, can hardly.
func unmarkedUTF8(name string) bool {
	for _, r := range name {
		if r == utf8.RuneError || r >= utf8.RuneSelf && r < 0x800 {
			return false
		}
	}
	return true
}

// skipped reports whether the entry is a shadow that archivers on macOS add.
func skipped(name string) bool {
	if strings.HasPrefix(path.Base(name), "._") {
		return true
	}
	for folder := range strings.SplitSeq(path.Dir(name), "/") {
		if folder == "__MACOSX" {
			return true
		}
	}
	return false
}
