package corner

import (
	"slices"
	"strings"
)

// A group is the columns of one corner. Licences print two or more groups side
// by side. An index is -1 where the table has no such column.
type group struct{ number, ring, first, second int }

var noGroup = group{-1, -1, -1, -1}

// A layout says where in a row things stand.
type layout struct {
	groups  []group
	parcel  int
	said    said
	columns int      // of a table without head
	ignored []string // heads of columns that are not read
}

// A role is what a head says of its column.
type role uint8

const (
	roleNone role = iota
	roleNumber
	roleRing
	roleParcel
	roleFirst  // X, north, latitude
	roleSecond // Y, east, longitude
	roleIgnored
)

// headWords are heads without unit and the word for coordinate.
var headWords = map[role][]string{
	roleNumber: {"点号", "序号", "拐点号", "拐点", "拐点编号", "拐点序号", "编号", "界址点号", "界址点", "点名", "顶点号", "NO", "NO.", "ID", "POINT"},
	roleRing:   {"圈号", "环号", "圈", "环", "地块圈号", "区域圈号", "RING"},
	roleParcel: {"地块", "地块号", "地块名称", "地块编号", "区块", "区块名称", "区块编号", "矿区", "矿区名称", "矿块", "图斑", "图斑号", "图斑编号", "PARCEL"},
	roleFirst:  {"X", "B", "N", "LAT", "LATITUDE", "NORTHING", "NORTH"},
	roleSecond: {"Y", "L", "E", "LON", "LNG", "LONGITUDE", "EASTING", "EAST"},
}

// roleOf reads the head of a column. Words beat letters: 横坐标X is an easting.
// words reports that words, not X and Y, told the axis.
func roleOf(cell string) (r role, words bool) {
	head := cell
	if i := strings.IndexAny(head, "(["); i > 0 { // X坐标(m), X(北)
		inside := head[i:]
		if strings.ContainsAny(inside, "北纵东横经纬") {
			head = strings.NewReplacer("(", "", ")", "", "[", "", "]", "").Replace(head)
		} else {
			head = head[:i]
		}
	}
	head = strings.ToUpper(strings.NewReplacer(" ", "", "坐标", "", "_", "", "/M", "", "/米", "", ":", "").Replace(head))
	for _, r := range []role{roleNumber, roleRing, roleParcel} {
		if slices.Contains(headWords[r], head) {
			return r, false
		}
	}
	north, east := strings.ContainsAny(head, "北纵纬"), strings.ContainsAny(head, "东横经")
	switch short := len([]rune(head)) <= 8; {
	case short && north && !east:
		return roleFirst, true
	case short && east && !north:
		return roleSecond, true
	}
	for _, r := range []role{roleFirst, roleSecond} {
		if slices.Contains(headWords[r], head) {
			return r, len(head) > 1 || head == "L" || head == "B" || head == "N" || head == "E"
		}
	}
	return roleNone, false
}

// layoutOf reads a head; false where the cells are none: no column for each
// axis, or numbers among them.
func layoutOf(heads []string) (layout, bool) {
	l := layout{parcel: -1, said: saidWords}
	g := noGroup
	push := func() {
		if g.first >= 0 && g.second >= 0 {
			l.groups = append(l.groups, g)
		}
		g = noGroup
	}
	place := func(at *int, i int) {
		if *at >= 0 {
			push()
		}
		*at = i
	}
	for i, cell := range heads {
		r, words := roleOf(cell)
		switch r {
		case roleNumber:
			place(&g.number, i)
		case roleRing:
			place(&g.ring, i)
		case roleFirst:
			place(&g.first, i)
		case roleSecond:
			place(&g.second, i)
		case roleParcel:
			l.parcel = i
		case roleNone, roleIgnored:
			if isNumber(cell) {
				return layout{}, false
			}
			if cell != "" {
				l.ignored = append(l.ignored, cell)
			}
		}
		if (r == roleFirst || r == roleSecond) && !words {
			l.said = saidLetters
		}
	}
	push()
	return l, len(l.groups) > 0
}

// layoutWithout tells the layout of a row without head: number, X, Y, or only X
// and Y, or number, ring, X, Y; behind them an elevation may follow.
func layoutWithout(row []string) (layout, bool) {
	l := layout{parcel: -1, columns: len(row)}
	if len(row) < 2 {
		return l, false
	}
	values := make([]value, len(row))
	for i, c := range row {
		values[i] = parseValue(c)
	}
	isPair := func(i int) bool {
		if i+1 >= len(row) {
			return false
		}
		pair, _ := pairOf(axesOf(values[i]), axesOf(values[i+1]))
		return pair != pairNone
	}
	g := noGroup
	switch {
	case len(row) == 2:
		g.first, g.second = 0, 1
	case isPair(1) || len(row) == 3:
		g.number, g.first, g.second = 0, 1, 2
	case isPair(2):
		g.number, g.ring, g.first, g.second = 0, 1, 2, 3
	default:
		return l, false
	}
	if values[g.first].form == formNone || values[g.second].form == formNone {
		return l, false
	}
	if len(row) > g.second+1 {
		l.ignored = []string{strings.Join(row[g.second+1:], " ")}
	}
	l.groups = []group{g}
	return l, true
}
