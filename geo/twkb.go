package geo

import (
	"encoding/binary"
	"math"

	"github.com/twpayne/go-geom"
)

// The numbers of TWKB (the specification "Tiny Well-known Binary" by its
// authors, version 0.23, as PostGIS reads it).
const (
	twkbMultiPolygon = 6
	twkbExtended     = 1 << 3 // flag of the second byte: more than two dimensions
	// twkbDecimals is the places after the point: tenths of a millimetre of a
	// coordinate in metres.
	twkbDecimals = 4
	twkbScale    = 1e4
	// twkbMost is the largest scaled coordinate taken: its number is exact.
	twkbMost = 1 << 52
)

// AppendTWKB appends mp, of layout XY or XYZ, to b as TWKB with four decimals.
// It reports false, and b as it was, when one of its numbers is not exactly
// what those decimals say, and for another layout: nothing is ever rounded.
func AppendTWKB(b []byte, mp *geom.MultiPolygon) (twkb []byte, exact bool) {
	before := b
	b = append(b, twkbMultiPolygon|twkbDecimals<<1<<4)
	switch mp.Layout() {
	case geom.XY:
		b = append(b, 0)
	case geom.XYZ:
		b = append(b, twkbExtended, 1|twkbDecimals<<2)
	default:
		return before, false
	}
	b = binary.AppendUvarint(b, uint64(mp.NumPolygons()))
	var last [3]int64
	stride, flat, start := mp.Stride(), mp.FlatCoords(), 0
	for _, ends := range mp.Endss() {
		b = binary.AppendUvarint(b, uint64(len(ends)))
		for _, end := range ends {
			b = binary.AppendUvarint(b, uint64((end-start)/stride))
			for i, v := range flat[start:end] {
				scaled := math.Round(v * twkbScale)
				// Written so that NaN fails too.
				if !(math.Abs(scaled) <= twkbMost) || scaled/twkbScale != v || scaled == 0 && math.Signbit(v) {
					return before, false
				}
				d := i % stride
				b = binary.AppendVarint(b, int64(scaled)-last[d])
				last[d] = int64(scaled)
			}
			start = end
		}
	}
	return b, true
}
