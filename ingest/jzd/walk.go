package jzd

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

// A walker goes through a text: its properties, and its parcels one by one.
type walker struct {
	in     *lines
	limits record.Limits
	each   func(*parcel) error
	seen   func(corner)

	parcel     parcel
	open       bool
	coordinate bool // inside 地块坐标
	properties []property
	changed    []string // properties given twice, differently
	notes      []taohe.Diagnostic
	parcels    int
}

// A property is one key=value of the sections before the coordinates.
type property struct{ key, value string }

func (w *walker) property(key string) string {
	for _, p := range w.properties {
		if p.key == key {
			return p.value
		}
	}
	return ""
}

func (w *walker) run() error {
	for {
		raw, ok, err := w.in.next()
		if err != nil {
			return err
		}
		if !ok {
			return w.finish()
		}
		if err := w.line(raw); err != nil {
			return err
		}
	}
}

func (w *walker) line(raw string) error {
	text := plain(raw)
	if text == "" || text == "\x1a" {
		return nil
	}
	if name, is := heading(text); is {
		w.coordinate = strings.Contains(name, "坐标")
		return nil
	}
	if cells, is := parcelCells(strings.TrimSpace(raw)); is {
		w.coordinate = true
		if err := w.finish(); err != nil {
			return err
		}
		w.parcel.begin(w.in.number, cells, true)
		w.open = true
		return nil
	}
	if !w.coordinate {
		w.describe(raw, text)
		return nil
	}
	c, is := parseCorner(text, w.in.number)
	if !is {
		w.stray(text)
		return nil
	}
	if !w.open {
		w.parcel.begin(w.in.number, nil, false)
		w.open = true
	}
	if w.seen != nil && !c.unread {
		w.seen(c)
	}
	w.parcel.add(c, w.limits)
	return nil
}

// describe reads a property. Its key is folded, its value is as written.
func (w *walker) describe(raw, text string) {
	key, value, is := strings.Cut(text, "=")
	if !is {
		key, value, is = strings.Cut(text, ":")
	}
	key = strings.Join(strings.Fields(key), "")
	if !is || key == "" || strings.ContainsRune(key, ',') {
		w.stray(text)
		return
	}
	if i := strings.IndexAny(raw, "=＝:："); i >= 0 {
		value = strings.TrimLeft(raw[i:], "=＝:：")
	}
	value = strings.TrimSpace(value)
	for _, p := range w.properties {
		if p.key == key {
			if p.value != value {
				w.changed = append(w.changed, key)
			}
			return
		}
	}
	if len(w.properties) < w.limits.MaxFields/2 {
		w.properties = append(w.properties, property{key, value})
		return
	}
	w.stray(text)
}

// stray remarks on a line that is nothing. One with digits among the rows of a
// parcel may be a corner: leaving it out would change the ground, so that the
// parcel is refused.
func (w *walker) stray(text string) {
	const most, longest = 100, 60
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	if w.open && strings.ContainsFunc(text, unicode.IsDigit) {
		w.parcel.bad = true
		w.parcel.note("corner.line_unclear", map[string]string{"line": strconv.Itoa(w.in.number), "text": text})
		return
	}
	if len(w.notes) < most {
		w.notes = append(w.notes, taohe.Diagnostic{Code: "corner.line_ignored", Row: w.in.number, Args: map[string]string{"text": text}})
	}
}

func (w *walker) finish() error {
	if !w.open {
		return nil
	}
	w.open = false
	if w.parcels++; w.parcels > w.limits.MaxRows {
		return record.Refuse("file.limit", map[string]string{"what": "rows", "limit": strconv.Itoa(w.limits.MaxRows)})
	}
	w.parcel.end()
	return w.each(&w.parcel)
}
