package geo

import (
	"encoding/binary"
	"math"

	"github.com/twpayne/go-geom"
)

// The numbers of EWKB (PostGIS documentation, "OpenGIS WKB and EWKB"): the type
// codes of OGC 06-103r4 §8.2.8 with flags in their upper bits.
const (
	ewkbLittleEndian = 1
	ewkbPolygon      = 3
	ewkbMultiPolygon = 6
	ewkbZ            = 0x80000000
	ewkbM            = 0x40000000
	ewkbSRID         = 0x20000000
)

// AppendEWKB appends mp to b as PostGIS takes it: little-endian EWKB with the
// given SRID (0 for none), Z and M as its layout has them. It is what go-geom's
// encoder writes, without a buffer for each number: uploads are made of these.
func AppendEWKB(b []byte, mp *geom.MultiPolygon, srid int) []byte {
	flags := uint32(0)
	if mp.Layout().ZIndex() >= 0 {
		flags |= ewkbZ
	}
	if mp.Layout().MIndex() >= 0 {
		flags |= ewkbM
	}
	if srid != 0 {
		b = appendEWKBHead(b, ewkbMultiPolygon|flags|ewkbSRID)
		b = binary.LittleEndian.AppendUint32(b, uint32(srid))
	} else {
		b = appendEWKBHead(b, ewkbMultiPolygon|flags)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(mp.NumPolygons()))
	stride, flat, start := mp.Stride(), mp.FlatCoords(), 0
	for _, ends := range mp.Endss() {
		b = appendEWKBHead(b, ewkbPolygon|flags)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(ends)))
		for _, end := range ends {
			b = binary.LittleEndian.AppendUint32(b, uint32((end-start)/stride))
			for _, v := range flat[start:end] {
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
			}
			start = end
		}
	}
	return b
}

func appendEWKBHead(b []byte, kind uint32) []byte {
	return binary.LittleEndian.AppendUint32(append(b, ewkbLittleEndian), kind)
}
