// Package shpbytes makes shapefiles byte by byte, right ones and wrong ones: the
// files of tests, apart from the writer in internal/shpwrite, which makes right
// ones only. Nothing is checked; every number is written as it is given.
//
// Source: Esri, ESRI Shapefile Technical Description, July 1998; dBASE III+ and
// Visual FoxPro table structure.
package shpbytes

import (
	"encoding/binary"
	"math"
)

// BE32 is v as four bytes, the highest first.
func BE32(v int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(v)) }

// LE32 is v as four bytes, the lowest first.
func LE32(v int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(v)) }

// LE16 is v as two bytes, the lowest first.
func LE16(v int) []byte { return binary.LittleEndian.AppendUint16(nil, uint16(v)) }

// Doubles are numbers of eight bytes, the lowest first.
func Doubles(v ...float64) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

// Join puts the parts one behind the other in a slice of their own.
func Join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// Edit is b with some bytes written over from at on.
func Edit(b []byte, at int, with []byte) []byte {
	b = Join(b)
	copy(b[at:], with)
	return b
}

// Head is the head of a .shp or .shx of length bytes.
func Head(kind, length int) []byte {
	return Join(BE32(9994), make([]byte, 20), BE32(length/2), LE32(1000), LE32(kind), make([]byte, 64))
}

// Shapes is a .shp: record contents behind a right head, numbered from 1.
func Shapes(kind int, contents ...[]byte) []byte {
	var body []byte
	for i, c := range contents {
		body = Join(body, BE32(i+1), BE32(len(c)/2), c)
	}
	return Join(Head(kind, 100+len(body)), body)
}

// Index is the .shx of record contents that follow each other.
func Index(kind int, contents ...[]byte) []byte {
	var body []byte
	at := 100
	for _, c := range contents {
		body = Join(body, BE32(at/2), BE32(len(c)/2))
		at += 8 + len(c)
	}
	return Join(Head(kind, 100+len(body)), body)
}

// Multi is the content of a record of several parts: a line, a polygon, with
// heights and measures where tail holds them. A part is x, y, x, y, …
func Multi(kind int, tail []byte, parts ...[]float64) []byte {
	b := Join(LE32(kind), Doubles(0, 0, 0, 0), LE32(len(parts)))
	points, starts, coords := 0, []byte{}, []byte{}
	for _, r := range parts {
		starts = append(starts, LE32(points)...)
		points += len(r) / 2
		coords = append(coords, Doubles(r...)...)
	}
	return Join(b, LE32(points), starts, coords, tail)
}

// CW is a closed square, clockwise as Esri wants shells.
func CW(x, y, side float64) []float64 {
	return []float64{x, y, x, y + side, x + side, y + side, x + side, y, x, y}
}

// CCW is a closed square, counter-clockwise as Esri wants holes.
func CCW(x, y, side float64) []float64 {
	return []float64{x, y, x + side, y, x + side, y + side, x, y + side, x, y}
}

// A Field is one descriptor of a .dbf.
type Field struct {
	Name     string
	Kind     byte
	Width    int
	Decimals int
}

// TableHead is the head of a .dbf, padded behind the terminator.
func TableHead(version, language byte, rows, pad int, fields ...Field) []byte {
	size := 1
	for _, f := range fields {
		size += f.Width
	}
	b := Join([]byte{version, 122, 5, 31}, LE32(rows), LE16(32+32*len(fields)+1+pad), LE16(size), make([]byte, 20))
	b[29] = language
	for _, f := range fields {
		d := make([]byte, 32)
		copy(d[:11], f.Name)
		d[11], d[16], d[17] = f.Kind, byte(f.Width), byte(f.Decimals)
		b = append(b, d...)
	}
	return Join(b, []byte{0x0D}, make([]byte, pad))
}

// Table is a .dbf of one text field T of ten bytes.
func Table(language byte, cells ...string) []byte {
	b := TableHead(3, language, len(cells), 0, Field{Name: "T", Kind: 'C', Width: 10})
	for _, c := range cells {
		b = append(b, ' ')
		b = append(b, (c + "          ")[:10]...)
	}
	return append(b, 0x1A)
}
