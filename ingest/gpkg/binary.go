package gpkg

import (
	"encoding/binary"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
)

// A shape is what one geometry of a feature table holds.
type shape struct {
	geometry geom.T // nil where notes say why
	srsID    int32
	measured bool
	notes    []taohe.Diagnostic
}

// envelopeBytes is the size of the envelope by the code in the flags: none, XY,
// XYZ, XYM, XYZM.
var envelopeBytes = [...]int{0, 32, 48, 48, 64}

// parse reads a GeoPackageBinary (OGC 12-128r18 §2.1.3): "GP", a version, the
// flags, the reference system, an envelope, and well-known binary. The envelope
// is not used: nothing depends on it, and writers leave it stale.
func (r *wkbReader) parse(b []byte) shape {
	var s shape
	fail := func(f *fault) shape {
		s.notes = append(s.notes, taohe.Diagnostic{Code: f.code, Args: f.args})
		return s
	}
	if len(b) < 8 || b[0] != 'G' || b[1] != 'P' {
		return fail(damaged("not a GeoPackage geometry"))
	}
	if b[2] != 0 {
		return fail(damaged("version %d of the geometry header", b[2]))
	}
	flags := b[3]
	var order binary.ByteOrder = binary.BigEndian
	if flags&1 != 0 {
		order = binary.LittleEndian
	}
	s.srsID = int32(order.Uint32(b[4:]))
	const empty, extended = 1 << 4, 1 << 5
	if flags&extended != 0 {
		return fail(&fault{code: "gpkg.extended_geometry"})
	}
	code := int(flags >> 1 & 7)
	if code >= len(envelopeBytes) {
		return fail(damaged("envelope code %d", code))
	}
	if flags&empty != 0 {
		return fail(&fault{code: "geometry.null"})
	}
	start := 8 + envelopeBytes[code]
	if len(b) < start {
		return fail(damaged("%d bytes, the header needs %d", len(b), start))
	}
	r.reset(b[start:])
	h, bad := r.read(0)
	if bad != nil {
		return fail(bad)
	}
	s.measured = r.measured
	s.geometry, s.notes = r.geometry(h)
	return s
}
