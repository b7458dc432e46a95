package format

import (
	"bytes"

	"github.com/taohe-gis/taohe/ingest/corner"
	"github.com/taohe-gis/taohe/ingest/gpkg"
	"github.com/taohe-gis/taohe/ingest/jzd"
	"github.com/taohe-gis/taohe/ingest/kml"
	"github.com/taohe-gis/taohe/ingest/ogr"
)

// A kind is what the first bytes of a file say it is.
type kind string

const (
	kindUnknown    kind = ""
	kindZip        kind = "ZIP"
	kindShape      kind = "shapefile"
	kindJSON       kind = "JSON"
	kindGeoPackage kind = "GeoPackage"
	kindKML        kind = "KML"
	kindJZD        kind = "boundary-point text"
	kindCorner     kind = "corner table"
	kindDXF             = kind(ogr.DXF)
	kindTAB             = kind(ogr.TAB)
	kindMIF             = kind(ogr.MIF)
	kindDWG        kind = "DWG"
	kindRAR        kind = "RAR"
	kind7z         kind = "7z"
	kindGzip       kind = "gzip"
)

// recognise goes from what cannot be mistaken to what can: a corner table is
// any text whose rows have the look of coordinates.
func recognise(head []byte) kind {
	for _, s := range []struct {
		magic string
		kind  kind
	}{
		{"PK\x03\x04", kindZip},
		{"PK\x05\x06", kindZip},
		{"PK\x07\x08", kindZip},
		{"\x00\x00\x27\x0a", kindShape},
		{gpkg.Signature, kindGeoPackage},
		{"AC10", kindDWG},
		{"Rar!\x1a\x07", kindRAR},
		{"7z\xbc\xaf\x27\x1c", kind7z},
		{"\x1f\x8b", kindGzip},
	} {
		if bytes.HasPrefix(head, []byte(s.magic)) {
			return s.kind
		}
	}
	if jzd.Recognise(head) {
		return kindJZD
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n\x1e")
	switch {
	case bytes.HasPrefix(text, []byte("{")), bytes.HasPrefix(text, []byte("[")):
		return kindJSON
	case kml.Recognise(head):
		return kindKML
	}
	if k := ogr.Recognise(head); k != "" {
		return kind(k)
	}
	if corner.Recognise(head) {
		return kindCorner
	}
	return kindUnknown
}
