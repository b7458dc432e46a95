// Package tiffbytes makes GeoTIFFs for tests, byte by byte after TIFF 6.0 and OGC
// 19-008, sound ones and others.
package tiffbytes

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"math"
	"slices"
)

// An Image is a GeoTIFF to be made. Its values are those of Value, or a pattern that
// no two neighbours share.
type Image struct {
	Width, Height int
	Bands         int // interleaved by pixel; 1 when 0
	Bits          int // 8 when 0
	// Tile is the side of the tiles, a multiple of 16; strips of 16 rows when 0.
	Tile    int
	Deflate bool
	// Compression is the tag in place of the one that is true, unless 0.
	Compression int
	// EPSG is its reference system, Projected whether that is one; 0 is none.
	EPSG      int
	Projected bool
	// West and North are its upper left corner, Pixel the side of a pixel; without
	// Pixel it lies nowhere.
	West, North, Pixel float64
	Value              func(x, y, band int) byte
}

type entry struct {
	tag, kind uint16
	count     int
	value     []byte
}

func shorts(tag uint16, v ...uint16) entry {
	return entry{tag, 3, len(v), binary.LittleEndian.AppendUint16(nil, v[0])}.more(v[1:])
}

func (e entry) more(v []uint16) entry {
	for _, n := range v {
		e.value = binary.LittleEndian.AppendUint16(e.value, n)
	}
	return e
}

func longs(tag uint16, v []uint32) entry {
	e := entry{tag: tag, kind: 4, count: len(v)}
	for _, n := range v {
		e.value = binary.LittleEndian.AppendUint32(e.value, n)
	}
	return e
}

func doubles(tag uint16, v ...float64) entry {
	e := entry{tag: tag, kind: 12, count: len(v)}
	for _, n := range v {
		e.value = binary.LittleEndian.AppendUint64(e.value, math.Float64bits(n))
	}
	return e
}

// Bytes is the file: the directory first, then its values, then the pixels.
func (m Image) Bytes() []byte {
	m.Bands, m.Bits = max(m.Bands, 1), max(m.Bits, 8)
	blocks := m.blocks()
	compression := uint16(1)
	if m.Deflate {
		compression = 8
	}
	if m.Compression != 0 {
		compression = uint16(m.Compression)
	}
	photometric := uint16(1)
	if m.Bands >= 3 {
		photometric = 2
	}
	entries := []entry{
		longs(256, []uint32{uint32(m.Width)}), longs(257, []uint32{uint32(m.Height)}),
		shorts(258, slices.Repeat([]uint16{uint16(m.Bits)}, m.Bands)...), shorts(259, compression), shorts(262, photometric),
		shorts(277, uint16(m.Bands)), shorts(284, 1),
	}
	offsets, counts := uint16(273), uint16(279)
	if m.Tile > 0 {
		offsets, counts = 324, 325
		entries = append(entries, shorts(322, uint16(m.Tile)), shorts(323, uint16(m.Tile)))
	} else {
		entries = append(entries, shorts(278, stripRows))
	}
	if m.Pixel > 0 {
		entries = append(entries, doubles(33550, m.Pixel, m.Pixel, 0), doubles(33922, 0, 0, 0, m.West, m.North, 0))
	}
	if m.EPSG > 0 {
		model, key := uint16(2), uint16(2048)
		if m.Projected {
			model, key = 1, 3072
		}
		entries = append(entries, shorts(34735, 1, 1, 0, 3, 1024, 0, 1, model, 1025, 0, 1, 1, key, 0, 1, uint16(m.EPSG)))
	}
	// Once to learn how long the directory is, and once with the places.
	places, sizes := make([]uint32, len(blocks)), make([]uint32, len(blocks))
	var head []byte
	for range 2 {
		head = directory(append(slices.Clone(entries), longs(offsets, places), longs(counts, sizes)))
		at := len(head)
		for i, b := range blocks {
			places[i], sizes[i] = uint32(at), uint32(len(b))
			at += len(b)
		}
	}
	return append(head, bytes.Join(blocks, nil)...)
}

func directory(entries []entry) []byte {
	slices.SortFunc(entries, func(a, b entry) int { return int(a.tag) - int(b.tag) })
	le := binary.LittleEndian
	out := le.AppendUint32([]byte("II*\x00"), 8)
	out = le.AppendUint16(out, uint16(len(entries)))
	values := 8 + 2 + 12*len(entries) + 4
	var behind []byte
	for _, e := range entries {
		out = le.AppendUint16(le.AppendUint16(out, e.tag), e.kind)
		out = le.AppendUint32(out, uint32(e.count))
		if len(e.value) <= 4 {
			out = append(out, append(slices.Clone(e.value), 0, 0, 0, 0)[:4]...)
			continue
		}
		out = le.AppendUint32(out, uint32(values+len(behind)))
		behind = append(behind, e.value...)
	}
	return append(le.AppendUint32(out, 0), behind...)
}

const stripRows = 16

// blocks are the tiles or strips as they are stored.
func (m Image) blocks() (out [][]byte) {
	value := m.Value
	if value == nil {
		value = func(x, y, band int) byte {
			return byte((uint32(x)*2654435761 ^ uint32(y)*2246822519) >> 13 * uint32(band+1))
		}
	}
	width, height := m.Tile, m.Tile
	if m.Tile == 0 {
		width, height = m.Width, stripRows
	}
	for top := 0; top < m.Height; top += height {
		for left := 0; left < m.Width; left += width {
			var b []byte
			for y := top; y < top+height && (m.Tile > 0 || y < m.Height); y++ {
				for x := left; x < left+width; x++ {
					for band := range m.Bands {
						for range m.Bits / 8 {
							b = append(b, value(x, y, band))
						}
					}
				}
			}
			if m.Deflate {
				var packed bytes.Buffer
				z := zlib.NewWriter(&packed)
				_, _ = z.Write(b) // into memory
				_ = z.Close()
				b = packed.Bytes()
			}
			out = append(out, b)
		}
	}
	return out
}
