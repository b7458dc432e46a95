package pipeline_test

import (
	"bytes"
	"errors"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"math"
	"testing"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest/geotiff"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/tiffbytes"
)

// slope is an image in zone 37 whose colour says where in it a pixel is.
func slope(t *testing.T) (tiffbytes.Image, geo.CRS) {
	t.Helper()
	crs, err := geo.FromEPSG(4525)
	if err != nil {
		t.Fatal(err)
	}
	west, north := crs.Forward(110.4, 40.4)
	m := tiffbytes.Image{Width: 1700, Height: 1500, Bands: 3, Tile: 256, EPSG: 4525, Projected: true, West: math.Round(west), North: math.Round(north), Pixel: 10}
	m.Value = func(x, y, band int) byte { return byte([]int{x * 255 / m.Width, y * 255 / m.Height, 90}[band]) }
	return m, crs
}

// The tiles show the image where it lies, at every level, and nothing beside it.
func TestOrthophotoTiles(t *testing.T) {
	t.Parallel()
	needGDAL(t)
	p, pool, of := sample(t, pipeline.Options{})
	k := keeper{t, p, of.County.Code}
	from, crs := slope(t)
	file := from.Bytes()
	m := k.kept("a.tif", "2022-05-10", file)
	if m.Copy.Fault != "" || len(m.Copy.Widths) < 2 {
		t.Fatalf("%+v", m.Copy)
	}
	const side = pipeline.TilePixels
	for level, width := range m.Copy.Widths {
		pixelM := m.Copy.PixelM * float64(m.Copy.Widths[0]) / float64(width)
		inside, outside, jpegs := 0, 0, 0
		for row := 0; row*side < m.Copy.Heights[level]; row++ {
			for column := 0; column*side < width; column++ {
				tile, err := p.OrthophotoTile(t.Context(), m.ID, level, row, column)
				if err != nil {
					t.Fatal(err)
				}
				if tile.JPEG != nil {
					jpegs++
				}
				picture, _, err := image.Decode(bytes.NewReader(append(tile.JPEG, tile.PNG...)))
				if err != nil {
					t.Fatal(err)
				}
				for y := 3; y < side; y += 7 {
					for x := 3; x < side; x += 7 {
						lon, lat := onEarth(m.Copy.WestM+(float64(column*side+x)+0.5)*pixelM, m.Copy.NorthM-(float64(row*side+y)+0.5)*pixelM)
						e, n := crs.Forward(lon, lat)
						u, v := (e-from.West)/from.Pixel, (from.North-n)/from.Pixel
						edge := 2.5 * float64(int(1)<<level)
						// JPEG mixes the colours of 16 pixels a side.
						within := func(by float64) bool {
							return u > by && v > by && u < float64(from.Width)-by && v < float64(from.Height)-by
						}
						r, g, b, a := picture.At(x, y).RGBA()
						switch {
						case within(edge):
							inside++
							if a != 0xFFFF || within(6.5*edge) && (far(r, u*255/float64(from.Width)) || far(g, v*255/float64(from.Height)) || far(b, 90)) {
								t.Fatalf("level %d, tile %d/%d, pixel %d,%d: %d %d %d %d at %.1f,%.1f of the image", level, row, column, x, y, r>>8, g>>8, b>>8, a>>8, u, v)
							}
						case u < -edge || v < -edge || u > float64(from.Width)+edge || v > float64(from.Height)+edge:
							outside++
							if a != 0 {
								t.Fatalf("level %d, tile %d/%d, pixel %d,%d shows something at %.1f,%.1f of the image", level, row, column, x, y, u, v)
							}
						}
					}
				}
			}
		}
		if inside == 0 || outside == 0 || level == 0 && jpegs == 0 {
			t.Errorf("level %d: looked at %d pixels inside and %d outside; %d tiles of JPEG", level, inside, outside, jpegs)
		}
	}
	for _, at := range [][3]int{{0, 0, 99}, {0, 99, 0}, {len(m.Copy.Widths), 0, 0}} {
		if _, err := p.OrthophotoTile(t.Context(), m.ID, at[0], at[1], at[2]); !errors.Is(err, pipeline.ErrNotFound) {
			t.Errorf("tile %v: %v", at, err)
		}
	}
	_, content, err := p.OrthophotoContent(t.Context(), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(io.NewSectionReader(content, 0, content.Bytes))
	if err != nil || int64(len(all)) != m.Copy.Bytes || !geotiff.IsTIFF(all) {
		t.Errorf("%d bytes of %d: %v", len(all), m.Copy.Bytes, err)
	}

	// An image of before there were copies gets one from the same file.
	if _, err := pool.Exec(t.Context(), `delete from orthophoto_copy`); err != nil {
		t.Fatal(err)
	}
	if _, err := p.OrthophotoTile(t.Context(), m.ID, 0, 0, 0); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("a tile of an image without a copy: %v", err)
	}
	if _, content, err := p.OrthophotoContent(t.Context(), m.ID); err != nil || content.SHA256 != m.SHA256 || content.Bytes != m.Bytes {
		t.Errorf("without a copy it is not the file itself: %v", err)
	}
	again, added, err := k.add("a.tif", "2022-05-10", file)
	if err != nil || added || again.ID != m.ID || again.Copy.SHA256 != m.Copy.SHA256 {
		t.Errorf("the same file again: %+v, %v, %v", again.Copy, added, err)
	}
}

// onEarth is a place in Web Mercator in degrees.
func onEarth(x, y float64) (lon, lat float64) {
	const radius = 6378137
	return x / radius * 180 / math.Pi, (2*math.Atan(math.Exp(y/radius)) - math.Pi/2) * 180 / math.Pi
}

// far is whether a colour is another: JPEG and resampling change it by little.
func far(got uint32, want float64) bool { return math.Abs(float64(got>>8)-want) > 9 }
