package pipeline

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	imagepng "image/png"
	"io"
	"os"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/ingest/geotiff"
	"github.com/taohe-gis/taohe/ingest/ogr"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/internal/orthophoto"
	"github.com/taohe-gis/taohe/internal/pg"
)

// TilePixels is the side of a tile of an image.
const TilePixels = ogr.TiledPixel

// tiled has keep store an image with the copy that is made of its file, or with why
// none could be made.
func (p *Pipeline) tiled(ctx context.Context, name string, bands []ogr.RasterBand, keep func(c orthophoto.Copy, tiles io.ReadSeeker) error) error {
	made := false
	err := alone(name, func(name string) error {
		return ogr.TileRaster(ctx, name, bands, ogr.Options{}, func(tiles string) (err error) {
			made = true
			c, err := describeTiles(ctx, tiles)
			if err != nil {
				return err
			}
			f, err := os.Open(tiles)
			if err != nil {
				return fmt.Errorf("orthophoto: %w", err)
			}
			defer f.Close()
			return keep(c, f)
		})
	})
	var refused *record.RefusedError
	if made || !errors.As(err, &refused) || len(refused.Diagnostics) == 0 {
		return err
	}
	// Maps on paper need no copy.
	why := refused.Diagnostics[0].Args["reason"]
	p.log.WarnContext(ctx, "no copy of an orthophoto", "reason", why)
	return keep(orthophoto.Copy{Fault: "没有制成供网页显示的副本（" + why + "）。套合图照常使用；请用 gdal_translate 重新导出后再上传。"}, nil)
}

// copyLater makes the copy of an image that has none, from the same file.
func (p *Pipeline) copyLater(ctx context.Context, m orthophoto.Image, name string) (orthophoto.Image, error) {
	var raster ogr.Raster
	err := alone(name, func(name string) (err error) {
		raster, err = ogr.InspectRaster(ctx, name, ogr.Options{})
		return err
	})
	if errors.Is(err, ErrNoGDAL) {
		return m, nil
	}
	if err != nil {
		return m, imageError(err)
	}
	err = p.tiled(ctx, name, raster.Bands, func(c orthophoto.Copy, tiles io.ReadSeeker) error {
		return pg.InTx(ctx, p.pool, func(tx pgx.Tx) (err error) {
			if err := orthophoto.PutCopy(ctx, tx, m.ID, c, tiles); err != nil {
				return err
			}
			m, err = orthophoto.Get(ctx, tx, m.ID)
			return err
		})
	})
	return m, err
}

