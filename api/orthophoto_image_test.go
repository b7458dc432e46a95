package api_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/ingest/geotiff"
	"github.com/taohe-gis/taohe/internal/tiffbytes"
)

// The copy of an image is had whole, in part, and in tiles.
func TestOrthophotoImage(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("gdalwarp"); err != nil {
		t.Skip("no GDAL")
	}
	s := startIdle(t)
	m := s.county()
	large := tiffbytes.Image{Width: 1400, Height: 700, Bands: 3, EPSG: 4490, West: 109.5, North: 40.4, Pixel: 0.0001}
	o := want[api.Orthophoto](t, s.orthophoto(large.Bytes(), "county", m.County.Code, "imaged_on", "2022-05-10", "file", "@a.tif"), http.StatusCreated)
	if o.Display == nil || o.DisplayFault != "" || o.Display.TilePixels != 512 || len(o.Display.Levels) < 2 || o.Display.Levels[0].Width < 1024 {
		t.Fatalf("%+v", o)
	}
	path := fmt.Sprintf("/v1/orthophotos/%d/image", o.ID)
	whole := s.get(path)
	tag := whole.header.Get("ETag")
	if whole.status != http.StatusOK || !geotiff.IsTIFF(whole.body) || whole.header.Get("Accept-Ranges") != "bytes" || tag == "" {
		t.Fatalf("%d, %d bytes, %v", whole.status, len(whole.body), whole.header)
	}
	size := len(whole.body)
	if size < 300<<10 {
		t.Fatalf("%d bytes are one piece, and show nothing of parts", size)
	}
	for _, tt := range []struct {
		name     string
		header   []string
		from, to int
		status   int
	}{
		{"the head", []string{"Range", "bytes=0-15"}, 0, 16, http.StatusPartialContent},
		{"across two pieces", []string{"Range", fmt.Sprintf("bytes=%d-%d", 256<<10-5, 256<<10+4)}, 256<<10 - 5, 256<<10 + 5, http.StatusPartialContent},
		{"the end", []string{"Range", "bytes=-7"}, size - 7, size, http.StatusPartialContent},
		{"from somewhere on", []string{"Range", fmt.Sprintf("bytes=%d-", size-3)}, size - 3, size, http.StatusPartialContent},
		{"more than there is", []string{"Range", fmt.Sprintf("bytes=%d-%d", size-3, size+100)}, size - 3, size, http.StatusPartialContent},
		{"of the same file", []string{"Range", "bytes=1-2", "If-Range", tag}, 1, 3, http.StatusPartialContent},
		{"of another file", []string{"Range", "bytes=1-2", "If-Range", `"other"`}, 0, size, http.StatusOK},
		{"of two parts", []string{"Range", "bytes=1-2,5-6"}, 0, size, http.StatusOK},
		{"of what is no range", []string{"Range", "rows=1-2"}, 0, size, http.StatusOK},
	} {
		a := s.do(http.MethodGet, path, nil, tt.header...)
		if tt.name == "of what is no range" && a.status == http.StatusRequestedRangeNotSatisfiable {
			continue // either is allowed
		}
		if a.status != tt.status || !bytes.Equal(a.body, whole.body[tt.from:tt.to]) || a.header.Get("ETag") != tag {
			t.Errorf("%s: %d, %d bytes", tt.name, a.status, len(a.body))
		}
		if wantRange := fmt.Sprintf("bytes %d-%d/%d", tt.from, tt.to-1, size); tt.status == http.StatusPartialContent && a.header.Get("Content-Range") != wantRange {
			t.Errorf("%s: %q, want %q", tt.name, a.header.Get("Content-Range"), wantRange)
		}
	}
	outside := s.do(http.MethodGet, path, nil, "Range", fmt.Sprintf("bytes=%d-", size))
	wantProblem(t, outside, http.StatusRequestedRangeNotSatisfiable, "range-not-satisfiable")
	if got := outside.header.Get("Content-Range"); got != fmt.Sprintf("bytes */%d", size) {
		t.Errorf("outside: %q", got)
	}

	tile := func(level, row, column int, header ...string) answer {
		return s.do(http.MethodGet, fmt.Sprintf("/v1/orthophotos/%d/tiles/%d/%d/%d", o.ID, level, row, column), nil, header...)
	}
	first := tile(0, 0, 0)
	picture, err := jpeg.Decode(bytes.NewReader(first.body))
	if err != nil || first.header.Get("Content-Type") != "image/jpeg" || picture.Bounds() != image.Rect(0, 0, 512, 512) || !strings.Contains(first.header.Get("Cache-Control"), "immutable") {
		t.Errorf("the first tile: %v %v", first.header, err)
	}
	last := tile(0, 0, (o.Display.Levels[0].Width-1)/512)
	if _, err := png.Decode(bytes.NewReader(last.body)); err != nil || last.header.Get("Content-Type") != "image/png" {
		t.Errorf("the last tile of a row: %v %v", last.header, err)
	}
	asked := tile(0, 0, 0, "Accept", "image/png")
	if _, err := png.Decode(bytes.NewReader(asked.body)); err != nil || asked.header.Get("Content-Type") != "image/png" {
		t.Errorf("a tile asked for as PNG: %v %v", asked.header, err)
	}
	for _, at := range [][3]int{{0, 0, 9}, {0, 9, 0}, {9, 0, 0}} {
		wantProblem(t, tile(at[0], at[1], at[2]), http.StatusNotFound, "not-found")
	}
	wantProblem(t, tile(-1, 0, 0), http.StatusUnprocessableEntity, "invalid-request")
}

// Where no copy could be made the image is kept and says why.
func TestOrthophotoWithoutCopy(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("gdalwarp"); err != nil {
		t.Skip("no GDAL")
	}
	s := startIdle(t)
	m := s.county()
	file := county40.Bytes()
	want[api.Orthophoto](t, s.orthophoto(file, "county", m.County.Code, "imaged_on", "2022-05-10", "file", "@a.tif"), http.StatusCreated)
	if _, err := s.pool.Exec(t.Context(), `delete from orthophoto_copy`); err != nil {
		t.Fatal(err)
	}
	o := want[api.Orthophoto](t, s.get("/v1/orthophotos/1"), http.StatusOK)
	if o.Display != nil || !strings.Contains(o.DisplayFault, "再次上传") {
		t.Errorf("%+v", o)
	}
	if a := s.get("/v1/orthophotos/1/image"); !bytes.Equal(a.body, file) {
		t.Errorf("in place of the copy there are %d bytes", len(a.body))
	}
	wantProblem(t, s.get("/v1/orthophotos/1/tiles/0/0/0"), http.StatusNotFound, "not-found")
	if _, err := s.pool.Exec(t.Context(), `insert into orthophoto_copy values (1, '甲', 0, '', 0, 0, 0, '{}', '{}')`); err != nil {
		t.Fatal(err)
	}
	if o = want[api.Orthophoto](t, s.get("/v1/orthophotos/1"), http.StatusOK); o.Display != nil || o.DisplayFault != "甲" {
		t.Errorf("%+v", o)
	}
	o = want[api.Orthophoto](t, s.orthophoto(file, "county", m.County.Code, "imaged_on", "2022-05-10", "file", "@a.tif"), http.StatusOK)
	if o.Display == nil || o.DisplayFault != "" {
		t.Errorf("the same file again: %+v", o)
	}
}
