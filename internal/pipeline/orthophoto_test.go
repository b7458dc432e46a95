package pipeline_test

import (
	"bytes"
	"errors"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/orthophoto"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/tiffbytes"
	"github.com/taohe-gis/taohe/report"
	"github.com/taohe-gis/taohe/report/drawing"
	"github.com/taohe-gis/taohe/report/mapsheet"
)

// needGDAL skips where GDAL is not installed, which brings images onto maps.
func needGDAL(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("gdalwarp"); err != nil {
		t.Skip("no GDAL")
	}
}

func day(t *testing.T, text string) taohe.Date {
	t.Helper()
	d, err := taohe.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// imageFile writes an image into a folder of its own.
func imageFile(t *testing.T, name string, b []byte) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// keeper adds images.
type keeper struct {
	*testing.T
	p      *pipeline.Pipeline
	county string
}

func (k keeper) add(name, imagedOn string, b []byte) (m orthophoto.Image, added bool, err error) {
	k.Helper()
	return k.p.AddOrthophoto(k.Context(), pipeline.NewOrthophoto{County: k.county, ImagedOn: day(k.T, imagedOn), Path: imageFile(k.T, name, b), FileName: name})
}

func (k keeper) kept(name, imagedOn string, b []byte) orthophoto.Image {
	k.Helper()
	m, added, err := k.add(name, imagedOn, b)
	if err != nil || !added {
		k.Fatalf("%s: added %v, %v", name, added, err)
	}
	return m
}

// laid is what lies beneath the map of a mine.
func (k keeper) laid(m *report.Mine, c pipeline.OrthophotoChoice) *mapsheet.Sheet {
	k.Helper()
	sheet, err := k.p.MapSheet(k.Context(), m, mapsheet.Options{})
	if err == nil {
		err = k.p.LayOrthophoto(k.Context(), sheet, m, c)
	}
	if err != nil {
		k.Fatal(err)
	}
	return sheet
}

func picture(t *testing.T, sheet *mapsheet.Sheet) []byte {
	t.Helper()
	font, err := drawing.FindFont(os.Getenv("TAOHE_FONT"), drawing.Places)
	if errors.Is(err, drawing.ErrNoFont) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer font.Close()
	d, err := sheet.Draw(font)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := d.WritePNG(&b, mapsheet.MinDPI); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A map upon an image that is kept is that upon the same file, and reads of the image
// what it shows: other pieces may be missing.
func TestKeptOrthophotoIsTheFile(t *testing.T) {
	t.Parallel()
	needGDAL(t)
	p, pool, of := sampleRun(t, pipeline.Options{})
	run := firstRun(t, p)
	k := keeper{t, p, of.County.Code}
	m, err := p.Report(t.Context(), run.ID, "C1599002009071120120666")
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := p.MapSheet(t.Context(), m, mapsheet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := sheet.Frame()
	lon, lat := f.CRS.Inverse((f.WestM+f.EastM)/2, (f.SouthM+f.NorthM)/2)
	utm, err := geo.FromEPSG(32649)
	if err != nil {
		t.Fatal(err)
	}
	east, north := utm.Forward(lon, lat)
	for _, tt := range []struct {
		name   string
		image  tiffbytes.Image
		pieces bool // whether there are some that the map does not need
	}{
		// Some 20 m a pixel and 0.6 times as much in longitude; the map is at one edge of it.
		{"tiles.tif", tiffbytes.Image{Width: 3072, Height: 2048, Tile: 256, Bands: 3, EPSG: 4490, West: lon - 0.12, North: lat + 0.12, Pixel: 0.0002}, true},
		{"deflated.tif", tiffbytes.Image{Width: 3072, Height: 3072, Tile: 256, Deflate: true, EPSG: 4490, West: lon - 0.45, North: lat + 0.15, Pixel: 0.0002}, true},
		{"strips.tif", tiffbytes.Image{Width: 2000, Height: 2600, Bands: 3, EPSG: 32649, Projected: true, West: east - 10000, North: north + 40000, Pixel: 20}, true},
		{"one piece.tif", tiffbytes.Image{Width: 300, Height: 300, EPSG: 4490, West: lon - 0.15, North: lat + 0.15, Pixel: 0.001}, false},
	} {
		b := tt.image.Bytes()
		kept := k.kept(tt.name, "2022-05-10", b)
		file, err := pipeline.Orthophoto(t.Context(), imageFile(t, tt.name, b), f)
		if err != nil {
			t.Fatal(err)
		}
		tag, err := pool.Exec(t.Context(), `with used as (select chunk from orthophoto_chunk where orthophoto_id = $1)
			delete from orthophoto_chunk where orthophoto_id = $1 and chunk = (select max(chunk) from used) and $2`, kept.ID, tt.pieces)
		if err != nil || tt.pieces != (tag.RowsAffected() == 1) {
			t.Fatalf("%s: %v: %v", tt.name, tag, err)
		}
		got := k.laid(m, pipeline.OrthophotoChoice{ID: kept.ID})
		if want := tt.name + "，影像日期 2022-05-10"; got.Orthophoto.Name != want {
			t.Errorf("called %q, want %q", got.Orthophoto.Name, want)
		}
		if !slices.Equal(pixels(got.Orthophoto.Image), pixels(file.Image)) {
			t.Errorf("%s: the image that is kept is not that of the file", tt.name)
		}
		file.Name = got.Orthophoto.Name
		byFile := *got
		byFile.Orthophoto = file
		if !bytes.Equal(picture(t, got), picture(t, &byFile)) {
			t.Errorf("%s: two maps", tt.name)
		}
		var opaque int
		for i, v := range pixels(file.Image) {
			if i%4 == 3 && v == 255 {
				opaque++
			}
		}
		if opaque == 0 {
			t.Errorf("%s: the map shows nothing of the image", tt.name)
		}
	}
}

// pixels are the values of a picture, four each.
func pixels(m image.Image) []byte {
	switch m := m.(type) {
	case *image.NRGBA:
		return m.Pix
	case *image.RGBA:
		return m.Pix
	}
	return nil
}

// Beneath a map lies the newest image of no later day than the run's that covers the
// licence, another that is named, or none; a job keeps to those there were.
func TestOrthophotoChosen(t *testing.T) {
	t.Parallel()
	needGDAL(t)
	p, _, of := sampleRun(t, pipeline.Options{})
	run := firstRun(t, p)
	k := keeper{t, p, of.County.Code}
	const licence = "C1599002009071120120666"
	m, err := p.Report(t.Context(), run.ID, licence)
	if err != nil {
		t.Fatal(err)
	}
	covers := tiffbytes.Image{Width: 40, Height: 30, EPSG: 4490, West: 109, North: 40.5, Pixel: 0.05}
	if o := k.laid(m, pipeline.OrthophotoChoice{}).Orthophoto; o != nil {
		t.Errorf("with no image kept there is %q", o.Name)
	}
	beside := covers
	beside.West = 110.2
	// The same picture as another file: what stands behind the pixels is not read.
	file := func(name string) []byte { return append(covers.Bytes(), name...) }
	k.kept("old", "2020-06-01", file("old"))
	good := k.kept("good", "2022-05-10", file("good"))
	k.kept("beside", "2022-05-20", beside.Bytes())
	later := k.kept("later", "2022-06-01", file("later"))
	for _, tt := range []struct {
		choice string
		want   string
	}{{"auto", "good，影像日期 2022-05-10"}, {"none", ""}, {"4", "later，影像日期 2022-06-01"}} {
		c, err := pipeline.ParseOrthophotoChoice(tt.choice)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if o := k.laid(m, c).Orthophoto; o != nil {
			got = o.Name
		}
		if got != tt.want || later.ID != 4 {
			t.Errorf("%s: %q, want %q", tt.choice, got, tt.want)
		}
	}
	for _, text := range []string{"0", "-1", "some", "1e3"} {
		if _, err := pipeline.ParseOrthophotoChoice(text); err == nil {
			t.Errorf("%q is a choice", text)
		}
	}
	sheet, err := p.MapSheet(t.Context(), m, mapsheet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.LayOrthophoto(t.Context(), sheet, m, pipeline.OrthophotoChoice{ID: 99}); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("an image that is not there: %v", err)
	}

	// A job that is asked for now draws upon what there is now.
	if _, err := drawing.FindFont("", drawing.Places); err != nil {
		return
	}
	zip := func(c pipeline.OrthophotoChoice, meanwhile string) []byte {
		id, err := p.BeginDossiers(t.Context(), pipeline.DossiersRequest{
			RunID: run.ID, LicenceNos: []string{licence}, Format: "docx", MapFormat: "png", DPI: mapsheet.MinDPI, Orthophoto: c,
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if meanwhile != "" {
			k.kept(meanwhile, "2022-05-30", file(meanwhile))
		}
		return archive(t, p, id)
	}
	first := zip(pipeline.OrthophotoChoice{}, "meanwhile")
	if !bytes.Equal(first, zip(pipeline.OrthophotoChoice{ID: good.ID}, "")) {
		t.Error("a job draws upon another image than the newest that it found")
	}
	if bytes.Equal(first, zip(pipeline.OrthophotoChoice{}, "")) || bytes.Equal(first, zip(pipeline.OrthophotoChoice{None: true}, "")) {
		t.Error("a job draws the same upon a newer image, or upon none")
	}
	var request *ingest.RequestError
	_, err = p.BeginDossiers(t.Context(), pipeline.DossiersRequest{RunID: run.ID, DPI: mapsheet.MinDPI, Orthophoto: pipeline.OrthophotoChoice{ID: 99}}, nil)
	if !errors.As(err, &request) || request.Faults[0].Location != "orthophoto" {
		t.Errorf("a job upon an image that is not there: %v", err)
	}
}

// The same file is kept once, whatever it is called and however many send it at a
// time, and of one day.
func TestOrthophotoKeptOnce(t *testing.T) {
	t.Parallel()
	needGDAL(t)
	p, pool, of := sample(t, pipeline.Options{})
	k := keeper{t, p, of.County.Code}
	b := tiffbytes.Image{Width: 40, Height: 30, EPSG: 4490, West: 109, North: 40.5, Pixel: 0.05}.Bytes()
	type answer struct {
		m     orthophoto.Image
		added bool
		err   error
	}
	answers := make(chan answer)
	const senders = 4
	for range senders {
		go func() {
			m, added, err := k.add("a.tif", "2022-05-10", b)
			answers <- answer{m, added, err}
		}()
	}
	var kept []orthophoto.Image
	added := 0
	for range senders {
		a := <-answers
		if a.err != nil {
			t.Error(a.err)
		}
		if kept = append(kept, a.m); a.added {
			added++
		}
	}
	m, again, err := k.add("b.tif", "2022-05-10", b)
	kept = append(kept, m)
	if err != nil || again || added != 1 || kept[0].ID == 0 {
		t.Errorf("added %d times, then %v, %v", added, again, err)
	}
	for _, m := range kept {
		if m.ID != kept[0].ID || m.Name != "a.tif" {
			t.Errorf("answered %+v, want %+v", m, kept[0])
		}
	}
	var request *ingest.RequestError
	if _, _, err := k.add("a.tif", "2022-05-11", b); !errors.As(err, &request) || request.Faults[0].Code != "other-day" || !strings.Contains(request.Faults[0].Message, "2022-05-10") {
		t.Errorf("of another day: %v", err)
	}
	var images, chunks int
	err = pool.QueryRow(t.Context(), `select (select count(*) from orthophoto), (select count(*) from orthophoto_chunk)`).Scan(&images, &chunks)
	if err != nil || images != 1 || chunks != 1 {
		t.Errorf("%d images of %d pieces: %v", images, chunks, err)
	}
}

// What no map can be drawn upon is refused with what to do, and nothing of it kept.
func TestOrthophotoRefused(t *testing.T) {
	t.Parallel()
	needGDAL(t)
	p, pool, of := sample(t, pipeline.Options{})
	good := tiffbytes.Image{Width: 40, Height: 30, EPSG: 4490, West: 109, North: 40.5, Pixel: 0.05}
	with := func(change func(*tiffbytes.Image)) []byte {
		m := good
		change(&m)
		return m.Bytes()
	}
	k := keeper{t, p, of.County.Code}
	for _, tt := range []struct {
		name, code string
		file       []byte
	}{
		{"no TIFF", "not-tiff", []byte("\x89PNG\r\n\x1a\n")},
		{"empty", "not-tiff", nil},
		{"cut off", "cut-off", good.Bytes()[:len(good.Bytes())-1]},
		{"without reference system", "no-reference-system", with(func(m *tiffbytes.Image) { m.EPSG = 0 })},
		{"without place", "no-georeference", with(func(m *tiffbytes.Image) { m.Pixel = 0 })},
		{"Xian 1980", "other-datum", with(func(m *tiffbytes.Image) { m.EPSG = 4610 })},
		{"Beijing 1954", "other-datum", with(func(m *tiffbytes.Image) {
			m.EPSG, m.Projected, m.West, m.North, m.Pixel = 2437, true, 370000, 4450000, 1000
		})},
		{"16 bits", "bad-bands", with(func(m *tiffbytes.Image) { m.Bits = 16 })},
		{"another compression", "bad-compression", with(func(m *tiffbytes.Image) { m.Compression = 34712 })},
		{"another county's", "outside-county", with(func(m *tiffbytes.Image) { m.West = 80 })},
	} {
		_, _, err := k.add("a.tif", "2022-05-10", tt.file)
		var request *ingest.RequestError
		if !errors.As(err, &request) || len(request.Faults) != 1 || request.Faults[0].Code != tt.code || request.Faults[0].Location != "file" {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.code)
		}
	}
	// Where a picture lies is asked of itself, and not of a file beside it.
	name := imageFile(t, "b.tif", with(func(m *tiffbytes.Image) { m.Pixel = 0 }))
	if err := os.WriteFile(filepath.Join(filepath.Dir(name), "b.tfw"), []byte("0.05\n0\n0\n-0.05\n109.025\n40.475\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var request *ingest.RequestError
	_, _, err := p.AddOrthophoto(t.Context(), pipeline.NewOrthophoto{County: k.county, ImagedOn: day(t, "2022-05-10"), Path: name, FileName: "b.tif"})
	if !errors.As(err, &request) || request.Faults[0].Code != "no-georeference" {
		t.Errorf("a world file: %v", err)
	}
	_, _, err = p.AddOrthophoto(t.Context(), pipeline.NewOrthophoto{County: "1", Name: "a\tb", Path: name})
	if !errors.As(err, &request) {
		t.Fatal(err)
	}
	var codes []string
	for _, f := range request.Faults {
		codes = append(codes, f.Code)
	}
	if !reflect.DeepEqual(codes, []string{"unknown-county", "missing", "bad-name"}) {
		t.Errorf("faults %v", codes)
	}
	var rows int
	if err := pool.QueryRow(t.Context(), `select (select count(*) from orthophoto) + (select count(*) from orthophoto_chunk)`).Scan(&rows); err != nil || rows != 0 {
		t.Errorf("%d rows are left: %v", rows, err)
	}
}
