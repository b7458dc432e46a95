package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/ingest/geotiff"
	"github.com/taohe-gis/taohe/ingest/ogr"
	"github.com/taohe-gis/taohe/internal/orthophoto"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/report"
	"github.com/taohe-gis/taohe/report/mapsheet"
)

// A NewOrthophoto is an image that is to be kept for maps.
type NewOrthophoto struct {
	County   string
	Name     string // that of the file when empty
	ImagedOn taohe.Date
	// Path is where it lies, FileName what its sender calls it.
	Path, FileName string
}

// maxOrthophotoName is how many letters of a name find room in the notes of a map.
const maxOrthophotoName = 60

// AddOrthophoto looks whether an image can lie beneath maps, and keeps it: all of it
// or nothing. The same file is kept once, of one day: where it is there, that image is
// returned, and added is false. Faults are *ingest.RequestError; ErrNoGDAL.
func (p *Pipeline) AddOrthophoto(ctx context.Context, n NewOrthophoto) (m orthophoto.Image, added bool, err error) {
	m, county, err := p.orthophotoWords(ctx, n)
	if err != nil {
		return m, false, err
	}
	f, err := os.Open(n.Path)
	if err != nil {
		return m, false, fmt.Errorf("orthophoto: %w", err)
	}
	defer f.Close()
	before, err := f.Stat()
	if err != nil {
		return m, false, fmt.Errorf("orthophoto: %w", err)
	}
	if there, err := orthophoto.Find(ctx, p.pool, io.NewSectionReader(f, 0, before.Size()), before.Size()); !errors.Is(err, orthophoto.ErrNotFound) {
		if err = errors.Join(err, otherDay(there, n, err)); err == nil && there.Copy.Bytes == 0 {
			there, err = p.copyLater(ctx, there, f.Name())
		}
		return there, false, err
	}
	extent, bands, err := examine(ctx, f, county, &m)
	var unfit *ImageError
	if errors.As(err, &unfit) {
		return m, false, unfitFile(unfit)
	}
	if err != nil {
		return m, false, err
	}
	err = p.tiled(ctx, f.Name(), bands, func(c orthophoto.Copy, tiles io.ReadSeeker) error {
		return pg.InTx(ctx, p.pool, func(tx pgx.Tx) error {
			id, err := orthophoto.Put(ctx, tx, m, geo.AppendEWKB(nil, extent, geo.StoreSRID), io.NewSectionReader(f, 0, before.Size()))
			if err != nil {
				return err
			}
			if err := orthophoto.PutCopy(ctx, tx, id, c, tiles); err != nil {
				return err
			}
			after, err := f.Stat()
			if err != nil {
				return fmt.Errorf("orthophoto: %w", err)
			}
			// What was examined is what was kept.
			if after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
				return orthophoto.ErrChanged
			}
			m, err = orthophoto.Get(ctx, tx, id)
			return err
		})
	})
	var kept *orthophoto.KeptError
	switch {
	case errors.As(err, &kept): // by another, meanwhile
		m, err = orthophoto.FindSHA256(ctx, p.pool, kept.SHA256)
		return m, false, errors.Join(err, otherDay(m, n, err))
	case errors.Is(err, orthophoto.ErrChanged):
		err = unfitFile(&ImageError{"changed", "文件在读取期间有改动，没有保存。请等它写完后再试。"})
	}
	return m, err == nil, err
}

// otherDay is the fault of who gives an image that is kept another day than it has.
func otherDay(there orthophoto.Image, n NewOrthophoto, err error) error {
	if err != nil || there.ImagedOn == n.ImagedOn {
		return nil
	}
	return &ingest.RequestError{Faults: []ingest.Fault{{Location: "imaged_on", Code: "other-day", Message: fmt.Sprintf(
		"同一文件已保存为正射影像 %d（%s），影像日期 %s。日期以哪个为准请核对；要改日期，请先删除那一幅再上传。", there.ID, there.Name, there.ImagedOn)}}}
}

// CheckOrthophoto says what is wrong with the words about an image, for a caller that
// has faults of its own to add. Faults are *ingest.RequestError.
func (p *Pipeline) CheckOrthophoto(ctx context.Context, n NewOrthophoto) error {
	_, _, err := p.orthophotoWords(ctx, n)
	return err
}

