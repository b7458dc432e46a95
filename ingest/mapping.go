package ingest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

// A Mapping says which column of a source fills each field of its layer.
type Mapping struct {
	// Columns is field name → column name as the source spells it.
	Columns map[string]string `json:"columns"`
	// Constants is field name → text that fills the field where the source has
	// no column for it, or none in that row.
	Constants map[string]string `json:"constants,omitempty"`
	// Extra are the columns no field takes; they are kept as JSON.
	Extra []string `json:"extra,omitempty"`
	// Chosen is the part of Columns that a person chose, now or for an earlier
	// file of the same columns.
	Chosen map[string]string `json:"chosen,omitempty"`

	shape string
}

// mapColumns finds a column for each field: the uploader's word first, then
// the first synonym that the source has, then a column that holds it with
// others. Diagnostics are about the whole file: a required field left without column
// and constant is refused, a choice among several columns is noted.
func mapColumns(l taohe.Layer, spec LayerSpec, columns []record.Field, wanted, constants map[string]string) (Mapping, []taohe.Diagnostic) {
	m := Mapping{Columns: make(map[string]string), Constants: constants}
	byName := make(map[string]string, len(columns))
	var names []string
	for _, c := range columns {
		names = append(names, c.Name)
		if _, taken := byName[normaliseName(c.Name)]; !taken {
			byName[normaliseName(c.Name)] = c.Name
		}
	}
	var diags []taohe.Diagnostic
	used := make(map[string]bool)
	for _, f := range spec.Fields {
		want, ok := wanted[f.Name]
		if !ok {
			continue
		}
		column, found := byName[normaliseName(want)]
		if !found {
			diags = append(diags, taohe.Diagnostic{Code: "field.column_not_found", Field: want, Args: map[string]string{
				"wanted": f.Title, "columns": strings.Join(names, "、"),
			}})
			continue
		}
		m.Columns[f.Name], used[column] = column, true
	}
	for _, f := range spec.Fields {
		if _, said := wanted[f.Name]; said {
			continue
		}
		fitting := fittingColumns(f, names, used)
		if len(fitting) == 0 {
			continue
		}
		m.Columns[f.Name], used[fitting[0]] = fitting[0], true
		if len(fitting) > 1 {
			diags = append(diags, taohe.Diagnostic{Code: "field.column_ambiguous", Field: fitting[0], Args: map[string]string{
				"title": f.Title, "name": f.Name, "others": strings.Join(fitting[1:], "、"),
			}})
		}
	}
	for _, c := range spec.Combined {
		mapCombined(c, &m, byName, wanted, used)
	}
	for _, f := range spec.Fields {
		_, mapped := m.Columns[f.Name]
		_, constant := constants[f.Name]
		if _, failed := wanted[f.Name]; f.Required && !mapped && !constant && !failed {
			diags = append(diags, taohe.Diagnostic{Code: "field.missing", Field: f.Name, Args: map[string]string{
				"title": f.Title, "columns": strings.Join(names, "、"), "layer": l.Title(),
			}})
		}
	}
	for _, n := range names {
		if !used[n] {
			m.Extra = append(m.Extra, n)
		}
	}
	return m, diags
}

// fittingColumns are the columns that a field is known by and no other field
// has taken, the best known name first. The name of an area may end in its unit.
func fittingColumns(f Field, names []string, used map[string]bool) []string {
	var fitting []string
	for _, s := range append([]string{f.Title}, f.Synonyms...) {
		known := normaliseName(s)
		for _, name := range names {
			n := normaliseName(name)
			if n != known && (f.Type == TypeArea || f.Type == TypeAreaKM2) {
				_, n, _ = cutUnit(n)
			}
			if n == known && !used[name] && !slices.Contains(fitting, name) {
				fitting = append(fitting, name)
			}
		}
	}
	return fitting
}

// mapCombined gives a column that holds several fields to those of them that
// have none of their own.
func mapCombined(c CombinedColumn, m *Mapping, byName, wanted map[string]string, used map[string]bool) {
	for _, s := range c.Synonyms {
		column, found := byName[normaliseName(s)]
		if !found || used[column] {
			continue
		}
		for _, f := range c.Fields {
			_, has := m.Columns[f]
			if _, said := wanted[f]; !has && !said {
				m.Columns[f], used[column] = column, true
			}
		}
		return
	}
}

// A reader of attributes by field, made once for a source: positions are found
// again only when a row's columns differ from the last row's.
type attributeReader struct {
	mapping Mapping
	last    []string
	field   map[string]int // field → position of its column in the row
	// extra are the positions that no field takes, extraName their names as JSON.
	extra     []int
	extraName [][]byte
}

func (r *attributeReader) prepare(attrs []record.Attribute) error {
	if len(attrs) == len(r.last) && slices.EqualFunc(attrs, r.last, func(a record.Attribute, n string) bool { return a.Name == n }) {
		return nil
	}
	position := make(map[string]int, len(attrs))
	r.last = r.last[:0]
	for i, a := range attrs {
		r.last = append(r.last, a.Name)
		if _, taken := position[a.Name]; !taken {
			position[a.Name] = i
		}
	}
	r.field = make(map[string]int, len(r.mapping.Columns))
	mapped := make(map[int]bool)
	for f, column := range r.mapping.Columns {
		if i, ok := position[column]; ok {
			r.field[f] = i
			mapped[i] = true
		}
	}
	r.extra, r.extraName = r.extra[:0], r.extraName[:0]
	for i, a := range attrs {
		if mapped[i] {
			continue
		}
		name, err := jsontext.AppendQuote(nil, storable(a.Name))
		if err != nil {
			return err
		}
		r.extra, r.extraName = append(r.extra, i), append(r.extraName, name)
	}
	return nil
}

// text returns the trimmed text of a field in the row, its column ("" when a
// constant filled it), and whether there is any.
func (r *attributeReader) text(attrs []record.Attribute, field string) (text, column string, ok bool) {
	if i, mapped := r.field[field]; mapped {
		v := attrs[i].Value
		if t := strings.TrimSpace(strings.Trim(v.Text, "\u3000")); v.Kind != record.Null && t != "" {
			return t, attrs[i].Name, true
		}
		column = attrs[i].Name
	}
	if c, constant := r.mapping.Constants[field]; constant {
		return c, "", true
	}
	return "", column, false
}

// checkNames reports the names among keys that are no field of the layer.
func checkNames(what string, l taohe.Layer, spec LayerSpec, keys map[string]string) []Fault {
	var faults []Fault
	for _, k := range sortedKeys(keys) {
		if _, ok := spec.Field(k); !ok {
			var known []string
			for _, f := range spec.Fields {
				known = append(known, f.Name)
			}
			faults = append(faults, Fault{
				Location: what + "." + k, Code: "unknown-field",
				Message: fmt.Sprintf("图层 %s 没有字段 %s；可用字段：%s。", l, k, strings.Join(known, ", ")),
			})
		}
	}
	return faults
}
