package corner

import (
	"errors"
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/ingest/rings"
)

// A feature is a polygon of the table: the rings of a parcel, or of the whole
// table where it names none.
type feature struct {
	parcel      string
	top, bottom string
	said        said
	corners     []corner
	starts      []ringStart
	swapped     bool // the first column is the eastern one
	notes       []taohe.Diagnostic
}

// A ringStart is where a ring begins: an index into corners, and whether only a
// blank line says so.
type ringStart struct {
	at      int
	byBlank bool
}

// A ringBreak says what stands before a corner. told is a table with a ring
// column: then nothing else begins a ring.
type ringBreak struct{ forced, blank, told bool }

// note is about the polygon; its line goes into the text, because Row is that
// of the whole polygon.
func (f *feature) note(code string, line int, args map[string]string) {
	if args == nil {
		args = map[string]string{}
	}
	args["line"] = strconv.Itoa(line)
	f.notes = append(f.notes, taohe.Diagnostic{Code: code, Args: args})
}

// add appends a corner to the ring that is open, or begins another.
func (f *feature) add(c corner, b ringBreak) {
	begin := func(byBlank bool) { f.starts = append(f.starts, ringStart{len(f.corners), byBlank}) }
	if len(f.starts) == 0 {
		begin(false)
	} else {
		ring := f.corners[f.starts[len(f.starts)-1].at:]
		again := c.number != "" && c.number == ring[0].number && len(ring) > 1
		switch {
		case b.forced:
			begin(false)
		case b.told:
		case len(ring) > 3 && same(ring[0], ring[len(ring)-1]):
			begin(false)
		case again && !same(c, ring[0]):
			if !b.blank {
				f.note("corner.ring_by_number", c.line, map[string]string{"number": c.number})
			}
			begin(false)
		case b.blank:
			begin(true)
		}
	}
	f.corners = append(f.corners, c)
}

// same reports whether two rows are of one place as they are written.
func same(a, b corner) bool {
	return a.first.form == b.first.form && a.second.form == b.second.form &&
		a.first.number == b.first.number && a.second.number == b.second.number
}

// assemble makes the record of the polygon.
func (f *feature) assemble(lim record.Limits) record.Record {
	rec := record.Record{Row: f.corners[0].line}
	f.checkCorners()
	f.joinBlankLines()
	f.checkRings()
	points := make([]float64, 0, 2*len(f.corners))
	for _, c := range f.corners {
		east, north := c.second.number, c.first.number
		if f.swapped {
			east, north = north, east
		}
		points = append(points, east, north)
	}
	ends := make([]int, 0, len(f.starts))
	for _, s := range f.starts[1:] {
		ends = append(ends, s.at)
	}
	ends = append(ends, len(f.corners))
	refused := false
	for _, n := range f.notes {
		refused = refused || n.Severity() == taohe.Refused
	}
	if !refused {
		rec.Geometry = f.polygons(points, ends, lim)
	}
	for _, n := range f.notes {
		n.Row = rec.Row
		rec.Diagnostics = append(rec.Diagnostics, n)
	}
	return rec
}

func (f *feature) polygons(points []float64, ends []int, lim record.Limits) geom.T {
	var a rings.Assembler
	tooMuch := func() geom.T {
		f.note("geometry.limit", f.corners[0].line, map[string]string{"parts": strconv.Itoa(len(ends)), "vertices": strconv.Itoa(len(f.corners))})
		return nil
	}
	if len(ends) > lim.MaxParts || len(f.corners) > lim.MaxVertices {
		return tooMuch()
	}
	r, err := a.Assemble(geom.XY, points, ends)
	switch {
	case errors.Is(err, rings.ErrWork):
		return tooMuch()
	case r.Dropped > 0:
		f.note("ring.degenerate", f.corners[0].line, map[string]string{
			"count": strconv.Itoa(r.Dropped), "x": format(r.DroppedAt[0]), "y": format(r.DroppedAt[1]),
		})
	}
	if r.Duplicates > 0 {
		f.note("ring.duplicate", f.corners[0].line, map[string]string{"count": strconv.Itoa(r.Duplicates)})
	}
	if r.Polygons == nil {
		f.note("geometry.no_area", f.corners[0].line, nil)
		return nil
	}
	return r.Polygons
}

func format(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// checkCorners refuses the polygon for each corner that cannot be read, and for
// metres among degrees: leaving a corner out would change the ground.
func (f *feature) checkCorners() {
	plane := f.corners[0].first.plane() || f.corners[0].second.plane()
	for _, c := range f.corners {
		if len(f.notes) > mostRemarks {
			return
		}
		for _, v := range []value{c.first, c.second} {
			switch v.form {
			case formNone, formBad:
				f.note("corner.unreadable", c.line, map[string]string{"value": shortened(v.text)})
			case formInexact:
				f.note("corner.rounded", c.line, map[string]string{"value": shortened(v.text)})
			case formNumber, formAngle:
			}
		}
		// A zero stands for "missing" and is held against the county later.
		if c.first.number != 0 && c.second.number != 0 && (c.first.plane() || c.second.plane()) != plane {
			f.note("corner.mixed_units", c.line, map[string]string{"value": c.first.text + " " + c.second.text})
			return
		}
	}
}

// joinBlankLines takes blank lines for spacing where they leave no ring of
// three corners, and says so; else it says that they were taken for breaks.
func (f *feature) joinBlankLines() {
	blanks, long := 0, false
	for i, s := range f.starts {
		end := len(f.corners)
		if i+1 < len(f.starts) {
			end = f.starts[i+1].at
		}
		long = long || end-s.at >= 3
		if s.byBlank {
			blanks++
		} else if i > 0 {
			long = true
		}
	}
	switch {
	case blanks == 0:
	case long:
		f.note("corner.ring_by_blank_line", f.corners[0].line, map[string]string{"rings": strconv.Itoa(len(f.starts))})
	default:
		f.note("corner.blank_lines_ignored", f.corners[0].line, nil)
		f.starts = f.starts[:1]
	}
}

// checkRings refuses rings of fewer than three corners, and remarks on numbers
// that jump: a row may be missing.
func (f *feature) checkRings() {
	jumps := 0
	var at, from, to string
	for i, s := range f.starts {
		end := len(f.corners)
		if i+1 < len(f.starts) {
			end = f.starts[i+1].at
		}
		ring := f.corners[s.at:end]
		if n := len(ring); n < 3 || n == 3 && same(ring[0], ring[2]) {
			f.note("corner.ring_short", ring[0].line, map[string]string{"count": strconv.Itoa(n)})
		}
		for k := 1; k < len(ring); k++ {
			a, okA := numberOf(ring[k-1].number)
			b, okB := numberOf(ring[k].number)
			if !okA || !okB || b == a+1 || ring[k].number == ring[0].number {
				continue
			}
			if jumps++; jumps == 1 {
				at, from, to = strconv.Itoa(ring[k].line), ring[k-1].number, ring[k].number
			}
		}
	}
	if jumps > 0 {
		f.notes = append(f.notes, taohe.Diagnostic{Code: "corner.number_jumps", Args: map[string]string{
			"line": at, "from": from, "to": to, "count": strconv.Itoa(jumps),
		}})
	}
}

// numberOf is the number at the end of a point's name: 12 of J12.
func numberOf(name string) (int, bool) {
	n, err := strconv.Atoi(name[len(strings.TrimRight(name, "0123456789")):])
	return n, err == nil
}
