package ingest

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/taohe-gis/taohe"
)

//go:embed catalogue.yaml
var catalogueYAML []byte

// FieldType says how the text of a source becomes the value of a field.
type FieldType string

// The field types of the catalogue.
const (
	TypeText       FieldType = "text"
	TypeDate       FieldType = "date"
	TypeNumber     FieldType = "number"
	TypeArea       FieldType = "area"        // stored in square metres
	TypeLicenceNo  FieldType = "licence_no"  // refused when it has not the form
	TypeLicenceRef FieldType = "licence_ref" // kept as written, noted when it has not the form
	TypeCode       FieldType = "code"        // one of a code list
)

// A Field is one field of a layer.
type Field struct {
	Name     string    `yaml:"name"`
	Title    string    `yaml:"title"`
	Type     FieldType `yaml:"type"`
	Required bool      `yaml:"required"`
	Codes    string    `yaml:"codes"`
	Synonyms []string  `yaml:"synonyms"`
}

// A LayerSpec is what the catalogue says of one layer.
type LayerSpec struct {
	// Key are the fields that tell which row of another version a row stands
	// for; the first of them names it to people. Empty where there is none.
	Key    []string `yaml:"key"`
	Fields []Field  `yaml:"fields"`
}

// A Catalogue is the layers with their fields and the code lists, as data.
type Catalogue struct {
	Layers map[taohe.Layer]LayerSpec      `yaml:"layers"`
	Codes  map[string]map[string][]string `yaml:"codes"`

	// codeOf is code list → normalised spelling → code.
	codeOf map[string]map[string]string
}

// TheCatalogue is the one the program ships. It is checked by a test, so that
// a fault in it cannot reach a user.
var TheCatalogue = sync.OnceValue(func() *Catalogue {
	c, err := parseCatalogue(catalogueYAML)
	if err != nil {
		panic(err)
	}
	return c
})

func parseCatalogue(b []byte) (*Catalogue, error) {
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	var c Catalogue
	if err := dec.Decode(&c); err != nil {
		return nil, fmt.Errorf("layer catalogue: %w", err)
	}
	c.codeOf = make(map[string]map[string]string)
	for list, codes := range c.Codes {
		c.codeOf[list] = make(map[string]string)
		for code, spellings := range codes {
			for _, s := range append([]string{code}, spellings...) {
				n := normaliseName(s)
				if other, taken := c.codeOf[list][n]; taken && other != code {
					return nil, fmt.Errorf("layer catalogue: %s: %q means both %s and %s", list, s, other, code)
				}
				c.codeOf[list][n] = code
			}
		}
	}
	for _, l := range taohe.Layers() {
		spec, ok := c.Layers[l]
		if !ok {
			return nil, fmt.Errorf("layer catalogue: no layer %s", l)
		}
		if err := c.checkLayer(l, spec); err != nil {
			return nil, err
		}
	}
	return &c, nil
}

func (c *Catalogue) checkLayer(l taohe.Layer, spec LayerSpec) error {
	taken := make(map[string]string)
	for _, k := range spec.Key {
		if _, ok := spec.Field(k); !ok {
			return fmt.Errorf("layer catalogue: %s: key %q is no field", l, k)
		}
	}
	for _, f := range spec.Fields {
		switch f.Type {
		case TypeText, TypeDate, TypeNumber, TypeArea, TypeLicenceNo, TypeLicenceRef:
		case TypeCode:
			if _, ok := c.Codes[f.Codes]; !ok {
				return fmt.Errorf("layer catalogue: %s.%s: no code list %q", l, f.Name, f.Codes)
			}
		default:
			return fmt.Errorf("layer catalogue: %s.%s: unknown type %q", l, f.Name, f.Type)
		}
		for _, s := range f.Synonyms {
			n := normaliseName(s)
			if other, ok := taken[n]; ok && other != f.Name {
				return fmt.Errorf("layer catalogue: %s: column %q means both %s and %s", l, s, other, f.Name)
			}
			taken[n] = f.Name
		}
	}
	return nil
}

// Field returns the field of that name.
func (s LayerSpec) Field(name string) (Field, bool) {
	i := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return s.Fields[i], true
}

// Code returns the code that a spelling stands for in a list.
func (c *Catalogue) Code(list, spelling string) (string, bool) {
	code, ok := c.codeOf[list][normaliseName(spelling)]
	return code, ok
}

// normaliseName folds the ways one column or code name is written: case, width,
// spaces, underscores and brackets.
func normaliseName(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～': // full-width forms of ASCII
			r -= '！' - '!'
		case r == '\u3000':
			return -1
		}
		switch r {
		case ' ', '\t', '\u00a0', '_', '(', ')', '[', ']', '【', '】', '\ufeff':
			return -1
		}
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}, s)
}