// describeTiles says where the copy in a file lies and of which pictures it is made.
func describeTiles(ctx context.Context, name string) (c orthophoto.Copy, err error) {
	raster, err := ogr.InspectRaster(ctx, name, ogr.Options{})
	if err != nil {
		return c, imageError(err)
	}
	f, err := os.Open(name)
	if err != nil {
		return c, fmt.Errorf("orthophoto: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return c, fmt.Errorf("orthophoto: %w", err)
	}
	file, err := geotiff.Open(f, info.Size())
	if err != nil {
		return c, fmt.Errorf("orthophoto: copy: %w", err)
	}
	if len(raster.Transform) != 6 {
		return c, errors.New("orthophoto: copy without a place")
	}
	c = orthophoto.Copy{Bytes: info.Size(), WestM: raster.Transform[0], NorthM: raster.Transform[3], PixelM: raster.Transform[1]}
	for _, d := range file.Directories {
		if !d.Mask {
			c.Widths, c.Heights = append(c.Widths, d.Width), append(c.Heights, d.Height)
		}
	}
	return c, nil
}

// OrthophotoContent returns an image and the bytes of its copy, of itself where it has
// none; ErrNotFound.
func (p *Pipeline) OrthophotoContent(ctx context.Context, id int64) (orthophoto.Image, *orthophoto.Content, error) {
	m, err := p.KeptOrthophoto(ctx, id)
	if err != nil {
		return m, nil, err
	}
	return m, orthophoto.NewContent(m, func(get func(context.Context, pg.DB) error) error {
		_, err := read(ctx, p, func(db pgx.Tx) (struct{}, error) { return struct{}{}, get(ctx, db) })
		return err
	}), nil
}

// An OrthophotoTile is a picture of TilePixels a side.
type OrthophotoTile struct {
	JPEG []byte // where all of it shows something
	PNG  []byte // else, opaque where it does
}

// OrthophotoTile returns a tile of the copy of an image: of which of its pictures, the
// largest being 0, and its place in it. ErrNotFound where there is none.
func (p *Pipeline) OrthophotoTile(ctx context.Context, id int64, level, row, column int) (out OrthophotoTile, err error) {
	m, content, err := p.OrthophotoContent(ctx, id)
	if err != nil {
		return out, err
	}
	if m.Copy.Bytes == 0 || level >= len(m.Copy.Widths) {
		return out, ErrNotFound
	}
	file, err := p.indexes.of(m, content)
	if err != nil {
		return out, err
	}
	var picture, mask geotiff.Directory
	for _, d := range file.Directories {
		switch {
		case d.Width != m.Copy.Widths[level] || d.Height != m.Copy.Heights[level]:
		case d.Mask:
			mask = d
		default:
			picture = d
		}
	}
	across := (picture.Width + TilePixels - 1) / TilePixels
	n := row*across + column
	if column >= across || n >= len(picture.Blocks) || n >= len(mask.Blocks) {
		return out, ErrNotFound
	}
	block, err := blockOf(content, picture.Blocks[n])
	if err != nil {
		return out, err
	}
	shown, err := blockOf(content, mask.Blocks[n])
	if err != nil {
		return out, err
	}
	return drawTile(picture.Tables, block, shown)
}

// tileIndexes are the directories of the copies that were last asked for: they do not
// change.
type tileIndexes struct {
	mu    sync.Mutex
	files map[int64]*geotiff.File
}

const mostIndexes = 16

func (x *tileIndexes) of(m orthophoto.Image, content *orthophoto.Content) (*geotiff.File, error) {
	x.mu.Lock()
	file := x.files[m.ID]
	x.mu.Unlock()
	if file != nil {
		return file, nil
	}
	file, err := geotiff.Open(content, content.Bytes)
	if err != nil {
		return nil, fmt.Errorf("orthophoto %d: copy: %w", m.ID, err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.files) >= mostIndexes || x.files == nil {
		x.files = map[int64]*geotiff.File{}
	}
	x.files[m.ID] = file
	return file, nil
}

// blockOf reads a block, which is empty where none was written.
func blockOf(r io.ReaderAt, s geotiff.Span) ([]byte, error) {
	b := make([]byte, s.Bytes)
	if len(b) == 0 {
		return nil, nil
	}
	_, err := r.ReadAt(b, s.Offset)
	return b, err
}

// drawTile makes a picture of a block of JPEG, which lacks the tables it has in common
// with others, and of the block that says with a bit for each pixel which are there.
func drawTile(tables, block, mask []byte) (out OrthophotoTile, err error) {
	bits := make([]byte, TilePixels*TilePixels/8)
	if len(mask) > 0 {
		z, err := zlib.NewReader(bytes.NewReader(mask))
		if err != nil {
			return out, fmt.Errorf("orthophoto: mask: %w", err)
		}
		if _, err := io.ReadFull(z, bits); err != nil {
			return out, fmt.Errorf("orthophoto: mask: %w", err)
		}
	}
	empty, full := bytes.Count(bits, []byte{0}) == len(bits), bytes.Count(bits, []byte{0xFF}) == len(bits)
	whole := block
	if len(tables) > 4 && len(block) > 2 {
		// Both begin with a mark of their start; the tables end with one of their end.
		whole = append(append(append([]byte{}, block[:2]...), tables[2:len(tables)-2]...), block[2:]...)
	}
	if full && len(block) > 0 {
		return OrthophotoTile{JPEG: whole}, nil
	}
	picture := image.NewNRGBA(image.Rect(0, 0, TilePixels, TilePixels))
	if len(block) > 0 && !empty {
		from, err := jpeg.Decode(bytes.NewReader(whole))
		if err != nil {
			return out, fmt.Errorf("orthophoto: tile: %w", err)
		}
		for y := range TilePixels {
			for x := range TilePixels {
				if n := y*TilePixels + x; bits[n/8]&(0x80>>(n%8)) != 0 {
					c := color.NRGBAModel.Convert(from.At(x, y)).(color.NRGBA)
					c.A = 0xFF
					picture.SetNRGBA(x, y, c)
				}
			}
		}
	}
	out.PNG, err = encodePNG(picture)
	return out, err
}

// AsPNG is the tile for who takes no JPEG.
func (t OrthophotoTile) AsPNG() ([]byte, error) {
	if t.PNG != nil {
		return t.PNG, nil
	}
	from, err := jpeg.Decode(bytes.NewReader(t.JPEG))
	if err != nil {
		return nil, fmt.Errorf("orthophoto: tile: %w", err)
	}
	return encodePNG(from)
}

func encodePNG(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	e := imagepng.Encoder{CompressionLevel: imagepng.BestSpeed}
	if err := e.Encode(&b, m); err != nil {
		return nil, fmt.Errorf("orthophoto: tile: %w", err)
	}
	return b.Bytes(), nil
}
