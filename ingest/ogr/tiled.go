package ogr

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// Web Mercator, which browsers draw tiles in, and the side of a tile in pixels.
const (
	tiledEPSG  = 3857
	TiledPixel = 512
)

// maxTiledBytes bounds the files that TileRaster makes, of which one is not packed: 4
// bytes for each of 2³³ pixels.
const maxTiledBytes = 32 << 30

// TileRaster makes a cloud optimised GeoTIFF of a GeoTIFF of bytes, in Web Mercator with
// overviews: tiles of JPEG, the first three bands of the picture or its first, and a
// mask of where it shows something. Work is given the name of the file, which is gone
// after it.
func TileRaster(ctx context.Context, file string, bands []RasterBand, opts Options, work func(name string) error) error {
	return withPrograms(ctx, opts, func(run runner) error {
		run.fileBytes = maxTiledBytes
		warp := []string{"-q", "-t_srs", "EPSG:" + strconv.Itoa(tiledEPSG), "-r", "bilinear", "-ot", "Byte", "-wm", "256", "-of", "GTiff", "-co", "TILED=YES", "-co", "SPARSE_OK=TRUE", "-co", "BIGTIFF=IF_SAFER"}
		last := len(bands) + 1
		if len(bands) > 0 && bands[len(bands)-1].Opacity {
			last--
		}
		if _, _, err := run.run(ctx, append(warp, "-dstalpha", file, "warped.tif")...); err != nil {
			return err
		}
		// What is read from here on we made ourselves: the drivers that writing takes
		// never see the file of the sender.
		pack := run
		pack.program = filepath.Join(filepath.Dir(run.program), "gdal_translate")
		pack.skip = nil
		var err error
		if pack.skip, err = pack.others(ctx, "GTiff", "COG", "VRT"); err != nil {
			return err
		}
		args := []string{
			"-q", "-of", "COG", "-co", "COMPRESS=JPEG", "-co", "QUALITY=80", "-co", "BLOCKSIZE=" + strconv.Itoa(TiledPixel), "-co", "OVERVIEW_RESAMPLING=AVERAGE",
			"-co", "SPARSE_OK=TRUE", "-co", "BIGTIFF=IF_SAFER", "-mask", strconv.Itoa(last), "-b", "1",
		}
		if last > 3 {
			args = append(args, "-b", "2", "-b", "3")
		}
		if _, _, err := pack.run(ctx, append(args, "warped.tif", "tiled.tif")...); err != nil {
			return err
		}
		if err := os.Remove(filepath.Join(run.folder, "warped.tif")); err != nil {
			return fmt.Errorf("tile: %w", err)
		}
		return work(filepath.Join(run.folder, "tiled.tif"))
	})
}
