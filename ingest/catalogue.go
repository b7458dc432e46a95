package ingest

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
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
	TypeAreaKM2    FieldType = "area_km2"    // stored in square kilometres, and in them where no unit is told
	TypeLicenceNo  FieldType = "licence_no"  // refused when it has not the form
	TypeLicenceRef FieldType = "licence_ref" // kept as written, noted when it has not the form
	TypeCode       FieldType = "code"        // one of a code list
	TypeWord       FieldType = "word"        // one of a list of words, else kept as written and noted
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
	Key []string `yaml:"key"`
	// DeclaredArea is the field that holds the area somebody declared.
	DeclaredArea string `yaml:"declared_area"`
	// NoOverlap is set where rows of different numbers must not share ground.
	NoOverlap *NoOverlap `yaml:"no_overlap"`
	// Combined are columns that hold several fields in one.
	Combined []CombinedColumn `yaml:"combined"`
	Fields   []Field          `yaml:"fields"`
}

// NoOverlap says which rows of a layer must not share ground.
type NoOverlap struct {
	// Number is the field whose value tells them apart.
	Number string `yaml:"number"`
	// Ranks says that numbers of different length are of different rank, as
	// counties hold townships, and may share ground.
	Ranks bool `yaml:"ranks"`
}

// A CombinedColumn is a column that holds several fields in one, such as
// 开采方式、矿种 with "露天+煤矿".
type CombinedColumn struct {
	Fields   []string `yaml:"fields"`
	Synonyms []string `yaml:"synonyms"`
}

// A Catalogue is the layers with their fields and the code lists, as data.
type Catalogue struct {
	Layers map[taohe.Layer]LayerSpec      `yaml:"layers"`
	Codes  map[string]map[string][]string `yaml:"codes"`
	// Words are lists like Codes, of what is printed as it stands.
	Words map[string]map[string][]string `yaml:"words"`
	// ColumnUnits is column name → unit of a declared area, where a standard says
	// it and the name does not.
	ColumnUnits map[string]string `yaml:"column_units"`

	// codeOf is list of codes or words → normalised spelling → code.
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
	for list, codes := range c.Lists() {
		if err := c.addList(list, codes); err != nil {
			return nil, err
		}
	}
	if err := c.addColumnUnits(); err != nil {
		return nil, err
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

func (c *Catalogue) addList(list string, codes map[string][]string) error {
	c.codeOf[list] = make(map[string]string)
	for code, spellings := range codes {
		for _, s := range append([]string{code}, spellings...) {
			n := normaliseName(s)
			if other, taken := c.codeOf[list][n]; taken && other != code {
				return fmt.Errorf("layer catalogue: %s: %q means both %s and %s", list, s, other, code)
			}
			c.codeOf[list][n] = code
		}
	}
	return nil
}

func (c *Catalogue) addColumnUnits() error {
	units := make(map[string]string, len(c.ColumnUnits))
	for column, unit := range c.ColumnUnits {
		if !slices.ContainsFunc(areaUnits, func(u areaUnit) bool { return u.title == unit }) {
			return fmt.Errorf("layer catalogue: column_units: %s: no unit %q", column, unit)
		}
		units[normaliseName(column)] = unit
	}
	c.ColumnUnits = units
	return nil
}

func (c *Catalogue) checkLayer(l taohe.Layer, spec LayerSpec) error {
	taken := make(map[string]string)
	for _, k := range spec.Key {
		if _, ok := spec.Field(k); !ok {
			return fmt.Errorf("layer catalogue: %s: key %q is no field", l, k)
		}
	}
	named := []string{}
	if spec.DeclaredArea != "" {
		named = append(named, spec.DeclaredArea)
	}
	if spec.NoOverlap != nil {
		named = append(named, spec.NoOverlap.Number)
	}
	for _, combined := range spec.Combined {
		named = append(named, combined.Fields...)
		for _, s := range combined.Synonyms {
			taken[normaliseName(s)] = "a combined column"
		}
	}
	for _, name := range named {
		if _, ok := spec.Field(name); !ok {
			return fmt.Errorf("layer catalogue: %s: %q is no field", l, name)
		}
	}
	for _, f := range spec.Fields {
		switch f.Type {
		case TypeText, TypeDate, TypeNumber, TypeArea, TypeAreaKM2, TypeLicenceNo, TypeLicenceRef:
		case TypeWord:
			if _, ok := c.Words[f.Codes]; !ok {
				return fmt.Errorf("layer catalogue: %s.%s: no list of words %q", l, f.Name, f.Codes)
			}
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

// Lists are the lists of codes and of words, by name.
func (c *Catalogue) Lists() map[string]map[string][]string {
	lists := maps.Clone(c.Codes)
	maps.Copy(lists, c.Words)
	return lists
}

// Code returns the code or word that a spelling stands for in a list.
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
