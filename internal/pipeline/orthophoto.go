package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"

	"golang.org/x/image/tiff"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest/ogr"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/report/mapsheet"
)

// An ImageError says, in Chinese, why a picture cannot lie beneath a map, and
// what to do.
type ImageError struct {
	// Code is stable.
	Code    string
	Message string
}

func (e *ImageError) Error() string { return e.Message }

// orthophotoDPI is how fine a picture is brought onto the paper.
const orthophotoDPI = 200

// Orthophoto reads a GeoTIFF and brings it onto the frame of a map. It asks GDAL,
// and refuses a picture whose datum GDAL would shift by guessing.
//
// ErrNoGDAL, *ImageError.
func Orthophoto(ctx context.Context, file string, f mapsheet.Frame) (*mapsheet.Orthophoto, error) {
	file, err := filepath.Abs(file)
	if err != nil {
		return nil, fmt.Errorf("orthophoto: %w", err)
	}
	return orthophotoOf(ctx, file, filepath.Base(file), f)
}

func orthophotoOf(ctx context.Context, file, name string, f mapsheet.Frame) (*mapsheet.Orthophoto, error) {
	if f.CRS.EPSG == 0 {
		return nil, &ImageError{"outside-zones", "矿山不在全国 3 度带范围内，不能叠加影像。"}
	}
	raster, err := ogr.InspectRaster(ctx, file, ogr.Options{})
	if err != nil {
		return nil, imageError(err)
	}
	if _, err := suits(raster); err != nil {
		return nil, err
	}
	pixels := func(mm float64) int { return int(math.Round(mm / 25.4 * orthophotoDPI)) }
	b, err := ogr.WarpRaster(ctx, file, len(raster.Bands), ogr.Window{
		EPSG: f.CRS.EPSG, WestM: f.WestM, SouthM: f.SouthM, EastM: f.EastM, NorthM: f.NorthM,
		Width: pixels(f.Map.Width()), Height: pixels(f.Map.Height()),
	}, ogr.Options{})
	if err != nil {
		return nil, imageError(err)
	}
	m, err := tiff.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("orthophoto: %w", err)
	}
	return &mapsheet.Orthophoto{Image: m, Name: name, WestM: f.WestM, SouthM: f.SouthM, EastM: f.EastM, NorthM: f.NorthM}, nil
}

// suits returns the reference system of a picture that maps can be drawn upon.
func suits(raster ogr.Raster) (geo.CRS, error) {
	if raster.WKT == "" {
		return geo.CRS{}, &ImageError{"no-reference-system", "影像没有写明坐标系，不能叠加。请先写入坐标系（例如 gdal_edit.py -a_srs EPSG:4525）再试。"}
	}
	crs, _, err := geo.IdentifyWKT(raster.WKT)
	switch {
	case err != nil:
		return crs, &ImageError{"unknown-reference-system", fmt.Sprintf("影像的坐标系不能识别（%v）。请转换到 2000 国家大地坐标系后再试。", err)}
	case !crs.AcceptedAsCGCS2000():
		return crs, &ImageError{"other-datum", fmt.Sprintf("影像的坐标系是 %s，不经参数转换会偏移数十米，不能叠加。请转换到 2000 国家大地坐标系后再试。", crs.Name)}
	case len(raster.Bands) == 0 || raster.Bands[0].Palette:
		return crs, &ImageError{"bad-bands", "影像须为 8 位灰度或红绿蓝，不能是调色板影像。请转换后再试（例如 gdal_translate -expand rgb）。"}
	}
	for _, b := range raster.Bands {
		if b.Type != "Byte" {
			return crs, &ImageError{"bad-bands", fmt.Sprintf("影像须为 8 位，这个影像是 %s。请拉伸为 8 位后再试（例如 gdal_translate -ot Byte -scale）。", b.Type)}
		}
	}
	return crs, nil
}

// ErrNoGDAL is returned where GDAL, which brings images onto maps, is not installed.
var ErrNoGDAL = ogr.ErrNoGDAL

// imageError puts what GDAL did not do into words for a person.
func imageError(err error) error {
	var refused *record.RefusedError
	if errors.As(err, &refused) && len(refused.Diagnostics) > 0 {
		return &ImageError{"unreadable", "影像不能读取：" + refused.Diagnostics[0].Args["reason"] + "。请核对文件是否为 GeoTIFF。"}
	}
	return fmt.Errorf("orthophoto: %w", err)
}
