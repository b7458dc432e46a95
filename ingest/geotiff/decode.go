package geotiff

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The tags that are looked at.
const (
	tagSubfile         = 254
	tagWidth           = 256
	tagHeight          = 257
	tagBits            = 258
	tagCompression     = 259
	tagStripOffsets    = 273
	tagSamples         = 277
	tagRowsPerStrip    = 278
	tagStripByteCounts = 279
	tagPlanar          = 284
	tagTileWidth       = 322
	tagTileHeight      = 323
	tagTileOffsets     = 324
	tagTileByteCounts  = 325
	tagJPEGTables      = 347
)

const (
	subfileMask   = 4 // of NewSubfileType
	typeUndefined = 7 // bytes
	maxTables     = 1 << 16
)

// typeBytes are the sizes of a value of each type, TIFF 6.0 §2 and BigTIFF.
var typeBytes = map[uint16]int64{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}

type decoder struct {
	r     io.ReaderAt
	size  int64
	order binary.ByteOrder
	big   bool
	// blocks is how many more are believed.
	blocks int64
}

func (d *decoder) read(offset, bytes int64) ([]byte, error) {
	if offset < 0 || bytes < 0 || offset > d.size-bytes {
		return nil, ErrCutOff
	}
	b := make([]byte, bytes)
	if _, err := d.r.ReadAt(b, offset); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, ErrCutOff
	} else if err != nil {
		return nil, err
	}
	return b, nil
}

// number is an unsigned number as wide as b.
func (d *decoder) number(b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(d.order.Uint16(b))
	case 4:
		return uint64(d.order.Uint32(b))
	}
	return d.order.Uint64(b)
}

func (d *decoder) header() (first int64, err error) {
	if d.size < HeadBytes {
		return 0, ErrNotTIFF
	}
	head, err := d.read(0, HeadBytes)
	if err != nil {
		return 0, err
	}
	ok := false
	if d.order, d.big, ok = dialect(head); !ok {
		return 0, ErrNotTIFF
	}
	at, wide := int64(4), int64(4)
	if d.big {
		at, wide = 8, 8
	}
	b, err := d.read(at, wide)
	if err != nil {
		return 0, err
	}
	return d.offset(d.number(b))
}

// offset is a place in the file.
func (d *decoder) offset(n uint64) (int64, error) {
	if n > uint64(d.size) {
		return 0, ErrCutOff
	}
	return int64(n), nil
}

// An entry of a directory.
type entry struct {
	kind  uint16
	count uint64
	span  Span // of its values
}

// directory reads one, and where the next begins.
func (d *decoder) directory(f *File, at int64) (out Directory, next int64, err error) {
	countBytes, entryBytes, offsetBytes := int64(2), int64(12), int64(4)
	if d.big {
		countBytes, entryBytes, offsetBytes = 8, 20, 8
	}
	b, err := d.read(at, countBytes)
	if err != nil {
		return out, 0, err
	}
	n := d.number(b)
	if n == 0 || n > maxEntries {
		return out, 0, fmt.Errorf("%w: directory of %d entries", ErrMalformed, n)
	}
	whole := countBytes + int64(n)*entryBytes + offsetBytes
	if b, err = d.read(at, whole); err != nil {
		return out, 0, err
	}
	f.values = append(f.values, Span{at, whole})
	entries := map[uint16]entry{}
	for i := range int64(n) {
		place := countBytes + i*entryBytes
		e := b[place : place+entryBytes]
		one := entry{kind: d.order.Uint16(e[2:]), count: d.number(e[4 : 4+offsetBytes])}
		size := typeBytes[one.kind]
		if size == 0 {
			continue // a type of later days, which nobody has to know
		}
		if one.count > uint64(d.size) {
			return out, 0, ErrCutOff
		}
		one.span = Span{at + place + 4 + offsetBytes, int64(one.count) * size}
		if one.span.Bytes > offsetBytes {
			if one.span.Offset, err = d.offset(d.number(e[4+offsetBytes:])); err != nil {
				return out, 0, err
			}
			if one.span.Offset > d.size-one.span.Bytes {
				return out, 0, ErrCutOff
			}
			f.values = append(f.values, one.span)
		}
		entries[d.order.Uint16(e)] = one
	}
	if out, err = d.picture(entries); err != nil {
		return out, 0, err
	}
	next, err = d.offset(d.number(b[whole-offsetBytes:]))
	return out, next, err
}

