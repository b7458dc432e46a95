package jzd

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

// The properties that say what the coordinates are.
const (
	keySystem     = "坐标系"
	keyWidth      = "几度分带"
	keyZone       = "带号"
	keyMeridian   = "中央子午线"
	keyProjection = "投影类型"
	keyUnit       = "计量单位"
	keyShift      = "转换参数"
)

// spill is how far from its central meridian a coordinate may lie and still be
// of that zone, where its first digits read as the next one's: a county near
// the edge of a province's zone. Beyond it, two words stand against each other.
const spill = 600_000

// A tally counts what the coordinates say of themselves.
type tally struct {
	degrees, bare, swapped int
	prefixes               map[int]*reach
}

// A reach is how many eastings begin with a number, and from where to where.
type reach struct {
	count    int
	min, max float64
}

func (t *tally) see(c corner) {
	if c.degrees() {
		t.degrees++
		return
	}
	e := c.y
	// A northing of China has seven digits. Writers exist that put it second.
	if c.y >= 1e6 && c.y < 1e7 && (c.x >= 1e7 || c.x < 1e6) {
		e = c.x
		t.swapped++
	}
	if e < 1e7 {
		t.bare++
		return
	}
	p := int(math.Min(e/1e6, 1e6))
	r := t.prefixes[p]
	if r == nil {
		if len(t.prefixes) > 100 {
			return
		}
		r = &reach{min: e, max: e}
		t.prefixes[p] = r
	}
	r.count++
	r.min, r.max = min(r.min, e), max(r.max, e)
}

// A system is the datum a file names, with the codes of its zones: the EPSG
// code of zone 0, were there one.
type system struct {
	name                                       string
	geographic                                 int
	prefixed3, meridian3, prefixed6, meridian6 int
}

// The codes of a family follow each other: CGCS2000 zone 25 of 3° is 4513, and
// so on to zone 45.
var systems = map[string]system{
	"CGCS2000": {"CGCS2000", 4490, 4513 - 25, 4534 - 25, 4491 - 13, 4502 - 13},
	"Xian":     {"Xian 1980", 4610, 2349 - 25, 2370 - 25, 2327 - 13, 2338 - 13},
	"Beijing":  {"Beijing 1954", 4214, 2401 - 25, 2422 - 25, 21413 - 13, 21473 - 13},
	"WGS84":    {name: "WGS 84", geographic: 4326},
}

func findSystem(said string) (system, bool) {
	said = strings.ToUpper(plain(said))
	for _, s := range []struct{ word, key string }{
		{"2000", "CGCS2000"}, {"WGS", "WGS84"}, {"80", "Xian"}, {"54", "Beijing"},
	} {
		if strings.Contains(said, s.word) {
			return systems[s.key], true
		}
	}
	return system{}, false
}

// A settler finds the reference system, and says what stands against it.
type settler struct {
	w     *walker
	t     *tally
	notes []taohe.Diagnostic
	lacks []string
}

func (s *settler) note(code string, args map[string]string) {
	s.notes = append(s.notes, taohe.Diagnostic{Code: code, Args: args})
}

// settle returns the EPSG code that the head and the coordinates determine
// together, 0 where they leave it open or contradict each other. Then the
// uploader must say, and the notes tell what.
func (s *settler) settle() record.Reference {
	none := record.Reference{How: How}
	if p := s.w.property(keyShift); strings.Trim(plain(p), ",0. ;+-") != "" {
		s.note("jzd.shift_present", map[string]string{"parameters": p})
	}
	if s.t.swapped > 0 {
		s.note("jzd.axes_doubtful", map[string]string{"count": strconv.Itoa(s.t.swapped)})
	}
	if len(s.w.changed) > 0 {
		s.note("jzd.properties_differ", map[string]string{"keys": strings.Join(slices.Compact(slices.Sorted(slices.Values(s.w.changed))), "、")})
		for _, key := range []string{keySystem, keyWidth, keyZone, keyMeridian, keyProjection, keyUnit} {
			if slices.Contains(s.w.changed, key) {
				return none
			}
		}
	}
	code := s.code()
	if code == 0 && len(s.lacks) > 0 {
		s.note("jzd.reference_incomplete", map[string]string{"missing": strings.Join(s.lacks, "、")})
	}
	return record.Reference{EPSG: code, How: How}
}

