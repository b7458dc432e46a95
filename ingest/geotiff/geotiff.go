// Package geotiff reads the directories of a TIFF: how its pixels are kept, and
// where each strip or tile of them lies. It decodes no pixel and knows nothing of
// the ground; that is GDAL's.
package geotiff

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// Errors of what is no TIFF, or no longer a whole one.
var (
	// ErrNotTIFF is returned for bytes that do not begin as a TIFF does.
	ErrNotTIFF = errors.New("not a TIFF")
	// ErrCutOff is returned where the file ends before what it speaks of.
	ErrCutOff = errors.New("the file is cut off")
	// ErrMalformed is returned for directories that contradict themselves.
	ErrMalformed = errors.New("malformed TIFF")
)

// HeadBytes is how many bytes IsTIFF looks at.
const HeadBytes = 4

// IsTIFF reports whether a file that begins like this is a TIFF or a BigTIFF.
func IsTIFF(head []byte) bool {
	_, _, ok := dialect(head)
	return ok
}

// dialect is the order of the bytes of a file, and whether it is a BigTIFF.
func dialect(head []byte) (order binary.ByteOrder, big, ok bool) {
	if len(head) < HeadBytes {
		return nil, false, false
	}
	switch string(head[:2]) {
	case "II":
		order = binary.LittleEndian
	case "MM":
		order = binary.BigEndian
	default:
		return nil, false, false
	}
	version := order.Uint16(head[2:])
	return order, version == 43, version == 42 || version == 43
}

// A Span is some bytes of the file.
type Span struct{ Offset, Bytes int64 }

// A Directory is one picture of the file: the image itself, a smaller copy of it,
// or its mask. All show the same ground.
type Directory struct {
	Width, Height int
	// Compression is the code of the tag.
	Compression int
	// Mask is set of what says which pixels of the picture before it are there.
	Mask bool
	// Tables are what its blocks of JPEG have in common, where they do.
	Tables []byte
	// Bits are those of a number of its first band.
	Bits int
	// BlockWidth and BlockHeight are those of a tile; a strip is as wide as the image.
	BlockWidth, BlockHeight int
	// Planes is how many times the blocks are repeated, one for each band kept apart.
	Planes int
	// Blocks are the strips or tiles, row by row; one without bytes was never written.
	Blocks []Span
}

// A File is what the directories of a TIFF say.
type File struct {
	Directories []Directory
	// values are where entries of the directories keep what finds no room in them.
	values []Span
}

// Bounds of what is believed.
const (
	maxDirectories = 64
	maxEntries     = 1024
	maxBlocks      = 1 << 20 // of all directories
)

// Open reads the directories of a TIFF of size bytes, and sees that all they speak
// of lies within it: ErrNotTIFF, ErrCutOff, ErrMalformed.
func Open(r io.ReaderAt, size int64) (*File, error) {
	d := decoder{r: r, size: size, blocks: maxBlocks}
	first, err := d.header()
	if err != nil {
		return nil, err
	}
	f := &File{}
	for offset := first; offset != 0; {
		if len(f.Directories) == maxDirectories {
			return nil, fmt.Errorf("%w: more than %d directories", ErrMalformed, maxDirectories)
		}
		var one Directory
		if one, offset, err = d.directory(f, offset); err != nil {
			return nil, err
		}
		f.Directories = append(f.Directories, one)
	}
	if len(f.Directories) == 0 {
		return nil, fmt.Errorf("%w: no directory", ErrMalformed)
	}
	return f, nil
}

// A Part is a rectangle of the image, as shares of its width and height from the
// upper left.
type Part struct{ Left, Top, Right, Bottom float64 }

// marginPixels is how far outside a part pixels are wanted, beside a share of its
// size: who resamples looks at neighbours.
const (
	marginPixels = 64
	marginShare  = 1.0 / 16
)

// Spans are the bytes that a reader of a part needs, of the image and of its smaller
// copies and masks.
func (f *File) Spans(p Part) []Span {
	out := append([]Span(nil), f.values...)
	for _, d := range f.Directories {
		out = append(out, d.spans(p)...)
	}
	return out
}

func (d Directory) spans(p Part) []Span {
	left, right := blocks(p.Left, p.Right, d.Width, d.BlockWidth)
	top, bottom := blocks(p.Top, p.Bottom, d.Height, d.BlockHeight)
	across, down := (d.Width+d.BlockWidth-1)/d.BlockWidth, (d.Height+d.BlockHeight-1)/d.BlockHeight
	var out []Span
	for plane := range d.Planes {
		for y := top; y < bottom; y++ {
			for x := left; x < right; x++ {
				if i := (plane*down+y)*across + x; d.Blocks[i].Bytes > 0 {
					out = append(out, d.Blocks[i])
				}
			}
		}
	}
	return out
}

// blocks are those from first up to end that a part of one side touches.
func blocks(from, to float64, pixels, block int) (first, end int) {
	margin := marginPixels + (to-from)*float64(pixels)*marginShare
	low := max(from*float64(pixels)-margin, 0)
	high := min(to*float64(pixels)+margin, float64(pixels))
	if !(low < high) {
		return 0, 0
	}
	return int(low) / block, int(math.Ceil(high / float64(block)))
}