// picture is what a directory says of the pixels.
func (d *decoder) picture(entries map[uint16]entry) (out Directory, err error) {
	number := func(tag uint16, otherwise uint64) uint64 {
		e, is := entries[tag]
		if !is || err != nil {
			return otherwise
		}
		var all []uint64
		if all, err = d.values(e, 1); err != nil {
			return otherwise
		}
		return all[0]
	}
	const most = 1 << 26 // pixels of a side
	side := func(tag uint16) int {
		n := number(tag, 0)
		if err == nil && (n == 0 || n > most) {
			err = fmt.Errorf("%w: tag %d is %d", ErrMalformed, tag, n)
		}
		return int(min(n, most))
	}
	out.Width, out.Height = side(tagWidth), side(tagHeight)
	out.Compression = int(number(tagCompression, 1) & 0xFFFF)
	out.Bits = int(number(tagBits, 1) & 0xFFFF)
	out.Mask = number(tagSubfile, 0)&subfileMask != 0
	if tables, is := entries[tagJPEGTables]; is && err == nil && tables.kind == typeUndefined && tables.count <= maxTables {
		out.Tables, err = d.read(tables.span.Offset, tables.span.Bytes)
	}
	offsets, counts := uint16(tagTileOffsets), uint16(tagTileByteCounts)
	if _, tiled := entries[tagTileOffsets]; tiled {
		out.BlockWidth, out.BlockHeight = side(tagTileWidth), side(tagTileHeight)
	} else {
		offsets, counts = tagStripOffsets, tagStripByteCounts
		// Without the tag, or with the largest number there is, all is one strip.
		out.BlockWidth, out.BlockHeight = out.Width, int(min(number(tagRowsPerStrip, most), uint64(out.Height)))
	}
	out.Planes = 1
	if number(tagPlanar, 1) == 2 {
		out.Planes = int(min(number(tagSamples, 1), 0xFFFF))
	}
	if err != nil {
		return out, err
	}
	if out.BlockHeight == 0 || out.Planes == 0 {
		return out, fmt.Errorf("%w: no rows in a strip, or no bands", ErrMalformed)
	}
	across, down := (out.Width+out.BlockWidth-1)/out.BlockWidth, (out.Height+out.BlockHeight-1)/out.BlockHeight
	// Held against the bound before the bands are counted too: all three at their
	// largest are more than a number holds.
	n := int64(across) * int64(down)
	if n <= maxBlocks {
		n *= int64(out.Planes)
	}
	if d.blocks -= n; d.blocks < 0 {
		return out, fmt.Errorf("%w: more than %d strips or tiles", ErrMalformed, maxBlocks)
	}
	at, err := d.values(entries[offsets], int(n))
	if err != nil {
		return out, err
	}
	bytes, err := d.values(entries[counts], int(n))
	if err != nil {
		return out, err
	}
	out.Blocks = make([]Span, n)
	for i := range out.Blocks {
		if at[i] > uint64(d.size) || bytes[i] > uint64(d.size)-at[i] {
			return out, ErrCutOff
		}
		out.Blocks[i] = Span{int64(at[i]), int64(bytes[i])}
	}
	return out, nil
}

// values are the first n numbers of an entry.
func (d *decoder) values(e entry, n int) ([]uint64, error) {
	size := typeBytes[e.kind]
	switch e.kind {
	case 1, 3, 4, 13, 16, 18:
	default:
		return nil, fmt.Errorf("%w: a number is missing, or of type %d", ErrMalformed, e.kind)
	}
	if e.count < uint64(n) {
		return nil, fmt.Errorf("%w: %d numbers of %d", ErrMalformed, e.count, n)
	}
	b, err := d.read(e.span.Offset, int64(n)*size)
	if err != nil {
		return nil, err
	}
	out := make([]uint64, n)
	for i := range out {
		out[i] = d.number(b[int64(i)*size : int64(i+1)*size])
	}
	return out, nil
}
