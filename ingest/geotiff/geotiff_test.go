package geotiff_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/taohe-gis/taohe/ingest/geotiff"
	"github.com/taohe-gis/taohe/internal/tiffbytes"
)

func open(b []byte) (*geotiff.File, error) { return geotiff.Open(bytes.NewReader(b), int64(len(b))) }

// What is asked for a part are the blocks that it touches and their neighbours, each
// where its pixels are.
func TestSpans(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		image  tiffbytes.Image
		part   geotiff.Part
		blocks []int
		all    int
	}{
		// 64 pixels of margin and a sixteenth of the part: 512 to 768 becomes 432 to 848.
		{"tiles", tiffbytes.Image{Width: 2048, Height: 1024, Tile: 256}, geotiff.Part{Left: 0.25, Top: 0, Right: 0.375, Bottom: 0.1}, []int{1, 2, 3}, 32},
		{"strips", tiffbytes.Image{Width: 100, Height: 1600}, geotiff.Part{Left: 0.4, Top: 0.5, Right: 0.5, Bottom: 0.5}, []int{46, 47, 48, 49, 50, 51, 52, 53}, 100},
		{"beside the image", tiffbytes.Image{Width: 512, Height: 512, Tile: 256}, geotiff.Part{Left: 2, Top: 0, Right: 3, Bottom: 1}, nil, 4},
		{"around the image", tiffbytes.Image{Width: 512, Height: 512, Tile: 256}, geotiff.Part{Left: -2, Top: -1, Right: 3, Bottom: 2}, []int{0, 1, 2, 3}, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := open(tt.image.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			d := f.Directories[0]
			if d.Width != tt.image.Width || d.Height != tt.image.Height || d.Bits != 8 || d.Compression != 1 || len(d.Blocks) != tt.all {
				t.Errorf("%+v", d)
			}
			asked := map[geotiff.Span]bool{}
			for _, s := range f.Spans(tt.part) {
				asked[s] = true
			}
			n := 0
			for _, b := range d.Blocks {
				if asked[b] {
					n++
				}
			}
			for _, i := range tt.blocks {
				if !asked[d.Blocks[i]] {
					t.Errorf("block %d is not asked for", i)
				}
			}
			if n != len(tt.blocks) {
				t.Errorf("%d blocks are asked for, want %d", n, len(tt.blocks))
			}
		})
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	good := tiffbytes.Image{Width: 64, Height: 64}.Bytes()
	changed := func(at int, b ...byte) []byte {
		out := bytes.Clone(good)
		copy(out[at:], b)
		return out
	}
	for _, tt := range []struct {
		name string
		file []byte
		want error
	}{
		{"nothing", nil, geotiff.ErrNotTIFF},
		{"a zip", []byte("PK\x03\x04 and more"), geotiff.ErrNotTIFF},
		{"one byte short", good[:len(good)-1], geotiff.ErrCutOff},
		{"a directory cut in two", good[:40], geotiff.ErrCutOff},
		{"a head alone", good[:8], geotiff.ErrCutOff},
		{"a directory behind the end", changed(4, 0xFF, 0xFF, 0xFF, 0x7F), geotiff.ErrCutOff},
		{"no directory", changed(4, 0, 0, 0, 0), geotiff.ErrMalformed},
		{"a directory that is its own next", changed(8+2+12*int(good[8]), 8), geotiff.ErrMalformed},
		{"no width", changed(8+2+8, 0, 0, 0, 0), geotiff.ErrMalformed},
		{"wider than its strips", changed(8+2+12+8, 0, 0, 0, 2), geotiff.ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := open(tt.file); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// So many tiles that their number, counted by bands kept apart, is 0 in 64 bits.
func TestUncountable(t *testing.T) {
	t.Parallel()
	be := binary.BigEndian
	b := []byte("MM\x00*\x00\x00\x00\x08\x00\x08")
	for _, e := range [][2]uint32{{256, 1 << 26}, {257, 1 << 26}, {277, 4096}, {284, 2}, {322, 1}, {323, 1}, {324, 8}, {325, 0}} {
		b = be.AppendUint32(be.AppendUint32(be.AppendUint32(b, e[0]<<16|4), 1), e[1])
	}
	if _, err := open(be.AppendUint32(b, 0)); !errors.Is(err, geotiff.ErrMalformed) {
		t.Errorf("got %v, want %v", err, geotiff.ErrMalformed)
	}
}

// A BigTIFF, and the other order of bytes, by hand: one pixel of value 7.
func TestDialects(t *testing.T) {
	t.Parallel()
	be := binary.BigEndian
	small := []byte("MM\x00*\x00\x00\x00\x08\x00\x04")
	for _, e := range [][3]uint32{{256, 4, 1}, {257, 4, 1}, {273, 4, 62}, {279, 4, 1}} {
		small = be.AppendUint32(be.AppendUint32(be.AppendUint32(small, e[0]<<16|e[1]), 1), e[2])
	}
	small = append(small, 0, 0, 0, 0, 7)
	le := binary.LittleEndian
	big := []byte("II+\x00\x08\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00")
	for _, e := range [][2]uint64{{256, 1}, {257, 1}, {273, 112}, {279, 1}} {
		big = le.AppendUint16(le.AppendUint16(big, uint16(e[0])), 16)
		big = le.AppendUint64(le.AppendUint64(big, 1), e[1])
	}
	big = append(big, 0, 0, 0, 0, 0, 0, 0, 0, 7)
	for name, b := range map[string][]byte{"big-endian": small, "BigTIFF": big} {
		f, err := open(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if at := f.Directories[0].Blocks; len(at) != 1 || b[at[0].Offset] != 7 || at[0].Bytes != 1 {
			t.Errorf("%s: %v", name, at)
		}
	}
}

// Whatever the bytes, what is asked for lies within them.
func FuzzOpen(f *testing.F) {
	f.Add(tiffbytes.Image{Width: 20, Height: 40, EPSG: 4490, West: 109, North: 40, Pixel: 1e-5}.Bytes(), 0.1, 0.2)
	f.Add(tiffbytes.Image{Width: 20, Height: 40, Tile: 16, Deflate: true, Bands: 3}.Bytes(), 0.5, -1.0)
	f.Add([]byte("MM\x00+\x00\x08\x00\x00"), 0.0, 1.0)
	f.Fuzz(func(t *testing.T, b []byte, low, high float64) {
		file, err := open(b)
		if err != nil {
			return
		}
		for _, s := range file.Spans(geotiff.Part{Left: low, Top: low, Right: high, Bottom: high}) {
			if s.Offset < 0 || s.Bytes < 0 || s.Offset+s.Bytes > int64(len(b)) {
				t.Fatalf("%v of %d bytes", s, len(b))
			}
		}
	})
}
