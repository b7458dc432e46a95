package kml

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

// A survey is the first pass: fields, number of placemarks, systems.
type survey struct {
	w        *walker
	limits   record.Limits
	encoding record.Encoding
	fields   []record.Field
	byName   map[string]int
	own      map[string]bool
	rows     int
	systems  map[string]int // placemarks with a geometry by Ovital's word
	notes    []taohe.Diagnostic
}

func (l *Layer) survey() (*survey, error) {
	s := &survey{limits: l.limits, byName: map[string]int{}, own: map[string]bool{}, systems: map[string]int{}}
	in, err := openInput(l.entry, l.whole, l.limits)
	if err != nil {
		s.w = &walker{in: &input{}}
		return s, err
	}
	s.w = newWalker(in, l.limits, false, s.placemark)
	err = errors.Join(s.w.run(), in.close())
	s.encoding = in.encoding
	if err == nil && s.w.root == "" {
		err = record.Refuse("kml.not_kml", map[string]string{"root": ""})
	}
	// A schema may stand behind its placemarks.
	for i, f := range s.fields {
		if kind, declared := s.w.kinds[f.Name]; declared {
			s.fields[i].Kind = kind
		}
	}
	return s, err
}

func (s *survey) placemark(p *placemark) error {
	if s.rows++; s.rows > s.limits.MaxRows {
		return record.Refuse("file.limit", map[string]string{"what": "rows", "limit": strconv.Itoa(s.limits.MaxRows)})
	}
	for name, text := range p.own {
		s.own[name] = s.own[name] || strings.TrimSpace(text) != ""
	}
	if p.first != "" {
		s.systems[p.system]++
	}
	for _, d := range p.data {
		if _, known := s.byName[d.name]; known {
			continue
		}
		if len(s.fields) == s.limits.MaxFields {
			return record.Refuse("file.limit", map[string]string{"what": "fields", "limit": strconv.Itoa(s.limits.MaxFields)})
		}
		s.byName[d.name] = len(s.fields)
		s.fields = append(s.fields, record.Field{Name: s.label(d.name), Kind: record.Text})
	}
	return nil
}

// label is the field's name; one without a name gets one.
func (s *survey) label(name string) string {
	if name == "" {
		name = "field_" + strconv.Itoa(len(s.fields)+1)
		s.notes = append(s.notes, taohe.Diagnostic{Code: "field.name_empty", Field: name})
	}
	if len(name) > 1000 || !utf8.ValidString(name) {
		name = strings.ToValidUTF8(name[:min(len(name), 1000)], "")
	}
	return name
}
