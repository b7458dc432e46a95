package corner

import (
	"strconv"
	"strings"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

// mostRemarks bounds the remarks of one kind that are kept.
const mostRemarks = 1000

// A corner is a row of the table: first is the column the table calls X, north
// or latitude.
type corner struct {
	line          int
	number        string
	first, second value
}

// A table is what is read so far. Rings end and begin where the ring column
// changes; where there is none, at a blank line, at a line such as 第2圈, behind
// a row that closes the ring, and where the first number comes again.
type table struct {
	limits      record.Limits
	features    []*feature
	diagnostics []taohe.Diagnostic
	remarks     map[string]int
	corners     int

	layout     *layout
	parcel     string // of the line or column last met
	parcelLine int    // of a parcel line without corners so far, 0 otherwise
	open       bool   // the last feature takes further corners
	ringText   string // of the ring column
	blank      bool   // a blank line stands before
	broken     bool   // a line begins another ring
	later      [][]corner
}

func (t *table) note(code string, line int, args map[string]string) {
	t.keep(taohe.Diagnostic{Code: code, Row: line, Args: args})
}

func (t *table) keep(d taohe.Diagnostic) {
	if t.remarks == nil {
		t.remarks = map[string]int{}
	}
	if t.remarks[d.Code]++; t.remarks[d.Code] <= mostRemarks {
		t.diagnostics = append(t.diagnostics, d)
	}
}

// once adds a remark the first time it is due.
func (t *table) once(code string, line int, args map[string]string) {
	if t.remarks[code] == 0 {
		t.note(code, line, args)
	}
}

// read takes the table line by line. It returns a *record.RefusedError where a
// limit is passed or no line holds corners.
func (t *table) read(text string) error {
	no := 0
	for line := range strings.Lines(text) {
		no++
		t.line(plain(line), no)
		if t.corners > t.limits.MaxVertices {
			return record.Refuse("file.limit", map[string]string{"what": "corners", "limit": strconv.Itoa(t.limits.MaxVertices)})
		}
	}
	t.flush()
	if t.parcelLine > 0 {
		t.ignored(t.parcel, t.parcelLine)
	}
	if len(t.features) == 0 {
		return record.Refuse("corner.no_corners", nil)
	}
	return nil
}

func (t *table) line(line string, no int) {
	row := cells(line)
	if len(row) == 0 {
		t.flush()
		t.blank = true
		return
	}
	if corners, ok := pairString(line, no); ok {
		t.flush()
		t.broken = true
		t.take(corners, saidLetters)
		t.broken = true
		return
	}
	if rings, like, ok := registration(row, no); like {
		t.registered(rings, ok, no)
		return
	}
	if l, ok := layoutOf(row); ok {
		t.flush()
		t.layout = &l
		for _, name := range l.ignored {
			t.keep(taohe.Diagnostic{Code: "corner.column_ignored", Row: no, Field: name})
		}
		if len(l.groups) > 1 {
			t.note("corner.side_by_side", no, map[string]string{"groups": strconv.Itoa(len(l.groups))})
		}
		return
	}
	if !t.holdsCorner(row) {
		t.text(strings.Join(row, " "), no)
		return
	}
	if t.layout == nil || t.layout.said == saidNothing && t.layout.columns != len(row) {
		l, ok := layoutWithout(row)
		if !ok {
			t.note("corner.line_unclear", no, map[string]string{"text": shortened(line)})
			return
		}
		if len(l.ignored) > 0 && t.remarks["corner.column_ignored"] == 0 {
			t.keep(taohe.Diagnostic{Code: "corner.column_ignored", Row: no, Field: l.ignored[0]})
		}
		t.flush()
		t.layout = &l
	}
	t.row(row, no)
}

// holdsCorner reports whether a row is of corners, well written or not: it has
// a coordinate, or stands in a table and has a point number.
func (t *table) holdsCorner(row []string) bool {
	if containsAny(row[0], "标高", "面积", "合计") {
		return false
	}
	like := false
	for _, c := range row {
		switch parseValue(c).form {
		case formNumber, formAngle, formInexact:
			return true
		case formBad:
			like = true
		case formNone:
		}
	}
	if t.layout == nil {
		return false
	}
	at := t.layout.groups[0].number
	return like || at >= 0 && at < len(row) && len(row) > 1 && len(row[at]) <= 8 && strings.ContainsAny(row[at], "0123456789")
}

// text is a line without numbers: it begins a parcel or a ring, or is told and
// left out.
func (t *table) text(text string, no int) {
	t.flush()
	if name, ok := parcelMark(text); ok {
		if t.parcelLine > 0 {
			t.ignored(t.parcel, t.parcelLine)
		}
		t.parcel, t.parcelLine, t.open = name, no, false
		return
	}
	if ringMark(text) {
		t.broken = true
		return
	}
	t.ignored(text, no)
}

func (t *table) ignored(text string, no int) {
	t.note("corner.line_ignored", no, map[string]string{"text": shortened(text)})
}

func shortened(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// registered takes a registration string: a polygon of its own.
func (t *table) registered(rings []ringString, ok bool, no int) {
	t.flush()
	t.open = false
	if !ok {
		t.note("corner.string_unclear", no, nil)
		return
	}
	for i, r := range rings {
		t.broken = i > 0
		t.take(r.corners, saidLetters)
		f := t.features[len(t.features)-1]
		switch {
		case i == 0:
			f.top, f.bottom = elevation(r.top), elevation(r.bottom)
		case f.top != elevation(r.top) || f.bottom != elevation(r.bottom):
			f.top, f.bottom = "", ""
			f.note("corner.elevations_differ", no, nil)
		}
	}
	t.open = false
}

func elevation(s string) string { return strings.Trim(s, "*") }

// row takes a row of the table.
func (t *table) row(row []string, no int) {
	cell := func(i int) string {
		if i < 0 || i >= len(row) {
			return ""
		}
		return row[i]
	}
	l := t.layout
	// Merged cells are filled in their first row only.
	if p := cell(l.parcel); p != "" && p != t.parcel {
		t.flush()
		t.parcel, t.open = p, false
	}
	for i, g := range l.groups {
		if i > 0 && cell(g.number) == "" && cell(g.first) == "" && cell(g.second) == "" {
			continue
		}
		if r := cell(g.ring); r != "" && r != t.ringText {
			t.broken = t.broken || t.ringText != ""
			t.ringText = r
		}
		c := corner{line: no, number: cell(g.number), first: parseValue(cell(g.first)), second: parseValue(cell(g.second))}
		if i == 0 {
			t.take([]corner{c}, l.said)
			continue
		}
		for len(t.later) < i {
			t.later = append(t.later, nil)
		}
		t.later[i-1] = append(t.later[i-1], c)
	}
}

// flush takes the corners of the groups to the right, once those to the left
// have ended.
func (t *table) flush() {
	later := t.later
	t.later = nil
	for _, corners := range later {
		t.take(corners, t.layout.said)
	}
}

// take appends corners to the polygon that is open, or begins one.
func (t *table) take(corners []corner, s said) {
	for _, c := range corners {
		if !t.open {
			t.features = append(t.features, &feature{said: s, parcel: t.parcel})
			t.open, t.broken, t.blank, t.parcelLine = true, false, false, 0
		}
		f := t.features[len(t.features)-1]
		ringColumn := t.layout != nil && t.layout.groups[0].ring >= 0
		f.add(c, ringBreak{forced: t.broken, blank: t.blank && !ringColumn, told: ringColumn})
		t.broken, t.blank = false, false
		t.corners++
	}
}
