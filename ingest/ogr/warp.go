package ogr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/taohe-gis/taohe/ingest/record"
)

// ErrNoGDAL is of WarpRaster where GDAL's programs are not installed.
var ErrNoGDAL = errors.New("GDAL is not installed")

// A Raster is what is known of a picture of the ground.
type Raster struct {
	// WKT is its reference system, "" where it states none.
	WKT           string
	Bands         []RasterBand
	Width, Height int // pixels
	// Transform is from pixels to the plane of the reference system: east, along a
	// row, down a column, north, along, down. It is empty where the file states none.
	Transform []float64
}

// A RasterBand is one of its bands.
type RasterBand struct {
	Type    string // Byte, UInt16, …
	Palette bool
	Opacity bool
}

// A Window is the ground and the size of what a picture is warped to.
type Window struct {
	EPSG                         int
	WestM, SouthM, EastM, NorthM float64
	Width, Height                int // pixels
}

// InspectRaster says what is in a GeoTIFF.
func InspectRaster(ctx context.Context, file string, opts Options) (Raster, error) {
	var out Raster
	err := withPrograms(ctx, opts, func(run runner) error {
		run.program = filepath.Join(filepath.Dir(run.program), "gdalinfo")
		text, _, err := run.run(ctx, "-json", "-nomd", "-norat", file)
		if err != nil {
			return err
		}
		var info struct {
			Size             []int
			GeoTransform     []float64
			CoordinateSystem struct{ WKT string } `json:"coordinateSystem"`
			Bands            []struct {
				Type       string          `json:"type"`
				Colour     string          `json:"colorInterpretation"`
				ColorTable json.RawMessage `json:"colorTable"`
			} `json:"bands"`
		}
		if err := json.Unmarshal([]byte(text), &info); err != nil {
			return record.Refuse("ogr.failed", map[string]string{"reason": "gdalinfo: " + err.Error()})
		}
		if len(info.Size) != 2 || len(info.GeoTransform) != 0 && len(info.GeoTransform) != 6 {
			return record.Refuse("ogr.failed", map[string]string{"reason": "gdalinfo: no size"})
		}
		out.Width, out.Height, out.Transform = info.Size[0], info.Size[1], info.GeoTransform
		out.WKT = info.CoordinateSystem.WKT
		for _, b := range info.Bands {
			out.Bands = append(out.Bands, RasterBand{Type: b.Type, Palette: len(b.ColorTable) > 0, Opacity: b.Colour == "Alpha"})
		}
		return nil
	})
	return out, err
}

// WarpRaster brings a GeoTIFF of bytes onto a window: an uncompressed TIFF of
// red, green, blue and opacity, the first three bands of the picture or its only
// one. Where it has nothing, or its nodata value, there is no opacity.
func WarpRaster(ctx context.Context, file string, bands int, w Window, opts Options) ([]byte, error) {
	var out []byte
	err := withPrograms(ctx, opts, func(run runner) error {
		number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
		if _, _, err := run.run(ctx, "-q", "-t_srs", "EPSG:"+strconv.Itoa(w.EPSG), "-te", number(w.WestM), number(w.SouthM), number(w.EastM), number(w.NorthM),
			"-ts", strconv.Itoa(w.Width), strconv.Itoa(w.Height), "-r", "bilinear", "-dstalpha", "-ot", "Byte", "-wm", "64", "-of", "GTiff",
			file, "warped.tif"); err != nil {
			return err
		}
		// The opacity comes last: after a band of opacity of the picture's own it
		// takes that one's place.
		red, green, blue := 1, 2, 3
		if bands < 3 {
			green, blue = 1, 1
		}
		run.program = filepath.Join(filepath.Dir(run.program), "gdalinfo")
		text, _, err := run.run(ctx, "-json", "-nomd", "warped.tif")
		if err != nil {
			return err
		}
		var info struct {
			Bands []struct{} `json:"bands"`
		}
		if err := json.Unmarshal([]byte(text), &info); err != nil {
			return record.Refuse("ogr.failed", map[string]string{"reason": "gdalinfo: " + err.Error()})
		}
		args := []string{"-q", "-of", "GTiff", "-co", "PHOTOMETRIC=RGB", "-co", "ALPHA=NON-PREMULTIPLIED", "-co", "INTERLEAVE=PIXEL", "-colorinterp", "red,green,blue,alpha"}
		for _, b := range []int{red, green, blue, len(info.Bands)} {
			args = append(args, "-b", strconv.Itoa(b))
		}
		run.program = filepath.Join(filepath.Dir(run.program), "gdal_translate")
		if _, _, err := run.run(ctx, append(args, "warped.tif", "out.tif")...); err != nil {
			return err
		}
		out, err = os.ReadFile(filepath.Join(run.folder, "out.tif"))
		if err != nil {
			return fmt.Errorf("warp: %w", err)
		}
		return nil
	})
	return out, err
}

// withPrograms gives work a runner of gdalwarp in a folder of its own, with no
// driver but that of GeoTIFF.
func withPrograms(ctx context.Context, opts Options, work func(runner) error) (err error) {
	program := opts.Program
	if program == "" {
		if program, err = exec.LookPath("gdalwarp"); err != nil {
			return ErrNoGDAL
		}
	}
	if opts.Timeout == 0 {
		opts.Timeout = timeout
	}
	folder, err := os.MkdirTemp("", "taohe-warp-")
	if err != nil {
		return fmt.Errorf("warp: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	run := runner{program: program, folder: folder, timeout: opts.Timeout, fileBytes: maxWarpedBytes}
	if run.skip, err = run.others(ctx, "GTiff"); err != nil {
		return err
	}
	return work(run)
}

// maxWarpedBytes is more than an A3 at 600 dpi in four bands and more.
const maxWarpedBytes = 1 << 30
