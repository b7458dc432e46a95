package jzd

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/ingest/rings"
)

// A corner is one row of coordinates, as the file has it: x to the north, y to
// the east.
type corner struct {
	line         int
	number, ring string
	x, y         float64
	unread       bool   // the numbers cannot be read
	bad          string // the one that cannot
	extra        bool
}

// parseCorner reads 点号,圈号,X,Y; without the ring; or X,Y alone. It reports
// false for a line that has not the look of one.
func parseCorner(text string, line int) (corner, bool) {
	var cells []string
	if strings.ContainsRune(text, ',') {
		cells = strings.Split(text, ",")
	} else {
		cells = strings.Fields(text)
	}
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	c := corner{line: line}
	var numbers []string
	switch n := len(cells); {
	case n >= 4:
		c.number, c.ring, numbers, c.extra = cells[0], cells[1], cells[2:4], n > 4
	case n == 3:
		c.number, numbers = cells[0], cells[1:]
	case n == 2:
		numbers = cells
	default:
		return c, false
	}
	if !strings.ContainsAny(numbers[0]+numbers[1], "0123456789") {
		return c, false
	}
	var ok bool
	if c.x, ok = number(numbers[0]); !ok {
		c.bad, c.unread = numbers[0], true
	} else if c.y, ok = number(numbers[1]); !ok {
		c.bad, c.unread = numbers[1], true
	}
	// Two words are a remark sooner than a corner.
	return c, !c.unread || len(cells) > 2
}

// number reads a finite decimal number. One in scientific notation was rounded
// by a spreadsheet, and is none.
func number(s string) (float64, bool) {
	if s == "" || strings.Trim(s, "0123456789.+-") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsInf(v, 0)
}

func (c corner) degrees() bool { return math.Abs(c.x) <= 90 && math.Abs(c.y) <= 180 }

// A ringStart is where a ring begins, and the name of its first corner.
type ringStart struct {
	at     int // in corners
	number string
	name   string // 圈号
	closed bool   // its closing row was met
}

// A parcel is one 地块: the rows behind one head. Its buffers are reused.
type parcel struct {
	line    int
	cells   []string
	headed  bool
	points  []float64 // easting, northing
	starts  []ringStart
	pending *corner // a row with the first row's number, elsewhere
	rows    int     // as the file has them, closing rows too
	bad     bool
	tooMany bool
	extra   bool
	notes   []taohe.Diagnostic
}

func (p *parcel) begin(line int, cells []string, headed bool) {
	*p = parcel{line: line, cells: cells, headed: headed, points: p.points[:0], starts: p.starts[:0]}
}

func (p *parcel) note(code string, args map[string]string) {
	p.notes = append(p.notes, taohe.Diagnostic{Code: code, Row: p.line, Args: args})
}

// add takes the next row. A row that bears the number of its ring's first is
// the closing row: numbers are not given twice. Where it names another place,
// what follows tells: another row of the ring, and it begins a new one; none,
// and it is the closing row of a writer that spoils it.
func (p *parcel) add(c corner, lim record.Limits) {
	p.rows++
	p.extra = p.extra || c.extra
	if c.unread {
		p.bad = true
		p.note("corner.unreadable", map[string]string{"line": strconv.Itoa(c.line), "value": c.bad})
		return
	}
	if len(p.points)/2 >= lim.MaxVertices {
		p.tooMany = true
		return
	}
	if n := len(p.starts); n == 0 || p.starts[n-1].name != c.ring {
		p.endRing()
		p.start(c)
		return
	}
	ring := &p.starts[len(p.starts)-1]
	if p.pending != nil {
		first := *p.pending
		p.pending = nil
		p.note("jzd.ring_by_number", map[string]string{"line": strconv.Itoa(first.line), "number": first.number})
		p.start(first)
		ring = &p.starts[len(p.starts)-1]
	}
	if ring.closed {
		p.note("jzd.ring_by_number", map[string]string{"line": strconv.Itoa(c.line), "number": c.number})
		p.start(c)
		return
	}
	if c.number == "" || c.number != ring.number || len(p.points)/2-ring.at < 3 {
		p.points = append(p.points, c.y, c.x)
		return
	}
	p.close(c, ring)
}

