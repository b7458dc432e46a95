package corner

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/taohe-gis/taohe/ingest/record"
)

// Recognise reports whether the beginning of a file is that of a corner table:
// text with three corners or more whose two numbers are coordinates of one pair
// by their size, or stand under a head for two axes. It is not asked about
// survey exchange files with sections in brackets, nor about markup.
func Recognise(head []byte) bool {
	utf16 := bytes.HasPrefix(head, []byte("\xFF\xFE")) || bytes.HasPrefix(head, []byte("\xFE\xFF"))
	if !utf16 && bytes.IndexByte(head, 0) >= 0 {
		return false
	}
	whole := head
	switch i := bytes.LastIndexByte(head, '\n'); {
	case utf16:
		whole = head[:len(head)&^1]
	case i >= 0:
		// The last line may be cut; without it there may be no line at all.
		if whole = head[:i+1]; !recognise(whole) {
			whole = head
		}
	}
	return recognise(trimPartial(whole))
}

// trimPartial leaves out a character cut off at the end.
func trimPartial(b []byte) []byte {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if utf8.RuneStart(b[len(b)-n]) {
			if !utf8.FullRune(b[len(b)-n:]) {
				return b[:len(b)-n]
			}
			break
		}
	}
	return b
}

func recognise(head []byte) bool {
	text, _, _, err := decode(head, "")
	if err != nil {
		return false
	}
	if start := strings.TrimSpace(text); strings.HasPrefix(start, "<") || strings.HasPrefix(start, "{") ||
		strings.Contains(text, "属性描述") || strings.Contains(text, "地块坐标]") || strings.Contains(text, "地块坐标】") {
		return false
	}
	if longString(plain(strings.TrimSpace(text))) {
		return true
	}
	t := &table{limits: record.DefaultLimits()}
	if t.read(text) != nil {
		return false
	}
	corners := 0
	for _, f := range t.features {
		for _, c := range f.corners {
			pair, _ := pairOf(axesOf(c.first), axesOf(c.second))
			if pair != pairNone || f.said != saidNothing && c.first.form != formNone && c.second.form != formNone {
				corners++
			}
		}
	}
	return corners >= 3
}

// longString tells the one-line strings from their beginning: they may be
// longer than what is looked at.
func longString(text string) bool {
	line, _, _ := strings.Cut(text, "\n")
	row := cells(line)
	if _, like, _ := registration(row, 1); like {
		return true
	}
	i := strings.LastIndexByte(line, ';')
	if i < 0 {
		return false
	}
	corners, ok := pairString(line[:i], 1)
	if !ok {
		return false
	}
	for _, c := range corners {
		if pair, _ := pairOf(axesOf(c.first), axesOf(c.second)); pair == pairNone {
			return false
		}
	}
	return true
}