func (p *Pipeline) orthophotoWords(ctx context.Context, n NewOrthophoto) (m orthophoto.Image, county ingest.County, err error) {
	m = orthophoto.Image{CountyCode: n.County, Name: strings.TrimSpace(n.Name), ImagedOn: n.ImagedOn}
	if m.Name == "" {
		m.Name = filepath.Base(n.FileName)
	}
	var faults []ingest.Fault
	county, err = ingest.GetCounty(ctx, p.pool, n.County)
	switch {
	case errors.Is(err, ingest.ErrNotFound):
		faults = append(faults, ingest.Fault{Location: "county", Code: "unknown-county", Message: "没有登记旗区，请核对代码或先登记。"})
	case err != nil:
		return m, county, err
	}
	if n.ImagedOn.IsZero() {
		faults = append(faults, ingest.Fault{Location: "imaged_on", Code: "missing", Message: "请写明影像日期，例如 2022-05-10。"})
	}
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }
	if utf8.RuneCountInString(m.Name) > maxOrthophotoName || strings.ContainsFunc(m.Name, unprintable) {
		faults = append(faults, ingest.Fault{Location: "name", Code: "bad-name", Message: fmt.Sprintf("影像名称印在图上，不能超过 %d 个字，也不能含有不可见的字符。请用 name 另写一个。", maxOrthophotoName)})
	}
	if len(faults) > 0 {
		return m, county, &ingest.RequestError{Faults: faults}
	}
	return m, county, nil
}

// Compressions that every GDAL undoes, by their tags.
var compressions = map[int]bool{1: true, 5: true, 7: true, 8: true, 32946: true, 32773: true}

// examine fills in what the file says of itself, and returns the ground it shows and its
// bands. What is wrong is an *ImageError.
func examine(ctx context.Context, f *os.File, county ingest.County, m *orthophoto.Image) (*geom.MultiPolygon, []ogr.RasterBand, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("orthophoto: %w", err)
	}
	m.Bytes = info.Size()
	file, err := geotiff.Open(f, m.Bytes)
	switch {
	case errors.Is(err, geotiff.ErrNotTIFF):
		return nil, nil, errNotTIFF
	case errors.Is(err, geotiff.ErrCutOff):
		return nil, nil, &ImageError{"cut-off", "影像文件不完整：文件在其目录所指的像素之前就结束了。请重新复制或导出后再上传。"}
	case errors.Is(err, geotiff.ErrMalformed):
		return nil, nil, &ImageError{"malformed", fmt.Sprintf("影像文件的结构有误（%v）。请用 gdal_translate 重新导出后再上传。", err)}
	case err != nil:
		return nil, nil, fmt.Errorf("orthophoto: %w", err)
	}
	if c := file.Directories[0].Compression; !compressions[c] {
		return nil, nil, &ImageError{"bad-compression", fmt.Sprintf("影像的压缩方式（%d）不是各处都能读取。请转换后再上传（例如 gdal_translate -co COMPRESS=DEFLATE -co TILED=YES）。", c)}
	}
	var raster ogr.Raster
	err = alone(f.Name(), func(name string) (err error) {
		raster, err = ogr.InspectRaster(ctx, name, ogr.Options{})
		return err
	})
	if err != nil {
		return nil, nil, imageError(err)
	}
	crs, err := suits(raster)
	if err != nil {
		return nil, nil, err
	}
	if crs.EPSG == 0 {
		return nil, nil, &ImageError{"unknown-reference-system", fmt.Sprintf("影像的坐标系（%s）没有 EPSG 编号，例如用了地方中央子午线。请转换到标准分带后再上传。", crs.Name)}
	}
	if len(raster.Transform) != 6 || determinant(raster.Transform) == 0 {
		return nil, nil, &ImageError{"no-georeference", "影像没有写明地理位置（起点与像元大小）。位置写在 .tfw 等附属文件中的，请先写入影像（例如 gdal_translate 原文件 新文件.tif），再上传。"}
	}
	m.EPSG, m.Width, m.Height, m.Transform = crs.EPSG, raster.Width, raster.Height, raster.Transform
	if m.PixelM = math.Hypot(raster.Transform[2], raster.Transform[5]); !crs.Projected {
		m.PixelM *= metresPerDegree
	}
	extent, box := extentOf(crs, raster)
	if !(box.West < county.East && box.East > county.West && box.South < county.North && box.North > county.South) {
		return nil, nil, &ImageError{"outside-county", fmt.Sprintf("影像（%.3f,%.3f 至 %.3f,%.3f）不在%s范围内。请核对旗区代码与影像的坐标系。", box.West, box.South, box.East, box.North, county.Name)}
	}
	return extent, raster.Bands, nil
}

