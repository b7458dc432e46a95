package ogc

import (
	"github.com/taohe-gis/taohe/internal/cql2"
)

// A schema is JSON Schema of a collection's properties, as Part 5 writes it.
type schemaJSON struct {
	Schema               string                `json:"$schema"`
	ID                   string                `json:"$id"`
	Title                string                `json:"title"`
	Description          string                `json:"description"`
	Type                 string                `json:"type"`
	Properties           map[string]memberJSON `json:"properties"`
	AdditionalProperties bool                  `json:"additionalProperties"`
}

type memberJSON struct {
	Ref      string      `json:"$ref,omitempty"`
	Title    string      `json:"title"`
	Type     string      `json:"type,omitempty"`
	Format   string      `json:"format,omitempty"`
	OneOf    []constJSON `json:"oneOf,omitempty"`
	ReadOnly bool        `json:"readOnly,omitempty"`
	Role     string      `json:"x-ogc-role,omitempty"`
	Unit     string      `json:"x-ogc-unit,omitempty"`
	UnitLang string      `json:"x-ogc-unitLang,omitempty"`
	Seq      int         `json:"x-ogc-propertySeq"`
}

type constJSON struct {
	Const string `json:"const"`
	Title string `json:"title"`
}

func (p property) member(seq int) memberJSON {
	m := memberJSON{Title: p.title, Type: "string", Role: p.role, Unit: p.unit, Seq: seq}
	switch p.is {
	case cql2.Number:
		m.Type = "number"
		if p.integer {
			m.Type = "integer"
		}
	case cql2.Day:
		m.Format = "date"
	case cql2.Bool:
		m.Type = "boolean"
	case cql2.Text, cql2.Shape:
	}
	if p.unit == "亩" { // which UCUM has not
		m.UnitLang = "zh"
	}
	for _, c := range p.codes {
		m.OneOf = append(m.OneOf, constJSON{c.value, c.title})
	}
	return m
}

// schemaOf is the schema of what features have, or of what filters may name.
func (c *collection) schemaOf(id string, forFilters bool) schemaJSON {
	v := schemaJSON{
		Schema: "https://json-schema.org/draft/2020-12/schema", ID: id, Title: c.title, Description: c.description, Type: "object",
		Properties: map[string]memberJSON{geometryName: {
			Title: "图形", Format: "geometry-multipolygon", Role: "primary-geometry", Seq: len(c.properties) + 1,
		}},
	}
	if forFilters {
		// QGIS knows the shape by this reference.
		shape := v.Properties[geometryName]
		shape.Ref = "https://geojson.org/schema/MultiPolygon.json"
		v.Properties[geometryName] = shape
	} else {
		v.Properties["id"] = memberJSON{Title: "编号", Type: "string", Role: "id", ReadOnly: true}
	}
	for i, p := range c.properties {
		v.Properties[p.name] = p.member(i + 1)
	}
	return v
}

func (s *service) queryables(q request) error { return s.writeSchema(q, "queryables", true) }

func (s *service) schema(q request) error { return s.writeSchema(q, "schema", false) }

func (s *service) writeSchema(q request, name string, forFilters bool) error {
	c, err := known(q.Request)
	if err != nil {
		return err
	}
	if err := q.noParameters(); err != nil {
		return err
	}
	if _, err := s.state(q.Context(), c); err != nil {
		return err
	}
	q.setLinks(q.selves())
	return s.write(q, c.schemaOf(q.address("/collections/"+c.id+"/"+name, ""), forFilters), "schema", struct {
		*collection
		ForFilters bool
	}{c, forFilters})
}
