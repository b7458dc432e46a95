package geojson

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/taohe-gis/taohe/ingest/record"
)

// A visitor is shown the objects of a file in order: each feature of a
// collection, or a feature or geometry that stands alone.
type visitor interface {
	// begin starts an object, whose first byte is at offset.
	begin(offset int64)
	// collection says that the object begun is a collection, whose features
	// follow: it is no row of its own.
	collection()
	// member takes the value of a member; it must read it whole.
	member(name string) error
	// end closes the object. root says that it stood alone and was not one of
	// a collection; its members may then be those of the collection itself.
	end(root, collection bool) error
	// crs takes the collection's reference system.
	crs(raw jsontext.Value)
}

// A walker reads the top of the document: one value, or several one behind the
// other (newline-delimited GeoJSON, RFC 8142 sequences).
type walker struct {
	d  *jsontext.Decoder
	in *input
	v  visitor
}

func newWalker(in *input) *walker {
	return &walker{in: in, d: jsontext.NewDecoder(in,
		// Both are reported with their row, instead of ending the reading.
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
}

// errNotObject says that a value at the top is not an object.
var errNotObject = errors.New("the document does not begin with an object")

func (w *walker) run(v visitor) error {
	w.v = v
	for {
		kind := w.d.PeekKind()
		if kind != '{' {
			if kind != jsontext.KindInvalid {
				return errNotObject
			}
			_, err := w.d.ReadToken()
			if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				return nil
			}
			return err
		}
		if err := w.root(); err != nil {
			return err
		}
	}
}

// start notes where the value to come begins and frees the input for it.
func (w *walker) start() {
	w.d.PeekKind()
	w.in.mark = w.d.InputOffset()
	w.v.begin(w.in.mark)
}

func (w *walker) root() error {
	w.start()
	if _, err := w.d.ReadToken(); err != nil {
		return err
	}
	collection := false
	for w.d.PeekKind() == '"' {
		name, err := w.name()
		if err != nil {
			return err
		}
		switch name {
		case "features":
			if w.d.PeekKind() != '[' {
				err = w.v.member(name)
				break
			}
			if !collection {
				w.v.collection()
			}
			collection = true
			err = w.features()
		case "crs":
			var raw jsontext.Value
			if raw, err = w.d.ReadValue(); err == nil {
				w.v.crs(raw)
			}
		default:
			err = w.v.member(name)
		}
		if err != nil {
			return err
		}
	}
	if _, err := w.d.ReadToken(); err != nil {
		return err
	}
	return w.v.end(true, collection)
}

func (w *walker) features() error {
	if _, err := w.d.ReadToken(); err != nil {
		return err
	}
	for {
		kind := w.d.PeekKind()
		if kind == ']' || kind == jsontext.KindInvalid {
			_, err := w.d.ReadToken()
			return err
		}
		w.start()
		if kind != '{' {
			if err := w.d.SkipValue(); err != nil {
				return err
			}
		} else if err := w.object(w.v.member); err != nil {
			return err
		}
		if err := w.v.end(false, false); err != nil {
			return err
		}
	}
}

// object reads an object, giving each member's name to take, which must read
// the value.
func (w *walker) object(take func(name string) error) error {
	if _, err := w.d.ReadToken(); err != nil {
		return err
	}
	for w.d.PeekKind() == '"' {
		name, err := w.name()
		if err != nil {
			return err
		}
		if err := take(name); err != nil {
			return err
		}
	}
	_, err := w.d.ReadToken()
	return err
}

// name reads a member's name. The names GeoJSON knows cost no allocation.
func (w *walker) name() (string, error) {
	raw, err := w.d.ReadValue()
	if err != nil {
		return "", err
	}
	switch string(raw) {
	case `"type"`:
		return "type", nil
	case `"geometry"`:
		return "geometry", nil
	case `"properties"`:
		return "properties", nil
	case `"coordinates"`:
		return "coordinates", nil
	case `"id"`:
		return "id", nil
	}
	name, _ := unquote(raw)
	return name, nil
}

// unquote returns the text of a JSON string, and whether it was sound UTF-8.
func unquote(raw []byte) (string, bool) {
	if inner := raw[1 : len(raw)-1]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner), true
	}
	b, err := jsontext.AppendUnquote(nil, raw)
	return string(b), err == nil
}

// dataError tells what an error of the decoder says of the file: nil for one
// that speaks of the system.
func (in *input) dataError(err error) error {
	var (
		syntax  *jsontext.SyntacticError
		refused *record.RefusedError
	)
	switch {
	case errors.As(err, &refused):
		return refused
	case errors.Is(err, errNotObject):
		return record.Refuse("geojson.not_geojson", map[string]string{"reason": err.Error()})
	case errors.As(err, &syntax) && errors.Is(err, io.ErrUnexpectedEOF):
		return record.Refuse("geojson.truncated", map[string]string{"offset": in.offset(syntax.ByteOffset)})
	case errors.As(err, &syntax):
		reason := "syntax"
		if syntax.Err != nil {
			reason = syntax.Err.Error()
		}
		return record.Refuse("geojson.syntax", map[string]string{"offset": in.offset(syntax.ByteOffset), "reason": reason})
	case errors.Is(err, io.ErrUnexpectedEOF):
		return record.Refuse("geojson.truncated", map[string]string{"offset": in.offset(in.delivered)})
	}
	return nil
}