func (p *parcel) start(c corner) {
	p.starts = append(p.starts, ringStart{at: len(p.points) / 2, number: c.number, name: c.ring})
	p.points = append(p.points, c.y, c.x)
}

// close takes the closing row of a ring. One up to a metre off means the first
// corner, rounded otherwise.
func (p *parcel) close(c corner, ring *ringStart) {
	near := 1.0
	if c.degrees() {
		near = 1e-5
	}
	off := math.Hypot(c.y-p.points[2*ring.at], c.x-p.points[2*ring.at+1])
	if off > near {
		p.pending = &c
		return
	}
	ring.closed = true
	if off > 0 {
		p.note("jzd.closing_differs", map[string]string{"line": strconv.Itoa(c.line), "off": strconv.FormatFloat(off, 'g', 3, 64)})
	}
}

func (p *parcel) endRing() {
	if p.pending == nil {
		return
	}
	c := *p.pending
	p.pending = nil
	p.starts[len(p.starts)-1].closed = true
	p.note("jzd.closing_dropped", map[string]string{
		"line": strconv.Itoa(c.line), "x": strconv.FormatFloat(c.x, 'f', -1, 64), "y": strconv.FormatFloat(c.y, 'f', -1, 64),
	})
}

// end settles what only the last row tells.
func (p *parcel) end() {
	p.endRing()
	if !p.headed {
		p.note("jzd.head_missing", nil)
	}
	if p.extra {
		p.note("jzd.cells_ignored", nil)
	}
	if len(p.cells) == 0 {
		return
	}
	corners, counted := len(p.points)/2, p.cells[0]
	declared, err := strconv.Atoi(counted)
	if err != nil || p.bad || p.tooMany {
		return
	}
	if !slices.Contains([]int{p.rows, corners, corners + len(p.starts)}, declared) {
		p.note("jzd.count_differs", map[string]string{"declared": counted, "rows": strconv.Itoa(p.rows)})
	}
}

// geometry makes the parcel's geometry, nil where notes say why.
func (p *parcel) geometry(a *rings.Assembler, lim record.Limits) geom.T {
	tooMany := func() geom.T {
		p.note("geometry.limit", map[string]string{"parts": strconv.Itoa(len(p.starts)), "vertices": strconv.Itoa(len(p.points) / 2)})
		return nil
	}
	switch {
	case p.tooMany || len(p.starts) > lim.MaxParts:
		return tooMany()
	case p.bad:
		return nil
	case len(p.points) == 0:
		p.note("geometry.null", nil)
		return nil
	}
	ends := make([]int, len(p.starts))
	for i := range p.starts {
		ends[i] = len(p.points) / 2
		if i+1 < len(p.starts) {
			ends[i] = p.starts[i+1].at
		}
	}
	kind := ""
	if len(p.cells) > columnShape {
		kind = p.cells[columnShape]
	}
	switch {
	case strings.Contains(kind, "线"):
		return p.lines(ends)
	case strings.Contains(kind, "点"):
		return geom.NewMultiPointFlat(geom.XY, p.points)
	}
	made, err := a.Assemble(geom.XY, p.points, ends)
	if errors.Is(err, rings.ErrWork) {
		return tooMany()
	}
	if made.Dropped > 0 {
		p.note("ring.degenerate", map[string]string{
			"count": strconv.Itoa(made.Dropped), "x": fmt.Sprint(made.DroppedAt[0]), "y": fmt.Sprint(made.DroppedAt[1]),
		})
	}
	if made.Duplicates > 0 {
		p.note("ring.duplicate", map[string]string{"count": strconv.Itoa(made.Duplicates)})
	}
	if made.Polygons == nil {
		p.note("geometry.no_area", nil)
		return nil
	}
	return made.Polygons
}

// lines are the rings of a parcel drawn as lines. A closing row was taken off;
// a closed line gets its end back.
func (p *parcel) lines(ends []int) geom.T {
	var flat []float64
	var out []int
	for i, s := range p.starts {
		flat = append(flat, p.points[2*s.at:2*ends[i]]...)
		if s.closed {
			flat = append(flat, p.points[2*s.at], p.points[2*s.at+1])
		}
		out = append(out, len(flat))
	}
	return geom.NewMultiLineStringFlat(geom.XY, flat, out)
}
