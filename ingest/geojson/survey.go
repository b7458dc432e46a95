package geojson

import (
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

// A survey is the first pass: fields, number of features, reference system.
type survey struct {
	w         *walker
	limits    record.Limits
	fields    []record.Field
	byRaw     map[string]int // quoted name as in the file
	byName    map[string]int
	rows      int
	hasID     bool
	reference record.Reference
	notes     []taohe.Diagnostic
	kind      string // type of the object being read
	rootKind  string // first type of an object at the top
	recognise bool   // something of GeoJSON was met
	seen      bool   // the object being read has members of a feature or geometry
}

func (s *survey) begin(int64) { s.kind, s.seen = "", false }

func (s *survey) collection() {}

func (s *survey) crs(raw jsontext.Value) {
	reference, ok := readCRS(raw)
	if ok {
		s.reference = reference
		return
	}
	s.reference = record.Reference{}
	s.notes = append(s.notes, taohe.Diagnostic{Code: "geojson.crs_unread", Args: map[string]string{"content": string(raw[:min(len(raw), 200)])}})
}

func (s *survey) member(name string) error {
	d := s.w.d
	switch {
	case name == "type" && d.PeekKind() == '"':
		raw, err := d.ReadValue()
		if err == nil {
			s.kind, _ = unquote(raw)
		}
		return err
	case name == "properties" && d.PeekKind() == '{' && s.kind != "FeatureCollection":
		s.seen = true
		return s.properties()
	case name == "id":
		s.hasID = true
	case name == "geometry", name == "coordinates", name == "geometries":
		s.seen = true
	}
	return d.SkipValue()
}

func (s *survey) end(root, collection bool) error {
	if !root {
		s.rows++
		s.recognise = true
		return tooManyRows(s.rows, s.limits)
	}
	if s.rootKind == "" {
		s.rootKind = s.kind
	}
	if collection || s.kind == "FeatureCollection" {
		s.recognise = true
	} else if s.seen || s.kind == "Feature" || geometryKind(s.kind) {
		s.recognise = s.recognise || s.kind == "Feature" || geometryKind(s.kind)
		s.rows++
	}
	return tooManyRows(s.rows, s.limits)
}

func tooManyRows(rows int, lim record.Limits) error {
	if rows > lim.MaxRows {
		return record.Refuse("file.limit", map[string]string{"what": "rows", "limit": fmt.Sprint(lim.MaxRows)})
	}
	return nil
}

func (s *survey) properties() error {
	d := s.w.d
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() == '"' {
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		i, ok := s.byRaw[string(raw)]
		if !ok {
			if i, err = s.field(raw); err != nil {
				return err
			}
		}
		// The kind of a value is told by its first byte, but a number's is not.
		if d.PeekKind() != '0' {
			s.fields[i].Kind = widest(s.fields[i].Kind, kindOf(d.PeekKind(), nil))
			if err := d.SkipValue(); err != nil {
				return err
			}
			continue
		}
		if raw, err = d.ReadValue(); err != nil {
			return err
		}
		s.fields[i].Kind = widest(s.fields[i].Kind, kindOf('0', raw))
	}
	_, err := d.ReadToken()
	return err
}

// field adds a field, or another spelling of one ("\u0041" for "A").
func (s *survey) field(raw []byte) (int, error) {
	if len(s.byRaw) >= 2*s.limits.MaxFields || len(s.fields) >= s.limits.MaxFields {
		return 0, record.Refuse("file.limit", map[string]string{"what": "fields", "limit": fmt.Sprint(s.limits.MaxFields)})
	}
	name, ok := unquote(raw)
	i, known := s.byName[name]
	if !known {
		i = len(s.fields)
		s.byName[name] = i
		s.fields = append(s.fields, record.Field{Name: name})
		if !ok {
			s.notes = append(s.notes, taohe.Diagnostic{Code: "field.name_undecodable", Field: name, Args: map[string]string{"encoding": "UTF-8"}})
		}
	}
	s.byRaw[string(raw)] = i
	return i, nil
}

// widest is the kind that holds values of both kinds.
func widest(a, b record.Kind) record.Kind {
	switch {
	case a == record.Null || a == b:
		return b
	case b == record.Null:
		return a
	case a == record.Integer && b == record.Decimal, a == record.Decimal && b == record.Integer:
		return record.Decimal
	}
	return record.Text
}

func kindOf(kind jsontext.Kind, raw []byte) record.Kind {
	switch kind {
	case 'n':
		return record.Null
	case 't', 'f':
		return record.Logical
	case '0':
		for _, c := range raw {
			if c == '.' || c == 'e' || c == 'E' {
				return record.Decimal
			}
		}
		return record.Integer
	}
	return record.Text
}

func geometryKind(kind string) bool {
	switch kind {
	case "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection":
		return true
	}
	return false
}