var errNotTIFF = &ImageError{"not-tiff", "文件不是 TIFF 影像。请上传 GeoTIFF（.tif），其他格式请先转换（例如 gdal_translate）。"}

// ErrNotTIFF is the *ingest.RequestError of a file that is no TIFF, which its first bytes
// tell.
var ErrNotTIFF error = unfitFile(errNotTIFF)

func unfitFile(e *ImageError) *ingest.RequestError {
	return &ingest.RequestError{Faults: []ingest.Fault{{Location: "file", Code: e.Code, Message: e.Message}}}
}

// alone works on a file by another name in an empty folder: what lies beside it, such
// as a world file, is not kept with it.
func alone(name string, work func(name string) error) (err error) {
	name, err = filepath.Abs(name)
	if err != nil {
		return fmt.Errorf("orthophoto: %w", err)
	}
	folder, err := os.MkdirTemp("", "taohe-orthophoto-")
	if err != nil {
		return fmt.Errorf("orthophoto: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	link := filepath.Join(folder, "image.tif")
	if err := os.Symlink(name, link); err != nil {
		return fmt.Errorf("orthophoto: %w", err)
	}
	return work(link)
}

// determinant is 0 for a transform that cannot be undone.
func determinant(t []float64) float64 { return t[1]*t[5] - t[2]*t[4] }

// extentOf is the ground within the edge of a picture, which may bend in longitude and
// latitude, and its box.
func extentOf(crs geo.CRS, raster ogr.Raster) (*geom.MultiPolygon, geo.Extent) {
	const steps = 32
	w, h, t := float64(raster.Width), float64(raster.Height), raster.Transform
	corners := [5][2]float64{{0, 0}, {0, h}, {w, h}, {w, 0}, {0, 0}}
	var flat []float64
	box := geo.EmptyExtent()
	add := func(column, row float64) {
		lon, lat := crs.Inverse(t[0]+column*t[1]+row*t[2], t[3]+column*t[4]+row*t[5])
		flat = append(flat, lon, lat)
		box = box.With(geo.Extent{West: lon, South: lat, East: lon, North: lat})
	}
	for i := range 4 {
		a, b := corners[i], corners[i+1]
		for k := range steps {
			s := float64(k) / steps
			add(a[0]+s*(b[0]-a[0]), a[1]+s*(b[1]-a[1]))
		}
	}
	flat = append(flat, flat[0], flat[1])
	return geom.NewMultiPolygonFlat(geom.XY, flat, [][]int{{len(flat)}}), box
}

// Orthophotos lists images, the last added first, of a county unless it is empty, with
// numbers below before unless it is 0.
func (p *Pipeline) Orthophotos(ctx context.Context, county string, before int64, most int) ([]orthophoto.Image, error) {
	return read(ctx, p, func(db pgx.Tx) ([]orthophoto.Image, error) { return orthophoto.List(ctx, db, county, before, most) })
}

// KeptOrthophoto returns an image, or ErrNotFound.
func (p *Pipeline) KeptOrthophoto(ctx context.Context, id int64) (orthophoto.Image, error) {
	return read(ctx, p, func(db pgx.Tx) (orthophoto.Image, error) { return orthophoto.Get(ctx, db, id) })
}

// DropOrthophoto deletes an image, or returns ErrNotFound.
func (p *Pipeline) DropOrthophoto(ctx context.Context, id int64) error {
	return notFound(pg.InTx(ctx, p.pool, func(tx pgx.Tx) error { return orthophoto.Drop(ctx, tx, id) }))
}

// An OrthophotoChoice says which of the images that are kept lies beneath a map. The
// zero value is the newest of no later day than the run's that covers the licence, if
// there is one.
type OrthophotoChoice struct {
	None bool  `json:"none,omitempty"`
	ID   int64 `json:"id,omitempty"`
	// Last is the last image added that counts; 0 is no bound.
	Last int64 `json:"last,omitempty"`
}

// ParseOrthophotoChoice reads auto, which "" is too, none, or the number of an image.
func ParseOrthophotoChoice(text string) (c OrthophotoChoice, err error) {
	switch text {
	case "", "auto":
		return c, nil
	case "none":
		return OrthophotoChoice{None: true}, nil
	}
	c.ID, err = strconv.ParseInt(text, 10, 64)
	if err == nil && c.ID <= 0 {
		err = strconv.ErrRange
	}
	return c, err
}

// settleOrthophoto fixes what a choice means from now on, and reports whether it names
// an image that is not there.
func (p *Pipeline) settleOrthophoto(ctx context.Context, c *OrthophotoChoice) (unknown bool, err error) {
	switch {
	case c.None:
		return false, nil
	case c.ID != 0:
		_, err = p.KeptOrthophoto(ctx, c.ID)
		if errors.Is(err, ErrNotFound) {
			return true, nil
		}
		return false, err
	}
	c.Last, err = read(ctx, p, func(db pgx.Tx) (int64, error) { return orthophoto.Last(ctx, db) })
	c.None = c.Last == 0
	return false, err
}

// LayOrthophoto puts an image that is kept beneath the map of a mine. Of the image it
// reads what the map shows. ErrNotFound for one that was named; ErrNoGDAL, *ImageError.
func (p *Pipeline) LayOrthophoto(ctx context.Context, sheet *mapsheet.Sheet, m *report.Mine, c OrthophotoChoice) (err error) {
	f := sheet.Frame()
	if c.None || c.ID == 0 && f.CRS.EPSG == 0 {
		return nil
	}
	folder, err := os.MkdirTemp("", "taohe-orthophoto-")
	if err != nil {
		return fmt.Errorf("orthophoto: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	name := filepath.Join(folder, "image.tif")
	image, err := read(ctx, p, func(db pgx.Tx) (image orthophoto.Image, err error) {
		if c.ID != 0 {
			image, err = orthophoto.Get(ctx, db, c.ID)
		} else if image, err = orthophoto.Newest(ctx, db, m.Run.ID, m.Mine.LicenceNo, c.Last); errors.Is(err, orthophoto.ErrNotFound) {
			return orthophoto.Image{}, nil
		}
		if err != nil {
			return image, err
		}
		return image, fetch(ctx, db, image, f, name)
	})
	if err != nil || image.ID == 0 {
		return err
	}
	sheet.Orthophoto, err = orthophotoOf(ctx, name, fmt.Sprintf("%s，影像日期 %s", image.Name, image.ImagedOn), f)
	return err
}

// fetch writes the part of an image that lies in a frame to a file, with holes for the
// rest.
func fetch(ctx context.Context, db pgx.Tx, image orthophoto.Image, f mapsheet.Frame, name string) (err error) {
	part, err := orthophoto.NewPartial(ctx, db, image, name)
	if err != nil {
		return fmt.Errorf("orthophoto %d: %w", image.ID, err)
	}
	defer func() { err = errors.Join(err, part.Close()) }()
	file, err := geotiff.Open(part, image.Bytes)
	if err != nil {
		return fmt.Errorf("orthophoto %d: %w", image.ID, err)
	}
	shown, err := partOf(image, f)
	if err != nil {
		return fmt.Errorf("orthophoto %d: %w", image.ID, err)
	}
	var spans [][2]int64
	for _, s := range file.Spans(shown) {
		// GDAL may read the length that some writers put before a tile, and its repetition
		// behind.
		spans = append(spans, [2]int64{max(s.Offset-8, 0), s.Bytes + 16})
	}
	return part.Fetch(spans)
}

// partOf is the part of an image that a frame shows.
func partOf(image orthophoto.Image, f mapsheet.Frame) (geotiff.Part, error) {
	crs, err := geo.FromEPSG(image.EPSG)
	if err != nil {
		return geotiff.Part{}, err
	}
	const steps = 16
	t, d := image.Transform, determinant(image.Transform)
	out := geotiff.Part{Left: math.Inf(1), Top: math.Inf(1), Right: math.Inf(-1), Bottom: math.Inf(-1)}
	for i := range steps + 1 {
		for k := range steps + 1 {
			lon, lat := f.CRS.Inverse(f.WestM+(f.EastM-f.WestM)*float64(i)/steps, f.SouthM+(f.NorthM-f.SouthM)*float64(k)/steps)
			x, y := crs.Forward(lon, lat)
			x, y = x-t[0], y-t[3]
			column, row := (x*t[5]-y*t[2])/d/float64(image.Width), (y*t[1]-x*t[4])/d/float64(image.Height)
			out = geotiff.Part{Left: min(out.Left, column), Top: min(out.Top, row), Right: max(out.Right, column), Bottom: max(out.Bottom, row)}
		}
	}
	return out, nil
}
