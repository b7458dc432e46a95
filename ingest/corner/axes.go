package corner

import (
	"math"
	"strconv"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest/record"
)

// said is what the table itself says of its axes.
type said uint8

const (
	saidNothing said = iota // no head
	saidLetters             // X and Y, which surveyors and programs use either way round
	saidWords               // 纵 and 横, 北 and 东, 经度 and 纬度
)

// An axis is what a number can be by its size. The ranges are those of China:
// northings from 17°N, eastings with and without zone number, degrees, and
// packed degrees dddmmss. No number is in the range of two axes of one pair.
type axis uint8

const (
	axisNone  axis = 0
	axisNorth axis = 1 << iota
	axisEast
	axisLat
	axisLon
	axisPackedLat
	axisPackedLon
	axisAny = axisNorth | axisEast | axisLat | axisLon | axisPackedLat | axisPackedLon
)

func axesOf(v value) axis {
	n := v.number
	between := func(low, high float64) bool { return n >= low && n <= high }
	var a axis
	switch v.form {
	case formNumber:
		if between(1.9e6, 6.1e6) {
			a |= axisNorth
		}
		if between(1e5, 999_999) || between(13e6, 46e6) {
			a |= axisEast
		}
		if between(30_000, 540_000) && packed(n) {
			a |= axisPackedLat
		}
		if between(730_000, 1_360_000) && packed(n) {
			a |= axisPackedLon
		}
	case formAngle:
	case formNone, formBad, formInexact:
		return axisNone
	}
	if between(3, 54) {
		a |= axisLat
	}
	if between(73, 136) {
		a |= axisLon
	}
	return a
}

func packed(n float64) bool {
	_, ok := geo.UnpackDegrees(n)
	return ok
}

// pairs are the axes that two columns can be together, the northern one first.
var pairs = [][2]axis{{axisNorth, axisEast}, {axisLat, axisLon}, {axisPackedLat, axisPackedLon}}

// pairOf tells which pair two columns are: its index in pairs, and whether the
// eastern one comes first; -1 where they are none.
func pairOf(first, second axis) (pair int, swapped bool) {
	for i, p := range pairs {
		if first&p[0] != 0 && second&p[1] != 0 {
			return i, false
		}
		if first&p[1] != 0 && second&p[0] != 0 {
			return i, true
		}
	}
	return -1, false
}

const (
	pairNone   = -1
	pairPlane  = 0
	pairPacked = 2
)

// settleAxes decides for every polygon which of its two columns is the
// northing: the table's own word, hemisphere letters, or where it has none the
// size of the numbers, with a remark. Numbers that contradict a head are read
// as the head says, with a remark: holding them against the county tells.
func (t *table) settleAxes() error {
	for _, f := range t.features {
		first, second := axisAny, axisAny
		odd := f.corners[0].line
		for _, c := range f.corners {
			if c.first.number == 0 && c.second.number == 0 {
				continue // "unknown", told where corners are placed
			}
			a, b := first&axesOf(c.first), second&axesOf(c.second)
			if pair, _ := pairOf(a, b); pair == pairNone && odd == f.corners[0].line {
				odd = c.line
			}
			first, second = a, b
		}
		pair, swapped := pairOf(first, second)
		if f.letters() {
			f.unpack(t, pair)
			continue
		}
		switch {
		case pair == pairNone && f.said == saidNothing:
			return record.Refuse("corner.axes_unclear", map[string]string{"line": strconv.Itoa(odd)})
		case pair == pairNone:
			continue
		case f.said == saidNothing || f.said == saidLetters && pair != pairPlane:
			f.swapped = swapped
			t.once("corner.axes_by_magnitude", f.corners[0].line, map[string]string{"order": orderText(pair, swapped)})
		case swapped:
			t.once("corner.axes_doubtful", f.corners[0].line, map[string]string{"first": f.corners[0].first.text, "second": f.corners[0].second.text})
		}
		f.unpack(t, pair)
	}
	return nil
}

func orderText(pair int, swapped bool) string {
	names := [][2]string{{"北坐标（X）", "东坐标（Y）"}, {"纬度", "经度"}, {"纬度", "经度"}}[pair]
	if swapped {
		return names[1] + "、" + names[0]
	}
	return names[0] + "、" + names[1]
}

// letters settles the axes by E and N beside the angles. Letters that disagree
// with each other or with the head refuse the polygon.
func (f *feature) letters() bool {
	asSaid, other := 0, 0
	for _, c := range f.corners {
		switch {
		case c.first.letter == letterNorth, c.second.letter == letterEast:
			asSaid++
		case c.first.letter == letterEast, c.second.letter == letterNorth:
			other++
		}
		if c.first.letter != letterNone && c.first.letter == c.second.letter || asSaid > 0 && other > 0 || other > 0 && f.said == saidWords {
			f.note("corner.axis_letters", c.line, map[string]string{"value": c.first.text + " " + c.second.text})
			return true
		}
	}
	f.swapped = other > 0
	return asSaid+other > 0
}

// unpack turns dddmmss into degrees where the numbers can be nothing else.
func (f *feature) unpack(t *table, pair int) {
	if pair != pairPacked {
		return
	}
	for i := range f.corners {
		for _, v := range []*value{&f.corners[i].first, &f.corners[i].second} {
			if v.number > 360 {
				v.number, _ = geo.UnpackDegrees(v.number)
			}
		}
	}
	t.once("corner.packed_by_form", f.corners[0].line, map[string]string{"value": f.corners[0].first.text})
}

// plane reports whether a coordinate is metres by its size.
func (v value) plane() bool { return v.form == formNumber && math.Abs(v.number) > 360 }
