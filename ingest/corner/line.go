package corner

import (
	"strconv"
	"strings"
)

// A ringString is a ring out of a one-line string.
type ringString struct {
	corners     []corner
	top, bottom string
}

// registration reads the string in which registration systems export a mining
// right: number of rings, then for each ring its number of corners, number, X
// and Y of each corner, top and bottom elevation. Some leave the elevations to
// the end of the line, or out. like says that the line is such a string, ok
// that its counts add up.
func registration(row []string, line int) (rings []ringString, like, ok bool) {
	if len(row) < 2+3*3 || !isCount(row[0]) || !isCount(row[1]) {
		return nil, false, false
	}
	if pair, _ := pairOf(axesOf(parseValue(row[3])), axesOf(parseValue(row[4]))); pair == pairNone {
		return nil, false, false
	}
	for _, elevations := range []int{elevationsOfRing, elevationsAtEnd, elevationsNone} {
		if rings, ok := readRegistration(row, line, elevations); ok {
			return rings, true, true
		}
	}
	return nil, true, false
}

const (
	elevationsOfRing = iota
	elevationsAtEnd
	elevationsNone
)

func readRegistration(row []string, line, elevations int) ([]ringString, bool) {
	count, _ := strconv.Atoi(row[0])
	at := 1
	var out []ringString
	for range count {
		if at >= len(row) || !isCount(row[at]) {
			return nil, false
		}
		n, _ := strconv.Atoi(row[at])
		at++
		if n < 3 || n > (len(row)-at)/3 {
			return nil, false
		}
		var r ringString
		for range n {
			r.corners = append(r.corners, corner{line: line, number: row[at], first: parseValue(row[at+1]), second: parseValue(row[at+2])})
			at += 3
		}
		if elevations == elevationsOfRing {
			if at+2 > len(row) || !isElevation(row[at]) || !isElevation(row[at+1]) {
				return nil, false
			}
			r.top, r.bottom = row[at], row[at+1]
			at += 2
		}
		out = append(out, r)
	}
	if elevations == elevationsAtEnd {
		if at+2 > len(row) || !isElevation(row[at]) || !isElevation(row[at+1]) {
			return nil, false
		}
		for i := range out {
			out[i].top, out[i].bottom = row[at], row[at+1]
		}
		at += 2
	}
	return out, at == len(row)
}

func isCount(s string) bool { return s != "" && len(s) <= 6 && digits(s) }

// isElevation allows an empty cell and a star, which stand for "none".
func isElevation(s string) bool {
	if s == "" || s == "*" {
		return true
	}
	n, err := strconv.ParseFloat(s, 64)
	return isNumber(s) && err == nil && n > -2000 && n < 9000
}

// pairString reads X1,Y1;X2,Y2;… , a number before each pair allowed.
func pairString(line string, no int) ([]corner, bool) {
	groups := strings.Split(strings.Trim(line, "; "), ";")
	if len(groups) < 3 {
		return nil, false
	}
	var out []corner
	for _, g := range groups {
		row := cells(strings.TrimSpace(g))
		if len(row) == 0 && len(out) > 0 {
			continue
		}
		if len(row) != 2 && len(row) != 3 {
			return nil, false
		}
		c := corner{line: no, first: parseValue(row[len(row)-2]), second: parseValue(row[len(row)-1])}
		if len(row) == 3 {
			c.number = row[0]
		}
		if c.first.form == formNone || c.second.form == formNone {
			return nil, false
		}
		out = append(out, c)
	}
	return out, true
}

// ringMark reports whether a line of text only begins another ring: 第2圈.
func ringMark(text string) bool {
	return len([]rune(text)) <= 12 && strings.ContainsAny(text, "圈环") && !strings.Contains(text, "坐标")
}

// parcelMark is the name of the parcel that a line of text begins: 地块2,
// 地块名称：东区.
func parcelMark(text string) (string, bool) {
	if len([]rune(text)) > 40 || !containsAny(text, "地块", "区块", "矿块", "矿区", "图斑", "块段") ||
		containsAny(text, "坐标", "面积", "标高", "单位", "公里", "公顷", "数") {
		return "", false
	}
	name := text
	if _, after, ok := strings.Cut(text, ":"); ok {
		name = after
	} else if _, after, ok := strings.Cut(text, " "); ok && containsAny(text, "名称", "编号") {
		name = after
	}
	if name = strings.TrimSpace(name); name == "" {
		return "", false
	}
	return name, true
}

func containsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