func (s *settler) code() int {
	sys, known := findSystem(s.w.property(keySystem))
	if !known {
		s.lacks = append(s.lacks, keySystem)
	}
	planar := s.t.bare + s.prefixed()
	if s.t.degrees > 0 && planar == 0 {
		return sys.geographic
	}
	if s.t.degrees > 0 {
		s.lacks = append(s.lacks, "统一的坐标单位（米和度混用）")
	}
	if p := plain(s.w.property(keyProjection)); p != "" && !strings.Contains(p, "高斯") {
		s.lacks = append(s.lacks, keyProjection+"（“"+p+"”不是高斯-克吕格）")
	}
	if u := strings.ToLower(plain(s.w.property(keyUnit))); u != "" && u != "米" && u != "m" {
		s.lacks = append(s.lacks, keyUnit+"（“"+u+"”不是米）")
	}
	zone, width, ok := s.zone()
	if known && sys.prefixed3 == 0 {
		s.lacks = append(s.lacks, keySystem+"（"+sys.name+" 没有国家分带）")
	}
	if !ok || !known || len(s.lacks) > 0 {
		return 0
	}
	prefixed := s.prefixed() >= s.t.bare
	switch {
	case width == 3 && prefixed:
		return sys.prefixed3 + zone
	case width == 3:
		return sys.meridian3 + zone
	case prefixed:
		return sys.prefixed6 + zone
	}
	return sys.meridian6 + zone
}

func (s *settler) prefixed() int {
	n := 0
	for _, r := range s.t.prefixes {
		n += r.count
	}
	return n
}

// zone settles number and width of the zone: the head's word, where the
// coordinates do not deny it; where it has none, the one number with which all
// eastings begin, because the format has them begin with it.
func (s *settler) zone() (zone, width int, ok bool) {
	width, saidWidth := digits(s.w.property(keyWidth))
	zone, said := digits(s.w.property(keyZone))
	if meridian, has := digits(s.w.property(keyMeridian)); has && !said && saidWidth {
		switch {
		case width == 3 && meridian%3 == 0:
			zone, said = meridian/3, true
		case width == 6 && (meridian+3)%6 == 0:
			zone, said = (meridian+3)/6, true
		}
	}
	prefixes := slices.Sorted(maps.Keys(s.t.prefixes))
	if !said {
		if len(prefixes) != 1 || s.t.bare > 0 {
			s.lacks = append(s.lacks, keyZone)
			return 0, 0, false
		}
		zone = prefixes[0]
		s.note("jzd.zone_by_prefix", map[string]string{"zone": strconv.Itoa(zone)})
	} else if !s.agrees(zone, prefixes) {
		return 0, 0, false
	}
	// Zones 13 to 23 are of 6°, 25 to 45 of 3°: the number tells the width.
	byZone := 0
	switch {
	case zone >= 13 && zone <= 23:
		byZone = 6
	case zone >= 25 && zone <= 45:
		byZone = 3
	default:
		s.lacks = append(s.lacks, fmt.Sprintf("%s（%d 不在中国范围内）", keyZone, zone))
		return 0, 0, false
	}
	if saidWidth && width != byZone {
		s.note("jzd.width_conflict", map[string]string{"width": strconv.Itoa(width), "zone": strconv.Itoa(zone)})
		return 0, 0, false
	}
	return zone, byZone, true
}

// agrees holds the head's zone against the first digits of the eastings. It
// reports false where none of them is of that zone.
func (s *settler) agrees(zone int, prefixes []int) bool {
	fits := len(prefixes) == 0
	var others []string
	for _, p := range prefixes {
		r := s.t.prefixes[p]
		origin := float64(zone)*1e6 + 500_000
		switch {
		case p == zone:
			fits = true
		case r.min >= origin-spill && r.max <= origin+spill:
			fits = true
			s.note("jzd.zone_spill", map[string]string{"zone": strconv.Itoa(zone), "prefix": strconv.Itoa(p), "count": strconv.Itoa(r.count)})
		default:
			others = append(others, strconv.Itoa(p))
		}
	}
	if len(others) > 0 {
		s.note("jzd.zone_conflict", map[string]string{"zone": strconv.Itoa(zone), "prefixes": strings.Join(others, "、")})
	}
	return fits
}

// digits reads the number in a text such as 3, 3度带, 37带 or 三度带.
func digits(text string) (int, bool) {
	text = plain(text)
	switch {
	case strings.HasPrefix(text, "三"):
		return 3, true
	case strings.HasPrefix(text, "六"):
		return 6, true
	}
	end := 0
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(text[:end])
	return n, err == nil && n > 0
}
