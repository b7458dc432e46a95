package kml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/taohe-gis/taohe/ingest/record"
)

// A walker goes through a document and hands over its placemarks.
type walker struct {
	in      *input
	d       *xml.Decoder
	limits  record.Limits
	shapes  bool // read coordinates
	each    func(*placemark) error
	mark    placemark
	buffer  []byte
	depth   int
	root    string
	path    []string
	systems []string // Ovital's word on the coordinates, by container

	ovi     bool
	linked  int            // network links
	ignored map[string]int // other features without shapes
	schemas map[string]bool
	kinds   map[string]record.Kind // of simple fields
}

func newWalker(in *input, lim record.Limits, shapes bool, each func(*placemark) error) *walker {
	w := &walker{
		in: in, d: xml.NewDecoder(in), limits: lim, shapes: shapes, each: each,
		ignored: map[string]int{}, schemas: map[string]bool{}, kinds: map[string]record.Kind{},
	}
	w.mark.own = map[string]string{}
	w.d.CharsetReader = in.charset
	return w
}

// token reads the next token; the bound on its size begins anew.
func (w *walker) token() (xml.Token, error) {
	w.in.mark = w.in.delivered
	t, err := w.d.Token()
	if err != nil {
		var syntax *xml.SyntaxError
		if strings.HasPrefix(err.Error(), "xml: ") && !errors.As(err, &syntax) && w.in.unknown == nil {
			return nil, fmt.Errorf("%w: %s", errVersion, strings.TrimPrefix(err.Error(), "xml: "))
		}
		return nil, err
	}
	switch t.(type) {
	case xml.StartElement:
		if w.depth++; w.depth > w.limits.MaxDepth {
			return nil, record.Refuse("file.limit", map[string]string{"what": "nesting of elements", "limit": strconv.Itoa(w.limits.MaxDepth)})
		}
	case xml.EndElement:
		w.depth--
	}
	return t, nil
}

// children calls each for the start of every child element; each must read to
// its end.
func (w *walker) children(each func(xml.StartElement) error) error {
	for {
		t, err := w.token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := each(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

func (w *walker) skip() error {
	for depth := 1; depth > 0; {
		t, err := w.token()
		if err != nil {
			return err
		}
		switch t.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
	return nil
}

// text reads the character data of an element into the buffer, which is valid
// until the next call. Text beyond the limit is left out; one byte more says so.
func (w *walker) text(limit int) ([]byte, error) {
	w.buffer = w.buffer[:0]
	for {
		t, err := w.token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.CharData:
			room := limit + 1 - len(w.buffer)
			w.buffer = append(w.buffer, t[:max(0, min(room, len(t)))]...)
		case xml.StartElement:
			if err := w.skip(); err != nil {
				return nil, err
			}
		case xml.EndElement:
			return w.buffer, nil
		}
	}
}

// run walks the whole document.
func (w *walker) run() error {
	for {
		t, err := w.token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		w.root = start.Name.Local
		switch w.root {
		case "kml":
			err = w.container("")
		case "Document", "Folder", "Placemark":
			err = w.feature(start)
		default:
			err = record.Refuse("kml.not_kml", map[string]string{"root": w.root})
		}
		if err != nil {
			return err
		}
	}
}

// container reads kml, Document and Folder.
func (w *walker) container(system string) error {
	at := len(w.path)
	w.path = append(w.path, "")
	w.systems = append(w.systems, system)
	err := w.children(func(start xml.StartElement) error {
		if start.Name.Local == "name" {
			text, err := w.text(w.limits.MaxFieldSize)
			w.path[at] = strings.TrimSpace(string(text))
			return err
		}
		if w.ovital(start) {
			word, err := w.ovitalWord(start)
			if word != "" {
				w.systems[at] = word
			}
			return err
		}
		return w.feature(start)
	})
	w.path, w.systems = w.path[:at], w.systems[:at]
	return err
}

// feature reads what may stand in a container.
func (w *walker) feature(start xml.StartElement) error {
	switch name := start.Name.Local; name {
	case "Document", "Folder":
		system := ""
		if n := len(w.systems); n > 0 {
			system = w.systems[n-1]
		}
		return w.container(system)
	case "Placemark":
		return w.placemark()
	case "Schema":
		return w.schema(start)
	case "NetworkLink", "NetworkLinkControl":
		w.linked++
	case "GroundOverlay", "ScreenOverlay", "PhotoOverlay", "Tour":
		w.ignored[name]++
	default:
		if w.schemas[name] {
			return w.placemark()
		}
	}
	return w.skip()
}

// ovital reports whether an element is one of those that Ovital Map adds.
func (w *walker) ovital(start xml.StartElement) bool {
	name := start.Name.Local
	if len(name) < 3 || name[:2] != "Ov" || name[2] < 'A' || name[2] > 'Z' {
		return false
	}
	w.ovi = true
	return true
}

// ovitalWord reads an element of Ovital's; it returns what OvCoordType says.
func (w *walker) ovitalWord(start xml.StartElement) (string, error) {
	if start.Name.Local != "OvCoordType" {
		return "", w.skip()
	}
	text, err := w.text(w.limits.MaxFieldSize)
	return strings.ToUpper(strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.TrimSpace(string(text)))), err
}

// schema reads the types of fields. One of the first versions of the format
// also names an element that stands for Placemark.
func (w *walker) schema(start xml.StartElement) error {
	if attribute(start, "parent") == "Placemark" {
		w.schemas[attribute(start, "name")] = true
	}
	return w.children(func(field xml.StartElement) error {
		if field.Name.Local == "SimpleField" && len(w.kinds) < w.limits.MaxFields {
			name, kind := attribute(field, "name"), kindOf(attribute(field, "type"))
			if before, twice := w.kinds[name]; twice && before != kind {
				kind = record.Text
			}
			w.kinds[name] = kind
		}
		return w.skip()
	})
}

func kindOf(declared string) record.Kind {
	switch strings.ToLower(strings.TrimPrefix(declared, "xsd:")) {
	case "int", "uint", "short", "ushort", "long", "int64":
		return record.Integer
	case "float", "double":
		return record.Decimal
	case "bool", "boolean":
		return record.Logical
	}
	return record.Text
}

func attribute(start xml.StartElement, name string) string {
	for _, a := range start.Attr {
		if a.Name.Local == name {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}
