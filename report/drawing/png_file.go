package drawing

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"io"
	"math"
)

// WritePNG writes the page at a resolution. The file says its resolution, so
// that printed as it is a millimetre is one.
func (d *Drawing) WritePNG(w io.Writer, dpi int) error {
	page := d.Raster(dpi)
	packed, err := packed(page)
	if err != nil {
		return fmt.Errorf("png: %w", err)
	}
	size := page.Bounds().Size()
	head := binary.BigEndian.AppendUint32(nil, uint32(size.X))
	head = binary.BigEndian.AppendUint32(head, uint32(size.Y))
	const depth, rgb = 8, 2
	file := []byte("\x89PNG\r\n\x1a\n")
	file = chunk(file, "IHDR", append(head, depth, rgb, 0, 0, 0))
	file = chunk(file, "pHYs", physical(dpi))
	file = chunk(file, "IDAT", packed)
	_, err = w.Write(chunk(file, "IEND", nil))
	return err
}

// packed are the pixels of a page, of which none shines through, as a PNG holds
// them: of every row what differs from the one above (filter 2 of PNG, third
// edition, §9.2). image/png tries five filters on each row, which took as long as
// the drawing; on maps this one packs as well.
func packed(page *image.RGBA) ([]byte, error) {
	var out bytes.Buffer
	z, err := zlib.NewWriterLevel(&out, zlib.BestSpeed)
	if err != nil {
		return nil, err
	}
	wide := page.Rect.Dx()
	const up = 2
	above, row, line := make([]byte, 3*wide), make([]byte, 3*wide), make([]byte, 1+3*wide)
	line[0] = up
	for y := range page.Rect.Dy() {
		pixels := page.Pix[y*page.Stride:][:4*wide]
		for x := range wide {
			copy(row[3*x:3*x+3], pixels[4*x:4*x+3])
		}
		for i, v := range row {
			line[1+i] = v - above[i]
		}
		if _, err := z.Write(line); err != nil {
			return nil, err
		}
		above, row = row, above
	}
	err = z.Close()
	return out.Bytes(), err
}

// chunk appends a chunk of a PNG (§5.3).
func chunk(file []byte, kind string, content []byte) []byte {
	file = binary.BigEndian.AppendUint32(file, uint32(len(content)))
	from := len(file)
	file = append(append(file, kind...), content...)
	return binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(file[from:]))
}

// physical says how large a pixel is (§11.3.4.3), in pixels to the metre.
func physical(dpi int) []byte {
	perMetre := uint32(math.Round(float64(dpi) / 0.0254))
	const metre = 1
	return append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, perMetre), perMetre), metre)
}
